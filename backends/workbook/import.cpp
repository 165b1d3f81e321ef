// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/import.h"

#include "backends/workbook/workbooktext.h"
#include "model/showntext.h"
#include "model/snapshotwords.h"

#include <QFileInfo>

#include <unordered_map>

namespace portalbind {

namespace {

class Writer
{
public:
    Writer(Database &database, const Snapshot &snapshot, QString serverName)
        : m_database(database)
        , m_snapshot(snapshot)
        , m_serverName(std::move(serverName))
    {
    }

    Result<QStringList> write()
    {
        writeServers();
        writeNodes();
        writeGroups();
        writePortals();
        writeEndpoints();
        writeRelations();
        writeSessions();
        if (const Result<> done = m_database.takeError(); !done)
            return tl::unexpected<Error>(done.error());
        return m_names;
    }

private:
    template <class H>
    using Rows = std::unordered_map<H, qint64>;

    template <class H>
    static QVariant find(const Rows<H> &rows, H handle)
    {
        const auto found = rows.find(handle);
        return found == rows.end() ? QVariant() : QVariant(found->second);
    }

    /// The server of an object; a complaint when there is none.
    template <class H>
    QVariant serverOf(ServerHandle server, H object)
    {
        QVariant row = find(m_servers, server);
        if (row.isNull())
            m_database.fail(unusable(object, WorkbookText::tr("its server is missing")));
        return row;
    }

    template <class H>
    [[nodiscard]] Error unusable(H object, const QString &why) const
    {
        return {Error::Kind::BadInput,
                WorkbookText::tr("The inventory cannot be imported: %1.").arg(why),
                QString::fromUtf8(m_snapshot.ids()->id(object)),
                {},
                {}};
    }

    QString freeName(const QString &wanted)
    {
        QString name = wanted;
        for (int n = 2; m_database.exists("SELECT 1 FROM server WHERE name = ?", {name}); ++n)
            name = QStringLiteral("%1 (%2)").arg(wanted).arg(n);
        return name;
    }

    void writeServers()
    {
        for (const ServerHandle h : m_snapshot.servers()) {
            const Server &server = m_snapshot.server(m_snapshot.row(h));
            const Capabilities &can = server.capabilities;
            const QString name = freeName(m_serverName.isEmpty() ? server.name : m_serverName);
            m_database.run(
                    "INSERT INTO server (name, host, dialect, bind, unbind, address_rule, group_rule, group_source,"
                    " edit_portals, create_endpoint, choose_tag, create_node, choose_node_name, initiator_nodes,"
                    " enable_endpoint) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    {name, server.host, word(server.dialect), word(can.bind), word(can.unbind), word(can.addressRule),
                     word(can.groupRule), word(can.groups), can.editPortals, can.createEndpoint, can.chooseTag,
                     can.createNode, can.chooseNodeName, can.initiatorNodes, can.enableEndpoint});
            m_servers.emplace(h, m_database.lastRow());
            m_names.append(name);
        }
    }

    void writeNodes()
    {
        for (const NodeHandle h : m_snapshot.nodes()) {
            const Node node = m_snapshot.node(m_snapshot.row(h));
            m_database.run("INSERT INTO node (server, role, name, alias) VALUES (?, ?, ?, ?)",
                           {serverOf(node.server, h), int(node.role), node.name, node.alias});
            m_nodes.emplace(h, m_database.lastRow());
        }
    }

    void writeGroups()
    {
        for (const GroupHandle h : m_snapshot.groups()) {
            const Group group = m_snapshot.group(m_snapshot.row(h));
            m_database.run("INSERT INTO portal_group (server, name, derived) VALUES (?, ?, ?)",
                           {serverOf(group.server, h), group.name, group.derived});
            m_groups.emplace(h, m_database.lastRow());
        }
    }

    void writePortals()
    {
        for (const Snapshot::PortalRow &row : m_snapshot.portalRows()) {
            const Portal portal = m_snapshot.portal(m_snapshot.row(row.handle));
            if (portal.address.ip.isNull())
                m_database.fail(unusable(row.handle, WorkbookText::tr("a portal has no address")));
            m_database.run("INSERT INTO portal (server, kind, ip, port, present, nic) VALUES (?, ?, ?, ?, ?, ?)",
                           {serverOf(portal.server, row.handle), word(portal.kind), portal.address.ip.toString(),
                            portal.address.port, portal.addressPresent, portal.nic});
            m_portals.emplace(row.handle, m_database.lastRow());
        }
    }

    void writeEndpoints()
    {
        for (const Snapshot::EndpointRow &row : m_snapshot.endpointRows()) {
            const Endpoint endpoint = m_snapshot.endpoint(m_snapshot.row(row.handle));
            m_database.run("INSERT INTO endpoint (server, node, role, scope, enabled, tag) VALUES (?, ?, ?, ?, ?, ?)",
                           {serverOf(endpoint.server, row.handle), find(m_nodes, endpoint.node), int(endpoint.role),
                            word(endpoint.scope), endpoint.enabled, qint64(endpoint.tag)});
            m_endpoints.emplace(row.handle, m_database.lastRow());
        }
    }

    void writeRelations()
    {
        for (const Snapshot::EndpointRow &endpoint : m_snapshot.endpointRows())
            for (const PortalHandle portal : m_snapshot.portalsBoundBy(m_snapshot.row(endpoint.handle)))
                m_database.run("INSERT INTO binding (endpoint, portal) VALUES (?, ?)",
                               {find(m_endpoints, endpoint.handle), find(m_portals, portal)});
        for (const GroupHandle group : m_snapshot.groups())
            for (const PortalHandle portal : m_snapshot.portalsOf(m_snapshot.row(group)))
                m_database.run("INSERT INTO membership (portal_group, portal) VALUES (?, ?)",
                               {find(m_groups, group), find(m_portals, portal)});
    }

    void writeSessions()
    {
        for (const SessionHandle h : m_snapshot.sessions()) {
            const LoginSession session = m_snapshot.session(m_snapshot.row(h));
            const QVariant endpoint = find(m_endpoints, session.endpoint);
            if (endpoint.isNull())
                continue; // of an endpoint that was not shown: no more to be said than that it was there
            m_database.run("INSERT INTO session (endpoint, portal, initiator, source) VALUES (?, ?, ?, ?)",
                           {endpoint, find(m_portals, session.portal), session.initiator, session.from});
        }
    }

    template <class E>
    static QString word(E value)
    {
        return schemaWord(value);
    }

    Database &m_database;
    const Snapshot &m_snapshot;
    const QString m_serverName; // instead of the only server's own
    QStringList m_names;
    Rows<ServerHandle> m_servers;
    Rows<NodeHandle> m_nodes;
    Rows<GroupHandle> m_groups;
    Rows<PortalHandle> m_portals;
    Rows<EndpointHandle> m_endpoints;
};

/// The server that createWorkbook() makes, while there is no other and nothing on it.
void removeUntouchedServer(Database &database)
{
    database.run("DELETE FROM server WHERE dialect = 'workbook' AND host = '' AND (SELECT count(*) FROM server) = 1"
                 " AND NOT EXISTS (SELECT 1 FROM node WHERE node.server = server.id)"
                 " AND NOT EXISTS (SELECT 1 FROM endpoint WHERE endpoint.server = server.id)"
                 " AND NOT EXISTS (SELECT 1 FROM portal WHERE portal.server = server.id)"
                 " AND NOT EXISTS (SELECT 1 FROM portal_group WHERE portal_group.server = server.id)");
}

} // namespace

Result<QStringList> writeSnapshot(Database &database, const Snapshot &snapshot)
{
    return Writer(database, snapshot, {}).write();
}

Result<QStringList> importSnapshot(Workbook &workbook, const Snapshot &snapshot, const QString &serverName)
{
    QStringList names;
    const Result<> done = workbook.change([&](Database &database) -> Result<> {
        if (!snapshot.servers().empty())
            removeUntouchedServer(database);
        auto written = Writer(database, snapshot, serverName).write();
        if (!written)
            return tl::unexpected<Error>(written.error());
        names = *written;
        return {};
    });
    if (!done)
        return tl::unexpected<Error>(done.error());
    return names;
}

Result<> createWorkbook(const QString &path)
{
    return Workbook::create(path, [&path](Database &database) -> Result<> {
        database.run("INSERT INTO server (name) VALUES (?)", {serverNameFor(path)});
        return database.takeError();
    });
}

QString serverNameFor(const QString &path)
{
    constexpr qsizetype longest = 128;
    const QString name = shownString(QFileInfo(path).completeBaseName().left(longest)).trimmed();
    return name.isEmpty() ? QStringLiteral("server") : name;
}

Result<> createWorkbook(const QString &path, const Snapshot &snapshot)
{
    return Workbook::create(path, [&snapshot](Database &database) -> Result<> {
        const auto written = writeSnapshot(database, snapshot);
        if (!written)
            return tl::unexpected<Error>(written.error());
        return {};
    });
}

} // namespace portalbind
