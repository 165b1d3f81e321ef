// SPDX-License-Identifier: Apache-2.0
#include "model/inventory.h"

#include "model/overlay.h"

namespace portalbind {
namespace {

constexpr Snapshot::Row none = Snapshot::none;

template <class H>
Snapshot::Row baseRow(const SnapshotPtr &base, H h)
{
    return base ? base->row(h) : none;
}

/// Whether an object exists, given what the overlay says of its kind.
template <class H, class V>
bool exists(const SnapshotPtr &base, const OverlaidObjects<H, V> *overlaid, H h)
{
    if (!overlaid)
        return baseRow(base, h) != none;
    if (overlaid->deleted.contains(h))
        return false;
    return baseRow(base, h) != none || overlaid->values.contains(h);
}

/// \a base without the deleted, with the created ones of \a overlaid that \a isMine accepts, sorted.
template <class H, class V, class IsMine>
QList<H> merged(const SnapshotPtr &base, const QList<H> &items, const OverlaidObjects<H, V> *overlaid, IsMine isMine)
{
    if (!overlaid)
        return items;
    QList<H> all;
    all.reserve(items.size());
    for (const H h : items) {
        if (!overlaid->deleted.contains(h))
            all.append(h);
    }
    for (const auto &[handle, value] : overlaid->values) {
        if (baseRow(base, handle) == none && isMine(value))
            all.append(handle);
    }
    std::sort(all.begin(), all.end());
    return all;
}

template <class H>
QList<H> listed(std::span<const H> run)
{
    return QList<H>(run.begin(), run.end());
}

template <Kind K>
Handle<K> handleOf(Handle<K> h)
{
    return h;
}

template <class RowType>
auto handleOf(const RowType &row)
{
    return row.handle;
}

/// The handles of all rows of a kind, sorted.
template <class Rows>
auto sorted(Rows rows)
{
    QList<std::decay_t<decltype(handleOf(rows.front()))>> all;
    all.reserve(qsizetype(rows.size()));
    for (const auto &row : rows)
        all.append(handleOf(row));
    std::sort(all.begin(), all.end());
    return all;
}

constexpr auto any = [](const auto &) { return true; };

/// The seconds of a run of pairs.
template <class A, class B>
void appendSeconds(QList<B> &to, std::span<const std::pair<A, B>> pairs)
{
    for (const auto &pair : pairs)
        to.append(pair.second);
}

} // namespace

Inventory::Inventory() = default;
Inventory::Inventory(SnapshotPtr base) : m_base(std::move(base)) { }
Inventory::~Inventory() = default;
Inventory::Inventory(const Inventory &) = default;
Inventory::Inventory(Inventory &&) noexcept = default;
Inventory &Inventory::operator=(const Inventory &) = default;
Inventory &Inventory::operator=(Inventory &&) noexcept = default;

#define OVERLAID(kind) (m_overlay ? &m_overlay->kind : nullptr)

bool Inventory::isComplete() const
{
    return m_base && m_base->isComplete();
}

Inventory Inventory::with(std::span<const Operation> operations) const
{
    Overlay overlay = m_overlay ? *m_overlay : Overlay();
    for (const Operation &operation : operations)
        apply(operation, overlay, m_base);
    Inventory result(m_base);
    if (!overlay.isEmpty())
        result.m_overlay = std::make_shared<const Overlay>(std::move(overlay));
    return result;
}

bool Inventory::has(ServerHandle h) const
{
    return baseRow(m_base, h) != none;
}

bool Inventory::has(NodeHandle h) const
{
    return exists(m_base, OVERLAID(nodes), h);
}

bool Inventory::has(EndpointHandle h) const
{
    return exists(m_base, OVERLAID(endpoints), h);
}

bool Inventory::has(PortalHandle h) const
{
    return exists(m_base, OVERLAID(portals), h);
}

bool Inventory::has(GroupHandle h) const
{
    return exists(m_base, OVERLAID(groups), h);
}

Server Inventory::server(ServerHandle h) const
{
    return m_base->server(m_base->row(h));
}

const Capabilities &Inventory::capabilities(ServerHandle h) const
{
    return m_base->server(m_base->row(h)).capabilities;
}

Node Inventory::node(NodeHandle h) const
{
    if (m_overlay) {
        if (const auto at = m_overlay->nodes.values.find(h); at != m_overlay->nodes.values.end())
            return at->second;
    }
    return m_base->node(m_base->row(h));
}

Endpoint Inventory::endpoint(EndpointHandle h) const
{
    if (m_overlay) {
        if (const auto at = m_overlay->endpoints.values.find(h); at != m_overlay->endpoints.values.end())
            return at->second;
    }
    return m_base->endpoint(m_base->row(h));
}

Portal Inventory::portal(PortalHandle h) const
{
    if (m_overlay) {
        if (const auto at = m_overlay->portals.values.find(h); at != m_overlay->portals.values.end())
            return at->second;
    }
    return m_base->portal(m_base->row(h));
}

Group Inventory::group(GroupHandle h) const
{
    if (m_overlay) {
        if (const auto at = m_overlay->groups.values.find(h); at != m_overlay->groups.values.end())
            return at->second;
    }
    return m_base->group(m_base->row(h));
}

LoginSession Inventory::session(SessionHandle h) const
{
    return m_base->session(m_base->row(h));
}

QList<ServerHandle> Inventory::servers() const
{
    if (!m_base)
        return {};
    QList<ServerHandle> all(m_base->servers().begin(), m_base->servers().end());
    std::sort(all.begin(), all.end());
    return all;
}

QList<NodeHandle> Inventory::nodes() const
{
    return merged(m_base, m_base ? sorted(m_base->nodes()) : QList<NodeHandle>(), OVERLAID(nodes), any);
}

QList<EndpointHandle> Inventory::endpoints() const
{
    return merged(m_base, m_base ? sorted(m_base->endpointRows()) : QList<EndpointHandle>(), OVERLAID(endpoints), any);
}

QList<PortalHandle> Inventory::portals() const
{
    return merged(m_base, m_base ? sorted(m_base->portalRows()) : QList<PortalHandle>(), OVERLAID(portals), any);
}

QList<GroupHandle> Inventory::groups() const
{
    return merged(m_base, m_base ? sorted(m_base->groups()) : QList<GroupHandle>(), OVERLAID(groups), any);
}

QList<SessionHandle> Inventory::sessions() const
{
    QList<SessionHandle> all = m_base ? sorted(m_base->sessions()) : QList<SessionHandle>();
    all.removeIf([this](SessionHandle h) {
        const EndpointHandle endpoint = session(h).endpoint;
        return m_base->row(endpoint) != none && !has(endpoint);
    });
    return all;
}

QList<NodeHandle> Inventory::nodesOf(ServerHandle h) const
{
    if (!has(h))
        return {};
    return merged(m_base, listed(m_base->nodesOfServer(m_base->row(h))), OVERLAID(nodes),
                  [h](const Node &node) { return node.server == h; });
}

QList<GroupHandle> Inventory::groupsOf(ServerHandle h) const
{
    if (!has(h))
        return {};
    return merged(m_base, listed(m_base->groupsOfServer(m_base->row(h))), OVERLAID(groups),
                  [h](const Group &group) { return group.server == h; });
}

QList<PortalHandle> Inventory::portalsOf(ServerHandle h) const
{
    if (!has(h))
        return {};
    return merged(m_base, listed(m_base->portalsOfServer(m_base->row(h))), OVERLAID(portals),
                  [h](const Portal &portal) { return portal.server == h; });
}

QList<EndpointHandle> Inventory::looseEndpointsOf(ServerHandle h) const
{
    if (!has(h))
        return {};
    return merged(m_base, listed(m_base->looseEndpointsOfServer(m_base->row(h))), OVERLAID(endpoints),
                  [h](const Endpoint &endpoint) { return endpoint.server == h && endpoint.node.isNull(); });
}

QList<EndpointHandle> Inventory::endpointsOf(NodeHandle h) const
{
    const auto row = baseRow(m_base, h);
    const auto base = row == none ? QList<EndpointHandle>() : listed(m_base->endpointsOf(row));
    return merged(m_base, base, OVERLAID(endpoints), [h](const Endpoint &endpoint) { return endpoint.node == h; });
}

QList<PortalHandle> Inventory::portalsOf(GroupHandle h) const
{
    const auto row = baseRow(m_base, h);
    const auto base = row == none ? std::span<const PortalHandle>() : m_base->portalsOf(row);
    QList<PortalHandle> all(base.begin(), base.end());
    if (m_overlay) {
        if (!m_overlay->left.of(h).empty())
            all.removeIf([&](PortalHandle p) { return m_overlay->left.contains(h, p); });
        appendSeconds(all, m_overlay->joined.of(h));
        std::sort(all.begin(), all.end());
    }
    return all;
}

QList<GroupHandle> Inventory::groupsOf(PortalHandle h) const
{
    const auto row = baseRow(m_base, h);
    const auto base = row == none ? std::span<const GroupHandle>() : m_base->groupsOf(row);
    QList<GroupHandle> all(base.begin(), base.end());
    if (m_overlay) {
        all.removeIf([&](GroupHandle g) { return m_overlay->left.contains(g, h); });
        appendSeconds(all, m_overlay->joined.of(h));
    }
    std::sort(all.begin(), all.end());
    return all;
}

QList<PortalHandle> Inventory::portalsBoundBy(EndpointHandle h) const
{
    const auto row = baseRow(m_base, h);
    const auto base = row == none ? std::span<const PortalHandle>() : m_base->portalsBoundBy(row);
    QList<PortalHandle> all(base.begin(), base.end());
    if (m_overlay) {
        if (!m_overlay->unbound.of(h).empty())
            all.removeIf([&](PortalHandle p) { return m_overlay->unbound.contains(h, p); });
        appendSeconds(all, m_overlay->bound.of(h));
        std::sort(all.begin(), all.end());
    }
    return all;
}

QList<EndpointHandle> Inventory::endpointsBinding(PortalHandle h) const
{
    QList<EndpointHandle> all;
    if (const auto row = baseRow(m_base, h); row != none) {
        for (const Snapshot::Binder &binder : m_base->bindersOf(row)) {
            if (!m_overlay || !m_overlay->unbound.contains(binder.endpoint, h))
                all.append(binder.endpoint);
        }
    }
    if (m_overlay)
        appendSeconds(all, m_overlay->bound.of(h));
    std::sort(all.begin(), all.end());
    return all;
}

QList<SessionHandle> Inventory::sessionsOf(EndpointHandle h) const
{
    const auto row = baseRow(m_base, h);
    if (row == none || !has(h))
        return {};
    const auto all = m_base->sessionsOf(row);
    return {all.begin(), all.end()};
}

QList<SessionHandle> Inventory::sessionsOver(EndpointHandle endpoint, PortalHandle portal, bool orPossibly) const
{
    QList<SessionHandle> over;
    for (const SessionHandle session : sessionsOf(endpoint)) {
        const PortalHandle at = m_base->session(m_base->row(session)).portal;
        if (at == portal || (orPossibly && at.isNull()))
            over.append(session);
    }
    return over;
}

int Inventory::endpointCount(PortalHandle h) const
{
    const auto row = baseRow(m_base, h);
    const int base = row == none ? 0 : int(m_base->bindersOf(row).size());
    return m_overlay ? base + int(m_overlay->bound.of(h).size()) - int(m_overlay->unbound.of(h).size()) : base;
}

int Inventory::portalCount(EndpointHandle h) const
{
    const auto row = baseRow(m_base, h);
    const int base = row == none ? 0 : int(m_base->portalsBoundBy(row).size());
    return m_overlay ? base + int(m_overlay->bound.of(h).size()) - int(m_overlay->unbound.of(h).size()) : base;
}

int Inventory::portalCount(GroupHandle h) const
{
    const auto row = baseRow(m_base, h);
    const int base = row == none ? 0 : int(m_base->portalsOf(row).size());
    return m_overlay ? base + int(m_overlay->joined.of(h).size()) - int(m_overlay->left.of(h).size()) : base;
}

int Inventory::sessionCount(EndpointHandle h) const
{
    const auto row = baseRow(m_base, h);
    return row == none || !has(h) ? 0 : int(m_base->sessionsOf(row).size());
}

bool Inventory::isGrouped(PortalHandle h) const
{
    const auto row = baseRow(m_base, h);
    const size_t base = row == none ? 0 : m_base->groupsOf(row).size();
    return m_overlay ? base + m_overlay->joined.of(h).size() > m_overlay->left.of(h).size() : base > 0;
}

bool Inventory::binds(EndpointHandle endpoint, PortalHandle portal) const
{
    if (m_overlay) {
        if (m_overlay->bound.contains(endpoint, portal))
            return true;
        if (m_overlay->unbound.contains(endpoint, portal))
            return false;
    }
    const auto endpointRow = baseRow(m_base, endpoint);
    const auto portalRow = baseRow(m_base, portal);
    if (endpointRow == none || portalRow == none)
        return false;
    const auto binders = m_base->bindersOf(portalRow);
    return std::binary_search(binders.begin(), binders.end(),
                              Snapshot::Binder{m_base->endpointRow(endpointRow).node, endpoint});
}

bool Inventory::isMember(GroupHandle group, PortalHandle portal) const
{
    if (m_overlay) {
        if (m_overlay->joined.contains(group, portal))
            return true;
        if (m_overlay->left.contains(group, portal))
            return false;
    }
    const auto row = baseRow(m_base, group);
    if (row == none)
        return false;
    const auto members = m_base->portalsOf(row);
    return std::binary_search(members.begin(), members.end(), portal);
}

EndpointHandle Inventory::otherBinder(NodeHandle node, PortalHandle portal, EndpointHandle except,
                                      EndpointHandle alsoExcept) const
{
    if (node.isNull())
        return {};
    if (const auto row = baseRow(m_base, portal); row != none) {
        const auto binders = m_base->bindersOf(row);
        for (auto at = std::lower_bound(binders.begin(), binders.end(), Snapshot::Binder{node, {}});
             at != binders.end() && at->node == node; ++at) {
            if (at->endpoint != except && at->endpoint != alsoExcept
                && !(m_overlay && m_overlay->unbound.contains(at->endpoint, portal)))
                return at->endpoint;
        }
    }
    if (m_overlay) {
        for (const auto &[boundPortal, endpointHandle] : m_overlay->bound.of(portal)) {
            if (endpointHandle != except && endpointHandle != alsoExcept && endpoint(endpointHandle).node == node)
                return endpointHandle;
        }
    }
    return {};
}

Inventory::PortalFacts Inventory::facts(PortalHandle h) const
{
    if (const auto row = baseRow(m_base, h); row != none) {
        const Snapshot::PortalRow &hot = m_base->portalRow(row);
        return {hot.server, hot.kind, hot.addressPresent};
    }
    const Portal &created = m_overlay->portals.values.at(h);
    return {created.server, created.kind, created.addressPresent};
}

bool Inventory::hasServerSwitch(ServerHandle h) const
{
    return m_base->hasServerSwitch(m_base->row(h));
}

std::span<const GroupHandle> Inventory::realGroups(PortalHandle portal, std::vector<GroupHandle> &scratch) const
{
    const auto row = baseRow(m_base, portal);
    const auto base = row == none ? std::span<const GroupHandle>() : m_base->realGroupsOf(row);
    if (!m_overlay || (m_overlay->joined.of(portal).empty() && m_overlay->left.of(portal).empty()))
        return base;
    scratch.assign(base.begin(), base.end());
    std::erase_if(scratch, [&](GroupHandle g) { return m_overlay->left.contains(g, portal); });
    for (const auto &[joined, joinedGroup] : m_overlay->joined.of(portal)) {
        if (!group(joinedGroup).derived)
            scratch.push_back(joinedGroup);
    }
    std::sort(scratch.begin(), scratch.end());
    return scratch;
}

Inventory::Common Inventory::common(EndpointHandle endpoint, std::vector<GroupHandle> &scratch) const
{
    const auto row = baseRow(m_base, endpoint);
    const bool moved = m_overlay
            && !(m_overlay->joined.isEmpty() && m_overlay->left.isEmpty() && m_overlay->bound.of(endpoint).empty()
                 && m_overlay->unbound.of(endpoint).empty());
    if (row == none || moved)
        return commonWithout(endpoint, {}, scratch);
    return {!m_base->portalsBoundBy(row).empty(), m_base->endpointRow(row).anyGrouped, m_base->commonGroupsOf(row)};
}

Inventory::Common Inventory::commonWithout(EndpointHandle endpoint, PortalHandle without,
                                           std::vector<GroupHandle> &scratch) const
{
    Common result;
    std::vector<GroupHandle> own;
    scratch.clear();
    for (const PortalHandle portal : portalsBoundBy(endpoint)) {
        if (portal == without)
            continue;
        const auto groups = realGroups(portal, own);
        result.anyGrouped = result.anyGrouped || !groups.empty();
        if (result.anyBound)
            keepCommon(scratch, groups);
        else
            scratch.assign(groups.begin(), groups.end());
        result.anyBound = true;
        if (scratch.empty() && result.anyGrouped)
            break;
    }
    result.groups = scratch;
    return result;
}

Inventory::Pending Inventory::pending(const Binding &binding) const
{
    if (m_overlay && m_overlay->bound.contains(binding.endpoint, binding.portal))
        return Pending::Added;
    if (m_overlay && m_overlay->unbound.contains(binding.endpoint, binding.portal))
        return Pending::Removed;
    return Pending::No;
}

Inventory::Pending Inventory::pending(const Membership &membership) const
{
    if (m_overlay && m_overlay->joined.contains(membership.group, membership.portal))
        return Pending::Added;
    if (m_overlay && m_overlay->left.contains(membership.group, membership.portal))
        return Pending::Removed;
    return Pending::No;
}

bool Inventory::isEnabledChanged(EndpointHandle h) const
{
    const auto row = baseRow(m_base, h);
    return row != none && has(h) && endpoint(h).enabled != m_base->endpointRow(row).enabled;
}

bool Inventory::Net::isEmpty() const
{
    return bound.empty() && unbound.empty() && joined.empty() && left.empty() && createdNodes.empty()
            && deletedNodes.empty() && createdEndpoints.empty() && deletedEndpoints.empty() && enabledChanged.empty()
            && createdPortals.empty() && deletedPortals.empty() && createdGroups.empty() && deletedGroups.empty()
            && renamedGroups.empty();
}

Inventory::Net Inventory::net() const
{
    Net net;
    if (!m_overlay)
        return net;
    for (const auto &[endpoint, portal] : m_overlay->bound.items())
        net.bound.push_back({endpoint, portal});
    for (const auto &[endpoint, portal] : m_overlay->unbound.items())
        net.unbound.push_back({endpoint, portal});
    for (const auto &[group, portal] : m_overlay->joined.items())
        net.joined.push_back({group, portal});
    for (const auto &[group, portal] : m_overlay->left.items())
        net.left.push_back({group, portal});

    for (const auto &[handle, value] : m_overlay->nodes.values)
        net.createdNodes.push_back(handle);
    for (const auto &[handle, value] : m_overlay->portals.values)
        net.createdPortals.push_back(handle);
    for (const auto &[handle, value] : m_overlay->endpoints.values)
        (isStaged(handle) ? net.createdEndpoints : net.enabledChanged).push_back(handle);
    for (const auto &[handle, value] : m_overlay->groups.values)
        (isStaged(handle) ? net.createdGroups : net.renamedGroups).push_back(handle);
    net.deletedNodes = m_overlay->nodes.deleted.items();
    net.deletedEndpoints = m_overlay->endpoints.deleted.items();
    net.deletedPortals = m_overlay->portals.deleted.items();
    net.deletedGroups = m_overlay->groups.deleted.items();
    return net;
}

#undef OVERLAID

} // namespace portalbind
