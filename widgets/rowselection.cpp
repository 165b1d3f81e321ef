// SPDX-License-Identifier: Apache-2.0
#include "widgets/rowselection.h"

namespace portalbind {

DragItem dragItem(const TreeKey &row)
{
    switch (row.kind) {
    case RowKind::Binding:
        return {PortalHandle{row.handle}, EndpointHandle{row.parent}, {}};
    case RowKind::Portal:
        return {PortalHandle{row.handle}, {}, GroupHandle{row.parentKind == RowKind::Group ? row.parent : 0}};
    case RowKind::Group:
        return {{}, {}, GroupHandle{row.handle}};
    default:
        return {};
    }
}

DropPlace dropPlace(const TreeKey &row)
{
    switch (row.kind) {
    case RowKind::Endpoint:
        return DropPlace::on(EndpointHandle{row.handle});
    case RowKind::Binding: // between the bindings of an endpoint is on the endpoint
        return DropPlace::on(EndpointHandle{row.parent});
    case RowKind::Group:
        return DropPlace::on(GroupHandle{row.handle});
    case RowKind::Portal:
        if (row.parentKind == RowKind::Group)
            return DropPlace::on(GroupHandle{row.parent});
        break;
    default:
        break;
    }
    return {};
}

QList<DragItem> RowSelection::dragItems() const
{
    QList<DragItem> items;
    for (const TreeKey &row : rows) {
        const DragItem item = dragItem(row);
        if (item.portal || item.group)
            items.append(item);
    }
    return items;
}

bool RowSelection::onlyBindings() const
{
    return !rows.isEmpty()
            && std::all_of(rows.begin(), rows.end(), [](const TreeKey &row) { return row.kind == RowKind::Binding; });
}

EndpointHandle RowSelection::endpoint() const
{
    if (current.kind == RowKind::Endpoint)
        return EndpointHandle{current.handle};
    return EndpointHandle{current.parentKind == RowKind::Endpoint ? current.parent : 0};
}

GroupHandle RowSelection::group() const
{
    if (current.kind == RowKind::Group)
        return GroupHandle{current.handle};
    return GroupHandle{current.parentKind == RowKind::Group ? current.parent : 0};
}

NodeHandle RowSelection::node() const
{
    if (current.kind == RowKind::Node)
        return NodeHandle{current.handle};
    if (current.parentKind == RowKind::Node)
        return NodeHandle{current.parent};
    if (const EndpointHandle at = endpoint(); session && session->inventory().has(at))
        return session->inventory().endpoint(at).node;
    return {};
}

ServerHandle RowSelection::server() const
{
    if (!session)
        return {};
    const Inventory &inventory = session->inventory();
    switch (current.kind) {
    case RowKind::Server:
    case RowKind::PortalGroups:
    case RowKind::LoosePortals:
    case RowKind::Targets:
    case RowKind::Initiators:
        return ServerHandle{current.handle};
    case RowKind::Group:
        if (const GroupHandle h{current.handle}; inventory.has(h))
            return inventory.group(h).server;
        break;
    case RowKind::Node:
        if (const NodeHandle h{current.handle}; inventory.has(h))
            return inventory.node(h).server;
        break;
    case RowKind::Endpoint:
        if (const EndpointHandle h{current.handle}; inventory.has(h))
            return inventory.endpoint(h).server;
        break;
    case RowKind::Portal:
    case RowKind::Binding:
        if (const PortalHandle h{current.handle}; inventory.has(h))
            return inventory.portal(h).server;
        break;
    case RowKind::None:
    case RowKind::Connection:
    case RowKind::Range:
        break;
    }
    const QList<ServerHandle> servers = inventory.servers();
    return servers.size() == 1 ? servers.first() : ServerHandle{};
}

} // namespace portalbind
