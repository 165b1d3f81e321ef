// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/operation.h"
#include "model/snapshot.h"

#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace portalbind {

/// A relation between two kinds of objects, kept in both orders.
template <class A, class B>
class PairSet
{
public:
    /// Neighbouring pairs of one order. (clang 14 cannot use this libstdc++'s std::ranges::subrange.)
    template <class X, class Y>
    struct Run
    {
        using Iterator = typename std::set<std::pair<X, Y>>::const_iterator;
        Iterator first, last;
        [[nodiscard]] Iterator begin() const { return first; }
        [[nodiscard]] Iterator end() const { return last; }
        [[nodiscard]] bool empty() const { return first == last; }
    };

    bool insert(A a, B b) { return m_byA.insert({a, b}).second && m_byB.insert({b, a}).second; }
    bool erase(A a, B b) { return m_byA.erase({a, b}) > 0 && m_byB.erase({b, a}) > 0; }
    [[nodiscard]] bool contains(A a, B b) const { return m_byA.contains({a, b}); }
    [[nodiscard]] bool isEmpty() const { return m_byA.empty(); }
    /// The pairs of one object, the object first, as a range.
    [[nodiscard]] Run<A, B> of(A a) const { return run(m_byA, a); }
    [[nodiscard]] Run<B, A> of(B b) const { return run(m_byB, b); }
    [[nodiscard]] int count(A a) const { return length(of(a)); }
    [[nodiscard]] int count(B b) const { return length(of(b)); }
    [[nodiscard]] const std::set<std::pair<A, B>> &items() const { return m_byA; }

private:
    template <class X, class Y>
    static Run<X, Y> run(const std::set<std::pair<X, Y>> &set, X x)
    {
        return {set.lower_bound({x, Y{}}), set.lower_bound({X{x.value + 1}, Y{}})};
    }
    template <class X, class Y>
    static int length(const Run<X, Y> &pairs)
    {
        return int(std::distance(pairs.begin(), pairs.end()));
    }

    std::set<std::pair<A, B>> m_byA;
    std::set<std::pair<B, A>> m_byB;
};

/// The pending operations' effect on one kind of objects: values of created or changed ones, and the deleted.
template <class H, class V>
struct OverlaidObjects
{
    std::map<H, V> values;
    std::set<H> deleted;
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
        return nodes.values.empty() && nodes.deleted.empty() && endpoints.values.empty() && endpoints.deleted.empty()
                && portals.values.empty() && portals.deleted.empty() && groups.values.empty() && groups.deleted.empty()
                && bound.isEmpty() && unbound.isEmpty() && joined.isEmpty() && left.isEmpty();
    }
};

/// Does \a operation to \a overlay as seen over \a base. What names missing objects changes nothing.
void apply(const Operation &operation, Overlay &overlay, const SnapshotPtr &base);

} // namespace portalbind
