// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QSslConfiguration>
#include <QTcpServer>

/// One HTTP message with Content-Length, as it was on the wire.
struct WireMessage
{
    QByteArray start; ///< request line or status line
    QHash<QByteArray, QByteArray> fields; ///< names in lower case
    QByteArray body;
};

/// Somebody between client and server, on loopback: passes everything on and keeps it. With a certificate of its own it
/// ends TLS here and speaks TLS to the server: the man in the middle that channel binding is there for.
class Relay : public QTcpServer
{
public:
    explicit Relay(quint16 to);
    /// Shows this certificate to the client; files in PEM. False when they cannot be read.
    [[nodiscard]] bool impersonate(const QString &certificate, const QString &key);

    /// What went to the server and came back, of all connections in the order of their bytes.
    [[nodiscard]] const QByteArray &up() const { return m_up; }
    [[nodiscard]] const QByteArray &down() const { return m_down; }
    [[nodiscard]] static QList<WireMessage> messages(QByteArray stream);

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    quint16 m_to;
    bool m_tls = false;
    QSslConfiguration m_shown;
    QByteArray m_up, m_down;
};
