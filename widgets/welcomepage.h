// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

class QAction;
class QFrame;

namespace portalbind {

/// What stands there while nothing is open: three ways to begin.
class WelcomePage : public QWidget
{
    Q_OBJECT
public:
    WelcomePage(QAction *openSample, QAction *connectTo, QWidget *parent = nullptr);

private:
    QFrame *card(const QString &iconName, const QString &title, const QString &text, QAction *action,
                 const QString &whyNot = {});
};

} // namespace portalbind
