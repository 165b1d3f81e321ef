// SPDX-License-Identifier: Apache-2.0
// Rules, snapshots, differences and reports, each beside a plain baseline in the same run.
#include "model/diff.h"
#include "model/report/reportformat.h"
#include "model/rules.h"
#include "model/snapshotbuilder.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QHostAddress>

#include <benchmark/benchmark.h>
#include <cstring>
#include <random>
#include <string>
#include <unordered_map>

namespace portalbind {
namespace {

constexpr quint32 million = 1'000'000;
constexpr size_t questions = 1 << 20; // asked in turn: enough to touch all of a million objects

/// A server under construction.
class Site
{
public:
    Site()
    {
        Server san;
        san.name = QStringLiteral("san-a");
        san.capabilities.groups = GroupSource::Editable;
        m_server = builder.addServer("s", san);
    }
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

    SnapshotBuilder builder{std::make_shared<IdTable>()};

private:
    ServerHandle m_server;
};

/// What big sites have: 64 portals, 4,000 targets that are served from all of them. Each target has a second endpoint
/// without a portal, so that half of the questions go all the way through the rules.
const Inventory &wide()
{
    static const Inventory inventory = [] {
        Site site;
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

/// \a count portals, each bound once; 50 to an endpoint, two endpoints to a target, 1,000 portals to a group.
void fillDeep(Site &site, quint32 count, quint32 changed = 0)
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
        const bool differs = changed > 0 && i % (count / changed) == 0;
        const PortalHandle portal = site.portal(i, differs ? 1 : 0);
        site.builder.join(group, portal);
        site.builder.bind(endpoint, portal);
    }
}

const Inventory &deep(quint32 count)
{
    static std::map<quint32, Inventory> made;
    auto &inventory = made[count];
    if (!inventory.base()) {
        Site site;
        site.builder.reserve(count, count / 50, count);
        fillDeep(site, count);
        inventory = Inventory(site.builder.build());
    }
    return inventory;
}

using Question = std::pair<PortalHandle, EndpointHandle>;

std::vector<Question> randomPairs(const Inventory &inventory)
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

// --- the rule -------------------------------------------------------------------------------------------------------

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
    canBindAt(state, deep(quint32(state.range(0))));
}
BENCHMARK(canBindWide);
BENCHMARK(canBindDeep)->Arg(100'000)->Arg(million);

/// The same with a thousand changes pending.
void canBindWithPending(benchmark::State &state)
{
    const Inventory &base = deep(million);
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
    const Inventory &inventory = deep(million);
    askInTurn(state, randomPairs(inventory), [&](PortalHandle p, EndpointHandle e) {
        const auto binders = inventory.base()->bindersOf(inventory.base()->row(p));
        return canMove(inventory, p, binders.front().endpoint, e);
    });
}
BENCHMARK(canMoveDeep);

// --- a drag of 64 portals
// ---------------------------------------------------------------------------------------------

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
    const Inventory &inventory = deep(million);
    const QList<PortalHandle> portals = inventory.portals().first(64);
    const QList<EndpointHandle> endpoints = inventory.endpoints();
    qsizetype i = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(canBindAll(inventory, portals, endpoints[i++ % endpoints.size()]));
}
BENCHMARK(hoverOf64PortalsDeep);

// --- previews
// -----------------------------------------------------------------------------------------------------------

/// One more operation on top of as many pending ones.
void preview(benchmark::State &state)
{
    const Inventory &base = deep(million);
    const std::vector<Question> pairs = randomPairs(base);
    std::vector<Operation> pending;
    for (size_t i = 0; i < size_t(state.range(0)); ++i)
        pending.push_back(Bind{pairs[i].second, pairs[i].first});
    const Inventory inventory = base.with(pending);
    const Operation next = Bind{pairs.back().second, pairs.back().first};
    for (auto _ : state)
        benchmark::DoNotOptimize(inventory.with(next));
}
BENCHMARK(preview)->Arg(0)->Arg(64)->Arg(10'000);

// --- snapshots
// ----------------------------------------------------------------------------------------------------------

Site &filled()
{
    static Site *const site = [] {
        auto *made = new Site;
        made->builder.reserve(million, million / 50, million);
        fillDeep(*made, million);
        return made;
    }();
    return *site;
}

void baselineCopySameBytes(benchmark::State &state)
{
    const std::vector<char> from(deep(million).base()->byteSize(), 'x');
    for (auto _ : state) {
        std::vector<char> to(from.size());
        std::memcpy(to.data(), from.data(), from.size());
        benchmark::DoNotOptimize(to.data());
    }
    state.counters["bytes"] = double(from.size());
}
BENCHMARK(baselineCopySameBytes)->Unit(benchmark::kMillisecond);

void buildSnapshot(benchmark::State &state)
{
    Site &site = filled();
    SnapshotPtr made;
    for (auto _ : state)
        benchmark::DoNotOptimize(made = site.builder.build());
    state.counters["bytes_per_portal"] = double(made->byteSize()) / million;
    // A portal, its binding and its membership are a row each in the tree.
    state.counters["bytes_per_row"] = double(made->byteSize()) / (3.0 * million);
}
BENCHMARK(buildSnapshot)->Unit(benchmark::kMillisecond)->Iterations(3);

void fillAndBuildSnapshot(benchmark::State &state)
{
    for (auto _ : state) {
        Site site;
        site.builder.reserve(million, million / 50, million);
        fillDeep(site, million);
        benchmark::DoNotOptimize(site.builder.build());
    }
}
BENCHMARK(fillAndBuildSnapshot)->Unit(benchmark::kMillisecond)->Iterations(1);

// --- differences
// --------------------------------------------------------------------------------------------------------

void baselineCompareSameBytes(benchmark::State &state)
{
    const std::vector<char> a(deep(million).base()->byteSize(), 'x');
    const std::vector<char> b = a;
    for (auto _ : state)
        benchmark::DoNotOptimize(std::memcmp(a.data(), b.data(), a.size()));
}
BENCHMARK(baselineCompareSameBytes)->Unit(benchmark::kMillisecond);

void diff100AmongAMillion(benchmark::State &state)
{
    Site &site = filled();
    const Inventory before(site.builder.build());
    for (quint32 i = 0; i < million; i += million / 100)
        (void)site.portal(i, 1);
    const Inventory after(site.builder.build());
    for (quint32 i = 0; i < million; i += million / 100)
        (void)site.portal(i, 0);
    size_t changed = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(changed = diff(before, after).portals.changed.size());
    state.counters["changed"] = double(changed);
}
BENCHMARK(diff100AmongAMillion)->Unit(benchmark::kMillisecond);

void diffOfPending(benchmark::State &state)
{
    const Inventory &base = deep(million);
    const std::vector<Question> pairs = randomPairs(base);
    std::vector<Operation> pending;
    for (size_t i = 0; i < 100; ++i)
        pending.push_back(Bind{pairs[i].second, pairs[i].first});
    const Inventory after = base.with(pending);
    for (auto _ : state)
        benchmark::DoNotOptimize(diff(base, after));
}
BENCHMARK(diffOfPending)->Unit(benchmark::kMicrosecond);

// --- bad shapes
// -----------------------------------------------------------------------------------------------------------

void portalOn100000Endpoints(benchmark::State &state)
{
    Site site;
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
    Site site;
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
    Site site;
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

// --- report
// ---------------------------------------------------------------------------------------------------------------

void baselineFormat(benchmark::State &state)
{
    const Inventory &inventory = deep(100'000);
    const Snapshot &base = *inventory.base();
    QByteArray out;
    for (auto _ : state) {
        out.clear();
        // A row a portal, a row a binding, a row an endpoint: the texts of a report and the marks around them.
        for (const auto &row : base.portalRows()) {
            const Portal portal = base.portal(base.row(row.handle));
            out += "<tr><td>" + portal.address.toString().toUtf8() + "</td><td>" + portal.nic.toUtf8()
                    + "</td><td class=\"bound\">bound</td><td>fabric</td><td>1</td></tr>\n";
        }
        for (const auto &row : base.endpointRows()) {
            const auto at = base.row(row.handle);
            const QByteArray name = endpointName(base.node(base.row(row.node)), base.endpoint(at)).toUtf8();
            out += "<tr><td>" + name + "</td><td>enabled</td></tr>\n";
            for (const PortalHandle portal : base.portalsBoundBy(at))
                out += "<tr><td>" + name + "</td><td>" + base.portalAddress(base.row(portal)).toString().toUtf8()
                        + "</td><td class=\"bound\">bound</td><td>fabric</td></tr>\n";
        }
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(int64_t(state.iterations()) * out.size());
}
BENCHMARK(baselineFormat)->Unit(benchmark::kMillisecond);

void report(benchmark::State &state, const char *format)
{
    const Inventory &inventory = deep(100'000);
    const ReportSource source{QStringLiteral("san-a"),
                              QStringLiteral("workbook:bench"),
                              QStringLiteral("bench"),
                              QDateTime::fromSecsSinceEpoch(1'795'341'600, Qt::UTC),
                              {}};
    qint64 bytes = 0;
    for (auto _ : state) {
        const auto content = makeReportContent(inventory, source);
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        if (!content || !writeReport(*content, *reportFormat(QString::fromLatin1(format)), buffer))
            state.SkipWithError("no report");
        bytes = buffer.size();
    }
    // Formats say more or less in words: compare bytes a second.
    state.SetBytesProcessed(int64_t(state.iterations()) * bytes);
}
BENCHMARK_CAPTURE(report, html, "html")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(report, csv, "csv")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(report, json, "json")->Unit(benchmark::kMillisecond);

} // namespace
} // namespace portalbind

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
