// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace portalbind::kernel {

/// One TCP connection of a session, as the kernel tells it.
struct SessionConnection
{
    unsigned cid = 0;
    std::string state; ///< `LOGGED_IN`
    std::string peer; ///< address of the initiator, canonical, without a port
};

/// The session of an initiator that has an ACL. The kernel tells the newest only.
struct SessionInfo
{
    std::string initiator;
    unsigned sid = 0; ///< the kernel's own number
    std::string isid; ///< `0x00023d000001`
    std::string type; ///< `Normal`, `Discovery`
    std::string state; ///< `LOGGED_IN`
    std::vector<SessionConnection> connections;
};

/// \a text is the content of acls/INITIATOR/info. Empty: no session.
[[nodiscard]] std::optional<SessionInfo> readSessionInfo(std::string_view text);

/// Names of initiators, one a line with a NUL at the end: the content of dynamic_sessions. Sorted.
[[nodiscard]] std::vector<std::string> readDynamicSessions(std::string_view text);

} // namespace portalbind::kernel
