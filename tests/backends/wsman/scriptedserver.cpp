// SPDX-License-Identifier: Apache-2.0
#include "tests/backends/wsman/scriptedserver.h"
#include "tests/testdata.h"

#include <QFile>
#include <QRegularExpression>
#include <QSslCertificate>
#include <QSslKey>
#include <QTimer>

QByteArray recording(const QString &name)
{
    QFile file(testData(QStringLiteral("wsman/") + name));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no recording %s", qPrintable(file.fileName()));
    return file.readAll();
}

QByteArray ScriptedServer::Request::header(const QByteArray &name) const
{
    const auto lines = head.split('\n');
    for (const QByteArray &line : lines) {
        const qsizetype colon = line.indexOf(':');
        if (colon > 0 && line.left(colon).trimmed().compare(name, Qt::CaseInsensitive) == 0)
            return line.mid(colon + 1).trimmed();
    }
    return {};
}

QByteArray ScriptedServer::Request::element(const QByteArray &localName) const
{
    const QRegularExpression pattern(
            QStringLiteral("<(?:\\w+:)?%1(?: [^>]*)?>([^<]*)<").arg(QString::fromLatin1(localName)));
    return pattern.match(QString::fromUtf8(body)).captured(1).toUtf8();
}

ScriptedServer::ScriptedServer(Handler handler, QString certificate)
    : m_handler(std::move(handler))
    , m_certificate(std::move(certificate))
{
    if (!listen(QHostAddress::LocalHost, 0))
        qFatal("cannot listen: %s", qPrintable(errorString()));
}

void ScriptedServer::useCertificate(const QString &name)
{
    m_certificate = name;
}

void ScriptedServer::incomingConnection(qintptr descriptor)
{
    auto *const socket = new QSslSocket(this);
    socket->setSocketDescriptor(descriptor);
    const int connection = m_connections++;
    ++m_open;
    m_sockets << socket;
    connect(socket, &QSslSocket::disconnected, this, [this, socket] {
        --m_open;
        m_buffers.remove(socket);
        socket->deleteLater();
    });
    connect(socket, &QSslSocket::readyRead, this, [this, socket, connection] { read(socket, connection); });
    if (m_certificate.isEmpty() || m_silentTls)
        return;
    if (connection < m_closing)
        connect(socket, &QSslSocket::encrypted, socket, &QSslSocket::abort);
    const QList<QSslCertificate> chain = QSslCertificate::fromData(
            recording(QStringLiteral("tls/%1.pem").arg(m_certificate)));
    const bool rsa = m_certificate != QLatin1String("other");
    socket->setLocalCertificateChain(chain);
    socket->setPrivateKey(
            QSslKey(recording(QStringLiteral("tls/%1.key").arg(m_certificate)), rsa ? QSsl::Rsa : QSsl::Ec));
    socket->setPeerVerifyMode(QSslSocket::VerifyNone);
    socket->startServerEncryption();
}

void ScriptedServer::read(QSslSocket *socket, int connection)
{
    if (m_silentTls)
        return;
    QByteArray &buffer = m_buffers[socket];
    buffer += socket->readAll();
    for (;;) {
        const qsizetype end = buffer.indexOf("\r\n\r\n");
        if (end < 0)
            return;
        Request request;
        request.head = buffer.left(end + 2);
        const qsizetype length = request.header("Content-Length").toLongLong();
        if (buffer.size() < end + 4 + length)
            return;
        request.body = buffer.mid(end + 4, length);
        request.connection = connection;
        request.number = int(m_requests.size());
        buffer.remove(0, end + 4 + length);
        m_requests << request;
        send(socket, m_handler(request));
        if (!m_buffers.contains(socket))
            return;
    }
}

void ScriptedServer::send(QSslSocket *socket, Answer answer)
{
    if (answer.reset) {
        socket->abort();
        return;
    }
    if (answer.silent)
        return;
    const qsizetype now = answer.piece > 0 ? std::min<qsizetype>(answer.piece, answer.bytes.size())
                                           : answer.bytes.size();
    socket->write(answer.bytes.left(now));
    socket->flush();
    answer.bytes.remove(0, now);
    if (!answer.bytes.isEmpty()) {
        QTimer::singleShot(1, socket, [this, socket, answer] { send(socket, answer); });
    } else if (answer.close) {
        socket->disconnectFromHost();
    }
}

void ScriptedServer::write(const QByteArray &bytes)
{
    for (const auto &socket : std::as_const(m_sockets)) {
        if (socket) {
            socket->write(bytes);
            socket->flush();
        }
    }
}

void ScriptedServer::closeAll()
{
    const auto all = m_sockets;
    for (const auto &socket : all) {
        if (socket)
            socket->abort();
    }
}

QByteArray ScriptedServer::http(int status, const QByteArray &body, const QByteArray &type, const QByteArray &fields)
{
    return "HTTP/1.1 " + QByteArray::number(status) + " Said\r\n"
            + (type.isEmpty() ? QByteArray() : "Content-Type: " + type + "\r\n") + fields
            + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

QByteArray ScriptedServer::soap(const Request &request, const QByteArray &body, int status, const QByteArray &fields)
{
    const QByteArray xml = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""
                           " xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
                           " xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\""
                           " xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\""
                           " xmlns:x=\"http://schemas.xmlsoap.org/ws/2004/09/transfer\""
                           " xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"><s:Header><a:RelatesTo>"
            + request.element("MessageID") + "</a:RelatesTo></s:Header><s:Body>" + body + "</s:Body></s:Envelope>";
    return http(status, xml, "application/soap+xml;charset=UTF-8", fields);
}

namespace {

QByteArray related(const ScriptedServer::Request &request, QByteArray xml)
{
    const qsizetype from = xml.indexOf("<wsa:RelatesTo>");
    const qsizetype to = xml.indexOf("</wsa:RelatesTo>");
    if (from >= 0 && to > from)
        xml.replace(from, to - from, "<wsa:RelatesTo>" + request.element("MessageID"));
    return xml;
}

} // namespace

QByteArray ScriptedServer::recorded(const Request &request, QByteArray xml, int status)
{
    return http(status, related(request, std::move(xml)));
}

ScriptedServer::Answer ScriptedServer::replayed(const Request &request, const QString &name)
{
    const QByteArray body = related(request, recording(name + QLatin1String(".response.xml")));
    QByteArray head;
    for (const QByteArray &line : recording(name + QLatin1String(".response.http")).split('\n')) {
        if (line.startsWith("Content-Length:"))
            head += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
        else if (!line.trimmed().isEmpty())
            head += line.trimmed() + "\r\n";
    }
    return {head + "\r\n" + body, head.contains("Connection: Close")};
}
