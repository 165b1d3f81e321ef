// SPDX-License-Identifier: Apache-2.0
#include "widgets/inventoryview.h"

#include "widgets/icons.h"
#include "widgets/rowdelegate.h"

#include <QAction>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>

namespace portalbind {

namespace {

constexpr int mostOpenedAtFirst = 250; // rows that a person still takes in at once

} // namespace

InventoryView::InventoryView(DragState &drag, QWidget *parent)
    : QTreeView(parent)
    , m_drag(drag)
    , m_model(new InventoryTreeModel(this))
{
    setModel(m_model);
    setItemDelegate(new RowDelegate(this));
    setUniformRowHeights(true);
    setSelectionMode(ExtendedSelection);
    setSelectionBehavior(SelectRows);
    setEditTriggers(NoEditTriggers);
    setAllColumnsShowFocus(true);
    setDragEnabled(true);
    setAcceptDrops(true);
    setDragDropMode(DragDrop);
    setDropIndicatorShown(false);
    setExpandsOnDoubleClick(true);
    setUpHeader();

    connect(m_model, &QAbstractItemModel::modelAboutToBeReset, this, [this] {
        m_beforeReset = ViewState(this, m_model);
        if (!m_wasFiltered)
            m_beforeFilter = m_beforeReset;
    });
    // Whatever the model resets for (a filter, a change of nearly everything): what is open and selected stays so.
    connect(m_model, &QAbstractItemModel::modelReset, this, [this] { m_beforeReset.restore(this, m_model); });
    connect(m_model, &InventoryTreeModel::filterApplied, this, &InventoryView::filterApplied);
    connect(m_model, &InventoryTreeModel::freshnessChanged, this, [this] { viewport()->update(); });
    connect(m_model, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex &under) {
        if (!under.isValid())
            QMetaObject::invokeMethod(
                    this, [this] { openAtFirst(); }, Qt::QueuedConnection);
    });
    connect(&m_drag, &DragState::judged, this, [this] {
        viewport()->update();
        tellAgain();
    });
    connect(&m_drag, &DragState::started, viewport(), qOverload<>(&QWidget::update));
    connect(&m_drag, &DragState::ended, this, [this] {
        endHover();
        viewport()->update();
    });
}

void InventoryView::setUpHeader()
{
    QHeaderView *head = header();
    head->setStretchLastSection(false);
    head->setSectionsMovable(true);
    head->setSectionResizeMode(int(TreeColumn::Name), QHeaderView::Stretch);
    head->setMinimumSectionSize(fontMetrics().averageCharWidth() * 6);
    const int character = fontMetrics().averageCharWidth();
    head->resizeSection(int(TreeColumn::Address), character * 24);
    head->resizeSection(int(TreeColumn::Tag), character * 8);
    head->resizeSection(int(TreeColumn::State), character * 20); // "stale · 4 min, sign-in"
    head->resizeSection(int(TreeColumn::UsedBy), character * 23);
    setIndentation(fontMetrics().averageCharWidth() * 2 + 2);
    head->setContextMenuPolicy(Qt::ActionsContextMenu);
    for (int column = int(TreeColumn::Name) + 1; column < treeColumnCount; ++column) {
        auto *shown = new QAction(m_model->headerData(column, Qt::Horizontal).toString(), head);
        shown->setCheckable(true);
        head->addAction(shown);
        connect(shown, &QAction::triggered, this, [this, column](bool show) { setColumnHidden(column, !show); });
        connect(head, &QHeaderView::sectionResized, shown,
                [this, shown, column] { shown->setChecked(!isColumnHidden(column)); });
    }
    head->setSortIndicator(int(TreeColumn::Name), Qt::AscendingOrder);
    setSortingEnabled(true);
}

RowSelection InventoryView::selection() const
{
    RowSelection selection;
    for (const QModelIndex &index : selectionModel()->selectedRows()) {
        Session *session = m_model->session(index);
        if (selection.session && session != selection.session)
            selection.severalConnections = true;
        selection.session = session;
        selection.rows.append(m_model->keyOf(index));
    }
    if (selection.severalConnections)
        selection.session = nullptr;
    const QModelIndex current = currentIndex();
    if (current.isValid() && selectionModel()->isRowSelected(current.row(), current.parent()))
        selection.current = m_model->keyOf(current);
    else if (!selection.rows.isEmpty())
        selection.current = selection.rows.last();
    return selection;
}

bool InventoryView::reveal(const TreeKey &key)
{
    const QModelIndex index = m_model->indexOf(key);
    if (!index.isValid())
        return false;
    setCurrentIndex(index);
    scrollTo(index);
    return true;
}

bool InventoryView::expandAllBelow()
{
    const QModelIndex current = currentIndex().siblingAtColumn(0);
    if (m_model->expandedRowCount(mostOpened, current) >= mostOpened) {
        expand(current);
        return false;
    }
    if (current.isValid())
        expandRecursively(current);
    else
        expandAll();
    return true;
}

void InventoryView::collapseBelowServers()
{
    collapseAll();
    expandToDepth(0);
}

void InventoryView::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Asterisk) // QTreeView would open all there is
        emit expandAllWanted();
    else
        QTreeView::keyPressEvent(event);
}

void InventoryView::setQuery(const SearchQuery &query)
{
    m_model->setFilter(query);
}

void InventoryView::filterApplied()
{
    const bool filtered = m_model->isFiltered();
    if (!filtered) {
        m_beforeFilter.restore(this, m_model);
    } else if (m_model->expandedRowCount(mostOpened) < mostOpened) {
        expandAll();
    }
    m_beforeReset.restore(this, m_model);
    m_wasFiltered = filtered;
}

void InventoryView::setSections(TreeSections sections)
{
    const ViewState before(this, m_model);
    m_model->setSections(sections);
    m_opened.clear();
    openAtFirst();
    before.restore(this, m_model);
}

void InventoryView::openAtFirst()
{
    const bool small = m_model->expandedRowCount(mostOpenedAtFirst) < mostOpenedAtFirst;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const QModelIndex server = m_model->index(row, 0);
        if (m_model->handles(server).kind != RowKind::Server || isExpanded(server))
            continue;
        const SourceKey key = m_model->handles(server).source ^ (SourceKey(m_model->keyOf(server).handle) << 1);
        if (m_opened.contains(key))
            continue;
        m_opened.insert(key);
        if (small)
            expandRecursively(server);
        else
            expand(server);
    }
    if (!currentIndex().isValid() && m_model->rowCount() > 0)
        selectionModel()->setCurrentIndex(m_model->index(0, 0), QItemSelectionModel::NoUpdate);
}

void InventoryView::selectionChanged(const QItemSelection &selected, const QItemSelection &deselected)
{
    QTreeView::selectionChanged(selected, deselected);
    emit rowsChosen();
}

void InventoryView::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTreeView::currentChanged(current, previous);
    emit rowsChosen();
}

void InventoryView::contextMenuEvent(QContextMenuEvent *event)
{
    // The Menu key opens it at the current row, wherever the mouse is.
    QPoint at = event->globalPos();
    if (event->reason() == QContextMenuEvent::Keyboard && currentIndex().isValid())
        at = viewport()->mapToGlobal(visualRect(currentIndex()).bottomLeft());
    emit contextMenuWanted(at);
}

void InventoryView::changeEvent(QEvent *event)
{
    QTreeView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        viewport()->update();
}

bool InventoryView::isDimmed(const QModelIndex &index) const
{
    if (!m_drag.isActive())
        return false;
    const TreeKey key = m_model->keyOf(index);
    if (key.kind != RowKind::Endpoint && key.kind != RowKind::Group)
        return false;
    return m_drag.takes(m_model->session(index), dropPlace(key)) == DragState::Takes::No;
}

void InventoryView::drawRow(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    if (!hasFocus() && !m_drag.isActive()) {
        // Only the pane that keys go to shows its selection in full colour.
        QStyleOptionViewItem quiet = option;
        quiet.palette.setColor(QPalette::Highlight, palette().color(QPalette::Mid));
        quiet.palette.setColor(QPalette::HighlightedText, palette().color(QPalette::Text));
        QTreeView::drawRow(painter, quiet, index);
        return;
    }
    const bool hovered = m_hovered.isValid() && index.siblingAtColumn(0) == m_hovered;
    if (!hovered && isDimmed(index)) {
        painter->save();
        painter->setOpacity(0.5);
        QTreeView::drawRow(painter, option, index);
        painter->restore();
        return;
    }
    QTreeView::drawRow(painter, option, index);
    if (!hovered)
        return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRectF outline = QRectF(option.rect).adjusted(1, 1, -1, -1);
    if (m_hoverTaken) {
        painter->setPen(QPen(palette().color(QPalette::Highlight), 2));
        painter->drawRoundedRect(outline, 3, 3);
    } else {
        // In place of the row's own icon, so that it hides no word.
        const int size = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
        const QRect cell = visualRect(index.siblingAtColumn(0));
        const QRect lock(cell.left() + 3, cell.center().y() - size / 2 + 1, size, size);
        painter->fillRect(lock.adjusted(-1, 0, 1, 0), palette().color(QPalette::Base));
        icon(QStringLiteral("lock")).paint(painter, lock);
        QPen pen(palette().color(QPalette::PlaceholderText), 1, Qt::DashLine);
        painter->setPen(pen);
        painter->drawRoundedRect(outline, 3, 3);
    }
    painter->restore();
}

} // namespace portalbind
