// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/verdict.h"

#include <QJsonObject>

namespace portalbind {

/// `{"decision", "origin", "code", "symbol", "reason", "remedy"}`.
[[nodiscard]] QJsonObject verdictObject(const Verdict &verdict, const Inventory &inventory);
/// `refused by the target (4098, …): reason`, and the remedy on a line of its own.
[[nodiscard]] QString verdictText(const Verdict &verdict, const Inventory &inventory);
/// \a remedy, which may be one for the window, as one can follow it here: there is nothing to refresh or to drop.
[[nodiscard]] QString remedyOnCommandLine(const QString &remedy);

} // namespace portalbind
