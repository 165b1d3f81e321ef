// SPDX-License-Identifier: Apache-2.0
// Creating, deleting and enabling endpoints and nodes.
#include "backends/cim/cimtypes.h"
#include "backends/cim/pool.h"
#include "backends/cim/writing.h"
#include "model/rules.h"

#include <algorithm>
#include <set>

namespace portalbind::cim {
namespace {

constexpr quint16 notSupported = 1;
constexpr quint16 invalidParameter = 5;
constexpr quint16 noSuchObject = 4096; // of all methods concerned

std::optional<ObjectPath> serviceOf(const Knowledge &k, ServerHandle server)
{
    const Catalogue::ServerFacts *facts = factsOf(k, server);
    return facts ? pathOf(k, QByteArray::fromStdString(facts->service)) : std::nullopt;
}

Result<Answer> noService(Method method, quint16 code)
{
    return answer(method, code, writerText("The server shows no iSCSIConfigurationService."));
}

quint16 codeOf(const MethodAnswer &said)
{
    return quint16(std::min<quint32>(said.returnValue.value_or(0), 0xffff));
}

/// Keys of the endpoints of a node.
Task<Result<std::set<std::string>>> endpointsOf(KnowledgePtr k, ObjectPath node, std::stop_token stop)
{
    const auto ports = co_await associations(k, Source::NodeOfPort, node, QStringLiteral("ManagedElement"), stop);
    if (!ports)
        co_return tl::unexpected<Error>(ports.error());
    std::set<std::string> keys;
    for (const Instance &port : *ports) {
        if (const ObjectPath *endpoint = port.property(u"AvailableSAP").reference())
            keys.insert(endpoint->key());
    }
    co_return keys;
}

/// Looks until the object exists as \a wanted or patience ends.
Task<Result<bool>> settles(KnowledgePtr k, ObjectPath path, bool wanted, bool once)
{
    const auto patience = k->patience;
    for (size_t i = 0; i < patience.size(); ++i) {
        if (patience[i] > 0)
            co_await Pause{patience[i]};
        const Result<bool> there = co_await exists(k, path);
        if (!there || *there == wanted || once)
            co_return there;
    }
    co_return !wanted;
}

/// Looks until the endpoint is enabled or disabled as \a wanted or patience ends.
Task<Result<bool>> isEnabled(KnowledgePtr k, ObjectPath endpoint, bool wanted, bool once)
{
    constexpr quint64 disabled = 3, offline = 6;
    const auto patience = k->patience;
    for (size_t i = 0; i < patience.size(); ++i) {
        if (patience[i] > 0)
            co_await Pause{patience[i]};
        const Result<Instance> now = co_await k->connection->get(endpoint, {});
        if (!now)
            co_return tl::unexpected<Error>(now.error());
        const auto state = toUnsigned(now->property(u"EnabledState").text().toStdString()).value_or(0);
        const bool enabled = state != disabled && state != offline;
        if (enabled == wanted || once)
            co_return enabled;
    }
    co_return !wanted;
}

/// The answer to a creation that returned 0.
Task<Result<Answer>> created(KnowledgePtr k, Method method, ObjectPath path, QString text)
{
    const Result<bool> shown = co_await settles(k, path, true, false);
    if (!shown)
        co_return notVerified(shown.error());
    if (!*shown)
        co_return notShown(text);
    auto done = answer(method, 0, text);
    done->createdId = QByteArray::fromStdString(path.key());
    co_return done;
}

QString twelveHexDigits(quint64 tag)
{
    return QStringLiteral("%1").arg(tag, 12, 16, QLatin1Char('0'));
}

/// Nothing when a portal is unknown.
std::optional<Parameters> parametersOf(const Knowledge &k, const CreateEndpoint &operation, const ObjectPath &node)
{
    Parameters in;
    in.emplace_back(QStringLiteral("iSCSINode"), Value::of(node));
    in.emplace_back(QStringLiteral("Role"), Value::of(QString::number(int(operation.value.role))));
    if (operation.chooseTag)
        in.emplace_back(QStringLiteral("Identifier"), Value::of(twelveHexDigits(operation.value.tag)));
    Value::List portals;
    for (const PortalHandle portal : operation.portals) {
        const auto path = pathOf(k, k.ids->id(portal));
        if (!path)
            return std::nullopt;
        portals.push_back(Value::of(*path));
    }
    if (!portals.empty())
        in.emplace_back(QStringLiteral("NetworkPortals"), Value{std::move(portals)});
    return in;
}

} // namespace

Task<Result<bool>> exists(KnowledgePtr k, ObjectPath path)
{
    const Result<Instance> now = co_await k->connection->get(std::move(path), {});
    if (now)
        co_return true;
    if (now.error().kind == Error::Kind::NoSuchObject)
        co_return false;
    co_return tl::unexpected<Error>(now.error());
}

Task<Result<Answer>> createEndpoint(KnowledgePtr k, CreateEndpoint operation, std::stop_token stop)
{
    constexpr quint16 noSuchPortal = 4100;
    const Method method = Method::CreateEndpoint;
    const QByteArray nodeId = k->ids->id(operation.value.node);
    if (operation.value.node.isNull())
        co_return answer(method, invalidParameter);
    const auto node = pathOf(*k, nodeId);
    if (!node)
        co_return unknownObject(method, noSuchObject, nodeId);
    const auto row = k->snapshot->row(operation.value.node);
    const ServerHandle read = row == Snapshot::none ? ServerHandle() : k->snapshot->node(row).server;
    const auto service = serviceOf(*k, serverOr(*k, read, nodeId));
    if (!service)
        co_return noService(method, notSupported);
    auto in = parametersOf(*k, operation, *node);
    if (!in)
        co_return answer(method, noSuchPortal,
                         writerText("The server did not show one of these portals when it was read."));
    const auto before = co_await endpointsOf(k, *node, stop);
    if (!before && before.error().kind == Error::Kind::NoSuchObject)
        co_return answer(method, noSuchObject, before.error().detail);
    if (!before)
        co_return tl::unexpected<Error>(before.error());
    if (stop.stop_requested())
        co_return failure(Error::Kind::Cancelled, writerText("Cancelled."));

    const Result<MethodAnswer> said = co_await k->connection->invoke(
            *service, QStringLiteral("CreateiSCSIProtocolEndpoint"), *std::move(in));
    if (!said && said.error().kind == Error::Kind::NoSuchObject)
        co_return answer(method, noSuchObject, said.error().detail);
    if (!said)
        co_return tl::unexpected<Error>(said.error());
    if (codeOf(*said) != 0)
        co_return answer(method, codeOf(*said), said->text);
    std::optional<ObjectPath> endpoint;
    if (const ObjectPath *told = said->parameter(u"iSCSIPort").reference())
        endpoint = *told;
    if (!endpoint) { // not told: it is the one that the node has now and had not before
        const auto ports = co_await associations(k, Source::NodeOfPort, *node, QStringLiteral("ManagedElement"), {});
        if (!ports)
            co_return notVerified(ports.error());
        for (const Instance &port : *ports) {
            const ObjectPath *one = port.property(u"AvailableSAP").reference();
            if (one && before->count(one->key()) == 0)
                endpoint = *one;
        }
        if (!endpoint)
            co_return notShown(said->text);
    }
    Result<Answer> done = co_await created(k, method, *endpoint, said->text);
    if (done && !operation.value.enabled) {
        const Result<Answer> off = co_await enableEndpoint(k, *endpoint, false, {});
        if (!off || off->code != 0)
            done->detail = writerText("The endpoint was made, but could not be disabled.");
    }
    co_return done;
}

Task<Result<Answer>> createNode(KnowledgePtr k, CreateNode operation, std::stop_token stop)
{
    if (!factsOf(*k, operation.value.server))
        co_return answer(Method::CreateNode, invalidParameter, writerText("There is no such server."));
    const auto service = serviceOf(*k, operation.value.server);
    if (!service)
        co_return noService(Method::CreateNode, 4096); // "not supported" in this method
    if (!operation.value.name.isEmpty() || operation.value.role != Role::Target) {
        const Verdict verdict = canDo(Inventory(k->snapshot), operation);
        co_return answer(Method::CreateNode, verdict.isRefused() ? verdict.code : invalidParameter,
                         writerText("CreateiSCSINode takes an alias alone: the server chooses the name, and ports tell "
                                    "the role."));
    }
    if (stop.stop_requested())
        co_return failure(Error::Kind::Cancelled, writerText("Cancelled."));
    Parameters in;
    if (!operation.value.alias.isEmpty())
        in.emplace_back(QStringLiteral("Alias"), Value::of(operation.value.alias));
    const Result<MethodAnswer> said = co_await k->connection->invoke(*service, QStringLiteral("CreateiSCSINode"),
                                                                     std::move(in));
    if (!said)
        co_return tl::unexpected<Error>(said.error());
    if (codeOf(*said) != 0)
        co_return answer(Method::CreateNode, codeOf(*said), said->text);
    const ObjectPath *node = said->parameter(u"iSCSINode").reference();
    if (!node)
        co_return answer(Method::CreateNode, 0, said->text); // the next reading shows it
    co_return co_await created(k, Method::CreateNode, *node, said->text);
}

Task<Result<Answer>> deleteObject(KnowledgePtr k, Method method, ServerHandle server, QByteArray id,
                                  std::stop_token stop)
{
    const bool isNode = method == Method::DeleteNode;
    const Catalogue::ServerFacts *facts = factsOf(*k, server);
    if (facts && !id.isEmpty() && id == QByteArray::fromStdString(facts->switchEndpoint))
        co_return answer(method, notSupported, writerText("The switch for all targets is no object of the server."));
    const auto path = pathOf(*k, id);
    if (!path)
        co_return unknownObject(method, noSuchObject, id);
    const auto service = serviceOf(*k, server);
    if (!service)
        co_return noService(method, notSupported);
    const Result<bool> before = co_await exists(k, *path);
    if (!before)
        co_return tl::unexpected<Error>(before.error());
    if (!*before)
        co_return answer(method, noSuchObject);
    if (stop.stop_requested())
        co_return failure(Error::Kind::Cancelled, writerText("Cancelled."));
    Parameters in;
    in.emplace_back(isNode ? QStringLiteral("iSCSINode") : QStringLiteral("iSCSIPort"), Value::of(*path));
    const QString name = isNode ? QStringLiteral("DeleteiSCSINode") : QStringLiteral("DeleteiSCSIProtocolEndpoint");
    const Result<MethodAnswer> said = co_await k->connection->invoke(*service, name, std::move(in));
    if (!said && !mayBeDone(said.error()))
        co_return tl::unexpected<Error>(said.error());
    const quint16 code = said ? codeOf(*said) : quint16(0);
    const bool once = said ? code != 0 : said.error().kind != Error::Kind::OutcomeUnknown;
    const Result<bool> there = co_await settles(k, *path, false, once);
    if (!said)
        co_return settledFailure(method, said.error(), there, false, noSuchObject);
    if (!there)
        co_return code == 0 ? notVerified(there.error()) : answer(method, code, said->text);
    if (!*there)
        co_return answer(method, 0, said->text);
    co_return code == 0 ? notShown(said->text) : answer(method, code, said->text);
}

Task<Result<Answer>> enableEndpoint(KnowledgePtr k, ObjectPath endpoint, bool enabled, std::stop_token stop)
{
    constexpr quint16 transitionStarted = 4096; // here alone it means that a job goes on
    const Method method = Method::EnableEndpoint;
    if (stop.stop_requested())
        co_return failure(Error::Kind::Cancelled, writerText("Cancelled."));
    Parameters in;
    in.emplace_back(QStringLiteral("RequestedState"), Value::of(enabled ? QStringLiteral("2") : QStringLiteral("3")));
    const Result<MethodAnswer> said = co_await k->connection->invoke(endpoint, QStringLiteral("RequestStateChange"),
                                                                     std::move(in));
    if (!said && !mayBeDone(said.error()))
        co_return tl::unexpected<Error>(said.error());
    const quint16 code = !said || codeOf(*said) == transitionStarted ? quint16(0) : codeOf(*said);
    const bool once = said ? code != 0 : said.error().kind != Error::Kind::OutcomeUnknown;
    const Result<bool> shown = co_await isEnabled(k, endpoint, enabled, once);
    if (!said)
        co_return settledFailure(method, said.error(), shown, enabled, invalidParameter);
    if (!shown)
        co_return code == 0 ? notVerified(shown.error()) : answer(method, code, said->text);
    if (*shown == enabled)
        co_return answer(method, 0, said->text);
    co_return code == 0 ? notShown(said->text) : answer(method, code, said->text);
}

} // namespace portalbind::cim
