// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/playedserver.h"
#include "model/iscsiname.h"
#include "model/showntext.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace portalbind {

namespace {

constexpr quint16 failed = 4;
constexpr qsizetype longestAlias = 128; // CreateiSCSINode.Alias, MaxLen

/// An array for json_each(), so that a statement can take any number of portals.
QString arrayOf(const QList<qint64> &rows)
{
    QJsonArray array;
    for (const qint64 row : rows)
        array.append(row);
    return QString::fromUtf8(QJsonDocument(array).toJson(QJsonDocument::Compact));
}

qint64 highestTag(Role role)
{
    return qint64(role == Role::Initiator ? maximumInitiatorTag : maximumTargetTag);
}

} // namespace

quint16 PlayedServer::perform(const CreateEndpoint &operation)
{
    constexpr quint16 noNode = 4096;
    constexpr quint16 roleNotSupported = 4097;
    constexpr quint16 tagInUse = 4098;
    constexpr quint16 tagNotSelectable = 4099;
    const Endpoint &wanted = operation.value;
    const qint64 node = row(wanted.node);
    if (isNull(node))
        return invalidParameter;
    if (!m_database.exists("SELECT 1 FROM node WHERE id = ?", {node}))
        return noNode;
    const qint64 server = m_database.number("SELECT server FROM node WHERE id = ?", {node}).value_or(0);
    if (m_database.exists("SELECT 1 FROM server WHERE id = ? AND NOT create_endpoint", {server}))
        return notSupported;
    const bool role = wanted.role == Role::Target || wanted.role == Role::Initiator;
    const bool tag = !operation.chooseTag || wanted.tag <= quint64(highestTag(wanted.role));
    if (!role || !tag || wanted.scope != BindingScope::Endpoint)
        return invalidParameter;
    if (m_database.exists("SELECT 1 FROM node n JOIN server s ON s.id = n.server WHERE n.id = ?"
                          " AND (ifnull(n.role, 0) IN (2, 3) AND n.role <> ? OR ? = 2 AND NOT s.initiator_nodes)",
                          {node, int(wanted.role), int(wanted.role)}))
        return roleNotSupported;
    if (operation.chooseTag && m_database.exists("SELECT 1 FROM server WHERE id = ? AND NOT choose_tag", {server}))
        return tagNotSelectable;
    if (operation.chooseTag
        && m_database.exists("SELECT 1 FROM endpoint WHERE node = ? AND tag = ?", {node, qint64(wanted.tag)}))
        return tagInUse;
    QList<qint64> portals;
    for (const PortalHandle portal : operation.portals)
        portals.append(row(portal));
    if (const quint16 refusal = judgePortals(wanted.role, node, portals))
        return refusal;

    // Without a choice: the lowest tag from 1 on that the node has not got yet.
    const qint64 chosen = operation.chooseTag
            ? qint64(wanted.tag)
            : m_database
                      .number("SELECT min(t) FROM (SELECT 1 AS t UNION ALL SELECT tag + 1 FROM endpoint WHERE node = ?"
                              " AND tag > 0) WHERE t NOT IN (SELECT tag FROM endpoint WHERE node = ?)",
                              {node, node})
                      .value_or(0);
    if (chosen > highestTag(wanted.role) || m_database.hasFailed())
        return failed;
    write("INSERT INTO endpoint (server, node, role, enabled, tag) VALUES (?, ?, ?, ?, ?)",
          {server, node, int(wanted.role), wanted.enabled, chosen});
    created(Kind::Endpoint, server);
    write("INSERT INTO binding (endpoint, portal) SELECT DISTINCT (SELECT max(id) FROM endpoint), value FROM "
          "json_each(?)",
          {arrayOf(portals)});
    return success;
}

quint16 PlayedServer::judgePortals(Role role, qint64 node, const QList<qint64> &portals)
{
    constexpr quint16 noAddress = 4101;
    constexpr quint16 inUse = 4102;
    constexpr quint16 otherCollection = 4103;
    const QString array = arrayOf(portals);
    // The first one that does not exist (4100), or is not of this server or kind (5).
    if (const auto refusal = m_database.number(
                "SELECT CASE WHEN p.id IS NULL THEN 4100 ELSE 5 END FROM json_each(?) j LEFT JOIN portal p ON p.id = "
                "j.value"
                " WHERE p.id IS NULL OR p.server <> (SELECT server FROM node WHERE id = ?)"
                " OR p.kind <> CASE ? WHEN 2 THEN 'ip' ELSE 'tcp' END ORDER BY j.key LIMIT 1",
                {array, node, int(role)}))
        return quint16(*refusal);
    if (m_database.exists(
                "SELECT 1 FROM json_each(?) j JOIN portal p ON p.id = j.value JOIN server s ON s.id = p.server"
                " WHERE p.kind = 'tcp' AND NOT p.present AND s.address_rule = 'target'",
                {array}))
        return noAddress;
    if (m_database.exists("SELECT 1 FROM json_each(?) j JOIN binding b ON b.portal = j.value"
                          " JOIN endpoint q ON q.id = b.endpoint WHERE q.node = ? AND ? = 3",
                          {array, node, int(role)}))
        return inUse;
    if (m_database.exists("SELECT 1 FROM node n JOIN server s ON s.id = n.server WHERE n.id = ?"
                          " AND s.group_rule = 'target' AND s.group_source <> 'none'",
                          {node})
        && m_database.exists("SELECT 1 FROM json_each(?) j JOIN membership m ON m.portal = j.value"
                             " JOIN portal_group g ON g.id = m.portal_group WHERE NOT g.derived",
                             {array})
        && !m_database.exists("SELECT 1 FROM json_each(?) j JOIN membership m ON m.portal = j.value"
                              " JOIN portal_group g ON g.id = m.portal_group WHERE NOT g.derived GROUP BY g.id"
                              " HAVING count(DISTINCT j.value) = (SELECT count(DISTINCT value) FROM json_each(?))",
                              {array, array})
        && m_database.number("SELECT count(DISTINCT value) FROM json_each(?)", {array}).value_or(0) > 1)
        return otherCollection;
    return success;
}

quint16 PlayedServer::perform(const DeleteEndpoint &operation)
{
    constexpr quint16 nonExistent = 4096;
    const qint64 endpoint = row(operation.endpoint);
    if (!m_database.exists("SELECT 1 FROM endpoint WHERE id = ?", {endpoint}))
        return nonExistent;
    // What cannot be made is not unmade either; the switch for all targets is no iSCSI port.
    if (m_database.exists("SELECT 1 FROM endpoint e JOIN server s ON s.id = e.server WHERE e.id = ?"
                          " AND (NOT s.create_endpoint OR e.scope = 'server')",
                          {endpoint}))
        return notSupported;
    return done("DELETE FROM endpoint WHERE id = ?", {endpoint}); // bindings and sessions go with it
}

quint16 PlayedServer::perform(const SetEndpointEnabled &operation)
{
    const qint64 endpoint = row(operation.endpoint);
    if (!m_database.exists("SELECT 1 FROM endpoint WHERE id = ?", {endpoint}))
        return invalidParameter;
    if (m_database.exists("SELECT 1 FROM endpoint e JOIN server s ON s.id = e.server WHERE e.id = ?"
                          " AND NOT s.enable_endpoint",
                          {endpoint}))
        return notSupported;
    if (m_database.exists("SELECT 1 FROM endpoint WHERE id = ? AND enabled = ?", {endpoint, operation.enabled}))
        return success;
    return done("UPDATE endpoint SET enabled = ? WHERE id = ?", {operation.enabled, endpoint});
}

quint16 PlayedServer::perform(const CreateNode &operation)
{
    constexpr quint16 creationNotSupported = 4096;
    constexpr quint16 nameInUse = 4097;
    const Node &wanted = operation.value;
    const qint64 server = row(wanted.server);
    if (!m_database.exists("SELECT 1 FROM server WHERE id = ?", {server}))
        return invalidParameter;
    if (m_database.exists("SELECT 1 FROM server WHERE id = ? AND NOT create_node", {server}))
        return creationNotSupported;
    const bool initiator = wanted.role == Role::Initiator;
    if (wanted.alias.size() > longestAlias || !isShownAsItIs(wanted.alias)
        || (!initiator && wanted.role != Role::Target)
        || (initiator && m_database.exists("SELECT 1 FROM server WHERE id = ? AND NOT initiator_nodes", {server})))
        return invalidParameter;
    QString name = wanted.name;
    // Names are given in their normal form (RFC 7143 4.2.7.2); a server does not mend them.
    if (!name.isEmpty()
        && (parseIscsiName(name).value_or(QString()) != name
            || m_database.exists("SELECT 1 FROM server WHERE id = ? AND NOT choose_node_name", {server})))
        return invalidParameter;
    if (m_database.exists(
                "SELECT 1 FROM node WHERE server = ? AND (name <> '' AND name = ? OR alias <> '' AND alias = ?)",
                {server, name, wanted.alias}))
        return nameInUse;
    if (name.isEmpty())
        name = newNodeName(server);
    write("INSERT INTO node (server, role, name, alias) VALUES (?, ?, ?, ?)",
          {server, int(wanted.role), name, wanted.alias});
    return created(Kind::Node, server);
}

QString PlayedServer::newNodeName(qint64 server)
{
    QString host;
    const QString serverName = m_database.text("SELECT name FROM server WHERE id = ?", {server}).toLower();
    for (const QChar c : serverName.left(60))
        host += (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') || c == u'.' ? c : QChar(u'-');
    qint64 number = m_database.number("SELECT ifnull(max(id), 0) FROM node").value_or(0);
    QString name;
    do {
        // The example domain of RFC 2606: a workbook belongs to no naming authority.
        name = QStringLiteral("iqn.2026-11.com.example:%1.%2").arg(host).arg(++number);
    } while (m_database.exists("SELECT 1 FROM node WHERE server = ? AND name = ?", {server, name}));
    return name;
}

quint16 PlayedServer::perform(const DeleteNode &operation)
{
    constexpr quint16 nonExistent = 4096;
    constexpr quint16 sessionsActive = 4097;
    const qint64 node = row(operation.node);
    if (!m_database.exists("SELECT 1 FROM node WHERE id = ?", {node}))
        return nonExistent;
    if (m_database.exists("SELECT 1 FROM node n JOIN server s ON s.id = n.server WHERE n.id = ? AND NOT s.create_node",
                          {node}))
        return notSupported;
    if (m_database.exists("SELECT 1 FROM live_session l JOIN endpoint e ON e.id = l.endpoint WHERE e.node = ?", {node}))
        return sessionsActive;
    return done("DELETE FROM node WHERE id = ?", {node}); // its endpoints go with it
}

} // namespace portalbind
