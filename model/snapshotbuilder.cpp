// SPDX-License-Identifier: Apache-2.0
#include "model/snapshotbuilder.h"

#include <QCoreApplication>
#include <QThreadPool>

#include <algorithm>

namespace portalbind {
namespace {

using Row = Snapshot::Row;

// Freeing a million rows takes longer than a frame: big snapshots die on a thread of their own.
constexpr size_t bigSnapshotBytes = 1 << 20;

void release(const Snapshot *snapshot)
{
    static QThreadPool *const pool = [] {
        auto *made = new QThreadPool; // lives as long as the program
        made->setMaxThreadCount(1);
        return made;
    }();
    if (snapshot->byteSize() < bigSnapshotBytes || !QCoreApplication::instance() || QCoreApplication::closingDown())
        delete snapshot;
    else
        pool->start([snapshot] { delete snapshot; });
}

/// Counting sort of \a items into runs by \a rowOf; the order within a run is the order of \a items.
template <class T, class Items, class RowOf, class ValueOf>
void fillRuns(std::vector<quint32> &offsets, std::vector<T> &values, size_t rows, const Items &items, RowOf rowOf,
              ValueOf valueOf)
{
    offsets.assign(rows + 1, 0);
    for (const auto &item : items) {
        const Row row = rowOf(item);
        if (row != Snapshot::none)
            ++offsets[row + 1];
    }
    for (size_t r = 0; r < rows; ++r)
        offsets[r + 1] += offsets[r];
    values.resize(offsets[rows]);
    std::vector<quint32> next(offsets.begin(), offsets.end() - 1);
    for (const auto &item : items) {
        const Row row = rowOf(item);
        if (row != Snapshot::none)
            values[next[row]++] = valueOf(item);
    }
}

template <class T>
void sortRuns(const std::vector<quint32> &offsets, std::vector<T> &values)
{
    for (size_t r = 0; r + 1 < offsets.size(); ++r) {
        const auto begin = values.begin() + offsets[r];
        const auto end = values.begin() + offsets[r + 1];
        if (!std::is_sorted(begin, end))
            std::sort(begin, end);
    }
}

template <class T>
std::vector<T> sortedUnique(std::vector<T> items)
{
    if (!std::is_sorted(items.begin(), items.end()))
        std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
    return items;
}

} // namespace

SnapshotBuilder::SnapshotBuilder(std::shared_ptr<IdTable> ids)
    : m_ids(std::move(ids))
{
}

void SnapshotBuilder::reserve(size_t portals, size_t endpoints, size_t bindings)
{
    m_portals.reserve(portals);
    m_endpoints.reserve(endpoints);
    m_bindings.reserve(bindings);
}

template <class Item, class H>
Item &SnapshotBuilder::place(std::vector<Item> &items, H handle)
{
    auto &rows = m_rows[size_t(H::kind)];
    if (handle.value >= rows.size())
        rows.resize(std::max<size_t>(handle.value + 1, rows.size() + rows.size() / 2), Snapshot::none);
    if (rows[handle.value] == Snapshot::none) {
        rows[handle.value] = Row(items.size());
        items.emplace_back();
    }
    return items[rows[handle.value]];
}

quint32 SnapshotBuilder::string(const QString &text)
{
    if (text.isEmpty())
        return 0;
    const auto [at, isNew] = m_strings.try_emplace(text, quint32(m_stringEnds.size()));
    if (isNew) {
        const QByteArray utf8 = text.toUtf8();
        m_stringBytes.insert(m_stringBytes.end(), utf8.begin(), utf8.end());
        m_stringEnds.push_back(quint32(m_stringBytes.size()));
    }
    return at->second;
}

ServerHandle SnapshotBuilder::addServer(QByteArrayView id, Server server)
{
    const auto handle = m_ids->intern<ServerHandle>(id);
    place(m_servers, handle) = {handle, std::move(server)};
    return handle;
}

NodeHandle SnapshotBuilder::addNode(QByteArrayView id, const Node &node)
{
    const auto handle = m_ids->intern<NodeHandle>(id);
    place(m_nodes, handle) = {handle, node.server, node.role, string(node.name), string(node.alias)};
    return handle;
}

EndpointHandle SnapshotBuilder::addEndpoint(QByteArrayView id, Endpoint endpoint)
{
    const auto handle = m_ids->intern<EndpointHandle>(id);
    place(m_endpoints, handle) = {handle, endpoint};
    return handle;
}

PortalHandle SnapshotBuilder::addPortal(QByteArrayView id, Portal portal)
{
    const auto handle = m_ids->intern<PortalHandle>(id);
    const quint32 nic = string(portal.nic);
    const quint32 takenBy = string(portal.takenBy);
    const quint32 movedBy = string(portal.movedBy);
    place(m_portals, handle) = {handle, portal.server, portal.kind, portal.addressPresent,    portal.isOffered,
                                nic,    takenBy,       movedBy,     std::move(portal.address)};
    return handle;
}

GroupHandle SnapshotBuilder::addGroup(QByteArrayView id, const Group &group)
{
    const auto handle = m_ids->intern<GroupHandle>(id);
    place(m_groups, handle) = {handle, group.server, string(group.name), group.derived};
    return handle;
}

SessionHandle SnapshotBuilder::addSession(QByteArrayView id, const LoginSession &session)
{
    const auto handle = m_ids->intern<SessionHandle>(id);
    place(m_sessions, handle) = {handle, session.endpoint, session.portal, string(session.initiator),
                                 string(session.from)};
    return handle;
}

void SnapshotBuilder::setAccess(EndpointHandle endpoint, EndpointAccess access)
{
    m_access.insert_or_assign(endpoint, std::move(access));
}

void SnapshotBuilder::bind(EndpointHandle endpoint, PortalHandle portal)
{
    m_bindings.push_back({endpoint, portal});
}

void SnapshotBuilder::join(GroupHandle group, PortalHandle portal)
{
    m_memberships.push_back({group, portal});
}

SnapshotPtr SnapshotBuilder::build(bool complete, const QDateTime &takenAt)
{
    // Sorted once here, so that a later build finds them sorted.
    m_bindings = sortedUnique(std::move(m_bindings));
    m_memberships = sortedUnique(std::move(m_memberships));

    std::unique_ptr<Snapshot> made(new Snapshot);
    made->m_ids = m_ids;
    made->m_complete = complete;
    made->m_takenAt = takenAt.toUTC();
    made->m_stringEnds = m_stringEnds;
    made->m_stringBytes = m_stringBytes;
    addObjects(*made);
    addMemberships(*made);
    addBindings(*made);
    addCommonGroups(*made);
    addOwnership(*made);
    return SnapshotPtr(made.release(), release);
}

void SnapshotBuilder::addObjects(Snapshot &to) const
{
    to.m_serverRows = Snapshot::RowsByHandle(m_rows[size_t(Kind::Server)]);
    to.m_nodeRows = Snapshot::RowsByHandle(m_rows[size_t(Kind::Node)]);
    to.m_endpointRows = Snapshot::RowsByHandle(m_rows[size_t(Kind::Endpoint)]);
    to.m_portalRows = Snapshot::RowsByHandle(m_rows[size_t(Kind::Portal)]);
    to.m_groupRows = Snapshot::RowsByHandle(m_rows[size_t(Kind::Group)]);
    to.m_sessionRows = Snapshot::RowsByHandle(m_rows[size_t(Kind::Session)]);

    for (const ServerItem &item : m_servers) {
        to.m_serverHandles.push_back(item.handle);
        to.m_servers.push_back(item.value);
    }
    for (const NodeItem &item : m_nodes) {
        to.m_nodeHandles.push_back(item.handle);
        to.m_nodeServers.push_back(item.server);
        to.m_nodeRoles.push_back(item.role);
        to.m_nodeNames.push_back(item.name);
        to.m_nodeAliases.push_back(item.alias);
    }
    to.m_endpoints.reserve(m_endpoints.size() + 1);
    to.m_endpointTags.reserve(m_endpoints.size());
    for (const auto &[handle, value] : m_endpoints) {
        to.m_endpoints.push_back(
                {handle, value.node, value.server, 0, 0, value.role, value.scope, value.enabled, false});
        to.m_endpointTags.push_back(value.tag);
    }
    to.m_endpoints.push_back({});
    to.m_portals.reserve(m_portals.size() + 1);
    to.m_portalAddresses.reserve(m_portals.size());
    to.m_portalNics.reserve(m_portals.size());
    for (const PortalItem &item : m_portals) {
        Snapshot::PortalRow &row = to.m_portals.emplace_back();
        row.handle = item.handle;
        row.server = item.server;
        row.isTcp = item.kind == PortalKind::Tcp;
        row.addressPresent = item.addressPresent;
        row.isOffered = item.isOffered;
        row.isTaken = item.takenBy != 0;
        row.isMoved = item.movedBy != 0;
        if (row.isTaken || row.isMoved)
            to.m_portalOthers.emplace(item.handle, Snapshot::Others{to.text(item.takenBy), to.text(item.movedBy)});
        if (item.address.ip.isWildcard())
            to.m_wildcards.push_back(item.handle);
        to.m_portalAddresses.push_back(item.address);
        to.m_portalNics.push_back(item.nic);
    }
    to.m_portals.push_back({});
    for (const auto &[endpoint, access] : m_access) {
        if (has(endpoint))
            to.m_access.emplace(endpoint, access);
    }
    for (const GroupItem &item : m_groups) {
        to.m_groupHandles.push_back(item.handle);
        to.m_groupServers.push_back(item.server);
        to.m_groupNames.push_back(item.name);
        to.m_groupDerived.push_back(item.derived);
    }
    for (const SessionItem &item : m_sessions) {
        to.m_sessionHandles.push_back(item.handle);
        to.m_sessionEndpoints.push_back(item.endpoint);
        to.m_sessionPortals.push_back(item.portal);
        to.m_sessionInitiators.push_back(item.initiator);
        to.m_sessionSources.push_back(item.from);
    }
}

void SnapshotBuilder::addBindings(Snapshot &to) const
{
    const auto known = [&](const Binding &b) { return has(b.endpoint) && has(b.portal); };
    const auto name = [&](auto handle) { return QString::fromUtf8(m_ids->id(handle)); };
    for (const Binding &b : m_bindings) {
        if (!known(b))
            to.m_dangling.push_back(QCoreApplication::translate("Snapshot", "Binding of endpoint “%1” and portal “%2”")
                                            .arg(name(b.endpoint), name(b.portal)));
    }
    std::vector<quint32> offsets;
    fillRuns(
            offsets, to.m_boundPortals, m_endpoints.size(), m_bindings,
            [&](const Binding &b) { return known(b) ? to.row(b.endpoint) : Snapshot::none; },
            [](const Binding &b) { return b.portal; });
    for (size_t r = 0; r < offsets.size(); ++r)
        to.m_endpoints[r].portals = offsets[r];
    fillRuns(
            offsets, to.m_binders, m_portals.size(), m_bindings,
            [&](const Binding &b) { return known(b) ? to.row(b.portal) : Snapshot::none; },
            [&](const Binding &b) {
                return Snapshot::Binder{to.m_endpoints[to.row(b.endpoint)].node, b.endpoint};
            });
    sortRuns(offsets, to.m_binders);
    for (size_t r = 0; r < offsets.size(); ++r) {
        to.m_portals[r].bindings = offsets[r];
        if (r + 1 < offsets.size() && offsets[r] < offsets[r + 1])
            to.m_portals[r].firstBinder = to.m_binders[offsets[r]];
    }
}

void SnapshotBuilder::addMemberships(Snapshot &to) const
{
    const auto known = [&](const Membership &m) { return has(m.group) && has(m.portal); };
    const auto name = [&](auto handle) { return QString::fromUtf8(m_ids->id(handle)); };
    for (const Membership &m : m_memberships) {
        if (!known(m))
            to.m_dangling.push_back(
                    QCoreApplication::translate("Snapshot", "Membership of portal “%1” in portal group “%2”")
                            .arg(name(m.portal), name(m.group)));
    }
    fillRuns(
            to.m_groupMembers.offsets, to.m_groupMembers.items, m_groups.size(), m_memberships,
            [&](const Membership &m) { return known(m) ? to.row(m.group) : Snapshot::none; },
            [](const Membership &m) { return m.portal; });
    std::vector<quint32> offsets;
    fillRuns(
            offsets, to.m_portalGroups, m_portals.size(), m_memberships,
            [&](const Membership &m) { return known(m) ? to.row(m.portal) : Snapshot::none; },
            [](const Membership &m) { return m.group; });
    const auto isReal = [&](GroupHandle g) { return !to.m_groupDerived[to.row(g)]; };
    for (size_t r = 0; r < offsets.size(); ++r) {
        to.m_portals[r].groups = offsets[r];
        if (r + 1 == offsets.size())
            break;
        const auto begin = to.m_portalGroups.begin() + offsets[r];
        const auto end = to.m_portalGroups.begin() + offsets[r + 1];
        // Memberships are sorted by group, so a stable partition keeps both parts sorted.
        const auto firstDerived = std::stable_partition(begin, end, isReal);
        to.m_portals[r].realGroups = quint32(firstDerived - begin) & 0x7ffffff; // never that many
        if (begin != end)
            to.m_portals[r].firstGroup = *begin;
    }
}

void SnapshotBuilder::addCommonGroups(Snapshot &to) const
{
    std::vector<GroupHandle> common, next;
    for (Row r = 0; r < m_endpoints.size(); ++r) {
        Snapshot::EndpointRow &row = to.m_endpoints[r];
        row.commonGroups = quint32(to.m_commonGroups.size());
        common.clear();
        bool first = true;
        for (const PortalHandle portal : to.portalsBoundBy(r)) {
            const auto groups = to.realGroupsOf(to.row(portal));
            row.anyGrouped = row.anyGrouped || !groups.empty();
            if (first) {
                common.assign(groups.begin(), groups.end());
            } else if (!common.empty() && !std::equal(common.begin(), common.end(), groups.begin(), groups.end())) {
                next.clear();
                std::set_intersection(common.begin(), common.end(), groups.begin(), groups.end(),
                                      std::back_inserter(next));
                common.swap(next);
            }
            first = false;
            if (common.empty() && row.anyGrouped)
                break;
        }
        to.m_commonGroups.insert(to.m_commonGroups.end(), common.begin(), common.end());
    }
    to.m_endpoints.back().commonGroups = quint32(to.m_commonGroups.size());
}

void SnapshotBuilder::addOwnership(Snapshot &to) const
{
    const auto handleOf = [](const auto &item) { return item.handle; };
    const auto serverRow = [&](const auto &item) { return to.row(item.server); };
    fillRuns(to.m_serverNodes.offsets, to.m_serverNodes.items, m_servers.size(), m_nodes, serverRow, handleOf);
    fillRuns(to.m_serverGroups.offsets, to.m_serverGroups.items, m_servers.size(), m_groups, serverRow, handleOf);
    fillRuns(to.m_serverPortals.offsets, to.m_serverPortals.items, m_servers.size(), m_portals, serverRow, handleOf);
    fillRuns(
            to.m_nodeEndpoints.offsets, to.m_nodeEndpoints.items, m_nodes.size(), m_endpoints,
            [&](const EndpointItem &item) { return to.row(item.value.node); }, handleOf);
    fillRuns(
            to.m_serverLoose.offsets, to.m_serverLoose.items, m_servers.size(), m_endpoints,
            [&](const EndpointItem &item) {
                return to.row(item.value.node) == Snapshot::none ? to.row(item.value.server) : Snapshot::none;
            },
            handleOf);
    fillRuns(
            to.m_endpointSessions.offsets, to.m_endpointSessions.items, m_endpoints.size(), m_sessions,
            [&](const SessionItem &item) { return to.row(item.endpoint); }, handleOf);
    to.m_serverSwitches.resize(m_servers.size());
    for (const auto &[handle, value] : m_endpoints) {
        if (value.scope == BindingScope::Server && to.row(value.server) != Snapshot::none)
            to.m_serverSwitches[to.row(value.server)] = true;
    }
    sortRuns(to.m_serverNodes.offsets, to.m_serverNodes.items);
    sortRuns(to.m_serverGroups.offsets, to.m_serverGroups.items);
    sortRuns(to.m_serverPortals.offsets, to.m_serverPortals.items);
    sortRuns(to.m_nodeEndpoints.offsets, to.m_nodeEndpoints.items);
    sortRuns(to.m_serverLoose.offsets, to.m_serverLoose.items);
    sortRuns(to.m_endpointSessions.offsets, to.m_endpointSessions.items);
}

} // namespace portalbind
