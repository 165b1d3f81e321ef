// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/handle.h"

#include <QHashFunctions>
#include <QMetaType>

namespace portalbind {

/// What a row of the tree stands for.
enum class RowKind : quint8 {
    None, ///< the invisible root
    Connection, ///< a connection that shows no server yet
    Server,
    PortalGroups, ///< the row that holds a server's groups
    LoosePortals, ///< the row that holds a server's portals in no group
    Targets, ///< the row that holds a server's targets and the endpoints without a node
    Initiators, ///< the row that holds a server's initiators
    Range, ///< some of many siblings
    Group,
    Node,
    Endpoint,
    Portal, ///< a portal as such: in a group, or in none
    Binding, ///< a portal under an endpoint that binds it
};
inline constexpr int rowKindCount = 13;

/// Which parts of a server a tree shows.
enum class TreeSections : quint8 {
    All, ///< server → portal groups, targets, initiators, each in a row of its own
    PortalGroups, ///< server → groups → portals
    Targets, ///< server → targets and initiators → endpoints → bound portals
};

/// Names a connection; the same in every model that shows it. Handles are unique within one.
using SourceKey = quintptr;

/// Identity of a row, apart from its position: views keep selection, expansion and the current row by it across
/// refreshes, sorting and filters, and may hand it to another view of the same connections. The parent is the logical
/// one (a portal in a range is still a portal of its group), so the key is the same in all sections of the tree.
struct TreeKey
{
    SourceKey source = 0;
    quint32 parent = 0; ///< handle of the group, endpoint, node or server; 0 for servers
    quint32 handle = 0; ///< of the object; of the server for section rows; of one member for ranges
    RowKind parentKind = RowKind::None;
    RowKind kind = RowKind::None;

    [[nodiscard]] bool isNull() const { return kind == RowKind::None; }
    friend bool operator==(const TreeKey &, const TreeKey &) = default;
    friend size_t qHash(const TreeKey &key, size_t seed = 0)
    {
        return qHashMulti(seed, key.source, key.parent, key.handle, quint8(key.parentKind), quint8(key.kind));
    }
};

/// A row as its list of siblings knows it.
struct TreeMember
{
    quint32 handle = 0;
    quint16 source = 0; ///< number of the connection within the model
    RowKind kind = RowKind::None;

    friend bool operator==(const TreeMember &, const TreeMember &) = default;
    // NOLINTNEXTLINE(modernize-use-nullptr): the compiler's own text compares with a literal 0
    friend auto operator<=>(const TreeMember &, const TreeMember &) = default;
};

/// A row that holds others, by its own kind and handle. Nodes and groups are always held by the section rows here, even
/// where these are not shown and the server holds them directly.
struct TreeHolder
{
    RowKind kind = RowKind::None;
    quint32 handle = 0;

    friend bool operator==(const TreeHolder &, const TreeHolder &) = default;
    // NOLINTNEXTLINE(modernize-use-nullptr): the compiler's own text compares with a literal 0
    friend auto operator<=>(const TreeHolder &, const TreeHolder &) = default;
};

} // namespace portalbind

Q_DECLARE_METATYPE(portalbind::TreeKey)
