// SPDX-License-Identifier: Apache-2.0
// Rules beside plain look-ups in the same run.
#include "tests/bench/benchsite.h"

#include "model/rules.h"

#include <QCoreApplication>

#include <benchmark/benchmark.h>
#include <string>
#include <unordered_map>

namespace portalbind {
namespace {

/// What big sites have: 64 portals, 4,000 targets that are served from all of them. Each target has a second endpoint
/// without a portal, so that half of the questions go all the way through the rules.
const Inventory &wide()
{
    static const Inventory inventory = [] {
        BenchSite site;
        const GroupHandle group = site.group(0);
        std::vector<PortalHandle> portals;
        for (quint32 i = 0; i < 64; ++i) {
            portals.push_back(site.portal(i));
            site.builder.join(group, portals.back());
        }
        for (quint32 i = 0; i < 4000; ++i) {
            const NodeHandle node = site.node(i);
            const EndpointHandle bound = site.endpoint(2 * i, node);
            (void)site.endpoint(2 * i + 1, node);
            for (const PortalHandle portal : portals)
                site.builder.bind(bound, portal);
        }
        return Inventory(site.builder.build());
    }();
    return inventory;
}

/// A hash table of a million entries.
const std::unordered_map<quint32, quint32> &table()
{
    static const auto made = [] {
        std::unordered_map<quint32, quint32> map;
        std::mt19937 random(1);
        for (quint32 i = 0; i < million; ++i)
            map.emplace(i * 2654435761u, quint32(random()));
        return map;
    }();
    return made;
}

/// Look-ups of random keys; the processor may overlap them.
void baselineLookups(benchmark::State &state)
{
    std::mt19937 random(2);
    std::vector<quint32> keys;
    for (size_t i = 0; i < 3 * questions; ++i)
        keys.push_back((random() % million) * 2654435761u);
    const auto &map = table();
    size_t i = 0;
    for (auto _ : state) {
        quint32 sum = 0;
        for (auto n = state.range(0); n > 0; --n)
            sum += map.find(keys[i++ % keys.size()])->second;
        benchmark::DoNotOptimize(sum);
    }
}
BENCHMARK(baselineLookups)->Arg(1)->Arg(3)->Arg(3 * 64);

/// Look-ups one after another, as a rule's are: what one finds says where the next one looks. For comparison only.
void chainedLookups(benchmark::State &state)
{
    const auto &map = table();
    quint32 last = 0, step = 0;
    for (auto _ : state) {
        for (auto n = state.range(0); n > 0; --n)
            last = map.find(((last + step++) % million) * 2654435761u)->second;
        benchmark::DoNotOptimize(last);
    }
}
BENCHMARK(chainedLookups)->Arg(1)->Arg(3);

/// Look-ups by the objects' own ids, as a program without handles would make them. For comparison only.
void lookupsById(benchmark::State &state)
{
    static const auto idOf = [](quint32 i) { return "portal/" + std::to_string(i * 2654435761u); };
    static const auto map = [] {
        std::unordered_map<std::string, quint32> made;
        for (quint32 i = 0; i < million; ++i)
            made.emplace(idOf(i), i);
        return made;
    }();
    std::mt19937 random(2);
    std::vector<std::string> ids;
    for (size_t i = 0; i < questions; ++i)
        ids.push_back(idOf(quint32(random() % million)));
    size_t i = 0;
    for (auto _ : state) {
        quint32 sum = 0;
        for (auto n = state.range(0); n > 0; --n)
            sum += map.find(ids[i++ % ids.size()])->second;
        benchmark::DoNotOptimize(sum);
    }
}
BENCHMARK(lookupsById)->Arg(1)->Arg(3);

void canBindAt(benchmark::State &state, const Inventory &inventory)
{
    askInTurn(state, randomPairs(inventory),
              [&](PortalHandle p, EndpointHandle e) { return canBind(inventory, p, e); });
}
void canBindWide(benchmark::State &state)
{
    canBindAt(state, wide());
}
void canBindDeep(benchmark::State &state)
{
    canBindAt(state, deepInventory(quint32(state.range(0))));
}
BENCHMARK(canBindWide);
BENCHMARK(canBindDeep)->Arg(100'000)->Arg(million);

/// The same with a thousand changes pending.
void canBindWithPending(benchmark::State &state)
{
    const Inventory &base = deepInventory(million);
    const std::vector<Question> pairs = randomPairs(base);
    std::vector<Operation> pending;
    for (size_t i = 0; i < 1000; ++i)
        pending.push_back(Bind{pairs[i].second, pairs[i].first});
    const Inventory inventory = base.with(pending);
    askInTurn(state, pairs, [&](PortalHandle p, EndpointHandle e) { return canBind(inventory, p, e); });
}
BENCHMARK(canBindWithPending);

void canMoveDeep(benchmark::State &state)
{
    const Inventory &inventory = deepInventory(million);
    askInTurn(state, randomPairs(inventory), [&](PortalHandle p, EndpointHandle e) {
        const auto binders = inventory.base()->bindersOf(inventory.base()->row(p));
        return canMove(inventory, p, binders.front().endpoint, e);
    });
}
BENCHMARK(canMoveDeep);

// --- a drag of 64 portals

void hoverOf64Portals(benchmark::State &state)
{
    const Inventory &inventory = wide();
    const QList<PortalHandle> portals = inventory.portals();
    const QList<EndpointHandle> endpoints = inventory.endpoints();
    qsizetype i = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(canBindAll(inventory, portals, endpoints[i++ % endpoints.size()]));
}
BENCHMARK(hoverOf64Portals);

void hoverOf64PortalsDeep(benchmark::State &state)
{
    const Inventory &inventory = deepInventory(million);
    const QList<PortalHandle> portals = inventory.portals().first(64);
    const QList<EndpointHandle> endpoints = inventory.endpoints();
    qsizetype i = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(canBindAll(inventory, portals, endpoints[i++ % endpoints.size()]));
}
BENCHMARK(hoverOf64PortalsDeep);

// --- bad shapes

void portalOn100000Endpoints(benchmark::State &state)
{
    BenchSite site;
    const GroupHandle group = site.group(0);
    const PortalHandle hub = site.portal(0);
    site.builder.join(group, hub);
    std::vector<EndpointHandle> endpoints;
    for (quint32 i = 0; i < 100'000; ++i) {
        const NodeHandle node = site.node(i);
        endpoints.push_back(site.endpoint(2 * i, node));
        site.builder.bind(endpoints.back(), hub);
        endpoints.push_back(site.endpoint(2 * i + 1, node));
    }
    const Inventory inventory(site.builder.build());
    size_t i = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(canBind(inventory, hub, endpoints[(i += 7919) % endpoints.size()]));
}
BENCHMARK(portalOn100000Endpoints);

void endpointWith100000Portals(benchmark::State &state)
{
    BenchSite site;
    const GroupHandle group = site.group(0);
    const NodeHandle node = site.node(0);
    const EndpointHandle hub = site.endpoint(0, node);
    std::vector<PortalHandle> portals;
    for (quint32 i = 0; i < 200'000; ++i) {
        portals.push_back(site.portal(i));
        site.builder.join(group, portals.back());
        if (i % 2 == 0)
            site.builder.bind(hub, portals.back());
    }
    const Inventory inventory(site.builder.build());
    size_t i = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(canBind(inventory, portals[(i += 7919) % portals.size()], hub));
}
BENCHMARK(endpointWith100000Portals);

void portalIn1000Groups(benchmark::State &state)
{
    BenchSite site;
    const NodeHandle node = site.node(0);
    const EndpointHandle endpoint = site.endpoint(0, node);
    const PortalHandle bound = site.portal(0), asked = site.portal(1);
    for (quint32 i = 0; i < 2000; ++i) {
        const GroupHandle group = site.group(i);
        site.builder.join(group, i % 2 == 0 ? bound : asked); // none in common: the whole of both is looked at
    }
    site.builder.bind(endpoint, bound);
    const Inventory inventory(site.builder.build());
    for (auto _ : state)
        benchmark::DoNotOptimize(canBind(inventory, asked, endpoint));
}
BENCHMARK(portalIn1000Groups);

} // namespace
} // namespace portalbind

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
