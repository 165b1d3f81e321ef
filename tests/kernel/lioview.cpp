// SPDX-License-Identifier: Apache-2.0
#include "tests/kernel/lioview.h"

#include "model/snapshotbuilder.h"

#include <QHostAddress>
#include <QSet>
#include <QSysInfo>

#include <map>
#include <set>

namespace portalbind {

namespace {

/// 10.0.0.5:3260 becomes 127.0.0.5:3260, which every host has and nobody is offered; 198.0.0.5:3260 when it is gone.
/// IPv6 has no such block: another port than the one that is offered, and another network when it is gone.
PortalAddress onGuest(PortalAddress address, bool isPresent)
{
    if (address.ip.isNull() || address.ip.isWildcard())
        return address;
    QHostAddress host;
    if (address.ip.family() == IpAddress::Family::IPv4) {
        const quint32 rest = address.ip.toHostAddress().toIPv4Address() & 0x00ff'ffffU;
        host.setAddress((isPresent ? 127U << 24U : 198U << 24U) | rest);
    } else {
        Q_IPV6ADDR bytes = address.ip.toHostAddress().toIPv6Address();
        bytes[0] = 0x20;
        bytes[1] = isPresent ? 0x01 : 0x02;
        host.setAddress(bytes);
        if (address.port == 3260)
            address.port = 3262;
    }
    address.ip = IpAddress(host);
    return address;
}

class View
{
public:
    explicit View(const Snapshot &from)
        : m_from(from)
        , m_to(from.ids())
    {
    }

    LioView make()
    {
        if (m_from.servers().size() != 1)
            return {nullptr, QString::fromLatin1(differing::servers)};
        addServer();
        addNodes();
        addPortals();
        addEndpoints();
        addGroups();
        addSessions();
        return {m_to.build(), m_leftOut};
    }

private:
    void leaveOut(const char *why)
    {
        if (m_leftOut.isEmpty())
            m_leftOut = QString::fromLatin1(why);
    }

    void addServer()
    {
        Server server = m_from.server(0);
        Capabilities &can = server.capabilities;
        Capabilities all;
        all.groups = GroupSource::Editable;
        all.editPortals = all.createEndpoint = all.chooseTag = all.createNode = all.chooseNodeName = true;
        all.enableEndpoint = true;
        // Both a target's rule and a policy can be compared with a policy.
        for (auto [given, wanted] : {std::pair(can.addressRule, &all.addressRule), {can.groupRule, &all.groupRule}}) {
            if (given != Enforcement::Nobody)
                *wanted = given;
        }
        all.initiatorNodes = can.initiatorNodes; // what is asked of it is told apart by the operation
        if (!(can == all))
            leaveOut(differing::abilities);
        can = all;
        server.name = QSysInfo::machineHostName();
        server.host.clear();
        server.dialect = Dialect::Workbook;
        m_to.addServer(m_from.ids()->id(m_from.servers()[0]), server);
    }

    void addNodes()
    {
        QSet<QString> names;
        for (Snapshot::Row r = 0; r < m_from.nodes().size(); ++r) {
            Node node = m_from.node(r);
            if (node.role != Role::Target || names.contains(node.name)) {
                leaveOut(differing::initiators);
                continue;
            }
            if (!node.alias.isEmpty())
                leaveOut(differing::alias);
            node.alias.clear();
            names.insert(node.name);
            m_to.addNode(m_from.ids()->id(m_from.nodes()[r]), node);
        }
    }

    void addPortals()
    {
        std::set<PortalAddress> seen;
        for (Snapshot::Row r = 0; r < m_from.portalRows().size(); ++r) {
            Portal portal = m_from.portal(r);
            portal.address = onGuest(portal.address, portal.addressPresent);
            portal.addressPresent = portal.addressPresent || portal.address.ip.isWildcard();
            portal.nic.clear();
            portal.takenBy.clear();
            if (portal.kind != PortalKind::Tcp || !seen.insert(portal.address).second) {
                leaveOut(differing::initiators);
                continue;
            }
            m_addresses[m_from.portalRow(r).handle] = portal.address;
            m_to.addPortal(m_from.ids()->id(m_from.portalRow(r).handle), portal);
        }
    }

    void addEndpoints()
    {
        std::set<std::pair<NodeHandle, quint64>> seen;
        for (Snapshot::Row r = 0; r < m_from.endpointRows().size(); ++r) {
            const Endpoint endpoint = m_from.endpoint(r);
            if (!endpoint.node || endpoint.scope != BindingScope::Endpoint) {
                leaveOut(differing::orphans);
                continue;
            }
            if (endpoint.role != Role::Target || !m_to.has(endpoint.node)
                || !seen.emplace(endpoint.node, endpoint.tag).second) {
                leaveOut(differing::initiators);
                continue;
            }
            const EndpointHandle handle = m_to.addEndpoint(m_from.ids()->id(m_from.endpointRow(r).handle), endpoint);
            for (const PortalHandle portal : m_from.portalsBoundBy(r)) {
                if (m_addresses.contains(portal) && canBeBound(endpoint.node, m_addresses[portal])) {
                    m_bound.emplace_back(endpoint.node, m_addresses[portal]);
                    m_to.bind(handle, portal);
                }
            }
        }
    }

    /// Random states need not keep the rules; the kernel's do.
    bool canBeBound(NodeHandle node, const PortalAddress &address)
    {
        for (const auto &[other, bound] : m_bound) {
            const bool meets = bound.port == address.port && bound != address
                    && (bound.ip.isWildcard() || address.ip.isWildcard());
            if (meets)
                leaveOut(differing::wildcard);
            if (meets || (other == node && bound == address))
                return false;
        }
        return true;
    }

    void addGroups()
    {
        QSet<QString> names;
        for (Snapshot::Row r = 0; r < m_from.groups().size(); ++r) {
            const Group group = m_from.group(r);
            if (group.derived || names.contains(group.name)) {
                leaveOut(differing::foundGroups);
                continue;
            }
            names.insert(group.name);
            const GroupHandle handle = m_to.addGroup(m_from.ids()->id(m_from.groups()[r]), group);
            for (const PortalHandle portal : m_from.portalsOf(r)) {
                if (m_addresses.contains(portal))
                    m_to.join(handle, portal);
            }
        }
    }

    void addSessions()
    {
        for (Snapshot::Row r = 0; r < m_from.sessions().size(); ++r) {
            LoginSession session = m_from.session(r);
            session.from.clear();
            if (m_to.has(session.endpoint))
                m_to.addSession(m_from.ids()->id(m_from.sessions()[r]), session);
        }
    }

    const Snapshot &m_from;
    SnapshotBuilder m_to;
    std::map<PortalHandle, PortalAddress> m_addresses;
    std::vector<std::pair<NodeHandle, PortalAddress>> m_bound;
    QString m_leftOut;
};

} // namespace

LioView lioView(const Snapshot &wanted)
{
    return View(wanted).make();
}

Operation onGuest(Operation operation)
{
    if (auto *const creation = std::get_if<CreatePortal>(&operation)) {
        creation->value.address = onGuest(creation->value.address, creation->value.addressPresent);
        creation->value.nic.clear();
    }
    return operation;
}

SnapshotPtr plainView(const SnapshotPtr &shown, bool withoutSessionPortals)
{
    const Snapshot &from = *shown;
    IdTable &ids = *from.ids();
    SnapshotBuilder to(from.ids());
    Server server = from.server(0);
    server.saved = {};
    to.addServer(ids.id(from.servers()[0]), server);
    for (Snapshot::Row r = 0; r < from.nodes().size(); ++r)
        to.addNode(ids.id(from.nodes()[r]), from.node(r));
    for (const auto &row : from.portalRows()) {
        Portal portal = from.portal(from.row(row.handle));
        portal.nic.clear();
        if (!portal.isOffered)
            to.addPortal(ids.id(row.handle), portal);
    }
    for (const auto &row : from.endpointRows()) {
        const EndpointHandle endpoint = to.addEndpoint(ids.id(row.handle), from.endpoint(from.row(row.handle)));
        for (const PortalHandle portal : from.portalsBoundBy(from.row(row.handle)))
            to.bind(endpoint, portal);
    }
    for (Snapshot::Row r = 0; r < from.groups().size(); ++r) {
        if (from.group(r).derived)
            continue;
        const GroupHandle group = to.addGroup(ids.id(from.groups()[r]), from.group(r));
        for (const PortalHandle portal : from.portalsOf(r))
            to.join(group, portal);
    }
    for (Snapshot::Row r = 0; r < from.sessions().size(); ++r) {
        LoginSession session = from.session(r);
        session.from.clear();
        if (withoutSessionPortals)
            session.portal = {};
        to.addSession(ids.id(from.sessions()[r]), session);
    }
    return to.build();
}

} // namespace portalbind
