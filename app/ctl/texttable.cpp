// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/texttable.h"

#include "model/showntext.h"

#include <algorithm>

namespace portalbind {
namespace {

/// Columns that a text takes on a terminal: surrogate pairs count once, marks that combine not at all.
qsizetype width(const QString &text)
{
    qsizetype columns = 0;
    for (const QChar c : text)
        columns += !c.isLowSurrogate() && !c.isMark();
    return columns;
}

} // namespace

TextTable::TextTable(const QStringList &headings)
{
    for (const QString &heading : headings) {
        m_right += heading.startsWith(u'>');
        m_headings += m_right.last() ? heading.mid(1) : heading;
        m_widths += width(m_headings.last());
    }
}

void TextTable::add(const QStringList &cells)
{
    QStringList row;
    row.reserve(cells.size());
    for (qsizetype i = 0; i < cells.size(); ++i) {
        row += shownString(cells[i]);
        m_widths[i] = std::max(m_widths[i], width(row.last()));
    }
    m_rows += row;
}

void TextTable::write(const std::function<void(const QString &)> &line) const
{
    const auto writeRow = [&](const QStringList &cells) {
        QString text;
        for (qsizetype i = 0; i < cells.size(); ++i) {
            const QString space(m_widths[i] - width(cells[i]), u' ');
            if (i)
                text += QLatin1String("  ");
            text += m_right[i] ? space + cells[i] : cells[i] + space;
        }
        while (text.endsWith(u' '))
            text.chop(1);
        line(text + u'\n');
    };
    writeRow(m_headings);
    for (const QStringList &row : m_rows)
        writeRow(row);
}

} // namespace portalbind
