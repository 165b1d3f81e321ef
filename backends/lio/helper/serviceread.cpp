// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/configfstree.h"
#include "backends/lio/helper/saveconfigfile.h"
#include "backends/lio/helper/service.h"

#include <algorithm>
#include <set>

namespace portalbind::kernel {

namespace {

constexpr std::size_t mostListeners = 20'000;

/// An address as a socket shows it: no scope.
SocketAddress bare(const SocketAddress &address)
{
    SocketAddress copy = address;
    copy.ip.scope.clear();
    return copy;
}

/// Sockets of portals, told apart from everybody else's.
class PortalSockets
{
public:
    void add(const SocketAddress &address) { m_portals.insert(bare(address)); }
    /// What a connection's local end has to be: an address of a portal, or any on the port of a wildcard.
    [[nodiscard]] bool isLocalEnd(const SocketAddress &local) const
    {
        NetworkAddress any;
        any.family = local.ip.family;
        NetworkAddress dual;
        dual.family = Family::IPv6;
        return m_portals.count(local) != 0 || m_portals.count({any, local.port}) != 0
                || m_portals.count({dual, local.port}) != 0;
    }
    void listen(const Listener &listener)
    {
        if (listener.process.empty())
            m_listening.insert(listener.address);
    }
    [[nodiscard]] bool isListening(const SocketAddress &address) const { return m_listening.count(bare(address)) != 0; }
    [[nodiscard]] bool isPortal(const Listener &listener) const
    {
        return listener.process.empty() && m_portals.count(listener.address) != 0;
    }

private:
    std::set<SocketAddress> m_portals;
    std::set<SocketAddress> m_listening;
};

void nameScopes(Target &target, const HostInterfaces &interfaces)
{
    for (Tpg &tpg : target.tpgs) {
        for (NetworkPortal &portal : tpg.portals) {
            if (portal.address)
                portal.address->ip.scope = interfaces.scopeName(portal.address->ip.scope);
        }
    }
}

std::size_t objectsIn(const Target &target)
{
    std::size_t count = 1 + target.tpgs.size();
    for (const Tpg &tpg : target.tpgs)
        count += tpg.portals.size() + tpg.acls.size() + tpg.luns.size();
    return count;
}

} // namespace

tl::expected<std::string, Failure> Service::read(std::int64_t id)
{
    const ConfigfsTree tree(m_places);
    const ConfigfsTree::State state = tree.state();
    const auto names = tree.targets();
    if (!names)
        return tl::unexpected(names.error());
    const auto bound = tree.boundPortals();
    if (!bound)
        return tl::unexpected(bound.error());
    const auto interfaces = readHostInterfaces();
    if (!interfaces)
        return tl::unexpected(interfaces.error());
    PortalSockets portals;
    for (const BoundPortal &portal : *bound)
        portals.add(portal.address);
    auto sockets = readTcpSockets(m_places,
                                  [&portals](const SocketAddress &local) { return portals.isLocalEnd(local); });
    if (!sockets)
        return tl::unexpected(sockets.error());
    m_owners.name(sockets->listeners);
    for (const Listener &listener : sockets->listeners)
        portals.listen(listener);

    const Ownership ownership = readOwnership(m_places);
    LongObject all;
    all.add("state", ConfigfsTree::stateWord(state));
    all.beginList("targets");
    std::size_t objects = 0;
    for (const std::string &name : *names) {
        auto target = tree.readTarget(name);
        if (!target)
            continue; // gone meanwhile
        nameScopes(*target, *interfaces);
        objects += objectsIn(*target);
        if (objects > ConfigfsTree::mostObjects || all.size() > longestAnswer)
            return tl::unexpected(Failure{"too-large", "more objects than one answer holds", 0, false});
        all.addElement(describeTarget(*target, ownership.ownerOf(name), [&portals](const SocketAddress &address) {
            return portals.isListening(address);
        }));
    }
    all.endList();
    all.add("addresses", describeAddresses(*interfaces, ownership));
    all.add("roaming", describeAbsentRoaming(*interfaces, ownership));

    Json truncated = Json::array();
    std::size_t listeners = 0;
    all.beginList("listeners");
    for (const Listener &listener : sockets->listeners) {
        if (!portals.isPortal(listener) && ++listeners <= mostListeners)
            all.addElement(describeListener(listener));
    }
    all.endList();
    all.beginList("connections");
    for (const EstablishedConnection &connection : sockets->connections)
        all.addElement(describeConnection(connection));
    all.endList();
    if (sockets->truncated)
        truncated.push_back("connections");
    if (listeners > mostListeners)
        truncated.push_back("listeners");
    if (!truncated.empty())
        all.add("truncated", truncated);
    all.add("saved", SaveconfigFile(m_places).describe(true));
    all.add("pools", m_pools.describe());
    return all.finish(id);
}

} // namespace portalbind::kernel
