// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

/// The path of a file or folder below tests/data, such as "wsman/omi". Nothing is said of whether it is there.
QString testData(const QString &name);
