// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/wsman/connection.h"

#include <QDateTime>
#include <QLocale>
#include <QPointer>
#include <QTimer>

namespace peer {

namespace {

constexpr qsizetype longestHead = qsizetype(64) * 1024;
constexpr qint64 longestBody = qint64(1024) * 1024; // OMI's HTTP_MAX_CONTENT; the others allow about as much
constexpr int omiSilence = 60000; // ms until OMI closes a connection that did not sign in

QByteArray reasonOf(int status)
{
    static const QHash<int, QByteArray> reasons{{200, "OK"},
                                                {400, "Bad Request"},
                                                {401, "Unauthorized"},
                                                {403, "Forbidden"},
                                                {404, "Not Found"},
                                                {411, "Length Required"},
                                                {413, "Request Entity Too Large"},
                                                {415, "Unsupported Media Type"},
                                                {429, "Too Many Requests"},
                                                {500, "Internal Server Error"},
                                                {503, "Service Unavailable"}};
    return reasons.value(status, "Unknown");
}

} // namespace

QByteArray Server::command(const QByteArray &line)
{
    const QByteArray simple = line.simplified();
    if (simple == "count open")
        return QByteArray::number(service.openEnumerations());
    if (simple == "count bytes")
        return QByteArray::number(received);
    return script.command(line);
}

Connection::Connection(QTcpSocket *socket, Server &server)
    : QObject(socket)
    , m_socket(socket)
    , m_server(server)
    , m_signIn(server.signIn)
    , m_number(++server.connections)
{
    // OMI leaves Nagle's algorithm on and writes twice: small answers wait for the client's delayed acknowledgement.
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, server.service.dialect().omi() ? 0 : 1);
    connect(m_socket, &QTcpSocket::readyRead, this, &Connection::read);
    connect(m_socket, &QTcpSocket::disconnected, m_socket, &QObject::deleteLater);
}

void Connection::read()
{
    const QByteArray bytes = m_socket->readAll();
    m_server.received += bytes.size();
    m_buffer += bytes;
    while (!m_busy && m_socket->state() == QAbstractSocket::ConnectedState) {
        if (!m_haveHead && !readHead())
            return;
        if (m_buffer.size() < m_head.length)
            return;
        const QByteArray body = m_buffer.left(m_head.length);
        m_buffer.remove(0, m_head.length);
        m_haveHead = false;
        m_busy = true;
        handle(body);
    }
}

/// Takes a complete head off the buffer; refuses what cannot be one.
bool Connection::readHead()
{
    const qsizetype end = m_buffer.indexOf("\r\n\r\n");
    if (end < 0) {
        if (m_buffer.size() > longestHead)
            m_socket->abort();
        return false;
    }
    QByteArrayList lines = m_buffer.left(end).split('\n');
    m_buffer.remove(0, end + 4);
    m_head = {};
    const QByteArrayList request = lines.takeFirst().trimmed().split(' ');
    m_head.method = request.value(0);
    m_head.path = request.value(1);
    for (const QByteArray &line : lines) {
        const qsizetype colon = line.indexOf(':');
        const QByteArray name = line.left(colon).trimmed();
        m_head.names.append(name);
        m_head.fields.insert(name.toLower(), line.mid(colon + 1).trimmed());
    }
    bool isNumber = false;
    const qint64 length = m_head.fields.value("content-length").toLongLong(&isNumber);
    if (!isNumber || length < 0 || m_head.fields.contains("transfer-encoding")) {
        log({}, 411);
        send("HTTP/1.0 411 Length Required\r\n", {}, true);
        return false;
    }
    if (length > longestBody) {
        log({}, 413);
        send("HTTP/1.1 413 Request Entity Too Large\r\nContent-Length: 0\r\nConnection: close\r\n", {}, true);
        return false;
    }
    m_head.length = length;
    m_haveHead = true;
    return true;
}

void Connection::handle(const QByteArray &body)
{
    m_sealed = m_head.fields.value("content-type").startsWith("multipart/encrypted");
    QByteArray challenge;
    if (refuseEarly() || !signIn(body, &challenge))
        return;
    const bool negotiated = m_signIn.canSeal() && !m_head.fields.value("authorization").isEmpty();
    if (body.isEmpty() && negotiated) { // the last leg of a handshake carries no message
        log({{QStringLiteral("op"), QStringLiteral("SignIn")}}, 200);
        respond(200, {}, challenge, true);
        return;
    }
    QByteArray message = body;
    if (m_sealed) {
        QString error;
        const auto plain = m_signIn.canSeal() ? m_signIn.unseal(m_head.fields.value("content-type"), body, &error)
                                              : std::optional<QByteArray>();
        if (!plain) {
            log({{QStringLiteral("op"), QStringLiteral("Unreadable")}, {QStringLiteral("error"), error}}, 400);
            respond(400, {}, {}, true);
            m_socket->disconnectFromHost();
            return;
        }
        message = *plain;
    } else if (!m_server.tls && m_signIn.canSeal() && !m_server.signIn.allowUnencrypted) {
        log({{QStringLiteral("op"), QStringLiteral("ClearText")}}, 500);
        respond(500, {}, {}, true);
        return;
    }
    perform(message, challenge);
}

/// The checks before anyone is asked to sign in.
bool Connection::refuseEarly()
{
    const Dialect &dialect = m_server.service.dialect();
    const QByteArray type = m_head.fields.value("content-type");
    int status = 0;
    if (m_head.method != "POST")
        status = 400;
    else if (!dialect.omi() && m_head.path != "/wsman")
        status = dialect.windows() ? 404 : 403;
    else if (m_head.length > 0 && !m_sealed && !type.startsWith("application/soap+xml")
             && !(dialect.omi() && type.startsWith("text/xml")))
        status = dialect.omi() ? 400 : 415;
    if (status == 0)
        return false;
    log({}, status);
    if (status == 403)
        send("HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n", "Error: 403\n\n", true);
    else
        respond(status, {}, {}, true);
    return true;
}

bool Connection::signIn(const QByteArray &body, QByteArray *challenge)
{
    const Dialect &dialect = m_server.service.dialect();
    const QByteArray authorization = m_head.fields.value("authorization");
    if (dialect.windows() && m_head.fields.value("wsmanidentify") == "unauthenticated"
        && Service::operationOf(body) == QLatin1String("Identify")) {
        QByteArray hidden = m_server.service.handle(body).body;
        hidden.replace("OS: 10.0.20348 SP: 0.0", "OS: 0.0.0 SP: 0.0");
        log({{QStringLiteral("op"), QStringLiteral("Identify")}, {QStringLiteral("anonymous"), true}}, 200);
        respond(200, hidden, {}, true);
        return false;
    }
    const SignIn::Outcome outcome = m_signIn.check(authorization);
    *challenge = outcome.challenge;
    if (outcome.state == SignIn::State::Accepted)
        return true;
    log({{QStringLiteral("op"), QStringLiteral("SignIn")}, {QStringLiteral("error"), outcome.error}}, 401);
    if (authorization.isEmpty() && dialect.omi()) {
        QTimer::singleShot(omiSilence, this, [this] { m_socket->disconnectFromHost(); });
        return false; // recording 02: no answer at all
    }
    unauthorized(outcome.challenge);
    return false;
}

void Connection::unauthorized(const QByteArray &challenge)
{
    const Dialect &dialect = m_server.service.dialect();
    QByteArray offers;
    if (!challenge.isEmpty()) {
        offers = "WWW-Authenticate: " + challenge + "\r\n";
    } else {
        for (const QString &scheme : m_server.signIn.schemes) {
            const bool basic = scheme == QLatin1String("Basic");
            const QByteArray realm = dialect.openwsman() ? " realm=\"OPENWSMAN\"" : " realm=\"WSMAN\"";
            offers += "WWW-Authenticate: " + scheme.toUtf8() + (basic ? realm : QByteArray()) + "\r\n";
        }
    }
    QByteArray body;
    QByteArray head = "HTTP/1.1 401 Unauthorized\r\n";
    if (dialect.openwsman()) {
        body = "Error: 401\n\n";
        head += offers + "Content-Type: text/plain\r\nContent-Length: 12\r\n";
    } else if (dialect.omi()) {
        head += "Content-Length: 0\r\n" + offers;
    } else {
        head = "HTTP/1.1 401 \r\nServer: Microsoft-HTTPAPI/2.0\r\n" + offers + "Content-Length: 0\r\n";
    }
    send(head, body, dialect.openwsman() && challenge.isEmpty());
}

void Connection::perform(const QByteArray &message, const QByteArray &challenge)
{
    const Script::Step step = m_server.script.arrived(Service::operationOf(message));
    if (step.kind == Script::Step::Kind::Silence) {
        log({{QStringLiteral("op"), Service::operationOf(message)}, {QStringLiteral("silenced"), true}}, 0);
        return;
    }
    if (step.kind == Script::Step::Kind::Status) {
        log({{QStringLiteral("op"), Service::operationOf(message)}, {QStringLiteral("refused"), true}}, step.number);
        respond(step.number, {}, challenge, true);
        return;
    }
    const Answer answer = step.kind == Script::Step::Kind::Fault ? m_server.service.refuse(message, step.trouble)
                                                                 : m_server.service.handle(message);
    log(answer.log, answer.status);
    if (step.kind == Script::Step::Kind::Lose) {
        m_socket->abort();
        return;
    }
    const bool clear = step.kind == Script::Step::Kind::ClearText;
    if (step.kind == Script::Step::Kind::Delay)
        QTimer::singleShot(step.number, this,
                           [this, answer, challenge] { respond(answer.status, answer.body, challenge); });
    else
        respond(answer.status, answer.body, challenge, clear);
}

QByteArray Connection::statusLine(int status) const
{
    switch (m_server.service.dialect().as) {
    case As::Windows:
        return "HTTP/1.1 " + QByteArray::number(status) + " \r\n";
    case As::Openwsman:
        return "HTTP/1.1 " + QByteArray::number(status) + " (null)\r\n";
    case As::Omi:
        return "HTTP/1.1 " + QByteArray::number(status) + ' ' + reasonOf(status) + "\r\n";
    }
    Q_UNREACHABLE();
}

void Connection::respond(int status, QByteArray body, const QByteArray &challenge, bool clear)
{
    const Dialect &dialect = m_server.service.dialect();
    const bool wide = body.startsWith("\xff\xfe");
    QByteArray type = wide ? "application/soap+xml;charset=UTF-16" : "application/soap+xml;charset=UTF-8";
    if (m_sealed && !clear && !body.isEmpty()) {
        const auto sealed = m_signIn.seal(body, &type);
        if (!sealed) {
            m_socket->abort();
            return;
        }
        body = *sealed;
    }
    const QByteArray length = "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
    const QByteArray offer = challenge.isEmpty() ? QByteArray() : "WWW-Authenticate: " + challenge + "\r\n";
    QByteArray head = statusLine(status);
    bool close = false;
    switch (dialect.as) {
    case As::Windows:
        if (!body.isEmpty())
            head += "Content-Type: " + type + "\r\n";
        head += "Server: Microsoft-HTTPAPI/2.0\r\n" + offer + "Date: "
                + QLocale::c()
                          .toString(QDateTime::currentDateTimeUtc(), QStringLiteral("ddd, dd MMM yyyy HH:mm:ss"))
                          .toUtf8()
                + " GMT\r\n" + length;
        break;
    case As::Openwsman:
        // The builds that know Negotiate have to keep the connection.
        close = !m_signIn.canSeal();
        head += "Server: openwsman/2.8\r\nContent-Type: " + type + "\r\n" + offer + length
                + (close ? "Connection: Close\r\n" : "Connection: Keep-Alive\r\n");
        break;
    case As::Omi:
        head += length + "Connection: Keep-Alive\r\n" + offer + "Content-Type: " + type + "\r\n";
        break;
    }
    send(head, body, close);
}

void Connection::send(const QByteArray &head, const QByteArray &body, bool close)
{
    m_socket->write(head + "\r\n");
    if (m_server.service.dialect().omi())
        m_socket->flush();
    m_socket->write(body);
    m_busy = false;
    if (close)
        m_socket->disconnectFromHost();
    else
        QMetaObject::invokeMethod(this, &Connection::read, Qt::QueuedConnection);
}

void Connection::log(QJsonObject line, int status)
{
    line.insert(QStringLiteral("connection"), m_number);
    line.insert(QStringLiteral("status"), status);
    line.insert(QStringLiteral("http"), QString::fromUtf8(m_head.names.join(' ')));
    line.insert(QStringLiteral("authorization"),
                QString::fromUtf8(m_head.fields.value("authorization").split(' ').value(0))); // the scheme alone
    line.insert(QStringLiteral("sealed"), m_sealed);
    if (!m_signIn.mechanism().isEmpty()) {
        line.insert(QStringLiteral("user"), m_signIn.user());
        line.insert(QStringLiteral("mechanism"), m_signIn.mechanism());
        line.insert(QStringLiteral("bound"), m_signIn.isBound());
    }
    m_server.record.write(line);
}

} // namespace peer
