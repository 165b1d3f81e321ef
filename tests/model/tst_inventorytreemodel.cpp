// SPDX-License-Identifier: Apache-2.0
#include "site.h"
#include "treemirror.h"

#include "model/session.h"
#include "model/snapshotbuilder.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace portalbind;

namespace {

constexpr SourceKey source = 1;

QString site()
{
    return QStringLiteral(
            "server san;"
            "group fabric-10: p1 p2; group fabric-9: p3;"
            "portal p4 at=[2001:db8::5]:3260; portal p5 gone at=10.0.9.9:3260; portal p6 at=0.0.0.0:3260;"
            "portal i1 ip at=10.0.7.1;"
            "endpoint mail1 mail tag=1: p1 p6; endpoint mail2 mail tag=12 disabled;"
            "endpoint db1 db tag=2: p1 p5; endpoint lost - tag=9; endpoint hba host initiator tag=4096: i1;"
            "session mail1 p1; session mail1 -");
}

struct Tree
{
    Site made;
    InventoryTreeModel model;
    Inventory shown;
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};

    explicit Tree(const QString &text, TreeSections sections = TreeSections::All)
        : made(text)
        , shown(made.inventory())
    {
        model.setSections(sections);
        model.addServers(source, shown);
    }
    void show(const Inventory &next)
    {
        const InventoryDiff change = diff(shown, next);
        shown = next;
        model.update(source, shown, change);
    }
    void pend(const QString &operation) { show(shown.with(made.operation(operation))); }
    template <class H>
    [[nodiscard]] H handle(const char *name)
    {
        return made.handle<H>(QString::fromLatin1(name));
    }
    [[nodiscard]] QModelIndex server(const char *name = "san")
    {
        return model.indexOf({source, 0, handle<ServerHandle>(name).value, RowKind::None, RowKind::Server});
    }
    [[nodiscard]] QModelIndex group(const char *name)
    {
        return model.indexOf({source, 0, handle<GroupHandle>(name).value, RowKind::Server, RowKind::Group});
    }
    [[nodiscard]] QModelIndex node(const char *name)
    {
        return model.indexOf({source, 0, handle<NodeHandle>(name).value, RowKind::Server, RowKind::Node});
    }
    [[nodiscard]] QModelIndex endpoint(const char *name)
    {
        return model.indexOf({source, 0, handle<EndpointHandle>(name).value, RowKind::Node, RowKind::Endpoint});
    }
    [[nodiscard]] QModelIndex member(const char *inGroup, const char *portal)
    {
        return model.indexOf({source, handle<GroupHandle>(inGroup).value, handle<PortalHandle>(portal).value,
                              RowKind::Group, RowKind::Portal});
    }
    [[nodiscard]] QModelIndex loose(const char *portal, const char *on = "san")
    {
        return model.indexOf({source, handle<ServerHandle>(on).value, handle<PortalHandle>(portal).value,
                              RowKind::Server, RowKind::Portal});
    }
    [[nodiscard]] QModelIndex binding(const char *under, const char *portal)
    {
        return model.indexOf({source, handle<EndpointHandle>(under).value, handle<PortalHandle>(portal).value,
                              RowKind::Endpoint, RowKind::Binding});
    }
};

QString cell(const QModelIndex &index, TreeColumn column)
{
    return index.siblingAtColumn(int(column)).data().toString();
}

/// Name | Address | Tag | State | Used by
QString cells(const QModelIndex &index)
{
    QStringList texts;
    for (int column = 0; column < treeColumnCount; ++column)
        texts += cell(index, TreeColumn(column));
    return texts.join(QLatin1String(" | "));
}

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

class TestInventoryTreeModel : public QObject
{
    Q_OBJECT
private slots:
    void shape_data();
    void shape();
    void wordsOfServersWithoutGroups();
    void cellsOfRows_data();
    void cellsOfRows();
    void lioSpeaksOfPortalGroupsAsTags();
    void roles();
    void spokenRows_data();
    void spokenRows();
    void pendingMarks();
    void pendingRemovalsStayUntilTheyAreDone();
    void conflicts();
    void keysAreTheSameInEverySection();
    void keysOfWhatIsNotShown();
    void bounds();
    void flags();
    void handles();
    void untouchedRowsSayNothing();
    void unopenedRowsSayNothing();
    void hundredChangesTouchTheirRowsOnly();
    void emptiedAndFilledRowsTellTheirBranch();
    void rowsThatChangeTheirOrderMove();
    void neighboursComeAndGoTogether();
    void naturalOrder();
    void severalConnections();
    void sessionStates();
    void staleRowsFade();
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
    const Tree tree(site(), sections);
    QCOMPARE(treeNames(tree.model), lines);
}

void TestInventoryTreeModel::wordsOfServersWithoutGroups()
{
    const Tree windows(QStringLiteral("server win groups=none; portal p1; endpoint all - switch: p1; node a; node b"),
                       TreeSections::Targets);
    QCOMPARE(treeNames(windows.model),
             QStringList({QStringLiteral("win"), QStringLiteral("  All targets on this server (2)"),
                          QStringLiteral("    10.0.0.1:3260"), QStringLiteral("  iqn.2026-11.com.example:a"),
                          QStringLiteral("  iqn.2026-11.com.example:b")}));
    const Tree groups(QStringLiteral("server win groups=none; portal p1"), TreeSections::PortalGroups);
    QCOMPARE(treeNames(groups.model),
             QStringList({QStringLiteral("win"), QStringLiteral("  Portals"), QStringLiteral("    10.0.0.1:3260")}));
    const Tree all(QStringLiteral("server win groups=none; portal p1"));
    QCOMPARE(treeNames(all.model),
             QStringList({QStringLiteral("win"), QStringLiteral("  Portals"), QStringLiteral("    10.0.0.1:3260"),
                          QStringLiteral("  Targets")}));
}

void TestInventoryTreeModel::cellsOfRows_data()
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

void TestInventoryTreeModel::cellsOfRows()
{
    QFETCH(QString, row);
    QFETCH(QString, texts);
    QFETCH(QString, iconName);
    Tree tree(site());
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

void TestInventoryTreeModel::lioSpeaksOfPortalGroupsAsTags()
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
    model.addServers(source, Inventory(builder.build()));
    QCOMPARE(treeNames(model),
             QStringList({QStringLiteral("here"), QStringLiteral("  Portal pools"), QStringLiteral("    left"),
                          QStringLiteral("      10.0.0.1:3260"), QStringLiteral("  Targets"),
                          QStringLiteral("    iqn.2026-11.com.example:a"), QStringLiteral("      TPG 3")}));
    const QModelIndex target = model.indexOf({source, 0, node.value, RowKind::Server, RowKind::Node});
    QCOMPARE(cell(target, TreeColumn::UsedBy), QStringLiteral("1 TPG"));
    const QModelIndex group = model.indexOf({source, 0, pool.value, RowKind::Server, RowKind::Group});
    QCOMPARE(cell(group, TreeColumn::State), QStringLiteral("as found"));
}

void TestInventoryTreeModel::roles()
{
    Tree tree(site());
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
    QCOMPARE(portal.data(InventoryTreeModel::SourceRole).toULongLong(), qulonglong(source));
}

void TestInventoryTreeModel::spokenRows_data()
{
    QTest::addColumn<QString>("spoken");
    QTest::addRow("p1") << QStringLiteral("Portal 10.0.0.1 port 3260, bound, serves two endpoints");
    QTest::addRow("p2") << QStringLiteral("Portal 10.0.0.2 port 3260, free, serves nothing");
    QTest::addRow("p5") << QStringLiteral("Portal 10.0.9.9 port 3260, address gone, serves one endpoint");
    QTest::addRow("i1") << QStringLiteral("Address 10.0.7.1, bound, serves one endpoint");
}

void TestInventoryTreeModel::spokenRows()
{
    QFETCH(QString, spoken);
    Tree tree(site());
    const char *const name = QTest::currentDataTag();
    const QModelIndex inGroup = tree.member("fabric-10", name);
    const QModelIndex index = inGroup.isValid() ? inGroup : tree.loose(name);
    QCOMPARE(index.data(Qt::AccessibleTextRole).toString(), spoken);
    QCOMPARE(tree.node("mail").data(Qt::AccessibleTextRole).toString(),
             QStringLiteral("Target iqn.2026-11.com.example:mail, 2 endpoints"));
    QCOMPARE(tree.endpoint("mail1").data(Qt::AccessibleTextRole).toString(),
             QStringLiteral("Endpoint 1, enabled, 2 portals · 2 sessions"));
}

void TestInventoryTreeModel::pendingMarks()
{
    Tree tree(site());
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

void TestInventoryTreeModel::pendingRemovalsStayUntilTheyAreDone()
{
    Tree tree(site());
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

void TestInventoryTreeModel::conflicts()
{
    Tree tree(site());
    const TreeMirror mirror(tree.model, true);
    tree.pend(QStringLiteral("bind p2 mail1"));
    const QModelIndex row = tree.binding("mail1", "p2");
    QCOMPARE(row.data(InventoryTreeModel::ConflictRole).toBool(), false);
    tree.model.setConflicts(source, {tree.made.operation(QStringLiteral("bind p2 mail1"))});
    QCOMPARE(row.data(InventoryTreeModel::ConflictRole).toBool(), true);
    QCOMPARE(cell(row, TreeColumn::State), QStringLiteral("will be bound, in conflict"));
    QVERIFY(row.data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("in conflict")));
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
    tree.model.setConflicts(source, {});
    QCOMPARE(cell(row, TreeColumn::State), QStringLiteral("will be bound"));
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
}

void TestInventoryTreeModel::keysAreTheSameInEverySection()
{
    Tree all(site());
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
        part.addServers(source, all.shown);
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
    Tree tree(site(), TreeSections::Targets);
    QVERIFY(!tree.model.indexOf({}).isValid());
    QVERIFY(!tree.group("fabric-9").isValid());
    QVERIFY(!tree.member("fabric-9", "p3").isValid());
    QVERIFY(!tree.binding("mail2", "p1").isValid());
    QVERIFY(!tree.model.indexOf({99, 0, 1, RowKind::None, RowKind::Server}).isValid());
    QVERIFY(!tree.model.indexOf({source, 0, 4711, RowKind::Server, RowKind::Node}).isValid());
    QVERIFY(!tree.model.indexOf({source, 4711, 4712, RowKind::Endpoint, RowKind::Binding}).isValid());
    QVERIFY(!tree.model.indexOf({source, 1, 1, RowKind::Endpoint, RowKind::Range}).isValid());
}

void TestInventoryTreeModel::bounds()
{
    Tree tree(site());
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
    Tree tree(site());
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
    Tree tree(site());
    const TreeHandles found = tree.model.handles(tree.binding("mail1", "p1"));
    QCOMPARE(found.kind, RowKind::Binding);
    QCOMPARE(found.source, source);
    QCOMPARE(found.portal, tree.handle<PortalHandle>("p1"));
    QCOMPARE(found.endpoint, tree.handle<EndpointHandle>("mail1"));
    QCOMPARE(found.node, tree.handle<NodeHandle>("mail"));
    QCOMPARE(found.server, tree.handle<ServerHandle>("san"));
    QVERIFY(found.group.isNull());
    QCOMPARE(tree.model.handles(tree.member("fabric-10", "p2")).group, tree.handle<GroupHandle>("fabric-10"));
    QCOMPARE(tree.model.handles({}).kind, RowKind::None);
}

void TestInventoryTreeModel::untouchedRowsSayNothing()
{
    Tree tree(site());
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

void TestInventoryTreeModel::unopenedRowsSayNothing()
{
    const Site made(site());
    InventoryTreeModel model;
    model.addServers(source, made.inventory());
    const TreeMirror mirror(model, false);
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    Site names(site(), made.inventory().base()->ids());
    const Inventory next = made.inventory().with(names.operation(QStringLiteral("bind p2 mail2")));
    model.update(source, next, diff(made.inventory(), next));
    QCOMPARE(inserted.size(), 0);
    QCOMPARE(changed.size(), 0);
    const QModelIndex row = model.indexOf({source, names.handle<EndpointHandle>(QStringLiteral("mail2")).value,
                                           names.handle<PortalHandle>(QStringLiteral("p2")).value, RowKind::Endpoint,
                                           RowKind::Binding});
    QCOMPARE(cell(row, TreeColumn::State), QStringLiteral("will be bound"));
}

void TestInventoryTreeModel::hundredChangesTouchTheirRowsOnly()
{
    QString text = QStringLiteral("server san");
    for (int i = 0; i < 4000; ++i)
        text += QStringLiteral("; portal p%1 at=10.0.%2.%3:3260").arg(i).arg(i / 250).arg(i % 250 + 1);
    for (int i = 0; i < 400; ++i)
        text += QStringLiteral("; endpoint e%1 n%1: p%2 p%3").arg(i).arg(i).arg(i + 400);
    Site made(text);
    InventoryTreeModel model;
    model.addServers(source, made.inventory());
    TreeMirror mirror(model, true);
    Inventory next = made.inventory();
    for (int i = 0; i < 100; ++i)
        next = next.with(made.operation(QStringLiteral("bind p%1 e%2").arg(3000 + i).arg(i)));
    model.update(source, next, diff(made.inventory(), next));
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
    // A binding, its endpoint and its portal for each.
    QCOMPARE(mirror.counts().rowsInserted, 100);
    QCOMPARE(mirror.counts().rowsChanged, 200);
    QCOMPARE(mirror.counts().rows(), 300);
    QCOMPARE(mirror.counts().resets, 0);
}

void TestInventoryTreeModel::emptiedAndFilledRowsTellTheirBranch()
{
    const Site made(QStringLiteral("server san; endpoint e n: p1 p2; endpoint f n"));
    Site names(QStringLiteral("server san; endpoint e n: p1 p2; endpoint f n"), made.inventory().base()->ids());
    InventoryTreeModel model;
    model.addServers(source, made.inventory());
    const auto endpoint = [&](const char *name) {
        return model.indexOf({source, 0, names.handle<EndpointHandle>(QString::fromLatin1(name)).value, RowKind::Node,
                              RowKind::Endpoint});
    };
    QVERIFY(model.hasChildren(endpoint("e"))); // as a view asks to draw the branch; the rows were never asked for
    QVERIFY(!model.hasChildren(endpoint("f")));
    QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    const Site after(QStringLiteral("server san; portal p1; portal p2; endpoint e n; endpoint f n: p1"),
                     made.inventory().base()->ids());
    model.update(source, after.inventory(), diff(made.inventory(), after.inventory()));
    QVERIFY(!model.hasChildren(endpoint("e")));
    QVERIFY(model.hasChildren(endpoint("f")));
    QCOMPARE(removed.size(), 1);
    QCOMPARE(removed[0][0].toModelIndex(), endpoint("e"));
    QCOMPARE(removed[0][2].toInt() - removed[0][1].toInt(), 1);
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(inserted[0][0].toModelIndex(), endpoint("f"));
}

void TestInventoryTreeModel::rowsThatChangeTheirOrderMove()
{
    Tree tree(QStringLiteral("server san; group g1: p1; group g2: p2; group g3: p3"));
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

void TestInventoryTreeModel::neighboursComeAndGoTogether()
{
    Tree tree(QStringLiteral("server san; portal p1 at=10.0.0.1:1; portal p9 at=10.0.0.9:1"));
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

void TestInventoryTreeModel::sessionStates()
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

void TestInventoryTreeModel::staleRowsFade()
{
    Tree tree(site());
    const TreeMirror mirror(tree.model, true);
    QSignalSpy fresh(&tree.model, &InventoryTreeModel::freshnessChanged);
    QCOMPARE(tree.binding("mail1", "p1").data(InventoryTreeModel::StaleRole).toBool(), false);
    tree.model.setState(source, {Freshness::Stale, QDateTime::currentDateTimeUtc().addSecs(-245), {}, {}});
    QCOMPARE(tree.binding("mail1", "p1").data(InventoryTreeModel::StaleRole).toBool(), true);
    QCOMPARE(cell(tree.server(), TreeColumn::State), QStringLiteral("stale · 4 min"));
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
    QCOMPARE(fresh.size(), 1);
    tree.model.setState(source, {Freshness::Live, QDateTime::currentDateTimeUtc().addSecs(-10'800), {}, {}});
    QCOMPARE(cell(tree.server(), TreeColumn::State), QStringLiteral("live · 3 h ago"));
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference()));
}

void TestInventoryTreeModel::expandedRowCount()
{
    Tree tree(site());
    const int all = int(treeNames(tree.model).size());
    QCOMPARE(tree.model.expandedRowCount(1000), all);
    QCOMPARE(tree.model.expandedRowCount(all + 1), all);
    QCOMPARE(tree.model.expandedRowCount(5), 5);
    QCOMPARE(InventoryTreeModel().expandedRowCount(5), 0);
}

QTEST_GUILESS_MAIN(TestInventoryTreeModel)
#include "tst_inventorytreemodel.moc"
