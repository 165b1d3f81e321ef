// SPDX-License-Identifier: Apache-2.0
// Rules for portal groups that the console keeps itself. No CIM method makes or changes groups, so the code tables are
// the console's own; 4099 means what it means for Bind.
#include "model/judging.h"
#include "model/rules.h"
#include "model/showntext.h"

namespace portalbind {

using namespace judging;

namespace {

constexpr quint16 nameInUse = 4097;
constexpr quint16 losesCommonGroup = 4099;
constexpr qsizetype maximumGroupNameLength = 128;

bool isEditable(const Inventory &inventory, GroupHandle group)
{
    const Group value = inventory.group(group);
    return !value.derived && inventory.has(value.server)
            && inventory.capabilities(value.server).groups == GroupSource::Editable;
}

/// Whether \a endpoint's portals would have nothing in common once \a portal left \a group. Leaving takes at most that
/// group out of the intersection.
bool losesCommon(const Inventory &inventory, EndpointHandle endpoint, GroupHandle group)
{
    std::vector<GroupHandle> scratch;
    const Inventory::Common common = inventory.common(endpoint, scratch);
    return common.groups.size() == 1 && common.groups.front() == group;
}

std::optional<Verdict> judgeLoss(const Inventory &inventory, PortalHandle portal, GroupHandle group, Verdict v)
{
    for (const EndpointHandle endpoint : inventory.endpointsBinding(portal)) {
        if (losesCommon(inventory, endpoint, group)) {
            v.other = endpoint;
            v.portal = portal;
            return enforced(inventory.capabilities(v.server).groupRule, v, losesCommonGroup, Reason::LosesCommonGroup);
        }
    }
    return std::nullopt;
}

/// What joining and leaving have in common: both ends exist, on one server, and the group can be edited.
std::optional<Verdict> judgeEnds(const Inventory &inventory, Verdict &v)
{
    constexpr quint16 noSuchPortal = 4096;
    constexpr quint16 noSuchGroup = 4097;
    if (!inventory.isComplete())
        return undecided(v, Reason::NotLoaded);
    if (!inventory.has(v.portal))
        return refused(v, noSuchPortal, Reason::NoSuchPortal);
    if (!inventory.has(v.group))
        return refused(v, noSuchGroup, Reason::NoSuchGroup);
    v.server = inventory.group(v.group).server;
    if (!isEditable(inventory, v.group))
        return refused(v, notSupported, Reason::ReadOnly);
    if (inventory.facts(v.portal).server != v.server)
        return refused(v, invalidParameter, Reason::OtherServer);
    return std::nullopt;
}

std::optional<Verdict> judgeName(const Inventory &inventory, const QString &name, const Verdict &v)
{
    if (name.trimmed().isEmpty() || name.size() > maximumGroupNameLength || !isShownAsItIs(name))
        return refused(v, invalidParameter, Reason::BadName);
    for (const GroupHandle other : inventory.groupsOf(v.server)) {
        if (other != v.group && inventory.group(other).name == name) {
            Verdict taken = refused(v, nameInUse, Reason::NameInUse);
            taken.otherGroup = other;
            return taken;
        }
    }
    return std::nullopt;
}

} // namespace

Verdict canJoinGroup(const Inventory &inventory, PortalHandle portal, GroupHandle group)
{
    Verdict v;
    v.method = Method::JoinGroup;
    v.portal = portal;
    v.group = group;
    if (const auto no = judgeEnds(inventory, v))
        return *no;
    if (inventory.isMember(group, portal)) {
        v.changesNothing = true;
        v.reason = Reason::Already;
    }
    // A further group never takes one out of what an endpoint's portals share, so no endpoint can lose its own.
    return v;
}

Verdict canLeaveGroup(const Inventory &inventory, PortalHandle portal, GroupHandle group)
{
    constexpr quint16 notAMember = 4098;
    Verdict v;
    v.method = Method::LeaveGroup;
    v.portal = portal;
    v.group = group;
    if (const auto no = judgeEnds(inventory, v))
        return *no;
    if (!inventory.isMember(group, portal))
        return refused(v, notAMember, Reason::NotAMember);
    return judgeLoss(inventory, portal, group, v).value_or(v);
}

Verdict canCreateGroup(const Inventory &inventory, const CreateGroup &o)
{
    constexpr quint16 noSuchServer = 4096;
    Verdict v;
    v.method = Method::CreateGroup;
    v.group = o.group;
    v.server = o.value.server;
    if (!inventory.isComplete())
        return undecided(v, Reason::NotLoaded);
    if (!inventory.has(v.server))
        return refused(v, noSuchServer, Reason::NoSuchServer);
    if (inventory.capabilities(v.server).groups != GroupSource::Editable)
        return refused(v, notSupported, Reason::ReadOnly);
    return judgeName(inventory, o.value.name, v).value_or(v);
}

Verdict canDeleteGroup(const Inventory &inventory, GroupHandle group)
{
    constexpr quint16 noSuchGroup = 4096;
    Verdict v;
    v.method = Method::DeleteGroup;
    v.group = group;
    if (!inventory.isComplete())
        return undecided(v, Reason::NotLoaded);
    if (!inventory.has(group))
        return refused(v, noSuchGroup, Reason::NoSuchGroup);
    v.server = inventory.group(group).server;
    if (!isEditable(inventory, group))
        return refused(v, notSupported, Reason::ReadOnly);
    for (const PortalHandle portal : inventory.portalsOf(group)) {
        if (const auto no = judgeLoss(inventory, portal, group, v))
            return *no;
    }
    return v;
}

Verdict canRenameGroup(const Inventory &inventory, GroupHandle group, const QString &name)
{
    constexpr quint16 noSuchGroup = 4096;
    Verdict v;
    v.method = Method::RenameGroup;
    v.group = group;
    if (!inventory.isComplete())
        return undecided(v, Reason::NotLoaded);
    if (!inventory.has(group))
        return refused(v, noSuchGroup, Reason::NoSuchGroup);
    const Group value = inventory.group(group);
    v.server = value.server;
    if (!isEditable(inventory, group))
        return refused(v, notSupported, Reason::ReadOnly);
    if (const auto no = judgeName(inventory, name, v))
        return *no;
    if (value.name == name) {
        v.changesNothing = true;
        v.reason = Reason::Already;
    }
    return v;
}

} // namespace portalbind
