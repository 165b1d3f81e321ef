// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/diff.h"
#include "model/treeinventory.h"

#include <functional>
#include <map>
#include <set>

namespace portalbind {

/// Rows that may have come, gone or changed, by what holds them. In order of depth.
using TouchedRows = std::map<TreeHolder, std::set<TreeMember>>;

/// What \a diff touches in the tree of a connection: every row whose place or text depends on what it names. Portals
/// are left out under holders for which \a isOpen is false: nobody has seen their rows.
[[nodiscard]] TouchedRows touchedRows(const InventoryDiff &diff, const TreeInventory &before,
                                      const TreeInventory &after, quint16 source,
                                      const std::function<bool(const TreeHolder &)> &isOpen);

/// Makes the counts of \a after from those of \a before. \a touched must come from touchedRows() of both.
void carryCounts(const TreeInventory &before, TreeInventory &after, const TouchedRows &touched);

} // namespace portalbind
