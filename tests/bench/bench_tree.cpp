// SPDX-License-Identifier: Apache-2.0
// The tree beside plain baselines: a QStandardItemModel of the same rows, a loop that only formats and compares.
#include "tests/bench/benchsite.h"

#include "model/inventorytreemodel.h"

#include <QEventLoop>
#include <QStandardItemModel>

#include <benchmark/benchmark.h>
#include <malloc.h>

namespace portalbind {
namespace {

constexpr SourceKey source = 1;
constexpr int groupSize = 4000;

size_t heapBytes()
{
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/// \a count portals in groups of \a size, or in no group when \a size is 0.
Inventory portals(int count, int size)
{
    BenchSite site;
    GroupHandle group;
    for (int i = 0; i < count; ++i) {
        if (size != 0 && i % size == 0)
            group = site.group(quint32(i / size));
        const PortalHandle portal = site.portal(quint32(i));
        if (group)
            site.builder.join(group, portal);
    }
    return site.inventory();
}

const Inventory &grouped()
{
    static const Inventory inventory = portals(million, groupSize);
    return inventory;
}

const Inventory &loose()
{
    static const Inventory inventory = portals(million, 0);
    return inventory;
}

/// 64 portals, each bound by all of 4,000 targets.
const Inventory &wide()
{
    static const Inventory inventory = [] {
        BenchSite site;
        for (quint32 p = 0; p < 64; ++p)
            (void)site.portal(p);
        for (quint32 t = 0; t < 4000; ++t) {
            const EndpointHandle endpoint = site.endpoint(t, site.node(t));
            for (quint32 p = 0; p < 64; ++p)
                site.builder.bind(endpoint, site.portal(p));
        }
        return site.inventory();
    }();
    return inventory;
}

/// 100,000 portals in 50 groups, each bound once.
const Inventory &deep()
{
    static const Inventory inventory = [] {
        BenchSite site;
        for (quint32 p = 0; p < 100'000; ++p) {
            const PortalHandle portal = site.portal(p);
            site.builder.join(site.group(p / 2000), portal);
            site.builder.bind(site.endpoint(p / 100, site.node(p / 100)), portal);
        }
        return site.inventory();
    }();
    return inventory;
}

size_t openAll(const InventoryTreeModel &model, const QModelIndex &parent = {})
{
    const int count = model.rowCount(parent);
    size_t rows = size_t(count);
    for (int i = 0; i < count; ++i)
        if (const QModelIndex child = model.index(i, 0, parent); model.hasChildren(child))
            rows += openAll(model, child);
    return rows;
}

/// What a window shows first: servers, sections and groups.
void openTop(const InventoryTreeModel &model)
{
    for (int i = 0; i < model.rowCount(); ++i) {
        const QModelIndex server = model.index(i, 0);
        for (int s = 0; s < model.rowCount(server); ++s)
            benchmark::DoNotOptimize(model.rowCount(model.index(s, 0, server)));
    }
}

void standardItemModel(benchmark::State &state)
{
    const Snapshot &base = *grouped().base();
    size_t bytes = 0;
    for (auto _ : state) {
        const size_t before = heapBytes();
        QStandardItemModel model;
        for (const GroupHandle group : base.groups()) {
            auto *const parent = new QStandardItem(base.group(base.row(group)).name);
            for (const PortalHandle portal : base.portalsOf(base.row(group))) {
                const PortalAddress &address = base.portalAddress(base.row(portal));
                parent->appendRow({new QStandardItem(address.toString()), new QStandardItem(address.ip.toString()),
                                   new QStandardItem(QStringLiteral("free"))});
            }
            model.appendRow(parent);
        }
        bytes = heapBytes() - before;
        benchmark::DoNotOptimize(model.rowCount());
        state.PauseTiming();
        model.clear();
        state.ResumeTiming();
    }
    state.counters["bytes_per_row"] = double(bytes) / million;
}
BENCHMARK(standardItemModel)->Unit(benchmark::kMillisecond)->Iterations(1);

void treeReady(benchmark::State &state, const Inventory &(*inventory)())
{
    (void)inventory();
    size_t bytes = 0;
    for (auto _ : state) {
        const size_t before = heapBytes();
        InventoryTreeModel model;
        model.setSections(TreeSections::PortalGroups);
        model.addServers(source, inventory());
        openTop(model);
        bytes = heapBytes() - before;
    }
    state.counters["bytes_per_row"] = double(bytes) / million;
}
BENCHMARK_CAPTURE(treeReady, groups_of_4000, &grouped)->Unit(benchmark::kMillisecond)->Iterations(5);
BENCHMARK_CAPTURE(treeReady, no_groups, &loose)->Unit(benchmark::kMillisecond)->Iterations(5);

void treeEveryRow(benchmark::State &state, const Inventory &(*inventory)())
{
    (void)inventory();
    size_t bytes = 0;
    size_t rows = 0;
    for (auto _ : state) {
        const size_t before = heapBytes();
        InventoryTreeModel model;
        model.setSections(TreeSections::PortalGroups);
        model.addServers(source, inventory());
        rows = openAll(model);
        bytes = heapBytes() - before;
    }
    state.counters["rows"] = double(rows);
    state.counters["bytes_per_row"] = double(bytes) / double(rows);
}
BENCHMARK_CAPTURE(treeEveryRow, groups_of_4000, &grouped)->Unit(benchmark::kMillisecond)->Iterations(5);
BENCHMARK_CAPTURE(treeEveryRow, no_groups, &loose)->Unit(benchmark::kMillisecond)->Iterations(5);

/// A hundred bindings come and go while everything is open.
void updateHundred(benchmark::State &state, const Inventory &(*inventory)())
{
    const Inventory &before = inventory();
    const QList<PortalHandle> portals = before.portals();
    const QList<EndpointHandle> endpoints = before.endpoints();
    std::vector<Operation> operations;
    for (int i = 0; i < 100; ++i) {
        const EndpointHandle endpoint = endpoints[i * 31 % endpoints.size()];
        const PortalHandle portal = portals[i * 7919 % portals.size()];
        operations.push_back(before.binds(endpoint, portal) ? Operation(Unbind{endpoint, portal})
                                                            : Operation(Bind{endpoint, portal}));
    }
    const Inventory after = before.with(operations);
    const InventoryDiff there = diff(before, after);
    const InventoryDiff back = diff(after, before);
    InventoryTreeModel model;
    model.addServers(source, before);
    openAll(model);
    size_t told = 0;
    QObject::connect(&model, &QAbstractItemModel::rowsInserted, &model, [&] { ++told; });
    QObject::connect(&model, &QAbstractItemModel::rowsRemoved, &model, [&] { ++told; });
    QObject::connect(&model, &QAbstractItemModel::dataChanged, &model, [&] { ++told; });
    for (auto _ : state) {
        model.update(source, after, there);
        model.update(source, before, back);
    }
    state.counters["signals"] = double(told) / double(2 * state.iterations());
}
BENCHMARK_CAPTURE(updateHundred, wide, &wide)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(updateHundred, deep, &deep)->Unit(benchmark::kMicrosecond);

void searchKeystroke(benchmark::State &state, const Inventory &(*inventory)(), const char *words)
{
    const TreeInventory shown(inventory());
    const SearchQuery query{QString::fromLatin1(words), false, false, false};
    quint64 total = 0;
    for (auto _ : state)
        total = search(query, shown, {}, TreeSections::All).total();
    state.counters["matches"] = double(total);
}
BENCHMARK_CAPTURE(searchKeystroke, wide_every_binding, &wide, "10.0")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(searchKeystroke, wide_one_target, &wide, "disk3999")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(searchKeystroke, deep_every_portal, &deep, "10.")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(searchKeystroke, deep_few_portals, &deep, "10.1.9.7")->Unit(benchmark::kMillisecond);

/// Formats each object's name once and looks for the text in it: no tree, no states, no other fields.
void plainLoop(benchmark::State &state, const Inventory &(*inventory)(), const char *words)
{
    const Snapshot &base = *inventory().base();
    const QString text = QString::fromLatin1(words);
    quint64 total = 0;
    for (auto _ : state) {
        total = 0;
        for (const Snapshot::PortalRow &row : base.portalRows())
            total += base.portalAddress(base.row(row.handle)).toString().contains(text, Qt::CaseInsensitive);
        for (const NodeHandle node : base.nodes())
            total += base.node(base.row(node)).name.contains(text, Qt::CaseInsensitive);
    }
    state.counters["matches"] = double(total);
}
BENCHMARK_CAPTURE(plainLoop, wide, &wide, "disk3999")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(plainLoop, deep, &deep, "10.1.9.7")->Unit(benchmark::kMillisecond);

/// From an answer of the search to the filtered tree, all of its rows shown.
void filterApplied(benchmark::State &state)
{
    InventoryTreeModel model;
    model.addServers(source, wide());
    const TreeInventory shown(wide());
    size_t rows = 0;
    for (auto _ : state) {
        QEventLoop loop;
        QObject::connect(&model, &InventoryTreeModel::filterApplied, &loop, &QEventLoop::quit);
        model.setFilter({QStringLiteral("10.0"), false, false, false});
        if (model.isSearching())
            loop.exec();
        rows = openAll(model);
        model.setFilter({});
    }
    state.counters["rows"] = double(rows);
}
BENCHMARK(filterApplied)->Unit(benchmark::kMillisecond);

const Inventory &portalOnManyEndpoints()
{
    static const Inventory inventory = [] {
        BenchSite site;
        const PortalHandle portal = site.portal(1);
        const NodeHandle node = site.node(1);
        for (quint32 e = 0; e < 100'000; ++e)
            site.builder.bind(site.endpoint(e, node), portal);
        return site.inventory();
    }();
    return inventory;
}

const Inventory &endpointWithManyPortals()
{
    static const Inventory inventory = [] {
        BenchSite site;
        const EndpointHandle endpoint = site.endpoint(1, site.node(1));
        for (quint32 p = 0; p < 100'000; ++p)
            site.builder.bind(endpoint, site.portal(p));
        return site.inventory();
    }();
    return inventory;
}

const Inventory &portalInManyGroups()
{
    static const Inventory inventory = [] {
        BenchSite site;
        const PortalHandle portal = site.portal(1);
        for (quint32 g = 0; g < 1000; ++g)
            site.builder.join(site.group(g), portal);
        return site.inventory();
    }();
    return inventory;
}

/// Every row asked for; the time of the slowest single request is what a person may notice.
void badShape(benchmark::State &state, const Inventory &(*inventory)())
{
    (void)inventory();
    size_t rows = 0;
    for (auto _ : state) {
        InventoryTreeModel model;
        model.addServers(source, inventory());
        rows = openAll(model);
    }
    state.counters["rows"] = double(rows);
}
BENCHMARK_CAPTURE(badShape, portal_on_100000_endpoints, &portalOnManyEndpoints)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(badShape, endpoint_with_100000_portals, &endpointWithManyPortals)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(badShape, portal_in_1000_groups, &portalInManyGroups)->Unit(benchmark::kMillisecond);

/// The portal of a bad shape gets a new address: every open row of it changes.
void badShapeChanges(benchmark::State &state, const Inventory &(*inventory)())
{
    const Inventory &before = inventory();
    InventoryTreeModel model;
    model.addServers(source, before);
    openAll(model);
    InventoryDiff change;
    change.portals.changed.push_back(before.portals().front());
    for (auto _ : state)
        model.update(source, before, change);
}
BENCHMARK_CAPTURE(badShapeChanges, portal_on_100000_endpoints, &portalOnManyEndpoints)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(badShapeChanges, endpoint_with_100000_portals, &endpointWithManyPortals)
        ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(badShapeChanges, portal_in_1000_groups, &portalInManyGroups)->Unit(benchmark::kMillisecond);

} // namespace
} // namespace portalbind

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
