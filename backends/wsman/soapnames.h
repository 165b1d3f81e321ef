// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// Names of WS-Management (DSP0226, DSP0227) and of what Microsoft added ([MS-WSMV]).
namespace portalbind::wsman::names {

using std::string_view;

inline constexpr string_view soap = "http://www.w3.org/2003/05/soap-envelope";
inline constexpr string_view soap11 = "http://schemas.xmlsoap.org/soap/envelope/";
inline constexpr string_view addressing = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
inline constexpr string_view anonymous = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";
inline constexpr string_view wsman = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
inline constexpr string_view enumeration = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
inline constexpr string_view transfer = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
inline constexpr string_view identity = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd";
inline constexpr string_view binding = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd";
inline constexpr string_view cimCommon = "http://schemas.dmtf.org/wbem/wscim/1/common";
inline constexpr string_view microsoft = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd";
inline constexpr string_view microsoftFault = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault";
inline constexpr string_view schemaInstance = "http://www.w3.org/2001/XMLSchema-instance";
inline constexpr string_view xml = "http://www.w3.org/XML/1998/namespace";

inline constexpr string_view dmtfClasses = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
inline constexpr string_view dmtfAll = "http://schemas.dmtf.org/wbem/wscim/1/*";
inline constexpr string_view wmiClasses = "http://schemas.microsoft.com/wbem/wsman/1/wmi/";
inline constexpr string_view associationFilter = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter";
inline constexpr string_view namespaceSelector = "__cimnamespace";

inline constexpr string_view get = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
inline constexpr string_view put = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Put";
inline constexpr string_view remove = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete";
inline constexpr string_view enumerate = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";
inline constexpr string_view pull = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull";
inline constexpr string_view release = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Release";

} // namespace portalbind::wsman::names
