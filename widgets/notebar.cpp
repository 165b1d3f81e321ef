// SPDX-License-Identifier: Apache-2.0
#include "widgets/notebar.h"

#include "widgets/icons.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace portalbind {

namespace {

constexpr int iconSize = 20;

} // namespace

NoteBar::NoteBar(QWidget *parent)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
{
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::AlternateBase);
    setAccessibleName(tr("Notes about a connection"));
    m_text->setObjectName(QStringLiteral("noteText"));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_icon->setAccessibleName(tr("Note"));
    auto *away = new QToolButton(this);
    away->setObjectName(QStringLiteral("noteAway"));
    away->setIcon(icon(QStringLiteral("clear")));
    away->setAutoRaise(true);
    away->setToolTip(tr("Put away"));
    away->setAccessibleName(tr("Put the notes away"));
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(8, 6, 8, 6);
    line->addWidget(m_icon, 0, Qt::AlignTop);
    line->addWidget(m_text, 1);
    line->addWidget(away, 0, Qt::AlignTop);
    connect(away, &QToolButton::clicked, this, &QWidget::hide);
    drawIcon();
    hide();
}

void NoteBar::setNotes(const QString &connection, const QStringList &notes)
{
    if (notes == m_notes)
        return;
    m_notes = notes;
    m_text->setText(connection + QLatin1String(": ") + notes.join(QLatin1Char(' ')));
    setVisible(!notes.isEmpty());
}

QString NoteBar::text() const
{
    return m_text->text();
}

void NoteBar::drawIcon()
{
    m_icon->setPixmap(icon(QStringLiteral("info")).pixmap(QSize(iconSize, iconSize), devicePixelRatioF()));
}

void NoteBar::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        drawIcon();
}

} // namespace portalbind
