// SPDX-License-Identifier: Apache-2.0
#include "model/inventorytreemodel.h"

#include <algorithm>
#include <unordered_set>

namespace portalbind {

InventoryTreeModel::InventoryTreeModel(QObject *parent)
    : QAbstractItemModel(parent)
{
    using namespace std::chrono_literals;
    connect(&m_search, &SearchRunner::finished, this, &InventoryTreeModel::searchFinished);
    connect(&m_ages, &QTimer::timeout, this, [this] { emitServers(TreeColumn::State, TreeColumn::State); });
    m_ages.setInterval(5s);
}

InventoryTreeModel::~InventoryTreeModel() = default;

quint32 InventoryTreeModel::itemAt(const QModelIndex &index) const
{
    return index.isValid() ? quint32(index.internalId()) : 0;
}

QModelIndex InventoryTreeModel::indexFor(quint32 item, int column) const
{
    return item == 0 ? QModelIndex() : createIndex(int(m_store.item(item).position), column, quintptr(item));
}

TreeOrder::Inventories InventoryTreeModel::inventories() const
{
    return [this](quint16 source) -> const TreeInventory & { return shown(source); };
}

TreeHolder InventoryTreeModel::holderOf(quint32 item) const
{
    while (m_store.item(item).kind == RowKind::Range)
        item = m_store.item(item).parent;
    return {m_store.item(item).kind, m_store.item(item).handle};
}

TreeHolder InventoryTreeModel::holderAbove(quint32 item) const
{
    return holderOf(m_store.item(item).parent);
}

bool InventoryTreeModel::isLeafRow(quint32 item) const
{
    const RowKind kind = m_store.item(item).kind;
    return kind == RowKind::Portal || kind == RowKind::Binding || kind == RowKind::Connection;
}

std::vector<TreeMember> InventoryTreeModel::rootMembers(const TreeSource &source, quint16 number) const
{
    std::vector<TreeMember> members = source.shown.membersOf({}, number);
    if (members.empty() && !source.title.isEmpty())
        members.push_back({0, number, RowKind::Connection});
    return members;
}

std::vector<TreeMember> InventoryTreeModel::childrenOf(quint32 item) const
{
    std::vector<TreeMember> members;
    const auto keep = [&](const TreeSource &source, const TreeHolder &holder, std::vector<TreeMember> more) {
        if (m_filtered && !isWholeShown(item))
            std::erase_if(more, [&](const TreeMember &m) { return !passesFilter(source, holder, m); });
        members.insert(members.end(), more.begin(), more.end());
    };
    if (item == 0) {
        for (size_t i = 0; i < m_sources.size(); ++i)
            if (m_sources[i])
                keep(*m_sources[i], {}, rootMembers(*m_sources[i], quint16(i)));
    } else {
        const quint16 number = m_store.item(item).source;
        const TreeSource &source = *m_sources[number];
        const TreeHolder holder = holderOf(item);
        const quint32 server = holder.handle;
        if (holder.kind != RowKind::Server || m_sections == Sections::All) {
            keep(source, holder, source.shown.membersOf(holder, number));
        } else if (m_sections == Sections::PortalGroups) {
            keep(source, holder, source.shown.membersOf({RowKind::PortalGroups, server}, number));
            if (const TreeMember loose{server, number, RowKind::LoosePortals}; source.shown.holds(holder, loose))
                keep(source, holder, {loose});
        } else {
            keep(source, holder, source.shown.membersOf({RowKind::Targets, server}, number));
            keep(source, holder, source.shown.membersOf({RowKind::Initiators, server}, number));
        }
    }
    m_order.sort(inventories(), item == 0 ? TreeHolder() : holderOf(item), members);
    return members;
}

bool InventoryTreeModel::isWholeShown(quint32 item) const
{
    for (; item != 0; item = m_store.item(item).parent) {
        const TreeItem &at = m_store.item(item);
        const TreeSource &source = *m_sources[at.source];
        if (source.hits && source.hits->isHit({at.kind, at.handle}))
            return true;
    }
    return false;
}

bool InventoryTreeModel::passesFilter(const TreeSource &source, const TreeHolder &holder,
                                      const TreeMember &member) const
{
    if (!source.hits)
        return false;
    switch (member.kind) {
    case RowKind::Portal:
    case RowKind::Binding:
        return source.hits->hasPortal(holder, PortalHandle{member.handle});
    default:
        return source.hits->isWithin({member.kind, member.handle});
    }
}

quint32 InventoryTreeModel::makeItem(const TreeMember &member, quint32 parent) const
{
    const quint32 item = m_store.make(member, parent);
    if (member.kind != RowKind::Portal && member.kind != RowKind::Binding && member.kind != RowKind::Range)
        m_sources[member.source]->setItem(member.kind, member.handle, item);
    return item;
}

void InventoryTreeModel::forgetItem(quint32 item) const
{
    const TreeItem &at = m_store.item(item);
    TreeSource *source = m_sources[at.source].get();
    // A node that changed sides has its new item already.
    if (source && source->itemOf(at.kind, at.handle) == item)
        source->setItem(at.kind, at.handle, 0);
}

void InventoryTreeModel::releaseChildren(quint32 item) const
{
    m_store.releaseChildren(item, [this](quint32 child) { forgetItem(child); });
}

void InventoryTreeModel::open(quint32 item) const
{
    if (!m_store.hasBranch(item)) {
        if (!isLeafRow(item))
            fill(item, childrenOf(item));
        return;
    }
    if (!m_store.branch(item).isWaiting())
        return;
    const std::vector<TreeMember> members = std::move(m_store.branch(item).waiting);
    m_store.branch(item).waiting.clear();
    std::vector<quint32> items;
    items.reserve(members.size());
    for (const TreeMember &member : members)
        items.push_back(makeItem(member, item));
    m_store.insert(item, 0, items);
}

void InventoryTreeModel::fill(quint32 item, std::vector<TreeMember> members) const
{
    TreeBranch &branch = m_store.makeBranch(item);
    branch.epoch = m_epoch;
    if (members.size() <= siblingLimit) {
        branch.waiting = std::move(members);
        open(item);
        return;
    }
    branch.isRanged = true;
    // Ranges grow with the whole, so that they never become too many themselves.
    const size_t size = std::max(rangeSize, members.size() / (siblingLimit / 2));
    std::unordered_set<quint32> anchors;
    std::vector<quint32> ranges;
    for (size_t begin = 0; begin < members.size(); begin += size) {
        const auto first = members.begin() + std::ptrdiff_t(begin);
        const auto last = members.begin() + std::ptrdiff_t(std::min(begin + size, members.size()));
        const auto anchor = std::find_if(first, last,
                                         [&](const TreeMember &m) { return anchors.insert(m.handle).second; });
        const TreeMember &named = anchor == last ? *first : *anchor;
        const quint32 range = makeItem({named.handle, named.source, RowKind::Range}, item);
        m_store.makeBranch(range).waiting.assign(first, last);
        ranges.push_back(range);
    }
    m_store.insert(item, 0, ranges);
}

QModelIndex InventoryTreeModel::index(int row, int column, const QModelIndex &parent) const
{
    if (row < 0 || column < 0 || column >= treeColumnCount || (parent.isValid() && parent.column() != 0))
        return {};
    const quint32 above = itemAt(parent);
    if (isLeafRow(above))
        return {};
    open(above);
    const std::vector<quint32> &items = m_store.branch(above).items;
    return size_t(row) < items.size() ? createIndex(row, column, quintptr(items[size_t(row)])) : QModelIndex();
}

QModelIndex InventoryTreeModel::parent(const QModelIndex &child) const
{
    return child.isValid() ? indexFor(m_store.item(itemAt(child)).parent) : QModelIndex();
}

int InventoryTreeModel::rowCount(const QModelIndex &parent) const
{
    const quint32 item = itemAt(parent);
    if (parent.column() > 0 || isLeafRow(item))
        return 0;
    open(item);
    return int(m_store.branch(item).items.size());
}

int InventoryTreeModel::columnCount(const QModelIndex &) const
{
    return treeColumnCount;
}

bool InventoryTreeModel::hasChildren(const QModelIndex &parent) const
{
    const quint32 item = itemAt(parent);
    if (parent.column() > 0 || isLeafRow(item))
        return false;
    if (m_store.hasBranch(item))
        return m_store.branch(item).size() > 0;
    if (item != 0 && !m_filtered) {
        const TreeInventory &inventory = shown(m_store.item(item).source);
        const TreeHolder holder = holderOf(item);
        const auto any = [&](RowKind kind) { return inventory.holdsAny({kind, holder.handle}); };
        bool has = false;
        if (holder.kind != RowKind::Server || m_sections == Sections::All)
            has = inventory.holdsAny(holder);
        else if (m_sections == Sections::PortalGroups)
            has = any(RowKind::PortalGroups) || any(RowKind::LoosePortals);
        else
            has = any(RowKind::Targets) || any(RowKind::Initiators);
        if (has)
            return true;
    }
    // An empty row counts as asked for, so that its first child is told and a view can draw the branch.
    open(item);
    return m_store.branch(item).size() > 0;
}

void InventoryTreeModel::setSections(Sections sections)
{
    if (sections == m_sections)
        return;
    beginResetModel();
    m_sections = sections;
    clearRows();
    endResetModel();
    if (!m_query.isEmpty())
        startSearch();
}

void InventoryTreeModel::clearRows()
{
    m_store.clear();
    for (const auto &source : m_sources)
        if (source)
            source->items = {};
}

void InventoryTreeModel::sort(int column, Qt::SortOrder direction)
{
    const TreeOrder order(TreeColumn(std::clamp(column, 0, treeColumnCount - 1)), direction);
    if (order == m_order)
        return;
    emit layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList old = persistentIndexList();
    QList<TreeKey> keys;
    keys.reserve(old.size());
    for (const QModelIndex &index : old)
        keys.append(keyOf(index));
    m_order = order;
    reorder(0);
    QModelIndexList now;
    now.reserve(old.size());
    for (qsizetype i = 0; i < old.size(); ++i) // a range holds other rows in another order: it is gone
        now.append(keys[i].kind == RowKind::Range ? QModelIndex() : indexOf(keys[i], old[i].column()));
    changePersistentIndexList(old, now);
    emit layoutChanged({}, VerticalSortHint);
}

void InventoryTreeModel::reorder(quint32 item)
{
    if (!m_store.hasBranch(item))
        return;
    if (m_store.branch(item).isRanged) {
        releaseChildren(item);
        fill(item, childrenOf(item));
        return;
    }
    const TreeHolder holder = item == 0 ? TreeHolder() : holderOf(item);
    std::vector<std::pair<TreeMember, quint32>> known;
    std::vector<TreeMember> members;
    for (const quint32 child : m_store.branch(item).items) {
        reorder(child);
        members.push_back(m_store.item(child).member());
        known.emplace_back(members.back(), child);
    }
    std::sort(known.begin(), known.end());
    m_order.sort(inventories(), holder, members);
    for (size_t i = 0; i < members.size(); ++i)
        m_store.branch(item).items[i] = std::lower_bound(known.begin(), known.end(), std::pair(members[i], quint32(0)))
                                                ->second;
    m_store.renumber(item);
}

} // namespace portalbind
