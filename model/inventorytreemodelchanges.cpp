// SPDX-License-Identifier: Apache-2.0
#include "model/inventorytreemodelsurgery.h"

#include <algorithm>

namespace portalbind {

bool InventoryTreeModel::openEmptied(quint16 source, const TouchedRows &touched, const TreeInventory &after)
{
    // A view draws the branch of a row that has children though it never asked for them. When they all go, it must hear
    // of it: they are made now, to be removed.
    bool opened = false;
    const TreeInventory &before = shown(source);
    const auto check = [&](RowKind kind, quint32 handle) {
        const quint32 item = m_sources[source]->itemOf(kind, handle);
        if (item == 0 || m_store.hasBranch(item))
            return;
        const auto any = [&](const TreeInventory &inventory) {
            if (kind != RowKind::Server || m_sections == Sections::All)
                return inventory.holdsAny({kind, handle});
            if (m_sections == Sections::PortalGroups)
                return inventory.holdsAny({RowKind::PortalGroups, handle})
                        || inventory.holdsAny({RowKind::LoosePortals, handle});
            return inventory.holdsAny({RowKind::Targets, handle}) || inventory.holdsAny({RowKind::Initiators, handle});
        };
        if (any(before) && !any(after)) {
            open(item);
            opened = true;
        }
    };
    for (const auto &[holder, members] : touched) {
        if (holder.kind != RowKind::None)
            check(holder.kind, holder.handle);
        if (holder.kind == RowKind::PortalGroups || holder.kind == RowKind::LoosePortals
            || holder.kind == RowKind::Targets || holder.kind == RowKind::Initiators)
            check(RowKind::Server, holder.handle);
        for (const TreeMember &member : members)
            if (member.kind == RowKind::Group || member.kind == RowKind::Node || member.kind == RowKind::Endpoint)
                check(member.kind, member.handle);
    }
    return opened;
}

InventoryTreeModel::Changes InventoryTreeModel::judge(quint32 item, const std::set<TreeMember> &candidates,
                                                      const TreeOrder::Inventories &before) const
{
    Changes changes;
    for (const TreeMember &member : candidates) {
        const bool was = locate(item, member, before).has_value();
        const bool is = isShownUnder(item, member);
        if (was && is)
            changes.changed.push_back(member);
        else if (was)
            changes.removed.push_back(member);
        else if (is)
            changes.added.push_back(member);
    }
    return changes;
}

TouchedRows InventoryTreeModel::byContainer(const TouchedRows &touched) const
{
    TouchedRows joined;
    for (const auto &[holder, members] : touched)
        joined[containerOf(holder)].insert(members.begin(), members.end());
    return joined;
}

void InventoryTreeModel::applyTouched(quint16 source, const TouchedRows &touched, const TreeInventory &before)
{
    ++m_epoch;
    const TreeOrder::Inventories inventoryBefore = [&](quint16 number) -> const TreeInventory & {
        return number == source ? before : shown(number);
    };
    for (const auto &[container, members] : byContainer(touched)) {
        bool known = false;
        const quint32 item = resolve(source, container, &known);
        if (!known || !m_store.hasBranch(item) || m_store.branch(item).epoch == m_epoch)
            continue;
        const Changes changes = judge(item, members, inventoryBefore);
        if (!changes.isEmpty())
            Surgery(*this, item, inventoryBefore).apply(changes);
    }
}

void InventoryTreeModel::applyFiltered(quint16 source, const TouchedRows &touched, const TreeInventory &before)
{
    ++m_epoch;
    // Few rows are shown: each list of children is made anew and compared.
    const TouchedRows joined = byContainer(touched);
    const TreeOrder::Inventories inventoryBefore = [&](quint16 number) -> const TreeInventory & {
        return number == source ? before : shown(number);
    };
    std::vector<quint32> todo{0};
    while (!todo.empty()) {
        const quint32 item = todo.back();
        todo.pop_back();
        if (!m_store.hasBranch(item) || (item != 0 && m_store.item(item).source != source)
            || m_store.branch(item).epoch == m_epoch)
            continue;
        std::set<TreeMember> old;
        for (const quint32 leaf : leavesOf(item))
            for (size_t i = 0; i < m_store.branch(leaf).size(); ++i)
                old.insert(memberAt(leaf, i));
        const std::vector<TreeMember> list = childrenOf(item);
        const std::set<TreeMember> wanted(list.begin(), list.end());
        Changes changes;
        std::set_difference(old.begin(), old.end(), wanted.begin(), wanted.end(), std::back_inserter(changes.removed));
        std::set_difference(wanted.begin(), wanted.end(), old.begin(), old.end(), std::back_inserter(changes.added));
        const auto known = joined.find(item == 0 ? TreeHolder() : holderOf(item));
        if (known != joined.end())
            std::copy_if(known->second.begin(), known->second.end(), std::back_inserter(changes.changed),
                         [&](const TreeMember &m) { return old.contains(m) && wanted.contains(m); });
        if (!changes.isEmpty())
            Surgery(*this, item, inventoryBefore).apply(changes);
        for (const quint32 leaf : leavesOf(item))
            for (const quint32 child : m_store.branch(leaf).items)
                todo.push_back(child);
    }
}

} // namespace portalbind
