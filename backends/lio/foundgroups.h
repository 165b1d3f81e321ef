// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QSet>

#include <map>
#include <vector>

namespace portalbind::lio {

/// Portals that are bound together and in no pool, as groups: one for each connected component of "bound to one TPG".
/// Each is sorted; the first one names it. Portals are given by what sorts them (address) and their id.
class FoundGroups
{
public:
    /// What one TPG binds of the portals that are in no pool.
    void add(const QList<QByteArray> &portals);
    [[nodiscard]] std::vector<std::vector<QByteArray>> components() const;

private:
    const QByteArray &root(const QByteArray &portal) const;
    std::map<QByteArray, QByteArray> m_parents; ///< a forest: who is its own parent is a root
};

} // namespace portalbind::lio
