// SPDX-License-Identifier: Apache-2.0
#include "treemirror.h"

#include "model/snapshotbuilder.h"

#include <QTest>

#include <random>
#include <set>

using namespace portalbind;

namespace {

constexpr SourceKey source = 3;

QString addressText(quint32 number)
{
    return QStringLiteral("10.%1.%2.%3:3260").arg(number >> 16).arg((number >> 8) & 255).arg(number & 255);
}

/// A server with one endpoint that binds the portals 10.x.y.z of \a numbers, all of which are in one group.
class Site
{
public:
    /// \a shift changes the addresses of some portals while their ids stay.
    Inventory show(const std::set<quint32> &numbers, const std::map<quint32, quint32> &shift = {})
    {
        SnapshotBuilder builder(m_ids);
        server = builder.addServer("s", Server{QStringLiteral("san"), {}, Dialect::Workbook, {}});
        const auto node = builder.addNode("n",
                                          Node{server, Role::Target, QStringLiteral("iqn.2026-11.com.example:a"), {}});
        endpoint = builder.addEndpoint("e", Endpoint{server, node, Role::Target, BindingScope::Endpoint, true, 1});
        group = builder.addGroup("g", Group{server, QStringLiteral("fabric"), false});
        for (const quint32 number : numbers) {
            const auto shifted = shift.find(number);
            const QString text = addressText(shifted == shift.end() ? number : shifted->second);
            const auto portal = builder.addPortal(
                    QByteArray::number(number),
                    Portal{server, PortalKind::Tcp, PortalAddress::parse(text).value(), true, {}});
            builder.bind(endpoint, portal);
            builder.join(group, portal);
        }
        return Inventory(builder.build());
    }
    [[nodiscard]] PortalHandle portal(quint32 number) const
    {
        return m_ids->find<PortalHandle>(QByteArray::number(number));
    }

    ServerHandle server;
    EndpointHandle endpoint;
    GroupHandle group;

private:
    std::shared_ptr<IdTable> m_ids = std::make_shared<IdTable>();
};

std::set<quint32> upTo(quint32 count, quint32 step = 1)
{
    std::set<quint32> numbers;
    for (quint32 i = 0; i < count; ++i)
        numbers.insert(i * step);
    return numbers;
}

struct Tree
{
    Site site;
    InventoryTreeModel model;
    Inventory shown;

    explicit Tree(const std::set<quint32> &numbers)
    {
        shown = site.show(numbers);
        model.addServers(source, shown);
    }
    void show(const std::set<quint32> &numbers, const std::map<quint32, quint32> &shift = {})
    {
        const Inventory next = site.show(numbers, shift);
        const InventoryDiff change = diff(shown, next);
        shown = next;
        model.update(source, shown, change);
    }
    [[nodiscard]] QModelIndex group() const
    {
        return model.indexOf({source, 0, site.group.value, RowKind::Server, RowKind::Group});
    }
    [[nodiscard]] QModelIndex member(quint32 number) const
    {
        return model.indexOf({source, site.group.value, site.portal(number).value, RowKind::Group, RowKind::Portal});
    }
};

bool isRange(const QModelIndex &index)
{
    return index.data(InventoryTreeModel::KindRole).toInt() == int(RowKind::Range);
}

/// The rows below, ranges left out, in order.
QStringList rowsIn(const InventoryTreeModel &model, const QModelIndex &parent)
{
    QStringList names;
    for (int i = 0; i < model.rowCount(parent); ++i) {
        const QModelIndex index = model.index(i, 0, parent);
        if (isRange(index))
            names += rowsIn(model, index);
        else
            names += index.data().toString();
    }
    return names;
}

QStringList texts(const std::set<quint32> &numbers)
{
    QStringList names;
    for (const quint32 number : numbers)
        names += addressText(number);
    return names;
}

} // namespace

class TestInventoryTreeModelRanges : public QObject
{
    Q_OBJECT
private slots:
    void fiveThousandStandSideBySide();
    void moreAreInRanges();
    void targetsAreNamedByTheirEnds();
    void keysOfRanges();
    void insertsFallIntoTheirRange();
    void unopenedRangesTellTheirCountOnly();
    void growingRangeIsSplit();
    void growingListBecomesRanges();
    void manyMoreAtOnceBecomeRanges();
    void shrinkingRangesAreDissolved();
    void emptiedRangeGoes();
    void addressChangeMovesBetweenRanges();
    void sortingKeepsRows();
    void fullyExpandedCount();
    void randomChanges();
};

void TestInventoryTreeModelRanges::fiveThousandStandSideBySide()
{
    const Tree tree(upTo(5000));
    QCOMPARE(tree.model.rowCount(tree.group()), 5000);
    QVERIFY(!isRange(tree.model.index(0, 0, tree.group())));
}

void TestInventoryTreeModelRanges::moreAreInRanges()
{
    const Tree tree(upTo(12'345));
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
            {source, 0, tree.site.endpoint.value, RowKind::Node, RowKind::Endpoint});
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
    model.addServers(source, Inventory(builder.build()));
    const QModelIndex range = model.index(0, 0, model.index(0, 0));
    QVERIFY(isRange(range));
    QCOMPARE(range.data().toString(), QStringLiteral("…:disk0001 – …:disk1000"));
    QCOMPARE(range.data(InventoryTreeModel::IdentityRole).toString(),
             QStringLiteral("iqn.2026-11.com.example:disk0001 – iqn.2026-11.com.example:disk1000"));
}

void TestInventoryTreeModelRanges::keysOfRanges()
{
    const Tree tree(upTo(8000));
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
    Tree other(upTo(8000));
    other.show(upTo(8200));
    Tree fresh(upTo(8200));
    for (int i = 0; i < tree.model.rowCount(tree.group()); ++i) {
        const TreeKey key = tree.model.keyOf(tree.model.index(i, 0, tree.group()));
        const QModelIndex range = fresh.model.indexOf(key);
        QVERIFY(isRange(range));
        QCOMPARE(rowsIn(fresh.model, range).contains(addressText(quint32(i) * 1000)), true);
    }
}

void TestInventoryTreeModelRanges::insertsFallIntoTheirRange()
{
    auto numbers = upTo(6000, 10);
    Tree tree(numbers);
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

void TestInventoryTreeModelRanges::unopenedRangesTellTheirCountOnly()
{
    auto numbers = upTo(6000, 10);
    Tree tree(numbers);
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

void TestInventoryTreeModelRanges::growingRangeIsSplit()
{
    for (const bool opened : {true, false}) {
        auto numbers = upTo(6000, 10);
        Tree tree(numbers);
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

void TestInventoryTreeModelRanges::growingListBecomesRanges()
{
    auto numbers = upTo(4990, 2);
    Tree tree(numbers);
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

void TestInventoryTreeModelRanges::manyMoreAtOnceBecomeRanges()
{
    // As while a server is being read: the lists grow by leaps.
    Tree tree(upTo(10));
    TreeMirror mirror(tree.model, true);
    const QPersistentModelIndex row = tree.member(7);
    tree.show(upTo(30'000));
    QVERIFY2(mirror.difference().isEmpty(), qPrintable(mirror.difference().left(2000)));
    QCOMPARE(QModelIndex(row), tree.member(7));
    QCOMPARE(rowsIn(tree.model, tree.group()), texts(upTo(30'000)));
    QVERIFY2(mirror.counts().inserted <= 8, qPrintable(QString::number(mirror.counts().inserted)));
}

void TestInventoryTreeModelRanges::shrinkingRangesAreDissolved()
{
    for (const bool opened : {true, false}) {
        Tree tree(upTo(6000));
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

void TestInventoryTreeModelRanges::emptiedRangeGoes()
{
    Tree tree(upTo(7000));
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

void TestInventoryTreeModelRanges::addressChangeMovesBetweenRanges()
{
    Tree tree(upTo(6000, 10));
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

void TestInventoryTreeModelRanges::sortingKeepsRows()
{
    const Tree tree(upTo(6500));
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
    const Tree tree(upTo(12'000));
    // Server, sections, group, ranges, portals; target, endpoint, ranges, bindings.
    QCOMPARE(tree.model.expandedRowCount(1'000'000), 1 + 2 + 1 + 12 + 12'000 + 1 + 1 + 12 + 12'000);
    QCOMPARE(tree.model.expandedRowCount(10'000), 10'000);
}

void TestInventoryTreeModelRanges::randomChanges()
{
    const int rounds = qEnvironmentVariableIsSet("PORTALBIND_LONG") ? 200 : 6;
    for (int seed = 1; seed <= 3; ++seed) {
        std::mt19937 random{quint32(seed)};
        std::set<quint32> numbers = upTo(5500, 7);
        Tree tree(numbers);
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
            fresh.addServers(source, tree.shown);
            const QModelIndex group = fresh.indexOf(
                    {source, 0, tree.site.group.value, RowKind::Server, RowKind::Group});
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

QTEST_GUILESS_MAIN(TestInventoryTreeModelRanges)
#include "tst_inventorytreemodelranges.moc"
