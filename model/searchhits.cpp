// SPDX-License-Identifier: Apache-2.0
#include "model/search.h"

namespace portalbind {

Conflicts::Conflicts(const QList<Operation> &operations)
{
    for (const Operation &operation : operations)
        add(operation);
}

void Conflicts::add(const Operation &operation)
{
    struct Visitor
    {
        Conflicts &to;
        void object(RowKind kind, quint32 handle) const { to.m_objects.insert({kind, handle}); }
        void operator()(const Bind &o) const { to.m_bindings.insert({o.endpoint, o.portal}); }
        void operator()(const Unbind &o) const { to.m_bindings.insert({o.endpoint, o.portal}); }
        void operator()(const Move &o) const
        {
            to.m_bindings.insert({o.from, o.portal});
            to.m_bindings.insert({o.to, o.portal});
        }
        void operator()(const CreatePortal &o) const { object(RowKind::Portal, o.portal.value); }
        void operator()(const DeletePortal &o) const { object(RowKind::Portal, o.portal.value); }
        void operator()(const CreateGroup &o) const { object(RowKind::Group, o.group.value); }
        void operator()(const DeleteGroup &o) const { object(RowKind::Group, o.group.value); }
        void operator()(const RenameGroup &o) const { object(RowKind::Group, o.group.value); }
        void operator()(const JoinGroup &o) const { to.m_memberships.insert({o.group, o.portal}); }
        void operator()(const LeaveGroup &o) const { to.m_memberships.insert({o.group, o.portal}); }
        void operator()(const CreateNode &o) const { object(RowKind::Node, o.node.value); }
        void operator()(const DeleteNode &o) const { object(RowKind::Node, o.node.value); }
        void operator()(const CreateEndpoint &o) const { object(RowKind::Endpoint, o.endpoint.value); }
        void operator()(const DeleteEndpoint &o) const { object(RowKind::Endpoint, o.endpoint.value); }
        void operator()(const SetEndpointEnabled &o) const { object(RowKind::Endpoint, o.endpoint.value); }
        void operator()(const SaveForReboot &) const { } // has no row
    };
    std::visit(Visitor{*this}, operation);
}

bool Conflicts::contains(const TreeHolder &holder, RowKind kind, quint32 handle) const
{
    const PortalHandle portal{handle};
    switch (kind) {
    case RowKind::Binding:
        return m_bindings.contains({EndpointHandle{holder.handle}, portal});
    case RowKind::Portal:
        return m_objects.contains({kind, handle})
                || (holder.kind == RowKind::Group && m_memberships.contains({GroupHandle{holder.handle}, portal}));
    case RowKind::Group:
    case RowKind::Node:
    case RowKind::Endpoint:
        return m_objects.contains({kind, handle});
    default:
        return false;
    }
}

bool SearchHits::hasPortal(const TreeHolder &holder, PortalHandle portal) const
{
    const quint64 pair = (quint64(holder.handle) << 32) | portal.value;
    switch (holder.kind) {
    case RowKind::Group:
        return m_grouped.contains(pair);
    case RowKind::Endpoint:
        return m_bound.contains(pair);
    case RowKind::LoosePortals:
        return m_loose.contains(portal.value);
    default:
        return false;
    }
}

} // namespace portalbind
