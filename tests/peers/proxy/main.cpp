// SPDX-License-Identifier: Apache-2.0
// A proxy between a client and a peer that does what networks do. How to use it: docs/testing-peers.md.
#include "tests/peers/proxy/tunnel.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSocketNotifier>
#include <QTcpServer>

#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

namespace {

/// A listening socket whose queue is full: connection requests to it are never answered.
class FullBacklog
{
public:
    explicit FullBacklog(quint16 port)
    {
        m_address.sin_family = AF_INET;
        m_address.sin_port = htons(port);
        m_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int on = 1;
        ::setsockopt(m_listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (::bind(m_listener, reinterpret_cast<const sockaddr *>(&m_address), sizeof m_address) != 0
            || ::listen(m_listener, 0) != 0)
            return;
        // One fits in; from then on requests stay unanswered.
        for (int &filler : m_fillers) {
            filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
            (void)::connect(filler, reinterpret_cast<const sockaddr *>(&m_address), sizeof m_address);
        }
        m_ok = true;
    }
    ~FullBacklog()
    {
        for (const int filler : m_fillers)
            ::close(filler);
        ::close(m_listener);
    }
    FullBacklog(const FullBacklog &) = delete;
    FullBacklog &operator=(const FullBacklog &) = delete;
    [[nodiscard]] bool isOk() const { return m_ok; }

private:
    sockaddr_in m_address{};
    int m_listener = -1;
    std::array<int, 4> m_fillers{-1, -1, -1, -1};
    bool m_ok = false;
};

class Proxy : public QTcpServer
{
public:
    explicit Proxy(Plan &plan)
        : m_plan(plan)
    {
        connect(this, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *const client = nextPendingConnection())
                new Tunnel(client, m_plan);
        });
    }

    QByteArray command(const QByteArray &line);
    bool begin()
    {
        m_backlog.reset();
        return isListening() || listen(QHostAddress::LocalHost, m_port);
    }
    void remember() { m_port = serverPort(); }

private:
    [[nodiscard]] QByteArray counts() const;

    Plan &m_plan;
    quint16 m_port = 0;
    std::unique_ptr<FullBacklog> m_backlog;
};

QByteArray Proxy::counts() const
{
    return QJsonDocument(QJsonObject{{QStringLiteral("connections"), m_plan.connections},
                                     {QStringLiteral("open"), m_plan.open},
                                     {QStringLiteral("requests"), m_plan.requests},
                                     {QStringLiteral("forwarded"), m_plan.forwarded},
                                     {QStringLiteral("answers"), m_plan.answers},
                                     {QStringLiteral("bytesUp"), m_plan.bytesUp},
                                     {QStringLiteral("bytesDown"), m_plan.bytesDown}})
            .toJson(QJsonDocument::Compact);
}

QByteArray Proxy::command(const QByteArray &line)
{
    const QByteArrayList words = line.simplified().split(' ');
    const QByteArray &verb = words.front();
    if (verb == "count")
        return counts();
    if (verb == "to" && words.size() == 2) {
        m_plan.to = words[1].toUShort();
        return "ok";
    }
    if (verb == "pass" || verb == "silence") {
        m_plan.effects.clear();
        m_plan.silent = verb == "silence";
        return begin() ? "ok" : "error: " + errorString().toUtf8();
    }
    if (verb == "refuse" || verb == "backlog") {
        close();
        m_backlog.reset();
        if (verb == "refuse")
            return "ok";
        m_backlog = std::make_unique<FullBacklog>(m_port);
        return m_backlog->isOk() ? "ok" : "error: cannot listen";
    }
    if (const auto effect = Effect::parse(words)) {
        m_plan.effects.append(*effect);
        return "ok";
    }
    return "error: " + line;
}

void say(const QByteArray &line)
{
    fwrite(line.constData(), 1, size_t(line.size()), stdout);
    fputc('\n', stdout);
    fflush(stdout);
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("A proxy that breaks connections; see docs/testing-peers.md"));
    parser.addHelpOption();
    const QCommandLineOption to(QStringLiteral("to"), QStringLiteral("Port of the server"), QStringLiteral("port"),
                                QStringLiteral("0"));
    const QCommandLineOption opaque(QStringLiteral("opaque"), QStringLiteral("The stream is not HTTP (TLS)"));
    parser.addOptions({to, opaque});
    parser.process(application);
    Plan plan;
    plan.host = QHostAddress::LocalHost;
    plan.to = parser.value(to).toUShort();
    plan.opaque = parser.isSet(opaque);
    Proxy proxy(plan);
    if (!proxy.begin()) {
        fprintf(stderr, "faultproxy: %s\n", qPrintable(proxy.errorString()));
        return 2;
    }
    proxy.remember();
    say(QByteArray::number(proxy.serverPort()));

    QByteArray buffer;
    QSocketNotifier input(STDIN_FILENO, QSocketNotifier::Read);
    QObject::connect(&input, &QSocketNotifier::activated, &application, [&] {
        std::array<char, 4096> bytes{};
        const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
        if (count <= 0) {
            input.setEnabled(false);
            QCoreApplication::quit();
            return;
        }
        buffer.append(bytes.data(), count);
        for (qsizetype end = buffer.indexOf('\n'); end >= 0; end = buffer.indexOf('\n')) {
            say(proxy.command(buffer.left(end)));
            buffer.remove(0, end + 1);
        }
    });
    return QCoreApplication::exec();
}
