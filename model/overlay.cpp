// SPDX-License-Identifier: Apache-2.0
#include "model/overlay.h"

#include <algorithm>
#include <vector>

namespace portalbind {
namespace {

constexpr Snapshot::Row none = Snapshot::none;

/// Applies operations to an overlay. Attributes live in `values` only while they differ from the base.
class Editor
{
public:
    Editor(Overlay &overlay, const SnapshotPtr &base)
        : m_overlay(overlay)
        , m_base(base)
    {
    }

    void operator()(const Bind &o) { bind(o.endpoint, o.portal); }
    void operator()(const Unbind &o) { unbind(o.endpoint, o.portal); }
    void operator()(const Move &o)
    {
        const bool bound = m_overlay.bound.contains(o.from, o.portal)
                || (isBaseBound(o.from, o.portal) && !m_overlay.unbound.contains(o.from, o.portal));
        if (bound && has(m_overlay.endpoints, o.to)) {
            unbind(o.from, o.portal);
            bind(o.to, o.portal);
        }
    }
    void operator()(const CreatePortal &o) { create(m_overlay.portals, o.portal, o.value, &Snapshot::portal); }
    void operator()(const CreateGroup &o) { create(m_overlay.groups, o.group, o.value, &Snapshot::group); }
    void operator()(const CreateNode &o) { create(m_overlay.nodes, o.node, o.value, &Snapshot::node); }
    void operator()(const CreateEndpoint &o)
    {
        create(m_overlay.endpoints, o.endpoint, o.value, &Snapshot::endpoint);
        for (const PortalHandle portal : o.portals)
            bind(o.endpoint, portal);
    }
    void operator()(const RenameGroup &o)
    {
        if (!has(m_overlay.groups, o.group))
            return;
        Group group = value(m_overlay.groups, o.group, &Snapshot::group);
        group.name = o.name;
        change(m_overlay.groups, o.group, group, &Snapshot::group);
    }
    void operator()(const SetEndpointEnabled &o)
    {
        if (!has(m_overlay.endpoints, o.endpoint))
            return;
        Endpoint endpoint = value(m_overlay.endpoints, o.endpoint, &Snapshot::endpoint);
        endpoint.enabled = o.enabled;
        change(m_overlay.endpoints, o.endpoint, endpoint, &Snapshot::endpoint);
    }
    void operator()(const JoinGroup &o)
    {
        if (has(m_overlay.groups, o.group) && has(m_overlay.portals, o.portal))
            relate(m_overlay.joined, m_overlay.left, o.group, o.portal, isBaseMember(o.group, o.portal));
    }
    void operator()(const LeaveGroup &o)
    {
        unrelate(m_overlay.joined, m_overlay.left, o.group, o.portal, isBaseMember(o.group, o.portal));
    }
    void operator()(const DeletePortal &o)
    {
        if (!has(m_overlay.portals, o.portal))
            return;
        for (const auto &[portal, endpoint] : copy(m_overlay.bound.of(o.portal)))
            unbind(endpoint, portal);
        for (const auto &[portal, group] : copy(m_overlay.joined.of(o.portal)))
            (*this)(LeaveGroup{group, portal});
        if (const auto row = baseRow(o.portal); row != none) {
            for (const Snapshot::Binder &binder : m_base->bindersOf(row))
                unbind(binder.endpoint, o.portal);
            for (const GroupHandle group : m_base->groupsOf(row))
                (*this)(LeaveGroup{group, o.portal});
        }
        remove(m_overlay.portals, o.portal);
    }
    void operator()(const DeleteGroup &o)
    {
        if (!has(m_overlay.groups, o.group))
            return;
        for (const auto &[group, portal] : copy(m_overlay.joined.of(o.group)))
            (*this)(LeaveGroup{group, portal});
        if (const auto row = baseRow(o.group); row != none) {
            for (const PortalHandle portal : m_base->portalsOf(row))
                (*this)(LeaveGroup{o.group, portal});
        }
        remove(m_overlay.groups, o.group);
    }
    void operator()(const DeleteEndpoint &o)
    {
        if (!has(m_overlay.endpoints, o.endpoint))
            return;
        for (const auto &[endpoint, portal] : copy(m_overlay.bound.of(o.endpoint)))
            unbind(endpoint, portal);
        if (const auto row = baseRow(o.endpoint); row != none) {
            for (const PortalHandle portal : m_base->portalsBoundBy(row))
                unbind(o.endpoint, portal);
        }
        remove(m_overlay.endpoints, o.endpoint);
    }
    void operator()(const DeleteNode &o)
    {
        if (!has(m_overlay.nodes, o.node))
            return;
        std::vector<EndpointHandle> endpoints;
        for (const auto &[handle, value] : m_overlay.endpoints.values) {
            if (value.node == o.node && baseRow(handle) == none)
                endpoints.push_back(handle);
        }
        if (const auto row = baseRow(o.node); row != none) {
            const auto base = m_base->endpointsOf(row);
            endpoints.insert(endpoints.end(), base.begin(), base.end());
        }
        for (const EndpointHandle endpoint : endpoints)
            (*this)(DeleteEndpoint{endpoint});
        remove(m_overlay.nodes, o.node);
    }

    void operator()(const SaveForReboot &) { }

private:
    template <class H>
    Snapshot::Row baseRow(H h) const
    {
        return m_base ? m_base->row(h) : none;
    }
    template <class Range>
    static std::vector<typename Range::Iterator::value_type> copy(const Range &items)
    {
        return {items.begin(), items.end()};
    }
    template <class H, class V>
    bool has(const OverlaidObjects<H, V> &objects, H h) const
    {
        return !objects.deleted.contains(h) && (baseRow(h) != none || objects.values.contains(h));
    }
    template <class H, class V>
    V value(const OverlaidObjects<H, V> &objects, H h, V (Snapshot::*read)(Snapshot::Row) const) const
    {
        const auto at = objects.values.find(h);
        return at != objects.values.end() ? at->second : ((*m_base).*read)(m_base->row(h));
    }
    template <class H, class V>
    void change(OverlaidObjects<H, V> &objects, H h, const V &to, V (Snapshot::*read)(Snapshot::Row) const)
    {
        if (const auto row = baseRow(h); row != none && ((*m_base).*read)(row) == to)
            objects.values.erase(h);
        else
            objects.values[h] = to;
    }
    template <class H, class V>
    void create(OverlaidObjects<H, V> &objects, H h, const V &value, V (Snapshot::*read)(Snapshot::Row) const)
    {
        objects.deleted.erase(h);
        change(objects, h, value, read);
    }
    template <class H, class V>
    void remove(OverlaidObjects<H, V> &objects, H h)
    {
        objects.values.erase(h);
        if (baseRow(h) != none)
            objects.deleted.insert(h);
    }

    bool isBaseBound(EndpointHandle endpoint, PortalHandle portal) const
    {
        const auto row = baseRow(endpoint);
        if (row == none || baseRow(portal) == none)
            return false;
        const auto binders = m_base->bindersOf(m_base->row(portal));
        return std::binary_search(binders.begin(), binders.end(),
                                  Snapshot::Binder{m_base->endpointRow(row).node, endpoint});
    }
    bool isBaseMember(GroupHandle group, PortalHandle portal) const
    {
        const auto row = baseRow(group);
        if (row == none)
            return false;
        const auto members = m_base->portalsOf(row);
        return std::binary_search(members.begin(), members.end(), portal);
    }
    void bind(EndpointHandle endpoint, PortalHandle portal)
    {
        if (has(m_overlay.endpoints, endpoint) && has(m_overlay.portals, portal))
            relate(m_overlay.bound, m_overlay.unbound, endpoint, portal, isBaseBound(endpoint, portal));
    }
    void unbind(EndpointHandle endpoint, PortalHandle portal)
    {
        unrelate(m_overlay.bound, m_overlay.unbound, endpoint, portal, isBaseBound(endpoint, portal));
    }
    template <class A, class B>
    static void relate(PairSet<A, B> &added, PairSet<A, B> &removed, A a, B b, bool inBase)
    {
        if (inBase)
            removed.erase(a, b);
        else
            added.insert(a, b);
    }
    template <class A, class B>
    static void unrelate(PairSet<A, B> &added, PairSet<A, B> &removed, A a, B b, bool inBase)
    {
        if (inBase)
            removed.insert(a, b);
        else
            added.erase(a, b);
    }

    Overlay &m_overlay;
    const SnapshotPtr &m_base;
};

} // namespace

void apply(const Operation &operation, Overlay &overlay, const SnapshotPtr &base)
{
    std::visit(Editor(overlay, base), operation);
}

} // namespace portalbind
