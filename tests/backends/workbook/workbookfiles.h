// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QStringList>

namespace portalbind {

/// The bytes of a file; empty when there is none.
[[nodiscard]] QByteArray bytesOf(const QString &path);
/// The file holds just \a bytes from then on; a test fails at once when it cannot be written.
void writeBytes(const QString &path, const QByteArray &bytes);
/// SQL run in another program's stead; a test fails at once when a statement does.
void runSql(const QString &path, const QStringList &statements);

} // namespace portalbind
