// SPDX-License-Identifier: Apache-2.0
#include "randominventory.h"

namespace portalbind {
namespace {

Role nodeRole(size_t die)
{
    return die < 80 ? Role::Target : die < 94 ? Role::Initiator : die < 97 ? Role::Both : Role::Unknown;
}

} // namespace

RandomInventory::RandomInventory(quint64 seed, RandomShape shape)
    : m_engine(seed)
    , m_shape(shape)
{
}

template <class H>
H RandomInventory::newHandle(IdTable &ids)
{
    // At times one comes back, as a portal does that is deleted and made again.
    const quint64 number = chance(5) ? 1 + below(m_nextId) : m_nextId++;
    return ids.intern<H>(QByteArray("id/") + QByteArray::number(number));
}

// The value is an argument here, made before the id: in whatever order a compiler evaluates arguments, a seed means the
// same objects.
template <class Map>
void RandomInventory::place(Map &map, IdTable &ids, const typename Map::mapped_type &value)
{
    map.emplace(newHandle<typename Map::key_type>(ids), value);
}

IpAddress RandomInventory::address()
{
    static const char *const fixed[] = {"0.0.0.0", "::", "fe80::1%eth0", "fe80::1%eth1", "2001:db8::ffff"};
    QString text;
    if (chance(8))
        text = QString::fromLatin1(fixed[below(std::size(fixed))]);
    else if (chance(25))
        text = QStringLiteral("2001:db8:0:%1::%2").arg(below(3)).arg(below(400) + 1, 0, 16);
    else
        text = QStringLiteral("10.0.%1.%2").arg(below(4)).arg(below(250) + 1);
    return IpAddress::parse(text).value_or(IpAddress());
}

Server RandomInventory::server()
{
    Server made;
    made.name = QStringLiteral("san-%1").arg(m_nextId);
    made.host = chance(50) ? QStringLiteral("192.0.2.%1").arg(below(250) + 1) : QString();
    made.dialect = Dialect(below(5));
    Capabilities &can = made.capabilities;
    can.bind = chance(90) ? Support::Yes : Support(below(3));
    can.unbind = chance(90) ? Support::Yes : Support(below(3));
    can.addressRule = chance(50) ? Enforcement::Target : Enforcement(below(3));
    can.groupRule = chance(50) ? Enforcement::Target : Enforcement(below(3));
    can.groups = chance(75) ? GroupSource::Editable : GroupSource(below(3));
    can.editPortals = chance(80);
    can.createEndpoint = chance(80);
    can.chooseTag = chance(60);
    can.createNode = chance(80);
    can.chooseNodeName = chance(60);
    can.initiatorNodes = chance(60);
    can.enableEndpoint = chance(80);
    return made;
}

Node RandomInventory::node(ServerHandle of)
{
    Node made;
    made.server = of;
    made.role = nodeRole(below(100));
    made.name = QStringLiteral("iqn.2026-11.com.example:%1-%2")
                        .arg(QLatin1String(made.role == Role::Initiator ? "host" : "disk"))
                        .arg(m_nextId);
    made.alias = chance(30) ? QStringLiteral("Store %1").arg(m_nextId) : QString();
    return made;
}

Endpoint RandomInventory::endpoint(ServerHandle server, NodeHandle node, Role role)
{
    Endpoint made;
    made.server = server;
    made.node = node;
    made.role = chance(95) ? role : Role(below(2) * 2);
    made.enabled = chance(80);
    made.tag = role == Role::Initiator ? 0x00023d000000ULL + below(1000) : 1 + below(8);
    if (!node && chance(50))
        made.scope = BindingScope::Server;
    return made;
}

Portal RandomInventory::portal(ServerHandle of, PortalKind kind)
{
    Portal made;
    made.server = of;
    made.kind = kind;
    made.address.ip = address();
    made.address.port = kind == PortalKind::Ip ? 0 : chance(85) ? 3260 : quint16(1 + below(65535));
    made.addressPresent = made.address.ip.isWildcard() || chance(85);
    made.nic = chance(70) ? QStringLiteral("eth%1").arg(below(4)) : QString();
    return made;
}

Group RandomInventory::group(ServerHandle of)
{
    return Group{of, QStringLiteral("fabric-%1").arg(m_nextId), chance(12)};
}

void RandomInventory::addServer(Content &content, IdTable &ids)
{
    const auto handle = newHandle<ServerHandle>(ids);
    const Server made = content.servers.emplace(handle, server()).first->second;
    const bool grouped = made.capabilities.groups != GroupSource::None;
    const auto most = [this](int limit) { return int(below(size_t(limit) + 1)); };
    for (int i = grouped ? most(m_shape.groupsPerServer) : 0; i > 0; --i)
        place(content.groups, ids, group(handle));
    for (int i = most(m_shape.portalsPerServer); i > 0; --i)
        place(content.portals, ids, portal(handle, chance(85) ? PortalKind::Tcp : PortalKind::Ip));
    for (int i = most(m_shape.nodesPerServer); i > 0; --i) {
        const auto nodeHandle = newHandle<NodeHandle>(ids);
        const Role role = content.nodes.emplace(nodeHandle, node(handle)).first->second.role;
        for (int n = most(m_shape.endpointsPerNode); n > 0; --n)
            place(content.endpoints, ids, endpoint(handle, nodeHandle, role));
    }
    for (int i = chance(30) ? 1 + most(1) : 0; i > 0; --i)
        place(content.endpoints, ids, endpoint(handle, {}, Role::Target));
    addRelations(content, handle);
}

void RandomInventory::addRelations(Content &content, ServerHandle server)
{
    std::vector<PortalHandle> portals;
    std::vector<GroupHandle> groups;
    for (const auto &[handle, value] : content.portals)
        if (value.server == server)
            portals.push_back(handle);
    for (const auto &[handle, value] : content.groups)
        if (value.server == server)
            groups.push_back(handle);
    for (const PortalHandle portal : portals)
        for (size_t n = chance(75) && !groups.empty() ? 1 + below(3) : 0; n > 0; --n)
            content.memberships.insert({anyOf(groups), portal});
    for (const auto &[handle, value] : content.endpoints)
        for (size_t n = value.server == server && !portals.empty() ? below(4) : 0; n > 0; --n)
            content.bindings.insert({handle, anyOf(portals)});
}

void RandomInventory::addSession(Content &content, IdTable &ids)
{
    if (content.endpoints.empty())
        return;
    LoginSession made;
    const Binding binding = anyOf(content.bindings);
    const bool attributed = binding.endpoint && chance(70);
    made.endpoint = attributed ? binding.endpoint : keyOf(content.endpoints);
    made.portal = attributed ? binding.portal : PortalHandle();
    made.initiator = QStringLiteral("iqn.1993-08.org.debian:01:%1").arg(below(40));
    made.from = chance(60) ? QStringLiteral("10.0.9.%1").arg(below(250) + 1) : QString();
    place(content.sessions, ids, made);
}

SnapshotPtr RandomInventory::snapshot(bool complete)
{
    const auto ids = std::make_shared<IdTable>();
    Content content;
    for (size_t n = 1 + below(size_t(std::max(m_shape.servers, 1))); n > 0; --n)
        addServer(content, *ids);
    for (size_t n = below(size_t(m_shape.sessions) + 1); n > 0; --n)
        addSession(content, *ids);
    return content.build(ids, complete);
}

SnapshotPtr RandomInventory::mutated(const Snapshot &before, int changes)
{
    Content content = Content::of(before);
    for (int i = changes; i > 0; --i)
        mutate(content, *before.ids());
    return content.build(before.ids());
}

void RandomInventory::mutate(Content &content, IdTable &ids)
{
    const ServerHandle server = keyOf(content.servers);
    const NodeHandle node = keyOf(content.nodes);
    switch (below(24)) {
    case 0:
        if (chance(20))
            addServer(content, ids);
        break;
    case 1:
        if (chance(10))
            content.drop(server);
        break;
    case 2:
        if (server)
            place(content.nodes, ids, this->node(server));
        break;
    case 3:
        return content.drop(node);
    case 4:
        if (node) {
            const Node &parent = content.nodes.at(node);
            place(content.endpoints, ids, endpoint(parent.server, node, parent.role));
        }
        break;
    case 5:
        return content.drop(keyOf(content.endpoints));
    case 6:
    case 7:
        if (server)
            place(content.portals, ids, portal(server, chance(85) ? PortalKind::Tcp : PortalKind::Ip));
        break;
    case 8:
        return content.drop(keyOf(content.portals));
    case 9:
        if (server && content.servers.at(server).capabilities.groups != GroupSource::None)
            place(content.groups, ids, group(server));
        break;
    case 10:
        return content.drop(keyOf(content.groups));
    case 11:
        return addSession(content, ids);
    case 12:
        if (!content.sessions.empty())
            content.sessions.erase(keyOf(content.sessions));
        break;
    case 13:
    case 14:
    case 15:
    case 16:
        return mutateAttribute(content);
    default:
        return mutateRelation(content);
    }
}

void RandomInventory::mutateAttribute(Content &content)
{
    const PortalHandle portal = keyOf(content.portals);
    const EndpointHandle endpoint = keyOf(content.endpoints);
    const NodeHandle node = keyOf(content.nodes);
    const GroupHandle group = keyOf(content.groups);
    const ServerHandle server = keyOf(content.servers);
    switch (below(7)) {
    case 0:
        if (portal)
            content.portals.at(portal).addressPresent ^= true;
        break;
    case 1:
        if (portal)
            content.portals.at(portal).address.ip = address();
        break;
    case 2:
        if (endpoint)
            content.endpoints.at(endpoint).enabled ^= true;
        break;
    case 3:
        if (endpoint)
            content.endpoints.at(endpoint).tag = 1 + below(8);
        break;
    case 4:
        if (node)
            content.nodes.at(node).alias = QStringLiteral("Store %1").arg(below(100));
        break;
    case 5:
        if (group)
            content.groups.at(group).name = QStringLiteral("pool-%1").arg(below(100));
        break;
    default:
        if (server)
            content.servers.at(server).name = QStringLiteral("san-%1").arg(below(100));
        break;
    }
}

void RandomInventory::mutateRelation(Content &content)
{
    const PortalHandle portal = keyOf(content.portals);
    const EndpointHandle endpoint = keyOf(content.endpoints);
    const GroupHandle group = keyOf(content.groups);
    switch (below(4)) {
    case 0:
        if (portal && endpoint && content.portals.at(portal).server == content.endpoints.at(endpoint).server)
            content.bindings.insert({endpoint, portal});
        break;
    case 1:
        if (!content.bindings.empty())
            content.bindings.erase(anyOf(content.bindings));
        break;
    case 2:
        if (portal && group && content.portals.at(portal).server == content.groups.at(group).server)
            content.memberships.insert({group, portal});
        break;
    default:
        if (!content.memberships.empty())
            content.memberships.erase(anyOf(content.memberships));
        break;
    }
}

} // namespace portalbind
