// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"
#include "model/operation.h"

namespace portalbind {

/// Whether sessions over a portal go on when \a operation takes it away, until they have to reconnect. The Linux kernel
/// only closes the listening socket; every other server ends them. False for what is no unbinding.
[[nodiscard]] bool sessionsOutlive(const Operation &operation, const Inventory &inventory);

/// What happens then to \a sessions, of which there is at least one, in a few words without a full stop: "2 sessions
/// will have to reconnect", or that they stay when they \a outlive.
[[nodiscard]] QString sessionLossText(qsizetype sessions, bool outlive);

} // namespace portalbind
