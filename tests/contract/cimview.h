// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/operation.h"
#include "model/snapshot.h"

namespace portalbind {

/// What kind of server a peer stands for.
struct ServedAs
{
    const char *peer; ///< openwsman, omi, windows
    bool native = false; ///< with WT_Portal beside the SMI-S namespace
    [[nodiscard]] bool isWindows() const { return QLatin1String(peer) == QLatin1String("windows"); }
};

/// \a wanted as far as the CIM model can say it: what the model has no words for is left out or set to what the model
/// implies (the role of a node is that of its ports, Windows has no groups), so that a workbook and a CIM server can be
/// in the same state. Null when nothing of what is wanted would be left: several servers, a switch for all targets
/// where there is no WT_Portal, objects that could not be told apart.
[[nodiscard]] SnapshotPtr cimView(const Snapshot &wanted, const ServedAs &as);

/// Whether the CIM model can do it as wanted: a node has the role of its ports, and none of its own that would outlive
/// them; the switch for all targets is no endpoint that could be disabled.
[[nodiscard]] bool isCimOperation(const Operation &operation, const Snapshot &shown);

} // namespace portalbind
