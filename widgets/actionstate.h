// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/rowselection.h"

namespace portalbind {

/// Everything a person can ask for. Each one is in a menu.
enum class ActionId : quint8 {
    Connect,
    NewWorkbook,
    OpenWorkbook,
    OpenSample,
    OpenThisHost,
    Import,
    Report,
    Refresh,
    CancelRead,
    Reconnect,
    SignIn,
    CloseConnection,
    Quit,
    Undo,
    Redo,
    Cut,
    Copy,
    Paste,
    CopyIdentity,
    Search,
    Rename,
    BindTo,
    Unbind,
    Enable,
    Disable,
    CreatePortal,
    CreateGroup,
    CreateEndpoint,
    CreateNode,
    LeaveGroup,
    AdoptGroup,
    ReplaceWildcard,
    SaveForReboot,
    Delete,
    Apply,
    Discard,
    ApplyAtOnce,
    ExpandAll,
    CollapseAll,
    SingleTree,
    ResetLayout,
    NextPane,
    PreviousPane,
    ThemeSystem,
    ThemeLight,
    ThemeDark,
    About,
};
inline constexpr int actionCount = int(ActionId::About) + 1;

/// What decides whether an action can be done now.
struct ActionContext
{
    const RowSelection &selection;
    const Workspace &workspace;
    Session *clipboardSession = nullptr; ///< where the cut or copied rows are from; null: there are none
    bool hasImport = false;
    QString whyNotThisHost{}; ///< empty: this host's own target can be opened
    bool isRemote = false; ///< the current connection goes to a server that one signs in to
};

struct ActionState
{
    QString whyNot; ///< empty: enabled
    QString text; ///< the name of the deed with its object, when it differs from the plain one
    [[nodiscard]] bool isEnabled() const { return whyNot.isEmpty(); }
};
[[nodiscard]] ActionState actionState(ActionId id, const ActionContext &context);

/// The operations that deleting the selected rows means, portals and groups and endpoints and nodes; never bindings.
[[nodiscard]] QList<Operation> deletions(const RowSelection &selection);
/// Enabling or disabling the selected endpoints.
[[nodiscard]] QList<Operation> enabling(const RowSelection &selection, bool enable);
/// The bound wildcard portal that the current row is; null: it is none.
[[nodiscard]] PortalHandle wildcardOf(const RowSelection &selection);
/// Taking the selected portals out of the groups they are selected in.
[[nodiscard]] QList<Operation> leaving(const RowSelection &selection);

} // namespace portalbind
