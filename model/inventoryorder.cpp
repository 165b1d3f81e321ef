// SPDX-License-Identifier: Apache-2.0
#include "model/inventoryorder.h"

#include <algorithm>
#include <tuple>

namespace portalbind {
namespace {

template <class H>
QByteArray idOf(const Inventory &inventory, H handle)
{
    return inventory.base() ? inventory.base()->ids()->id(handle) : QByteArray();
}

/// Sorts by keys that are made once per object; ids and, among staged objects, handles settle ties.
template <class H, class KeyOf>
QList<H> sortedBy(const Inventory &inventory, const QList<H> &handles, KeyOf keyOf)
{
    struct Item
    {
        decltype(keyOf(H())) key;
        H handle;
    };
    std::vector<Item> items;
    items.reserve(size_t(handles.size()));
    for (const H h : handles)
        items.push_back({keyOf(h), h});
    std::sort(items.begin(), items.end(), [&](const Item &a, const Item &b) {
        if (a.key < b.key || b.key < a.key)
            return a.key < b.key;
        const QByteArray idA = idOf(inventory, a.handle), idB = idOf(inventory, b.handle);
        return std::tie(idA, a.handle) < std::tie(idB, b.handle);
    });
    QList<H> result;
    result.reserve(handles.size());
    for (const Item &item : items)
        result.append(item.handle);
    return result;
}

template <class H>
QList<H> sortedByRank(QList<H> handles, const std::vector<quint32> &ranks)
{
    const auto rankOf = [&](H h) { return std::pair(h.value < ranks.size() ? ranks[h.value] : ~0u, h.value); };
    std::sort(handles.begin(), handles.end(), [&](H a, H b) { return rankOf(a) < rankOf(b); });
    return handles;
}

template <class H>
void rank(const QList<H> &handles, std::vector<quint32> &ranks, quint32 &next)
{
    for (const H h : handles) {
        if (h.value >= ranks.size())
            ranks.resize(h.value + 1 + h.value / 2);
        ranks[h.value] = next++;
    }
}

} // namespace

InventoryOrder::InventoryOrder(Inventory inventory)
    : m_inventory(std::move(inventory))
{
    m_servers = sortedBy(m_inventory, m_inventory.servers(),
                         [&](ServerHandle h) { return m_inventory.server(h).name; });
    rankPortals();
    rankEndpoints();
}

void InventoryOrder::rankPortals()
{
    quint32 next = 0;
    for (const ServerHandle server : m_servers)
        rank(byAddress(m_inventory, m_inventory.portalsOf(server)), m_portalRanks, next);
}

void InventoryOrder::rankEndpoints()
{
    quint32 next = 0;
    const auto byTag = [&](const QList<EndpointHandle> &endpoints) {
        return sortedBy(m_inventory, endpoints, [&](EndpointHandle h) {
            const Endpoint endpoint = m_inventory.endpoint(h);
            return std::pair(endpoint.role, endpoint.tag);
        });
    };
    for (const ServerHandle server : m_servers) {
        for (const NodeHandle node : nodesOf(server))
            rank(byTag(m_inventory.endpointsOf(node)), m_endpointRanks, next);
        rank(byTag(m_inventory.looseEndpointsOf(server)), m_endpointRanks, next);
    }
}

QList<NodeHandle> InventoryOrder::nodesOf(ServerHandle h) const
{
    return byName(m_inventory, m_inventory.nodesOf(h));
}

QList<PortalHandle> InventoryOrder::byAddress(const Inventory &inventory, const QList<PortalHandle> &portals)
{
    return sortedBy(inventory, portals, [&](PortalHandle h) {
        const Portal portal = inventory.portal(h);
        return std::pair(portal.address, portal.kind);
    });
}

QList<NodeHandle> InventoryOrder::byName(const Inventory &inventory, const QList<NodeHandle> &nodes)
{
    return sortedBy(inventory, nodes, [&](NodeHandle h) {
        const Node node = inventory.node(h);
        return std::pair(node.name, node.role);
    });
}

QList<EndpointHandle> InventoryOrder::endpointsOf(NodeHandle h) const
{
    return sorted(m_inventory.endpointsOf(h));
}

QList<EndpointHandle> InventoryOrder::looseEndpointsOf(ServerHandle h) const
{
    return sorted(m_inventory.looseEndpointsOf(h));
}

QList<EndpointHandle> InventoryOrder::endpointsOf(ServerHandle h) const
{
    QList<EndpointHandle> all = m_inventory.looseEndpointsOf(h);
    for (const NodeHandle node : m_inventory.nodesOf(h))
        all += m_inventory.endpointsOf(node);
    return sorted(std::move(all));
}

QList<PortalHandle> InventoryOrder::portalsOf(ServerHandle h) const
{
    return sorted(m_inventory.portalsOf(h));
}

QList<GroupHandle> InventoryOrder::groupsOf(ServerHandle h) const
{
    return sortedBy(m_inventory, m_inventory.groupsOf(h), [&](GroupHandle g) { return m_inventory.group(g).name; });
}

QList<SessionHandle> InventoryOrder::sessionsOf(EndpointHandle h) const
{
    return sortedBy(m_inventory, m_inventory.sessionsOf(h), [&](SessionHandle s) {
        const LoginSession session = m_inventory.session(s);
        return std::pair(session.initiator, session.from);
    });
}

QList<PortalHandle> InventoryOrder::sorted(QList<PortalHandle> portals) const
{
    return sortedByRank(std::move(portals), m_portalRanks);
}

QList<EndpointHandle> InventoryOrder::sorted(QList<EndpointHandle> endpoints) const
{
    return sortedByRank(std::move(endpoints), m_endpointRanks);
}

} // namespace portalbind
