// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/operation.h"
#include "model/snapshot.h"

#include <algorithm>
#include <map>
#include <vector>

namespace portalbind {

/// A small sorted set that is cheap to copy.
template <class T>
class SortedSet
{
public:
    bool insert(const T &item)
    {
        const auto at = std::lower_bound(m_items.begin(), m_items.end(), item);
        if (at != m_items.end() && *at == item)
            return false;
        m_items.insert(at, item);
        return true;
    }
    bool erase(const T &item)
    {
        const auto at = std::lower_bound(m_items.begin(), m_items.end(), item);
        if (at == m_items.end() || *at != item)
            return false;
        m_items.erase(at);
        return true;
    }
    [[nodiscard]] bool contains(const T &item) const
    {
        return std::binary_search(m_items.begin(), m_items.end(), item);
    }
    [[nodiscard]] bool isEmpty() const { return m_items.empty(); }
    [[nodiscard]] const std::vector<T> &items() const { return m_items; }
    /// The items from \a first up to, not including, \a end.
    [[nodiscard]] std::span<const T> between(const T &first, const T &end) const
    {
        return {std::lower_bound(m_items.begin(), m_items.end(), first),
                std::lower_bound(m_items.begin(), m_items.end(), end)};
    }

private:
    std::vector<T> m_items;
};

/// A relation between two kinds of objects, kept in both orders.
template <class A, class B>
class PairSet
{
public:
    bool insert(A a, B b) { return m_byA.insert({a, b}) && m_byB.insert({b, a}); }
    bool erase(A a, B b) { return m_byA.erase({a, b}) && m_byB.erase({b, a}); }
    [[nodiscard]] bool contains(A a, B b) const { return m_byA.contains({a, b}); }
    [[nodiscard]] bool isEmpty() const { return m_byA.isEmpty(); }
    [[nodiscard]] std::span<const std::pair<A, B>> of(A a) const
    {
        return m_byA.between({a, B{}}, {A{a.value + 1}, B{}});
    }
    [[nodiscard]] std::span<const std::pair<B, A>> of(B b) const
    {
        return m_byB.between({b, A{}}, {B{b.value + 1}, A{}});
    }
    [[nodiscard]] const std::vector<std::pair<A, B>> &items() const { return m_byA.items(); }

private:
    SortedSet<std::pair<A, B>> m_byA;
    SortedSet<std::pair<B, A>> m_byB;
};

/// The pending operations' effect on one kind of objects: values of created or changed ones, and the deleted.
template <class H, class V>
struct OverlaidObjects
{
    std::map<H, V> values;
    SortedSet<H> deleted;
};

/// The net effect of pending operations on a snapshot. `unbound` and `left` hold relations of the base only, `bound`
/// and `joined` only such as the base does not have; so the four are the net difference themselves.
struct Overlay
{
    OverlaidObjects<NodeHandle, Node> nodes;
    OverlaidObjects<EndpointHandle, Endpoint> endpoints;
    OverlaidObjects<PortalHandle, Portal> portals;
    OverlaidObjects<GroupHandle, Group> groups;
    PairSet<EndpointHandle, PortalHandle> bound, unbound;
    PairSet<GroupHandle, PortalHandle> joined, left;

    [[nodiscard]] bool isEmpty() const
    {
        return nodes.values.empty() && nodes.deleted.isEmpty() && endpoints.values.empty()
                && endpoints.deleted.isEmpty() && portals.values.empty() && portals.deleted.isEmpty()
                && groups.values.empty() && groups.deleted.isEmpty() && bound.isEmpty() && unbound.isEmpty()
                && joined.isEmpty() && left.isEmpty();
    }
};

/// Does \a operation to \a overlay as seen over \a base. What names missing objects changes nothing.
void apply(const Operation &operation, Overlay &overlay, const SnapshotPtr &base);

} // namespace portalbind
