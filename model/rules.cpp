// SPDX-License-Identifier: Apache-2.0
#include "model/rules.h"

#include "model/judging.h"

#include <algorithm>

namespace portalbind {

using namespace judging;

namespace {

constexpr quint16 noSuchPortal = 4096;
constexpr quint16 addressGone = 4097;
constexpr quint16 inUseInTarget = 4098;
constexpr quint16 otherGroup = 4099;

/// What canBind asks about the endpoint as it would be: for a move the old binding does not count, in a drop of many
/// the portals before this one do.
struct BindContext
{
    EndpointHandle movedFrom;
    const Inventory::Common *common = nullptr; ///< instead of the endpoint's own
};

/// Whether only the switch of its server serves this endpoint (WT_Portal).
bool isServedBySwitch(const Inventory &inventory, const Capabilities &can, const Endpoint &endpoint)
{
    return endpoint.scope == BindingScope::Endpoint && !can.bindsBesideSwitch
            && inventory.hasServerSwitch(endpoint.server);
}

/// R0 for the endpoint: is it the kind of thing that this server binds at all?
std::optional<Verdict> judgeSupport(const Inventory &inventory, const Capabilities &can, const Endpoint &endpoint,
                                    const Verdict &v)
{
    if (can.bind == Support::No)
        return refused(v, notSupported, Reason::NotSupported);
    if (isServedBySwitch(inventory, can, endpoint))
        return refused(v, notSupported, Reason::WrongScope);
    return std::nullopt;
}

/// Asks the memory for the rows that judging reads, all at once: at a million portals each is a miss of its own, and
/// waiting for them one after another takes most of the time.
class FetchAhead
{
public:
    FetchAhead(const Inventory &inventory, PortalHandle portal, EndpointHandle endpoint)
        : m_base(inventory.base().get())
        , m_portal(m_base->row(portal))
        , m_endpoint(m_base->row(endpoint))
    {
        if (m_portal != Snapshot::none) {
            __builtin_prefetch(&m_base->portalRow(m_portal));
            __builtin_prefetch(&m_base->portalRow(m_portal) + 1); // where its runs end
        }
        if (m_endpoint != Snapshot::none) {
            __builtin_prefetch(&m_base->endpointRow(m_endpoint));
            __builtin_prefetch(&m_base->endpointRow(m_endpoint) + 1);
        }
    }
    /// To be called when the rows are likely to be there.
    void runs() const
    {
        if (m_portal != Snapshot::none) {
            __builtin_prefetch(m_base->bindersOf(m_portal).data());
            __builtin_prefetch(m_base->groupsOf(m_portal).data());
        }
        if (m_endpoint != Snapshot::none)
            __builtin_prefetch(m_base->commonGroupsOf(m_endpoint).data());
    }

private:
    const Snapshot *m_base;
    Snapshot::Row m_portal, m_endpoint;
};

Verdict judgeBind(const Inventory &inventory, PortalHandle portalHandle, EndpointHandle endpointHandle,
                  const BindContext &context)
{
    Verdict v;
    v.portal = portalHandle;
    v.endpoint = endpointHandle;
    if (!inventory.isComplete())
        return undecided(v, Reason::NotLoaded);
    const FetchAhead ahead(inventory, portalHandle, endpointHandle);
    if (!inventory.has(endpointHandle)) { // R1, R3
        const bool malformed = portalHandle.isNull() || endpointHandle.isNull();
        return malformed ? refused(v, invalidParameter, Reason::Malformed)
                         : refused(v, noSuchPortal, Reason::NoSuchEndpoint);
    }
    const Endpoint endpoint = inventory.endpoint(endpointHandle);
    v.server = endpoint.server;
    v.node = endpoint.node;
    if (!inventory.has(endpoint.server))
        return undecided(v, Reason::SupportUnknown);
    const Capabilities &can = inventory.capabilities(endpoint.server);
    if (const auto no = judgeSupport(inventory, can, endpoint, v)) // R0
        return *no;
    if (portalHandle.isNull()) // R1
        return refused(v, invalidParameter, Reason::Malformed);
    if (!inventory.has(portalHandle)) // R2
        return refused(v, noSuchPortal, Reason::NoSuchPortal);
    ahead.runs();
    const Inventory::PortalFacts portal = inventory.facts(portalHandle);
    if (portal.server != endpoint.server) // R1: a reference into another server is none
        return refused(v, invalidParameter, Reason::OtherServer);
    if (const auto no = judgeKind(endpoint.role, portal.kind, v)) // R4
        return *no;
    if (inventory.binds(endpointHandle, portalHandle)) { // R8
        v.changesNothing = true;
        v.reason = Reason::Already;
        return v;
    }
    std::optional<Verdict> byPolicy; // stands only where the target itself has nothing against it
    if (portal.kind == PortalKind::Tcp && !portal.addressPresent) { // R5
        byPolicy = enforced(can.addressRule, v, addressGone, Reason::AddressGone);
        if (byPolicy && !byPolicy->canOverride())
            return *byPolicy;
    }
    if (endpoint.role == Role::Target) { // R6: the code's label speaks of a target's controller
        v.other = inventory.otherBinder(endpoint.node, portalHandle, endpointHandle, context.movedFrom);
        if (v.other)
            return refused(v, inUseInTarget, Reason::InUseInTarget);
        if (const auto no = judgePort(inventory, can, portalHandle, v, inUseInTarget))
            return *no;
        if (!byPolicy && can.exclusivePorts && inventory.isWildcard(portalHandle))
            byPolicy = refused(v, failed, Reason::Wildcard, Origin::Policy);
    }
    std::vector<GroupHandle> commonScratch, groupScratch;
    const auto common = context.common ? *context.common : inventory.common(endpointHandle, commonScratch);
    const auto byGroup = judgeGroups(can, common, inventory.realGroups(portalHandle, groupScratch), v, otherGroup);
    if (byGroup && byGroup->isRefused() && !(byPolicy && byGroup->canOverride())) // R7
        return *byGroup;
    if (byPolicy)
        return *byPolicy;
    // What is left cannot be decided from the data; the least certain predicate gives the reason.
    if (endpoint.role != Role::Target && endpoint.role != Role::Initiator)
        return undecided(v, Reason::RoleUnknown);
    if (byGroup)
        return *byGroup;
    return can.bind == Support::Unknown ? undecided(v, Reason::SupportUnknown) : v;
}

} // namespace

Verdict canBind(const Inventory &inventory, PortalHandle portal, EndpointHandle endpoint)
{
    return judgeBind(inventory, portal, endpoint, {});
}

Verdict canUnbind(const Inventory &inventory, PortalHandle portal, EndpointHandle endpointHandle)
{
    constexpr quint16 cimNotFound = 6;
    constexpr quint16 cimNotSupported = 7;
    Verdict v;
    v.method = Method::Unbind;
    v.portal = portal;
    v.endpoint = endpointHandle;
    if (!inventory.isComplete())
        return undecided(v, Reason::NotLoaded);
    if (!inventory.has(endpointHandle))
        return refused(v, cimNotFound, Reason::NoSuchEndpoint);
    const Endpoint endpoint = inventory.endpoint(endpointHandle);
    v.node = endpoint.node;
    v.server = endpoint.server;
    if (!inventory.has(portal))
        return refused(v, cimNotFound, Reason::NoSuchPortal);
    if (!inventory.binds(endpointHandle, portal)) // U1
        return refused(v, cimNotFound, Reason::NotBound);
    v.sessions = quint32(inventory.sessionsEndedBy(endpointHandle, portal).size()); // U5
    v.lastPortal = inventory.portalCount(endpointHandle) == 1; // U4
    if (!inventory.has(endpoint.server))
        return undecided(v, Reason::SupportUnknown);
    const Capabilities &can = inventory.capabilities(endpoint.server);
    if (can.unbind == Support::No) // U2
        return refused(v, cimNotSupported, Reason::NotSupported);
    if (isServedBySwitch(inventory, can, endpoint))
        return refused(v, cimNotSupported, Reason::WrongScope);
    return can.unbind == Support::Unknown ? undecided(v, Reason::SupportUnknown) : v;
}

Verdict canMove(const Inventory &inventory, PortalHandle portal, EndpointHandle from, EndpointHandle to)
{
    const Verdict leaving = canUnbind(inventory, portal, from);
    if (leaving.isRefused())
        return leaving;
    if (from == to) {
        Verdict v = canBind(inventory, portal, to);
        v.other = from;
        return v;
    }
    Verdict v = judgeBind(inventory, portal, to, {.movedFrom = from});
    if (v.isRefused())
        return v;
    if (v.isAllowed() && !leaving.isAllowed()) {
        v.decision = leaving.decision;
        v.reason = leaving.reason;
    }
    v.other = from;
    v.sessions = leaving.sessions;
    v.lastPortal = leaving.lastPortal;
    v.changesNothing = false; // bound at both: the move still unbinds
    return v;
}

BindAll::BindAll(Inventory inventory, QList<PortalHandle> portals, EndpointHandle endpoint)
    : m_inventory(std::move(inventory))
    , m_portals(std::move(portals))
    , m_endpoint(endpoint)
{
    if (!m_inventory.has(endpoint))
        return;
    std::vector<GroupHandle> scratch;
    const Inventory::Common common = m_inventory.common(endpoint, scratch);
    m_anyBound = common.anyBound;
    m_anyGrouped = common.anyGrouped;
    m_commonGroups.assign(common.groups.begin(), common.groups.end());
}

bool BindAll::judge(int most)
{
    std::vector<GroupHandle> scratch;
    while (!isDone() && most-- > 0) {
        const PortalHandle portal = m_portals[qsizetype(m_verdicts.size())];
        const Inventory::Common common{m_anyBound, m_anyGrouped, m_commonGroups};
        Verdict v = judgeBind(m_inventory, portal, m_endpoint, {.movedFrom = {}, .common = &common});
        const auto place = std::lower_bound(m_taken.begin(), m_taken.end(), portal);
        if (place != m_taken.end() && *place == portal) { // dragged twice, say from two groups
            Verdict already;
            already.portal = portal;
            already.endpoint = m_endpoint;
            already.node = v.node;
            already.server = v.server;
            already.reason = Reason::Already;
            already.changesNothing = true;
            v = already;
        } else if (!v.isRefused() && !v.changesNothing && v.reason != Reason::NotLoaded) {
            m_taken.insert(place, portal);
            const auto groups = m_inventory.realGroups(portal, scratch);
            m_anyGrouped = m_anyGrouped || !groups.empty();
            if (m_anyBound)
                keepCommon(m_commonGroups, groups);
            else
                m_commonGroups.assign(groups.begin(), groups.end());
            m_anyBound = true;
        }
        m_verdicts.push_back(v);
    }
    return isDone();
}

std::vector<Verdict> canBindAll(const Inventory &inventory, const QList<PortalHandle> &portals, EndpointHandle endpoint)
{
    BindAll all(inventory, portals, endpoint);
    all.judge(int(portals.size()));
    return all.verdicts();
}

Verdict unattended(Verdict verdict)
{
    if (verdict.sessions > 0 && !verdict.isRefused())
        return refused(verdict, verdict.code, Reason::SessionsActive, Origin::Policy);
    return verdict;
}

Verdict canDo(const Inventory &inventory, const Operation &operation)
{
    struct Judge
    {
        const Inventory &inventory;
        Verdict operator()(const Bind &o) const { return canBind(inventory, o.portal, o.endpoint); }
        Verdict operator()(const Unbind &o) const { return canUnbind(inventory, o.portal, o.endpoint); }
        Verdict operator()(const Move &o) const { return canMove(inventory, o.portal, o.from, o.to); }
        Verdict operator()(const CreatePortal &o) const { return canCreatePortal(inventory, o); }
        Verdict operator()(const DeletePortal &o) const { return canDeletePortal(inventory, o.portal); }
        Verdict operator()(const CreateGroup &o) const { return canCreateGroup(inventory, o); }
        Verdict operator()(const DeleteGroup &o) const { return canDeleteGroup(inventory, o.group); }
        Verdict operator()(const RenameGroup &o) const { return canRenameGroup(inventory, o.group, o.name); }
        Verdict operator()(const JoinGroup &o) const { return canJoinGroup(inventory, o.portal, o.group); }
        Verdict operator()(const LeaveGroup &o) const { return canLeaveGroup(inventory, o.portal, o.group); }
        Verdict operator()(const CreateNode &o) const { return canCreateNode(inventory, o); }
        Verdict operator()(const DeleteNode &o) const { return canDeleteNode(inventory, o.node); }
        Verdict operator()(const CreateEndpoint &o) const { return canCreateEndpoint(inventory, o); }
        Verdict operator()(const DeleteEndpoint &o) const { return canDeleteEndpoint(inventory, o.endpoint); }
        Verdict operator()(const SetEndpointEnabled &o) const
        {
            return canEnableEndpoint(inventory, o.endpoint, o.enabled);
        }
        Verdict operator()(const SaveForReboot &o) const { return canSave(inventory, o); }
    };
    return std::visit(Judge{inventory}, operation);
}

} // namespace portalbind
