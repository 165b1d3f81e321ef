// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/writer.h"

#include "backends/cim/pathkey.h"
#include "backends/cim/writing.h"
#include "model/rules.h"

#include <QCoreApplication>

namespace portalbind::cim {

QString writerText(const char *text)
{
    return QCoreApplication::translate("CimBackend", text);
}

Result<Answer> answer(Method method, quint16 code, const QString &detail)
{
    Answer said;
    said.method = method;
    said.code = code;
    said.detail = detail;
    return said;
}

Result<Answer> notShown(const QString &detail)
{
    return failure(Error::Kind::OutcomeUnknown, writerText("The server said that it is done, but does not show it."),
                   {}, writerText("Read the server again and look whether it is so by now."), detail);
}

Result<Answer> notVerified(const Error &error)
{
    return failure(Error::Kind::OutcomeUnknown,
                   writerText("The change was sent, but what came of it could not be read: %1").arg(error.what),
                   error.where, error.remedy, error.detail);
}

bool mayBeDone(const Error &error)
{
    switch (error.kind) {
    case Error::Kind::OutcomeUnknown:
    case Error::Kind::NoSuchObject: // said of any of the objects, or of what the write itself removed
    case Error::Kind::Server:
    case Error::Kind::NoService:
    case Error::Kind::Rights:
        return true;
    default: // it was not sent
        return false;
    }
}

Result<Answer> settledFailure(Method method, Error error, const Result<bool> &shown, bool wanted, quint16 gone)
{
    if (shown && *shown == wanted)
        return answer(method, 0,
                      writerText("The answer was a failure, but the server shows that it is done. %1").arg(error.what));
    if (error.kind == Error::Kind::NoSuchObject)
        return answer(method, gone, error.detail);
    if (shown && error.kind == Error::Kind::OutcomeUnknown)
        error.remedy = writerText("The server does not show it. Read it once more before you try again.");
    return tl::unexpected<Error>(std::move(error));
}

bool sameObject(std::string_view key, std::string_view id)
{
    return !key.empty() && (key == id || looseKey(key) == looseKey(id));
}

std::optional<ObjectPath> pathOf(const Knowledge &knowledge, const QByteArray &id)
{
    return knowledge.paths && !id.isEmpty() ? knowledge.paths->path(id.toStdString()) : std::nullopt;
}

Result<Answer> unknownObject(Method method, quint16 code, const QByteArray &id)
{
    return answer(method, code,
                  writerText("The server did not show this object when it was read: %1").arg(QString::fromUtf8(id)));
}

ServerHandle serverOr(const Knowledge &knowledge, ServerHandle read, const QByteArray &id)
{
    if (read || !knowledge.catalogue)
        return read;
    const auto &servers = knowledge.catalogue->servers;
    const std::string key = id.toStdString();
    for (const auto &[server, facts] : servers) {
        if (servers.size() == 1 || (!facts.service.empty() && systemOfKey(facts.service) == systemOfKey(key)))
            return knowledge.ids->find<ServerHandle>(QByteArrayView(server));
    }
    return {};
}

const Catalogue::ServerFacts *factsOf(const Knowledge &knowledge, ServerHandle server)
{
    if (!knowledge.catalogue)
        return nullptr;
    const auto found = knowledge.catalogue->servers.find(knowledge.ids->id(server).toStdString());
    return found == knowledge.catalogue->servers.end() ? nullptr : &found->second;
}

QString className(const Knowledge &knowledge, Source source)
{
    return classOf(source, knowledge.form ? knowledge.form->family : Family::Schema);
}

Method methodOf(const Operation &operation)
{
    struct Name
    {
        Method operator()(const Bind &) const { return Method::Bind; }
        Method operator()(const Unbind &) const { return Method::Unbind; }
        Method operator()(const Move &) const { return Method::Bind; }
        Method operator()(const CreatePortal &) const { return Method::CreatePortal; }
        Method operator()(const DeletePortal &) const { return Method::DeletePortal; }
        Method operator()(const CreateGroup &) const { return Method::CreateGroup; }
        Method operator()(const DeleteGroup &) const { return Method::DeleteGroup; }
        Method operator()(const RenameGroup &) const { return Method::RenameGroup; }
        Method operator()(const JoinGroup &) const { return Method::JoinGroup; }
        Method operator()(const LeaveGroup &) const { return Method::LeaveGroup; }
        Method operator()(const CreateNode &) const { return Method::CreateNode; }
        Method operator()(const DeleteNode &) const { return Method::DeleteNode; }
        Method operator()(const CreateEndpoint &) const { return Method::CreateEndpoint; }
        Method operator()(const DeleteEndpoint &) const { return Method::DeleteEndpoint; }
        Method operator()(const SetEndpointEnabled &) const { return Method::EnableEndpoint; }
    };
    return std::visit(Name{}, operation);
}

namespace {

/// The server of an object of the last snapshot.
template <class H>
ServerHandle serverIn(const SnapshotPtr &snapshot, H handle)
{
    const Snapshot::Row row = snapshot ? snapshot->row(handle) : Snapshot::none;
    if (row == Snapshot::none)
        return {};
    if constexpr (H::kind == Kind::Endpoint)
        return snapshot->endpoint(row).server;
    else
        return snapshot->node(row).server;
}

template <class H>
ServerHandle serverOfObject(const Knowledge &k, H handle)
{
    return serverOr(k, serverIn(k.snapshot, handle), k.ids->id(handle));
}

Task<Result<Answer>> setEnabled(KnowledgePtr k, SetEndpointEnabled operation, std::stop_token stop)
{
    constexpr quint16 notSupported = 1, invalidParameter = 5;
    const QByteArray id = k->ids->id(operation.endpoint);
    const Catalogue::ServerFacts *facts = factsOf(*k, serverOfObject(*k, operation.endpoint));
    if (facts && !id.isEmpty() && id == QByteArray::fromStdString(facts->switchEndpoint))
        co_return answer(Method::EnableEndpoint, notSupported,
                         writerText("The switch for all targets is no object of the server."));
    const auto endpoint = pathOf(*k, id);
    if (!endpoint)
        co_return unknownObject(Method::EnableEndpoint, invalidParameter, id);
    co_return co_await enableEndpoint(k, *endpoint, operation.enabled, stop);
}

} // namespace

Task<Result<Answer>> perform(KnowledgePtr k, Operation operation, std::stop_token stop)
{
    if (!k->connection || !k->snapshot)
        co_return failure(Error::Kind::Transport, writerText("The server has not been read yet."), {},
                          writerText("Refresh first."));
    if (const auto *bind = std::get_if<Bind>(&operation))
        co_return co_await bindPortal(k, *bind, stop);
    if (const auto *unbind = std::get_if<Unbind>(&operation))
        co_return co_await unbindPortal(k, *unbind, stop);
    if (const auto *create = std::get_if<CreateEndpoint>(&operation))
        co_return co_await createEndpoint(k, *create, stop);
    if (const auto *create = std::get_if<CreateNode>(&operation))
        co_return co_await createNode(k, *create, stop);
    if (const auto *remove = std::get_if<DeleteEndpoint>(&operation))
        co_return co_await deleteObject(k, Method::DeleteEndpoint, serverOfObject(*k, remove->endpoint),
                                        k->ids->id(remove->endpoint), stop);
    if (const auto *remove = std::get_if<DeleteNode>(&operation))
        co_return co_await deleteObject(k, Method::DeleteNode, serverOfObject(*k, remove->node),
                                        k->ids->id(remove->node), stop);
    if (const auto *enable = std::get_if<SetEndpointEnabled>(&operation))
        co_return co_await setEnabled(k, *enable, stop);
    // CIM has no method for the rest: the rules tell why not.
    constexpr quint16 notSupported = 1;
    const Verdict verdict = canDo(Inventory(k->snapshot), operation);
    co_return answer(methodOf(operation), verdict.isRefused() ? verdict.code : notSupported,
                     writerText("No method of the CIM model makes or changes portals and portal groups."));
}

} // namespace portalbind::cim
