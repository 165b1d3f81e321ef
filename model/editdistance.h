// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringView>

namespace portalbind {

/// How many characters of \a a must be changed, added or left out to make \a b of it (Levenshtein); \a limit when that
/// many or more, which is found sooner. Takes time with the product of the lengths.
[[nodiscard]] int editDistance(QStringView a, QStringView b, int limit);

} // namespace portalbind
