// SPDX-License-Identifier: Apache-2.0
// Snapshots, previews and differences beside copies and comparisons of the same bytes in the same run.
#include "tests/bench/benchsite.h"

#include "model/diff.h"

#include <QCoreApplication>

#include <benchmark/benchmark.h>
#include <cstring>

namespace portalbind {
namespace {

BenchSite &filled()
{
    static BenchSite *const site = [] {
        auto *made = new BenchSite;
        made->builder.reserve(million, million / 50, million);
        fillDeep(*made, million);
        return made;
    }();
    return *site;
}

void baselineCopySameBytes(benchmark::State &state)
{
    const std::vector<char> from(deepInventory(million).base()->byteSize(), 'x');
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
    BenchSite &site = filled();
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
        BenchSite site;
        site.builder.reserve(million, million / 50, million);
        fillDeep(site, million);
        benchmark::DoNotOptimize(site.builder.build());
    }
}
BENCHMARK(fillAndBuildSnapshot)->Unit(benchmark::kMillisecond)->Iterations(1);

// --- previews

/// One more operation on top of as many pending ones.
void preview(benchmark::State &state)
{
    const Inventory &base = deepInventory(million);
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

// --- differences

void baselineCompareSameBytes(benchmark::State &state)
{
    const std::vector<char> a(deepInventory(million).base()->byteSize(), 'x');
    const std::vector<char> b = a;
    for (auto _ : state)
        benchmark::DoNotOptimize(std::memcmp(a.data(), b.data(), a.size()));
}
BENCHMARK(baselineCompareSameBytes)->Unit(benchmark::kMillisecond);

void diff100AmongAMillion(benchmark::State &state)
{
    BenchSite &site = filled();
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
    const Inventory &base = deepInventory(million);
    const std::vector<Question> pairs = randomPairs(base);
    std::vector<Operation> pending;
    for (size_t i = 0; i < 100; ++i)
        pending.push_back(Bind{pairs[i].second, pairs[i].first});
    const Inventory after = base.with(pending);
    for (auto _ : state)
        benchmark::DoNotOptimize(diff(base, after));
}
BENCHMARK(diffOfPending)->Unit(benchmark::kMicrosecond);

} // namespace
} // namespace portalbind

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
