// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/workbook/workbook.h"

#include <QStringList>

namespace portalbind {

/// Writes all servers of \a snapshot as new servers, as found: states that the rules would refuse included. A server
/// whose name is taken gets the first free `name (2)`. To be called within a transaction. Errors: File; BadInput naming
/// the object that cannot be kept (a portal without an address, an object without its server).
Result<QStringList> writeSnapshot(Database &database, const Snapshot &snapshot);

/// The same in a transaction of its own: all of it or nothing. Returns the names that the servers got.
Result<QStringList> importSnapshot(Workbook &workbook, const Snapshot &snapshot);

/// A new workbook that holds \a snapshot. Errors: also File when there is such a file.
Result<> createWorkbook(const QString &path, const Snapshot &snapshot);

} // namespace portalbind
