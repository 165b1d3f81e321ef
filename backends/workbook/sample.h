// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/snapshot.h"

namespace portalbind {

/// The sample site: two servers with two fabrics each, 6 targets and a replicating initiator with 12 endpoints in all,
/// 40 portals. On san-a every refusal can be tried: 10.0.1.9:3260 onto TPG 1 of …:mail (4097, its address is gone),
/// 10.0.1.5:3260 onto TPG 2 of …:mail (4098, TPG 1 uses it), 10.0.2.6:3260 onto TPG 1 of …:mail (4099, the other
/// fabric), 10.0.1.6:3260 onto the initiator (5); 10.0.1.6:3260 onto TPG 1 of …:mail is accepted.
[[nodiscard]] SnapshotPtr sampleSite(const std::shared_ptr<IdTable> &ids);

/// Writes it as a new workbook. Error: File, also when there is such a file.
Result<> writeSample(const QString &path);

} // namespace portalbind
