// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/reading.h"

#include "backends/workbook/workbookid.h"
#include "backends/workbook/workbooktext.h"
#include "model/iscsiname.h"
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

    /// The CHECK constraints let no other values in, but not every program minds them.
    struct Row
    {
        Reader &reader;
        const char *table;
        const QSqlQuery &query;
        bool good = true;

        [[nodiscard]] qint64 id() const { return query.value(0).toLongLong(); }
        void fail(const QString &why)
        {
            if (good)
                reader.m_database.fail(reader.badRow(QString::fromLatin1(table), id(), why));
            good = false;
        }
        template <class E>
        E word(int column)
        {
            const QString text = query.value(column).toString();
            const auto meaning = fromSchemaWord<E>(text);
            if (!meaning)
                fail(WorkbookText::tr("The word “%1” is not known.").arg(text.left(80)));
            return meaning.value_or(E());
        }
        qint64 number(int column, qint64 most)
        {
            bool isNumber = false;
            const qint64 value = query.value(column).toLongLong(&isNumber);
            if (!isNumber || value < 0 || value > most)
                fail(WorkbookText::tr("“%1” is no number from 0 to %2.")
                             .arg(query.value(column).toString().left(80))
                             .arg(most));
            return value;
        }
        bool flag(int column) { return number(column, 1) != 0; }
        Role role(int column)
        {
            if (query.value(column).isNull())
                return Role::Unknown;
            const qint64 value = number(column, 4);
            if (value == 1)
                fail(WorkbookText::tr("There is no role %1.").arg(value));
            return Role(value);
        }
    };

    void readServers()
    {
        m_database.each("SELECT id, name, host, dialect, bind, unbind, address_rule, group_rule, group_source,"
                        " edit_portals, create_endpoint, choose_tag, create_node, choose_node_name, initiator_nodes,"
                        " enable_endpoint FROM server ORDER BY id",
                        {}, [this](const QSqlQuery &row) {
                            Row is{*this, "server", row};
                            Server server;
                            server.name = row.value(1).toString();
                            server.host = row.value(2).toString();
                            server.dialect = is.word<Dialect>(3);
                            Capabilities &can = server.capabilities;
                            can.bind = is.word<Support>(4);
                            can.unbind = is.word<Support>(5);
                            can.addressRule = is.word<Enforcement>(6);
                            can.groupRule = is.word<Enforcement>(7);
                            can.groups = is.word<GroupSource>(8);
                            can.editPortals = is.flag(9);
                            can.createEndpoint = is.flag(10);
                            can.chooseTag = is.flag(11);
                            can.createNode = is.flag(12);
                            can.chooseNodeName = is.flag(13);
                            can.initiatorNodes = is.flag(14);
                            can.enableEndpoint = is.flag(15);
                            m_servers.emplace(is.id(),
                                              m_builder.addServer(workbookServerId(is.id()), std::move(server)));
                            return is.good && goOn();
                        });
    }

    void readNodes()
    {
        m_database.each("SELECT id, server, role, name, alias FROM node ORDER BY id", {}, [this](const QSqlQuery &row) {
            Row is{*this, "node", row};
            Node node{find(m_servers, row.value(1)), is.role(2), row.value(3).toString(), row.value(4).toString()};
            // As the server writes it: some show upper case.
            if (const auto name = parseIscsiName(node.name); !name)
                is.fail(name.error().what);
            const QByteArray key = workbookId(Kind::Node, row.value(1).toLongLong(), is.id());
            m_nodes.emplace(is.id(), m_builder.addNode(key, node));
            return is.good && goOn();
        });
    }

    void readGroups()
    {
        m_database.each("SELECT id, server, name, derived FROM portal_group ORDER BY id", {},
                        [this](const QSqlQuery &row) {
                            Row is{*this, "portal_group", row};
                            const QByteArray key = workbookId(Kind::Group, row.value(1).toLongLong(), is.id());
                            m_groups.emplace(is.id(),
                                             m_builder.addGroup(key,
                                                                Group{find(m_servers, row.value(1)),
                                                                      row.value(2).toString(), is.flag(3)}));
                            return is.good && goOn();
                        });
    }

    void readPortals()
    {
        m_database.each("SELECT id, server, kind, ip, port, present, nic FROM portal ORDER BY id", {},
                        [this](const QSqlQuery &row) {
                            Row is{*this, "portal", row};
                            const auto ip = IpAddress::parse(row.value(3).toString());
                            if (!ip)
                                is.fail(ip.error().what);
                            Portal portal;
                            portal.server = find(m_servers, row.value(1));
                            portal.kind = is.word<PortalKind>(2);
                            portal.address = PortalAddress{ip.value_or(IpAddress()), quint16(is.number(4, 65535))};
                            if ((portal.kind == PortalKind::Tcp) != (portal.address.port != 0))
                                is.fail(WorkbookText::tr("A TCP portal has a port, an address alone has none."));
                            portal.addressPresent = is.flag(5);
                            portal.nic = row.value(6).toString();
                            const QByteArray key = workbookId(Kind::Portal, row.value(1).toLongLong(), is.id());
                            m_portals.emplace(is.id(), m_builder.addPortal(key, std::move(portal)));
                            return is.good && goOn();
                        });
    }

    void readEndpoints()
    {
        m_database.each("SELECT id, server, node, role, scope, enabled, tag FROM endpoint ORDER BY id", {},
                        [this](const QSqlQuery &row) {
                            Row is{*this, "endpoint", row};
                            Endpoint endpoint;
                            endpoint.server = find(m_servers, row.value(1));
                            endpoint.node = find(m_nodes, row.value(2));
                            endpoint.role = is.role(3);
                            endpoint.scope = is.word<BindingScope>(4);
                            endpoint.enabled = is.flag(5);
                            const quint64 most = endpoint.role == Role::Target ? maximumTargetTag : maximumInitiatorTag;
                            endpoint.tag = quint64(is.number(6, qint64(most)));
                            const QByteArray key = workbookId(Kind::Endpoint, row.value(1).toLongLong(), is.id());
                            m_endpoints.emplace(is.id(), m_builder.addEndpoint(key, endpoint));
                            return is.good && goOn();
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
