// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>

namespace portalbind {

/// `:/icons/<name>.svg` in the palette's text colour (highlighted text where selected, disabled text where disabled),
/// drawn anew for each size and device pixel ratio. Icons follow a change of palette by themselves.
[[nodiscard]] QIcon icon(const QString &name);

/// The icon \a name drawn \a size wide (device-independent pixels) in \a colour.
[[nodiscard]] QPixmap iconPixmap(const QString &name, int size, const QColor &colour, qreal devicePixelRatio);

} // namespace portalbind
