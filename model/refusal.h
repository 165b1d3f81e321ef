// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/verdict.h"

namespace portalbind {

/// Reason and remedy as one text, the method's code at its end: "10.0.1.9:3260 is on no interface of san-a. Bring the
/// address up first (4097)".
[[nodiscard]] QString refusalText(const Explanation &explanation);
[[nodiscard]] QString refusalText(const Verdict &verdict, const Inventory &inventory);

} // namespace portalbind
