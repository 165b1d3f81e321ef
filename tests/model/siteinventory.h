// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/snapshot.h"

namespace portalbind {

/// A small site that has one of everything: two servers, a server-wide switch, an orphan, portals of both kinds, one
/// whose address is gone and one whose address is not told, groups of which one is derived, sessions with and without a
/// portal, names that every format has to escape. The same objects each time; taken at 2026-11-22 10:00 UTC.
[[nodiscard]] SnapshotPtr siteSnapshot();

} // namespace portalbind
