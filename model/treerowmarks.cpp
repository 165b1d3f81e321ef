// SPDX-License-Identifier: Apache-2.0
#include "model/treerow.h"

namespace portalbind {

TreeMark TreeRow::mark() const
{
    if (!exists())
        return TreeMark::None;
    switch (m_kind) {
    case RowKind::Group:
    case RowKind::Node:
    case RowKind::Endpoint:
        return objectMark();
    case RowKind::Portal:
        return portalMark();
    case RowKind::Binding: {
        const bool now = m_inventory.bindsNow(binding());
        const bool before = m_inventory.bindsInBase(binding());
        return now == before ? TreeMark::None : now ? TreeMark::Added : TreeMark::Removed;
    }
    default:
        return TreeMark::None;
    }
}

TreeMark TreeRow::objectMark() const
{
    const Inventory &now = m_inventory.inventory();
    if (!now.hasPending())
        return TreeMark::None;
    const auto compared = [&](auto handle, auto isChanged) {
        if (!now.has(handle))
            return TreeMark::Removed;
        if (!m_inventory.inBase(handle))
            return TreeMark::Added;
        return isChanged(handle) ? TreeMark::Changed : TreeMark::None;
    };
    switch (m_kind) {
    case RowKind::Group:
        return compared(group(),
                        [&](GroupHandle h) { return now.base()->group(now.base()->row(h)).name != now.group(h).name; });
    case RowKind::Node:
        return compared(node(), [](NodeHandle) { return false; });
    case RowKind::Endpoint:
        return compared(endpoint(), [&](EndpointHandle h) { return now.isEnabledChanged(h); });
    default:
        return TreeMark::None;
    }
}

TreeMark TreeRow::portalMark() const
{
    if (!m_inventory.inventory().hasPending())
        return TreeMark::None;
    const Membership membership{GroupHandle{m_holder.handle}, portal()};
    const bool inGroup = m_holder.kind == RowKind::Group;
    const bool now = inGroup ? m_inventory.joinedNow(membership) : m_inventory.looseNow(portal());
    const bool before = inGroup ? m_inventory.joinedInBase(membership) : m_inventory.looseInBase(portal());
    if (now != before)
        return now ? TreeMark::Added : TreeMark::Removed;
    const PortalState state = portalState(m_inventory, portal());
    return state == PortalState::WillBeBound || state == PortalState::WillBeUnbound ? TreeMark::Changed
                                                                                    : TreeMark::None;
}

QString TreeRow::iconName() const
{
    if (!exists())
        return {};
    switch (m_kind) {
    case RowKind::Server:
        return QStringLiteral("server");
    case RowKind::PortalGroups:
    case RowKind::LoosePortals:
    case RowKind::Group:
        return QStringLiteral("portal-group");
    case RowKind::Targets:
        return QStringLiteral("target");
    case RowKind::Initiators:
        return QStringLiteral("initiator");
    case RowKind::Node:
        return m_inventory.node(node()).role == Role::Initiator ? QStringLiteral("initiator")
                                                                : QStringLiteral("target");
    case RowKind::Endpoint:
        if (isAllTargets())
            return QStringLiteral("all-targets");
        return m_inventory.endpoint(endpoint()).enabled ? QStringLiteral("endpoint")
                                                        : QStringLiteral("endpoint-disabled");
    case RowKind::Portal:
        return portalIcon();
    case RowKind::Binding:
        switch (mark()) {
        case TreeMark::Added:
            return QStringLiteral("will-bind");
        case TreeMark::Removed:
            return QStringLiteral("will-unbind");
        default:
            return portalIcon();
        }
    default:
        return {};
    }
}

QString TreeRow::portalIcon() const
{
    const PortalState state = portalState(m_inventory, portal());
    switch (state) {
    case PortalState::AddressGone:
        return QStringLiteral("portal-gone");
    case PortalState::Wildcard:
    case PortalState::WildcardFree:
        return QStringLiteral("portal-wildcard");
    case PortalState::WillBeBound:
        return QStringLiteral("will-bind");
    case PortalState::WillBeUnbound:
        return QStringLiteral("will-unbind");
    default:
        break;
    }
    if (m_inventory.portal(portal()).kind == PortalKind::Ip)
        return QStringLiteral("initiator-portal");
    return m_inventory.endpointCount(portal()) > 0 ? QStringLiteral("portal-bound") : QStringLiteral("portal-free");
}

} // namespace portalbind
