// SPDX-License-Identifier: Apache-2.0
// The properties of each kind of instance.
#include "tests/peers/wsman/provider.h"

#include <QHostAddress>

namespace peer {

namespace {

// Values of the CIM schema 2.49.
constexpr char ok[] = "2"; // OperationalStatus
constexpr char tcpType[] = "4111"; // ProtocolIFType
constexpr char ipv4Type[] = "4096";
constexpr char ipv6Type[] = "4097";
constexpr char otherType[] = "1";

void set(Instance *instance, const char *property, const QByteArray &text, Value::Form form = Value::Form::Text)
{
    instance->values.push_back({property, text, form, {}});
}

/// RequestedState 12: states cannot be requested.
void setState(Instance *instance, bool enabled, bool canChange = false)
{
    const char *const state = enabled ? "2" : "3";
    set(instance, "OperationalStatus", ok);
    set(instance, "HealthState", "5");
    set(instance, "EnabledState", state);
    set(instance, "RequestedState", canChange ? state : "12");
}

QByteArray flag(bool value)
{
    return value ? "true" : "false";
}

QByteArray hex(quint64 value, int digits)
{
    return QByteArray::number(value, 16).rightJustified(digits, '0');
}

} // namespace

QByteArray Provider::numbered(const char *prefix, size_t row) const
{
    return prefix + QByteArray::number(qulonglong(row)).rightJustified(6, '0');
}

QByteArray Provider::nodeName(size_t row) const
{
    return m_inventory->nodes[row].name;
}

QByteArray Provider::endpointName(size_t row) const
{
    const Inventory::Endpoint &endpoint = m_inventory->endpoints[row];
    const QByteArray node = endpoint.node < 0 ? QByteArray() : m_names[size_t(Kind::Controller)][size_t(endpoint.node)];
    return endpoint.role == 2 ? node + ",i,0x" + hex(endpoint.tag, 12) : node + ",t,0x" + hex(endpoint.tag, 4);
}

QByteArray Provider::portalName(size_t row) const
{
    const Inventory::Portal &portal = m_inventory->portals[m_tcp[row]];
    const QByteArray ip = portal.ip.contains(':') ? '[' + portal.ip + ']' : portal.ip;
    return ip + ':' + QByteArray::number(portal.port);
}

QByteArray Provider::nameOf(Object object) const
{
    const Inventory &all = *m_inventory;
    const size_t row = object.row;
    switch (object.kind) {
    case Kind::System:
        return all.name;
    case Kind::Controller:
        return nodeName(row);
    case Kind::IscsiEndpoint:
        return endpointName(row);
    case Kind::TcpEndpoint:
        return m_naming.numbered ? numbered("tcp-", row) : portalName(row);
    case Kind::IpEndpoint:
        return m_naming.numbered ? numbered("ip-", row) : all.addresses[row];
    case Kind::EthernetPort:
        return all.nics[row];
    case Kind::Collection:
        return m_naming.numbered ? numbered("rig:pg-", row) : "portalbind:pg-" + QByteArray::number(all.groups[row].id);
    case Kind::Session:
        return "portalbind:session-" + QByteArray::number(all.sessions[row].id);
    case Kind::Connection:
        return "portalbind:connection-" + QByteArray::number(all.sessions[m_connections[row]].id);
    case Kind::Service:
        return m_naming.windows ? "MSiSCSITargetProv" : "iscsi-config";
    case Kind::ServiceCapabilities:
        return "portalbind:iscsi-config-capabilities";
    case Kind::EntityCapabilities:
        return "portalbind:iscsi-capabilities";
    case Kind::Profile:
        return "portalbind:profile-" + QByteArray::number(qulonglong(row));
    case Kind::WtPortal:
        return all.portals[m_hostPortals[row]].ip;
    case Kind::WtHost:
        return all.nodes[m_targets[row]].alias.isEmpty() ? nodeName(m_targets[row]) : all.nodes[m_targets[row]].alias;
    case Kind::WtSession:
        return QByteArray::number(all.sessions[row].id);
    default:
        return {};
    }
}

Instance Provider::instance(Object object) const
{
    Instance instance{m_types[size_t(object.kind)], {}};
    const Path own = path(object);
    for (const auto &[key, value] : own.keys)
        set(&instance, key.constData(), value);
    for (size_t i = 0; i < own.ends.size(); ++i)
        instance.values.push_back({own.roles[i], {}, Value::Form::Reference, own.ends[i]});
    fill(object, &instance);
    return instance;
}

void Provider::fill(Object object, Instance *instance) const
{
    const Inventory &all = *m_inventory;
    const size_t row = object.row;
    switch (object.kind) {
    case Kind::System:
        setState(instance, true);
        set(instance, "ElementName", all.name);
        set(instance, "NameFormat", "IP");
        set(instance, "Dedicated", "3");
        break;
    case Kind::Controller:
        setState(instance, true);
        if (!m_naming.numbered)
            set(instance, "Name", nodeName(row));
        if (!all.nodes[row].alias.isEmpty())
            set(instance, "ElementName", all.nodes[row].alias);
        set(instance, "NameFormat", "3"); // iSCSI name
        set(instance, "MaxUnitsControlled", "256");
        break;
    case Kind::IscsiEndpoint:
        fillEndpoint(row, instance);
        break;
    case Kind::TcpEndpoint: {
        setState(instance, true);
        const Inventory::Portal &portal = all.portals[m_tcp[row]];
        set(instance, "ElementName",
            m_naming.numbered ? "Portal " + QByteArray::number(qulonglong(row)) : portalName(row));
        set(instance, "NameFormat", m_naming.numbered ? "rig" : "address:port");
        set(instance, "ProtocolIFType", tcpType);
        set(instance, "PortNumber", QByteArray::number(portal.port));
        break;
    }
    case Kind::IpEndpoint:
        fillAddress(row, instance);
        break;
    case Kind::EthernetPort:
        setState(instance, true);
        set(instance, "ElementName", all.nics[row]);
        set(instance, "Name", all.nics[row]);
        break;
    case Kind::Collection:
        set(instance, "ElementName", all.groups[row].name);
        break;
    case Kind::Session:
    case Kind::Connection:
        fillSession(object.kind == Kind::Session ? row : m_connections[row], instance);
        break;
    case Kind::Service:
        setState(instance, true);
        set(instance, "StartMode", "Automatic");
        set(instance, "Started", flag(true));
        break;
    case Kind::ServiceCapabilities:
        set(instance, "ElementName", "iSCSI configuration capabilities");
        set(instance, "iSCSINodeCreationSupported", flag(all.createNode));
        set(instance, "iSCSIProtocolEndpointCreationSupported", flag(all.createEndpoint));
        set(instance, "IdentifierSelectionSupported", flag(all.chooseTag));
        break;
    case Kind::EntityCapabilities:
        set(instance, "ElementName", "iSCSI capabilities");
        set(instance, "AuthenticationMethodsSupported", "4"); // CHAP
        break;
    case Kind::SessionPipe:
    case Kind::ConnectionPipe:
        set(instance, "SourceOrSink", "0");
        break;
    case Kind::PipeComposition:
        set(instance, "AggregationSequence", "1");
        break;
    case Kind::Profile:
        set(instance, "RegisteredOrganization", "11"); // SNIA
        set(instance, "RegisteredName", row == 0 ? "Server" : "iSCSI Target Ports");
        set(instance, "RegisteredVersion", "1.4.0");
        break;
    default:
        fillNative(object, instance);
        break;
    }
}

void Provider::fillEndpoint(size_t row, Instance *instance) const
{
    const Inventory::Endpoint &endpoint = m_inventory->endpoints[row];
    setState(instance, endpoint.enabled, m_inventory->enableEndpoint && !m_naming.numbered);
    set(instance, "InstallDate", "20261122080910.123456+000", Value::Form::DateTime);
    set(instance, "ConnectionType", "7"); // iSCSI
    set(instance, "ProtocolIFType", otherType);
    set(instance, "OtherTypeDescription", "iSCSI");
    set(instance, "Role", QByteArray::number(endpoint.role));
    set(instance, "Identifier", hex(endpoint.tag, 12));
}

void Provider::fillAddress(size_t row, Instance *instance) const
{
    const QByteArray &ip = m_inventory->addresses[row];
    setState(instance, true);
    const bool six = ip.contains(':');
    set(instance, "ProtocolIFType", six ? ipv6Type : ipv4Type);
    set(instance, six ? "IPv6Address" : "IPv4Address", ip);
    if (six) {
        set(instance, "PrefixLength", "64");
    } else {
        set(instance, "SubnetMask", m_naming.numbered ? "255.0.0.0" : "255.255.255.0");
    }
    set(instance, "AddressOrigin", "3"); // static
}

void Provider::fillSession(size_t row, Instance *instance) const
{
    const Inventory::Session &session = m_inventory->sessions[row];
    setState(instance, true);
    if (instance->type->name.endsWith("iSCSISession")) {
        set(instance, "SessionType", "3"); // normal
        set(instance, "TSIH", QByteArray::number(session.id));
        set(instance, "EndPointName", session.initiator + ",i,0x" + hex(quint64(session.id), 12));
        set(instance, "CurrentConnections", session.portal < 0 ? "0" : "1");
        set(instance, "ErrorRecoveryLevel", "0");
    } else {
        set(instance, "ConnectionID", "1");
        set(instance, "HeaderDigestMethod", "2"); // none
        set(instance, "DataDigestMethod", "2");
        set(instance, "AuthenticationMethodUsed", "2");
        set(instance, "MutualAuthentication", flag(false));
    }
}

void Provider::fillNative(Object object, Instance *instance) const
{
    const Inventory &all = *m_inventory;
    const size_t row = object.row;
    switch (object.kind) {
    case Kind::WtPortal: {
        const size_t portal = m_hostPortals[row];
        set(instance, "Port", QByteArray::number(all.portals[portal].port));
        set(instance, "Listen", flag(all.listening[portal]));
        break;
    }
    case Kind::WtHost:
        set(instance, "TargetIQN", nodeName(m_targets[row]));
        set(instance, "Enabled", flag(true));
        set(instance, "Status", "0");
        set(instance, "EnableCHAP", flag(false));
        set(instance, "ResourceGroup", "");
        break;
    case Kind::WtGeneral:
        set(instance, "Version", "10.0");
        set(instance, "Name", all.name);
        set(instance, "IsClustered", flag(false));
        set(instance, "IsRemoteManageable", flag(true));
        break;
    case Kind::WtSession:
        set(instance, "InitiatorIQN", all.sessions[row].initiator);
        if (const int node = all.endpoints[size_t(all.sessions[row].endpoint)].node; node >= 0)
            set(instance, "HostTargetIQN", nodeName(size_t(node)));
        set(instance, "SessionType", "1"); // normal, in this model
        break;
    default:
        break;
    }
}

} // namespace peer
