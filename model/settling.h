// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"
#include "model/operation.h"

namespace portalbind {

// What a server shows after a step, whatever it answered.

/// Whether \a inventory shows what \a operation was to bring about.
[[nodiscard]] bool isAchieved(const Operation &operation, const Inventory &inventory);

/// The id that the server chose becomes that of the handle under which the object was staged. A handle of the same id
/// whose object is not there in \a before, the inventory without the new one, loses it. Nothing happens when \a id is
/// empty, or \a operation creates nothing.
void assignCreatedId(const Operation &operation, const QByteArray &id, const Inventory &before, IdTable &ids);

/// Finds what a creation made whose answer, and with it the new id, was lost: of the objects that were not there in
/// \a before, those in \a shown that are what was asked for. If there is one, the staged handle becomes its own.
/// Returns how many; 0 when \a operation creates nothing.
[[nodiscard]] int findCreated(const Operation &operation, const Inventory &before, const Inventory &shown,
                              IdTable &ids);

} // namespace portalbind
