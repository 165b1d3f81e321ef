// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"
#include "model/verdict.h"

#include <map>
#include <set>
#include <vector>

namespace portalbind {

/// The rules once more, slow and obvious: sets of ids and a line of set algebra for each predicate, straight from the
/// definitions. It reads the inventory through its lists of whole objects once and shares nothing with the rules.
class Reference
{
public:
    struct Answer
    {
        Decision decision = Decision::Allowed;
        Origin origin = Origin::Target;
        quint16 code = 0;
        bool changesNothing = false;

        Answer() = default;
        explicit Answer(Decision d)
            : decision(d)
        {
        }
        explicit Answer(const Verdict &verdict)
            : decision(verdict.decision)
            , origin(verdict.origin)
            , code(verdict.code)
            , changesNothing(verdict.changesNothing)
        {
        }
        friend bool operator==(const Answer &, const Answer &) = default;
        [[nodiscard]] QString text() const;
    };

    explicit Reference(const Inventory &inventory);

    [[nodiscard]] Answer canBind(PortalHandle portal, EndpointHandle endpoint) const;
    [[nodiscard]] Answer canUnbind(PortalHandle portal, EndpointHandle endpoint) const;
    [[nodiscard]] Answer canMove(PortalHandle portal, EndpointHandle from, EndpointHandle to) const;
    [[nodiscard]] Answer canCreateEndpoint(const CreateEndpoint &operation) const;
    [[nodiscard]] Answer canJoinGroup(PortalHandle portal, GroupHandle group) const;
    [[nodiscard]] Answer canLeaveGroup(PortalHandle portal, GroupHandle group) const;
    [[nodiscard]] Answer canDeleteGroup(GroupHandle group) const;
    [[nodiscard]] std::vector<Answer> canBindAll(const QList<PortalHandle> &portals, EndpointHandle endpoint) const;

    /// Everything that the inventory shows, as text: equal texts mean equal inventories.
    [[nodiscard]] QString text() const;

private:
    using Groups = std::set<GroupHandle>;
    using Bindings = std::set<std::pair<EndpointHandle, PortalHandle>>;
    using Members = std::set<std::pair<GroupHandle, PortalHandle>>;
    using Broken = std::vector<std::pair<Enforcement, quint16>>;

    [[nodiscard]] static Answer refuse(quint16 code, Origin origin = Origin::Target);
    [[nodiscard]] static Answer judged(const Broken &broken, bool undecided);
    [[nodiscard]] Answer bindOver(const Bindings &bindings, PortalHandle N, EndpointHandle P) const;
    [[nodiscard]] static std::set<PortalHandle> boundBy(EndpointHandle endpoint, const Bindings &bindings);
    [[nodiscard]] Groups realGroups(PortalHandle portal) const;
    [[nodiscard]] Groups sharedBy(const std::set<PortalHandle> &portals, const Members &members) const;
    [[nodiscard]] bool anyGrouped(const std::set<PortalHandle> &portals) const;
    [[nodiscard]] bool hasSwitch(ServerHandle server) const;
    [[nodiscard]] Answer leaving(ServerHandle server, GroupHandle group, const std::set<PortalHandle> &portals) const;

    bool m_complete;
    std::map<ServerHandle, Server> m_servers;
    std::map<NodeHandle, Node> m_nodes;
    std::map<EndpointHandle, Endpoint> m_endpoints;
    std::map<PortalHandle, Portal> m_portals;
    std::map<GroupHandle, Group> m_groups;
    std::map<SessionHandle, LoginSession> m_sessions;
    Bindings m_bindings;
    Members m_members;
};

} // namespace portalbind
