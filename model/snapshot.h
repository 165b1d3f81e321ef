// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/entities.h"

#include <QDateTime>

#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace portalbind {

class Snapshot;
using SnapshotPtr = std::shared_ptr<const Snapshot>;

/// What one connection showed at one time: immutable, column-wise, shared between threads. Rows are 32-bit positions
/// within this snapshot only; handles stay the same from one snapshot of a connection to the next. Every look-up is
/// O(1) unless it says otherwise. Made by SnapshotBuilder.
class Snapshot
{
public:
    using Row = quint32;
    static constexpr Row none = ~Row(0);

    struct Binder
    {
        NodeHandle node;
        EndpointHandle endpoint;
        // NOLINTNEXTLINE(modernize-use-nullptr): the compiler's own text compares with a literal 0
        friend auto operator<=>(const Binder &, const Binder &) = default;
    };
    /// The hot part of a portal: all that a rule reads of most portals, within one cache line.
    struct alignas(32) PortalRow
    {
        PortalHandle handle;
        ServerHandle server;
        quint32 bindings = 0; ///< start of its run in the (node, endpoint) table; the next row's is its end
        quint32 groups = 0; ///< start of its run in the group table, real groups before derived ones
        quint32 realGroups : 27 = 0; ///< how many of them are not derived
        quint32 isTcp : 1 = 0;
        quint32 addressPresent : 1 = 0;
        quint32 isTaken : 1 = 0; ///< Portal::takenBy names somebody
        quint32 isMoved : 1 = 0; ///< Portal::movedBy names something
        quint32 isOffered : 1 = 0;
        Binder firstBinder; ///< of its run, so that a run of one needs no second look
        GroupHandle firstGroup; ///< the same of its groups

        [[nodiscard]] PortalKind kind() const { return isTcp ? PortalKind::Tcp : PortalKind::Ip; }
    };
    /// The hot part of an endpoint.
    struct EndpointRow
    {
        EndpointHandle handle;
        NodeHandle node;
        ServerHandle server;
        quint32 portals; ///< start of its run of bound portals
        quint32 commonGroups; ///< start of its run of groups that all its bound portals share
        Role role;
        BindingScope scope;
        bool enabled;
        bool anyGrouped; ///< at least one bound portal is in a real group
    };
    ~Snapshot();

    [[nodiscard]] const std::shared_ptr<IdTable> &ids() const { return m_ids; }
    [[nodiscard]] bool isComplete() const { return m_complete; } ///< false while a load goes on: verdicts are undecided
    [[nodiscard]] QDateTime takenAt() const { return m_takenAt; } ///< UTC

    // Rows by handle: `none` when this snapshot has no such object.
    [[nodiscard]] Row row(ServerHandle h) const { return m_serverRows.of(h.value); }
    [[nodiscard]] Row row(NodeHandle h) const { return m_nodeRows.of(h.value); }
    [[nodiscard]] Row row(EndpointHandle h) const { return m_endpointRows.of(h.value); }
    [[nodiscard]] Row row(PortalHandle h) const { return m_portalRows.of(h.value); }
    [[nodiscard]] Row row(GroupHandle h) const { return m_groupRows.of(h.value); }
    [[nodiscard]] Row row(SessionHandle h) const { return m_sessionRows.of(h.value); }

    // All objects of a kind, in row order.
    [[nodiscard]] std::span<const ServerHandle> servers() const { return m_serverHandles; }
    [[nodiscard]] std::span<const NodeHandle> nodes() const { return m_nodeHandles; }
    [[nodiscard]] std::span<const EndpointRow> endpointRows() const { return without(m_endpoints); }
    [[nodiscard]] std::span<const PortalRow> portalRows() const { return without(m_portals); }
    [[nodiscard]] std::span<const GroupHandle> groups() const { return m_groupHandles; }
    [[nodiscard]] std::span<const SessionHandle> sessions() const { return m_sessionHandles; }

    // Whole objects, by row.
    [[nodiscard]] const Server &server(Row r) const { return m_servers[r]; }
    [[nodiscard]] Node node(Row r) const;
    [[nodiscard]] Endpoint endpoint(Row r) const;
    [[nodiscard]] Portal portal(Row r) const;
    [[nodiscard]] Group group(Row r) const;
    [[nodiscard]] LoginSession session(Row r) const;

    // Relations, by row. Runs are sorted by handle; binders by node, then endpoint.
    [[nodiscard]] std::span<const PortalHandle> portalsBoundBy(Row endpoint) const;
    [[nodiscard]] std::span<const Binder> bindersOf(Row portal) const;
    [[nodiscard]] std::span<const GroupHandle> commonGroupsOf(Row endpoint) const;
    [[nodiscard]] std::span<const GroupHandle> groupsOf(Row portal) const; ///< real ones first, each part sorted
    [[nodiscard]] std::span<const GroupHandle> realGroupsOf(Row portal) const;
    [[nodiscard]] std::span<const PortalHandle> portalsOf(Row group) const;
    [[nodiscard]] std::span<const EndpointHandle> endpointsOf(Row node) const;
    [[nodiscard]] std::span<const SessionHandle> sessionsOf(Row endpoint) const;
    [[nodiscard]] std::span<const NodeHandle> nodesOfServer(Row server) const;
    [[nodiscard]] std::span<const GroupHandle> groupsOfServer(Row server) const;
    [[nodiscard]] std::span<const PortalHandle> portalsOfServer(Row server) const;
    /// Endpoints of a server without a node: orphans and the server-wide switch.
    [[nodiscard]] std::span<const EndpointHandle> looseEndpointsOfServer(Row server) const;

    /// Whether portals are switched for all targets of the server at once (an endpoint of BindingScope::Server exists).
    [[nodiscard]] bool hasServerSwitch(Row server) const { return m_serverSwitches[server]; }

    [[nodiscard]] const EndpointRow &endpointRow(Row r) const { return m_endpoints[r]; }
    [[nodiscard]] const PortalRow &portalRow(Row r) const { return m_portals[r]; }
    [[nodiscard]] const PortalAddress &portalAddress(Row r) const { return m_portalAddresses[r]; }

    /// Who may use an endpoint; null: the server does not tell, and anybody may as far as is known.
    [[nodiscard]] const EndpointAccess *access(EndpointHandle h) const;
    /// How a binding is served: plain TCP unless access() says otherwise.
    [[nodiscard]] Transport transport(const Binding &binding) const;
    /// Portals that stand on every address of a family.
    [[nodiscard]] std::span<const PortalHandle> wildcards() const { return m_wildcards; }

    // Whether an object has the same attributes in another snapshot of the connection; cheaper than comparing objects.
    [[nodiscard]] bool sameNode(Row r, const Snapshot &other, Row otherRow) const;
    [[nodiscard]] bool sameEndpoint(Row r, const Snapshot &other, Row otherRow) const;
    [[nodiscard]] bool samePortal(Row r, const Snapshot &other, Row otherRow) const;
    [[nodiscard]] bool sameGroup(Row r, const Snapshot &other, Row otherRow) const;
    [[nodiscard]] bool sameSession(Row r, const Snapshot &other, Row otherRow) const;

    [[nodiscard]] size_t bindingCount() const { return m_boundPortals.size(); }
    /// Edges that named an object which the load did not bring, in words; they are left out of the relations.
    [[nodiscard]] const std::vector<QString> &danglingEdges() const { return m_dangling; }
    /// Bytes held, strings included, the id table not.
    [[nodiscard]] size_t byteSize() const;

private:
    friend class SnapshotBuilder;
    Snapshot() = default;

    /// A run per row: offsets has one entry more than there are rows.
    template <class T>
    struct Runs
    {
        std::vector<quint32> offsets;
        std::vector<T> items;
        std::span<const T> of(Row r) const { return {items.data() + offsets[r], items.data() + offsets[r + 1]}; }
    };
    /// Rows by handle. A first load hands handles out in row order: for those the row is known without a look-up.
    class RowsByHandle
    {
    public:
        RowsByHandle() = default;
        /// \a rows: by handle value; 0 is no handle.
        explicit RowsByHandle(const std::vector<Row> &rows);
        [[nodiscard]] Row of(quint32 handle) const
        {
            const quint32 place = handle - 1; // wraps around for 0, which is no handle
            if (place < m_inOrder)
                return place;
            return place - m_inOrder < m_rest.size() ? m_rest[place - m_inOrder] : none;
        }
        [[nodiscard]] size_t byteSize() const { return m_rest.capacity() * sizeof(Row); }

    private:
        quint32 m_inOrder = 0; // handles 1 to this stand for rows 0 and on
        std::vector<Row> m_rest; // of the handles above
    };
    template <class T>
    static std::span<const T> run(const std::vector<T> &table, quint32 begin, quint32 end, const T &first)
    {
        return end - begin == 1 ? std::span<const T>(&first, 1)
                                : std::span<const T>(table.data() + begin, table.data() + end);
    }
    template <class T>
    static std::span<const T> without(const std::vector<T> &rowsAndEnd)
    {
        return {rowsAndEnd.data(), rowsAndEnd.empty() ? 0 : rowsAndEnd.size() - 1};
    }
    [[nodiscard]] std::string_view utf8(quint32 string) const;
    [[nodiscard]] QString text(quint32 string) const;

    std::shared_ptr<IdTable> m_ids;
    bool m_complete = false;
    QDateTime m_takenAt;
    RowsByHandle m_serverRows, m_nodeRows, m_endpointRows, m_portalRows, m_groupRows, m_sessionRows;

    std::vector<ServerHandle> m_serverHandles;
    std::vector<Server> m_servers;
    std::vector<bool> m_serverSwitches;

    std::vector<NodeHandle> m_nodeHandles;
    std::vector<ServerHandle> m_nodeServers;
    std::vector<Role> m_nodeRoles;
    std::vector<quint32> m_nodeNames, m_nodeAliases;

    std::vector<EndpointRow> m_endpoints; // one more than there are endpoints: ends of the runs
    std::vector<quint64> m_endpointTags;

    std::vector<PortalRow> m_portals; // one more than there are portals
    std::vector<PortalAddress> m_portalAddresses;
    std::vector<quint32> m_portalNics;
    struct Others
    {
        QString takenBy, movedBy;
        friend bool operator==(const Others &, const Others &) = default;
    };
    std::unordered_map<PortalHandle, Others> m_portalOthers; // of the few where others have a hand in it
    [[nodiscard]] Others othersOf(Row portal) const;
    std::vector<PortalHandle> m_wildcards;
    std::unordered_map<EndpointHandle, EndpointAccess> m_access; // where the server tells it

    std::vector<GroupHandle> m_groupHandles;
    std::vector<ServerHandle> m_groupServers;
    std::vector<quint32> m_groupNames;
    std::vector<bool> m_groupDerived;

    std::vector<SessionHandle> m_sessionHandles;
    std::vector<EndpointHandle> m_sessionEndpoints;
    std::vector<PortalHandle> m_sessionPortals;
    std::vector<quint32> m_sessionInitiators, m_sessionSources;

    std::vector<PortalHandle> m_boundPortals; // runs of m_endpoints
    std::vector<GroupHandle> m_commonGroups; // runs of m_endpoints
    std::vector<Binder> m_binders; // runs of m_portals
    std::vector<GroupHandle> m_portalGroups; // runs of m_portals
    Runs<PortalHandle> m_groupMembers;
    Runs<EndpointHandle> m_nodeEndpoints;
    Runs<SessionHandle> m_endpointSessions;
    Runs<NodeHandle> m_serverNodes;
    Runs<GroupHandle> m_serverGroups;
    Runs<PortalHandle> m_serverPortals;
    Runs<EndpointHandle> m_serverLoose;

    std::vector<quint32> m_stringEnds; // string 0 is empty
    std::vector<char> m_stringBytes; // UTF-8
    std::vector<QString> m_dangling;
};

} // namespace portalbind
