// SPDX-License-Identifier: Apache-2.0
#include "widgets/candidatedelegate.h"

#include "widgets/bindcandidates.h"

#include <QApplication>
#include <QPainter>

namespace portalbind {

namespace {

constexpr int margin = 4;
constexpr int iconSize = 16;

} // namespace

QSize CandidateDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return {option.fontMetrics.averageCharWidth() * 40, option.fontMetrics.lineSpacing() * 2 + 2 * margin};
}

void CandidateDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QWidget *view = option.widget;
    QStyle *style = view ? view->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, view);
    if (option.state & QStyle::State_HasFocus) {
        QStyleOptionFocusRect focus;
        focus.QStyleOption::operator=(option);
        style->drawPrimitive(QStyle::PE_FrameFocusRect, &focus, painter, view);
    }

    const bool selected = option.state & QStyle::State_Selected;
    const bool fits = index.data(BindCandidates::FitsRole).toBool();
    const QColor text = option.palette.color(selected ? QPalette::HighlightedText : QPalette::Text);
    const QColor dim = selected ? text : option.palette.color(QPalette::PlaceholderText);
    QRect area = option.rect.adjusted(margin, margin, -margin, -margin);
    const QIcon symbol = index.data(Qt::DecorationRole).value<QIcon>();
    symbol.paint(painter,
                 QRect(area.left(), area.top() + (option.fontMetrics.lineSpacing() - iconSize) / 2, iconSize, iconSize),
                 Qt::AlignCenter,
                 selected       ? QIcon::Selected
                         : fits ? QIcon::Normal
                                : QIcon::Disabled);
    area.setLeft(area.left() + iconSize + 2 * margin);
    const int line = option.fontMetrics.lineSpacing();
    const auto put = [&](const QString &words, int y, const QColor &colour, Qt::TextElideMode mode) {
        painter->setPen(colour);
        painter->drawText(QRect(area.left(), area.top() + y, area.width(), line), Qt::AlignLeft | Qt::AlignVCenter,
                          option.fontMetrics.elidedText(words, mode, area.width()));
    };
    painter->save();
    painter->setFont(option.font);
    put(index.data(Qt::DisplayRole).toString(), 0, fits ? text : dim, Qt::ElideMiddle);
    put(index.data(BindCandidates::SentenceRole).toString(), line, dim, Qt::ElideRight);
    painter->restore();
}

} // namespace portalbind
