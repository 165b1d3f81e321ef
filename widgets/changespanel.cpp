// SPDX-License-Identifier: Apache-2.0
#include "widgets/changespanel.h"

#include "widgets/actionbutton.h"
#include "widgets/changesmodel.h"
#include "widgets/icons.h"
#include "widgets/planview.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTreeView>

namespace portalbind {

ChangesPanel::ChangesPanel(Workspace &workspace, QAction *apply, QAction *discard, QWidget *parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_model(new ChangesModel(workspace, this))
    , m_pages(new QStackedWidget(this))
    , m_listPage(new QWidget(m_pages))
    , m_list(new QTreeView(m_listPage))
    , m_empty(new QLabel(m_listPage))
    , m_remove(new QPushButton(icon(QStringLiteral("remove")), tr("Remove"), m_listPage))
    , m_plan(new PlanView(m_pages))
{
    m_list->setObjectName(QStringLiteral("changes"));
    m_list->setModel(m_model);
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setAlternatingRowColors(true);
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setAccessibleName(tr("Pending changes"));
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(ChangesModel::Change, QHeaderView::Stretch);
    m_list->setColumnWidth(ChangesModel::Effect, fontMetrics().averageCharWidth() * 44);
    m_empty->setText(tr("No change is pending. Drag a portal onto an endpoint, or select one and press Ctrl+B."));
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_remove->setObjectName(QStringLiteral("removeChange"));
    m_remove->setToolTip(tr("Take the selected changes back, and those that need them"));

    auto *buttons = new QVBoxLayout;
    buttons->addWidget(actionButton(apply, m_listPage));
    buttons->addWidget(m_remove);
    buttons->addWidget(actionButton(discard, m_listPage));
    buttons->addStretch();
    auto *list = new QHBoxLayout(m_listPage);
    list->setContentsMargins(6, 4, 6, 6);
    list->addWidget(m_list, 1);
    list->addWidget(m_empty, 1);
    list->addLayout(buttons);
    m_pages->addWidget(m_listPage);
    m_pages->addWidget(m_plan);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_pages);

    m_list->installEventFilter(this);
    connect(m_remove, &QPushButton::clicked, this, &ChangesPanel::removeSelected);
    connect(m_plan, &PlanView::back, this, &ChangesPanel::showChanges);
    connect(m_list->selectionModel(), &QItemSelectionModel::selectionChanged, this, &ChangesPanel::update);
    connect(m_model, &QAbstractItemModel::modelReset, this, [this] {
        update();
        // A plan that was only looked at no longer holds when the changes differ.
        if (isPlanShown() && m_plan->isPreview())
            showPlan();
    });
    connect(&workspace, &Workspace::aboutToClose, m_plan, &PlanView::forget);
    update();
}

bool ChangesPanel::eventFilter(QObject *watched, QEvent *event)
{
    // Delete means the selected changes here; elsewhere in the window it unbinds.
    const bool isKey = event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress;
    if (watched != m_list || !isKey || static_cast<QKeyEvent *>(event)->key() != Qt::Key_Delete)
        return QWidget::eventFilter(watched, event);
    event->accept();
    if (event->type() == QEvent::KeyPress)
        removeSelected();
    return true;
}

void ChangesPanel::update()
{
    const bool any = m_model->rowCount() > 0;
    m_list->setVisible(any);
    m_empty->setVisible(!any);
    m_remove->setEnabled(m_list->selectionModel()->hasSelection());
}

bool ChangesPanel::isPlanShown() const
{
    return m_pages->currentWidget() == m_plan;
}

void ChangesPanel::showPlan()
{
    if (m_plan->isRunning()) {
        m_pages->setCurrentWidget(m_plan);
        return;
    }
    if (m_workspace.pendingCount() == 0) {
        m_plan->abandon();
        showChanges();
        return;
    }
    m_pages->setCurrentWidget(m_plan);
    m_plan->preview(m_workspace.sessions());
}

void ChangesPanel::showChanges()
{
    m_pages->setCurrentWidget(m_listPage);
    m_list->setFocus();
}

void ChangesPanel::removeSelected()
{
    QList<std::pair<Session *, quint32>> chosen;
    for (const QModelIndex &row : m_list->selectionModel()->selectedRows()) {
        const ChangesModel::Entry at = m_model->entry(row.row());
        chosen.append({at.session, at.session->pending().at(at.position).id});
    }
    for (const auto &[session, id] : std::as_const(chosen))
        session->unstage(id);
}

} // namespace portalbind
