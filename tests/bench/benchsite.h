// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"
#include "model/snapshotbuilder.h"

#include <QHostAddress>

#include <benchmark/benchmark.h>

#include <map>
#include <random>
#include <vector>

namespace portalbind {

inline constexpr quint32 million = 1'000'000;
inline constexpr size_t questions = 1 << 20; // asked in turn: enough to touch all of a million objects

/// A server under construction; its objects are called by numbers.
class BenchSite
{
public:
    BenchSite()
    {
        Server san;
        san.name = QStringLiteral("san-a");
        san.capabilities.groups = GroupSource::Editable;
        m_server = builder.addServer("s", san);
    }
    /// 10.x.y.z on port 3260, x.y.z being \a n; another \a version is on another interface.
    PortalHandle portal(quint32 n, quint32 version = 0)
    {
        Portal made;
        made.server = m_server;
        made.address = {IpAddress(QHostAddress(0x0a00'0000u + n)), 3260};
        made.nic = QStringLiteral("eth%1").arg(version);
        return builder.addPortal("p" + QByteArray::number(n), made);
    }
    EndpointHandle endpoint(quint32 n, NodeHandle of)
    {
        return builder.addEndpoint("e" + QByteArray::number(n),
                                   Endpoint{m_server, of, Role::Target, BindingScope::Endpoint, true, n & 0xffff});
    }
    NodeHandle node(quint32 n)
    {
        return builder.addNode(
                "n" + QByteArray::number(n),
                Node{m_server, Role::Target, QStringLiteral("iqn.2026-11.com.example:disk%1").arg(n), {}});
    }
    GroupHandle group(quint32 n)
    {
        return builder.addGroup("g" + QByteArray::number(n),
                                Group{m_server, QStringLiteral("fabric-%1").arg(n), false});
    }

    [[nodiscard]] Inventory inventory() { return Inventory(builder.build()); }

    SnapshotBuilder builder{std::make_shared<IdTable>()};

private:
    ServerHandle m_server;
};

/// \a count portals, each bound once; 50 to an endpoint, two endpoints to a target, 1,000 portals to a group.
inline void fillDeep(BenchSite &site, quint32 count)
{
    NodeHandle node;
    EndpointHandle endpoint;
    GroupHandle group;
    for (quint32 i = 0; i < count; ++i) {
        if (i % 1000 == 0)
            group = site.group(i / 1000);
        if (i % 100 == 0)
            node = site.node(i / 100);
        if (i % 50 == 0)
            endpoint = site.endpoint(i / 50, node);
        const PortalHandle portal = site.portal(i);
        site.builder.join(group, portal);
        site.builder.bind(endpoint, portal);
    }
}

/// A site of \a count portals, made once.
inline const Inventory &deepInventory(quint32 count)
{
    static std::map<quint32, Inventory> made;
    auto &inventory = made[count];
    if (!inventory.base()) {
        BenchSite site;
        site.builder.reserve(count, count / 50, count);
        fillDeep(site, count);
        inventory = Inventory(site.builder.build());
    }
    return inventory;
}

using Question = std::pair<PortalHandle, EndpointHandle>;

inline std::vector<Question> randomPairs(const Inventory &inventory)
{
    const auto portals = inventory.portals();
    const auto endpoints = inventory.endpoints();
    std::mt19937 random(1);
    std::vector<Question> all;
    for (size_t i = 0; i < questions; ++i)
        all.emplace_back(portals[qsizetype(random() % size_t(portals.size()))],
                         endpoints[qsizetype(random() % size_t(endpoints.size()))]);
    return all;
}

template <class Ask>
void askInTurn(benchmark::State &state, const std::vector<Question> &pairs, Ask ask)
{
    size_t i = 0;
    for (auto _ : state) {
        const auto &[portal, endpoint] = pairs[i++ % questions];
        benchmark::DoNotOptimize(ask(portal, endpoint));
    }
}

} // namespace portalbind
