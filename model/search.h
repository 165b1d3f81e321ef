// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/operation.h"
#include "model/treeinventory.h"

#include <QSet>

#include <set>
#include <stop_token>

namespace portalbind {

/// What a person looks for. All of it must hold at once.
struct SearchQuery
{
    /// Words, each found in the name, IQN, alias, address, tag or state of the object, in any case of letters.
    QString text;
    bool unbound = false; ///< portals that serve nothing, endpoints without a portal
    bool conflict = false; ///< named by a pending change that the server would refuse
    bool changed = false; ///< pending

    [[nodiscard]] bool isEmpty() const { return text.trimmed().isEmpty() && !unbound && !conflict && !changed; }
    friend bool operator==(const SearchQuery &, const SearchQuery &) = default;
};

/// What the pending changes in conflict are about.
class Conflicts
{
public:
    Conflicts() = default;
    explicit Conflicts(const QList<Operation> &operations);

    [[nodiscard]] bool isEmpty() const { return m_bindings.empty() && m_memberships.empty() && m_objects.empty(); }
    /// Whether the row of \a kind under \a holder is what a conflicting change is about.
    [[nodiscard]] bool contains(const TreeHolder &holder, RowKind kind, quint32 handle) const;
    [[nodiscard]] const std::set<Binding> &bindings() const { return m_bindings; }
    [[nodiscard]] const std::set<Membership> &memberships() const { return m_memberships; }
    /// Portals, groups, endpoints and nodes.
    [[nodiscard]] const std::set<TreeHolder> &objects() const { return m_objects; }

private:
    void add(const Operation &operation);
    std::set<Binding> m_bindings;
    std::set<Membership> m_memberships;
    std::set<TreeHolder> m_objects;
};

/// The rows of one connection that a search found, and the rows on the way to them.
class SearchHits
{
public:
    [[nodiscard]] quint64 total() const { return m_total; } ///< rows that match
    [[nodiscard]] quint64 shown() const { return m_shown; } ///< those that are listed here: at most the limit
    /// Whether a server, group, node or endpoint itself matches: all that is under it can be reached.
    [[nodiscard]] bool isHit(const TreeHolder &object) const { return m_hits.contains(numberOf(object)); }
    /// Whether it is on the way to a match, section rows included.
    [[nodiscard]] bool isWithin(const TreeHolder &object) const { return m_within.contains(numberOf(object)); }
    [[nodiscard]] bool hasPortal(const TreeHolder &holder, PortalHandle portal) const;

private:
    friend class Searcher;
    static quint64 numberOf(const TreeHolder &object) { return (quint64(object.kind) << 32) | object.handle; }

    quint64 m_total = 0;
    quint64 m_shown = 0;
    QSet<quint64> m_hits;
    QSet<quint64> m_within;
    QSet<quint64> m_grouped; // group, portal
    QSet<quint64> m_bound; // endpoint, portal
    QSet<quint32> m_loose;
};

inline constexpr quint64 searchLimit = 2000; ///< rows that a search lists at most

/// Finds what matches \a query among the rows that \a sections show; lists \a limit of them and counts the rest. A pure
/// function, for any thread; it gives up soon after \a stop is requested, and its result is worth nothing then.
[[nodiscard]] SearchHits search(const SearchQuery &query, const TreeInventory &inventory, const Conflicts &conflicts,
                                TreeSections sections, quint64 limit = searchLimit, const std::stop_token &stop = {});

} // namespace portalbind

Q_DECLARE_METATYPE(portalbind::SearchQuery)
