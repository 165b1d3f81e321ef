// SPDX-License-Identifier: Apache-2.0
#include "randominventory.h"

namespace portalbind {

Operation RandomInventory::operation(const Inventory &inventory)
{
    const ServerHandle server = anyOf(inventory.servers());
    const size_t die = below(100);
    if (server && die < 20)
        return createSomething(inventory, server);
    if (die < 32)
        return deleteSomething(inventory);
    if (die < 40) {
        const EndpointHandle endpoint = anyOf(inventory.endpoints());
        return SetEndpointEnabled{endpoint, !(endpoint && inventory.endpoint(endpoint).enabled)};
    }
    if (die < 44)
        return RenameGroup{anyOf(inventory.groups()), QStringLiteral("pool-%1").arg(below(100))};
    return relate(inventory);
}

Operation RandomInventory::createSomething(const Inventory &inventory, ServerHandle server)
{
    IdTable &ids = *inventory.base()->ids();
    ++m_nextId; // names are made from it
    switch (below(4)) {
    case 0:
        return CreatePortal{ids.makeProvisional<PortalHandle>(),
                            portal(server, chance(85) ? PortalKind::Tcp : PortalKind::Ip)};
    case 1:
        return CreateGroup{ids.makeProvisional<GroupHandle>(), Group{server, group(server).name, false}};
    case 2:
        return CreateNode{ids.makeProvisional<NodeHandle>(), node(server)};
    default:
        break;
    }
    const NodeHandle parent = anyOf(inventory.nodesOf(server));
    if (!parent)
        return CreateNode{ids.makeProvisional<NodeHandle>(), node(server)};
    CreateEndpoint made{ids.makeProvisional<EndpointHandle>(),
                        endpoint(server, parent, inventory.node(parent).role),
                        chance(60),
                        {}};
    const QList<PortalHandle> portals = inventory.portalsOf(server);
    for (size_t n = portals.isEmpty() ? 0 : below(3); n > 0; --n)
        if (const PortalHandle portal = anyOf(portals); !made.portals.contains(portal))
            made.portals.append(portal);
    return made;
}

Operation RandomInventory::deleteSomething(const Inventory &inventory)
{
    switch (below(4)) {
    case 0:
        return DeletePortal{anyOf(inventory.portals())};
    case 1:
        return DeleteGroup{anyOf(inventory.groups())};
    case 2:
        return DeleteNode{anyOf(inventory.nodes())};
    default:
        return DeleteEndpoint{anyOf(inventory.endpoints())};
    }
}

Operation RandomInventory::relate(const Inventory &inventory)
{
    const bool sensible = chance(95);
    const EndpointHandle endpoint = anyOf(inventory.endpoints());
    const ServerHandle server = endpoint ? inventory.endpoint(endpoint).server : anyOf(inventory.servers());
    const PortalHandle portal = anyOf(sensible && server ? inventory.portalsOf(server) : inventory.portals());
    const QList<PortalHandle> bound = endpoint ? inventory.portalsBoundBy(endpoint) : QList<PortalHandle>();
    const size_t die = below(100);
    if (die < 35)
        return Bind{endpoint, portal};
    if (die < 55)
        return Unbind{endpoint, sensible && !bound.isEmpty() ? anyOf(bound) : portal};
    if (die < 70) {
        const NodeHandle node = endpoint ? inventory.endpoint(endpoint).node : NodeHandle();
        const EndpointHandle to = anyOf(node && chance(70) ? inventory.endpointsOf(node) : inventory.endpoints());
        return Move{bound.isEmpty() ? portal : anyOf(bound), endpoint, to};
    }
    const QList<GroupHandle> memberOf = portal ? inventory.groupsOf(portal) : QList<GroupHandle>();
    if (die < 85)
        return JoinGroup{anyOf(sensible && server ? inventory.groupsOf(server) : inventory.groups()), portal};
    return LeaveGroup{memberOf.isEmpty() ? anyOf(inventory.groups()) : anyOf(memberOf), portal};
}

} // namespace portalbind
