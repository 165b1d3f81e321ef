// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/playedserver.h"

#include "backends/workbook/workbookid.h"

namespace portalbind {

PlayedServer::PlayedServer(Database &database, const IdTable &ids, std::function<void()> beforeWriting)
    : m_database(database)
    , m_ids(ids)
    , m_beforeWriting(std::move(beforeWriting))
{
}

template <class H>
qint64 PlayedServer::row(H handle) const
{
    if (!handle)
        return 0;
    const qint64 row = workbookRow(H::kind, m_ids.id(handle));
    return row > 0 ? row : -1;
}

template qint64 PlayedServer::row(ServerHandle) const;
template qint64 PlayedServer::row(NodeHandle) const;
template qint64 PlayedServer::row(EndpointHandle) const;
template qint64 PlayedServer::row(PortalHandle) const;
template qint64 PlayedServer::row(GroupHandle) const;

PlayedServer::Outcome PlayedServer::perform(const Operation &operation)
{
    m_changed = false;
    m_createdId.clear();
    Outcome outcome;
    outcome.answer.method = methodOf(operation);
    outcome.answer.code = std::visit([this](const auto &one) { return this->perform(one); }, operation);
    outcome.answer.createdId = m_createdId;
    outcome.changed = m_changed && outcome.answer.code == success;
    return outcome;
}

bool PlayedServer::write(const char *sql, Database::Values values)
{
    m_changed = true;
    m_beforeWriting();
    return m_database.run(sql, values);
}

quint16 PlayedServer::done(const char *sql, Database::Values values)
{
    write(sql, values);
    return success;
}

quint16 PlayedServer::created(Kind kind, qint64 server)
{
    m_createdId = workbookId(kind, server, m_database.lastRow());
    return success;
}

quint16 PlayedServer::perform(const Bind &operation)
{
    constexpr quint16 nonExistent = 4096;
    constexpr quint16 noAddress = 4097;
    constexpr quint16 inUse = 4098;
    constexpr quint16 otherCollection = 4099;
    const qint64 endpoint = row(operation.endpoint);
    const qint64 portal = row(operation.portal);
    // R0: no method at all, or only one switch for all targets.
    if (m_database.exists(
                "SELECT 1 FROM endpoint e JOIN server s ON s.id = e.server WHERE e.id = ? AND (s.bind = 'no'"
                " OR e.scope = 'endpoint' AND EXISTS"
                " (SELECT 1 FROM endpoint w WHERE w.server = s.id AND w.scope = 'server' AND w.node IS NULL))",
                {endpoint}))
        return notSupported;
    if (isNull(endpoint) || isNull(portal)) // R1
        return invalidParameter;
    if (!m_database.exists("SELECT 1 FROM endpoint WHERE id = ?", {endpoint})) // R3
        return nonExistent;
    if (!m_database.exists("SELECT 1 FROM portal WHERE id = ?", {portal})) // R2
        return nonExistent;
    // R1: a reference into another server. R4: role 2 takes addresses, 3 TCP portals, others either.
    if (m_database.exists("SELECT 1 FROM endpoint e, portal p WHERE e.id = ? AND p.id = ? AND (p.server <> e.server OR"
                          " CASE e.role WHEN 2 THEN p.kind <> 'ip' WHEN 3 THEN p.kind <> 'tcp' ELSE 0 END)",
                          {endpoint, portal}))
        return invalidParameter;
    if (m_database.exists("SELECT 1 FROM binding WHERE endpoint = ? AND portal = ?", {endpoint, portal})) // R8
        return success;
    if (m_database.exists("SELECT 1 FROM portal p JOIN server s ON s.id = p.server WHERE p.id = ? AND p.kind = 'tcp'"
                          " AND NOT p.present AND s.address_rule = 'target'",
                          {portal})) // R5
        return noAddress;
    if (m_database.exists("SELECT 1 FROM endpoint e JOIN endpoint q ON q.node = e.node AND q.id <> e.id"
                          " JOIN binding b ON b.endpoint = q.id AND b.portal = ? WHERE e.id = ? AND e.role = 3",
                          {portal, endpoint})) // R6
        return inUse;
    if (lacksCommonGroup(endpoint, portal)) // R7
        return otherCollection;
    return done("INSERT INTO binding (endpoint, portal) VALUES (?, ?)", {endpoint, portal});
}

bool PlayedServer::lacksCommonGroup(qint64 endpoint, qint64 portal)
{
    if (!m_database.exists("SELECT 1 FROM endpoint e JOIN server s ON s.id = e.server WHERE e.id = ?"
                           " AND s.group_rule = 'target' AND s.group_source <> 'none'"
                           " AND EXISTS (SELECT 1 FROM binding b WHERE b.endpoint = e.id)",
                           {endpoint}))
        return false;
    // A collection that holds the portal and everything that is bound already.
    if (m_database.exists("SELECT 1 FROM membership m JOIN portal_group g ON g.id = m.portal_group"
                          " WHERE m.portal = ? AND NOT g.derived AND NOT EXISTS (SELECT 1 FROM binding b"
                          " WHERE b.endpoint = ? AND NOT EXISTS (SELECT 1 FROM membership o"
                          " WHERE o.portal_group = g.id AND o.portal = b.portal))",
                          {portal, endpoint}))
        return false;
    // None of them is in any collection: no ground to refuse.
    return m_database.exists("SELECT 1 FROM membership m JOIN portal_group g ON g.id = m.portal_group"
                             " WHERE NOT g.derived AND (m.portal = ?"
                             " OR m.portal IN (SELECT b.portal FROM binding b WHERE b.endpoint = ?)) LIMIT 1",
                             {portal, endpoint});
}

quint16 PlayedServer::perform(const Unbind &operation)
{
    // DeleteInstance answers with CIM status codes.
    constexpr quint16 cimNotFound = 6;
    constexpr quint16 cimNotSupported = 7;
    const qint64 endpoint = row(operation.endpoint);
    const qint64 portal = row(operation.portal);
    if (!m_database.exists("SELECT 1 FROM binding WHERE endpoint = ? AND portal = ?", {endpoint, portal})) // U1
        return cimNotFound;
    if (m_database.exists(
                "SELECT 1 FROM endpoint e JOIN server s ON s.id = e.server WHERE e.id = ? AND (s.unbind = 'no'"
                " OR e.scope = 'endpoint' AND EXISTS"
                " (SELECT 1 FROM endpoint w WHERE w.server = s.id AND w.scope = 'server' AND w.node IS NULL))",
                {endpoint})) // U2
        return cimNotSupported;
    return done("DELETE FROM binding WHERE endpoint = ? AND portal = ?", {endpoint, portal});
}

quint16 PlayedServer::perform(const Move &)
{
    // No server has such a method: a move is two steps of a plan.
    return notSupported;
}

} // namespace portalbind
