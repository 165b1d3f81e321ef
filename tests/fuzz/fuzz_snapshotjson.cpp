// SPDX-License-Identifier: Apache-2.0

// Whatever the bytes are: a snapshot that is taken must come out of the writer as something that is taken again and
// means the same; a refusal must name a place.

#include "model/snapshotjson.h"

#include <cstdint>
#include <cstdlib>

using namespace portalbind;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const auto json = QByteArray::fromRawData(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto read = readSnapshotJson(json, std::make_shared<IdTable>());
    if (!read) {
        if (read.error().kind != Error::Kind::BadInput || read.error().where.isEmpty())
            std::abort();
        return 0;
    }
    const QByteArray written = writeSnapshotJson(Inventory(*read));
    const auto again = readSnapshotJson(written, std::make_shared<IdTable>());
    if (!again || writeSnapshotJson(Inventory(*again)) != written)
        std::abort();
    return 0;
}
