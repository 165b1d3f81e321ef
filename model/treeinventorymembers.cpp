// SPDX-License-Identifier: Apache-2.0
#include "model/treeinventory.h"

namespace portalbind {

namespace {

template <class H>
void append(std::vector<TreeMember> &members, const std::vector<H> &handles, RowKind kind, quint16 source)
{
    members.reserve(members.size() + handles.size());
    for (const H h : handles)
        members.push_back({h.value, source, kind});
}

} // namespace

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
