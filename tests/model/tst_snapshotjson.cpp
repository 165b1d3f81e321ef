// SPDX-License-Identifier: Apache-2.0
#include "model/snapshotjson.h"

#include "model/snapshotbuilder.h"
#include "randominventory.h"
#include "siteinventory.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace portalbind;

class TestSnapshotJson : public QObject
{
    Q_OBJECT
private slots:
    void siteComesBack();
    void everyRandomSnapshotComesBack();
    void orderOfHandlesDoesNotShow();
    void stagedObjectsAreWritten();
    void hostileNamesAreWrittenReadably();
    void unknownKeysAreIgnored();
    void handlesOfTheConnectionAreKept();
    void refused_data();
    void refused();
    void missingAddress();
    void noJson_data();
    void noJson();
    void everyCutIsRefused();
    void refusalLeavesTheIdsAlone();
    void deepNestingIsRefused();
    void manyBindings();

private:
    static QByteArray site() { return writeSnapshotJson(Inventory(siteSnapshot())); }
    static QByteArray again(const QByteArray &json)
    {
        const auto snapshot = readSnapshotJson(json, std::make_shared<IdTable>());
        return snapshot ? writeSnapshotJson(Inventory(*snapshot)) : snapshot.error().text().toUtf8();
    }
};

void TestSnapshotJson::siteComesBack()
{
    const auto snapshot = readSnapshotJson(site(), std::make_shared<IdTable>());
    QVERIFY2(snapshot.has_value(), qPrintable(snapshot ? QString() : snapshot.error().text()));
    const Inventory inventory(*snapshot);
    QCOMPARE(inventory.servers().size(), 2);
    QCOMPARE(inventory.portals().size(), 9);
    QCOMPARE(inventory.groups().size(), 3);
    QCOMPARE(inventory.nodes().size(), 4);
    QCOMPARE(inventory.endpoints().size(), 7);
    QCOMPARE(inventory.sessions().size(), 2);
    QCOMPARE((*snapshot)->bindingCount(), size_t(6));
    QCOMPARE((*snapshot)->takenAt(), QDateTime(QDate(2026, 11, 22), QTime(10, 0), Qt::UTC));

    const IdTable &ids = *(*snapshot)->ids();
    const auto find = [&](auto kind, const char *id) { return ids.find<decltype(kind)>(id); };
    const Portal v6 = inventory.portal(find(PortalHandle(), "portal:3"));
    QCOMPARE(v6.address.toString(), QStringLiteral("[2001:db8::5]:3260"));
    QCOMPARE(v6.nic, QStringLiteral("eth0"));
    QVERIFY(!inventory.portal(find(PortalHandle(), "portal:4")).addressPresent);
    QVERIFY(inventory.portal(find(PortalHandle(), "portal:6")).kind == PortalKind::Ip);
    QVERIFY(inventory.portal(find(PortalHandle(), "portal:9")).address.ip.isNull());
    QCOMPARE(inventory.portal(find(PortalHandle(), "portal:9")).address.port, quint16(3260));
    const Endpoint host = inventory.endpoint(find(EndpointHandle(), "endpoint:4"));
    QVERIFY(host.role == Role::Initiator);
    QCOMPARE(host.tag, quint64(0x00023d000001));
    QVERIFY(inventory.endpoint(find(EndpointHandle(), "endpoint:6")).scope == BindingScope::Server);
    QVERIFY(!inventory.endpoint(find(EndpointHandle(), "endpoint:7")).enabled);
    QVERIFY(inventory.binds(find(EndpointHandle(), "endpoint:3"), find(PortalHandle(), "portal:1")));
    QVERIFY(inventory.isMember(find(GroupHandle(), "group:3"), find(PortalHandle(), "portal:7")));
    QVERIFY(inventory.group(find(GroupHandle(), "group:3")).derived);
    const ServerHandle win = ids.find<ServerHandle>(QByteArray::fromHex("00ff2f"));
    QVERIFY(inventory.has(win));
    QVERIFY(inventory.server(win).capabilities.bind == Support::No);
    QVERIFY(inventory.session(find(SessionHandle(), "session:2")).portal.isNull());
    QVERIFY(inventory.session(find(SessionHandle(), "session:1")).portal == find(PortalHandle(), "portal:1"));

    QCOMPARE(again(site()), site());
}

void TestSnapshotJson::everyRandomSnapshotComesBack()
{
    for (quint64 seed = 1; seed <= 300; ++seed) {
        RandomInventory random(seed);
        const Inventory before(random.snapshot());
        const QByteArray json = writeSnapshotJson(before);
        const auto read = readSnapshotJson(json, before.base()->ids());
        QVERIFY2(read.has_value(),
                 qPrintable(QStringLiteral("seed %1: ").arg(seed) + (read ? QString() : read.error().text())));
        const Inventory after(*read);
        QVERIFY2(writeSnapshotJson(after) == json, qPrintable(QStringLiteral("seed %1").arg(seed)));
        // With the same id table the handles must be the same, and so must everything that hangs on them.
        // Random edges may lead from one server to another; the schema has no such thing.
        const auto near = [&](ServerHandle server, QList<PortalHandle> portals) {
            portals.removeIf([&](PortalHandle p) { return before.portal(p).server != server; });
            return portals;
        };
        for (const ServerHandle h : before.servers())
            QVERIFY(after.server(h) == before.server(h));
        for (const PortalHandle h : before.portals())
            QVERIFY(after.portal(h) == before.portal(h));
        for (const GroupHandle h : before.groups()) {
            QVERIFY(after.group(h) == before.group(h));
            QVERIFY(after.portalsOf(h) == near(before.group(h).server, before.portalsOf(h)));
        }
        for (const EndpointHandle h : before.endpoints()) {
            Endpoint expected = before.endpoint(h);
            if (before.has(expected.node)) // an endpoint is where its node is
                expected.server = before.node(expected.node).server;
            QVERIFY(after.endpoint(h) == expected);
            QVERIFY(after.portalsBoundBy(h) == near(expected.server, before.portalsBoundBy(h)));
            QVERIFY(after.sessionsOf(h) == before.sessionsOf(h));
        }
        for (const NodeHandle h : before.nodes())
            QVERIFY(after.node(h) == before.node(h));
        for (const SessionHandle h : before.sessions())
            QVERIFY(after.session(h) == before.session(h));
    }
}

void TestSnapshotJson::orderOfHandlesDoesNotShow()
{
    // Ids that were seen before, in another order, give the objects other handles.
    auto ids = std::make_shared<IdTable>();
    for (const char *id : {"portal:7", "portal:3", "portal:9", "portal:1"})
        (void)ids->intern<PortalHandle>(id);
    for (const char *id : {"endpoint:7", "endpoint:2"})
        (void)ids->intern<EndpointHandle>(id);
    (void)ids->intern<ServerHandle>(QByteArray::fromHex("00ff2f"));
    const auto snapshot = readSnapshotJson(site(), ids);
    QVERIFY(snapshot.has_value());
    QCOMPARE(writeSnapshotJson(Inventory(*snapshot)), site());
}

void TestSnapshotJson::stagedObjectsAreWritten()
{
    const Inventory base(siteSnapshot());
    IdTable &ids = *base.base()->ids();
    // A server's own id that looks like a made-up one.
    const auto san = ids.find<ServerHandle>("server:1");
    const auto staged = ids.makeProvisional<PortalHandle>();
    (void)ids.intern<PortalHandle>("staged-portal-" + QByteArray::number(staged.value));
    Portal value;
    value.server = san;
    value.address = PortalAddress::parse(u"10.0.1.77:3260").value();
    const auto mail = ids.find<EndpointHandle>("endpoint:1");
    const Inventory after = base.with(CreatePortal{staged, value}).with(Bind{mail, staged});
    const auto read = readSnapshotJson(writeSnapshotJson(after), std::make_shared<IdTable>());
    QVERIFY2(read.has_value(), qPrintable(read ? QString() : read.error().text()));
    QCOMPARE((*read)->bindingCount(), size_t(7));
    const auto handle = (*read)->ids()->find<PortalHandle>("staged-portal-" + QByteArray::number(staged.value) + "+");
    QVERIFY(handle);
    QCOMPARE(Inventory(*read).portal(handle).address.toString(), QStringLiteral("10.0.1.77:3260"));
}

void TestSnapshotJson::hostileNamesAreWrittenReadably()
{
    SnapshotBuilder builder(std::make_shared<IdTable>());
    Server server;
    server.name = QStringLiteral("a\"b\\c\n\x1b[31m") + QChar(0xd800) + QStringLiteral("ü😀");
    builder.addServer("s\x01", server);
    const QByteArray json = writeSnapshotJson(Inventory(builder.build()));
    const auto read = readSnapshotJson(json, std::make_shared<IdTable>());
    QVERIFY2(read.has_value(), qPrintable(read ? QString() : read.error().text()));
    const ServerHandle h = (*read)->ids()->find<ServerHandle>("s\x01");
    QVERIFY(h);
    const QChar replaced(QChar::ReplacementCharacter);
    QCOMPARE(Inventory(*read).server(h).name,
             QStringLiteral("a\"b\\c") + replaced + replaced + QStringLiteral("[31m") + replaced
                     + QStringLiteral("ü😀"));
}

void TestSnapshotJson::unknownKeysAreIgnored()
{
    QByteArray json = site();
    json.replace("\"servers\": [", "\"later\": {\"a\": [1, null]}, \"servers\": [");
    json.replace("\"nic\": \"eth1\"", "\"nic\": \"eth1\", \"speed\": 25000");
    QCOMPARE(again(json), site());
}

void TestSnapshotJson::handlesOfTheConnectionAreKept()
{
    auto ids = std::make_shared<IdTable>();
    const auto first = readSnapshotJson(site(), ids);
    const auto second = readSnapshotJson(site(), ids);
    QVERIFY(first && second);
    QVERIFY(Inventory(*first).portals() == Inventory(*second).portals());
    QCOMPARE(ids->count(Kind::Portal), 9u);
}

void TestSnapshotJson::refused_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<QString>("where");
    const auto row = [](const char *name, const char *from, const char *to, const char *where) {
        QTest::newRow(name) << QByteArray(from) << QByteArray(to) << QString::fromLatin1(where);
    };
    row("other format", "portalbind-snapshot", "saveconfig", "/format");
    row("newer version", "\"version\": 1", "\"version\": 2", "/version");
    row("version zero", "\"version\": 1", "\"version\": 0", "/version");
    row("version as text", "\"version\": 1", "\"version\": \"1\"", "/version");
    row("no time", "2026-11-22T10:00:00.000Z", "yesterday", "/takenAt");
    row("time without zone", "2026-11-22T10:00:00.000Z", "2026-11-22T10:00:00.000", "/takenAt");
    row("servers no list", "\"servers\": [", "\"servers\": 1, \"x\": [", "/servers");
    row("duplicate portal id", "\"portal:2\", \"kind\"", "\"portal:1\", \"kind\"", "/servers/0/portals/2/id");
    row("duplicate id across servers", "\"portal:8\", \"kind\"", "\"portal:2\", \"kind\"", "/servers/1/portals/1/id");
    row("duplicate server id", "base64:AP8v", "server:1", "/servers/1/id");
    row("bad base64", "base64:AP8v", "base64:?", "/servers/1/id");
    row("empty id", "\"id\": \"portal:2\"", "\"id\": \"\"", "/servers/0/portals/2/id");
    row("id no text", "\"id\": \"portal:2\"", "\"id\": 2", "/servers/0/portals/2/id");
    row("address", "10.0.1.6:3260", "10.0.1.256:3260", "/servers/0/portals/2/address");
    row("address missing", "\"address\": \"10.0.1.6:3260\", ", "", "/servers/0/portals/2/address");
    row("multicast", "10.0.1.6:3260", "224.0.0.1:3260", "/servers/0/portals/2/address");
    row("multicast, IPv6", "10.0.1.6:3260", "[ff02::1]:3260", "/servers/0/portals/2/address");
    row("broadcast", "10.0.1.6:3260", "255.255.255.255:3260", "/servers/0/portals/2/address");
    row("multicast of an initiator", "\"10.0.9.1\"", "\"224.0.0.1\"", "/servers/0/portals/4/address");
    row("a key twice", "\"version\": 1", "\"version\": 1, \"version\": 1", "/version");
    row("a key twice, further in", "\"id\": \"portal:2\"", "\"id\": \"portal:2\", \"i\\u0064\": \"portal:2\"",
        "/servers/0/portals/2/id");
    row("port too big", "10.0.1.6:3260", "10.0.1.6:65536", "/servers/0/portals/2/address");
    row("port zero", "10.0.1.6:3260", "10.0.1.6:0", "/servers/0/portals/2/address");
    row("no port", "10.0.1.6:3260", "10.0.1.6", "/servers/0/portals/2/address");
    row("port where none belongs", "\"10.0.9.1\"", "\"10.0.9.1:3260\"", "/servers/0/portals/4/address");
    row("untold address, bad port", "\"port\": 3260", "\"port\": 70000", "/servers/1/portals/0/port");
    row("kind", "\"kind\": \"ip\"", "\"kind\": \"udp\"", "/servers/0/portals/4/kind");
    row("dialect", "\"dialect\": \"windows-native\"", "\"dialect\": \"vax\"", "/servers/1/dialect");
    row("capability", "\"bind\": \"no\"", "\"bind\": false", "/servers/1/capabilities/bind");
    row("flag", "\"editPortals\": true", "\"editPortals\": 1", "/servers/0/capabilities/editPortals");
    row("group without name", "\"name\": \"fabric-A\", ", "", "/servers/0/groups/2/name");
    row("dangling member", "\"portals\": [\"portal:7\"]", "\"portals\": [\"portal:70\"]",
        "/servers/0/groups/1/portals/0");
    row("member of the other server", "\"portals\": [\"portal:8\"]", "\"portals\": [\"portal:1\"]",
        "/servers/1/endpoints/0/portals/0");
    row("bound twice", "[\"portal:1\", \"portal:3\"]", "[\"portal:1\", \"portal:1\"]",
        "/servers/0/nodes/2/endpoints/0/portals/1");
    row("IQN", "\"name\": \"iqn.2026-11.com.example:db\"", "\"name\": \"iqn.2026-13.com.example:db\"",
        "/servers/0/nodes/0/name");
    row("role", "\"role\": \"initiator\", \"endpoints\"", "\"role\": \"boss\", \"endpoints\"",
        "/servers/0/nodes/1/role");
    row("tag too big", "\"tag\": 2,", "\"tag\": 65536,", "/servers/0/nodes/2/endpoints/1/tag");
    row("tag negative", "\"tag\": 2,", "\"tag\": -2,", "/servers/0/nodes/2/endpoints/1/tag");
    row("tag with a fraction", "\"tag\": 2,", "\"tag\": 2.5,", "/servers/0/nodes/2/endpoints/1/tag");
    row("ISID too long", "\"0x00023d000001\",", "\"0x1000023d000001\",", "/servers/0/nodes/1/endpoints/0/tag");
    row("ISID no hex", "\"0x00023d000001\",", "\"0x00023g000001\",", "/servers/0/nodes/1/endpoints/0/tag");
    row("name that contradicts", "mail,t,0x0002", "mail,t,0x0003", "/servers/0/nodes/2/endpoints/1/name");
    row("session of no endpoint", "\"endpoint\": \"endpoint:1\"", "\"endpoint\": \"endpoint:99\"",
        "/servers/0/sessions/0/endpoint");
    row("session of no portal", "\"portal\": \"portal:1\"", "\"portal\": \"portal:99\"",
        "/servers/0/sessions/0/portal");
    row("initiator of a session", "iqn.2026-11.com.example:client-1", "client-1", "/servers/0/sessions/0/initiator");
    row("session portal missing", "\"portal\": \"portal:1\", ", "", "/servers/0/sessions/0/portal");
    row("half a surrogate pair", "\"name\": \"fabric-A\"", "\"name\": \"fabric-\\ud83d\"", "/servers/0/groups/2/name");
    row("control character", "\"name\": \"fabric-A\"", "\"name\": \"fabric-\\u001b[31m\"", "/servers/0/groups/2/name");
    row("element no object", "\"sessions\": []", "\"sessions\": [[]]", "/servers/1/sessions/0");
}

void TestSnapshotJson::refused()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(QString, where);
    QByteArray json = site();
    QVERIFY2(json.contains(from), "the case does not fit the site any more");
    json.replace(json.indexOf(from), from.size(), to);
    const auto read = readSnapshotJson(json, std::make_shared<IdTable>());
    QVERIFY(!read.has_value());
    QVERIFY(read.error().kind == Error::Kind::BadInput);
    QCOMPARE(read.error().where, where);
    QVERIFY(!read.error().what.isEmpty());
}

void TestSnapshotJson::missingAddress()
{
    const auto read = readSnapshotJson(site(), std::make_shared<IdTable>(), MissingAddresses::Refused);
    QVERIFY(!read);
    QCOMPARE(read.error().kind, Error::Kind::BadInput);
    QCOMPARE(read.error().where, QStringLiteral("/servers/1/portals/0/address"));
}

void TestSnapshotJson::noJson_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("where");
    QTest::newRow("empty") << QByteArray() << QStringLiteral("1:1");
    QTest::newRow("list") << QByteArray("[]") << QStringLiteral("/");
    QTest::newRow("binary") << QByteArray("\x89PNG\r\n\x1a\n", 8) << QStringLiteral("1:1");
    QTest::newRow("third line") << QByteArray("{\n \"a\": 1,\n \"ü\": nul\n}") << QStringLiteral("3:10");
}

void TestSnapshotJson::noJson()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, where);
    const auto read = readSnapshotJson(json, std::make_shared<IdTable>());
    QVERIFY(!read.has_value());
    QVERIFY(read.error().kind == Error::Kind::BadInput);
    QCOMPARE(read.error().where, where);
}

void TestSnapshotJson::everyCutIsRefused()
{
    const QByteArray json = site().trimmed();
    for (qsizetype size = 0; size < json.size(); size += 7)
        QVERIFY2(!readSnapshotJson(json.left(size), std::make_shared<IdTable>()), qPrintable(QString::number(size)));
    QVERIFY(readSnapshotJson(json, std::make_shared<IdTable>()));
}

void TestSnapshotJson::refusalLeavesTheIdsAlone()
{
    QByteArray json = site();
    json.replace("\"portal\": \"portal:1\"", "\"portal\": \"portal:99\"");
    auto ids = std::make_shared<IdTable>();
    QVERIFY(!readSnapshotJson(json, ids));
    for (int kind = 0; kind < kindCount; ++kind)
        QCOMPARE(ids->count(Kind(kind)), 0u);
}

void TestSnapshotJson::deepNestingIsRefused()
{
    for (const qsizetype depth : {2'000, 1'000'000}) {
        QByteArray json = site();
        json.replace("\"servers\": [",
                     "\"deep\": " + QByteArray(depth, '[') + QByteArray(depth, ']') + ", \"servers\": [");
        const auto read = readSnapshotJson(json, std::make_shared<IdTable>());
        QVERIFY(!read.has_value());
        QVERIFY(read.error().kind == Error::Kind::BadInput);
    }
}

void TestSnapshotJson::manyBindings()
{
    SnapshotBuilder builder(std::make_shared<IdTable>());
    Server server;
    server.name = QStringLiteral("wide");
    const auto san = builder.addServer("s", server);
    QList<PortalHandle> portals;
    for (int i = 1; i <= 64; ++i) {
        Portal portal;
        portal.server = san;
        portal.address = PortalAddress::parse(QStringLiteral("10.0.0.%1:3260").arg(i)).value();
        portals += builder.addPortal("p" + QByteArray::number(i), portal);
    }
    for (int i = 0; i < 4000; ++i) {
        Node node;
        node.server = san;
        node.name = QStringLiteral("iqn.2026-11.com.example:disk-%1").arg(i);
        Endpoint endpoint;
        endpoint.server = san;
        endpoint.node = builder.addNode("n" + QByteArray::number(i), node);
        endpoint.tag = 1;
        const auto handle = builder.addEndpoint("e" + QByteArray::number(i), endpoint);
        for (const PortalHandle p : portals)
            builder.bind(handle, p);
    }
    const QByteArray json = writeSnapshotJson(Inventory(builder.build()));
    const auto read = readSnapshotJson(json, std::make_shared<IdTable>());
    QVERIFY(read.has_value());
    QCOMPARE((*read)->bindingCount(), size_t(256'000));
    QCOMPARE(writeSnapshotJson(Inventory(*read)), json);
}

QTEST_GUILESS_MAIN(TestSnapshotJson)
#include "tst_snapshotjson.moc"
