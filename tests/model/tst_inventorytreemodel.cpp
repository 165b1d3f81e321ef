// SPDX-License-Identifier: Apache-2.0
#include "sitetree.h"

#include <QTest>

using namespace portalbind;

class TestInventoryTreeModel : public QObject
{
    Q_OBJECT
private slots:
    void shape_data();
    void shape();
    void wordsOfServersWithoutGroups();
    void keysAreTheSameInEverySection();
    void keysOfWhatIsNotShown();
    void bounds();
    void flags();
    void handles();
    void naturalOrder();
    void severalConnections();
    void expandedRowCount();
};

void TestInventoryTreeModel::shape_data()
{
    QTest::addColumn<TreeSections>("sections");
    QTest::addColumn<QStringList>("lines");
    const auto list = [](const char *text) { return QString::fromLatin1(text).split(QLatin1Char('\n')); };
    QTest::addRow("all") << TreeSections::All
                         << list("san\n"
                                 "  Portal groups\n"
                                 "    fabric-9\n"
                                 "      10.0.0.3:3260\n"
                                 "    fabric-10\n"
                                 "      10.0.0.1:3260\n"
                                 "      10.0.0.2:3260\n"
                                 "  Portals in no group\n"
                                 "    0.0.0.0:3260\n"
                                 "    10.0.7.1\n"
                                 "    10.0.9.9:3260\n"
                                 "    [2001:db8::5]:3260\n"
                                 "  Targets\n"
                                 "    iqn.2026-11.com.example:db\n"
                                 "      Endpoint 2\n"
                                 "        10.0.0.1:3260\n"
                                 "        10.0.9.9:3260\n"
                                 "    iqn.2026-11.com.example:mail\n"
                                 "      Endpoint 1\n"
                                 "        0.0.0.0:3260\n"
                                 "        10.0.0.1:3260\n"
                                 "      Endpoint 12\n"
                                 "    Endpoint 9 of no target\n"
                                 "  Initiators\n"
                                 "    iqn.2026-11.com.example:host\n"
                                 "      ISID 0x000000001000\n"
                                 "        10.0.7.1");
    QTest::addRow("groups") << TreeSections::PortalGroups
                            << list("san\n"
                                    "  fabric-9\n"
                                    "    10.0.0.3:3260\n"
                                    "  fabric-10\n"
                                    "    10.0.0.1:3260\n"
                                    "    10.0.0.2:3260\n"
                                    "  Portals in no group\n"
                                    "    0.0.0.0:3260\n"
                                    "    10.0.7.1\n"
                                    "    10.0.9.9:3260\n"
                                    "    [2001:db8::5]:3260");
    QTest::addRow("targets") << TreeSections::Targets
                             << list("san\n"
                                     "  iqn.2026-11.com.example:db\n"
                                     "    Endpoint 2\n"
                                     "      10.0.0.1:3260\n"
                                     "      10.0.9.9:3260\n"
                                     "  iqn.2026-11.com.example:mail\n"
                                     "    Endpoint 1\n"
                                     "      0.0.0.0:3260\n"
                                     "      10.0.0.1:3260\n"
                                     "    Endpoint 12\n"
                                     "  iqn.2026-11.com.example:host\n"
                                     "    ISID 0x000000001000\n"
                                     "      10.0.7.1\n"
                                     "  Endpoint 9 of no target");
}

void TestInventoryTreeModel::shape()
{
    QFETCH(TreeSections, sections);
    QFETCH(QStringList, lines);
    const SiteTree tree(treeSite(), sections);
    QCOMPARE(treeNames(tree.model), lines);
}

void TestInventoryTreeModel::wordsOfServersWithoutGroups()
{
    const SiteTree windows(
            QStringLiteral("server win groups=none; portal p1; endpoint all - switch: p1; node a; node b"),
            TreeSections::Targets);
    QCOMPARE(treeNames(windows.model),
             QStringList({QStringLiteral("win"), QStringLiteral("  All targets on this server (2)"),
                          QStringLiteral("    10.0.0.1:3260"), QStringLiteral("  iqn.2026-11.com.example:a"),
                          QStringLiteral("  iqn.2026-11.com.example:b")}));
    const SiteTree groups(QStringLiteral("server win groups=none; portal p1"), TreeSections::PortalGroups);
    QCOMPARE(treeNames(groups.model),
             QStringList({QStringLiteral("win"), QStringLiteral("  Portals"), QStringLiteral("    10.0.0.1:3260")}));
    const SiteTree all(QStringLiteral("server win groups=none; portal p1"));
    QCOMPARE(treeNames(all.model),
             QStringList({QStringLiteral("win"), QStringLiteral("  Portals"), QStringLiteral("    10.0.0.1:3260"),
                          QStringLiteral("  Targets")}));
}

void TestInventoryTreeModel::keysAreTheSameInEverySection()
{
    SiteTree all(treeSite());
    std::vector<TreeKey> keys;
    const std::function<void(const QModelIndex &)> collect = [&](const QModelIndex &parent) {
        for (int row = 0; row < all.model.rowCount(parent); ++row) {
            const QModelIndex index = all.model.index(row, 0, parent);
            keys.push_back(all.model.keyOf(index));
            QCOMPARE(all.model.indexOf(keys.back()), index);
            QCOMPARE(all.model.indexOf(keys.back(), 3), index.siblingAtColumn(3));
            collect(index);
        }
    };
    collect({});
    QCOMPARE(QSet<TreeKey>(keys.begin(), keys.end()).size(), qsizetype(keys.size()));
    for (const TreeSections sections : {TreeSections::PortalGroups, TreeSections::Targets}) {
        InventoryTreeModel part; // nothing of it was asked for: indexOf() makes what it needs
        part.setSections(sections);
        part.addServers(SiteTree::key, all.shown);
        int found = 0;
        for (const TreeKey &key : keys) {
            const QModelIndex index = part.indexOf(key);
            if (!index.isValid())
                continue;
            ++found;
            QCOMPARE(part.keyOf(index), key);
            QCOMPARE(cells(index), cells(all.model.indexOf(key)));
        }
        QCOMPARE(found, int(treeNames(part).size()));
    }
}

void TestInventoryTreeModel::keysOfWhatIsNotShown()
{
    SiteTree tree(treeSite(), TreeSections::Targets);
    QVERIFY(!tree.model.indexOf({}).isValid());
    QVERIFY(!tree.group("fabric-9").isValid());
    QVERIFY(!tree.member("fabric-9", "p3").isValid());
    QVERIFY(!tree.binding("mail2", "p1").isValid());
    QVERIFY(!tree.model.indexOf({99, 0, 1, RowKind::None, RowKind::Server}).isValid());
    QVERIFY(!tree.model.indexOf({SiteTree::key, 0, 4711, RowKind::Server, RowKind::Node}).isValid());
    QVERIFY(!tree.model.indexOf({SiteTree::key, 4711, 4712, RowKind::Endpoint, RowKind::Binding}).isValid());
    QVERIFY(!tree.model.indexOf({SiteTree::key, 1, 1, RowKind::Endpoint, RowKind::Range}).isValid());
}

void TestInventoryTreeModel::bounds()
{
    SiteTree tree(treeSite());
    const QModelIndex server = tree.server();
    QVERIFY(!tree.model.index(-1, 0).isValid());
    QVERIFY(!tree.model.index(0, -1).isValid());
    QVERIFY(!tree.model.index(1, 0).isValid());
    QVERIFY(!tree.model.index(0, treeColumnCount).isValid());
    QVERIFY(!tree.model.index(4, 0, server).isValid());
    QVERIFY(tree.model.index(3, treeColumnCount - 1, server).isValid());
    QVERIFY(!tree.model.index(0, 0, server.siblingAtColumn(1)).isValid());
    QCOMPARE(tree.model.rowCount(server.siblingAtColumn(1)), 0);
    QVERIFY(!tree.model.hasChildren(server.siblingAtColumn(1)));
    const QModelIndex leaf = tree.binding("mail1", "p1");
    QVERIFY(!tree.model.index(0, 0, leaf).isValid());
    QCOMPARE(tree.model.rowCount(leaf), 0);
    QCOMPARE(tree.model.columnCount(leaf), treeColumnCount);
    QCOMPARE(tree.model.parent(leaf), tree.endpoint("mail1"));
    QCOMPARE(tree.model.parent(leaf.siblingAtColumn(2)), tree.endpoint("mail1"));
    QVERIFY(!tree.model.parent(server).isValid());
    QVERIFY(!tree.model.data({}, Qt::DisplayRole).isValid());
    QVERIFY(!tree.model.headerData(treeColumnCount, Qt::Horizontal).isValid());
    QVERIFY(!tree.model.headerData(0, Qt::Vertical).isValid());
    const InventoryTreeModel empty;
    QCOMPARE(empty.rowCount(), 0);
    QVERIFY(!empty.hasChildren());
    QVERIFY(!empty.index(0, 0).isValid());
}

void TestInventoryTreeModel::flags()
{
    SiteTree tree(treeSite());
    const auto drags = [](const QModelIndex &index) { return bool(index.flags() & Qt::ItemIsDragEnabled); };
    const auto drops = [](const QModelIndex &index) { return bool(index.flags() & Qt::ItemIsDropEnabled); };
    const QModelIndex group = tree.group("fabric-9");
    QVERIFY(drags(group) && drops(group));
    QVERIFY(!drags(tree.endpoint("mail1")) && drops(tree.endpoint("mail1")));
    QVERIFY(drags(tree.member("fabric-9", "p3")) && !drops(tree.member("fabric-9", "p3")));
    QVERIFY(drags(tree.binding("mail1", "p1")) && !drops(tree.binding("mail1", "p1")));
    QVERIFY(!drags(tree.server()) && !drops(tree.server()));
    QVERIFY(!drags(tree.node("mail")) && !drops(tree.node("mail")));
    QVERIFY(!drags({}) && !drops({}));
}

void TestInventoryTreeModel::handles()
{
    SiteTree tree(treeSite());
    const TreeHandles found = tree.model.handles(tree.binding("mail1", "p1"));
    QCOMPARE(found.kind, RowKind::Binding);
    QCOMPARE(found.source, SiteTree::key);
    QCOMPARE(found.portal, tree.handle<PortalHandle>("p1"));
    QCOMPARE(found.endpoint, tree.handle<EndpointHandle>("mail1"));
    QCOMPARE(found.node, tree.handle<NodeHandle>("mail"));
    QCOMPARE(found.server, tree.handle<ServerHandle>("san"));
    QVERIFY(found.group.isNull());
    QCOMPARE(tree.model.handles(tree.member("fabric-10", "p2")).group, tree.handle<GroupHandle>("fabric-10"));
    QCOMPARE(tree.model.handles({}).kind, RowKind::None);
}

void TestInventoryTreeModel::naturalOrder()
{
    const auto comesBefore = [](const char *a, const char *b) {
        return naturalKey(QString::fromUtf8(a)) < naturalKey(QString::fromUtf8(b));
    };
    QVERIFY(comesBefore("eth2", "eth10"));
    QVERIFY(comesBefore("eth02", "eth10"));
    QVERIFY(comesBefore("a9b", "a10"));
    QVERIFY(comesBefore("Fabric-a", "fabric-B"));
    QVERIFY(comesBefore("école", "fabric"));
    QVERIFY(comesBefore("eb", "éc"));
    QVERIFY(comesBefore("z", "ж"));
    QVERIFY(comesBefore("x", "x1"));
    QVERIFY(comesBefore("x99999999999999999999", "x100000000000000000000"));
    QCOMPARE(naturalKey(u"eth007"), naturalKey(u"ETH7"));
    const auto number = [](const char *text) {
        return addressNumber(PortalAddress::parse(QString::fromLatin1(text)).value());
    };
    QVERIFY(number("9.0.0.1:3260") < number("10.0.0.1:80"));
    QVERIFY(number("10.0.0.1:860") < number("10.0.0.1:3260"));
    QVERIFY(number("255.255.255.255:65535") < number("[::]:1"));
    QVERIFY(number("[2001:db8::1]:1") <= number("[2001:db8::2]:1"));
}

void TestInventoryTreeModel::severalConnections()
{
    const Site first(QStringLiteral("server san-10; portal p1"));
    const Site second(QStringLiteral("server san-9; portal p1")); // the same handles in a table of its own
    InventoryTreeModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setSections(TreeSections::PortalGroups);
    const TreeMirror mirror(model, true);
    model.addServers(1, first.inventory());
    model.addServers(2, second.inventory());
    model.addServers(3, Inventory(), QStringLiteral("far away"));
    QCOMPARE(treeNames(model),
             QStringList({QStringLiteral("san-9"), QStringLiteral("  Portals"), QStringLiteral("    10.0.0.1:3260"),
                          QStringLiteral("san-10"), QStringLiteral("  Portals"), QStringLiteral("    10.0.0.1:3260"),
                          QStringLiteral("far away")}));
    QCOMPARE(model.keyOf(model.index(0, 0)).source, SourceKey(2));
    QCOMPARE(model.keyOf(model.index(1, 0)).source, SourceKey(1));
    QCOMPARE(model.index(2, 0).data(InventoryTreeModel::KindRole).toInt(), int(RowKind::Connection));
    QVERIFY(model.inventory(2) && !model.inventory(4));
    model.remove(1);
    QCOMPARE(model.rowCount(), 2);
    const Site third(QStringLiteral("server far; portal p1"));
    model.update(3, third.inventory(), diff(Inventory(), third.inventory()));
    QCOMPARE(treeNames(model),
             QStringList({QStringLiteral("far"), QStringLiteral("  Portals"), QStringLiteral("    10.0.0.1:3260"),
                          QStringLiteral("san-9"), QStringLiteral("  Portals"), QStringLiteral("    10.0.0.1:3260")}));
    model.addServers(5, first.inventory()); // takes the number that the removed one had
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
    QCOMPARE(mirror.counts().resets, 0);
    QVERIFY(model.indexOf({5, 0, 1, RowKind::None, RowKind::Server}).isValid());
    QVERIFY(!model.indexOf({1, 0, 1, RowKind::None, RowKind::Server}).isValid());
}

void TestInventoryTreeModel::expandedRowCount()
{
    SiteTree tree(treeSite());
    const int all = int(treeNames(tree.model).size());
    QCOMPARE(tree.model.expandedRowCount(1000), all);
    QCOMPARE(tree.model.expandedRowCount(all + 1), all);
    QCOMPARE(tree.model.expandedRowCount(5), 5);
    QCOMPARE(InventoryTreeModel().expandedRowCount(5), 0);
}

QTEST_GUILESS_MAIN(TestInventoryTreeModel)
#include "tst_inventorytreemodel.moc"
