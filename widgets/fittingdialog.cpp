// SPDX-License-Identifier: Apache-2.0
#include "widgets/fittingdialog.h"

#include <QEvent>
#include <QLayout>

namespace portalbind {

bool FittingDialog::event(QEvent *event)
{
    const bool done = QDialog::event(event);
    const bool matters = event->type() == QEvent::LayoutRequest || event->type() == QEvent::Show
            || event->type() == QEvent::Resize;
    if (matters && layout()) {
        const int needed = layout()->totalHeightForWidth(width());
        if (height() < needed)
            resize(width(), needed);
    }
    return done;
}

} // namespace portalbind
