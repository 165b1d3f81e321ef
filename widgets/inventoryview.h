// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventorytreemodel.h"
#include "widgets/dragstate.h"
#include "widgets/rowselection.h"
#include "widgets/viewstate.h"

#include <QBasicTimer>
#include <QTreeView>

namespace portalbind {

/// One view of the tree with everything that a hand does in it: selecting, dragging, dropping.
class InventoryView : public QTreeView
{
    Q_OBJECT
public:
    explicit InventoryView(DragState &drag, QWidget *parent = nullptr);

    [[nodiscard]] InventoryTreeModel *tree() const { return m_model; }
    [[nodiscard]] RowSelection selection() const;
    /// Selects a row and makes it visible; false when the tree does not show it.
    bool reveal(const TreeKey &key);
    /// Opens the current row (or everything, when there is none) and all below it; where that would be more than
    /// mostOpened rows, only the row itself. Returns whether all are open.
    bool expandAllBelow();
    void collapseBelowServers();
    static constexpr int mostOpened = 3'000; ///< rows that are unfolded at once
    void setQuery(const SearchQuery &query);
    void setSections(TreeSections sections);

signals:
    void rowsChosen();
    /// Something was dropped and would do something.
    void dropped(portalbind::Session *session, const portalbind::DropIntent &intent);
    void contextMenuWanted(const QPoint &globalPosition);
    void expandAllWanted(); ///< the key * does what the menu does

protected:
    void startDrag(Qt::DropActions supportedActions) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragMoveEvent(QDragMoveEvent *event) override;
    void dragLeaveEvent(QDragLeaveEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void drawRow(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void selectionChanged(const QItemSelection &selected, const QItemSelection &deselected) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void timerEvent(QTimerEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    struct Spot
    {
        QModelIndex row; ///< that the drop is about: the endpoint of a binding, the group of a portal
        Session *session = nullptr;
        DropPlace place;
    };
    [[nodiscard]] Spot spotAt(const QPoint &position) const;
    DropIntent hover(const QPoint &position, Qt::KeyboardModifiers modifiers);
    void endHover();
    void tellAgain();
    [[nodiscard]] QPixmap dragPicture(const QList<DragItem> &items, const Session &session) const;
    [[nodiscard]] bool isDimmed(const QModelIndex &index) const;
    void openAtFirst();
    void filterApplied();
    void setUpHeader();

    DragState &m_drag;
    InventoryTreeModel *m_model;
    ViewState m_beforeFilter;
    ViewState m_beforeReset;
    bool m_wasFiltered = false;
    QSet<SourceKey> m_opened; // sessions whose rows were expanded once
    QPersistentModelIndex m_hovered;
    QPoint m_hoverPosition;
    Qt::KeyboardModifiers m_hoverModifiers;
    bool m_hoverTaken = false;
    QBasicTimer m_expand;
};

/// What Shift and Alt mean in a drop.
[[nodiscard]] DropModifiers dropModifiers(Qt::KeyboardModifiers modifiers);

} // namespace portalbind
