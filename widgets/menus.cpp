// SPDX-License-Identifier: Apache-2.0
#include "widgets/menus.h"

#include "widgets/actions.h"

#include <QActionGroup>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QToolBar>

namespace portalbind {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Menus)
};

void fill(QMenu *menu, const Actions &actions, std::initializer_list<std::optional<ActionId>> ids)
{
    menu->setToolTipsVisible(true);
    for (const std::optional<ActionId> &id : ids) {
        if (id)
            menu->addAction(actions[*id]);
        else
            menu->addSeparator();
    }
}

constexpr std::optional<ActionId> separator = std::nullopt;

} // namespace

MenuBar makeMenuBar(QMainWindow *window, const Actions &actions)
{
    using A = ActionId;
    MenuBar made;
    QMenuBar *bar = window->menuBar();

    QMenu *file = bar->addMenu(Words::tr("&File"));
    fill(file, actions, {A::Connect, A::NewWorkbook, A::OpenWorkbook, A::OpenSample, A::OpenThisHost});
    made.recent = file->addMenu(Words::tr("Open r&ecent"));
    fill(file, actions, {separator, A::Import, A::Report, separator, A::CloseConnection, A::Quit});

    fill(bar->addMenu(Words::tr("&Edit")), actions,
         {A::Undo, A::Redo, separator, A::Cut, A::Copy, A::Paste, A::CopyIdentity, separator, A::Search, A::Rename,
          A::Delete, separator, A::Discard});
    fill(bar->addMenu(Words::tr("&Server")), actions,
         {A::Refresh, A::CancelRead, A::Reconnect, A::SignIn, separator, A::CreateNode, A::CreateEndpoint,
          A::CreatePortal, A::CreateGroup, A::AdoptGroup, separator, A::SaveForReboot});
    fill(bar->addMenu(Words::tr("&Binding")), actions,
         {A::BindTo, A::Unbind, A::ReplaceWildcard, A::LeaveGroup, separator, A::Enable, A::Disable, separator,
          A::Apply, A::ApplyAtOnce});

    QMenu *view = bar->addMenu(Words::tr("&View"));
    fill(view, actions, {A::ExpandAll, A::CollapseAll, separator, A::SingleTree});
    made.panels = view->addMenu(Words::tr("&Panels"));
    QMenu *theme = view->addMenu(Words::tr("&Theme"));
    fill(theme, actions, {A::ThemeSystem, A::ThemeLight, A::ThemeDark});
    auto *themes = new QActionGroup(theme);
    for (const A id : {A::ThemeSystem, A::ThemeLight, A::ThemeDark})
        themes->addAction(actions[id]);
    fill(view, actions, {separator, A::NextPane, A::PreviousPane, separator, A::ResetLayout});

    fill(bar->addMenu(Words::tr("&Help")), actions, {A::About});
    return made;
}

QToolBar *makeToolBar(QMainWindow *window, const Actions &actions)
{
    using A = ActionId;
    auto *bar = new QToolBar(Words::tr("Tools"), window);
    bar->setObjectName(QStringLiteral("tools"));
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->setIconSize(QSize(20, 20));
    for (const std::optional<A> id :
         {std::optional(A::Connect), std::optional(A::Refresh), separator, std::optional(A::Undo),
          std::optional(A::Redo), separator, std::optional(A::BindTo), std::optional(A::Unbind), separator,
          std::optional(A::Report)}) {
        if (id)
            bar->addAction(actions[*id]);
        else
            bar->addSeparator();
    }
    window->addToolBar(bar);
    return bar;
}

QMenu *makeContextMenu(QWidget *parent, const Actions &actions, const RowSelection &selection)
{
    using A = ActionId;
    auto *menu = new QMenu(parent);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    switch (selection.current.kind) {
    case RowKind::Binding:
        fill(menu, actions, {A::BindTo, A::Unbind, A::ReplaceWildcard, separator, A::Cut, A::Copy, A::Paste});
        break;
    case RowKind::Portal:
        fill(menu, actions,
             {A::BindTo, A::ReplaceWildcard, separator, A::Cut, A::Copy, A::Paste, separator, A::LeaveGroup,
              A::Delete});
        break;
    case RowKind::Group:
        fill(menu, actions,
             {A::BindTo, separator, A::Copy, A::Paste, separator, A::CreatePortal, A::AdoptGroup, A::Rename,
              A::Delete});
        break;
    case RowKind::Endpoint:
        fill(menu, actions, {A::BindTo, A::Paste, separator, A::Enable, A::Disable, separator, A::Delete});
        break;
    case RowKind::Node:
        fill(menu, actions, {A::CreateEndpoint, separator, A::Delete});
        break;
    default:
        fill(menu, actions,
             {A::Refresh, A::CancelRead, A::Reconnect, A::SignIn, separator, A::CreateNode, A::CreatePortal,
              A::CreateGroup, separator, A::SaveForReboot, A::CloseConnection});
        break;
    }
    fill(menu, actions, {separator, A::CopyIdentity});
    return menu;
}

} // namespace portalbind
