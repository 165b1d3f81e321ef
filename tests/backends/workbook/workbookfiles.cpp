// SPDX-License-Identifier: Apache-2.0
#include "workbookfiles.h"

#include "backends/workbook/database.h"

#include <QFile>

namespace portalbind {

QByteArray bytesOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void writeBytes(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("%s cannot be written", qPrintable(path));
}

void runSql(const QString &path, const QStringList &statements)
{
    Database database;
    if (!database.open(path, Database::Mode::ReadWrite))
        qFatal("%s cannot be opened", qPrintable(path));
    for (const QString &statement : statements) {
        if (!database.runText(statement))
            qFatal("%s", qPrintable(statement));
    }
}

} // namespace portalbind
