// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/answer.h"

#include "backends/lio/helper/boundedjson.h"

#include <algorithm>

namespace portalbind::kernel {

namespace {

/// Names that are no UTF-8 are shown, and cannot be used.
void markOpaque(Json &object, const std::string &name)
{
    if (!isUtf8(name))
        object["opaque"] = true;
}

Json describeSession(const SessionInfo &session)
{
    Json connections = Json::array();
    for (const SessionConnection &connection : session.connections)
        connections.push_back({{"cid", connection.cid}, {"state", connection.state}, {"peer", connection.peer}});
    return {{"sid", session.sid},   {"isid", session.isid},           {"state", session.state},
            {"type", session.type}, {"initiator", session.initiator}, {"connections", std::move(connections)}};
}

Json describeAcl(const Acl &acl)
{
    Json luns = Json::array();
    for (const MappedLun &mapped : acl.luns) {
        Json one = {{"index", mapped.index}};
        if (mapped.lun)
            one["lun"] = *mapped.lun;
        one["writeProtect"] = mapped.writeProtect;
        luns.push_back(std::move(one));
    }
    Json described = {{"initiator", acl.initiator},
                      {"authentication", acl.authentication},
                      {"chap", acl.chap},
                      {"mutualChap", acl.mutualChap},
                      {"luns", std::move(luns)}};
    markOpaque(described, acl.initiator);
    if (acl.session)
        described["session"] = describeSession(*acl.session);
    return described;
}

Json describePortal(const NetworkPortal &portal, const IsListening &isListening)
{
    Json described = {{"dir", portal.directory},
                      {"ip", portal.address ? portal.address->ip.text() : std::string()},
                      {"scope", portal.address ? portal.address->ip.scope : std::string()},
                      {"port", portal.address ? portal.address->port : 0},
                      {"iser", portal.iser},
                      {"offload", portal.offload},
                      {"listening", portal.address && isListening(*portal.address)}};
    markOpaque(described, portal.directory);
    return described;
}

Json describeTpg(const Tpg &tpg, const IsListening &isListening)
{
    Json luns = Json::array();
    for (const Lun &lun : tpg.luns)
        luns.push_back({{"index", lun.index}, {"backstore", lun.backstore}});
    Json acls = Json::array();
    for (const Acl &acl : tpg.acls)
        acls.push_back(describeAcl(acl));
    Json portals = Json::array();
    for (const NetworkPortal &portal : tpg.portals)
        portals.push_back(describePortal(portal, isListening));
    Json described = {{"dir", tpg.directory},
                      {"tag", tpg.tag},
                      {"enabled", tpg.enabled},
                      {"alias", tpg.alias},
                      {"authentication", tpg.authentication},
                      {"chap", tpg.chap},
                      {"mutualChap", tpg.mutualChap},
                      {"generateAcls", tpg.generateAcls},
                      {"demoDiscovery", tpg.demoDiscovery},
                      {"demoWriteProtect", tpg.demoWriteProtect},
                      {"luns", std::move(luns)},
                      {"acls", std::move(acls)},
                      {"dynamicSessions", tpg.dynamicSessions},
                      {"portals", std::move(portals)}};
    markOpaque(described, tpg.directory);
    return described;
}

} // namespace

std::string okLine(std::int64_t id, const Json &content)
{
    return compactText({{"id", id}, {"ok", content}}) + '\n';
}

std::string refusedLine(std::int64_t id, const Refusal &refusal)
{
    return compactText({{"id", id}, {"refused", refusal.content}}) + '\n';
}

std::string failedLine(std::optional<std::int64_t> id, const Failure &failure)
{
    Json content = {{"why", failure.why}, {"text", failure.text}};
    if (failure.error != 0)
        content["errno"] = failure.error;
    if (failure.unknownOutcome)
        content["outcome"] = "unknown";
    return compactText({{"id", id ? Json(*id) : Json()}, {"failed", std::move(content)}}) + '\n';
}

Json describeTarget(const Target &target, const std::string &owner, const IsListening &isListening)
{
    Json tpgs = Json::array();
    for (const Tpg &tpg : target.tpgs)
        tpgs.push_back(describeTpg(tpg, isListening));
    Json described = {{"name", target.name}, {"owner", owner}, {"tpgs", std::move(tpgs)}};
    markOpaque(described, target.name);
    return described;
}

Json describeAddresses(const HostInterfaces &interfaces, const Ownership &ownership)
{
    Json list = Json::array();
    for (const HostAddress &address : interfaces.addresses)
        list.push_back({{"ip", address.ip.text()},
                        {"scope", address.ip.scope},
                        {"prefix", address.prefix},
                        {"interface", address.interface},
                        {"up", address.up},
                        {"roaming", ownership.roamingBy(address.ip)}});
    return list;
}

Json describeAbsentRoaming(const HostInterfaces &interfaces, const Ownership &ownership)
{
    Json list = Json::array();
    for (const RoamingAddress &roaming : ownership.roaming) {
        const bool isHere = std::any_of(
                interfaces.addresses.begin(), interfaces.addresses.end(),
                [&roaming](const HostAddress &address) { return address.ip.sameBytes(roaming.ip); });
        if (!isHere)
            list.push_back({{"ip", roaming.ip.text()}, {"by", roaming.by}});
    }
    return list;
}

Json describeListener(const Listener &listener)
{
    Json described = {
            {"ip", listener.address.ip.text()}, {"scope", listener.address.ip.scope}, {"port", listener.address.port}};
    if (!listener.process.empty()) {
        described["process"] = listener.process;
        described["pid"] = listener.pid;
    }
    return described;
}

Json describeConnection(const EstablishedConnection &connection)
{
    return {{"local", connection.local.text()}, {"peer", connection.peer.text()}};
}

void LongObject::key(const char *name)
{
    m_text += m_first ? "\"" : ",\"";
    m_text += name;
    m_text += "\":";
    m_first = false;
}

void LongObject::add(const char *name, const Json &value)
{
    key(name);
    m_text += compactText(value);
}

void LongObject::beginList(const char *name)
{
    key(name);
    m_text += '[';
    m_firstElement = true;
}

void LongObject::addElement(const Json &value)
{
    if (!m_firstElement)
        m_text += ',';
    m_firstElement = false;
    m_text += compactText(value);
}

void LongObject::endList()
{
    m_text += ']';
}

std::string LongObject::finish(std::int64_t id)
{
    return "{\"id\":" + std::to_string(id) + ",\"ok\":{" + m_text + "}}\n";
}

} // namespace portalbind::kernel
