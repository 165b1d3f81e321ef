// SPDX-License-Identifier: Apache-2.0

// Reading an inventory over WS-Management: what the client costs beside pugixml's bare parse of the same bytes, and beside
// a client over the same loopback that only reads. Pages are shaped after OMI's answers, about 200 KB each.

#include "backends/wsman/documentbatch.h"
#include "backends/wsman/enumeration.h"
#include "backends/wsman/soapdocument.h"
#include "backends/wsman/xmlnames.h"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

using namespace portalbind;
using namespace portalbind::wsman;

namespace {

constexpr int instancesPerPage = 80;

std::string epr(const std::string &className, const std::string &name)
{
    return "<wsa:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:Address><wsa:ReferenceParameters>"
           "<wsman:ResourceURI>http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/" + className + "</wsman:ResourceURI><wsman:SelectorSet>"
           "<wsman:Selector Name=\"__cimnamespace\">root/cimv2/storage/iscsitarget</wsman:Selector><wsman:Selector Name=\"Name\">" + name
            + "</wsman:Selector><wsman:Selector Name=\"SystemCreationClassName\">CIM_ComputerSystem</wsman:Selector>"
              "<wsman:Selector Name=\"SystemName\">rig-host</wsman:Selector><wsman:Selector Name=\"CreationClassName\">" + className
            + "</wsman:Selector></wsman:SelectorSet></wsa:ReferenceParameters>";
}

std::string portal(int i)
{
    const std::string name = "tcp-" + std::to_string(1'000'000 + i);
    std::string xml = "<wsman:Item><p:CIM_TCPProtocolEndpoint xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_TCPProtocolEndpoint\">";
    for (const char *const null : {"InstanceID", "Caption", "Description", "Generation", "InstallDate", "StatusDescriptions", "Status",
                                   "CommunicationStatus", "DetailedStatus", "OperatingStatus", "PrimaryStatus", "OtherEnabledState",
                                   "EnabledDefault", "TimeOfLastStateChange", "AvailableRequestedStates", "TransitioningToState"})
        xml += std::string("<p:") + null + " xsi:nil=\"true\"/>";
    xml += "<p:ElementName>Portal " + std::to_string(i) + "</p:ElementName><p:Name>" + name + "</p:Name><p:OperationalStatus>2</p:OperationalStatus>"
           "<p:HealthState>5</p:HealthState><p:EnabledState>2</p:EnabledState><p:RequestedState>12</p:RequestedState>"
           "<p:SystemCreationClassName>CIM_ComputerSystem</p:SystemCreationClassName><p:SystemName>rig-host</p:SystemName>"
           "<p:CreationClassName>CIM_TCPProtocolEndpoint</p:CreationClassName><p:PortNumber>3260</p:PortNumber></p:CIM_TCPProtocolEndpoint>"
           "<wsa:EndpointReference>" + epr("CIM_TCPProtocolEndpoint", name) + "</wsa:EndpointReference></wsman:Item>";
    return xml;
}

std::string binding(int i)
{
    const std::string number = std::to_string(1'000'000 + i);
    return "<wsman:Item><p:CIM_BindsTo xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_BindsTo\"><p:Antecedent>"
            + epr("CIM_TCPProtocolEndpoint", "tcp-" + number) + "</p:Antecedent><p:Dependent>"
            + epr("CIM_iSCSIProtocolEndpoint", "iqn.2026-11.example.rig:target-" + number + ",t,0x0001") + "</p:Dependent></p:CIM_BindsTo></wsman:Item>";
}

std::string page(bool bindings, int from)
{
    std::string xml = "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:wsa=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
                      " xmlns:wsen=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\" xmlns:e=\"http://schemas.xmlsoap.org/ws/2004/08/eventing\""
                      " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:wsmb=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd\""
                      " xmlns:wsman=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" xmlns:wxf=\"http://schemas.xmlsoap.org/ws/2004/09/transfer\">"
                      "<SOAP-ENV:Header><wsa:RelatesTo>uuid:1</wsa:RelatesTo></SOAP-ENV:Header><SOAP-ENV:Body><wsen:PullResponse>"
                      "<wsen:EnumerationContext>1</wsen:EnumerationContext><wsen:Items>";
    for (int i = 0; i < instancesPerPage; ++i)
        xml += bindings ? binding(from + i) : portal(from + i);
    return xml + "</wsen:Items></wsen:PullResponse></SOAP-ENV:Body></SOAP-ENV:Envelope>";
}

const std::string &canned(bool bindings)
{
    static const std::string pages[] = {page(false, 0), page(true, 0)};
    return pages[bindings ? 1 : 0];
}

void report(benchmark::State &state, size_t bytes)
{
    state.SetBytesProcessed(int64_t(bytes) * int64_t(state.iterations()));
    state.SetItemsProcessed(instancesPerPage * int64_t(state.iterations()));
}

/// The measure: pugixml as it comes, in place.
void bareParse(benchmark::State &state)
{
    const std::string &bytes = canned(state.range(0));
    for (auto _ : state) {
        std::string copy = bytes;
        pugi::xml_document document;
        benchmark::DoNotOptimize(document.load_buffer_inplace(copy.data(), copy.size()));
    }
    report(state, bytes.size());
}
BENCHMARK(bareParse)->ArgName("bindings")->Arg(0)->Arg(1);

/// All that the client does with an answer: at most 1.5 times the bare parse.
void decode(benchmark::State &state)
{
    const bool bindings = state.range(0);
    const std::string &bytes = canned(bindings);
    const PropertyTable table(bindings ? std::vector<std::string>{"Antecedent", "Dependent"}
                                       : std::vector<std::string>{"Name", "ElementName", "PortNumber", "EnabledState"});
    const Naming naming;
    size_t seen = 0;
    for (auto _ : state) {
        std::string copy = bytes;
        const auto document = SoapDocument::parse(std::move(copy), Limits{});
        const auto read = readPage(**document);
        const DocumentBatch batch(*document, read->items, table, naming, {});
        for (size_t i = 0; i < batch.size(); ++i) {
            if (bindings) {
                seen += batch.referenceKey(i, 0).size() + batch.referenceKey(i, 1).size();
                continue;
            }
            for (size_t p = 0; p < table.size(); ++p)
                seen += batch.text(i, p).size();
            seen += batch.pathKey(i).size() + (batch.hasPlainPath(i) ? 1 : 0);
        }
    }
    benchmark::DoNotOptimize(seen);
    report(state, bytes.size());
}
BENCHMARK(decode)->ArgName("bindings")->Arg(0)->Arg(1);

/// The same without what the reader asks of each instance.
void parseOnly(benchmark::State &state)
{
    const std::string &bytes = canned(state.range(0));
    for (auto _ : state) {
        std::string copy = bytes;
        benchmark::DoNotOptimize(SoapDocument::parse(std::move(copy), Limits{}));
    }
    report(state, bytes.size());
}
BENCHMARK(parseOnly)->ArgName("bindings")->Arg(0)->Arg(1);

} // namespace

BENCHMARK_MAIN();
