// SPDX-License-Identifier: Apache-2.0
#include "model/judging.h"

#include <algorithm>

namespace portalbind::judging {

Verdict refused(Verdict v, quint16 code, Reason reason, Origin origin)
{
    v.decision = Decision::Refused;
    v.origin = origin;
    v.code = code;
    v.reason = reason;
    return v;
}

Verdict undecided(Verdict v, Reason reason)
{
    v.decision = Decision::ServerDecides;
    v.reason = reason;
    return v;
}

std::optional<Verdict> enforced(Enforcement who, const Verdict &v, quint16 code, Reason reason)
{
    if (who == Enforcement::Nobody)
        return std::nullopt;
    return refused(v, code, reason, who == Enforcement::Target ? Origin::Target : Origin::Policy);
}

std::optional<Verdict> judgeGroups(const Capabilities &can, const Inventory::Common &common,
                                   std::span<const GroupHandle> groups, Verdict v, quint16 code)
{
    if (!common.anyBound || can.groupRule == Enforcement::Nobody)
        return std::nullopt;
    const bool decidable = can.groups != GroupSource::None && (common.anyGrouped || !groups.empty());
    if (!decidable && can.groupRule == Enforcement::Policy) // policy refuses nothing that it cannot see
        return std::nullopt;
    if (can.groups == GroupSource::None)
        return undecided(v, Reason::NoGroups);
    if (!decidable)
        return undecided(v, Reason::NoneGrouped);
    for (const GroupHandle group : groups) {
        if (std::binary_search(common.groups.begin(), common.groups.end(), group))
            return std::nullopt;
    }
    v.group = groups.empty() ? GroupHandle() : groups.front();
    v.otherGroup = common.groups.empty() ? GroupHandle() : common.groups.front();
    return enforced(can.groupRule, v, code, Reason::OtherGroup);
}

std::optional<Verdict> judgePort(const Inventory &inventory, const Capabilities &can, PortalHandle portal, Verdict v,
                                 quint16 inUseInTarget)
{
    if (!can.exclusivePorts)
        return std::nullopt;
    if (const auto inTheWay = inventory.inTheWay(portal, v.node); inTheWay.portal) {
        v.otherPortal = inTheWay.portal;
        v.other = inTheWay.endpoint;
        const bool sameTarget = v.node && inventory.endpoint(inTheWay.endpoint).node == v.node;
        return refused(v, inTheWay.isMistaken && sameTarget ? inUseInTarget : failed, Reason::PortTaken);
    }
    if (inventory.facts(portal).isTaken && inventory.endpointCount(portal) == 0)
        return refused(v, failed, Reason::PortTaken);
    return std::nullopt;
}

std::optional<Verdict> judgeKind(Role role, PortalKind kind, const Verdict &v)
{
    if (role == Role::Target && kind != PortalKind::Tcp)
        return refused(v, invalidParameter, Reason::NeedsPortal);
    if (role == Role::Initiator && kind != PortalKind::Ip)
        return refused(v, invalidParameter, Reason::NeedsAddress);
    return std::nullopt;
}

} // namespace portalbind::judging
