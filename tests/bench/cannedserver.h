// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/bench/cannedanswers.h"
#include "tests/testdata.h"

#include <QCoreApplication>
#include <QFile>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>
#include <QTcpServer>
#include <QTimer>

#include <csignal>
#include <memory>
#include <vector>

#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

// Servers on loopback that give canned answers, or none at all.

// What is asked for says what is served: the class, and the namespace how many, and at which pace.
inline QString nameSpaceOf(int portals, bool paced)
{
    return QStringLiteral("root/%1/%2").arg(QLatin1String(paced ? "paced" : "canned")).arg(portals);
}

/// Serves canned pages over TLS out of a process of its own, so that the client's CPU is the client's.
class PageServer : public QTcpServer
{
public:
    PageServer()
    {
        const QString tls = testData(QStringLiteral("wsman/tls/self-signed"));
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
        const int wait = request.contains("root/paced/") ? int(canned::answer(false).size() * 6500 / 131'000'000) : 0;
        QTimer::singleShot(wait, Qt::PreciseTimer, socket, [socket, asked = request] { answer(socket, asked); });
        request.clear();
    }

    static void answer(QSslSocket *socket, const QByteArray &request)
    {
        QByteArray xml = QByteArray::fromStdString(canned::answer(request.contains("/CIM_BindsTo<")));
        const int pages = between(request, "__cimnamespace\">", "<").split('/').back().toInt()
                / canned::instancesPerPage;
        const int number = between(request, "EnumerationContext>", "<").toInt() + 1;
        xml.replace(xml.indexOf(canned::relatesTo.data()), qsizetype(canned::relatesTo.size()),
                    between(request, "MessageID>", "<"));
        xml.replace(xml.indexOf(canned::context.data()), qsizetype(canned::context.size()),
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
