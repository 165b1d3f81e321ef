// SPDX-License-Identifier: Apache-2.0
#include "widgets/unbindzone.h"

#include "widgets/icons.h"
#include "widgets/inventoryview.h"

#include <QDragMoveEvent>
#include <QHBoxLayout>
#include <QLabel>

namespace portalbind {

namespace {

constexpr int iconSize = 16;

} // namespace

UnbindZone::UnbindZone(DragState &drag, QWidget *parent)
    : QFrame(parent)
    , m_drag(drag)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(tr("Drop here to unbind"), this))
{
    setObjectName(QStringLiteral("unbindZone"));
    setAccessibleName(tr("Unbind zone"));
    setAcceptDrops(true);
    setAutoFillBackground(true);
    setFrameShape(QFrame::StyledPanel);
    auto *line = new QHBoxLayout(this);
    line->addStretch();
    line->addWidget(m_icon);
    line->addWidget(m_text);
    line->addStretch();
    setHovered(false);
    hide();
    connect(&m_drag, &DragState::started, this, [this] { setVisible(m_offered && m_drag.hasBindings()); });
    connect(&m_drag, &DragState::ended, this, [this] {
        setHovered(false);
        hide();
    });
}

void UnbindZone::setHovered(bool hovered)
{
    setBackgroundRole(hovered ? QPalette::Highlight : QPalette::AlternateBase);
    m_text->setForegroundRole(hovered ? QPalette::HighlightedText : QPalette::WindowText);
    m_icon->setPixmap(
            icon(QStringLiteral("unbind"))
                    .pixmap(QSize(iconSize, iconSize), devicePixelRatioF(), hovered ? QIcon::Selected : QIcon::Normal));
}

void UnbindZone::dragEnterEvent(QDragEnterEvent *event)
{
    event->setAccepted(m_drag.owns(event->mimeData()));
}

void UnbindZone::dragMoveEvent(QDragMoveEvent *event)
{
    if (!m_drag.owns(event->mimeData())) {
        event->ignore();
        return;
    }
    const DropIntent intent = m_drag.judge(m_drag.session(), DropPlace::unbindZone(),
                                           dropModifiers(event->modifiers()));
    setHovered(intent.doesSomething());
    emit m_drag.told(intent.sentence, mapToGlobal(event->position().toPoint()));
    if (intent.doesSomething() || !intent.isComplete) {
        event->setDropAction(Qt::MoveAction);
        event->accept();
    } else {
        event->ignore();
    }
}

void UnbindZone::dragLeaveEvent(QDragLeaveEvent *event)
{
    setHovered(false);
    emit m_drag.told({});
    event->accept();
}

void UnbindZone::dropEvent(QDropEvent *event)
{
    if (!m_drag.owns(event->mimeData())) {
        event->ignore();
        return;
    }
    Session *session = m_drag.session();
    const DropIntent intent = m_drag.judgeWhole(session, DropPlace::unbindZone(), dropModifiers(event->modifiers()));
    setHovered(false);
    if (!intent.doesSomething()) {
        emit m_drag.told(intent.sentence);
        event->ignore();
        return;
    }
    event->setDropAction(Qt::MoveAction);
    event->accept();
    emit dropped(session, intent);
}

} // namespace portalbind
