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
    if (performOnFiles(id) || performOnView(id) || performOnConnection(id))
        return;
    switch (id) {
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
    case ActionId::SaveForReboot:
        if (m_workspace.current())
            m_commands->saveForReboot(m_workspace.current());
        break;
    case ActionId::ApplyAtOnce:
        m_settings->setApplyAtOnce((*m_actions)[id]->isChecked());
        break;
    default:
        performOnRows(id);
        break;
    }
}

bool MainWindow::performOnFiles(ActionId id)
{
    switch (id) {
    case ActionId::Connect:
        m_openings->askAddress();
        return true;
    case ActionId::NewWorkbook:
        m_openings->askNewWorkbook();
        return true;
    case ActionId::OpenWorkbook:
        m_openings->askWorkbook();
        return true;
    case ActionId::OpenSample:
        m_openings->openSample();
        return true;
    case ActionId::OpenThisHost:
        m_openings->openThisHost();
        return true;
    case ActionId::Import:
        m_openings->askImport();
        return true;
    case ActionId::Report:
        askReport();
        return true;
    case ActionId::About:
        about();
        return true;
    case ActionId::Quit:
        close();
        return true;
    default:
        return false;
    }
}

bool MainWindow::performOnView(ActionId id)
{
    switch (id) {
    case ActionId::Search:
        m_search->focus();
        return true;
    case ActionId::ExpandAll:
        expandAllBelow();
        return true;
    case ActionId::CollapseAll:
        activeView()->collapseBelowServers();
        return true;
    case ActionId::SingleTree:
        setSingleTree((*m_actions)[id]->isChecked());
        return true;
    case ActionId::ResetLayout:
        resetLayout();
        return true;
    case ActionId::NextPane:
        cyclePane(1);
        return true;
    case ActionId::PreviousPane:
        cyclePane(-1);
        return true;
    case ActionId::ThemeSystem:
        setTheme(Settings::Theme::System);
        return true;
    case ActionId::ThemeLight:
        setTheme(Settings::Theme::Light);
        return true;
    case ActionId::ThemeDark:
        setTheme(Settings::Theme::Dark);
        return true;
    default:
        return false;
    }
}

bool MainWindow::performOnConnection(ActionId id)
{
    const bool isOne = id == ActionId::CancelRead || id == ActionId::Reconnect || id == ActionId::SignIn
            || id == ActionId::CloseConnection;
    Session *session = m_workspace.current();
    if (!isOne || !session)
        return isOne;
    if (id == ActionId::CancelRead)
        session->cancel();
    else if (id == ActionId::Reconnect)
        m_questions->reconnect(session);
    else if (id == ActionId::SignIn)
        m_questions->askSignIn(session);
    else
        m_openings->close(session);
    return true;
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
    default:
        createUnder(id, rows);
        break;
    }
}

void MainWindow::createUnder(ActionId id, const RowSelection &rows)
{
    switch (id) {
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
    m_changes->plan()->applyWhenReady();
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
