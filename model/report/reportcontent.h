// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"

#include <QList>

#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

namespace portalbind {

/// Where a report comes from.
struct ReportSource
{
    QString title; ///< of the connection
    QString url; ///< without a secret
    QString program; ///< name and version of the program that writes it
    QDateTime writtenAt; ///< UTC
    QStringList pending; ///< changes that are staged but not sent, in words
};

/// One value of a table: UTF-8, not escaped for any format. Several values are apart by a newline; there are no other
/// control characters.
struct ReportCell
{
    /// Tells states apart by more than their word, where a format can.
    enum class Mark : quint8 { None, Bound, Free, Gone, Off };
    QByteArray text;
    Mark mark = Mark::None;
};

struct ReportColumn
{
    enum class Shape : quint8 { Text, Identifier, Number, State };
    QString title;
    Shape shape = Shape::Text;
};

/// A table whose rows are made one by one: a report of a million rows is never in memory as a whole.
struct ReportTable
{
    QString id; ///< stable, lower case: anchor, sheet name
    QString title;
    QString empty; ///< said when there is no row
    QList<ReportColumn> columns;
    qsizetype rowCount = 0;
    /// Replaces the cells with those of a row. Rows may be asked for in any order and from any one thread at a time.
    std::function<void(qsizetype row, std::vector<ReportCell> &cells)> row;
};

struct ReportFact
{
    QString title;
    QString value;
};

class ReportNames;

/// What a report is about in JSON (docs/snapshot-schema.md), and its SHA-256: made when a format asks for them, and
/// then beside what else it writes.
class ReportSnapshot
{
public:
    explicit ReportSnapshot(std::shared_ptr<const ReportNames> names);
    ~ReportSnapshot();

    void prepare(); ///< starts making both in a thread of their own
    [[nodiscard]] const QByteArray &json();
    [[nodiscard]] const QByteArray &checksum(); ///< SHA-256 of json() without its line "takenAt", in hex

private:
    std::shared_ptr<const ReportNames> m_names;
    std::once_flag m_jsonOnce, m_checksumOnce;
    QByteArray m_json, m_checksum;
    std::future<void> m_ahead;
};

/// What every format shows, made once. What is reported is what the server shows (the inventory's base); changes that
/// are not applied are listed apart. Safe to hand to another thread.
struct ReportContent
{
    ReportSource source;
    Inventory inventory; ///< without pending changes
    std::shared_ptr<ReportSnapshot> snapshot; ///< its JSON is the JSON report; the other formats show its checksum last
    QList<ReportFact> provenance; ///< source, times, program
    QList<ReportFact> summary; ///< counts
    std::vector<ReportTable> tables;
    /// Everything but sessions in one table for formats that have only one: a row a binding, one for each portal that
    /// serves nothing and one for each endpoint without a portal. Its columns are the same for any inventory.
    ReportTable flat;

    [[nodiscard]] ReportFact checksumFact() const;
};

/// The content of a report on what \a inventory shows without its pending changes. Error: Cancelled.
[[nodiscard]] Result<ReportContent> makeReportContent(const Inventory &inventory, const ReportSource &source,
                                                      const std::stop_token &stop = {});

} // namespace portalbind
