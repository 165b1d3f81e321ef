// SPDX-License-Identifier: Apache-2.0
#include "randominventory.h"
#include "site.h"
#include "treemirror.h"

#include "model/inventorytreemodel.h"
#include "model/snapshotbuilder.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace portalbind;

namespace {

constexpr SourceKey source = 1;

QString site()
{
    return QStringLiteral("server san; server far;"
                          "server san;"
                          "group fabric-a: p1 p2; group fabric-b: p1;"
                          "portal p4 at=[2001:db8::5]:3260; portal p5 gone at=10.0.9.9:3260; portal p6 at=0.0.0.0:3260;"
                          "node mail alias=Postbox;"
                          "endpoint mail1 mail tag=1: p1 p6; endpoint mail2 mail tag=12 disabled;"
                          "endpoint db1 db tag=255: p1 p5");
}

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

SearchQuery text(const char *words)
{
    return {QString::fromUtf8(words), false, false, false};
}

QStringList lines(const char *text)
{
    const QString all = QString::fromUtf8(text);
    return all.isEmpty() ? QStringList() : all.split(QLatin1Char('\n'));
}

/// The same search the slow way: every row of a whole tree is asked for its words.
class Reference
{
public:
    Reference(const Inventory &inventory, const SearchQuery &query, TreeSections sections)
        : m_query(query)
        , m_inventory(inventory)
    {
        m_model.setSections(sections);
        m_model.addServers(source, inventory);
        m_words = query.text.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    }
    [[nodiscard]] QList<TreeKey> matches(const QModelIndex &parent = {}) const
    {
        QList<TreeKey> keys;
        for (int i = 0; i < m_model.rowCount(parent); ++i) {
            const QModelIndex index = m_model.index(i, 0, parent);
            if (isMatch(index))
                keys += m_model.keyOf(index);
            keys += matches(index);
        }
        return keys;
    }

private:
    [[nodiscard]] bool isMatch(const QModelIndex &index) const
    {
        const TreeHandles row = m_model.handles(index);
        switch (row.kind) {
        case RowKind::Server:
        case RowKind::Group:
        case RowKind::Node:
        case RowKind::Endpoint:
        case RowKind::Portal:
        case RowKind::Binding:
            break;
        default:
            return false;
        }
        const TreeInventory shown(m_inventory);
        if (m_query.unbound) {
            const bool free = (row.kind == RowKind::Portal && shown.endpointCount(row.portal) == 0)
                    || (row.kind == RowKind::Endpoint && shown.portalCount(row.endpoint) == 0);
            if (!free)
                return false;
        }
        if (m_query.changed && m_model.mark(index) == TreeMark::None)
            return false;
        const auto says = [&](const QString &state) {
            QStringList fields{index.data().toString(), state};
            if (row.kind == RowKind::Server)
                fields += index.siblingAtColumn(1).data().toString();
            if (row.kind == RowKind::Node)
                fields += shown.node(row.node).alias;
            if (row.kind == RowKind::Endpoint) {
                fields += index.siblingAtColumn(2).data().toString();
                fields += QStringLiteral("0x%1").arg(shown.endpoint(row.endpoint).tag, 4, 16, QLatin1Char('0'));
            }
            return std::all_of(m_words.begin(), m_words.end(), [&](const QString &word) {
                return fields.join(QLatin1Char('\n')).contains(word, Qt::CaseInsensitive);
            });
        };
        const bool isPortal = row.kind == RowKind::Portal || row.kind == RowKind::Binding;
        const bool pendingOnly = m_query.changed;
        const QString state = row.kind == RowKind::Server ? QString() : index.siblingAtColumn(3).data().toString();
        if (!isPortal || pendingOnly)
            return says(state);
        // A portal's own state is looked for in all its rows; a row's own only where something is pending on it.
        const bool ipv6 = shown.address(row.portal).ip.family() == IpAddress::Family::IPv6;
        return says(stateText(portalState(shown, row.portal), ipv6))
                || (m_model.mark(index) != TreeMark::None && says(state));
    }

    InventoryTreeModel m_model;
    SearchQuery m_query;
    QStringList m_words;
    Inventory m_inventory;
};

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
    void agreesWithReference_data();
    void agreesWithReference();
    void lateAnswersAreDropped();
    void clearingShowsEverything();
    void keysSurviveAFilter();
    void filterFollowsChanges();
    void severalSources();
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
    const Site made(site());
    QCOMPARE(found(made.inventory(), {words, false, false, false}), rows);
}

void TestSearch::wholeEndpointName()
{
    const Site made(site());
    QCOMPARE(found(made.inventory(), text("iqn.2026-11.com.example:mail,t,0x000c")),
             lines("san\n  Targets\n    iqn.2026-11.com.example:mail\n      Endpoint 12"));
}

void TestSearch::chips()
{
    Site made(site());
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
    Site made(site());
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
    const SearchHits hits = search(text("10.0.0.2"), shown, {}, TreeSections::Targets, 10);
    QCOMPARE(hits.total(), 30u);
    QCOMPARE(hits.shown(), 10u);
    const SearchHits some = search(text("10.0.0."), shown, {}, TreeSections::All, 2000);
    QCOMPARE(some.total(), 93u);
    QCOMPARE(some.shown(), 93u);
    const SearchHits none = search(text("10.0.0."), shown, {}, TreeSections::All, 0);
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
    const SearchHits hits = search(text("3260"), TreeInventory(made.inventory()), {}, TreeSections::All, 2000,
                                   stop.get_token());
    QVERIFY(hits.total() < 1000);
    QCOMPARE(search(text("3260"), TreeInventory(made.inventory()), {}, TreeSections::All, 9999).total(), 2000u);
}

void TestSearch::agreesWithReference_data()
{
    QTest::addColumn<TreeSections>("sections");
    QTest::addRow("all") << TreeSections::All;
    QTest::addRow("groups") << TreeSections::PortalGroups;
    QTest::addRow("targets") << TreeSections::Targets;
}

void TestSearch::agreesWithReference()
{
    QFETCH(TreeSections, sections);
    const QStringList words{QStringLiteral("10.0"),   QStringLiteral("bound"),   QStringLiteral("disk-1"),
                            QStringLiteral("fabric"), QStringLiteral("WILL BE"), QStringLiteral("3260"),
                            QStringLiteral("store"),  QStringLiteral("0x000"),   QStringLiteral("free 10.0.1"),
                            QStringLiteral("::"),     QStringLiteral("enabled"), QStringLiteral("gone"),
                            QStringLiteral("every"),  QStringLiteral("san"),     QStringLiteral("192.0.2"),
                            QStringLiteral("eth%"),   QStringLiteral("join"),    QString()};
    const int seeds = qEnvironmentVariableIsSet("PORTALBIND_LONG") ? 2000 : 150;
    quint64 matched = 0;
    for (int seed = 1; seed <= seeds; ++seed) {
        RandomInventory random{quint64(seed)};
        Inventory inventory(random.snapshot());
        for (size_t i = random.below(8); i > 0; --i)
            inventory = inventory.with(random.operation(inventory));
        const SearchQuery query{words[qsizetype(random.below(size_t(words.size())))], random.chance(20), false,
                                random.chance(20)};
        if (query.isEmpty())
            continue;
        const SearchHits hits = search(query, TreeInventory(inventory), {}, sections, 100'000);
        const QList<TreeKey> wanted = Reference(inventory, query, sections).matches();
        const QByteArray place = QStringLiteral("seed %1, “%2” %3 %4")
                                         .arg(seed)
                                         .arg(query.text)
                                         .arg(query.unbound)
                                         .arg(query.changed)
                                         .toUtf8();
        QVERIFY2(hits.total() == quint64(wanted.size()),
                 place + ": found " + QByteArray::number(hits.total()) + ", there are "
                         + QByteArray::number(wanted.size()));
        QCOMPARE(hits.shown(), hits.total());
        for (const TreeKey &key : wanted) {
            const bool has = key.kind == RowKind::Portal
                    ? hits.hasPortal(
                            {key.parentKind == RowKind::Group ? RowKind::Group : RowKind::LoosePortals, key.parent},
                            PortalHandle{key.handle})
                    : key.kind == RowKind::Binding
                    ? hits.hasPortal({RowKind::Endpoint, key.parent}, PortalHandle{key.handle})
                    : hits.isHit({key.kind, key.handle}) && hits.isWithin({key.kind, key.handle});
            QVERIFY2(has, place);
        }
        matched += hits.total();
    }
    QVERIFY(matched > 100);
}

void TestSearch::lateAnswersAreDropped()
{
    const Site made(site());
    SearchRunner runner;
    QSignalSpy finished(&runner, &SearchRunner::finished);
    std::vector<SearchRunner::Part> parts{{0, TreeInventory(made.inventory()), nullptr}};
    runner.start(text("10"), parts, TreeSections::All);
    runner.start(text("mail"), parts, TreeSections::All);
    QVERIFY(runner.isRunning());
    QTRY_VERIFY(!runner.isRunning());
    QCOMPARE(finished.size(), 1);
    QCOMPARE(finished[0][0].value<SearchQuery>().text, QStringLiteral("mail"));
    runner.start(text("10"), parts, TreeSections::All);
    runner.cancel();
    QVERIFY(!runner.isRunning());
    runner.start(text("db"), parts, TreeSections::All);
    QTRY_COMPARE(finished.size(), 2);
    QCOMPARE(finished[1][0].value<SearchQuery>().text, QStringLiteral("db"));
}

void TestSearch::clearingShowsEverything()
{
    const Site made(site());
    InventoryTreeModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.addServers(source, made.inventory());
    const QStringList all = treeNames(model);
    QSignalSpy applied(&model, &InventoryTreeModel::filterApplied);
    model.setFilter(text("nowhere"));
    QVERIFY(applied.wait(5000));
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(model.matchCount(), 0u);
    model.setFilter({});
    QCOMPARE(applied.size(), 2); // at once
    QVERIFY(!model.isFiltered());
    QCOMPARE(treeNames(model), all);
    model.setFilter(text("mail"));
    model.setFilter({}); // before the answer
    QVERIFY(!model.isSearching());
    QCOMPARE(treeNames(model), all);
}

void TestSearch::keysSurviveAFilter()
{
    const Site made(site());
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
    model.setFilter(text("mail"));
    QTRY_VERIFY(model.isFiltered());
    const QList<TreeKey> some = keysIn({});
    QVERIFY(some.size() < all.size());
    for (const TreeKey &key : all)
        QCOMPARE(model.indexOf(key).isValid(), some.contains(key));
    model.setFilter({});
    for (const TreeKey &key : all)
        QVERIFY(model.indexOf(key).isValid());
}

void TestSearch::filterFollowsChanges()
{
    Site made(site());
    InventoryTreeModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.addServers(source, made.inventory());
    model.setFilter(text("will be unbound"));
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

void TestSearch::severalSources()
{
    const Site first(QStringLiteral("server one; portal p1"));
    const Site second(QStringLiteral("server two; portal p1"));
    const Site third(QStringLiteral("server three; portal p1"));
    InventoryTreeModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setSections(TreeSections::PortalGroups);
    model.addServers(1, first.inventory());
    model.addServers(2, second.inventory());
    model.setFilter(text("10.0.0.1"));
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

QTEST_GUILESS_MAIN(TestSearch)
#include "tst_search.moc"
