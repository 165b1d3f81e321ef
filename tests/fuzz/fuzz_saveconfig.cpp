// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/saveconfig.h"
#include "backends/workbook/scenario.h"

#include <cstdlib>

using namespace portalbind;

// Readers of foreign JSON in the embedded backend: whatever comes, a snapshot or an error that names a place.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray json(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto ids = std::make_shared<IdTable>();
    const auto snapshot = parseSaveconfig(json, ids, QStringLiteral("host"));
    if (!snapshot && (snapshot.error().what.isEmpty() || snapshot.error().where.isEmpty()))
        std::abort();
    if (snapshot && !(*snapshot)->danglingEdges().empty())
        std::abort();
    const auto scenario = Scenario::parse(json);
    if (!scenario && (scenario.error().what.isEmpty() || scenario.error().where.isEmpty()))
        std::abort();
    return 0;
}
