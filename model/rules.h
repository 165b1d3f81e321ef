// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"
#include "model/operation.h"
#include "model/verdict.h"

#include <vector>

namespace portalbind {

// Pure functions of an inventory. Predicates R0–R9 of BindiSCSIProtocolEndPoint are judged in the order
// R0, R1, R3, R2, R4, R8, R5, R6, R7; R9 (rights) is the transport's. Codes are those of the method concerned. On
// servers with exclusive ports a port that is taken (4) comes right behind R6; on those with bare endpoints only what
// is empty is deleted (4).

/// May \a endpoint bind \a portal? Codes 0, 1, 4, 5, 4096–4099. O(log n), allocates nothing but on overlays.
[[nodiscard]] Verdict canBind(const Inventory &inventory, PortalHandle portal, EndpointHandle endpoint);

/// DeleteInstance of the BindsTo between them: U1 (CIM status 6), U2 (7). U4 and U5 are told, not refused.
[[nodiscard]] Verdict canUnbind(const Inventory &inventory, PortalHandle portal, EndpointHandle endpoint);

/// canUnbind from \a from, then canBind to \a to as if that were done. A move to where it is changes nothing.
[[nodiscard]] Verdict canMove(const Inventory &inventory, PortalHandle portal, EndpointHandle from, EndpointHandle to);

/// CreateiSCSIProtocolEndpoint: 1, 5, 4096 node, 4097 role, 4099 tag not selectable, 4098 tag in use, then for its
/// portals 4100 non-existent, 4101 no address, 4102 in use in this target, 4103 no common group.
[[nodiscard]] Verdict canCreateEndpoint(const Inventory &inventory, const CreateEndpoint &operation);
/// DeleteiSCSIProtocolEndpoint: 4096. Its bindings go with it; its sessions are told.
[[nodiscard]] Verdict canDeleteEndpoint(const Inventory &inventory, EndpointHandle endpoint);
/// CreateiSCSINode: 4096 not supported, 4097 alias (or name) in use.
[[nodiscard]] Verdict canCreateNode(const Inventory &inventory, const CreateNode &operation);
/// DeleteiSCSINode: 4096 non-existent, 4097 sessions active on its endpoints.
[[nodiscard]] Verdict canDeleteNode(const Inventory &inventory, NodeHandle node);
[[nodiscard]] Verdict canEnableEndpoint(const Inventory &inventory, EndpointHandle endpoint, bool enabled);

[[nodiscard]] Verdict canCreatePortal(const Inventory &inventory, const CreatePortal &operation);
/// 4097 while an endpoint binds it.
[[nodiscard]] Verdict canDeletePortal(const Inventory &inventory, PortalHandle portal);

/// Membership: 4099 (naming the endpoint) when an endpoint that binds the portal would lose its common group.
[[nodiscard]] Verdict canJoinGroup(const Inventory &inventory, PortalHandle portal, GroupHandle group);
[[nodiscard]] Verdict canLeaveGroup(const Inventory &inventory, PortalHandle portal, GroupHandle group);
[[nodiscard]] Verdict canCreateGroup(const Inventory &inventory, const CreateGroup &operation);
/// As if all its members left at once.
[[nodiscard]] Verdict canDeleteGroup(const Inventory &inventory, GroupHandle group);
[[nodiscard]] Verdict canRenameGroup(const Inventory &inventory, GroupHandle group, const QString &name);

/// 1 on a server that keeps nothing itself, 4 where it cannot.
[[nodiscard]] Verdict canSave(const Inventory &inventory, const SaveForReboot &operation);

/// The rule for any operation.
[[nodiscard]] Verdict canDo(const Inventory &inventory, const Operation &operation);

/// The same verdict where nobody can be asked (a script, a pipeline): what would cut off live sessions becomes a
/// refusal by policy, which --force overrides.
[[nodiscard]] Verdict unattended(Verdict verdict);

/// Judges a drop of many portals on one endpoint, in drop order: the first portal bound to an empty endpoint fixes the
/// group for the rest. Work is done in slices, so that a hover over a huge selection never holds up the window.
class BindAll
{
public:
    BindAll(Inventory inventory, QList<PortalHandle> portals, EndpointHandle endpoint);

    /// Judges up to \a most portals more; returns true when all are judged.
    bool judge(int most);
    [[nodiscard]] bool isDone() const { return m_verdicts.size() == size_t(m_portals.size()); }
    /// As far as judged, in drop order.
    [[nodiscard]] const std::vector<Verdict> &verdicts() const { return m_verdicts; }
    [[nodiscard]] const QList<PortalHandle> &portals() const { return m_portals; }

private:
    Inventory m_inventory;
    QList<PortalHandle> m_portals;
    EndpointHandle m_endpoint;
    std::vector<Verdict> m_verdicts;
    std::vector<PortalHandle> m_taken; // sorted: bound by this very drop
    std::vector<GroupHandle> m_commonGroups; // shared by all that is bound, this drop's portals included
    bool m_anyBound = false;
    bool m_anyGrouped = false;
};

/// All at once.
[[nodiscard]] std::vector<Verdict> canBindAll(const Inventory &inventory, const QList<PortalHandle> &portals,
                                              EndpointHandle endpoint);

} // namespace portalbind
