// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/snapshot.h"

#include <QStringList>

#include <stop_token>

namespace portalbind {

enum class ImportFormat : quint8 { Snapshot, Saveconfig };

struct ImportFile
{
    ImportFormat format = ImportFormat::Snapshot;
    SnapshotPtr content; ///< with a table of ids of its own
    QStringList notes; ///< sentences on what was left out or put together
};

/// Which of the importable files \a json is, judged by its outermost keys and not by its name. Error: BadInput.
[[nodiscard]] Result<ImportFormat> importFormat(const QByteArray &json);

/// Reads a snapshot (docs/snapshot-schema.md) or targetcli's saveconfig.json. The latter knows no server: it gets
/// \a serverName, or the name of the file. Blocks. Errors: File, BadInput with the place in the file, Cancelled.
[[nodiscard]] Result<ImportFile> readImportFile(const QString &path, const QString &serverName = {},
                                                const std::stop_token &stop = {});

} // namespace portalbind
