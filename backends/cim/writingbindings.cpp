// SPDX-License-Identifier: Apache-2.0
// BindiSCSIProtocolEndPoint, DeleteInstance of BindsTo, WT_Portal.Listen.
#include "backends/cim/cimtypes.h"
#include "backends/cim/pathkey.h"
#include "backends/cim/pool.h"
#include "backends/cim/writing.h"

#include <mutex>

namespace portalbind::cim {
namespace {

constexpr quint16 notSupported = 1; // of the methods of iSCSIConfigurationService
constexpr quint16 invalidParameter = 5;
constexpr quint16 noSuchEndpoint = 4096;
constexpr quint16 cimNotFound = 6; // CIM status codes
constexpr quint16 cimNotSupported = 7;

struct Found
{
    std::mutex mutex;
    std::vector<Instance> instances;
};

/// Those of a batch whose property 0 is \a end, with their references.
void collect(Found &found, const InstanceBatch &batch, const std::string &end, const QString &role,
             const QString &other)
{
    for (size_t i = 0; i < batch.size(); ++i) {
        if (!sameObject(batch.referenceKey(i, 0), end))
            continue;
        Instance instance;
        instance.className = toText(batch.className(i));
        for (const auto &[name, property] : {std::pair(role, size_t(0)), std::pair(other, size_t(1))}) {
            if (auto reference = batch.reference(i, property))
                instance.properties.emplace_back(name, Value::of(*std::move(reference)));
        }
        instance.path = batch.path(i);
        const std::lock_guard lock(found.mutex);
        found.instances.push_back(std::move(instance));
    }
}

ServerHandle serverOf(const Knowledge &k, EndpointHandle endpoint)
{
    const auto row = k.snapshot->row(endpoint);
    return serverOr(k, row == Snapshot::none ? ServerHandle() : k.snapshot->endpoint(row).server, k.ids->id(endpoint));
}

void learn(Knowledge &k, std::unordered_map<std::string, Support> &where, ServerHandle server, Support what)
{
    Support &known = where.try_emplace(k.ids->id(server).toStdString(), Support::Unknown).first->second;
    if (known == what)
        return;
    known = what;
    if (k.learnt)
        k.learnt();
}

/// Looks until the binding is \a wanted or patience ends; \a once looks one time only.
Task<Result<bool>> isBound(KnowledgePtr k, ObjectPath endpoint, std::string portal, bool wanted, bool once)
{
    const auto patience = k->patience;
    for (size_t i = 0; i < patience.size(); ++i) {
        if (patience[i] > 0)
            co_await Pause{patience[i]};
        const auto bindings = co_await associations(k, Source::BindsTo, endpoint, QStringLiteral("Dependent"), {});
        const bool isGone = !bindings && bindings.error().kind == Error::Kind::NoSuchObject;
        if (!bindings && !isGone)
            co_return tl::unexpected<Error>(bindings.error());
        const bool bound = !isGone && find(*bindings, QStringLiteral("Antecedent"), portal);
        if (bound == wanted || once)
            co_return bound;
    }
    co_return !wanted;
}

Task<Result<bool>> isListening(KnowledgePtr k, ObjectPath portal, bool wanted, bool once)
{
    const auto patience = k->patience;
    for (size_t i = 0; i < patience.size(); ++i) {
        if (patience[i] > 0)
            co_await Pause{patience[i]};
        const Result<Instance> now = co_await k->connection->get(portal, {});
        if (!now)
            co_return tl::unexpected<Error>(now.error());
        const bool listens = toBoolean(now->property(u"Listen").text().toStdString()).value_or(!wanted);
        if (listens == wanted || once)
            co_return listens;
    }
    co_return !wanted;
}

/// What a write came to: its code, unless the server shows that what was wanted is so.
Result<Answer> settled(Method method, quint16 code, const QString &text, const Result<bool> &shown, bool wanted)
{
    if (!shown)
        return code == 0 ? notVerified(shown.error()) : answer(method, code, text);
    if (*shown == wanted)
        return code == 0 ? answer(method, 0, text)
                         : answer(method, 0,
                                  writerText("The server answered %1, but shows that it is done. %2")
                                          .arg(code)
                                          .arg(text)
                                          .trimmed());
    return code == 0 ? notShown(text) : answer(method, code, text);
}

/// Whether one look is enough: a refusal comes after the deed, if there is one. After a lost answer the server may
/// still be at it.
template <class Said>
bool isFinal(const Result<Said> &said, bool refused)
{
    return said ? refused : said.error().kind != Error::Kind::OutcomeUnknown;
}

quint16 bindCode(quint16 status)
{
    switch (status) {
    case 0:
        return 0;
    case cimNotFound:
        return noSuchEndpoint;
    case cimNotSupported:
        return notSupported;
    default:
        return 4; // Failed
    }
}

/// How the bindings of an endpoint are written.
enum class Way { ByMethod, BySwitch, ReadOnly };

Way wayOf(const Knowledge &k, ServerHandle server, const QByteArray &endpoint)
{
    const Catalogue::ServerFacts *facts = factsOf(k, server);
    if (!facts || facts->switchEndpoint.empty())
        return Way::ByMethod;
    if (endpoint == QByteArray::fromStdString(facts->switchEndpoint))
        return Way::BySwitch;
    // Beside WT_Portal single targets are read-only, unless binding was seen to succeed.
    const auto learnt = k.bind.find(k.ids->id(server).toStdString());
    return learnt != k.bind.end() && learnt->second == Support::Yes ? Way::ByMethod : Way::ReadOnly;
}

/// The name of a binding that has none of the server's.
ObjectPath bindingPath(const ObjectPath &endpoint, const Instance &binding)
{
    ObjectPath path;
    path.nameSpace = endpoint.nameSpace;
    path.className = binding.className;
    path.keys = {{QStringLiteral("Antecedent"), binding.property(u"Antecedent")},
                 {QStringLiteral("Dependent"), binding.property(u"Dependent")}};
    return path;
}

/// A reference that a server has flattened into a text (openwsman): does it speak of \a end?
bool holdsKeysOf(const QString &text, const ObjectPath &end)
{
    return !end.keys.empty() && std::all_of(end.keys.begin(), end.keys.end(), [&](const auto &key) {
        return text.contains(key.second.text());
    });
}

/// Whether the name that a server gives to a binding means that binding: by another it would delete something else.
bool namesBinding(const ObjectPath &path, const Instance &binding)
{
    const auto namesEnd = [&](const QString &role) {
        const ObjectPath *end = binding.property(role).reference();
        const auto key = std::find_if(path.keys.begin(), path.keys.end(), [&](const auto &one) {
            return one.first.compare(role, Qt::CaseInsensitive) == 0;
        });
        if (!end || key == path.keys.end())
            return false;
        const ObjectPath *named = key->second.reference();
        return named ? sameObject(named->key(), end->key()) : holdsKeysOf(key->second.text(), *end);
    };
    return path.className.endsWith(QLatin1String("BindsTo"), Qt::CaseInsensitive)
            && namesEnd(QStringLiteral("Antecedent")) && namesEnd(QStringLiteral("Dependent"));
}

Result<Answer> wrongScope(Method method, quint16 code)
{
    return answer(method, code, writerText("Portals of this server are switched for all its targets at once."));
}

} // namespace

Task<Result<std::vector<Instance>>> associations(KnowledgePtr k, Source source, ObjectPath object, QString role,
                                                 std::stop_token stop)
{
    auto direct = co_await k->connection->references(object, className(*k, source), role, stop);
    const std::string end = object.key();
    if (direct) {
        // Some servers answer with the whole class, or with both layers of BindsTo, or with everything twice.
        std::vector<Instance> mine;
        for (Instance &instance : *direct) {
            const ObjectPath *reference = instance.property(role).reference();
            if (reference && sameObject(reference->key(), end))
                mine.push_back(std::move(instance));
        }
        co_return mine;
    }
    if (direct.error().kind != Error::Kind::Server)
        co_return tl::unexpected<Error>(direct.error());
    auto what = query(source, k->form ? k->form->family : Family::Schema, object.nameSpace);
    what.paths = true;
    const QString other = toText(what.properties[toText(what.properties[0]) == role ? 1 : 0]);
    what.properties = {role.toStdString(), other.toStdString()};
    const auto found = std::make_shared<Found>();
    CimConnection::BatchHandler take = [found, end, role, other](const InstanceBatch &batch) {
        collect(*found, batch, end, role, other);
    };
    const Result<> done = co_await k->connection->enumerate(what, std::move(take), stop);
    if (!done)
        co_return tl::unexpected<Error>(done.error());
    const std::lock_guard lock(found->mutex);
    co_return std::move(found->instances);
}

const Instance *find(const std::vector<Instance> &instances, const QString &role, std::string_view id)
{
    for (const Instance &instance : instances) {
        const ObjectPath *reference = instance.property(role).reference();
        if (reference && sameObject(reference->key(), id))
            return &instance;
    }
    return nullptr;
}

Task<Result<Answer>> switchPortal(KnowledgePtr k, Method method, QByteArray portal, bool listen, std::stop_token stop)
{
    const quint16 gone = method == Method::Bind ? noSuchEndpoint : cimNotFound;
    const auto native = k->catalogue->nativePortals.find(portal.toStdString());
    if (native == k->catalogue->nativePortals.end())
        co_return answer(method, gone, writerText("WT_Portal has no row for this address."));
    const auto path = pathOf(*k, QByteArray::fromStdString(native->second));
    if (!path)
        co_return unknownObject(method, gone, portal);
    Result<Instance> now = co_await k->connection->get(*path, stop);
    if (!now && now.error().kind == Error::Kind::NoSuchObject)
        co_return answer(method, gone, now.error().detail);
    if (!now)
        co_return tl::unexpected<Error>(now.error());
    if (toBoolean(now->property(u"Listen").text().toStdString()) == listen)
        co_return answer(method, listen ? 0 : cimNotFound); // as with BindsTo: R8, U1
    if (stop.stop_requested())
        co_return failure(Error::Kind::Cancelled, writerText("Cancelled."));
    now->set(QStringLiteral("Listen"), Value::of(listen ? QStringLiteral("true") : QStringLiteral("false")));
    if (!now->path)
        now->path = *path;
    const Result<WriteAnswer> said = co_await k->connection->modify(*std::move(now));
    if (!said && !mayBeDone(said.error()))
        co_return tl::unexpected<Error>(said.error());
    const bool once = isFinal(said, said && said->status != 0);
    const Result<bool> shown = co_await isListening(k, *path, listen, once);
    if (!said)
        co_return settledFailure(method, said.error(), shown, listen, gone);
    const quint16 code = method == Method::Bind ? bindCode(said->status) : said->status;
    co_return settled(method, code, said->text, shown, listen);
}

Task<Result<Answer>> bindPortal(KnowledgePtr k, Bind operation, std::stop_token stop)
{
    const ServerHandle server = serverOf(*k, operation.endpoint);
    const QByteArray endpointId = k->ids->id(operation.endpoint), portalId = k->ids->id(operation.portal);
    const Way way = wayOf(*k, server, endpointId);
    const auto endpoint = pathOf(*k, endpointId), portal = pathOf(*k, portalId);
    // In the order of the rules.
    if (way != Way::BySwitch && !endpoint)
        co_return operation.endpoint.isNull() || operation.portal.isNull()
                ? answer(Method::Bind, invalidParameter)
                : unknownObject(Method::Bind, noSuchEndpoint, endpointId);
    if (way == Way::ReadOnly)
        co_return wrongScope(Method::Bind, notSupported);
    if (operation.portal.isNull())
        co_return answer(Method::Bind, invalidParameter);
    if (way == Way::BySwitch)
        co_return co_await switchPortal(k, Method::Bind, portalId, true, stop);
    if (!portal)
        co_return unknownObject(Method::Bind, noSuchEndpoint, portalId);
    const Catalogue::ServerFacts *facts = factsOf(*k, server);
    if (!facts || facts->service.empty())
        co_return answer(Method::Bind, notSupported, writerText("The server shows no iSCSIConfigurationService."));
    const auto service = pathOf(*k, QByteArray::fromStdString(facts->service));
    if (!service)
        co_return unknownObject(Method::Bind, notSupported, QByteArray::fromStdString(facts->service));

    const auto before = co_await associations(k, Source::BindsTo, *endpoint, QStringLiteral("Dependent"), stop);
    if (!before && before.error().kind == Error::Kind::NoSuchObject)
        co_return answer(Method::Bind, noSuchEndpoint, before.error().detail);
    if (!before)
        co_return tl::unexpected<Error>(before.error());
    if (find(*before, QStringLiteral("Antecedent"), portalId.toStdString()))
        co_return answer(Method::Bind, 0);
    if (stop.stop_requested())
        co_return failure(Error::Kind::Cancelled, writerText("Cancelled."));

    Parameters in;
    in.emplace_back(QStringLiteral("iSCSIPort"), Value::of(*endpoint));
    in.emplace_back(QStringLiteral("NetworkPortal"), Value::of(*portal));
    // With a capital P, as the schema spells this one method.
    const Result<MethodAnswer> said = co_await k->connection->invoke(
            *service, QStringLiteral("BindiSCSIProtocolEndPoint"), std::move(in));
    if (!said && !mayBeDone(said.error()))
        co_return tl::unexpected<Error>(said.error());
    const auto code = quint16(said ? std::min<quint32>(said->returnValue.value_or(0), 0xffff) : 0);
    const bool once = isFinal(said, code != 0);
    const Result<bool> shown = co_await isBound(k, *endpoint, portalId.toStdString(), true, once);
    if (!said)
        co_return settledFailure(Method::Bind, said.error(), shown, true, noSuchEndpoint);
    const Result<Answer> result = settled(Method::Bind, code, said->text, shown, true);
    if (result && (result->code == 0 || result->code == notSupported))
        learn(*k, k->bind, server, result->code == 0 ? Support::Yes : Support::No);
    co_return result;
}

Task<Result<Answer>> unbindPortal(KnowledgePtr k, Unbind operation, std::stop_token stop)
{
    const ServerHandle server = serverOf(*k, operation.endpoint);
    const QByteArray endpointId = k->ids->id(operation.endpoint), portalId = k->ids->id(operation.portal);
    const Way way = wayOf(*k, server, endpointId);
    if (way == Way::BySwitch)
        co_return co_await switchPortal(k, Method::Unbind, portalId, false, stop);
    const auto endpoint = pathOf(*k, endpointId);
    if (!endpoint)
        co_return unknownObject(Method::Unbind, cimNotFound, endpointId);
    const auto before = co_await associations(k, Source::BindsTo, *endpoint, QStringLiteral("Dependent"), stop);
    if (!before && before.error().kind == Error::Kind::NoSuchObject)
        co_return answer(Method::Unbind, cimNotFound, before.error().detail);
    if (!before)
        co_return tl::unexpected<Error>(before.error());
    const Instance *binding = find(*before, QStringLiteral("Antecedent"), portalId.toStdString());
    if (!binding)
        co_return answer(Method::Unbind, cimNotFound);
    if (way == Way::ReadOnly)
        co_return wrongScope(Method::Unbind, cimNotSupported);
    // U3: the same class ties portals to addresses; deleting such a one would break the portal. The Dependent is the
    // endpoint asked about, which was read as an iSCSI endpoint, and its class must say the same.
    const ObjectPath *dependent = binding->property(u"Dependent").reference();
    const std::string upper = dependent ? dependent->key() : std::string();
    const bool isLower = classEndsWith(upper, "tcpprotocolendpoint") || classEndsWith(upper, "ipprotocolendpoint");
    if (upper.empty() || isLower)
        co_return failure(Error::Kind::Server,
                          writerText("This BindsTo does not belong to an iSCSI endpoint; it was left alone."),
                          QString::fromUtf8(endpointId));
    if (binding->path && !namesBinding(*binding->path, *binding))
        co_return failure(Error::Kind::Server,
                          writerText("The server names this binding as if it were another object; it was left alone."),
                          QString::fromUtf8(endpointId), writerText("Unbind it by the server's own tools."),
                          QString::fromUtf8(binding->path->verbatim));
    ObjectPath path = binding->path ? *binding->path : bindingPath(*endpoint, *binding);
    if (stop.stop_requested())
        co_return failure(Error::Kind::Cancelled, writerText("Cancelled."));
    const Result<WriteAnswer> said = co_await k->connection->remove(std::move(path));
    if (!said && !mayBeDone(said.error()))
        co_return tl::unexpected<Error>(said.error());
    const bool once = isFinal(said, said && said->status != 0);
    const Result<bool> shown = co_await isBound(k, *endpoint, portalId.toStdString(), false, once);
    if (!said)
        co_return settledFailure(Method::Unbind, said.error(), shown, false, cimNotFound);
    const Result<Answer> result = settled(Method::Unbind, said->status, said->text, shown, false);
    if (result && (result->code == 0 || result->code == cimNotSupported))
        learn(*k, k->unbind, server, result->code == 0 ? Support::Yes : Support::No);
    co_return result;
}

} // namespace portalbind::cim
