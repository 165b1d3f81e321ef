// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/tables.h"

#include <type_traits>

// What a row of a table holds in memory besides itself, in bytes: its texts.
namespace portalbind::cim {

[[nodiscard]] inline size_t heldBytes(const QString &text)
{
    return size_t(text.size()) * sizeof(QChar);
}
[[nodiscard]] inline size_t heldBytes(const std::string &text)
{
    return text.size();
}
[[nodiscard]] inline size_t heldBytes(const SystemRow &row)
{
    return heldBytes(row.name);
}
[[nodiscard]] inline size_t heldBytes(const NodeRow &row)
{
    return heldBytes(row.name) + heldBytes(row.alias);
}
[[nodiscard]] inline size_t heldBytes(const EndpointRow &row)
{
    return heldBytes(row.node);
}
[[nodiscard]] inline size_t heldBytes(const TcpRow &row)
{
    return heldBytes(row.label);
}
[[nodiscard]] inline size_t heldBytes(const CollectionRow &row)
{
    return heldBytes(row.name);
}
[[nodiscard]] inline size_t heldBytes(const SessionRow &row)
{
    return heldBytes(row.initiator);
}
[[nodiscard]] inline size_t heldBytes(const NicRow &row)
{
    return heldBytes(row.name);
}
[[nodiscard]] inline size_t heldBytes(const IpAddress &address)
{
    return heldBytes(address.scope());
}
[[nodiscard]] inline size_t heldBytes(const IpRow &row)
{
    return (row.v4 ? heldBytes(*row.v4) : 0) + (row.v6 ? heldBytes(*row.v6) : 0);
}
[[nodiscard]] inline size_t heldBytes(const WtPortalRow &row)
{
    return heldBytes(row.address.ip);
}
[[nodiscard]] inline size_t heldBytes(const WtHostRow &row)
{
    return heldBytes(row.iqn) + heldBytes(row.name) + heldBytes(row.resourceGroup);
}
[[nodiscard]] inline size_t heldBytes(const WtSessionRow &row)
{
    size_t all = heldBytes(row.initiator) + heldBytes(row.iqn) + heldBytes(row.host);
    for (const WtSessionRow::Path &path : row.paths)
        all += sizeof(path) + heldBytes(path.from);
    return all;
}

template <class R>
concept TextlessRow = std::is_trivially_destructible_v<R>;
template <TextlessRow R>
[[nodiscard]] size_t heldBytes(const R &)
{
    return 0;
}

} // namespace portalbind::cim
