// SPDX-License-Identifier: Apache-2.0
#include "model/inventorytreemodelsurgery.h"

#include <algorithm>

namespace portalbind {

quint32 InventoryTreeModel::Surgery::makeRange(std::span<const TreeMember> members, bool waiting)
{
    // A range is known by one of its rows, and two ranges never by the same.
    const auto isTaken = [this](const TreeMember &member) {
        const std::vector<quint32> &ranges = m_store.branch(m_parent).items;
        return std::any_of(ranges.begin(), ranges.end(), [&](quint32 range) {
            return m_store.item(range).kind == RowKind::Range && m_store.item(range).handle == member.handle;
        });
    };
    const auto anchor = std::find_if_not(members.begin(), members.end(), isTaken);
    const TreeMember &named = anchor == members.end() ? members.front() : *anchor;
    const quint32 range = m_model.makeItem({named.handle, named.source, RowKind::Range}, m_parent);
    TreeBranch &branch = m_store.makeBranch(range);
    if (waiting)
        branch.waiting.assign(members.begin(), members.end());
    else
        m_touchedLeaves.insert(range); // its label and count come with its rows
    return range;
}

void InventoryTreeModel::Surgery::insertRanges(size_t position, const std::vector<quint32> &ranges)
{
    if (ranges.empty())
        return;
    m_model.beginInsertRows(m_model.indexFor(m_parent), int(position), int(position + ranges.size() - 1));
    m_store.insert(m_parent, position, ranges);
    m_model.endInsertRows();
}

void InventoryTreeModel::Surgery::splitIntoRanges()
{
    std::vector<TreeMember> added = std::move(m_added[m_parent]);
    m_added.clear();
    const std::set<TreeMember> isNew(added.begin(), added.end());
    std::vector<TreeMember> all = std::move(added);
    for (const quint32 item : m_store.branch(m_parent).items)
        all.push_back(m_store.item(item).member());
    m_model.m_order.sort(m_after, m_holder, all);

    size_t position = 0;
    std::vector<quint32> fresh; // ranges of new rows only: put in together
    const auto putFresh = [&] {
        insertRanges(position, fresh);
        position += fresh.size();
        fresh.clear();
    };
    for (size_t begin = 0; begin < all.size(); begin += rangeSize) {
        const std::span<const TreeMember> chunk(all.data() + begin, std::min(rangeSize, all.size() - begin));
        const auto old = size_t(
                std::count_if(chunk.begin(), chunk.end(), [&](const TreeMember &m) { return !isNew.contains(m); }));
        if (old == 0) {
            fresh.push_back(makeRange(chunk, true));
            continue;
        }
        putFresh();
        const quint32 range = makeRange(chunk, false);
        insertRanges(position, {range});
        ++position;
        moveItems(m_parent, position, old, range, 0);
        if (old < chunk.size())
            std::copy_if(chunk.begin(), chunk.end(), std::back_inserter(m_added[range]),
                         [&](const TreeMember &m) { return isNew.contains(m); });
    }
    putFresh();
    m_store.branch(m_parent).isRanged = true;
}

void InventoryTreeModel::Surgery::settleRanges()
{
    if (!isRanged())
        return;
    size_t total = 0;
    const std::vector<quint32> ranges = m_store.branch(m_parent).items;
    for (const quint32 range : ranges)
        total += m_store.branch(range).size();
    for (const quint32 range : ranges) {
        const size_t size = m_store.branch(range).size();
        if (size == 0) {
            m_touchedLeaves.erase(range);
            removeItems(m_parent, m_store.item(range).position, 1);
        } else if (size > siblingLimit) {
            m_touchedLeaves.insert(range);
            splitRange(range);
        }
    }
    if (total <= siblingLimit / 2)
        dissolveRanges();
}

void InventoryTreeModel::Surgery::splitRange(quint32 range)
{
    const size_t position = m_store.item(range).position;
    const size_t size = m_store.branch(range).size();
    std::vector<TreeMember> members;
    for (size_t i = 0; i < size; ++i)
        members.push_back(m_model.memberAt(range, i));
    const std::span<const TreeMember> all(members);
    if (m_store.branch(range).isWaiting()) {
        std::vector<quint32> more;
        for (size_t begin = rangeSize; begin < size; begin += rangeSize)
            more.push_back(makeRange(all.subspan(begin, std::min(rangeSize, size - begin)), true));
        m_store.branch(range).waiting.resize(rangeSize);
        insertRanges(position + 1, more);
        return;
    }
    for (size_t begin = (size - 1) / rangeSize * rangeSize; begin > 0; begin -= rangeSize) {
        const quint32 next = makeRange(all.subspan(begin, std::min(rangeSize, size - begin)), false);
        insertRanges(position + 1, {next});
        moveItems(range, begin, std::min(rangeSize, size - begin), next, 0);
    }
}

void InventoryTreeModel::Surgery::dissolveRanges()
{
    size_t position = 0;
    const std::vector<quint32> ranges = m_store.branch(m_parent).items;
    for (const quint32 range : ranges) {
        const size_t count = m_store.branch(range).size();
        if (m_store.branch(range).isWaiting()) {
            const std::vector<TreeMember> members = std::move(m_store.branch(range).waiting);
            m_store.branch(range).waiting.clear();
            m_model.beginInsertRows(m_model.indexFor(m_parent), int(position), int(position + count - 1));
            std::vector<quint32> items;
            items.reserve(members.size());
            for (const TreeMember &member : members)
                items.push_back(m_model.makeItem(member, m_parent));
            m_store.insert(m_parent, position, items);
            m_model.endInsertRows();
        } else {
            moveItems(range, 0, count, m_parent, position);
        }
        position += count;
        m_touchedLeaves.erase(range);
        removeItems(m_parent, position, 1);
    }
    m_store.branch(m_parent).isRanged = false;
}

} // namespace portalbind
