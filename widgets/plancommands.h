// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/plan.h"

#include <QStringList>
#include <QUrl>

namespace portalbind {

/// The steps of \a plan as commands of portalbindctl, one a line, quoted for a POSIX shell. O(size of \a inventory),
/// which must know the objects.
[[nodiscard]] QStringList planCommands(const Plan &plan, const Inventory &inventory, const QUrl &url);

} // namespace portalbind
