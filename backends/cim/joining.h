// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/join.h"
#include "backends/cim/serversof.h"

#include <optional>

namespace portalbind::cim {

/// One join at work. Rows are numbers of rows in Tables; `none` is no row. Private to join().
class Joining
{
public:
    Joining(const Tables &tables, const JoinContext &context, Catalogue &catalogue);
    [[nodiscard]] SnapshotPtr run(bool complete);

private:
    static constexpr quint32 none = KeyTable::none;

    /// Where the object that an association refers to is, also when server and association spell its path differently.
    [[nodiscard]] Tables::Place resolve(quint32 key);
    void buildLoose();
    [[nodiscard]] std::string_view keyText(quint32 key) const { return m_tables.keys.key(key); }
    [[nodiscard]] QByteArrayView id(quint32 key) const;
    [[nodiscard]] ServerHandle serverOf(quint32 key) const;

    // joining.cpp: servers, nodes, endpoints, bindings
    void readBindings();
    void readNodesOfPorts();
    void addServers();
    [[nodiscard]] Capabilities capabilitiesOf(quint32 server) const;
    void addNodes();
    void addEndpoints();
    void addBindings();

    // joiningportals.cpp: portals, addresses, cards, groups
    void readNics();
    void addPortals();
    void completeByName(Portal &portal, quint32 tcp) const;
    [[nodiscard]] IpAddress addressOf(quint32 tcp) const;
    void addBareAddresses();
    void addGroups();

    // joiningsessions.cpp
    void addSessions();
    void addSession(quint32 row, EndpointHandle endpoint, const std::vector<std::pair<quint32, quint32>> &connections);

    // joiningnative.cpp: root/wmi
    [[nodiscard]] static Capabilities nativeCapabilities(Capabilities can);
    [[nodiscard]] ServerHandle nativeServer();
    void addNative();
    [[nodiscard]] std::unordered_map<std::string, PortalHandle> portalsByAddress() const;
    void addNativePortals(ServerHandle server, EndpointHandle all);
    void addNativeHosts(ServerHandle server);
    void addNativeSessions();

    const Tables &m_tables;
    const JoinContext &m_context;
    Catalogue &m_catalogue;
    SnapshotBuilder m_builder;
    ServersOf m_servers;
    std::vector<ServerHandle> m_serverHandles; // by number of the server
    bool m_complete = false;
    bool m_looseBuilt = false;
    std::unordered_map<std::string, quint32> m_loose; // loose key to number of a key; none: several

    struct Bound
    {
        quint32 endpoint;
        quint32 key; // of the portal
        Tables::Place portal; // row none: not read
    };
    std::vector<Bound> m_bound;
    struct Address
    {
        quint32 tcp, ip;
    };
    std::vector<Address> m_addresses; // sorted by tcp
    std::vector<bool> m_isUnderTcp, m_isBoundIp; // by row of an address
    std::vector<quint32> m_nodeOfEndpoint; // by row
    std::vector<QString> m_nicOfIp, m_nicOfTcp; // by row; may be shorter
    std::vector<NodeHandle> m_nodes; // by row; null: no iSCSI node
    std::vector<EndpointHandle> m_endpoints;
    std::vector<PortalHandle> m_tcps, m_ips;
    std::vector<PortalAddress> m_tcpAddresses; // by row, when root/wmi is to be matched
    std::unordered_map<QString, EndpointHandle> m_endpointOfTarget; // by iSCSI name, when unique
};

} // namespace portalbind::cim
