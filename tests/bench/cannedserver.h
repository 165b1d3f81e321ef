// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>
#include <QTcpServer>
#include <QTimer>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

// Answers of WS-Management shaped after OMI's, about 200 KB each, and servers on loopback that give them, or nothing.

inline constexpr int instancesPerPage = 100;

inline std::string epr(const std::string &className, const std::string &name)
{
    return "<wsa:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</"
           "wsa:Address><wsa:ReferenceParameters>"
           "<wsman:ResourceURI>http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
            + className
            + "</wsman:ResourceURI><wsman:SelectorSet>"
              "<wsman:Selector Name=\"__cimnamespace\">root/cimv2/storage/iscsitarget</wsman:Selector><wsman:Selector "
              "Name=\"Name\">"
            + name
            + "</wsman:Selector><wsman:Selector Name=\"SystemCreationClassName\">CIM_ComputerSystem</wsman:Selector>"
              "<wsman:Selector Name=\"SystemName\">rig-host</wsman:Selector><wsman:Selector Name=\"CreationClassName\">"
            + className + "</wsman:Selector></wsman:SelectorSet></wsa:ReferenceParameters>";
}

inline std::string portal(int i)
{
    const std::string name = "tcp-" + std::to_string(1'000'000 + i);
    std::string xml = "<wsman:Item><p:CIM_TCPProtocolEndpoint "
                      "xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_TCPProtocolEndpoint\">";
    for (const char *const null :
         {"InstanceID", "Caption", "Description", "Generation", "InstallDate", "StatusDescriptions", "Status",
          "CommunicationStatus", "DetailedStatus", "OperatingStatus", "PrimaryStatus", "OtherEnabledState",
          "EnabledDefault", "TimeOfLastStateChange", "AvailableRequestedStates", "TransitioningToState"})
        xml += std::string("<p:") + null + " xsi:nil=\"true\"/>";
    xml += "<p:ElementName>Portal " + std::to_string(i) + "</p:ElementName><p:Name>" + name
            + "</p:Name><p:OperationalStatus>2</p:OperationalStatus>"
              "<p:HealthState>5</p:HealthState><p:EnabledState>2</p:EnabledState><p:RequestedState>12</"
              "p:RequestedState>"
              "<p:SystemCreationClassName>CIM_ComputerSystem</p:SystemCreationClassName><p:SystemName>rig-host</"
              "p:SystemName>"
              "<p:CreationClassName>CIM_TCPProtocolEndpoint</p:CreationClassName><p:PortNumber>3260</p:PortNumber></"
              "p:CIM_TCPProtocolEndpoint>"
              "<wsa:EndpointReference>"
            + epr("CIM_TCPProtocolEndpoint", name) + "</wsa:EndpointReference></wsman:Item>";
    return xml;
}

inline std::string binding(int i)
{
    const std::string number = std::to_string(1'000'000 + i);
    return "<wsman:Item><p:CIM_BindsTo "
           "xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_BindsTo\"><p:Antecedent>"
            + epr("CIM_TCPProtocolEndpoint", "tcp-" + number) + "</p:Antecedent><p:Dependent>"
            + epr("CIM_iSCSIProtocolEndpoint", "iqn.2026-11.example.rig:target-" + number + ",t,0x0001")
            + "</p:Dependent></p:CIM_BindsTo></wsman:Item>";
}

inline std::string page(bool bindings, int from)
{
    std::string xml =
            "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://www.w3.org/2003/05/soap-envelope\" "
            "xmlns:wsa=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
            " xmlns:wsen=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\" "
            "xmlns:e=\"http://schemas.xmlsoap.org/ws/2004/08/eventing\""
            " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
            "xmlns:wsmb=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd\""
            " xmlns:wsman=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" "
            "xmlns:wxf=\"http://schemas.xmlsoap.org/ws/2004/09/transfer\">"
            "<SOAP-ENV:Header><wsa:RelatesTo>uuid:1</wsa:RelatesTo></SOAP-ENV:Header><SOAP-ENV:Body><wsen:PullResponse>"
            "<wsen:EnumerationContext>1</wsen:EnumerationContext><wsen:Items>";
    for (int i = 0; i < instancesPerPage; ++i)
        xml += bindings ? binding(from + i) : portal(from + i);
    return xml + "</wsen:Items></wsen:PullResponse></SOAP-ENV:Body></SOAP-ENV:Envelope>";
}

inline const std::string &canned(bool bindings)
{
    static const std::string pages[] = {page(false, 0), page(true, 0)};
    return pages[bindings ? 1 : 0];
}

// What is asked for says what is served: the class tells portals from bindings, the namespace how many there are.
inline const QString portalClass = QStringLiteral("CIM_TCPProtocolEndpoint"),
                     bindingClass = QStringLiteral("CIM_BindsTo");

inline QString nameSpaceOf(int instances, bool paced)
{
    return QStringLiteral("root/%1/%2").arg(paced ? QStringLiteral("paced") : QStringLiteral("canned")).arg(instances);
}

/// Serves canned pages over TLS out of a process of its own, so that the client's CPU is the client's.
class PageServer : public QTcpServer
{
public:
    PageServer()
    {
        const QString tls = QFileInfo(QString::fromUtf8(__FILE__)).path()
                + QLatin1String("/../data/wsman/tls/self-signed");
        QFile key(tls + QLatin1String(".key"));
        if (!key.open(QIODevice::ReadOnly) || !listen(QHostAddress::LocalHost, 0))
            qFatal("no key, or no port");
        m_chain = QSslCertificate::fromPath(tls + QLatin1String(".pem"));
        m_key = QSslKey(&key, QSsl::Rsa);
    }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        auto *const socket = new QSslSocket(this);
        socket->setSocketDescriptor(descriptor);
        socket->setLocalCertificateChain(m_chain);
        socket->setPrivateKey(m_key);
        socket->startServerEncryption();
        connect(socket, &QSslSocket::readyRead, this, [this, socket] { read(socket); });
        connect(socket, &QSslSocket::disconnected, this, [this, socket] {
            m_requests.remove(socket);
            socket->deleteLater();
        });
    }

private:
    void read(QSslSocket *socket)
    {
        QByteArray &request = m_requests[socket];
        request += socket->readAll();
        const qsizetype body = request.indexOf("\r\n\r\n");
        if (body < 0 || request.size() < body + 4 + between(request, "Content-Length: ", "\r").toInt())
            return;
        // 131 MB in 6.5 s is what OMI needs to make its answers.
        const int wait = request.contains("root/paced/") ? int(canned(false).size() * 6500 / 131'000'000) : 0;
        QTimer::singleShot(wait, Qt::PreciseTimer, socket, [this, socket, asked = request] { answer(socket, asked); });
        request.clear();
    }
    static void answer(QSslSocket *socket, const QByteArray &request)
    {
        const std::string &page = canned(request.contains("/CIM_BindsTo<"));
        QByteArray xml(page.data(), qsizetype(page.size()));
        const int pages = between(request, "__cimnamespace\">", "<").split('/').back().toInt() / instancesPerPage;
        const QByteArray context = between(request, "EnumerationContext>", "<");
        const int number = context.isEmpty() ? 1 : context.toInt() + 1;
        xml.replace(xml.indexOf("uuid:1"), 6, between(request, "MessageID>", "<"));
        const QByteArray last = "<wsen:EnumerationContext>1</wsen:EnumerationContext>";
        xml.replace(xml.indexOf(last), last.size(),
                    number >= pages
                            ? QByteArray("<wsman:EndOfSequence/>")
                            : "<wsen:EnumerationContext>" + QByteArray::number(number) + "</wsen:EnumerationContext>");
        socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml;charset=UTF-8\r\nContent-Length: "
                      + QByteArray::number(xml.size()) + "\r\n\r\n" + xml);
    }
    static QByteArray between(const QByteArray &text, const QByteArray &from, const QByteArray &to)
    {
        const qsizetype begin = text.indexOf(from);
        return begin < 0 ? QByteArray()
                         : text.mid(begin + from.size(), text.indexOf(to, begin + from.size()) - begin - from.size());
    }

    QList<QSslCertificate> m_chain;
    QSslKey m_key;
    QHash<QSslSocket *, QByteArray> m_requests;
};

inline constexpr int servers = 100, deadServers = 10;
inline std::vector<quint16> g_ports; ///< of the servers that live

/// Starts them in a process that ends with this one.
inline void serve()
{
    int ends[2];
    if (::pipe(ends) != 0)
        qFatal("no pipe");
    g_ports.resize(servers - deadServers);
    const size_t size = g_ports.size() * sizeof(quint16);
    if (::fork() != 0) {
        ::close(ends[1]);
        if (::read(ends[0], g_ports.data(), size) != ssize_t(size))
            qFatal("no servers");
        return;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    int argc = 0;
    const QCoreApplication app(argc, nullptr);
    std::vector<std::unique_ptr<PageServer>> all;
    for (quint16 &port : g_ports)
        port = all.emplace_back(std::make_unique<PageServer>())->serverPort();
    if (::write(ends[1], g_ports.data(), size) != ssize_t(size))
        qFatal("no parent");
    ::_exit(QCoreApplication::exec());
}

/// Servers that never answer: half of them do not even take the connection (a full backlog: the kernel answers no
/// further SYN), the others take it and say nothing.
class DeadServers
{
public:
    DeadServers()
    {
        for (int i = 0; i < deadServers; ++i) {
            const bool full = i % 2 == 0;
            const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            socklen_t size = sizeof address;
            if (::bind(listener, reinterpret_cast<sockaddr *>(&address), size) != 0
                || ::listen(listener, full ? 0 : 16) != 0
                || ::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size) != 0)
                qFatal("no listener");
            ports.push_back(ntohs(address.sin_port));
            m_descriptors.push_back(listener);
            for (int filler = 0; full && filler < 4; ++filler) {
                m_descriptors.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
                (void)::connect(m_descriptors.back(), reinterpret_cast<sockaddr *>(&address), size);
            }
        }
    }
    ~DeadServers()
    {
        for (const int descriptor : m_descriptors)
            ::close(descriptor);
    }
    std::vector<quint16> ports;

private:
    std::vector<int> m_descriptors;
};
