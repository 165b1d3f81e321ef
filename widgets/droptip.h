// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>

namespace portalbind {

/// The sentence beside the pointer during a drag. A child of the window and not a window of its own: it needs no help
/// of the window system, which is busy with the drag.
class DropTip : public QLabel
{
    Q_OBJECT
public:
    explicit DropTip(QWidget *window);

    /// Shows \a sentence near the pointer; an empty one hides it.
    void tell(const QString &sentence, const QPoint &globalPosition);
};

} // namespace portalbind
