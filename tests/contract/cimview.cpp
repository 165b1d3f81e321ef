// SPDX-License-Identifier: Apache-2.0
#include "cimview.h"

#include "model/iscsiname.h"
#include "model/snapshotbuilder.h"

#include <QSet>

#include <map>

namespace portalbind {

namespace {

class View
{
public:
    View(const Snapshot &from, const ServedAs &as)
        : m_from(from)
        , m_as(as)
        , m_to(from.ids())
    {
    }

    SnapshotPtr make()
    {
        if (m_from.servers().size() != 1 || !m_from.isComplete() || !canTellApart())
            return nullptr;
        addServer();
        addNodes();
        if (!addPortals() || !addEndpoints())
            return nullptr;
        if (!m_as.isWindows())
            addGroups();
        addSessions();
        return m_to.build();
    }

private:
    /// Objects are known by their names in CIM.
    [[nodiscard]] bool canTellApart() const
    {
        QSet<QString> names;
        const auto isNew = [&names](const QString &name) {
            const auto size = names.size();
            names.insert(name);
            return names.size() > size;
        };
        for (Snapshot::Row r = 0; r < m_from.nodes().size(); ++r) {
            if (!isNew(QStringLiteral("node ") + m_from.node(r).name.toLower()))
                return false;
        }
        for (Snapshot::Row r = 0; r < m_from.endpointRows().size(); ++r) {
            const Endpoint e = m_from.endpoint(r);
            if (!isNew(QStringLiteral("endpoint %1 %2 %3").arg(e.node.value).arg(e.role == Role::Initiator).arg(e.tag)))
                return false;
        }
        for (Snapshot::Row r = 0; r < m_from.portalRows().size(); ++r) {
            const Portal p = m_from.portal(r);
            // WT_Portal has one row an address; an address alone is a portal only where no TCP portal stands on it.
            const bool byIp = m_as.native || p.kind == PortalKind::Ip;
            if (!isNew(byIp ? p.address.ip.toString() : p.address.toString()) || p.address.ip.isNull())
                return false;
            if (p.kind == PortalKind::Ip)
                continue;
            for (Snapshot::Row other = 0; other < m_from.portalRows().size(); ++other) {
                const Portal o = m_from.portal(other);
                if (o.kind == PortalKind::Ip && o.address.ip == p.address.ip)
                    return false;
            }
        }
        for (Snapshot::Row r = 0; r < m_from.groups().size(); ++r) {
            if (!isNew(QStringLiteral("group ") + m_from.group(r).name))
                return false;
        }
        return true;
    }

    void addServer()
    {
        Server server = m_from.server(0);
        Capabilities &can = server.capabilities;
        // No flag tells whether binding is supported: SMI-S counts as yes, Windows as unknown, until it was tried.
        for (Support *support : {&can.bind, &can.unbind}) {
            if (m_as.native) // of the switch
                *support = Support::Yes;
            else if (*support != Support::No)
                *support = m_as.isWindows() ? Support::Unknown : Support::Yes;
        }
        can.addressRule = Enforcement::Target;
        can.groupRule = Enforcement::Target;
        can.groups = m_as.isWindows() ? GroupSource::None : GroupSource::ReadOnly;
        can.editPortals = false;
        can.chooseNodeName = false;
        can.initiatorNodes = false; // CIM shows it where an initiator's endpoint is
        bool hasEndpoint = false;
        for (Snapshot::Row r = 0; r < m_from.endpointRows().size(); ++r) {
            const bool single = m_from.endpointRow(r).scope == BindingScope::Endpoint;
            hasEndpoint = hasEndpoint || single;
            can.initiatorNodes = can.initiatorNodes || (single && m_from.endpointRow(r).role == Role::Initiator);
        }
        can.enableEndpoint = can.enableEndpoint && hasEndpoint; // told by RequestedState
        if (m_as.native) {
            server.dialect = Dialect::WindowsNative;
            can.groupRule = Enforcement::Nobody;
        }
        m_server = m_from.servers()[0];
        m_to.addServer(m_from.ids()->id(m_server), server);
    }

    void addNodes()
    {
        for (Snapshot::Row r = 0; r < m_from.nodes().size(); ++r) {
            Node node = m_from.node(r);
            std::optional<Role> role;
            for (const EndpointHandle handle : m_from.endpointsOf(r)) {
                const Role mine = roleOf(m_from.endpoint(m_from.row(handle)));
                role = role && *role != mine ? Role::Both : mine;
            }
            node.role = role.value_or(Role::Target);
            m_to.addNode(m_from.ids()->id(m_from.nodes()[r]), node);
        }
    }

    /// Where Role says nothing the name does: `IQN,t,…` with a tag of 16 bits, `IQN,i,…` with an ISID.
    static Role roleOf(const Endpoint &endpoint)
    {
        if (endpoint.role != Role::Unknown)
            return endpoint.role;
        return endpoint.tag > maximumTargetTag ? Role::Initiator : Role::Target;
    }

    bool addEndpoints()
    {
        bool hasSwitch = false;
        for (Snapshot::Row r = 0; r < m_from.endpointRows().size(); ++r) {
            Endpoint endpoint = m_from.endpoint(r);
            const bool forAll = endpoint.scope == BindingScope::Server;
            if (forAll && (!m_as.native || hasSwitch || endpoint.node))
                return false;
            hasSwitch = hasSwitch || forAll;
            endpoint.role = roleOf(endpoint);
            if (forAll) {
                endpoint.tag = 0;
                endpoint.enabled = true;
                endpoint.role = Role::Target;
            }
            const EndpointHandle handle = m_to.addEndpoint(m_from.ids()->id(m_from.endpointRow(r).handle), endpoint);
            for (const PortalHandle portal : m_from.portalsBoundBy(r)) {
                const PortalKind kind = m_from.portalRow(m_from.row(portal)).kind();
                if (endpoint.role == Role::Both || (kind == PortalKind::Ip) == (endpoint.role == Role::Initiator))
                    m_to.bind(handle, portal); // the others no server would have let happen
            }
        }
        if (m_as.native && !hasSwitch) {
            Endpoint all;
            all.server = m_server;
            all.scope = BindingScope::Server;
            m_to.addEndpoint("the switch", all);
        }
        return true;
    }

    bool addPortals()
    {
        std::map<IpAddress, QStringList> nics; // an address has cards, not a portal
        for (Snapshot::Row r = 0; r < m_from.portalRows().size(); ++r) {
            const Portal portal = m_from.portal(r);
            QStringList &names = nics[portal.address.ip];
            if (portal.addressPresent && !portal.nic.isEmpty() && !names.contains(portal.nic))
                names.append(portal.nic);
        }
        for (Snapshot::Row r = 0; r < m_from.portalRows().size(); ++r) {
            Portal portal = m_from.portal(r);
            const IpAddress &ip = portal.address.ip;
            if (portal.kind == PortalKind::Ip && (ip.isLinkLocal() || ip.isLoopback() || !portal.addressPresent))
                return false;
            if (m_as.native && (portal.kind == PortalKind::Ip || !portal.addressPresent))
                return false; // rows of WT_Portal come and go with the addresses of the host
            QStringList &names = nics[ip];
            names.sort();
            portal.nic = portal.addressPresent ? names.join(QStringLiteral(", ")) : QString();
            m_to.addPortal(m_from.ids()->id(m_from.portalRow(r).handle), portal);
        }
        return true;
    }

    void addGroups()
    {
        for (Snapshot::Row r = 0; r < m_from.groups().size(); ++r) {
            const Group group = m_from.group(r);
            if (group.derived || m_from.portalsOf(r).empty())
                continue; // a collection without endpoints may be anything
            const GroupHandle handle = m_to.addGroup(m_from.ids()->id(m_from.groups()[r]), group);
            for (const PortalHandle portal : m_from.portalsOf(r))
                m_to.join(handle, portal);
        }
    }

    void addSessions()
    {
        for (Snapshot::Row r = 0; r < m_from.sessions().size(); ++r) {
            LoginSession session = m_from.session(r);
            session.from.clear();
            const auto portal = m_from.row(session.portal);
            if (portal != Snapshot::none && m_from.portalRow(portal).kind() == PortalKind::Ip)
                session.portal = {}; // connections stand on TCP endpoints
            if (m_from.endpointRow(m_from.row(session.endpoint)).scope == BindingScope::Endpoint)
                m_to.addSession(m_from.ids()->id(m_from.sessions()[r]), session);
        }
    }

    const Snapshot &m_from;
    const ServedAs &m_as;
    SnapshotBuilder m_to;
    ServerHandle m_server;
};

} // namespace

SnapshotPtr cimView(const Snapshot &wanted, const ServedAs &as)
{
    ServedAs shown = as;
    if (as.isWindows() && wanted.servers().size() == 1 && wanted.server(0).dialect == Dialect::WindowsNative)
        shown.native = true; // the peer has WT_Portal then, too
    return View(wanted, shown).make();
}

bool isCimOperation(const Operation &operation, const Snapshot &shown)
{
    const auto isOfTarget = [&shown](EndpointHandle endpoint) {
        const Snapshot::Row row = shown.row(endpoint);
        if (row == Snapshot::none)
            return true;
        const Snapshot::Row node = shown.row(shown.endpointRow(row).node);
        return shown.endpointRow(row).role == Role::Target
                && (node == Snapshot::none || shown.node(node).role == Role::Target);
    };
    if (const auto *const node = std::get_if<CreateNode>(&operation))
        return node->value.role == Role::Target;
    if (const auto *const created = std::get_if<CreateEndpoint>(&operation)) // made enabled, and disabled after that
        return created->value.role == Role::Target
                && (created->value.enabled || shown.server(0).capabilities.enableEndpoint);
    if (const auto *const deleted = std::get_if<DeleteEndpoint>(&operation))
        return isOfTarget(deleted->endpoint);
    if (const auto *const enabled = std::get_if<SetEndpointEnabled>(&operation)) {
        const Snapshot::Row row = shown.row(enabled->endpoint);
        return row == Snapshot::none || shown.endpointRow(row).scope == BindingScope::Endpoint;
    }
    return true;
}

} // namespace portalbind
