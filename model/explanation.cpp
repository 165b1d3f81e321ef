// SPDX-License-Identifier: Apache-2.0
#include "model/verdict.h"
#include "model/wording.h"

#include <QCoreApplication>

namespace portalbind {
namespace {

QString tr(const char *text, int n = -1)
{
    return QCoreApplication::translate("Verdict", text, nullptr, n);
}

/// The objects of a verdict in words, made once.
struct Names
{
    QString portal, otherPortal, takenBy, endpoint, other, otherInNode, group, otherGroup, node, server;
    bool hasPortal, hasEndpoint, hasNode, hasGroup; ///< known to the inventory: else there is no name to tell
    bool otherIsWildcard;
    bool isFixedLinuxHost; ///< its configuration cannot be written
    QString cannotSave;

    Names(const Verdict &v, const Inventory &inventory)
        : portal(v.portal ? portalText(inventory, v.portal) : tr("One of the portals"))
        , otherPortal(portalText(inventory, v.otherPortal))
        , takenBy(inventory.has(v.portal) ? inventory.portal(v.portal).takenBy : QString())
        , endpoint(endpointText(inventory, v.endpoint))
        , other(endpointText(inventory, v.other))
        , otherInNode(endpointInNodeText(inventory, v.other))
        , group(groupText(inventory, v.group))
        , otherGroup(groupText(inventory, v.otherGroup))
        , node(nodeText(inventory, v.node))
        , server(serverText(inventory, v.server))
        , hasPortal(inventory.has(v.portal))
        , hasEndpoint(inventory.has(v.endpoint))
        , hasNode(inventory.has(v.node))
        , hasGroup(inventory.has(v.group))
        , otherIsWildcard(inventory.has(v.otherPortal) && inventory.portal(v.otherPortal).address.ip.isWildcard())
        , isFixedLinuxHost(inventory.has(v.server) && inventory.server(v.server).dialect == Dialect::Lio
                           && inventory.capabilities(v.server).bind == Support::No)
        , cannotSave(inventory.has(v.server) ? inventory.server(v.server).saved.whyNot : QString())
    {
    }
};

QString what(Method method, const Names &n)
{
    switch (method) {
    case Method::Bind:
        return tr("Bind %1 to %2").arg(n.portal, n.endpoint);
    case Method::Unbind:
        return tr("Unbind %1 from %2").arg(n.portal, n.endpoint);
    case Method::CreateEndpoint:
        return tr("Create an endpoint of %1").arg(n.node);
    case Method::DeleteEndpoint:
        return tr("Delete %1").arg(n.endpoint);
    case Method::CreateNode:
        return tr("Create a target or initiator on %1").arg(n.server);
    case Method::DeleteNode:
        return tr("Delete %1").arg(n.node);
    case Method::EnableEndpoint:
        return tr("Enable or disable %1").arg(n.endpoint);
    case Method::CreatePortal:
        return tr("Create a portal on %1").arg(n.server);
    case Method::DeletePortal:
        return tr("Delete portal %1").arg(n.portal);
    case Method::CreateGroup:
        return tr("Create a portal group on %1").arg(n.server);
    case Method::DeleteGroup:
        return tr("Delete portal group %1").arg(n.group);
    case Method::RenameGroup:
        return tr("Rename portal group %1").arg(n.group);
    case Method::JoinGroup:
        return tr("Add %1 to portal group %2").arg(n.portal, n.group);
    case Method::LeaveGroup:
        return tr("Take %1 out of portal group %2").arg(n.portal, n.group);
    case Method::SaveForReboot:
        return tr("Save for reboot on %1").arg(n.server);
    }
    return {};
}

Explanation already(const Verdict &v, const Names &n)
{
    switch (v.method) {
    case Method::JoinGroup:
        return {tr("%1 is in portal group %2 already").arg(n.portal, n.group), {}};
    case Method::EnableEndpoint:
        return {tr("%1 is so already").arg(n.endpoint), {}};
    case Method::RenameGroup:
        return {tr("Portal group %1 has this name already").arg(n.group), {}};
    default:
        return {tr("%1 is bound here already").arg(n.portal), {}};
    }
}

Explanation notSupported(const Verdict &v, const Names &n)
{
    if (n.isFixedLinuxHost)
        return {tr("Nothing can be changed on %1: the kernel's configuration is mounted read-only, as in a container, "
                   "or "
                   "the helper has no rights")
                        .arg(n.server),
                tr("Run it on the host itself and as root, or mount /sys/kernel/config for writing.")};
    switch (v.method) {
    case Method::Bind:
        return {tr("%1 does not support binding").arg(n.server), tr("Change it with the server's own tools.")};
    case Method::Unbind:
        return {tr("%1 does not support unbinding").arg(n.server), tr("Change it with the server's own tools.")};
    default:
        return {tr("%1 does not support this: %2").arg(n.server, what(v.method, n)),
                tr("Use the server's own tools for it.")};
    }
}

Explanation malformed(const Verdict &v)
{
    switch (v.method) {
    case Method::CreatePortal:
        return {tr("This is not a portal that targets can listen on"),
                tr("Give an IP address of one host, no multicast or broadcast one, and a port from 1 to 65535, or an "
                   "address alone for initiators.")};
    case Method::CreateEndpoint:
        return {tr("An endpoint needs a target or an initiator and a role that fits it"), tr("Choose both.")};
    default:
        return {tr("A portal and an endpoint are needed"), tr("Choose both.")};
    }
}

Explanation portTaken(const Verdict &v, const Names &n)
{
    if (!v.otherPortal)
        return {tr("The port of %1 is in use by %2").arg(n.portal, n.takenBy),
                tr("Stop that, or use another port of the address.")};
    return n.otherIsWildcard
            ? Explanation{tr("%1 cannot be bound beside %2, which serves %3: a port belongs to a wildcard or to single "
                             "addresses, not to both")
                                  .arg(n.portal, n.otherPortal, n.other),
                          tr("Replace the wildcard by addresses, for all targets at once: Replace wildcard….")}
            : Explanation{tr("%1 cannot be bound beside %2, which serves %3: a port belongs to a wildcard or to single "
                             "addresses, not to both")
                                  .arg(n.portal, n.otherPortal, n.other),
                          tr("Unbind the single addresses of the port everywhere first.")};
}

/// The middle of the table: predicates about portals, endpoints and groups.
Explanation bindingReason(const Verdict &v, const Names &n)
{
    switch (v.reason) {
    case Reason::NoSuchPortal:
        return {n.hasPortal ? tr("%1 no longer exists on %2").arg(n.portal, n.server)
                            : tr("The portal no longer exists on %1").arg(n.server),
                tr("Refresh to see what does.")};
    case Reason::NoSuchEndpoint:
        return {n.hasEndpoint ? tr("%1 no longer exists").arg(n.endpoint) : tr("The endpoint no longer exists"),
                tr("Refresh to see what does.")};
    case Reason::OtherServer:
        return {tr("%1 belongs to another server than %2").arg(n.portal, n.hasEndpoint ? n.endpoint : n.node),
                tr("Choose a portal of %1.").arg(n.server)};
    case Reason::NotBound:
        return {tr("%1 is not bound to %2").arg(n.portal, n.endpoint), tr("Refresh to see what is bound.")};
    case Reason::NeedsPortal:
        return {tr("A target endpoint takes portals; %1 is an address without a port").arg(n.portal),
                tr("Choose a portal with a TCP port.")};
    case Reason::NeedsAddress:
        return {tr("An initiator endpoint takes addresses, not portals like %1").arg(n.portal),
                tr("Choose an address.")};
    case Reason::AddressGone:
        return {v.origin == Origin::Policy
                        ? tr("The server would allow this, but %1 is on no interface: nothing could connect")
                                  .arg(n.portal)
                        : tr("%1 is on no interface of %2").arg(n.portal, n.server),
                tr("Bring the address up first.")};
    case Reason::InUseInTarget:
        if (!v.other)
            return {tr("%1 already serves another endpoint of the same target").arg(n.portal),
                    tr("Move it, or unbind it there first.")};
        return {tr("%1 already serves %2 of the same target").arg(n.portal, n.otherInNode),
                tr("Move it, or unbind %1 from %2 first.").arg(n.portal, n.otherInNode)};
    case Reason::OtherGroup: {
        const QString served = v.otherGroup ? tr("%1 is served from %2").arg(n.endpoint, n.otherGroup)
                                            : tr("the portals of %1 share no group with it").arg(n.endpoint);
        const QString own = v.group ? tr("%1 is in %2").arg(n.portal, n.group)
                                    : tr("%1 is in no portal group").arg(n.portal);
        return {v.origin == Origin::Policy
                        ? tr("%1; %2. The server would allow this, but a target port should take portals from one "
                             "group only")
                                  .arg(own, served)
                        : tr("%1; %2. A target port takes portals from one group only").arg(own, served),
                v.otherGroup ? tr("Choose a portal of %1, or add %2 to it first.").arg(n.otherGroup, n.portal)
                             : tr("Put the portals into one group first.")};
    }
    case Reason::LosesCommonGroup:
        if (!v.other)
            return {tr("An endpoint would be left without a group that all its portals share"),
                    tr("Refresh to see which, and unbind a portal from it first.")};
        return {tr("%1 binds %2 and others of %3, and would be left without a group that they share")
                        .arg(n.other, n.portal, n.group),
                tr("Unbind %1 from %2 first.").arg(n.portal, n.other)};
    case Reason::PortTaken:
        return portTaken(v, n);
    case Reason::Wildcard:
        return {tr("The server would allow this, but %1 takes the port of every address that it has or will get")
                        .arg(n.portal),
                tr("Bind single addresses.")};
    case Reason::NotAMember:
        return {tr("%1 is not in portal group %2").arg(n.portal, n.group), tr("Refresh to see what is.")};
    case Reason::StillBound:
        if (!v.other)
            return {tr("%1 still serves an endpoint").arg(n.portal), tr("Unbind it there first.")};
        return {tr("%1 still serves %2").arg(n.portal, n.other), tr("Unbind %1 from %2 first.").arg(n.portal, n.other)};
    default:
        return {};
    }
}

Explanation nameInUse(const Verdict &v, const Names &n)
{
    switch (v.method) {
    case Method::CreatePortal:
        return {n.hasPortal ? tr("%1 has a portal %2 already").arg(n.server, n.portal)
                            : tr("%1 has a portal of this address already").arg(n.server),
                tr("Use that one, or another address or port.")};
    case Method::CreateNode:
        return {n.hasNode ? tr("%1 has this name or alias already: %2").arg(n.server, n.node)
                          : tr("%1 has this name or alias already").arg(n.server),
                tr("Choose another name.")};
    default: // groups
        return {v.otherGroup ? tr("%1 has a portal group %2 already").arg(n.server, n.otherGroup)
                             : tr("%1 has a portal group of this name already").arg(n.server),
                tr("Choose another name.")};
    }
}

/// Which half of an operation the sessions run over: of a move it is what is left, not where it goes.
QString takenAway(const Verdict &v, const Names &n)
{
    if (v.method == Method::Bind)
        return tr("Unbind %1 from %2").arg(n.portal, n.other);
    return v.method == Method::EnableEndpoint ? tr("Disable %1").arg(n.endpoint) : what(v.method, n);
}

Explanation lifecycleReason(const Verdict &v, const Names &n)
{
    switch (v.reason) {
    case Reason::NoSuchNode:
        return {n.hasNode ? tr("%1 no longer exists").arg(n.node) : tr("The target or initiator no longer exists"),
                tr("Refresh to see what does.")};
    case Reason::NoSuchGroup:
        return {n.hasGroup ? tr("Portal group %1 no longer exists").arg(n.group)
                           : tr("The portal group no longer exists"),
                tr("Refresh to see what does.")};
    case Reason::NoSuchServer:
        return {tr("The server is not part of this connection any more"), tr("Refresh, or connect to it.")};
    case Reason::ReadOnly:
        return v.method == Method::CreatePortal || v.method == Method::DeletePortal
                ? Explanation{tr("Portals of %1 are read-only here").arg(n.server),
                              tr("Add or remove addresses on the server itself.")}
                : Explanation{tr("The portal groups of %1 are read-only here").arg(n.server),
                              tr("Change groups on the server itself.")};
    case Reason::RoleNotSupported:
        return {tr("%1 does not take an endpoint or node of this role")
                        .arg(v.node && v.method == Method::CreateEndpoint ? n.node : n.server),
                tr("Choose the role of the node.")};
    case Reason::TagInUse:
        return {v.other ? tr("%1 has this tag already").arg(n.other) : tr("Another endpoint has this tag already"),
                tr("Choose another tag.")};
    case Reason::TagNotSelectable:
        return {tr("%1 chooses tags itself").arg(n.server), tr("Leave the tag out.")};
    case Reason::TagOutOfRange:
        return {tr("The tag is out of range"), tr("A target's tag goes up to 65535, an initiator's has 48 bits.")};
    case Reason::NotEmpty:
        return v.method == Method::DeleteNode
                ? Explanation{tr("%1 still has endpoints").arg(n.node), tr("Delete those first, one by one.")}
                : Explanation{tr("%1 still has portals, LUNs, ACLs or sessions").arg(n.endpoint),
                              tr("Unbind its portals first; LUNs and ACLs are removed with the server's own tools.")};
    case Reason::CannotSave:
        return {n.cannotSave.isEmpty() ? tr("Nothing can be saved for reboot on %1").arg(n.server) : n.cannotSave,
                tr("What is done holds until the next start; save it with the tool that looks after this server.")};
    case Reason::NothingThere:
        return {tr("%1 is offered because the address is there; nothing stands behind it that could be deleted")
                        .arg(n.portal),
                tr("It goes when the address goes.")};
    case Reason::NameInUse:
        return nameInUse(v, n);
    case Reason::NameNotSelectable:
        return {tr("%1 chooses iSCSI names itself").arg(n.server), tr("Leave the name out.")};
    case Reason::BadName:
        if (v.method == Method::CreatePortal)
            return {tr("This is not a valid name for an interface"), tr("Use up to 128 characters, no control ones.")};
        return v.method == Method::CreateNode
                ? Explanation{tr("The iSCSI name is not valid, or the alias is too long or holds control characters"),
                              tr("Write a name like iqn.2026-11.com.example:mail, an alias with up to 128 characters.")}
                : Explanation{tr("This is not a valid name for a portal group"),
                              tr("Use 1 to 128 characters, no control ones.")};
    case Reason::SessionsActive:
        if (v.sessions == 0)
            return {tr("Initiators are logged in to %1").arg(n.node), tr("Log them out first.")};
        return {v.method == Method::DeleteNode
                        ? tr("%n session(s) are logged in to %1", int(v.sessions)).arg(n.node)
                        : tr("%n session(s) run over what would be taken away: %1", int(v.sessions))
                                  .arg(takenAway(v, n)),
                v.origin == Origin::Policy ? tr("Log the initiators out first, or force it.")
                                           : tr("Log the initiators out first.")};
    default:
        return {};
    }
}

Explanation undecided(const Verdict &v, const Names &n)
{
    switch (v.reason) {
    case Reason::NotLoaded:
        return {tr("The server is still being read"), tr("Wait until all of it is shown.")};
    case Reason::NoGroups:
        return {tr("%1 does not tell its groups; it will accept or refuse this itself").arg(n.server), {}};
    case Reason::NoneGrouped:
        return {tr("Neither %1 nor the portals of %2 are in a group; %3 will accept or refuse this itself")
                        .arg(n.portal, n.endpoint, n.server),
                {}};
    case Reason::RoleUnknown:
        return {tr("%1 does not tell the role of %2; it will accept or refuse this itself").arg(n.server, n.endpoint),
                {}};
    default:
        return {tr("Whether %1 supports this shows when it is asked").arg(n.server), {}};
    }
}

/// What the codes of refusals mean: the same numbers mean different things in different methods.
Reason reasonOf(Method method, quint16 code)
{
    struct Meaning
    {
        quint16 code;
        Method method;
        Reason reason;
    };
    static constexpr Meaning meanings[] = {
            {4096, Method::Bind, Reason::NoSuchPortal},
            {4097, Method::Bind, Reason::AddressGone},
            {4098, Method::Bind, Reason::InUseInTarget},
            {4099, Method::Bind, Reason::OtherGroup},
            {6, Method::Unbind, Reason::NotBound},
            {7, Method::Unbind, Reason::NotSupported},
            {4096, Method::CreateEndpoint, Reason::NoSuchNode},
            {4097, Method::CreateEndpoint, Reason::RoleNotSupported},
            {4098, Method::CreateEndpoint, Reason::TagInUse},
            {4099, Method::CreateEndpoint, Reason::TagNotSelectable},
            {4100, Method::CreateEndpoint, Reason::NoSuchPortal},
            {4101, Method::CreateEndpoint, Reason::AddressGone},
            {4102, Method::CreateEndpoint, Reason::InUseInTarget},
            {4103, Method::CreateEndpoint, Reason::OtherGroup},
            {4096, Method::DeleteEndpoint, Reason::NoSuchEndpoint},
            {4096, Method::CreateNode, Reason::NotSupported},
            {4097, Method::CreateNode, Reason::NameInUse},
            {4096, Method::DeleteNode, Reason::NoSuchNode},
            {4097, Method::DeleteNode, Reason::SessionsActive},
            {4097, Method::CreatePortal, Reason::NameInUse},
            {4096, Method::DeletePortal, Reason::NoSuchPortal},
            {4097, Method::DeletePortal, Reason::StillBound},
            {4097, Method::CreateGroup, Reason::NameInUse},
            {4096, Method::RenameGroup, Reason::NoSuchGroup},
            {4097, Method::RenameGroup, Reason::NameInUse},
            {4096, Method::DeleteGroup, Reason::NoSuchGroup},
            {4099, Method::DeleteGroup, Reason::LosesCommonGroup},
            {4096, Method::JoinGroup, Reason::NoSuchPortal},
            {4097, Method::JoinGroup, Reason::NoSuchGroup},
            {4096, Method::LeaveGroup, Reason::NoSuchPortal},
            {4097, Method::LeaveGroup, Reason::NoSuchGroup},
            {4098, Method::LeaveGroup, Reason::NotAMember},
            {4099, Method::LeaveGroup, Reason::LosesCommonGroup},
    };
    for (const Meaning &meaning : meanings) {
        if (meaning.method == method && meaning.code == code)
            return meaning.reason;
    }
    return code == 1 && method != Method::Unbind ? Reason::NotSupported : Reason::ServerAnswered;
}

Explanation sentence(const Verdict &v, const Names &n);

/// A refusal by the server, in the words of the rule that it stands for.
Explanation answered(const Verdict &v, const Names &n)
{
    Verdict known = v;
    known.reason = reasonOf(v.method, v.code);
    if (known.reason == Reason::ServerAnswered)
        return {tr("%1 refused: %2").arg(n.server, codeSymbol(v.method, v.code)), tr("Refresh, and read the details.")};
    if (known.reason == Reason::OtherGroup && v.group.isNull() && v.otherGroup.isNull())
        return {tr("%1 belongs to another portal group than the portals of %2. A target port takes portals from one "
                   "group only")
                        .arg(n.portal, v.endpoint ? n.endpoint : tr("the endpoint")),
                tr("Refresh to see the groups, and choose portals of one of them.")};
    return sentence(known, n);
}

Explanation sentence(const Verdict &v, const Names &n)
{
    if (v.decision == Decision::ServerDecides)
        return undecided(v, n);
    switch (v.reason) {
    case Reason::None:
        return {what(v.method, n), {}};
    case Reason::Already:
        return already(v, n);
    case Reason::NotSupported:
        return notSupported(v, n);
    case Reason::WrongScope:
        return {tr("%1 does not support binding for one target: its portals are switched for all targets")
                        .arg(n.server),
                tr("Use All targets on this server.")};
    case Reason::Malformed:
        return malformed(v);
    case Reason::ServerAnswered:
        return answered(v, n);
    default:
        break;
    }
    const Explanation binding = bindingReason(v, n);
    return binding.reason.isEmpty() ? lifecycleReason(v, n) : binding;
}

} // namespace

Explanation explain(const Verdict &verdict, const Inventory &inventory)
{
    Explanation words = sentence(verdict, Names(verdict, inventory));
    if (verdict.isRefused() && verdict.code != 0)
        words.reason += QStringLiteral(" (%1)").arg(verdict.code);
    return words;
}

QString toString(Decision decision)
{
    switch (decision) {
    case Decision::Allowed:
        return QStringLiteral("allowed");
    case Decision::Refused:
        return QStringLiteral("refused");
    case Decision::ServerDecides:
        return QStringLiteral("server");
    }
    return {};
}

QString toString(Origin origin)
{
    return origin == Origin::Target ? QStringLiteral("target") : QStringLiteral("policy");
}

} // namespace portalbind
