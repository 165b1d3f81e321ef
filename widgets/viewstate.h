// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventorytreemodel.h"

class QTreeView;

namespace portalbind {

/// Expansion, selection and the current row of a tree by identity, so that they survive a reset of its model.
class ViewState
{
public:
    ViewState() = default;
    ViewState(const QTreeView *view, const InventoryTreeModel *model);
    /// What is no longer shown is left out. Rows that it does not know stay as they are.
    void restore(QTreeView *view, const InventoryTreeModel *model) const;
    [[nodiscard]] bool isEmpty() const { return m_expanded.isEmpty() && m_selected.isEmpty() && m_current.isNull(); }

private:
    QList<TreeKey> m_expanded; // parents before children
    QList<TreeKey> m_selected;
    TreeKey m_current;
};

} // namespace portalbind
