// SPDX-License-Identifier: Apache-2.0
// What rules ask of an inventory.
#include "model/overlaid.h"

namespace portalbind {

using namespace overlaid;

namespace {

quint64 asNumber(const Snapshot::Binder &binder)
{
    return quint64(binder.node.value) << 32 | binder.endpoint.value;
}

quint32 asNumber(PortalHandle portal)
{
    return portal.value;
}

/// std::lower_bound without branches: a portal that serves thousands of endpoints makes the processor guess wrong at
/// every second one.
template <class T>
const T *lowerBound(std::span<const T> run, const T &key)
{
    const T *first = run.data();
    for (size_t left = run.size(); left > 0;) {
        const size_t half = (left + 1) / 2;
        first += asNumber(first[half - 1]) < asNumber(key) ? half : 0;
        left -= half;
    }
    return first;
}

template <class T>
bool contains(std::span<const T> run, const T &key)
{
    const T *at = lowerBound(run, key);
    return at != run.data() + run.size() && *at == key;
}

} // namespace

bool Inventory::binds(EndpointHandle endpoint, PortalHandle portal) const
{
    if (m_overlay) {
        if (m_overlay->bound.contains(endpoint, portal))
            return true;
        if (m_overlay->unbound.contains(endpoint, portal))
            return false;
    }
    const auto endpointRow = baseRow(m_base, endpoint);
    const auto portalRow = baseRow(m_base, portal);
    if (endpointRow == none || portalRow == none)
        return false;
    const auto binders = m_base->bindersOf(portalRow);
    const auto bound = m_base->portalsBoundBy(endpointRow);
    return bound.size() < binders.size() ? contains(bound, portal)
                                         : contains(binders, {m_base->endpointRow(endpointRow).node, endpoint});
}

bool Inventory::isMember(GroupHandle group, PortalHandle portal) const
{
    if (m_overlay) {
        if (m_overlay->joined.contains(group, portal))
            return true;
        if (m_overlay->left.contains(group, portal))
            return false;
    }
    const auto row = baseRow(m_base, group);
    if (row == none)
        return false;
    const auto members = m_base->portalsOf(row);
    return std::binary_search(members.begin(), members.end(), portal);
}

EndpointHandle Inventory::otherBinder(NodeHandle node, PortalHandle portal, EndpointHandle except,
                                      EndpointHandle alsoExcept) const
{
    if (node.isNull())
        return {};
    if (const auto row = baseRow(m_base, portal); row != none) {
        const auto binders = m_base->bindersOf(row);
        const Snapshot::Binder *end = binders.data() + binders.size();
        for (auto *at = lowerBound(binders, {node, {}}); at != end && at->node == node; ++at) {
            if (at->endpoint != except && at->endpoint != alsoExcept
                && !(m_overlay && m_overlay->unbound.contains(at->endpoint, portal)))
                return at->endpoint;
        }
    }
    if (m_overlay) {
        for (const auto &[boundPortal, endpointHandle] : m_overlay->bound.of(portal)) {
            if (endpointHandle != except && endpointHandle != alsoExcept && endpoint(endpointHandle).node == node)
                return endpointHandle;
        }
    }
    return {};
}

Inventory::PortalFacts Inventory::facts(PortalHandle h) const
{
    if (const auto row = baseRow(m_base, h); row != none) {
        const Snapshot::PortalRow &hot = m_base->portalRow(row);
        return {hot.server, hot.kind(), bool(hot.addressPresent), bool(hot.isTaken), bool(hot.isOffered)};
    }
    const Portal &created = m_overlay->portals.values.at(h);
    return {created.server, created.kind, created.addressPresent, !created.takenBy.isEmpty(), created.isOffered};
}

bool Inventory::isWildcard(PortalHandle h) const
{
    const auto row = baseRow(m_base, h);
    return (row != none ? m_base->portalAddress(row) : m_overlay->portals.values.at(h).address).ip.isWildcard();
}

const EndpointAccess *Inventory::access(EndpointHandle h) const
{
    return m_base && has(h) ? m_base->access(h) : nullptr;
}

Transport Inventory::transport(const Binding &binding) const
{
    return m_base ? m_base->transport(binding) : Transport();
}

Inventory::InTheWay Inventory::inTheWay(PortalHandle portal, NodeHandle node) const
{
    const Portal wanted = this->portal(portal);
    // A socket that is there is shared; only a target that has a portal of the other family refuses the wildcard then.
    const bool isShared = endpointCount(portal) > 0;
    if (isShared && !wanted.address.ip.isWildcard())
        return {};
    InTheWay found;
    int rank = 0; // of what is found: the kernel looks at the same target, then at all, then asks for the socket
    const auto consider = [&](PortalHandle other) {
        if (other == portal || !has(other) || endpointCount(other) == 0)
            return;
        const Portal value = this->portal(other);
        if (value.server != wanted.server || value.kind != wanted.kind || value.address.port != wanted.address.port)
            return;
        const bool sameFamily = value.address.ip.family() == wanted.address.ip.family();
        const bool isMistaken = wanted.address.ip.isWildcard() && !sameFamily;
        // What listens on :: takes IPv4 connections as well (net.ipv6.bindv6only is 0).
        if (!isMistaken && !sameFamily && value.address.ip.family() == IpAddress::Family::IPv4)
            return;
        const EndpointHandle inNode = isMistaken ? otherBinder(node, other, EndpointHandle()) : EndpointHandle();
        const int weight = inNode ? 3 : isMistaken ? 2 : 1;
        if (weight > rank && (!isShared || inNode)) {
            found = {other, inNode ? inNode : endpointsBinding(other).front(), isMistaken};
            rank = weight;
        }
    };
    if (wanted.address.ip.isWildcard()) {
        for (const PortalHandle other : portalsOf(wanted.server))
            consider(other);
        return found;
    }
    for (const PortalHandle other : m_base ? m_base->wildcards() : std::span<const PortalHandle>())
        consider(other);
    if (m_overlay) {
        for (const auto &[other, value] : m_overlay->portals.values) {
            if (value.address.ip.isWildcard())
                consider(other);
        }
    }
    return found;
}

bool Inventory::hasServerSwitch(ServerHandle h) const
{
    return m_base->hasServerSwitch(m_base->row(h));
}

std::span<const GroupHandle> Inventory::realGroups(PortalHandle portal, std::vector<GroupHandle> &scratch) const
{
    const auto row = baseRow(m_base, portal);
    const auto base = row == none ? std::span<const GroupHandle>() : m_base->realGroupsOf(row);
    if (!m_overlay || (m_overlay->joined.of(portal).empty() && m_overlay->left.of(portal).empty()))
        return base;
    scratch.assign(base.begin(), base.end());
    std::erase_if(scratch, [&](GroupHandle g) { return m_overlay->left.contains(g, portal); });
    for (const auto &[joined, joinedGroup] : m_overlay->joined.of(portal)) {
        if (!group(joinedGroup).derived)
            scratch.push_back(joinedGroup);
    }
    std::sort(scratch.begin(), scratch.end());
    return scratch;
}

Inventory::Common Inventory::common(EndpointHandle endpoint, std::vector<GroupHandle> &scratch) const
{
    const auto row = baseRow(m_base, endpoint);
    const bool moved = m_overlay
            && !(m_overlay->joined.isEmpty() && m_overlay->left.isEmpty() && m_overlay->bound.of(endpoint).empty()
                 && m_overlay->unbound.of(endpoint).empty());
    if (row == none || moved)
        return commonWithout(endpoint, {}, scratch);
    return {!m_base->portalsBoundBy(row).empty(), m_base->endpointRow(row).anyGrouped, m_base->commonGroupsOf(row)};
}

Inventory::Common Inventory::commonWithout(EndpointHandle endpoint, PortalHandle without,
                                           std::vector<GroupHandle> &scratch) const
{
    Common result;
    std::vector<GroupHandle> own;
    scratch.clear();
    for (const PortalHandle portal : portalsBoundBy(endpoint)) {
        if (portal == without)
            continue;
        const auto groups = realGroups(portal, own);
        result.anyGrouped = result.anyGrouped || !groups.empty();
        if (result.anyBound)
            keepCommon(scratch, groups);
        else
            scratch.assign(groups.begin(), groups.end());
        result.anyBound = true;
        if (scratch.empty() && result.anyGrouped)
            break;
    }
    result.groups = scratch;
    return result;
}

} // namespace portalbind
