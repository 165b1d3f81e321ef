// SPDX-License-Identifier: Apache-2.0
#include "app/importfile.h"

#include "backends/workbook/saveconfig.h"
#include "model/snapshotjson.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

namespace portalbind {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("ImportFile", text);
}

std::optional<ImportFormat> formatOfKey(QByteArrayView key)
{
    if (key == "format")
        return ImportFormat::Snapshot;
    if (key == "fabric_modules" || key == "storage_objects" || key == "targets")
        return ImportFormat::Saveconfig;
    return std::nullopt;
}

} // namespace

Result<ImportFormat> importFormat(const QByteArray &json)
{
    // The parsers judge the syntax; here only the keys of the outermost object are looked at, and not further than
    // needed.
    int depth = 0;
    for (qsizetype i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            --depth;
        } else if (c == '"') {
            const qsizetype start = ++i;
            while (i < json.size() && json[i] != '"')
                i += json[i] == '\\' ? 2 : 1;
            if (depth != 1 || i >= json.size())
                continue;
            const auto text = QByteArrayView(json).sliced(start, i - start);
            qsizetype next = i + 1;
            while (next < json.size()
                   && (json[next] == ' ' || json[next] == '\t' || json[next] == '\r' || json[next] == '\n'))
                ++next;
            if (next < json.size() && json[next] == ':') {
                if (const auto format = formatOfKey(text))
                    return *format;
            }
        }
    }
    return failure(Error::Kind::BadInput,
                   tr("The file is neither a snapshot of Portalbind nor a saveconfig.json of targetcli."), {},
                   tr("Import what “portalbindctl report --format json” or “targetcli saveconfig” wrote."));
}

Result<ImportFile> readImportFile(const QString &path, const QString &serverName)
{
    const auto in = [&](Error error) {
        error.where = error.where.isEmpty() ? path : path + u':' + error.where;
        return tl::unexpected(std::move(error));
    };
    QFile file(path);
    if (QFileInfo(path).isDir() || !file.open(QIODevice::ReadOnly))
        return failure(Error::Kind::File,
                       tr("%1 cannot be read: %2.")
                               .arg(path, QFileInfo(path).isDir() ? tr("it is a folder") : file.errorString()));
    // A device or a pipe tells no size: one byte more than is allowed shows that it is too much.
    const QByteArray json = file.size() > maximumSnapshotBytes ? QByteArray()
            : file.isSequential()                              ? file.read(maximumSnapshotBytes + 1)
                                                               : file.readAll();
    if (file.size() > maximumSnapshotBytes || json.size() > maximumSnapshotBytes)
        return in(Error{Error::Kind::BadInput,
                        tr("The file is bigger than %1 MiB.").arg(maximumSnapshotBytes >> 20),
                        {},
                        {},
                        {}});
    if (file.error() != QFileDevice::NoError)
        return failure(Error::Kind::File, tr("%1 cannot be read: %2.").arg(path, file.errorString()));

    const auto format = importFormat(json);
    if (!format)
        return in(format.error());
    const QString name = serverName.isEmpty() ? QFileInfo(path).completeBaseName() : serverName;
    auto ids = std::make_shared<IdTable>();
    const auto content = *format == ImportFormat::Snapshot ? readSnapshotJson(json, ids)
                                                           : parseSaveconfig(json, ids, name);
    if (!content)
        return in(content.error());
    return ImportFile{*format, *content};
}

} // namespace portalbind
