// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/workbook/database.h"

namespace portalbind::schema {

/// PRAGMA application_id of a workbook: "PBWB".
inline constexpr qint64 applicationId = 0x50425742;
/// PRAGMA user_version of the layout that this program writes. Older ones are brought up to it when they are opened for
/// writing; newer ones are refused.
///  1  one text per portal address, targets only
///  2  address and port apart, roles, capabilities, derived groups, removed addresses, sessions
inline constexpr qint64 version = 2;

/// What a file tells of itself, read without locks and without touching it, so that a file that is not ours is left
/// exactly as it is. It is read through SQLite nevertheless: closing a file that this process has open elsewhere would
/// drop the locks there (sqlite.org/howtocorrupt.html 2.2). Returns the version of its layout. Errors: File when it
/// cannot be read; BadInput when it is no workbook or is of a newer program.
[[nodiscard]] Result<qint64> readVersion(const QString &path);

/// Makes all tables in an empty file.
Result<> create(Database &database);
/// Brings an older layout up to date in one transaction. Does nothing to a current one. Errors: BadInput, naming the
/// row that cannot be read; the file is then left as it is.
Result<> migrate(Database &database);
/// user_version, PRAGMA quick_check, foreign_key_check. Error: BadInput.
Result<> check(Database &database);

} // namespace portalbind::schema
