// SPDX-License-Identifier: Apache-2.0
#include "model/treestore.h"

namespace portalbind {

TreeStore::TreeStore()
{
    clear();
}

void TreeStore::clear()
{
    m_items.assign(1, TreeItem());
    m_branches.assign(1, TreeBranch());
    m_freeItems.clear();
    m_freeBranches.clear();
}

TreeBranch &TreeStore::makeBranch(quint32 id)
{
    quint32 number = 0;
    if (m_freeBranches.empty()) {
        number = quint32(m_branches.size());
        m_branches.emplace_back();
    } else {
        number = m_freeBranches.back();
        m_freeBranches.pop_back();
    }
    m_items[id].branch = number;
    return m_branches[number];
}

quint32 TreeStore::make(const TreeMember &member, quint32 parent)
{
    quint32 id = 0;
    if (m_freeItems.empty()) {
        id = quint32(m_items.size());
        m_items.emplace_back();
    } else {
        id = m_freeItems.back();
        m_freeItems.pop_back();
    }
    m_items[id] = {parent, 0, member.handle, 0, member.source, member.kind};
    return id;
}

void TreeStore::insert(quint32 parent, size_t position, std::span<const quint32> ids)
{
    std::vector<quint32> &children = branch(parent).items;
    children.insert(children.begin() + std::ptrdiff_t(position), ids.begin(), ids.end());
    for (const quint32 id : ids)
        m_items[id].parent = parent;
    renumber(parent, position);
}

std::vector<quint32> TreeStore::take(quint32 parent, size_t position, size_t count)
{
    std::vector<quint32> &children = branch(parent).items;
    const auto begin = children.begin() + std::ptrdiff_t(position);
    const auto end = begin + std::ptrdiff_t(count);
    std::vector<quint32> taken(begin, end);
    children.erase(begin, end);
    renumber(parent, position);
    return taken;
}

void TreeStore::renumber(quint32 parent, size_t position)
{
    const std::vector<quint32> &children = branch(parent).items;
    for (size_t i = position; i < children.size(); ++i)
        m_items[children[i]].position = quint32(i);
}

} // namespace portalbind
