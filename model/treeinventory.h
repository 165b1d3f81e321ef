// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"
#include "model/treekey.h"

#include <QHash>

#include <vector>

namespace portalbind {

/// What the tree shows of an inventory: everything in it, and everything that is pending removal, until it is gone from
/// the base as well. Such objects keep the attributes and relations that the base gives them.
class TreeInventory
{
public:
    TreeInventory() = default;
    explicit TreeInventory(Inventory inventory)
        : m_inventory(std::move(inventory))
    {
    }

    [[nodiscard]] const Inventory &inventory() const { return m_inventory; }
    template <class H>
    [[nodiscard]] bool inBase(H h) const
    {
        return m_inventory.base() && m_inventory.base()->row(h) != Snapshot::none;
    }
    template <class H>
    [[nodiscard]] bool has(H h) const
    {
        return inBase(h) || m_inventory.has(h);
    }

    // Whole objects; the handle must be shown (has()).
    [[nodiscard]] Server server(ServerHandle h) const;
    [[nodiscard]] Node node(NodeHandle h) const;
    [[nodiscard]] Endpoint endpoint(EndpointHandle h) const;
    [[nodiscard]] Portal portal(PortalHandle h) const;
    [[nodiscard]] PortalAddress address(PortalHandle h) const;
    [[nodiscard]] Group group(GroupHandle h) const;
    [[nodiscard]] ServerHandle serverOf(PortalHandle h) const;

    // What is shown under what; sorted by handle. O(size of the answer), but for loosePortalsOf: O(portals of the
    // server).
    [[nodiscard]] std::vector<ServerHandle> servers() const;
    [[nodiscard]] std::vector<GroupHandle> groupsOf(ServerHandle h) const;
    [[nodiscard]] std::vector<NodeHandle> nodesOf(ServerHandle h) const;
    [[nodiscard]] std::vector<EndpointHandle> looseEndpointsOf(ServerHandle h) const;
    [[nodiscard]] std::vector<PortalHandle> loosePortalsOf(ServerHandle h) const;
    [[nodiscard]] std::vector<EndpointHandle> endpointsOf(NodeHandle h) const;
    [[nodiscard]] std::vector<PortalHandle> portalsOf(GroupHandle h) const;
    [[nodiscard]] std::vector<PortalHandle> portalsBoundBy(EndpointHandle h) const;
    [[nodiscard]] std::vector<GroupHandle> groupsOf(PortalHandle h) const;
    [[nodiscard]] std::vector<EndpointHandle> endpointsBinding(PortalHandle h) const;

    // Single relations, as the base and as the inventory have them.
    [[nodiscard]] bool bindsInBase(const Binding &binding) const;
    [[nodiscard]] bool bindsNow(const Binding &binding) const;
    [[nodiscard]] bool joinedInBase(const Membership &membership) const;
    [[nodiscard]] bool joinedNow(const Membership &membership) const;
    [[nodiscard]] bool looseInBase(PortalHandle h) const;
    [[nodiscard]] bool looseNow(PortalHandle h) const;

    // Counts of what will be there once everything pending is done; of the base for what is to be deleted.
    [[nodiscard]] int endpointCount(PortalHandle h) const;
    [[nodiscard]] int portalCount(EndpointHandle h) const;
    [[nodiscard]] int portalCount(GroupHandle h) const;
    [[nodiscard]] int endpointCount(NodeHandle h) const;
    [[nodiscard]] int sessionCount(EndpointHandle h) const;
    [[nodiscard]] int sessionCount(const Binding &binding) const; ///< those that run surely over the portal
    [[nodiscard]] int endpointCountInBase(PortalHandle h) const;

    /// How many rows of a kind a server has. Counted at first use, O(portals and nodes of the server), then kept.
    struct Counts
    {
        int groups = 0;
        int loosePortals = 0;
        int targets = 0;
        int initiators = 0;
        int looseEndpoints = 0;
    };
    [[nodiscard]] const Counts &counts(ServerHandle h) const;
    /// Takes over what \a before counted; adjustCount() tells what is different here.
    void inheritCounts(const TreeInventory &before) { m_counts = before.m_counts; }
    void adjustCount(ServerHandle h, const TreeMember &member, RowKind holder, int by);
    void forgetCounts(ServerHandle h) { m_counts.remove(h); }

    // The one holder of what is shown once only; the handle must be shown.
    [[nodiscard]] TreeHolder holderOf(GroupHandle h) const;
    [[nodiscard]] TreeHolder holderOf(NodeHandle h) const;
    [[nodiscard]] TreeHolder holderOf(EndpointHandle h) const;
    /// Whether \a member is shown under \a holder. Servers are held by a holder of kind None.
    [[nodiscard]] bool holds(const TreeHolder &holder, const TreeMember &member) const;
    /// All that is shown under \a holder, without order. Connection rows are the model's own affair.
    [[nodiscard]] std::vector<TreeMember> membersOf(const TreeHolder &holder, quint16 source) const;
    /// The same as !membersOf().empty(), without making the list.
    [[nodiscard]] bool holdsAny(const TreeHolder &holder) const;

private:
    [[nodiscard]] const Snapshot *base() const { return m_inventory.base().get(); }
    [[nodiscard]] bool hasSection(ServerHandle server, RowKind section) const;

    // An object that is in the base keeps the place that the base gives it, as in the lists of Inventory.
    Inventory m_inventory;
    mutable QHash<ServerHandle, Counts> m_counts;
};

} // namespace portalbind
