// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/objectview.h"

#include "model/snapshotwords.h"

#include <QJsonArray>

namespace portalbind {
namespace {

QString key(const char *name)
{
    return QString::fromLatin1(name);
}

} // namespace

QString ObjectView::state(PortalHandle h) const
{
    if (!inventory().portal(h).addressPresent)
        return QStringLiteral("gone");
    return inventory().endpointCount(h) > 0 ? QStringLiteral("bound") : QStringLiteral("free");
}

QString ObjectView::tagText(const Endpoint &endpoint)
{
    return endpoint.role == Role::Initiator
            ? QLatin1String("0x") + QString::number(endpoint.tag, 16).rightJustified(12, u'0')
            : QString::number(endpoint.tag);
}

QList<GroupHandle> ObjectView::commonGroups(EndpointHandle h) const
{
    std::vector<GroupHandle> scratch;
    const auto groups = inventory().common(h, scratch).groups;
    return QList<GroupHandle>(groups.begin(), groups.end());
}

qsizetype ObjectView::sessionCount(const Binding &binding) const
{
    return inventory().sessionCount(binding.endpoint)
            ? inventory().sessionsOver(binding.endpoint, binding.portal).size()
            : 0;
}

QJsonObject ObjectView::object(ServerHandle h) const
{
    const Server server = inventory().server(h);
    const auto endpoints = m_order.endpointsOf(h);
    qsizetype bindings = 0, sessions = 0;
    for (const EndpointHandle e : endpoints) {
        bindings += inventory().portalCount(e);
        sessions += inventory().sessionCount(e);
    }
    return {{key("name"), m_names.nameOf(h)},
            {key("host"), server.host},
            {key("dialect"), schemaWord(server.dialect)},
            {key("nodeCount"), inventory().nodesOf(h).size()},
            {key("endpointCount"), endpoints.size()},
            {key("portalCount"), inventory().portalsOf(h).size()},
            {key("groupCount"), inventory().groupsOf(h).size()},
            {key("bindingCount"), bindings},
            {key("sessionCount"), sessions}};
}

QJsonObject ObjectView::object(NodeHandle h) const
{
    const Node node = inventory().node(h);
    return {{key("name"), m_names.nameOf(h)},
            {key("server"), inventory().server(node.server).name},
            {key("iqn"), node.name},
            {key("alias"), node.alias},
            {key("role"), schemaWord(node.role)},
            {key("endpointCount"), inventory().endpointsOf(h).size()}};
}

QJsonObject ObjectView::object(EndpointHandle h) const
{
    const Endpoint endpoint = inventory().endpoint(h);
    const QString iqn = inventory().has(endpoint.node) ? inventory().node(endpoint.node).name : QString();
    return {{key("name"), m_names.nameOf(h)},
            {key("server"), inventory().server(endpoint.server).name},
            {key("iqn"), iqn},
            {key("role"), schemaWord(endpoint.role)},
            {key("tag"), tagText(endpoint)},
            {key("enabled"), endpoint.enabled},
            {key("scope"), schemaWord(endpoint.scope)},
            {key("groups"), QJsonArray::fromStringList(namesOf(commonGroups(h)))},
            {key("portalCount"), inventory().portalCount(h)},
            {key("sessionCount"), inventory().sessionCount(h)}};
}

QJsonObject ObjectView::object(PortalHandle h) const
{
    const Portal portal = inventory().portal(h);
    return {{key("name"), m_names.nameOf(h)},
            {key("server"), inventory().server(portal.server).name},
            {key("kind"), schemaWord(portal.kind)},
            {key("address"), portal.address.ip.toString()},
            {key("port"), portal.address.port},
            {key("interface"), portal.nic},
            {key("addressPresent"), portal.addressPresent},
            {key("state"), state(h)},
            {key("groups"), QJsonArray::fromStringList(namesOf(inventory().groupsOf(h)))},
            {key("endpointCount"), inventory().endpointCount(h)}};
}

QJsonObject ObjectView::object(GroupHandle h) const
{
    const Group group = inventory().group(h);
    return {{key("name"), m_names.nameOf(h)},
            {key("server"), inventory().server(group.server).name},
            {key("derived"), group.derived},
            {key("portalCount"), inventory().portalCount(h)}};
}

QJsonObject ObjectView::object(const Binding &binding) const
{
    return {{key("server"), inventory().server(inventory().endpoint(binding.endpoint).server).name},
            {key("endpoint"), m_names.nameOf(binding.endpoint)},
            {key("portal"), m_names.nameOf(binding.portal)},
            {key("state"), state(binding.portal)},
            {key("sessionCount"), sessionCount(binding)}};
}

QJsonObject ObjectView::object(SessionHandle h) const
{
    const LoginSession session = inventory().session(h);
    const bool hasPortal = inventory().has(session.portal);
    return {{key("server"), inventory().server(inventory().endpoint(session.endpoint).server).name},
            {key("initiator"), session.initiator},
            {key("from"), session.from},
            {key("endpoint"), m_names.nameOf(session.endpoint)},
            {key("portal"), hasPortal ? QJsonValue(m_names.nameOf(session.portal)) : QJsonValue()}};
}

} // namespace portalbind
