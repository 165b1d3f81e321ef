// SPDX-License-Identifier: Apache-2.0
#include "model/report/reportcontent.h"
#include "model/report/reportstream.h"

#include <algorithm>

namespace portalbind {

/// The snapshot itself (docs/snapshot-schema.md): what the checksum of the other formats is taken of.
void renderJson(const ReportContent &content, ReportStream &out)
{
    const QByteArray &json = content.snapshot->json();
    constexpr qsizetype piece = 1 << 20;
    for (qsizetype at = 0; at < json.size() && !out.isFailed(); at += piece)
        out << QByteArrayView(json).sliced(at, std::min(piece, json.size() - at));
}

} // namespace portalbind
