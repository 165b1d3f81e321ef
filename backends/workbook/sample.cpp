// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/sample.h"

#include "backends/workbook/import.h"
#include "model/snapshotbuilder.h"

#include <array>

namespace portalbind {

namespace {

struct SamplePortal
{
    const char *address;
    const char *group; ///< null: in none
    const char *nic; ///< null: the address is on no interface any more
};

constexpr std::array portalsOfA{
        SamplePortal{"10.0.1.5:3260", "fabric-A", "ens1f0"},
        SamplePortal{"10.0.1.6:3260", "fabric-A", "ens1f0"},
        SamplePortal{"10.0.1.7:3260", "fabric-A", "ens2f0"},
        SamplePortal{"10.0.1.8:3260", "fabric-A", "ens2f0"},
        SamplePortal{"10.0.1.9:3260", "fabric-A", nullptr},
        SamplePortal{"[2001:db8:0:1::5]:3260", "fabric-A", "ens1f0"},
        SamplePortal{"[2001:db8:0:1::6]:3260", "fabric-A", "ens1f0"},
        SamplePortal{"[2001:db8:0:1::7]:3260", "fabric-A", "ens2f0"},
        SamplePortal{"10.0.2.5:3260", "fabric-B", "ens1f1"},
        SamplePortal{"10.0.2.6:3260", "fabric-B", "ens1f1"},
        SamplePortal{"10.0.2.7:3260", "fabric-B", "ens2f1"},
        SamplePortal{"10.0.2.8:3260", "fabric-B", "ens2f1"},
        SamplePortal{"[2001:db8:0:2::5]:3260", "fabric-B", "ens1f1"},
        SamplePortal{"[2001:db8:0:2::6]:3260", "fabric-B", "ens1f1"},
        SamplePortal{"[2001:db8:0:2::7]:3260", "fabric-B", "ens2f1"},
        SamplePortal{"0.0.0.0:3261", nullptr, ""},
        SamplePortal{"10.0.3.5:3260", nullptr, "ens3f0"},
        SamplePortal{"10.0.9.5", nullptr, "ens4f0"},
        SamplePortal{"10.0.9.6", nullptr, "ens4f1"},
        SamplePortal{"2001:db8:0:9::5", nullptr, "ens4f0"},
};

constexpr std::array portalsOfB{
        SamplePortal{"10.0.1.25:3260", "fabric-A", "ens1f0"},
        SamplePortal{"10.0.1.26:3260", "fabric-A", "ens1f0"},
        SamplePortal{"10.0.1.27:3260", "fabric-A", "ens2f0"},
        SamplePortal{"10.0.1.28:3260", "fabric-A", "ens2f0"},
        SamplePortal{"[2001:db8:0:1::25]:3260", "fabric-A", "ens1f0"},
        SamplePortal{"[2001:db8:0:1::26]:3260", "fabric-A", "ens1f0"},
        SamplePortal{"[2001:db8:0:1::27]:3260", "fabric-A", "ens2f0"},
        SamplePortal{"[2001:db8:0:1::28]:3260", "fabric-A", "ens2f0"},
        SamplePortal{"10.0.2.25:3260", "fabric-B", "ens1f1"},
        SamplePortal{"10.0.2.26:3260", "fabric-B", "ens1f1"},
        SamplePortal{"10.0.2.27:3260", "fabric-B", "ens2f1"},
        SamplePortal{"10.0.2.28:3260", "fabric-B", "ens2f1"},
        SamplePortal{"[2001:db8:0:2::25]:3260", "fabric-B", "ens1f1"},
        SamplePortal{"[2001:db8:0:2::26]:3260", "fabric-B", "ens1f1"},
        SamplePortal{"[2001:db8:0:2::27]:3260", "fabric-B", "ens2f1"},
        SamplePortal{"[2001:db8:0:2::28]:3260", "fabric-B", "ens2f1"},
        SamplePortal{"10.0.3.25:3260", nullptr, "ens3f0"},
        SamplePortal{"10.0.3.26:3260", nullptr, "ens3f0"},
        SamplePortal{"10.0.3.25:3261", nullptr, "ens3f0"},
        SamplePortal{"[2001:db8:0:3::25]:3260", nullptr, "ens3f0"},
};

struct SampleEndpoint
{
    const char *node;
    const char *alias;
    quint64 tag;
    bool enabled;
    std::array<const char *, 3> portals; ///< null: fewer
};

constexpr std::array endpointsOfA{
        SampleEndpoint{
                "iqn.2026-11.com.example:mail", "Mail store", 1, true, {"10.0.1.5:3260", "[2001:db8:0:1::5]:3260"}},
        SampleEndpoint{
                "iqn.2026-11.com.example:mail", "Mail store", 2, true, {"10.0.2.5:3260", "[2001:db8:0:2::5]:3260"}},
        SampleEndpoint{"iqn.2026-11.com.example:db", "Database", 1, true, {"10.0.1.5:3260", "10.0.1.7:3260"}},
        SampleEndpoint{"iqn.2026-11.com.example:db", "Database", 2, true, {"10.0.2.7:3260"}},
        SampleEndpoint{"iqn.2026-11.com.example:web", "Web content", 1, true, {"10.0.1.8:3260"}},
        SampleEndpoint{"iqn.2026-11.com.example:web", "Web content", 2, false, {}},
};

constexpr std::array endpointsOfB{
        SampleEndpoint{"iqn.2026-11.com.example:vm",
                       "Virtual machines",
                       1,
                       true,
                       {"10.0.1.25:3260", "10.0.1.27:3260", "[2001:db8:0:1::25]:3260"}},
        SampleEndpoint{"iqn.2026-11.com.example:vm", "Virtual machines", 2, true, {"10.0.2.25:3260", "10.0.2.27:3260"}},
        SampleEndpoint{"iqn.2026-11.com.example:backup", "Backup", 1, true, {"10.0.1.26:3260"}},
        SampleEndpoint{"iqn.2026-11.com.example:backup", "Backup", 2, true, {"10.0.2.26:3260"}},
        SampleEndpoint{"iqn.2026-11.com.example:archive", "Archive", 1, true, {}},
};

struct SampleSession
{
    const char *node;
    quint64 tag;
    const char *portal; ///< null: the server does not tell
    const char *initiator;
    const char *from;
};

constexpr std::array sessionsOfA{
        SampleSession{"iqn.2026-11.com.example:mail", 1, "10.0.1.5:3260", "iqn.1993-08.org.debian:01:mail-1",
                      "10.0.1.101"},
        SampleSession{"iqn.2026-11.com.example:mail", 1, "10.0.1.5:3260", "iqn.1993-08.org.debian:01:mail-2",
                      "10.0.1.102"},
        SampleSession{"iqn.2026-11.com.example:mail", 2, "10.0.2.5:3260", "iqn.1993-08.org.debian:01:mail-1",
                      "10.0.2.101"},
        SampleSession{"iqn.2026-11.com.example:db", 1, "10.0.1.7:3260", "iqn.1993-08.org.debian:01:db-1", "10.0.1.111"},
        SampleSession{"iqn.2026-11.com.example:db", 2, "10.0.2.7:3260", "iqn.1993-08.org.debian:01:db-1", "10.0.2.111"},
};

constexpr std::array sessionsOfB{
        SampleSession{"iqn.2026-11.com.example:vm", 1, "10.0.1.25:3260", "iqn.1993-08.org.debian:01:host-1",
                      "10.0.1.121"},
        SampleSession{"iqn.2026-11.com.example:vm", 1, "10.0.1.27:3260", "iqn.1993-08.org.debian:01:host-2",
                      "10.0.1.122"},
        SampleSession{"iqn.2026-11.com.example:vm", 2, "10.0.2.25:3260", "iqn.1993-08.org.debian:01:host-1",
                      "10.0.2.121"},
        SampleSession{"iqn.2026-11.com.example:vm", 2, nullptr, "iqn.1993-08.org.debian:01:host-2", "10.0.2.122"},
        SampleSession{"iqn.2026-11.com.example:backup", 1, "10.0.1.26:3260", "iqn.1993-08.org.debian:01:backup-1", ""},
};

class Site
{
public:
    Site(SnapshotBuilder &builder, const IdTable &ids, const char *name, const char *host)
        : m_builder(builder)
        , m_ids(ids)
        , m_key(name)
    {
        Server server;
        server.name = QString::fromLatin1(name);
        server.host = QString::fromLatin1(host);
        Capabilities &can = server.capabilities;
        can.groups = GroupSource::Editable;
        can.editPortals = can.createEndpoint = can.chooseTag = can.createNode = can.chooseNodeName = true;
        can.initiatorNodes = can.enableEndpoint = true;
        m_server = builder.addServer(m_key, server);
    }

    void add(const SamplePortal &sample)
    {
        const auto address = PortalAddress::parse(QString::fromLatin1(sample.address));
        Q_ASSERT(address);
        Portal portal;
        portal.server = m_server;
        portal.kind = address->port ? PortalKind::Tcp : PortalKind::Ip;
        portal.address = *address;
        portal.addressPresent = sample.nic != nullptr;
        portal.nic = QString::fromLatin1(sample.nic);
        const PortalHandle handle = m_builder.addPortal(m_key + "/portal/" + sample.address, portal);
        if (sample.group)
            m_builder.join(m_builder.addGroup(m_key + "/group/" + sample.group,
                                              Group{m_server, QString::fromLatin1(sample.group), false}),
                           handle);
    }

    void add(const SampleEndpoint &sample, Role role = Role::Target)
    {
        const NodeHandle node = m_builder.addNode(
                m_key + "/node/" + sample.node,
                Node{m_server, role, QString::fromLatin1(sample.node), QString::fromLatin1(sample.alias)});
        const EndpointHandle endpoint = m_builder.addEndpoint(
                endpointKey(sample.node, sample.tag),
                Endpoint{m_server, node, role, BindingScope::Endpoint, sample.enabled, sample.tag});
        for (const char *const portal : sample.portals)
            if (portal)
                m_builder.bind(endpoint, portalAt(portal));
    }

    void add(const SampleSession &sample)
    {
        LoginSession session;
        session.endpoint = m_ids.find<EndpointHandle>(endpointKey(sample.node, sample.tag));
        if (sample.portal)
            session.portal = portalAt(sample.portal);
        session.initiator = QString::fromLatin1(sample.initiator);
        session.from = QString::fromLatin1(sample.from);
        m_builder.addSession(m_key + "/session/" + QByteArray::number(++m_sessions), session);
    }

private:
    [[nodiscard]] QByteArray endpointKey(const char *node, quint64 tag) const
    {
        return m_key + "/endpoint/" + node + ',' + QByteArray::number(tag);
    }
    [[nodiscard]] PortalHandle portalAt(const char *address) const
    {
        return m_ids.find<PortalHandle>(m_key + "/portal/" + address);
    }

    SnapshotBuilder &m_builder;
    const IdTable &m_ids;
    QByteArray m_key;
    ServerHandle m_server;
    int m_sessions = 0;
};

} // namespace

SnapshotPtr sampleSite(const std::shared_ptr<IdTable> &ids)
{
    SnapshotBuilder builder(ids);
    Site a(builder, *ids, "san-a", "10.0.0.11");
    Site b(builder, *ids, "san-b", "10.0.0.12");
    for (const SamplePortal &portal : portalsOfA)
        a.add(portal);
    for (const SamplePortal &portal : portalsOfB)
        b.add(portal);
    for (const SampleEndpoint &endpoint : endpointsOfA)
        a.add(endpoint);
    // ISID: 0x00023d is the enterprise that open-iscsi uses (RFC 7143 11.12.5).
    a.add(
            SampleEndpoint{
                    "iqn.2026-11.com.example:replication", "Replication to san-b", 0x00023d000001, true, {"10.0.9.5"}},
            Role::Initiator);
    for (const SampleEndpoint &endpoint : endpointsOfB)
        b.add(endpoint);
    for (const SampleSession &session : sessionsOfA)
        a.add(session);
    for (const SampleSession &session : sessionsOfB)
        b.add(session);
    return builder.build();
}

Result<> writeSample(const QString &path)
{
    return createWorkbook(path, *sampleSite(std::make_shared<IdTable>()));
}

} // namespace portalbind
