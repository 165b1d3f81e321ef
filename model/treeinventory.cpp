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

template <class H>
void append(std::vector<TreeMember> &members, const std::vector<H> &handles, RowKind kind, quint16 source)
{
    members.reserve(members.size() + handles.size());
    for (const H h : handles)
        members.push_back({h.value, source, kind});
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

TreeHolder TreeInventory::holderOf(GroupHandle h) const
{
    const Group value = inBase(h) ? base()->group(base()->row(h)) : m_inventory.group(h);
    return {RowKind::PortalGroups, value.server.value};
}

TreeHolder TreeInventory::holderOf(NodeHandle h) const
{
    const Node value = inBase(h) ? base()->node(base()->row(h)) : m_inventory.node(h);
    return {value.role == Role::Initiator ? RowKind::Initiators : RowKind::Targets, value.server.value};
}

TreeHolder TreeInventory::holderOf(EndpointHandle h) const
{
    const Endpoint value = inBase(h) ? base()->endpoint(base()->row(h)) : m_inventory.endpoint(h);
    const bool hasNode = inBase(h) ? inBase(value.node) : !value.node.isNull();
    return hasNode ? TreeHolder{RowKind::Node, value.node.value} : TreeHolder{RowKind::Targets, value.server.value};
}

const TreeInventory::Counts &TreeInventory::counts(ServerHandle h) const
{
    const auto known = m_counts.constFind(h);
    if (known != m_counts.constEnd())
        return *known;
    Counts counted;
    counted.groups = int(groupsOf(h).size());
    counted.loosePortals = int(loosePortalsOf(h).size());
    counted.looseEndpoints = int(looseEndpointsOf(h).size());
    for (const NodeHandle n : nodesOf(h))
        ++(holderOf(n).kind == RowKind::Targets ? counted.targets : counted.initiators);
    return *m_counts.insert(h, counted);
}

void TreeInventory::adjustCount(ServerHandle h, const TreeMember &member, RowKind holder, int by)
{
    const auto known = m_counts.find(h);
    if (known == m_counts.end() || by == 0)
        return;
    if (member.kind == RowKind::Group)
        known->groups += by;
    else if (member.kind == RowKind::Portal && holder == RowKind::LoosePortals)
        known->loosePortals += by;
    else if (member.kind == RowKind::Endpoint && holder == RowKind::Targets)
        known->looseEndpoints += by;
    else if (member.kind == RowKind::Node)
        (holder == RowKind::Targets ? known->targets : known->initiators) += by;
}

bool TreeInventory::hasSection(ServerHandle server, RowKind section) const
{
    const Counts &count = counts(server);
    switch (section) {
    case RowKind::PortalGroups:
        return count.groups > 0 || this->server(server).capabilities.groups == GroupSource::Editable;
    case RowKind::LoosePortals:
        return count.loosePortals > 0;
    case RowKind::Targets:
        return true;
    case RowKind::Initiators:
        return count.initiators > 0;
    default:
        return false;
    }
}

bool TreeInventory::holds(const TreeHolder &holder, const TreeMember &member) const
{
    const ServerHandle server{holder.handle};
    switch (member.kind) {
    case RowKind::Server:
        return has(ServerHandle{member.handle});
    case RowKind::PortalGroups:
    case RowKind::LoosePortals:
    case RowKind::Targets:
    case RowKind::Initiators:
        return has(server) && hasSection(server, member.kind);
    case RowKind::Group:
        return has(GroupHandle{member.handle}) && holderOf(GroupHandle{member.handle}) == holder;
    case RowKind::Node:
        return has(NodeHandle{member.handle}) && holderOf(NodeHandle{member.handle}) == holder;
    case RowKind::Endpoint:
        return has(EndpointHandle{member.handle}) && holderOf(EndpointHandle{member.handle}) == holder;
    case RowKind::Portal: {
        const PortalHandle h{member.handle};
        if (holder.kind == RowKind::Group)
            return joinedNow({GroupHandle{holder.handle}, h}) || joinedInBase({GroupHandle{holder.handle}, h});
        return (looseNow(h) || looseInBase(h)) && serverOf(h) == server;
    }
    case RowKind::Binding: {
        const Binding binding{EndpointHandle{holder.handle}, PortalHandle{member.handle}};
        return bindsNow(binding) || bindsInBase(binding);
    }
    default:
        return false;
    }
}

std::vector<TreeMember> TreeInventory::membersOf(const TreeHolder &holder, quint16 source) const
{
    std::vector<TreeMember> members;
    const ServerHandle server{holder.handle};
    switch (holder.kind) {
    case RowKind::None:
        append(members, servers(), RowKind::Server, source);
        break;
    case RowKind::Server:
        for (const RowKind section :
             {RowKind::PortalGroups, RowKind::LoosePortals, RowKind::Targets, RowKind::Initiators})
            if (hasSection(server, section))
                members.push_back({holder.handle, source, section});
        break;
    case RowKind::PortalGroups:
        append(members, groupsOf(server), RowKind::Group, source);
        break;
    case RowKind::LoosePortals:
        append(members, loosePortalsOf(server), RowKind::Portal, source);
        break;
    case RowKind::Targets:
        append(members, looseEndpointsOf(server), RowKind::Endpoint, source);
        [[fallthrough]];
    case RowKind::Initiators:
        for (const NodeHandle h : nodesOf(server))
            if (holderOf(h) == holder)
                members.push_back({h.value, source, RowKind::Node});
        break;
    case RowKind::Group:
        append(members, portalsOf(GroupHandle{holder.handle}), RowKind::Portal, source);
        break;
    case RowKind::Node:
        append(members, endpointsOf(NodeHandle{holder.handle}), RowKind::Endpoint, source);
        break;
    case RowKind::Endpoint:
        append(members, portalsBoundBy(EndpointHandle{holder.handle}), RowKind::Binding, source);
        break;
    default:
        break;
    }
    return members;
}

bool TreeInventory::holdsAny(const TreeHolder &holder) const
{
    const ServerHandle server{holder.handle};
    switch (holder.kind) {
    case RowKind::Server:
        return has(server);
    case RowKind::PortalGroups:
        return has(server) && counts(server).groups > 0;
    case RowKind::LoosePortals:
        return has(server) && counts(server).loosePortals > 0;
    case RowKind::Targets:
        return has(server) && (counts(server).targets > 0 || counts(server).looseEndpoints > 0);
    case RowKind::Initiators:
        return has(server) && counts(server).initiators > 0;
    case RowKind::Group: {
        const GroupHandle h{holder.handle};
        return has(h)
                && ((m_inventory.has(h) && m_inventory.portalCount(h) > 0)
                    || (inBase(h) && !base()->portalsOf(base()->row(h)).empty()));
    }
    case RowKind::Node: {
        const NodeHandle h{holder.handle};
        return has(h)
                && ((inBase(h) && !base()->endpointsOf(base()->row(h)).empty())
                    || (m_inventory.hasPending() && m_inventory.has(h) && !m_inventory.endpointsOf(h).isEmpty()));
    }
    case RowKind::Endpoint: {
        const EndpointHandle h{holder.handle};
        return has(h)
                && ((m_inventory.has(h) && m_inventory.portalCount(h) > 0)
                    || (inBase(h) && !base()->portalsBoundBy(base()->row(h)).empty()));
    }
    default:
        return false;
    }
}

} // namespace portalbind
