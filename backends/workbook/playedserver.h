// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/workbook/database.h"
#include "model/handle.h"
#include "model/operation.h"
#include "model/targetbackend.h"

#include <functional>

namespace portalbind {

/// Plays the servers of a workbook: judges one operation by SQL of its own and carries it out, within a transaction
/// that the caller holds. Each rule has the code of its method. What a real server without the data would decide by
/// itself is decided here: no group anywhere among the portals concerned, or a server without groups: accepted;
/// endpoint role unknown or both: takes portals of either kind, and R6 does not bind it; support unknown: supported. A
/// rule that the server's row leaves to policy or to nobody is not asked.
class PlayedServer
{
public:
    /// \a beforeWriting is called between the last question and the first change, and before each further one.
    PlayedServer(Database &database, const IdTable &ids, std::function<void()> beforeWriting);

    /// Code 0 with `changed` false: it is so already. Failures of the file are left in the database.
    struct Outcome
    {
        Answer answer;
        bool changed = false;
    };
    [[nodiscard]] Outcome perform(const Operation &operation);

private:
    // Codes that all methods share; Unbind has those of CIM.
    static constexpr quint16 success = 0;
    static constexpr quint16 notSupported = 1;
    static constexpr quint16 invalidParameter = 5;

    /// A reference as a method gets it: row 0 is NULL, a negative one names nothing.
    template <class H>
    [[nodiscard]] qint64 row(H handle) const;
    [[nodiscard]] static bool isNull(qint64 reference) { return reference == 0; }

    // playedserver.cpp
    quint16 perform(const Bind &operation);
    quint16 perform(const Unbind &operation);
    quint16 perform(const Move &operation);
    [[nodiscard]] bool lacksCommonGroup(qint64 endpoint, qint64 portal);

    // playedendpoints.cpp
    quint16 perform(const CreateEndpoint &operation);
    [[nodiscard]] quint16 judgePortals(Role role, qint64 node, const QList<qint64> &portals);
    quint16 perform(const DeleteEndpoint &operation);
    quint16 perform(const SetEndpointEnabled &operation);
    static quint16 perform(const SaveForReboot &) { return 1; } // a workbook is its own file
    quint16 perform(const CreateNode &operation);
    quint16 perform(const DeleteNode &operation);
    [[nodiscard]] QString newNodeName(qint64 server);

    // playedgroups.cpp
    quint16 perform(const CreatePortal &operation);
    quint16 perform(const DeletePortal &operation);
    quint16 perform(const CreateGroup &operation);
    quint16 perform(const DeleteGroup &operation);
    quint16 perform(const RenameGroup &operation);
    quint16 perform(const JoinGroup &operation);
    quint16 perform(const LeaveGroup &operation);
    [[nodiscard]] quint16 judgeMembership(qint64 group, qint64 portal);
    [[nodiscard]] bool isGroupReadOnly(qint64 group); ///< derived, or of a server that keeps its groups
    /// Whether an endpoint would lose the only group that its portals share when \a portal (without one: all) leaves.
    [[nodiscard]] bool breaksCommonGroup(qint64 group, std::optional<qint64> portal);

    /// Carries out one INSERT, UPDATE or DELETE.
    bool write(const char *sql, Database::Values values);
    quint16 done(const char *sql, Database::Values values);
    quint16 created(Kind kind, qint64 server);

    Database &m_database;
    const IdTable &m_ids;
    std::function<void()> m_beforeWriting;
    bool m_changed = false;
    QByteArray m_createdId;
};

} // namespace portalbind
