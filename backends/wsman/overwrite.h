// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>

namespace portalbind::wsman {

/// Empties what held a secret, and fills its memory with zeros first, unless somebody else still shares it.
inline void overwrite(QByteArray &bytes)
{
    if (bytes.isDetached()) {
        volatile char *const raw = bytes.data();
        for (qsizetype i = 0; i < bytes.size(); ++i)
            raw[i] = 0;
    }
    bytes.clear();
}

} // namespace portalbind::wsman
