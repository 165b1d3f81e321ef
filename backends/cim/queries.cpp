// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/queries.h"

namespace portalbind::cim {
namespace {

struct Entry
{
    Source source;
    const char *schema; ///< class of the schema without `CIM_`, or of root/wmi
    const char *windows; ///< null: Windows has none
    std::vector<std::string> properties;
};

// The order of the properties is known to intake.cpp.
const std::vector<Entry> &entries()
{
    static const std::vector<Entry> all{
            {Source::System, "ComputerSystem", "MSFTSM_ComputerSystem", {"ElementName"}},
            {Source::Service, "iSCSIConfigurationService", "MSISCSITARGET_iSCSIConfigurationService", {"Name"}},
            {Source::ServiceCapabilities,
             "iSCSIConfigurationCapabilities",
             "MSISCSITARGET_iSCSIConfigurationCapabilities",
             {"iSCSIProtocolEndpointCreationSupported", "IdentifierSelectionSupported", "iSCSINodeCreationSupported"}},
            {Source::Node,
             "SCSIProtocolController",
             "MSISCSITARGET_SCSIProtocolController",
             {"Name", "NameFormat", "DeviceID", "ElementName"}},
            {Source::Endpoint,
             "iSCSIProtocolEndpoint",
             "MSISCSITARGET_iSCSIProtocolEndpoint",
             {"Name", "Identifier", "Role", "EnabledState", "RequestedState", "RAMode"}},
            {Source::Tcp, "TCPProtocolEndpoint", "MSISCSITARGET_TCPProtocolEndpoint", {"PortNumber", "ElementName"}},
            {Source::Ip,
             "IPProtocolEndpoint",
             "MSFTSMNET_IPProtocolEndpoint",
             {"IPv4Address", "IPv6Address", "Address", "AddressType"}},
            {Source::Collection, "SystemSpecificCollection", nullptr, {"ElementName"}},
            {Source::Session, "iSCSISession", "MSISCSITARGET_iSCSISession", {"EndPointName", "SessionType"}},
            {Source::Connection, "iSCSIConnection", "MSISCSITARGET_iSCSIConnection", {"ConnectionID"}},
            {Source::Nic, "EthernetPort", "MSFTSMNET_EthernetPort", {"ElementName", "Name", "DeviceID"}},
            {Source::BindsTo, "BindsTo", "MSISCSITARGET_BindsTo", {"Dependent", "Antecedent"}},
            {Source::NodeOfPort,
             "SAPAvailableForElement",
             "MSISCSITARGET_SAPAvailableForElement",
             {"AvailableSAP", "ManagedElement"}},
            {Source::Member, "MemberOfCollection", nullptr, {"Member", "Collection"}},
            {Source::HostedCollection, "HostedCollection", nullptr, {"Dependent", "Antecedent"}},
            {Source::PipeEnd,
             "EndpointOfNetworkPipe",
             "MSISCSITARGET_EndpointOfNetworkPipe",
             {"Dependent", "Antecedent"}},
            {Source::PipePart,
             "NetworkPipeComposition",
             "MSISCSITARGET_NetworkPipeComposition",
             {"PartComponent", "GroupComponent"}},
            {Source::NicOfPoint,
             "DeviceSAPImplementation",
             "MSFTSMNET_DeviceSAPImplementation",
             {"Dependent", "Antecedent"}},
            {Source::SystemPart, "ComponentCS", nullptr, {"PartComponent", "GroupComponent"}},
            {Source::CapabilitiesOf,
             "ElementCapabilities",
             "MSISCSITARGET_ElementCapabilities",
             {"Capabilities", "ManagedElement"}},
            {Source::HostedPoint, "HostedAccessPoint", "MSISCSITARGET_HostedAccessPoint", {"Dependent", "Antecedent"}},
            {Source::WtGeneral, "WT_General", nullptr, {"Name", "IsClustered", "IsRemoteManageable"}},
            {Source::WtPortal, "WT_Portal", nullptr, {"Address", "Port", "Listen"}},
            {Source::WtHost, "WT_Host", nullptr, {"TargetIQN", "HostName", "Enabled", "ResourceGroup"}},
            {Source::WtSession,
             "WT_Session",
             nullptr,
             {"InitiatorIQN", "HostTargetIQN", "HostName", "SessionType", "Connections"}},
    };
    return all;
}

const Entry &entry(Source source)
{
    return entries()[size_t(source)];
}

} // namespace

QString classOf(Source source, Family family)
{
    const Entry &wanted = entry(source);
    if (isNative(source) != (family == Family::WindowsNative))
        return {};
    switch (family) {
    case Family::Schema:
        return QLatin1String("CIM_") + QLatin1String(wanted.schema);
    case Family::WindowsSmis:
        return wanted.windows ? QString::fromLatin1(wanted.windows) : QString();
    case Family::WindowsNative:
        return QString::fromLatin1(wanted.schema);
    }
    return {};
}

CimConnection::Enumeration query(Source source, Family family, const QString &nameSpace)
{
    CimConnection::Enumeration what;
    what.nameSpace = nameSpace;
    what.className = classOf(source, family);
    what.properties = entry(source).properties;
    what.paths = !isAssociation(source) && source != Source::WtGeneral;
    return what;
}

QString nativeNamespace()
{
    return QStringLiteral("root/wmi");
}

} // namespace portalbind::cim
