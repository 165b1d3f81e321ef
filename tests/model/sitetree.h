// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "site.h"
#include "treemirror.h"

#include <QAbstractItemModelTester>

namespace portalbind {

/// A tree over a small site, under the model tester; objects are called by their names in the site.
struct SiteTree
{
    static constexpr SourceKey key = 1; ///< of the only source

    Site made;
    InventoryTreeModel model;
    Inventory shown;
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};

    explicit SiteTree(const QString &text, TreeSections sections = TreeSections::All)
        : made(text)
        , shown(made.inventory())
    {
        model.setSections(sections);
        model.addServers(key, shown);
    }
    /// The tree follows to \a next by what differs.
    void show(const Inventory &next)
    {
        const InventoryDiff change = diff(shown, next);
        shown = next;
        model.update(key, shown, change);
    }
    /// Stages an operation, in the words of a site.
    void pend(const QString &operation) { show(shown.with(made.operation(operation))); }
    template <class H>
    [[nodiscard]] H handle(const char *name)
    {
        return made.handle<H>(QString::fromLatin1(name));
    }
    [[nodiscard]] QModelIndex server(const char *name = "san")
    {
        return model.indexOf({key, 0, handle<ServerHandle>(name).value, RowKind::None, RowKind::Server});
    }
    [[nodiscard]] QModelIndex group(const char *name)
    {
        return model.indexOf({key, 0, handle<GroupHandle>(name).value, RowKind::Server, RowKind::Group});
    }
    [[nodiscard]] QModelIndex node(const char *name)
    {
        return model.indexOf({key, 0, handle<NodeHandle>(name).value, RowKind::Server, RowKind::Node});
    }
    [[nodiscard]] QModelIndex endpoint(const char *name)
    {
        return model.indexOf({key, 0, handle<EndpointHandle>(name).value, RowKind::Node, RowKind::Endpoint});
    }
    /// A portal in a group.
    [[nodiscard]] QModelIndex member(const char *inGroup, const char *portal)
    {
        return model.indexOf({key, handle<GroupHandle>(inGroup).value, handle<PortalHandle>(portal).value,
                              RowKind::Group, RowKind::Portal});
    }
    /// A portal in no group.
    [[nodiscard]] QModelIndex loose(const char *portal, const char *on = "san")
    {
        return model.indexOf({key, handle<ServerHandle>(on).value, handle<PortalHandle>(portal).value, RowKind::Server,
                              RowKind::Portal});
    }
    [[nodiscard]] QModelIndex binding(const char *under, const char *portal)
    {
        return model.indexOf({key, handle<EndpointHandle>(under).value, handle<PortalHandle>(portal).value,
                              RowKind::Endpoint, RowKind::Binding});
    }
};

/// Groups, portals in none, one that is gone and a wildcard; two targets, an endpoint of no target and an initiator.
[[nodiscard]] QString treeSite();

/// What a row says in a column.
[[nodiscard]] QString cell(const QModelIndex &index, TreeColumn column);
/// What it says in all of them: `Name | Address | Tag | State | Used by`.
[[nodiscard]] QString cells(const QModelIndex &index);

} // namespace portalbind
