// SPDX-License-Identifier: Apache-2.0
#include "randomrun.h"
#include "smallsite.h"

#include <QTest>

#include <random>
#include <set>

using namespace portalbind;

class TestSnapshotBuilder : public QObject
{
    Q_OBJECT
private slots:
    void attributesOfARepeatedObject();
    void repeatedEdges();
    void edgesBeforeObjects();
    void danglingEdges();
    void growingBuilds();
    void snapshotsDoNotChange();
    void randomSites();
};

void TestSnapshotBuilder::attributesOfARepeatedObject()
{
    // NetApp shows one CIM_TCPProtocolEndpoint several times: one object, with what it said last.
    SmallSite s;
    s.builder.bind(s.one, s.a);
    const PortalHandle again = s.builder.addPortal("a", s.portal("10.0.0.77:3261"));
    QVERIFY(again == s.a);
    const SnapshotPtr snapshot = s.builder.build();
    QCOMPARE(snapshot->portalRows().size(), size_t(3));
    QCOMPARE(snapshot->portalAddress(snapshot->row(s.a)).toString(), QStringLiteral("10.0.0.77:3261"));
    QCOMPARE(values(snapshot->portalsBoundBy(snapshot->row(s.one))), list(s.a));
    QCOMPARE(values(snapshot->portalsOfServer(snapshot->row(s.san))), list(s.a, s.b, s.c));
}

void TestSnapshotBuilder::repeatedEdges()
{
    SmallSite s;
    for (int i = 0; i < 3; ++i) {
        s.builder.bind(s.one, s.a);
        s.builder.join(s.red, s.a);
    }
    const SnapshotPtr snapshot = s.builder.build();
    QCOMPARE(snapshot->bindingCount(), size_t(1));
    QCOMPARE(snapshot->bindersOf(snapshot->row(s.a)).size(), size_t(1));
    QCOMPARE(values(snapshot->portalsOf(snapshot->row(s.red))), list(s.a));
    QCOMPARE(values(snapshot->groupsOf(snapshot->row(s.a))), list(s.red));
}

void TestSnapshotBuilder::edgesBeforeObjects()
{
    const auto ids = std::make_shared<IdTable>();
    SnapshotBuilder builder(ids);
    const auto endpoint = ids->intern<EndpointHandle>("e");
    const auto portal = ids->intern<PortalHandle>("p");
    builder.bind(endpoint, portal);
    QVERIFY(!builder.has(endpoint));
    builder.addPortal("p", {});
    builder.addEndpoint("e", {});
    QVERIFY(builder.has(endpoint) && builder.has(portal));
    const SnapshotPtr snapshot = builder.build();
    QCOMPARE(snapshot->bindingCount(), size_t(1));
    QVERIFY(snapshot->danglingEdges().empty());
}

void TestSnapshotBuilder::danglingEdges()
{
    SmallSite s;
    const auto ghost = s.ids->intern<PortalHandle>("ghost portal");
    const auto ghostEndpoint = s.ids->intern<EndpointHandle>("ghost endpoint");
    const auto ghostGroup = s.ids->intern<GroupHandle>("ghost group");
    s.builder.bind(s.one, ghost);
    s.builder.bind(ghostEndpoint, s.a);
    s.builder.join(s.red, ghost);
    s.builder.join(ghostGroup, s.a);
    s.builder.bind(s.one, s.b);
    const SnapshotPtr snapshot = s.builder.build();
    QCOMPARE(snapshot->danglingEdges().size(), size_t(4));
    const QString all = QStringList(snapshot->danglingEdges().begin(), snapshot->danglingEdges().end())
                                .join(QLatin1Char('\n'));
    for (const char *name : {"ghost portal", "ghost endpoint", "ghost group", "one", "red"})
        QVERIFY2(all.contains(QLatin1String(name)), qPrintable(all));
    QCOMPARE(values(snapshot->portalsBoundBy(snapshot->row(s.one))), list(s.b));
    QVERIFY(snapshot->bindersOf(snapshot->row(s.a)).empty());
    QVERIFY(snapshot->groupsOf(snapshot->row(s.a)).empty());
    QVERIFY(snapshot->portalsOf(snapshot->row(s.red)).empty());
    QVERIFY(snapshot->row(ghost) == Snapshot::none);
    QCOMPARE(snapshot->bindingCount(), size_t(1));
}

void TestSnapshotBuilder::growingBuilds()
{
    // A load publishes what it has, again and again; what dangled once is whole when its end has come.
    SmallSite s;
    const auto late = s.ids->intern<PortalHandle>("late");
    s.builder.bind(s.one, late);
    s.builder.bind(s.one, s.a);
    const SnapshotPtr first = s.builder.build(false);
    QVERIFY(!first->isComplete());
    QCOMPARE(first->bindingCount(), size_t(1));
    QCOMPARE(first->danglingEdges().size(), size_t(1));

    QVERIFY(s.builder.addPortal("late", s.portal("10.0.0.50:3260")) == late);
    s.builder.join(s.blue, late);
    const SnapshotPtr second = s.builder.build(true);
    QVERIFY(second->isComplete());
    QCOMPARE(values(second->portalsBoundBy(second->row(s.one))), list(s.a, late));
    QCOMPARE(values(second->groupsOf(second->row(late))), list(s.blue));
    QVERIFY(second->danglingEdges().empty());

    QCOMPARE(values(first->portalsBoundBy(first->row(s.one))), list(s.a));
    QVERIFY(first->row(late) == Snapshot::none);
    QCOMPARE(first->danglingEdges().size(), size_t(1));
}

void TestSnapshotBuilder::snapshotsDoNotChange()
{
    SmallSite s;
    const SnapshotPtr before = s.builder.build();
    s.builder.addNode("mail", Node{s.san, Role::Initiator, QStringLiteral("other"), {}});
    s.builder.bind(s.one, s.a);
    s.builder.addServer("san", Server{QStringLiteral("renamed"), {}, Dialect::Lio, {}});
    QCOMPARE(before->node(before->row(s.mail)).name, QStringLiteral("iqn.2026-11.com.example:mail"));
    QCOMPARE(before->server(before->row(s.san)).name, QStringLiteral("san-a"));
    QCOMPARE(before->bindingCount(), size_t(0));
}

void TestSnapshotBuilder::randomSites()
{
    const quint64 seed = randomSeed();
    std::mt19937_64 random(seed);
    const auto below = [&](size_t n) { return size_t(random() % n); };
    const int rounds = 300 * runLength();
    for (int round = 0; round < rounds; ++round) {
        const auto ids = std::make_shared<IdTable>();
        SnapshotBuilder builder(ids);
        std::vector<PortalHandle> portals(1 + below(12));
        std::vector<EndpointHandle> endpoints(1 + below(8));
        std::vector<GroupHandle> groups(1 + below(5));
        std::set<GroupHandle> derived;
        std::set<std::pair<EndpointHandle, PortalHandle>> bound;
        std::set<std::pair<GroupHandle, PortalHandle>> members;
        for (size_t i = 0; i < portals.size(); ++i)
            portals[i] = builder.addPortal("p" + QByteArray::number(int(i)), {});
        for (size_t i = 0; i < endpoints.size(); ++i)
            endpoints[i] = builder.addEndpoint("e" + QByteArray::number(int(i)), {});
        for (size_t i = 0; i < groups.size(); ++i) {
            groups[i] = builder.addGroup("g" + QByteArray::number(int(i)), Group{{}, {}, below(4) == 0});
        }
        for (size_t n = below(30); n > 0; --n) {
            bound.emplace(endpoints[below(endpoints.size())], portals[below(portals.size())]);
            members.emplace(groups[below(groups.size())], portals[below(portals.size())]);
        }
        for (const auto &[endpoint, portal] : bound)
            builder.bind(endpoint, portal);
        for (const auto &[group, portal] : members)
            builder.join(group, portal);
        const SnapshotPtr snapshot = builder.build();
        for (const GroupHandle group : groups) {
            if (snapshot->group(snapshot->row(group)).derived)
                derived.insert(group);
        }

        for (const EndpointHandle endpoint : endpoints) {
            std::set<PortalHandle> expected;
            std::set<GroupHandle> common(groups.begin(), groups.end());
            for (const GroupHandle group : derived)
                common.erase(group);
            for (const auto &[e, portal] : bound) {
                if (e != endpoint)
                    continue;
                expected.insert(portal);
                for (const GroupHandle group : groups) {
                    if (!members.contains({group, portal}))
                        common.erase(group);
                }
            }
            if (expected.empty())
                common.clear();
            const auto run = snapshot->portalsBoundBy(snapshot->row(endpoint));
            QVERIFY2(std::equal(run.begin(), run.end(), expected.begin(), expected.end()),
                     qPrintable(QString::number(seed)));
            const auto shared = snapshot->commonGroupsOf(snapshot->row(endpoint));
            QVERIFY2(std::equal(shared.begin(), shared.end(), common.begin(), common.end()),
                     qPrintable(QString::number(seed)));
        }
        for (const PortalHandle portal : portals) {
            std::set<GroupHandle> real;
            size_t all = 0;
            for (const auto &[group, p] : members) {
                all += p == portal;
                if (p == portal && !derived.contains(group))
                    real.insert(group);
            }
            const auto run = snapshot->realGroupsOf(snapshot->row(portal));
            QVERIFY(std::equal(run.begin(), run.end(), real.begin(), real.end()));
            QCOMPARE(snapshot->groupsOf(snapshot->row(portal)).size(), all);
            for (const Snapshot::Binder &binder : snapshot->bindersOf(snapshot->row(portal)))
                QVERIFY(bound.erase({binder.endpoint, portal}) == 1);
        }
        QVERIFY(bound.empty()); // every binding was seen from its portal, once
    }
}

QTEST_GUILESS_MAIN(TestSnapshotBuilder)
#include "tst_snapshotbuilder.moc"
