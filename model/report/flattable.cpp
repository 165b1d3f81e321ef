// SPDX-License-Identifier: Apache-2.0
#include "model/report/reporttables.h"

#include "model/report/reporttext.h"
#include "model/snapshotwords.h"

#include <QCoreApplication>

namespace portalbind {
namespace {

/// Column names and words of this table are for programs: they are not translated and never change.
constexpr const char *flatColumns[] = {"server",        "server_kind",     "portal",   "address", "port",  "interface",
                                       "portal_groups", "address_present", "endpoint", "node",    "alias", "role",
                                       "tag",           "enabled",         "scope",    "sessions"};

QByteArray word(bool value)
{
    return value ? QByteArrayLiteral("yes") : QByteArrayLiteral("no");
}

template <class E>
QByteArray word(E value)
{
    const QLatin1String text = schemaWord(value);
    return QByteArray(text.data(), text.size());
}

void addPortal(const ReportNames &names, PortalHandle h, std::vector<ReportCell> &cells)
{
    const Inventory &inventory = names.inventory();
    if (!inventory.has(h)) {
        cells.resize(cells.size() + 6);
        return;
    }
    const Portal portal = inventory.portal(h);
    cells.push_back({portal.address.ip.isNull() ? QByteArray() : names.of(h)});
    cells.push_back({portal.address.ip.toString().toUtf8()});
    cells.push_back({portal.address.port ? QByteArray::number(portal.address.port) : QByteArray()});
    cells.push_back({shownText(portal.nic)});
    cells.push_back({names.groups(inventory.groupsOf(h))});
    cells.push_back({word(portal.addressPresent)});
}

void addEndpoint(const ReportNames &names, EndpointHandle h, std::vector<ReportCell> &cells)
{
    const Inventory &inventory = names.inventory();
    if (!inventory.has(h)) {
        cells.resize(cells.size() + 7);
        return;
    }
    const Endpoint endpoint = inventory.endpoint(h);
    const bool hasNode = inventory.has(endpoint.node);
    cells.push_back({hasNode                                          ? names.of(h)
                             : endpoint.scope == BindingScope::Server ? QByteArrayLiteral("all-targets")
                                                                      : QByteArray()});
    cells.push_back({hasNode ? names.of(endpoint.node) : QByteArray()});
    cells.push_back({hasNode ? shownText(inventory.node(endpoint.node).alias) : QByteArray()});
    cells.push_back({word(endpoint.role)});
    cells.push_back({endpoint.role == Role::Initiator
                             ? "0x" + QByteArray::number(endpoint.tag, 16).rightJustified(12, '0')
                             : QByteArray::number(endpoint.tag)});
    cells.push_back({word(endpoint.enabled)});
    cells.push_back({word(endpoint.scope)});
}

} // namespace

ReportTable flatTable(const ReportNamesPtr &names)
{
    struct Row
    {
        ServerHandle server;
        EndpointHandle endpoint;
        PortalHandle portal;
    };
    const Inventory &inventory = names->inventory();
    std::vector<Row> rows;
    for (const ServerHandle server : names->order().servers()) {
        for (const EndpointHandle e : names->order().endpointsOf(server)) {
            const auto portals = names->order().sorted(inventory.portalsBoundBy(e));
            for (const PortalHandle p : portals)
                rows.push_back({server, e, p});
            if (portals.isEmpty())
                rows.push_back({server, e, {}});
        }
        for (const PortalHandle p : names->order().portalsOf(server)) {
            if (inventory.endpointCount(p) == 0)
                rows.push_back({server, {}, p});
        }
    }
    ReportTable made{QStringLiteral("flat"),
                     QCoreApplication::translate("Report", "Bindings"),
                     {},
                     {},
                     qsizetype(rows.size()),
                     {}};
    for (const char *column : flatColumns)
        made.columns.append({QString::fromLatin1(column), ReportColumn::Shape::Text});
    made.row = [names, rows = std::move(rows)](qsizetype index, std::vector<ReportCell> &cells) {
        const Row &row = rows[size_t(index)];
        const Inventory &shown = names->inventory();
        cells.clear();
        cells.push_back({names->of(row.server)});
        cells.push_back({word(shown.server(row.server).dialect)});
        addPortal(*names, row.portal, cells);
        addEndpoint(*names, row.endpoint, cells);
        qsizetype sessions = 0;
        if (row.endpoint && row.portal && shown.sessionCount(row.endpoint))
            sessions = shown.sessionsOver(row.endpoint, row.portal).size();
        else if (row.endpoint && !row.portal)
            sessions = shown.sessionCount(row.endpoint);
        cells.push_back({row.endpoint ? QByteArray::number(sessions) : QByteArray()});
    };
    return made;
}

} // namespace portalbind
