// SPDX-License-Identifier: Apache-2.0
#include "widgets/actionstate.h"

#include "model/refusal.h"

#include <QCoreApplication>
#include <QSet>

namespace portalbind {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Actions)
};

constexpr int mostJudged = 64; // of a selection, each time it changes; all are judged when it is done

ActionState no(const QString &why)
{
    return {why, {}};
}

/// Why the rows of one connection cannot be worked with at all; empty when they can.
QString untouchable(const ActionContext &context)
{
    if (context.workspace.sessions().isEmpty())
        return Words::tr("Nothing is open. Open a workbook or connect to a server first");
    if (context.selection.severalConnections)
        return Words::tr("Rows of several connections are selected. Select rows of one");
    if (!context.selection.session)
        return Words::tr("Nothing is selected");
    const Session &session = *context.selection.session;
    if (session.state() == Session::State::Applying)
        return Words::tr("Changes are being applied to %1. Wait for the end").arg(session.title());
    if (!session.inventory().isComplete())
        return Words::tr("%1 has not been read completely yet").arg(session.title());
    return {};
}

/// Judges \a operations one by one against what is shown.
ActionState judged(const ActionContext &context, const QList<Operation> &operations)
{
    const Inventory &inventory = context.selection.session->inventory();
    for (qsizetype i = 0; i < qMin<qsizetype>(operations.size(), mostJudged); ++i) {
        const Verdict verdict = canDo(inventory, operations.at(i));
        if (verdict.isRefused())
            return no(refusalText(verdict, inventory));
    }
    return {};
}

ActionState capability(const ActionContext &context, bool Capabilities::*flag, const QString &whyNot)
{
    const ServerHandle server = context.selection.server();
    if (!server || !context.selection.session->inventory().has(server))
        return no(Words::tr("Select a server, or something on it, first"));
    const Inventory &inventory = context.selection.session->inventory();
    return inventory.capabilities(server).*flag ? ActionState{} : no(whyNot.arg(inventory.server(server).name));
}

ActionState createEndpoint(const ActionContext &context)
{
    const NodeHandle node = context.selection.node();
    const Inventory &inventory = context.selection.session->inventory();
    if (!node || !inventory.has(node))
        return no(Words::tr("Select the target that is to get an endpoint first"));
    return capability(context, &Capabilities::createEndpoint, Words::tr("%1 does not create endpoints"));
}

ActionState createGroup(const ActionContext &context)
{
    const ServerHandle server = context.selection.server();
    const Inventory &inventory = context.selection.session->inventory();
    if (!server || !inventory.has(server))
        return no(Words::tr("Select a server, or something on it, first"));
    const QString name = inventory.server(server).name;
    switch (inventory.capabilities(server).groups) {
    case GroupSource::None:
        return no(Words::tr("%1 knows no portal groups").arg(name));
    case GroupSource::ReadOnly:
        return no(Words::tr("%1 shows its portal groups read-only").arg(name));
    case GroupSource::Editable:
        break;
    }
    return {};
}

ActionState bindTo(const ActionContext &context)
{
    const RowSelection &selection = context.selection;
    if (selection.current.kind == RowKind::Endpoint)
        return {{}, Words::tr("&Bind a portal here…")};
    if (selection.dragItems().isEmpty())
        return no(Words::tr("Select portals or a portal group, or the endpoint to bind them to"));
    return {};
}

ActionState enableState(const ActionContext &context, bool enable)
{
    const QList<Operation> operations = enabling(context.selection, enable);
    if (operations.isEmpty()) {
        if (context.selection.current.kind != RowKind::Endpoint)
            return no(Words::tr("Select endpoints first"));
        return no(enable ? Words::tr("The selected endpoints are enabled already")
                         : Words::tr("The selected endpoints are disabled already"));
    }
    return judged(context, operations);
}

ActionState adoptState(const ActionContext &context)
{
    const GroupHandle group = context.selection.group();
    const Inventory &inventory = context.selection.session->inventory();
    if (context.selection.current.kind != RowKind::Group || !inventory.has(group) || !inventory.group(group).derived)
        return no(Words::tr("Select a group of portals that were found together first"));
    return createGroup(context);
}

ActionState wildcardState(const ActionContext &context)
{
    const Inventory &inventory = context.selection.session->inventory();
    const PortalHandle portal = wildcardOf(context.selection);
    if (!portal)
        return no(Words::tr("Select a wildcard portal (0.0.0.0 or ::) that is bound first"));
    const ServerHandle server = inventory.facts(portal).server;
    if (!inventory.has(server) || !inventory.capabilities(server).exclusivePorts)
        return no(Words::tr("On this server single addresses can be bound beside a wildcard"));
    return {};
}

ActionState saveState(const ActionContext &context)
{
    const Session *session = context.workspace.current();
    if (!session || !session->inventory().isComplete())
        return no(Words::tr("Nothing is open"));
    const Inventory &inventory = session->inventory();
    QString whyNot;
    for (const ServerHandle server : inventory.servers()) {
        const SavedState saved = inventory.server(server).saved;
        if (!saved.differences.isEmpty())
            return {};
        if (inventory.capabilities(server).savesForReboot)
            whyNot = saved.whyNot.isEmpty() ? Words::tr("What runs now is saved already") : saved.whyNot;
    }
    return no(whyNot.isEmpty() ? Words::tr("%1 keeps what is changed by itself").arg(session->title()) : whyNot);
}

ActionState rowAction(ActionId id, const ActionContext &context)
{
    const RowSelection &selection = context.selection;
    if (const QString why = untouchable(context); !why.isEmpty())
        return no(why);
    switch (id) {
    case ActionId::BindTo:
        return bindTo(context);
    case ActionId::Unbind: {
        if (!selection.onlyBindings())
            return no(Words::tr("Only bindings can be unbound: select portals under an endpoint"));
        QList<Operation> operations;
        for (const TreeKey &row : selection.rows.mid(0, mostJudged))
            operations.append(Unbind{EndpointHandle{row.parent}, PortalHandle{row.handle}});
        return judged(context, operations);
    }
    case ActionId::Cut:
    case ActionId::Copy:
        return selection.dragItems().isEmpty() ? no(Words::tr("Select portals, bindings or a portal group first"))
                                               : ActionState{};
    case ActionId::Paste:
        if (!context.clipboardSession)
            return no(Words::tr("Nothing was cut or copied"));
        if (dropPlace(selection.current).kind == DropPlace::Kind::Nothing)
            return no(Words::tr("Select the endpoint or portal group to paste to first"));
        return {};
    case ActionId::CopyIdentity:
        return {};
    case ActionId::Rename:
        if (selection.current.kind != RowKind::Group)
            return no(Words::tr("Only portal groups can be renamed: select one first"));
        return createGroup(context);
    case ActionId::Enable:
        return enableState(context, true);
    case ActionId::Disable:
        return enableState(context, false);
    case ActionId::CreatePortal:
        return capability(context, &Capabilities::editPortals,
                          Words::tr("The portals of %1 follow its addresses and cannot be made here"));
    case ActionId::CreateGroup:
        return createGroup(context);
    case ActionId::CreateEndpoint:
        return createEndpoint(context);
    case ActionId::CreateNode:
        return capability(context, &Capabilities::createNode, Words::tr("%1 does not create targets"));
    case ActionId::LeaveGroup: {
        const QList<Operation> operations = leaving(selection);
        return operations.isEmpty() ? no(Words::tr("Select portals in a portal group first"))
                                    : judged(context, operations);
    }
    case ActionId::AdoptGroup:
        return adoptState(context);
    case ActionId::ReplaceWildcard:
        return wildcardState(context);
    case ActionId::Delete: {
        const QList<Operation> operations = deletions(selection);
        if (operations.isEmpty())
            return no(Words::tr("Select a portal, portal group, endpoint or target first"));
        return judged(context, operations);
    }
    default:
        return {};
    }
}

/// What is done to the current connection as a whole.
ActionState connectionState(ActionId id, const ActionContext &context)
{
    const Session *session = context.workspace.current();
    if (!session)
        return no(Words::tr("Nothing is open"));
    const QString title = session->title();
    if (id == ActionId::CancelRead) {
        const bool isReading = session->state() == Session::State::Loading
                || session->state() == Session::State::Refreshing;
        return isReading ? ActionState{{}, Words::tr("&Cancel reading %1").arg(title)}
                         : no(Words::tr("%1 is not being read").arg(title));
    }
    if (!context.isRemote)
        return no(Words::tr("%1 is no remote server").arg(title));
    if (session->state() == Session::State::Applying)
        return no(Words::tr("Changes are being applied to %1. Wait for the end").arg(title));
    return {{},
            id == ActionId::Reconnect ? Words::tr("&Reconnect %1").arg(title)
                                      : Words::tr("&Sign in to %1…").arg(title)};
}

ActionState undoState(const ActionContext &context, bool undo)
{
    const Session *session = context.workspace.current();
    if (!session)
        return no(Words::tr("Nothing is open"));
    QUndoStack *stack = const_cast<Session *>(session)->undoStack();
    if (session->state() == Session::State::Applying)
        return no(Words::tr("Changes are being applied to %1. Wait for the end").arg(session->title()));
    if (undo)
        return stack->canUndo() ? ActionState{{}, Words::tr("&Undo: %1").arg(stack->undoText())}
                                : no(Words::tr("There is nothing to undo"));
    return stack->canRedo() ? ActionState{{}, Words::tr("&Redo: %1").arg(stack->redoText())}
                            : no(Words::tr("There is nothing to redo"));
}

} // namespace

ActionState actionState(ActionId id, const ActionContext &context)
{
    const Workspace &workspace = context.workspace;
    switch (id) {
    case ActionId::Undo:
    case ActionId::Redo:
        return undoState(context, id == ActionId::Undo);
    case ActionId::Refresh:
    case ActionId::CloseConnection:
        if (workspace.sessions().isEmpty())
            return no(Words::tr("Nothing is open"));
        if (id == ActionId::CloseConnection && workspace.current()
            && workspace.current()->state() == Session::State::Applying)
            return no(Words::tr("Changes are being applied to %1. Wait for the end").arg(workspace.current()->title()));
        return {};
    case ActionId::CancelRead:
    case ActionId::Reconnect:
    case ActionId::SignIn:
        return connectionState(id, context);
    case ActionId::Search:
    case ActionId::Report:
        return workspace.sessions().isEmpty() ? no(Words::tr("Nothing is open")) : ActionState{};
    case ActionId::OpenThisHost:
        return {context.whyNotThisHost, {}};
    case ActionId::SaveForReboot:
        return saveState(context);
    case ActionId::Import:
        return context.hasImport ? ActionState{} : no(Words::tr("This build imports nothing"));
    case ActionId::Apply:
    case ActionId::Discard:
        if (workspace.isApplying())
            return id == ActionId::Apply ? ActionState{} : no(Words::tr("Changes are being applied. Wait for the end"));
        return workspace.pendingCount() == 0 ? no(Words::tr("No change is pending")) : ActionState{};
    case ActionId::Cut:
    case ActionId::Copy:
    case ActionId::Paste:
    case ActionId::CopyIdentity:
    case ActionId::Rename:
    case ActionId::BindTo:
    case ActionId::Unbind:
    case ActionId::Enable:
    case ActionId::Disable:
    case ActionId::CreatePortal:
    case ActionId::CreateGroup:
    case ActionId::CreateEndpoint:
    case ActionId::CreateNode:
    case ActionId::LeaveGroup:
    case ActionId::AdoptGroup:
    case ActionId::ReplaceWildcard:
    case ActionId::Delete:
        return rowAction(id, context);
    default:
        return {};
    }
}

QList<Operation> deletions(const RowSelection &selection)
{
    QList<Operation> operations;
    QSet<std::pair<int, quint32>> seen; // a portal may be selected in several groups
    for (const TreeKey &row : selection.rows) {
        const std::pair<int, quint32> object{int(row.kind), row.handle};
        if (seen.contains(object))
            continue;
        seen.insert(object);
        switch (row.kind) {
        case RowKind::Portal:
            operations.append(DeletePortal{PortalHandle{row.handle}});
            break;
        case RowKind::Group:
            operations.append(DeleteGroup{GroupHandle{row.handle}});
            break;
        case RowKind::Endpoint:
            operations.append(DeleteEndpoint{EndpointHandle{row.handle}});
            break;
        case RowKind::Node:
            operations.append(DeleteNode{NodeHandle{row.handle}});
            break;
        default:
            break;
        }
    }
    return operations;
}

QList<Operation> enabling(const RowSelection &selection, bool enable)
{
    QList<Operation> operations;
    if (!selection.session)
        return operations;
    const Inventory &inventory = selection.session->inventory();
    for (const TreeKey &row : selection.rows) {
        const EndpointHandle endpoint{row.handle};
        if (row.kind == RowKind::Endpoint && inventory.has(endpoint) && inventory.endpoint(endpoint).enabled != enable)
            operations.append(SetEndpointEnabled{endpoint, enable});
    }
    return operations;
}

PortalHandle wildcardOf(const RowSelection &selection)
{
    const TreeKey &row = selection.current;
    if (!selection.session || (row.kind != RowKind::Portal && row.kind != RowKind::Binding))
        return {};
    const Inventory &inventory = selection.session->inventory();
    const PortalHandle portal{row.handle};
    const bool isBoundWildcard = inventory.has(portal) && inventory.isWildcard(portal)
            && inventory.endpointCount(portal) > 0;
    return isBoundWildcard ? portal : PortalHandle();
}

QList<Operation> leaving(const RowSelection &selection)
{
    QList<Operation> operations;
    for (const TreeKey &row : selection.rows) {
        if (row.kind == RowKind::Portal && row.parentKind == RowKind::Group)
            operations.append(LeaveGroup{GroupHandle{row.parent}, PortalHandle{row.handle}});
    }
    return operations;
}

} // namespace portalbind
