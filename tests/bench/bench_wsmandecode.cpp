// SPDX-License-Identifier: Apache-2.0

// What the client does with one answer of about 200 KB, shaped after OMI's, beside pugixml's bare parse of the same
// bytes.

#include "backends/wsman/documentbatch.h"
#include "backends/wsman/enumeration.h"
#include "backends/wsman/soapdocument.h"
#include "backends/wsman/xmlnames.h"
#include "tests/bench/cannedanswers.h"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

using namespace portalbind;
using namespace portalbind::wsman;
using canned::instancesPerPage;

namespace {

void report(benchmark::State &state, size_t bytes)
{
    state.SetBytesProcessed(int64_t(bytes) * int64_t(state.iterations()));
    state.SetItemsProcessed(instancesPerPage * int64_t(state.iterations()));
}

/// The measure: pugixml as it comes, in place.
void bareParse(benchmark::State &state)
{
    const std::string &bytes = canned::answer(state.range(0));
    for (auto _ : state) {
        std::string copy = bytes;
        pugi::xml_document document;
        benchmark::DoNotOptimize(document.load_buffer_inplace(copy.data(), copy.size()));
    }
    report(state, bytes.size());
}
BENCHMARK(bareParse)->ArgName("bindings")->Arg(0)->Arg(1);

/// All that the client does with an answer: at most 1.5 times the bare parse.
void decode(benchmark::State &state)
{
    const bool bindings = state.range(0);
    const std::string &bytes = canned::answer(bindings);
    const PropertyTable table(bindings ? std::vector<std::string>{"Antecedent", "Dependent"}
                                       : std::vector<std::string>{"Name", "ElementName", "PortNumber", "EnabledState"});
    const Naming naming;
    size_t seen = 0;
    for (auto _ : state) {
        std::string copy = bytes;
        const auto document = SoapDocument::parse(std::move(copy), Limits{});
        const auto read = readPage(**document);
        const DocumentBatch batch(*document, read->items, table, naming, {});
        for (size_t i = 0; i < batch.size(); ++i) {
            if (bindings) {
                seen += batch.referenceKey(i, 0).size() + batch.referenceKey(i, 1).size();
                continue;
            }
            for (size_t p = 0; p < table.size(); ++p)
                seen += batch.text(i, p).size();
            seen += batch.pathKey(i).size() + (batch.hasPlainPath(i) ? 1 : 0);
        }
    }
    benchmark::DoNotOptimize(seen);
    report(state, bytes.size());
}
BENCHMARK(decode)->ArgName("bindings")->Arg(0)->Arg(1);

/// The same without what the reader asks of each instance.
void parseOnly(benchmark::State &state)
{
    const std::string &bytes = canned::answer(state.range(0));
    for (auto _ : state) {
        std::string copy = bytes;
        benchmark::DoNotOptimize(SoapDocument::parse(std::move(copy), Limits{}));
    }
    report(state, bytes.size());
}
BENCHMARK(parseOnly)->ArgName("bindings")->Arg(0)->Arg(1);

} // namespace

BENCHMARK_MAIN();
