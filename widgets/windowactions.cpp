// SPDX-License-Identifier: Apache-2.0
// What the window's actions set going.
#include "widgets/mainwindow.h"

#include "widgets/changespanel.h"
#include "widgets/commands.h"
#include "widgets/connectionquestions.h"
#include "widgets/inspector.h"
#include "widgets/inventorypane.h"
#include "widgets/menus.h"
#include "widgets/planview.h"
#include "widgets/reportdialog.h"
#include "widgets/searchline.h"

#include <QApplication>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>

namespace portalbind {

void MainWindow::perform(ActionId id)
{
    switch (id) {
    case ActionId::Connect:
        m_openings->askAddress();
        break;
    case ActionId::NewWorkbook:
        m_openings->askNewWorkbook();
        break;
    case ActionId::OpenWorkbook:
        m_openings->askWorkbook();
        break;
    case ActionId::OpenSample:
        m_openings->openSample();
        break;
    case ActionId::OpenThisHost:
        m_openings->openThisHost();
        break;
    case ActionId::SaveForReboot:
        if (m_workspace.current())
            m_commands->saveForReboot(m_workspace.current());
        break;
    case ActionId::Import:
        m_openings->askImport();
        break;
    case ActionId::CancelRead:
    case ActionId::Reconnect:
    case ActionId::SignIn:
    case ActionId::CloseConnection:
        if (m_workspace.current())
            performOnConnection(id);
        break;
    case ActionId::Quit:
        close();
        break;
    case ActionId::Refresh:
        for (Session *session : m_workspace.sessions())
            session->refresh();
        break;
    case ActionId::Undo:
        m_workspace.undoGroup().undo();
        break;
    case ActionId::Redo:
        m_workspace.undoGroup().redo();
        break;
    case ActionId::Search:
        m_search->focus();
        break;
    case ActionId::Apply:
        showPanel(m_changesDock);
        m_changes->showPlan();
        break;
    case ActionId::Discard:
        for (Session *session : m_workspace.sessions()) {
            if (!session->pending().isEmpty())
                session->discard();
        }
        tell(tr("Discarded. Undo brings the changes back"));
        break;
    case ActionId::ApplyAtOnce:
        m_settings->setApplyAtOnce((*m_actions)[id]->isChecked());
        break;
    case ActionId::ExpandAll:
        expandAllBelow();
        break;
    case ActionId::CollapseAll:
        activeView()->collapseBelowServers();
        break;
    case ActionId::SingleTree:
        setSingleTree((*m_actions)[id]->isChecked());
        break;
    case ActionId::ResetLayout:
        resetLayout();
        break;
    case ActionId::NextPane:
        cyclePane(1);
        break;
    case ActionId::PreviousPane:
        cyclePane(-1);
        break;
    case ActionId::ThemeSystem:
        setTheme(Settings::Theme::System);
        break;
    case ActionId::ThemeLight:
        setTheme(Settings::Theme::Light);
        break;
    case ActionId::ThemeDark:
        setTheme(Settings::Theme::Dark);
        break;
    case ActionId::Report:
        askReport();
        break;
    case ActionId::About:
        about();
        break;
    default:
        performOnRows(id);
        break;
    }
}

void MainWindow::performOnConnection(ActionId id)
{
    Session *session = m_workspace.current();
    switch (id) {
    case ActionId::CancelRead:
        session->cancel();
        break;
    case ActionId::Reconnect:
        m_questions->reconnect(session);
        break;
    case ActionId::SignIn:
        m_questions->askSignIn(session);
        break;
    default:
        m_openings->close(session);
        break;
    }
}

void MainWindow::performOnRows(ActionId id)
{
    const RowSelection rows = selection();
    if (!rows.session)
        return;
    switch (id) {
    case ActionId::Cut:
        m_commands->cut(rows);
        break;
    case ActionId::Copy:
        m_commands->copy(rows);
        break;
    case ActionId::Paste:
        m_commands->paste(rows);
        break;
    case ActionId::CopyIdentity: {
        QStringList identities;
        for (const TreeKey &key : rows.rows)
            identities += activeView()->tree()->indexOf(key).data(InventoryTreeModel::IdentityRole).toString();
        m_commands->copyIdentity(identities);
        break;
    }
    case ActionId::Rename:
        m_commands->rename(rows);
        break;
    case ActionId::BindTo:
        m_commands->bindTo(rows);
        break;
    case ActionId::Unbind:
        m_commands->unbind(rows);
        break;
    case ActionId::Enable:
        m_commands->enable(rows, true);
        break;
    case ActionId::Disable:
        m_commands->enable(rows, false);
        break;
    case ActionId::LeaveGroup:
        m_commands->leaveGroups(rows);
        break;
    case ActionId::Delete:
        m_commands->remove(rows);
        break;
    case ActionId::CreatePortal:
        m_commands->createPortal(rows);
        break;
    case ActionId::CreateGroup:
        m_commands->createGroup(rows);
        break;
    case ActionId::CreateEndpoint:
        m_commands->createEndpoint(rows);
        break;
    case ActionId::CreateNode:
        m_commands->createNode(rows);
        break;
    case ActionId::AdoptGroup:
        m_commands->adoptGroup(rows);
        break;
    case ActionId::ReplaceWildcard:
        m_commands->replaceWildcard(rows);
        break;
    default:
        break;
    }
}

void MainWindow::askReport()
{
    auto *dialog = new ReportDialog(m_workspace, m_settings->reportFolder(), this);
    connect(dialog, &ReportDialog::written, this, [this](const QString &file) {
        m_settings->setReportFolder(QFileInfo(file).absolutePath());
        tell(tr("Report written to %1").arg(file));
    });
    dialog->show();
}

void MainWindow::applyAtOnce()
{
    if (!m_settings->applyAtOnce() || m_changes->plan()->isRunning())
        return;
    showPanel(m_changesDock);
    m_changes->showPlan();
    connect(m_changes->plan(), &PlanView::ready, m_changes->plan(), &PlanView::apply, Qt::SingleShotConnection);
}

void MainWindow::showContextMenu(InventoryView *view, const QPoint &at)
{
    viewActivated(view);
    updateActions();
    makeContextMenu(this, *m_actions, selection())->popup(at);
}

void MainWindow::about()
{
    auto *box = new QMessageBox(QMessageBox::Information, tr("About Portalbind"),
                                tr("Portalbind %1\n\nA desktop console for iSCSI target portals.\nApache License 2.0")
                                        .arg(QApplication::applicationVersion()),
                                QMessageBox::Ok, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->show();
}

void MainWindow::updateActions()
{
    const RowSelection rows = selection();
    const RemoteServices &remote = m_openings->services().remote;
    const Session *current = m_workspace.current();
    m_actions->update({.selection = rows,
                       .workspace = m_workspace,
                       .clipboardSession = m_commands->clipboardSession(),
                       .hasImport = bool(m_openings->services().import),
                       .whyNotThisHost = m_openings->whyNotThisHost(),
                       .isRemote = current && remote.server && remote.server(*current->backend())});
}

} // namespace portalbind
