// SPDX-License-Identifier: Apache-2.0
#include "randominventory.h"

#include "model/snapshotbuilder.h"

namespace portalbind {

SnapshotPtr RandomInventory::done(const Inventory &inventory)
{
    const std::shared_ptr<IdTable> ids = inventory.base()->ids();
    static quint64 next = 0;
    const auto settle = [&ids](auto handle) {
        if (ids->id(handle).isEmpty())
            ids->assign(handle, QByteArray("made/") + QByteArray::number(++next));
        return handle;
    };
    Content content;
    for (const ServerHandle h : inventory.servers())
        content.servers.emplace(settle(h), inventory.server(h));
    for (const NodeHandle h : inventory.nodes())
        content.nodes.emplace(settle(h), inventory.node(h));
    for (const PortalHandle h : inventory.portals())
        content.portals.emplace(settle(h), inventory.portal(h));
    for (const EndpointHandle h : inventory.endpoints()) {
        content.endpoints.emplace(settle(h), inventory.endpoint(h));
        for (const PortalHandle portal : inventory.portalsBoundBy(h))
            content.bindings.insert({h, portal});
    }
    for (const GroupHandle h : inventory.groups()) {
        content.groups.emplace(settle(h), inventory.group(h));
        for (const PortalHandle portal : inventory.portalsOf(h))
            content.memberships.insert({h, portal});
    }
    for (const SessionHandle h : inventory.sessions())
        content.sessions.emplace(settle(h), inventory.session(h));
    return content.build(ids);
}

RandomInventory::Content RandomInventory::Content::of(const Snapshot &snapshot)
{
    Content content;
    for (const ServerHandle h : snapshot.servers())
        content.servers.emplace(h, snapshot.server(snapshot.row(h)));
    for (const NodeHandle h : snapshot.nodes())
        content.nodes.emplace(h, snapshot.node(snapshot.row(h)));
    for (const Snapshot::PortalRow &row : snapshot.portalRows())
        content.portals.emplace(row.handle, snapshot.portal(snapshot.row(row.handle)));
    for (const Snapshot::EndpointRow &row : snapshot.endpointRows()) {
        content.endpoints.emplace(row.handle, snapshot.endpoint(snapshot.row(row.handle)));
        for (const PortalHandle portal : snapshot.portalsBoundBy(snapshot.row(row.handle)))
            content.bindings.insert({row.handle, portal});
    }
    for (const GroupHandle h : snapshot.groups()) {
        content.groups.emplace(h, snapshot.group(snapshot.row(h)));
        for (const PortalHandle portal : snapshot.portalsOf(snapshot.row(h)))
            content.memberships.insert({h, portal});
    }
    for (const SessionHandle h : snapshot.sessions())
        content.sessions.emplace(h, snapshot.session(snapshot.row(h)));
    return content;
}

SnapshotPtr RandomInventory::Content::build(const std::shared_ptr<IdTable> &ids, bool complete) const
{
    SnapshotBuilder builder(ids);
    for (const auto &[handle, value] : servers)
        builder.addServer(ids->id(handle), value);
    for (const auto &[handle, value] : nodes)
        builder.addNode(ids->id(handle), value);
    for (const auto &[handle, value] : endpoints)
        builder.addEndpoint(ids->id(handle), value);
    for (const auto &[handle, value] : portals)
        builder.addPortal(ids->id(handle), value);
    for (const auto &[handle, value] : groups)
        builder.addGroup(ids->id(handle), value);
    for (const auto &[handle, value] : sessions)
        builder.addSession(ids->id(handle), value);
    for (const Binding &binding : bindings)
        builder.bind(binding.endpoint, binding.portal);
    for (const Membership &membership : memberships)
        builder.join(membership.group, membership.portal);
    return builder.build(complete, QDateTime::fromSecsSinceEpoch(1'795'341'600, Qt::UTC));
}

void RandomInventory::Content::drop(ServerHandle h)
{
    const auto all = [h](const auto &map) {
        std::vector<typename std::decay_t<decltype(map)>::key_type> found;
        for (const auto &[handle, value] : map)
            if (value.server == h)
                found.push_back(handle);
        return found;
    };
    for (const EndpointHandle endpoint : all(endpoints))
        drop(endpoint);
    for (const NodeHandle node : all(nodes))
        drop(node);
    for (const PortalHandle portal : all(portals))
        drop(portal);
    for (const GroupHandle group : all(groups))
        drop(group);
    servers.erase(h);
}

void RandomInventory::Content::drop(NodeHandle h)
{
    std::vector<EndpointHandle> children;
    for (const auto &[handle, value] : endpoints)
        if (value.node == h && h)
            children.push_back(handle);
    for (const EndpointHandle endpoint : children)
        drop(endpoint);
    nodes.erase(h);
}

void RandomInventory::Content::drop(EndpointHandle h)
{
    std::erase_if(sessions, [h](const auto &entry) { return entry.second.endpoint == h; });
    std::erase_if(bindings, [h](const Binding &binding) { return binding.endpoint == h; });
    endpoints.erase(h);
}

void RandomInventory::Content::drop(PortalHandle h)
{
    for (auto &[handle, value] : sessions)
        if (value.portal == h)
            value.portal = {};
    std::erase_if(bindings, [h](const Binding &binding) { return binding.portal == h; });
    std::erase_if(memberships, [h](const Membership &membership) { return membership.portal == h; });
    portals.erase(h);
}

void RandomInventory::Content::drop(GroupHandle h)
{
    std::erase_if(memberships, [h](const Membership &membership) { return membership.group == h; });
    groups.erase(h);
}

} // namespace portalbind
