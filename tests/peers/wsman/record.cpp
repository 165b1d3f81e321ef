// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/wsman/record.h"

#include <QDateTime>
#include <QJsonDocument>

namespace peer {

Record::Record(const QString &path)
    : m_file(path)
{
    if (!path.isEmpty() && !m_file.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered))
        qFatal("cannot write %s", qPrintable(path));
}

void Record::write(QJsonObject line)
{
    if (!m_file.isOpen())
        return;
    line.insert(QStringLiteral("n"), ++m_lines);
    line.insert(QStringLiteral("time"), QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs));
    m_file.write(QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n');
}

} // namespace peer
