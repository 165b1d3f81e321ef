// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"
#include "model/operation.h"

namespace portalbind {

/// The steps that keep for the next start what \a changes touch, one a server: when \a wanted so (\a all), of every
/// server that keeps anything, and in any case what was \a asked for. Where a target or endpoint is not kept yet, what
/// is bound to it needs it there, too.
[[nodiscard]] QList<Operation> savings(const Inventory &base, const Inventory &wanted, const QList<Operation> &changes,
                                       const QList<Operation> &asked, bool all);

/// All that differs on \a server; empty when nothing does.
[[nodiscard]] SaveForReboot saveAll(const Inventory &inventory, ServerHandle server);

} // namespace portalbind
