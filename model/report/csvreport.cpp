// SPDX-License-Identifier: Apache-2.0
#include "model/report/reportcontent.h"
#include "model/report/reportstream.h"

#include <algorithm>

namespace portalbind {
namespace {

/// A field of RFC 4180. A spreadsheet would run what begins like a formula: such a value gets an apostrophe in front,
/// which spreadsheets read as "this is text" (OWASP, CSV injection).
void writeField(ReportStream &out, QByteArrayView value)
{
    const bool formula = !value.isEmpty() && QByteArrayView("=+-@\t\r\n").contains(value.front());
    const bool quotes = formula || std::any_of(value.begin(), value.end(), [](char c) {
                            return c == '"' || c == ',' || c == ';' || c == '\r' || c == '\n' || c == '\t';
                        });
    if (!quotes) {
        out << value;
        return;
    }
    out << '"';
    if (formula)
        out << '\'';
    for (qsizetype quote = value.indexOf('"'); quote >= 0; quote = value.indexOf('"')) {
        out << value.first(quote + 1) << '"';
        value = value.sliced(quote + 1);
    }
    out << value << '"';
}

} // namespace

void renderCsv(const ReportContent &content, ReportStream &out)
{
    const ReportTable &table = content.flat;
    for (qsizetype i = 0; i < table.columns.size(); ++i) {
        if (i)
            out << ',';
        writeField(out, table.columns[i].title.toUtf8());
    }
    out << "\r\n";
    std::vector<ReportCell> cells;
    for (qsizetype row = 0; row < table.rowCount && !out.isFailed(); ++row) {
        table.row(row, cells);
        for (size_t i = 0; i < cells.size(); ++i) {
            if (i)
                out << ',';
            writeField(out,
                       cells[i].text.contains('\n') ? QByteArray(cells[i].text).replace('\n', "; ") : cells[i].text);
        }
        out << "\r\n";
    }
}

} // namespace portalbind
