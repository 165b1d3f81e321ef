// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/filejobs.h"

#include "app/backends.h"
#include "app/importfile.h"
#include "backends/workbook/generate.h"
#include "backends/workbook/import.h"
#include "backends/workbook/sample.h"
#include "model/report/reportformat.h"
#include "model/showntext.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonArray>

namespace portalbind {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("FileJobs", text);
}

QString key(const char *name)
{
    return QString::fromLatin1(name);
}

QJsonObject countsOf(const Snapshot &snapshot)
{
    return {{key("servers"), qsizetype(snapshot.servers().size())},
            {key("nodes"), qsizetype(snapshot.nodes().size())},
            {key("endpoints"), qsizetype(snapshot.endpointRows().size())},
            {key("portals"), qsizetype(snapshot.portalRows().size())},
            {key("groups"), qsizetype(snapshot.groups().size())},
            {key("bindings"), qsizetype(snapshot.bindingCount())},
            {key("sessions"), qsizetype(snapshot.sessions().size())}};
}

QString countsText(const Snapshot &snapshot)
{
    return tr("servers %1, targets and initiators %2, endpoints %3, portals %4, portal groups %5, bindings %6, "
              "sessions %7")
            .arg(snapshot.servers().size())
            .arg(snapshot.nodes().size())
            .arg(snapshot.endpointRows().size())
            .arg(snapshot.portalRows().size())
            .arg(snapshot.groups().size())
            .arg(snapshot.bindingCount())
            .arg(snapshot.sessions().size());
}

/// Where an option is wrong that only what is read shows to be so: wrong usage all the same.
QString serverOption()
{
    return QStringLiteral("--server");
}

Result<> checkServerName(const QString &name)
{
    constexpr qsizetype longest = 128;
    if (name.isEmpty() || (!name.trimmed().isEmpty() && name.size() <= longest && isShownAsItIs(name)))
        return {};
    return failure(Error::Kind::BadInput, tr("This is not a valid name for a server."), serverOption(),
                   tr("Use 1 to %1 characters, no control ones.").arg(longest));
}

tl::unexpected<Error> cancelled()
{
    return failure(Error::Kind::Cancelled, tr("Cancelled."));
}

} // namespace

Result<JobResult> makeWorkbook(const Request &request, const std::stop_token &stop)
{
    const QString path = QFileInfo(request.objects.value(0)).absoluteFilePath();
    // The backend refuses as well, and without a race; here --dry-run learns it.
    if (QFileInfo::exists(path) || QFileInfo(path).isSymLink())
        return failure(Error::Kind::File, tr("There is a file %1 already.").arg(path), path,
                       tr("Choose another name, or remove that file yourself."));
    if (request.dryRun && !QFileInfo(QFileInfo(path).absolutePath()).isWritable())
        return failure(Error::Kind::File, tr("The folder of %1 does not exist or may not be written.").arg(path), path);
    Result<> made;
    if (!request.dryRun) {
        if (request.sample)
            made = writeSample(path);
        else if (request.size)
            made = writeGenerated(path, qint64(*request.size), {}, stop);
        else
            made = createWorkbook(path);
    }
    if (!made)
        return tl::unexpected(made.error());
    return JobResult{{{key("command"), request.name},
                      {key("dryRun"), request.dryRun},
                      {key("workbook"), path},
                      {key("url"), backendUrl(QStringLiteral("workbook:") + path).value_or(QUrl()).toString()}},
                     request.dryRun ? tr("%1 could be made.").arg(path) : tr("Made %1.").arg(path)};
}

Result<JobResult> importIntoWorkbook(const Request &request, const QUrl &url, const std::stop_token &stop)
{
    if (const auto name = checkServerName(request.server); !name)
        return tl::unexpected(name.error());
    const auto file = readImportFile(request.objects.value(0), request.server, stop);
    if (!file)
        return tl::unexpected(file.error());
    if (stop.stop_requested())
        return cancelled();
    const Snapshot &content = *file->content;
    if (!content.isComplete())
        return failure(Error::Kind::BadInput, tr("The snapshot is not complete: its server was not read to the end."),
                       request.objects.value(0), tr("Write it again when the server has been read."));
    const bool rename = file->format == ImportFormat::Snapshot && !request.server.isEmpty();
    if (rename && content.servers().size() != 1)
        return failure(
                Error::Kind::BadInput,
                tr("--server gives one server its name, and the snapshot holds %1.").arg(content.servers().size()),
                serverOption(), tr("Leave it out: servers of a snapshot keep their names."));
    QStringList names;
    for (Snapshot::Row row = 0; row < content.servers().size(); ++row)
        names += rename ? request.server : content.server(row).name;
    Workbook workbook(workbookPath(url));
    if (const auto opened = workbook.openToWrite(); !opened)
        return tl::unexpected(opened.error());
    if (!request.dryRun) {
        const auto written = importSnapshot(workbook, content, rename ? request.server : QString());
        if (!written)
            return tl::unexpected(written.error());
        names = *written;
    }
    const QString what = names.isEmpty() ? tr("nothing") : names.join(QLatin1String(", "));
    JobResult result{{{key("command"), request.name},
                      {key("dryRun"), request.dryRun},
                      {key("format"), file->format == ImportFormat::Snapshot ? key("snapshot") : key("saveconfig")},
                      {key("servers"), QJsonArray::fromStringList(names)},
                      {key("notes"), QJsonArray::fromStringList(file->notes)},
                      {key("counts"), countsOf(content)}},
                     request.dryRun ? tr("Would import %1: %2.").arg(what, countsText(content))
                                    : tr("Imported %1: %2.").arg(what, countsText(content))};
    for (const QString &note : file->notes)
        result.text += u'\n' + note;
    return result;
}

Result<JobResult> checkWritable(const QUrl &url)
{
    if (workbookPath(url).isEmpty())
        return JobResult();
    Workbook workbook(workbookPath(url));
    if (const auto opened = workbook.openToWrite(); !opened)
        return tl::unexpected(opened.error());
    return JobResult();
}

Result<JobResult> makeReport(const Request &request, const Inventory &inventory, const ReportSource &source,
                             QIODevice &device, const std::stop_token &stop)
{
    const ReportFormat *const format = reportFormat(request.format);
    if (!format)
        return failure(Error::Kind::BadInput, tr("There is no report format “%1”.").arg(request.format));
    const auto content = makeReportContent(inventory, source, stop);
    if (!content)
        return tl::unexpected(content.error());
    JobResult result{{{key("command"), request.name},
                      {key("format"), request.format},
                      {key("output"), QJsonValue()},
                      {key("bytes"), 0}},
                     {}};
    if (request.json)
        result.object[key("sha256")] = QString::fromLatin1(content->snapshot->checksum());
    if (!request.output.isEmpty()) {
        const QString path = QFileInfo(request.output).absoluteFilePath();
        const auto bytes = saveReport(*content, *format, path, stop);
        if (!bytes)
            return tl::unexpected(bytes.error());
        result.object[key("output")] = path;
        result.object[key("bytes")] = *bytes;
        result.text = tr("Wrote %1.").arg(path);
        return result;
    }
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    if (const auto written = writeReport(*content, *format, request.json ? buffer : device, stop); !written)
        return tl::unexpected(written.error());
    if (request.json) {
        result.object[key("bytes")] = buffer.size();
        result.object[key("content")] = QString::fromUtf8(buffer.data());
    }
    return result;
}

} // namespace portalbind
