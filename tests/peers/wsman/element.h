// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>

#include <memory>
#include <vector>

namespace peer {

/// One element of a request, names resolved.
struct Element
{
    QString space;
    QString name;
    QString text; ///< of this element alone, as it stands
    struct Attribute
    {
        QString space;
        QString name;
        QString value;
    };
    std::vector<Attribute> attributes;
    std::vector<std::unique_ptr<Element>> children;

    [[nodiscard]] bool is(const char *ns, const char *local) const;
    /// The first child of that name; nullptr without one.
    [[nodiscard]] const Element *child(const char *ns, const char *local) const;
    [[nodiscard]] QString attribute(const char *local) const; ///< of any namespace; empty without one
    [[nodiscard]] bool mustUnderstand() const;
    [[nodiscard]] QString trimmed() const { return text.trimmed(); }
};

/// Reads \a xml; nullptr when it is not well-formed, holds a document type, or is deeper than 64.
std::unique_ptr<Element> parseXml(const QByteArray &xml);

// The namespaces of a request.
inline constexpr char nsSoap[] = "http://www.w3.org/2003/05/soap-envelope";
inline constexpr char nsAddressing[] = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
inline constexpr char nsWsman[] = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
inline constexpr char nsEnumeration[] = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
inline constexpr char nsTransfer[] = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
inline constexpr char nsIdentity[] = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd";
inline constexpr char nsBinding[] = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd";
inline constexpr char nsMicrosoft[] = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd";
inline constexpr char nsSchemaInstance[] = "http://www.w3.org/2001/XMLSchema-instance";
inline constexpr char nsCim[] = "http://schemas.dmtf.org/wbem/wscim/1/common";
inline constexpr char anonymous[] = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";

} // namespace peer
