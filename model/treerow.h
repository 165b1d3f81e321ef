// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/treeinventory.h"

#include <QCoreApplication>

namespace portalbind {

/// How a row stands against the server: what is pending on it.
enum class TreeMark : quint8 {
    None,
    Added, ///< will be bound, will join, will be created
    Removed, ///< will be unbound, will leave, will be deleted: struck through
    Changed, ///< stays, and an attribute or what it serves will change
};

/// What a portal is, in one word.
enum class PortalState : quint8 {
    Bound,
    Free,
    AddressGone,
    Wildcard, ///< stands on every address
    WildcardFree,
    WillBeBound,
    WillBeUnbound,
    WillBeCreated,
    WillBeDeleted,
};
inline constexpr int portalStateCount = 9;
[[nodiscard]] PortalState portalState(const TreeInventory &inventory, PortalHandle portal);
[[nodiscard]] QString stateText(PortalState state, bool ipv6);

/// One row in words, made on demand: nothing of it is kept. Every function returns an empty value for a row whose
/// object is not shown (any more).
class TreeRow
{
    Q_DECLARE_TR_FUNCTIONS(InventoryTree)
public:
    /// \a holder is what the row stands under; ranges have texts of their own in the model.
    TreeRow(const TreeInventory &inventory, TreeHolder holder, RowKind kind, quint32 handle)
        : m_inventory(inventory)
        , m_holder(holder)
        , m_kind(kind)
        , m_handle(handle)
    {
    }

    [[nodiscard]] bool exists() const;
    [[nodiscard]] QString name() const;
    [[nodiscard]] QString address() const;
    [[nodiscard]] QString tag() const; ///< TPGT in decimal, ISID in hex; empty for what has none
    [[nodiscard]] QString state() const;
    [[nodiscard]] QString usedBy() const;
    [[nodiscard]] QString tip() const; ///< plain text, one fact a line
    [[nodiscard]] QString spoken() const; ///< for a screen reader
    /// The whole name as other tools take it: `IQN,t,0x0001`, an IQN, `10.0.1.5:3260`.
    [[nodiscard]] QString identity() const;
    [[nodiscard]] QString iconName() const; ///< file name of the icon, without folder and suffix
    [[nodiscard]] TreeMark mark() const;
    [[nodiscard]] bool isAllTargets() const; ///< the switch that binds a portal to every target of the server

private:
    [[nodiscard]] ServerHandle server() const { return ServerHandle{m_handle}; }
    [[nodiscard]] GroupHandle group() const { return GroupHandle{m_handle}; }
    [[nodiscard]] NodeHandle node() const { return NodeHandle{m_handle}; }
    [[nodiscard]] EndpointHandle endpoint() const { return EndpointHandle{m_handle}; }
    [[nodiscard]] PortalHandle portal() const { return PortalHandle{m_handle}; }
    [[nodiscard]] Binding binding() const { return {EndpointHandle{m_holder.handle}, portal()}; }
    [[nodiscard]] bool isLio(ServerHandle h) const;
    [[nodiscard]] QString endpointTitle() const;
    [[nodiscard]] QString portalRowState() const;
    [[nodiscard]] QString whyNotBindable() const;
    [[nodiscard]] QString bindingState() const;
    [[nodiscard]] QString endpointState() const;
    [[nodiscard]] TreeMark objectMark() const;
    [[nodiscard]] TreeMark portalMark() const;
    [[nodiscard]] QString portalIcon() const;
    [[nodiscard]] QString spokenPortal() const;
    [[nodiscard]] QString spokenKind() const;
    [[nodiscard]] QString portalTip() const;
    [[nodiscard]] QString endpointTip() const;

    const TreeInventory &m_inventory;
    TreeHolder m_holder;
    RowKind m_kind;
    quint32 m_handle;
};

/// "3 portals" and the like; "1 portal", "no portals" where that reads better.
[[nodiscard]] QString portalCountText(int count);
[[nodiscard]] QString endpointCountText(int count, bool lio);
[[nodiscard]] QString sessionCountText(int count);

} // namespace portalbind
