// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/httpchannel.h"

#include "backends/wsman/certificatename.h"
#include "backends/wsman/httperror.h"
#include "backends/wsman/overwrite.h"

#include <QNetworkProxy>
#include <QPointer>
#include <QSslConfiguration>

#include <algorithm>

#ifdef Q_OS_LINUX
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#endif

namespace portalbind::wsman {
namespace {

constexpr qint64 readBufferBytes = qint64(1024) * 1024; // what one connection holds beyond the response it is reading
constexpr qint64 pieceBytes = qint64(64) * 1024;

} // namespace

HttpChannel::HttpChannel(const ServerProfile &profile)
    : m_profile(profile)
{
    // No system proxy: contexts of Negotiate hold for one connection end to end.
    m_socket.setProxy(QNetworkProxy::NoProxy);
    m_socket.setReadBufferSize(readBufferBytes);
    m_deadline.setSingleShot(true);
    m_whole.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] { onDeadline(false); });
    connect(&m_whole, &QTimer::timeout, this, [this] { onDeadline(true); });
    connect(&m_socket, &QSslSocket::connected, this, &HttpChannel::onConnected);
    connect(&m_socket, &QSslSocket::encrypted, this, &HttpChannel::onEncrypted);
    connect(&m_socket, &QSslSocket::readyRead, this, &HttpChannel::onReadyRead);
    connect(&m_socket, &QSslSocket::errorOccurred, this, &HttpChannel::onSocketError);
    connect(&m_socket, &QSslSocket::disconnected, this, &HttpChannel::onDisconnected);
    connect(&m_socket, &QSslSocket::sslErrors, this, [this](const QList<QSslError> &errors) {
        // Only the handshake goes on: nothing is sent until the certificate has been judged.
        m_tlsErrors = errors;
        m_socket.ignoreSslErrors(errors);
    });
}

HttpChannel::~HttpChannel()
{
    m_socket.disconnect(this);
    m_socket.abort();
}

Task<Result<>> HttpChannel::open(std::stop_token stop)
{
    close();
    const Completion<Result<>> done;
    const quint64 serial = ++m_serial;
    m_opening = done;
    m_tlsErrors.clear();
    m_transient = false;
    m_idle.invalidate();
    m_phase = Phase::Connecting;
    m_deadline.start(m_profile.deadlines.connect);
    const OnStop hook(stop, [channel = QPointer<HttpChannel>(this), serial] {
        if (channel)
            channel->cancel(serial);
    });
    m_socket.setPeerVerifyName(m_profile.host); // SNI and the host name check
    m_socket.connectToHost(m_profile.host, m_profile.port);
    co_return co_await done;
}

void HttpChannel::onConnected()
{
    m_socket.setSocketOption(QAbstractSocket::LowDelayOption, 1);
    acknowledgeAtOnce();
    if (!m_profile.tls) {
        opened();
        return;
    }
    QSslConfiguration configuration = m_socket.sslConfiguration();
    configuration.setProtocol(m_profile.oldTls ? QSsl::SecureProtocols : QSsl::TlsV1_2OrLater);
    configuration.setPeerVerifyMode(QSslSocket::VerifyPeer);
    m_socket.setSslConfiguration(configuration);
    m_phase = Phase::Tls;
    m_deadline.start(m_profile.deadlines.tls);
    m_socket.startClientEncryption();
}

void HttpChannel::onEncrypted()
{
    if (m_phase != Phase::Tls)
        return;
    const bool isMismatch = std::any_of(m_tlsErrors.begin(), m_tlsErrors.end(), [](const QSslError &error) {
        return error.error() == QSslError::HostNameMismatch;
    });
    if (!isMismatch && namesOthersOnly(certificate(), m_profile.host))
        m_tlsErrors << QSslError(QSslError::HostNameMismatch, certificate());
    opened();
}

void HttpChannel::opened()
{
    m_deadline.stop();
    m_phase = Phase::Idle;
    m_keepAlive = true;
    m_idle.start();
    if (const auto opening = std::exchange(m_opening, {}))
        opening->finish({});
}

Task<HttpChannel::Exchange> HttpChannel::post(HttpRequest request, std::chrono::milliseconds firstByte,
                                              std::stop_token stop)
{
    if (stop.stop_requested())
        co_return tl::unexpected(HttpFailure{cancelled(), false});
    if (m_phase != Phase::Idle || m_socket.state() != QAbstractSocket::ConnectedState
        || m_socket.bytesAvailable() > 0) {
        close();
        co_return tl::unexpected(HttpFailure{closedByServer(m_profile), false, true});
    }
    const Completion<Exchange> done;
    const quint64 serial = ++m_serial;
    m_exchange = done;
    m_parser.emplace(HttpLimits{m_profile.limits.headerBytes, m_profile.limits.headerFields, m_profile.limits.body});
    m_phase = Phase::FirstByte;
    m_deadline.start(firstByte);
    m_whole.start(std::max(m_profile.deadlines.answer, firstByte));
    const OnStop hook(stop, [channel = QPointer<HttpChannel>(this), serial] {
        if (channel)
            channel->cancel(serial);
    });
    m_sent = serialize(std::move(request));
    m_socket.write(m_sent);
    m_socket.flush();
    acknowledgeAtOnce();
    co_return co_await done;
}

/// In one buffer, which is made big enough at once: no copy of a password stays behind.
QByteArray HttpChannel::serialize(HttpRequest request) const
{
    QByteArray message = "POST " + m_profile.path + " HTTP/1.1\r\nHost: " + m_profile.address().toLatin1()
            + "\r\nUser-Agent: Portalbind/" PORTALBIND_VERSION
              "\r\nConnection: Keep-Alive\r\nAccept-Encoding: identity\r\n";
    if (!request.contentType.isEmpty())
        message += "Content-Type: " + request.contentType + "\r\n";
    message += "Content-Length: " + QByteArray::number(request.body.size()) + "\r\n";
    constexpr QByteArrayView authorization = "Authorization: ", end = "\r\n";
    message.reserve(message.size() + authorization.size() + request.authorization.size() + 2 * end.size()
                    + request.body.size());
    if (!request.authorization.isEmpty()) {
        message += authorization;
        message += request.authorization;
        message += end;
        overwrite(request.authorization);
    }
    message += end;
    message += request.body;
    return message;
}

void HttpChannel::onReadyRead()
{
    acknowledgeAtOnce();
    if (m_phase == Phase::Idle) {
        close(); // nothing was asked
        return;
    }
    if ((m_phase != Phase::FirstByte && m_phase != Phase::Body) || m_socket.bytesAvailable() == 0)
        return;
    m_phase = Phase::Body;
    m_deadline.start(m_profile.deadlines.stall);
    char piece[pieceBytes];
    while (m_parser && m_socket.bytesAvailable() > 0) {
        const qint64 got = m_socket.read(piece, sizeof piece);
        if (got <= 0)
            break;
        advance(m_parser->feed(piece, size_t(got)));
    }
}

void HttpChannel::advance(HttpResponseParser::State state)
{
    if (state == HttpResponseParser::State::Failed) {
        fail(notHttp(m_profile, m_parser->error()));
    } else if (state == HttpResponseParser::State::Complete) {
        const bool surplus = m_parser->hasSurplus() || m_socket.bytesAvailable() > 0;
        HttpResponse response = m_parser->take();
        m_parser.reset();
        m_deadline.stop();
        m_whole.stop();
        m_phase = Phase::Idle;
        m_keepAlive = response.keepAlive && !surplus;
        m_idle.start();
        overwrite(m_sent);
        if (!m_keepAlive)
            close();
        if (const auto exchange = std::exchange(m_exchange, {}))
            exchange->finish(std::move(response));
    }
}

void HttpChannel::onDisconnected()
{
    if (m_phase == Phase::FirstByte || m_phase == Phase::Body) {
        onReadyRead(); // what came before the end
        if (m_parser && m_phase == Phase::Body) {
            const HttpResponseParser::State state = m_parser->end();
            if (state == HttpResponseParser::State::Failed)
                fail(notHttp(m_profile, m_parser->error()), true); // cut off: a proxy, a crash, a restart
            else
                advance(state);
        } else if (m_exchange)
            fail(closedByServer(m_profile), true);
    }
    close();
}

void HttpChannel::onSocketError(QAbstractSocket::SocketError error)
{
    if (m_phase == Phase::Closed)
        return;
    if (error == QAbstractSocket::RemoteHostClosedError && (m_phase == Phase::FirstByte || m_phase == Phase::Body))
        return; // disconnected() follows: the end of a response without a length, or a broken one
    if (m_phase == Phase::Tls)
        fail(tlsFailed(m_profile, m_socket.errorString()), error == QAbstractSocket::RemoteHostClosedError);
    else
        fail(socketFailed(m_profile, error, m_socket.errorString()), error != QAbstractSocket::HostNotFoundError);
}

void HttpChannel::onDeadline(bool whole)
{
    switch (m_phase) {
    case Phase::Connecting:
        fail(connectTimedOut(m_profile));
        break;
    case Phase::Tls:
        fail(tlsTimedOut(m_profile));
        break;
    case Phase::FirstByte:
        fail(noAnswer(m_profile));
        break;
    case Phase::Body:
        fail(answerStopped(m_profile, whole));
        break;
    case Phase::Closed:
    case Phase::Idle:
        break;
    }
}

void HttpChannel::cancel(quint64 serial)
{
    if (serial == m_serial && (m_opening || m_exchange))
        fail(cancelled());
}

void HttpChannel::fail(Error error, bool transient)
{
    m_transient = transient;
    const bool mayHaveLeft = m_phase == Phase::FirstByte || m_phase == Phase::Body;
    const auto opening = std::exchange(m_opening, {});
    const auto exchange = std::exchange(m_exchange, {});
    close();
    if (opening)
        opening->finish(tl::unexpected(std::move(error)));
    else if (exchange)
        exchange->finish(tl::unexpected(HttpFailure{std::move(error), mayHaveLeft, transient}));
}

bool HttpChannel::isUsable() const
{
    return m_phase == Phase::Idle && m_keepAlive && m_socket.state() == QAbstractSocket::ConnectedState
            && m_socket.bytesAvailable() == 0 && m_idle.elapsed() < m_profile.deadlines.idle.count();
}

void HttpChannel::close()
{
    m_deadline.stop();
    m_whole.stop();
    m_phase = Phase::Closed;
    m_keepAlive = false;
    m_parser.reset();
    if (m_socket.state() != QAbstractSocket::UnconnectedState)
        m_socket.abort();
    overwrite(m_sent);
}

void HttpChannel::acknowledgeAtOnce()
{
    // OMI writes header and body apart with Nagle's algorithm on: a delayed acknowledgement costs 44 ms an answer. The
    // kernel forgets the option with the next packets, so it is set again and again.
#ifdef TCP_QUICKACK
    const int on = 1;
    const auto descriptor = m_socket.socketDescriptor();
    if (descriptor >= 0)
        ::setsockopt(int(descriptor), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
#endif
}

} // namespace portalbind::wsman
