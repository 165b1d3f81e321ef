// SPDX-License-Identifier: Apache-2.0
#include "widgets/actionbutton.h"

#include <QAction>
#include <QPushButton>

namespace portalbind {

QPushButton *actionButton(QAction *action, QWidget *parent)
{
    auto *button = new QPushButton(parent);
    button->setObjectName(action->objectName() + QLatin1String("Button"));
    const auto follow = [button, action] {
        QString text = action->text();
        button->setText(text.remove(QLatin1Char('&')));
        button->setIcon(action->icon());
        button->setToolTip(action->toolTip());
        button->setStatusTip(action->statusTip());
        button->setEnabled(action->isEnabled());
    };
    follow();
    QObject::connect(action, &QAction::changed, button, follow);
    QObject::connect(button, &QPushButton::clicked, action, &QAction::trigger);
    return button;
}

} // namespace portalbind
