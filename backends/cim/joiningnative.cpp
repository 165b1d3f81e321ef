// SPDX-License-Identifier: Apache-2.0
// Windows' own model in root/wmi: portals are switched for all targets of the server at once.
#include "backends/cim/joining.h"

#include "backends/cim/cimtypes.h"

#include <QCoreApplication>

namespace portalbind::cim {
namespace {

// There is one of each on a server, without a key of its own.
constexpr char generalId[] = "wt_general";
constexpr char switchId[] = "wt_portal.listen";

std::string addressKey(const PortalAddress &address)
{
    return address.toString().toStdString();
}

} // namespace

Capabilities Joining::nativeCapabilities(Capabilities can)
{
    can.bind = Support::Yes; // of the switch; the endpoints of single targets have another scope
    can.unbind = Support::Yes;
    can.groups = GroupSource::None;
    can.groupRule = Enforcement::Nobody; // any number of addresses may listen
    return can;
}

ServerHandle Joining::nativeServer()
{
    // The provider runs on one machine: all systems that its SMI-S side shows are that one.
    if (!m_serverHandles.empty())
        return m_serverHandles.front();
    Server server;
    server.capabilities = nativeCapabilities({});
    server.name = m_tables.wtGeneral && !m_tables.wtGeneral->name.isEmpty() ? m_tables.wtGeneral->name : m_context.host;
    server.host = m_context.host;
    server.dialect = Dialect::WindowsNative;
    m_catalogue.servers[generalId];
    return m_builder.addServer(QByteArrayView(generalId), std::move(server));
}

std::unordered_map<std::string, PortalHandle> Joining::portalsByAddress() const
{
    std::unordered_map<std::string, PortalHandle> portals;
    for (quint32 row = 0; row < m_tcpAddresses.size(); ++row) {
        if (!m_tcpAddresses[row].ip.isNull())
            portals.emplace(addressKey(m_tcpAddresses[row]), m_tcps[row]);
    }
    return portals;
}

void Joining::addNativePortals(ServerHandle server, EndpointHandle all)
{
    const auto smis = portalsByAddress();
    for (quint32 row = 0; row < m_tables.wtPortals.rows.size(); ++row) {
        const WtPortalRow &from = m_tables.wtPortals.rows[row];
        const quint32 key = m_tables.wtPortals.keys[row];
        PortalHandle portal;
        if (const auto twin = smis.find(addressKey(from.address)); twin != smis.end()) {
            portal = twin->second;
        } else {
            Portal value;
            value.server = server;
            value.address = from.address;
            value.addressPresent = !from.address.ip.isNull(); // rows come and go with the addresses of the host
            portal = m_builder.addPortal(id(key), std::move(value));
        }
        const QByteArray portalId = m_context.ids->id(portal);
        m_catalogue.nativePortals.insert_or_assign(portalId.toStdString(), std::string(keyText(key)));
        if (from.listen)
            m_builder.bind(all, portal);
    }
}

void Joining::addNativeHosts(ServerHandle server)
{
    for (quint32 row = 0; row < m_tables.endpoints.rows.size(); ++row) {
        const quint32 node = m_nodeOfEndpoint[row];
        if (node == none || !m_nodes[node])
            continue;
        const QString name = m_tables.nodes.rows[node].name.toLower();
        const auto [at, isNew] = m_endpointOfTarget.try_emplace(name, m_endpoints[row]);
        if (!isNew)
            at->second = {};
    }
    std::unordered_map<QString, bool> shown;
    for (const NodeRow &node : m_tables.nodes.rows)
        shown.emplace(node.name.toLower(), true);
    for (quint32 row = 0; row < m_tables.wtHosts.rows.size(); ++row) {
        const WtHostRow &host = m_tables.wtHosts.rows[row];
        if (!host.iqn.isEmpty() && shown.count(host.iqn.toLower()))
            continue;
        const QByteArrayView hostId = id(m_tables.wtHosts.keys[row]);
        Node node;
        node.server = server;
        node.name = host.iqn.isEmpty() ? host.name : host.iqn;
        node.alias = host.name;
        Endpoint endpoint; // stands for the target's only port, to show its state and sessions
        endpoint.server = server;
        endpoint.node = m_builder.addNode(hostId, node);
        endpoint.enabled = host.enabled;
        endpoint.tag = 1;
        const EndpointHandle handle = m_builder.addEndpoint(hostId, endpoint);
        m_endpointOfTarget.insert_or_assign(host.iqn.toLower(), handle);
        if (host.iqn.isEmpty())
            m_endpointOfTarget.insert_or_assign(host.name.toLower(), handle);
    }
}

void Joining::addNativeSessions()
{
    if (!m_tables.sessions.rows.empty())
        return; // the SMI-S side tells the same
    std::unordered_map<std::string, PortalHandle> portals = portalsByAddress();
    for (quint32 row = 0; row < m_tables.wtPortals.rows.size(); ++row) {
        const auto handle = m_context.ids->find<PortalHandle>(id(m_tables.wtPortals.keys[row]));
        if (handle && m_builder.has(handle))
            portals.emplace(addressKey(m_tables.wtPortals.rows[row].address), handle);
    }
    for (quint32 row = 0; row < m_tables.wtSessions.rows.size(); ++row) {
        const WtSessionRow &from = m_tables.wtSessions.rows[row];
        auto target = m_endpointOfTarget.find(from.iqn.toLower());
        if (target == m_endpointOfTarget.end())
            target = m_endpointOfTarget.find(from.host.toLower());
        if (from.discovery || target == m_endpointOfTarget.end() || !target->second)
            continue;
        LoginSession session;
        session.endpoint = target->second;
        session.initiator = from.initiator;
        const QByteArrayView sessionId = id(m_tables.wtSessions.keys[row]);
        std::vector<std::pair<PortalHandle, QString>> ways;
        for (const WtSessionRow::Path &path : from.paths) {
            const auto portal = portals.find(addressKey(path.target));
            ways.emplace_back(portal == portals.end() ? PortalHandle() : portal->second, path.from);
        }
        if (ways.empty())
            ways.emplace_back();
        for (size_t i = 0; i < ways.size(); ++i) {
            session.portal = ways[i].first;
            session.from = ways[i].second;
            QByteArray wayId = sessionId.toByteArray();
            if (i > 0)
                wayId += "#" + QByteArray::number(qlonglong(i));
            m_builder.addSession(wayId, session);
        }
    }
}

void Joining::addNative()
{
    const ServerHandle server = nativeServer();
    Endpoint everyTarget;
    everyTarget.server = server;
    everyTarget.scope = BindingScope::Server;
    const EndpointHandle all = m_builder.addEndpoint(QByteArrayView(switchId), everyTarget);
    m_catalogue.servers[m_context.ids->id(server).toStdString()].switchEndpoint = switchId;
    addNativePortals(server, all);
    addNativeHosts(server);
    addNativeSessions();
    const auto tell = [this](const QString &note) { m_catalogue.notes.append(note); };
    if (m_tables.wtGeneral && m_tables.wtGeneral->clustered)
        tell(QCoreApplication::translate(
                     "CimBackend",
                     "%1 is a node of a failover cluster: it shows the targets of the resource groups that it owns "
                     "now. Connect to the network name of a resource group to reach its targets wherever they run.")
                     .arg(m_context.host));
    if (m_tables.wtGeneral && !m_tables.wtGeneral->remotelyManageable)
        tell(QCoreApplication::translate("CimBackend",
                                         "Remote management of the iSCSI target is switched off on %1. Switch it on "
                                         "there: Set-IscsiTargetServerSetting -DisableRemoteManagement $false.")
                     .arg(m_context.host));
    QStringList groups;
    for (const WtHostRow &host : m_tables.wtHosts.rows) {
        if (!host.resourceGroup.isEmpty() && !groups.contains(host.resourceGroup))
            groups.append(host.resourceGroup);
    }
    if (!groups.isEmpty())
        tell(QCoreApplication::translate("CimBackend", "Targets of these cluster resource groups are shown: %1.")
                     .arg(groups.join(QStringLiteral(", "))));
}

} // namespace portalbind::cim
