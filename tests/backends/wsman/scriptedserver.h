// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QList>
#include <QPointer>
#include <QSslSocket>
#include <QTcpServer>

#include <functional>

/// A server on loopback that says what a test tells it to. It reads requests by their Content-Length and knows nothing
/// of what is in them; it shares no code with the client.
class ScriptedServer : public QTcpServer
{
    Q_OBJECT
public:
    struct Request
    {
        QByteArray head, body;
        int number = 0; ///< of the request, from 0
        int connection = 0; ///< from 0

        [[nodiscard]] QByteArray header(const QByteArray &name) const;
        [[nodiscard]] QByteArray element(const QByteArray &localName) const; ///< text of the first element of this name
    };
    struct Answer
    {
        QByteArray bytes;
        bool close = false; ///< after the bytes
        int piece = 0; ///< bytes at once, a piece a turn of the event loop; 0: all
        bool silent = false; ///< no answer at all
        bool reset = false; ///< the connection is reset in place of an answer
    };
    using Handler = std::function<Answer(const Request &)>;

    explicit ScriptedServer(Handler handler, QString certificate = {});

    [[nodiscard]] QList<Request> requests() const { return m_requests; }
    [[nodiscard]] int connections() const { return m_connections; }
    [[nodiscard]] int open() const { return m_open; }
    void closeAll();
    void setHandler(Handler handler) { m_handler = std::move(handler); }
    void useCertificate(const QString &name); ///< `self-signed` or `other`; of tests/data/wsman/tls
    void beSilentInTls() { m_silentTls = true; }
    void closeFirst(int connections) { m_closing = connections; } ///< as soon as TLS is there
    void write(const QByteArray &bytes); ///< unasked, on all connections

    /// An HTTP response. \a fields are whole lines.
    static QByteArray http(int status, const QByteArray &body,
                           const QByteArray &type = "application/soap+xml;charset=UTF-8",
                           const QByteArray &fields = {});
    /// A SOAP answer to a request: its RelatesTo is the request's MessageID.
    static QByteArray soap(const Request &request, const QByteArray &body, int status = 200,
                           const QByteArray &fields = {});
    /// A recorded answer with the RelatesTo of this request.
    static QByteArray recorded(const Request &request, QByteArray xml, int status = 200);
    /// A case of the recordings (`openwsman/58-get`) as it went over the wire, head and body, but for its RelatesTo;
    /// the connection is closed afterwards when the server did so.
    static Answer replayed(const Request &request, const QString &name);

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    void read(QSslSocket *socket, int connection);
    void send(QSslSocket *socket, Answer answer);

    Handler m_handler;
    QString m_certificate;
    bool m_silentTls = false;
    int m_closing = 0;
    QList<Request> m_requests;
    QList<QPointer<QSslSocket>> m_sockets;
    QHash<QSslSocket *, QByteArray> m_buffers;
    int m_connections = 0;
    int m_open = 0;
};

/// Contents of a file below tests/data/wsman.
[[nodiscard]] QByteArray recording(const QString &name);
