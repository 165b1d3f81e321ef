// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

/// Writes a workbook like the namespace of the recordings in tests/data/wsman (README.md there) with \a portals
/// portals: groups of eight, a target for every sixteen with endpoints 1 and 2, every sixteenth portal (7, 23 …)
/// without an address, endpoint 1 of target t bound to portals 16t and 16t + 1, endpoint 2 to 16t + 8. False when the
/// file cannot be written.
bool writeRigWorkbook(const QString &path, int portals = 100);
