// SPDX-License-Identifier: Apache-2.0
#include "model/report/htmlstyle.h"
#include "model/report/reportcontent.h"
#include "model/report/reportstream.h"

#include <QCoreApplication>
#include <QLocale>

namespace portalbind {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Report", text);
}

void writeText(ReportStream &out, QByteArrayView text)
{
    qsizetype from = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char *entity = nullptr;
        switch (text[i]) {
        case '&':
            entity = "&amp;";
            break;
        case '<':
            entity = "&lt;";
            break;
        case '>':
            entity = "&gt;";
            break;
        case '"':
            entity = "&quot;";
            break;
        case '\'':
            entity = "&#39;";
            break;
        default:
            continue;
        }
        out << text.sliced(from, i - from) << entity;
        from = i + 1;
    }
    out << text.sliced(from);
}

void writeText(ReportStream &out, const QString &text)
{
    const QByteArray utf8 = text.toUtf8();
    writeText(out, QByteArrayView(utf8));
}

/// Several values become spans, which lines are not broken within.
void writeCell(ReportStream &out, QByteArrayView text)
{
    qsizetype newline = text.indexOf('\n');
    if (newline < 0)
        return writeText(out, text);
    out << "<span>";
    for (; newline >= 0; newline = text.indexOf('\n')) {
        writeText(out, text.first(newline));
        out << ",</span> <span>";
        text = text.sliced(newline + 1);
    }
    writeText(out, text);
    out << "</span>";
}

const char *markClass(ReportCell::Mark mark)
{
    switch (mark) {
    case ReportCell::Mark::None:
        return "";
    case ReportCell::Mark::Bound:
        return " bound";
    case ReportCell::Mark::Free:
        return " free";
    case ReportCell::Mark::Gone:
        return " gone";
    case ReportCell::Mark::Off:
        return " off";
    }
    return "";
}

char shapeClass(ReportColumn::Shape shape)
{
    switch (shape) {
    case ReportColumn::Shape::Text:
        return 't';
    case ReportColumn::Shape::Identifier:
        return 'i';
    case ReportColumn::Shape::Number:
        return 'n';
    case ReportColumn::Shape::State:
        return 's';
    }
    return 't';
}

void writeHead(const ReportContent &content, ReportStream &out)
{
    const QString title = tr("iSCSI portals of %1").arg(content.source.title);
    out << "<!DOCTYPE html>\n<html lang=\"" << QLocale().bcp47Name()
        << "\">\n<head>\n<meta charset=\"utf-8\">\n"
           // Whatever a name holds, the file loads nothing and runs nothing.
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";
    writeText(out, title);
    out << "</title>\n<style>" << htmlStyle << "</style>\n</head>\n<body>\n<header>\n<h1>";
    writeText(out, title);
    out << "</h1>\n";
}

void writeFacts(ReportStream &out, const QList<ReportFact> &facts, const char *name)
{
    out << "<dl class=\"" << name << "\">\n";
    for (const ReportFact &fact : facts) {
        out << "<div><dt>";
        writeText(out, fact.title);
        out << "</dt><dd>";
        writeText(out, fact.value);
        out << "</dd></div>\n";
    }
    out << "</dl>\n";
}

void writeNavigation(const ReportContent &content, ReportStream &out)
{
    out << "<nav>\n";
    for (const ReportTable &table : content.tables) {
        out << "<a href=\"#" << table.id << "\">";
        writeText(out, table.title);
        out << "</a>\n";
    }
    out << "</nav>\n</header>\n<main>\n";
}

void writePending(const ReportContent &content, ReportStream &out)
{
    if (content.source.pending.isEmpty())
        return;
    out << "<section class=\"pending\">\n<h2>";
    writeText(out, tr("Pending changes, not applied"));
    out << "</h2>\n<ul>\n";
    for (const QString &change : content.source.pending) {
        out << "<li>";
        writeText(out, change);
        out << "</li>\n";
    }
    out << "</ul>\n</section>\n";
}

void writeRows(const ReportTable &table, ReportStream &out)
{
    std::vector<QByteArray> open;
    for (const ReportColumn &column : table.columns)
        open.push_back(QByteArrayLiteral("<td class=\"") + shapeClass(column.shape));
    std::vector<ReportCell> cells;
    for (qsizetype row = 0; row < table.rowCount && !out.isFailed(); ++row) {
        table.row(row, cells);
        out << "<tr>";
        for (size_t i = 0; i < cells.size(); ++i) {
            out << open[i] << markClass(cells[i].mark) << "\">";
            writeCell(out, cells[i].text);
            out << "</td>";
        }
        out << "</tr>\n";
    }
}

void writeTable(const ReportTable &table, ReportStream &out)
{
    out << "<section id=\"" << table.id << "\">\n<h2>";
    writeText(out, table.title);
    out << " <small>" << QByteArray::number(table.rowCount) << "</small></h2>\n";
    if (table.rowCount == 0) {
        out << "<p class=\"none\">";
        writeText(out, table.empty);
        out << "</p>\n</section>\n";
        return;
    }
    out << "<div class=\"wide\">\n<table>\n<thead><tr>";
    for (const ReportColumn &column : table.columns) {
        out << "<th scope=\"col\" class=\"" << shapeClass(column.shape) << "\">";
        writeText(out, column.title);
        out << "</th>";
    }
    out << "</tr></thead>\n<tbody>\n";
    writeRows(table, out);
    out << "</tbody>\n</table>\n</div>\n</section>\n";
}

} // namespace

/// One file that needs nothing else: no script, no font, no picture, no request.
void renderHtml(const ReportContent &content, ReportStream &out)
{
    content.snapshot->prepare();
    writeHead(content, out);
    writeFacts(out, content.provenance, "facts");
    writeNavigation(content, out);
    writeFacts(out, content.summary, "counts");
    writePending(content, out);
    for (const ReportTable &table : content.tables)
        writeTable(table, out);
    out << "</main>\n<footer>\n";
    writeFacts(out, {content.checksumFact()}, "facts");
    out << "</footer>\n</body>\n</html>\n";
}

} // namespace portalbind
