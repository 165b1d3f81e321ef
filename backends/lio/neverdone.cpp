// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/neverdone.h"

#include "backends/lio/hostids.h"
#include "backends/lio/liotext.h"

namespace portalbind::lio {
namespace {

constexpr quint16 invalidParameter = 5;
constexpr quint64 largestTag = 65535; // RFC 7143 13.9

/// Where something is to be created, for operations that say so.
std::optional<ServerHandle> placeOf(const Operation &operation)
{
    if (const auto *node = std::get_if<CreateNode>(&operation))
        return node->value.server;
    if (const auto *portal = std::get_if<CreatePortal>(&operation))
        return portal->value.server;
    if (const auto *group = std::get_if<CreateGroup>(&operation))
        return group->value.server;
    return std::nullopt;
}

struct Refusal
{
    quint16 code = 0;
    QString why{};
};

/// What a Linux target does not know.
struct Unknown
{
    std::optional<Refusal> operator()(const CreateNode &o) const
    {
        if (o.value.role != Role::Target)
            return Refusal{invalidParameter, Text::tr("a Linux target has no initiators")};
        if (!o.value.alias.isEmpty())
            return Refusal{invalidParameter, Text::tr("a Linux target has no alias of its own")};
        return std::nullopt;
    }
    std::optional<Refusal> operator()(const CreateEndpoint &o) const
    {
        constexpr quint16 otherRole = 4097;
        if (o.value.role == Role::Initiator)
            return Refusal{otherRole, Text::tr("a Linux target has no initiators")};
        if (o.value.role != Role::Target || (o.chooseTag && o.value.tag > largestTag))
            return Refusal{invalidParameter, Text::tr("a TPG has a tag from 0 to 65535")};
        return std::nullopt;
    }
    std::optional<Refusal> operator()(const CreatePortal &o) const
    {
        const PortalAddress &address = o.value.address;
        const bool isOne = o.value.kind == PortalKind::Tcp && !address.ip.isNull() && address.ip.isForPortals()
                && address.port > 0;
        return isOne ? std::nullopt
                     : std::optional(Refusal{invalidParameter, Text::tr("no portal has such an address or port")});
    }
    template <class T>
    std::optional<Refusal> operator()(const T &) const
    {
        return std::nullopt;
    }
};

} // namespace

std::optional<Answer> neverDone(const Operation &operation, const Snapshot *shown, const IdTable &ids)
{
    constexpr quint16 noSuchServer = 4096, bound = 4097;
    std::optional<Refusal> refusal = std::visit(Unknown{}, operation);
    if (const auto place = placeOf(operation); place && (!*place || ids.id(*place) != serverId))
        refusal = Refusal{std::holds_alternative<CreateNode>(operation) ? invalidParameter : noSuchServer,
                          Text::tr("it is to be created on another server")};
    if (const auto *deletion = std::get_if<DeletePortal>(&operation)) {
        const Snapshot::Row row = shown ? shown->row(deletion->portal) : Snapshot::none;
        if (row != Snapshot::none && !shown->bindersOf(row).empty())
            refusal = Refusal{bound, Text::tr("a TPG binds it")};
    }
    if (!refusal)
        return std::nullopt;
    Answer answer;
    answer.method = methodOf(operation);
    answer.code = refusal->code;
    answer.detail = refusal->why;
    return answer;
}

quint16 codeOfNameless(const Operation &operation, const IdTable &ids)
{
    constexpr quint16 notFound = 6, noSuchObject = 4096, noSuchGroup = 4097;
    const auto isAbsent = [&ids](auto handle) { return handle.isNull() || ids.id(handle).isEmpty(); };
    const auto ofMember = [&isAbsent](const auto &o) {
        return isAbsent(o.portal) ? noSuchObject : isAbsent(o.group) ? noSuchGroup : invalidParameter;
    };
    if (const auto *unbind = std::get_if<Unbind>(&operation))
        return isAbsent(unbind->portal) || isAbsent(unbind->endpoint) ? notFound : invalidParameter;
    if (const auto *join = std::get_if<JoinGroup>(&operation))
        return ofMember(*join);
    if (const auto *leave = std::get_if<LeaveGroup>(&operation))
        return ofMember(*leave);
    if (const auto *rename = std::get_if<RenameGroup>(&operation))
        return isAbsent(rename->group) ? noSuchObject : invalidParameter;
    if (const auto *group = std::get_if<DeleteGroup>(&operation))
        return isAbsent(group->group) ? noSuchObject : invalidParameter;
    if (const auto *portal = std::get_if<DeletePortal>(&operation))
        return isAbsent(portal->portal) ? noSuchObject : invalidParameter;
    if (const auto *endpoint = std::get_if<DeleteEndpoint>(&operation))
        return isAbsent(endpoint->endpoint) ? noSuchObject : invalidParameter;
    if (const auto *node = std::get_if<DeleteNode>(&operation))
        return isAbsent(node->node) ? noSuchObject : invalidParameter;
    return invalidParameter;
}

} // namespace portalbind::lio
