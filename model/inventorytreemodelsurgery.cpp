// SPDX-License-Identifier: Apache-2.0
#include "model/inventorytreemodelsurgery.h"

#include <algorithm>

namespace portalbind {

InventoryTreeModel::Surgery::Surgery(InventoryTreeModel &model, quint32 parent, const TreeOrder::Inventories &before)
    : m_model(model)
    , m_store(model.m_store)
    , m_parent(parent)
    , m_holder(parent == 0 ? TreeHolder() : model.holderOf(parent))
    , m_before(before)
    , m_after(model.inventories())
{
}

void InventoryTreeModel::Surgery::apply(const Changes &changes)
{
    place(changes);
    removeRows();
    moveRows();
    insertRows();
    settleRanges();
    emitChanged();
}

TreeOrder::Key InventoryTreeModel::Surgery::now(const TreeMember &member) const
{
    return m_model.m_order.key(m_after(member.source), m_holder, member);
}

bool InventoryTreeModel::Surgery::comesBefore(const TreeMember &a, const TreeMember &b) const
{
    return m_model.m_order.less(now(a), now(b));
}

size_t InventoryTreeModel::Surgery::positionIn(const std::vector<quint32> &items, const Key &key) const
{
    const auto at = std::partition_point(items.begin(), items.end(),
                                         [&](quint32 item) { return m_model.m_order.less(now(item), key); });
    return size_t(at - items.begin());
}

void InventoryTreeModel::Surgery::place(const Changes &changes)
{
    const TreeOrder &order = m_model.m_order;
    std::set<TreeMember> lifted;
    std::vector<Spot> movers;
    for (const TreeMember &member : changes.removed) {
        if (const auto spot = m_model.locate(m_parent, member, m_before)) {
            m_gone[spot->leaf].push_back(*spot);
            lifted.insert(member);
        }
    }
    for (const TreeMember &member : changes.changed) {
        const auto spot = m_model.locate(m_parent, member, m_before);
        if (!spot)
            continue;
        const Key was = order.key(m_before(member.source), m_holder, member);
        const Key is = now(member);
        if (order.less(was, is) || order.less(is, was)) {
            movers.push_back(*spot);
            lifted.insert(member);
        }
        if (spot->item != 0)
            m_changed.push_back(spot->item);
        if (isRanged() && (spot->position == 0 || spot->position + 1 == m_store.branch(spot->leaf).size()))
            m_touchedLeaves.insert(spot->leaf); // its label names this row
    }
    if (isRanged() && (!movers.empty() || !changes.added.empty()))
        makeFences(lifted);
    for (const Spot &spot : movers) {
        const quint32 to = route(spot.member);
        if (spot.item != 0 && (to == spot.leaf || !m_store.branch(to).isWaiting())) {
            m_moves.push_back({spot.item, to});
            m_touchedLeaves.insert(spot.leaf);
            m_touchedLeaves.insert(to);
        } else {
            std::erase(m_changed, spot.item);
            m_gone[spot.leaf].push_back(spot);
            m_added[to].push_back(spot.member);
        }
    }
    for (const TreeMember &member : changes.added)
        m_added[route(member)].push_back(member);
}

void InventoryTreeModel::Surgery::makeFences(const std::set<TreeMember> &lifted)
{
    for (const quint32 leaf : m_store.branch(m_parent).items) {
        for (size_t i = 0; i < m_store.branch(leaf).size(); ++i) {
            const TreeMember member = m_model.memberAt(leaf, i);
            if (lifted.contains(member))
                continue;
            m_fences.emplace_back(leaf, now(member));
            break;
        }
    }
}

quint32 InventoryTreeModel::Surgery::route(const TreeMember &member) const
{
    if (!isRanged())
        return m_parent;
    if (m_fences.empty())
        return m_store.branch(m_parent).items.front();
    const Key key = now(member);
    const auto after = std::partition_point(m_fences.begin(), m_fences.end(), [&](const auto &fence) {
        return !m_model.m_order.less(key, fence.second);
    });
    return after == m_fences.begin() ? m_fences.front().first : std::prev(after)->first;
}

void InventoryTreeModel::Surgery::removeRows()
{
    for (auto &[leaf, spots] : m_gone) {
        m_touchedLeaves.insert(leaf);
        removeFrom(leaf, spots);
    }
}

void InventoryTreeModel::Surgery::removeFrom(quint32 leaf, const std::vector<Spot> &spots)
{
    std::vector<size_t> positions;
    positions.reserve(spots.size());
    for (const Spot &spot : spots)
        positions.push_back(spot.position);
    std::sort(positions.begin(), positions.end(), std::greater<>());
    if (m_store.branch(leaf).isWaiting()) {
        std::vector<TreeMember> &waiting = m_store.branch(leaf).waiting;
        for (const size_t position : positions)
            waiting.erase(waiting.begin() + std::ptrdiff_t(position));
        return;
    }
    for (size_t i = 0; i < positions.size();) {
        size_t count = 1;
        while (i + count < positions.size() && positions[i + count] + count == positions[i])
            ++count;
        removeItems(leaf, positions[i + count - 1], count);
        i += count;
    }
}

void InventoryTreeModel::Surgery::removeItems(quint32 leaf, size_t position, size_t count)
{
    m_model.beginRemoveRows(m_model.indexFor(leaf), int(position), int(position + count - 1));
    const std::vector<quint32> items = m_store.take(leaf, position, count);
    m_model.endRemoveRows();
    for (const quint32 item : items)
        m_store.release(item, [this](quint32 gone) { m_model.forgetItem(gone); });
}

void InventoryTreeModel::Surgery::moveItems(quint32 from, size_t position, size_t count, quint32 to, size_t destination)
{
    m_model.beginMoveRows(m_model.indexFor(from), int(position), int(position + count - 1), m_model.indexFor(to),
                          int(destination));
    const std::vector<quint32> items = m_store.take(from, position, count);
    if (from == to && destination > position)
        destination -= count;
    m_store.insert(to, destination, items);
    m_model.endMoveRows();
}

void InventoryTreeModel::Surgery::moveRows()
{
    std::set<quint32> waitingForMove;
    for (const Move &move : m_moves)
        waitingForMove.insert(move.item);
    // Of each leaf: the rows that are in order, without those that still have to move.
    std::map<quint32, std::vector<quint32>> settled;
    for (const Move &move : m_moves) {
        const auto [known, isNew] = settled.try_emplace(move.to);
        if (!isNew)
            continue;
        auto &rows = known->second;
        for (const quint32 item : m_store.branch(move.to).items)
            if (!waitingForMove.contains(item))
                rows.push_back(item);
    }
    for (const Move &move : m_moves) {
        auto &rows = settled[move.to];
        const size_t at = positionIn(rows, now(move.item));
        const size_t destination = at == 0 ? 0 : m_store.item(rows[at - 1]).position + 1;
        const quint32 from = m_store.item(move.item).parent;
        const size_t position = m_store.item(move.item).position;
        if (from != move.to || (destination != position && destination != position + 1))
            moveItems(from, position, 1, move.to, destination);
        rows.insert(rows.begin() + std::ptrdiff_t(at), move.item);
    }
}

void InventoryTreeModel::Surgery::insertRows()
{
    size_t total = m_added.empty() ? 0 : m_store.branch(m_parent).size();
    for (const auto &[leaf, members] : m_added)
        total += members.size();
    if (!isRanged() && total > siblingLimit)
        splitIntoRanges();
    for (auto &[leaf, members] : m_added) {
        m_touchedLeaves.insert(leaf);
        insertInto(leaf, std::move(members));
    }
}

void InventoryTreeModel::Surgery::insertInto(quint32 leaf, std::vector<TreeMember> members)
{
    m_model.m_order.sort(m_after, m_holder, members);
    if (m_store.branch(leaf).isWaiting()) {
        std::vector<TreeMember> &waiting = m_store.branch(leaf).waiting;
        const auto middle = std::ptrdiff_t(waiting.size());
        waiting.insert(waiting.end(), members.begin(), members.end());
        std::inplace_merge(waiting.begin(), waiting.begin() + middle, waiting.end(),
                           [this](const TreeMember &a, const TreeMember &b) { return comesBefore(a, b); });
        return;
    }
    // From the last to the first, so that positions before stay as they are.
    for (size_t end = members.size(); end > 0;) {
        const size_t position = positionIn(m_store.branch(leaf).items, now(members[end - 1]));
        size_t begin = end - 1;
        while (begin > 0 && (position == 0 || comesBefore(m_model.memberAt(leaf, position - 1), members[begin - 1])))
            --begin;
        m_model.beginInsertRows(m_model.indexFor(leaf), int(position), int(position + end - begin - 1));
        std::vector<quint32> items;
        for (size_t i = begin; i < end; ++i)
            items.push_back(m_model.makeItem(members[i], leaf));
        m_store.insert(leaf, position, items);
        m_model.endInsertRows();
        end = begin;
    }
}

void InventoryTreeModel::Surgery::emitChanged()
{
    for (const quint32 range : m_touchedLeaves)
        if (range != m_parent)
            m_changed.push_back(range);
    std::map<quint32, std::vector<quint32>> positions; // by parent
    for (const quint32 item : m_changed)
        positions[m_store.item(item).parent].push_back(m_store.item(item).position);
    for (auto &[parent, rows] : positions) {
        std::sort(rows.begin(), rows.end());
        rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
        const std::vector<quint32> &items = m_store.branch(parent).items;
        for (size_t i = 0; i < rows.size();) {
            size_t count = 1;
            while (i + count < rows.size() && rows[i + count] == rows[i] + count)
                ++count;
            emit m_model.dataChanged(m_model.indexFor(items[rows[i]]),
                                     m_model.indexFor(items[rows[i] + count - 1], treeColumnCount - 1));
            i += count;
        }
    }
}

} // namespace portalbind
