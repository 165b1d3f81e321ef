// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/snapshot.h"

#include <unordered_map>

namespace portalbind {

/// Collects what a server shows, in any order, and makes snapshots of it. Used by one thread at a time.
/// Adding an id twice keeps the last attributes (servers do repeat themselves); edges may be added twice as well.
class SnapshotBuilder
{
public:
    explicit SnapshotBuilder(std::shared_ptr<IdTable> ids);

    [[nodiscard]] const std::shared_ptr<IdTable> &ids() const { return m_ids; }
    ServerHandle addServer(QByteArrayView id, Server server);
    NodeHandle addNode(QByteArrayView id, const Node &node);
    EndpointHandle addEndpoint(QByteArrayView id, Endpoint endpoint);
    PortalHandle addPortal(QByteArrayView id, Portal portal);
    GroupHandle addGroup(QByteArrayView id, const Group &group);
    SessionHandle addSession(QByteArrayView id, const LoginSession &session);
    /// What decides who may use an endpoint; it must be added as well.
    void setAccess(EndpointHandle endpoint, EndpointAccess access);
    void bind(EndpointHandle endpoint, PortalHandle portal);
    void join(GroupHandle group, PortalHandle portal);
    void reserve(size_t portals, size_t endpoints, size_t bindings);

    /// Whether an object was added under this handle.
    template <class H>
    [[nodiscard]] bool has(H handle) const
    {
        const auto &rows = m_rows[size_t(H::kind)];
        return handle.value < rows.size() && rows[handle.value] != Snapshot::none;
    }

    /// A snapshot of what was added so far; the builder can go on. Edges whose ends are missing are left out of it and
    /// told in Snapshot::danglingEdges(). O(n log n).
    [[nodiscard]] SnapshotPtr build(bool complete = true, const QDateTime &takenAt = QDateTime::currentDateTimeUtc());

private:
    struct NodeItem
    {
        NodeHandle handle;
        ServerHandle server;
        Role role;
        quint32 name, alias; // strings
    };
    struct EndpointItem
    {
        EndpointHandle handle;
        Endpoint value;
    };
    struct PortalItem
    {
        PortalHandle handle;
        ServerHandle server;
        PortalKind kind;
        bool addressPresent;
        bool isOffered;
        quint32 nic, takenBy, movedBy; // strings
        PortalAddress address;
    };
    struct GroupItem
    {
        GroupHandle handle;
        ServerHandle server;
        quint32 name; // string
        bool derived;
    };
    struct SessionItem
    {
        SessionHandle handle;
        EndpointHandle endpoint;
        PortalHandle portal;
        quint32 initiator, from; // strings
    };
    struct ServerItem
    {
        ServerHandle handle;
        Server value;
    };

    /// The place of \a handle in \a items: its own if it was added before, else a new one at the end.
    template <class Item, class H>
    Item &place(std::vector<Item> &items, H handle);
    quint32 string(const QString &text);
    void addObjects(Snapshot &to) const;
    void addBindings(Snapshot &to) const;
    void addMemberships(Snapshot &to) const;
    void addCommonGroups(Snapshot &to) const;
    void addOwnership(Snapshot &to) const;

    std::shared_ptr<IdTable> m_ids;
    std::vector<Snapshot::Row> m_rows[kindCount]; // by handle value
    std::vector<ServerItem> m_servers;
    std::vector<NodeItem> m_nodes;
    std::vector<EndpointItem> m_endpoints;
    std::vector<PortalItem> m_portals;
    std::vector<GroupItem> m_groups;
    std::vector<SessionItem> m_sessions;
    std::unordered_map<EndpointHandle, EndpointAccess> m_access;
    std::vector<Binding> m_bindings;
    std::vector<Membership> m_memberships;

    std::vector<quint32> m_stringEnds{0}; // string 0 is empty
    std::vector<char> m_stringBytes; // UTF-8
    std::unordered_map<QString, quint32> m_strings;
};

} // namespace portalbind
