// SPDX-License-Identifier: Apache-2.0
// Logged-in sessions of the SMI-S model.
#include "backends/cim/joining.h"

#include <algorithm>

namespace portalbind::cim {

void Joining::addSession(quint32 row, EndpointHandle endpoint,
                         const std::vector<std::pair<quint32, quint32>> &connections)
{
    const SessionRow &from = m_tables.sessions.rows[row];
    LoginSession session;
    session.endpoint = endpoint;
    session.initiator = from.initiator;
    std::vector<PortalHandle> portals;
    portals.reserve(connections.size());
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
        else if (pipe.source == Source::Connection && end.source == Source::Tcp
                 && sessionOfConnection[pipe.row] != none)
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
