// SPDX-License-Identifier: Apache-2.0
#include "rangetree.h"

#include <QTest>

#include <set>

using namespace portalbind;

class TestInventoryTreeModelRanges : public QObject
{
    Q_OBJECT
private slots:
    void fiveThousandStandSideBySide();
    void moreAreInRanges();
    void targetsAreNamedByTheirEnds();
    void keysOfRanges();
    void sortingKeepsRows();
    void fullyExpandedCount();
};

void TestInventoryTreeModelRanges::fiveThousandStandSideBySide()
{
    const RangeTree tree(upTo(5000));
    QCOMPARE(tree.model.rowCount(tree.group()), 5000);
    QVERIFY(!isRange(tree.model.index(0, 0, tree.group())));
}

void TestInventoryTreeModelRanges::moreAreInRanges()
{
    const RangeTree tree(upTo(12'345));
    QCOMPARE(tree.model.rowCount(tree.group()), 13);
    const QModelIndex first = tree.model.index(0, 0, tree.group());
    QVERIFY(isRange(first));
    QCOMPARE(first.data().toString(), QStringLiteral("10.0.0.0:3260 – 10.0.3.231:3260"));
    QCOMPARE(first.siblingAtColumn(int(TreeColumn::UsedBy)).data().toString(), QStringLiteral("1,000 portals"));
    QCOMPARE(first.data(InventoryTreeModel::IconNameRole).toString(), QStringLiteral("range"));
    QVERIFY(tree.model.hasChildren(first));
    QCOMPARE(tree.model.rowCount(first), 1000);
    const QModelIndex last = tree.model.index(12, 0, tree.group());
    QCOMPARE(tree.model.rowCount(last), 345);
    QCOMPARE(tree.model.index(0, 0, last).parent(), last);
    QCOMPARE(last.parent(), tree.group());
    QCOMPARE(rowsIn(tree.model, tree.group()), texts(upTo(12'345)));
    const QModelIndex endpoint = tree.model.indexOf(
            {RangeTree::key, 0, tree.site.endpoint.value, RowKind::Node, RowKind::Endpoint});
    QCOMPARE(rowsIn(tree.model, endpoint), texts(upTo(12'345)));
}

void TestInventoryTreeModelRanges::targetsAreNamedByTheirEnds()
{
    SnapshotBuilder builder(std::make_shared<IdTable>());
    const ServerHandle server = builder.addServer("s", Server{QStringLiteral("san-a"), {}, Dialect::Workbook, {}});
    for (int i = 1; i <= 6000; ++i)
        builder.addNode(QByteArray::number(i),
                        {server,
                         Role::Target,
                         QStringLiteral("iqn.2026-11.com.example:disk%1").arg(i, 4, 10, QLatin1Char('0')),
                         {}});
    InventoryTreeModel model;
    model.setSections(TreeSections::Targets);
    model.addServers(RangeTree::key, Inventory(builder.build()));
    const QModelIndex range = model.index(0, 0, model.index(0, 0));
    QVERIFY(isRange(range));
    QCOMPARE(range.data().toString(), QStringLiteral("…:disk0001 – …:disk1000"));
    QCOMPARE(range.data(InventoryTreeModel::IdentityRole).toString(),
             QStringLiteral("iqn.2026-11.com.example:disk0001 – iqn.2026-11.com.example:disk1000"));
}

void TestInventoryTreeModelRanges::keysOfRanges()
{
    const RangeTree tree(upTo(8000));
    const QModelIndex row = tree.member(7777); // asked for before any range was opened
    QCOMPARE(row.data().toString(), addressText(7777));
    QVERIFY(isRange(row.parent()));
    QCOMPARE(tree.model.keyOf(row).parentKind, RowKind::Group);
    QCOMPARE(row.data(InventoryTreeModel::HolderKindRole).toInt(), int(RowKind::Group));
    QCOMPARE(tree.model.handles(row).group, tree.site.group);
    std::set<quint32> named;
    for (int i = 0; i < tree.model.rowCount(tree.group()); ++i) {
        const QModelIndex range = tree.model.index(i, 0, tree.group());
        const TreeKey key = tree.model.keyOf(range);
        QCOMPARE(tree.model.indexOf(key), range);
        named.insert(key.handle);
    }
    QCOMPARE(named.size(), size_t(8));

    // In a tree that parts its rows elsewhere the key means the range that has the row it is known by.
    RangeTree other(upTo(8000));
    other.show(upTo(8200));
    RangeTree fresh(upTo(8200));
    for (int i = 0; i < tree.model.rowCount(tree.group()); ++i) {
        const TreeKey key = tree.model.keyOf(tree.model.index(i, 0, tree.group()));
        const QModelIndex range = fresh.model.indexOf(key);
        QVERIFY(isRange(range));
        QCOMPARE(rowsIn(fresh.model, range).contains(addressText(quint32(i) * 1000)), true);
    }
}

void TestInventoryTreeModelRanges::sortingKeepsRows()
{
    const RangeTree tree(upTo(6500));
    auto &model = const_cast<InventoryTreeModel &>(tree.model);
    const QPersistentModelIndex row = tree.member(123);
    const QPersistentModelIndex range = row.parent();
    model.sort(0, Qt::DescendingOrder);
    QCOMPARE(QModelIndex(row), tree.member(123));
    QCOMPARE(row.data().toString(), addressText(123));
    QVERIFY(!range.isValid());
    QStringList wanted = texts(upTo(6500));
    std::reverse(wanted.begin(), wanted.end());
    QCOMPARE(rowsIn(model, tree.group()), wanted);
}

void TestInventoryTreeModelRanges::fullyExpandedCount()
{
    const RangeTree tree(upTo(12'000));
    // Server, sections, group, ranges, portals; target, endpoint, ranges, bindings.
    QCOMPARE(tree.model.expandedRowCount(1'000'000), 1 + 2 + 1 + 12 + 12'000 + 1 + 1 + 12 + 12'000);
    QCOMPARE(tree.model.expandedRowCount(10'000), 10'000);
}

QTEST_GUILESS_MAIN(TestInventoryTreeModelRanges)
#include "tst_inventorytreemodelranges.moc"
