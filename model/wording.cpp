// SPDX-License-Identifier: Apache-2.0
#include "model/wording.h"

#include "model/iscsiname.h"

#include <QCoreApplication>

namespace portalbind {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Wording", text);
}

} // namespace

QString portalText(const Inventory &inventory, PortalHandle portal)
{
    return inventory.has(portal) ? inventory.portal(portal).address.toString() : tr("a portal");
}

QString endpointInNodeText(const Inventory &inventory, EndpointHandle endpoint)
{
    if (!inventory.has(endpoint))
        return tr("an endpoint");
    const Endpoint value = inventory.endpoint(endpoint);
    if (value.scope == BindingScope::Server)
        return tr("all targets on %1").arg(serverText(inventory, value.server));
    if (value.role == Role::Initiator)
        return tr("ISID 0x%1").arg(value.tag, 12, 16, QLatin1Char('0'));
    if (inventory.isStaged(endpoint) && value.tag == 0)
        return tr("a new endpoint");
    const bool lio = inventory.has(value.server) && inventory.server(value.server).dialect == Dialect::Lio;
    return (lio ? tr("TPG %1") : tr("endpoint %1")).arg(value.tag);
}

QString endpointText(const Inventory &inventory, EndpointHandle endpoint)
{
    const NodeHandle node = inventory.has(endpoint) ? inventory.endpoint(endpoint).node : NodeHandle();
    const QString inNode = endpointInNodeText(inventory, endpoint);
    return inventory.has(node) ? tr("%1 of %2").arg(inNode, nodeText(inventory, node)) : inNode;
}

QString nodeText(const Inventory &inventory, NodeHandle node)
{
    if (!inventory.has(node))
        return tr("a target");
    const Node value = inventory.node(node);
    if (!value.name.isEmpty())
        return shortIscsiName(value.name);
    return value.alias.isEmpty() ? tr("a new target") : value.alias;
}

QString groupText(const Inventory &inventory, GroupHandle group)
{
    return inventory.has(group) ? inventory.group(group).name : tr("no portal group");
}

QString serverText(const Inventory &inventory, ServerHandle server)
{
    return inventory.has(server) ? inventory.server(server).name : tr("the server");
}

} // namespace portalbind
