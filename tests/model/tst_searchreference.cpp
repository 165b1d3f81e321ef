// SPDX-License-Identifier: Apache-2.0

// The search beside one that asks every row of a whole tree.

#include "randominventory.h"

#include "model/inventorytreemodel.h"

#include <QTest>

using namespace portalbind;

namespace {

constexpr SourceKey source = 1;

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

class TestSearchReference : public QObject
{
    Q_OBJECT
private slots:
    void agreesWithReference_data();
    void agreesWithReference();
};

void TestSearchReference::agreesWithReference_data()
{
    QTest::addColumn<TreeSections>("sections");
    QTest::addRow("all") << TreeSections::All;
    QTest::addRow("groups") << TreeSections::PortalGroups;
    QTest::addRow("targets") << TreeSections::Targets;
}

void TestSearchReference::agreesWithReference()
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

QTEST_GUILESS_MAIN(TestSearchReference)
#include "tst_searchreference.moc"
