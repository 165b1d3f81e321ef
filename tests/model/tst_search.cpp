// SPDX-License-Identifier: Apache-2.0
#include "searchsite.h"
#include "site.h"
#include "treemirror.h"

#include "model/inventorytreemodel.h"

#include <QSignalSpy>
#include <QTest>

using namespace portalbind;

namespace {

constexpr SourceKey source = 1;

/// What a search shows, as the names of the rows, indented.
QStringList found(const Inventory &inventory, const SearchQuery &query, TreeSections sections = TreeSections::All,
                  const QList<Operation> &conflicts = {})
{
    InventoryTreeModel model;
    model.setSections(sections);
    model.addServers(source, inventory);
    model.setConflicts(source, conflicts);
    QSignalSpy applied(&model, &InventoryTreeModel::filterApplied);
    model.setFilter(query);
    if (!applied.wait(5000))
        return {QStringLiteral("no answer")};
    return treeNames(model);
}

} // namespace

class TestSearch : public QObject
{
    Q_OBJECT
private slots:
    void finds_data();
    void finds();
    void wholeEndpointName();
    void chips();
    void conflicts();
    void limitAndCount();
    void stops();
};

void TestSearch::finds_data()
{
    QTest::addColumn<QString>("words");
    QTest::addColumn<QStringList>("rows");
    QTest::newRow("nothing") << QStringLiteral("nowhere") << QStringList();
    QTest::newRow("address") << QStringLiteral("9.9:")
                             << lines("san\n"
                                      "  Portals in no group\n"
                                      "    10.0.9.9:3260\n"
                                      "  Targets\n"
                                      "    iqn.2026-11.com.example:db\n"
                                      "      Endpoint 255\n"
                                      "        10.0.9.9:3260");
    QTest::newRow("a portal in all its places") << QStringLiteral("10.0.0.1:")
                                                << lines("san\n"
                                                         "  Portal groups\n"
                                                         "    fabric-a\n"
                                                         "      10.0.0.1:3260\n"
                                                         "    fabric-b\n"
                                                         "      10.0.0.1:3260\n"
                                                         "  Targets\n"
                                                         "    iqn.2026-11.com.example:db\n"
                                                         "      Endpoint 255\n"
                                                         "        10.0.0.1:3260\n"
                                                         "    iqn.2026-11.com.example:mail\n"
                                                         "      Endpoint 1\n"
                                                         "        10.0.0.1:3260");
    QTest::newRow("IPv6 in any case") << QStringLiteral("DB8::5]")
                                      << lines("san\n"
                                               "  Portals in no group\n"
                                               "    [2001:db8::5]:3260");
    QTest::newRow("a group and what is in it") << QStringLiteral("FABRIC-A")
                                               << lines("san\n"
                                                        "  Portal groups\n"
                                                        "    fabric-a\n"
                                                        "      10.0.0.1:3260\n"
                                                        "      10.0.0.2:3260");
    QTest::newRow("IQN") << QStringLiteral("example:mail")
                         << lines("san\n"
                                  "  Targets\n"
                                  "    iqn.2026-11.com.example:mail\n"
                                  "      Endpoint 1\n"
                                  "        0.0.0.0:3260\n"
                                  "        10.0.0.1:3260\n"
                                  "      Endpoint 12");
    QTest::newRow("alias") << QStringLiteral("postb")
                           << lines("san\n"
                                    "  Targets\n"
                                    "    iqn.2026-11.com.example:mail\n"
                                    "      Endpoint 1\n"
                                    "        0.0.0.0:3260\n"
                                    "        10.0.0.1:3260\n"
                                    "      Endpoint 12");
    QTest::newRow("tag in hex") << QStringLiteral("0x00ff")
                                << lines("san\n"
                                         "  Targets\n"
                                         "    iqn.2026-11.com.example:db\n"
                                         "      Endpoint 255\n"
                                         "        10.0.0.1:3260\n"
                                         "        10.0.9.9:3260");
    QTest::newRow("state of an endpoint") << QStringLiteral("disabled")
                                          << lines("san\n"
                                                   "  Targets\n"
                                                   "    iqn.2026-11.com.example:mail\n"
                                                   "      Endpoint 12");
    QTest::newRow("two words of one portal") << QStringLiteral(" gone  9.9 ")
                                             << lines("san\n"
                                                      "  Portals in no group\n"
                                                      "    10.0.9.9:3260\n"
                                                      "  Targets\n"
                                                      "    iqn.2026-11.com.example:db\n"
                                                      "      Endpoint 255\n"
                                                      "        10.0.9.9:3260");
    QTest::newRow("words of different rows") << QStringLiteral("mail 9.9") << QStringList();
    QTest::newRow("wildcard") << QStringLiteral("wildcard")
                              << lines("san\n"
                                       "  Portals in no group\n"
                                       "    0.0.0.0:3260\n"
                                       "  Targets\n"
                                       "    iqn.2026-11.com.example:mail\n"
                                       "      Endpoint 1\n"
                                       "        0.0.0.0:3260");
    QTest::newRow("a server and all of it") << QStringLiteral("far")
                                            << lines("far\n"
                                                     "  Portal groups\n"
                                                     "  Targets");
}

void TestSearch::finds()
{
    QFETCH(QString, words);
    QFETCH(QStringList, rows);
    const Site made(searchSite());
    QCOMPARE(found(made.inventory(), {words, false, false, false}), rows);
}

void TestSearch::wholeEndpointName()
{
    const Site made(searchSite());
    QCOMPARE(found(made.inventory(), query("iqn.2026-11.com.example:mail,t,0x000c")),
             lines("san\n  Targets\n    iqn.2026-11.com.example:mail\n      Endpoint 12"));
}

void TestSearch::chips()
{
    Site made(searchSite());
    const Inventory pending = made.inventory().with(
            made.operations(QStringLiteral("bind p2 mail2, unbind p5 db1, disable mail1, join p4 fabric-b")));
    QCOMPARE(found(made.inventory(), {QString(), true, false, false}),
             lines("san\n"
                   "  Portal groups\n"
                   "    fabric-a\n"
                   "      10.0.0.2:3260\n"
                   "  Portals in no group\n"
                   "    [2001:db8::5]:3260\n"
                   "  Targets\n"
                   "    iqn.2026-11.com.example:mail\n"
                   "      Endpoint 12"));
    QCOMPARE(found(pending, {QString(), false, false, true}),
             lines("san\n"
                   "  Portal groups\n"
                   "    fabric-a\n"
                   "      10.0.0.2:3260\n"
                   "    fabric-b\n"
                   "      [2001:db8::5]:3260\n"
                   "  Portals in no group\n"
                   "    10.0.9.9:3260\n"
                   "    [2001:db8::5]:3260\n"
                   "  Targets\n"
                   "    iqn.2026-11.com.example:db\n"
                   "      Endpoint 255\n"
                   "        10.0.9.9:3260\n"
                   "    iqn.2026-11.com.example:mail\n"
                   "      Endpoint 1\n"
                   "        0.0.0.0:3260\n"
                   "        10.0.0.1:3260\n"
                   "      Endpoint 12\n"
                   "        10.0.0.2:3260"));
    QCOMPARE(found(pending, {QStringLiteral("unbound"), false, false, true}, TreeSections::Targets),
             lines("san\n"
                   "  iqn.2026-11.com.example:db\n"
                   "    Endpoint 255\n"
                   "      10.0.9.9:3260"));
    QCOMPARE(found(made.inventory(), {QString(), false, false, true}), QStringList());
    // What is pending on a row is looked for among the unbound as well.
    const Inventory leaving = made.inventory().with(made.operation(QStringLiteral("leave p2 fabric-a")));
    QCOMPARE(found(leaving, {QStringLiteral("will leave"), true, false, false}),
             lines("san\n"
                   "  Portal groups\n"
                   "    fabric-a\n"
                   "      10.0.0.2:3260"));
}

void TestSearch::conflicts()
{
    Site made(searchSite());
    const Inventory pending = made.inventory().with(
            made.operations(QStringLiteral("bind p2 mail2, bind p4 mail2, disable mail1")));
    const QList<Operation> refused = made.operations(QStringLiteral("bind p4 mail2"));
    QCOMPARE(found(pending, {QString(), false, true, false}, TreeSections::All, refused),
             lines("san\n"
                   "  Targets\n"
                   "    iqn.2026-11.com.example:mail\n"
                   "      Endpoint 12\n"
                   "        [2001:db8::5]:3260"));
    QCOMPARE(found(pending, {QString(), false, true, false}), QStringList());
}

void TestSearch::limitAndCount()
{
    QString all = QStringLiteral("server san");
    for (int i = 0; i < 30; ++i)
        all += QStringLiteral("; endpoint e%1 n%1: p1 p2 p3").arg(i);
    const Site made(all);
    const TreeInventory shown(made.inventory());
    const SearchHits hits = search(query("10.0.0.2"), shown, {}, TreeSections::Targets, 10);
    QCOMPARE(hits.total(), 30u);
    QCOMPARE(hits.shown(), 10u);
    const SearchHits some = search(query("10.0.0."), shown, {}, TreeSections::All, 2000);
    QCOMPARE(some.total(), 93u);
    QCOMPARE(some.shown(), 93u);
    const SearchHits none = search(query("10.0.0."), shown, {}, TreeSections::All, 0);
    QCOMPARE(none.total(), 93u);
    QCOMPARE(none.shown(), 0u);
}

void TestSearch::stops()
{
    QString all = QStringLiteral("server san");
    for (int i = 0; i < 2000; ++i)
        all += QStringLiteral("; portal p%1 at=10.0.%2.%3:3260").arg(i).arg(i / 200).arg(i % 200);
    const Site made(all);
    std::stop_source stop;
    stop.request_stop();
    const SearchHits hits = search(query("3260"), TreeInventory(made.inventory()), {}, TreeSections::All, 2000,
                                   stop.get_token());
    QVERIFY(hits.total() < 1000);
    QCOMPARE(search(query("3260"), TreeInventory(made.inventory()), {}, TreeSections::All, 9999).total(), 2000u);
}

QTEST_GUILESS_MAIN(TestSearch)
#include "tst_search.moc"
