// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/joining.h"

#include "backends/cim/cimtypes.h"
#include "backends/cim/pathkey.h"

#include <algorithm>

namespace portalbind::cim {

Joining::Joining(const Tables &tables, const JoinContext &context, Catalogue &catalogue)
    : m_tables(tables)
    , m_context(context)
    , m_catalogue(catalogue)
    , m_builder(context.ids)
    , m_servers(tables)
{
    m_builder.reserve(tables.tcps.rows.size(), tables.endpoints.rows.size(), tables.edgesOf(Source::BindsTo).size());
}

QByteArrayView Joining::id(quint32 key) const
{
    const std::string_view text = keyText(key);
    return {text.data(), qsizetype(text.size())};
}

ServerHandle Joining::serverOf(quint32 key) const
{
    const quint32 server = m_servers.server(key);
    return server == none ? ServerHandle() : m_serverHandles[server];
}

void Joining::buildLoose()
{
    m_looseBuilt = true;
    for (quint32 key = 0; key < m_tables.places.size() && key < m_tables.keys.size(); ++key) {
        if (m_tables.places[key].row == none)
            continue;
        const auto [at, isNew] = m_loose.try_emplace(looseKey(keyText(key)), key);
        if (!isNew)
            at->second = none;
    }
}

Tables::Place Joining::resolve(quint32 key)
{
    const Tables::Place place = m_tables.place(key);
    // While a load goes on, what is missing is most likely to come yet: to look for another spelling of it among all
    // keys would cost more than all the rest.
    if (place.row != none || !m_complete)
        return place;
    if (!m_looseBuilt)
        buildLoose();
    const auto found = m_loose.find(looseKey(keyText(key)));
    return found == m_loose.end() || found->second == none ? Tables::Place() : m_tables.place(found->second);
}

void Joining::readBindings()
{
    m_isUnderTcp.assign(m_tables.ips.rows.size(), false);
    m_isBoundIp.assign(m_tables.ips.rows.size(), false);
    for (const Edge &edge : m_tables.edgesOf(Source::BindsTo)) {
        const Tables::Place upper = resolve(edge.from);
        const Tables::Place lower = resolve(edge.to);
        if (upper.row == none)
            continue; // of another kind of endpoint; an iSCSI endpoint that was not read is no row to show it at
        if (upper.source == Source::Tcp && lower.source == Source::Ip && lower.row != none) {
            m_addresses.push_back({upper.row, lower.row});
            m_isUnderTcp[lower.row] = true;
        } else if (upper.source == Source::Endpoint) {
            if (lower.row != none && lower.source != Source::Tcp && lower.source != Source::Ip)
                continue;
            if (lower.row != none && lower.source == Source::Ip)
                m_isBoundIp[lower.row] = true;
            m_bound.push_back({upper.row, edge.to, lower});
        }
    }
    std::sort(m_addresses.begin(), m_addresses.end(),
              [](const Address &a, const Address &b) { return a.tcp != b.tcp ? a.tcp < b.tcp : a.ip < b.ip; });
}

void Joining::readNodesOfPorts()
{
    m_nodeOfEndpoint.assign(m_tables.endpoints.rows.size(), none);
    for (const Edge &edge : m_tables.edgesOf(Source::NodeOfPort)) {
        const Tables::Place port = resolve(edge.from);
        const Tables::Place node = resolve(edge.to);
        if (port.row == none || port.source != Source::Endpoint || node.row == none || node.source != Source::Node)
            continue;
        if (m_tables.nodes.rows[node.row].name.isEmpty())
            continue; // a mapping controller doubles what its node says
        quint32 &mine = m_nodeOfEndpoint[port.row];
        if (mine == none || keyText(m_tables.nodes.keys[node.row]) < keyText(m_tables.nodes.keys[mine]))
            mine = node.row;
    }
    if (m_context.portsOfNodesRead)
        return;
    // Only names are left to go by: `IQN,t,0x0001` is a port of IQN.
    std::unordered_map<QString, quint32> byName;
    for (quint32 row = 0; row < m_tables.nodes.rows.size(); ++row) {
        if (!m_tables.nodes.rows[row].name.isEmpty())
            byName.emplace(m_tables.nodes.rows[row].name.toLower(), row);
    }
    for (quint32 row = 0; row < m_nodeOfEndpoint.size(); ++row) {
        const auto found = byName.find(toText(m_tables.endpoints.rows[row].node).toLower());
        if (found != byName.end())
            m_nodeOfEndpoint[row] = found->second;
    }
}

Capabilities Joining::capabilitiesOf(quint32 server) const
{
    Capabilities can;
    const std::string &serverId = m_servers.at(server).id;
    const auto known = [&serverId](const std::unordered_map<std::string, Support> &learnt) {
        const auto found = learnt.find(serverId);
        return found == learnt.end() ? Support::Unknown : found->second;
    };
    const auto facts = m_catalogue.servers.find(serverId);
    const bool hasService = facts != m_catalogue.servers.end() && !facts->second.service.empty();
    // No flag of the schema covers Bind; on Windows it may exist in name only.
    const auto taken = [&](Support learnt) {
        return learnt == Support::Unknown && !m_context.isWindows ? Support::Yes : learnt;
    };
    const Support binding = hasService ? known(m_context.bind) : Support::No;
    can.bind = taken(binding);
    can.unbind = taken(known(m_context.unbind));
    can.bindsBesideSwitch = binding == Support::Yes;
    can.groups = m_context.groupsRead ? GroupSource::ReadOnly : GroupSource::None;
    std::vector<quint32> rows;
    for (const Edge &edge : m_tables.edgesOf(Source::CapabilitiesOf)) {
        const Tables::Place place = m_tables.place(edge.from);
        const Tables::Place of = m_tables.place(edge.to);
        if (place.row != none && place.source == Source::ServiceCapabilities && of.row != none
            && m_servers.server(edge.to) == server && of.source == Source::Service)
            rows.push_back(place.row);
    }
    if (rows.empty() && m_tables.serviceCapabilities.rows.size() == 1)
        rows.push_back(0);
    for (const quint32 row : rows) {
        const ServiceCapabilitiesRow &flags = m_tables.serviceCapabilities.rows[row];
        can.createEndpoint = can.createEndpoint || (flags.createEndpoint && hasService);
        can.chooseTag = can.chooseTag || flags.chooseTag;
        can.createNode = can.createNode || (flags.createNode && hasService);
    }
    for (quint32 row = 0; row < m_tables.endpoints.rows.size(); ++row) {
        if (m_servers.server(m_tables.endpoints.keys[row]) != server)
            continue;
        const EndpointRow &endpoint = m_tables.endpoints.rows[row];
        can.enableEndpoint = can.enableEndpoint || endpoint.canEnable;
        can.initiatorNodes = can.initiatorNodes || endpoint.role == Role::Initiator;
    }
    return can;
}

void Joining::addServers()
{
    for (const quint32 key : m_tables.services.keys) {
        auto &service = m_catalogue.servers[m_servers.at(m_servers.server(key)).id].service;
        if (service.empty() || keyText(key) < service)
            service = keyText(key);
    }
    for (quint32 s = 0; s < m_servers.count(); ++s) {
        Server server;
        server.name = m_servers.at(s).name.isEmpty() ? m_context.host : m_servers.at(s).name;
        server.host = m_context.host;
        server.dialect = m_context.hasNative ? Dialect::WindowsNative
                : m_context.isWindows        ? Dialect::WindowsSmis
                                             : Dialect::Smis;
        server.capabilities = m_context.hasNative ? nativeCapabilities(capabilitiesOf(s)) : capabilitiesOf(s);
        m_catalogue.servers[m_servers.at(s).id]; // known, with or without a service
        m_serverHandles.push_back(m_builder.addServer(QByteArrayView(m_servers.at(s).id), std::move(server)));
    }
}

void Joining::addNodes()
{
    // A controller has no role of its own: that of its ports tells.
    std::vector<std::optional<Role>> roles(m_tables.nodes.rows.size());
    for (quint32 row = 0; row < m_nodeOfEndpoint.size(); ++row) {
        if (m_nodeOfEndpoint[row] == none)
            continue;
        auto &role = roles[m_nodeOfEndpoint[row]];
        const Role mine = m_tables.endpoints.rows[row].role;
        const bool mixed = role && *role != mine && *role != Role::Unknown && mine != Role::Unknown;
        role = mixed ? Role::Both : !role || *role == Role::Unknown ? mine : *role;
    }
    m_nodes.resize(m_tables.nodes.rows.size());
    for (quint32 row = 0; row < m_tables.nodes.rows.size(); ++row) {
        const NodeRow &node = m_tables.nodes.rows[row];
        if (node.name.isEmpty())
            continue;
        const quint32 key = m_tables.nodes.keys[row];
        m_nodes[row] = m_builder.addNode(id(key),
                                         Node{serverOf(key), roles[row].value_or(Role::Target), node.name, node.alias});
    }
}

void Joining::addEndpoints()
{
    m_endpoints.resize(m_tables.endpoints.rows.size());
    for (quint32 row = 0; row < m_tables.endpoints.rows.size(); ++row) {
        const EndpointRow &from = m_tables.endpoints.rows[row];
        const quint32 key = m_tables.endpoints.keys[row];
        Endpoint endpoint;
        endpoint.server = serverOf(key);
        if (m_nodeOfEndpoint[row] != none)
            endpoint.node = m_nodes[m_nodeOfEndpoint[row]];
        endpoint.role = from.role;
        endpoint.enabled = from.enabled;
        endpoint.tag = from.tag;
        m_endpoints[row] = m_builder.addEndpoint(id(key), endpoint);
    }
}

void Joining::addBindings()
{
    for (const Bound &bound : m_bound) {
        PortalHandle portal;
        if (bound.portal.row != none)
            portal = bound.portal.source == Source::Tcp ? m_tcps[bound.portal.row] : m_ips[bound.portal.row];
        else // told as dangling
            portal = m_context.ids->intern<PortalHandle>(id(bound.key));
        m_builder.bind(m_endpoints[bound.endpoint], portal);
    }
}

SnapshotPtr Joining::run(bool complete)
{
    m_complete = complete;
    readBindings();
    readNodesOfPorts();
    readNics();
    addServers();
    addNodes();
    addEndpoints();
    addPortals();
    addBareAddresses();
    addBindings();
    addGroups();
    addSessions();
    if (m_context.hasNative)
        addNative();
    return m_builder.build(complete);
}

SnapshotPtr join(const Tables &tables, const JoinContext &context, bool complete, Catalogue *catalogue)
{
    Catalogue unwanted;
    return Joining(tables, context, catalogue ? *catalogue : unwanted).run(complete);
}

} // namespace portalbind::cim
