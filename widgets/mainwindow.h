// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/actions.h"
#include "widgets/dragstate.h"
#include "widgets/openings.h"
#include "widgets/settings.h"
#include "widgets/theme.h"
#include "widgets/workspace.h"

#include <QMainWindow>

#include <memory>

class QDockWidget;
class QLabel;
class QMenu;
class QSplitter;
class QStackedWidget;

namespace portalbind {

class ActivityPanel;
class ChangesPanel;
class Commands;
class ConnectionQuestions;
class DropTip;
class FindingsPanel;
class Inspector;
class InventoryPane;
class InventoryView;
class SearchLine;
class WelcomePage;

/// The window. It puts the parts together and tells them of each other; it does nothing itself.
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    MainWindow(Services services, std::unique_ptr<Settings> settings, QWidget *parent = nullptr);
    ~MainWindow() override;

    void open(const QString &url) { m_openings->open(url); }
    /// What a person typed, which may be the bare path of a workbook.
    void openTyped(const QString &text) { m_openings->openTyped(text); }
    /// As it was open before; nothing is asked.
    void reopen(const QString &url) { m_openings->reopen(url); }
    void openSample() { m_openings->openSample(); }

    [[nodiscard]] Workspace &workspace() { return m_workspace; }
    [[nodiscard]] Settings &settings() { return *m_settings; }
    [[nodiscard]] const Actions &actions() const { return *m_actions; }
    [[nodiscard]] DragState &dragState() { return m_drag; }
    [[nodiscard]] Commands &commands() { return *m_commands; }
    [[nodiscard]] InventoryPane *portalsPane() const { return m_portals; }
    [[nodiscard]] InventoryPane *targetsPane() const { return m_targets; }
    [[nodiscard]] Inspector *inspector() const { return m_inspector; }
    [[nodiscard]] ChangesPanel *changes() const { return m_changes; }
    [[nodiscard]] ActivityPanel *activity() const { return m_activity; }
    [[nodiscard]] FindingsPanel *findings() const { return m_findings; }
    [[nodiscard]] SearchLine *search() const { return m_search; }
    /// The sentence in the status bar.
    [[nodiscard]] QString sentence() const;
    void setTheme(Settings::Theme theme);

protected:
    void closeEvent(QCloseEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void makePanes();
    void makeDocks();
    void makeStatusBar();
    void connectSessions();
    void connectServers();
    void connectPanes();
    void connectDrag();
    void perform(ActionId id);
    void performOnRows(ActionId id);

    [[nodiscard]] InventoryView *activeView() const;
    [[nodiscard]] RowSelection selection() const;
    void viewActivated(InventoryView *view);
    void updateActions();
    void scheduleUpdate();
    void updateCounts();
    /// Tells connections whether somebody looks: servers that have to be asked are asked only then.
    void tellVisible();
    void performOnConnection(ActionId id);
    void showPages();
    void expandAllBelow();
    void setSingleTree(bool single);
    void cyclePane(int step);
    void resetLayout();
    void saveLayout();
    void startSearch();
    void searchProgressed();
    void reveal(Session *session, const TreeKey &key);
    void tell(const QString &sentence);
    void applyAtOnce();
    void askReport();
    void showPanel(QDockWidget *panel);
    void showContextMenu(InventoryView *view, const QPoint &at);
    void about();

    std::unique_ptr<Settings> m_settings;
    Workspace m_workspace;
    DragState m_drag;
    Theme m_theme;
    Actions *m_actions;
    Commands *m_commands;
    Openings *m_openings;
    ConnectionQuestions *m_questions;
    QStackedWidget *m_pages = nullptr;
    WelcomePage *m_welcome = nullptr;
    QSplitter *m_split = nullptr;
    InventoryPane *m_portals = nullptr;
    InventoryPane *m_targets = nullptr;
    InventoryView *m_lastView = nullptr;
    Inspector *m_inspector = nullptr;
    ChangesPanel *m_changes = nullptr;
    ActivityPanel *m_activity = nullptr;
    FindingsPanel *m_findings = nullptr;
    SearchLine *m_search = nullptr;
    QDockWidget *m_inspectorDock = nullptr;
    QDockWidget *m_changesDock = nullptr;
    QDockWidget *m_activityDock = nullptr;
    QDockWidget *m_findingsDock = nullptr;
    DropTip *m_dropTip = nullptr;
    QLabel *m_sentence = nullptr;
    QLabel *m_counts = nullptr;
    QMenu *m_recentMenu = nullptr;
    QTimer m_update;
    QTimer m_searchDelay;
    QByteArray m_initialLayout;
    bool m_closing = false;
};

} // namespace portalbind
