// SPDX-License-Identifier: Apache-2.0
#include "model/report/reporttables.h"

#include "model/report/reporttext.h"

#include <QCoreApplication>

#include <algorithm>

namespace portalbind {
namespace {

using Shape = ReportColumn::Shape;
using Cells = std::vector<ReportCell>;

QString tr(const char *text, int n = -1)
{
    return QCoreApplication::translate("Report", text, nullptr, n);
}

ReportCell number(qint64 value)
{
    return {QByteArray::number(value)};
}

/// A table with a row for each of \a handles; the name of the server leads where there are several.
template <class H, class FillRow>
ReportTable table(const ReportNamesPtr &names, QString id, QString title, QString empty, QList<ReportColumn> columns,
                  std::vector<H> handles, FillRow fillRow)
{
    ReportTable made{std::move(id),      std::move(title),          std::move(empty),
                     std::move(columns), qsizetype(handles.size()), {}};
    const bool several = names->order().servers().size() > 1;
    if (several)
        made.columns.prepend({tr("Server"), Shape::Text});
    made.row = [=, handles = std::move(handles)](qsizetype row, Cells &cells) {
        cells.clear();
        const H h = handles[size_t(row)];
        if (several)
            cells.push_back({});
        const ServerHandle server = fillRow(h, cells);
        if (several)
            cells.front().text = names->of(server);
    };
    return made;
}

template <class H, class Of>
std::vector<H> inOrder(const ReportNames &names, Of of)
{
    std::vector<H> all;
    for (const ServerHandle server : names.order().servers()) {
        const QList<H> some = of(server);
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

// An endpoint that binds a portal is named in its row up to here; the list of bindings has them all.
constexpr qsizetype mostUsers = 4;

} // namespace

QString reportWord(Dialect dialect)
{
    switch (dialect) {
    case Dialect::Workbook:
        return tr("Workbook");
    case Dialect::Smis:
        return tr("SMI-S");
    case Dialect::WindowsSmis:
        return tr("Windows (SMI-S)");
    case Dialect::WindowsNative:
        return tr("Windows");
    case Dialect::Lio:
        return tr("Linux (LIO)");
    }
    return {};
}

QString reportWord(Role role)
{
    switch (role) {
    case Role::Target:
        return tr("target");
    case Role::Initiator:
        return tr("initiator");
    case Role::Both:
        return tr("target and initiator");
    case Role::Unknown:
        break;
    }
    return tr("not told");
}

ReportTable serverTable(const ReportNamesPtr &names)
{
    ReportTable made{QStringLiteral("servers"),
                     tr("Servers"),
                     tr("There is no server."),
                     {{tr("Server"), Shape::Text},
                      {tr("Host"), Shape::Identifier},
                      {tr("Kind"), Shape::Text},
                      {tr("Targets and initiators"), Shape::Number},
                      {tr("Endpoints"), Shape::Number},
                      {tr("Portals"), Shape::Number},
                      {tr("Portal groups"), Shape::Number},
                      {tr("Bindings"), Shape::Number},
                      {tr("Sessions"), Shape::Number}},
                     names->order().servers().size(),
                     {}};
    made.row = [names](qsizetype row, Cells &cells) {
        const Inventory &inventory = names->inventory();
        const ServerHandle h = names->order().servers().at(row);
        const Server server = inventory.server(h);
        const auto endpoints = names->order().endpointsOf(h);
        qint64 bindings = 0, sessions = 0;
        for (const EndpointHandle e : endpoints) {
            bindings += inventory.portalCount(e);
            sessions += inventory.sessionCount(e);
        }
        cells = {{names->of(h)},
                 {shownText(server.host)},
                 {reportWord(server.dialect).toUtf8()},
                 number(inventory.nodesOf(h).size()),
                 number(endpoints.size()),
                 number(inventory.portalsOf(h).size()),
                 number(inventory.groupsOf(h).size()),
                 number(bindings),
                 number(sessions)};
    };
    return made;
}

ReportTable groupTable(const ReportNamesPtr &names)
{
    const auto handles = inOrder<GroupHandle>(*names, [&](ServerHandle h) { return names->order().groupsOf(h); });
    return table(names, QStringLiteral("groups"), tr("Portal groups"), tr("There is no portal group."),
                 {{tr("Portal group"), Shape::Text},
                  {tr("Origin"), Shape::Text},
                  {tr("Portals"), Shape::Number},
                  {tr("Members"), Shape::Identifier}},
                 handles, [names](GroupHandle h, Cells &cells) {
                     const Group group = names->inventory().group(h);
                     const auto portals = names->inventory().portalsOf(h);
                     cells.push_back({names->of(h)});
                     cells.push_back({(group.derived ? tr("as found") : tr("kept")).toUtf8()});
                     cells.push_back(number(portals.size()));
                     cells.push_back({names->portals(portals)});
                     return group.server;
                 });
}

ReportTable portalTable(const ReportNamesPtr &names)
{
    const auto handles = inOrder<PortalHandle>(*names, [&](ServerHandle h) { return names->order().portalsOf(h); });
    return table(names, QStringLiteral("portals"), tr("Portals"), tr("There is no portal."),
                 {{tr("Portal"), Shape::Identifier},
                  {tr("State"), Shape::State},
                  {tr("Portal groups"), Shape::Text},
                  {tr("Interface"), Shape::Text},
                  {tr("Serves"), Shape::Number},
                  {tr("Used by"), Shape::Identifier}},
                 handles, [names](PortalHandle h, Cells &cells) {
                     const Inventory &inventory = names->inventory();
                     const Portal portal = inventory.portal(h);
                     const auto users = names->order().sorted(inventory.endpointsBinding(h));
                     QByteArray used;
                     for (qsizetype i = 0; i < std::min(users.size(), mostUsers); ++i)
                         used += (i ? "\n" : "") + names->of(users[i]);
                     if (users.size() > mostUsers)
                         used += '\n' + tr("and %n more", int(users.size() - mostUsers)).toUtf8();
                     cells.push_back({names->of(h)});
                     cells.push_back(names->state(h));
                     cells.push_back({names->groups(inventory.groupsOf(h))});
                     cells.push_back({shownText(portal.nic)});
                     cells.push_back(number(users.size()));
                     cells.push_back({used});
                     return portal.server;
                 });
}

ReportTable endpointTable(const ReportNamesPtr &names)
{
    const auto handles = inOrder<EndpointHandle>(*names, [&](ServerHandle h) { return names->order().endpointsOf(h); });
    return table(names, QStringLiteral("endpoints"), tr("Targets and endpoints"), tr("There is no endpoint."),
                 {{tr("Endpoint"), Shape::Identifier},
                  {tr("Alias"), Shape::Text},
                  {tr("Role"), Shape::Text},
                  {tr("State"), Shape::State},
                  {tr("Portal group"), Shape::Text},
                  {tr("Portals"), Shape::Number},
                  {tr("Served on"), Shape::Identifier},
                  {tr("Sessions"), Shape::Number}},
                 handles, [names](EndpointHandle h, Cells &cells) {
                     const Inventory &inventory = names->inventory();
                     const Endpoint endpoint = inventory.endpoint(h);
                     std::vector<GroupHandle> scratch;
                     const auto common = inventory.common(h, scratch).groups;
                     const auto portals = inventory.portalsBoundBy(h);
                     cells.push_back({names->of(h)});
                     cells.push_back({inventory.has(endpoint.node) ? shownText(inventory.node(endpoint.node).alias)
                                                                   : QByteArray()});
                     cells.push_back({reportWord(endpoint.role).toUtf8()});
                     cells.push_back(endpoint.enabled ? ReportCell{tr("enabled").toUtf8(), ReportCell::Mark::None}
                                                      : ReportCell{tr("disabled").toUtf8(), ReportCell::Mark::Off});
                     cells.push_back({names->groups(QList<GroupHandle>(common.begin(), common.end()))});
                     cells.push_back(number(portals.size()));
                     cells.push_back({names->portals(portals)});
                     cells.push_back(number(inventory.sessionCount(h)));
                     return endpoint.server;
                 });
}

ReportTable bindingTable(const ReportNamesPtr &names)
{
    std::vector<Binding> bindings;
    bindings.reserve(names->inventory().base() ? names->inventory().base()->bindingCount() : 0);
    for (const ServerHandle server : names->order().servers()) {
        for (const EndpointHandle e : names->order().endpointsOf(server)) {
            for (const PortalHandle p : names->order().sorted(names->inventory().portalsBoundBy(e)))
                bindings.push_back({e, p});
        }
    }
    return table(names, QStringLiteral("bindings"), tr("Bindings"), tr("No endpoint binds a portal."),
                 {{tr("Endpoint"), Shape::Identifier},
                  {tr("Portal"), Shape::Identifier},
                  {tr("State"), Shape::State},
                  {tr("Sessions"), Shape::Number}},
                 std::move(bindings), [names](const Binding &b, Cells &cells) {
                     const Inventory &inventory = names->inventory();
                     cells.push_back({names->of(b.endpoint)});
                     cells.push_back({names->of(b.portal)});
                     cells.push_back(names->state(b.portal));
                     cells.push_back(number(inventory.sessionCount(b.endpoint)
                                                    ? inventory.sessionsOver(b.endpoint, b.portal).size()
                                                    : 0));
                     return inventory.endpoint(b.endpoint).server;
                 });
}

ReportTable sessionTable(const ReportNamesPtr &names)
{
    std::vector<SessionHandle> sessions;
    for (const ServerHandle server : names->order().servers()) {
        for (const EndpointHandle e : names->order().endpointsOf(server)) {
            const auto some = names->order().sessionsOf(e);
            sessions.insert(sessions.end(), some.begin(), some.end());
        }
    }
    return table(names, QStringLiteral("sessions"), tr("Sessions"), tr("No initiator is logged in."),
                 {{tr("Initiator"), Shape::Identifier},
                  {tr("From"), Shape::Identifier},
                  {tr("Endpoint"), Shape::Identifier},
                  {tr("Portal"), Shape::Identifier}},
                 std::move(sessions), [names](SessionHandle h, Cells &cells) {
                     const LoginSession session = names->inventory().session(h);
                     cells.push_back({shownText(session.initiator)});
                     cells.push_back({shownText(session.from)});
                     cells.push_back({names->of(session.endpoint)});
                     cells.push_back({names->inventory().has(session.portal) ? names->of(session.portal)
                                                                             : tr("not told").toUtf8()});
                     return names->inventory().endpoint(session.endpoint).server;
                 });
}

} // namespace portalbind
