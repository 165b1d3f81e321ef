// SPDX-License-Identifier: Apache-2.0
#include "model/report/reportcontent.h"

#include "model/report/reporttables.h"
#include "model/showntext.h"
#include "model/snapshotjson.h"

#include <QCoreApplication>
#include <QCryptographicHash>

namespace portalbind {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Report", text);
}

QString time(const QDateTime &at)
{
    return at.isValid() ? at.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) + QLatin1String(" UTC")
                        : tr("never");
}

QList<ReportFact> provenance(const ReportContent &content)
{
    const SnapshotPtr &base = content.inventory.base();
    QList<ReportFact> facts;
    facts.append({tr("Source"), shownString(content.source.title)});
    if (!content.source.url.isEmpty())
        facts.append({tr("Address"), shownString(content.source.url)});
    facts.append({tr("Read at"), time(base ? base->takenAt() : QDateTime())});
    facts.append({tr("Written at"), time(content.source.writtenAt)});
    facts.append({tr("Written by"), content.source.program});
    if (!content.inventory.isComplete())
        facts.append({tr("Completeness"), tr("The source was not read to its end: objects may be missing.")});
    return facts;
}

QList<ReportFact> summary(const ReportNames &names)
{
    const Inventory &inventory = names.inventory();
    qsizetype targets = 0, initiators = 0, bindings = 0, used = 0, gone = 0;
    for (const NodeHandle h : inventory.nodes())
        ++(inventory.node(h).role == Role::Initiator ? initiators : targets);
    const auto endpoints = inventory.endpoints();
    for (const EndpointHandle h : endpoints)
        bindings += inventory.portalCount(h);
    const auto portals = inventory.portals();
    for (const PortalHandle h : portals) {
        used += inventory.endpointCount(h) > 0;
        gone += !inventory.portal(h).addressPresent;
    }
    const auto fact = [](const QString &title, qsizetype n) { return ReportFact{title, QString::number(n)}; };
    return {fact(tr("Servers"), inventory.servers().size()),
            fact(tr("Targets"), targets),
            fact(tr("Initiators"), initiators),
            fact(tr("Endpoints"), endpoints.size()),
            fact(tr("Portal groups"), inventory.groups().size()),
            fact(tr("Portals"), portals.size()),
            fact(tr("Portals in use"), used),
            fact(tr("Portals without address"), gone),
            fact(tr("Bindings"), bindings),
            fact(tr("Sessions"), inventory.sessions().size())};
}

tl::unexpected<Error> cancelled()
{
    return failure(Error::Kind::Cancelled, tr("The report was cancelled."));
}

} // namespace

ReportSnapshot::ReportSnapshot(std::shared_ptr<const ReportNames> names)
    : m_names(std::move(names))
{
}

ReportSnapshot::~ReportSnapshot() = default; // waits for what was prepared

void ReportSnapshot::prepare()
{
    if (!m_ahead.valid())
        m_ahead = std::async(std::launch::async, [this] { (void)checksum(); });
}

const QByteArray &ReportSnapshot::json()
{
    std::call_once(m_jsonOnce, [this] { m_json = writeSnapshotJson(m_names->order()); });
    return m_json;
}

const QByteArray &ReportSnapshot::checksum()
{
    std::call_once(m_checksumOnce, [this] {
        // Without the line that tells when it was read: two reads of what did not change have one sum.
        const QByteArray &all = json();
        const qsizetype time = all.indexOf("\n  \"takenAt\": ") + 1;
        const qsizetype rest = time > 0 ? all.indexOf('\n', time) + 1 : 0;
        QCryptographicHash sum(QCryptographicHash::Sha256);
        sum.addData(QByteArrayView(all).first(time));
        sum.addData(QByteArrayView(all).sliced(rest));
        m_checksum = sum.result().toHex();
    });
    return m_checksum;
}

ReportFact ReportContent::checksumFact() const
{
    return {tr("SHA-256 of the snapshot without its time"), QString::fromLatin1(snapshot->checksum())};
}

Result<ReportContent> makeReportContent(const Inventory &inventory, const ReportSource &source, const std::stop_token &stop)
{
    ReportContent content;
    content.source = source;
    content.inventory = Inventory(inventory.base());
    const auto names = std::make_shared<const ReportNames>(content.inventory, stop);
    if (stop.stop_requested())
        return cancelled();
    content.snapshot = std::make_shared<ReportSnapshot>(names);
    content.provenance = provenance(content);
    content.summary = summary(*names);
    content.tables = {serverTable(names),   groupTable(names),   portalTable(names),
                      endpointTable(names), bindingTable(names), sessionTable(names)};
    content.flat = flatTable(names);
    if (stop.stop_requested())
        return cancelled();
    return content;
}

} // namespace portalbind
