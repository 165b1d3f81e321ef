// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/reading.h"

#include "backends/workbook/workbookid.h"
#include "backends/workbook/workbooktext.h"
#include "model/snapshotbuilder.h"
#include "model/snapshotwords.h"

#include <QElapsedTimer>

#include <unordered_map>

namespace portalbind {

namespace {

class Reader
{
public:
    Reader(Database &database, const std::shared_ptr<IdTable> &ids, const std::function<void(SnapshotPtr)> &progress,
           const std::stop_token &stop)
        : m_database(database)
        , m_builder(ids)
        , m_progress(progress)
        , m_stop(stop)
    {
        m_sinceProgress.start();
    }

    Result<SnapshotPtr> read()
    {
        {
            const Transaction oneMoment(m_database, Transaction::Kind::Read);
            m_builder.reserve(size_t(m_database.number("SELECT count(*) FROM portal").value_or(0)),
                              size_t(m_database.number("SELECT count(*) FROM endpoint").value_or(0)),
                              size_t(m_database.number("SELECT count(*) FROM binding").value_or(0)));
            readServers();
            readNodes();
            readGroups();
            readPortals();
            readEndpoints();
            readRelations();
            readSessions();
        }
        if (const Result<> done = m_database.takeError(); !done)
            return tl::unexpected<Error>(done.error());
        if (m_stop.stop_requested())
            return failure(Error::Kind::Cancelled, WorkbookText::tr("Cancelled."));
        return m_builder.build();
    }

private:
    /// After each row: false ends the reading.
    bool goOn()
    {
        if ((++m_rows & 0x3ff) != 0)
            return true;
        if (m_stop.stop_requested())
            return false;
        // A snapshot is made of all that is there so far: the pauses grow with what it costs.
        if (m_progress && m_sinceProgress.elapsed() > m_pause) {
            QElapsedTimer cost;
            cost.start();
            m_progress(m_builder.build(false));
            m_pause = std::max<qint64>(300, 5 * cost.elapsed());
            m_sinceProgress.start();
        }
        return true;
    }

    template <class H>
    static H find(const std::unordered_map<qint64, H> &handles, const QVariant &row)
    {
        const auto found = handles.find(row.toLongLong());
        return found == handles.end() ? H() : found->second;
    }

    /// CHECK constraints let no other words in.
    template <class E>
    static E word(const QVariant &value)
    {
        return fromSchemaWord<E>(value.toString()).value_or(E());
    }

    static Role role(const QVariant &value) { return value.isNull() ? Role::Unknown : Role(value.toInt()); }

    void readServers()
    {
        m_database.each("SELECT id, name, host, dialect, bind, unbind, address_rule, group_rule, group_source,"
                        " edit_portals, create_endpoint, choose_tag, create_node, choose_node_name, initiator_nodes,"
                        " enable_endpoint FROM server ORDER BY id",
                        {}, [this](const QSqlQuery &row) {
                            Server server;
                            server.name = row.value(1).toString();
                            server.host = row.value(2).toString();
                            server.dialect = word<Dialect>(row.value(3));
                            Capabilities &can = server.capabilities;
                            can.bind = word<Support>(row.value(4));
                            can.unbind = word<Support>(row.value(5));
                            can.addressRule = word<Enforcement>(row.value(6));
                            can.groupRule = word<Enforcement>(row.value(7));
                            can.groups = word<GroupSource>(row.value(8));
                            can.editPortals = row.value(9).toBool();
                            can.createEndpoint = row.value(10).toBool();
                            can.chooseTag = row.value(11).toBool();
                            can.createNode = row.value(12).toBool();
                            can.chooseNodeName = row.value(13).toBool();
                            can.initiatorNodes = row.value(14).toBool();
                            can.enableEndpoint = row.value(15).toBool();
                            const qint64 id = row.value(0).toLongLong();
                            m_servers.emplace(id, m_builder.addServer(workbookServerId(id), std::move(server)));
                            return goOn();
                        });
    }

    void readNodes()
    {
        m_database.each("SELECT id, server, role, name, alias FROM node ORDER BY id", {}, [this](const QSqlQuery &row) {
            const qint64 id = row.value(0).toLongLong();
            const QByteArray key = workbookId(Kind::Node, row.value(1).toLongLong(), id);
            m_nodes.emplace(id,
                            m_builder.addNode(key,
                                              Node{find(m_servers, row.value(1)), role(row.value(2)),
                                                   row.value(3).toString(), row.value(4).toString()}));
            return goOn();
        });
    }

    void readGroups()
    {
        m_database.each("SELECT id, server, name, derived FROM portal_group ORDER BY id", {},
                        [this](const QSqlQuery &row) {
                            const qint64 id = row.value(0).toLongLong();
                            const QByteArray key = workbookId(Kind::Group, row.value(1).toLongLong(), id);
                            m_groups.emplace(id,
                                             m_builder.addGroup(key,
                                                                Group{find(m_servers, row.value(1)),
                                                                      row.value(2).toString(), row.value(3).toBool()}));
                            return goOn();
                        });
    }

    void readPortals()
    {
        m_database.each("SELECT id, server, kind, ip, port, present, nic FROM portal ORDER BY id", {},
                        [this](const QSqlQuery &row) {
                            const qint64 id = row.value(0).toLongLong();
                            const auto ip = IpAddress::parse(row.value(3).toString());
                            if (!ip) {
                                m_database.fail(badRow(QStringLiteral("portal"), id, ip.error().what));
                                return false;
                            }
                            Portal portal;
                            portal.server = find(m_servers, row.value(1));
                            portal.kind = word<PortalKind>(row.value(2));
                            portal.address = PortalAddress{*ip, quint16(row.value(4).toUInt())};
                            portal.addressPresent = row.value(5).toBool();
                            portal.nic = row.value(6).toString();
                            const QByteArray key = workbookId(Kind::Portal, row.value(1).toLongLong(), id);
                            m_portals.emplace(id, m_builder.addPortal(key, std::move(portal)));
                            return goOn();
                        });
    }

    void readEndpoints()
    {
        m_database.each("SELECT id, server, node, role, scope, enabled, tag FROM endpoint ORDER BY id", {},
                        [this](const QSqlQuery &row) {
                            const qint64 id = row.value(0).toLongLong();
                            Endpoint endpoint;
                            endpoint.server = find(m_servers, row.value(1));
                            endpoint.node = find(m_nodes, row.value(2));
                            endpoint.role = role(row.value(3));
                            endpoint.scope = word<BindingScope>(row.value(4));
                            endpoint.enabled = row.value(5).toBool();
                            endpoint.tag = quint64(row.value(6).toLongLong());
                            const QByteArray key = workbookId(Kind::Endpoint, row.value(1).toLongLong(), id);
                            m_endpoints.emplace(id, m_builder.addEndpoint(key, endpoint));
                            return goOn();
                        });
    }

    void readRelations()
    {
        m_database.each("SELECT endpoint, portal FROM binding", {}, [this](const QSqlQuery &row) {
            m_builder.bind(find(m_endpoints, row.value(0)), find(m_portals, row.value(1)));
            return goOn();
        });
        m_database.each("SELECT portal_group, portal FROM membership", {}, [this](const QSqlQuery &row) {
            m_builder.join(find(m_groups, row.value(0)), find(m_portals, row.value(1)));
            return goOn();
        });
    }

    void readSessions()
    {
        m_database.each("SELECT l.id, e.server, l.endpoint, l.portal, l.initiator, l.source FROM live_session l"
                        " JOIN endpoint e ON e.id = l.endpoint ORDER BY l.id",
                        {}, [this](const QSqlQuery &row) {
                            const QByteArray key = workbookId(Kind::Session, row.value(1).toLongLong(),
                                                              row.value(0).toLongLong());
                            m_builder.addSession(key,
                                                 LoginSession{find(m_endpoints, row.value(2)),
                                                              find(m_portals, row.value(3)), row.value(4).toString(),
                                                              row.value(5).toString()});
                            return goOn();
                        });
    }

    [[nodiscard]] Error badRow(const QString &table, qint64 id, const QString &why) const
    {
        return {Error::Kind::BadInput,
                WorkbookText::tr("The workbook %1 holds a value that cannot be.").arg(m_database.path()),
                QStringLiteral("%1, %2 %3").arg(m_database.path(), table).arg(id),
                WorkbookText::tr("Put back a copy of it from a backup. The file was left as it is."), why};
    }

    Database &m_database;
    SnapshotBuilder m_builder;
    const std::function<void(SnapshotPtr)> &m_progress;
    const std::stop_token &m_stop;
    QElapsedTimer m_sinceProgress;
    qint64 m_pause = 300; ///< milliseconds
    quint64 m_rows = 0;
    std::unordered_map<qint64, ServerHandle> m_servers;
    std::unordered_map<qint64, NodeHandle> m_nodes;
    std::unordered_map<qint64, GroupHandle> m_groups;
    std::unordered_map<qint64, PortalHandle> m_portals;
    std::unordered_map<qint64, EndpointHandle> m_endpoints;
};

} // namespace

Result<SnapshotPtr> readWorkbook(Database &database, const std::shared_ptr<IdTable> &ids,
                                 const std::function<void(SnapshotPtr)> &progress, const std::stop_token &stop)
{
    return Reader(database, ids, progress, stop).read();
}

} // namespace portalbind
