// SPDX-License-Identifier: Apache-2.0
#include "model/verdict.h"

#include <map>

namespace portalbind {
namespace {

/// Labels of a method's own codes. Those of CIM methods are the value maps of CIM_iSCSIConfigurationService.
using Table = std::map<quint16, const char *>;

const Table &ownCodes(Method method)
{
    static const std::map<Method, Table> tables{
            {Method::Bind,
             {{4096, "ProtocolEndpoint Non-Existent"},
              {4097, "TCPProtocolEndpoint Not Bound To Underlying IPProtocolEndpoint"},
              {4098, "ProtocolEndpoint In Use By Other iSCSIProtocolEndpoint In Same Target SCSIProtocolController"},
              {4099, "ProtocolEndpoint Not From Same Endpoint Collection"}}},
            {Method::CreateEndpoint,
             {{4096, "SCSIProtocolController Non-existent"},
              {4097, "Role Not Supported By Specified SCSIProtocolController"},
              {4098, "Identifier In Use, Not Unique"},
              {4099, "Identifier Selection Not Supported"},
              {4100, "ProtocolEndpoint Non-Existent"},
              {4101, "TCPProtocolEndpoint Not Bound To Underlying IPProtocolEndpoint"},
              {4102, "TCPProtocolEndpoint In Use By Other iSCSIProtocolEndpoint In Same Target SCSIProtocolController"},
              {4103, "ProtocolEndpoints Not From Same Endpoint Collection"}}},
            {Method::DeleteEndpoint, {{4096, "Endpoint Non-Existent"}}},
            {Method::CreateNode, {{4096, "Node Creation Not Supported"}, {4097, "Alias In Use By Other Node"}}},
            {Method::DeleteNode,
             {{4096, "SCSIProtocolController Non-Existent"}, {4097, "Sessions Active on Node Ports"}}},
            {Method::EnableEndpoint,
             {{6, "In Use"},
              {4096, "Method Parameters Checked - Transition Started"},
              {4097, "Invalid State Transition"},
              {4098, "Use of Timeout Parameter Not Supported"},
              {4099, "Busy"}}},
            {Method::CreatePortal, {{4096, "Server Non-Existent"}, {4097, "Address In Use"}}},
            {Method::DeletePortal, {{4096, "Portal Non-Existent"}, {4097, "Portal Still Bound"}}},
            {Method::CreateGroup, {{4096, "Server Non-Existent"}, {4097, "Name In Use"}}},
            {Method::RenameGroup, {{4096, "Group Non-Existent"}, {4097, "Name In Use"}}},
            {Method::DeleteGroup, {{4096, "Group Non-Existent"}, {4099, "Endpoint Would Lose Its Common Group"}}},
            {Method::JoinGroup,
             {{4096, "Portal Non-Existent"},
              {4097, "Group Non-Existent"},
              {4099, "Endpoint Would Lose Its Common Group"}}},
            {Method::LeaveGroup,
             {{4096, "Portal Non-Existent"},
              {4097, "Group Non-Existent"},
              {4098, "Not A Member"},
              {4099, "Endpoint Would Lose Its Common Group"}}},
    };
    static const Table none;
    const auto at = tables.find(method);
    return at == tables.end() ? none : at->second;
}

/// CIM status codes (DSP0200 5.2.6.1) of the intrinsic DeleteInstance.
const Table &cimStatus()
{
    static const Table table{{0, "Success"},
                             {1, "CIM_ERR_FAILED"},
                             {2, "CIM_ERR_ACCESS_DENIED"},
                             {3, "CIM_ERR_INVALID_NAMESPACE"},
                             {4, "CIM_ERR_INVALID_PARAMETER"},
                             {5, "CIM_ERR_INVALID_CLASS"},
                             {6, "CIM_ERR_NOT_FOUND"},
                             {7, "CIM_ERR_NOT_SUPPORTED"}};
    return table;
}

const Table &sharedCodes()
{
    static const Table table{{0, "Success"}, {1, "Not Supported"}, {2, "Unspecified Error"},
                             {3, "Timeout"}, {4, "Failed"},        {5, "Invalid Parameter"}};
    return table;
}

} // namespace

QString codeSymbol(Method method, quint16 code)
{
    const Table &shared = method == Method::Unbind ? cimStatus() : sharedCodes();
    if (const auto at = shared.find(code); at != shared.end())
        return QString::fromLatin1(at->second);
    const Table &own = ownCodes(method);
    if (const auto at = own.find(code); at != own.end())
        return QString::fromLatin1(at->second);
    if (method == Method::Unbind)
        return QStringLiteral("CIM status %1").arg(code);
    if (code < 4096)
        return QStringLiteral("DMTF Reserved");
    return code < 32768 ? QStringLiteral("Method Reserved") : QStringLiteral("Vendor Specific");
}

} // namespace portalbind
