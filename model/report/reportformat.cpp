// SPDX-License-Identifier: Apache-2.0
#include "model/report/reportformat.h"

#include "model/report/reportstream.h"

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

Result<> writeReport(const ReportContent &content, const ReportFormat &format, QIODevice &device, std::stop_token stop)
{
    ReportStream out(device, std::move(stop));
    format.render(content, out);
    return out.finish();
}

Result<qint64> saveReport(const ReportContent &content, const ReportFormat &format, const QString &path,
                          std::stop_token stop)
{
    const auto failed = [&](const QString &detail) {
        return failure(
                Error::Kind::File,
                QCoreApplication::translate("Report", "The report cannot be written to %1: %2.").arg(path, detail),
                path,
                QCoreApplication::translate("Report",
                                            "See that the folder exists, that you may write there and that "
                                            "there is space left."));
    };
    if (QFileInfo(path).isDir())
        return failed(QCoreApplication::translate("Report", "it is a folder"));
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return failed(file.errorString());
    if (const auto written = writeReport(content, format, file, std::move(stop)); !written) {
        file.cancelWriting();
        return written.error().kind == Error::Kind::File ? failed(written.error().detail)
                                                         : tl::unexpected(written.error());
    }
    const qint64 size = file.size();
    if (!file.commit())
        return failed(file.errorString());
    return size;
}

} // namespace portalbind
