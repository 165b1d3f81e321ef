// SPDX-License-Identifier: Apache-2.0
#include "tests/backends/lio/helper/recordedtree.h"

#include "tests/testdata.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>

namespace {

/// Python's way to print bytes: \n, \x00, \\.
QByteArray unescaped(const QByteArray &text)
{
    QByteArray plain;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            plain += text[i];
        } else if (text[i + 1] == 'x') {
            plain += QByteArray::fromHex(text.mid(i + 2, 2));
            i += 3;
        } else {
            plain += text[i + 1] == 'n' ? '\n' : text[i + 1] == 't' ? '\t' : text[i + 1];
            ++i;
        }
    }
    return plain;
}

} // namespace

bool makeRecordedTree(const QString &folder)
{
    QFile list(testData(QStringLiteral("lio/configfs-tree.txt")));
    if (!list.open(QIODevice::ReadOnly))
        return false;
    static const QRegularExpression line(QStringLiteral("^([dfl]) \\d+ /sys/kernel/config(/\\S+?)(?: = '(.*)'| -> "
                                                        "(.*)| = \\((?:write-only|read fails: \\w+)\\))?$"));
    for (const QByteArray &text : list.readAll().split('\n')) {
        if (text.isEmpty())
            continue;
        const auto match = line.match(QString::fromLatin1(text));
        const QString path = folder + match.captured(2);
        bool made = false;
        if (match.captured(1) == QLatin1String("d")) {
            made = QDir().mkpath(path);
        } else if (match.captured(1) == QLatin1String("l")) {
            made = QFile::link(match.captured(4), path);
        } else if (match.hasMatch()) {
            QFile file(path);
            made = file.open(QIODevice::WriteOnly) && file.write(unescaped(match.captured(3).toLatin1())) >= 0;
        }
        if (!made)
            return false;
    }
    return true;
}
