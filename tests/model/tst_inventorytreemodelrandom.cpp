// SPDX-License-Identifier: Apache-2.0
#include "randominventory.h"
#include "treemirror.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace portalbind;

namespace {

struct Remembered
{
    QPersistentModelIndex index;
    TreeKey key;
    TreeHolder holder;
};

TreeHolder holderOf(const QModelIndex &index)
{
    return {RowKind(index.data(InventoryTreeModel::HolderKindRole).toInt()),
            index.data(InventoryTreeModel::HolderHandleRole).toUInt()};
}

void remember(const InventoryTreeModel &model, std::vector<Remembered> &all, const QModelIndex &parent = {})
{
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        all.push_back({QPersistentModelIndex(index), model.keyOf(index), holderOf(index)});
        remember(model, all, index);
    }
}

/// Where a remembered row is not what it was; empty when all is well.
QString lost(const InventoryTreeModel &model, const std::vector<Remembered> &all)
{
    for (const Remembered &row : all) {
        if (row.index.isValid()) {
            if (model.keyOf(row.index) != row.key)
                return QStringLiteral("a persistent index became another row of kind %1").arg(int(row.key.kind));
            continue;
        }
        // A row that went to another parent is made anew there.
        if (const QModelIndex now = model.indexOf(row.key); now.isValid() && holderOf(now) == row.holder)
            return QStringLiteral("row %1/%2 is there, its persistent index is not")
                    .arg(int(row.key.kind))
                    .arg(row.key.handle);
    }
    return {};
}

int scaled(int cases)
{
    return qEnvironmentVariableIsSet("PORTALBIND_LONG") ? cases * 20 : cases;
}

} // namespace

class TestInventoryTreeModelRandom : public QObject
{
    Q_OBJECT
private slots:
    void updatesEqualAFreshTree_data();
    void updatesEqualAFreshTree();
    void partlyOpenedTree_data() { updatesEqualAFreshTree_data(); }
    void partlyOpenedTree();
    void sortedByAnyColumn();
    void filteredTreeFollows();

private:
    static void step(RandomInventory &random, Inventory &shown, QList<Operation> &pending);
};

/// What may happen to a connection: an edit of the pending list, a refresh, or an apply.
void TestInventoryTreeModelRandom::step(RandomInventory &random, Inventory &shown, QList<Operation> &pending)
{
    const size_t die = random.below(10);
    if (die < 5) {
        pending.append(random.operation(shown));
        shown = shown.with(pending.last());
    } else if (die < 6 && !pending.isEmpty()) {
        pending.removeAt(qsizetype(random.below(size_t(pending.size()))));
        shown = Inventory(shown.base()).with(std::span<const Operation>(pending.constData(), size_t(pending.size())));
    } else if (die < 9) {
        shown = Inventory(random.mutated(*shown.base(), 1 + int(random.below(8))))
                        .with(std::span<const Operation>(pending.constData(), size_t(pending.size())));
    } else {
        shown = Inventory(RandomInventory::done(shown));
        pending.clear();
    }
}

void TestInventoryTreeModelRandom::updatesEqualAFreshTree_data()
{
    QTest::addColumn<TreeSections>("sections");
    QTest::addRow("all") << TreeSections::All;
    QTest::addRow("groups") << TreeSections::PortalGroups;
    QTest::addRow("targets") << TreeSections::Targets;
}

void TestInventoryTreeModelRandom::updatesEqualAFreshTree()
{
    QFETCH(TreeSections, sections);
    constexpr SourceKey key = 7;
    for (int seed = 1; seed <= scaled(15); ++seed) {
        RandomInventory random{quint64(seed), {2, 3, 3, 8, 3, 5}};
        Inventory shown(random.snapshot());
        QList<Operation> pending;
        InventoryTreeModel model;
        model.setSections(sections);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.addServers(key, shown);
        const TreeMirror mirror(model, true);
        for (int i = 0; i < 20; ++i) {
            std::vector<Remembered> rows;
            remember(model, rows);
            QVERIFY2(rows.size() < 1000, qPrintable(QStringLiteral("%1 rows").arg(rows.size())));
            const Inventory before = shown;
            step(random, shown, pending);
            model.update(key, shown, diff(before, shown));

            InventoryTreeModel fresh;
            fresh.setSections(sections);
            fresh.addServers(key, shown);
            const QByteArray place = QStringLiteral("seed %1, step %2").arg(seed).arg(i).toUtf8();
            const QStringList is = treeLines(model);
            const QStringList wanted = treeLines(fresh);
            if (is != wanted) {
                for (qsizetype line = 0; line < std::max(is.size(), wanted.size()); ++line)
                    if (is.value(line) != wanted.value(line)) {
                        qWarning().noquote() << "is    " << is.value(line) << "\nwanted" << wanted.value(line);
                        break;
                    }
            }
            QVERIFY2(is == wanted, place);
            QVERIFY2(mirror.difference().isEmpty(), place + ": " + mirror.difference().toUtf8());
            QVERIFY2(lost(model, rows).isEmpty(), place + ": " + lost(model, rows).toUtf8());
        }
    }
}

void TestInventoryTreeModelRandom::partlyOpenedTree()
{
    QFETCH(TreeSections, sections);
    constexpr SourceKey key = 7;
    for (int seed = 1; seed <= scaled(60); ++seed) {
        RandomInventory random{quint64(seed) + 5000, {2, 4, 3, 12, 4, 6}};
        Inventory shown(random.snapshot());
        QList<Operation> pending;
        InventoryTreeModel model;
        model.setSections(sections);
        model.addServers(key, shown);
        TreeMirror mirror(model, false);
        for (int i = 0; i < 30; ++i) {
            QModelIndex at;
            for (int depth = 0; depth < 4 && model.rowCount(at) > 0; ++depth) {
                at = model.index(int(random.below(size_t(model.rowCount(at)))), 0, at);
                mirror.expand(at);
            }
            const Inventory before = shown;
            step(random, shown, pending);
            model.update(key, shown, diff(before, shown));
            const QByteArray place = QStringLiteral("seed %1, step %2").arg(seed).arg(i).toUtf8();
            QVERIFY2(mirror.difference().isEmpty(), place + ": " + mirror.difference().toUtf8());
        }
        InventoryTreeModel fresh;
        fresh.setSections(sections);
        fresh.addServers(key, shown);
        QCOMPARE(treeLines(model), treeLines(fresh));
    }
}

void TestInventoryTreeModelRandom::sortedByAnyColumn()
{
    constexpr SourceKey key = 7;
    for (int seed = 1; seed <= scaled(15); ++seed) {
        RandomInventory random{quint64(seed) + 9000, {2, 3, 3, 8, 3, 5}};
        Inventory shown(random.snapshot());
        QList<Operation> pending;
        InventoryTreeModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.addServers(key, shown);
        const TreeMirror mirror(model, true);
        for (int i = 0; i < 12; ++i) {
            std::vector<Remembered> rows;
            remember(model, rows);
            const int column = int(random.below(treeColumnCount));
            const auto direction = random.chance(50) ? Qt::AscendingOrder : Qt::DescendingOrder;
            model.sort(column, direction);
            for (const Remembered &row : rows)
                QVERIFY(row.index.isValid());
            QVERIFY2(lost(model, rows).isEmpty(), qPrintable(lost(model, rows)));
            const Inventory before = shown;
            step(random, shown, pending);
            model.update(key, shown, diff(before, shown));
            InventoryTreeModel fresh;
            fresh.addServers(key, shown);
            fresh.sort(column, direction);
            QCOMPARE(treeLines(model), treeLines(fresh));
            QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
        }
    }
}

void TestInventoryTreeModelRandom::filteredTreeFollows()
{
    constexpr SourceKey key = 7;
    const QStringList texts{QStringLiteral("10.0"),   QStringLiteral("bound"),   QStringLiteral("disk"), QString(),
                            QStringLiteral("fabric"), QStringLiteral("will be"), QStringLiteral("3260")};
    for (int seed = 1; seed <= scaled(15); ++seed) {
        RandomInventory random{quint64(seed) + 12000, {2, 3, 3, 8, 3, 5}};
        Inventory shown(random.snapshot());
        QList<Operation> pending;
        InventoryTreeModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.addServers(key, shown);
        const TreeMirror mirror(model, true);
        SearchQuery query{texts[qsizetype(random.below(size_t(texts.size())))], random.chance(20), false,
                          random.chance(20)};
        if (query.isEmpty())
            query.text = QStringLiteral("free");
        model.setFilter(query);
        QTRY_VERIFY(!model.isSearching());
        QVERIFY(model.isFiltered());
        for (int i = 0; i < 8; ++i) {
            const Inventory before = shown;
            step(random, shown, pending);
            model.update(key, shown, diff(before, shown));
            QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
            QTRY_VERIFY(!model.isSearching());
            QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
            InventoryTreeModel fresh;
            fresh.addServers(key, shown);
            fresh.setFilter(query);
            QTRY_VERIFY(!fresh.isSearching());
            QCOMPARE(treeLines(model), treeLines(fresh));
            QCOMPARE(model.matchCount(), fresh.matchCount());
        }
    }
}

QTEST_GUILESS_MAIN(TestInventoryTreeModelRandom)
#include "tst_inventorytreemodelrandom.moc"
