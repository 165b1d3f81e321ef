// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/transport.h"

#include "backends/wsman/httperror.h"

namespace portalbind::wsman {

using Exchange = tl::expected<HttpResponse, HttpFailure>;

Task<Result<>> Transport::establish(std::shared_ptr<Link> link, std::stop_token stop)
{
    const bool mine = co_await m_signIn.enter(stop);
    if (!mine)
        co_return tl::unexpected(cancelled());
    if (m_state->refused) {
        m_signIn.leave();
        co_return tl::unexpected(*m_state->refused);
    }
    Result<> done = co_await link->establish(stop);
    if (!done && done.error().kind == Error::Kind::SignIn && !m_state->profile.password.isEmpty())
        m_state->refused = done.error();
    else if (!done && link->hasSentProof() && !m_state->proven && done.error().kind != Error::Kind::Cancelled)
        done = tl::unexpected(*(m_state->refused = notProven(done.error())));
    m_signIn.leave();
    co_return done;
}

/// A link that is ready: one that was used before, or a new one.
Task<Result<std::shared_ptr<Link>>> Transport::takeLink(std::stop_token stop)
{
    while (!m_idle.empty()) {
        std::shared_ptr<Link> link = std::move(m_idle.back());
        m_idle.pop_back();
        if (link->isUsable())
            co_return link;
    }
    std::shared_ptr<Link> link = Link::make(m_state);
    Result<> ready = co_await establish(link, stop);
    m_failedInPassing = !ready && link->failedInPassing() && !m_state->refused;
    if (!ready)
        co_return tl::unexpected(ready.error());
    co_return link;
}

/// One attempt over a link that is ready. The first request with a password goes alone: if it is refused, the others
/// are not sent.
Task<Exchange> Transport::sendOver(std::shared_ptr<Link> link, QByteArray envelope, std::chrono::milliseconds firstByte,
                                   std::stop_token stop)
{
    const bool alone = m_state->profile.signIn == SignIn::Basic && !m_state->proven;
    if (alone) {
        const bool turn = co_await m_first.enter(stop);
        if (!turn)
            co_return tl::unexpected(HttpFailure{cancelled(), false});
        if (m_state->refused) {
            m_first.leave();
            co_return tl::unexpected(HttpFailure{*m_state->refused, false});
        }
    }
    Exchange exchange = co_await link->send(std::move(envelope), firstByte, stop);
    const bool passwordRefused = !exchange && exchange.error().error.kind == Error::Kind::SignIn
            && m_state->profile.signIn == SignIn::Basic && !m_state->profile.password.isEmpty();
    if (passwordRefused)
        m_state->refused = exchange.error().error;
    else if (alone && !m_state->proven)
        exchange = notSpokenOf(std::move(exchange));
    if (alone)
        m_first.leave();
    co_return exchange;
}

/// The server got a password for the first time, and said nothing about it: it was cut off, or what answered is no such
/// service. A refusal may look like that, and once is enough.
Exchange Transport::notSpokenOf(Exchange exchange)
{
    if (!exchange && (!exchange.error().mayHaveLeft || exchange.error().error.kind == Error::Kind::Cancelled))
        return exchange;
    HttpFailure failed;
    if (exchange) {
        failed.error = httpStatus(m_state->profile, exchange->status, exchange->body);
        failed.mayHaveLeft = !isRefusedUnread(exchange->status);
    } else {
        failed = std::move(exchange.error());
    }
    failed.transient = false;
    failed.error = notProven(failed.error);
    m_state->refused = failed.error;
    return tl::unexpected(std::move(failed));
}

Task<Exchange> Transport::send(QByteArray envelope, std::chrono::milliseconds firstByte, Place place,
                               std::stop_token stop)
{
    const auto self = shared_from_this();
    WaitingLine &line = place == Place::Aside ? m_aside : m_links;
    if (m_state->refused)
        co_return tl::unexpected(HttpFailure{*m_state->refused, false});
    const bool mine = co_await line.enter(stop);
    if (!mine)
        co_return tl::unexpected(HttpFailure{cancelled(), false});
    Result<std::shared_ptr<Link>> link = co_await takeLink(stop);
    if (!link) {
        line.leave();
        co_return tl::unexpected(HttpFailure{link.error(), false, m_failedInPassing});
    }
    Exchange exchange = co_await sendOver(*link, envelope, firstByte, stop);
    if (!exchange && !exchange.error().mayHaveLeft && exchange.error().transient) {
        // The server has closed a connection that was kept for this. Nothing left, so this is no second time.
        Result<std::shared_ptr<Link>> other = co_await takeLink(stop);
        if (other) {
            link = std::move(other);
            exchange = co_await sendOver(*link, std::move(envelope), firstByte, stop);
        }
    }
    if ((*link)->isUsable() && m_idle.size() < size_t(m_state->profile.limits.connections))
        m_idle.push_back(std::move(*link));
    line.leave();
    co_return exchange;
}

void Transport::closeIdle()
{
    m_idle.clear();
}

} // namespace portalbind::wsman
