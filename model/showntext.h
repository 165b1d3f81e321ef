// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>

namespace portalbind {

/// \a text as UTF-8 that is safe to show: control characters, halves of surrogate pairs and the marks that turn the
/// direction of writing around (which make a name look like another) become U+FFFD. Names come from servers.
[[nodiscard]] QByteArray shownText(QStringView text);
[[nodiscard]] QString shownString(QStringView text);
/// Whether nothing in \a text has to be replaced: what a person names anew must be so.
[[nodiscard]] bool isShownAsItIs(QStringView text);

} // namespace portalbind
