// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/wsman/provider.h"

namespace peer {

namespace {

struct KindClass
{
    const char *generic;
    const char *windows; ///< nullptr: Windows has none
    Space space;
};

// In the order of Kind. Windows classes: iSCSI Target Server provider reference; facts of the CIM schema 2.49.
constexpr std::array<KindClass, kinds> kindClasses{{
        {"CIM_ComputerSystem", "MSFTSM_ComputerSystem", Space::Target},
        {"CIM_SCSIProtocolController", "MSISCSITARGET_SCSIProtocolController", Space::Target},
        {"CIM_iSCSIProtocolEndpoint", "MSISCSITARGET_iSCSIProtocolEndpoint", Space::Target},
        {"CIM_TCPProtocolEndpoint", "MSISCSITARGET_TCPProtocolEndpoint", Space::Target},
        {"CIM_IPProtocolEndpoint", "MSFTSMNET_IPProtocolEndpoint", Space::Target},
        {"CIM_EthernetPort", "MSFTSMNET_EthernetPort", Space::Target},
        {"CIM_SystemSpecificCollection", nullptr, Space::Target},
        {"CIM_iSCSISession", "MSISCSITARGET_iSCSISession", Space::Target},
        {"CIM_iSCSIConnection", "MSISCSITARGET_iSCSIConnection", Space::Target},
        {"CIM_iSCSIConfigurationService", "MSISCSITARGET_iSCSIConfigurationService", Space::Target},
        {"CIM_iSCSIConfigurationCapabilities", "MSISCSITARGET_iSCSIConfigurationCapabilities", Space::Target},
        {"CIM_iSCSICapabilities", "MSISCSITARGET_iSCSICapabilities", Space::Target},
        {"CIM_BindsTo", "MSISCSITARGET_BindsTo", Space::Target},
        {"CIM_BindsTo", "MSISCSITARGET_BindsTo", Space::Target},
        {"CIM_SAPAvailableForElement", "MSISCSITARGET_SAPAvailableForElement", Space::Target},
        {"CIM_HostedAccessPoint", "MSISCSITARGET_HostedAccessPoint", Space::Target},
        {"CIM_HostedAccessPoint", "MSISCSITARGET_HostedAccessPoint", Space::Target},
        {"CIM_HostedAccessPoint", "MSFTSMNET_HostedAccessPoint", Space::Target},
        {"CIM_HostedCollection", nullptr, Space::Target},
        {"CIM_HostedService", "MSISCSITARGET_HostedService", Space::Target},
        {"CIM_SystemDevice", "MSISCSITARGET_SystemDevice", Space::Target},
        {"CIM_SystemDevice", "MSISCSITARGET_SystemDevice", Space::Target},
        {"CIM_MemberOfCollection", nullptr, Space::Target},
        {"CIM_DeviceSAPImplementation", "MSFTSMNET_DeviceSAPImplementation", Space::Target},
        {"CIM_EndpointOfNetworkPipe", "MSISCSITARGET_EndpointOfNetworkPipe", Space::Target},
        {"CIM_EndpointOfNetworkPipe", "MSISCSITARGET_EndpointOfNetworkPipe", Space::Target},
        {"CIM_NetworkPipeComposition", "MSISCSITARGET_NetworkPipeComposition", Space::Target},
        {"CIM_ElementCapabilities", "MSISCSITARGET_ElementCapabilities", Space::Target},
        {"CIM_ElementCapabilities", "MSISCSITARGET_ElementCapabilities", Space::Target},
        {"CIM_RegisteredProfile", "MSFTSM_RegisteredProfile", Space::Interop},
        {"CIM_ElementConformsToProfile", "MSFTSM_ElementConformsToProfile", Space::Interop},
        {nullptr, "WT_Portal", Space::Wmi},
        {nullptr, "WT_Host", Space::Wmi},
        {nullptr, "WT_General", Space::Wmi},
        {nullptr, "WT_Session", Space::Wmi},
}};

} // namespace

Provider::Provider(const Classes &classes, std::shared_ptr<const Inventory> inventory, Naming naming)
    : m_inventory(std::move(inventory))
    , m_classes(classes)
    , m_naming(std::move(naming))
{
    for (size_t i = 0; i < kinds; ++i) {
        const KindClass &each = kindClasses[i];
        const char *const name = m_naming.windows ? each.windows : each.generic;
        if (name && (each.space != Space::Wmi || m_naming.native) && (each.space == Space::Wmi || m_naming.smis))
            m_types[i] = &classes.get(name);
    }
    const Inventory &all = *m_inventory;
    m_rowOfPortal.assign(all.portals.size(), -1);
    QHash<QByteArray, bool> hostAddresses;
    for (size_t i = 0; i < all.portals.size(); ++i) {
        const Inventory::Portal &portal = all.portals[i];
        m_rowOfPortal[i] = portal.tcp ? qint32(m_tcp.size()) : portal.address;
        if (!portal.tcp)
            continue;
        if (portal.present)
            m_lower.push_back(quint32(m_tcp.size()));
        m_tcp.push_back(quint32(i));
        if (!hostAddresses.contains(portal.ip)) {
            hostAddresses.insert(portal.ip, true);
            m_hostPortals.push_back(quint32(i));
        }
    }
    for (size_t i = 0; i < all.endpoints.size(); ++i) {
        if (all.endpoints[i].node >= 0)
            m_withNode.push_back(quint32(i));
    }
    for (size_t i = 0; i < all.sessions.size(); ++i) {
        if (all.sessions[i].portal >= 0 && all.portals[size_t(all.sessions[i].portal)].tcp)
            m_connections.push_back(quint32(i));
    }
    for (size_t i = 0; i < all.nodes.size(); ++i) {
        if (all.nodes[i].role != 2)
            m_targets.push_back(quint32(i));
    }
    for (size_t i = 0; i < kinds; ++i) {
        if (m_types[i] && !m_types[i]->association)
            index(Kind(i));
    }
}

void Provider::index(Kind kind)
{
    const quint32 rows = count(kind);
    auto &names = m_names[size_t(kind)];
    auto &byName = m_rows[size_t(kind)];
    names.reserve(rows);
    byName.reserve(rows);
    for (quint32 row = 0; row < rows; ++row) {
        QByteArray name = nameOf({kind, row});
        // A workbook may hold the same name twice; CIM keys may not.
        for (int again = 2; byName.contains(name); ++again)
            name = nameOf({kind, row}) + '#' + QByteArray::number(again);
        byName.insert(name, row);
        names.push_back(name);
    }
}

Space Provider::spaceOf(Kind kind)
{
    return kindClasses[size_t(kind)].space;
}

bool Provider::has(Space space) const
{
    for (size_t i = 0; i < kinds; ++i) {
        if (spaceOf(Kind(i)) == space && serves(Kind(i)))
            return true;
    }
    return false;
}

bool Provider::serves(Kind kind) const
{
    const CimClass *const type = m_types[size_t(kind)];
    return type && !m_naming.without.contains(QString::fromUtf8(type->name), Qt::CaseInsensitive);
}

const CimClass *Provider::classOf(const QByteArray &name, Space space) const
{
    const CimClass *const wanted = m_classes.find(name);
    if (!wanted)
        return nullptr;
    for (size_t i = 0; i < kinds; ++i) {
        if (m_types[i] && spaceOf(Kind(i)) == space && m_types[i]->derivesFrom(wanted) && serves(Kind(i)))
            return wanted;
    }
    return nullptr;
}

quint32 Provider::count(Kind kind) const
{
    if (!m_types[size_t(kind)])
        return 0;
    const Inventory &all = *m_inventory;
    switch (kind) {
    case Kind::Controller:
    case Kind::ControllerDevice:
        return quint32(all.nodes.size());
    case Kind::IscsiEndpoint:
    case Kind::IscsiAccess:
        return quint32(all.endpoints.size());
    case Kind::TcpEndpoint:
    case Kind::TcpAccess:
        return quint32(m_tcp.size());
    case Kind::IpEndpoint:
    case Kind::IpAccess:
        return quint32(all.addresses.size());
    case Kind::EthernetPort:
    case Kind::PortDevice:
        return quint32(all.nics.size());
    case Kind::Collection:
    case Kind::HostedCollection:
        return quint32(all.groups.size());
    case Kind::Session:
    case Kind::SessionPipe:
    case Kind::WtSession:
        return quint32(all.sessions.size());
    case Kind::Connection:
    case Kind::ConnectionPipe:
    case Kind::PipeComposition:
        return quint32(m_connections.size());
    case Kind::LowerBinding:
        return quint32(m_lower.size());
    case Kind::Binding:
        return quint32(all.bindings.size());
    case Kind::SapAvailable:
        return quint32(m_withNode.size());
    case Kind::Member:
        return quint32(all.members.size());
    case Kind::DeviceSap:
        return quint32(all.addressesOfNics.size());
    case Kind::Profile:
        return 2;
    case Kind::WtPortal:
        return quint32(m_hostPortals.size());
    case Kind::WtHost:
        return quint32(m_targets.size());
    default:
        return 1;
    }
}

std::vector<Object> Provider::objects(const CimClass *type, Space space) const
{
    std::vector<Object> found;
    for (size_t i = 0; i < kinds; ++i) {
        if (!serves(Kind(i)) || spaceOf(Kind(i)) != space || !m_types[i]->derivesFrom(type))
            continue;
        const quint32 rows = count(Kind(i));
        for (quint32 row = 0; row < rows; ++row)
            found.push_back({Kind(i), row});
    }
    return found;
}

std::array<std::pair<const char *, Object>, 2> Provider::ends(Object object) const
{
    const Inventory &all = *m_inventory;
    const quint32 row = object.row;
    const Object system{Kind::System, 0};
    const auto portal = [&](int position) {
        return Object{all.portals[size_t(position)].tcp ? Kind::TcpEndpoint : Kind::IpEndpoint,
                      quint32(m_rowOfPortal[size_t(position)])};
    };
    switch (object.kind) {
    case Kind::LowerBinding: {
        const Inventory::Portal &tcp = all.portals[m_tcp[m_lower[row]]];
        return {{{"Antecedent", {Kind::IpEndpoint, quint32(tcp.address)}},
                 {"Dependent", {Kind::TcpEndpoint, m_lower[row]}}}};
    }
    case Kind::Binding:
        return {{{"Antecedent", portal(all.bindings[row].to)},
                 {"Dependent", {Kind::IscsiEndpoint, quint32(all.bindings[row].from)}}}};
    case Kind::SapAvailable: {
        const quint32 endpoint = m_withNode[row];
        return {{{"AvailableSAP", {Kind::IscsiEndpoint, endpoint}},
                 {"ManagedElement", {Kind::Controller, quint32(all.endpoints[endpoint].node)}}}};
    }
    case Kind::IscsiAccess:
        return {{{"Antecedent", system}, {"Dependent", {Kind::IscsiEndpoint, row}}}};
    case Kind::TcpAccess:
        return {{{"Antecedent", system}, {"Dependent", {Kind::TcpEndpoint, row}}}};
    case Kind::IpAccess:
        return {{{"Antecedent", system}, {"Dependent", {Kind::IpEndpoint, row}}}};
    case Kind::HostedCollection:
        return {{{"Antecedent", system}, {"Dependent", {Kind::Collection, row}}}};
    case Kind::HostedService:
        return {{{"Antecedent", system}, {"Dependent", {Kind::Service, 0}}}};
    case Kind::ControllerDevice:
        return {{{"GroupComponent", system}, {"PartComponent", {Kind::Controller, row}}}};
    case Kind::PortDevice:
        return {{{"GroupComponent", system}, {"PartComponent", {Kind::EthernetPort, row}}}};
    case Kind::Member:
        return {{{"Collection", {Kind::Collection, quint32(all.members[row].from)}},
                 {"Member", portal(all.members[row].to)}}};
    case Kind::DeviceSap:
        return {{{"Antecedent", {Kind::EthernetPort, quint32(all.addressesOfNics[row].from)}},
                 {"Dependent", {Kind::IpEndpoint, quint32(all.addressesOfNics[row].to)}}}};
    case Kind::SessionPipe:
        return {{{"Antecedent", {Kind::IscsiEndpoint, quint32(all.sessions[row].endpoint)}},
                 {"Dependent", {Kind::Session, row}}}};
    case Kind::ConnectionPipe:
        return {{{"Antecedent", portal(all.sessions[m_connections[row]].portal)},
                 {"Dependent", {Kind::Connection, row}}}};
    case Kind::PipeComposition:
        return {{{"GroupComponent", {Kind::Session, m_connections[row]}}, {"PartComponent", {Kind::Connection, row}}}};
    case Kind::ServiceHasCapabilities:
        return {{{"ManagedElement", {Kind::Service, 0}}, {"Capabilities", {Kind::ServiceCapabilities, 0}}}};
    case Kind::SystemHasCapabilities:
        return {{{"ManagedElement", system}, {"Capabilities", {Kind::EntityCapabilities, 0}}}};
    case Kind::Conformance:
        return {{{"ConformantStandard", {Kind::Profile, 0}}, {"ManagedElement", system}}};
    default:
        Q_UNREACHABLE();
    }
}

Path Provider::path(Object object) const
{
    const CimClass &type = *m_types[size_t(object.kind)];
    Path path{&type, spaceOf(object.kind), {}, {}, {}};
    if (type.association) {
        for (const auto &[role, end] : ends(object)) {
            path.roles.emplace_back(role);
            path.ends.push_back(this->path(end));
        }
        return path;
    }
    const QByteArray &name = m_names[size_t(object.kind)][object.row];
    for (const QByteArray &key : type.keys) {
        if (key == "SystemCreationClassName") // which no class has where there is none of systems (--native-only)
            path.keys.emplace_back(key, m_types[size_t(Kind::System)]->name);
        else if (key == "SystemName")
            path.keys.emplace_back(key, m_names[size_t(Kind::System)][0]);
        else if (key == "CreationClassName")
            path.keys.emplace_back(key, type.name);
        else
            path.keys.emplace_back(key, name);
    }
    return path;
}

std::optional<Object> Provider::find(const Path &path) const
{
    for (size_t i = 0; i < kinds; ++i) {
        if (!serves(Kind(i)) || spaceOf(Kind(i)) != path.space || !m_types[i]->derivesFrom(path.type))
            continue;
        if (m_types[i]->association) {
            std::vector<std::pair<QByteArray, Object>> wanted;
            for (size_t end = 0; end < path.ends.size(); ++end) {
                if (const auto object = find(path.ends[end]))
                    wanted.emplace_back(path.roles[end], *object);
            }
            if (wanted.size() != 2)
                continue;
            for (quint32 row = 0; row < count(Kind(i)); ++row) {
                const auto both = ends({Kind(i), row});
                const auto holds = [&](const auto &end) {
                    return std::any_of(wanted.begin(), wanted.end(), [&](const auto &each) {
                        return each.first.compare(end.first, Qt::CaseInsensitive) == 0 && each.second == end.second;
                    });
                };
                if (holds(both[0]) && holds(both[1]))
                    return Object{Kind(i), row};
            }
            continue;
        }
        for (const auto &[key, value] : path.keys) {
            const auto row = m_rows[i].constFind(value);
            if (row == m_rows[i].constEnd() || key.compare("SystemName", Qt::CaseInsensitive) == 0)
                continue;
            const Object object{Kind(i), *row};
            const Path real = this->path(object);
            const bool same = real.keys.size() == path.keys.size()
                    && std::all_of(real.keys.begin(), real.keys.end(), [&](const auto &own) {
                                  return std::any_of(path.keys.begin(), path.keys.end(), [&](const auto &given) {
                                      return own.first.compare(given.first, Qt::CaseInsensitive) == 0
                                              && own.second == given.second;
                                  });
                              });
            if (same)
                return object;
        }
        if (m_types[i]->keys.isEmpty() && path.keys.empty())
            return Object{Kind(i), 0};
    }
    return {};
}

} // namespace peer
