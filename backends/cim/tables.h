// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/keytable.h"
#include "model/address.h"
#include "model/entities.h"

#include <QString>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace portalbind::cim {

/// What is enumerated. Associations are those from firstAssociation on, those of root/wmi come last.
enum class Source : quint8 {
    System,
    Service,
    ServiceCapabilities,
    Node,
    Endpoint,
    Tcp,
    Ip,
    Collection,
    Session,
    Connection,
    Nic,
    BindsTo,
    NodeOfPort, ///< SAPAvailableForElement
    Member, ///< MemberOfCollection
    HostedCollection,
    PipeEnd, ///< EndpointOfNetworkPipe
    PipePart, ///< NetworkPipeComposition
    NicOfPoint, ///< DeviceSAPImplementation
    SystemPart, ///< ComponentCS
    CapabilitiesOf, ///< ElementCapabilities
    HostedPoint, ///< HostedAccessPoint
    WtGeneral,
    WtPortal,
    WtHost,
    WtSession,
};
inline constexpr size_t sourceCount = size_t(Source::WtSession) + 1;
inline constexpr bool isAssociation(Source s)
{
    return s >= Source::BindsTo && s <= Source::HostedPoint;
}
inline constexpr bool isNative(Source s) ///< of root/wmi
{
    return s >= Source::WtGeneral;
}

struct SystemRow
{
    QString name; ///< ElementName
};
struct ServiceRow
{
};
struct ServiceCapabilitiesRow
{
    bool createEndpoint = false, chooseTag = false, createNode = false;
};
struct NodeRow
{
    QString name; ///< iSCSI name; empty for a controller that is no iSCSI node
    QString alias;
};
struct EndpointRow
{
    std::string node; ///< iSCSI name within its own name
    quint64 tag = 0;
    Role role = Role::Unknown;
    bool enabled = true;
    bool canEnable = false; ///< RequestedState is other than "not applicable"
};
struct TcpRow
{
    std::string label; ///< ElementName
    quint16 port = 0;
};
struct IpRow
{
    std::optional<IpAddress> v4, v6;
};
struct CollectionRow
{
    QString name; ///< ElementName
};
struct SessionRow
{
    QString initiator; ///< iSCSI name
    bool discovery = false;
};
struct ConnectionRow
{
};
struct NicRow
{
    QString name;
};
struct WtPortalRow
{
    PortalAddress address;
    bool listen = false;
};
struct WtHostRow
{
    QString iqn, name, resourceGroup;
    bool enabled = true;
};
struct WtSessionRow
{
    struct Path
    {
        PortalAddress target;
        QString from;
    };
    QString initiator, iqn, host;
    std::vector<Path> paths;
    bool discovery = false;
};
struct WtGeneralRow
{
    QString name;
    bool clustered = false;
    bool remotelyManageable = true;
};

/// Rows of one class, each under the number of its key. A path that comes twice keeps its last content.
template <class R>
struct RowsOf
{
    std::vector<R> rows;
    std::vector<quint32> keys; ///< by row
};

/// An association instance: the numbers of the keys of its ends, in the order in which its properties are asked for.
struct Edge
{
    quint32 from, to;
};

/// What the enumerations of one load have brought so far.
struct Tables
{
    /// Where the object of a key is.
    struct Place
    {
        quint32 row = KeyTable::none; ///< none: referred to, but not read
        Source source{};
    };

    KeyTable keys;
    std::vector<Place> places; ///< by number of key; may be shorter than keys
    RowsOf<SystemRow> systems;
    RowsOf<ServiceRow> services;
    RowsOf<ServiceCapabilitiesRow> serviceCapabilities;
    RowsOf<NodeRow> nodes;
    RowsOf<EndpointRow> endpoints;
    RowsOf<TcpRow> tcps;
    RowsOf<IpRow> ips;
    RowsOf<CollectionRow> collections;
    RowsOf<SessionRow> sessions;
    RowsOf<ConnectionRow> connections;
    RowsOf<NicRow> nics;
    RowsOf<WtPortalRow> wtPortals;
    RowsOf<WtHostRow> wtHosts;
    RowsOf<WtSessionRow> wtSessions;
    std::optional<WtGeneralRow> wtGeneral;
    std::array<std::vector<Edge>, sourceCount> edges; ///< of associations

    [[nodiscard]] Place place(quint32 key) const { return key < places.size() ? places[key] : Place(); }
    [[nodiscard]] const std::vector<Edge> &edgesOf(Source s) const { return edges[size_t(s)]; }

    template <class R>
    void put(RowsOf<R> &table, Source source, std::string_view key, R row)
    {
        const quint32 number = keys.number(key);
        if (number >= places.size())
            places.resize(keys.size() + keys.size() / 2);
        Place &at = places[number];
        if (at.row != KeyTable::none && at.source == source) {
            table.rows[at.row] = std::move(row);
            return;
        }
        at = {quint32(table.rows.size()), source};
        table.rows.push_back(std::move(row));
        table.keys.push_back(number);
    }
};

} // namespace portalbind::cim
