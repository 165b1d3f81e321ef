// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"

namespace portalbind {

/// What it takes to serve from single addresses what is served from a wildcard. A port belongs to one or the other on
/// the whole host, so that it is one plan over all targets: everything unbinds the wildcard before anything binds an
/// address.
class WildcardReplacement
{
public:
    WildcardReplacement(Inventory inventory, PortalHandle wildcard);

    /// Those that bind it, of all targets.
    [[nodiscard]] const QList<EndpointHandle> &endpoints() const { return m_endpoints; }
    /// The addresses that the host has, with the port of the wildcard, in order. Those of IPv4 take the place of :: as
    /// well, which takes IPv4 connections.
    [[nodiscard]] const QList<PortalAddress> &addresses() const { return m_addresses; }
    /// In order: portals that have to be made, all unbindings, then the bindings, TPG by TPG. Empty when no address is
    /// \a chosen. Provisional handles come from \a ids; the same ones at each call.
    [[nodiscard]] QList<Operation> operations(const QList<PortalAddress> &chosen, IdTable &ids) const;

private:
    Inventory m_inventory;
    PortalHandle m_wildcard;
    QList<EndpointHandle> m_endpoints;
    QList<PortalAddress> m_addresses;
    std::shared_ptr<QHash<QString, PortalHandle>> m_made; // by address
};

} // namespace portalbind
