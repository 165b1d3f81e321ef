// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/client/relay.h"

#include <QFile>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>

Relay::Relay(quint16 to)
    : m_to(to)
{
    listen(QHostAddress::LocalHost);
}

bool Relay::impersonate(const QString &certificate, const QString &key)
{
    QFile certificateFile(certificate), keyFile(key);
    if (!certificateFile.open(QIODevice::ReadOnly) || !keyFile.open(QIODevice::ReadOnly))
        return false;
    m_shown = QSslConfiguration::defaultConfiguration();
    m_shown.setLocalCertificateChain(QSslCertificate::fromDevice(&certificateFile, QSsl::Pem));
    m_shown.setPrivateKey(QSslKey(&keyFile, QSsl::Rsa));
    m_shown.setPeerVerifyMode(QSslSocket::VerifyNone);
    m_tls = !m_shown.privateKey().isNull();
    return m_tls;
}

void Relay::incomingConnection(qintptr descriptor)
{
    auto *const client = new QSslSocket(this);
    auto *const server = new QSslSocket(client);
    client->setSocketDescriptor(descriptor);
    connect(client, &QSslSocket::readyRead, this, [this, client, server] {
        const QByteArray bytes = client->readAll();
        m_up += bytes;
        server->write(bytes);
    });
    connect(server, &QSslSocket::readyRead, this, [this, client, server] {
        const QByteArray bytes = server->readAll();
        m_down += bytes;
        client->write(bytes);
    });
    connect(server, &QSslSocket::disconnected, client, &QSslSocket::disconnectFromHost);
    connect(client, &QSslSocket::disconnected, client, &QObject::deleteLater);
    if (!m_tls) {
        server->connectToHost(QStringLiteral("127.0.0.1"), m_to);
        return;
    }
    server->setPeerVerifyMode(QSslSocket::VerifyNone);
    server->connectToHostEncrypted(QStringLiteral("127.0.0.1"), m_to);
    client->setSslConfiguration(m_shown);
    client->startServerEncryption();
}

QList<WireMessage> Relay::messages(QByteArray stream)
{
    QList<WireMessage> found;
    for (qsizetype end = stream.indexOf("\r\n\r\n"); end >= 0; end = stream.indexOf("\r\n\r\n")) {
        WireMessage message;
        QByteArrayList lines = stream.left(end).split('\n');
        message.start = lines.takeFirst().trimmed();
        for (const QByteArray &line : std::as_const(lines)) {
            const qsizetype colon = line.indexOf(':');
            message.fields.insert(line.left(colon).trimmed().toLower(), line.mid(colon + 1).trimmed());
        }
        const qsizetype length = message.fields.value("content-length").toLongLong();
        message.body = stream.mid(end + 4, length);
        stream.remove(0, end + 4 + length);
        found.append(message);
    }
    return found;
}
