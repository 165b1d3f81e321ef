// SPDX-License-Identifier: Apache-2.0
#include "model/snapshot.h"

namespace portalbind {

Snapshot::~Snapshot() = default;

Snapshot::RowsByHandle::RowsByHandle(const std::vector<Row> &rows)
{
    while (m_inOrder + 1 < rows.size() && rows[m_inOrder + 1] == m_inOrder)
        ++m_inOrder;
    size_t end = rows.size();
    while (end > 0 && rows[end - 1] == none)
        --end;
    if (end > m_inOrder + 1)
        m_rest.assign(rows.begin() + m_inOrder + 1, rows.begin() + std::ptrdiff_t(end));
}

std::string_view Snapshot::utf8(quint32 string) const
{
    if (string == 0)
        return {};
    const quint32 begin = m_stringEnds[string - 1];
    return {m_stringBytes.data() + begin, m_stringEnds[string] - begin};
}

QString Snapshot::text(quint32 string) const
{
    const std::string_view bytes = utf8(string);
    if (bytes.starts_with("\xEF\xBB\xBF")) // part of the text here, which fromUtf8() would leave out
        return QChar(QChar::ByteOrderMark) + QString::fromUtf8(bytes.data() + 3, qsizetype(bytes.size()) - 3);
    return QString::fromUtf8(bytes.data(), qsizetype(bytes.size()));
}

Node Snapshot::node(Row r) const
{
    return {m_nodeServers[r], m_nodeRoles[r], text(m_nodeNames[r]), text(m_nodeAliases[r])};
}

Endpoint Snapshot::endpoint(Row r) const
{
    const EndpointRow &row = m_endpoints[r];
    return {row.server, row.node, row.role, row.scope, row.enabled, m_endpointTags[r]};
}

Portal Snapshot::portal(Row r) const
{
    const PortalRow &row = m_portals[r];
    Portal portal{row.server, row.kind(), m_portalAddresses[r], bool(row.addressPresent), text(m_portalNics[r])};
    portal.isOffered = row.isOffered;
    Others others = othersOf(r);
    portal.takenBy = std::move(others.takenBy);
    portal.movedBy = std::move(others.movedBy);
    return portal;
}

Snapshot::Others Snapshot::othersOf(Row portal) const
{
    const PortalRow &row = m_portals[portal];
    return row.isTaken || row.isMoved ? m_portalOthers.at(row.handle) : Others();
}

Group Snapshot::group(Row r) const
{
    return {m_groupServers[r], text(m_groupNames[r]), m_groupDerived[r]};
}

LoginSession Snapshot::session(Row r) const
{
    return {m_sessionEndpoints[r], m_sessionPortals[r], text(m_sessionInitiators[r]), text(m_sessionSources[r])};
}

const EndpointAccess *Snapshot::access(EndpointHandle h) const
{
    const auto at = m_access.find(h);
    return at == m_access.end() ? nullptr : &at->second;
}

Transport Snapshot::transport(const Binding &binding) const
{
    if (const EndpointAccess *known = access(binding.endpoint)) {
        for (const EndpointAccess::OddBinding &odd : known->bindings) {
            if (odd.portal == binding.portal)
                return odd.transport;
        }
    }
    return {};
}

std::span<const PortalHandle> Snapshot::portalsBoundBy(Row endpoint) const
{
    return {m_boundPortals.data() + m_endpoints[endpoint].portals,
            m_boundPortals.data() + m_endpoints[endpoint + 1].portals};
}

std::span<const Snapshot::Binder> Snapshot::bindersOf(Row portal) const
{
    const PortalRow &row = m_portals[portal];
    return run(m_binders, row.bindings, m_portals[portal + 1].bindings, row.firstBinder);
}

std::span<const GroupHandle> Snapshot::commonGroupsOf(Row endpoint) const
{
    return {m_commonGroups.data() + m_endpoints[endpoint].commonGroups,
            m_commonGroups.data() + m_endpoints[endpoint + 1].commonGroups};
}

std::span<const GroupHandle> Snapshot::groupsOf(Row portal) const
{
    const PortalRow &row = m_portals[portal];
    return run(m_portalGroups, row.groups, m_portals[portal + 1].groups, row.firstGroup);
}

std::span<const GroupHandle> Snapshot::realGroupsOf(Row portal) const
{
    return groupsOf(portal).first(m_portals[portal].realGroups);
}

std::span<const PortalHandle> Snapshot::portalsOf(Row group) const
{
    return m_groupMembers.of(group);
}

std::span<const EndpointHandle> Snapshot::endpointsOf(Row node) const
{
    return m_nodeEndpoints.of(node);
}

std::span<const SessionHandle> Snapshot::sessionsOf(Row endpoint) const
{
    return m_endpointSessions.of(endpoint);
}

std::span<const NodeHandle> Snapshot::nodesOfServer(Row server) const
{
    return m_serverNodes.of(server);
}

std::span<const GroupHandle> Snapshot::groupsOfServer(Row server) const
{
    return m_serverGroups.of(server);
}

std::span<const PortalHandle> Snapshot::portalsOfServer(Row server) const
{
    return m_serverPortals.of(server);
}

std::span<const EndpointHandle> Snapshot::looseEndpointsOfServer(Row server) const
{
    return m_serverLoose.of(server);
}

bool Snapshot::sameNode(Row r, const Snapshot &other, Row o) const
{
    return m_nodeServers[r] == other.m_nodeServers[o] && m_nodeRoles[r] == other.m_nodeRoles[o]
            && utf8(m_nodeNames[r]) == other.utf8(other.m_nodeNames[o])
            && utf8(m_nodeAliases[r]) == other.utf8(other.m_nodeAliases[o]);
}

bool Snapshot::sameEndpoint(Row r, const Snapshot &other, Row o) const
{
    if (!m_access.empty() || !other.m_access.empty()) {
        const EndpointAccess *mine = access(m_endpoints[r].handle);
        const EndpointAccess *theirs = other.access(other.m_endpoints[o].handle);
        if (!mine != !theirs || (mine && *mine != *theirs))
            return false;
    }
    const EndpointRow &a = m_endpoints[r];
    const EndpointRow &b = other.m_endpoints[o];
    return a.server == b.server && a.node == b.node && a.role == b.role && a.scope == b.scope && a.enabled == b.enabled
            && m_endpointTags[r] == other.m_endpointTags[o];
}

bool Snapshot::samePortal(Row r, const Snapshot &other, Row o) const
{
    const PortalRow &a = m_portals[r];
    const PortalRow &b = other.m_portals[o];
    return a.server == b.server && a.isTcp == b.isTcp && a.addressPresent == b.addressPresent
            && a.isOffered == b.isOffered && othersOf(r) == other.othersOf(o)
            && m_portalAddresses[r] == other.m_portalAddresses[o]
            && utf8(m_portalNics[r]) == other.utf8(other.m_portalNics[o]);
}

bool Snapshot::sameGroup(Row r, const Snapshot &other, Row o) const
{
    return m_groupServers[r] == other.m_groupServers[o] && m_groupDerived[r] == other.m_groupDerived[o]
            && utf8(m_groupNames[r]) == other.utf8(other.m_groupNames[o]);
}

bool Snapshot::sameSession(Row r, const Snapshot &other, Row o) const
{
    return m_sessionEndpoints[r] == other.m_sessionEndpoints[o] && m_sessionPortals[r] == other.m_sessionPortals[o]
            && utf8(m_sessionInitiators[r]) == other.utf8(other.m_sessionInitiators[o])
            && utf8(m_sessionSources[r]) == other.utf8(other.m_sessionSources[o]);
}

size_t Snapshot::byteSize() const
{
    const auto bytes = [](const auto &...columns) {
        return (0 + ... + (columns.capacity() * sizeof(typename std::decay_t<decltype(columns)>::value_type)));
    };
    const auto runs = [&](const auto &...all) { return (size_t(0) + ... + bytes(all.offsets, all.items)); };
    return sizeof(*this)
            + bytes(m_serverHandles, m_servers, m_nodeHandles, m_nodeServers, m_nodeRoles, m_nodeNames, m_nodeAliases)
            + bytes(m_endpoints, m_endpointTags, m_portals, m_portalAddresses, m_portalNics, m_groupHandles,
                    m_groupServers, m_groupNames, m_sessionHandles, m_sessionEndpoints, m_sessionPortals,
                    m_sessionInitiators, m_sessionSources)
            + bytes(m_boundPortals, m_commonGroups, m_binders, m_portalGroups, m_stringEnds, m_stringBytes, m_dangling)
            + bytes(m_wildcards) + m_access.size() * sizeof(EndpointAccess) + m_portalOthers.size() * sizeof(Others)
            + m_groupDerived.capacity() / 8 + m_serverRows.byteSize() + m_nodeRows.byteSize()
            + m_endpointRows.byteSize() + m_portalRows.byteSize() + m_groupRows.byteSize() + m_sessionRows.byteSize()
            + runs(m_groupMembers, m_nodeEndpoints, m_endpointSessions, m_serverNodes, m_serverGroups, m_serverPortals,
                   m_serverLoose);
}

} // namespace portalbind
