// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"

namespace portalbind {

/// What a change does to the ways of one initiator to one target. A path is a portal whose address is there, bound to
/// an enabled endpoint that lets the initiator in; where the server does not tell who is let in, everybody is.
struct PathHarm
{
    NodeHandle node;
    QString initiator; ///< iSCSI name
    int before = 0; ///< paths
    int after = 0;
    bool isLoggedIn = false;
    /// A portal that it may use goes to an endpoint of the same target, \a to, where
    EndpointHandle to;
    bool lacksAcl = false; ///< it has no ACL
    bool findsOtherLuns = false; ///< it finds other LUNs
    /// Initiators remember the tag and refuse another one (open-iscsi: "portal group tag mismatch"), so that it has to
    /// discover again.
    [[nodiscard]] bool mustDiscover() const { return !to.isNull(); }
    /// Nothing is left to log in to for somebody who is logged in.
    [[nodiscard]] bool losesLastPath() const { return isLoggedIn && before > 0 && after == 0; }
    friend bool operator==(const PathHarm &, const PathHarm &) = default;
};

/// Those who lose a path or have to discover again on the way from \a before to \a after, last paths first, then by
/// name. Initiators are known from their sessions and ACLs. O(size of the targets that lose something).
[[nodiscard]] QList<PathHarm> pathHarm(const Inventory &before, const Inventory &after);

/// One of them in a sentence: `iqn…:host: 1 of 2 paths to …:mail remains; it has to discover again (TPG 2)`. \a
/// inventory knows the objects, those that are staged included.
[[nodiscard]] QString pathHarmText(const PathHarm &harm, const Inventory &inventory);

} // namespace portalbind
