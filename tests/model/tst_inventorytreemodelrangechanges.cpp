// SPDX-License-Identifier: Apache-2.0

// Ranges while rows come and go: they are split, made and dissolved, and rows keep their places.

#include "rangetree.h"

#include <QTest>

#include <random>
#include <set>

using namespace portalbind;

class TestInventoryTreeModelRangeChanges : public QObject
{
    Q_OBJECT
private slots:
    void insertsFallIntoTheirRange();
    void unopenedRangesTellTheirCountOnly();
    void growingRangeIsSplit();
    void growingListBecomesRanges();
    void manyMoreAtOnceBecomeRanges();
    void shrinkingRangesAreDissolved();
    void emptiedRangeGoes();
    void addressChangeMovesBetweenRanges();
    void randomChanges();
};

void TestInventoryTreeModelRangeChanges::insertsFallIntoTheirRange()
{
    auto numbers = upTo(6000, 10);
    RangeTree tree(numbers);
    TreeMirror mirror(tree.model, true);
    const QPersistentModelIndex third = tree.model.index(2, 0, tree.group());
    const TreeKey key = tree.model.keyOf(third);
    const QPersistentModelIndex row = tree.member(20'000);
    numbers.insert({20'005, 20'006, 20'015});
    tree.show(numbers);
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
    QCOMPARE(tree.model.rowCount(third), 1003);
    QCOMPARE(tree.model.keyOf(third), key);
    QCOMPARE(row.row(), 0);
    QCOMPARE(row.parent(), QModelIndex(third));
    QCOMPARE(rowsIn(tree.model, tree.group()), texts(numbers));
    // Twice three rows in two runs; two ranges, group and endpoint tell of them.
    QCOMPARE(mirror.counts().inserted, 4);
    QCOMPARE(mirror.counts().rowsInserted, 6);
    QCOMPARE(mirror.counts().rowsChanged, 4);
    mirror.resetCounts();
    numbers.insert(70'000); // after all
    numbers.erase(0); // the first of all
    tree.show(numbers);
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
    QCOMPARE(tree.model.rowCount(tree.model.index(0, 0, tree.group())), 999);
    QCOMPARE(tree.model.index(0, 0, tree.group()).data().toString(),
             addressText(10) + QStringLiteral(" – ") + addressText(9990));
    QVERIFY(tree.model.index(5, 0, tree.group()).data().toString().endsWith(addressText(70'000)));
}

void TestInventoryTreeModelRangeChanges::unopenedRangesTellTheirCountOnly()
{
    auto numbers = upTo(6000, 10);
    RangeTree tree(numbers);
    TreeMirror mirror(tree.model, false);
    mirror.expand(tree.model.index(0, 0));
    mirror.expand(tree.group().parent());
    mirror.expand(tree.group());
    numbers.insert({20'005, 20'006});
    tree.show(numbers);
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
    QCOMPARE(mirror.counts().rowsInserted, 0);
    QCOMPARE(mirror.counts().rowsChanged, 2); // the group and the range
    QCOMPARE(tree.model.index(2, 0, tree.group()).siblingAtColumn(int(TreeColumn::UsedBy)).data().toString(),
             QStringLiteral("1,002 portals"));
    QCOMPARE(rowsIn(tree.model, tree.group()), texts(numbers));
}

void TestInventoryTreeModelRangeChanges::growingRangeIsSplit()
{
    for (const bool opened : {true, false}) {
        auto numbers = upTo(6000, 10);
        RangeTree tree(numbers);
        TreeMirror mirror(tree.model, opened);
        mirror.expand(tree.model.index(0, 0));
        mirror.expand(tree.group().parent());
        mirror.expand(tree.group());
        const QPersistentModelIndex first = opened ? tree.member(0) : QModelIndex();
        const QPersistentModelIndex late = opened ? tree.member(9990) : QModelIndex();
        for (quint32 i = 0; i < 9990; ++i)
            numbers.insert(i);
        tree.show(numbers);
        QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference().left(2000)));
        QCOMPARE(tree.model.rowCount(tree.group()), 15);
        for (int i = 0; i < 15; ++i)
            QVERIFY(tree.model.rowCount(tree.model.index(i, 0, tree.group())) <= 1000);
        QCOMPARE(rowsIn(tree.model, tree.group()), texts(numbers));
        if (opened) {
            QCOMPARE(QModelIndex(first), tree.member(0));
            QCOMPARE(QModelIndex(late), tree.member(9990));
        }
    }
}

void TestInventoryTreeModelRangeChanges::growingListBecomesRanges()
{
    auto numbers = upTo(4990, 2);
    RangeTree tree(numbers);
    const TreeMirror mirror(tree.model, true);
    const QPersistentModelIndex row = tree.member(5000);
    QVERIFY(row.isValid());
    for (quint32 i = 0; i < 20; ++i)
        numbers.insert(5001 + 2 * i);
    tree.show(numbers);
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference().left(2000)));
    QVERIFY(isRange(tree.model.index(0, 0, tree.group())));
    QCOMPARE(QModelIndex(row), tree.member(5000));
    QCOMPARE(rowsIn(tree.model, tree.group()), texts(numbers));
}

void TestInventoryTreeModelRangeChanges::manyMoreAtOnceBecomeRanges()
{
    // As while a server is being read: the lists grow by leaps.
    RangeTree tree(upTo(10));
    TreeMirror mirror(tree.model, true);
    const QPersistentModelIndex row = tree.member(7);
    tree.show(upTo(30'000));
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference().left(2000)));
    QCOMPARE(QModelIndex(row), tree.member(7));
    QCOMPARE(rowsIn(tree.model, tree.group()), texts(upTo(30'000)));
    QVERIFY2(mirror.counts().inserted <= 8, qPrintable(QString::number(mirror.counts().inserted)));
}

void TestInventoryTreeModelRangeChanges::shrinkingRangesAreDissolved()
{
    for (const bool opened : {true, false}) {
        RangeTree tree(upTo(6000));
        TreeMirror mirror(tree.model, opened);
        mirror.expand(tree.model.index(0, 0));
        mirror.expand(tree.group().parent());
        mirror.expand(tree.group());
        const QPersistentModelIndex row = tree.member(77);
        std::set<quint32> numbers;
        for (quint32 i = 0; i < 6000; ++i)
            if (i % 7 == 0)
                numbers.insert(i);
        tree.show(numbers);
        QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference().left(2000)));
        QCOMPARE(tree.model.rowCount(tree.group()), int(numbers.size()));
        QCOMPARE(rowsIn(tree.model, tree.group()), texts(numbers));
        QCOMPARE(QModelIndex(row), tree.member(77));
    }
}

void TestInventoryTreeModelRangeChanges::emptiedRangeGoes()
{
    RangeTree tree(upTo(7000));
    const TreeMirror mirror(tree.model, true);
    std::set<quint32> numbers = upTo(7000);
    numbers.erase(numbers.lower_bound(2000), numbers.lower_bound(3000));
    tree.show(numbers);
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference().left(2000)));
    QCOMPARE(tree.model.rowCount(tree.group()), 6);
    numbers.insert(2500);
    tree.show(numbers);
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference().left(2000)));
    QCOMPARE(rowsIn(tree.model, tree.group()), texts(numbers));
}

void TestInventoryTreeModelRangeChanges::addressChangeMovesBetweenRanges()
{
    RangeTree tree(upTo(6000, 10));
    TreeMirror mirror(tree.model, true);
    const QPersistentModelIndex row = tree.member(100);
    // One within its range, one to another range, and the first row of a range.
    tree.show(upTo(6000, 10), {{50, 203}, {100, 45'004}, {30'000, 31'001}});
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference().left(2000)));
    QCOMPARE(QModelIndex(row), tree.member(100));
    QCOMPARE(row.data().toString(), addressText(45'004));
    QCOMPARE(tree.member(45'000).siblingAtRow(tree.member(45'000).row() + 1), QModelIndex(row));
    QCOMPARE(mirror.counts().rowsMoved, 6); // three in the group, three in the endpoint
    QCOMPARE(mirror.counts().rowsInserted + mirror.counts().rowsRemoved, 0);
    QCOMPARE(tree.member(30'000).data().toString(), addressText(31'001));
}

void TestInventoryTreeModelRangeChanges::randomChanges()
{
    const int rounds = qEnvironmentVariableIsSet("PORTALBIND_LONG") ? 200 : 6;
    for (int seed = 1; seed <= 3; ++seed) {
        std::mt19937 random{quint32(seed)};
        std::set<quint32> numbers = upTo(5500, 7);
        RangeTree tree(numbers);
        TreeMirror mirror(tree.model, seed == 1);
        mirror.expand(tree.model.index(0, 0));
        mirror.expand(tree.group().parent());
        mirror.expand(tree.group());
        for (int round = 0; round < rounds; ++round) {
            mirror.expand(
                    tree.model.index(int(random() % quint32(tree.model.rowCount(tree.group()))), 0, tree.group()));
            const quint32 from = random() % 40'000;
            const quint32 count = round % 4 == 0 ? 3000 : 40;
            for (quint32 i = 0; i < count; ++i) {
                const quint32 number = random() % 3 ? from + random() % 5000 : random() % 40'000;
                if (random() % 2)
                    numbers.insert(number);
                else
                    numbers.erase(number);
            }
            std::map<quint32, quint32> shift; // odd multiples of a number nobody else has
            for (quint32 i = 0; i < 20; ++i)
                shift[random() % 40'000] = 100'000 + quint32(round) * 100 + i;
            tree.show(numbers, shift);
            QVERIFY2(mirror.difference().isEmpty(),
                     qPrintable(QStringLiteral("seed %1, round %2: ").arg(seed).arg(round)
                                + mirror.difference().left(2000)));
            InventoryTreeModel fresh;
            fresh.addServers(RangeTree::key, tree.shown);
            const QModelIndex group = fresh.indexOf(
                    {RangeTree::key, 0, tree.site.group.value, RowKind::Server, RowKind::Group});
            if (seed == 1 || round + 1 == rounds)
                QCOMPARE(rowsIn(tree.model, tree.group()), rowsIn(fresh, group));
            for (int i = 0; i < tree.model.rowCount(tree.group()); ++i) {
                const QModelIndex range = tree.model.index(i, 0, tree.group());
                QVERIFY(!isRange(range)
                        || (tree.model.hasChildren(range) && tree.model.indexOf(tree.model.keyOf(range)) == range));
            }
        }
    }
}

QTEST_GUILESS_MAIN(TestInventoryTreeModelRangeChanges)
#include "tst_inventorytreemodelrangechanges.moc"
