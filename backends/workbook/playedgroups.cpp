// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/playedserver.h"
#include "model/showntext.h"
#include "model/snapshotwords.h"

namespace portalbind {

namespace {

constexpr qsizetype longestGroupName = 128;
constexpr qsizetype longestInterface = 128;

bool isGroupName(const QString &name)
{
    return !name.trimmed().isEmpty() && name.size() <= longestGroupName && isShownAsItIs(name);
}

} // namespace

quint16 PlayedServer::perform(const CreatePortal &operation)
{
    constexpr quint16 noServer = 4096;
    constexpr quint16 addressInUse = 4097;
    const Portal &wanted = operation.value;
    const qint64 server = row(wanted.server);
    if (!m_database.exists("SELECT 1 FROM server WHERE id = ?", {server}))
        return noServer;
    if (m_database.exists("SELECT 1 FROM server WHERE id = ? AND NOT edit_portals", {server}))
        return notSupported;
    const IpAddress &address = wanted.address.ip;
    const bool isTcp = wanted.kind == PortalKind::Tcp;
    if (address.isNull() || !address.isForPortals() || isTcp != (wanted.address.port != 0)
        || (!isTcp && address.isWildcard()) || wanted.nic.size() > longestInterface || !isShownAsItIs(wanted.nic))
        return invalidParameter;
    const QString ip = address.toString();
    if (m_database.exists("SELECT 1 FROM portal WHERE server = ? AND ip = ? AND port = ?",
                          {server, ip, wanted.address.port}))
        return addressInUse;
    write("INSERT INTO portal (server, kind, ip, port, present, nic) VALUES (?, ?, ?, ?, ?, ?)",
          {server, QString(schemaWord(wanted.kind)), ip, wanted.address.port, wanted.addressPresent, wanted.nic});
    return created(Kind::Portal, server);
}

quint16 PlayedServer::perform(const DeletePortal &operation)
{
    constexpr quint16 nonExistent = 4096;
    constexpr quint16 stillBound = 4097;
    const qint64 portal = row(operation.portal);
    if (!m_database.exists("SELECT 1 FROM portal WHERE id = ?", {portal}))
        return nonExistent;
    if (m_database.exists(
                "SELECT 1 FROM portal p JOIN server s ON s.id = p.server WHERE p.id = ? AND NOT s.edit_portals",
                {portal}))
        return notSupported;
    if (m_database.exists("SELECT 1 FROM binding WHERE portal = ?", {portal}))
        return stillBound;
    return done("DELETE FROM portal WHERE id = ?", {portal});
}

quint16 PlayedServer::perform(const CreateGroup &operation)
{
    constexpr quint16 noServer = 4096;
    constexpr quint16 nameInUse = 4097;
    const Group &wanted = operation.value;
    const qint64 server = row(wanted.server);
    if (!m_database.exists("SELECT 1 FROM server WHERE id = ?", {server}))
        return noServer;
    if (m_database.exists("SELECT 1 FROM server WHERE id = ? AND group_source <> 'editable'", {server}))
        return notSupported;
    if (!isGroupName(wanted.name))
        return invalidParameter;
    if (m_database.exists("SELECT 1 FROM portal_group WHERE server = ? AND name = ?", {server, wanted.name}))
        return nameInUse;
    write("INSERT INTO portal_group (server, name) VALUES (?, ?)", {server, wanted.name});
    return created(Kind::Group, server);
}

bool PlayedServer::isGroupReadOnly(qint64 group)
{
    return m_database.exists("SELECT 1 FROM portal_group g JOIN server s ON s.id = g.server WHERE g.id = ?"
                             " AND (g.derived OR s.group_source <> 'editable')",
                             {group});
}

bool PlayedServer::breaksCommonGroup(qint64 group, std::optional<qint64> portal)
{
    // An endpoint that binds a portal concerned, whose portals are all in this group and together in no other.
    const QVariant who = portal ? QVariant(*portal) : QVariant();
    return m_database.exists(
            "SELECT 1 FROM membership m JOIN binding b ON b.portal = m.portal JOIN endpoint e ON e.id = b.endpoint"
            " JOIN server s ON s.id = e.server"
            " WHERE m.portal_group = ? AND ifnull(?, m.portal) = m.portal AND s.group_rule = 'target'"
            " AND NOT EXISTS (SELECT 1 FROM binding x WHERE x.endpoint = e.id AND x.portal NOT IN"
            " (SELECT y.portal FROM membership y WHERE y.portal_group = m.portal_group))"
            " AND NOT EXISTS (SELECT 1 FROM membership o JOIN portal_group g ON g.id = o.portal_group"
            " WHERE o.portal = b.portal AND g.id <> m.portal_group AND NOT g.derived"
            " AND NOT EXISTS (SELECT 1 FROM binding x WHERE x.endpoint = e.id AND x.portal NOT IN"
            " (SELECT y.portal FROM membership y WHERE y.portal_group = g.id))) LIMIT 1",
            {group, who});
}

quint16 PlayedServer::perform(const DeleteGroup &operation)
{
    constexpr quint16 nonExistent = 4096;
    constexpr quint16 losesGroup = 4099;
    const qint64 group = row(operation.group);
    if (!m_database.exists("SELECT 1 FROM portal_group WHERE id = ?", {group}))
        return nonExistent;
    if (isGroupReadOnly(group))
        return notSupported;
    if (breaksCommonGroup(group, {}))
        return losesGroup;
    return done("DELETE FROM portal_group WHERE id = ?", {group});
}

quint16 PlayedServer::perform(const RenameGroup &operation)
{
    constexpr quint16 nonExistent = 4096;
    constexpr quint16 nameInUse = 4097;
    const qint64 group = row(operation.group);
    if (!m_database.exists("SELECT 1 FROM portal_group WHERE id = ?", {group}))
        return nonExistent;
    if (isGroupReadOnly(group))
        return notSupported;
    if (!isGroupName(operation.name))
        return invalidParameter;
    if (m_database.exists("SELECT 1 FROM portal_group g JOIN portal_group o ON o.server = g.server AND o.id <> g.id"
                          " WHERE g.id = ? AND o.name = ?",
                          {group, operation.name}))
        return nameInUse;
    if (m_database.exists("SELECT 1 FROM portal_group WHERE id = ? AND name = ?", {group, operation.name}))
        return success;
    return done("UPDATE portal_group SET name = ? WHERE id = ?", {operation.name, group});
}

quint16 PlayedServer::judgeMembership(qint64 group, qint64 portal)
{
    constexpr quint16 noPortal = 4096;
    constexpr quint16 noGroup = 4097;
    if (!m_database.exists("SELECT 1 FROM portal WHERE id = ?", {portal}))
        return noPortal;
    if (!m_database.exists("SELECT 1 FROM portal_group WHERE id = ?", {group}))
        return noGroup;
    if (isGroupReadOnly(group))
        return notSupported;
    if (m_database.exists("SELECT 1 FROM portal p, portal_group g WHERE p.id = ? AND g.id = ? AND p.server <> g.server",
                          {portal, group}))
        return invalidParameter;
    return success;
}

quint16 PlayedServer::perform(const JoinGroup &operation)
{
    const qint64 group = row(operation.group);
    const qint64 portal = row(operation.portal);
    if (const quint16 refusal = judgeMembership(group, portal))
        return refusal;
    if (m_database.exists("SELECT 1 FROM membership WHERE portal_group = ? AND portal = ?", {group, portal}))
        return success;
    // A further group takes none from what an endpoint's portals share: 4099 cannot arise.
    return done("INSERT INTO membership (portal_group, portal) VALUES (?, ?)", {group, portal});
}

quint16 PlayedServer::perform(const LeaveGroup &operation)
{
    constexpr quint16 notAMember = 4098;
    constexpr quint16 losesGroup = 4099;
    const qint64 group = row(operation.group);
    const qint64 portal = row(operation.portal);
    if (const quint16 refusal = judgeMembership(group, portal))
        return refusal;
    if (!m_database.exists("SELECT 1 FROM membership WHERE portal_group = ? AND portal = ?", {group, portal}))
        return notAMember;
    if (breaksCommonGroup(group, portal))
        return losesGroup;
    return done("DELETE FROM membership WHERE portal_group = ? AND portal = ?", {group, portal});
}

} // namespace portalbind
