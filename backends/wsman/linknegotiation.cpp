// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/authchallenge.h"
#include "backends/wsman/channelbinding.h"
#include "backends/wsman/httperror.h"
#include "backends/wsman/link.h"
#include "backends/wsman/timedstop.h"

#include <QCoreApplication>

namespace portalbind::wsman {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(wsman)
};

constexpr int maxLegs = 8; // NTLM takes two, SPNEGO with NTLM three

QString layerOf(const ServerProfile &profile)
{
    return Text::tr("%1, sign-in").arg(profile.address());
}

Error signInTimedOut(const ServerProfile &profile)
{
    return Error{Error::Kind::Timeout,
                 Text::tr("The sign-in to %1 took too long.").arg(profile.address()),
                 Text::tr("%1, sign-in").arg(profile.address()),
                 Text::tr("Check that the servers of the domain can be reached from here."),
                 {}};
}

} // namespace

QByteArray Link::scheme() const
{
    return m_state->profile.kerberosScheme && m_state->profile.signIn == SignIn::Kerberos ? "Kerberos" : "Negotiate";
}

Error Link::refusal(const HttpResponse &response) const
{
    QStringList offered;
    const auto challenges = parseChallenges(response.values("WWW-Authenticate"));
    for (const AuthChallenge &challenge : challenges) {
        const QString name = cleanText(QString::fromLatin1(challenge.scheme), 40);
        if (!offered.contains(name))
            offered << name;
    }
    const ServerProfile &profile = m_state->profile;
    const QByteArray ours = profile.signIn == SignIn::Basic ? QByteArray("Basic") : scheme();
    const QString layer = Text::tr("%1, sign-in").arg(profile.address());
    const QString detail = QStringLiteral("HTTP 401; offered: %1").arg(offered.join(QLatin1String(", ")));
    if (!offered.isEmpty() && !findChallenge(challenges, ours.toStdString())) {
        return Error{Error::Kind::SignIn,
                     Text::tr("%1 does not offer the chosen way of sign-in (%2).")
                             .arg(profile.address(), QString::fromLatin1(ours)),
                     layer,
                     Text::tr("It offers: %1. Choose one of these, or allow the other on the server.")
                             .arg(offered.join(QLatin1String(", "))),
                     detail};
    }
    return Error{Error::Kind::SignIn,
                 profile.user.isEmpty()
                         ? Text::tr("%1 did not accept the sign-in.").arg(profile.address())
                         : Text::tr("%1 did not accept the sign-in of %2.").arg(profile.address(), profile.user),
                 layer, Text::tr("Check user and password. They were tried once, so that no account gets locked."),
                 detail};
}

Task<Result<QByteArray>> Link::firstToken(std::stop_token stop)
{
    const ServerProfile profile = m_state->profile;
    const QByteArray binding = profile.tls ? endPointBinding(m_channel.certificate().toDer()) : QByteArray();
    // A credential outlives its ticket: made anew once if no context comes of it.
    for (int round = 0; round < 2; ++round) {
        const bool reused = m_state->credential != nullptr;
        if (!reused) {
            using Made = std::shared_ptr<GssCredential>;
            std::function<Result<Made>(std::stop_token)> acquire = [profile](const std::stop_token &) {
                return GssCredential::acquire(profile);
            };
            Result<Made> made = co_await m_state->gss().run<Made>(stop, std::move(acquire));
            if (!made)
                co_return tl::unexpected(made.error());
            m_state->credential = *made;
        }
        m_context = std::make_shared<GssContext>(m_state->credential, profile, binding);
        std::function<Result<QByteArray>(std::stop_token)> begin = [context = m_context](const std::stop_token &) {
            return context->step({});
        };
        Result<QByteArray> token = co_await m_state->gss().run<QByteArray>(stop, std::move(begin));
        if (token || !reused || stop.stop_requested())
            co_return token;
        m_state->credential.reset();
    }
    co_return tl::unexpected(cancelled()); // not reached
}

Task<Result<QByteArray>> Link::nextToken(QByteArray token, std::stop_token stop)
{
    const auto decoded = QByteArray::fromBase64Encoding(token, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded || decoded.decoded.isEmpty()) {
        co_return failure(Error::Kind::SignIn,
                          Text::tr("%1 sent a sign-in token that cannot be read.").arg(m_state->profile.address()),
                          layerOf(m_state->profile),
                          Text::tr("Try again; if it stays so, look at the log of the WS-Management service."));
    }
    std::function<Result<QByteArray>(std::stop_token)> go =
            [context = m_context, bytes = decoded.decoded](const std::stop_token &) { return context->step(bytes); };
    Result<QByteArray> next = co_await m_state->gss().run<QByteArray>(stop, std::move(go));
    co_return next;
}

Task<Result<>> Link::negotiate(std::stop_token stop)
{
    const TimedStop timed(stop, m_state->profile.deadlines.signIn);
    const auto plainly = [&](Error error) {
        if (timed.token().stop_requested())
            m_state->forsakeGss();
        return tl::unexpected(timed.timedOut() ? signInTimedOut(m_state->profile) : std::move(error));
    };
    Result<QByteArray> token = co_await firstToken(timed.token());
    if (!token)
        co_return plainly(token.error());
    for (int leg = 0; leg < maxLegs; ++leg) {
        // No request of ours travels before the sign-in is done; OMI demands the empty body.
        HttpRequest request;
        request.contentType = "application/soap+xml;charset=UTF-8";
        request.authorization = scheme() + ' ' + token->toBase64();
        auto exchange = co_await m_channel.post(std::move(request), m_state->profile.deadlines.signIn, timed.token());
        // The first message of NTLM has none, those of Kerberos have a ticket.
        const bool isProof = leg > 0 && m_state->profile.signIn != SignIn::Kerberos;
        m_hasSentProof = isProof && (exchange || exchange.error().mayHaveLeft);
        if (!exchange)
            co_return plainly(exchange.error().error);
        HttpResponse response = std::move(*exchange);
        if (response.status != 401) {
            Result<> done = co_await accepted(std::move(response), timed.token());
            if (!done)
                co_return plainly(done.error());
            co_return done;
        }
        const auto challenges = parseChallenges(response.values("WWW-Authenticate"));
        const AuthChallenge *ours = findChallenge(challenges, scheme().toStdString());
        if (!ours || ours->token.isEmpty())
            co_return tl::unexpected(refusal(response));
        if (!m_channel.isUsable()) {
            co_return failure(
                    Error::Kind::Transport,
                    Text::tr("%1 closes the connection in the middle of the sign-in.").arg(m_state->profile.address()),
                    layerOf(m_state->profile), Text::tr("A proxy between may do that; connect without it."));
        }
        const QByteArray theirs = ours->token;
        token = co_await nextToken(theirs, timed.token());
        if (!token)
            co_return plainly(token.error());
        if (token->isEmpty())
            co_return tl::unexpected(refusal(response));
    }
    co_return failure(Error::Kind::SignIn,
                      Text::tr("The sign-in to %1 came to no end.").arg(m_state->profile.address()),
                      layerOf(m_state->profile), Text::tr("Choose another way of sign-in."));
}

/// The server is content; now we have to be.
Task<Result<>> Link::accepted(HttpResponse response, std::stop_token stop)
{
    const ServerProfile &profile = m_state->profile;
    const int status = response.status;
    // Some services find fault with the empty message that carried the token; that is no matter.
    const bool content = status / 100 == 2 || status == 400 || status == 411 || status == 415 || status == 500;
    if (!content)
        co_return tl::unexpected(httpStatus(profile, status, response.body));
    if (!m_context->isComplete()) {
        const auto challenges = parseChallenges(response.values("WWW-Authenticate"));
        const AuthChallenge *last = findChallenge(challenges, scheme().toStdString());
        if (last && !last->token.isEmpty()) {
            const QByteArray theirs = last->token;
            Result<QByteArray> token = co_await nextToken(theirs, stop);
            if (!token)
                co_return tl::unexpected(token.error());
        }
        if (!m_context->isComplete()) {
            co_return failure(Error::Kind::SignIn, Text::tr("%1 did not prove who it is.").arg(profile.address()),
                              layerOf(profile), Text::tr("Nothing was sent. Ask who runs this server."));
        }
    }
    const Result<> good = m_context->verify(!profile.tls);
    if (!good)
        co_return good;
    m_state->proven = true;
    if (!m_channel.isUsable()) {
        co_return failure(Error::Kind::Transport,
                          Text::tr("%1 closes the connection after the sign-in.").arg(profile.address()),
                          layerOf(profile), Text::tr("A proxy between may do that; connect without it."));
    }
    m_sealing = !profile.tls;
    co_return Result<>();
}

} // namespace portalbind::wsman
