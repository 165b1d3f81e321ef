// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/services.h"

namespace portalbind {

class CertificatePins;

/// What the window needs from the backends that this program has. Files are written on one worker. \a pins: the
/// certificates trusted so far; null for the person's own.
[[nodiscard]] Services windowServices(std::shared_ptr<CertificatePins> pins = {});

/// The person's own copy of the sample workbook: in the data folder of the desktop (XDG_DATA_HOME).
[[nodiscard]] QString samplePath();

} // namespace portalbind
