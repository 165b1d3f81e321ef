// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/workbook/database.h"
#include "model/snapshot.h"

#include <functional>
#include <stop_token>

namespace portalbind {

/// Reads all servers of a workbook as of one moment. Needs the view `live_session`. A few times a second \a progress
/// gets what is there so far. Errors: File, Cancelled, BadInput naming the row whose value cannot be.
[[nodiscard]] Result<SnapshotPtr> readWorkbook(Database &database, const std::shared_ptr<IdTable> &ids,
                                               const std::function<void(SnapshotPtr)> &progress,
                                               const std::stop_token &stop);

} // namespace portalbind
