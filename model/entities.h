// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/address.h"
#include "model/handle.h"

#include <QList>
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
    bool exclusivePorts = false; ///< a wildcard and another address of one port cannot both be bound (Linux)
    bool bindsBesideSwitch = false; ///< single endpoints can be bound although one switch serves all targets
    bool bareEndpoints = false; ///< an endpoint comes into being disabled, without portals; only empty ones go (Linux)
    bool savesForReboot = false; ///< what is changed can be kept for the next start: SaveForReboot

    friend bool operator==(const Capabilities &, const Capabilities &) = default;
};

/// Something that is otherwise in the file from which a server is set up at its next start: a node, an endpoint when
/// `endpoint` is given, a binding when `portal` is given as well. What only the file has may have no row in a snapshot.
struct SavedDifference
{
    enum class Kind : quint8 { NotSaved, OnlySaved, Otherwise };
    Kind kind = Kind::NotSaved;
    NodeHandle node;
    EndpointHandle endpoint;
    PortalHandle portal;
    QString text; ///< one sentence, with the names

    friend bool operator==(const SavedDifference &, const SavedDifference &) = default;
};

/// What a server starts with the next time, as far as it differs from what it shows now.
struct SavedState
{
    QString path; ///< of the file; empty: there is none, or nobody can tell
    bool isUsual = false; ///< saving is what people expect here: a tool that restores the file looks after this server
    QString whyNot; ///< one sentence when nothing can be saved; empty when it can
    QString warning; ///< one sentence when saving is not enough ("the restore unit is not enabled"); may be empty
    QList<SavedDifference> differences;

    friend bool operator==(const SavedState &, const SavedState &) = default;
};

/// A server: CIM_ComputerSystem, WT_General, this host.
struct Server
{
    QString name;
    QString host; ///< address or host name, for the address column; may be empty
    Dialect dialect = Dialect::Workbook;
    Capabilities capabilities;
    QString owner{}; ///< what else manages its targets ("Pacemaker"); empty: nothing that is known
    SavedState saved{}; ///< where capabilities.savesForReboot

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
    QString takenBy{}; ///< who else has its port, "nginx (71)"; empty: nobody, as far as is known
    QString movedBy{}; ///< what moves its address between hosts, "keepalived": where it is gone it may be elsewhere
    /// Made up from an address that the server has: it can be bound at once, and nothing stands behind it yet that
    /// could be deleted.
    bool isOffered = false;

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

/// How a binding is served, beyond that it is.
struct Transport
{
    bool iser = false; ///< iSER instead of TCP
    bool offload = false; ///< the network card's own engine (cxgbit)
    [[nodiscard]] bool isUsual() const { return !iser && !offload; }
    friend bool operator==(const Transport &, const Transport &) = default;
};

/// What decides whether initiators may use an endpoint, and what they find there. Told by Linux targets only; no
/// secret is part of it.
struct EndpointAccess
{
    struct Lun
    {
        quint32 number = 0;
        QString storage; ///< what stands behind it: `fileio_0/disk1`
        friend bool operator==(const Lun &, const Lun &) = default;
    };
    struct Initiator
    {
        QString name; ///< iSCSI name, as its ACL has it
        QList<Lun> luns; ///< as the initiator sees them, sorted by number
        friend bool operator==(const Initiator &, const Initiator &) = default;
    };
    struct OddBinding ///< one that is not plain TCP, or that nobody listens at
    {
        PortalHandle portal;
        Transport transport;
        bool listens = true;
        friend bool operator==(const OddBinding &, const OddBinding &) = default;
    };
    bool authentication = true; ///< initiators have to show a CHAP secret
    bool anyInitiator = false; ///< those without an ACL are let in as well (generate_node_acls)
    bool advertised = true; ///< discovery shows it to initiators without an ACL (demo_mode_discovery)
    QList<Lun> luns; ///< of the endpoint, sorted by number
    QList<Initiator> initiators; ///< with an ACL, sorted by name
    QList<OddBinding> bindings; ///< sorted by portal

    [[nodiscard]] const Initiator *find(const QString &initiator) const;
    friend bool operator==(const EndpointAccess &, const EndpointAccess &) = default;
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
