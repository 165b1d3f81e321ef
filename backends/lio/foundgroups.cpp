// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/foundgroups.h"

namespace portalbind::lio {

const QByteArray &FoundGroups::root(const QByteArray &portal) const
{
    auto at = m_parents.find(portal);
    while (at->second != at->first)
        at = m_parents.find(at->second);
    return at->first;
}

void FoundGroups::add(const QList<QByteArray> &portals)
{
    for (const QByteArray &portal : portals) {
        m_parents.try_emplace(portal, portal);
        // The smaller id becomes the root, so that the same portals make the same forest in whatever order they come.
        const QByteArray a = root(portals.first());
        const QByteArray b = root(portal);
        m_parents[std::max(a, b)] = std::min(a, b);
        m_parents[portal] = std::min(a, b);
    }
}

std::vector<std::vector<QByteArray>> FoundGroups::components() const
{
    std::map<QByteArray, QByteArray> roots;
    std::map<QByteArray, std::vector<QByteArray>> byRoot;
    for (const auto &[portal, parent] : m_parents) { // a parent is smaller, so that its own root is known already
        const QByteArray &first = roots[portal] = parent == portal ? portal : roots[parent];
        byRoot[first].push_back(portal);
    }
    std::vector<std::vector<QByteArray>> all;
    all.reserve(byRoot.size());
    for (auto &[first, members] : byRoot)
        all.push_back(std::move(members));
    return all;
}

} // namespace portalbind::lio
