// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventoryorder.h"
#include "model/report/reportcontent.h"

#include <stop_token>
#include <vector>

namespace portalbind {

/// The names of all objects of a report, as safe UTF-8, made once: tables repeat them many times. Immutable.
class ReportNames
{
public:
    ReportNames(const Inventory &inventory, const std::stop_token &stop);

    [[nodiscard]] const QByteArray &of(ServerHandle h) const { return at(m_servers, h.value); }
    [[nodiscard]] const QByteArray &of(NodeHandle h) const { return at(m_nodes, h.value); }
    [[nodiscard]] const QByteArray &of(EndpointHandle h) const { return at(m_endpoints, h.value); }
    [[nodiscard]] const QByteArray &of(PortalHandle h) const { return at(m_portals, h.value); }
    [[nodiscard]] const QByteArray &of(GroupHandle h) const { return at(m_groups, h.value); }
    [[nodiscard]] const InventoryOrder &order() const { return m_order; }
    [[nodiscard]] const Inventory &inventory() const { return m_order.inventory(); }

    /// Bound, free, or on an address that the server does not have.
    [[nodiscard]] const ReportCell &state(PortalHandle h) const;

    /// Names in the order of the report, one a line.
    [[nodiscard]] QByteArray portals(const QList<PortalHandle> &portals) const;
    [[nodiscard]] QByteArray groups(const QList<GroupHandle> &groups) const;

private:
    static const QByteArray &at(const std::vector<QByteArray> &texts, quint32 handle)
    {
        static const QByteArray none;
        return handle < texts.size() ? texts[handle] : none;
    }

    InventoryOrder m_order;
    ReportCell m_bound, m_free, m_gone;
    std::vector<QByteArray> m_servers, m_nodes, m_endpoints, m_portals, m_groups; // by handle value
};

} // namespace portalbind
