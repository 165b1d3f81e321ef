// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/dropintent.h"
#include "model/treekey.h"
#include "widgets/workspace.h"

namespace portalbind {

/// The selected rows of one pane, in the words of the model: what actions, menus, the inspector and drags start from.
struct RowSelection
{
    Session *session = nullptr; ///< null: nothing is selected, or rows of several connections are
    bool severalConnections = false;
    TreeKey current; ///< of `session`; may be null
    QList<TreeKey> rows; ///< all selected ones, in the order of the view

    [[nodiscard]] bool isEmpty() const { return rows.isEmpty(); }
    /// Portals, bindings and groups among them, as a drag would carry them.
    [[nodiscard]] QList<DragItem> dragItems() const;
    [[nodiscard]] bool onlyBindings() const;
    /// The object that the current row stands for, or hangs on: an endpoint for its bindings, a group for its portals.
    [[nodiscard]] EndpointHandle endpoint() const;
    [[nodiscard]] GroupHandle group() const;
    [[nodiscard]] NodeHandle node() const;
    [[nodiscard]] ServerHandle server() const;
};

/// What a row carries in a drag; a null portal and group for rows that carry nothing.
[[nodiscard]] DragItem dragItem(const TreeKey &row);
/// What dropping on a row means.
[[nodiscard]] DropPlace dropPlace(const TreeKey &row);

} // namespace portalbind
