// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"

namespace portalbind {

/// What differs between two states of one connection, by id. Each list is sorted by handle.
struct InventoryDiff
{
    template <class H>
    struct Objects
    {
        std::vector<H> added, removed, changed; ///< changed: attributes, not relations
        [[nodiscard]] bool isEmpty() const { return added.empty() && removed.empty() && changed.empty(); }
    };
    Objects<ServerHandle> servers;
    Objects<NodeHandle> nodes;
    Objects<EndpointHandle> endpoints;
    Objects<PortalHandle> portals;
    Objects<GroupHandle> groups;
    Objects<SessionHandle> sessions;
    std::vector<Binding> bound, unbound;
    std::vector<Membership> joined, left;
    /// Bindings and memberships whose mark (will be bound, will be unbound) changed while they stay shown.
    std::vector<Binding> bindingMarks;
    std::vector<Membership> membershipMarks;

    [[nodiscard]] bool isEmpty() const;
};

/// What has to be done to \a before to get \a after. Both must be of one connection (one IdTable). Bindings that are
/// pending removal count as shown (struck through): they are in `bindingMarks`, not in `unbound`, until they are gone
/// from the base. O(size of the snapshots) when the bases differ, O(size of the overlays) when they are the same.
/// Safe in any thread.
[[nodiscard]] InventoryDiff diff(const Inventory &before, const Inventory &after);

} // namespace portalbind
