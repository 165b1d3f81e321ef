// SPDX-License-Identifier: Apache-2.0
#include "model/inventorytreemodel.h"

#include <algorithm>

namespace portalbind {

namespace {

quint32 ancestor(const TreeStore &store, quint32 item, RowKind kind)
{
    while (item != 0 && store.item(item).kind != kind)
        item = store.item(item).parent;
    return item;
}

} // namespace

TreeKey InventoryTreeModel::keyOf(const QModelIndex &index) const
{
    const quint32 item = itemAt(index);
    if (item == 0)
        return {};
    const TreeItem &at = m_store.item(item);
    TreeKey key{m_sources[at.source]->key, 0, at.handle, RowKind::None, at.kind};
    const TreeHolder above = holderAbove(item);
    switch (at.kind) {
    case RowKind::Connection:
    case RowKind::Server:
        break;
    case RowKind::Range:
    case RowKind::Binding:
        key.parentKind = above.kind;
        key.parent = above.handle;
        break;
    case RowKind::Endpoint:
    case RowKind::Portal:
        if (above.kind == RowKind::Node || above.kind == RowKind::Group) {
            key.parentKind = above.kind;
            key.parent = above.handle;
            break;
        }
        [[fallthrough]];
    default:
        key.parentKind = RowKind::Server;
        key.parent = m_store.item(ancestor(m_store, item, RowKind::Server)).handle;
    }
    return key;
}

QModelIndex InventoryTreeModel::indexOf(const TreeKey &key, int column) const
{
    return indexFor(itemOf(key), column);
}

TreeHolder InventoryTreeModel::containerOf(const TreeHolder &holder) const
{
    switch (holder.kind) {
    case RowKind::PortalGroups:
        return m_sections == Sections::PortalGroups ? TreeHolder{RowKind::Server, holder.handle} : holder;
    case RowKind::Targets:
    case RowKind::Initiators:
        return m_sections == Sections::Targets ? TreeHolder{RowKind::Server, holder.handle} : holder;
    default:
        return holder;
    }
}

quint32 InventoryTreeModel::resolve(quint16 source, const TreeHolder &holder, bool *known) const
{
    const TreeHolder container = containerOf(holder);
    const quint32 item = container.kind == RowKind::None ? 0
                                                         : m_sources[source]->itemOf(container.kind, container.handle);
    if (known)
        *known = item != 0 || container.kind == RowKind::None;
    return item;
}

quint32 InventoryTreeModel::itemOf(const TreeKey &key) const
{
    quint16 number = 0;
    const TreeSource *source = find(key.source, &number);
    if (!source)
        return 0;
    const auto under = [&](const TreeHolder &holder, RowKind kind) -> quint32 {
        const TreeHolder container = containerOf(holder);
        if (container.kind == RowKind::None)
            return childItem(0, {key.handle, number, kind});
        const quint32 parent = itemOf({key.source, 0, container.handle, RowKind::None, container.kind});
        return parent == 0 ? 0 : childItem(parent, {key.handle, number, kind});
    };
    const auto single = [&](auto handle) {
        return source->shown.has(handle) ? under(source->shown.holderOf(handle), key.kind) : 0;
    };
    switch (key.kind) {
    case RowKind::Connection:
    case RowKind::Server:
        return under({}, key.kind);
    case RowKind::PortalGroups:
    case RowKind::LoosePortals:
    case RowKind::Targets:
    case RowKind::Initiators:
        return under({RowKind::Server, key.handle}, key.kind);
    case RowKind::Group:
        return single(GroupHandle{key.handle});
    case RowKind::Node:
        return single(NodeHandle{key.handle});
    case RowKind::Endpoint:
        return single(EndpointHandle{key.handle});
    case RowKind::Portal:
        return under({key.parentKind == RowKind::Group ? RowKind::Group : RowKind::LoosePortals, key.parent}, key.kind);
    case RowKind::Binding:
        return under({RowKind::Endpoint, key.parent}, key.kind);
    case RowKind::Range: {
        const quint32 parent = key.parentKind == RowKind::None
                ? 0
                : itemOf({key.source, 0, key.parent, RowKind::None, key.parentKind});
        return parent == 0 && key.parentKind != RowKind::None ? 0 : rangeItem(parent, key.handle);
    }
    case RowKind::None:
        break;
    }
    return 0;
}

quint32 InventoryTreeModel::childItem(quint32 parent, const TreeMember &member) const
{
    if (isLeafRow(parent) || !isShownUnder(parent, member))
        return 0;
    open(parent);
    const std::optional<Spot> spot = locate(parent, member, inventories());
    if (!spot)
        return 0;
    open(spot->leaf);
    return m_store.branch(spot->leaf).items[spot->position];
}

quint32 InventoryTreeModel::rangeItem(quint32 parent, quint32 anchor) const
{
    if (isLeafRow(parent))
        return 0;
    open(parent);
    if (!m_store.branch(parent).isRanged)
        return 0;
    for (const quint32 range : m_store.branch(parent).items)
        if (m_store.item(range).handle == anchor)
            return range;
    const quint16 source = m_store.item(parent).source;
    for (const RowKind kind : {RowKind::Portal, RowKind::Binding, RowKind::Endpoint, RowKind::Node, RowKind::Group}) {
        const TreeMember member{anchor, source, kind};
        if (parent == 0 || !isShownUnder(parent, member))
            continue;
        if (const auto spot = locate(parent, member, inventories()))
            return spot->leaf;
    }
    return 0;
}

bool InventoryTreeModel::isShownUnder(quint32 item, const TreeMember &member) const
{
    const TreeSource &source = *m_sources[member.source];
    const TreeHolder holder = item == 0 ? TreeHolder() : holderOf(item);
    bool holds = false;
    if (member.kind == RowKind::Connection) {
        holds = item == 0 && !source.title.isEmpty() && source.shown.servers().empty();
    } else if (holder.kind != RowKind::Server || m_sections == Sections::All) {
        holds = (holder.kind == RowKind::None) == (member.kind == RowKind::Server)
                && source.shown.holds(holder, member);
    } else if (m_sections == Sections::PortalGroups) {
        holds = member.kind == RowKind::LoosePortals
                ? source.shown.holds(holder, member)
                : member.kind == RowKind::Group && source.shown.holds({RowKind::PortalGroups, holder.handle}, member);
    } else {
        holds = (member.kind == RowKind::Node || member.kind == RowKind::Endpoint)
                && (source.shown.holds({RowKind::Targets, holder.handle}, member)
                    || source.shown.holds({RowKind::Initiators, holder.handle}, member));
    }
    return holds && (!m_filtered || isWholeShown(item) || passesFilter(source, holder, member));
}

std::vector<quint32> InventoryTreeModel::leavesOf(quint32 item) const
{
    return m_store.branch(item).isRanged ? m_store.branch(item).items : std::vector<quint32>{item};
}

TreeMember InventoryTreeModel::memberAt(quint32 leaf, size_t position) const
{
    const TreeBranch &branch = m_store.branch(leaf);
    return branch.isWaiting() ? branch.waiting[position] : m_store.item(branch.items[position]).member();
}

std::optional<InventoryTreeModel::Spot> InventoryTreeModel::locate(quint32 parent, const TreeMember &member,
                                                                   const TreeOrder::Inventories &before) const
{
    const TreeHolder holder = parent == 0 ? TreeHolder() : holderOf(parent);
    const TreeOrder::Key wanted = m_order.key(before(member.source), holder, member);
    const auto isBeforeWanted = [&](const TreeMember &m) {
        return m_order.less(m_order.key(before(m.source), holder, m), wanted);
    };
    quint32 leaf = parent;
    if (m_store.branch(parent).isRanged) {
        const std::vector<quint32> &ranges = m_store.branch(parent).items;
        // The last range whose first row does not come after what is wanted.
        const auto after = std::partition_point(ranges.begin(), ranges.end(), [&](quint32 range) {
            if (m_store.branch(range).size() == 0)
                return true; // while its rows are being moved
            const TreeMember first = memberAt(range, 0);
            return first == member || isBeforeWanted(first);
        });
        if (after == ranges.begin())
            return {};
        leaf = *std::prev(after);
    }
    const TreeBranch &branch = m_store.branch(leaf);
    size_t low = 0;
    for (size_t high = branch.size(); low < high;) {
        const size_t middle = (low + high) / 2;
        if (isBeforeWanted(memberAt(leaf, middle)))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == branch.size() || memberAt(leaf, low) != member)
        return {};
    return Spot{leaf, low, branch.isWaiting() ? 0 : branch.items[low], member};
}

TreeHandles InventoryTreeModel::handles(const QModelIndex &index) const
{
    TreeHandles found;
    quint32 item = itemAt(index);
    if (item == 0)
        return found;
    found.source = m_sources[m_store.item(item).source]->key;
    found.kind = m_store.item(item).kind;
    if (found.kind == RowKind::Range)
        item = m_store.item(item).parent;
    for (; item != 0; item = m_store.item(item).parent) {
        const TreeItem &at = m_store.item(item);
        switch (at.kind) {
        case RowKind::Server:
            found.server = ServerHandle{at.handle};
            break;
        case RowKind::Group:
            found.group = GroupHandle{at.handle};
            break;
        case RowKind::Node:
            found.node = NodeHandle{at.handle};
            break;
        case RowKind::Endpoint:
            found.endpoint = EndpointHandle{at.handle};
            break;
        case RowKind::Portal:
        case RowKind::Binding:
            found.portal = PortalHandle{at.handle};
            break;
        default:
            break;
        }
    }
    return found;
}

Session *InventoryTreeModel::session(const QModelIndex &index) const
{
    const quint32 item = itemAt(index);
    return item == 0 ? nullptr : m_sources[m_store.item(item).source]->session.data();
}

TreeMark InventoryTreeModel::mark(const QModelIndex &index) const
{
    const quint32 item = itemAt(index);
    return item == 0 ? TreeMark::None : row(item).mark();
}

bool InventoryTreeModel::countRows(quint32 item, int &count, int most) const
{
    if (isLeafRow(item))
        return count < most;
    if (m_store.hasBranch(item) && m_store.branch(item).isWaiting()) {
        const RowKind kind = m_store.branch(item).waiting.front().kind;
        if (kind == RowKind::Portal || kind == RowKind::Binding) {
            count = int(std::min<size_t>(size_t(most), size_t(count) + m_store.branch(item).size()));
            return count < most;
        }
    }
    open(item);
    for (size_t i = 0; i < m_store.branch(item).items.size(); ++i) {
        if (++count >= most || !countRows(m_store.branch(item).items[i], count, most)) {
            count = most;
            return false;
        }
    }
    return true;
}

int InventoryTreeModel::expandedRowCount(int most, const QModelIndex &index) const
{
    int count = 0;
    countRows(itemAt(index), count, most);
    return std::min(count, most);
}

} // namespace portalbind
