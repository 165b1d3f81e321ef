// SPDX-License-Identifier: Apache-2.0
#include "app/importfile.h"

#include "backends/workbook/import.h"
#include "backends/workbook/saveconfig.h"
#include "model/snapshotjson.h"
#include "model/specialfile.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>

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

/// One byte more than is allowed shows that it is too much.
Result<QByteArray> contentOf(const QString &path, const std::stop_token &stop)
{
    if (isSpecialFile(path))
        return readSpecialFile(path, maximumSnapshotBytes + 1, stop);
    QFile file(path);
    if (QFileInfo(path).isDir() || !file.open(QIODevice::ReadOnly))
        return failure(Error::Kind::File,
                       tr("%1 cannot be read: %2.")
                               .arg(path, QFileInfo(path).isDir() ? tr("it is a folder") : file.errorString()));
    QByteArray all = file.read(maximumSnapshotBytes + 1);
    if (file.error() != QFileDevice::NoError)
        return failure(Error::Kind::File, tr("%1 cannot be read: %2.").arg(path, file.errorString()));
    return all;
}

/// The place of the first thing that is no JSON at all; empty when it is JSON.
QString syntaxErrorPlace(const QByteArray &json)
{
    QJsonParseError error;
    (void)QJsonDocument::fromJson(json, &error);
    if (error.error == QJsonParseError::NoError)
        return {};
    const QByteArrayView before = QByteArrayView(json).first(std::min<qsizetype>(error.offset, json.size()));
    return tr("line %1, column %2: %3")
            .arg(before.count('\n') + 1)
            .arg(before.size() - before.lastIndexOf('\n'))
            .arg(error.errorString());
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
    if (const QString place = syntaxErrorPlace(json); !place.isEmpty())
        return failure(Error::Kind::BadInput, tr("The file is not JSON."), place,
                       tr("Import what “portalbindctl report --format json” or “targetcli saveconfig” wrote."));
    return failure(Error::Kind::BadInput,
                   tr("The file is neither a snapshot of Portalbind nor a saveconfig.json of targetcli."), {},
                   tr("Import what “portalbindctl report --format json” or “targetcli saveconfig” wrote."));
}

Result<ImportFile> readImportFile(const QString &path, const QString &serverName, const std::stop_token &stop)
{
    const auto in = [&](Error error) {
        error.where = error.where.isEmpty() ? path : path + u':' + error.where;
        return tl::unexpected(std::move(error));
    };
    const Result<QByteArray> read = contentOf(path, stop);
    if (!read)
        return tl::unexpected(read.error());
    const QByteArray &json = *read;
    if (json.size() > maximumSnapshotBytes)
        return in(Error{Error::Kind::BadInput,
                        tr("The file is bigger than %1 MiB.").arg(maximumSnapshotBytes >> 20),
                        {},
                        {},
                        {}});
    const auto format = importFormat(json);
    if (!format)
        return in(format.error());
    auto ids = std::make_shared<IdTable>();
    SaveconfigNotes notes;
    const auto content = *format == ImportFormat::Snapshot
            ? readSnapshotJson(json, ids, MissingAddresses::Refused)
            : parseSaveconfig(json, ids, serverName.isEmpty() ? serverNameFor(path) : serverName, &notes);
    if (!content)
        return in(content.error());
    return ImportFile{*format, *content, notes.texts};
}

} // namespace portalbind
