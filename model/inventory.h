// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/operation.h"
#include "model/snapshot.h"

#include <QList>

#include <algorithm>
#include <memory>
#include <span>

namespace portalbind {

struct Overlay;

/// What is shown and what rules read: a snapshot, seen through the pending operations. A cheap value; copying shares
/// both parts. Objects that were staged exist here under provisional handles; staged deletions do not exist any more.
class Inventory
{
public:
    Inventory();
    explicit Inventory(SnapshotPtr base);
    ~Inventory();
    Inventory(const Inventory &);
    Inventory(Inventory &&) noexcept;
    Inventory &operator=(const Inventory &);
    Inventory &operator=(Inventory &&) noexcept;

    [[nodiscard]] const SnapshotPtr &base() const { return m_base; }
    [[nodiscard]] bool isComplete() const;
    [[nodiscard]] bool hasPending() const { return m_overlay != nullptr; }

    /// This inventory with \a operations done to it, in order. Nothing is judged here: an operation whose objects are
    /// missing changes nothing. Copies only the overlay.
    [[nodiscard]] Inventory with(std::span<const Operation> operations) const;
    [[nodiscard]] Inventory with(const Operation &operation) const { return with(std::span(&operation, 1)); }
    /// The same in place: in a row of operations the overlay is copied once at most.
    void add(const Operation &operation);

    [[nodiscard]] bool has(ServerHandle h) const;
    [[nodiscard]] bool has(NodeHandle h) const;
    [[nodiscard]] bool has(EndpointHandle h) const;
    [[nodiscard]] bool has(PortalHandle h) const;
    [[nodiscard]] bool has(GroupHandle h) const;

    // Whole objects; the handle must exist (has()).
    [[nodiscard]] Server server(ServerHandle h) const;
    [[nodiscard]] const Capabilities &capabilities(ServerHandle h) const;
    [[nodiscard]] Node node(NodeHandle h) const;
    [[nodiscard]] Endpoint endpoint(EndpointHandle h) const;
    [[nodiscard]] Portal portal(PortalHandle h) const;
    [[nodiscard]] Group group(GroupHandle h) const;
    [[nodiscard]] LoginSession session(SessionHandle h) const;

    // All handles of a kind. O(n).
    [[nodiscard]] QList<ServerHandle> servers() const;
    [[nodiscard]] QList<NodeHandle> nodes() const;
    [[nodiscard]] QList<EndpointHandle> endpoints() const;
    [[nodiscard]] QList<PortalHandle> portals() const;
    [[nodiscard]] QList<GroupHandle> groups() const;
    [[nodiscard]] QList<SessionHandle> sessions() const;

    // Relations. Lists are sorted by handle. O(size of the answer).
    [[nodiscard]] QList<NodeHandle> nodesOf(ServerHandle h) const;
    [[nodiscard]] QList<GroupHandle> groupsOf(ServerHandle h) const;
    [[nodiscard]] QList<PortalHandle> portalsOf(ServerHandle h) const;
    [[nodiscard]] QList<EndpointHandle> looseEndpointsOf(ServerHandle h) const; ///< orphans, the server-wide switch
    [[nodiscard]] QList<EndpointHandle> endpointsOf(NodeHandle h) const;
    [[nodiscard]] QList<PortalHandle> portalsOf(GroupHandle h) const;
    [[nodiscard]] QList<GroupHandle> groupsOf(PortalHandle h) const;
    [[nodiscard]] QList<PortalHandle> portalsBoundBy(EndpointHandle h) const;
    [[nodiscard]] QList<EndpointHandle> endpointsBinding(PortalHandle h) const;
    [[nodiscard]] QList<SessionHandle> sessionsOf(EndpointHandle h) const;
    /// Sessions of \a endpoint that run surely over \a portal; with \a orPossibly also those that cannot be attributed.
    [[nodiscard]] QList<SessionHandle> sessionsOver(EndpointHandle endpoint, PortalHandle portal,
                                                    bool orPossibly = false) const;
    /// Sessions of \a endpoint that surely end when it lets go of \a portal: those over it, and when it is the last one
    /// also those that cannot be attributed to a portal. Those over portals that are unbound already are not repeated.
    [[nodiscard]] QList<SessionHandle> sessionsEndedBy(EndpointHandle endpoint, PortalHandle portal) const;

    /// Who may use an endpoint; null: not told, or not on the server yet.
    [[nodiscard]] const EndpointAccess *access(EndpointHandle h) const;
    /// How the server serves a binding now; plain TCP where it does not exist.
    [[nodiscard]] Transport transport(const Binding &binding) const;

    // Counts without making lists. O(1) but for objects that pending operations touch.
    [[nodiscard]] int endpointCount(PortalHandle h) const;
    [[nodiscard]] int portalCount(EndpointHandle h) const;
    [[nodiscard]] int portalCount(GroupHandle h) const;
    [[nodiscard]] int sessionCount(EndpointHandle h) const;
    [[nodiscard]] bool isGrouped(PortalHandle h) const; ///< in at least one group, derived ones included

    // What rules ask. O(log n).
    [[nodiscard]] bool binds(EndpointHandle endpoint, PortalHandle portal) const;
    [[nodiscard]] bool isMember(GroupHandle group, PortalHandle portal) const;
    /// An endpoint of \a node, other than \a except, that binds \a portal; a null handle when there is none (R6).
    [[nodiscard]] EndpointHandle otherBinder(NodeHandle node, PortalHandle portal, EndpointHandle except,
                                             EndpointHandle alsoExcept = {}) const;

    /// The attributes that rules read, without the strings of the whole object; the handle must exist.
    struct PortalFacts
    {
        ServerHandle server;
        PortalKind kind;
        bool addressPresent;
        bool isTaken; ///< Portal::takenBy names somebody
        bool isOffered;
    };
    [[nodiscard]] PortalFacts facts(PortalHandle h) const;
    [[nodiscard]] bool hasServerSwitch(ServerHandle h) const;
    [[nodiscard]] bool isWildcard(PortalHandle h) const; ///< stands on every address; the handle must exist
    /// A bound portal that keeps \a portal from being bound on a server with exclusive ports: a wildcard of its port,
    /// or for a wildcard any other portal of its port, and one endpoint that binds it. Null handles: none, or \a portal
    /// is bound somewhere and its socket is shared. O(wildcards of the connection); of a wildcard O(portals).
    /// Linux takes a wildcard for any portal of the other family on its port: then `isMistaken`, those of \a node
    /// first.
    struct InTheWay
    {
        PortalHandle portal;
        EndpointHandle endpoint;
        bool isMistaken = false;
    };
    [[nodiscard]] InTheWay inTheWay(PortalHandle portal, NodeHandle node) const;

    /// What the portals bound by an endpoint have in common (R7). Derived groups do not count.
    struct Common
    {
        bool anyBound = false;
        bool anyGrouped = false; ///< at least one bound portal is in a group
        std::span<const GroupHandle> groups; ///< sorted; of the snapshot, or of the scratch vector
    };
    /// \a scratch keeps the groups where pending operations changed them.
    [[nodiscard]] Common common(EndpointHandle endpoint, std::vector<GroupHandle> &scratch) const;
    /// The same if \a without were not bound.
    [[nodiscard]] Common commonWithout(EndpointHandle endpoint, PortalHandle without,
                                       std::vector<GroupHandle> &scratch) const;
    /// Groups of a portal that are not derived, sorted.
    [[nodiscard]] std::span<const GroupHandle> realGroups(PortalHandle portal, std::vector<GroupHandle> &scratch) const;

    // How a relation stands against the base: for marks like "will be bound".
    enum class Pending : quint8 { No, Added, Removed };
    [[nodiscard]] Pending pending(const Binding &binding) const;
    [[nodiscard]] Pending pending(const Membership &membership) const;
    template <class H>
    [[nodiscard]] bool isStaged(H handle) const ///< exists here, not in the base
    {
        return has(handle) && (!m_base || m_base->row(handle) == Snapshot::none);
    }
    /// Exists in the base, and is to be enabled or disabled.
    [[nodiscard]] bool isEnabledChanged(EndpointHandle h) const;

    /// Net effect of the pending operations against the base, each list sorted. For plans, marks and diffs.
    struct Net
    {
        std::vector<Binding> bound, unbound;
        std::vector<Membership> joined, left;
        std::vector<NodeHandle> createdNodes, deletedNodes;
        std::vector<EndpointHandle> createdEndpoints, deletedEndpoints, enabledChanged;
        std::vector<PortalHandle> createdPortals, deletedPortals;
        std::vector<GroupHandle> createdGroups, deletedGroups, renamedGroups;
        [[nodiscard]] bool isEmpty() const;
    };
    [[nodiscard]] Net net() const;

private:
    SnapshotPtr m_base;
    std::shared_ptr<Overlay> m_overlay; // null: nothing pending; changed only while it has one owner
};

/// Drops from \a groups what is not in the sorted \a others.
inline void keepCommon(std::vector<GroupHandle> &groups, std::span<const GroupHandle> others)
{
    std::erase_if(groups, [&](GroupHandle g) { return !std::binary_search(others.begin(), others.end(), g); });
}

} // namespace portalbind
