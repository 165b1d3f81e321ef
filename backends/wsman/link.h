// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/certificatequestion.h"
#include "backends/wsman/gsscontext.h"
#include "backends/wsman/httpchannel.h"
#include "model/worker.h"

namespace portalbind::wsman {

/// How far a connection has come, for a dialog that names the layer that fails.
enum class Stage { Connecting, Connected, Secured, SignedIn, Answered };

/// What a connection asks of its owner. All of it runs in the GUI thread.
struct ConnectionHooks
{
    CertificateAsk ask; ///< none: what the system does not trust is refused, unless it is pinned
    PinStore pins;
    std::function<void(Stage)> stage;
    /// A certificate that is not the pinned one was refused; called before the error arrives.
    std::function<void(const CertificateQuestion &shown, const QByteArray &pinned)> pinRefused;
};

/// What the links to one server share. Used in the I/O thread alone.
struct LinkState
{
    ServerProfile profile;
    ConnectionHooks hooks;
    bool hasLookedForPin = false;
    QByteArray pin; ///< the only certificate accepted; empty: judge
    QByteArray accepted; ///< one that a person accepted for this connection only
    std::shared_ptr<GssCredential> credential;
    std::shared_ptr<Worker> worker; ///< for GSSAPI; made when it is needed
    /// A password was refused, or sent and never spoken of: it is not tried again, or the account gets locked.
    std::optional<Error> refused;
    bool proven = false; ///< the server has taken the sign-in
    bool doubted = false; ///< but refused the last request with HTTP 401

    ~LinkState();
    [[nodiscard]] Worker &gss();
    /// A call may hang in a silent KDC for half a minute: it is left to itself, and the next one gets another thread
    /// and another credential (that one is locked as long as the call lasts).
    void forsakeGss();
    void reached(Stage stage) const;
    void refusedPin(const CertificateQuestion &shown) const;
};

/// One connection to the server that is secured and signed in, with the security context that belongs to it.
class Link : public std::enable_shared_from_this<Link>
{
public:
    [[nodiscard]] static std::shared_ptr<Link> make(std::shared_ptr<LinkState> state);

    /// Connects, judges the certificate, signs in. Nothing of a request is sent.
    [[nodiscard]] Task<Result<>> establish(std::stop_token stop);
    [[nodiscard]] bool isUsable() const { return m_channel.isUsable(); }
    void close() { m_channel.close(); }
    [[nodiscard]] bool failedInPassing() const { return m_channel.failedInPassing(); } ///< establish() did
    /// Whether establish() sent what a password was needed for, as the last message of NTLM: the server may count it.
    [[nodiscard]] bool hasSentProof() const { return m_hasSentProof; }

    /// Sends an envelope as the connection demands it, encrypted or with its Authorization, and gives the answer in
    /// clear.
    [[nodiscard]] Task<tl::expected<HttpResponse, HttpFailure>>
    send(QByteArray envelope, std::chrono::milliseconds firstByte, std::stop_token stop);

private:
    explicit Link(std::shared_ptr<LinkState> state);
    [[nodiscard]] Task<Result<>> trust(std::stop_token stop);
    [[nodiscard]] Task<Result<>> findPin(std::stop_token stop);
    [[nodiscard]] Task<CertificateAnswer> ask(CertificateQuestion question, std::stop_token stop);
    [[nodiscard]] Task<Result<>> negotiate(std::stop_token stop);
    [[nodiscard]] Task<Result<QByteArray>> firstToken(std::stop_token stop);
    [[nodiscard]] Task<Result<QByteArray>> nextToken(QByteArray token, std::stop_token stop);
    [[nodiscard]] Task<Result<>> accepted(HttpResponse response, std::stop_token stop);
    [[nodiscard]] Task<tl::expected<HttpResponse, HttpFailure>> unseal(HttpResponse response, std::stop_token stop);
    [[nodiscard]] QByteArray scheme() const;
    [[nodiscard]] Error refusal(const HttpResponse &response) const;
    [[nodiscard]] HttpFailure unauthorized(const HttpResponse &response);
    [[nodiscard]] HttpFailure inClear(const HttpResponse &response) const;

    std::shared_ptr<LinkState> m_state;
    HttpChannel m_channel;
    std::shared_ptr<GssContext> m_context;
    bool m_sealing = false;
    bool m_hasSentProof = false;
};

} // namespace portalbind::wsman
