// SPDX-License-Identifier: Apache-2.0
#include "widgets/mainwindow.h"

#include "widgets/activitypanel.h"
#include "widgets/changespanel.h"
#include "widgets/commands.h"
#include "widgets/connectionquestions.h"
#include "widgets/droptip.h"
#include "widgets/findingspanel.h"
#include "widgets/icons.h"
#include "widgets/inspector.h"
#include "widgets/inventorypane.h"
#include "widgets/menus.h"
#include "widgets/planview.h"
#include "widgets/searchline.h"
#include "widgets/welcomepage.h"

#include <QDockWidget>
#include <QLabel>
#include <QMenu>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolBar>

namespace portalbind {

namespace {

constexpr int searchDelay = 120; // milliseconds between the last letter and the search

QDockWidget *dock(QMainWindow *window, const QString &name, const QString &title, QWidget *content,
                  Qt::DockWidgetArea area)
{
    auto *made = new QDockWidget(title, window);
    made->setObjectName(name);
    made->setWidget(content);
    window->addDockWidget(area, made);
    return made;
}

} // namespace

MainWindow::MainWindow(Services services, std::unique_ptr<Settings> settings, QWidget *parent)
    : QMainWindow(parent)
    , m_settings(std::move(settings))
    , m_drag(m_workspace)
    , m_actions(new Actions(this))
    , m_commands(new Commands(m_workspace, this))
    , m_openings(new Openings(m_workspace, std::move(services), *m_settings, this))
    , m_questions(new ConnectionQuestions(m_workspace, m_openings->services().remote, this))
{
    setWindowTitle(tr("Portalbind"));
    setWindowIcon(icon(QStringLiteral("app")));
    setTheme(m_settings->theme());
    makePanes();
    makeDocks();
    const MenuBar menus = makeMenuBar(this, *m_actions);
    m_recentMenu = menus.recent;
    for (QDockWidget *each : {m_inspectorDock, m_changesDock, m_activityDock, m_findingsDock})
        menus.panels->addAction(each->toggleViewAction());
    QToolBar *tools = makeToolBar(this, *m_actions);
    auto *spacer = new QWidget(tools);
    spacer->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    tools->addWidget(spacer);
    m_search = new SearchLine(tools);
    tools->addWidget(m_search);
    menus.panels->addAction(tools->toggleViewAction());
    makeStatusBar();
    m_dropTip = new DropTip(this);

    connectSessions();
    connectServers();
    connectPanes();
    connectDrag();
    connect(m_actions, &Actions::triggered, this, &MainWindow::perform);
    connect(m_recentMenu, &QMenu::aboutToShow, this, [this] { m_openings->fillRecent(m_recentMenu); });

    (*m_actions)[ActionId::ApplyAtOnce]->setChecked(m_settings->applyAtOnce());
    (*m_actions)[ActionId::SingleTree]->setChecked(m_settings->singleTree());
    setSingleTree(m_settings->singleTree());
    resize(1360, 860);
    m_initialLayout = saveState(Settings::layoutVersion);
    restoreGeometry(m_settings->geometry());
    restoreState(m_settings->layout(), Settings::layoutVersion);
    m_split->restoreState(m_settings->panes());
    showPages();
    updateActions();
    updateCounts();
}

MainWindow::~MainWindow()
{
    // Sessions are deleted before the panes that listen to them.
    for (Session *session : m_workspace.sessions())
        m_workspace.close(session);
}

void MainWindow::makePanes()
{
    m_pages = new QStackedWidget(this);
    m_welcome = new WelcomePage((*m_actions)[ActionId::OpenSample], (*m_actions)[ActionId::Connect],
                                (*m_actions)[ActionId::OpenThisHost], m_pages);
    m_welcome->setWhyNotThisHost(m_openings->whyNotThisHost());
    m_split = new QSplitter(Qt::Horizontal, m_pages);
    m_split->setChildrenCollapsible(false);
    m_portals = new InventoryPane(m_workspace, m_drag, tr("Portals"), m_split);
    m_targets = new InventoryPane(m_workspace, m_drag, tr("Targets"), m_split);
    m_portals->view()->setObjectName(QStringLiteral("portals"));
    m_targets->view()->setObjectName(QStringLiteral("targets"));
    m_split->addWidget(m_portals);
    m_split->addWidget(m_targets);
    m_split->setSizes({1000, 1000});
    m_pages->addWidget(m_welcome);
    m_pages->addWidget(m_split);
    setCentralWidget(m_pages);
    m_lastView = m_portals->view();
}

void MainWindow::makeDocks()
{
    setDockOptions(AnimatedDocks | AllowTabbedDocks | AllowNestedDocks);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    m_inspector = new Inspector(this);
    m_changes = new ChangesPanel(m_workspace, (*m_actions)[ActionId::Apply], (*m_actions)[ActionId::Discard], this);
    m_activity = new ActivityPanel(this);
    m_findings = new FindingsPanel(m_workspace, this);
    m_inspectorDock = dock(this, QStringLiteral("inspectorDock"), tr("Inspector"), m_inspector,
                           Qt::RightDockWidgetArea);
    m_changesDock = dock(this, QStringLiteral("changesDock"), tr("Changes"), m_changes, Qt::BottomDockWidgetArea);
    m_activityDock = dock(this, QStringLiteral("activityDock"), tr("Activity"), m_activity, Qt::BottomDockWidgetArea);
    m_findingsDock = dock(this, QStringLiteral("findingsDock"), tr("Findings"), m_findings, Qt::BottomDockWidgetArea);
    tabifyDockWidget(m_changesDock, m_activityDock);
    tabifyDockWidget(m_activityDock, m_findingsDock);
    m_changesDock->raise();
    resizeDocks({m_inspectorDock}, {320}, Qt::Horizontal);
    resizeDocks({m_changesDock}, {190}, Qt::Vertical);
}

void MainWindow::makeStatusBar()
{
    m_sentence = new QLabel(this);
    m_sentence->setObjectName(QStringLiteral("sentence"));
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_counts = new QLabel(this);
    m_counts->setObjectName(QStringLiteral("counts"));
    statusBar()->addWidget(m_sentence, 1);
    statusBar()->addPermanentWidget(m_counts);
}

void MainWindow::connectSessions()
{
    connect(&m_workspace, &Workspace::opened, this, &MainWindow::showPages);
    connect(&m_workspace, &Workspace::aboutToClose, m_inspector, [this] { m_inspector->show({}); });
    connect(&m_workspace, &Workspace::closed, this, [this] {
        showPages();
        scheduleUpdate();
    });
    connect(&m_workspace, &Workspace::currentChanged, this, &MainWindow::scheduleUpdate);
    connect(&m_workspace, &Workspace::stateChanged, this, &MainWindow::scheduleUpdate);
    connect(&m_workspace, &Workspace::pendingChanged, this, &MainWindow::scheduleUpdate);
    connect(&m_workspace, &Workspace::inventoryChanged, this, &MainWindow::scheduleUpdate);
    connect(&m_workspace, &Workspace::activity, m_activity, &ActivityPanel::add);
    connect(&m_workspace.undoGroup(), &QUndoGroup::indexChanged, this, &MainWindow::scheduleUpdate);
    connect(m_commands, &Commands::told, this, &MainWindow::tell);
    connect(m_commands, &Commands::staged, this, &MainWindow::applyAtOnce);
    connect(m_commands, &Commands::clipboardChanged, this, &MainWindow::scheduleUpdate);
    connect(m_openings, &Openings::told, this, &MainWindow::tell);
    connect(m_changes->plan(), &PlanView::told, this, &MainWindow::tell);
    connect(m_openings, &Openings::thisHostKnown, this, [this] {
        m_welcome->setWhyNotThisHost(m_openings->whyNotThisHost());
        scheduleUpdate();
    });
    m_openings->lookForThisHost();
    // Several signals of one event loop turn make one update.
    m_update.setSingleShot(true);
    m_update.setInterval(0);
    connect(&m_update, &QTimer::timeout, this, [this] {
        updateActions();
        updateCounts();
        m_inspector->show(selection());
    });
}

void MainWindow::connectServers()
{
    connect(m_openings, &Openings::openedByHand, m_questions, &ConnectionQuestions::askWhenNeeded);
    connect(m_questions, &ConnectionQuestions::told, this, &MainWindow::tell);
    connect(&m_workspace, &Workspace::opened, this, &MainWindow::tellVisible);
    for (InventoryPane *pane : {m_portals, m_targets}) {
        pane->setRemote(&m_openings->services().remote);
        connect(pane, &InventoryPane::retryWanted, m_questions, &ConnectionQuestions::reconnect);
        connect(pane, &InventoryPane::signInWanted, m_questions, &ConnectionQuestions::askSignIn);
        connect(pane, &InventoryPane::certificateWanted, m_questions, &ConnectionQuestions::askChangedCertificate);
    }
}

void MainWindow::connectPanes()
{
    for (InventoryPane *pane : {m_portals, m_targets}) {
        InventoryView *view = pane->view();
        connect(view, &InventoryView::rowsChosen, this, [this, view] { viewActivated(view); });
        connect(view, &InventoryView::expandAllWanted, this, &MainWindow::expandAllBelow);
        connect(view, &InventoryView::contextMenuWanted, this,
                [this, view](const QPoint &at) { showContextMenu(view, at); });
        connect(view->tree(), &InventoryTreeModel::filterApplied, this, &MainWindow::searchProgressed);
        connect(pane, &InventoryPane::dropped, m_commands, &Commands::carryOut);
        connect(pane, &InventoryPane::saveWanted, m_commands, &Commands::saveForReboot);
    }
    connect(m_inspector, &Inspector::chosen, m_commands, &Commands::carryOut);
    m_searchDelay.setSingleShot(true);
    m_searchDelay.setInterval(searchDelay);
    connect(m_search, &SearchLine::termsChanged, &m_searchDelay, qOverload<>(&QTimer::start));
    connect(&m_searchDelay, &QTimer::timeout, this, &MainWindow::startSearch);
    connect(m_search, &SearchLine::left, this, [this] { activeView()->setFocus(); });
    connect(m_findings, &FindingsPanel::countChanged, this, [this](int count) {
        m_findingsDock->setWindowTitle(count > 0 ? tr("Findings (%1)").arg(QLocale().toString(count)) : tr("Findings"));
    });
    connect(m_findings, &FindingsPanel::showPortal, this, [this](Session *session, PortalHandle portal) {
        const Inventory &inventory = session->inventory();
        if (!inventory.has(portal))
            return;
        const QList<GroupHandle> groups = inventory.groupsOf(portal);
        TreeKey key{InventoryTreeModel::sourceKey(session), inventory.portal(portal).server.value, portal.value,
                    RowKind::Server, RowKind::Portal};
        if (!groups.isEmpty()) {
            key.parent = groups.first().value;
            key.parentKind = RowKind::Group;
        }
        reveal(session, key);
    });
    connect(m_findings, &FindingsPanel::showEndpoint, this, [this](Session *session, EndpointHandle endpoint) {
        const Inventory &inventory = session->inventory();
        if (!inventory.has(endpoint))
            return;
        const Endpoint value = inventory.endpoint(endpoint);
        const TreeKey key{InventoryTreeModel::sourceKey(session), value.node ? value.node.value : value.server.value,
                          endpoint.value, value.node ? RowKind::Node : RowKind::Server, RowKind::Endpoint};
        reveal(session, key);
    });
}

void MainWindow::connectDrag()
{
    connect(&m_drag, &DragState::told, this, [this](const QString &sentence, const QPoint &at) {
        m_dropTip->tell(sentence, at);
        if (!sentence.isEmpty()) // the last one stays until the next action: it tells why nothing was done
            tell(sentence);
    });
    connect(&m_drag, &DragState::ended, this, [this] { m_dropTip->tell({}, {}); });
}

} // namespace portalbind
