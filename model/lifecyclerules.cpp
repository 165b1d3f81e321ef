// SPDX-License-Identifier: Apache-2.0
// Rules for creating, deleting and enabling nodes, endpoints and portals.
#include "model/iscsiname.h"
#include "model/judging.h"
#include "model/rules.h"
#include "model/showntext.h"

namespace portalbind {

using namespace judging;

namespace {

constexpr qsizetype maximumAliasLength = 128; // CreateiSCSINode.Alias
constexpr qsizetype maximumInterfaceLength = 128;

/// NotLoaded and a missing server come before anything else; \a missing is the method's code for the latter.
std::optional<Verdict> judgeServer(const Inventory &inventory, ServerHandle server, const Verdict &v, quint16 missing)
{
    if (!inventory.isComplete())
        return undecided(v, Reason::NotLoaded);
    if (!inventory.has(server))
        return refused(v, missing, Reason::NoSuchServer);
    return std::nullopt;
}

/// Roles and tags of CreateiSCSIProtocolEndpoint, before its portals are looked at.
std::optional<Verdict> judgeNewEndpoint(const Inventory &inventory, const CreateEndpoint &o, const Capabilities &can,
                                        const Verdict &v)
{
    constexpr quint16 roleNotSupported = 4097;
    constexpr quint16 tagInUse = 4098;
    constexpr quint16 tagNotSelectable = 4099;
    const Endpoint &value = o.value;
    if (value.role != Role::Target && value.role != Role::Initiator)
        return refused(v, invalidParameter, Reason::Malformed);
    const quint64 mostTag = value.role == Role::Target ? maximumTargetTag : maximumInitiatorTag;
    if (o.chooseTag && value.tag > mostTag)
        return refused(v, invalidParameter, Reason::TagOutOfRange);
    const Role nodeRole = inventory.node(value.node).role;
    const bool otherRole = nodeRole != value.role && nodeRole != Role::Both && nodeRole != Role::Unknown;
    if (otherRole || (value.role == Role::Initiator && !can.initiatorNodes))
        return refused(v, roleNotSupported, Reason::RoleNotSupported);
    if (!o.chooseTag)
        return std::nullopt;
    if (!can.chooseTag)
        return refused(v, tagNotSelectable, Reason::TagNotSelectable);
    for (const EndpointHandle other : inventory.endpointsOf(value.node)) {
        if (other != o.endpoint && inventory.endpoint(other).tag == value.tag) {
            Verdict taken = refused(v, tagInUse, Reason::TagInUse);
            taken.other = other;
            return taken;
        }
    }
    return std::nullopt;
}

/// The portals of CreateiSCSIProtocolEndpoint: each predicate for all of them, in the order of Bind's.
class FirstPortals
{
public:
    FirstPortals(const Inventory &inventory, const CreateEndpoint &operation, const Capabilities &can, const Verdict &v)
        : m_inventory(inventory)
        , m_operation(operation)
        , m_can(can)
        , m_verdict(v)
    {
    }

    Verdict judge()
    {
        for (const auto predicate : {&FirstPortals::exist, &FirstPortals::haveAddresses, &FirstPortals::areFree,
                                     &FirstPortals::havePorts, &FirstPortals::shareGroup}) {
            if (const auto no = (this->*predicate)())
                return *no;
        }
        return m_byPolicy ? *m_byPolicy : m_undecided.value_or(m_verdict);
    }

private:
    Verdict about(PortalHandle portal) const
    {
        Verdict v = m_verdict;
        v.portal = portal;
        return v;
    }

    /// A refusal by the target ends the judging; one by policy stands only if no target rule refuses later.
    bool ends(const std::optional<Verdict> &no)
    {
        if (!no || (no->isRefused() && !no->canOverride()))
            return no.has_value();
        auto &kept = no->isRefused() ? m_byPolicy : m_undecided;
        if (!kept)
            kept = no;
        return false;
    }

    std::optional<Verdict> exist()
    {
        constexpr quint16 noSuchPortal = 4100;
        for (const PortalHandle portal : m_operation.portals) {
            if (!m_inventory.has(portal))
                return refused(about(portal), noSuchPortal, Reason::NoSuchPortal);
            const auto facts = m_inventory.facts(portal);
            if (facts.server != m_verdict.server)
                return refused(about(portal), invalidParameter, Reason::OtherServer);
            if (const auto no = judgeKind(m_operation.value.role, facts.kind, about(portal)))
                return no;
        }
        return std::nullopt;
    }

    std::optional<Verdict> haveAddresses()
    {
        constexpr quint16 addressGone = 4101;
        for (const PortalHandle portal : m_operation.portals) {
            const auto facts = m_inventory.facts(portal);
            if (facts.kind != PortalKind::Tcp || facts.addressPresent)
                continue;
            if (const auto no = enforced(m_can.addressRule, about(portal), addressGone, Reason::AddressGone); ends(no))
                return no;
        }
        return std::nullopt;
    }

    std::optional<Verdict> areFree()
    {
        constexpr quint16 inUseInTarget = 4102;
        if (m_operation.value.role != Role::Target)
            return std::nullopt;
        for (const PortalHandle portal : m_operation.portals) {
            Verdict v = about(portal);
            v.other = m_inventory.otherBinder(m_operation.value.node, portal, m_operation.endpoint);
            if (v.other)
                return refused(v, inUseInTarget, Reason::InUseInTarget);
        }
        return std::nullopt;
    }

    std::optional<Verdict> havePorts()
    {
        constexpr quint16 inUseInTarget = 4102;
        for (const PortalHandle portal : m_operation.portals) {
            if (const auto no = judgePort(m_inventory, m_can, portal, about(portal), inUseInTarget))
                return no;
            if (m_can.exclusivePorts && m_inventory.isWildcard(portal))
                ends(refused(about(portal), failed, Reason::Wildcard, Origin::Policy));
        }
        return std::nullopt;
    }

    std::optional<Verdict> shareGroup()
    {
        constexpr quint16 otherGroup = 4103;
        std::vector<GroupHandle> shared, scratch;
        Inventory::Common common;
        for (const PortalHandle portal : m_operation.portals) {
            const auto groups = m_inventory.realGroups(portal, scratch);
            if (const auto no = judgeGroups(m_can, common, groups, about(portal), otherGroup); ends(no))
                return no;
            if (common.anyBound)
                keepCommon(shared, groups);
            else
                shared.assign(groups.begin(), groups.end());
            common = {true, common.anyGrouped || !groups.empty(), shared};
        }
        return std::nullopt;
    }

    const Inventory &m_inventory;
    const CreateEndpoint &m_operation;
    const Capabilities &m_can;
    const Verdict m_verdict;
    std::optional<Verdict> m_byPolicy;
    std::optional<Verdict> m_undecided;
};

bool isWellFormed(const Portal &portal)
{
    if (portal.address.ip.isNull() || !portal.address.ip.isForPortals())
        return false;
    return portal.kind == PortalKind::Tcp ? portal.address.port > 0
                                          : portal.address.port == 0 && !portal.address.ip.isWildcard();
}

/// What nothing hangs on: the console removes no LUN, no ACL and no secret, and cuts nobody off in passing.
bool isEmpty(const Inventory &inventory, EndpointHandle endpoint)
{
    const EndpointAccess *access = inventory.access(endpoint);
    return inventory.portalCount(endpoint) == 0 && inventory.sessionCount(endpoint) == 0
            && (!access || (access->luns.isEmpty() && access->initiators.isEmpty()));
}

} // namespace

Verdict canCreateEndpoint(const Inventory &inventory, const CreateEndpoint &o)
{
    constexpr quint16 noSuchNode = 4096;
    Verdict v;
    v.method = Method::CreateEndpoint;
    v.endpoint = o.endpoint;
    v.node = o.value.node;
    v.server = o.value.server;
    if (!inventory.isComplete())
        return undecided(v, Reason::NotLoaded);
    if (o.value.node.isNull() || o.endpoint.isNull())
        return refused(v, invalidParameter, Reason::Malformed);
    if (!inventory.has(o.value.node))
        return refused(v, noSuchNode, Reason::NoSuchNode);
    v.server = inventory.node(o.value.node).server;
    if (!inventory.has(v.server))
        return undecided(v, Reason::SupportUnknown);
    const Capabilities &can = inventory.capabilities(v.server);
    if (!can.createEndpoint)
        return refused(v, notSupported, Reason::NotSupported);
    if (const auto no = judgeNewEndpoint(inventory, o, can, v))
        return *no;
    return FirstPortals(inventory, o, can, v).judge();
}

Verdict canDeleteEndpoint(const Inventory &inventory, EndpointHandle endpoint)
{
    constexpr quint16 noSuchEndpoint = 4096;
    Verdict v;
    v.method = Method::DeleteEndpoint;
    v.endpoint = endpoint;
    if (!inventory.isComplete())
        return undecided(v, Reason::NotLoaded);
    if (!inventory.has(endpoint))
        return refused(v, noSuchEndpoint, Reason::NoSuchEndpoint);
    const Endpoint value = inventory.endpoint(endpoint);
    v.node = value.node;
    v.server = value.server;
    v.sessions = quint32(inventory.sessionCount(endpoint));
    if (!inventory.has(value.server))
        return undecided(v, Reason::SupportUnknown);
    const Capabilities &can = inventory.capabilities(value.server);
    if (!can.createEndpoint || value.scope == BindingScope::Server)
        return refused(v, notSupported, Reason::NotSupported);
    return can.bareEndpoints && !isEmpty(inventory, endpoint) ? refused(v, failed, Reason::NotEmpty) : v;
}

Verdict canCreateNode(const Inventory &inventory, const CreateNode &o)
{
    constexpr quint16 creationNotSupported = 4096;
    constexpr quint16 nameInUse = 4097;
    Verdict v;
    v.method = Method::CreateNode;
    v.node = o.node;
    v.server = o.value.server;
    if (const auto no = judgeServer(inventory, o.value.server, v, invalidParameter))
        return *no;
    const Capabilities &can = inventory.capabilities(o.value.server);
    if (!can.createNode)
        return refused(v, creationNotSupported, Reason::NotSupported);
    const bool initiator = o.value.role == Role::Initiator;
    if ((!initiator && o.value.role != Role::Target) || (initiator && !can.initiatorNodes))
        return refused(v, invalidParameter, Reason::RoleNotSupported);
    if (!o.value.name.isEmpty() && !can.chooseNodeName)
        return refused(v, invalidParameter, Reason::NameNotSelectable);
    const bool badName = !o.value.name.isEmpty() && parseIscsiName(o.value.name).value_or(QString()) != o.value.name;
    if (badName || o.value.alias.size() > maximumAliasLength || !isShownAsItIs(o.value.alias))
        return refused(v, invalidParameter, Reason::BadName);
    for (const NodeHandle other : inventory.nodesOf(o.value.server)) {
        const Node node = inventory.node(other);
        const bool sameName = !o.value.name.isEmpty() && node.name == o.value.name;
        if (other != o.node && (sameName || (!o.value.alias.isEmpty() && node.alias == o.value.alias))) {
            v.node = other;
            return refused(v, nameInUse, Reason::NameInUse);
        }
    }
    return v;
}

Verdict canDeleteNode(const Inventory &inventory, NodeHandle node)
{
    constexpr quint16 noSuchNode = 4096;
    constexpr quint16 sessionsActive = 4097;
    Verdict v;
    v.method = Method::DeleteNode;
    v.node = node;
    if (!inventory.isComplete())
        return undecided(v, Reason::NotLoaded);
    if (!inventory.has(node))
        return refused(v, noSuchNode, Reason::NoSuchNode);
    v.server = inventory.node(node).server;
    if (!inventory.has(v.server))
        return undecided(v, Reason::SupportUnknown);
    const Capabilities &can = inventory.capabilities(v.server);
    if (!can.createNode)
        return refused(v, notSupported, Reason::NotSupported);
    const auto endpoints = inventory.endpointsOf(node);
    for (const EndpointHandle endpoint : endpoints) {
        const auto count = quint32(inventory.sessionCount(endpoint));
        if (count > 0 && v.sessions == 0)
            v.endpoint = endpoint;
        v.sessions += count;
    }
    if (v.sessions > 0)
        return refused(v, sessionsActive, Reason::SessionsActive);
    return can.bareEndpoints && !endpoints.isEmpty() ? refused(v, failed, Reason::NotEmpty) : v;
}

Verdict canEnableEndpoint(const Inventory &inventory, EndpointHandle endpoint, bool enabled)
{
    Verdict v;
    v.method = Method::EnableEndpoint;
    v.endpoint = endpoint;
    if (!inventory.isComplete())
        return undecided(v, Reason::NotLoaded);
    if (!inventory.has(endpoint))
        return refused(v, invalidParameter, Reason::NoSuchEndpoint);
    const Endpoint value = inventory.endpoint(endpoint);
    v.node = value.node;
    v.server = value.server;
    if (!inventory.has(value.server))
        return undecided(v, Reason::SupportUnknown);
    if (!inventory.capabilities(value.server).enableEndpoint)
        return refused(v, notSupported, Reason::NotSupported);
    if (value.enabled == enabled) {
        v.changesNothing = true;
        v.reason = Reason::Already;
    } else if (!enabled) {
        v.sessions = quint32(inventory.sessionCount(endpoint));
    }
    return v;
}

Verdict canSave(const Inventory &inventory, const SaveForReboot &o)
{
    Verdict v;
    v.method = Method::SaveForReboot;
    v.server = o.server;
    if (const auto no = judgeServer(inventory, o.server, v, invalidParameter))
        return *no;
    if (!inventory.capabilities(o.server).savesForReboot)
        return refused(v, notSupported, Reason::NotSupported);
    return inventory.server(o.server).saved.whyNot.isEmpty() ? v : refused(v, failed, Reason::CannotSave);
}

Verdict canCreatePortal(const Inventory &inventory, const CreatePortal &o)
{
    constexpr quint16 noSuchServer = 4096;
    constexpr quint16 addressInUse = 4097;
    Verdict v;
    v.method = Method::CreatePortal;
    v.portal = o.portal;
    v.server = o.value.server;
    if (const auto no = judgeServer(inventory, o.value.server, v, noSuchServer))
        return *no;
    const Capabilities &can = inventory.capabilities(o.value.server);
    if (!can.editPortals)
        return refused(v, notSupported, Reason::ReadOnly);
    if (!isWellFormed(o.value))
        return refused(v, invalidParameter, Reason::Malformed);
    if (o.value.nic.size() > maximumInterfaceLength || !isShownAsItIs(o.value.nic))
        return refused(v, invalidParameter, Reason::BadName);
    for (const PortalHandle other : inventory.portalsOf(o.value.server)) {
        const Portal portal = inventory.portal(other);
        if (other != o.portal && portal.kind == o.value.kind && portal.address == o.value.address) {
            v.portal = other;
            return refused(v, addressInUse, Reason::NameInUse);
        }
    }
    return v;
}

Verdict canDeletePortal(const Inventory &inventory, PortalHandle portal)
{
    constexpr quint16 noSuchPortal = 4096;
    constexpr quint16 stillBound = 4097;
    Verdict v;
    v.method = Method::DeletePortal;
    v.portal = portal;
    if (!inventory.isComplete())
        return undecided(v, Reason::NotLoaded);
    if (!inventory.has(portal))
        return refused(v, noSuchPortal, Reason::NoSuchPortal);
    v.server = inventory.facts(portal).server;
    if (!inventory.has(v.server))
        return undecided(v, Reason::SupportUnknown);
    if (!inventory.capabilities(v.server).editPortals)
        return refused(v, notSupported, Reason::ReadOnly);
    const auto endpoints = inventory.endpointsBinding(portal);
    if (!endpoints.isEmpty()) {
        v.other = endpoints.front();
        return refused(v, stillBound, Reason::StillBound);
    }
    return inventory.facts(portal).isOffered ? refused(v, failed, Reason::NothingThere) : v;
}

} // namespace portalbind
