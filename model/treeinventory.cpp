// SPDX-License-Identifier: Apache-2.0
#include "model/treeinventory.h"

#include <algorithm>

namespace portalbind {

namespace {

/// Both lists are sorted. Without pending operations the inventory repeats the base and need not be asked.
template <class H, class InBase, class Now>
std::vector<H> united(const Inventory &inventory, bool inBase, bool now, InBase baseSpan, Now list)
{
    std::vector<H> both;
    if (!inventory.hasPending() || !now) {
        if (inBase) {
            const std::span<const H> span = baseSpan();
            both.assign(span.begin(), span.end());
        }
        return both;
    }
    const QList<H> shown = list();
    if (!inBase) {
        both.assign(shown.begin(), shown.end());
        return both;
    }
    const std::span<const H> span = baseSpan();
    both.reserve(std::max(span.size(), size_t(shown.size())));
    std::set_union(span.begin(), span.end(), shown.begin(), shown.end(), std::back_inserter(both));
    return both;
}

template <class T>
std::vector<T> sorted(std::span<const T> span)
{
    std::vector<T> list(span.begin(), span.end());
    if (!std::is_sorted(list.begin(), list.end()))
        std::sort(list.begin(), list.end());
    return list;
}

} // namespace

Server TreeInventory::server(ServerHandle h) const
{
    return m_inventory.has(h) ? m_inventory.server(h) : base()->server(base()->row(h));
}

Node TreeInventory::node(NodeHandle h) const
{
    return m_inventory.has(h) ? m_inventory.node(h) : base()->node(base()->row(h));
}

Endpoint TreeInventory::endpoint(EndpointHandle h) const
{
    return m_inventory.has(h) ? m_inventory.endpoint(h) : base()->endpoint(base()->row(h));
}

Portal TreeInventory::portal(PortalHandle h) const
{
    return m_inventory.has(h) ? m_inventory.portal(h) : base()->portal(base()->row(h));
}

PortalAddress TreeInventory::address(PortalHandle h) const
{
    const bool plain = inBase(h) && !(m_inventory.hasPending() && m_inventory.has(h));
    return plain ? base()->portalAddress(base()->row(h)) : m_inventory.portal(h).address;
}

Group TreeInventory::group(GroupHandle h) const
{
    return m_inventory.has(h) ? m_inventory.group(h) : base()->group(base()->row(h));
}

ServerHandle TreeInventory::serverOf(PortalHandle h) const
{
    return inBase(h) ? base()->portalRow(base()->row(h)).server : m_inventory.portal(h).server;
}

std::vector<ServerHandle> TreeInventory::servers() const
{
    // No operation makes or deletes a server.
    return base() ? sorted(base()->servers()) : std::vector<ServerHandle>();
}

std::vector<GroupHandle> TreeInventory::groupsOf(ServerHandle h) const
{
    return united<GroupHandle>(
            m_inventory, inBase(h), m_inventory.has(h), [&] { return base()->groupsOfServer(base()->row(h)); },
            [&] { return m_inventory.groupsOf(h); });
}

std::vector<NodeHandle> TreeInventory::nodesOf(ServerHandle h) const
{
    return united<NodeHandle>(
            m_inventory, inBase(h), m_inventory.has(h), [&] { return base()->nodesOfServer(base()->row(h)); },
            [&] { return m_inventory.nodesOf(h); });
}

std::vector<EndpointHandle> TreeInventory::looseEndpointsOf(ServerHandle h) const
{
    return united<EndpointHandle>(
            m_inventory, inBase(h), m_inventory.has(h), [&] { return base()->looseEndpointsOfServer(base()->row(h)); },
            [&] { return m_inventory.looseEndpointsOf(h); });
}

std::vector<PortalHandle> TreeInventory::loosePortalsOf(ServerHandle h) const
{
    std::vector<PortalHandle> portals = united<PortalHandle>(
            m_inventory, inBase(h), m_inventory.has(h), [&] { return base()->portalsOfServer(base()->row(h)); },
            [&] { return m_inventory.portalsOf(h); });
    std::erase_if(portals, [this](PortalHandle p) { return !looseInBase(p) && !looseNow(p); });
    return portals;
}

std::vector<EndpointHandle> TreeInventory::endpointsOf(NodeHandle h) const
{
    return united<EndpointHandle>(
            m_inventory, inBase(h), m_inventory.has(h), [&] { return base()->endpointsOf(base()->row(h)); },
            [&] { return m_inventory.endpointsOf(h); });
}

std::vector<PortalHandle> TreeInventory::portalsOf(GroupHandle h) const
{
    return united<PortalHandle>(
            m_inventory, inBase(h), m_inventory.has(h), [&] { return base()->portalsOf(base()->row(h)); },
            [&] { return m_inventory.portalsOf(h); });
}

std::vector<PortalHandle> TreeInventory::portalsBoundBy(EndpointHandle h) const
{
    return united<PortalHandle>(
            m_inventory, inBase(h), m_inventory.has(h), [&] { return base()->portalsBoundBy(base()->row(h)); },
            [&] { return m_inventory.portalsBoundBy(h); });
}

std::vector<GroupHandle> TreeInventory::groupsOf(PortalHandle h) const
{
    std::vector<GroupHandle> groups;
    if (inBase(h))
        groups = sorted(base()->groupsOf(base()->row(h)));
    if (!m_inventory.hasPending() || !m_inventory.has(h))
        return groups;
    const QList<GroupHandle> now = m_inventory.groupsOf(h);
    groups.insert(groups.end(), now.begin(), now.end());
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    return groups;
}

std::vector<EndpointHandle> TreeInventory::endpointsBinding(PortalHandle h) const
{
    std::vector<EndpointHandle> endpoints;
    if (inBase(h))
        for (const Snapshot::Binder &binder : base()->bindersOf(base()->row(h)))
            endpoints.push_back(binder.endpoint);
    if (m_inventory.hasPending() && m_inventory.has(h)) {
        const QList<EndpointHandle> now = m_inventory.endpointsBinding(h);
        endpoints.insert(endpoints.end(), now.begin(), now.end());
    }
    std::sort(endpoints.begin(), endpoints.end());
    endpoints.erase(std::unique(endpoints.begin(), endpoints.end()), endpoints.end());
    return endpoints;
}

bool TreeInventory::bindsInBase(const Binding &binding) const
{
    if (!inBase(binding.endpoint))
        return false;
    const auto bound = base()->portalsBoundBy(base()->row(binding.endpoint));
    return std::binary_search(bound.begin(), bound.end(), binding.portal);
}

bool TreeInventory::bindsNow(const Binding &binding) const
{
    return m_inventory.has(binding.endpoint) && m_inventory.has(binding.portal)
            && m_inventory.binds(binding.endpoint, binding.portal);
}

bool TreeInventory::joinedInBase(const Membership &membership) const
{
    if (!inBase(membership.group))
        return false;
    const auto members = base()->portalsOf(base()->row(membership.group));
    return std::binary_search(members.begin(), members.end(), membership.portal);
}

bool TreeInventory::joinedNow(const Membership &membership) const
{
    return m_inventory.has(membership.group) && m_inventory.has(membership.portal)
            && m_inventory.isMember(membership.group, membership.portal);
}

bool TreeInventory::looseInBase(PortalHandle h) const
{
    return inBase(h) && base()->groupsOf(base()->row(h)).empty();
}

bool TreeInventory::looseNow(PortalHandle h) const
{
    if (!m_inventory.hasPending())
        return looseInBase(h);
    return m_inventory.has(h) && !m_inventory.isGrouped(h);
}

int TreeInventory::endpointCount(PortalHandle h) const
{
    return m_inventory.has(h) ? m_inventory.endpointCount(h) : endpointCountInBase(h);
}

int TreeInventory::portalCount(EndpointHandle h) const
{
    return m_inventory.has(h) ? m_inventory.portalCount(h) : int(base()->portalsBoundBy(base()->row(h)).size());
}

int TreeInventory::portalCount(GroupHandle h) const
{
    return m_inventory.has(h) ? m_inventory.portalCount(h) : int(base()->portalsOf(base()->row(h)).size());
}

int TreeInventory::endpointCount(NodeHandle h) const
{
    if (!m_inventory.hasPending() || !m_inventory.has(h))
        return int(base()->endpointsOf(base()->row(h)).size());
    return int(m_inventory.endpointsOf(h).size());
}

int TreeInventory::sessionCount(EndpointHandle h) const
{
    return inBase(h) ? int(base()->sessionsOf(base()->row(h)).size()) : 0;
}

int TreeInventory::sessionCount(const Binding &binding) const
{
    if (!inBase(binding.endpoint))
        return 0;
    const auto sessions = base()->sessionsOf(base()->row(binding.endpoint));
    return int(std::count_if(sessions.begin(), sessions.end(), [&](SessionHandle s) {
        return base()->session(base()->row(s)).portal == binding.portal;
    }));
}

int TreeInventory::endpointCountInBase(PortalHandle h) const
{
    return inBase(h) ? int(base()->bindersOf(base()->row(h)).size()) : 0;
}

} // namespace portalbind
