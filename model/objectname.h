// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"

#include <variant>

namespace portalbind {

using AnyHandle = std::variant<ServerHandle, NodeHandle, EndpointHandle, PortalHandle, GroupHandle>;

/// The objects of one inventory by the names that the field gives them:
///
/// - a portal is `10.0.1.5:3260` or `[2001:db8::5]:3260`, one of an initiator endpoint an address alone;
/// - an endpoint is `IQN,t,0x0001` or `IQN,1`, one of an initiator `IQN,i,0x00023d000001`; the switch for all targets
/// of
///   a server is `all-targets`;
/// - a target or initiator is its iSCSI name, a portal group and a server their own name.
///
/// `SERVER/` may stand in front, and does in nameOf() where there are several servers. What has no name of its own, or
/// shares it on its server, is `@ID` with the server's own id, percent-encoded. Safe in any thread.
class ObjectNames
{
public:
    /// O(n).
    explicit ObjectNames(Inventory inventory);

    /// A name that find() resolves to \a h again.
    [[nodiscard]] QString nameOf(ServerHandle h) const;
    [[nodiscard]] QString nameOf(NodeHandle h) const;
    [[nodiscard]] QString nameOf(EndpointHandle h) const;
    [[nodiscard]] QString nameOf(PortalHandle h) const;
    [[nodiscard]] QString nameOf(GroupHandle h) const;
    [[nodiscard]] QString nameOf(const AnyHandle &h) const;

    /// The object of that kind. Errors: BadInput (no name of this kind looks like that), NoSuchObject (the nearest
    /// names in `detail`), Ambiguous (the candidates in `detail`). Lists have one name a line.
    template <class H>
    [[nodiscard]] Result<H> find(const QString &name) const;
    /// The object of whatever kind. Errors: NoSuchObject, Ambiguous.
    [[nodiscard]] Result<AnyHandle> findAny(const QString &name) const;

    [[nodiscard]] const Inventory &inventory() const { return m_inventory; }

private:
    template <class H>
    using Index = QMultiHash<QString, H>;

    template <class H>
    [[nodiscard]] const Index<H> &index() const;
    template <class H>
    [[nodiscard]] QString localName(H h) const;
    /// Those that \a text names, on \a server or, when it is null, on any.
    template <class H>
    [[nodiscard]] Result<QList<H>> matches(QStringView text, ServerHandle server) const;
    template <class H>
    [[nodiscard]] Result<QList<H>> candidates(const QString &name) const;
    template <class H>
    [[nodiscard]] H findById(const QString &name) const;
    template <class H>
    [[nodiscard]] QString makeName(H h) const;
    template <class H>
    [[nodiscard]] Error notFound(const QString &name) const;
    template <class H>
    [[nodiscard]] Error ambiguous(const QString &name, const QList<H> &candidates) const;

    Inventory m_inventory;
    bool m_severalServers = false;
    Index<ServerHandle> m_servers;
    Index<NodeHandle> m_nodes; // by normalised iSCSI name
    Index<EndpointHandle> m_endpoints; // by normalised iSCSI name, comma, tag
    Index<PortalHandle> m_portals; // by canonical address
    Index<GroupHandle> m_groups;
};

/// The name of one object. O(n): many of them come cheaper from one ObjectNames.
template <class H>
[[nodiscard]] QString nameOf(H handle, const Inventory &inventory)
{
    return ObjectNames(inventory).nameOf(handle);
}

} // namespace portalbind
