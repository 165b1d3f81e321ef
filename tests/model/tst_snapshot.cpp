// SPDX-License-Identifier: Apache-2.0
#include "smallsite.h"

#include <QTest>

#include <map>
#include <thread>

using namespace portalbind;

class TestSnapshot : public QObject
{
    Q_OBJECT
private slots:
    void empty();
    void attributes();
    void relations();
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
    SmallSite s;
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
    SmallSite s;
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

void TestSnapshot::unknownHandles()
{
    SmallSite s;
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
    SmallSite s;
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
    SmallSite s;
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
    SmallSite s;
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
    SmallSite s;
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
    SmallSite s;
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
    SmallSite s;
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
    SmallSite s;
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
    SmallSite s;
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

QTEST_GUILESS_MAIN(TestSnapshot)
#include "tst_snapshot.moc"
