// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "treemirror.h"

#include "model/snapshotbuilder.h"

#include <map>
#include <set>

namespace portalbind {

/// A server with one endpoint that binds the portals 10.x.y.z of \a numbers, all of which are in one group.
class RangeSite
{
public:
    /// \a shift changes the addresses of some portals while their ids stay.
    Inventory show(const std::set<quint32> &numbers, const std::map<quint32, quint32> &shift = {});
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

/// The same server in a tree, which follows to other numbers by what differs.
struct RangeTree
{
    static constexpr SourceKey key = 3; ///< of the only source

    RangeSite site;
    InventoryTreeModel model;
    Inventory shown;

    explicit RangeTree(const std::set<quint32> &numbers)
    {
        shown = site.show(numbers);
        model.addServers(key, shown);
    }
    void show(const std::set<quint32> &numbers, const std::map<quint32, quint32> &shift = {})
    {
        const Inventory next = site.show(numbers, shift);
        const InventoryDiff change = diff(shown, next);
        shown = next;
        model.update(key, shown, change);
    }
    [[nodiscard]] QModelIndex group() const
    {
        return model.indexOf({key, 0, site.group.value, RowKind::Server, RowKind::Group});
    }
    [[nodiscard]] QModelIndex member(quint32 number) const
    {
        return model.indexOf({key, site.group.value, site.portal(number).value, RowKind::Group, RowKind::Portal});
    }
};

/// What the row of a number says.
[[nodiscard]] QString addressText(quint32 number);
/// The first \a count multiples of \a step.
[[nodiscard]] std::set<quint32> upTo(quint32 count, quint32 step = 1);
[[nodiscard]] bool isRange(const QModelIndex &index);
/// The rows below, ranges left out, in order.
[[nodiscard]] QStringList rowsIn(const InventoryTreeModel &model, const QModelIndex &parent);
/// What rows of these numbers say, in order.
[[nodiscard]] QStringList texts(const std::set<quint32> &numbers);

} // namespace portalbind
