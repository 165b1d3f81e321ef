// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventorytreemodel.h"

namespace portalbind {

/// One edit of the children of one row: removes, moves and inserts with as few signals as they need, keeps ranges
/// within their size, and tells which of the remaining rows have changed. Used once.
class InventoryTreeModel::Surgery
{
public:
    /// \a before gives what the sources showed when the rows were put in order.
    Surgery(InventoryTreeModel &model, quint32 parent, const TreeOrder::Inventories &before);

    void apply(const Changes &changes);

private:
    struct Move
    {
        quint32 item;
        quint32 to; ///< leaf
    };
    using Key = TreeOrder::Key;

    [[nodiscard]] Key now(const TreeMember &member) const;
    [[nodiscard]] Key now(quint32 item) const { return now(m_store.item(item).member()); }
    [[nodiscard]] bool comesBefore(const TreeMember &a, const TreeMember &b) const;
    [[nodiscard]] bool isRanged() const { return m_store.branch(m_parent).isRanged; }
    [[nodiscard]] size_t positionIn(const std::vector<quint32> &items, const Key &key) const;

    // In this order.
    void place(const Changes &changes);
    void removeRows();
    void moveRows();
    void insertRows();
    void settleRanges();
    void emitChanged();

    void makeFences(const std::set<TreeMember> &lifted);
    [[nodiscard]] quint32 route(const TreeMember &member) const;
    void removeFrom(quint32 leaf, const std::vector<Spot> &spots);
    void insertInto(quint32 leaf, std::vector<TreeMember> members);
    void removeItems(quint32 leaf, size_t position, size_t count);
    void moveItems(quint32 from, size_t position, size_t count, quint32 to, size_t destination);

    // Ranges (inventorytreemodelranges.cpp)
    [[nodiscard]] quint32 makeRange(std::span<const TreeMember> members, bool waiting);
    void insertRanges(size_t position, const std::vector<quint32> &ranges);
    void splitIntoRanges();
    void splitRange(quint32 range);
    void dissolveRanges();

    InventoryTreeModel &m_model;
    TreeStore &m_store;
    quint32 m_parent;
    TreeHolder m_holder;
    const TreeOrder::Inventories &m_before;
    const TreeOrder::Inventories m_after;

    std::map<quint32, std::vector<Spot>> m_gone; // by leaf
    std::vector<Move> m_moves;
    std::map<quint32, std::vector<TreeMember>> m_added; // by leaf
    std::vector<quint32> m_changed; // items
    std::set<quint32> m_touchedLeaves;
    std::vector<std::pair<quint32, Key>> m_fences; // leaf and the first row that stays in it
};

} // namespace portalbind
