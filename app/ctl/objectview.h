// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventoryorder.h"
#include "model/objectname.h"

#include <QJsonObject>

namespace portalbind {

/// Objects of an inventory as portalbindctl shows them: names that it takes back, and JSON with the keys that
/// docs/portalbindctl.md lists.
class ObjectView
{
public:
    explicit ObjectView(const Inventory &inventory)
        : m_names(inventory)
        , m_order(inventory)
    {
    }

    [[nodiscard]] const Inventory &inventory() const { return m_order.inventory(); }
    [[nodiscard]] const ObjectNames &names() const { return m_names; }
    [[nodiscard]] const InventoryOrder &order() const { return m_order; }

    // The attributes and counts of an object.
    [[nodiscard]] QJsonObject object(ServerHandle h) const;
    [[nodiscard]] QJsonObject object(NodeHandle h) const;
    [[nodiscard]] QJsonObject object(EndpointHandle h) const;
    [[nodiscard]] QJsonObject object(PortalHandle h) const;
    [[nodiscard]] QJsonObject object(GroupHandle h) const;
    [[nodiscard]] QJsonObject object(const Binding &binding) const;
    [[nodiscard]] QJsonObject object(SessionHandle h) const;

    /// `bound`, `free`, `gone`.
    [[nodiscard]] QString state(PortalHandle h) const;
    /// The number of a target endpoint, the hex of an initiator's.
    [[nodiscard]] static QString tagText(const Endpoint &endpoint);
    template <class H>
    [[nodiscard]] QStringList namesOf(const QList<H> &handles) const
    {
        QStringList list;
        for (const H h : handles)
            list += m_names.nameOf(h);
        return list;
    }
    [[nodiscard]] QList<GroupHandle> commonGroups(EndpointHandle h) const;
    [[nodiscard]] qsizetype sessionCount(const Binding &binding) const;

private:
    ObjectNames m_names;
    InventoryOrder m_order;
};

} // namespace portalbind
