// SPDX-License-Identifier: Apache-2.0
#include "reference.h"

#include <QTextStream>

#include <algorithm>

namespace portalbind {

QString Reference::Answer::text() const
{
    static const char *const decisions[] = {"allowed", "refused", "server decides"};
    return QStringLiteral("%1 %2%3%4")
            .arg(QLatin1String(decisions[int(decision)]))
            .arg(code)
            .arg(QLatin1String(origin == Origin::Policy ? " by policy" : ""),
                 QLatin1String(changesNothing ? ", changes nothing" : ""));
}

Reference::Reference(const Inventory &inventory)
    : m_complete(inventory.isComplete())
{
    for (const ServerHandle h : inventory.servers())
        m_servers[h] = inventory.server(h);
    for (const NodeHandle h : inventory.nodes())
        m_nodes[h] = inventory.node(h);
    for (const PortalHandle h : inventory.portals())
        m_portals[h] = inventory.portal(h);
    for (const SessionHandle h : inventory.sessions())
        m_sessions[h] = inventory.session(h);
    for (const EndpointHandle h : inventory.endpoints()) {
        m_endpoints[h] = inventory.endpoint(h);
        for (const PortalHandle portal : inventory.portalsBoundBy(h))
            m_bindings.emplace(h, portal);
    }
    for (const GroupHandle h : inventory.groups()) {
        m_groups[h] = inventory.group(h);
        for (const PortalHandle portal : inventory.portalsOf(h))
            m_members.emplace(h, portal);
    }
}

Reference::Answer Reference::refuse(quint16 code, Origin origin)
{
    Answer answer(Decision::Refused);
    answer.code = code;
    answer.origin = origin;
    return answer;
}

/// The first predicate that the target enforces, else the first by policy; else what cannot be decided.
Reference::Answer Reference::judged(const Broken &broken, bool undecided)
{
    for (const auto &[who, code] : broken) {
        if (who == Enforcement::Target)
            return refuse(code);
    }
    for (const auto &[who, code] : broken) {
        if (who == Enforcement::Policy)
            return refuse(code, Origin::Policy);
    }
    return undecided ? Answer(Decision::ServerDecides) : Answer();
}

std::set<PortalHandle> Reference::boundBy(EndpointHandle endpoint, const Bindings &bindings)
{
    std::set<PortalHandle> all;
    for (const auto &[e, portal] : bindings) {
        if (e == endpoint)
            all.insert(portal);
    }
    return all;
}

Reference::Groups Reference::realGroups(PortalHandle portal) const
{
    Groups all;
    for (const auto &[group, member] : m_members) {
        if (member == portal && !m_groups.at(group).derived)
            all.insert(group);
    }
    return all;
}

Reference::Groups Reference::sharedBy(const std::set<PortalHandle> &portals, const Members &members) const
{
    Groups shared;
    for (const auto &[group, value] : m_groups) {
        const bool inAll = std::all_of(portals.begin(), portals.end(), [&, g = group](PortalHandle portal) {
            return members.contains({g, portal});
        });
        if (!value.derived && inAll && !portals.empty())
            shared.insert(group);
    }
    return shared;
}

bool Reference::anyGrouped(const std::set<PortalHandle> &portals) const
{
    return std::any_of(portals.begin(), portals.end(),
                       [&](PortalHandle portal) { return !realGroups(portal).empty(); });
}

bool Reference::hasSwitch(ServerHandle server) const
{
    return std::any_of(m_endpoints.begin(), m_endpoints.end(), [&](const auto &entry) {
        return entry.second.server == server && entry.second.scope == BindingScope::Server;
    });
}

Reference::Answer Reference::canBind(PortalHandle portal, EndpointHandle endpoint) const
{
    return bindOver(m_bindings, portal, endpoint);
}

Reference::Answer Reference::bindOver(const Bindings &bindings, PortalHandle N, EndpointHandle P) const
{
    if (!m_complete)
        return Answer(Decision::ServerDecides);
    if (!m_endpoints.contains(P)) // R1, R3
        return refuse(N.isNull() || P.isNull() ? 5 : 4096);
    const Endpoint &port = m_endpoints.at(P);
    if (!m_servers.contains(port.server))
        return Answer(Decision::ServerDecides);
    const Capabilities &can = m_servers.at(port.server).capabilities;
    if (can.bind == Support::No || (port.scope == BindingScope::Endpoint && hasSwitch(port.server))) // R0
        return refuse(1);
    if (N.isNull()) // R1
        return refuse(5);
    if (!m_portals.contains(N)) // R2
        return refuse(4096);
    const Portal &portal = m_portals.at(N);
    if (portal.server != port.server) // R1
        return refuse(5);
    if ((port.role == Role::Target && portal.kind != PortalKind::Tcp)
        || (port.role == Role::Initiator && portal.kind != PortalKind::Ip)) // R4
        return refuse(5);
    if (bindings.contains({P, N})) { // R8
        Answer nothing;
        nothing.changesNothing = true;
        return nothing;
    }
    Broken broken;
    bool undecided = can.bind == Support::Unknown || (port.role != Role::Target && port.role != Role::Initiator);
    if (portal.kind == PortalKind::Tcp && !portal.addressPresent) // R5
        broken.emplace_back(can.addressRule, 4097);
    for (const auto &[Q, other] : m_endpoints) { // R6
        if (port.role == Role::Target && port.node && Q != P && other.node == port.node && bindings.contains({Q, N}))
            broken.emplace_back(Enforcement::Target, 4098);
    }
    std::set<PortalHandle> all = boundBy(P, bindings); // R7
    if (!all.empty()) {
        all.insert(N);
        if (can.groups == GroupSource::None || !anyGrouped(all))
            undecided = undecided || can.groupRule == Enforcement::Target;
        else if (sharedBy(all, m_members).empty())
            broken.emplace_back(can.groupRule, 4099);
    }
    return judged(broken, undecided);
}

Reference::Answer Reference::canUnbind(PortalHandle portal, EndpointHandle endpoint) const
{
    if (!m_complete)
        return Answer(Decision::ServerDecides);
    if (!m_bindings.contains({endpoint, portal})) // U1
        return refuse(6);
    const ServerHandle server = m_endpoints.at(endpoint).server;
    if (!m_servers.contains(server))
        return Answer(Decision::ServerDecides);
    if (m_endpoints.at(endpoint).scope == BindingScope::Endpoint && hasSwitch(server))
        return refuse(7);
    const Support unbind = m_servers.at(server).capabilities.unbind; // U2
    return unbind == Support::No ? refuse(7) : unbind == Support::Unknown ? Answer(Decision::ServerDecides) : Answer();
}

Reference::Answer Reference::canMove(PortalHandle portal, EndpointHandle from, EndpointHandle to) const
{
    const Answer leaving = canUnbind(portal, from);
    if (leaving.decision == Decision::Refused)
        return leaving;
    if (from == to)
        return canBind(portal, to);
    Bindings after = m_bindings;
    after.erase({from, portal});
    Answer answer = bindOver(after, portal, to);
    if (answer.decision == Decision::Allowed)
        answer.decision = leaving.decision;
    answer.changesNothing = false;
    return answer;
}

Reference::Answer Reference::canCreateEndpoint(const CreateEndpoint &o) const
{
    if (!m_complete)
        return Answer(Decision::ServerDecides);
    const Endpoint &wanted = o.value;
    if (wanted.node.isNull() || o.endpoint.isNull())
        return refuse(5);
    if (!m_nodes.contains(wanted.node))
        return refuse(4096);
    const Node &node = m_nodes.at(wanted.node);
    if (!m_servers.contains(node.server))
        return Answer(Decision::ServerDecides);
    const Capabilities &can = m_servers.at(node.server).capabilities;
    if (!can.createEndpoint)
        return refuse(1);
    const bool initiator = wanted.role == Role::Initiator;
    if (!initiator && wanted.role != Role::Target)
        return refuse(5);
    if (o.chooseTag && wanted.tag >= (initiator ? quint64(1) << 48 : quint64(1) << 16))
        return refuse(5);
    if ((node.role == Role::Target && initiator) || (node.role == Role::Initiator && !initiator)
        || (initiator && !can.initiatorNodes))
        return refuse(4097);
    if (o.chooseTag && !can.chooseTag)
        return refuse(4099);
    for (const auto &[other, value] : m_endpoints) {
        if (o.chooseTag && other != o.endpoint && value.node == wanted.node && value.tag == wanted.tag)
            return refuse(4098);
    }
    for (const PortalHandle portal : o.portals) {
        if (!m_portals.contains(portal))
            return refuse(4100);
        const Portal &value = m_portals.at(portal);
        if (value.server != node.server || (value.kind == PortalKind::Ip) != initiator)
            return refuse(5);
    }
    Broken broken;
    const std::set<PortalHandle> all(o.portals.begin(), o.portals.end());
    for (const PortalHandle portal : all) {
        if (!initiator && !m_portals.at(portal).addressPresent)
            broken.emplace_back(can.addressRule, 4101);
    }
    for (const auto &[other, portal] : m_bindings) {
        if (!initiator && all.contains(portal) && other != o.endpoint && m_endpoints.at(other).node == wanted.node)
            broken.emplace_back(Enforcement::Target, 4102);
    }
    bool undecided = false;
    if (all.size() > 1) {
        if (can.groups == GroupSource::None || !anyGrouped(all))
            undecided = can.groupRule == Enforcement::Target;
        else if (sharedBy(all, m_members).empty())
            broken.emplace_back(can.groupRule, 4103);
    }
    return judged(broken, undecided);
}

Reference::Answer Reference::canJoinGroup(PortalHandle portal, GroupHandle group) const
{
    if (!m_complete)
        return Answer(Decision::ServerDecides);
    if (!m_portals.contains(portal))
        return refuse(4096);
    if (!m_groups.contains(group))
        return refuse(4097);
    const Group &value = m_groups.at(group);
    if (value.derived || m_servers.at(value.server).capabilities.groups != GroupSource::Editable)
        return refuse(1);
    if (m_portals.at(portal).server != value.server)
        return refuse(5);
    Answer answer;
    answer.changesNothing = m_members.contains({group, portal});
    return answer;
}

Reference::Answer Reference::canLeaveGroup(PortalHandle portal, GroupHandle group) const
{
    Answer answer = canJoinGroup(portal, group);
    if (answer.decision != Decision::Allowed)
        return answer;
    if (!m_members.contains({group, portal}))
        return refuse(4098);
    return leaving(m_groups.at(group).server, group, {portal});
}

Reference::Answer Reference::canDeleteGroup(GroupHandle group) const
{
    if (!m_complete)
        return Answer(Decision::ServerDecides);
    if (!m_groups.contains(group))
        return refuse(4096);
    const Group &value = m_groups.at(group);
    if (value.derived || m_servers.at(value.server).capabilities.groups != GroupSource::Editable)
        return refuse(1);
    std::set<PortalHandle> members;
    for (const auto &[g, portal] : m_members) {
        if (g == group)
            members.insert(portal);
    }
    return leaving(value.server, group, members);
}

/// An endpoint that binds one of \a portals must not lose the last group that its portals share.
Reference::Answer Reference::leaving(ServerHandle server, GroupHandle group,
                                     const std::set<PortalHandle> &portals) const
{
    Members after = m_members;
    for (const PortalHandle portal : portals)
        after.erase({group, portal});
    Broken broken;
    for (const auto &[endpoint, portal] : m_bindings) {
        const std::set<PortalHandle> all = boundBy(endpoint, m_bindings);
        if (portals.contains(portal) && !sharedBy(all, m_members).empty() && sharedBy(all, after).empty())
            broken.emplace_back(m_servers.at(server).capabilities.groupRule, 4099);
    }
    return judged(broken, false);
}

std::vector<Reference::Answer> Reference::canBindAll(const QList<PortalHandle> &portals, EndpointHandle endpoint) const
{
    std::vector<Answer> answers;
    Bindings now = m_bindings;
    for (const PortalHandle portal : portals) {
        answers.push_back(bindOver(now, portal, endpoint));
        if (m_complete && answers.back().decision != Decision::Refused)
            now.emplace(endpoint, portal);
    }
    return answers;
}

QString Reference::text() const
{
    QString all;
    QTextStream out(&all);
    for (const auto &[h, v] : m_servers)
        out << "server " << h.value << ' ' << v.name << ' ' << v.host << ' ' << int(v.dialect) << '\n';
    for (const auto &[h, v] : m_nodes)
        out << "node " << h.value << " of " << v.server.value << ' ' << int(v.role) << ' ' << v.name << ' ' << v.alias
            << '\n';
    for (const auto &[h, v] : m_endpoints)
        out << "endpoint " << h.value << " of " << v.server.value << ' ' << v.node.value << ' ' << int(v.role)
            << int(v.scope) << v.enabled << ' ' << v.tag << '\n';
    for (const auto &[h, v] : m_portals)
        out << "portal " << h.value << " of " << v.server.value << ' ' << int(v.kind) << ' ' << v.address.toString()
            << ' ' << v.addressPresent << ' ' << v.nic << '\n';
    for (const auto &[h, v] : m_groups)
        out << "group " << h.value << " of " << v.server.value << ' ' << v.name << ' ' << v.derived << '\n';
    for (const auto &[h, v] : m_sessions)
        out << "session " << h.value << " of " << v.endpoint.value << ' ' << v.portal.value << ' ' << v.initiator
            << '\n';
    for (const auto &[endpoint, portal] : m_bindings)
        out << "binding " << endpoint.value << ' ' << portal.value << '\n';
    for (const auto &[group, portal] : m_members)
        out << "member " << group.value << ' ' << portal.value << '\n';
    return all;
}

} // namespace portalbind
