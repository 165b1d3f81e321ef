// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

class QAction;
class QFrame;
class QLabel;
class QPushButton;

namespace portalbind {

/// What stands there while nothing is open: three ways to begin.
class WelcomePage : public QWidget
{
    Q_OBJECT
public:
    WelcomePage(QAction *openSample, QAction *connectTo, QAction *openThisHost, QWidget *parent = nullptr);

    /// Empty: the card can be used.
    void setWhyNotThisHost(const QString &whyNot);

private:
    QFrame *card(const QString &iconName, const QString &title, const QString &text, QAction *action);

    QPushButton *m_thisHost = nullptr;
    QLabel *m_whyNot = nullptr;
};

} // namespace portalbind
