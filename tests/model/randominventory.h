// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"
#include "model/operation.h"
#include "model/snapshot.h"

#include <map>
#include <random>
#include <set>

namespace portalbind {

/// How much of each kind a random snapshot holds at most; at least one server is made.
struct RandomShape
{
    int servers = 2;
    int nodesPerServer = 4;
    int endpointsPerNode = 3;
    int portalsPerServer = 16;
    int groupsPerServer = 4;
    int sessions = 8;
};

/// Makes random snapshots, random next operations and random refreshed snapshots. The same seed and calls make the same
/// objects, so that a failure is repeated by its seed. States are not kept within the rules of a target: a server shows
/// what it shows.
class RandomInventory
{
public:
    explicit RandomInventory(quint64 seed, RandomShape shape = {});

    /// A snapshot with a table of ids of its own; with \a complete false as while a load goes on.
    [[nodiscard]] SnapshotPtr snapshot(bool complete = true);
    /// What the same connection may show next: up to \a changes objects or relations came, went or changed.
    [[nodiscard]] SnapshotPtr mutated(const Snapshot &before, int changes = 8);
    /// What a person may want next: mostly sensible, at times senseless (bound already, of another server).
    [[nodiscard]] Operation operation(const Inventory &inventory);
    /// What the server shows once everything pending in \a inventory is done. Provisional handles get ids.
    [[nodiscard]] static SnapshotPtr done(const Inventory &inventory);

    /// A number from 0 to \a bound - 1; 0 when \a bound is 0.
    [[nodiscard]] size_t below(size_t bound) { return bound ? m_engine() % bound : 0; }
    [[nodiscard]] bool chance(int percent) { return int(below(100)) < percent; }

private:
    /// A snapshot in a form that can be changed.
    struct Content
    {
        std::map<ServerHandle, Server> servers;
        std::map<NodeHandle, Node> nodes;
        std::map<EndpointHandle, Endpoint> endpoints;
        std::map<PortalHandle, Portal> portals;
        std::map<GroupHandle, Group> groups;
        std::map<SessionHandle, LoginSession> sessions;
        std::set<Binding> bindings;
        std::set<Membership> memberships;

        static Content of(const Snapshot &snapshot);
        [[nodiscard]] SnapshotPtr build(const std::shared_ptr<IdTable> &ids, bool complete = true) const;
        void drop(ServerHandle h);
        void drop(NodeHandle h);
        void drop(EndpointHandle h);
        void drop(PortalHandle h);
        void drop(GroupHandle h);
    };

    template <class Map>
    auto keyOf(const Map &map) -> typename Map::key_type;
    template <class List>
    auto anyOf(const List &list) -> typename List::value_type;
    template <class H>
    H newHandle(IdTable &ids);
    template <class Map>
    void place(Map &map, IdTable &ids, const typename Map::mapped_type &value);

    Server server();
    Node node(ServerHandle of);
    Endpoint endpoint(ServerHandle server, NodeHandle node, Role role);
    Portal portal(ServerHandle of, PortalKind kind);
    Group group(ServerHandle of);
    IpAddress address();
    void addServer(Content &content, IdTable &ids);
    void addRelations(Content &content, ServerHandle server);
    void addSession(Content &content, IdTable &ids);
    void mutate(Content &content, IdTable &ids);
    void mutateAttribute(Content &content);
    void mutateRelation(Content &content);
    Operation createSomething(const Inventory &inventory, ServerHandle server);
    Operation deleteSomething(const Inventory &inventory);
    Operation relate(const Inventory &inventory);

    std::mt19937_64 m_engine;
    RandomShape m_shape;
    quint64 m_nextId = 1;
};

template <class Map>
auto RandomInventory::keyOf(const Map &map) -> typename Map::key_type
{
    if (map.empty())
        return {};
    return std::next(map.begin(), std::ptrdiff_t(below(map.size())))->first;
}

template <class List>
auto RandomInventory::anyOf(const List &list) -> typename List::value_type
{
    return list.empty() ? typename List::value_type{} : *std::next(list.begin(), std::ptrdiff_t(below(list.size())));
}

} // namespace portalbind
