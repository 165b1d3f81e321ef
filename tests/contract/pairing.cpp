// SPDX-License-Identifier: Apache-2.0
#include "pairing.h"

#include "tests/backends/cim/shown.h"

#include <QMap>

namespace portalbind {

namespace {

template <class H>
using Named = std::vector<std::pair<QString, H>>;

Named<NodeHandle> nodes(const Snapshot &s)
{
    Named<NodeHandle> all;
    for (Snapshot::Row r = 0; r < s.nodes().size(); ++r)
        all.emplace_back(s.node(r).name.toLower(), s.nodes()[r]);
    return all;
}

Named<EndpointHandle> endpoints(const Snapshot &s)
{
    Named<EndpointHandle> all;
    for (Snapshot::Row r = 0; r < s.endpointRows().size(); ++r) {
        const Endpoint e = s.endpoint(r);
        const QString node = e.node ? s.node(s.row(e.node)).name.toLower() : QString();
        all.emplace_back(e.scope == BindingScope::Server
                                 ? QStringLiteral("all")
                                 : QStringLiteral("%1 %2 %3").arg(node).arg(e.role == Role::Initiator).arg(e.tag),
                         s.endpointRow(r).handle);
    }
    return all;
}

Named<PortalHandle> portals(const Snapshot &s)
{
    Named<PortalHandle> all;
    for (Snapshot::Row r = 0; r < s.portalRows().size(); ++r) {
        const Portal p = s.portal(r);
        all.emplace_back(QString::number(int(p.kind)) + u' ' + p.address.toString(), s.portalRow(r).handle);
    }
    return all;
}

Named<GroupHandle> groups(const Snapshot &s)
{
    Named<GroupHandle> all;
    for (Snapshot::Row r = 0; r < s.groups().size(); ++r)
        all.emplace_back(s.group(r).name, s.groups()[r]);
    return all;
}

template <class H>
bool pair(HandleMap &handles, const Named<H> &from, const Named<H> &to)
{
    QMap<QString, H> byName;
    for (const auto &[name, handle] : to) {
        if (byName.contains(name))
            return false;
        byName.insert(name, handle);
    }
    QMap<QString, H> seen;
    for (const auto &[name, handle] : from) {
        if (seen.contains(name))
            return false;
        seen.insert(name, handle);
        if (byName.contains(name))
            handles.insert(handle, byName[name]);
    }
    return true;
}

} // namespace

std::optional<HandleMap> paired(const Snapshot &from, const Snapshot &to)
{
    HandleMap handles;
    if (from.servers().size() != 1 || to.servers().size() != 1)
        return std::nullopt;
    handles.insert(from.servers()[0], to.servers()[0]);
    const bool unique = pair(handles, nodes(from), nodes(to)) && pair(handles, endpoints(from), endpoints(to))
            && pair(handles, portals(from), portals(to)) && pair(handles, groups(from), groups(to));
    return unique ? std::optional(std::move(handles)) : std::nullopt;
}

QStringList content(const SnapshotPtr &snapshot)
{
    QStringList lines = cim::shown(snapshot);
    lines.removeIf([](const QString &line) { return line.startsWith(QLatin1String("server ")); });
    return lines;
}

QString difference(const QStringList &wanted, const QStringList &shown)
{
    QStringList words, missing = wanted, extra = shown;
    for (const QString &line : wanted)
        extra.removeOne(line);
    for (const QString &line : shown)
        missing.removeOne(line);
    for (const QString &line : missing)
        words += QStringLiteral("missing: ") + line;
    for (const QString &line : extra)
        words += QStringLiteral("too much: ") + line;
    return words.join(QStringLiteral("\n  "));
}

} // namespace portalbind
