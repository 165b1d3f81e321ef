// SPDX-License-Identifier: Apache-2.0

// What rows say in their columns and roles, pending changes and the state of their connection included.

#include "sitetree.h"

#include "model/session.h"
#include "model/snapshotbuilder.h"

#include <QSignalSpy>
#include <QTest>

using namespace portalbind;

namespace {

QString icon(const QModelIndex &index)
{
    return index.data(InventoryTreeModel::IconNameRole).toString();
}

/// A backend whose loads answer what the test gives it.
class GivenBackend : public TargetBackend
{
public:
    GivenBackend()
        : TargetBackend(QUrl(QStringLiteral("given:")))
    {
    }
    [[nodiscard]] QString title() const override { return QStringLiteral("given"); }
    [[nodiscard]] Task<Result<SnapshotPtr>> load(Sink, std::stop_token) override { co_return answer; }
    [[nodiscard]] Task<Result<Answer>> execute(Operation, std::stop_token) override
    {
        co_return failure(Error::Kind::Server, QStringLiteral("nothing is executed here"));
    }
    Result<SnapshotPtr> answer = failure(Error::Kind::Transport, QStringLiteral("Nobody is there."));
};

} // namespace

class TestInventoryTreeModelCells : public QObject
{
    Q_OBJECT
private slots:
    void cellsOfRows_data();
    void cellsOfRows();
    void lioSpeaksOfPortalGroupsAsTags();
    void roles();
    void spokenRows_data();
    void spokenRows();
    void pendingMarks();
    void pendingRemovalsStayUntilTheyAreDone();
    void conflicts();
    void sessionStates();
    void staleRowsFade();
};

void TestInventoryTreeModelCells::cellsOfRows_data()
{
    QTest::addColumn<QString>("row");
    QTest::addColumn<QString>("texts");
    QTest::addColumn<QString>("iconName");
    const auto add = [](const char *row, const char *texts, const char *iconName) {
        QTest::newRow(row) << QString::fromLatin1(row) << QString::fromUtf8(texts) << QString::fromLatin1(iconName);
    };
    add("server san", "san |  |  |  | ", "server");
    add("group fabric-10", "fabric-10 |  |  |  | 2 portals", "portal-group");
    add("group fabric-9", "fabric-9 |  |  |  | 1 portal", "portal-group");
    add("member fabric-10 p1", "10.0.0.1:3260 | 10.0.0.1 |  | bound | 2 endpoints", "portal-bound");
    add("member fabric-10 p2", "10.0.0.2:3260 | 10.0.0.2 |  | free | nothing", "portal-free");
    add("loose p4", "[2001:db8::5]:3260 | 2001:db8::5 |  | free | nothing", "portal-free");
    add("loose p5", "10.0.9.9:3260 | 10.0.9.9 |  | address gone | 1 endpoint", "portal-gone");
    add("loose p6", "0.0.0.0:3260 | 0.0.0.0 |  | wildcard: bound to every IPv4 address | 1 endpoint",
        "portal-wildcard");
    add("loose i1", "10.0.7.1 | 10.0.7.1 |  | bound | 1 endpoint", "initiator-portal");
    add("node mail", "iqn.2026-11.com.example:mail |  |  |  | 2 endpoints", "target");
    add("node host", "iqn.2026-11.com.example:host |  |  |  | 1 endpoint", "initiator");
    add("endpoint mail1", "Endpoint 1 |  | 1 | enabled | 2 portals · 2 sessions", "endpoint");
    add("endpoint mail2", "Endpoint 12 |  | 12 | disabled | no portals", "endpoint-disabled");
    add("endpoint hba", "ISID 0x000000001000 |  | 0x000000001000 | enabled | 1 portal", "endpoint");
    add("binding mail1 p1", "10.0.0.1:3260 | 10.0.0.1 |  | bound | 1 session", "portal-bound");
    add("binding db1 p5", "10.0.9.9:3260 | 10.0.9.9 |  | address gone | ", "portal-gone");
}

void TestInventoryTreeModelCells::cellsOfRows()
{
    QFETCH(QString, row);
    QFETCH(QString, texts);
    QFETCH(QString, iconName);
    SiteTree tree(treeSite());
    const QByteArrayList words = row.toLatin1().split(' ');
    const char *const first = words[1].constData();
    const QModelIndex index = words[0] == "server" ? tree.server(first)
            : words[0] == "group"                  ? tree.group(first)
            : words[0] == "node"                   ? tree.node(first)
            : words[0] == "endpoint"               ? tree.endpoint(first)
            : words[0] == "loose"                  ? tree.loose(first)
            : words[0] == "member"                 ? tree.member(first, words[2].constData())
                                                   : tree.binding(first, words[2].constData());
    QVERIFY(index.isValid());
    QCOMPARE(cells(index), texts);
    QCOMPARE(icon(index), iconName);
}

void TestInventoryTreeModelCells::lioSpeaksOfPortalGroupsAsTags()
{
    const auto ids = std::make_shared<IdTable>();
    SnapshotBuilder builder(ids);
    const auto server = builder.addServer("s", Server{QStringLiteral("here"), {}, Dialect::Lio, {}});
    const auto node = builder.addNode("n", Node{server, Role::Target, QStringLiteral("iqn.2026-11.com.example:a"), {}});
    (void)builder.addEndpoint("e", Endpoint{server, node, Role::Target, BindingScope::Endpoint, true, 3});
    const auto pool = builder.addGroup("g", Group{server, QStringLiteral("left"), true});
    const auto portal = builder.addPortal(
            "p", Portal{server, PortalKind::Tcp, PortalAddress::parse(u"10.0.0.1:3260").value(), true, {}});
    builder.join(pool, portal);
    InventoryTreeModel model;
    model.addServers(SiteTree::key, Inventory(builder.build()));
    QCOMPARE(treeNames(model),
             QStringList({QStringLiteral("here"), QStringLiteral("  Portal pools"), QStringLiteral("    left"),
                          QStringLiteral("      10.0.0.1:3260"), QStringLiteral("  Targets"),
                          QStringLiteral("    iqn.2026-11.com.example:a"), QStringLiteral("      TPG 3")}));
    const QModelIndex target = model.indexOf({SiteTree::key, 0, node.value, RowKind::Server, RowKind::Node});
    QCOMPARE(cell(target, TreeColumn::UsedBy), QStringLiteral("1 TPG"));
    const QModelIndex group = model.indexOf({SiteTree::key, 0, pool.value, RowKind::Server, RowKind::Group});
    QCOMPARE(cell(group, TreeColumn::State), QStringLiteral("as found"));
}

void TestInventoryTreeModelCells::roles()
{
    SiteTree tree(treeSite());
    const QModelIndex portal = tree.member("fabric-10", "p1");
    QCOMPARE(portal.data(InventoryTreeModel::MonospaceRole).toBool(), true);
    QCOMPARE(portal.siblingAtColumn(int(TreeColumn::State)).data(InventoryTreeModel::MonospaceRole).toBool(), false);
    QCOMPARE(tree.node("mail").data(InventoryTreeModel::MonospaceRole).toBool(), false);
    QCOMPARE(tree.node("mail").data(InventoryTreeModel::ElideMiddleRole).toBool(), true);
    QCOMPARE(portal.data(InventoryTreeModel::ElideMiddleRole).toBool(), false);
    QCOMPARE(tree.endpoint("mail1").data(InventoryTreeModel::IdentityRole).toString(),
             QStringLiteral("iqn.2026-11.com.example:mail,t,0x0001"));
    QCOMPARE(tree.endpoint("hba").data(InventoryTreeModel::IdentityRole).toString(),
             QStringLiteral("iqn.2026-11.com.example:host,i,0x000000001000"));
    QCOMPARE(portal.data(InventoryTreeModel::IdentityRole).toString(), QStringLiteral("10.0.0.1:3260"));
    for (const TreeColumn column : {TreeColumn::Tag, TreeColumn::UsedBy}) {
        const int alignment = portal.siblingAtColumn(int(column)).data(Qt::TextAlignmentRole).toInt();
        QVERIFY(alignment & Qt::AlignRight);
        QCOMPARE(tree.model.headerData(int(column), Qt::Horizontal, Qt::TextAlignmentRole).toInt(), alignment);
    }
    QVERIFY(portal.data(Qt::TextAlignmentRole).toInt() & Qt::AlignLeft);
    const QString tip = tree.endpoint("mail1").data(Qt::ToolTipRole).toString();
    QVERIFY2(tip.contains(QStringLiteral("iqn.2026-11.com.example:mail,t,0x0001")), qPrintable(tip));
    QVERIFY2(tip.contains(QStringLiteral("10.0.0.1:3260, 0.0.0.0:3260")), qPrintable(tip));
    const QString portalTip = portal.data(Qt::ToolTipRole).toString();
    QVERIFY2(portalTip.contains(QStringLiteral("Portal groups: fabric-10")), qPrintable(portalTip));
    QVERIFY(portal.siblingAtColumn(1).data(InventoryTreeModel::IconNameRole).toString().isEmpty());
    const QModelIndex sibling = tree.member("fabric-10", "p2");
    QVERIFY(portal.data(InventoryTreeModel::SortKeyRole).toByteArray()
            < sibling.data(InventoryTreeModel::SortKeyRole).toByteArray());
    QCOMPARE(portal.data(InventoryTreeModel::KindRole).toInt(), int(RowKind::Portal));
    QCOMPARE(portal.data(InventoryTreeModel::HandleRole).toUInt(), tree.handle<PortalHandle>("p1").value);
    QCOMPARE(portal.data(InventoryTreeModel::HolderKindRole).toInt(), int(RowKind::Group));
    QCOMPARE(portal.data(InventoryTreeModel::SourceRole).toULongLong(), qulonglong(SiteTree::key));
}

void TestInventoryTreeModelCells::spokenRows_data()
{
    QTest::addColumn<QString>("spoken");
    QTest::addRow("p1") << QStringLiteral("Portal 10.0.0.1 port 3260, bound, serves two endpoints");
    QTest::addRow("p2") << QStringLiteral("Portal 10.0.0.2 port 3260, free, serves nothing");
    QTest::addRow("p5") << QStringLiteral("Portal 10.0.9.9 port 3260, address gone, serves one endpoint");
    QTest::addRow("i1") << QStringLiteral("Address 10.0.7.1, bound, serves one endpoint");
}

void TestInventoryTreeModelCells::spokenRows()
{
    QFETCH(QString, spoken);
    SiteTree tree(treeSite());
    const char *const name = QTest::currentDataTag();
    const QModelIndex inGroup = tree.member("fabric-10", name);
    const QModelIndex index = inGroup.isValid() ? inGroup : tree.loose(name);
    QCOMPARE(index.data(Qt::AccessibleTextRole).toString(), spoken);
    QCOMPARE(tree.node("mail").data(Qt::AccessibleTextRole).toString(),
             QStringLiteral("Target iqn.2026-11.com.example:mail, 2 endpoints"));
    QCOMPARE(tree.endpoint("mail1").data(Qt::AccessibleTextRole).toString(),
             QStringLiteral("Endpoint 1, enabled, 2 portals · 2 sessions"));
}

void TestInventoryTreeModelCells::pendingMarks()
{
    SiteTree tree(treeSite());
    tree.pend(QStringLiteral("bind p2 mail2"));
    const QModelIndex added = tree.binding("mail2", "p2");
    QVERIFY(added.isValid());
    QCOMPARE(cells(added), QStringLiteral("10.0.0.2:3260 | 10.0.0.2 |  | will be bound | "));
    QCOMPARE(tree.model.mark(added), TreeMark::Added);
    QCOMPARE(icon(added), QStringLiteral("will-bind"));
    QCOMPARE(cell(tree.member("fabric-10", "p2"), TreeColumn::State), QStringLiteral("will be bound"));
    QCOMPARE(tree.model.mark(tree.member("fabric-10", "p2")), TreeMark::Changed);
    QCOMPARE(cell(tree.endpoint("mail2"), TreeColumn::UsedBy), QStringLiteral("1 portal"));

    tree.pend(QStringLiteral("disable mail1"));
    QCOMPARE(cell(tree.endpoint("mail1"), TreeColumn::State), QStringLiteral("will be disabled"));
    QCOMPARE(tree.model.mark(tree.endpoint("mail1")), TreeMark::Changed);
    tree.pend(QStringLiteral("rename-group fabric-9 fabric-1"));
    QCOMPARE(cells(tree.group("fabric-9")), QStringLiteral("fabric-1 |  |  | will be renamed | 1 portal"));
    tree.pend(QStringLiteral("join p4 fabric-9"));
    QCOMPARE(cell(tree.member("fabric-9", "p4"), TreeColumn::State), QStringLiteral("will join"));
    QCOMPARE(tree.model.mark(tree.loose("p4")), TreeMark::Removed);
    tree.pend(QStringLiteral("leave p3 fabric-9"));
    QCOMPARE(cell(tree.member("fabric-9", "p3"), TreeColumn::State), QStringLiteral("will leave"));
    QCOMPARE(tree.model.mark(tree.member("fabric-9", "p3")), TreeMark::Removed);
    QCOMPARE(cell(tree.loose("p3"), TreeColumn::State), QStringLiteral("will be in no group"));
    tree.pend(QStringLiteral("create-portal p7 at=10.0.0.77:3260"));
    QCOMPARE(cell(tree.loose("p7"), TreeColumn::State), QStringLiteral("will be created"));
    QCOMPARE(tree.model.mark(tree.loose("p7")), TreeMark::Added);
    tree.pend(QStringLiteral("create-node new"));
    QCOMPARE(tree.model.mark(tree.node("new")), TreeMark::Added);
}

void TestInventoryTreeModelCells::pendingRemovalsStayUntilTheyAreDone()
{
    SiteTree tree(treeSite());
    const QPersistentModelIndex row = tree.binding("mail1", "p1");
    tree.pend(QStringLiteral("unbind p1 mail1"));
    QVERIFY(row.isValid());
    QCOMPARE(cell(row, TreeColumn::State), QStringLiteral("will be unbound"));
    QCOMPARE(tree.model.mark(row), TreeMark::Removed);
    QCOMPARE(icon(row), QStringLiteral("will-unbind"));
    QVERIFY(!(QModelIndex(row).flags() & Qt::ItemIsDragEnabled));
    QCOMPARE(cell(tree.endpoint("mail1"), TreeColumn::UsedBy), QStringLiteral("1 portal · 2 sessions"));

    tree.pend(QStringLiteral("delete-node db"));
    const QPersistentModelIndex node = tree.node("db");
    const QPersistentModelIndex endpoint = tree.endpoint("db1");
    QCOMPARE(cell(node, TreeColumn::State), QStringLiteral("will be deleted"));
    QCOMPARE(cell(endpoint, TreeColumn::State), QStringLiteral("will be deleted"));
    QCOMPARE(cell(tree.binding("db1", "p5"), TreeColumn::State), QStringLiteral("will be unbound"));

    const Site after(QStringLiteral("server san; group fabric-10: p1 p2; endpoint mail1 mail tag=1: p6; "
                                    "portal p6 at=0.0.0.0:3260"),
                     tree.shown.base()->ids());
    tree.show(after.inventory());
    QVERIFY(!row.isValid());
    QVERIFY(!node.isValid());
    QVERIFY(!endpoint.isValid());
    QCOMPARE(treeNames(tree.model),
             QStringList({QStringLiteral("san"), QStringLiteral("  Portal groups"), QStringLiteral("    fabric-10"),
                          QStringLiteral("      10.0.0.1:3260"), QStringLiteral("      10.0.0.2:3260"),
                          QStringLiteral("  Portals in no group"), QStringLiteral("    0.0.0.0:3260"),
                          QStringLiteral("  Targets"), QStringLiteral("    iqn.2026-11.com.example:mail"),
                          QStringLiteral("      Endpoint 1"), QStringLiteral("        0.0.0.0:3260")}));
}

void TestInventoryTreeModelCells::conflicts()
{
    SiteTree tree(treeSite());
    const TreeMirror mirror(tree.model, true);
    tree.pend(QStringLiteral("bind p2 mail1"));
    const QModelIndex row = tree.binding("mail1", "p2");
    QCOMPARE(row.data(InventoryTreeModel::ConflictRole).toBool(), false);
    tree.model.setConflicts(SiteTree::key, {tree.made.operation(QStringLiteral("bind p2 mail1"))});
    QCOMPARE(row.data(InventoryTreeModel::ConflictRole).toBool(), true);
    QCOMPARE(cell(row, TreeColumn::State), QStringLiteral("will be bound, in conflict"));
    QVERIFY(row.data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("in conflict")));
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
    tree.model.setConflicts(SiteTree::key, {});
    QCOMPARE(cell(row, TreeColumn::State), QStringLiteral("will be bound"));
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
}

void TestInventoryTreeModelCells::sessionStates()
{
    auto owned = std::make_unique<GivenBackend>();
    GivenBackend &backend = *owned;
    auto session = std::make_unique<Session>(std::move(owned));
    InventoryTreeModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const TreeMirror mirror(model, true);
    model.addSession(session.get());
    QCOMPARE(treeNames(model), QStringList{QStringLiteral("given")});
    QCOMPARE(model.session(model.index(0, 0)), session.get());
    session->refresh();
    QTRY_COMPARE(session->state(), Session::State::Failed);
    QCOMPARE(cell(model.index(0, 0), TreeColumn::State), QStringLiteral("failed: no connection"));
    QVERIFY(model.index(0, 0).data(Qt::ToolTipRole).toString().contains(QStringLiteral("Nobody is there.")));

    backend.answer = Site(QStringLiteral("server san; portal p1"), backend.ids()).inventory().base();
    session->refresh();
    QTRY_COMPARE(session->state(), Session::State::Live);
    QCOMPARE(model.rowCount(), 1);
    const QModelIndex server = model.index(0, 0);
    QCOMPARE(server.data().toString(), QStringLiteral("san"));
    QVERIFY2(cell(server, TreeColumn::State).startsWith(QStringLiteral("live")),
             qPrintable(cell(server, TreeColumn::State)));
    QVERIFY(server.data(Qt::AccessibleTextRole).toString().startsWith(QStringLiteral("Server san, live")));
    backend.answer = failure(Error::Kind::Timeout, QStringLiteral("The server did not answer in time."));
    session->refresh();
    QTRY_COMPARE(session->state(), Session::State::Stale);
    QVERIFY(cell(server, TreeColumn::State).startsWith(QStringLiteral("stale")));
    QVERIFY(cell(server, TreeColumn::State).endsWith(QStringLiteral(", timed out")));
    QCOMPARE(server.data(InventoryTreeModel::StaleRole).toBool(), true);
    QVERIFY(server.data(Qt::ToolTipRole).toString().contains(QStringLiteral("did not answer")));
    session.reset();
    QCOMPARE(model.rowCount(), 0);
}

void TestInventoryTreeModelCells::staleRowsFade()
{
    SiteTree tree(treeSite());
    const TreeMirror mirror(tree.model, true);
    QSignalSpy fresh(&tree.model, &InventoryTreeModel::freshnessChanged);
    QCOMPARE(tree.binding("mail1", "p1").data(InventoryTreeModel::StaleRole).toBool(), false);
    tree.model.setState(SiteTree::key, {Freshness::Stale, QDateTime::currentDateTimeUtc().addSecs(-245), {}, {}});
    QCOMPARE(tree.binding("mail1", "p1").data(InventoryTreeModel::StaleRole).toBool(), true);
    QCOMPARE(cell(tree.server(), TreeColumn::State), QStringLiteral("stale · 4 min"));
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
    QCOMPARE(fresh.size(), 1);
    tree.model.setState(SiteTree::key, {Freshness::Live, QDateTime::currentDateTimeUtc().addSecs(-10'800), {}, {}});
    QCOMPARE(cell(tree.server(), TreeColumn::State), QStringLiteral("live · 3 h ago"));
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
}

QTEST_GUILESS_MAIN(TestInventoryTreeModelCells)
#include "tst_inventorytreemodelcells.moc"
