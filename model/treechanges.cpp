// SPDX-License-Identifier: Apache-2.0
#include "model/treechanges.h"

#include <algorithm>

namespace portalbind {

namespace {

class Toucher
{
public:
    Toucher(const TreeInventory &before, const TreeInventory &after, quint16 source,
            const std::function<bool(const TreeHolder &)> &isOpen)
        : m_before(before)
        , m_after(after)
        , m_source(source)
        , m_isOpen(isOpen)
    {
    }

    void touch(const InventoryDiff &diff)
    {
        eachOf(diff.servers, [this](ServerHandle h) { server(h); });
        eachOf(diff.groups, [this](GroupHandle h) { group(h); });
        eachOf(diff.nodes, [this](NodeHandle h) { node(h); });
        eachOf(diff.endpoints, [this](EndpointHandle h) { endpoint(h); });
        eachOf(diff.portals, [this](PortalHandle h) { portal(h); });
        eachOf(diff.sessions, [this](SessionHandle h) { session(h); });
        bindings(diff);
        for (const auto *list : {&diff.joined, &diff.left, &diff.membershipMarks})
            for (const Membership &m : *list)
                membership(m);
        // Once an attribute has been changed as it was to be, its value is the same as before and only the mark goes.
        const Inventory::Net before = m_before.inventory().net();
        const Inventory::Net after = m_after.inventory().net();
        eachInOne(before.enabledChanged, after.enabledChanged, [this](EndpointHandle h) { endpointRow(h); });
        eachInOne(before.renamedGroups, after.renamedGroups, [this](GroupHandle h) { groupRow(h); });
    }

    TouchedRows rows;

private:
    template <class H, class Do>
    static void eachOf(const InventoryDiff::Objects<H> &objects, const Do &act)
    {
        for (const auto *list : {&objects.added, &objects.removed, &objects.changed})
            for (const H h : *list)
                act(h);
    }
    template <class H, class Do>
    static void eachInOne(const std::vector<H> &a, const std::vector<H> &b, const Do &act)
    {
        std::vector<H> differing;
        std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(differing));
        for (const H h : differing)
            act(h);
    }
    template <class H, class Do>
    void inEach(H h, const Do &act) const
    {
        for (const TreeInventory *inventory : {&m_before, &m_after})
            if (inventory->has(h))
                act(*inventory);
    }

    void add(const TreeHolder &holder, RowKind kind, quint32 handle) { rows[holder].insert({handle, m_source, kind}); }
    void section(ServerHandle h, RowKind kind) { add({RowKind::Server, h.value}, kind, h.value); }

    void server(ServerHandle h)
    {
        add({RowKind::None, 0}, RowKind::Server, h.value);
        for (const RowKind kind : {RowKind::PortalGroups, RowKind::LoosePortals, RowKind::Targets, RowKind::Initiators})
            section(h, kind);
    }
    void group(GroupHandle h)
    {
        inEach(h, [&](const TreeInventory &inventory) {
            const TreeHolder holder = inventory.holderOf(h);
            add(holder, RowKind::Group, h.value);
            if (m_before.has(h) && m_after.has(h) && m_before.holderOf(h) == m_after.holderOf(h))
                return;
            section(ServerHandle{holder.handle}, RowKind::PortalGroups);
            section(ServerHandle{holder.handle}, RowKind::LoosePortals); // its name tells whether there are groups
        });
    }
    void node(NodeHandle h)
    {
        const bool stays = m_before.has(h) && m_after.has(h);
        const bool moves = !stays || m_before.holderOf(h) != m_after.holderOf(h);
        inEach(h, [&](const TreeInventory &inventory) {
            const TreeHolder holder = inventory.holderOf(h);
            add(holder, RowKind::Node, h.value);
            if (!moves)
                return;
            const ServerHandle owner{holder.handle};
            section(owner, holder.kind);
            for (const EndpointHandle e : inventory.looseEndpointsOf(owner)) // "All targets on this server (n)"
                if (inventory.endpoint(e).scope == BindingScope::Server)
                    add({RowKind::Targets, owner.value}, RowKind::Endpoint, e.value);
            for (const EndpointHandle e : stays ? std::vector<EndpointHandle>() : inventory.endpointsOf(h))
                endpointRow(e); // an orphan while its node is missing
        });
    }
    void endpointRow(EndpointHandle h)
    {
        inEach(h, [&](const TreeInventory &inventory) { add(inventory.holderOf(h), RowKind::Endpoint, h.value); });
    }
    static bool isSwitch(const TreeInventory &inventory, EndpointHandle h)
    {
        return inventory.has(h) && inventory.endpoint(h).scope == BindingScope::Server;
    }
    void endpoint(EndpointHandle h)
    {
        endpointRow(h);
        if (isSwitch(m_before, h) != isSwitch(m_after, h)) // told in the row of the server
            inEach(h, [&](const TreeInventory &inventory) {
                add({RowKind::None, 0}, RowKind::Server, inventory.endpoint(h).server.value);
            });
        const bool stays = m_before.has(h) && m_after.has(h);
        const bool counts = !stays || m_before.holderOf(h) != m_after.holderOf(h)
                || m_before.inventory().has(h) != m_after.inventory().has(h);
        if (!counts)
            return;
        inEach(h, [&](const TreeInventory &inventory) {
            const TreeHolder holder = inventory.holderOf(h);
            if (holder.kind == RowKind::Targets)
                section(ServerHandle{holder.handle}, RowKind::Targets);
            else if (const NodeHandle n{holder.handle}; inventory.has(n))
                add(inventory.holderOf(n), RowKind::Node, n.value);
        });
    }
    bool isLoose(const TreeInventory &inventory, PortalHandle h) const
    {
        return inventory.has(h) && (inventory.looseInBase(h) || inventory.looseNow(h));
    }
    void loosePortal(PortalHandle h)
    {
        const bool counts = isLoose(m_before, h) != isLoose(m_after, h)
                || (m_before.has(h) && m_after.has(h) && m_before.serverOf(h) != m_after.serverOf(h));
        inEach(h, [&](const TreeInventory &inventory) {
            const ServerHandle owner = inventory.serverOf(h);
            if (counts)
                section(owner, RowKind::LoosePortals);
            if (isLoose(inventory, h))
                add({RowKind::LoosePortals, owner.value}, RowKind::Portal, h.value);
        });
    }
    /// The rows of a portal itself, whose texts tell how many endpoints it serves.
    void portalRows(PortalHandle h)
    {
        loosePortal(h);
        inEach(h, [&](const TreeInventory &inventory) {
            for (const GroupHandle g : inventory.groupsOf(h))
                if (m_isOpen({RowKind::Group, g.value}))
                    add({RowKind::Group, g.value}, RowKind::Portal, h.value);
        });
    }
    void portal(PortalHandle h)
    {
        portalRows(h);
        if (!m_before.has(h) || !m_after.has(h))
            return; // its bindings come and go with it
        inEach(h, [&](const TreeInventory &inventory) {
            for (const EndpointHandle e : inventory.endpointsBinding(h))
                if (m_isOpen({RowKind::Endpoint, e.value}))
                    add({RowKind::Endpoint, e.value}, RowKind::Binding, h.value);
        });
    }
    /// The row of a group: its count of portals.
    void groupRow(GroupHandle h)
    {
        inEach(h, [&](const TreeInventory &inventory) { add(inventory.holderOf(h), RowKind::Group, h.value); });
    }
    /// A first read brings hundreds of thousands: what they have in common is looked at once.
    void bindings(const InventoryDiff &diff)
    {
        std::vector<PortalHandle> portals;
        std::vector<bool> seen; // by handle value
        EndpointHandle endpoint;
        bool open = false;
        for (const auto *list : {&diff.bound, &diff.unbound, &diff.bindingMarks}) {
            for (const Binding &b : *list) {
                if (b.endpoint != endpoint) { // they are sorted by it
                    endpoint = b.endpoint;
                    open = m_isOpen({RowKind::Endpoint, endpoint.value});
                    endpointRow(endpoint);
                }
                if (open)
                    add({RowKind::Endpoint, endpoint.value}, RowKind::Binding, b.portal.value);
                if (seen.size() <= b.portal.value)
                    seen.resize(b.portal.value + 1);
                if (!seen[b.portal.value])
                    portals.push_back(b.portal);
                seen[b.portal.value] = true;
            }
        }
        for (const PortalHandle h : portals)
            portalRows(h);
    }
    void membership(const Membership &m)
    {
        if (m_isOpen({RowKind::Group, m.group.value}))
            add({RowKind::Group, m.group.value}, RowKind::Portal, m.portal.value);
        groupRow(m.group);
        loosePortal(m.portal);
    }
    void session(SessionHandle h)
    {
        for (const TreeInventory *inventory : {&m_before, &m_after}) {
            const Snapshot *base = inventory->inventory().base().get();
            if (!base || base->row(h) == Snapshot::none)
                continue;
            const LoginSession value = base->session(base->row(h));
            endpointRow(value.endpoint);
            if (value.portal && m_isOpen({RowKind::Endpoint, value.endpoint.value}))
                add({RowKind::Endpoint, value.endpoint.value}, RowKind::Binding, value.portal.value);
        }
    }

    const TreeInventory &m_before;
    const TreeInventory &m_after;
    quint16 m_source;
    const std::function<bool(const TreeHolder &)> &m_isOpen;
};

} // namespace

TouchedRows touchedRows(const InventoryDiff &diff, const TreeInventory &before, const TreeInventory &after,
                        quint16 source, const std::function<bool(const TreeHolder &)> &isOpen)
{
    Toucher toucher(before, after, source, isOpen);
    toucher.touch(diff);
    return std::move(toucher.rows);
}

void carryCounts(const TreeInventory &before, TreeInventory &after, const TouchedRows &touched)
{
    after.inheritCounts(before);
    for (const auto &[holder, members] : touched) {
        const bool counted = holder.kind == RowKind::PortalGroups || holder.kind == RowKind::LoosePortals
                || holder.kind == RowKind::Targets || holder.kind == RowKind::Initiators;
        if (!counted)
            continue;
        for (const TreeMember &member : members)
            after.adjustCount(ServerHandle{holder.handle}, member, holder.kind,
                              int(after.holds(holder, member)) - int(before.holds(holder, member)));
    }
    for (const auto &[holder, members] : touched) {
        if (holder.kind != RowKind::None)
            continue;
        for (const TreeMember &member : members) // a server that comes or goes takes everything with it
            if (const ServerHandle h{member.handle}; before.has(h) != after.has(h))
                after.forgetCounts(h);
    }
}

} // namespace portalbind
