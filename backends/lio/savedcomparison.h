// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/hoststate.h"
#include "model/entities.h"
#include "model/handle.h"

namespace portalbind::lio {

/// What the next start brings, and how it differs from \a state: targets, TPGs, whether they are enabled, portals and
/// their transport. LUNs, ACLs and attributes are not compared: the console changes and saves none of them. Targets
/// that something else owns are left out. \a owner: of all targets of the host.
[[nodiscard]] SavedState savedState(const HostState &state, const QString &owner, IdTable &ids);
/// Whether this host keeps anything at all.
[[nodiscard]] bool savesForReboot(const SavedConfiguration &saved);

} // namespace portalbind::lio
