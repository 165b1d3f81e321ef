// SPDX-License-Identifier: Apache-2.0
// What the window shows of itself: panes, layout, search, counts.
#include "widgets/mainwindow.h"

#include "widgets/activitypanel.h"
#include "widgets/changespanel.h"
#include "widgets/findingspanel.h"
#include "widgets/inspector.h"
#include "widgets/inventorypane.h"
#include "widgets/searchline.h"
#include "widgets/welcomepage.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QLabel>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>

namespace portalbind {

InventoryView *MainWindow::activeView() const
{
    return m_lastView;
}

RowSelection MainWindow::selection() const
{
    return m_lastView ? m_lastView->selection() : RowSelection();
}

void MainWindow::viewActivated(InventoryView *view)
{
    // A view whose rows merely vanish or come back must not take the lead from the one that a person works in.
    if (view != m_lastView && !view->hasFocus() && m_lastView->isVisible()
        && m_lastView->selectionModel()->hasSelection())
        return;
    m_lastView = view;
    if (Session *session = view->tree()->session(view->currentIndex()))
        m_workspace.setCurrent(session);
    scheduleUpdate();
}

void MainWindow::scheduleUpdate()
{
    if (!m_update.isActive())
        m_update.start();
}

void MainWindow::showPages()
{
    QWidget *page = m_workspace.sessions().isEmpty() ? static_cast<QWidget *>(m_welcome) : m_split;
    m_pages->setCurrentWidget(page);
}

void MainWindow::updateCounts()
{
    int stale = 0;
    int servers = 0;
    for (const Session *session : m_workspace.sessions()) {
        servers += qMax(1, int(session->base() ? session->base()->servers().size() : 0));
        if (session->state() == Session::State::Stale || session->state() == Session::State::Failed)
            ++stale;
    }
    const int pending = m_workspace.pendingCount();
    QStringList parts{servers == 0 ? tr("nothing open") : tr("%n server(s)", nullptr, servers)};
    if (stale > 0)
        parts += tr("%n connection(s) stale", nullptr, stale);
    parts += pending == 0 ? tr("no change pending") : tr("%n change(s) pending", nullptr, pending);
    m_counts->setText(parts.join(QStringLiteral(", ")));
    m_changesDock->setWindowTitle(pending > 0 ? tr("Changes (%1)").arg(QLocale().toString(pending)) : tr("Changes"));
}

QString MainWindow::sentence() const
{
    return m_sentence->text();
}

void MainWindow::tell(const QString &sentence)
{
    m_sentence->setText(sentence);
    m_sentence->setToolTip(sentence);
}

void MainWindow::setTheme(Settings::Theme theme)
{
    m_settings->setTheme(theme);
    m_theme.set(theme);
    const ActionId id = theme == Settings::Theme::Light ? ActionId::ThemeLight
            : theme == Settings::Theme::Dark            ? ActionId::ThemeDark
                                                        : ActionId::ThemeSystem;
    (*m_actions)[id]->setChecked(true);
}

void MainWindow::setSingleTree(bool single)
{
    m_settings->setSingleTree(single);
    (*m_actions)[ActionId::SingleTree]->setChecked(single);
    m_portals->setTitle(single ? tr("Portals and targets") : tr("Portals"));
    m_portals->setSections(single ? TreeSections::All : TreeSections::PortalGroups);
    m_targets->setSections(TreeSections::Targets);
    m_targets->setVisible(!single);
    m_portals->setUnbindZone(single);
    m_targets->setBanners(false);
    m_lastView = m_portals->view();
    scheduleUpdate();
}

void MainWindow::expandAllBelow()
{
    if (!activeView()->expandAllBelow())
        tell(tr("There are more than %L1 rows below; only the first level was opened. Search finds what lies deeper")
                     .arg(InventoryView::mostOpened));
}

void MainWindow::cyclePane(int step)
{
    QList<QWidget *> panes;
    if (m_pages->currentWidget() == m_welcome) {
        panes = {m_welcome};
    } else {
        panes = {m_portals->view()};
        if (m_targets->isVisible())
            panes += m_targets->view();
    }
    const std::pair<QDockWidget *, QWidget *> docks[] = {{m_inspectorDock, m_inspector},
                                                         {m_changesDock, m_changes},
                                                         {m_activityDock, m_activity},
                                                         {m_findingsDock, m_findings}};
    for (const auto &[dock, content] : docks) {
        if (dock->isVisible() && !dock->visibleRegion().isEmpty())
            panes += content;
    }
    panes += m_search;
    qsizetype current = 0;
    const QWidget *focus = QApplication::focusWidget();
    for (qsizetype i = 0; i < panes.size(); ++i) {
        if (focus && (panes.at(i) == focus || panes.at(i)->isAncestorOf(focus)))
            current = i;
    }
    QWidget *next = panes.at((current + step + panes.size()) % panes.size());
    if (next == m_search) {
        m_search->focus();
        return;
    }
    // A container hands the focus to the first part of it that takes any.
    QWidget *taker = next;
    if (!(taker->focusPolicy() & Qt::TabFocus)) {
        for (QWidget *child = next->nextInFocusChain(); child && child != next; child = child->nextInFocusChain()) {
            if (next->isAncestorOf(child) && child->isVisible() && child->isEnabled()
                && (child->focusPolicy() & Qt::TabFocus)) {
                taker = child;
                break;
            }
        }
    }
    taker->setFocus(Qt::ShortcutFocusReason);
}

void MainWindow::showPanel(QDockWidget *panel)
{
    panel->show();
    panel->raise();
}

void MainWindow::resetLayout()
{
    m_settings->forgetLayout();
    restoreState(m_initialLayout, Settings::layoutVersion);
    m_split->setSizes({1000, 1000});
}

void MainWindow::saveLayout()
{
    m_settings->setLayout(saveGeometry(), saveState(Settings::layoutVersion), m_split->saveState());
}

void MainWindow::startSearch()
{
    const SearchQuery query = m_search->terms();
    m_portals->view()->setQuery(query);
    m_targets->view()->setQuery(query);
    if (query.isEmpty())
        m_search->hideMatches();
}

void MainWindow::searchProgressed()
{
    if (m_search->terms().isEmpty()) {
        m_search->hideMatches();
        return;
    }
    quint64 matches = 0;
    quint64 shown = 0;
    for (const InventoryPane *pane : {m_portals, m_targets}) {
        if (pane->isHidden())
            continue;
        matches += pane->view()->tree()->matchCount();
        shown += pane->view()->tree()->shownMatchCount();
    }
    m_search->setMatches(matches, shown);
}

void MainWindow::reveal(Session *session, const TreeKey &key)
{
    for (InventoryPane *pane : {m_targets, m_portals}) {
        if (!pane->isHidden() && pane->view()->reveal(key)) {
            pane->view()->setFocus();
            m_workspace.setCurrent(session);
            return;
        }
    }
    tell(tr("It is hidden by the search. Press Esc in the search line to see it"));
}

void MainWindow::tellVisible()
{
    const bool isLookedAt = isVisible() && !isMinimized();
    for (const Session *session : m_workspace.sessions())
        session->backend()->setVisible(isLookedAt);
}

void MainWindow::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    tellVisible();
}

void MainWindow::hideEvent(QHideEvent *event)
{
    QMainWindow::hideEvent(event);
    tellVisible();
}

void MainWindow::changeEvent(QEvent *event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::WindowStateChange)
        tellVisible();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    const int pending = m_workspace.pendingCount();
    if (m_workspace.isApplying()) {
        tell(tr("Changes are being applied. Stop them first, or wait for the end"));
        showPanel(m_changesDock);
        event->ignore();
        return;
    }
    if (pending == 0 || m_closing) {
        saveLayout();
        m_settings->setLastOpen(m_openings->openAddresses());
        event->accept();
        return;
    }
    event->ignore();
    auto *question = new QMessageBox(QMessageBox::Warning, tr("Quit Portalbind"),
                                     tr("%n change(s) are not applied and would be lost.", nullptr, pending),
                                     QMessageBox::NoButton, this);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setWindowModality(Qt::WindowModal);
    QPushButton *keep = question->addButton(tr("Keep open"), QMessageBox::RejectRole);
    QPushButton *lose = question->addButton(tr("Quit and lose the changes"), QMessageBox::DestructiveRole);
    question->setDefaultButton(keep);
    question->setEscapeButton(keep);
    connect(lose, &QPushButton::clicked, this, [this] {
        m_closing = true;
        close();
    });
    question->show();
}

} // namespace portalbind
