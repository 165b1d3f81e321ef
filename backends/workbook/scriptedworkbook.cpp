// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/scriptedworkbook.h"

#include "backends/workbook/playedserver.h"
#include "backends/workbook/workbooktext.h"
#include "model/rules.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace portalbind {

namespace {

void pause(int milliseconds, const std::stop_token &stop)
{
    if (milliseconds <= 0)
        return;
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, std::chrono::milliseconds(milliseconds), [] { return false; });
}

/// The names by which a fault may mean the objects of an operation.
class ObjectNames
{
public:
    explicit ObjectNames(const Snapshot *snapshot)
        : m_snapshot(snapshot)
    {
    }

    QStringList of(const Operation &operation)
    {
        std::visit([this](const auto &one) { collect(one); }, operation);
        return m_names;
    }

private:
    template <class H>
    [[nodiscard]] Snapshot::Row row(H h) const
    {
        return m_snapshot ? m_snapshot->row(h) : Snapshot::none;
    }
    void add(PortalHandle h)
    {
        if (row(h) != Snapshot::none)
            m_names += m_snapshot->portalAddress(row(h)).toString();
    }
    void add(NodeHandle h)
    {
        if (row(h) != Snapshot::none)
            m_names += m_snapshot->node(row(h)).name;
    }
    void add(EndpointHandle h)
    {
        if (row(h) == Snapshot::none)
            return;
        const Endpoint endpoint = m_snapshot->endpoint(row(h));
        if (row(endpoint.node) == Snapshot::none)
            return;
        const Node node = m_snapshot->node(row(endpoint.node));
        m_names << node.name << endpointName(node, endpoint);
    }
    void add(GroupHandle h)
    {
        if (row(h) != Snapshot::none)
            m_names += m_snapshot->group(row(h)).name;
    }

    void collect(const Bind &o) { add(o.endpoint), add(o.portal); }
    void collect(const Unbind &o) { add(o.endpoint), add(o.portal); }
    void collect(const Move &o) { add(o.portal), add(o.from), add(o.to); }
    void collect(const CreatePortal &o) { m_names += o.value.address.toString(); }
    void collect(const DeletePortal &o) { add(o.portal); }
    void collect(const CreateGroup &o) { m_names += o.value.name; }
    void collect(const DeleteGroup &o) { add(o.group); }
    void collect(const RenameGroup &o) { add(o.group), m_names += o.name; }
    void collect(const JoinGroup &o) { add(o.group), add(o.portal); }
    void collect(const LeaveGroup &o) { add(o.group), add(o.portal); }
    void collect(const CreateNode &o) { m_names += o.value.name; }
    void collect(const DeleteNode &o) { add(o.node); }
    void collect(const CreateEndpoint &o)
    {
        add(o.value.node);
        for (const PortalHandle portal : o.portals)
            add(portal);
    }
    void collect(const DeleteEndpoint &o) { add(o.endpoint); }
    void collect(const SetEndpointEnabled &o) { add(o.endpoint); }
    void collect(const SaveForReboot &) { }

    const Snapshot *m_snapshot;
    QStringList m_names;
};

} // namespace

ScriptedWorkbook::ScriptedWorkbook(QString path, QString scenario)
    : m_workbook(std::move(path))
    , m_scenarioPath(std::move(scenario))
{
}

Result<> ScriptedWorkbook::readScenario()
{
    if (m_scenario)
        return {};
    if (m_scenarioPath.isEmpty()) {
        m_scenario.emplace();
        return {};
    }
    auto scenario = Scenario::read(m_scenarioPath);
    if (!scenario)
        return tl::unexpected<Error>(scenario.error());
    m_scenario = std::move(*scenario);
    m_workbook.inject(m_scenario->sessions());
    return {};
}

tl::unexpected<Error> ScriptedWorkbook::disconnected() const
{
    return failure(Error::Kind::Transport, WorkbookText::tr("The connection to %1 broke.").arg(m_workbook.path()),
                   m_workbook.path(), WorkbookText::tr("Refresh to connect again."),
                   WorkbookText::tr("The scenario %1 wants it so.").arg(m_scenarioPath));
}

Result<SnapshotPtr> ScriptedWorkbook::load(const std::shared_ptr<IdTable> &ids, const Workbook::Progress &progress,
                                           const std::stop_token &stop)
{
    if (const Result<> ready = readScenario(); !ready)
        return tl::unexpected<Error>(ready.error());
    pause(m_scenario->delay({}), stop);
    if (stop.stop_requested())
        return failure(Error::Kind::Cancelled, WorkbookText::tr("Cancelled."));
    if (m_failingLoads > 0) {
        --m_failingLoads;
        return disconnected();
    }
    m_connected = true;
    if (const auto fault = m_scenario->next({}, {})) {
        if (fault->kind == Scenario::Fault::Kind::Timeout)
            return failure(Error::Kind::Timeout, WorkbookText::tr("%1 did not answer in time.").arg(m_workbook.path()),
                           m_workbook.path(), WorkbookText::tr("Refresh to try again."),
                           WorkbookText::tr("The scenario %1 wants it so.").arg(m_scenarioPath));
        m_connected = false;
        m_failingLoads = fault->failingLoads;
        return disconnected();
    }
    auto snapshot = m_workbook.read(ids, progress, stop);
    if (snapshot)
        m_last = *snapshot;
    return snapshot;
}

Result<Answer> ScriptedWorkbook::execute(const Operation &operation, const IdTable &ids, const std::stop_token &stop)
{
    if (stop.stop_requested())
        return failure(Error::Kind::Cancelled, WorkbookText::tr("Cancelled."));
    if (const Result<> ready = readScenario(); !ready)
        return tl::unexpected<Error>(ready.error());
    if (!m_connected)
        return disconnected();
    const Method method = methodOf(operation);
    pause(m_scenario->delay(method), {}); // the server is slow: it has the request by then
    if (const auto fault = m_scenario->next(method, ObjectNames(m_last.get()).of(operation)))
        return meet(*fault, operation, ids);
    return m_workbook.execute(operation, ids);
}

Result<Answer> ScriptedWorkbook::meet(const Scenario::Fault &fault, const Operation &operation, const IdTable &ids)
{
    using FaultKind = Scenario::Fault::Kind;
    Answer answer;
    answer.method = methodOf(operation);
    answer.code = fault.code;
    answer.detail = WorkbookText::tr("The scenario %1 wants it so.").arg(m_scenarioPath);
    if (fault.applied.value_or(fault.kind == FaultKind::Code && fault.code == 0)) {
        auto done = m_workbook.execute(operation, ids);
        if (!done)
            return done;
        answer.createdId = fault.code == 0 ? done->createdId : QByteArray();
    }
    if (fault.kind == FaultKind::Code)
        return answer;
    if (fault.kind == FaultKind::Disconnect) {
        m_connected = false;
        m_failingLoads = fault.failingLoads;
        if (!fault.applied)
            return disconnected();
    }
    return failure(Error::Kind::OutcomeUnknown,
                   fault.kind == FaultKind::Timeout
                           ? WorkbookText::tr("%1 did not answer in time.").arg(m_workbook.path())
                           : WorkbookText::tr("The connection to %1 broke before its answer.").arg(m_workbook.path()),
                   m_workbook.path(), WorkbookText::tr("Read the server again to see whether the change was made."),
                   answer.detail);
}

} // namespace portalbind
