// SPDX-License-Identifier: Apache-2.0
#include "randominventory.h"
#include "randomrun.h"
#include "site.h"

#include "model/diff.h"

#include <QTest>

using namespace portalbind;

namespace {

/// All that a view shows of an inventory, as sets: what is to be deleted or unbound stays shown, struck through.
struct Shown
{
    std::map<ServerHandle, Server> servers;
    std::map<SessionHandle, LoginSession> sessions;
    template <class V>
    struct Marked
    {
        V value;
        int mark; // 0 as in the base, 1 staged, 2 to be deleted
        friend bool operator==(const Marked &, const Marked &) = default;
    };
    std::map<NodeHandle, Marked<Node>> nodes;
    std::map<EndpointHandle, Marked<Endpoint>> endpoints;
    std::map<PortalHandle, Marked<Portal>> portals;
    std::map<GroupHandle, Marked<Group>> groups;
    std::map<Binding, Inventory::Pending> bindings;
    std::map<Membership, Inventory::Pending> memberships;

    explicit Shown(const Inventory &inventory)
    {
        const Snapshot &base = *inventory.base();
        const Inventory bare(inventory.base());
        for (const ServerHandle h : inventory.servers())
            servers.emplace(h, inventory.server(h));
        for (const SessionHandle h : base.sessions())
            sessions.emplace(h, base.session(base.row(h)));
        add(nodes, inventory, inventory.nodes(), bare.nodes(),
            [](const Inventory &i, NodeHandle h) { return i.node(h); });
        add(endpoints, inventory, inventory.endpoints(), bare.endpoints(),
            [](const Inventory &i, EndpointHandle h) { return i.endpoint(h); });
        add(portals, inventory, inventory.portals(), bare.portals(),
            [](const Inventory &i, PortalHandle h) { return i.portal(h); });
        add(groups, inventory, inventory.groups(), bare.groups(),
            [](const Inventory &i, GroupHandle h) { return i.group(h); });
        for (const Inventory &part : {inventory, bare}) {
            for (const EndpointHandle endpoint : part.endpoints()) {
                for (const PortalHandle portal : part.portalsBoundBy(endpoint))
                    bindings.emplace(Binding{endpoint, portal}, inventory.pending(Binding{endpoint, portal}));
            }
            for (const GroupHandle group : part.groups()) {
                for (const PortalHandle portal : part.portalsOf(group))
                    memberships.emplace(Membership{group, portal}, inventory.pending(Membership{group, portal}));
            }
        }
    }

private:
    template <class Map, class List, class Read>
    static void add(Map &to, const Inventory &inventory, const List &now, const List &bare, Read read)
    {
        const Inventory base(inventory.base());
        for (const auto h : now)
            to.insert({h, {read(inventory, h), inventory.isStaged(h) ? 1 : 0}});
        for (const auto h : bare) {
            if (!inventory.has(h))
                to.insert({h, {read(base, h), 2}});
        }
    }
};

template <class T>
bool isSortedSet(const std::vector<T> &items)
{
    return std::is_sorted(items.begin(), items.end()) && std::adjacent_find(items.begin(), items.end()) == items.end();
}

/// Whether \a objects leads from \a before to \a after and names nothing that did not change.
template <class H, class Map>
bool leads(const InventoryDiff::Objects<H> &objects, const Map &before, const Map &after)
{
    if (!isSortedSet(objects.added) || !isSortedSet(objects.removed) || !isSortedSet(objects.changed))
        return false;
    std::vector<H> added, removed, changed;
    for (const auto &[h, value] : after) {
        const auto was = before.find(h);
        if (was == before.end())
            added.push_back(h);
        else if (!(was->second == value))
            changed.push_back(h);
    }
    for (const auto &[h, value] : before) {
        if (!after.contains(h))
            removed.push_back(h);
    }
    return objects.added == added && objects.removed == removed && objects.changed == changed;
}

template <class Edge, class Map>
bool leads(const std::vector<Edge> &added, const std::vector<Edge> &removed, const std::vector<Edge> &marks, Map before,
           const Map &after)
{
    if (!isSortedSet(added) || !isSortedSet(removed) || !isSortedSet(marks))
        return false;
    for (const Edge &edge : removed) {
        if (before.erase(edge) == 0)
            return false;
    }
    for (const Edge &edge : added) {
        if (!after.contains(edge) || !before.emplace(edge, after.at(edge)).second)
            return false;
    }
    for (const Edge &edge : marks) {
        if (!before.contains(edge) || !after.contains(edge) || before.at(edge) == after.at(edge))
            return false;
        before[edge] = after.at(edge);
    }
    return before == after;
}

/// What is wrong with the difference of two inventories; null when nothing is.
const char *wrong(const Inventory &before, const Inventory &after)
{
    const InventoryDiff d = diff(before, after);
    const Shown was(before), is(after);
    if (!leads(d.servers, was.servers, is.servers))
        return "servers";
    if (!leads(d.sessions, was.sessions, is.sessions))
        return "sessions";
    if (!leads(d.nodes, was.nodes, is.nodes))
        return "nodes";
    if (!leads(d.endpoints, was.endpoints, is.endpoints))
        return "endpoints";
    if (!leads(d.portals, was.portals, is.portals))
        return "portals";
    if (!leads(d.groups, was.groups, is.groups))
        return "groups";
    if (!leads(d.bound, d.unbound, d.bindingMarks, was.bindings, is.bindings))
        return "bindings";
    if (!leads(d.joined, d.left, d.membershipMarks, was.memberships, is.memberships))
        return "memberships";
    return nullptr;
}

Inventory pending(RandomInventory &random, Inventory inventory)
{
    for (size_t n = random.below(8); n > 0; --n)
        inventory = inventory.with(random.operation(inventory));
    return inventory;
}

} // namespace

class TestDiff : public QObject
{
    Q_OBJECT
private slots:
    void equal();
    void fromNothing();
    void pendingBindings();
    void randomPairs();
};

void TestDiff::equal()
{
    RandomInventory random(1);
    for (int i = 0; i < 50; ++i) {
        const Inventory inventory = pending(random, Inventory(random.snapshot()));
        QVERIFY(diff(inventory, inventory).isEmpty());
        // The same content read anew.
        const Inventory bare(inventory.base());
        QVERIFY(diff(bare, Inventory(RandomInventory::done(bare))).isEmpty());
    }
    QVERIFY(diff(Inventory(), Inventory()).isEmpty());
}

void TestDiff::fromNothing()
{
    Site s(QStringLiteral("group g: p q; endpoint E T: p; session E p"));
    const InventoryDiff first = diff(Inventory(), s.inventory());
    QCOMPARE(first.servers.added.size(), size_t(1));
    QCOMPARE(first.nodes.added.size(), size_t(1));
    QCOMPARE(first.portals.added.size(), size_t(2));
    QCOMPARE(first.sessions.added.size(), size_t(1));
    QCOMPARE(first.bound.size(), size_t(1));
    QCOMPARE(first.joined.size(), size_t(2));
    const InventoryDiff last = diff(s.inventory(), Inventory());
    QCOMPARE(last.portals.removed.size(), size_t(2));
    QCOMPARE(last.unbound.size(), size_t(1));
    QVERIFY(!last.isEmpty());
}

void TestDiff::pendingBindings()
{
    Site s(QStringLiteral("portal q; endpoint E T: p"));
    const Inventory &bare = s.inventory();
    const Inventory willUnbind = bare.with(s.operation(QStringLiteral("unbind p E")));
    const Inventory willBind = bare.with(s.operation(QStringLiteral("bind q E")));
    // To be unbound: stays shown, marked.
    InventoryDiff d = diff(bare, willUnbind);
    QVERIFY(d.unbound.empty() && d.bound.empty());
    QCOMPARE(d.bindingMarks.size(), size_t(1));
    // To be bound: a new row; when done, its mark goes.
    d = diff(bare, willBind);
    QCOMPARE(d.bound.size(), size_t(1));
    QVERIFY(d.bindingMarks.empty());
    d = diff(willBind, Inventory(RandomInventory::done(willBind)));
    QVERIFY(d.bound.empty() && d.unbound.empty());
    QCOMPARE(d.bindingMarks.size(), size_t(1));
    d = diff(willUnbind, Inventory(RandomInventory::done(willUnbind)));
    QCOMPARE(d.unbound.size(), size_t(1));
    QVERIFY(d.bindingMarks.empty());
}

void TestDiff::randomPairs()
{
    const quint64 seed = randomSeed();
    RandomInventory random(seed, RandomShape{2, 3, 3, 10, 3, 6});
    int differing = 0;
    for (int round = 0; round < 1500 * runLength(); ++round) {
        const SnapshotPtr a = random.snapshot();
        const SnapshotPtr b = random.chance(30) ? a : random.mutated(*a, 1 + int(random.below(10)));
        const Inventory before = pending(random, Inventory(a));
        const Inventory after = random.chance(20) ? Inventory(RandomInventory::done(before))
                                                  : pending(random, Inventory(b));
        const char *there = wrong(before, after);
        const char *back = wrong(after, before);
        QVERIFY2(!there && !back,
                 qPrintable(QStringLiteral("PORTALBIND_SEED=%1 round %2: %3")
                                    .arg(seed)
                                    .arg(round)
                                    .arg(QLatin1String(there ? there : back))));
        differing += !diff(before, after).isEmpty();
    }
    QVERIFY(differing > 1000 * runLength());
}

QTEST_GUILESS_MAIN(TestDiff)
#include "tst_diff.moc"
