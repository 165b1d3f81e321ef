// SPDX-License-Identifier: Apache-2.0

// A search as the filter of a tree: answers come later, and the tree changes meanwhile.

#include "searchsite.h"
#include "site.h"
#include "treemirror.h"

#include "model/inventorytreemodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace portalbind;

namespace {

constexpr SourceKey source = 1;

} // namespace

class TestSearchFilter : public QObject
{
    Q_OBJECT
private slots:
    void lateAnswersAreDropped();
    void clearingShowsEverything();
    void keysSurviveAFilter();
    void filterFollowsChanges();
    void severalSources();
};

void TestSearchFilter::lateAnswersAreDropped()
{
    const Site made(searchSite());
    SearchRunner runner;
    QSignalSpy finished(&runner, &SearchRunner::finished);
    std::vector<SearchRunner::Part> parts{{0, TreeInventory(made.inventory()), nullptr}};
    runner.start(query("10"), parts, TreeSections::All);
    runner.start(query("mail"), parts, TreeSections::All);
    QVERIFY(runner.isRunning());
    QTRY_VERIFY(!runner.isRunning());
    QCOMPARE(finished.size(), 1);
    QCOMPARE(finished[0][0].value<SearchQuery>().text, QStringLiteral("mail"));
    runner.start(query("10"), parts, TreeSections::All);
    runner.cancel();
    QVERIFY(!runner.isRunning());
    runner.start(query("db"), parts, TreeSections::All);
    QTRY_COMPARE(finished.size(), 2);
    QCOMPARE(finished[1][0].value<SearchQuery>().text, QStringLiteral("db"));
}

void TestSearchFilter::clearingShowsEverything()
{
    const Site made(searchSite());
    InventoryTreeModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.addServers(source, made.inventory());
    const QStringList all = treeNames(model);
    QSignalSpy applied(&model, &InventoryTreeModel::filterApplied);
    model.setFilter(query("nowhere"));
    QVERIFY(applied.wait(5000));
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(model.matchCount(), 0u);
    model.setFilter({});
    QCOMPARE(applied.size(), 2); // at once
    QVERIFY(!model.isFiltered());
    QCOMPARE(treeNames(model), all);
    model.setFilter(query("mail"));
    model.setFilter({}); // before the answer
    QVERIFY(!model.isSearching());
    QCOMPARE(treeNames(model), all);
}

void TestSearchFilter::keysSurviveAFilter()
{
    const Site made(searchSite());
    InventoryTreeModel model;
    model.addServers(source, made.inventory());
    const std::function<QList<TreeKey>(const QModelIndex &)> keysIn = [&](const QModelIndex &parent) {
        QList<TreeKey> keys;
        for (int i = 0; i < model.rowCount(parent); ++i) {
            keys += model.keyOf(model.index(i, 0, parent));
            keys += keysIn(model.index(i, 0, parent));
        }
        return keys;
    };
    const QList<TreeKey> all = keysIn({});
    model.setFilter(query("mail"));
    QTRY_VERIFY(model.isFiltered());
    const QList<TreeKey> some = keysIn({});
    QVERIFY(some.size() < all.size());
    for (const TreeKey &key : all)
        QCOMPARE(model.indexOf(key).isValid(), some.contains(key));
    model.setFilter({});
    for (const TreeKey &key : all)
        QVERIFY(model.indexOf(key).isValid());
}

void TestSearchFilter::filterFollowsChanges()
{
    Site made(searchSite());
    InventoryTreeModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.addServers(source, made.inventory());
    model.setFilter(query("will be unbound"));
    QTRY_VERIFY(model.isFiltered());
    QCOMPARE(model.rowCount(), 0);
    const TreeMirror mirror(model, true);
    const Inventory next = made.inventory().with(made.operation(QStringLiteral("unbind p5 db1")));
    model.update(source, next, diff(made.inventory(), next));
    QTRY_VERIFY(!model.isSearching());
    QCOMPARE(treeNames(model),
             lines("san\n"
                   "  Portals in no group\n"
                   "    10.0.9.9:3260\n"
                   "  Targets\n"
                   "    iqn.2026-11.com.example:db\n"
                   "      Endpoint 255\n"
                   "        10.0.9.9:3260"));
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
    QCOMPARE(mirror.counts().resets, 0); // the query is the same: rows come, the tree stays
    model.update(source, made.inventory(), diff(next, made.inventory()));
    QTRY_COMPARE(model.rowCount(), 0);
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
}

void TestSearchFilter::severalSources()
{
    const Site first(QStringLiteral("server one; portal p1"));
    const Site second(QStringLiteral("server two; portal p1"));
    const Site third(QStringLiteral("server three; portal p1"));
    InventoryTreeModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setSections(TreeSections::PortalGroups);
    model.addServers(1, first.inventory());
    model.addServers(2, second.inventory());
    model.setFilter(query("10.0.0.1"));
    QTRY_VERIFY(model.isFiltered());
    QCOMPARE(model.matchCount(), 2u);
    QCOMPARE(model.rowCount(), 2);
    model.addServers(3, third.inventory());
    QTRY_COMPARE(model.rowCount(), 3);
    QCOMPARE(model.matchCount(), 3u);
    model.remove(1);
    QCOMPARE(model.rowCount(), 2);
    QTRY_COMPARE(model.matchCount(), 2u);
    model.setSections(TreeSections::Targets);
    QTRY_COMPARE(model.matchCount(), 0u);
    QCOMPARE(model.rowCount(), 0);
}

QTEST_GUILESS_MAIN(TestSearchFilter)
#include "tst_searchfilter.moc"
