// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/serversof.h"

#include "backends/cim/cimtypes.h"
#include "backends/cim/pathkey.h"

#include <algorithm>
#include <tuple>

namespace portalbind::cim {
namespace {

std::string lowered(std::string_view text)
{
    std::string low(text);
    std::transform(low.begin(), low.end(), low.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return low;
}

bool isOurs(Source source)
{
    return source == Source::Service || source == Source::Node || source == Source::Endpoint || source == Source::Tcp
            || source == Source::Ip;
}

} // namespace

ServersOf::ServersOf(const Tables &tables)
    : m_tables(tables)
{
    numberOf({});
    readSystems();
    uniteByEdges();
    uniteStrays();
    makeServers();
}

quint32 ServersOf::numberOf(std::string_view name)
{
    const auto [at, isNew] = m_numbers.try_emplace(lowered(name), quint32(m_names.size()));
    if (isNew) {
        m_names.emplace_back(name);
        m_parents.push_back(at->second);
        m_rowOfSystem.push_back(KeyTable::none);
        m_owns.push_back(false);
        m_isPart.push_back(false);
        m_hasService.push_back(false);
    }
    return at->second;
}

quint32 ServersOf::root(quint32 system)
{
    while (m_parents[system] != system)
        system = m_parents[system] = m_parents[m_parents[system]];
    return system;
}

void ServersOf::unite(quint32 a, quint32 b)
{
    a = root(a);
    b = root(b);
    m_parents[std::max(a, b)] = std::min(a, b);
}

void ServersOf::readSystems()
{
    m_systemOfKey.assign(m_tables.keys.size(), 0);
    for (size_t row = 0; row < m_tables.systems.rows.size(); ++row) {
        const quint32 key = m_tables.systems.keys[row];
        const quint32 system = numberOf(valueInKey(m_tables.keys.key(key), "name"));
        m_systemOfKey[key] = system;
        m_rowOfSystem[system] = quint32(row);
    }
    std::string_view lastName;
    quint32 last = 0;
    for (quint32 key = 0; key < m_tables.places.size() && key < m_tables.keys.size(); ++key) {
        const Tables::Place place = m_tables.places[key];
        if (place.row == KeyTable::none || !isOurs(place.source))
            continue;
        const std::string_view name = systemOfKey(m_tables.keys.key(key));
        if (name != lastName || lastName.empty()) {
            last = numberOf(name.find('\\') == std::string_view::npos ? std::string(name) : unescapedValue(name));
            lastName = name;
        }
        m_systemOfKey[key] = last;
        // An address alone is no reason to show a system: hosts and switches have those, too.
        m_owns[last] = m_owns[last] || place.source != Source::Ip;
        m_hasService[last] = m_hasService[last] || place.source == Source::Service;
    }
}

void ServersOf::uniteByEdges()
{
    for (const Source source : {Source::BindsTo, Source::NodeOfPort, Source::HostedPoint}) {
        for (const Edge &edge : m_tables.edgesOf(source)) {
            if (system(edge.from) != system(edge.to) && system(edge.from) != 0 && system(edge.to) != 0)
                unite(system(edge.from), system(edge.to));
        }
    }
    for (const Edge &edge : m_tables.edgesOf(Source::SystemPart)) {
        if (system(edge.from) == 0 || system(edge.to) == 0)
            continue;
        m_isPart[system(edge.from)] = true;
        unite(system(edge.from), system(edge.to));
    }
}

void ServersOf::uniteStrays()
{
    const auto systems = quint32(m_names.size());
    // One service takes the orders for all that is there. Without any, nobody could say whose a stray is either.
    const bool oneServer = m_tables.services.rows.size() == 1;
    quint32 first = KeyTable::none;
    for (quint32 s = 0; s < systems; ++s) {
        if (!m_owns[s])
            continue;
        if (first == KeyTable::none)
            first = s;
        if (oneServer)
            unite(first, s);
    }
    // A stray of several servers: `CLARiiON+APM00123+SP_A+8` belongs to `CLARiiON+APM00123`.
    for (quint32 s = 1; s < systems && !oneServer; ++s) {
        if (m_rowOfSystem[s] != KeyTable::none || root(s) != s)
            continue;
        m_hasStrays = m_hasStrays || m_tables.services.rows.size() > 1;
        quint32 best = KeyTable::none;
        const std::string stray = lowered(m_names[s]);
        for (quint32 t = 1; t < systems; ++t) {
            const std::string other = lowered(m_names[t]);
            if (m_rowOfSystem[t] != KeyTable::none && !other.empty() && stray.rfind(other, 0) == 0
                && (best == KeyTable::none || other.size() > m_names[best].size()))
                best = t;
        }
        if (best != KeyTable::none)
            unite(best, s);
    }
}

void ServersOf::makeServers()
{
    const auto systems = quint32(m_names.size());
    std::vector<bool> owns(systems, false);
    std::vector<quint32> chosen(systems, KeyTable::none); // by root: the system that names the server
    const auto rank = [this](quint32 s) {
        return std::tuple(m_rowOfSystem[s] == KeyTable::none, bool(m_isPart[s]), !m_hasService[s], !m_owns[s],
                          m_names[s]);
    };
    for (quint32 s = 0; s < systems; ++s) {
        const quint32 r = root(s);
        owns[r] = owns[r] || m_owns[s];
        if (chosen[r] == KeyTable::none || rank(s) < rank(chosen[r]))
            chosen[r] = s;
    }
    std::vector<quint32> serverOfRoot(systems, KeyTable::none);
    for (quint32 r = 0; r < systems; ++r) {
        if (root(r) != r || !owns[r])
            continue;
        serverOfRoot[r] = quint32(m_servers.size());
        const quint32 s = chosen[r];
        Server server;
        server.name = toText(m_names[s]);
        if (const quint32 row = m_rowOfSystem[s]; row != KeyTable::none) {
            server.id = m_tables.keys.key(m_tables.systems.keys[row]);
            if (!m_tables.systems.rows[row].name.isEmpty())
                server.name = m_tables.systems.rows[row].name;
        } else {
            KeyBuilder builder;
            builder.begin("cim_computersystem");
            builder.add("name", m_names[s]);
            server.id = builder.take();
        }
        m_servers.push_back(std::move(server));
    }
    m_serverOfSystem.assign(systems, KeyTable::none);
    for (quint32 s = 0; s < systems; ++s)
        m_serverOfSystem[s] = serverOfRoot[root(s)];
}

quint32 ServersOf::serverOfSystemKey(quint32 key) const
{
    return system(key) == 0 ? KeyTable::none : m_serverOfSystem[system(key)];
}

} // namespace portalbind::cim
