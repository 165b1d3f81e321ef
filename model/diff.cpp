// SPDX-License-Identifier: Apache-2.0
#include "model/diff.h"

#include <algorithm>

namespace portalbind {
namespace {

constexpr Snapshot::Row none = Snapshot::none;

template <class T>
void sortUnique(std::vector<T> &items)
{
    if (!std::is_sorted(items.begin(), items.end()))
        std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
}

template <class T>
void append(std::vector<T> &to, const std::vector<T> &more)
{
    to.insert(to.end(), more.begin(), more.end());
}

// One name for the accessors of all kinds.
Node value(const Inventory &i, NodeHandle h)
{
    return i.node(h);
}
Endpoint value(const Inventory &i, EndpointHandle h)
{
    return i.endpoint(h);
}
Portal value(const Inventory &i, PortalHandle h)
{
    return i.portal(h);
}
Group value(const Inventory &i, GroupHandle h)
{
    return i.group(h);
}

enum class Mark : quint8 { Absent, Present, Created, Deleted };

template <class H>
Mark mark(const Inventory &inventory, H h)
{
    const bool inBase = inventory.base() && inventory.base()->row(h) != none;
    if (inventory.has(h))
        return inBase ? Mark::Present : Mark::Created;
    return inBase ? Mark::Deleted : Mark::Absent;
}

/// Sorts \a candidates into what was added, removed or changed.
template <class H>
InventoryDiff::Objects<H> classify(const Inventory &before, const Inventory &after, std::vector<H> candidates)
{
    sortUnique(candidates);
    InventoryDiff::Objects<H> result;
    for (const H h : candidates) {
        const Mark was = mark(before, h);
        const Mark is = mark(after, h);
        if (was == Mark::Absent && is == Mark::Absent)
            continue;
        if (was == Mark::Absent)
            result.added.push_back(h);
        else if (is == Mark::Absent)
            result.removed.push_back(h);
        else if (was != is || value(before, h) != value(after, h))
            result.changed.push_back(h);
    }
    return result;
}

/// Handles that only one of two snapshots has, or whose attributes differ.
template <class H, class Rows, class HandleOf, class Same>
void appendDiffering(std::vector<H> &to, const SnapshotPtr &a, const SnapshotPtr &b, Rows rows, HandleOf handleOf,
                     Same same)
{
    if (a) {
        Snapshot::Row row = 0;
        for (const auto &item : rows(*a)) {
            const H h = handleOf(item);
            const auto other = b ? b->row(h) : none;
            if (other == none || !same(row, other))
                to.push_back(h);
            ++row;
        }
    }
    if (b) {
        for (const auto &item : rows(*b)) {
            const H h = handleOf(item);
            if (!a || a->row(h) == none)
                to.push_back(h);
        }
    }
}

/// Appends what stands in only one of two sorted runs.
template <class T, class Make, class Out>
void appendSymmetricDifference(std::span<const T> a, std::span<const T> b, Make make, Out &out)
{
    if (a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin()))
        return;
    std::vector<T> differing;
    std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(differing));
    for (const T &item : differing)
        out.push_back(make(item));
}

std::vector<Binding> differingBindings(const SnapshotPtr &a, const SnapshotPtr &b)
{
    std::vector<Binding> out;
    const auto compare = [&](EndpointHandle endpoint) {
        const auto rowA = a ? a->row(endpoint) : none;
        const auto rowB = b ? b->row(endpoint) : none;
        appendSymmetricDifference(
                rowA == none ? std::span<const PortalHandle>() : a->portalsBoundBy(rowA),
                rowB == none ? std::span<const PortalHandle>() : b->portalsBoundBy(rowB),
                [endpoint](PortalHandle portal) {
                    return Binding{endpoint, portal};
                },
                out);
    };
    if (a) {
        for (const auto &row : a->endpointRows())
            compare(row.handle);
    }
    if (b) {
        for (const auto &row : b->endpointRows()) {
            if (!a || a->row(row.handle) == none)
                compare(row.handle);
        }
    }
    return out;
}

std::vector<Membership> differingMemberships(const SnapshotPtr &a, const SnapshotPtr &b)
{
    std::vector<Membership> out;
    const auto compare = [&](GroupHandle group) {
        const auto rowA = a ? a->row(group) : none;
        const auto rowB = b ? b->row(group) : none;
        appendSymmetricDifference(
                rowA == none ? std::span<const PortalHandle>() : a->portalsOf(rowA),
                rowB == none ? std::span<const PortalHandle>() : b->portalsOf(rowB),
                [group](PortalHandle portal) {
                    return Membership{group, portal};
                },
                out);
    };
    if (a) {
        for (const GroupHandle group : a->groups())
            compare(group);
    }
    if (b) {
        for (const GroupHandle group : b->groups()) {
            if (!a || a->row(group) == none)
                compare(group);
        }
    }
    return out;
}

bool isShown(const Inventory &inventory, const Binding &b)
{
    return inventory.binds(b.endpoint, b.portal) || inventory.pending(b) == Inventory::Pending::Removed;
}

bool isShown(const Inventory &inventory, const Membership &m)
{
    return inventory.isMember(m.group, m.portal) || inventory.pending(m) == Inventory::Pending::Removed;
}

template <class Edge>
void classifyEdges(const Inventory &before, const Inventory &after, std::vector<Edge> candidates,
                   std::vector<Edge> &added, std::vector<Edge> &removed, std::vector<Edge> &marked)
{
    sortUnique(candidates);
    for (const Edge &edge : candidates) {
        const bool was = isShown(before, edge);
        const bool is = isShown(after, edge);
        if (!was && is)
            added.push_back(edge);
        else if (was && !is)
            removed.push_back(edge);
        else if (was && before.pending(edge) != after.pending(edge))
            marked.push_back(edge);
    }
}

/// Everything that may differ, found cheaply; classify() has the last word.
struct Candidates
{
    std::vector<NodeHandle> nodes;
    std::vector<EndpointHandle> endpoints;
    std::vector<PortalHandle> portals;
    std::vector<GroupHandle> groups;
    std::vector<Binding> bindings;
    std::vector<Membership> memberships;

    void add(const Inventory::Net &net)
    {
        append(nodes, net.createdNodes);
        append(nodes, net.deletedNodes);
        append(endpoints, net.createdEndpoints);
        append(endpoints, net.deletedEndpoints);
        append(endpoints, net.enabledChanged);
        append(portals, net.createdPortals);
        append(portals, net.deletedPortals);
        append(groups, net.createdGroups);
        append(groups, net.deletedGroups);
        append(groups, net.renamedGroups);
        append(bindings, net.bound);
        append(bindings, net.unbound);
        append(memberships, net.joined);
        append(memberships, net.left);
    }
    void addBases(const SnapshotPtr &a, const SnapshotPtr &b)
    {
        const auto self = [](auto handle) { return handle; };
        const auto rowHandle = [](const auto &row) { return row.handle; };
        appendDiffering(
                nodes, a, b, [](const Snapshot &s) { return s.nodes(); }, self,
                [&](auto r, auto o) { return a->sameNode(r, *b, o); });
        appendDiffering(
                endpoints, a, b, [](const Snapshot &s) { return s.endpointRows(); }, rowHandle,
                [&](auto r, auto o) { return a->sameEndpoint(r, *b, o); });
        appendDiffering(
                portals, a, b, [](const Snapshot &s) { return s.portalRows(); }, rowHandle,
                [&](auto r, auto o) { return a->samePortal(r, *b, o); });
        appendDiffering(
                groups, a, b, [](const Snapshot &s) { return s.groups(); }, self,
                [&](auto r, auto o) { return a->sameGroup(r, *b, o); });
        append(bindings, differingBindings(a, b));
        append(memberships, differingMemberships(a, b));
    }
};

/// Servers and sessions are never staged: their bases tell all.
void diffBaseOnly(const SnapshotPtr &a, const SnapshotPtr &b, InventoryDiff &diff)
{
    const auto self = [](auto handle) { return handle; };
    const auto sort = [&](auto &objects, auto &candidates) {
        sortUnique(candidates);
        for (const auto h : candidates) {
            const bool was = a && a->row(h) != none;
            const bool is = b && b->row(h) != none;
            (was && is ? objects.changed : is ? objects.added : objects.removed).push_back(h);
        }
    };
    std::vector<ServerHandle> servers;
    appendDiffering(
            servers, a, b, [](const Snapshot &s) { return s.servers(); }, self,
            [&](auto r, auto o) { return a->server(r) == b->server(o); });
    sort(diff.servers, servers);
    std::vector<SessionHandle> sessions;
    appendDiffering(
            sessions, a, b, [](const Snapshot &s) { return s.sessions(); }, self,
            [&](auto r, auto o) { return a->sameSession(r, *b, o); });
    sort(diff.sessions, sessions);
}

} // namespace

bool InventoryDiff::isEmpty() const
{
    return servers.isEmpty() && nodes.isEmpty() && endpoints.isEmpty() && portals.isEmpty() && groups.isEmpty()
            && sessions.isEmpty() && bound.empty() && unbound.empty() && joined.empty() && left.empty()
            && bindingMarks.empty() && membershipMarks.empty();
}

InventoryDiff diff(const Inventory &before, const Inventory &after)
{
    InventoryDiff result;
    Candidates candidates;
    if (before.base() != after.base()) {
        candidates.addBases(before.base(), after.base());
        diffBaseOnly(before.base(), after.base(), result);
    }
    candidates.add(before.net());
    candidates.add(after.net());
    result.nodes = classify(before, after, std::move(candidates.nodes));
    result.endpoints = classify(before, after, std::move(candidates.endpoints));
    result.portals = classify(before, after, std::move(candidates.portals));
    result.groups = classify(before, after, std::move(candidates.groups));
    classifyEdges(before, after, std::move(candidates.bindings), result.bound, result.unbound, result.bindingMarks);
    classifyEdges(before, after, std::move(candidates.memberships), result.joined, result.left, result.membershipMarks);
    return result;
}

} // namespace portalbind
