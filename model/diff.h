// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"

namespace portalbind {

/// What differs between what is shown of two states of one connection, by id. Each list is sorted by handle.
/// Shown is what exists, and also what is in the base but staged for deletion (struck through): staging a deletion or
/// an unbind is a change of mark; only when the base has lost the thing it is `removed` or `unbound`.
struct InventoryDiff
{
    template <class H>
    struct Objects
    {
        std::vector<H> added, removed, changed; ///< changed: attributes or mark, not relations
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

/// What leads from what \a before shows to what \a after shows. Both must be of one connection (one IdTable).
/// O(size of the snapshots) when the bases differ, O(size of the overlays) when they are the same. Safe in any thread.
[[nodiscard]] InventoryDiff diff(const Inventory &before, const Inventory &after);

} // namespace portalbind
