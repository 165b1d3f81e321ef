// SPDX-License-Identifier: Apache-2.0
#include "model/overlaid.h"

namespace portalbind {

using namespace overlaid;

QList<NodeHandle> Inventory::nodesOf(ServerHandle h) const
{
    if (!has(h))
        return {};
    return merged(m_base, listed(m_base->nodesOfServer(m_base->row(h))), part(m_overlay, &Overlay::nodes),
                  [h](const Node &node) { return node.server == h; });
}

QList<GroupHandle> Inventory::groupsOf(ServerHandle h) const
{
    if (!has(h))
        return {};
    return merged(m_base, listed(m_base->groupsOfServer(m_base->row(h))), part(m_overlay, &Overlay::groups),
                  [h](const Group &group) { return group.server == h; });
}

QList<PortalHandle> Inventory::portalsOf(ServerHandle h) const
{
    if (!has(h))
        return {};
    return merged(m_base, listed(m_base->portalsOfServer(m_base->row(h))), part(m_overlay, &Overlay::portals),
                  [h](const Portal &portal) { return portal.server == h; });
}

QList<EndpointHandle> Inventory::looseEndpointsOf(ServerHandle h) const
{
    if (!has(h))
        return {};
    return merged(m_base, listed(m_base->looseEndpointsOfServer(m_base->row(h))), part(m_overlay, &Overlay::endpoints),
                  [h](const Endpoint &endpoint) { return endpoint.server == h && endpoint.node.isNull(); });
}

QList<EndpointHandle> Inventory::endpointsOf(NodeHandle h) const
{
    const auto row = baseRow(m_base, h);
    const auto base = row == none ? QList<EndpointHandle>() : listed(m_base->endpointsOf(row));
    return merged(m_base, base, part(m_overlay, &Overlay::endpoints),
                  [h](const Endpoint &endpoint) { return endpoint.node == h; });
}

QList<PortalHandle> Inventory::portalsOf(GroupHandle h) const
{
    const auto row = baseRow(m_base, h);
    const auto base = row == none ? std::span<const PortalHandle>() : m_base->portalsOf(row);
    QList<PortalHandle> all(base.begin(), base.end());
    if (m_overlay) {
        if (!m_overlay->left.of(h).empty())
            all.removeIf([&](PortalHandle p) { return m_overlay->left.contains(h, p); });
        appendSeconds(all, m_overlay->joined.of(h));
        std::sort(all.begin(), all.end());
    }
    return all;
}

QList<GroupHandle> Inventory::groupsOf(PortalHandle h) const
{
    const auto row = baseRow(m_base, h);
    const auto base = row == none ? std::span<const GroupHandle>() : m_base->groupsOf(row);
    QList<GroupHandle> all(base.begin(), base.end());
    if (m_overlay) {
        all.removeIf([&](GroupHandle g) { return m_overlay->left.contains(g, h); });
        appendSeconds(all, m_overlay->joined.of(h));
    }
    std::sort(all.begin(), all.end());
    return all;
}

QList<PortalHandle> Inventory::portalsBoundBy(EndpointHandle h) const
{
    const auto row = baseRow(m_base, h);
    const auto base = row == none ? std::span<const PortalHandle>() : m_base->portalsBoundBy(row);
    QList<PortalHandle> all(base.begin(), base.end());
    if (m_overlay) {
        if (!m_overlay->unbound.of(h).empty())
            all.removeIf([&](PortalHandle p) { return m_overlay->unbound.contains(h, p); });
        appendSeconds(all, m_overlay->bound.of(h));
        std::sort(all.begin(), all.end());
    }
    return all;
}

QList<EndpointHandle> Inventory::endpointsBinding(PortalHandle h) const
{
    QList<EndpointHandle> all;
    if (const auto row = baseRow(m_base, h); row != none) {
        for (const Snapshot::Binder &binder : m_base->bindersOf(row)) {
            if (!m_overlay || !m_overlay->unbound.contains(binder.endpoint, h))
                all.append(binder.endpoint);
        }
    }
    if (m_overlay)
        appendSeconds(all, m_overlay->bound.of(h));
    std::sort(all.begin(), all.end());
    return all;
}

QList<SessionHandle> Inventory::sessionsOf(EndpointHandle h) const
{
    const auto row = baseRow(m_base, h);
    if (row == none || !has(h))
        return {};
    const auto all = m_base->sessionsOf(row);
    return {all.begin(), all.end()};
}

QList<SessionHandle> Inventory::sessionsOver(EndpointHandle endpoint, PortalHandle portal, bool orPossibly) const
{
    QList<SessionHandle> over;
    for (const SessionHandle session : sessionsOf(endpoint)) {
        const PortalHandle at = m_base->session(m_base->row(session)).portal;
        if (at == portal || (orPossibly && at.isNull()))
            over.append(session);
    }
    return over;
}

QList<SessionHandle> Inventory::sessionsEndedBy(EndpointHandle endpoint, PortalHandle portal) const
{
    const bool isLast = portalCount(endpoint) == 1 && binds(endpoint, portal);
    if (!isLast)
        return sessionsOver(endpoint, portal);
    QList<SessionHandle> ended;
    for (const SessionHandle session : sessionsOf(endpoint)) {
        const PortalHandle at = m_base->session(m_base->row(session)).portal;
        if (at == portal || at.isNull() || !m_overlay || !m_overlay->unbound.contains(endpoint, at))
            ended.append(session);
    }
    return ended;
}

int Inventory::endpointCount(PortalHandle h) const
{
    const auto row = baseRow(m_base, h);
    const int base = row == none ? 0 : int(m_base->bindersOf(row).size());
    return m_overlay ? base + m_overlay->bound.count(h) - m_overlay->unbound.count(h) : base;
}

int Inventory::portalCount(EndpointHandle h) const
{
    const auto row = baseRow(m_base, h);
    const int base = row == none ? 0 : int(m_base->portalsBoundBy(row).size());
    return m_overlay ? base + m_overlay->bound.count(h) - m_overlay->unbound.count(h) : base;
}

int Inventory::portalCount(GroupHandle h) const
{
    const auto row = baseRow(m_base, h);
    const int base = row == none ? 0 : int(m_base->portalsOf(row).size());
    return m_overlay ? base + m_overlay->joined.count(h) - m_overlay->left.count(h) : base;
}

int Inventory::sessionCount(EndpointHandle h) const
{
    const auto row = baseRow(m_base, h);
    return row == none || !has(h) ? 0 : int(m_base->sessionsOf(row).size());
}

bool Inventory::isGrouped(PortalHandle h) const
{
    const auto row = baseRow(m_base, h);
    const size_t base = row == none ? 0 : m_base->groupsOf(row).size();
    return m_overlay ? base + size_t(m_overlay->joined.count(h)) > size_t(m_overlay->left.count(h)) : base > 0;
}

} // namespace portalbind
