// SPDX-License-Identifier: Apache-2.0
#include "model/objectname.h"

#include "model/snapshotbuilder.h"
#include "randominventory.h"
#include "siteinventory.h"

#include <QTest>

using namespace portalbind;

class TestObjectName : public QObject
{
    Q_OBJECT
private slots:
    void found_data();
    void found();
    void notFound_data();
    void notFound();
    void ambiguousNamesTheCandidates();
    void nearestAreNamed();
    void everyNameLeadsBack();
    void everyNameLeadsBackAmongTwins();
    void stagedObjectsHaveNames();
    void slashesInNames();
    void oneServerNeedsNoPrefix();
    void anyKind();

private:
    template <class H>
    static QString idOf(const ObjectNames &names, const QString &name)
    {
        const auto h = names.find<H>(name);
        return h ? QString::fromUtf8(names.inventory().base()->ids()->id(*h)) : QString();
    }
    template <class H>
    static void checkAll(const Inventory &inventory, const ObjectNames &names, const QList<H> &handles, quint64 seed)
    {
        for (const H h : handles) {
            const QString name = names.nameOf(h);
            const auto back = names.find<H>(name);
            QVERIFY2(back && *back == h, qPrintable(QStringLiteral("seed %1: %2").arg(seed).arg(name)));
        }
        Q_UNUSED(inventory)
    }
};

void TestObjectName::found_data()
{
    QTest::addColumn<char>("kind");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("id");
    const auto row = [](char kind, const char *name, const char *id) {
        QTest::newRow(name) << kind << QString::fromUtf8(name) << QString::fromLatin1(id);
    };
    row('p', "10.0.1.6:3260", "portal:2");
    row('p', "san-a/10.0.1.5:3260", "portal:1");
    row('p', "win-7/10.0.1.5:3260", "portal:8");
    row('p', "[2001:db8::5]:3260", "portal:3");
    row('p', "[2001:DB8:0::5]:3260", "portal:3");
    row('p', "10.0.9.1", "portal:6");
    row('p', "[fe80::1%eth0]:3261", "portal:7");
    row('p', "@portal:9", "portal:9");
    row('e', "iqn.2026-11.com.example:mail,2", "endpoint:2");
    row('e', "iqn.2026-11.com.example:mail,t,0x0002", "endpoint:2");
    row('e', "IQN.2026-11.com.example:MAIL,t,0x2", "endpoint:2");
    row('e', "san-a/iqn.2026-11.com.example:mail,1", "endpoint:1");
    row('e', "win-7/iqn.2026-11.com.example:mail,0x1", "endpoint:7");
    row('e', "iqn.2026-11.com.example:host,i,0x00023d000001", "endpoint:4");
    row('e', "iqn.2026-11.com.example:host,i,00023d000001", "endpoint:4");
    row('e', "all-targets", "endpoint:6");
    row('e', "win-7/all-targets", "endpoint:6");
    row('e', "@endpoint:5", "endpoint:5");
    row('n', "iqn.2026-11.com.example:db", "node:2");
    row('n', "win-7/iqn.2026-11.com.example:mail", "node:4");
    row('g', "fabric-A", "group:1");
    row('g', "san-a/fabric-A", "group:1");
    row('g', "As found/eth0", "group:3");
    row('g', "san-a/As found/eth0", "group:3");
    row('s', "san-a", "server:1");
}

void TestObjectName::found()
{
    QFETCH(char, kind);
    QFETCH(QString, name);
    const ObjectNames names{Inventory(siteSnapshot())};
    QString id;
    switch (kind) {
    case 'p':
        id = idOf<PortalHandle>(names, name);
        break;
    case 'e':
        id = idOf<EndpointHandle>(names, name);
        break;
    case 'n':
        id = idOf<NodeHandle>(names, name);
        break;
    case 'g':
        id = idOf<GroupHandle>(names, name);
        break;
    default:
        id = idOf<ServerHandle>(names, name);
    }
    QTEST(id, "id");
}

void TestObjectName::notFound_data()
{
    QTest::addColumn<char>("kind");
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("error");
    const auto row = [](char kind, const char *name, Error::Kind error) {
        QTest::newRow(name) << kind << QString::fromUtf8(name) << int(error);
    };
    row('p', "10.0.1.7:3260", Error::Kind::NoSuchObject);
    row('p', "10.0.1.6", Error::Kind::NoSuchObject); // an address alone is one of an initiator
    row('p', "10.0.9.1:3260", Error::Kind::NoSuchObject);
    row('p', "win-7/10.0.1.6:3260", Error::Kind::NoSuchObject);
    row('p', "nowhere/10.0.1.6:3260", Error::Kind::NoSuchObject);
    row('p', "[2001:db8::5%eth0]:3260", Error::Kind::BadInput);
    row('p', "", Error::Kind::BadInput);
    row('p', "10.0.1.6:0", Error::Kind::BadInput);
    row('p', "@portal:99", Error::Kind::NoSuchObject);
    row('p', "@", Error::Kind::NoSuchObject);
    row('p', "@#0", Error::Kind::NoSuchObject);
    row('p', "@#4294967295", Error::Kind::NoSuchObject);
    row('p', "10.0.1.5:3260", Error::Kind::Ambiguous);
    row('e', "iqn.2026-11.com.example:mail", Error::Kind::BadInput);
    row('e', "iqn.2026-11.com.example:mail,9", Error::Kind::NoSuchObject);
    row('e', "iqn.2026-11.com.example:mail,i,0x000000000001", Error::Kind::NoSuchObject);
    row('e', "iqn.2026-11.com.example:mail,1", Error::Kind::Ambiguous);
    row('n', "iqn.2026-11.com.example:mail", Error::Kind::Ambiguous);
    row('n', "mail", Error::Kind::NoSuchObject);
    row('g', "fabric-Z", Error::Kind::NoSuchObject);
    row('s', "san-z", Error::Kind::NoSuchObject);
}

void TestObjectName::notFound()
{
    QFETCH(char, kind);
    QFETCH(QString, name);
    const ObjectNames names{Inventory(siteSnapshot())};
    const auto kindOf = [](const auto &result) { return result ? -1 : int(result.error().kind); };
    int error = -1;
    switch (kind) {
    case 'p':
        error = kindOf(names.find<PortalHandle>(name));
        break;
    case 'e':
        error = kindOf(names.find<EndpointHandle>(name));
        break;
    case 'n':
        error = kindOf(names.find<NodeHandle>(name));
        break;
    case 'g':
        error = kindOf(names.find<GroupHandle>(name));
        break;
    default:
        error = kindOf(names.find<ServerHandle>(name));
    }
    QTEST(error, "error");
}

void TestObjectName::ambiguousNamesTheCandidates()
{
    const ObjectNames names{Inventory(siteSnapshot())};
    const auto found = names.find<PortalHandle>(QStringLiteral("10.0.1.5:3260"));
    QVERIFY(!found);
    QCOMPARE(found.error().detail, QStringLiteral("san-a/10.0.1.5:3260\nwin-7/10.0.1.5:3260"));
}

void TestObjectName::nearestAreNamed()
{
    const ObjectNames names{Inventory(siteSnapshot())};
    const auto portal = names.find<PortalHandle>(QStringLiteral("10.0.1.60:3260"));
    QVERIFY(!portal);
    QCOMPARE(portal.error().detail.section(u'\n', 0, 0), QStringLiteral("san-a/10.0.1.6:3260"));
    const auto group = names.find<GroupHandle>(QStringLiteral("fabrik-A"));
    QVERIFY(!group);
    QCOMPARE(group.error().detail, QStringLiteral("san-a/fabric-A"));
    const auto far = names.find<GroupHandle>(QStringLiteral("something else altogether"));
    QVERIFY(!far);
    QVERIFY(far.error().detail.isEmpty());
}

void TestObjectName::everyNameLeadsBack()
{
    for (quint64 seed = 1; seed <= 200; ++seed) {
        RandomInventory random(seed);
        const Inventory inventory(random.snapshot());
        const ObjectNames names(inventory);
        checkAll(inventory, names, inventory.servers(), seed);
        checkAll(inventory, names, inventory.nodes(), seed);
        checkAll(inventory, names, inventory.endpoints(), seed);
        checkAll(inventory, names, inventory.portals(), seed);
        checkAll(inventory, names, inventory.groups(), seed);
    }
}

void TestObjectName::everyNameLeadsBackAmongTwins()
{
    // The same names over and over: servers, slashes, what looks like an id, nothing at all.
    static const char *const texts[] = {"a", "a/b", "b", "@g1", "", "@", "a/@g2", "ü %41"};
    for (quint64 seed = 1; seed <= 50; ++seed) {
        std::mt19937_64 engine(seed);
        const auto any = [&] { return QString::fromUtf8(texts[engine() % std::size(texts)]); };
        SnapshotBuilder builder(std::make_shared<IdTable>());
        QList<ServerHandle> servers;
        for (int i = 0; i < 3; ++i) {
            Server server;
            server.name = any();
            servers += builder.addServer("s" + QByteArray::number(i), server);
        }
        for (int i = 0; i < 12; ++i) {
            const QByteArray number = QByteArray::number(i);
            const ServerHandle on = servers[qsizetype(engine() % 3)];
            builder.addGroup("g" + number, Group{on, any(), false});
            const auto node = builder.addNode("n/%" + number, Node{on, Role::Target, any(), {}});
            Endpoint endpoint;
            endpoint.server = on;
            endpoint.node = i % 3 ? node : NodeHandle();
            endpoint.role = i % 2 ? Role::Target : Role::Initiator;
            endpoint.tag = engine() % 2;
            builder.addEndpoint("#e" + number, endpoint);
            Portal portal;
            portal.server = on;
            portal.address = PortalAddress::parse(i % 2 ? u"10.0.0.1:1" : u"10.0.0.1").value();
            portal.kind = i % 2 ? PortalKind::Tcp : PortalKind::Ip;
            builder.addPortal(QByteArray("\xff\x00", 2) + number, portal);
        }
        const Inventory inventory(builder.build());
        const ObjectNames names(inventory);
        checkAll(inventory, names, inventory.servers(), seed);
        checkAll(inventory, names, inventory.nodes(), seed);
        checkAll(inventory, names, inventory.endpoints(), seed);
        checkAll(inventory, names, inventory.portals(), seed);
        checkAll(inventory, names, inventory.groups(), seed);
    }
}

void TestObjectName::stagedObjectsHaveNames()
{
    const Inventory base(siteSnapshot());
    IdTable &ids = *base.base()->ids();
    Portal value;
    value.server = ids.find<ServerHandle>("server:1");
    value.address = PortalAddress::parse(u"10.0.1.77:3260").value();
    const auto first = ids.makeProvisional<PortalHandle>();
    const auto twin = ids.makeProvisional<PortalHandle>();
    const Inventory one = base.with(CreatePortal{first, value});
    QCOMPARE(nameOf(first, one), QStringLiteral("san-a/10.0.1.77:3260"));
    const ObjectNames names(one.with(CreatePortal{twin, value}));
    QVERIFY(names.find<PortalHandle>(names.nameOf(first)) == first);
    QVERIFY(names.find<PortalHandle>(names.nameOf(twin)) == twin);
}

void TestObjectName::slashesInNames()
{
    SnapshotBuilder builder(std::make_shared<IdTable>());
    Server server;
    server.name = QStringLiteral("rack/a");
    const auto a = builder.addServer("a", server);
    server.name = QStringLiteral("rack");
    const auto rack = builder.addServer("rack", server);
    const auto x = builder.addGroup("1", Group{a, QStringLiteral("x"), false});
    const auto ax = builder.addGroup("2", Group{rack, QStringLiteral("a/x"), false});
    const ObjectNames names{Inventory(builder.build())};
    // rack/a/x is x of rack/a and a/x of rack.
    QVERIFY(names.find<GroupHandle>(QStringLiteral("rack/a/x")).error().kind == Error::Kind::Ambiguous);
    QVERIFY(names.find<GroupHandle>(names.nameOf(x)) == x);
    QVERIFY(names.find<GroupHandle>(names.nameOf(ax)) == ax);
}

void TestObjectName::oneServerNeedsNoPrefix()
{
    SnapshotBuilder builder(std::make_shared<IdTable>());
    Server server;
    server.name = QStringLiteral("san");
    const auto san = builder.addServer("s", server);
    Portal portal;
    portal.server = san;
    portal.address = PortalAddress::parse(u"10.0.0.1:3260").value();
    const auto handle = builder.addPortal("p", portal);
    const ObjectNames names{Inventory(builder.build())};
    QCOMPARE(names.nameOf(handle), QStringLiteral("10.0.0.1:3260"));
    QVERIFY(names.find<PortalHandle>(QStringLiteral("san/10.0.0.1:3260")) == handle);
}

void TestObjectName::anyKind()
{
    const ObjectNames names{Inventory(siteSnapshot())};
    const auto portal = names.findAny(QStringLiteral("10.0.1.6:3260"));
    QVERIFY(portal && std::holds_alternative<PortalHandle>(*portal));
    const auto endpoint = names.findAny(QStringLiteral("iqn.2026-11.com.example:db,1"));
    QVERIFY(endpoint && std::holds_alternative<EndpointHandle>(*endpoint));
    const auto server = names.findAny(QStringLiteral("win-7"));
    QVERIFY(server && std::holds_alternative<ServerHandle>(*server));
    QVERIFY(names.findAny(QStringLiteral("iqn.2026-11.com.example:mail")).error().kind == Error::Kind::Ambiguous);
    QVERIFY(names.findAny(QStringLiteral("nothing like it")).error().kind == Error::Kind::NoSuchObject);
}

QTEST_GUILESS_MAIN(TestObjectName)
#include "tst_objectname.moc"
