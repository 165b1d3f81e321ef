// SPDX-License-Identifier: Apache-2.0
#include "model/report/reportcontent.h"
#include "model/report/reportstream.h"

#include <QCoreApplication>

namespace portalbind {
namespace {

/// Whether the sign at \a i makes a link of bare text (GFM 6.9): the colon of `https://`, the point of `www.`.
bool makesLink(QByteArrayView text, qsizetype i)
{
    const auto before = [&](QByteArrayView word) {
        const qsizetype from = i - word.size();
        return from >= 0 && text.sliced(from, word.size()).compare(word, Qt::CaseInsensitive) == 0;
    };
    switch (text[i]) {
    case ':':
        return before("http") || before("https") || before("ftp") || before("mailto") || before("xmpp");
    case '.':
        return before("www");
    default:
        return false;
    }
}

/// Text that neither Markdown nor the HTML in it reads as anything else (CommonMark 6.1, GFM 4.10).
void writeText(ReportStream &out, QByteArrayView text)
{
    static constexpr QByteArrayView special("\\`*_{}[]<>()#+!|~&$");
    qsizetype from = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        // The cells hold no control characters; titles and pending changes are made safe here.
        const bool control = static_cast<unsigned char>(text[i]) < 0x20;
        if (!control && !special.contains(text[i]) && !makesLink(text, i))
            continue;
        // A newline is between several values.
        out << text.sliced(from, i - from) << (control ? text[i] == '\n' ? ", " : " " : "\\");
        from = control ? i + 1 : i;
    }
    out << text.sliced(from);
}

void writeFacts(ReportStream &out, const QList<ReportFact> &facts)
{
    for (const ReportFact &fact : facts) {
        out << "- ";
        writeText(out, fact.title.toUtf8());
        out << ": ";
        writeText(out, fact.value.toUtf8());
        out << '\n';
    }
    out << '\n';
}

void writeTable(ReportStream &out, const ReportTable &table)
{
    out << "## ";
    writeText(out, table.title.toUtf8());
    out << "\n\n";
    if (table.rowCount == 0) {
        writeText(out, table.empty.toUtf8());
        out << "\n\n";
        return;
    }
    for (const ReportColumn &column : table.columns) {
        out << "| ";
        writeText(out, column.title.toUtf8());
        out << ' ';
    }
    out << "|\n";
    for (const ReportColumn &column : table.columns)
        out << (column.shape == ReportColumn::Shape::Number ? "| ---: " : "| --- ");
    out << "|\n";
    std::vector<ReportCell> cells;
    for (qsizetype row = 0; row < table.rowCount && !out.isFailed(); ++row) {
        table.row(row, cells);
        for (const ReportCell &cell : cells) {
            out << "| ";
            writeText(out, cell.text);
            out << ' ';
        }
        out << "|\n";
    }
    out << '\n';
}

} // namespace

void renderMarkdown(const ReportContent &content, ReportStream &out)
{
    content.snapshot->prepare();
    out << "# ";
    writeText(out, QCoreApplication::translate("Report", "iSCSI portals of %1").arg(content.source.title).toUtf8());
    out << "\n\n";
    writeFacts(out, content.provenance);
    out << "## " << QCoreApplication::translate("Report", "Summary") << "\n\n";
    writeFacts(out, content.summary);
    if (!content.source.pending.isEmpty()) {
        out << "## " << QCoreApplication::translate("Report", "Pending changes, not applied") << "\n\n";
        for (const QString &change : content.source.pending) {
            out << "- ";
            writeText(out, change.toUtf8());
            out << '\n';
        }
        out << '\n';
    }
    for (const ReportTable &table : content.tables)
        writeTable(out, table);
    writeFacts(out, {content.checksumFact()});
}

} // namespace portalbind
