// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

// Answers with portals and with bindings as OMI would write them: 100 instances, about 200 KB each.

namespace canned {

inline constexpr int instancesPerPage = 100;

inline std::string element(const std::string &name, const std::string &text)
{
    return "<p:" + name + ">" + text + "</p:" + name + ">";
}

inline std::string selector(const std::string &name, const std::string &text)
{
    return "<wsman:Selector Name=\"" + name + "\">" + text + "</wsman:Selector>";
}

/// Contents of an endpoint reference; \a key is the key property that tells instances of the class apart.
inline std::string reference(const std::string &className, const std::string &key, const std::string &name)
{
    return "<wsa:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</"
           "wsa:Address><wsa:ReferenceParameters>"
           "<wsman:ResourceURI>http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
            + className + "</wsman:ResourceURI><wsman:SelectorSet>"
            + selector("__cimnamespace", "root/cimv2/storage/iscsitarget") + selector(key, name)
            + selector("SystemCreationClassName", "CIM_ComputerSystem") + selector("SystemName", "rig-host")
            + selector("CreationClassName", className) + "</wsman:SelectorSet></wsa:ReferenceParameters>";
}

inline std::string open(const std::string &className)
{
    return "<wsman:Item><p:" + className + " xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/" + className
            + "\">";
}

/// An instance with what it says of itself, after the properties that are NULL everywhere.
inline std::string instance(const std::string &className, const std::string &key, const std::string &name,
                            const std::string &own)
{
    std::string xml = open(className);
    for (const char *const null :
         {"InstanceID", "Caption", "Description", "Generation", "InstallDate", "StatusDescriptions", "Status",
          "CommunicationStatus", "DetailedStatus", "OperatingStatus", "PrimaryStatus", "OtherEnabledState",
          "EnabledDefault", "TimeOfLastStateChange", "AvailableRequestedStates", "TransitioningToState"})
        xml += std::string("<p:") + null + " xsi:nil=\"true\"/>";
    xml += element("OperationalStatus", "2") + element("HealthState", "5") + element("EnabledState", "2")
            + element("RequestedState", "12") + element("SystemCreationClassName", "CIM_ComputerSystem")
            + element("SystemName", "rig-host") + element("CreationClassName", className) + element(key, name) + own;
    return xml + "</p:" + className + "><wsa:EndpointReference>" + reference(className, key, name)
            + "</wsa:EndpointReference></wsman:Item>";
}

inline std::string association(const std::string &className, const std::string &firstRole, const std::string &first,
                               const std::string &secondRole, const std::string &second)
{
    return open(className) + element(firstRole, first) + element(secondRole, second) + "</p:" + className
            + "></wsman:Item>";
}

inline std::string number(int i)
{
    return std::to_string(1'000'000 + i);
}

inline std::string portalReference(int i)
{
    return reference("CIM_TCPProtocolEndpoint", "Name", "tcp-" + number(i));
}

inline std::string endpointReference(int i)
{
    return reference("CIM_iSCSIProtocolEndpoint", "Name", "iqn.2026-11.example.rig:target-" + number(i) + ",t,0x0001");
}

inline std::string portal(int i)
{
    return instance("CIM_TCPProtocolEndpoint", "Name", "tcp-" + number(i),
                    element("ElementName", "Portal " + number(i)) + element("PortNumber", "3260"));
}

inline std::string binding(int i)
{
    return association("CIM_BindsTo", "Antecedent", portalReference(i), "Dependent", endpointReference(i));
}

/// Where the server puts what differs from answer to answer.
inline constexpr std::string_view relatesTo = "uuid:1",
                                  context = "<wsen:EnumerationContext>1</wsen:EnumerationContext>";

inline std::string page(std::string (*make)(int))
{
    std::string xml = "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://www.w3.org/2003/05/soap-envelope\" "
                      "xmlns:wsa=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" "
                      "xmlns:wsen=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\" "
                      "xmlns:e=\"http://schemas.xmlsoap.org/ws/2004/08/eventing\" "
                      "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
                      "xmlns:wsmb=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd\" "
                      "xmlns:wsman=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" "
                      "xmlns:wxf=\"http://schemas.xmlsoap.org/ws/2004/09/"
                      "transfer\"><SOAP-ENV:Header><wsa:RelatesTo>uuid:1</wsa:RelatesTo>"
                      "</SOAP-ENV:Header><SOAP-ENV:Body><wsen:PullResponse><wsen:EnumerationContext>1</"
                      "wsen:EnumerationContext><wsen:Items>";
    for (int i = 0; i < instancesPerPage; ++i)
        xml += make(i);
    return xml + "</wsen:Items></wsen:PullResponse></SOAP-ENV:Body></SOAP-ENV:Envelope>";
}

/// The answer that is given for each hundred of them.
inline const std::string &answer(bool bindings)
{
    static const std::string pages[] = {page(portal), page(binding)};
    return pages[bindings ? 1 : 0];
}

} // namespace canned
