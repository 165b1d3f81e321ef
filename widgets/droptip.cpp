// SPDX-License-Identifier: Apache-2.0
#include "widgets/droptip.h"

namespace portalbind {

namespace {

constexpr QPoint offset(16, 22); // below and right of the pointer and of the dragged picture
constexpr int mostCharacters = 64; // of a line

} // namespace

DropTip::DropTip(QWidget *window)
    : QLabel(window)
{
    setObjectName(QStringLiteral("dropTip"));
    setTextFormat(Qt::PlainText);
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::ToolTipBase);
    setForegroundRole(QPalette::ToolTipText);
    setMargin(6);
    setWordWrap(true);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
}

void DropTip::tell(const QString &sentence, const QPoint &globalPosition)
{
    if (sentence.isEmpty()) {
        hide();
        return;
    }
    setText(sentence);
    const int widest = fontMetrics().averageCharWidth() * mostCharacters;
    const QRect needed = fontMetrics().boundingRect(QRect(0, 0, widest, 1000), Qt::TextWordWrap, sentence);
    const int border = 2 * (margin() + frameWidth());
    resize(needed.width() + border + 2, needed.height() + border);
    // Kept within the window; above the pointer where there is no room below.
    QPoint at = parentWidget()->mapFromGlobal(globalPosition) + offset;
    const QRect room = parentWidget()->rect().adjusted(4, 4, -4, -4);
    at.setX(qBound(room.left(), at.x(), qMax(room.left(), room.right() - width())));
    if (at.y() + height() > room.bottom())
        at.setY(at.y() - offset.y() * 2 - height());
    move(at.x(), qMax(room.top(), at.y()));
    raise();
    show();
}

} // namespace portalbind
