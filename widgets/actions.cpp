// SPDX-License-Identifier: Apache-2.0
#include "widgets/actions.h"

#include "widgets/icons.h"

#include <QAction>
#include <QWidget>

namespace portalbind {

namespace {

struct Entry
{
    ActionId id;
    const char *name; ///< object name: for tests and style sheets
    const char *text;
    const char *icon;
    const char *keys; ///< portable text; empty: none
    const char *tip;
};

constexpr Entry entries[] = {
        {ActionId::Connect, "connect", QT_TRANSLATE_NOOP("Actions", "&Connect…"), "connect", "Ctrl+N",
         QT_TRANSLATE_NOOP("Actions", "Open a server or a workbook by its address")},
        {ActionId::NewWorkbook, "newWorkbook", QT_TRANSLATE_NOOP("Actions", "&New workbook…"), "add", "",
         QT_TRANSLATE_NOOP("Actions", "Make an empty workbook, to plan or to practise in")},
        {ActionId::OpenWorkbook, "openWorkbook", QT_TRANSLATE_NOOP("Actions", "&Open workbook…"), "workbook", "Ctrl+O",
         QT_TRANSLATE_NOOP("Actions", "Open a workbook file")},
        {ActionId::OpenSample, "openSample", QT_TRANSLATE_NOOP("Actions", "Open the &sample workbook"), "workbook", "",
         QT_TRANSLATE_NOOP("Actions", "Open your own copy of the sample site")},
        {ActionId::OpenThisHost, "openThisHost", QT_TRANSLATE_NOOP("Actions", "Open this &host"), "host", "",
         QT_TRANSLATE_NOOP("Actions", "Open the target of this host's own kernel")},
        {ActionId::Import, "import", QT_TRANSLATE_NOOP("Actions", "&Import…"), "import", "",
         QT_TRANSLATE_NOOP("Actions", "Make a workbook of targetcli's saveconfig.json or of a saved snapshot")},
        {ActionId::Report, "report", QT_TRANSLATE_NOOP("Actions", "&Report…"), "report", "Ctrl+R",
         QT_TRANSLATE_NOOP("Actions", "Write what is configured as HTML, CSV, JSON or Markdown")},
        {ActionId::Refresh, "refresh", QT_TRANSLATE_NOOP("Actions", "Re&fresh"), "refresh", "F5",
         QT_TRANSLATE_NOOP("Actions", "Read all that is open again")},
        {ActionId::CancelRead, "cancelRead", QT_TRANSLATE_NOOP("Actions", "&Cancel reading"), "clear", "",
         QT_TRANSLATE_NOOP("Actions", "Stop reading the current connection; what is shown stays")},
        {ActionId::Reconnect, "reconnect", QT_TRANSLATE_NOOP("Actions", "&Reconnect"), "connect", "Shift+F5",
         QT_TRANSLATE_NOOP("Actions", "Drop the connections to the current server and read it over new ones")},
        {ActionId::SignIn, "signIn", QT_TRANSLATE_NOOP("Actions", "&Sign in…"), "lock", "",
         QT_TRANSLATE_NOOP("Actions", "Give another password for the current server")},
        {ActionId::CloseConnection, "closeConnection", QT_TRANSLATE_NOOP("Actions", "Close co&nnection"), "clear",
         "Ctrl+W", QT_TRANSLATE_NOOP("Actions", "Close the current connection")},
        {ActionId::Quit, "quit", QT_TRANSLATE_NOOP("Actions", "&Quit"), "", "Ctrl+Q",
         QT_TRANSLATE_NOOP("Actions", "Close the window")},
        {ActionId::Undo, "undo", QT_TRANSLATE_NOOP("Actions", "&Undo"), "undo", "Ctrl+Z",
         QT_TRANSLATE_NOOP("Actions", "Take the last change of the pending list back; after Apply, stage its inverse")},
        {ActionId::Redo, "redo", QT_TRANSLATE_NOOP("Actions", "&Redo"), "redo", "Ctrl+Shift+Z",
         QT_TRANSLATE_NOOP("Actions", "Do what was undone again")},
        {ActionId::Cut, "cut", QT_TRANSLATE_NOOP("Actions", "Cu&t"), "cut", "Ctrl+X",
         QT_TRANSLATE_NOOP("Actions", "Mark the selected rows to be moved by Paste")},
        {ActionId::Copy, "copy", QT_TRANSLATE_NOOP("Actions", "&Copy"), "copy", "Ctrl+C",
         QT_TRANSLATE_NOOP("Actions", "Mark the selected rows to be bound elsewhere as well by Paste")},
        {ActionId::Paste, "paste", QT_TRANSLATE_NOOP("Actions", "&Paste"), "paste", "Ctrl+V",
         QT_TRANSLATE_NOOP("Actions", "Do with what was cut or copied what dropping it here would do")},
        {ActionId::CopyIdentity, "copyIdentity", QT_TRANSLATE_NOOP("Actions", "Copy full &identity"), "",
         "Ctrl+Shift+C", QT_TRANSLATE_NOOP("Actions", "Copy the whole names of the selected rows as text")},
        {ActionId::Search, "search", QT_TRANSLATE_NOOP("Actions", "&Search"), "search", "Ctrl+F",
         QT_TRANSLATE_NOOP("Actions", "Show only what matches")},
        {ActionId::Rename, "rename", QT_TRANSLATE_NOOP("Actions", "Re&name…"), "", "F2",
         QT_TRANSLATE_NOOP("Actions", "Give a portal group another name")},
        {ActionId::BindTo, "bindTo", QT_TRANSLATE_NOOP("Actions", "&Bind to…"), "bind", "Ctrl+B",
         QT_TRANSLATE_NOOP("Actions", "Pick what the selection is to be bound to; what cannot be says why")},
        {ActionId::Unbind, "unbind", QT_TRANSLATE_NOOP("Actions", "&Unbind"), "unbind", "Del",
         QT_TRANSLATE_NOOP("Actions", "Take the selected portals away from their endpoints")},
        {ActionId::Enable, "enable", QT_TRANSLATE_NOOP("Actions", "&Enable endpoint"), "enable", "",
         QT_TRANSLATE_NOOP("Actions", "Let initiators log in to the selected endpoints")},
        {ActionId::Disable, "disable", QT_TRANSLATE_NOOP("Actions", "&Disable endpoint"), "disable", "",
         QT_TRANSLATE_NOOP("Actions", "Let no initiator log in to the selected endpoints")},
        {ActionId::CreatePortal, "createPortal", QT_TRANSLATE_NOOP("Actions", "New p&ortal…"), "add", "",
         QT_TRANSLATE_NOOP("Actions", "Add a portal: an address and a TCP port")},
        {ActionId::CreateGroup, "createGroup", QT_TRANSLATE_NOOP("Actions", "New portal &group…"), "portal-group", "",
         QT_TRANSLATE_NOOP("Actions", "Add a portal group")},
        {ActionId::CreateEndpoint, "createEndpoint", QT_TRANSLATE_NOOP("Actions", "New &endpoint…"), "endpoint", "",
         QT_TRANSLATE_NOOP("Actions", "Add an endpoint (a target portal group tag) to the selected target")},
        {ActionId::CreateNode, "createNode", QT_TRANSLATE_NOOP("Actions", "New &target…"), "target", "",
         QT_TRANSLATE_NOOP("Actions", "Add a target or an initiator")},
        {ActionId::LeaveGroup, "leaveGroup", QT_TRANSLATE_NOOP("Actions", "Take out of the g&roup"), "remove", "",
         QT_TRANSLATE_NOOP("Actions", "End the membership of the selected portals in their group")},
        {ActionId::AdoptGroup, "adoptGroup", QT_TRANSLATE_NOOP("Actions", "Ado&pt as portal pool…"), "portal-group", "",
         QT_TRANSLATE_NOOP("Actions", "Make a portal pool of portals that were found together")},
        {ActionId::ReplaceWildcard, "replaceWildcard", QT_TRANSLATE_NOOP("Actions", "Replace &wildcard…"),
         "portal-wildcard", "",
         QT_TRANSLATE_NOOP("Actions", "Serve from single addresses what is served from all of them, for all targets")},
        {ActionId::SaveForReboot, "saveForReboot", QT_TRANSLATE_NOOP("Actions", "Save for re&boot…"), "apply", "",
         QT_TRANSLATE_NOOP("Actions", "Keep for the next start of the server what runs now")},
        {ActionId::Delete, "delete", QT_TRANSLATE_NOOP("Actions", "&Delete"), "delete", "Ctrl+Del",
         QT_TRANSLATE_NOOP("Actions",
                           "Delete the selected portals, groups, endpoints or targets when changes are applied")},
        {ActionId::Apply, "apply", QT_TRANSLATE_NOOP("Actions", "&Apply…"), "apply", "Ctrl+Return",
         QT_TRANSLATE_NOOP("Actions", "Show the pending changes as a plan, and send it")},
        {ActionId::Discard, "discard", QT_TRANSLATE_NOOP("Actions", "D&iscard"), "discard", "",
         QT_TRANSLATE_NOOP("Actions", "Forget all pending changes; Undo brings them back")},
        {ActionId::ApplyAtOnce, "applyAtOnce", QT_TRANSLATE_NOOP("Actions", "Apply changes at &once"), "", "",
         QT_TRANSLATE_NOOP("Actions", "Send each change as soon as it is made, instead of collecting them")},
        {ActionId::ExpandAll, "expandAll", QT_TRANSLATE_NOOP("Actions", "&Expand all below"), "", "Ctrl+Shift+Right",
         QT_TRANSLATE_NOOP("Actions", "Open the current row and everything below it")},
        {ActionId::CollapseAll, "collapseAll", QT_TRANSLATE_NOOP("Actions", "&Collapse all"), "", "Ctrl+Shift+Left",
         QT_TRANSLATE_NOOP("Actions", "Close everything below the servers")},
        {ActionId::SingleTree, "singleTree", QT_TRANSLATE_NOOP("Actions", "&Single tree"), "single-tree", "",
         QT_TRANSLATE_NOOP("Actions", "Show portals and targets in one tree instead of side by side")},
        {ActionId::ResetLayout, "resetLayout", QT_TRANSLATE_NOOP("Actions", "&Reset layout"), "", "",
         QT_TRANSLATE_NOOP("Actions", "Put all panes where they were at first")},
        {ActionId::NextPane, "nextPane", QT_TRANSLATE_NOOP("Actions", "&Next pane"), "", "F6",
         QT_TRANSLATE_NOOP("Actions", "Go to the next pane")},
        {ActionId::PreviousPane, "previousPane", QT_TRANSLATE_NOOP("Actions", "&Previous pane"), "", "Shift+F6",
         QT_TRANSLATE_NOOP("Actions", "Go to the previous pane")},
        {ActionId::ThemeSystem, "themeSystem", QT_TRANSLATE_NOOP("Actions", "As the &desktop"), "", "",
         QT_TRANSLATE_NOOP("Actions", "Light or dark, as the desktop prefers")},
        {ActionId::ThemeLight, "themeLight", QT_TRANSLATE_NOOP("Actions", "&Light"), "", "",
         QT_TRANSLATE_NOOP("Actions", "Dark text on a light ground")},
        {ActionId::ThemeDark, "themeDark", QT_TRANSLATE_NOOP("Actions", "&Dark"), "", "",
         QT_TRANSLATE_NOOP("Actions", "Light text on a dark ground")},
        {ActionId::About, "about", QT_TRANSLATE_NOOP("Actions", "&About Portalbind"), "info", "",
         QT_TRANSLATE_NOOP("Actions", "Version and licence")},
};
static_assert(std::size(entries) == size_t(actionCount));

QString translated(const char *text)
{
    return QCoreApplication::translate("Actions", text);
}

} // namespace

Actions::Actions(QWidget *window)
    : QObject(window)
{
    for (const Entry &entry : entries) {
        auto *action = new QAction(window);
        const auto at = size_t(entry.id);
        action->setObjectName(QLatin1String(entry.name));
        m_texts[at] = translated(entry.text);
        m_tips[at] = translated(entry.tip);
        action->setText(m_texts[at]);
        // What stands on a tool button stays short whatever the menu says.
        action->setIconText(QString(m_texts[at]).remove(QLatin1Char('&')));
        if (*entry.icon)
            action->setIcon(icon(QLatin1String(entry.icon)));
        if (*entry.keys)
            action->setShortcut(QKeySequence::fromString(QLatin1String(entry.keys), QKeySequence::PortableText));
        connect(action, &QAction::triggered, this, [this, id = entry.id] { emit triggered(id); });
        window->addAction(action);
        m_actions[at] = action;
    }
    for (const ActionId id : {ActionId::ApplyAtOnce, ActionId::SingleTree, ActionId::ThemeSystem, ActionId::ThemeLight,
                              ActionId::ThemeDark})
        m_actions[size_t(id)]->setCheckable(true);
}

void Actions::update(const ActionContext &context)
{
    for (int i = 0; i < actionCount; ++i) {
        QAction *action = m_actions[size_t(i)];
        const ActionState state = actionState(ActionId(i), context);
        const QString keys = action->shortcut().toString(QKeySequence::NativeText);
        QString tip = m_tips[size_t(i)];
        if (!state.isEnabled()) {
            QString name = m_texts[size_t(i)];
            tip = tr("%1: not now. %2").arg(name.remove(QLatin1Char('&')).remove(QChar(0x2026)), state.whyNot);
        } else if (!keys.isEmpty()) {
            tip = tr("%1 (%2)").arg(tip, keys);
        }
        action->setText(state.text.isEmpty() ? m_texts[size_t(i)] : state.text);
        action->setToolTip(tip);
        action->setStatusTip(tip);
        action->setEnabled(state.isEnabled());
    }
}

} // namespace portalbind
