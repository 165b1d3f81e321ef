// SPDX-License-Identifier: Apache-2.0
#include "hostrig.h"

#include "model/findings.h"
#include "model/rules.h"

#include <QTest>

using namespace portalbind;

namespace {

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

QJsonObject withAcl(QJsonObject tpg, const char *initiator, const char *peer = nullptr)
{
    QJsonObject acl{{text("initiator"), text("iqn.1993-08.org.debian:01:") + text(initiator)},
                    {text("luns"), QJsonArray{json(R"({"index": 0, "lun": 0})")}}};
    if (peer)
        acl.insert(text("session"),
                   QJsonObject{{text("state"), text("LOGGED_IN")},
                               {text("connections"), QJsonArray{QJsonObject{{text("peer"), text(peer)}}}}});
    QJsonArray acls = tpg.value(text("acls")).toArray();
    acls += acl;
    tpg.insert(text("acls"), acls);
    return tpg;
}

QJsonObject connection(const char *local, const char *peer)
{
    return {{text("local"), text(local)}, {text("peer"), text(peer)}};
}

QJsonObject hostOf(const QJsonArray &targets, const QJsonArray &connections = {})
{
    QJsonObject host = FakeHelper::site();
    host.insert(text("targets"), targets);
    host.insert(text("connections"), connections);
    return host;
}

} // namespace

class TestHostSnapshot : public QObject
{
    Q_OBJECT
private slots:
    void objectsAndWords();
    void capabilities();
    void offeredPortals();
    void takenPorts();
    void clusters();
    void foundGroups_data();
    void foundGroups();
    void poolsAndContradictions();
    void access();
    void unlinkedLun();
    void namesThatCannotBe();
    void sessions_data();
    void sessions();
    void wildcards();
    void oddSpellings();
    void whatCannotBeNamed();
    void ghosts();
    void saved_data();
    void saved();
    void savedAndOwners();
    void rememberedPortals();
    void anEmptyKernel();
    void notes();
    void orderDoesNotMatter();
    void refusesWhatCannotBe_data();
    void refusesWhatCannotBe();
};

void TestHostSnapshot::objectsAndWords()
{
    const HostRig rig(FakeHelper::site());
    const Inventory &i = rig.inventory;
    QCOMPARE(i.nodes().size(), 2);
    QCOMPARE(i.endpoints().size(), 3);
    const Endpoint endpoint = i.endpoint(rig.tpg("mail", 2));
    QCOMPARE(endpoint.tag, quint64(2));
    QVERIFY(endpoint.enabled);
    const Portal portal = i.portal(rig.portal("10.0.1.5:3260"));
    QCOMPARE(portal.nic, text("eth0"));
    QVERIFY(portal.addressPresent);
    QVERIFY(rig.view.notes.isEmpty());
}

void TestHostSnapshot::capabilities()
{
    lio::Greeting readOnly;
    readOnly.writable = false;
    const Capabilities full = HostRig(FakeHelper::site()).server().capabilities;
    QCOMPARE(full.addressRule, Enforcement::Policy);
    QCOMPARE(full.groupRule, Enforcement::Policy);
    QCOMPARE(full.groups, GroupSource::Editable);
    QVERIFY(full.exclusivePorts && full.bareEndpoints && full.savesForReboot && full.chooseTag && full.createNode);
    QVERIFY(!full.initiatorNodes);
    const HostRig rig(FakeHelper::site(), readOnly);
    QCOMPARE(rig.server().capabilities.bind, Support::No);
    QVERIFY(!rig.server().capabilities.createNode);
    QVERIFY(rig.view.notes.join(u' ').contains(text("read-only")));
}

void TestHostSnapshot::offeredPortals()
{
    QJsonObject host = FakeHelper::site();
    QJsonArray addresses = host.value(text("addresses")).toArray();
    addresses += hostAddress(text("2001:db8::5"), text("eth0"));
    QJsonObject local = hostAddress(text("fe80::1"), text("eth0"));
    local.insert(text("scope"), text("eth0"));
    addresses += local;
    QJsonObject down = hostAddress(text("10.0.3.5"), text("eth2"));
    down.insert(text("up"), false);
    addresses += down;
    host.insert(text("addresses"), addresses);
    const HostRig rig(host);
    QVERIFY(rig.inventory.has(rig.portal("[2001:db8::5]:3260")));
    QVERIFY(rig.inventory.portal(rig.portal("10.0.1.6:3260")).isOffered);
    QVERIFY(!rig.portal("127.0.0.1:3260")); // loopback
    QVERIFY(!rig.portal("[fe80::1%eth0]:3260")); // link-local
    QVERIFY(!rig.portal("10.0.3.5:3260")); // no carrier
    // It can be dragged at once.
    QVERIFY(canBind(rig.inventory, rig.portal("10.0.1.6:3260"), rig.tpg("mail", 2)).isAllowed());
}

void TestHostSnapshot::takenPorts()
{
    QJsonObject host = FakeHelper::site();
    host.insert(text("listeners"),
                QJsonArray{json(R"({"ip": "10.0.1.6", "port": 3260, "process": "nginx", "pid": 71})"),
                           json(R"({"ip": "::", "port": 3261, "process": "nginx", "pid": 71})"),
                           json(R"({"ip": "10.0.1.5", "port": 22})")});
    host.insert(text("pools"), json(R"({"candidates": ["10.0.2.5:3261", "[2001:db8::9]:3261", "0.0.0.0:3260"]})"));
    const HostRig rig(host);
    const auto takenBy = [&](const char *portal) { return rig.inventory.portal(rig.portal(portal)).takenBy; };
    QCOMPARE(takenBy("10.0.1.6:3260"), text("nginx (71)"));
    QCOMPARE(takenBy("10.0.2.5:3260"), QString());
    QCOMPARE(takenBy("10.0.2.5:3261"), QString()); // what listens on :: may leave IPv4 alone: only the kernel knows
    QVERIFY(!takenBy("[2001:db8::9]:3261").isEmpty());
    QCOMPARE(takenBy("0.0.0.0:3260"), text("nginx (71)"));
    const Verdict no = canBind(rig.inventory, rig.portal("10.0.1.6:3260"), rig.tpg("mail", 2));
    QCOMPARE(no.code, 4);
    QCOMPARE(explain(no, rig.inventory).reason, text("The port of 10.0.1.6:3260 is in use by nginx (71) (4)"));
}

void TestHostSnapshot::clusters()
{
    QJsonObject host = FakeHelper::site();
    host.insert(text("roaming"), QJsonArray{json(R"({"ip": "10.0.1.99", "by": "keepalived"})")});
    host.insert(text("pools"), json(R"({"candidates": ["10.0.1.99:3260"]})"));
    const HostRig rig(host);
    const Portal away = rig.inventory.portal(rig.portal("10.0.1.99:3260"));
    QVERIFY(!away.addressPresent);
    QCOMPARE(away.movedBy, text("keepalived"));
}

void TestHostSnapshot::foundGroups_data()
{
    QTest::addColumn<QJsonArray>("targets");
    QTest::addColumn<QString>("groups");
    const auto portals = [](const QStringList &ips) {
        QJsonArray all;
        for (const QString &ip : ips)
            all += hostPortal(ip, 3260);
        return all;
    };
    const auto a = text("10.0.1.5"), b = text("10.0.1.6"), c = text("10.0.1.7"), d = text("10.0.2.5");
    QTest::newRow("each alone") << QJsonArray{hostTarget(text("t"),
                                                         {hostTpg(1, portals({a})), hostTpg(2, portals({b}))})}
                                << text("As found: 10.0.1.5:3260 = 10.0.1.5:3260; As found: 10.0.1.6:3260 = "
                                        "10.0.1.6:3260");
    QTest::newRow("one TPG") << QJsonArray{hostTarget(text("t"), {hostTpg(1, portals({b, a}))})}
                             << text("As found: 10.0.1.5:3260 and 1 more = 10.0.1.5:3260 10.0.1.6:3260");
    QTest::newRow("a chain over targets")
            << QJsonArray{hostTarget(text("t"), {hostTpg(1, portals({a, b}))}),
                          hostTarget(text("u"), {hostTpg(1, portals({b, c}))}),
                          hostTarget(text("v"), {hostTpg(1, portals({d}))})}
            << text("As found: 10.0.1.5:3260 and 2 more = 10.0.1.5:3260 10.0.1.6:3260 10.0.1.7:3260; "
                    "As found: 10.0.2.5:3260 = 10.0.2.5:3260");
    QTest::newRow("joined late") << QJsonArray{hostTarget(text("t"), {hostTpg(1, portals({c, d}))}),
                                               hostTarget(text("u"), {hostTpg(1, portals({a, b}))}),
                                               hostTarget(text("v"), {hostTpg(1, portals({b, d}))})}
                                 << text("As found: 10.0.1.5:3260 and 3 more = 10.0.1.5:3260 10.0.1.6:3260 "
                                         "10.0.1.7:3260 10.0.2.5:3260");
    QTest::newRow("nothing bound") << QJsonArray{hostTarget(text("t"), {hostTpg(1, {})})} << QString();
}

void TestHostSnapshot::foundGroups()
{
    QFETCH(QJsonArray, targets);
    QFETCH(QString, groups);
    const HostRig rig(hostOf(targets));
    QCOMPARE(rig.groups().join(QStringLiteral("; ")), groups);
    for (const GroupHandle group : rig.inventory.groups())
        QVERIFY(rig.inventory.group(group).derived);
    // They never refuse.
    for (const PortalHandle portal : rig.inventory.portals()) {
        for (const EndpointHandle endpoint : rig.inventory.endpoints())
            QVERIFY(canBind(rig.inventory, portal, endpoint).code != 4099);
    }
}

void TestHostSnapshot::poolsAndContradictions()
{
    QJsonObject host = hostOf(
            {hostTarget(text("t"),
                        {hostTpg(1,
                                 {hostPortal(text("10.0.1.5"), 3260), hostPortal(text("10.0.2.5"), 3260),
                                  hostPortal(text("10.0.1.7"), 3260)})})});
    host.insert(text("pools"), json(R"({"pools": [
        {"id": "a", "name": "fabric-A", "members": ["10.0.1.5:3260", "10.0.1.6:3260", "10.9.9.9:3260"]},
        {"id": "b", "name": "fabric-B", "members": ["10.0.2.5:3260"]}]})"));
    const HostRig rig(host);
    QCOMPARE(rig.groups().join(QStringLiteral("; ")),
             text("As found: 10.0.1.7:3260 = 10.0.1.7:3260; fabric-A = 10.0.1.5:3260 10.0.1.6:3260 10.9.9.9:3260; "
                  "fabric-B = 10.0.2.5:3260"));
    QVERIFY(!rig.inventory.portal(rig.portal("10.9.9.9:3260")).addressPresent);
    // One TPG, two pools: shown, and nothing mends it in silence.
    const Findings found = findings(rig.inventory);
    QVERIFY(std::any_of(found.all.begin(), found.all.end(),
                        [](const Finding &f) { return f.rule == Finding::Rule::GroupConflict; }));
}

void TestHostSnapshot::access()
{
    QJsonObject tpg = withAcl(hostTpg(1, {hostPortal(text("10.0.1.5"), 3260, true)}), "host");
    tpg.insert(text("luns"), QJsonArray{json(R"({"index": 0, "backstore": "fileio_0/disk1"})")});
    tpg.insert(text("authentication"), true);
    tpg.insert(text("demoDiscovery"), false);
    const HostRig rig(hostOf({hostTarget(text("t"), {tpg})}));
    const EndpointAccess *access = rig.inventory.access(rig.tpg("t", 1));
    QVERIFY(access);
    QVERIFY(access->authentication && !access->anyInitiator);
    QVERIFY(!access->advertised);
    QCOMPARE(access->luns.first().storage, text("fileio_0/disk1"));
    QCOMPARE(access->initiators.first().luns, (QList<EndpointAccess::Lun>{{0, text("fileio_0/disk1")}}));
    QVERIFY(rig.inventory.transport({rig.tpg("t", 1), rig.portal("10.0.1.5:3260")}).iser);
}

/// The folder is there and not its link, as between the two steps of targetcli: a LUN that the initiator does not find.
void TestHostSnapshot::unlinkedLun()
{
    QJsonObject tpg = withAcl(hostTpg(1, {hostPortal(text("10.0.1.5"), 3260)}), "host");
    tpg.insert(text("luns"), QJsonArray{json(R"({"index": 0, "backstore": "fileio_0/disk1"})")});
    QJsonObject acl = tpg.value(text("acls")).toArray().first().toObject();
    acl.insert(text("luns"),
               QJsonArray{json(R"({"index": 0, "lun": 0})"), json(R"({"index": 7, "writeProtect": false})")});
    tpg.insert(text("acls"), QJsonArray{acl});
    const HostRig rig(hostOf({hostTarget(text("t"), {tpg})}));
    const EndpointAccess *access = rig.inventory.access(rig.tpg("t", 1));
    QVERIFY(access);
    QCOMPARE(access->initiators.size(), 1);
    QCOMPARE(access->initiators.first().luns, (QList<EndpointAccess::Lun>{{0, text("fileio_0/disk1")}}));
    acl.insert(text("luns"), QJsonArray{json(R"({"index": 7, "lun": "none"})")});
    tpg.insert(text("acls"), QJsonArray{acl});
    QVERIFY(!lio::readHostState(hostOf({hostTarget(text("t"), {tpg})}))); // which is no number
}

/// Two objects would have one name for the rest of the program.
void TestHostSnapshot::namesThatCannotBe()
{
    const auto reads = [](const QJsonArray &targets) { return bool(lio::readHostState(hostOf(targets))); };
    const QJsonObject good = hostTarget(text("t"), {hostTpg(1, {})});
    QVERIFY(reads({good}));
    QVERIFY(!reads({good, good}));
    QVERIFY(!reads({hostTarget(text("t/b"), {})}));
    QVERIFY(!reads({hostTarget(text("t"), {hostTpg(1, {}), hostTpg(1, {})})}));
    QJsonObject odd = hostTpg(1, {});
    odd.insert(text("dir"), text("b/tpgt_1"));
    QVERIFY(!reads({hostTarget(text("t"), {odd})}));
}

void TestHostSnapshot::sessions_data()
{
    QTest::addColumn<QJsonObject>("host");
    QTest::addColumn<QString>("told");
    const QJsonArray two{hostPortal(text("10.0.1.5"), 3260), hostPortal(text("10.0.1.6"), 3260)};
    const auto one = [&](const QJsonObject &tpg, const QJsonArray &connections) {
        return hostOf({hostTarget(text("t"), {tpg})}, connections);
    };
    QTest::newRow("one connection") << one(withAcl(hostTpg(1, two), "a", "10.0.0.9"),
                                           {connection("10.0.1.6:3260", "10.0.0.9:51234")})
                                    << text("a over 10.0.1.6:3260");
    QTest::newRow("connected to both") << one(
            withAcl(hostTpg(1, two), "a", "10.0.0.9"),
            {connection("10.0.1.5:3260", "10.0.0.9:1"), connection("10.0.1.6:3260", "10.0.0.9:2")})
                                       << text("a over ?");
    QTest::newRow("others' connections do not count")
            << one(withAcl(hostTpg(1, two), "a", "10.0.0.9"),
                   {connection("10.0.1.5:3260", "10.0.0.8:1"), connection("10.0.1.6:3260", "10.0.0.9:2")})
            << text("a over 10.0.1.6:3260");
    QTest::newRow("no connection: its portal was removed")
            << one(withAcl(hostTpg(1, two), "a", "10.0.0.9"), {}) << text("a over ?");
    // Two sessions of one host and one connection: one of them runs over a portal that is gone.
    QTest::newRow("fewer connections than sessions")
            << hostOf({hostTarget(text("t"), {withAcl(hostTpg(1, two), "a", "10.0.0.9")}),
                       hostTarget(text("u"), {withAcl(hostTpg(1, two), "a", "10.0.0.9")})},
                      {connection("10.0.1.6:3260", "10.0.0.9:2")})
            << text("a over ?; a over ?");
    QTest::newRow("a wildcard takes all")
            << one(withAcl(hostTpg(1, {hostPortal(text("0.0.0.0"), 3260)}), "a", "10.0.0.9"),
                   {connection("10.0.1.6:3260", "10.0.0.9:2")})
            << text("a over 0.0.0.0:3260");
    QTest::newRow(":: takes IPv4") << one(withAcl(hostTpg(1, {hostPortal(text("::"), 3260)}), "a", "10.0.0.9"),
                                          {connection("[::ffff:10.0.1.6]:3260", "[::ffff:10.0.0.9]:2")})
                                   << text("a over [::]:3260");
    QJsonObject dynamic = hostTpg(1, two);
    dynamic.insert(text("dynamicSessions"), QJsonArray{text("iqn.x:b"), text("iqn.x:b")});
    QTest::newRow("without an ACL no more than the name is told")
            << one(dynamic, {connection("10.0.1.6:3260", "10.0.0.9:2")}) << text("b over ?; b over ?");
    QJsonObject truncated = one(withAcl(hostTpg(1, two), "a", "10.0.0.9"),
                                {connection("10.0.1.6:3260", "10.0.0.9:51234")});
    truncated.insert(text("truncated"), QJsonArray{text("connections")});
    QTest::newRow("not all connections are told") << truncated << text("a over ?");
}

void TestHostSnapshot::sessions()
{
    QFETCH(QJsonObject, host);
    QFETCH(QString, told);
    QCOMPARE(HostRig(host).sessions().join(QStringLiteral("; ")), told);
}

void TestHostSnapshot::wildcards()
{
    // What targetcli makes by default.
    const HostRig rig(hostOf({hostTarget(text("t"), {hostTpg(1, {hostPortal(text("0.0.0.0"), 3260)})}),
                              hostTarget(text("u"), {hostTpg(1, {hostPortal(text("0.0.0.0"), 3260)})})}));
    const Portal wildcard = rig.inventory.portal(rig.portal("0.0.0.0:3260"));
    QVERIFY(wildcard.addressPresent && wildcard.address.ip.isWildcard());
    QCOMPARE(rig.inventory.endpointCount(rig.portal("0.0.0.0:3260")), 2);
    const Verdict no = canBind(rig.inventory, rig.portal("10.0.1.5:3260"), rig.tpg("t", 1));
    QCOMPARE(no.reason, Reason::PortTaken);
    QVERIFY(canUnbind(rig.inventory, rig.portal("0.0.0.0:3260"), rig.tpg("t", 1)).isAllowed());
}

void TestHostSnapshot::oddSpellings()
{
    // Read as the kernel reads them: two spellings are one portal.
    QJsonObject octal = hostPortal(text("10.0.1.5"), 1712);
    octal.insert(text("dir"), text("10.0.1.5:03260"));
    QJsonObject loud = hostPortal(text("2001:db8::10"), 3260);
    loud.insert(text("dir"), text("[2001:DB8::10]:0xCBC"));
    const HostRig rig(hostOf({hostTarget(text("t"), {hostTpg(1, {octal})}), hostTarget(text("u"), {hostTpg(1, {loud})}),
                              hostTarget(text("v"), {hostTpg(1, {hostPortal(text("2001:db8::10"), 3260)})})}));
    QVERIFY(rig.inventory.binds(rig.tpg("t", 1), rig.portal("10.0.1.5:1712")));
    QCOMPARE(rig.inventory.endpointCount(rig.portal("[2001:db8::10]:3260")), 2);
}

void TestHostSnapshot::whatCannotBeNamed()
{
    QJsonObject mapped = hostPortal(text("::ffff:10.0.1.5"), 3260);
    QJsonObject zero = hostPortal(text("10.0.1.5"), 0);
    QJsonObject opaque = hostTarget(text("x"), {hostTpg(1, {hostPortal(text("10.0.1.5"), 3260)})});
    opaque.insert(text("name"), text("iqn.\xEF\xBF\xBD"));
    opaque.insert(text("opaque"), true);
    const HostRig rig(hostOf({hostTarget(text("t"), {hostTpg(1, {mapped, zero})}), opaque, opaque}));
    QCOMPARE(rig.inventory.nodes().size(), 3); // the two look the same and are not
    QCOMPARE(rig.inventory.portalCount(rig.tpg("t", 1)), 2);
    const PortalHandle handle = rig.portal("dir:[::ffff:10.0.1.5]:3260");
    QVERIFY(rig.inventory.portal(handle).address.ip.isNull());
    QCOMPARE(rig.inventory.portal(handle).address.port, 3260);
    const QString notes = rig.view.notes.join(u'\n');
    QVERIFY2(notes.contains(text("[::ffff:10.0.1.5]:3260")) && notes.contains(text("10.0.1.5:0")), qPrintable(notes));
    QVERIFY(notes.contains(text("no UTF-8")));
}

void TestHostSnapshot::ghosts()
{
    QJsonObject ghost = hostPortal(text("0.0.0.0"), 3280);
    ghost.insert(text("listening"), false);
    const HostRig rig(hostOf({hostTarget(text("t"), {hostTpg(1, {ghost})})}));
    const EndpointAccess *access = rig.inventory.access(rig.tpg("t", 1));
    QCOMPARE(access->bindings.size(), 1);
    QVERIFY(!access->bindings.first().listens);
    const Findings found = findings(rig.inventory);
    QVERIFY(std::any_of(found.all.begin(), found.all.end(),
                        [](const Finding &f) { return f.rule == Finding::Rule::NotListening; }));
}

void TestHostSnapshot::saved_data()
{
    QTest::addColumn<QJsonArray>("now");
    QTest::addColumn<QJsonArray>("then");
    QTest::addColumn<QStringList>("told");
    const auto a = hostPortal(text("10.0.1.5"), 3260);
    const auto b = hostPortal(text("10.0.1.6"), 3260);
    const auto t = [](const QJsonArray &tpgs) { return QJsonArray{hostTarget(text("t"), tpgs)}; };
    const QString name = text("iqn.2026-11.com.example:t");
    QTest::newRow("the same, in another order")
            << t({hostTpg(1, {a, b}), hostTpg(2, {})}) << t({hostTpg(2, {}), hostTpg(1, {b, a})}) << QStringList();
    QTest::newRow("portal not saved") << t({hostTpg(1, {a, b})}) << t({hostTpg(1, {a})})
                                      << QStringList{text("10.0.1.6:3260 at TPG 1 of ") + name + text(" is not saved")};
    QTest::newRow("portal only saved") << t({hostTpg(1, {a})}) << t({hostTpg(1, {a, b})})
                                       << QStringList{text("10.0.1.6:3260 at TPG 1 of ") + name
                                                      + text(" is saved and not there now")};
    QTest::newRow("disabled") << t({hostTpg(1, {a}, false)}) << t({hostTpg(1, {a})})
                              << QStringList{text("TPG 1 of ") + name + text(" is disabled, and saved as enabled")};
    QTest::newRow("transport") << t({hostTpg(1, {hostPortal(text("10.0.1.5"), 3260, true)})}) << t({hostTpg(1, {a})})
                               << QStringList{text("10.0.1.5:3260 at TPG 1 of ") + name
                                              + text(" is saved with another transport (iSER, offload)")};
    QTest::newRow("TPG not saved") << t({hostTpg(1, {}), hostTpg(2, {a})}) << t({hostTpg(1, {})})
                                   << QStringList{text("TPG 2 of ") + name + text(" is not saved"),
                                                  text("10.0.1.5:3260 at TPG 2 of ") + name + text(" is not saved")};
    QTest::newRow("target not saved") << t({hostTpg(1, {})}) << QJsonArray()
                                      << QStringList{name + text(" is not saved"),
                                                     text("TPG 1 of ") + name + text(" is not saved")};
    QTest::newRow("target only saved") << QJsonArray() << t({hostTpg(1, {a})})
                                       << QStringList{name + text(" is saved and not there now"),
                                                      text("TPG 1 of ") + name + text(" is saved and not there now"),
                                                      text("10.0.1.5:3260 at TPG 1 of ") + name
                                                              + text(" is saved and not there now")};
}

void TestHostSnapshot::saved()
{
    QFETCH(QJsonArray, now);
    QFETCH(QJsonArray, then);
    QFETCH(QStringList, told);
    QJsonObject host = hostOf(now);
    QJsonObject file = host.value(text("saved")).toObject();
    file.insert(text("targets"), then);
    host.insert(text("saved"), file);
    const HostRig rig(host);
    QStringList all;
    for (const SavedDifference &difference : rig.server().saved.differences) {
        all += difference.text;
        QVERIFY(difference.node);
    }
    QCOMPARE(all, told);
}

void TestHostSnapshot::savedAndOwners()
{
    QJsonObject host = FakeHelper::site();
    QJsonObject file = host.value(text("saved")).toObject();
    const auto withFile = [&](const char *key, const QJsonValue &value) {
        QJsonObject changed = file;
        changed.insert(text(key), value);
        host.insert(text("saved"), changed);
        return HostRig(host).server().saved;
    };
    QVERIFY(withFile("restoreUnit", text("disabled")).warning.contains(text("systemctl enable")));
    QVERIFY(withFile("restoreUnit", text("absent")).warning.contains(text("Nothing restores")));
    QVERIFY(!withFile("manager", text("none")).isUsual);
    QVERIFY(withFile("error", text("line 3")).whyNot.contains(text("line 3")));
    host.insert(text("saved"), QJsonObject{{text("path"), QString()}});
    QVERIFY(!HostRig(host).server().capabilities.savesForReboot);
    host.insert(text("saved"), file);
    lio::Greeting owned;
    owned.owner = text("ceph-iscsi");
    QVERIFY(HostRig(host, owned).server().saved.whyNot.contains(text("ceph-iscsi")));
    QCOMPARE(HostRig(host, owned).server().owner, text("ceph-iscsi"));
    // A single target that something owns is none of our business.
    QJsonArray targets = host.value(text("targets")).toArray();
    QJsonObject mail = targets.first().toObject();
    mail.insert(text("owner"), text("pacemaker"));
    targets.replace(0, mail);
    host.insert(text("targets"), targets);
    file.insert(text("targets"), QJsonArray{targets.at(1)});
    host.insert(text("saved"), file);
    const HostRig rig(host);
    QVERIFY(rig.server().saved.differences.isEmpty());
    QCOMPARE(rig.server().owner, text("Pacemaker"));
    QVERIFY(rig.view.notes.join(u' ').contains(text("Pacemaker owns iqn.2026-11.com.example:mail")));
    QVERIFY(rig.server().saved.whyNot.isEmpty());
    // All of them are: nothing can be saved.
    QJsonObject other = targets.at(1).toObject();
    other.insert(text("owner"), text("pacemaker"));
    targets.replace(1, other);
    host.insert(text("targets"), targets);
    QVERIFY(HostRig(host).server().saved.whyNot.contains(text("Pacemaker owns the targets of this host")));
}

void TestHostSnapshot::rememberedPortals()
{
    const HostRig rig(FakeHelper::site(), {}, {PortalAddress::parse(u"10.9.9.9:3265").value()});
    QVERIFY(rig.inventory.has(rig.portal("10.9.9.9:3265")));
    QCOMPARE(rig.inventory.endpointCount(rig.portal("10.9.9.9:3265")), 0);
}

void TestHostSnapshot::anEmptyKernel()
{
    QJsonObject host = json(R"({"state": "no-iscsi", "targets": []})");
    const HostRig rig(host);
    QCOMPARE(rig.inventory.servers().size(), 1);
    QVERIFY(rig.inventory.nodes().isEmpty());
    QVERIFY(rig.view.notes.join(u' ').contains(text("not loaded")));
}

void TestHostSnapshot::notes()
{
    QJsonObject host = FakeHelper::site();
    host.insert(text("pools"), json(R"({"error": "line 1: no JSON"})"));
    host.insert(text("truncated"), QJsonArray{text("listeners")});
    const QString notes = HostRig(host).view.notes.join(u'\n');
    QVERIFY(notes.contains(text("line 1: no JSON")));
    QVERIFY(notes.contains(text("more connections")));
}

void TestHostSnapshot::orderDoesNotMatter()
{
    // readdir order flips: what is shown stays.
    QJsonObject host = hostOf(
            {hostTarget(text("t"),
                        {hostTpg(1, {hostPortal(text("10.0.1.5"), 3260), hostPortal(text("10.0.1.6"), 3260)})}),
             hostTarget(text("u"), {hostTpg(1, {hostPortal(text("10.0.1.7"), 3260)})})});
    const HostRig rig(host);
    QJsonArray turned;
    for (const QJsonValue target : host.value(text("targets")).toArray())
        turned.prepend(target);
    host.insert(text("targets"), turned);
    QCOMPARE(HostRig(host).groups(), rig.groups());
}

void TestHostSnapshot::refusesWhatCannotBe_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QString>("where");
    const auto row = [](const char *name, const char *answer, const char *where) {
        QTest::newRow(name) << QByteArray(answer) << QString::fromLatin1(where);
    };
    row("targets are no list", R"({"targets": {}})", "ok.targets");
    row("a target is no object", R"({"targets": [7]})", "ok.targets");
    row("a target without a name", R"({"targets": [{"tpgs": []}]})", "ok.targets[0].name");
    row("a tag out of range", R"({"targets": [{"name": "a", "tpgs": [{"dir": "tpgt_1", "tag": 65536}]}]})",
        "ok.targets[0].tpgs[0].tag");
    row("a tag that is none", R"({"targets": [{"name": "a", "tpgs": [{"dir": "tpgt_1", "tag": 1.5}]}]})",
        "ok.targets[0].tpgs[0].tag");
    row("a port out of range",
        R"({"targets": [{"name": "a", "tpgs": [{"dir": "t", "tag": 1, "portals": [{"dir": "x", "port": -1}]}]}]})",
        "portals[0].port");
    row("enabled is no flag", R"({"targets": [{"name": "a", "tpgs": [{"dir": "t", "tag": 1, "enabled": "yes"}]}]})",
        "enabled");
    row("a text without an end", nullptr, "ok.state");
    row("initiators that are none", R"({"targets": [{"name": "a", "tpgs": [{"dir": "t", "tag": 1,
        "dynamicSessions": [1]}]}]})",
        "dynamicSessions");
    row("saved is no object", R"({"saved": []})", "ok.saved");
    row("pools without a name", R"({"pools": {"pools": [{"id": "x"}]}})", "ok.pools.pools[0].name");
    row("half a surrogate pair", R"({"targets": [{"name": "a\ud800b"}]})", "ok.targets[0].name");
}

void TestHostSnapshot::refusesWhatCannotBe()
{
    QFETCH(QByteArray, answer);
    QFETCH(QString, where);
    if (answer.isEmpty())
        answer = R"({"state": ")" + QByteArray(5000, 'x') + R"("})";
    const auto state = lio::readHostState(json(answer));
    QVERIFY(!state);
    QCOMPARE(state.error().kind, Error::Kind::Server);
    QVERIFY2(state.error().detail.contains(where), qPrintable(state.error().detail));
}

QTEST_GUILESS_MAIN(TestHostSnapshot)
#include "tst_hostsnapshot.moc"
