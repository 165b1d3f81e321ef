// SPDX-License-Identifier: Apache-2.0
#include "model/treerow.h"

#include "model/iscsiname.h"

namespace portalbind {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("InventoryTree", text);
}

QString isidText(quint64 isid)
{
    return QStringLiteral("0x%1").arg(isid, 12, 16, QLatin1Char('0'));
}

QString tagText(quint64 tag)
{
    return QStringLiteral("0x%1").arg(tag, 4, 16, QLatin1Char('0'));
}

} // namespace

PortalState portalState(const TreeInventory &inventory, PortalHandle portal)
{
    const Inventory &now = inventory.inventory();
    if (!now.has(portal))
        return PortalState::WillBeDeleted;
    if (!inventory.inBase(portal))
        return PortalState::WillBeCreated;
    const int count = now.endpointCount(portal);
    if (now.hasPending()) {
        const int before = inventory.endpointCountInBase(portal);
        if (before == 0 && count > 0)
            return PortalState::WillBeBound;
        if (before > 0 && count == 0)
            return PortalState::WillBeUnbound;
    }
    if (inventory.address(portal).ip.isWildcard())
        return count > 0 ? PortalState::Wildcard : PortalState::WildcardFree;
    if (!now.facts(portal).addressPresent)
        return PortalState::AddressGone;
    return count > 0 ? PortalState::Bound : PortalState::Free;
}

QString stateText(PortalState state, bool ipv6)
{
    switch (state) {
    case PortalState::Bound:
        return tr("bound");
    case PortalState::Free:
        return tr("free");
    case PortalState::AddressGone:
        return tr("address gone");
    case PortalState::Wildcard:
        return ipv6 ? tr("wildcard: bound to every IPv6 address") : tr("wildcard: bound to every IPv4 address");
    case PortalState::WildcardFree:
        return ipv6 ? tr("wildcard IPv6, free") : tr("wildcard IPv4, free");
    case PortalState::WillBeBound:
        return tr("will be bound");
    case PortalState::WillBeUnbound:
        return tr("will be unbound");
    case PortalState::WillBeCreated:
        return tr("will be created");
    case PortalState::WillBeDeleted:
        return tr("will be deleted");
    }
    return {};
}

// Without a translation Qt does not choose plural forms, so the English singular is a text of its own.
QString portalCountText(int count)
{
    return count == 0    ? tr("no portals")
            : count == 1 ? tr("1 portal")
                         : QCoreApplication::translate("InventoryTree", "%Ln portals", nullptr, count);
}

QString endpointCountText(int count, bool lio)
{
    if (count == 0)
        return lio ? tr("no TPG") : tr("no endpoints");
    if (lio)
        return count == 1 ? tr("1 TPG") : QCoreApplication::translate("InventoryTree", "%Ln TPGs", nullptr, count);
    return count == 1 ? tr("1 endpoint")
                      : QCoreApplication::translate("InventoryTree", "%Ln endpoints", nullptr, count);
}

QString sessionCountText(int count)
{
    return count == 1 ? tr("1 session") : QCoreApplication::translate("InventoryTree", "%Ln sessions", nullptr, count);
}

bool TreeRow::exists() const
{
    switch (m_kind) {
    case RowKind::Server:
    case RowKind::PortalGroups:
    case RowKind::LoosePortals:
    case RowKind::Targets:
    case RowKind::Initiators:
        return m_inventory.has(server());
    case RowKind::Group:
        return m_inventory.has(group());
    case RowKind::Node:
        return m_inventory.has(node());
    case RowKind::Endpoint:
        return m_inventory.has(endpoint());
    case RowKind::Portal:
        return m_inventory.has(portal());
    case RowKind::Binding:
        return m_inventory.has(portal()) && m_inventory.has(binding().endpoint);
    default:
        return false;
    }
}

bool TreeRow::isLio(ServerHandle h) const
{
    return m_inventory.has(h) && m_inventory.server(h).dialect == Dialect::Lio;
}

bool TreeRow::isAllTargets() const
{
    return m_kind == RowKind::Endpoint && exists() && m_inventory.endpoint(endpoint()).scope == BindingScope::Server;
}

QString TreeRow::endpointTitle() const
{
    const Endpoint value = m_inventory.endpoint(endpoint());
    if (value.scope == BindingScope::Server) {
        const int targets = m_inventory.has(value.server) ? m_inventory.counts(value.server).targets : 0;
        return tr("All targets on this server (%L1)").arg(targets);
    }
    QString title;
    if (value.role == Role::Initiator)
        title = tr("ISID %1").arg(isidText(value.tag));
    else if (isLio(value.server))
        title = tr("TPG %1").arg(value.tag);
    else
        title = tr("Endpoint %1").arg(value.tag);
    const bool isOrphan = m_inventory.holderOf(endpoint()).kind != RowKind::Node;
    return isOrphan ? tr("%1 of no target").arg(title) : title;
}

QString TreeRow::name() const
{
    if (!exists())
        return {};
    switch (m_kind) {
    case RowKind::Server:
        return m_inventory.server(server()).name;
    case RowKind::PortalGroups:
        return isLio(server()) ? tr("Portal pools") : tr("Portal groups");
    case RowKind::LoosePortals:
        if (m_inventory.counts(server()).groups == 0)
            return tr("Portals");
        return isLio(server()) ? tr("Portals in no pool") : tr("Portals in no group");
    case RowKind::Targets:
        return tr("Targets");
    case RowKind::Initiators:
        return tr("Initiators");
    case RowKind::Group:
        return m_inventory.group(group()).name;
    case RowKind::Node: {
        const Node value = m_inventory.node(node());
        if (!value.name.isEmpty())
            return value.name;
        return value.alias.isEmpty() ? tr("Name chosen by the server") : value.alias;
    }
    case RowKind::Endpoint:
        return endpointTitle();
    case RowKind::Portal:
    case RowKind::Binding: {
        const PortalAddress value = m_inventory.address(portal());
        return value.ip.isNull() ? tr("Address not told") : value.toString();
    }
    default:
        return {};
    }
}

QString TreeRow::address() const
{
    if (!exists())
        return {};
    if (m_kind == RowKind::Server)
        return m_inventory.server(server()).host;
    if (m_kind == RowKind::Portal || m_kind == RowKind::Binding)
        return m_inventory.address(portal()).ip.toString();
    return {};
}

QString TreeRow::tag() const
{
    if (m_kind != RowKind::Endpoint || !exists() || isAllTargets())
        return {};
    const Endpoint value = m_inventory.endpoint(endpoint());
    return value.role == Role::Initiator ? isidText(value.tag) : QString::number(value.tag);
}

QString TreeRow::state() const
{
    if (!exists())
        return {};
    switch (m_kind) {
    case RowKind::Portal:
        return portalRowState();
    case RowKind::Binding:
        return bindingState();
    case RowKind::Endpoint:
        return endpointState();
    case RowKind::Group:
        if (objectMark() == TreeMark::Changed)
            return tr("will be renamed");
        if (objectMark() == TreeMark::None && m_inventory.group(group()).derived)
            return tr("as found");
        [[fallthrough]];
    case RowKind::Node:
        return objectMark() == TreeMark::Added      ? tr("will be created")
                : objectMark() == TreeMark::Removed ? tr("will be deleted")
                                                    : QString();
    default:
        return {};
    }
}

QString TreeRow::portalRowState() const
{
    const PortalState state = portalState(m_inventory, portal());
    if (state != PortalState::WillBeCreated && state != PortalState::WillBeDeleted) {
        const TreeMark mark = portalMark();
        const bool inGroup = m_holder.kind == RowKind::Group;
        if (mark == TreeMark::Added)
            return inGroup ? tr("will join") : tr("will be in no group");
        if (mark == TreeMark::Removed)
            return inGroup ? tr("will leave") : tr("will join a group");
    }
    if (state == PortalState::Free) {
        if (QString why = whyNotBindable(); !why.isEmpty())
            return why;
    }
    return stateText(state, m_inventory.address(portal()).ip.family() == IpAddress::Family::IPv6);
}

/// What a free portal is besides, where that keeps it from being bound.
QString TreeRow::whyNotBindable() const
{
    const Inventory &now = m_inventory.inventory();
    const ServerHandle server = m_inventory.serverOf(portal());
    if (!now.has(portal()) || !now.has(server) || !now.capabilities(server).exclusivePorts)
        return {};
    const Inventory::InTheWay other = now.inTheWay(portal(), NodeHandle());
    if (other.portal && now.isWildcard(other.portal))
        return tr("served through %1").arg(now.portal(other.portal).address.toString());
    return now.facts(portal()).isTaken ? tr("port in use by %1").arg(now.portal(portal()).takenBy) : QString();
}

QString TreeRow::bindingState() const
{
    switch (mark()) {
    case TreeMark::Added:
        return tr("will be bound");
    case TreeMark::Removed:
        return tr("will be unbound");
    default:
        break;
    }
    const PortalState state = portalState(m_inventory, portal());
    const EndpointAccess *access = m_inventory.inventory().access(binding().endpoint);
    const auto isDeaf = [this](const EndpointAccess::OddBinding &odd) {
        return odd.portal == portal() && !odd.listens;
    };
    if (access && std::any_of(access->bindings.begin(), access->bindings.end(), isDeaf))
        return tr("bound, nobody listens");
    const bool told = state == PortalState::AddressGone || state == PortalState::Wildcard;
    return told ? stateText(state, m_inventory.address(portal()).ip.family() == IpAddress::Family::IPv6) : tr("bound");
}

QString TreeRow::endpointState() const
{
    const bool enabled = m_inventory.endpoint(endpoint()).enabled;
    switch (objectMark()) {
    case TreeMark::Added:
        return tr("will be created");
    case TreeMark::Removed:
        return tr("will be deleted");
    case TreeMark::Changed:
        return enabled ? tr("will be enabled") : tr("will be disabled");
    case TreeMark::None:
        break;
    }
    return enabled ? tr("enabled") : tr("disabled");
}

QString TreeRow::usedBy() const
{
    if (!exists())
        return {};
    switch (m_kind) {
    case RowKind::Server:
        return m_inventory.inventory().hasServerSwitch(server()) ? tr("one switch for all targets") : QString();
    case RowKind::PortalGroups:
        return QLocale().toString(m_inventory.counts(server()).groups);
    case RowKind::LoosePortals:
        return portalCountText(m_inventory.counts(server()).loosePortals);
    case RowKind::Targets:
        return QLocale().toString(m_inventory.counts(server()).targets);
    case RowKind::Initiators:
        return QLocale().toString(m_inventory.counts(server()).initiators);
    case RowKind::Group:
        return portalCountText(m_inventory.portalCount(group()));
    case RowKind::Node:
        return endpointCountText(m_inventory.endpointCount(node()), isLio(m_inventory.node(node()).server));
    case RowKind::Endpoint: {
        const QString portals = portalCountText(m_inventory.portalCount(endpoint()));
        const int sessions = m_inventory.sessionCount(endpoint());
        return sessions == 0 ? portals : tr("%1 · %2").arg(portals, sessionCountText(sessions));
    }
    case RowKind::Portal: {
        const int endpoints = m_inventory.endpointCount(portal());
        return endpoints == 0 ? tr("nothing") : endpointCountText(endpoints, isLio(m_inventory.serverOf(portal())));
    }
    case RowKind::Binding: {
        const int sessions = m_inventory.sessionCount(binding());
        return sessions == 0 ? QString() : sessionCountText(sessions);
    }
    default:
        return {};
    }
}

QString TreeRow::identity() const
{
    if (!exists())
        return {};
    if (m_kind == RowKind::Portal || m_kind == RowKind::Binding)
        return m_inventory.address(portal()).toString();
    if (m_kind != RowKind::Endpoint || isAllTargets())
        return name();
    const Endpoint value = m_inventory.endpoint(endpoint());
    if (m_inventory.has(value.node))
        return endpointName(m_inventory.node(value.node), value);
    return value.role == Role::Initiator ? isidText(value.tag) : tagText(value.tag);
}

} // namespace portalbind
