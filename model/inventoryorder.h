// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"

#include <vector>

namespace portalbind {

/// The order in which people look for things, the same whatever handles the objects have: servers, nodes and groups by
/// name, portals by address, endpoints by tag, sessions by endpoint and initiator; the server's own id settles ties.
/// Safe in any thread.
class InventoryOrder
{
public:
    explicit InventoryOrder(Inventory inventory);

    [[nodiscard]] const QList<ServerHandle> &servers() const { return m_servers; }
    [[nodiscard]] QList<NodeHandle> nodesOf(ServerHandle h) const;
    [[nodiscard]] QList<EndpointHandle> endpointsOf(NodeHandle h) const;
    [[nodiscard]] QList<EndpointHandle> looseEndpointsOf(ServerHandle h) const;
    [[nodiscard]] QList<PortalHandle> portalsOf(ServerHandle h) const;
    [[nodiscard]] QList<GroupHandle> groupsOf(ServerHandle h) const;
    [[nodiscard]] QList<SessionHandle> sessionsOf(EndpointHandle h) const;
    /// Endpoints of all nodes in their order, then the loose ones.
    [[nodiscard]] QList<EndpointHandle> endpointsOf(ServerHandle h) const;

    /// \a portals by address, and nodes by name, where an order of the whole inventory would take too long.
    [[nodiscard]] static QList<PortalHandle> byAddress(const Inventory &inventory, const QList<PortalHandle> &portals);
    [[nodiscard]] static QList<NodeHandle> byName(const Inventory &inventory, const QList<NodeHandle> &nodes);

    /// \a portals in order. O(n log n), no string is compared.
    [[nodiscard]] QList<PortalHandle> sorted(QList<PortalHandle> portals) const;
    [[nodiscard]] QList<EndpointHandle> sorted(QList<EndpointHandle> endpoints) const;

    [[nodiscard]] const Inventory &inventory() const { return m_inventory; }

private:
    void rankPortals();
    void rankEndpoints();

    Inventory m_inventory;
    QList<ServerHandle> m_servers;
    std::vector<quint32> m_portalRanks, m_endpointRanks; // by handle value
};

} // namespace portalbind
