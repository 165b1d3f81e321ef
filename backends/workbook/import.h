// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/workbook/workbook.h"

#include <QStringList>

namespace portalbind {

/// Writes all servers of \a snapshot as new servers, as found: states that the rules would refuse included. A server
/// whose name is taken gets the first free `name (2)`. To be called within a transaction. Errors: File; BadInput naming
/// the object that cannot be kept (a portal without an address, an object without its server).
Result<QStringList> writeSnapshot(Database &database, const Snapshot &snapshot);

/// The same in a transaction of its own: all of it or nothing. Returns the names that the servers got. The server that
/// a new workbook has, and that nothing was put on, gives way to them. With \a serverName the only server of \a
/// snapshot is called so.
Result<QStringList> importSnapshot(Workbook &workbook, const Snapshot &snapshot, const QString &serverName = {});

/// A new workbook with one server, which can do all that a workbook plays and is called after the file: something to
/// begin with. Errors: also File when there is such a file.
Result<> createWorkbook(const QString &path);

/// A server's name made of that of the file \a path: 1 to 128 characters that can be shown.
[[nodiscard]] QString serverNameFor(const QString &path);

/// A new workbook that holds \a snapshot. Errors: also File when there is such a file.
Result<> createWorkbook(const QString &path, const Snapshot &snapshot);

} // namespace portalbind
