// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace portalbind {

/// Why no window can be shown here, told before QApplication is made: that ends the program by abort(). Empty when
/// the environment names a display or asks for a platform that needs none.
[[nodiscard]] QString whyNoDisplay();

/// Makes a sentence and exit code 1 of the abort() that is left: a display that is named and cannot be reached. To be
/// undone with qInstallMessageHandler(nullptr) when QApplication stands.
void endWithoutDisplay();

} // namespace portalbind
