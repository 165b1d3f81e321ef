// SPDX-License-Identifier: Apache-2.0
#include "widgets/viewstate.h"

#include <QTreeView>

namespace portalbind {

namespace {

constexpr qsizetype mostSelected = 10'000; // more are not worth the wait of finding them again

void collectExpanded(const QTreeView *view, const InventoryTreeModel *model, const QModelIndex &parent,
                     QList<TreeKey> &keys)
{
    // Only expanded rows are entered, so that nothing is made that nobody has seen.
    const int rows = model->rowCount(parent);
    for (int row = 0; row < rows; ++row) {
        const QModelIndex index = model->index(row, 0, parent);
        if (!view->isExpanded(index))
            continue;
        keys.append(model->keyOf(index));
        collectExpanded(view, model, index, keys);
    }
}

} // namespace

ViewState::ViewState(const QTreeView *view, const InventoryTreeModel *model)
    : m_current(model->keyOf(view->currentIndex()))
{
    collectExpanded(view, model, {}, m_expanded);
    const QModelIndexList rows = view->selectionModel()->selectedRows();
    for (const QModelIndex &index : rows.mid(0, mostSelected))
        m_selected.append(model->keyOf(index));
}

void ViewState::restore(QTreeView *view, const InventoryTreeModel *model) const
{
    for (const TreeKey &key : m_expanded) {
        if (const QModelIndex index = model->indexOf(key); index.isValid())
            view->setExpanded(index, true);
    }
    QItemSelection selection;
    for (const TreeKey &key : m_selected) {
        if (const QModelIndex index = model->indexOf(key); index.isValid())
            selection.select(index, index);
    }
    const QModelIndex current = m_current.isNull() ? QModelIndex() : model->indexOf(m_current);
    if (current.isValid())
        view->selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
    view->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    if (current.isValid())
        view->scrollTo(current);
}

} // namespace portalbind
