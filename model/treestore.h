// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/treekey.h"

#include <span>
#include <vector>

namespace portalbind {

/// One row that a view has asked for. Twenty bytes; its texts are made on demand.
struct TreeItem
{
    quint32 parent = 0;
    quint32 position = 0; ///< among its siblings
    quint32 handle = 0;
    quint32 branch = 0; ///< 0: its children were not asked for yet, or it never has any
    quint16 source = 0;
    RowKind kind = RowKind::None;

    [[nodiscard]] TreeMember member() const { return {handle, source, kind}; }
};

/// The children of a row.
struct TreeBranch
{
    std::vector<quint32> items;
    /// Of a range that was not opened yet: its rows in order, not made into items.
    std::vector<TreeMember> waiting;
    quint32 epoch = 0; ///< when it was opened, in the counting of the model
    bool isRanged = false; ///< the items are ranges

    [[nodiscard]] size_t size() const { return items.size() + waiting.size(); }
    [[nodiscard]] bool isWaiting() const { return !waiting.empty(); }
};

/// Items and branches in pools, named by 32-bit numbers, so that a row costs no allocation. Item 0 is the root. Numbers
/// of removed items are used again.
class TreeStore
{
public:
    TreeStore();

    [[nodiscard]] const TreeItem &item(quint32 id) const { return m_items[id]; }
    [[nodiscard]] TreeItem &item(quint32 id) { return m_items[id]; }
    [[nodiscard]] bool hasBranch(quint32 id) const { return m_items[id].branch != 0; }
    [[nodiscard]] const TreeBranch &branch(quint32 id) const { return m_branches[m_items[id].branch]; }
    [[nodiscard]] TreeBranch &branch(quint32 id) { return m_branches[m_items[id].branch]; }
    TreeBranch &makeBranch(quint32 id);

    /// A new item that stands nowhere yet.
    quint32 make(const TreeMember &member, quint32 parent);
    /// Puts \a ids among the children of \a parent, the first at \a position.
    void insert(quint32 parent, size_t position, std::span<const quint32> ids);
    /// Takes \a count children away; the items live on.
    std::vector<quint32> take(quint32 parent, size_t position, size_t count);
    /// Gives \a id and all below it back. \a forget is told each of them.
    template <class Forget>
    void release(quint32 id, const Forget &forget)
    {
        releaseChildren(id, forget);
        forget(id);
        m_freeItems.push_back(id);
    }
    template <class Forget>
    void releaseChildren(quint32 id, const Forget &forget)
    {
        if (!hasBranch(id))
            return;
        const std::vector<quint32> children = std::move(branch(id).items);
        for (const quint32 child : children)
            release(child, forget);
        m_branches[m_items[id].branch] = TreeBranch();
        m_freeBranches.push_back(m_items[id].branch);
        m_items[id].branch = 0;
    }
    /// Writes the positions of the children from \a position on.
    void renumber(quint32 parent, size_t position = 0);
    void reserve(size_t items) { m_items.reserve(m_items.size() + items); }
    void clear();


private:
    std::vector<TreeItem> m_items;
    std::vector<quint32> m_freeItems;
    std::vector<TreeBranch> m_branches; // 0 is never used
    std::vector<quint32> m_freeBranches;
};

} // namespace portalbind
