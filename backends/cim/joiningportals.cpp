// SPDX-License-Identifier: Apache-2.0
// Portals with their addresses and network cards, and portal groups.
#include "backends/cim/joining.h"

#include "backends/cim/cimtypes.h"
#include "backends/cim/pathkey.h"

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

IpAddress Joining::addressOf(quint32 tcp) const
{
    // Several addresses under one portal: the one that its name tells, else the first, with link-local ones last.
    const auto less = [](const Address &a, quint32 row) { return a.tcp < row; };
    std::vector<IpAddress> all;
    for (auto at = std::lower_bound(m_addresses.begin(), m_addresses.end(), tcp, less);
         at != m_addresses.end() && at->tcp == tcp; ++at) {
        const IpRow &row = m_tables.ips.rows[at->ip];
        for (const auto &address : {row.v4, row.v6}) {
            if (address)
                all.push_back(*address);
        }
    }
    if (all.empty())
        return {};
    if (all.size() > 1) {
        const auto named = PortalAddress::parse(toText(m_tables.tcps.rows[tcp].label));
        if (named && std::find(all.begin(), all.end(), named->ip) != all.end())
            return named->ip;
    }
    return *std::min_element(all.begin(), all.end(), [](const IpAddress &a, const IpAddress &b) {
        return a.isLinkLocal() != b.isLinkLocal() ? b.isLinkLocal() : a < b;
    });
}

/// An address that is gone is left in the names of its TCP endpoint at best; so is a port that is NULL.
void Joining::completeByName(Portal &portal, quint32 tcp) const
{
    constexpr quint16 iscsiPort = 3260; // registered; what initiators use when they are told none
    PortalAddress &address = portal.address;
    if (portal.addressPresent && address.port != 0)
        return;
    for (const std::string &name :
         {m_tables.tcps.rows[tcp].label, valueInKey(keyText(m_tables.tcps.keys[tcp]), "name")}) {
        const auto named = PortalAddress::parse(toText(name));
        if (!named || (portal.addressPresent && named->ip != address.ip)
            || (named->port != 0 && address.port != 0 && named->port != address.port))
            continue;
        portal.addressPresent = portal.addressPresent || named->ip.isWildcard();
        address = {named->ip, address.port ? address.port : named->port};
        break;
    }
    if (address.port == 0)
        address.port = iscsiPort;
}

void Joining::addPortals()
{
    m_tcps.resize(m_tables.tcps.rows.size());
    m_tcpAddresses.resize(m_context.hasNative ? m_tcps.size() : 0);
    for (quint32 row = 0; row < m_tcps.size(); ++row) {
        const quint32 key = m_tables.tcps.keys[row];
        Portal portal;
        portal.server = serverOf(key);
        portal.address = {addressOf(row), m_tables.tcps.rows[row].port};
        portal.addressPresent = !portal.address.ip.isNull();
        completeByName(portal, row);
        if (row < m_nicOfTcp.size())
            portal.nic = m_nicOfTcp[row];
        if (m_context.hasNative)
            m_tcpAddresses[row] = portal.address;
        m_tcps[row] = m_builder.addPortal(id(key), std::move(portal));
    }
}

void Joining::addBareAddresses()
{
    m_ips.resize(m_tables.ips.rows.size());
    for (quint32 row = 0; row < m_ips.size(); ++row) {
        const IpRow &from = m_tables.ips.rows[row];
        const quint32 key = m_tables.ips.keys[row];
        const ServerHandle server = serverOf(key);
        const IpAddress address = from.v4 ? *from.v4 : from.v6.value_or(IpAddress());
        // What stands under a TCP endpoint is that portal's address. Link-local addresses serve nobody unless bound.
        const bool bare = !m_isUnderTcp[row] && !address.isNull() && !address.isLinkLocal() && !address.isLoopback();
        if (!server || !(m_isBoundIp[row] || bare))
            continue;
        Portal portal;
        portal.server = server;
        portal.kind = PortalKind::Ip;
        portal.address.ip = address;
        if (row < m_nicOfIp.size())
            portal.nic = m_nicOfIp[row];
        m_ips[row] = m_builder.addPortal(id(key), std::move(portal));
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
            group = m_builder.addGroup(id(key), value);
        }
        m_builder.join(group, one.portal);
    }
}

} // namespace portalbind::cim
