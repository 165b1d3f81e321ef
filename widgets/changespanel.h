// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/workspace.h"

#include <QWidget>

class QAction;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTreeView;

namespace portalbind {

class ChangesModel;
class PlanView;

/// The pending changes, one a row, and the plan that they make.
class ChangesPanel : public QWidget
{
    Q_OBJECT
public:
    /// \a apply and \a discard are the window's own actions: their buttons here do the same and say why not.
    ChangesPanel(Workspace &workspace, QAction *apply, QAction *discard, QWidget *parent = nullptr);

    void showPlan();
    void showChanges();
    /// Takes the selected changes away.
    void removeSelected();
    [[nodiscard]] bool isPlanShown() const;
    [[nodiscard]] PlanView *plan() const { return m_plan; }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void update();

    Workspace &m_workspace;
    ChangesModel *m_model;
    QStackedWidget *m_pages;
    QWidget *m_listPage;
    QTreeView *m_list;
    QLabel *m_empty;
    QPushButton *m_remove;
    PlanView *m_plan;
};

} // namespace portalbind
