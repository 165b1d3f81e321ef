// SPDX-License-Identifier: Apache-2.0
#include "model/report/reportnames.h"

#include "model/report/reporttext.h"

#include <QCoreApplication>

#include <algorithm>

namespace portalbind {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Report", text);
}

QString portalName(const Portal &portal)
{
    if (!portal.address.ip.isNull())
        return portal.address.toString();
    return portal.address.port ? tr("Port %1, address not told").arg(portal.address.port) : tr("Address not told");
}

QString endpointText(const Inventory &inventory, const Endpoint &endpoint)
{
    if (endpoint.scope == BindingScope::Server)
        return tr("All targets on this server");
    if (inventory.has(endpoint.node))
        return endpointName(inventory.node(endpoint.node), endpoint);
    return tr("Tag %1 of no target").arg(endpoint.tag);
}

template <class List, class TextOf>
void fill(std::vector<QByteArray> &texts, const List &handles, const std::stop_token &stop, TextOf textOf)
{
    quint32 most = 0;
    for (const auto h : handles)
        most = std::max(most, h.value);
    texts.resize(size_t(most) + 1);
    for (const auto h : handles) {
        if (stop.stop_requested())
            return;
        texts[h.value] = shownText(textOf(h));
    }
}

template <class List, class TextOf>
QByteArray joined(const List &handles, TextOf textOf)
{
    QByteArray result;
    for (const auto h : handles) {
        if (!result.isEmpty())
            result += '\n';
        result += textOf(h);
    }
    return result;
}

} // namespace

ReportNames::ReportNames(const Inventory &inventory, const std::stop_token &stop)
    : m_order(inventory)
    , m_bound{tr("bound").toUtf8(), ReportCell::Mark::Bound}
    , m_free{tr("free").toUtf8(), ReportCell::Mark::Free}
    , m_gone{tr("address is gone").toUtf8(), ReportCell::Mark::Gone}
{
    fill(m_servers, inventory.servers(), stop, [&](ServerHandle h) { return inventory.server(h).name; });
    fill(m_nodes, inventory.nodes(), stop, [&](NodeHandle h) { return inventory.node(h).name; });
    fill(m_endpoints, inventory.endpoints(), stop,
         [&](EndpointHandle h) { return endpointText(inventory, inventory.endpoint(h)); });
    fill(m_portals, inventory.portals(), stop, [&](PortalHandle h) { return portalName(inventory.portal(h)); });
    fill(m_groups, inventory.groups(), stop, [&](GroupHandle h) { return inventory.group(h).name; });
}

const ReportCell &ReportNames::state(PortalHandle h) const
{
    if (!inventory().facts(h).addressPresent)
        return m_gone;
    return inventory().endpointCount(h) > 0 ? m_bound : m_free;
}

QByteArray ReportNames::portals(const QList<PortalHandle> &portals) const
{
    return joined(m_order.sorted(portals), [this](PortalHandle h) -> const QByteArray & { return of(h); });
}

QByteArray ReportNames::groups(const QList<GroupHandle> &groups) const
{
    QList<GroupHandle> sorted = groups;
    std::sort(sorted.begin(), sorted.end(), [this](GroupHandle a, GroupHandle b) { return of(a) < of(b); });
    return joined(sorted, [this](GroupHandle h) -> const QByteArray & { return of(h); });
}

} // namespace portalbind
