// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/output.h"
#include "model/verdict.h"

namespace portalbind {

/// `{"decision", "origin", "code", "symbol", "reason", "remedy"}`.
[[nodiscard]] QJsonObject verdictObject(const Verdict &verdict, const Inventory &inventory);
/// `refused by the target (4098, …): reason`, and the remedy on a line of its own.
[[nodiscard]] QString verdictText(const Verdict &verdict, const Inventory &inventory);

} // namespace portalbind
