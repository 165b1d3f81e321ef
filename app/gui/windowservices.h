// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/services.h"

namespace portalbind {

/// What the window needs from the backends that this program has. Files are written on one worker.
[[nodiscard]] Services windowServices();

/// The person's own copy of the sample workbook: in the data folder of the desktop (XDG_DATA_HOME).
[[nodiscard]] QString samplePath();

} // namespace portalbind
