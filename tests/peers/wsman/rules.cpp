// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/wsman/rules.h"

#include <QSqlError>
#include <QSqlQuery>
#include <QStringList>

namespace peer {

namespace {

// Common to all five methods.
constexpr quint16 success = 0;
constexpr quint16 notSupported = 1;
constexpr quint16 failed = 4;
constexpr quint16 invalidParameter = 5;
// CIM status codes.
constexpr quint16 cimNotFound = 6;
constexpr quint16 cimNotSupported = 7;

constexpr qsizetype longestAlias = 128; // CreateiSCSINode.Alias, MaxLen
constexpr qsizetype longestIdentifier = 13; // CreateiSCSIProtocolEndpoint.Identifier, MaxLen
constexpr quint64 highestTpgt = 0xffff; // RFC 7143, 16 bits
constexpr quint64 highestIsid = 0xffffffffffffULL; // RFC 7143, 48 bits

QString listOf(const QList<qint64> &rows)
{
    QStringList texts;
    for (const qint64 row : rows)
        texts.append(QString::number(row));
    return QLatin1Char('[') + texts.join(QLatin1Char(',')) + QLatin1Char(']');
}

} // namespace

/// A transaction for writing from the first question on; kept when the call changed something and nothing failed.
class Rules::Step
{
public:
    explicit Step(Rules &rules)
        : m_rules(rules)
    {
        m_rules.m_changed = false;
        m_rules.m_error.clear();
        m_rules.write("BEGIN IMMEDIATE", {});
        m_rules.m_changed = false;
    }
    ~Step()
    {
        const bool keep = m_rules.m_changed && m_rules.m_error.isEmpty();
        QSqlQuery query(m_rules.m_database);
        if (!query.exec(keep ? QStringLiteral("COMMIT") : QStringLiteral("ROLLBACK")) && m_rules.m_error.isEmpty())
            m_rules.m_error = query.lastError().text();
        m_rules.m_changed = keep && m_rules.m_error.isEmpty();
    }
    Step(const Step &) = delete;
    Step &operator=(const Step &) = delete;

private:
    Rules &m_rules;
};

QVariant Rules::value(const char *sql, const Values &values)
{
    QSqlQuery query(m_database);
    query.prepare(QString::fromUtf8(sql));
    for (const QVariant &each : values)
        query.addBindValue(each);
    if (!query.exec()) {
        m_error = query.lastError().text();
        return {};
    }
    return query.next() ? query.value(0) : QVariant();
}

bool Rules::holds(const char *sql, const Values &values)
{
    return value(sql, values).isValid();
}

// Numbered parameters (?1) are not an option: Qt 6.4 binds them in the order in which they stand.
bool Rules::write(const char *sql, const Values &values, qint64 *row)
{
    QSqlQuery query(m_database);
    query.prepare(QString::fromUtf8(sql));
    for (const QVariant &each : values)
        query.addBindValue(each);
    if (!query.exec()) {
        m_error = query.lastError().text();
        return false;
    }
    m_changed = true;
    if (row)
        *row = query.lastInsertId().toLongLong();
    return true;
}

quint16 Rules::bind(qint64 endpoint, qint64 portal)
{
    Step step(*this);
    if (endpoint == 0 || portal == 0) // R1
        return invalidParameter;
    const bool bound = holds("SELECT 1 FROM binding WHERE endpoint = ? AND portal = ?", {endpoint, portal});
    if (const quint16 refusal = judgeBinding(endpoint, portal); refusal || bound) // R8: bound already, nothing to do
        return refusal ? refusal : m_rebindCode;
    return write("INSERT INTO binding (endpoint, portal) VALUES (?, ?)", {endpoint, portal}) ? success : failed;
}

quint16 Rules::judgeBinding(qint64 endpoint, qint64 portal)
{
    constexpr quint16 nonExistent = 4096;
    constexpr quint16 noAddress = 4097;
    constexpr quint16 inUse = 4098;
    constexpr quint16 otherCollection = 4099;
    if (!holds("SELECT 1 FROM endpoint WHERE id = ? AND server = ?", {endpoint, m_server})) // R3
        return nonExistent;
    if (holds("SELECT 1 FROM server WHERE id = ? AND bind = 'no'", {m_server})
        || holds("SELECT 1 FROM endpoint WHERE server = ? AND scope = 'server' AND node IS NULL AND id <> ?",
                 {m_server, endpoint})) // R0
        return notSupported;
    const QString kind = value("SELECT kind FROM portal WHERE id = ? AND server = ?", {portal, m_server}).toString();
    if (kind.isEmpty()) // R2
        return nonExistent;
    const int role = value("SELECT ifnull(role, 0) FROM endpoint WHERE id = ?", {endpoint}).toInt();
    if (role != 4 && (kind == QLatin1String("ip")) != (role == 2)) // R4
        return invalidParameter;
    if (holds("SELECT 1 FROM binding WHERE endpoint = ? AND portal = ?", {endpoint, portal})) // R8 stands before R5
        return success;
    if (kind == QLatin1String("tcp") && holds("SELECT 1 FROM portal WHERE id = ? AND NOT present", {portal})
        && holds("SELECT 1 FROM server WHERE id = ? AND address_rule = 'target'", {m_server})) // R5
        return noAddress;
    if (role == 3
        && holds("SELECT 1 FROM binding WHERE portal = ? AND endpoint <> ? AND endpoint IN (SELECT id FROM endpoint"
                 " WHERE node = (SELECT node FROM endpoint WHERE id = ?))",
                 {portal, endpoint, endpoint})) // R6
        return inUse;
    return sharesNoGroup(endpoint, portal) ? otherCollection : success; // R7
}

bool Rules::sharesNoGroup(qint64 endpoint, qint64 portal)
{
    if (!holds("SELECT 1 FROM server WHERE id = ? AND group_rule = 'target' AND group_source <> 'none'", {m_server}))
        return false;
    // How many portals would have to share one, and how many memberships there are at all.
    const qint64 wanted = value("SELECT count(*) FROM (SELECT portal FROM binding WHERE endpoint = ? UNION SELECT ?)",
                                {endpoint, portal})
                                  .toLongLong();
    if (wanted < 2)
        return false;
    constexpr char grouped[] =
            "SELECT max(n) FROM (SELECT count(*) AS n FROM membership m JOIN portal_group g ON g.id = m.portal_group"
            " WHERE NOT g.derived AND (m.portal = ? OR m.portal IN (SELECT portal FROM binding WHERE endpoint = ?))"
            " GROUP BY g.id)";
    const qint64 best = value(grouped, {portal, endpoint}).toLongLong();
    return best > 0 && best < wanted; // in no group at all: no ground to refuse
}

quint16 Rules::unbind(qint64 endpoint, qint64 portal)
{
    Step step(*this);
    if (!holds("SELECT 1 FROM binding WHERE endpoint = ? AND portal = ?", {endpoint, portal}))
        return cimNotFound;
    if (holds("SELECT 1 FROM server WHERE id = ? AND unbind = 'no'", {m_server})
        || holds("SELECT 1 FROM endpoint WHERE server = ? AND scope = 'server' AND node IS NULL AND id <> ?",
                 {m_server, endpoint}))
        return cimNotSupported;
    return write("DELETE FROM binding WHERE endpoint = ? AND portal = ?", {endpoint, portal}) ? success : failed;
}

quint16 Rules::judgeEndpoint(const NewEndpoint &wanted, bool *tagOk, quint64 *tag)
{
    constexpr quint16 noNode = 4096;
    constexpr quint16 roleNotSupported = 4097;
    constexpr quint16 tagInUse = 4098;
    constexpr quint16 tagNotSelectable = 4099;
    if (holds("SELECT 1 FROM server WHERE id = ? AND NOT create_endpoint", {m_server}))
        return notSupported;
    const quint64 highest = wanted.role == 2 ? highestIsid : highestTpgt;
    *tagOk = wanted.identifier.isEmpty();
    if (!*tagOk)
        *tag = wanted.identifier.toULongLong(tagOk, 16);
    if (wanted.node == 0 || (wanted.role != 2 && wanted.role != 3) || !*tagOk || *tag > highest
        || wanted.identifier.size() > longestIdentifier || wanted.portals.contains(0))
        return invalidParameter;
    if (!holds("SELECT 1 FROM node WHERE id = ? AND server = ?", {wanted.node, m_server}))
        return noNode;
    const int nodeRole = value("SELECT ifnull(role, 0) FROM node WHERE id = ?", {wanted.node}).toInt();
    if (((nodeRole == 2 || nodeRole == 3) && nodeRole != wanted.role)
        || (wanted.role == 2 && holds("SELECT 1 FROM server WHERE id = ? AND NOT initiator_nodes", {m_server})))
        return roleNotSupported;
    if (wanted.identifier.isEmpty())
        return success;
    if (holds("SELECT 1 FROM server WHERE id = ? AND NOT choose_tag", {m_server}))
        return tagNotSelectable;
    return holds("SELECT 1 FROM endpoint WHERE node = ? AND tag = ?", {wanted.node, *tag}) ? tagInUse : success;
}

quint16 Rules::judgePortals(const NewEndpoint &wanted)
{
    constexpr quint16 nonExistent = 4100;
    constexpr quint16 noAddress = 4101;
    constexpr quint16 inUse = 4102;
    constexpr quint16 otherCollection = 4103;
    const QString list = listOf(wanted.portals);
    if (holds("SELECT 1 FROM json_each(?) WHERE value NOT IN (SELECT id FROM portal WHERE server = ?)",
              {list, m_server}))
        return nonExistent;
    if (holds("SELECT 1 FROM portal WHERE id IN (SELECT value FROM json_each(?)) AND kind <> ?",
              {list, wanted.role == 2 ? QStringLiteral("ip") : QStringLiteral("tcp")}))
        return invalidParameter;
    if (holds("SELECT 1 FROM portal WHERE id IN (SELECT value FROM json_each(?)) AND kind = 'tcp' AND NOT present",
              {list})
        && holds("SELECT 1 FROM server WHERE id = ? AND address_rule = 'target'", {m_server}))
        return noAddress;
    if (wanted.role == 3
        && holds("SELECT 1 FROM binding WHERE portal IN (SELECT value FROM json_each(?)) AND endpoint IN"
                 " (SELECT id FROM endpoint WHERE node = ?)",
                 {list, wanted.node}))
        return inUse;
    if (!holds("SELECT 1 FROM server WHERE id = ? AND group_rule = 'target' AND group_source <> 'none'", {m_server}))
        return success;
    const qint64 count = value("SELECT count(DISTINCT value) FROM json_each(?)", {list}).toLongLong();
    const qint64 best =
            value("SELECT max(n) FROM (SELECT count(DISTINCT m.portal) AS n FROM membership m JOIN portal_group g"
                  " ON g.id = m.portal_group WHERE NOT g.derived AND m.portal IN"
                  " (SELECT value FROM json_each(?)) GROUP BY g.id)",
                  {list})
                    .toLongLong();
    return count > 1 && best > 0 && best < count ? otherCollection : success;
}

quint16 Rules::createEndpoint(const NewEndpoint &wanted, qint64 *made)
{
    Step step(*this);
    bool tagOk = false;
    quint64 tag = 0;
    if (const quint16 refusal = judgeEndpoint(wanted, &tagOk, &tag))
        return refusal;
    if (const quint16 refusal = judgePortals(wanted))
        return refusal;
    if (wanted.identifier.isEmpty()) {
        for (tag = 1; holds("SELECT 1 FROM endpoint WHERE node = ? AND tag = ?", {wanted.node, tag});)
            ++tag;
    }
    if (!write("INSERT INTO endpoint (server, node, role, enabled, tag) VALUES (?, ?, ?, 1, ?)",
               {m_server, wanted.node, wanted.role, tag}, made))
        return failed;
    for (const qint64 portal : wanted.portals) {
        if (!write("INSERT OR IGNORE INTO binding (endpoint, portal) VALUES (?, ?)", {*made, portal}))
            return failed;
    }
    return success;
}

quint16 Rules::deleteEndpoint(qint64 endpoint)
{
    constexpr quint16 nonExistent = 4096;
    Step step(*this);
    if (endpoint == 0)
        return invalidParameter;
    if (!holds("SELECT 1 FROM endpoint WHERE id = ? AND server = ?", {endpoint, m_server}))
        return nonExistent;
    if (holds("SELECT 1 FROM server WHERE id = ? AND NOT create_endpoint", {m_server}))
        return notSupported;
    return write("DELETE FROM endpoint WHERE id = ?", {endpoint}) ? success : failed;
}

quint16 Rules::setEnabled(qint64 endpoint, int requestedState)
{
    constexpr int enabled = 2;
    constexpr int disabled = 3;
    Step step(*this);
    if (holds("SELECT 1 FROM server WHERE id = ? AND NOT enable_endpoint", {m_server}))
        return notSupported;
    if (requestedState != enabled && requestedState != disabled)
        return invalidParameter;
    const bool on = requestedState == enabled;
    if (holds("SELECT 1 FROM endpoint WHERE id = ? AND enabled = ?", {endpoint, on}))
        return success;
    return write("UPDATE endpoint SET enabled = ? WHERE id = ?", {on, endpoint}) ? success : failed;
}

quint16 Rules::createNode(const QString &alias, qint64 *made)
{
    constexpr quint16 creationNotSupported = 4096;
    constexpr quint16 aliasInUse = 4097;
    Step step(*this);
    if (holds("SELECT 1 FROM server WHERE id = ? AND NOT create_node", {m_server}))
        return creationNotSupported;
    if (alias.size() > longestAlias)
        return invalidParameter;
    if (!alias.isEmpty() && holds("SELECT 1 FROM node WHERE server = ? AND alias = ?", {m_server, alias}))
        return aliasInUse;
    QString host;
    const QString server = value("SELECT name FROM server WHERE id = ?", {m_server}).toString().toLower();
    for (const QChar c : server.left(60))
        host += (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') || c == u'.' ? c : QChar(u'-');
    qint64 number = value("SELECT ifnull(max(id), 0) FROM node", {}).toLongLong();
    QString name;
    do {
        name = QStringLiteral("iqn.2026-11.com.example:%1.%2").arg(host).arg(++number);
    } while (holds("SELECT 1 FROM node WHERE server = ? AND name = ?", {m_server, name}));
    return write("INSERT INTO node (server, role, name, alias) VALUES (?, 3, ?, ?)",
                 {m_server, name, alias.isNull() ? QStringLiteral("") : alias}, made)
            ? success
            : failed;
}

quint16 Rules::deleteNode(qint64 node)
{
    constexpr quint16 nonExistent = 4096;
    constexpr quint16 sessionsActive = 4097;
    Step step(*this);
    if (node == 0)
        return invalidParameter;
    if (!holds("SELECT 1 FROM node WHERE id = ? AND server = ?", {node, m_server}))
        return nonExistent;
    if (holds("SELECT 1 FROM server WHERE id = ? AND NOT create_node", {m_server}))
        return notSupported;
    if (holds("SELECT 1 FROM session WHERE endpoint IN (SELECT id FROM endpoint WHERE node = ?)", {node}))
        return sessionsActive;
    return write("DELETE FROM node WHERE id = ?", {node}) ? success : failed;
}

quint16 Rules::listen(qint64 portal, bool on, int port)
{
    Step step(*this);
    qint64 switchForAll = value("SELECT id FROM endpoint WHERE server = ? AND scope = 'server' AND node IS NULL",
                                {m_server})
                                  .toLongLong();
    if (!switchForAll
        && !write("INSERT INTO endpoint (server, node, role, scope, tag) VALUES (?, NULL, 3, 'server', 0)", {m_server},
                  &switchForAll))
        return failed;
    if (on)
        write("INSERT OR IGNORE INTO binding (endpoint, portal) VALUES (?, ?)", {switchForAll, portal});
    else
        write("DELETE FROM binding WHERE endpoint = ? AND portal = ?", {switchForAll, portal});
    write("UPDATE portal SET port = ? WHERE id = ? AND port <> ?", {port, portal, port});
    return m_error.isEmpty() ? success : failed;
}

} // namespace peer
