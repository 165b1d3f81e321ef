// SPDX-License-Identifier: Apache-2.0
#include "model/wildcards.h"

#include <QHash>

#include <algorithm>

namespace portalbind {

WildcardReplacement::WildcardReplacement(Inventory inventory, PortalHandle wildcard)
    : m_inventory(std::move(inventory))
    , m_wildcard(wildcard)
    , m_made(std::make_shared<QHash<QString, PortalHandle>>())
{
    if (!m_inventory.has(wildcard))
        return;
    m_endpoints = m_inventory.endpointsBinding(wildcard);
    const Portal value = m_inventory.portal(wildcard);
    for (const PortalHandle other : m_inventory.portalsOf(value.server)) {
        const Portal portal = m_inventory.portal(other);
        const bool isServed = portal.address.ip.family() == value.address.ip.family()
                || value.address.ip.family() == IpAddress::Family::IPv6;
        const PortalAddress place{portal.address.ip, value.address.port};
        if (portal.kind == PortalKind::Tcp && portal.addressPresent && !portal.address.ip.isNull()
            && !portal.address.ip.isWildcard() && isServed && !m_addresses.contains(place))
            m_addresses.append(place);
    }
    std::sort(m_addresses.begin(), m_addresses.end());
}

QList<Operation> WildcardReplacement::operations(const QList<PortalAddress> &chosen, IdTable &ids) const
{
    QList<Operation> made, unbound, bound;
    if (chosen.isEmpty())
        return {};
    const Portal wildcard = m_inventory.portal(m_wildcard);
    QList<PortalHandle> portals;
    for (const PortalAddress &place : chosen) {
        PortalHandle known;
        for (const PortalHandle other : m_inventory.portalsOf(wildcard.server)) {
            if (m_inventory.portal(other).address == place)
                known = other;
        }
        if (!known) {
            PortalHandle &own = (*m_made)[place.toString()];
            if (!own)
                own = ids.makeProvisional<PortalHandle>();
            known = own;
            Portal portal;
            portal.server = wildcard.server;
            portal.address = place;
            made.append(CreatePortal{known, portal});
        }
        portals.append(known);
    }
    for (const EndpointHandle endpoint : m_endpoints) {
        unbound.append(Unbind{endpoint, m_wildcard});
        for (const PortalHandle portal : std::as_const(portals))
            bound.append(Bind{endpoint, portal});
    }
    return made + unbound + bound;
}

} // namespace portalbind
