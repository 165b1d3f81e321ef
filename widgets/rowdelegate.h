// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStyledItemDelegate>

namespace portalbind {

/// Rows of the inventory: icon by state in the palette's colour, addresses in the fixed font, IQNs elided in the
/// middle, what will go struck through, what is stale faded.
class RowDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;
};

} // namespace portalbind
