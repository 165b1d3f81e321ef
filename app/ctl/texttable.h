// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

#include <functional>

namespace portalbind {

/// Rows whose columns are aligned; nothing is cut off. The last column is not padded.
class TextTable
{
public:
    /// A heading that begins with `>` makes a column of numbers, aligned to the right.
    explicit TextTable(const QStringList &headings);
    void add(const QStringList &cells); ///< made safe for terminals
    [[nodiscard]] bool isEmpty() const { return m_rows.isEmpty(); }
    void write(const std::function<void(const QString &)> &line) const;

private:
    QList<bool> m_right;
    QList<qsizetype> m_widths;
    QStringList m_headings;
    QList<QStringList> m_rows;
};

} // namespace portalbind
