// SPDX-License-Identifier: Apache-2.0
#include "model/search.h"

#include "model/searchwords.h"
#include "model/treerow.h"

namespace portalbind {

namespace {

/// The rows that pending changes, and those in conflict, are about.
class PendingRows
{
public:
    explicit PendingRows(const TreeInventory &inventory)
        : m_inventory(inventory)
    {
    }
    void add(const Inventory::Net &net)
    {
        for (const auto *list : {&net.bound, &net.unbound})
            for (const Binding &b : *list)
                add(b);
        for (const auto *list : {&net.joined, &net.left})
            for (const Membership &m : *list)
                add(m.portal);
        for (const auto *list : {&net.createdPortals, &net.deletedPortals})
            for (const PortalHandle h : *list)
                add(h);
        for (const auto *list : {&net.createdGroups, &net.deletedGroups, &net.renamedGroups})
            for (const GroupHandle h : *list)
                add(h, RowKind::Group);
        for (const auto *list : {&net.createdNodes, &net.deletedNodes})
            for (const NodeHandle h : *list)
                add(h, RowKind::Node);
        for (const auto *list : {&net.createdEndpoints, &net.deletedEndpoints, &net.enabledChanged})
            for (const EndpointHandle h : *list)
                add(h, RowKind::Endpoint);
    }
    void add(const Conflicts &conflicts)
    {
        for (const Binding &b : conflicts.bindings())
            add(b);
        for (const Membership &m : conflicts.memberships())
            add(m.portal);
        for (const TreeHolder &o : conflicts.objects()) {
            if (o.kind == RowKind::Portal)
                add(PortalHandle{o.handle});
            else if (o.kind == RowKind::Group)
                add(GroupHandle{o.handle}, o.kind);
            else if (o.kind == RowKind::Node)
                add(NodeHandle{o.handle}, o.kind);
            else
                add(EndpointHandle{o.handle}, o.kind);
        }
    }
    [[nodiscard]] const std::set<std::pair<TreeHolder, TreeMember>> &all() const { return m_rows; }

private:
    void insert(const TreeHolder &holder, RowKind kind, quint32 handle) { m_rows.insert({holder, {handle, 0, kind}}); }
    template <class H>
    void add(H handle, RowKind kind)
    {
        if (m_inventory.has(handle))
            insert(m_inventory.holderOf(handle), kind, handle.value);
    }
    void add(PortalHandle h)
    {
        if (!m_inventory.has(h))
            return;
        for (const GroupHandle g : m_inventory.groupsOf(h))
            insert({RowKind::Group, g.value}, RowKind::Portal, h.value);
        if (m_inventory.looseInBase(h) || m_inventory.looseNow(h))
            insert({RowKind::LoosePortals, m_inventory.serverOf(h).value}, RowKind::Portal, h.value);
    }
    void add(const Binding &b)
    {
        if (m_inventory.bindsNow(b) || m_inventory.bindsInBase(b))
            insert({RowKind::Endpoint, b.endpoint.value}, RowKind::Binding, b.portal.value);
        add(b.portal);
    }

    const TreeInventory &m_inventory;
    std::set<std::pair<TreeHolder, TreeMember>> m_rows;
};

} // namespace

/// One search at work.
class Searcher
{
public:
    Searcher(const SearchQuery &query, const TreeInventory &inventory, const Conflicts &conflicts,
             TreeSections sections, quint64 limit, const std::stop_token &stop)
        : m_query(query)
        , m_inventory(inventory)
        , m_conflicts(conflicts)
        , m_limit(limit)
        , m_stop(stop)
        , m_groups(sections != TreeSections::Targets)
        , m_targets(sections != TreeSections::PortalGroups)
        , m_words(query.text)
    {
    }

    SearchHits run()
    {
        if (m_query.changed || m_query.conflict)
            searchPending();
        else
            searchAll();
        return std::move(m_hits);
    }

private:
    // Chips about pending changes leave few rows: those are judged one by one.
    void searchPending();
    void pendingRow(const TreeHolder &holder, RowKind kind, quint32 handle);

    void searchAll();
    void searchObjects(ServerHandle server);
    void searchPortals();
    void searchPortal(PortalHandle h);
    void searchStaged();

    [[nodiscard]] bool isUnbound(RowKind kind, quint32 handle) const;
    [[nodiscard]] bool textMatches(const TreeRow &row, RowKind kind, quint32 handle) const;

    void hitObject(const TreeHolder &object);
    void hitPortal(const TreeHolder &holder, PortalHandle portal);
    void enter(const TreeHolder &object); ///< marks it and all above it as on the way
    bool stopped() { return (++m_checks & 255) == 0 && m_stop.stop_requested(); }

    const SearchQuery &m_query;
    const TreeInventory &m_inventory;
    const Conflicts &m_conflicts;
    quint64 m_limit;
    const std::stop_token &m_stop;
    bool m_groups;
    bool m_targets;
    SearchWords m_words;
    SearchHits m_hits;
    quint32 m_checks = 0;
};

void Searcher::enter(const TreeHolder &object)
{
    const quint64 number = SearchHits::numberOf(object);
    if (m_hits.m_within.contains(number))
        return;
    m_hits.m_within.insert(number);
    switch (object.kind) {
    case RowKind::Group:
        if (m_inventory.has(GroupHandle{object.handle}))
            enter(m_inventory.holderOf(GroupHandle{object.handle}));
        break;
    case RowKind::Node:
        if (m_inventory.has(NodeHandle{object.handle}))
            enter(m_inventory.holderOf(NodeHandle{object.handle}));
        break;
    case RowKind::Endpoint:
        if (m_inventory.has(EndpointHandle{object.handle}))
            enter(m_inventory.holderOf(EndpointHandle{object.handle}));
        break;
    case RowKind::PortalGroups:
    case RowKind::LoosePortals:
    case RowKind::Targets:
    case RowKind::Initiators:
        enter({RowKind::Server, object.handle});
        break;
    default:
        break;
    }
}

void Searcher::hitObject(const TreeHolder &object)
{
    ++m_hits.m_total;
    if (m_hits.m_shown >= m_limit)
        return;
    ++m_hits.m_shown;
    enter(object);
    m_hits.m_hits.insert(SearchHits::numberOf(object));
}

void Searcher::hitPortal(const TreeHolder &holder, PortalHandle portal)
{
    ++m_hits.m_total;
    if (m_hits.m_shown >= m_limit)
        return;
    ++m_hits.m_shown;
    enter(holder);
    const quint64 pair = (quint64(holder.handle) << 32) | portal.value;
    switch (holder.kind) {
    case RowKind::Group:
        m_hits.m_grouped.insert(pair);
        break;
    case RowKind::Endpoint:
        m_hits.m_bound.insert(pair);
        break;
    default:
        m_hits.m_loose.insert(portal.value);
    }
}

bool Searcher::isUnbound(RowKind kind, quint32 handle) const
{
    switch (kind) {
    case RowKind::Portal:
        return m_inventory.endpointCount(PortalHandle{handle}) == 0;
    case RowKind::Endpoint:
        return m_inventory.portalCount(EndpointHandle{handle}) == 0;
    default:
        return false;
    }
}

bool Searcher::textMatches(const TreeRow &row, RowKind kind, quint32 handle) const
{
    if (m_words.isEmpty())
        return true;
    QStringList fields{row.name(), row.state()};
    switch (kind) {
    case RowKind::Server:
        fields += row.address();
        break;
    case RowKind::Node:
        fields += m_inventory.node(NodeHandle{handle}).alias;
        break;
    case RowKind::Endpoint:
        fields += row.tag();
        fields += QStringLiteral("0x%1").arg(m_inventory.endpoint(EndpointHandle{handle}).tag, 4, 16, QLatin1Char('0'));
        // The whole name has the target's in it: only who types a whole name looks for that.
        if (m_query.text.contains(QLatin1Char(',')))
            fields += row.identity();
        break;
    default:
        break;
    }
    return m_words.matchAll(fields);
}

void Searcher::searchAll()
{
    for (const ServerHandle h : m_inventory.servers()) {
        if (m_stop.stop_requested())
            return;
        searchObjects(h);
    }
    searchPortals();
}

void Searcher::searchObjects(ServerHandle server)
{
    const auto judge = [this](const TreeHolder &holder, RowKind kind, quint32 handle) {
        if (m_query.unbound && !isUnbound(kind, handle))
            return;
        if (textMatches(TreeRow(m_inventory, holder, kind, handle), kind, handle))
            hitObject({kind, handle});
    };
    judge({}, RowKind::Server, server.value);
    if (m_groups)
        for (const GroupHandle h : m_inventory.groupsOf(server))
            judge({RowKind::PortalGroups, server.value}, RowKind::Group, h.value);
    if (!m_targets)
        return;
    for (const EndpointHandle h : m_inventory.looseEndpointsOf(server))
        judge({RowKind::Targets, server.value}, RowKind::Endpoint, h.value);
    for (const NodeHandle n : m_inventory.nodesOf(server)) {
        if (stopped())
            return;
        judge(m_inventory.holderOf(n), RowKind::Node, n.value);
        for (const EndpointHandle h : m_inventory.endpointsOf(n)) {
            if (stopped())
                return;
            judge({RowKind::Node, n.value}, RowKind::Endpoint, h.value);
        }
    }
}

void Searcher::searchPortals()
{
    const Inventory &now = m_inventory.inventory();
    if (!now.base())
        return;
    for (const Snapshot::PortalRow &row : now.base()->portalRows()) {
        if (stopped())
            return;
        searchPortal(row.handle);
    }
    if (now.hasPending())
        searchStaged();
}

void Searcher::searchPortal(PortalHandle h)
{
    const PortalState state = portalState(m_inventory, h);
    const bool free = m_inventory.endpointCount(h) == 0;
    if ((m_query.unbound && !free) || !m_words.matchPortal(m_inventory.address(h), state))
        return;
    if (m_groups) {
        const std::vector<GroupHandle> groups = m_inventory.groupsOf(h);
        for (const GroupHandle g : groups)
            hitPortal({RowKind::Group, g.value}, h);
        if (m_inventory.looseInBase(h) || m_inventory.looseNow(h))
            hitPortal({RowKind::LoosePortals, m_inventory.serverOf(h).value}, h);
    }
    if (!m_targets || m_query.unbound)
        return;
    if (m_hits.m_shown >= m_limit && !m_inventory.inventory().hasPending()) {
        m_hits.m_total += quint64(m_inventory.endpointCount(h)); // only counted from here on
        return;
    }
    for (const EndpointHandle e : m_inventory.endpointsBinding(h))
        hitPortal({RowKind::Endpoint, e.value}, h);
}

/// Portals that do not exist yet, and rows whose pending state matches where the portal's own does not.
void Searcher::searchStaged()
{
    const Inventory::Net net = m_inventory.inventory().net();
    for (const PortalHandle h : net.createdPortals)
        if (!m_inventory.inBase(h))
            searchPortal(h);
    if (m_words.isEmpty())
        return;
    const auto judge = [this](const TreeHolder &holder, RowKind kind, PortalHandle h) {
        if (!m_inventory.has(h) || m_words.matchPortal(m_inventory.address(h), portalState(m_inventory, h)))
            return; // found above
        if (m_query.unbound && !isUnbound(kind, h.value))
            return;
        const TreeRow row(m_inventory, holder, kind, h.value);
        if (row.exists() && textMatches(row, kind, h.value))
            hitPortal(holder, h);
    };
    for (const auto *list : {&net.bound, &net.unbound})
        for (const Binding &b : *list)
            if (m_targets)
                judge({RowKind::Endpoint, b.endpoint.value}, RowKind::Binding, b.portal);
    if (!m_groups)
        return;
    std::set<PortalHandle> moved;
    for (const auto *list : {&net.joined, &net.left})
        for (const Membership &m : *list) {
            judge({RowKind::Group, m.group.value}, RowKind::Portal, m.portal);
            moved.insert(m.portal);
        }
    for (const PortalHandle h : moved)
        if (m_inventory.looseInBase(h) || m_inventory.looseNow(h))
            judge({RowKind::LoosePortals, m_inventory.serverOf(h).value}, RowKind::Portal, h);
}

void Searcher::searchPending()
{
    PendingRows rows(m_inventory);
    rows.add(m_inventory.inventory().net());
    rows.add(m_conflicts);
    for (const auto &[holder, member] : rows.all()) {
        if (stopped())
            return;
        pendingRow(holder, member.kind, member.handle);
    }
}

void Searcher::pendingRow(const TreeHolder &holder, RowKind kind, quint32 handle)
{
    const bool isPortal = kind == RowKind::Portal || kind == RowKind::Group;
    if (isPortal ? !m_groups : !m_targets)
        return;
    const TreeRow row(m_inventory, holder, kind, handle);
    if (m_query.changed && row.mark() == TreeMark::None)
        return;
    if (m_query.conflict && !m_conflicts.contains(holder, kind, handle))
        return;
    if (m_query.unbound && !isUnbound(kind, handle))
        return;
    if (!textMatches(row, kind, handle))
        return;
    if (kind == RowKind::Portal || kind == RowKind::Binding)
        hitPortal(holder, PortalHandle{handle});
    else
        hitObject({kind, handle});
}

SearchHits search(const SearchQuery &query, const TreeInventory &inventory, const Conflicts &conflicts,
                  TreeSections sections, quint64 limit, const std::stop_token &stop)
{
    return Searcher(query, inventory, conflicts, sections, limit, stop).run();
}

} // namespace portalbind
