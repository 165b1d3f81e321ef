// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/report/reportcontent.h"

#include <QIODevice>

#include <span>

namespace portalbind {

class ReportStream;

/// A format that reports are written in. A new one is a file with its renderer and a line in reportformat.cpp.
struct ReportFormat
{
    const char *id; ///< as on the command line: `html`
    const char *suffix; ///< of file names, without the point
    const char *mimeType;
    const char *title; ///< of the format, not translated: a proper name
    void (*render)(const ReportContent &content, ReportStream &out);
};

[[nodiscard]] std::span<const ReportFormat> reportFormats();
/// The format with that id, or null.
[[nodiscard]] const ReportFormat *reportFormat(QStringView id);

/// Writes \a content to \a device, in pieces. Meant for a thread of its own. Returns how many bytes. Errors: File,
/// Cancelled.
[[nodiscard]] Result<qint64> writeReport(const ReportContent &content, const ReportFormat &format, QIODevice &device,
                                         std::stop_token stop = {});
/// The same to a file, which gets the new content as a whole or stays as it was; a workbook is not replaced. Devices
/// and pipes are written to.
[[nodiscard]] Result<qint64> saveReport(const ReportContent &content, const ReportFormat &format, const QString &path,
                                        std::stop_token stop = {});

} // namespace portalbind
