// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/hostsnapshot.h"

#include "backends/lio/attribution.h"
#include "backends/lio/foundgroups.h"
#include "backends/lio/hostids.h"
#include "backends/lio/hostnotes.h"
#include "backends/lio/liotext.h"
#include "backends/lio/savedcomparison.h"
#include "model/snapshotbuilder.h"

#include <map>
#include <set>

namespace portalbind::lio {
namespace {

constexpr quint16 usualPort = 3260; // RFC 7143 13.1: registered for iSCSI

class Mapping
{
public:
    Mapping(const HostState &state, const Greeting &greeting, const QString &host, const QString &address,
            const QList<PortalAddress> &remembered, std::shared_ptr<IdTable> ids)
        : m_state(state)
        , m_greeting(greeting)
        , m_remembered(remembered)
        , m_ids(*ids)
        , m_builder(std::move(ids))
        , m_attribution(state)
    {
        indexState();
        addServer(host, address);
    }

    SnapshotPtr map()
    {
        collectPortals();
        for (const auto &[place, portal] : m_named)
            m_handles[portalId(place)] = m_builder.addPortal(portalId(place), portal);
        for (qsizetype i = 0; i < m_state.targets.size(); ++i)
            addTarget(m_state.targets.at(i), i);
        addGroups();
        // Last: it knows objects that are only in the file, and handles are given in the order of what is shown.
        m_host.saved = savedState(m_state, ownerOfAll(m_state, m_greeting), m_ids);
        m_builder.addServer(serverId, m_host);
        return m_builder.build();
    }

private:
    void addServer(const QString &host, const QString &address)
    {
        Server server;
        server.name = m_greeting.host.isEmpty() ? host : m_greeting.host;
        server.host = address;
        server.dialect = Dialect::Lio;
        Capabilities &can = server.capabilities;
        const bool writes = m_greeting.writable;
        can.bind = can.unbind = writes ? Support::Yes : Support::No;
        can.addressRule = can.groupRule = Enforcement::Policy;
        can.groups = GroupSource::Editable;
        can.editPortals = true;
        can.createEndpoint = can.chooseTag = can.createNode = can.chooseNodeName = can.enableEndpoint = writes;
        can.exclusivePorts = can.bareEndpoints = true;
        can.savesForReboot = writes && savesForReboot(m_state.saved);
        server.owner = ownerOf(m_state, m_greeting);
        m_server = m_builder.addServer(serverId, server);
        m_host = server;
    }

    void indexState()
    {
        for (const HostAddress &address : m_state.addresses) {
            m_addresses[address.ip] = &address;
            m_hasLoopback = m_hasLoopback
                    || (address.ip.isLoopback() && address.ip.family() == IpAddress::Family::IPv4);
        }
        for (const HostListener &listener : m_state.listeners) {
            if (!listener.ip.isNull())
                m_listeners[listener.port].push_back(&listener);
        }
        for (const HostPool &pool : m_state.pools.pools)
            m_pooled.insert(pool.members.begin(), pool.members.end());
    }

    /// Who else listens where a portal would: at its address, at every address, or for a wildcard at any. Told only
    /// where it is certain: another program's :: may leave IPv4 alone, and a socket that no program has may be LIO's
    /// own.
    [[nodiscard]] QString takerOf(const PortalAddress &place) const
    {
        const auto known = m_listeners.find(place.port);
        if (known == m_listeners.end())
            return {};
        for (const HostListener *listener : known->second) {
            const PortalAddress at{listener->ip, listener->port};
            const bool isUncertain = listener->process.isEmpty()
                    ? at.ip == place.ip
                    : at.ip.isWildcard() && at.ip.family() != place.ip.family() && !place.ip.isWildcard();
            if (!isUncertain && (arrivesAt(place, at) || arrivesAt(at, place)))
                return listener->process.isEmpty() ? Text::tr("another socket of the kernel") : listener->process;
        }
        return {};
    }

    /// A portal comes into being where it is first met.
    Portal &portalAt(const PortalAddress &place)
    {
        const auto [at, isNew] = m_named.try_emplace(place);
        Portal &portal = at->second;
        if (!isNew)
            return portal;
        portal.server = m_server;
        portal.address = place;
        const auto address = m_addresses.find(place.ip);
        // The whole of 127.0.0.0/8 is the host's own.
        const bool isOwn = place.ip.isLoopback() && place.ip.family() == IpAddress::Family::IPv4 && m_hasLoopback;
        portal.addressPresent = place.ip.isWildcard() || isOwn || address != m_addresses.end();
        if (address != m_addresses.end()) {
            portal.nic = address->second->interface;
            portal.movedBy = address->second->roaming;
        }
        for (const auto &[ip, by] : m_state.elsewhere) {
            if (ip == place.ip)
                portal.movedBy = by;
        }
        portal.takenBy = takerOf(place);
        return portal;
    }

    static bool isOffered(const HostAddress &address)
    {
        return address.up && !address.ip.isNull() && address.ip.isForPortals() && !address.ip.isLoopback()
                && !address.ip.isLinkLocal();
    }

    void collectPortals()
    {
        for (const HostTarget &target : m_state.targets) {
            for (const HostTpg &tpg : target.tpgs) {
                for (const HostPortal &portal : tpg.portals) {
                    if (portal.place.address)
                        portalAt(*portal.place.address);
                }
            }
        }
        for (const HostPool &pool : m_state.pools.pools) {
            for (const PortalAddress &member : pool.members)
                portalAt(member);
        }
        for (const PortalAddress &candidate : m_state.pools.candidates)
            portalAt(candidate);
        for (const PortalAddress &place : m_remembered)
            portalAt(place);
        for (const HostAddress &address : m_state.addresses) {
            if (isOffered(address))
                portalAt({address.ip, usualPort}).isOffered = true; // comes back whatever is done to it
        }
    }

    PortalHandle handleOf(const HostPortal &portal)
    {
        const QByteArray id = portalId(portal);
        const auto known = m_handles.find(id);
        if (known != m_handles.end())
            return known->second;
        Portal unnamed; // shown with its directory, for it has no address that a portal can have
        unnamed.server = m_server;
        unnamed.address.port = portal.place.port;
        unnamed.nic = portal.directory;
        return m_handles[id] = m_builder.addPortal(id, unnamed);
    }

    void addTarget(const HostTarget &target, qsizetype index)
    {
        const QByteArray id = nodeId(target, index);
        Node node;
        node.server = m_server;
        node.name = target.name;
        const NodeHandle handle = m_builder.addNode(id, node);
        for (qsizetype i = 0; i < target.tpgs.size(); ++i)
            addTpg(handle, id, target.tpgs.at(i), i);
    }

    void addTpg(NodeHandle node, const QByteArray &nodeOfIt, const HostTpg &tpg, qsizetype index)
    {
        const QByteArray id = endpointId(nodeOfIt, tpg, index);
        Endpoint endpoint;
        endpoint.server = m_server;
        endpoint.node = node;
        endpoint.enabled = tpg.enabled;
        endpoint.tag = tpg.tag;
        const EndpointHandle handle = m_builder.addEndpoint(id, endpoint);
        QList<QByteArray> loose;
        for (const HostPortal &portal : tpg.portals) {
            m_builder.bind(handle, handleOf(portal));
            if (portal.place.address && !m_pooled.contains(*portal.place.address))
                loose += portalId(portal);
        }
        if (!loose.isEmpty())
            m_found.add(loose);
        m_builder.setAccess(handle, accessOf(tpg));
        addSessions(handle, id, tpg);
    }

    EndpointAccess accessOf(const HostTpg &tpg)
    {
        EndpointAccess access;
        access.authentication = tpg.authentication;
        access.anyInitiator = tpg.generateAcls;
        access.advertised = tpg.demoDiscovery;
        access.luns = tpg.luns;
        for (const HostAcl &acl : tpg.acls) {
            EndpointAccess::Initiator one{acl.initiator, {}};
            for (const HostAcl::MappedLun &mapped : acl.luns) {
                if (!mapped.lun)
                    continue; // the initiator finds nothing there
                QString storage;
                for (const EndpointAccess::Lun &lun : tpg.luns) {
                    if (lun.number == *mapped.lun)
                        storage = lun.storage;
                }
                one.luns += EndpointAccess::Lun{mapped.number, storage};
            }
            std::sort(one.luns.begin(), one.luns.end(),
                      [](const auto &a, const auto &b) { return a.number < b.number; });
            access.initiators += one;
        }
        std::sort(access.initiators.begin(), access.initiators.end(),
                  [](const auto &a, const auto &b) { return a.name < b.name; });
        for (const HostPortal &portal : tpg.portals) {
            const EndpointAccess::OddBinding odd{handleOf(portal), {portal.iser, portal.offload}, portal.listening};
            if (!odd.transport.isUsual() || !odd.listens)
                access.bindings += odd;
        }
        std::sort(access.bindings.begin(), access.bindings.end(),
                  [](const auto &a, const auto &b) { return a.portal < b.portal; });
        return access;
    }

    void addSessions(EndpointHandle endpoint, const QByteArray &endpointOfThem, const HostTpg &tpg)
    {
        for (const HostAcl &acl : tpg.acls) {
            if (!acl.hasSession)
                continue;
            const qsizetype portal = m_attribution.portalOf(tpg, acl);
            LoginSession session;
            session.endpoint = endpoint;
            session.initiator = acl.sessionInitiator.isEmpty() ? acl.initiator : acl.sessionInitiator;
            session.from = acl.peers.join(QStringLiteral(", "));
            if (portal >= 0)
                session.portal = handleOf(tpg.portals.at(portal));
            m_builder.addSession(endpointOfThem + "|acl|" + acl.initiator.toUtf8(), session);
        }
        std::map<QString, int> seen; // one initiator may be logged in more than once
        for (const QString &initiator : tpg.dynamicSessions) {
            LoginSession session;
            session.endpoint = endpoint;
            session.initiator = initiator;
            m_builder.addSession(endpointOfThem + "|any|" + initiator.toUtf8() + '|'
                                         + QByteArray::number(++seen[initiator]),
                                 session);
        }
    }

    void addGroups()
    {
        for (const HostPool &pool : m_state.pools.pools) {
            const GroupHandle group = m_builder.addGroup(poolId(pool.id), {m_server, pool.name, false});
            for (const PortalAddress &member : pool.members)
                m_builder.join(group, m_handles.at(portalId(member)));
        }
        for (const std::vector<QByteArray> &members : m_found.components()) {
            const QString first = QString::fromUtf8(members.front());
            const QString name = members.size() == 1
                    ? Text::tr("As found: %1").arg(first)
                    : Text::tr("As found: %1 and %n more", nullptr, int(members.size()) - 1).arg(first);
            const GroupHandle group = m_builder.addGroup(foundId(members.front()), {m_server, name, true});
            for (const QByteArray &member : members)
                m_builder.join(group, m_handles.at(member));
        }
    }

    const HostState &m_state;
    const Greeting &m_greeting;
    const QList<PortalAddress> &m_remembered;
    IdTable &m_ids;
    SnapshotBuilder m_builder;
    Attribution m_attribution;
    ServerHandle m_server;
    Server m_host;
    std::map<PortalAddress, Portal> m_named; // in order, so that handles are given in it
    std::map<QByteArray, PortalHandle> m_handles;
    std::map<IpAddress, const HostAddress *> m_addresses;
    bool m_hasLoopback = false; // of IPv4
    std::map<quint16, std::vector<const HostListener *>> m_listeners;
    std::set<PortalAddress> m_pooled;
    FoundGroups m_found;
};

} // namespace

HostView showHost(const HostState &state, const Greeting &greeting, const QString &host, const QString &address,
                  const QList<PortalAddress> &remembered, std::shared_ptr<IdTable> ids)
{
    HostView view;
    view.snapshot = Mapping(state, greeting, host, address, remembered, std::move(ids)).map();
    view.notes = hostNotes(state, greeting);
    return view;
}

} // namespace portalbind::lio
