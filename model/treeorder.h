// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/treeinventory.h"

#include <Qt>

#include <functional>
#include <string>

namespace portalbind {

enum class TreeColumn : quint8 { Name, Address, Tag, State, UsedBy };
inline constexpr int treeColumnCount = 5;

/// A text as bytes whose order is the one people expect: case and accents come after the letter, `eth2` stands before
/// `eth10`. Equal keys do not mean equal texts.
[[nodiscard]] std::string naturalKey(QStringView text);

/// An address as a number that orders like the address itself; exact for IPv4, the first 63 bits for IPv6.
[[nodiscard]] quint64 addressNumber(const PortalAddress &address);

/// The order of siblings. Kinds stay in a fixed order whatever the column; ties end at the handle, so it is total.
class TreeOrder
{
public:
    explicit TreeOrder(TreeColumn column = TreeColumn::Name, Qt::SortOrder direction = Qt::AscendingOrder)
        : m_column(column)
        , m_direction(direction)
    {
    }

    struct Key
    {
        int rank = 0;
        quint64 number = 0; ///< of the column
        std::string text; ///< of the column
        quint64 naturalNumber = 0;
        std::string naturalText;
        TreeMember member;
    };
    /// The key of \a member under \a holder. It lasts as long as the attributes of the row do.
    [[nodiscard]] Key key(const TreeInventory &inventory, const TreeHolder &holder, const TreeMember &member) const;
    [[nodiscard]] bool less(const Key &a, const Key &b) const;

    /// The inventory that a source shows.
    using Inventories = std::function<const TreeInventory &(quint16)>;
    void sort(const Inventories &inventories, const TreeHolder &holder, std::vector<TreeMember> &members) const;

    friend bool operator==(const TreeOrder &, const TreeOrder &) = default;

private:
    void sortByNumber(const TreeInventory &inventory, const TreeHolder &holder, std::vector<TreeMember> &members) const;

    TreeColumn m_column;
    Qt::SortOrder m_direction;
};

} // namespace portalbind
