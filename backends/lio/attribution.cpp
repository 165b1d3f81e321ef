// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/attribution.h"

namespace portalbind::lio {

bool arrivesAt(const PortalAddress &local, const PortalAddress &portal)
{
    if (local.port != portal.port)
        return false;
    if (!portal.ip.isWildcard())
        return local.ip == portal.ip;
    return portal.ip.family() == IpAddress::Family::IPv6 || local.ip.family() == IpAddress::Family::IPv4;
}

Attribution::Attribution(const HostState &state)
    : m_isTruncated(state.isTruncated)
{
    for (const HostConnection &connection : state.connections)
        m_peers[connection.peer].locals += connection.local;
    for (const HostTarget &target : state.targets) {
        for (const HostTpg &tpg : target.tpgs) {
            for (const HostAcl &acl : tpg.acls) {
                for (const QString &peer : acl.peers)
                    ++m_peers[peer].sessions;
            }
        }
    }
}

qsizetype Attribution::portalOf(const HostTpg &tpg, const HostAcl &acl) const
{
    qsizetype found = -1;
    if (m_isTruncated)
        return found;
    for (const QString &name : acl.peers) {
        const Peer peer = m_peers.value(name);
        if (peer.locals.size() < peer.sessions)
            return -1;
        for (qsizetype i = 0; i < tpg.portals.size(); ++i) {
            const auto &address = tpg.portals.at(i).place.address;
            const bool isUsed = address
                    && std::any_of(peer.locals.begin(), peer.locals.end(),
                                   [&](const PortalAddress &local) { return arrivesAt(local, *address); });
            if (isUsed && found >= 0 && found != i)
                return -1;
            if (isUsed)
                found = i;
        }
    }
    return found;
}

} // namespace portalbind::lio
