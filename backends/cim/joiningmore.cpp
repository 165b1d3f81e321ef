// SPDX-License-Identifier: Apache-2.0
// Portal groups, sessions and network cards.
#include "backends/cim/joining.h"

#include "backends/cim/cimtypes.h"
#include "backends/cim/pathkey.h"

#include <QCoreApplication>

#include <algorithm>

namespace portalbind::cim {

void Joining::readNics()
{
    for (const Edge &edge : m_tables.edgesOf(Source::NicOfPoint)) {
        const Tables::Place point = resolve(edge.from);
        const Tables::Place card = resolve(edge.to);
        if (point.row == none || card.row == none || card.source != Source::Nic)
            continue;
        if (point.source != Source::Ip && point.source != Source::Tcp)
            continue;
        auto &names = point.source == Source::Ip ? m_nicOfIp : m_nicOfTcp;
        if (names.size() <= point.row)
            names.resize((point.source == Source::Ip ? m_tables.ips.rows.size() : m_tables.tcps.rows.size()));
        const QString &name = m_tables.nics.rows[card.row].name;
        QString &all = names[point.row];
        const QStringList had = all.split(QStringLiteral(", "), Qt::SkipEmptyParts);
        if (!name.isEmpty() && !had.contains(name)) { // one address may be on the cards of several cluster nodes
            QStringList now = had;
            now.append(name);
            now.sort();
            all = now.join(QStringLiteral(", "));
        }
    }
    if (m_nicOfIp.empty())
        return;
    m_nicOfTcp.resize(m_tables.tcps.rows.size());
    for (const Address &address : m_addresses) {
        if (m_nicOfTcp[address.tcp].isEmpty())
            m_nicOfTcp[address.tcp] = m_nicOfIp[address.ip];
    }
}

void Joining::addGroups()
{
    // Only a collection of TCP or IP endpoints is a portal group: masking groups hold iSCSI endpoints, others disks.
    struct Joined
    {
        quint32 collection;
        PortalHandle portal;
        ServerHandle server;
    };
    std::vector<Joined> joined;
    std::vector<bool> mixed(m_tables.collections.rows.size(), false);
    for (const Edge &edge : m_tables.edgesOf(Source::Member)) {
        const Tables::Place member = resolve(edge.from);
        const Tables::Place collection = resolve(edge.to);
        if (member.row == none || collection.row == none || collection.source != Source::Collection)
            continue;
        if (member.source == Source::Endpoint)
            mixed[collection.row] = true;
        PortalHandle portal;
        if (member.source == Source::Tcp)
            portal = m_tcps[member.row];
        else if (member.source == Source::Ip)
            portal = m_ips[member.row];
        if (portal)
            joined.push_back({collection.row, portal, serverOf(edge.from)});
    }
    std::unordered_map<quint32, ServerHandle> hosts;
    for (const Edge &edge : m_tables.edgesOf(Source::HostedCollection)) {
        const Tables::Place collection = resolve(edge.from);
        const quint32 server = m_servers.serverOfSystemKey(edge.to);
        if (collection.row != none && collection.source == Source::Collection && server != none)
            hosts.emplace(collection.row, m_serverHandles[server]);
    }
    std::vector<GroupHandle> groups(m_tables.collections.rows.size());
    for (const Joined &one : joined) {
        if (mixed[one.collection])
            continue;
        GroupHandle &group = groups[one.collection];
        if (!group) {
            const quint32 key = m_tables.collections.keys[one.collection];
            const auto host = hosts.find(one.collection);
            Group value;
            value.server = host == hosts.end() ? one.server : host->second;
            value.name = m_tables.collections.rows[one.collection].name;
            if (value.name.isEmpty())
                value.name = toText(valueInKey(keyText(key), "instanceid"));
            group = m_builder.addGroup(id(key), std::move(value));
        }
        m_builder.join(group, one.portal);
    }
}

void Joining::addSession(quint32 row, EndpointHandle endpoint,
                         const std::vector<std::pair<quint32, quint32>> &connections)
{
    const SessionRow &from = m_tables.sessions.rows[row];
    LoginSession session;
    session.endpoint = endpoint;
    session.initiator = from.initiator;
    std::vector<PortalHandle> portals;
    for (const auto &[connection, tcp] : connections)
        portals.push_back(m_tcps[tcp]);
    std::sort(portals.begin(), portals.end());
    portals.erase(std::unique(portals.begin(), portals.end()), portals.end());
    if (portals.size() <= 1) {
        session.portal = portals.empty() ? PortalHandle() : portals.front();
        m_builder.addSession(id(m_tables.sessions.keys[row]), session);
        return;
    }
    // Over several portals: what each would cut off must be told, so each connection is shown.
    for (const auto &[connection, tcp] : connections) {
        session.portal = m_tcps[tcp];
        m_builder.addSession(id(m_tables.connections.keys[connection]), session);
    }
}

void Joining::addSessions()
{
    std::vector<EndpointHandle> endpoints(m_tables.sessions.rows.size());
    std::vector<quint32> sessionOfConnection(m_tables.connections.rows.size(), none);
    for (const Edge &edge : m_tables.edgesOf(Source::PipePart)) {
        const Tables::Place part = resolve(edge.from);
        const Tables::Place whole = resolve(edge.to);
        if (part.row != none && whole.row != none && part.source == Source::Connection
            && whole.source == Source::Session)
            sessionOfConnection[part.row] = whole.row;
    }
    std::vector<std::vector<std::pair<quint32, quint32>>> connections(m_tables.sessions.rows.size());
    for (const Edge &edge : m_tables.edgesOf(Source::PipeEnd)) {
        const Tables::Place pipe = resolve(edge.from);
        const Tables::Place end = resolve(edge.to);
        if (pipe.row == none || end.row == none)
            continue;
        if (pipe.source == Source::Session && end.source == Source::Endpoint)
            endpoints[pipe.row] = m_endpoints[end.row];
        else if (pipe.source == Source::Connection && end.source == Source::Tcp && sessionOfConnection[pipe.row] != none)
            connections[sessionOfConnection[pipe.row]].emplace_back(pipe.row, end.row);
    }
    // A session whose endpoint is not told runs at the only endpoint that binds its portal.
    std::unordered_map<quint32, quint32> onlyBinder; // rows
    for (const Bound &bound : m_bound) {
        if (bound.portal.row == none || bound.portal.source != Source::Tcp)
            continue;
        const auto [at, isNew] = onlyBinder.try_emplace(bound.portal.row, bound.endpoint);
        if (!isNew && at->second != bound.endpoint)
            at->second = none;
    }
    for (quint32 row = 0; row < m_tables.sessions.rows.size(); ++row) {
        if (m_tables.sessions.rows[row].discovery)
            continue;
        if (!endpoints[row] && !connections[row].empty()) {
            const auto binder = onlyBinder.find(connections[row].front().second);
            if (binder != onlyBinder.end() && binder->second != none)
                endpoints[row] = m_endpoints[binder->second];
        }
        if (endpoints[row])
            addSession(row, endpoints[row], connections[row]);
    }
}

} // namespace portalbind::cim
