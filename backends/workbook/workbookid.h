// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/handle.h"

#include <QByteArray>

namespace portalbind {

// Ids of a workbook's objects: `server:1`, and below it `server:1/portal:17`, `server:1/session:-3` (an injected one).
// The numbers are row ids, which are never used twice.

[[nodiscard]] QByteArray workbookServerId(qint64 server);
[[nodiscard]] QByteArray workbookId(Kind kind, qint64 server, qint64 row);
/// The row of \a id when it is one of \a kind; 0 when it is not an id of a workbook.
[[nodiscard]] qint64 workbookRow(Kind kind, QByteArrayView id);

} // namespace portalbind
