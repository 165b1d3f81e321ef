// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/peers/wsman/classes.h"
#include "tests/peers/wsman/inventory.h"

#include <QStringList>

#include <array>
#include <optional>

namespace peer {

enum class Space { Target, Interop, Wmi }; ///< CIM namespaces

/// What identifies an instance: key values, or for an association the paths at its ends.
struct Path
{
    const CimClass *type = nullptr;
    Space space = Space::Target;
    std::vector<std::pair<QByteArray, QByteArray>> keys;
    std::vector<QByteArray> roles;
    std::vector<Path> ends; ///< as many as roles
};

struct Value
{
    enum class Form { Text, DateTime, Reference };
    QByteArray property;
    QByteArray text; ///< a datetime as yyyymmddhhmmss.mmmmmm+000
    Form form = Form::Text;
    Path path; ///< of a reference
};

struct Instance
{
    const CimClass *type = nullptr;
    std::vector<Value> values; ///< those that are not NULL
};

/// What the peer serves: one kind per concrete class and source of rows.
enum class Kind {
    System,
    Controller,
    IscsiEndpoint,
    TcpEndpoint,
    IpEndpoint,
    EthernetPort,
    Collection,
    Session,
    Connection,
    Service,
    ServiceCapabilities,
    EntityCapabilities,
    LowerBinding, ///< TCP on IP
    Binding, ///< iSCSI on TCP (or IP)
    SapAvailable,
    IscsiAccess,
    TcpAccess,
    IpAccess,
    HostedCollection,
    HostedService,
    ControllerDevice,
    PortDevice,
    Member,
    DeviceSap,
    SessionPipe,
    ConnectionPipe,
    PipeComposition,
    ServiceHasCapabilities,
    SystemHasCapabilities,
    Profile,
    Conformance,
    WtPortal,
    WtHost,
    WtGeneral,
    WtSession,
};
inline constexpr size_t kinds = size_t(Kind::WtSession) + 1;

struct Object
{
    Kind kind;
    quint32 row;
    friend bool operator==(const Object &, const Object &) = default;
};

/// How a workbook becomes CIM instances.
struct Naming
{
    bool windows = false; ///< MSISCSITARGET_* classes instead of CIM_*
    /// As in the recordings: tcp-000000, ip-000000, rig:pg-000000, NameFormat rig, no Name of controllers, and an
    /// address for every portal. Else portals are called after their address.
    bool numbered = false;
    bool native = false; ///< WT_* in root/wmi
    bool smis = true; ///< root/cimv2/storage/iscsitarget
    QStringList without; ///< classes that this server has not
};

/// The instances of one inventory. Immutable: an enumeration keeps the one it began with.
class Provider
{
public:
    Provider(const Classes &classes, std::shared_ptr<const Inventory> inventory, Naming naming);

    [[nodiscard]] const Inventory &inventory() const { return *m_inventory; }
    [[nodiscard]] bool has(Space space) const;
    [[nodiscard]] bool serves(Kind kind) const;
    /// nullptr when the server has no such class; the ancestors of its classes are there too.
    [[nodiscard]] const CimClass *classOf(const QByteArray &name, Space space) const;
    [[nodiscard]] const CimClass *classOf(Kind kind) const { return m_types[size_t(kind)]; }
    [[nodiscard]] quint32 count(Kind kind) const;
    /// All objects of \a type and of its subclasses.
    [[nodiscard]] std::vector<Object> objects(const CimClass *type, Space space) const;

    [[nodiscard]] Path path(Object object) const;
    [[nodiscard]] Instance instance(Object object) const;
    /// The object that \a path names; empty when there is none.
    [[nodiscard]] std::optional<Object> find(const Path &path) const;
    [[nodiscard]] static Space spaceOf(Kind kind);
    [[nodiscard]] bool isAssociation(Kind kind) const { return m_types[size_t(kind)]->association; }
    /// The ends of an association in the order of its keys (AvailableSAP, ManagedElement; Antecedent, Dependent …).
    [[nodiscard]] std::array<std::pair<const char *, Object>, 2> ends(Object object) const;

    [[nodiscard]] qint64 portalId(quint32 row) const
    {
        return m_inventory->portals[m_tcp[row]].id;
    } ///< of a TcpEndpoint
    [[nodiscard]] QByteArray nameOf(Object object) const; ///< the key that tells objects of a kind apart

private:
    [[nodiscard]] QByteArray nodeName(size_t row) const;
    [[nodiscard]] QByteArray endpointName(size_t row) const;
    [[nodiscard]] QByteArray portalName(size_t row) const;
    [[nodiscard]] QByteArray numbered(const char *prefix, size_t row) const;
    void index(Kind kind);
    void fill(Object object, Instance *instance) const;
    void fillEndpoint(size_t row, Instance *instance) const;
    void fillAddress(size_t row, Instance *instance) const;
    void fillSession(size_t row, Instance *instance) const;
    void fillNative(Object object, Instance *instance) const;

    std::shared_ptr<const Inventory> m_inventory;
    const Classes &m_classes;
    Naming m_naming;
    std::array<const CimClass *, kinds> m_types{};
    std::array<QHash<QByteArray, quint32>, kinds> m_rows; // by name
    std::array<std::vector<QByteArray>, kinds> m_names;
    std::vector<quint32> m_tcp; // portals, by row of Kind::TcpEndpoint
    std::vector<qint32> m_rowOfPortal; // row in Kind::TcpEndpoint, or in Kind::IpEndpoint
    std::vector<quint32> m_lower; // rows of TcpEndpoint that have an address
    std::vector<quint32> m_withNode; // endpoints that belong to a node
    std::vector<quint32> m_connections; // sessions that have a portal
    std::vector<quint32> m_hostPortals; // portals, one an address: WT_Portal knows one port of each
    std::vector<quint32> m_targets; // nodes that are targets
};

} // namespace peer
