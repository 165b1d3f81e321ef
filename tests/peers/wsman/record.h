// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFile>
#include <QJsonObject>

namespace peer {

/// The log: one JSON object a line for each HTTP request that arrived whole, written before it is answered, so that a
/// test can count what was sent, whatever became of the answers.
class Record
{
public:
    /// Empty: nothing is written. Exits with a message when the file cannot be made.
    explicit Record(const QString &path);
    void write(QJsonObject line);

private:
    QFile m_file;
    qint64 m_lines = 0;
};

} // namespace peer
