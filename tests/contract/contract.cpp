// SPDX-License-Identifier: Apache-2.0
#include "contract.h"

#include "model/diff.h"
#include "model/rules.h"
#include "tests/model/randominventory.h"
#include "tests/model/site.h"

#include <random>

namespace portalbind {

namespace {

class Translator
{
public:
    Translator(const HandleMap &handles, IdTable &ids)
        : m_handles(handles)
        , m_ids(ids)
    {
    }

    Operation operator()(const Bind &o) const { return Bind{real(o.endpoint), real(o.portal)}; }
    Operation operator()(const Unbind &o) const { return Unbind{real(o.endpoint), real(o.portal)}; }
    Operation operator()(const Move &o) const { return Move{real(o.portal), real(o.from), real(o.to)}; }
    Operation operator()(CreatePortal o) const
    {
        o.portal = made<PortalHandle>();
        o.value.server = real(o.value.server);
        return o;
    }
    Operation operator()(const DeletePortal &o) const { return DeletePortal{real(o.portal)}; }
    Operation operator()(CreateGroup o) const
    {
        o.group = made<GroupHandle>();
        o.value.server = real(o.value.server);
        return o;
    }
    Operation operator()(const DeleteGroup &o) const { return DeleteGroup{real(o.group)}; }
    Operation operator()(const RenameGroup &o) const { return RenameGroup{real(o.group), o.name}; }
    Operation operator()(const JoinGroup &o) const { return JoinGroup{real(o.group), real(o.portal)}; }
    Operation operator()(const LeaveGroup &o) const { return LeaveGroup{real(o.group), real(o.portal)}; }
    Operation operator()(CreateNode o) const
    {
        o.node = made<NodeHandle>();
        o.value.server = real(o.value.server);
        return o;
    }
    Operation operator()(const DeleteNode &o) const { return DeleteNode{real(o.node)}; }
    Operation operator()(CreateEndpoint o) const
    {
        o.endpoint = made<EndpointHandle>();
        o.value.server = real(o.value.server);
        o.value.node = real(o.value.node);
        for (PortalHandle &portal : o.portals)
            portal = real(portal);
        return o;
    }
    Operation operator()(const DeleteEndpoint &o) const { return DeleteEndpoint{real(o.endpoint)}; }
    Operation operator()(const SetEndpointEnabled &o) const { return SetEndpointEnabled{real(o.endpoint), o.enabled}; }
    Operation operator()(SaveForReboot o) const
    {
        o.server = real(o.server);
        for (NodeHandle &node : o.nodes)
            node = real(node);
        for (EndpointHandle &endpoint : o.endpoints)
            endpoint = real(endpoint);
        for (Binding &binding : o.bindings)
            binding = {real(binding.endpoint), real(binding.portal)};
        return o;
    }

private:
    template <class H>
    [[nodiscard]] H real(H wanted) const
    {
        if (!wanted)
            return {};
        const H found = m_handles.find(wanted);
        return found ? found : m_ids.intern<H>(m_handles.absent<H>());
    }
    template <class H>
    [[nodiscard]] H made() const
    {
        return m_ids.makeProvisional<H>();
    }

    const HandleMap &m_handles;
    IdTable &m_ids;
};

QString answerText(const Answer &answer)
{
    return QStringLiteral("%1 (%2)").arg(answer.code).arg(codeSymbol(answer.method, answer.code));
}

QString verdictText(const Verdict &verdict)
{
    return QStringLiteral("%1 by %2, code %3, %4")
            .arg(toString(verdict.decision), toString(verdict.origin))
            .arg(verdict.code)
            .arg(reasonName(verdict.reason));
}

template <class H>
void describe(const InventoryDiff::Objects<H> &objects, const char *kind, const IdTable &ids, QStringList &to)
{
    const auto tell = [&](const auto &handles, const char *how) {
        for (const H handle : handles)
            to += QStringLiteral("%1 %2: %3")
                          .arg(QLatin1String(kind), QString::fromUtf8(ids.id(handle)), QLatin1String(how));
    };
    tell(objects.added, "more than foretold");
    tell(objects.removed, "fewer than foretold");
    tell(objects.changed, "other than foretold");
}

} // namespace

void adopt(const Operation &operation, const QByteArray &id, IdTable &ids)
{
    if (const auto *const node = std::get_if<CreateNode>(&operation))
        ids.assign(node->node, id);
    else if (const auto *const endpoint = std::get_if<CreateEndpoint>(&operation))
        ids.assign(endpoint->endpoint, id);
    else if (const auto *const portal = std::get_if<CreatePortal>(&operation))
        ids.assign(portal->portal, id);
    else if (const auto *const group = std::get_if<CreateGroup>(&operation))
        ids.assign(group->group, id);
}

Operation astray(Operation operation, RandomInventory &random, IdTable &ids)
{
    const auto lose = [&ids](auto &handle) {
        handle = ids.intern<std::remove_reference_t<decltype(handle)>>("an object that is not there");
    };
    const bool first = random.chance(50);
    if (auto *const bind = std::get_if<Bind>(&operation))
        first ? lose(bind->endpoint) : lose(bind->portal);
    else if (auto *const unbind = std::get_if<Unbind>(&operation))
        first ? lose(unbind->endpoint) : lose(unbind->portal);
    else if (auto *const join = std::get_if<JoinGroup>(&operation))
        first ? lose(join->group) : lose(join->portal);
    else if (auto *const leave = std::get_if<LeaveGroup>(&operation))
        first ? lose(leave->group) : lose(leave->portal);
    else if (auto *const node = std::get_if<DeleteNode>(&operation))
        lose(node->node);
    else if (auto *const endpoint = std::get_if<DeleteEndpoint>(&operation))
        lose(endpoint->endpoint);
    else if (auto *const portal = std::get_if<DeletePortal>(&operation))
        lose(portal->portal);
    else if (auto *const group = std::get_if<DeleteGroup>(&operation))
        lose(group->group);
    return operation;
}

Operation translated(const Operation &operation, const HandleMap &handles, IdTable &ids)
{
    return std::visit(Translator(handles, ids), operation);
}

QString compare(const Verdict &verdict, const Answer &answer)
{
    const bool agree = verdict.isAllowed()                  ? answer.code == 0
            : verdict.isRefused() && !verdict.canOverride() ? answer.code == verdict.code
                                                            : true;
    if (agree && verdict.method == answer.method)
        return {};
    return QStringLiteral("the rules say: %1; the server answered: %2").arg(verdictText(verdict), answerText(answer));
}

QString compareAfter(const SnapshotPtr &before, const Operation &operation, const Answer &answer,
                     const SnapshotPtr &after, bool learns)
{
    IdTable &ids = *after->ids();
    const Inventory was(before);
    if (answer.code != 0) {
        InventoryDiff changes = diff(was, Inventory(after));
        if (learns)
            changes.servers.changed.clear();
        return changes.isEmpty() ? QString() : QStringLiteral("refused, and changed something all the same");
    }
    Operation done = operation;
    if (auto *const created = std::get_if<CreateEndpoint>(&done); created && !created->chooseTag)
        created->value.tag = after->endpoint(after->row(ids.find<EndpointHandle>(answer.createdId))).tag;
    if (auto *const created = std::get_if<CreateNode>(&done); created && created->value.name.isEmpty())
        created->value.name = after->node(after->row(ids.find<NodeHandle>(answer.createdId))).name;
    InventoryDiff changes = diff(Inventory(RandomInventory::done(was.with(done))), Inventory(after));
    if (learns)
        changes.servers.changed.clear();
    // Whether a session over a portal that goes is still told with it is up to the server.
    if (std::holds_alternative<DeletePortal>(operation))
        changes.sessions.changed.clear();
    QStringList wrong;
    describe(changes.servers, "server", ids, wrong);
    describe(changes.nodes, "node", ids, wrong);
    describe(changes.endpoints, "endpoint", ids, wrong);
    describe(changes.portals, "portal", ids, wrong);
    describe(changes.groups, "group", ids, wrong);
    describe(changes.sessions, "session", ids, wrong);
    if (!changes.bound.empty() || !changes.unbound.empty())
        wrong += QStringLiteral("%1 bindings more, %2 fewer than foretold")
                         .arg(changes.bound.size())
                         .arg(changes.unbound.size());
    if (!changes.joined.empty() || !changes.left.empty())
        wrong += QStringLiteral("%1 members more, %2 fewer than foretold")
                         .arg(changes.joined.size())
                         .arg(changes.left.size());
    return wrong.join(QStringLiteral("; "));
}

QString runCase(ContractFixture &fixture, const ContractCase &one)
{
    Site site(QString::fromUtf8(one.site));
    HandleMap handles;
    const auto before = fixture.make(*site.inventory().base(), handles);
    if (!before)
        return before.error().text();
    const Operation operation = translated(site.operation(QString::fromUtf8(one.operation)), handles, *fixture.ids());
    const Verdict verdict = canDo(Inventory(*before), operation);
    const auto answer = fixture.execute(operation);
    if (!answer)
        return answer.error().text();
    if (answer->code != one.code)
        return QStringLiteral("the server answered %1 in place of %2").arg(answerText(*answer)).arg(one.code);
    if (QString wrong = compare(verdict, *answer); !wrong.isEmpty())
        return wrong;
    if (answer->code == 0)
        adopt(operation, answer->createdId, *fixture.ids());
    const auto after = fixture.load();
    return after ? compareAfter(*before, operation, *answer, *after) : after.error().text();
}

RandomRun runRandom(ContractFixture &fixture, quint64 seed, int operations)
{
    constexpr int operationsOnOne = 100;
    RandomRun run;
    RandomInventory random(seed,
                           RandomShape{.servers = 2,
                                       .nodesPerServer = 3,
                                       .endpointsPerNode = 3,
                                       .portalsPerServer = 7,
                                       .groupsPerServer = 3,
                                       .sessions = 3});
    while (run.operations < operations && run.wrong.isEmpty()) {
        HandleMap handles;
        const SnapshotPtr wanted = random.snapshot();
        if (!fixture.canShow(*wanted))
            continue;
        auto shown = fixture.make(*wanted, handles);
        for (int i = 0; i < operationsOnOne && shown && run.wrong.isEmpty(); ++i) {
            Operation operation = random.operation(Inventory(*shown));
            if (random.chance(5))
                operation = astray(operation, random, *fixture.ids());
            if (std::holds_alternative<Move>(operation))
                continue; // a plan makes two steps of it
            const Verdict verdict = canDo(Inventory(*shown), operation);
            const auto answer = fixture.execute(operation);
            ++run.operations;
            if (!answer) {
                run.wrong = answer.error().text();
                break;
            }
            ++run.answers[{answer->method, answer->code}];
            run.wrong = compare(verdict, *answer);
            if (answer->code == 0)
                adopt(operation, answer->createdId, *fixture.ids());
            // What was refused is looked at now and then only: a read costs more than a step.
            if (run.wrong.isEmpty() && (answer->code == 0 || random.chance(10))) {
                const auto after = fixture.load();
                run.wrong = after ? compareAfter(*shown, operation, *answer, *after) : after.error().text();
                if (after)
                    shown = after;
            }
            if (!run.wrong.isEmpty())
                run.wrong += QStringLiteral("\n  operation %1: %2")
                                     .arg(run.operations)
                                     .arg(describe(operation, Inventory(*shown)));
        }
        if (!shown)
            run.wrong = shown.error().text();
    }
    return run;
}

quint64 contractSeed()
{
    bool given = false;
    const quint64 seed = qEnvironmentVariable("PORTALBIND_SEED").toULongLong(&given);
    return given ? seed : std::random_device{}();
}

} // namespace portalbind
