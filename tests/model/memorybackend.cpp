// SPDX-License-Identifier: Apache-2.0
#include "memorybackend.h"

#include "model/snapshotbuilder.h"

namespace portalbind {
namespace {

constexpr quint16 gone = 4096;

QString text(const char *words)
{
    return QLatin1String(words);
}

} // namespace

MemoryBackend::MemoryBackend()
    : TargetBackend(QUrl(QStringLiteral("memory:")))
{
}

void MemoryBackend::adopt(const Snapshot &snapshot)
{
    const IdTable &theirs = *snapshot.ids();
    const auto own = [&](auto handle) {
        using H = decltype(handle);
        return handle ? ids()->intern<H>(theirs.id(handle)) : H{};
    };
    for (const ServerHandle h : snapshot.servers())
        m_servers[theirs.id(h)] = snapshot.server(snapshot.row(h));
    for (const NodeHandle h : snapshot.nodes()) {
        Node value = snapshot.node(snapshot.row(h));
        value.server = own(value.server);
        m_nodes[theirs.id(h)] = value;
    }
    for (const auto &row : snapshot.portalRows()) {
        Portal value = snapshot.portal(snapshot.row(row.handle));
        value.server = own(value.server);
        m_portals[theirs.id(row.handle)] = value;
    }
    for (const auto &row : snapshot.endpointRows()) {
        Endpoint value = snapshot.endpoint(snapshot.row(row.handle));
        value.server = own(value.server);
        value.node = own(value.node);
        m_endpoints[theirs.id(row.handle)] = value;
        for (const PortalHandle portal : snapshot.portalsBoundBy(snapshot.row(row.handle)))
            m_bindings.emplace(theirs.id(row.handle), theirs.id(portal));
    }
    for (const GroupHandle h : snapshot.groups()) {
        Group value = snapshot.group(snapshot.row(h));
        value.server = own(value.server);
        m_groups[theirs.id(h)] = value;
        for (const PortalHandle portal : snapshot.portalsOf(snapshot.row(h)))
            m_members.emplace(theirs.id(h), theirs.id(portal));
    }
    for (const SessionHandle h : snapshot.sessions()) {
        LoginSession value = snapshot.session(snapshot.row(h));
        value.endpoint = own(value.endpoint);
        value.portal = own(value.portal);
        m_sessions[theirs.id(h)] = value;
    }
}

SnapshotPtr MemoryBackend::snapshot(bool complete) const
{
    SnapshotBuilder builder(ids());
    for (const auto &[id, value] : m_servers)
        builder.addServer(id, value);
    for (const auto &[id, value] : m_nodes)
        builder.addNode(id, value);
    if (!complete)
        return builder.build(false);
    for (const auto &[id, value] : m_endpoints)
        builder.addEndpoint(id, value);
    for (const auto &[id, value] : m_portals)
        builder.addPortal(id, value);
    for (const auto &[id, value] : m_groups)
        builder.addGroup(id, value);
    for (const auto &[id, value] : m_sessions)
        builder.addSession(id, value);
    for (const auto &[endpoint, portal] : m_bindings)
        builder.bind(ids()->intern<EndpointHandle>(endpoint), ids()->intern<PortalHandle>(portal));
    for (const auto &[group, portal] : m_members)
        builder.join(ids()->intern<GroupHandle>(group), ids()->intern<PortalHandle>(portal));
    return builder.build();
}

Task<Result<SnapshotPtr>> MemoryBackend::load(Sink sink, std::stop_token stop)
{
    ++loads;
    const std::function<Result<int>(std::stop_token)> wait = [](const std::stop_token &) -> Result<int> { return 0; };
    const Result<int> first = co_await m_worker.run<int>(stop, wait);
    if (!first)
        co_return tl::unexpected(first.error());
    if (growing)
        sink(snapshot(false));
    co_await Gate(loading);
    if (stop.stop_requested())
        co_return failure(Error::Kind::Cancelled, text("Cancelled."));
    if (!loadErrors.empty()) {
        const Error error = loadErrors.front();
        loadErrors.pop_front();
        co_return tl::unexpected(error);
    }
    co_return snapshot();
}

Task<Result<Answer>> MemoryBackend::execute(Operation operation, std::stop_token stop)
{
    ++executions;
    const std::function<Result<int>(std::stop_token)> wait = [](const std::stop_token &) -> Result<int> { return 0; };
    const Result<int> first = co_await m_worker.run<int>({}, wait);
    if (!first)
        co_return tl::unexpected(first.error());
    co_await Gate(executing);
    if (stop.stop_requested())
        co_return failure(Error::Kind::Cancelled, text("Cancelled."));
    Fault fault;
    if (!faults.empty()) {
        fault = faults.front();
        faults.pop_front();
    }
    if (fault.kind == Fault::NotSent)
        co_return failure(Error::Kind::Transport, text("The connection broke."));
    sent.append(operation);
    if (fault.kind == Fault::Refuse) {
        Answer answer;
        answer.code = fault.code;
        answer.detail = text("refused by order of the test");
        co_return answer;
    }
    if (fault.kind == Fault::LostBefore)
        co_return failure(Error::Kind::OutcomeUnknown, text("The answer was lost."));
    const Answer answer = done(operation);
    co_await Gate(answering);
    if (fault.kind == Fault::LostAfter)
        co_return failure(Error::Kind::OutcomeUnknown, text("The answer was lost."));
    co_return answer;
}

void MemoryBackend::remove(const std::map<Id, Endpoint>::iterator &endpoint)
{
    const Id id = endpoint->first;
    std::erase_if(m_bindings, [&](const auto &binding) { return binding.first == id; });
    std::erase_if(m_sessions, [&](const auto &entry) { return idOf(entry.second.endpoint) == id; });
    m_endpoints.erase(endpoint);
}

Answer MemoryBackend::done(const Operation &operation)
{
    struct Doer
    {
        MemoryBackend &b;

        static Answer refused(quint16 code = gone)
        {
            Answer answer;
            answer.code = code;
            return answer;
        }
        Answer made(const Id &id) const
        {
            Answer answer;
            answer.createdId = id;
            return answer;
        }
        Answer operator()(const Bind &o) const
        {
            if (!b.m_endpoints.contains(b.idOf(o.endpoint)) || !b.m_portals.contains(b.idOf(o.portal)))
                return refused();
            b.m_bindings.emplace(b.idOf(o.endpoint), b.idOf(o.portal));
            return {};
        }
        Answer operator()(const Unbind &o) const
        {
            return b.m_bindings.erase({b.idOf(o.endpoint), b.idOf(o.portal)}) ? Answer() : refused(6);
        }
        Answer operator()(const Move &) const { qFatal("a plan has no moves"); }
        Answer operator()(const CreatePortal &o) const
        {
            const Id id = b.portalsByAddress ? "np/" + o.value.address.toString().toUtf8() : b.newId();
            b.m_portals[id] = o.value;
            return made(id);
        }
        Answer operator()(const DeletePortal &o) const
        {
            const Id id = b.idOf(o.portal);
            std::erase_if(b.m_members, [&](const auto &member) { return member.second == id; });
            std::erase_if(b.m_bindings, [&](const auto &binding) { return binding.second == id; });
            return b.m_portals.erase(id) ? Answer() : refused();
        }
        Answer operator()(const CreateGroup &o) const
        {
            const Id id = b.newId();
            b.m_groups[id] = o.value;
            return made(id);
        }
        Answer operator()(const DeleteGroup &o) const
        {
            const Id id = b.idOf(o.group);
            std::erase_if(b.m_members, [&](const auto &member) { return member.first == id; });
            return b.m_groups.erase(id) ? Answer() : refused();
        }
        Answer operator()(const RenameGroup &o) const
        {
            const auto at = b.m_groups.find(b.idOf(o.group));
            if (at == b.m_groups.end())
                return refused();
            at->second.name = o.name;
            return {};
        }
        Answer operator()(const JoinGroup &o) const
        {
            if (!b.m_groups.contains(b.idOf(o.group)) || !b.m_portals.contains(b.idOf(o.portal)))
                return refused();
            b.m_members.emplace(b.idOf(o.group), b.idOf(o.portal));
            return {};
        }
        Answer operator()(const LeaveGroup &o) const
        {
            return b.m_members.erase({b.idOf(o.group), b.idOf(o.portal)}) ? Answer() : refused(4098);
        }
        Answer operator()(const CreateNode &o) const
        {
            const Id id = b.newId();
            b.m_nodes[id] = o.value;
            return made(id);
        }
        Answer operator()(const DeleteNode &o) const
        {
            const Id id = b.idOf(o.node);
            for (auto at = b.m_endpoints.begin(); at != b.m_endpoints.end();) {
                const auto next = std::next(at);
                if (b.idOf(at->second.node) == id)
                    b.remove(at);
                at = next;
            }
            return b.m_nodes.erase(id) ? Answer() : refused();
        }
        Answer operator()(const CreateEndpoint &o) const
        {
            if (!b.m_nodes.contains(b.idOf(o.value.node)))
                return refused();
            const Id id = b.newId();
            b.m_endpoints[id] = o.value;
            for (const PortalHandle portal : o.portals)
                b.m_bindings.emplace(id, b.idOf(portal));
            return made(id);
        }
        Answer operator()(const DeleteEndpoint &o) const
        {
            const auto at = b.m_endpoints.find(b.idOf(o.endpoint));
            if (at == b.m_endpoints.end())
                return refused();
            b.remove(at);
            return {};
        }
        Answer operator()(const SetEndpointEnabled &o) const
        {
            const auto at = b.m_endpoints.find(b.idOf(o.endpoint));
            if (at == b.m_endpoints.end())
                return refused();
            at->second.enabled = o.enabled;
            return {};
        }
        Answer operator()(const SaveForReboot &o) const
        {
            const auto at = b.m_servers.find(b.idOf(o.server));
            if (at == b.m_servers.end())
                return refused();
            at->second.saved.differences.removeIf([&](const SavedDifference &d) { return o.names(d); });
            return {};
        }
    };
    return std::visit(Doer{*this}, operation);
}

} // namespace portalbind
