// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <QFile>

#include <stop_token>

namespace portalbind {

/// A device, a pipe or a socket: what a shell may put in the place of a file. It is never replaced by a file, and
/// opening or reading it may take for ever.
[[nodiscard]] bool isSpecialFile(const QString &path);

/// Up to \a most bytes of it, or all when it ends before. Obeys \a stop within a tenth of a second. Errors: File,
/// Cancelled.
[[nodiscard]] Result<QByteArray> readSpecialFile(const QString &path, qint64 most, const std::stop_token &stop);

/// Opens it for writing. Error: the text; also when it is a pipe that nobody reads.
[[nodiscard]] tl::expected<void, QString> openSpecialFile(QFile &file);

} // namespace portalbind
