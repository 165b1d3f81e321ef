// SPDX-License-Identifier: Apache-2.0
#include "rangetree.h"

namespace portalbind {

QString addressText(quint32 number)
{
    return QStringLiteral("10.%1.%2.%3:3260").arg(number >> 16).arg((number >> 8) & 255).arg(number & 255);
}

Inventory RangeSite::show(const std::set<quint32> &numbers, const std::map<quint32, quint32> &shift)
{
    SnapshotBuilder builder(m_ids);
    server = builder.addServer("s", Server{QStringLiteral("san"), {}, Dialect::Workbook, {}});
    const auto node = builder.addNode("n", Node{server, Role::Target, QStringLiteral("iqn.2026-11.com.example:a"), {}});
    endpoint = builder.addEndpoint("e", Endpoint{server, node, Role::Target, BindingScope::Endpoint, true, 1});
    group = builder.addGroup("g", Group{server, QStringLiteral("fabric"), false});
    for (const quint32 number : numbers) {
        const auto shifted = shift.find(number);
        const QString text = addressText(shifted == shift.end() ? number : shifted->second);
        const auto portal = builder.addPortal(
                QByteArray::number(number),
                Portal{server, PortalKind::Tcp, PortalAddress::parse(text).value(), true, {}});
        builder.bind(endpoint, portal);
        builder.join(group, portal);
    }
    return Inventory(builder.build());
}

std::set<quint32> upTo(quint32 count, quint32 step)
{
    std::set<quint32> numbers;
    for (quint32 i = 0; i < count; ++i)
        numbers.insert(i * step);
    return numbers;
}

bool isRange(const QModelIndex &index)
{
    return index.data(InventoryTreeModel::KindRole).toInt() == int(RowKind::Range);
}

QStringList rowsIn(const InventoryTreeModel &model, const QModelIndex &parent)
{
    QStringList names;
    for (int i = 0; i < model.rowCount(parent); ++i) {
        const QModelIndex index = model.index(i, 0, parent);
        if (isRange(index))
            names += rowsIn(model, index);
        else
            names += index.data().toString();
    }
    return names;
}

QStringList texts(const std::set<quint32> &numbers)
{
    QStringList names;
    for (const quint32 number : numbers)
        names += addressText(number);
    return names;
}

} // namespace portalbind
