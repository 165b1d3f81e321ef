// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/hoststate.h"

namespace portalbind::lio {

/// Whether a connection to \a local arrives at the portal \a portal, which may be a wildcard. What listens on :: takes
/// IPv4 connections as well (net.ipv6.bindv6only is 0).
[[nodiscard]] bool arrivesAt(const PortalAddress &local, const PortalAddress &portal);

/// Which portals sessions run over. The kernel tells the addresses of an initiator's session and not its portal; the
/// host's TCP connections tell which portals that address is connected to. One portal of the TPG among them: it is
/// surely that one, unless there are fewer connections than sessions (a portal was removed under a session, which goes
/// on). Several: nobody can tell. Sessions of initiators without an ACL have no address at all.
class Attribution
{
public:
    explicit Attribution(const HostState &state);

    /// The index in `tpg.portals` of the one that the session of \a acl runs over; -1 when it cannot be told.
    [[nodiscard]] qsizetype portalOf(const HostTpg &tpg, const HostAcl &acl) const;

private:
    struct Peer
    {
        QList<PortalAddress> locals; ///< one for each connection
        int sessions = 0; ///< connections of sessions that the kernel tells
    };
    QHash<QString, Peer> m_peers;
    bool m_isTruncated;
};

} // namespace portalbind::lio
