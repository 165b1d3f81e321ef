// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/entities.h"

#include <QString>

namespace portalbind {

class Inventory;

enum class Decision : quint8 { Allowed, Refused, ServerDecides };
/// Who stands behind a decision: a rule of the target, or the console's own policy, which a person may override.
enum class Origin : quint8 { Target, Policy };

/// The method whose table of return codes a verdict's code belongs to. The same number means different things in
/// different methods (facts: CIM_iSCSIConfigurationService); portals, groups and enabling have tables of the console.
enum class Method : quint8 {
    Bind, ///< BindiSCSIProtocolEndPoint
    Unbind, ///< DeleteInstance of CIM_BindsTo; codes are CIM status codes
    CreateEndpoint, ///< CreateiSCSIProtocolEndpoint
    DeleteEndpoint, ///< DeleteiSCSIProtocolEndpoint
    CreateNode, ///< CreateiSCSINode
    DeleteNode, ///< DeleteiSCSINode
    EnableEndpoint, ///< RequestStateChange
    CreatePortal,
    DeletePortal,
    CreateGroup,
    DeleteGroup,
    RenameGroup,
    JoinGroup,
    LeaveGroup,
    SaveForReboot,
};

/// Why, finer than the code: picks the sentence.
enum class Reason : quint8 {
    None,
    Already, ///< R8: bound here already, member already: success, nothing changes
    NotLoaded, ///< the server is still being read
    NotSupported, ///< R0
    WrongScope, ///< R0: bindings of this server are switched for all targets
    Malformed, ///< R1
    NoSuchEndpoint, ///< R3, U1
    NoSuchPortal, ///< R2
    NoSuchNode,
    NoSuchGroup,
    NoSuchServer,
    OtherServer, ///< R1: portal and endpoint belong to different servers
    NotBound, ///< U1
    NotAMember,
    NeedsPortal, ///< R4: a target endpoint takes TCP portals
    NeedsAddress, ///< R4: an initiator endpoint takes addresses
    RoleUnknown, ///< R4 cannot be decided
    AddressGone, ///< R5
    InUseInTarget, ///< R6
    OtherGroup, ///< R7
    NoGroups, ///< R7 cannot be decided: the server tells no groups
    NoneGrouped, ///< R7 cannot be decided: none of the portals is in a group
    SupportUnknown, ///< R0 can only be learned by asking
    LosesCommonGroup, ///< membership
    ReadOnly, ///< groups or portals that no method of the server changes
    RoleNotSupported,
    TagInUse,
    TagNotSelectable,
    TagOutOfRange,
    NameInUse, ///< node name or alias, group name, portal address
    NameNotSelectable,
    BadName,
    SessionsActive, ///< DeleteiSCSINode 4097, or policy when nobody is there to be asked
    StillBound, ///< a portal that endpoints bind is not deleted under them
    PortTaken, ///< somebody else has the port, or a wildcard and another address of it would meet (Linux)
    NotEmpty, ///< only what holds nothing any more is deleted (Linux)
    Wildcard, ///< a portal on every address: by policy single addresses are bound (Linux)
    CannotSave, ///< nothing can be kept for the next start; SavedState::whyNot says why
    NothingThere, ///< an offered portal: nothing stands behind it that could be deleted
    ServerAnswered, ///< the server gave this code, and no rule had foreseen it
};

/// The answer of a rule. A small value; the sentence is made on demand by explain().
struct Verdict
{
    Decision decision = Decision::Allowed;
    Origin origin = Origin::Target;
    Method method = Method::Bind;
    Reason reason = Reason::None;
    quint16 code = 0; ///< of the method's own table
    bool changesNothing = false; ///< allowed, and already so
    bool lastPortal = false; ///< U4: the endpoint is left without a portal
    quint32 sessions = 0; ///< U5: sessions that run over what is taken away
    PortalHandle portal;
    PortalHandle otherPortal; ///< the bound one in the way (PortTaken); null: it is no target of this server
    EndpointHandle endpoint; ///< the one asked about
    EndpointHandle other; ///< the one in the way (R6), the one to move from, the one that loses its group
    GroupHandle group;
    GroupHandle otherGroup; ///< a group that the bound portals share (R7)
    NodeHandle node;
    ServerHandle server;

    [[nodiscard]] bool isAllowed() const { return decision == Decision::Allowed; }
    [[nodiscard]] bool isRefused() const { return decision == Decision::Refused; }
    /// Refused by policy: a person may override it, and the override is logged.
    [[nodiscard]] bool canOverride() const { return isRefused() && origin == Origin::Policy; }
    friend bool operator==(const Verdict &, const Verdict &) = default;
};

/// A verdict in words: what would happen or why not, with the names of the objects, and what to do about it.
struct Explanation
{
    QString reason; ///< one sentence; ends with the code in brackets when refused
    QString remedy; ///< one sentence; empty when there is nothing to do
};
[[nodiscard]] Explanation explain(const Verdict &verdict, const Inventory &inventory);

/// The label of a code in its method's table, as in the CIM value map: "Success", "Not Supported",
/// "ProtocolEndpoint Non-Existent", …; "Vendor Specific" and the reserved ranges included.
[[nodiscard]] QString codeSymbol(Method method, quint16 code);

/// `allowed`, `refused`, `server`; `target`, `policy`: the words of JSON output.
[[nodiscard]] QString toString(Decision decision);
[[nodiscard]] QString toString(Origin origin);

} // namespace portalbind
