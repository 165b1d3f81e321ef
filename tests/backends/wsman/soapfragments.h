// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/soapdocument.h"

#include <string>

/// An envelope with the prefixes a, n, w, i and c for the namespaces that answers use.
[[nodiscard]] inline std::string envelope(const std::string &body, const std::string &header = {})
{
    return "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
           "xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
           " xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\" "
           "xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\""
           " xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" "
           "xmlns:c=\"http://schemas.dmtf.org/wbem/wscim/1/common\">"
           "<s:Header>"
            + header + "</s:Header><s:Body>" + body + "</s:Body></s:Envelope>";
}

/// The answer to a Pull with these parts.
[[nodiscard]] inline std::string anyPage(const std::string &parts)
{
    return envelope("<n:PullResponse>" + parts + "</n:PullResponse>");
}

/// With the limits that the client has.
[[nodiscard]] inline auto parse(const std::string &bytes)
{
    return portalbind::wsman::SoapDocument::parse(bytes, portalbind::wsman::Limits{});
}
