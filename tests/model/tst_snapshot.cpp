// SPDX-License-Identifier: Apache-2.0
#include "randomrun.h"

#include "model/snapshotbuilder.h"

#include <QSet>
#include <QTest>

#include <map>
#include <random>
#include <set>
#include <thread>

using namespace portalbind;

namespace {

template <class T>
QList<quint32> values(std::span<const T> handles)
{
    QList<quint32> result;
    for (const T &handle : handles)
        result.append(handle.value);
    return result;
}

template <class... H>
QList<quint32> list(H... handles)
{
    return {handles.value...};
}

/// A small site: one server, one target with two endpoints, three portals, two groups.
struct Small
{
    std::shared_ptr<IdTable> ids = std::make_shared<IdTable>();
    SnapshotBuilder builder{ids};
    ServerHandle san;
    NodeHandle mail;
    EndpointHandle one, two;
    PortalHandle a, b, c;
    GroupHandle red, blue;

    Small()
    {
        san = builder.addServer("san", Server{QStringLiteral("san-a"), QStringLiteral("192.0.2.1"), Dialect::Smis, {}});
        mail = builder.addNode(
                "mail",
                Node{san, Role::Target, QStringLiteral("iqn.2026-11.com.example:mail"), QStringLiteral("Mail store")});
        one = builder.addEndpoint("one", Endpoint{san, mail, Role::Target, BindingScope::Endpoint, true, 1});
        two = builder.addEndpoint("two", Endpoint{san, mail, Role::Target, BindingScope::Endpoint, false, 2});
        a = builder.addPortal("a", portal("10.0.0.1:3260"));
        b = builder.addPortal("b", portal("10.0.0.2:3260"));
        c = builder.addPortal("c", portal("[2001:db8::3]:860"));
        red = builder.addGroup("red", Group{san, QStringLiteral("red"), false});
        blue = builder.addGroup("blue", Group{san, QStringLiteral("blue"), false});
    }
    [[nodiscard]] Portal portal(const char *address) const
    {
        Portal made;
        made.server = san;
        made.address = *PortalAddress::parse(QString::fromLatin1(address));
        made.nic = QStringLiteral("eth0");
        return made;
    }
};

} // namespace

class TestSnapshot : public QObject
{
    Q_OBJECT
private slots:
    void empty();
    void attributes();
    void relations();
    void attributesOfARepeatedObject();
    void repeatedEdges();
    void edgesBeforeObjects();
    void danglingEdges();
    void growingBuilds();
    void snapshotsDoNotChange();
    void unknownHandles();
    void derivedGroupsComeLast();
    void commonGroups_data();
    void commonGroups();
    void looseEndpoints();
    void sessions();
    void completeAndTime();
    void sharedTexts();
    void manyGroupsOnOnePortal();
    void readByManyThreads();
    void randomSites();
};

void TestSnapshot::empty()
{
    SnapshotBuilder builder(std::make_shared<IdTable>());
    const SnapshotPtr snapshot = builder.build();
    QVERIFY(snapshot->isComplete());
    QVERIFY(snapshot->servers().empty());
    QVERIFY(snapshot->nodes().empty());
    QVERIFY(snapshot->endpointRows().empty());
    QVERIFY(snapshot->portalRows().empty());
    QVERIFY(snapshot->groups().empty());
    QVERIFY(snapshot->sessions().empty());
    QCOMPARE(snapshot->bindingCount(), size_t(0));
    QVERIFY(snapshot->danglingEdges().empty());
    QVERIFY(snapshot->row(PortalHandle{1}) == Snapshot::none);
    QVERIFY(snapshot->row(PortalHandle()) == Snapshot::none);
}

void TestSnapshot::attributes()
{
    Small s;
    const Portal gone = [&] {
        Portal made = s.portal("10.0.0.9:3260");
        made.addressPresent = false;
        made.kind = PortalKind::Tcp;
        return made;
    }();
    const PortalHandle d = s.builder.addPortal("d", gone);
    const SnapshotPtr snapshot = s.builder.build();
    QCOMPARE(snapshot->server(snapshot->row(s.san)).name, QStringLiteral("san-a"));
    QCOMPARE(snapshot->server(snapshot->row(s.san)).dialect, Dialect::Smis);
    const Node node = snapshot->node(snapshot->row(s.mail));
    QVERIFY((node
             == Node{s.san, Role::Target, QStringLiteral("iqn.2026-11.com.example:mail"),
                     QStringLiteral("Mail store")}));
    QVERIFY((snapshot->endpoint(snapshot->row(s.two))
             == Endpoint{s.san, s.mail, Role::Target, BindingScope::Endpoint, false, 2}));
    QVERIFY(snapshot->portal(snapshot->row(d)) == gone);
    QVERIFY(snapshot->portal(snapshot->row(s.c)) == s.portal("[2001:db8::3]:860"));
    QCOMPARE(snapshot->portalAddress(snapshot->row(s.c)).toString(), QStringLiteral("[2001:db8::3]:860"));
    QVERIFY((snapshot->group(snapshot->row(s.blue)) == Group{s.san, QStringLiteral("blue"), false}));
    QVERIFY(snapshot->portalRow(snapshot->row(d)).handle == d);
    QVERIFY(!snapshot->portalRow(snapshot->row(d)).addressPresent);
    QCOMPARE(snapshot->portalRows().size(), size_t(4));
    QCOMPARE(snapshot->endpointRows().size(), size_t(2));
    QVERIFY(snapshot->ids() == s.ids);
}

void TestSnapshot::relations()
{
    Small s;
    s.builder.bind(s.one, s.b);
    s.builder.bind(s.one, s.a);
    s.builder.bind(s.two, s.c);
    s.builder.join(s.red, s.c);
    s.builder.join(s.red, s.a);
    s.builder.join(s.blue, s.a);
    const SnapshotPtr snapshot = s.builder.build();
    const auto row = [&](auto h) { return snapshot->row(h); };
    QCOMPARE(values(snapshot->portalsBoundBy(row(s.one))), list(s.a, s.b));
    QCOMPARE(values(snapshot->portalsBoundBy(row(s.two))), list(s.c));
    QCOMPARE(snapshot->bindersOf(row(s.a)).size(), size_t(1));
    QVERIFY((snapshot->bindersOf(row(s.a))[0] == Snapshot::Binder{s.mail, s.one}));
    QCOMPARE(values(snapshot->groupsOf(row(s.a))), list(s.red, s.blue));
    QCOMPARE(values(snapshot->groupsOf(row(s.b))), QList<quint32>());
    QCOMPARE(values(snapshot->portalsOf(row(s.red))), list(s.a, s.c));
    QCOMPARE(values(snapshot->portalsOf(row(s.blue))), list(s.a));
    QCOMPARE(values(snapshot->endpointsOf(row(s.mail))), list(s.one, s.two));
    QCOMPARE(values(snapshot->nodesOfServer(row(s.san))), list(s.mail));
    QCOMPARE(values(snapshot->groupsOfServer(row(s.san))), list(s.red, s.blue));
    QCOMPARE(values(snapshot->portalsOfServer(row(s.san))), list(s.a, s.b, s.c));
    QCOMPARE(snapshot->bindingCount(), size_t(3));
    QVERIFY(snapshot->danglingEdges().empty());
}

void TestSnapshot::attributesOfARepeatedObject()
{
    // NetApp shows one CIM_TCPProtocolEndpoint several times: one object, with what it said last.
    Small s;
    s.builder.bind(s.one, s.a);
    const PortalHandle again = s.builder.addPortal("a", s.portal("10.0.0.77:3261"));
    QVERIFY(again == s.a);
    const SnapshotPtr snapshot = s.builder.build();
    QCOMPARE(snapshot->portalRows().size(), size_t(3));
    QCOMPARE(snapshot->portalAddress(snapshot->row(s.a)).toString(), QStringLiteral("10.0.0.77:3261"));
    QCOMPARE(values(snapshot->portalsBoundBy(snapshot->row(s.one))), list(s.a));
    QCOMPARE(values(snapshot->portalsOfServer(snapshot->row(s.san))), list(s.a, s.b, s.c));
}

void TestSnapshot::repeatedEdges()
{
    Small s;
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

void TestSnapshot::edgesBeforeObjects()
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

void TestSnapshot::danglingEdges()
{
    Small s;
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

void TestSnapshot::growingBuilds()
{
    // A load publishes what it has, again and again; what dangled once is whole when its end has come.
    Small s;
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

void TestSnapshot::snapshotsDoNotChange()
{
    Small s;
    const SnapshotPtr before = s.builder.build();
    s.builder.addNode("mail", Node{s.san, Role::Initiator, QStringLiteral("other"), {}});
    s.builder.bind(s.one, s.a);
    s.builder.addServer("san", Server{QStringLiteral("renamed"), {}, Dialect::Lio, {}});
    QCOMPARE(before->node(before->row(s.mail)).name, QStringLiteral("iqn.2026-11.com.example:mail"));
    QCOMPARE(before->server(before->row(s.san)).name, QStringLiteral("san-a"));
    QCOMPARE(before->bindingCount(), size_t(0));
}

void TestSnapshot::unknownHandles()
{
    Small s;
    const SnapshotPtr snapshot = s.builder.build();
    QVERIFY(snapshot->row(PortalHandle()) == Snapshot::none);
    QVERIFY(snapshot->row(PortalHandle{~0u}) == Snapshot::none);
    const auto provisional = s.ids->makeProvisional<PortalHandle>();
    QVERIFY(snapshot->row(provisional) == Snapshot::none);
    // Seen by the connection, not by this load.
    QVERIFY(snapshot->row(s.ids->intern<PortalHandle>("elsewhere")) == Snapshot::none);
    QVERIFY(snapshot->row(s.ids->intern<SessionHandle>("elsewhere")) == Snapshot::none);
}

void TestSnapshot::derivedGroupsComeLast()
{
    Small s;
    // Made in between, so that neither handle order nor order of arrival alone gives the right answer.
    const auto found = s.builder.addGroup("found", Group{s.san, QStringLiteral("as found"), true});
    const auto green = s.builder.addGroup("green", Group{s.san, QStringLiteral("green"), false});
    const auto found2 = s.builder.addGroup("found2", Group{s.san, QStringLiteral("as found too"), true});
    for (const GroupHandle group : {green, found2, found, s.red})
        s.builder.join(group, s.a);
    s.builder.join(found, s.b);
    s.builder.bind(s.one, s.a);
    s.builder.bind(s.one, s.b);
    s.builder.bind(s.two, s.b);
    const SnapshotPtr snapshot = s.builder.build();
    const auto a = snapshot->row(s.a);
    QCOMPARE(values(snapshot->groupsOf(a)), list(s.red, green, found, found2));
    QCOMPARE(values(snapshot->realGroupsOf(a)), list(s.red, green));
    QVERIFY(snapshot->realGroupsOf(snapshot->row(s.b)).empty());
    QCOMPARE(values(snapshot->portalsOf(snapshot->row(found))), list(s.a, s.b));
    // A derived group in common is none.
    QVERIFY(snapshot->commonGroupsOf(snapshot->row(s.one)).empty());
    QVERIFY(snapshot->endpointRow(snapshot->row(s.one)).anyGrouped);
    QVERIFY(!snapshot->endpointRow(snapshot->row(s.two)).anyGrouped);
}

void TestSnapshot::commonGroups_data()
{
    // Groups of the portals bound, one word a portal, one letter a group.
    QTest::addColumn<QString>("portals");
    QTest::addColumn<QString>("common");
    QTest::addColumn<bool>("anyGrouped");
    const auto row = [](const char *portals, const char *common, bool anyGrouped) {
        QTest::newRow(portals) << QString::fromLatin1(portals) << QString::fromLatin1(common) << anyGrouped;
    };
    row("", "", false);
    row("-", "", false);
    row("- -", "", false);
    row("a", "a", true);
    row("ab", "ab", true);
    row("ab bc", "b", true);
    row("ab bc ac", "", true); // pairwise yes, all together no
    row("abc abd abe", "ab", true);
    row("a -", "", true);
    row("- a", "", true);
    row("a b", "", true);
    row("a b a", "", true);
    row("abcdef fedcba", "abcdef", true);
    row("abcdef f", "f", true);
    row("abcdef a", "a", true);
}

void TestSnapshot::commonGroups()
{
    QFETCH(QString, portals);
    Small s;
    std::map<QChar, GroupHandle> groups;
    for (char c = 'f'; c >= 'a'; --c) // handles run against the letters
        groups[QLatin1Char(c)] = s.builder.addGroup(QByteArray(1, c), Group{s.san, QString(QLatin1Char(c)), false});
    int n = 0;
    for (const QString &word : portals.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const auto portal = s.builder.addPortal("x" + QByteArray::number(++n), s.portal("10.1.1.1:3260"));
        s.builder.bind(s.one, portal);
        for (const QChar c : word) {
            if (c != QLatin1Char('-'))
                s.builder.join(groups.at(c), portal);
        }
    }
    const SnapshotPtr snapshot = s.builder.build();
    QString common;
    for (const GroupHandle group : snapshot->commonGroupsOf(snapshot->row(s.one)))
        common += snapshot->group(snapshot->row(group)).name;
    std::sort(common.begin(), common.end());
    QTEST(common, "common");
    QTEST(bool(snapshot->endpointRow(snapshot->row(s.one)).anyGrouped), "anyGrouped");
    const auto run = snapshot->commonGroupsOf(snapshot->row(s.one));
    QVERIFY(std::is_sorted(run.begin(), run.end()));
    QVERIFY(snapshot->commonGroupsOf(snapshot->row(s.two)).empty());
}

void TestSnapshot::looseEndpoints()
{
    Small s;
    const auto orphan = s.builder.addEndpoint("orphan",
                                              Endpoint{s.san, {}, Role::Target, BindingScope::Endpoint, true, 1});
    const auto all = s.builder.addEndpoint("all", Endpoint{s.san, {}, Role::Target, BindingScope::Server, true, 0});
    s.builder.bind(all, s.a);
    const SnapshotPtr snapshot = s.builder.build();
    QCOMPARE(values(snapshot->looseEndpointsOfServer(snapshot->row(s.san))), list(orphan, all));
    QCOMPARE(values(snapshot->endpointsOf(snapshot->row(s.mail))), list(s.one, s.two));
    QVERIFY((snapshot->bindersOf(snapshot->row(s.a))[0] == Snapshot::Binder{NodeHandle(), all}));
}

void TestSnapshot::sessions()
{
    Small s;
    const auto attributed = s.builder.addSession(
            "s1", LoginSession{s.one, s.a, QStringLiteral("iqn.1993-08.org.debian:01:x"), QStringLiteral("10.9.9.9")});
    const auto possible = s.builder.addSession(
            "s2", LoginSession{s.one, {}, QStringLiteral("iqn.1993-08.org.debian:01:y"), {}});
    const auto elsewhere = s.builder.addSession("s3", LoginSession{s.two, s.b, {}, {}});
    const SnapshotPtr snapshot = s.builder.build();
    QCOMPARE(values(snapshot->sessionsOf(snapshot->row(s.one))), list(attributed, possible));
    QCOMPARE(values(snapshot->sessionsOf(snapshot->row(s.two))), list(elsewhere));
    const LoginSession read = snapshot->session(snapshot->row(attributed));
    QVERIFY((read
             == LoginSession{s.one, s.a, QStringLiteral("iqn.1993-08.org.debian:01:x"), QStringLiteral("10.9.9.9")}));
    QVERIFY(snapshot->session(snapshot->row(possible)).portal.isNull());
}

void TestSnapshot::completeAndTime()
{
    Small s;
    const QDateTime local(QDate(2026, 11, 22), QTime(12, 0), Qt::OffsetFromUTC, 3600);
    const SnapshotPtr snapshot = s.builder.build(false, local);
    QVERIFY(!snapshot->isComplete());
    QCOMPARE(snapshot->takenAt(), local);
    QCOMPARE(snapshot->takenAt().timeSpec(), Qt::UTC);
}

void TestSnapshot::sharedTexts()
{
    // Texts of every length and script come back as they were, empty ones and equal ones included.
    const QStringList texts{QString(),
                            QStringLiteral("a"),
                            QStringLiteral("ä"),
                            QStringLiteral("漢字"),
                            QStringLiteral("😀"),
                            QStringLiteral("a"),
                            QString(5000, QLatin1Char('x')),
                            QStringLiteral("a\0b")};
    Small s;
    QList<NodeHandle> nodes;
    for (int i = 0; i < texts.size(); ++i)
        nodes.append(s.builder.addNode(QByteArray::number(i),
                                       Node{s.san, Role::Target, texts[i], texts[texts.size() - 1 - i]}));
    const SnapshotPtr snapshot = s.builder.build();
    for (int i = 0; i < texts.size(); ++i) {
        const Node node = snapshot->node(snapshot->row(nodes[i]));
        QCOMPARE(node.name, texts[i]);
        QCOMPARE(node.alias, texts[texts.size() - 1 - i]);
    }
}

void TestSnapshot::manyGroupsOnOnePortal()
{
    // More than 16 bits can count.
    Small s;
    constexpr int count = 70'000;
    std::vector<GroupHandle> groups;
    for (int i = 0; i < count; ++i) {
        groups.push_back(s.builder.addGroup("g" + QByteArray::number(i), Group{s.san, {}, i % 2 == 1}));
        s.builder.join(groups.back(), s.a);
    }
    s.builder.bind(s.one, s.a);
    const SnapshotPtr snapshot = s.builder.build();
    QCOMPARE(snapshot->groupsOf(snapshot->row(s.a)).size(), size_t(count));
    const auto real = snapshot->realGroupsOf(snapshot->row(s.a));
    QCOMPARE(real.size(), size_t(count / 2));
    for (size_t i = 0; i < real.size(); ++i)
        QVERIFY(real[i] == groups[i * 2]);
    QCOMPARE(snapshot->commonGroupsOf(snapshot->row(s.one)).size(), size_t(count / 2));
}

void TestSnapshot::readByManyThreads()
{
    Small s;
    for (int i = 0; i < 1000; ++i) {
        const auto portal = s.builder.addPortal(QByteArray::number(i), s.portal("10.0.0.1:3260"));
        s.builder.bind(i % 2 ? s.one : s.two, portal);
        s.builder.join(i % 3 ? s.red : s.blue, portal);
    }
    SnapshotPtr snapshot = s.builder.build();
    std::atomic<size_t> sum{0};
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([copy = snapshot, &sum] {
            size_t own = 0;
            for (const auto &row : copy->portalRows()) {
                const auto at = copy->row(row.handle);
                own += copy->bindersOf(at).size() + copy->groupsOf(at).size() + size_t(copy->portal(at).nic.size());
            }
            sum += own;
        });
    }
    snapshot.reset(); // the last reader frees it
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(sum.load(), size_t(4 * (1000 * 2 + 1003 * 4)));
}

void TestSnapshot::randomSites()
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

QTEST_GUILESS_MAIN(TestSnapshot)
#include "tst_snapshot.moc"
