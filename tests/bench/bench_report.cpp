// SPDX-License-Identifier: Apache-2.0
// Reports beside a loop that only formats as much text.
#include "tests/bench/benchsite.h"

#include "model/report/reportformat.h"

#include <QBuffer>
#include <QCoreApplication>

#include <benchmark/benchmark.h>

namespace portalbind {
namespace {

void baselineFormat(benchmark::State &state)
{
    const Inventory &inventory = deepInventory(100'000);
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
    const Inventory &inventory = deepInventory(100'000);
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
