// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QString>

#include <utility>

namespace soapcaller {

inline const QString dmtf = QStringLiteral("http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/");
inline const QString wmi = QStringLiteral("http://schemas.microsoft.com/wbem/wsman/1/wmi/");
inline const QString target = QStringLiteral("root/cimv2/storage/iscsitarget");
inline const QString anonymous = QStringLiteral("http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous");
inline const QString transfer = QStringLiteral("http://schemas.xmlsoap.org/ws/2004/09/transfer/");
inline const QString enumeration = QStringLiteral("http://schemas.xmlsoap.org/ws/2004/09/enumeration/");

} // namespace soapcaller

/// A SOAP answer, and what tests ask about it.
struct SoapReply
{
    int status = 0; ///< 0: none
    QString body;
    [[nodiscard]] int returnValue() const;
    [[nodiscard]] QString subcode() const; ///< of a fault, with its prefix
    [[nodiscard]] QString context() const; ///< of an enumeration; empty when there is none
    [[nodiscard]] int count(const QString &element) const; ///< occurrences of one with that local name
    [[nodiscard]] bool ends() const { return body.contains(QLatin1String("EndOfSequence")); }
};

/// Composes requests about the rig's workbook by plain text and sends each over a connection of its own; blocking.
class SoapCaller
{
public:
    using Keys = QList<std::pair<QString, QString>>;

    [[nodiscard]] QString cls(const char *name) const; ///< `MSISCSITARGET_name` or `CIM_name`
    [[nodiscard]] QString system() const;
    [[nodiscard]] QString uriOf(const QString &name) const;
    [[nodiscard]] static QString endpointName(int node, int tag);
    [[nodiscard]] Keys endpointKeys(const QString &type, const QString &name) const;
    [[nodiscard]] QString selectors(const Keys &keys) const;
    [[nodiscard]] QString reference(const QString &type, const Keys &keys) const;
    [[nodiscard]] static QString association(const QString &role, const QString &end);
    [[nodiscard]] static QString parameter(const QString &name, const QString &content);
    [[nodiscard]] static QString enumerateBody(int most);
    SoapReply pull(const QString &type, const QString &context, int most);
    SoapReply invoke(const QString &method, const QString &parameters);
    SoapReply bind(const QString &endpoint, const QString &portal);
    SoapReply send(const QString &type, const QString &action, const Keys &keys, const QString &moreSelectors = {},
                   const QString &body = {});
    SoapReply post(const QString &message) const;

protected:
    quint16 m_port = 0;
    bool m_windows = false; ///< URIs and names of Windows
    QString m_namespace;
    QString m_uri; ///< in place of the one made from a class
};
