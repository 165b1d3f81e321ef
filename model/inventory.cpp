// SPDX-License-Identifier: Apache-2.0
#include "model/overlaid.h"

namespace portalbind {

using namespace overlaid;

Inventory::Inventory() = default;
Inventory::Inventory(SnapshotPtr base)
    : m_base(std::move(base))
{
}
Inventory::~Inventory() = default;
Inventory::Inventory(const Inventory &) = default;
Inventory::Inventory(Inventory &&) noexcept = default;
Inventory &Inventory::operator=(const Inventory &) = default;
Inventory &Inventory::operator=(Inventory &&) noexcept = default;

bool Inventory::isComplete() const
{
    return m_base && m_base->isComplete();
}

Inventory Inventory::with(std::span<const Operation> operations) const
{
    Inventory result(*this);
    for (const Operation &operation : operations)
        result.add(operation);
    return result;
}

void Inventory::add(const Operation &operation)
{
    if (!m_overlay)
        m_overlay = std::make_shared<Overlay>();
    else if (m_overlay.use_count() > 1)
        m_overlay = std::make_shared<Overlay>(*m_overlay);
    apply(operation, *m_overlay, m_base);
    if (m_overlay->isEmpty())
        m_overlay.reset();
}

bool Inventory::has(ServerHandle h) const
{
    return baseRow(m_base, h) != none;
}

bool Inventory::has(NodeHandle h) const
{
    return exists(m_base, part(m_overlay, &Overlay::nodes), h);
}

bool Inventory::has(EndpointHandle h) const
{
    return exists(m_base, part(m_overlay, &Overlay::endpoints), h);
}

bool Inventory::has(PortalHandle h) const
{
    return exists(m_base, part(m_overlay, &Overlay::portals), h);
}

bool Inventory::has(GroupHandle h) const
{
    return exists(m_base, part(m_overlay, &Overlay::groups), h);
}

Server Inventory::server(ServerHandle h) const
{
    return m_base->server(m_base->row(h));
}

const Capabilities &Inventory::capabilities(ServerHandle h) const
{
    return m_base->server(m_base->row(h)).capabilities;
}

Node Inventory::node(NodeHandle h) const
{
    if (m_overlay) {
        if (const auto at = m_overlay->nodes.values.find(h); at != m_overlay->nodes.values.end())
            return at->second;
    }
    return m_base->node(m_base->row(h));
}

Endpoint Inventory::endpoint(EndpointHandle h) const
{
    if (m_overlay) {
        if (const auto at = m_overlay->endpoints.values.find(h); at != m_overlay->endpoints.values.end())
            return at->second;
    }
    return m_base->endpoint(m_base->row(h));
}

Portal Inventory::portal(PortalHandle h) const
{
    if (m_overlay) {
        if (const auto at = m_overlay->portals.values.find(h); at != m_overlay->portals.values.end())
            return at->second;
    }
    return m_base->portal(m_base->row(h));
}

Group Inventory::group(GroupHandle h) const
{
    if (m_overlay) {
        if (const auto at = m_overlay->groups.values.find(h); at != m_overlay->groups.values.end())
            return at->second;
    }
    return m_base->group(m_base->row(h));
}

LoginSession Inventory::session(SessionHandle h) const
{
    return m_base->session(m_base->row(h));
}

QList<ServerHandle> Inventory::servers() const
{
    if (!m_base)
        return {};
    QList<ServerHandle> all(m_base->servers().begin(), m_base->servers().end());
    std::sort(all.begin(), all.end());
    return all;
}

QList<NodeHandle> Inventory::nodes() const
{
    return merged(m_base, m_base ? sorted(m_base->nodes()) : QList<NodeHandle>(), part(m_overlay, &Overlay::nodes),
                  any);
}

QList<EndpointHandle> Inventory::endpoints() const
{
    return merged(m_base, m_base ? sorted(m_base->endpointRows()) : QList<EndpointHandle>(),
                  part(m_overlay, &Overlay::endpoints), any);
}

QList<PortalHandle> Inventory::portals() const
{
    return merged(m_base, m_base ? sorted(m_base->portalRows()) : QList<PortalHandle>(),
                  part(m_overlay, &Overlay::portals), any);
}

QList<GroupHandle> Inventory::groups() const
{
    return merged(m_base, m_base ? sorted(m_base->groups()) : QList<GroupHandle>(), part(m_overlay, &Overlay::groups),
                  any);
}

QList<SessionHandle> Inventory::sessions() const
{
    QList<SessionHandle> all = m_base ? sorted(m_base->sessions()) : QList<SessionHandle>();
    all.removeIf([this](SessionHandle h) {
        const EndpointHandle endpoint = session(h).endpoint;
        return m_base->row(endpoint) != none && !has(endpoint);
    });
    return all;
}

Inventory::Pending Inventory::pending(const Binding &binding) const
{
    if (m_overlay && m_overlay->bound.contains(binding.endpoint, binding.portal))
        return Pending::Added;
    if (m_overlay && m_overlay->unbound.contains(binding.endpoint, binding.portal))
        return Pending::Removed;
    return Pending::No;
}

Inventory::Pending Inventory::pending(const Membership &membership) const
{
    if (m_overlay && m_overlay->joined.contains(membership.group, membership.portal))
        return Pending::Added;
    if (m_overlay && m_overlay->left.contains(membership.group, membership.portal))
        return Pending::Removed;
    return Pending::No;
}

bool Inventory::isEnabledChanged(EndpointHandle h) const
{
    const auto row = baseRow(m_base, h);
    return row != none && has(h) && endpoint(h).enabled != m_base->endpointRow(row).enabled;
}

bool Inventory::Net::isEmpty() const
{
    return bound.empty() && unbound.empty() && joined.empty() && left.empty() && createdNodes.empty()
            && deletedNodes.empty() && createdEndpoints.empty() && deletedEndpoints.empty() && enabledChanged.empty()
            && createdPortals.empty() && deletedPortals.empty() && createdGroups.empty() && deletedGroups.empty()
            && renamedGroups.empty();
}

Inventory::Net Inventory::net() const
{
    Net net;
    if (!m_overlay)
        return net;
    for (const auto &[endpoint, portal] : m_overlay->bound.items())
        net.bound.push_back({endpoint, portal});
    for (const auto &[endpoint, portal] : m_overlay->unbound.items())
        net.unbound.push_back({endpoint, portal});
    for (const auto &[group, portal] : m_overlay->joined.items())
        net.joined.push_back({group, portal});
    for (const auto &[group, portal] : m_overlay->left.items())
        net.left.push_back({group, portal});

    for (const auto &[handle, value] : m_overlay->nodes.values)
        net.createdNodes.push_back(handle);
    for (const auto &[handle, value] : m_overlay->portals.values)
        net.createdPortals.push_back(handle);
    for (const auto &[handle, value] : m_overlay->endpoints.values)
        (isStaged(handle) ? net.createdEndpoints : net.enabledChanged).push_back(handle);
    for (const auto &[handle, value] : m_overlay->groups.values)
        (isStaged(handle) ? net.createdGroups : net.renamedGroups).push_back(handle);
    net.deletedNodes.assign(m_overlay->nodes.deleted.begin(), m_overlay->nodes.deleted.end());
    net.deletedEndpoints.assign(m_overlay->endpoints.deleted.begin(), m_overlay->endpoints.deleted.end());
    net.deletedPortals.assign(m_overlay->portals.deleted.begin(), m_overlay->portals.deleted.end());
    net.deletedGroups.assign(m_overlay->groups.deleted.begin(), m_overlay->groups.deleted.end());
    return net;
}

} // namespace portalbind
