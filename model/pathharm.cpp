// SPDX-License-Identifier: Apache-2.0
#include "model/pathharm.h"

#include <algorithm>
#include <map>
#include <set>

namespace portalbind {
namespace {

/// Who gets in at an endpoint of an inventory, and to what.
class Doors
{
public:
    explicit Doors(const Inventory &inventory)
        : m_inventory(inventory)
    {
    }

    [[nodiscard]] bool letsIn(EndpointHandle endpoint, const QString &initiator) const
    {
        if (!m_inventory.has(endpoint))
            return false;
        if (const EndpointAccess *access = m_inventory.access(endpoint))
            return access->anyInitiator || access->find(initiator);
        return !startsEmpty(endpoint);
    }
    [[nodiscard]] QList<EndpointAccess::Lun> luns(EndpointHandle endpoint, const QString &initiator) const
    {
        const EndpointAccess *access = m_inventory.access(endpoint);
        if (!access)
            return {};
        const EndpointAccess::Initiator *acl = access->find(initiator);
        return acl ? acl->luns : access->luns;
    }
    [[nodiscard]] int paths(NodeHandle node, const QString &initiator) const
    {
        int count = 0;
        if (!m_inventory.has(node))
            return 0;
        for (const EndpointHandle endpoint : m_inventory.endpointsOf(node)) {
            if (!m_inventory.endpoint(endpoint).enabled || !letsIn(endpoint, initiator))
                continue;
            for (const PortalHandle portal : m_inventory.portalsBoundBy(endpoint))
                count += m_inventory.facts(portal).addressPresent ? 1 : 0;
        }
        return count;
    }

private:
    /// A new endpoint of such a server has no ACL yet.
    [[nodiscard]] bool startsEmpty(EndpointHandle endpoint) const
    {
        const ServerHandle server = m_inventory.endpoint(endpoint).server;
        return m_inventory.isStaged(endpoint) && m_inventory.has(server)
                && m_inventory.capabilities(server).bareEndpoints;
    }
    const Inventory &m_inventory;
};

/// What goes, by target.
struct Losses
{
    std::set<NodeHandle> nodes;
    std::multimap<NodeHandle, Binding> unbound; ///< with the endpoint that lets go
};

Losses lossesOf(const Inventory &before, const Inventory &after)
{
    Losses losses;
    const Inventory::Net net = after.net();
    const auto nodeOf = [&](EndpointHandle endpoint) {
        return before.has(endpoint) ? before.endpoint(endpoint).node : NodeHandle();
    };
    for (const Binding &binding : net.unbound) {
        const NodeHandle node = nodeOf(binding.endpoint);
        losses.nodes.insert(node);
        losses.unbound.emplace(node, binding);
    }
    for (const EndpointHandle endpoint : net.deletedEndpoints)
        losses.nodes.insert(nodeOf(endpoint));
    for (const EndpointHandle endpoint : net.enabledChanged) {
        if (!after.endpoint(endpoint).enabled)
            losses.nodes.insert(nodeOf(endpoint));
    }
    losses.nodes.erase(NodeHandle());
    return losses;
}

/// The endpoint of \a node that binds \a portal only afterwards; null: none.
EndpointHandle destination(const Inventory &before, const Inventory &after, NodeHandle node, PortalHandle portal)
{
    if (!after.has(node) || !after.has(portal))
        return {};
    const EndpointHandle binder = after.otherBinder(node, portal, EndpointHandle());
    return binder && !(before.has(binder) && before.binds(binder, portal)) ? binder : EndpointHandle();
}

} // namespace

QList<PathHarm> pathHarm(const Inventory &before, const Inventory &after)
{
    const Doors then(before);
    const Doors now(after);
    const Losses losses = lossesOf(before, after);
    QList<PathHarm> all;
    for (const NodeHandle node : losses.nodes) {
        std::map<QString, bool> initiators; // logged in?
        for (const EndpointHandle endpoint : before.endpointsOf(node)) {
            if (const EndpointAccess *access = before.access(endpoint)) {
                for (const EndpointAccess::Initiator &one : access->initiators)
                    initiators.try_emplace(one.name.toLower(), false);
            }
            for (const SessionHandle session : before.sessionsOf(endpoint))
                initiators[before.session(session).initiator.toLower()] = true;
        }
        for (const auto &[name, isLoggedIn] : initiators) {
            PathHarm harm;
            harm.node = node;
            harm.initiator = name;
            harm.isLoggedIn = isLoggedIn;
            harm.before = then.paths(node, name);
            harm.after = now.paths(node, name);
            const auto [first, last] = losses.unbound.equal_range(node);
            for (auto at = first; at != last; ++at) {
                const EndpointHandle to = destination(before, after, node, at->second.portal);
                if (!to || !then.letsIn(at->second.endpoint, name))
                    continue;
                harm.to = to;
                if (!now.letsIn(to, name))
                    harm.lacksAcl = true;
                else if (then.luns(at->second.endpoint, name) != now.luns(to, name))
                    harm.findsOtherLuns = true;
            }
            if (harm.after < harm.before || harm.mustDiscover())
                all.append(harm);
        }
    }
    std::stable_sort(all.begin(), all.end(), [](const PathHarm &a, const PathHarm &b) {
        return std::tuple(!a.losesLastPath(), !a.isLoggedIn, a.initiator)
                < std::tuple(!b.losesLastPath(), !b.isLoggedIn, b.initiator);
    });
    return all;
}

} // namespace portalbind
