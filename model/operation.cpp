// SPDX-License-Identifier: Apache-2.0
#include "model/operation.h"

#include "model/inventory.h"
#include "model/verdict.h"
#include "model/wording.h"

#include <QCoreApplication>

namespace portalbind {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Operation", text);
}

class Inverter
{
public:
    explicit Inverter(const Inventory &before)
        : m_before(before)
    {
    }

    Inverse operator()(const Bind &o) const
    {
        if (m_before.binds(o.endpoint, o.portal))
            return {};
        return {{Unbind{o.endpoint, o.portal}}, {}};
    }
    Inverse operator()(const Unbind &o) const
    {
        if (!m_before.binds(o.endpoint, o.portal))
            return {};
        return {{bindAgain(o.endpoint, o.portal)}, {}};
    }
    Inverse operator()(const Move &o) const
    {
        if (o.from == o.to || !m_before.binds(o.from, o.portal))
            return {};
        if (m_before.binds(o.to, o.portal)) // it was shared: the move only unbound
            return {{bindAgain(o.from, o.portal)}, {}};
        return {{Move{o.portal, o.to, o.from}}, {}};
    }
    Inverse operator()(const CreatePortal &o) const { return {{DeletePortal{o.portal}}, {}}; }
    Inverse operator()(const CreateGroup &o) const { return {{DeleteGroup{o.group}}, {}}; }
    Inverse operator()(const CreateNode &o) const { return {{DeleteNode{o.node}}, {}}; }
    Inverse operator()(const CreateEndpoint &o) const { return {{DeleteEndpoint{o.endpoint}}, {}}; }
    Inverse operator()(const DeletePortal &o) const
    {
        if (!m_before.has(o.portal))
            return {};
        Inverse inverse{{CreatePortal{o.portal, m_before.portal(o.portal)}}, {}};
        for (const GroupHandle group : m_before.groupsOf(o.portal))
            inverse.operations.append(JoinGroup{group, o.portal});
        for (const EndpointHandle endpoint : m_before.endpointsBinding(o.portal))
            inverse.operations.append(bindAgain(endpoint, o.portal));
        return inverse;
    }
    Inverse operator()(const DeleteGroup &o) const
    {
        if (!m_before.has(o.group))
            return {};
        Inverse inverse{{CreateGroup{o.group, m_before.group(o.group)}}, {}};
        for (const PortalHandle portal : m_before.portalsOf(o.group))
            inverse.operations.append(JoinGroup{o.group, portal});
        return inverse;
    }
    Inverse operator()(const RenameGroup &o) const
    {
        if (!m_before.has(o.group) || m_before.group(o.group).name == o.name)
            return {};
        return {{RenameGroup{o.group, m_before.group(o.group).name}}, {}};
    }
    Inverse operator()(const JoinGroup &o) const
    {
        if (m_before.isMember(o.group, o.portal))
            return {};
        return {{LeaveGroup{o.group, o.portal}}, {}};
    }
    Inverse operator()(const LeaveGroup &o) const
    {
        if (!m_before.isMember(o.group, o.portal))
            return {};
        return {{JoinGroup{o.group, o.portal}}, {}};
    }
    Inverse operator()(const DeleteNode &o) const
    {
        if (!m_before.has(o.node))
            return {};
        const Node node = m_before.node(o.node);
        Inverse inverse{{CreateNode{o.node, node}}, {}};
        if (!capabilities(node.server).chooseNodeName)
            inverse.lossy = tr("%1 chooses iSCSI names itself: the target may come back under another name.")
                                    .arg(serverText(m_before, node.server));
        for (const EndpointHandle endpoint : m_before.endpointsOf(o.node)) {
            Inverse part = (*this)(DeleteEndpoint{endpoint});
            inverse.operations += part.operations;
            if (inverse.lossy.isEmpty())
                inverse.lossy = part.lossy;
        }
        return inverse;
    }
    Inverse operator()(const DeleteEndpoint &o) const
    {
        if (!m_before.has(o.endpoint))
            return {};
        const Endpoint value = m_before.endpoint(o.endpoint);
        const bool chooseTag = capabilities(value.server).chooseTag;
        Inverse inverse{{CreateEndpoint{o.endpoint, value, chooseTag, m_before.portalsBoundBy(o.endpoint)}}, {}};
        if (!chooseTag)
            inverse.lossy = tr("%1 chooses tags itself: the endpoint may come back under another tag.")
                                    .arg(serverText(m_before, value.server));
        return inverse;
    }
    Inverse operator()(const SetEndpointEnabled &o) const
    {
        if (!m_before.has(o.endpoint) || m_before.endpoint(o.endpoint).enabled == o.enabled)
            return {};
        return {{SetEndpointEnabled{o.endpoint, !o.enabled}}, {}};
    }

    /// What is saved is what is there then: taking the rest back saves that.
    Inverse operator()(const SaveForReboot &) const { return {}; }

private:
    Bind bindAgain(EndpointHandle endpoint, PortalHandle portal) const
    {
        return {endpoint, portal, m_before.transport({endpoint, portal}), true};
    }
    Capabilities capabilities(ServerHandle server) const
    {
        return m_before.has(server) ? m_before.capabilities(server) : Capabilities();
    }
    const Inventory &m_before;
};

class Describer
{
public:
    explicit Describer(const Inventory &inventory)
        : m_inventory(inventory)
    {
    }

    QString operator()(const Bind &o) const { return tr("Bind %1 to %2").arg(portal(o.portal), whole(o.endpoint)); }
    QString operator()(const Unbind &o) const
    {
        return tr("Unbind %1 from %2").arg(portal(o.portal), whole(o.endpoint));
    }
    QString operator()(const Move &o) const
    {
        return tr("Move %1 from %2 to %3").arg(portal(o.portal), endpointInNodeText(m_inventory, o.from), whole(o.to));
    }
    QString operator()(const CreatePortal &o) const
    {
        return tr("Create portal %1 on %2").arg(o.value.address.toString(), server(o.value.server));
    }
    QString operator()(const DeletePortal &o) const
    {
        return tr("Delete portal %1 on %2").arg(portal(o.portal), serverOfPortal(o.portal));
    }
    QString operator()(const CreateGroup &o) const
    {
        return tr("Create portal group %1 on %2").arg(o.value.name, server(o.value.server));
    }
    QString operator()(const DeleteGroup &o) const { return tr("Delete portal group %1").arg(group(o.group)); }
    QString operator()(const RenameGroup &o) const
    {
        const QString old = m_inventory.base() && m_inventory.base()->row(o.group) != Snapshot::none
                ? m_inventory.base()->group(m_inventory.base()->row(o.group)).name
                : group(o.group);
        return tr("Rename portal group %1 to %2").arg(old, o.name);
    }
    QString operator()(const JoinGroup &o) const
    {
        return tr("Add %1 to portal group %2").arg(portal(o.portal), group(o.group));
    }
    QString operator()(const LeaveGroup &o) const
    {
        return tr("Take %1 out of portal group %2").arg(portal(o.portal), group(o.group));
    }
    QString operator()(const CreateNode &o) const
    {
        const QString name = o.value.name.isEmpty() ? o.value.alias : o.value.name;
        const bool isInitiator = o.value.role == Role::Initiator;
        if (name.isEmpty()) // the server chooses
            return (isInitiator ? tr("Create an initiator on %1") : tr("Create a target on %1"))
                    .arg(server(o.value.server));
        return (isInitiator ? tr("Create initiator %1 on %2") : tr("Create target %1 on %2"))
                .arg(name, server(o.value.server));
    }
    QString operator()(const DeleteNode &o) const
    {
        return m_inventory.has(o.node)
                ? tr("Delete %1 on %2").arg(m_inventory.node(o.node).name, server(m_inventory.node(o.node).server))
                : tr("Delete a target");
    }
    QString operator()(const CreateEndpoint &o) const
    {
        const QString node = m_inventory.has(o.value.node) ? m_inventory.node(o.value.node).name
                                                           : nodeText(m_inventory, o.value.node);
        if (!o.chooseTag)
            return tr("Create an endpoint of %1").arg(node);
        const QString tag = o.value.role == Role::Initiator
                ? QLatin1String("0x") + QString::number(o.value.tag, 16).rightJustified(12, u'0')
                : QString::number(o.value.tag);
        return tr("Create endpoint %1 of %2").arg(tag, node);
    }
    QString operator()(const DeleteEndpoint &o) const { return tr("Delete %1").arg(whole(o.endpoint)); }
    QString operator()(const SetEndpointEnabled &o) const
    {
        return (o.enabled ? tr("Enable %1") : tr("Disable %1")).arg(whole(o.endpoint));
    }
    QString operator()(const SaveForReboot &o) const
    {
        const QString path = m_inventory.has(o.server) ? m_inventory.server(o.server).saved.path : QString();
        const auto count = int(o.nodes.size() + o.endpoints.size() + o.bindings.size());
        return path.isEmpty()
                ? QCoreApplication::translate("Operation", "Save for reboot on %1: %n object(s)", nullptr, count)
                          .arg(server(o.server))
                : QCoreApplication::translate("Operation", "Save for reboot on %1: %n object(s) in %2", nullptr, count)
                          .arg(server(o.server), path);
    }

private:
    QString portal(PortalHandle h) const { return portalText(m_inventory, h); }
    QString group(GroupHandle h) const { return groupText(m_inventory, h); }
    QString server(ServerHandle h) const { return serverText(m_inventory, h); }
    QString serverOfPortal(PortalHandle h) const
    {
        return server(m_inventory.has(h) ? m_inventory.portal(h).server : ServerHandle());
    }
    /// The endpoint with the whole iSCSI name and the server: what a journal must say without doubt.
    QString whole(EndpointHandle h) const
    {
        QString inNode = endpointInNodeText(m_inventory, h);
        if (!m_inventory.has(h) || !m_inventory.has(m_inventory.endpoint(h).node))
            return inNode;
        const Node node = m_inventory.node(m_inventory.endpoint(h).node);
        return tr("%1 of %2 on %3").arg(inNode, node.name.isEmpty() ? node.alias : node.name, server(node.server));
    }
    const Inventory &m_inventory;
};

class ServerFinder
{
public:
    explicit ServerFinder(const Inventory &inventory)
        : m_inventory(inventory)
    {
    }

    ServerHandle operator()(const Bind &o) const { return of(o.endpoint); }
    ServerHandle operator()(const Unbind &o) const { return of(o.endpoint); }
    ServerHandle operator()(const Move &o) const { return of(o.to); }
    ServerHandle operator()(const CreatePortal &o) const { return o.value.server; }
    ServerHandle operator()(const CreateGroup &o) const { return o.value.server; }
    ServerHandle operator()(const CreateNode &o) const { return o.value.server; }
    ServerHandle operator()(const CreateEndpoint &o) const { return o.value.server; }
    ServerHandle operator()(const DeletePortal &o) const
    {
        return m_inventory.has(o.portal) ? m_inventory.facts(o.portal).server : ServerHandle();
    }
    ServerHandle operator()(const DeleteGroup &o) const { return of(o.group); }
    ServerHandle operator()(const RenameGroup &o) const { return of(o.group); }
    ServerHandle operator()(const JoinGroup &o) const { return of(o.group); }
    ServerHandle operator()(const LeaveGroup &o) const { return of(o.group); }
    ServerHandle operator()(const DeleteNode &o) const
    {
        return m_inventory.has(o.node) ? m_inventory.node(o.node).server : ServerHandle();
    }
    ServerHandle operator()(const DeleteEndpoint &o) const { return of(o.endpoint); }
    ServerHandle operator()(const SetEndpointEnabled &o) const { return of(o.endpoint); }
    ServerHandle operator()(const SaveForReboot &o) const
    {
        return m_inventory.has(o.server) ? o.server : ServerHandle();
    }

private:
    ServerHandle of(EndpointHandle h) const
    {
        return m_inventory.has(h) ? m_inventory.endpoint(h).server : ServerHandle();
    }
    ServerHandle of(GroupHandle h) const { return m_inventory.has(h) ? m_inventory.group(h).server : ServerHandle(); }
    const Inventory &m_inventory;
};

/// The handles that an operation names, kinds told apart by the type of the argument.
template <class F>
void forEachNamed(const Operation &operation, F f)
{
    struct Visitor
    {
        F &f;
        void operator()(const Bind &o) { f(o.endpoint), f(o.portal); }
        void operator()(const Unbind &o) { f(o.endpoint), f(o.portal); }
        void operator()(const Move &o) { f(o.from), f(o.to), f(o.portal); }
        void operator()(const CreatePortal &o) { f(o.value.server); }
        void operator()(const DeletePortal &o) { f(o.portal); }
        void operator()(const CreateGroup &o) { f(o.value.server); }
        void operator()(const DeleteGroup &o) { f(o.group); }
        void operator()(const RenameGroup &o) { f(o.group); }
        void operator()(const JoinGroup &o) { f(o.group), f(o.portal); }
        void operator()(const LeaveGroup &o) { f(o.group), f(o.portal); }
        void operator()(const CreateNode &o) { f(o.value.server); }
        void operator()(const DeleteNode &o) { f(o.node); }
        void operator()(const CreateEndpoint &o)
        {
            f(o.value.node);
            for (const PortalHandle portal : o.portals)
                f(portal);
        }
        void operator()(const DeleteEndpoint &o) { f(o.endpoint); }
        void operator()(const SetEndpointEnabled &o) { f(o.endpoint); }
        void operator()(const SaveForReboot &o)
        {
            for (const NodeHandle node : o.nodes)
                f(node);
            for (const EndpointHandle endpoint : o.endpoints)
                f(endpoint);
            for (const Binding &binding : o.bindings)
                f(binding.endpoint), f(binding.portal);
        }
    };
    std::visit(Visitor{f}, operation);
}

} // namespace

Method methodOf(const Operation &operation)
{
    struct MethodOf
    {
        Method operator()(const Bind &) const { return Method::Bind; }
        Method operator()(const Unbind &) const { return Method::Unbind; }
        Method operator()(const Move &) const { return Method::Bind; }
        Method operator()(const CreatePortal &) const { return Method::CreatePortal; }
        Method operator()(const DeletePortal &) const { return Method::DeletePortal; }
        Method operator()(const CreateGroup &) const { return Method::CreateGroup; }
        Method operator()(const DeleteGroup &) const { return Method::DeleteGroup; }
        Method operator()(const RenameGroup &) const { return Method::RenameGroup; }
        Method operator()(const JoinGroup &) const { return Method::JoinGroup; }
        Method operator()(const LeaveGroup &) const { return Method::LeaveGroup; }
        Method operator()(const CreateNode &) const { return Method::CreateNode; }
        Method operator()(const DeleteNode &) const { return Method::DeleteNode; }
        Method operator()(const CreateEndpoint &) const { return Method::CreateEndpoint; }
        Method operator()(const DeleteEndpoint &) const { return Method::DeleteEndpoint; }
        Method operator()(const SetEndpointEnabled &) const { return Method::EnableEndpoint; }
        Method operator()(const SaveForReboot &) const { return Method::SaveForReboot; }
    };
    return std::visit(MethodOf{}, operation);
}

bool isCreation(const Operation &operation)
{
    return std::holds_alternative<CreatePortal>(operation) || std::holds_alternative<CreateGroup>(operation)
            || std::holds_alternative<CreateNode>(operation) || std::holds_alternative<CreateEndpoint>(operation);
}

bool SaveForReboot::names(const SavedDifference &difference) const
{
    if (difference.portal)
        return bindings.contains(Binding{difference.endpoint, difference.portal});
    return difference.endpoint ? endpoints.contains(difference.endpoint) : nodes.contains(difference.node);
}

Inverse inverse(const Operation &operation, const Inventory &before)
{
    return std::visit(Inverter(before), operation);
}

QString describe(const Operation &operation, const Inventory &inventory)
{
    return std::visit(Describer(inventory), operation);
}

ServerHandle serverOf(const Operation &operation, const Inventory &inventory)
{
    return std::visit(ServerFinder(inventory), operation);
}

bool dependsOn(const Operation &operation, const Operation &earlier)
{
    bool depends = false;
    // Types by name: GCC 12 takes decltype of an outer lambda's parameter for another type than it is.
    const auto needs = [&]<Kind K>(Handle<K> made) {
        forEachNamed(operation, [&]<Kind N>(Handle<N> named) {
            if constexpr (N == K)
                depends = depends || named == made;
        });
    };
    if (const auto *portal = std::get_if<CreatePortal>(&earlier))
        needs(portal->portal);
    else if (const auto *group = std::get_if<CreateGroup>(&earlier))
        needs(group->group);
    else if (const auto *node = std::get_if<CreateNode>(&earlier))
        needs(node->node);
    else if (const auto *endpoint = std::get_if<CreateEndpoint>(&earlier))
        needs(endpoint->endpoint);
    return depends;
}

} // namespace portalbind
