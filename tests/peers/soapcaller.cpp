// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/soapcaller.h"

#include "tests/peers/answershape.h"

#include <QRegularExpression>
#include <QTcpSocket>
#include <QUuid>

using namespace soapcaller;

namespace {

constexpr int patience = 60'000; // ms

} // namespace

int SoapReply::returnValue() const
{
    return shapeOf(body.toUtf8()).returnValue.toInt();
}

QString SoapReply::subcode() const
{
    return shapeOf(body.toUtf8()).fault.value(1);
}

QString SoapReply::context() const
{
    static const QRegularExpression form(QStringLiteral("EnumerationContext>([^<]+)<"));
    return form.match(body).captured(1);
}

int SoapReply::count(const QString &element) const
{
    return int(body.count(QRegularExpression(QStringLiteral("<\\w+:%1[ >]").arg(element))));
}

QString SoapCaller::cls(const char *name) const
{
    return (m_windows ? QStringLiteral("MSISCSITARGET_") : QStringLiteral("CIM_")) + QString::fromUtf8(name);
}

QString SoapCaller::system() const
{
    return m_windows ? QStringLiteral("MSFTSM_ComputerSystem") : QStringLiteral("CIM_ComputerSystem");
}

QString SoapCaller::uriOf(const QString &name) const
{
    return m_windows ? wmi + m_namespace + QLatin1Char('/') + name : dmtf + name;
}

QString SoapCaller::endpointName(int node, int tag)
{
    return QStringLiteral("iqn.2026-11.example.rig:target-%1,t,0x%2")
            .arg(node, 6, 10, QLatin1Char('0'))
            .arg(tag, 4, 16, QLatin1Char('0'));
}

SoapCaller::Keys SoapCaller::endpointKeys(const QString &type, const QString &name) const
{
    return {{QStringLiteral("SystemCreationClassName"), system()},
            {QStringLiteral("SystemName"), QStringLiteral("rig-host")},
            {QStringLiteral("CreationClassName"), type},
            {QStringLiteral("Name"), name}};
}

QString SoapCaller::selectors(const Keys &keys) const
{
    QString text = m_windows || !m_uri.isEmpty()
            ? QString()
            : QStringLiteral("<w:Selector Name=\"__cimnamespace\">%1</w:Selector>").arg(m_namespace);
    for (const auto &[name, value] : keys)
        text += QStringLiteral("<w:Selector Name=\"%1\">%2</w:Selector>").arg(name, value);
    return text;
}

QString SoapCaller::reference(const QString &type, const Keys &keys) const
{
    return QStringLiteral("<a:Address>%1</a:Address><a:ReferenceParameters><w:ResourceURI>%2</w:ResourceURI>"
                          "<w:SelectorSet>%3</w:SelectorSet></a:ReferenceParameters>")
            .arg(anonymous, uriOf(type), selectors(keys));
}

QString SoapCaller::association(const QString &role, const QString &end)
{
    return QStringLiteral("<w:Selector Name=\"%1\"><a:EndpointReference>%2</a:EndpointReference></w:Selector>")
            .arg(role, end);
}

QString SoapCaller::parameter(const QString &name, const QString &content)
{
    return QStringLiteral("<r:%1>%2</r:%1>").arg(name, content);
}

QString SoapCaller::enumerateBody(int most)
{
    return QStringLiteral("<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>%1</w:MaxElements></n:Enumerate>")
            .arg(most);
}

SoapReply SoapCaller::pull(const QString &type, const QString &context, int most)
{
    return send(
            type, enumeration + QStringLiteral("Pull"), {}, {},
            QStringLiteral("<n:Pull><n:EnumerationContext>%1</n:EnumerationContext><n:MaxElements>%2</n:MaxElements>"
                           "</n:Pull>")
                    .arg(context)
                    .arg(most));
}

SoapReply SoapCaller::invoke(const QString &method, const QString &parameters)
{
    const QString type = cls("iSCSIConfigurationService");
    const QString service = m_windows ? QStringLiteral("MSiSCSITargetProv") : QStringLiteral("iscsi-config");
    return send(type, uriOf(type) + QLatin1Char('/') + method, endpointKeys(type, service), {},
                QStringLiteral("<r:%1_INPUT xmlns:r=\"%2\">%3</r:%1_INPUT>").arg(method, uriOf(type), parameters));
}

SoapReply SoapCaller::bind(const QString &endpoint, const QString &portal)
{
    const QString port = cls("iSCSIProtocolEndpoint");
    const QString tcp = cls("TCPProtocolEndpoint");
    return invoke(QStringLiteral("BindiSCSIProtocolEndPoint"),
                  parameter(QStringLiteral("iSCSIPort"), reference(port, endpointKeys(port, endpoint)))
                          + parameter(QStringLiteral("NetworkPortal"), reference(tcp, endpointKeys(tcp, portal))));
}

SoapReply SoapCaller::send(const QString &type, const QString &action, const Keys &keys, const QString &moreSelectors,
                           const QString &body)
{
    const QString uri = m_uri.isEmpty() ? uriOf(type) : m_uri;
    return post(
            QStringLiteral("<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
                           "xmlns:a=\"http://schemas.xmlsoap.org/"
                           "ws/2004/08/addressing\" xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" "
                           "xmlns:n=\"http://"
                           "schemas.xmlsoap.org/ws/2004/09/enumeration\"><s:Header><a:To>http://127.0.0.1/wsman</a:To>"
                           "<w:ResourceURI "
                           "s:mustUnderstand=\"true\">%1</w:ResourceURI><a:ReplyTo><a:Address>%2</a:Address>"
                           "</a:ReplyTo><a:Action s:mustUnderstand=\"true\">%3</a:Action><w:MaxEnvelopeSize "
                           "s:mustUnderstand=\"true\">512000</w:MaxEnvelopeSize><a:MessageID>uuid:%4</a:MessageID>"
                           "<w:SelectorSet>%5</w:SelectorSet></s:Header><s:Body>%6</s:Body></s:Envelope>")
                    .arg(uri, anonymous, action, QUuid::createUuid().toString(QUuid::WithoutBraces),
                         selectors(keys) + moreSelectors, body));
}

SoapReply SoapCaller::post(const QString &message) const
{
    const QByteArray body = message.toUtf8();
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), m_port);
    if (!socket.waitForConnected(patience))
        return {};
    socket.write("POST /wsman HTTP/1.1\r\nHost: x\r\nContent-Type: "
                 "application/soap+xml;charset=UTF-8\r\nContent-Length: "
                 + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    QByteArray all;
    while (socket.waitForReadyRead(patience)) {
        all += socket.readAll();
        const qsizetype end = all.indexOf("\r\n\r\n");
        const qsizetype field = all.indexOf("Content-Length: ") + 16;
        if (end >= 0 && all.size() - end - 4 >= all.mid(field, 20).split('\r').front().toLongLong())
            return {all.split(' ').value(1).toInt(), QString::fromUtf8(all.mid(end + 4))};
    }
    return {};
}
