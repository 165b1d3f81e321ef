// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/entities.h"

#include <QList>

#include <optional>
#include <variant>

namespace portalbind {

class Inventory;
enum class Method : quint8;

/// One thing a person wants done. A small value: constructing one changes nothing. Handles of objects to be created are
/// provisional ones from IdTable::makeProvisional().
struct Bind
{
    EndpointHandle endpoint;
    PortalHandle portal;
    Transport transport{}; ///< where the server tells it; a portal that moves keeps its own
    /// A person insists on what only policy refuses, or it brings back what was. How it is asked, not what: it is no
    /// part of equality.
    bool beyondPolicy = false;
    friend bool operator==(const Bind &a, const Bind &b)
    {
        return a.endpoint == b.endpoint && a.portal == b.portal && a.transport == b.transport;
    }
};
struct Unbind
{
    EndpointHandle endpoint;
    PortalHandle portal;
    friend bool operator==(const Unbind &, const Unbind &) = default;
};
/// Unbind from one endpoint, then bind to another (R6 forbids the other order within one target).
struct Move
{
    PortalHandle portal;
    EndpointHandle from;
    EndpointHandle to;
    friend bool operator==(const Move &, const Move &) = default;
};
struct CreatePortal
{
    PortalHandle portal;
    Portal value;
    friend bool operator==(const CreatePortal &, const CreatePortal &) = default;
};
struct DeletePortal
{
    PortalHandle portal;
    friend bool operator==(const DeletePortal &, const DeletePortal &) = default;
};
struct CreateGroup
{
    GroupHandle group;
    Group value;
    friend bool operator==(const CreateGroup &, const CreateGroup &) = default;
};
struct DeleteGroup
{
    GroupHandle group;
    friend bool operator==(const DeleteGroup &, const DeleteGroup &) = default;
};
struct RenameGroup
{
    GroupHandle group;
    QString name;
    friend bool operator==(const RenameGroup &, const RenameGroup &) = default;
};
struct JoinGroup
{
    GroupHandle group;
    PortalHandle portal;
    friend bool operator==(const JoinGroup &, const JoinGroup &) = default;
};
struct LeaveGroup
{
    GroupHandle group;
    PortalHandle portal;
    friend bool operator==(const LeaveGroup &, const LeaveGroup &) = default;
};
/// CreateiSCSINode. An empty name lets the server choose.
struct CreateNode
{
    NodeHandle node;
    Node value;
    friend bool operator==(const CreateNode &, const CreateNode &) = default;
};
struct DeleteNode
{
    NodeHandle node;
    friend bool operator==(const DeleteNode &, const DeleteNode &) = default;
};
/// CreateiSCSIProtocolEndpoint. It comes into being enabled or not as `value.enabled`
/// says. Unless chooseTag the server chooses the tag (`value.tag` is then ignored).
struct CreateEndpoint
{
    EndpointHandle endpoint;
    Endpoint value;
    bool chooseTag = false;
    QList<PortalHandle> portals;
    friend bool operator==(const CreateEndpoint &, const CreateEndpoint &) = default;
};
struct DeleteEndpoint
{
    EndpointHandle endpoint;
    friend bool operator==(const DeleteEndpoint &, const DeleteEndpoint &) = default;
};
struct SetEndpointEnabled
{
    EndpointHandle endpoint;
    bool enabled = true;
    friend bool operator==(const SetEndpointEnabled &, const SetEndpointEnabled &) = default;
};

/// Keeps these objects, as the server has them when it is done, for its next start; those that are gone go from there
/// as well. Nothing else of what is kept changes.
struct SaveForReboot
{
    ServerHandle server;
    QList<NodeHandle> nodes;
    QList<EndpointHandle> endpoints;
    QList<Binding> bindings;
    [[nodiscard]] bool isEmpty() const { return nodes.isEmpty() && endpoints.isEmpty() && bindings.isEmpty(); }
    [[nodiscard]] bool names(const SavedDifference &difference) const;
    friend bool operator==(const SaveForReboot &, const SaveForReboot &) = default;
};

using Operation = std::variant<Bind, Unbind, Move, CreatePortal, DeletePortal, CreateGroup, DeleteGroup, RenameGroup,
                               JoinGroup, LeaveGroup, CreateNode, DeleteNode, CreateEndpoint, DeleteEndpoint,
                               SetEndpointEnabled, SaveForReboot>;

/// The method that carries \a operation out: in its table stand the codes that a server answers with. For a move it is
/// that of its second half, Bind.
[[nodiscard]] Method methodOf(const Operation &operation);

/// Whether \a operation makes an object, which the inventory knows only afterwards.
[[nodiscard]] bool isCreation(const Operation &operation);

/// What undoes \a operation, given the inventory \a before it, in order of execution. Creations in it reuse the handles
/// of the objects they bring back. `lossy` names what does not come back ("the tag may become another one"); empty when
/// the inverse is a true one.
struct Inverse
{
    QList<Operation> operations;
    QString lossy;
};
[[nodiscard]] Inverse inverse(const Operation &operation, const Inventory &before);

/// The operation in words, with the names of its objects: "Bind 10.0.1.6:3260 to TPG 1 of iqn.2026-11.com.example:mail
/// on san-a". \a inventory must know the objects (before a deletion, after a creation).
[[nodiscard]] QString describe(const Operation &operation, const Inventory &inventory);

/// The server that an operation changes; null when its objects do not exist in \a inventory.
[[nodiscard]] ServerHandle serverOf(const Operation &operation, const Inventory &inventory);

/// Whether \a operation names an object that \a earlier creates: taking \a earlier away must take it along.
[[nodiscard]] bool dependsOn(const Operation &operation, const Operation &earlier);

} // namespace portalbind
