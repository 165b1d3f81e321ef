// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/completion.h"
#include "backends/wsman/httpparser.h"
#include "backends/wsman/serverprofile.h"
#include "model/error.h"
#include "model/task.h"

#include <QElapsedTimer>
#include <QObject>
#include <QSslCertificate>
#include <QSslError>
#include <QSslSocket>
#include <QTimer>

#include <optional>
#include <stop_token>

namespace portalbind::wsman {

struct HttpRequest
{
    QByteArray contentType; ///< empty: none is sent
    QByteArray authorization; ///< value of the field; empty: none is sent
    QByteArray body;
};

struct HttpFailure
{
    Error error;
    bool mayHaveLeft = false; ///< whether a part of the request may have reached the server
    bool transient = false; ///< trying again in a moment may help
    std::chrono::milliseconds retryAfter{0}; ///< what the server asks to wait before that
    bool contextLost = false; ///< the sign-in of this connection is not known any more: once again with a new one
};

/// One TCP or TLS connection, and the requests on it, one after another. Lives in the I/O thread. It never repeats a
/// request, follows no redirect and gives nobody credentials by itself.
class HttpChannel : public QObject
{
    Q_OBJECT
public:
    explicit HttpChannel(const ServerProfile &profile);
    ~HttpChannel() override;

    /// Connects; over TLS up to the end of its handshake, whatever the certificate is like: nothing is sent before
    /// somebody has looked at certificate() and tlsErrors(). Errors: Transport, Timeout, Cancelled.
    [[nodiscard]] Task<Result<>> open(std::stop_token stop);
    [[nodiscard]] QSslCertificate certificate() const { return m_socket.peerCertificate(); }
    [[nodiscard]] const QList<QSslError> &tlsErrors() const { return m_tlsErrors; }

    /// Sends a POST and reads its response. \a firstByte is a deadline, as is the profile's for stalls and the whole.
    [[nodiscard]] Task<tl::expected<HttpResponse, HttpFailure>>
    post(HttpRequest request, std::chrono::milliseconds firstByte, std::stop_token stop);

    /// Whether the next request may go over this connection: open, kept alive by the server, and not idle for too long.
    [[nodiscard]] bool isUsable() const;
    void close();
    /// Whether the last failure was one of those that pass: the connection was refused, reset or closed.
    [[nodiscard]] bool failedInPassing() const { return m_transient; }

private:
    enum class Phase { Closed, Connecting, Tls, Idle, FirstByte, Body };
    using Exchange = tl::expected<HttpResponse, HttpFailure>;

    void onConnected();
    void onEncrypted();
    void onReadyRead();
    void onSocketError(QAbstractSocket::SocketError error);
    void onDisconnected();
    void onDeadline(bool whole);
    void cancel(quint64 serial);
    void opened();
    void fail(Error error, bool transient = false);
    void acknowledgeAtOnce();
    void advance(HttpResponseParser::State state);
    [[nodiscard]] QByteArray serialize(HttpRequest request) const;

    const ServerProfile m_profile;
    QSslSocket m_socket;
    QTimer m_deadline; ///< of the phase
    QTimer m_whole; ///< of the response
    Phase m_phase = Phase::Closed;
    quint64 m_serial = 0; ///< of the open() or post() that goes on
    QList<QSslError> m_tlsErrors;
    std::optional<Completion<Result<>>> m_opening;
    std::optional<Completion<Exchange>> m_exchange;
    std::optional<HttpResponseParser> m_parser;
    QByteArray m_sent; ///< shared with the socket as long as that needs it; then overwritten
    bool m_keepAlive = false;
    bool m_transient = false;
    QElapsedTimer m_idle;
};

} // namespace portalbind::wsman
