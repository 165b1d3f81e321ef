// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/link.h"
#include "backends/wsman/waitingline.h"

namespace portalbind::wsman {

/// The few connections to one server, and who may use one when. Lives in the I/O thread. One sign-in goes on at a time,
/// so that a certificate is asked about once and a wrong password is tried once.
class Transport : public std::enable_shared_from_this<Transport>
{
public:
    explicit Transport(std::shared_ptr<LinkState> state)
        : m_state(std::move(state))
    {
    }

    [[nodiscard]] const ServerProfile &profile() const { return m_state->profile; }

    enum class Place {
        InLine, ///< one of the profile's connections
        Aside, ///< one more, so that giving back what was cancelled keeps nobody waiting
    };
    /// Sends one envelope, once, over a connection that is free or becomes so. Errors say whether it may have left.
    [[nodiscard]] Task<tl::expected<HttpResponse, HttpFailure>>
    send(QByteArray envelope, std::chrono::milliseconds firstByte, Place place, std::stop_token stop);
    /// Closes connections that nobody uses: an answer on one of them was not the one asked for.
    void closeIdle();

private:
    [[nodiscard]] Task<Result<>> establish(std::shared_ptr<Link> link, std::stop_token stop);
    [[nodiscard]] Task<Result<std::shared_ptr<Link>>> takeLink(std::stop_token stop);
    [[nodiscard]] Task<tl::expected<HttpResponse, HttpFailure>> sendOver(std::shared_ptr<Link> link,
                                                                         QByteArray envelope,
                                                                         std::chrono::milliseconds firstByte,
                                                                         std::stop_token stop);
    [[nodiscard]] tl::expected<HttpResponse, HttpFailure> notSpokenOf(tl::expected<HttpResponse, HttpFailure> exchange);

    std::shared_ptr<LinkState> m_state;
    std::vector<std::shared_ptr<Link>> m_idle; ///< most recently used last
    WaitingLine m_links{m_state->profile.limits.connections};
    WaitingLine m_aside{1};
    WaitingLine m_signIn{1};
    WaitingLine m_first{1}; ///< requests with a password that the server has not taken yet; others connect meanwhile
    bool m_failedInPassing = false; ///< the last establish() did
};

} // namespace portalbind::wsman
