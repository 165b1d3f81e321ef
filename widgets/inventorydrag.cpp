// SPDX-License-Identifier: Apache-2.0
// Dragging from the inventory and dropping on it.
#include "widgets/inventoryview.h"

#include "widgets/icons.h"

#include <QDrag>
#include <QDragMoveEvent>
#include <QPainter>
#include <QTimerEvent>

namespace portalbind {

namespace {

constexpr int expandMilliseconds = 700; // as long as file managers wait before they open a folder
constexpr int scrollMargin = 24;

} // namespace

DropModifiers dropModifiers(Qt::KeyboardModifiers modifiers)
{
    return {modifiers.testFlag(Qt::ShiftModifier), modifiers.testFlag(Qt::AltModifier)};
}

void InventoryView::startDrag(Qt::DropActions)
{
    const RowSelection rows = selection();
    const QList<DragItem> items = rows.dragItems();
    if (!rows.session || items.isEmpty())
        return;
    auto *drag = new QDrag(this);
    drag->setMimeData(m_drag.begin(rows.session, items));
    drag->setPixmap(dragPicture(items, *rows.session));
    drag->setHotSpot(QPoint(-12, -8)); // beside the pointer: the row under it stays readable
    // After a move the base class would remove the rows: what is shown follows the session, never the drag.
    drag->exec(Qt::CopyAction | Qt::MoveAction, Qt::CopyAction);
    m_drag.end();
    setState(NoState);
    stopAutoScroll();
}

QPixmap InventoryView::dragPicture(const QList<DragItem> &items, const Session &session) const
{
    QString text;
    const DragItem &first = items.first();
    if (items.size() > 1)
        text = tr("%n row(s)", nullptr, int(items.size()));
    else if (first.isGroup())
        text = session.inventory().has(first.group) ? session.inventory().group(first.group).name : QString();
    else if (session.inventory().has(first.portal))
        text = session.inventory().portal(first.portal).address.toString();
    constexpr int margin = 6;
    constexpr int iconSize = 16;
    const QSize size(fontMetrics().horizontalAdvance(text) + iconSize + 3 * margin, fontMetrics().height() + margin);
    const qreal ratio = devicePixelRatioF();
    QPixmap picture(size * ratio);
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(palette().color(QPalette::Mid));
    painter.setBrush(palette().color(QPalette::ToolTipBase));
    painter.drawRoundedRect(QRectF(QPointF(0, 0), size).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    icon(first.isGroup() ? QStringLiteral("portal-group") : QStringLiteral("portal-bound"))
            .paint(&painter, QRect(margin, (size.height() - iconSize) / 2, iconSize, iconSize));
    painter.setPen(palette().color(QPalette::ToolTipText));
    painter.drawText(QRect(iconSize + 2 * margin, 0, size.width(), size.height()), Qt::AlignVCenter, text);
    return picture;
}

InventoryView::Spot InventoryView::spotAt(const QPoint &position) const
{
    const QModelIndex index = indexAt(position).siblingAtColumn(0);
    if (!index.isValid())
        return {};
    Spot spot{index, m_model->session(index), dropPlace(m_model->keyOf(index))};
    // A row that hangs on what the drop is about stands for it.
    const RowKind wanted = spot.place.kind == DropPlace::Kind::Group ? RowKind::Group : RowKind::Endpoint;
    while (spot.place.kind != DropPlace::Kind::Nothing && spot.row.isValid()
           && m_model->handles(spot.row).kind != wanted)
        spot.row = spot.row.parent();
    return spot;
}

DropIntent InventoryView::hover(const QPoint &position, Qt::KeyboardModifiers modifiers)
{
    m_hoverPosition = position;
    m_hoverModifiers = modifiers;
    const Spot spot = spotAt(position);
    DropIntent intent = m_drag.judge(spot.session, spot.place, dropModifiers(modifiers));
    const QModelIndex row = spot.place.kind == DropPlace::Kind::Nothing ? QModelIndex() : spot.row;
    if (row != m_hovered || intent.isTaken() != m_hoverTaken) {
        m_hovered = row;
        m_hoverTaken = intent.isTaken();
        viewport()->update();
    }
    emit m_drag.told(intent.sentence, viewport()->mapToGlobal(position));
    return intent;
}

void InventoryView::tellAgain()
{
    if (m_drag.isActive() && m_hovered.isValid())
        hover(m_hoverPosition, m_hoverModifiers);
}

void InventoryView::endHover()
{
    m_expand.stop();
    m_hovered = QPersistentModelIndex();
    m_hoverTaken = false;
    viewport()->update();
}

void InventoryView::dragEnterEvent(QDragEnterEvent *event)
{
    if (!m_drag.owns(event->mimeData())) {
        event->ignore();
        return;
    }
    setState(DraggingState);
    event->accept();
}

void InventoryView::dragMoveEvent(QDragMoveEvent *event)
{
    if (!m_drag.owns(event->mimeData())) {
        event->ignore();
        return;
    }
    const QPoint position = event->position().toPoint();
    const QModelIndex before = indexAt(m_hoverPosition);
    const DropIntent intent = hover(position, event->modifiers());
    const QModelIndex under = indexAt(position);
    if (under != before || !m_expand.isActive())
        m_expand.start(expandMilliseconds, this);
    const QRect inner = viewport()->rect().adjusted(0, scrollMargin, 0, -scrollMargin);
    if (!inner.contains(position))
        startAutoScroll();
    // Accepted although it would do nothing while judging goes on: the drop itself judges to the end.
    if (intent.isTaken() || !intent.isComplete) {
        event->setDropAction(intent.action == Qt::IgnoreAction ? Qt::CopyAction : intent.action);
        event->accept();
    } else {
        event->ignore();
    }
}

void InventoryView::dragLeaveEvent(QDragLeaveEvent *event)
{
    endHover();
    stopAutoScroll();
    emit m_drag.told({});
    event->accept();
}

void InventoryView::dropEvent(QDropEvent *event)
{
    stopAutoScroll();
    setState(NoState);
    if (!m_drag.owns(event->mimeData())) {
        event->ignore();
        return;
    }
    const Spot spot = spotAt(event->position().toPoint());
    const DropIntent intent = m_drag.judgeWhole(spot.session, spot.place, dropModifiers(event->modifiers()));
    endHover();
    if (!intent.isTaken()) {
        emit m_drag.told(intent.sentence, viewport()->mapToGlobal(event->position().toPoint()));
        event->ignore();
        return;
    }
    event->setDropAction(intent.action);
    event->accept();
    emit dropped(spot.session, intent);
}

void InventoryView::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_expand.timerId()) {
        QTreeView::timerEvent(event);
        return;
    }
    m_expand.stop();
    const QModelIndex index = indexAt(m_hoverPosition);
    if (m_drag.isActive() && index.isValid() && !isExpanded(index.siblingAtColumn(0)))
        expand(index.siblingAtColumn(0));
}

} // namespace portalbind
