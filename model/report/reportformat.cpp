// SPDX-License-Identifier: Apache-2.0
#include "model/report/reportformat.h"

#include "model/report/reportstream.h"
#include "model/specialfile.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QSaveFile>

namespace portalbind {

void renderHtml(const ReportContent &content, ReportStream &out); // htmlreport.cpp
void renderCsv(const ReportContent &content, ReportStream &out); // csvreport.cpp
void renderJson(const ReportContent &content, ReportStream &out); // jsonreport.cpp
void renderMarkdown(const ReportContent &content, ReportStream &out); // markdownreport.cpp

std::span<const ReportFormat> reportFormats()
{
    static constexpr ReportFormat formats[] = {
            {"html", "html", "text/html", "HTML", renderHtml},
            {"csv", "csv", "text/csv", "CSV", renderCsv},
            {"json", "json", "application/json", "JSON", renderJson},
            {"markdown", "md", "text/markdown", "Markdown", renderMarkdown},
    };
    return formats;
}

const ReportFormat *reportFormat(QStringView id)
{
    for (const ReportFormat &format : reportFormats()) {
        if (id == QLatin1String(format.id))
            return &format;
    }
    return nullptr;
}

namespace {

/// Judged by what it holds: nothing here knows the names of workbooks, and theirs may be any.
bool isWorkbook(const QString &path)
{
    QFile file(path);
    constexpr char sqlite[] = "SQLite format 3"; // with its NUL: sqlite.org/fileformat2.html, 1.3
    return file.open(QIODevice::ReadOnly) && file.read(sizeof sqlite) == QByteArrayView(sqlite, sizeof sqlite);
}

} // namespace

Result<qint64> writeReport(const ReportContent &content, const ReportFormat &format, QIODevice &device,
                           std::stop_token stop)
{
    ReportStream out(device, std::move(stop));
    format.render(content, out);
    return out.finish();
}

Result<qint64> saveReport(const ReportContent &content, const ReportFormat &format, const QString &path,
                          std::stop_token stop)
{
    const auto failed = [&](const QString &detail) -> Result<qint64> {
        return failure(
                Error::Kind::File,
                QCoreApplication::translate("Report", "The report cannot be written to %1: %2.").arg(path, detail),
                path,
                QCoreApplication::translate("Report",
                                            "See that the folder exists, that you may write there and that "
                                            "there is space left."));
    };
    const auto write = [&](QIODevice &device) {
        auto written = writeReport(content, format, device, stop);
        return !written && written.error().kind == Error::Kind::File ? failed(written.error().detail) : written;
    };
    if (QFileInfo(path).isDir())
        return failed(QCoreApplication::translate("Report", "it is a folder"));
    if (isSpecialFile(path)) {
        QFile file(path);
        if (const auto opened = openSpecialFile(file); !opened)
            return failed(opened.error());
        return write(file);
    }
    if (isWorkbook(path))
        return failed(QCoreApplication::translate("Report", "a report never takes the place of a workbook"));
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return failed(file.errorString());
    auto written = write(file);
    if (!written)
        file.cancelWriting();
    else if (!file.commit())
        return failed(file.errorString());
    return written;
}

} // namespace portalbind
