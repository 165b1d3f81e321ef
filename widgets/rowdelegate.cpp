// SPDX-License-Identifier: Apache-2.0
#include "widgets/rowdelegate.h"

#include "model/inventorytreemodel.h"
#include "widgets/icons.h"

#include <QFontDatabase>
#include <QWidget>

namespace portalbind {

namespace {

/// Selected in a pane that keys do not go to: its words have the colour of all text.
bool isQuiet(const QStyleOptionViewItem &option)
{
    return (option.state & QStyle::State_Selected) != 0
            && option.palette.color(QPalette::HighlightedText) == option.palette.color(QPalette::Text);
}

/// A style paints icons of selected rows in the colour of a full selection, on which a filled mark would look empty.
QIcon asText(const QIcon &icon, const QStyleOptionViewItem &option)
{
    const qreal ratio = option.widget ? option.widget->devicePixelRatio() : 1.0;
    QIcon same;
    same.addPixmap(icon.pixmap(option.decorationSize, ratio, QIcon::Normal), QIcon::Selected);
    return same;
}

} // namespace

void RowDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    using Model = InventoryTreeModel;
    QStyledItemDelegate::initStyleOption(option, index);
    if (index.column() == int(TreeColumn::Name)) {
        const QString name = index.data(Model::IconNameRole).toString();
        if (!name.isEmpty()) {
            option->features |= QStyleOptionViewItem::HasDecoration;
            option->icon = isQuiet(*option) ? asText(icon(name), *option) : icon(name);
        }
    }
    if (index.data(Model::MonospaceRole).toBool()) {
        const qreal size = option->font.pointSizeF();
        option->font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
        if (size > 0)
            option->font.setPointSizeF(size);
    }
    const bool isRange = RowKind(index.data(Model::KindRole).toInt()) == RowKind::Range;
    option->textElideMode = isRange || index.data(Model::ElideMiddleRole).toBool() ? Qt::ElideMiddle : Qt::ElideRight;
    const QModelIndex row = index.siblingAtColumn(int(TreeColumn::Name));
    const auto mark = TreeMark(row.data(Model::MarkRole).toInt());
    if (mark == TreeMark::Removed)
        option->font.setStrikeOut(true);
    else if (mark == TreeMark::Added || mark == TreeMark::Changed)
        option->font.setItalic(true);
    option->fontMetrics = QFontMetrics(option->font);
    if (row.data(Model::StaleRole).toBool()) {
        // The palette's placeholder colour keeps 4.5:1 on the base of both themes.
        option->palette.setColor(QPalette::Text, option->palette.color(QPalette::PlaceholderText));
    }
}

} // namespace portalbind
