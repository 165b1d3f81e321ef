// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/address.h"
#include "model/handle.h"

#include <QString>

#include <optional>

namespace portalbind {

/// CIM_SCSIProtocolEndpoint.Role, with the values of the schema. NULL is read as Unknown.
enum class Role : quint8 { Unknown = 0, Initiator = 2, Target = 3, Both = 4 };

/// What a portal is made of: a TCP endpoint (address and port) for targets, an IP endpoint (address) for initiators.
enum class PortalKind : quint8 { Tcp, Ip };

/// What a binding of this endpoint reaches: its own target, or every target of the server (Windows WT_Portal.Listen).
enum class BindingScope : quint8 { Endpoint, Server };

/// Who refuses when a predicate fails: the target itself, the console by policy (a person may override), or nobody.
enum class Enforcement : quint8 { Target, Policy, Nobody };

/// Whether a server does a thing. Unknown: it can only be learned by asking it.
enum class Support : quint8 { No, Yes, Unknown };

/// Where portal groups come from: there are none, the server shows them read-only (CIM), or the console keeps them.
enum class GroupSource : quint8 { None, ReadOnly, Editable };

/// The words and commands that fit a server.
enum class Dialect : quint8 { Workbook, Smis, WindowsSmis, WindowsNative, Lio };

/// What one server can do and which rules it enforces itself. What is missing here is missing from the menus.
struct Capabilities
{
    Support bind = Support::Yes; ///< BindiSCSIProtocolEndPoint; Windows SMI-S may answer 1
    Support unbind = Support::Yes; ///< DeleteInstance of CIM_BindsTo
    Enforcement addressRule = Enforcement::Target; ///< R5, 4097
    Enforcement groupRule = Enforcement::Target; ///< R7, 4099
    GroupSource groups = GroupSource::None;
    bool editPortals = false; ///< portals can be created and deleted
    bool createEndpoint = false; ///< iSCSIConfigurationCapabilities.iSCSIProtocolEndpointCreationSupported
    bool chooseTag = false; ///< .IdentifierSelectionSupported
    bool createNode = false; ///< .iSCSINodeCreationSupported
    bool chooseNodeName = false; ///< a created node may be given its iSCSI name
    bool initiatorNodes = false; ///< initiator-role endpoints may be created
    bool enableEndpoint = false;

    friend bool operator==(const Capabilities &, const Capabilities &) = default;
};

/// A server: CIM_ComputerSystem, WT_General, this host.
struct Server
{
    QString name;
    QString host; ///< address or host name, for the address column; may be empty
    Dialect dialect = Dialect::Workbook;
    Capabilities capabilities;

    friend bool operator==(const Server &, const Server &) = default;
};

/// A target or an initiator: CIM_SCSIProtocolController, IQN directory.
struct Node
{
    ServerHandle server;
    Role role = Role::Target;
    QString name; ///< iSCSI name
    QString alias; ///< ElementName

    friend bool operator==(const Node &, const Node &) = default;
};

/// An iSCSI port: CIM_iSCSIProtocolEndpoint, tpgt_N.
struct Endpoint
{
    ServerHandle server;
    NodeHandle node; ///< null: an orphan, or the server-wide switch
    Role role = Role::Target;
    BindingScope scope = BindingScope::Endpoint;
    bool enabled = true;
    quint64 tag = 0; ///< TPGT (16 bit) or ISID (48 bit)

    friend bool operator==(const Endpoint &, const Endpoint &) = default;
};

/// A network portal: CIM_TCPProtocolEndpoint, or CIM_IPProtocolEndpoint for initiators.
struct Portal
{
    ServerHandle server;
    PortalKind kind = PortalKind::Tcp;
    PortalAddress address; ///< port 0 when kind is Ip
    bool addressPresent = true; ///< a TCP portal stands on an address that the server has (R5); true for a wildcard
    QString nic; ///< name of the network interface; may be empty

    friend bool operator==(const Portal &, const Portal &) = default;
};

/// A portal group: CIM_SystemSpecificCollection, or the console's own pool.
struct Group
{
    ServerHandle server;
    QString name;
    bool derived = false; ///< *as found*: made up to show portals together, never a reason to refuse

    friend bool operator==(const Group &, const Group &) = default;
};

/// A logged-in session. Without a portal it is known to the endpoint only.
struct LoginSession
{
    EndpointHandle endpoint;
    PortalHandle portal; ///< null: not attributable to a portal
    QString initiator; ///< iSCSI name
    QString from; ///< address of the initiator; may be empty

    friend bool operator==(const LoginSession &, const LoginSession &) = default;
};

struct Binding
{
    EndpointHandle endpoint;
    PortalHandle portal;

    // NOLINTNEXTLINE(modernize-use-nullptr): the compiler's own text compares with a literal 0
    friend auto operator<=>(const Binding &, const Binding &) = default;
};

struct Membership
{
    GroupHandle group;
    PortalHandle portal;

    // NOLINTNEXTLINE(modernize-use-nullptr): the compiler's own text compares with a literal 0
    friend auto operator<=>(const Membership &, const Membership &) = default;
};

inline size_t qHash(const Binding &b, size_t seed = 0)
{
    return ::qHash((quint64(b.endpoint.value) << 32) | b.portal.value, seed);
}

inline size_t qHash(const Membership &m, size_t seed = 0)
{
    return ::qHash((quint64(m.group.value) << 32) | m.portal.value, seed);
}

/// `IQN,t,0x0001` or `IQN,i,0x…` of an endpoint of \a node.
[[nodiscard]] QString endpointName(const Node &node, const Endpoint &endpoint);

} // namespace portalbind
