// SPDX-License-Identifier: Apache-2.0

// A change signals the rows that it touches, and no others.

#include "sitetree.h"

#include <QSignalSpy>
#include <QTest>

using namespace portalbind;

class TestInventoryTreeModelSignals : public QObject
{
    Q_OBJECT
private slots:
    void untouchedRowsSayNothing();
    void unopenedRowsSayNothing();
    void hundredChangesTouchTheirRowsOnly();
    void emptiedAndFilledRowsTellTheirBranch();
    void rowsThatChangeTheirOrderMove();
    void neighboursComeAndGoTogether();
};

void TestInventoryTreeModelSignals::untouchedRowsSayNothing()
{
    SiteTree tree(treeSite());
    TreeMirror mirror(tree.model, true);
    tree.pend(QStringLiteral("bind p2 mail2"));
    // The binding; the endpoint and the portal in its group, whose words tell of it.
    QCOMPARE(mirror.counts().rowsInserted, 1);
    QCOMPARE(mirror.counts().rowsChanged, 2);
    QCOMPARE(mirror.counts().rows(), 3);
    mirror.resetCounts();
    tree.show(Inventory(tree.shown.base()));
    QCOMPARE(mirror.counts().rowsRemoved, 1);
    QCOMPARE(mirror.counts().rows(), 3);
    mirror.resetCounts();
    tree.pend(QStringLiteral("disable db1"));
    QCOMPARE(mirror.counts().rowsChanged, 1);
    QCOMPARE(mirror.counts().rows(), 1);
    mirror.resetCounts();
    tree.show(tree.shown);
    QCOMPARE(mirror.counts().rows(), 0);
    QCOMPARE(mirror.counts().resets, 0);
}

void TestInventoryTreeModelSignals::unopenedRowsSayNothing()
{
    const Site made(treeSite());
    InventoryTreeModel model;
    model.addServers(SiteTree::key, made.inventory());
    const TreeMirror mirror(model, false);
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    Site names(treeSite(), made.inventory().base()->ids());
    const Inventory next = made.inventory().with(names.operation(QStringLiteral("bind p2 mail2")));
    model.update(SiteTree::key, next, diff(made.inventory(), next));
    QCOMPARE(inserted.size(), 0);
    QCOMPARE(changed.size(), 0);
    const QModelIndex row = model.indexOf({SiteTree::key, names.handle<EndpointHandle>(QStringLiteral("mail2")).value,
                                           names.handle<PortalHandle>(QStringLiteral("p2")).value, RowKind::Endpoint,
                                           RowKind::Binding});
    QCOMPARE(cell(row, TreeColumn::State), QStringLiteral("will be bound"));
}

void TestInventoryTreeModelSignals::hundredChangesTouchTheirRowsOnly()
{
    QString text = QStringLiteral("server san");
    for (int i = 0; i < 4000; ++i)
        text += QStringLiteral("; portal p%1 at=10.0.%2.%3:3260").arg(i).arg(i / 250).arg(i % 250 + 1);
    for (int i = 0; i < 400; ++i)
        text += QStringLiteral("; endpoint e%1 n%1: p%2 p%3").arg(i).arg(i).arg(i + 400);
    Site made(text);
    InventoryTreeModel model;
    model.addServers(SiteTree::key, made.inventory());
    TreeMirror mirror(model, true);
    Inventory next = made.inventory();
    for (int i = 0; i < 100; ++i)
        next = next.with(made.operation(QStringLiteral("bind p%1 e%2").arg(3000 + i).arg(i)));
    model.update(SiteTree::key, next, diff(made.inventory(), next));
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
    // A binding, its endpoint and its portal for each.
    QCOMPARE(mirror.counts().rowsInserted, 100);
    QCOMPARE(mirror.counts().rowsChanged, 200);
    QCOMPARE(mirror.counts().rows(), 300);
    QCOMPARE(mirror.counts().resets, 0);
}

void TestInventoryTreeModelSignals::emptiedAndFilledRowsTellTheirBranch()
{
    const Site made(QStringLiteral("server san; endpoint e n: p1 p2; endpoint f n"));
    Site names(QStringLiteral("server san; endpoint e n: p1 p2; endpoint f n"), made.inventory().base()->ids());
    InventoryTreeModel model;
    model.addServers(SiteTree::key, made.inventory());
    const auto endpoint = [&](const char *name) {
        return model.indexOf({SiteTree::key, 0, names.handle<EndpointHandle>(QString::fromLatin1(name)).value,
                              RowKind::Node, RowKind::Endpoint});
    };
    QVERIFY(model.hasChildren(endpoint("e"))); // as a view asks to draw the branch; the rows were never asked for
    QVERIFY(!model.hasChildren(endpoint("f")));
    QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    const Site after(QStringLiteral("server san; portal p1; portal p2; endpoint e n; endpoint f n: p1"),
                     made.inventory().base()->ids());
    model.update(SiteTree::key, after.inventory(), diff(made.inventory(), after.inventory()));
    QVERIFY(!model.hasChildren(endpoint("e")));
    QVERIFY(model.hasChildren(endpoint("f")));
    QCOMPARE(removed.size(), 1);
    QCOMPARE(removed[0][0].toModelIndex(), endpoint("e"));
    QCOMPARE(removed[0][2].toInt() - removed[0][1].toInt(), 1);
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(inserted[0][0].toModelIndex(), endpoint("f"));
}

void TestInventoryTreeModelSignals::rowsThatChangeTheirOrderMove()
{
    SiteTree tree(QStringLiteral("server san; group g1: p1; group g2: p2; group g3: p3"));
    const TreeMirror mirror(tree.model, true);
    const QPersistentModelIndex group = tree.group("g1");
    const QPersistentModelIndex member = tree.member("g1", "p1");
    tree.pend(QStringLiteral("rename-group g1 g25"));
    QCOMPARE(group.row(), 2);
    QVERIFY(member.isValid());
    QCOMPARE(member.parent(), QModelIndex(group));
    QCOMPARE(mirror.counts().rowsMoved, 1);
    QCOMPARE(mirror.counts().rowsInserted + mirror.counts().rowsRemoved, 0);
    QCOMPARE(mirror.counts().rowsChanged, 1);
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
}

void TestInventoryTreeModelSignals::neighboursComeAndGoTogether()
{
    SiteTree tree(QStringLiteral("server san; portal p1 at=10.0.0.1:1; portal p9 at=10.0.0.9:1"));
    TreeMirror mirror(tree.model, true);
    const Inventory before = tree.shown;
    const Site after(QStringLiteral("server san; portal p1 at=10.0.0.1:1; portal p3 at=10.0.0.3:1; portal p4 "
                                    "at=10.0.0.4:1; portal p5 at=10.0.0.5:1; portal p9 at=10.0.0.9:1; portal p10 "
                                    "at=10.0.0.10:1"),
                     before.base()->ids());
    tree.show(after.inventory());
    QCOMPARE(mirror.counts().inserted, 2);
    QCOMPARE(mirror.counts().rowsInserted, 4);
    mirror.resetCounts();
    tree.show(before);
    QCOMPARE(mirror.counts().removed, 2);
    QCOMPARE(mirror.counts().rowsRemoved, 4);
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
}

QTEST_GUILESS_MAIN(TestInventoryTreeModelSignals)
#include "tst_inventorytreemodelsignals.moc"
