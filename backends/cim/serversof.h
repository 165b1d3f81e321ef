// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/tables.h"

#include <string_view>
#include <unordered_map>
#include <vector>

namespace portalbind::cim {

/// Which server each object belongs to (J6). Objects name a system in their keys; systems that share targets, portals
/// or one configuration service are one server: the controllers of an array, say, whose endpoints carry names of their
/// own. Systems are numbered; a server is a set of them.
class ServersOf
{
public:
    explicit ServersOf(const Tables &tables);

    /// The server of the object with this key: a number below count().
    [[nodiscard]] quint32 server(quint32 key) const { return m_serverOfSystem[system(key)]; }
    /// The server of a ComputerSystem itself; KeyTable::none when it owns nothing of ours.
    [[nodiscard]] quint32 serverOfSystemKey(quint32 key) const;

    /// Whether an object names a system that was not read, and only HostedAccessPoint could tell whose it is.
    [[nodiscard]] bool hasStrays() const { return m_hasStrays; }
    [[nodiscard]] quint32 count() const { return quint32(m_servers.size()); }
    struct Server
    {
        std::string id; ///< canonical key of its system, or one made up for a system that was not read
        QString name;
    };
    [[nodiscard]] const Server &at(quint32 server) const { return m_servers[server]; }

private:
    [[nodiscard]] quint32 system(quint32 key) const { return key < m_systemOfKey.size() ? m_systemOfKey[key] : 0; }
    quint32 numberOf(std::string_view name);
    quint32 root(quint32 system);
    void unite(quint32 a, quint32 b);
    void readSystems();
    void uniteByEdges();
    void uniteStrays();
    void makeServers();

    const Tables &m_tables;
    std::unordered_map<std::string, quint32> m_numbers; // by lower-case name
    std::vector<std::string> m_names; // by system, as written; system 0 has none
    std::vector<quint32> m_parents; // union-find
    std::vector<quint32> m_rowOfSystem; // of Tables::systems, or none
    std::vector<bool> m_owns, m_isPart, m_hasService; // by system
    std::vector<quint32> m_systemOfKey;
    std::vector<quint32> m_serverOfSystem;
    std::vector<Server> m_servers;
    bool m_hasStrays = false;
};

} // namespace portalbind::cim
