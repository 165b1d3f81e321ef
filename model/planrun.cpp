// SPDX-License-Identifier: Apache-2.0
#include "model/planrun.h"

#include "model/wording.h"

#include <QElapsedTimer>

#include <algorithm>

namespace portalbind {
namespace {

/// Gives a created object's handle the id that the server chose.
void assignId(const Operation &operation, const QByteArray &id, IdTable &ids)
{
    if (id.isEmpty())
        return;
    if (const auto *portal = std::get_if<CreatePortal>(&operation))
        ids.assign(portal->portal, id);
    else if (const auto *group = std::get_if<CreateGroup>(&operation))
        ids.assign(group->group, id);
    else if (const auto *node = std::get_if<CreateNode>(&operation))
        ids.assign(node->node, id);
    else if (const auto *endpoint = std::get_if<CreateEndpoint>(&operation))
        ids.assign(endpoint->endpoint, id);
}

/// Finds what a creation made whose answer, and with it the new id, was lost: of the objects that were not there
/// before, those that are what was asked for. If there is one, the staged handle becomes its own. Returns how many.
class CreatedFinder
{
public:
    CreatedFinder(const Inventory &before, const Inventory &shown, IdTable &ids)
        : m_before(before)
        , m_shown(shown)
        , m_ids(ids)
    {
    }
    int operator()(const CreatePortal &o) const
    {
        return take(o.portal, m_shown.portals(), [&](PortalHandle h) {
            const Portal portal = m_shown.portal(h);
            return portal.server == o.value.server && portal.kind == o.value.kind && portal.address == o.value.address;
        });
    }
    int operator()(const CreateGroup &o) const
    {
        return take(o.group, m_shown.groups(), [&](GroupHandle h) {
            const Group group = m_shown.group(h);
            return group.server == o.value.server && group.name == o.value.name;
        });
    }
    int operator()(const CreateNode &o) const
    {
        return take(o.node, m_shown.nodes(), [&](NodeHandle h) {
            const Node node = m_shown.node(h);
            return node.server == o.value.server && node.role == o.value.role
                    && (o.value.name.isEmpty() ? node.alias == o.value.alias : node.name == o.value.name);
        });
    }
    int operator()(const CreateEndpoint &o) const
    {
        return take(o.endpoint, m_shown.endpoints(), [&](EndpointHandle h) {
            const Endpoint endpoint = m_shown.endpoint(h);
            return endpoint.node == o.value.node && (!o.chooseTag || endpoint.tag == o.value.tag);
        });
    }
    template <class Other>
    int operator()(const Other &) const
    {
        return 0;
    }

private:
    template <class H, class Fits>
    int take(H staged, const QList<H> &all, Fits fits) const
    {
        QList<H> made;
        for (const H h : all) {
            if (!m_before.has(h) && fits(h))
                made.append(h);
        }
        if (made.size() == 1 && made.front() != staged) {
            // Nothing that is shown knows the handle under which the read met the object: it gives up its id.
            const QByteArray id = m_ids.id(made.front());
            m_ids.assign(made.front(), id + QByteArray("\0met while settling", 19));
            m_ids.assign(staged, id);
        }
        return int(made.size());
    }
    const Inventory &m_before;
    const Inventory &m_shown;
    IdTable &m_ids;
};

int findCreated(const Operation &operation, const Inventory &before, const Inventory &shown, IdTable &ids)
{
    return std::visit(CreatedFinder(before, shown, ids), operation);
}

constexpr quint16 failedCode = 4; // of every method's table

Verdict answered(const Step &step, const Answer &answer)
{
    Verdict v = step.verdict;
    v.decision = Decision::Refused;
    v.origin = Origin::Target;
    v.method = answer.method;
    v.code = answer.code;
    v.reason = Reason::ServerAnswered;
    v.server = step.server;
    return v;
}

} // namespace

bool isAchieved(const Operation &operation, const Inventory &inventory)
{
    struct Check
    {
        const Inventory &i;
        bool operator()(const Bind &o) const { return i.binds(o.endpoint, o.portal); }
        bool operator()(const Unbind &o) const { return !i.binds(o.endpoint, o.portal); }
        bool operator()(const Move &o) const
        {
            return i.binds(o.to, o.portal) && (o.from == o.to || !i.binds(o.from, o.portal));
        }
        bool operator()(const CreatePortal &o) const { return i.has(o.portal); }
        bool operator()(const DeletePortal &o) const { return !i.has(o.portal); }
        bool operator()(const CreateGroup &o) const { return i.has(o.group); }
        bool operator()(const DeleteGroup &o) const { return !i.has(o.group); }
        bool operator()(const RenameGroup &o) const { return i.has(o.group) && i.group(o.group).name == o.name; }
        bool operator()(const JoinGroup &o) const { return i.isMember(o.group, o.portal); }
        bool operator()(const LeaveGroup &o) const { return !i.isMember(o.group, o.portal); }
        bool operator()(const CreateNode &o) const { return i.has(o.node); }
        bool operator()(const DeleteNode &o) const { return !i.has(o.node); }
        bool operator()(const CreateEndpoint &o) const
        {
            return i.has(o.endpoint) && std::all_of(o.portals.begin(), o.portals.end(), [&](PortalHandle p) {
                       return i.binds(o.endpoint, p);
                   });
        }
        bool operator()(const DeleteEndpoint &o) const { return !i.has(o.endpoint); }
        bool operator()(const SetEndpointEnabled &o) const
        {
            return i.has(o.endpoint) && i.endpoint(o.endpoint).enabled == o.enabled;
        }
        bool operator()(const SaveForReboot &o) const
        {
            if (!i.has(o.server))
                return false;
            const auto differences = i.server(o.server).saved.differences;
            return std::none_of(differences.begin(), differences.end(),
                                [&](const SavedDifference &difference) { return o.names(difference); });
        }
    };
    return std::visit(Check{inventory}, operation);
}

PlanRun::PlanRun(Session *session, std::shared_ptr<TargetBackend> backend, OnFailure onFailure, bool saveForReboot)
    : m_session(session)
    , m_backend(std::move(backend))
    , m_onFailure(onFailure)
    , m_saveForReboot(saveForReboot)
{
}

void PlanRun::stop()
{
    m_stop.request_stop();
    resolve(OnFailure::Stop);
}

void PlanRun::resolve(OnFailure choice)
{
    if (m_chosen.isOpen())
        return;
    m_choice = choice;
    m_chosen.open();
}

Task<PlanOutcome> PlanRun::run(std::shared_ptr<PlanRun> run)
{
    PlanRun &r = *run;
    const bool read = co_await r.readServer(r.m_stop.get_token());
    if (r.isGone())
        co_return r.m_outcome;
    r.makePlan();
    emit r.m_session->applyStarted(r.m_plan);
    bool go = read;
    for (int i = 0; i < r.m_plan.steps.size(); ++i) {
        if (!go || r.isGone() || r.m_stop.stop_requested()) {
            StepResult skipped;
            skipped.state = StepState::Skipped;
            r.set(i, skipped);
            continue;
        }
        StepResult result = co_await r.execute(i);
        r.set(i, result);
        if (result.state == StepState::Done)
            continue;
        const OnFailure next = co_await r.askWhatNext(i);
        if (next == OnFailure::RollBack)
            co_await r.rollBack(i);
        go = next == OnFailure::Continue;
    }
    if (!r.isGone() && read) {
        // A stopped run is read to its end, too: what was done before the stop must be seen.
        co_await r.readServer({});
        r.compare();
    }
    co_return r.m_outcome;
}

Task<bool> PlanRun::readServer(std::stop_token stop)
{
    const TargetBackend::Sink ignore = [](const SnapshotPtr &) {}; // only the whole is of use
    const Result<SnapshotPtr> read = co_await m_backend->load(ignore, stop);
    if (isGone())
        co_return false;
    m_session->m_error = read ? Error{} : read.error();
    if (!read) {
        m_session->log(Activity::Outcome::Failed,
                       Session::tr("Reading %1 failed: %2").arg(m_session->title(), read.error().what), -1,
                       read.error().text());
        co_return false;
    }
    co_return co_await Session::adopt(m_session, *read);
}

void PlanRun::makePlan()
{
    QList<Operation> operations;
    QList<Operation> overridden;
    for (const PendingChange &change : m_session->pending()) {
        if (change.isConflict())
            continue;
        operations.append(change.operation);
        m_included.insert(change.id);
        if (change.overridden)
            overridden.append(change.operation);
    }
    m_now = Inventory(m_session->base());
    m_plan = portalbind::makePlan(m_now, operations, m_saveForReboot);
    for (Step &step : m_plan.steps) {
        if (auto *bind = std::get_if<Bind>(&step.operation); bind && !overridden.isEmpty())
            bind->beyondPolicy = bind->beyondPolicy || step.verdict.canOverride();
    }
    m_session->m_plan = m_plan;
    m_outcome.results.resize(m_plan.steps.size());
    // A person overrode policy for the whole edit; its net steps may look different from what was staged.
    m_overridden.fill(!overridden.isEmpty(), m_plan.steps.size());
}

Task<StepResult> PlanRun::execute(int index)
{
    const Step &step = m_plan.steps[index];
    StepResult result;
    result.startedAt = QDateTime::currentDateTimeUtc();
    const Verdict now = canDo(m_now, step.operation);
    if (now.isRefused() && !(now.canOverride() && m_overridden[index])) {
        result.state = StepState::Refused;
        result.code = now.code;
        result.explanation = explain(now, m_now);
        co_return result;
    }
    result.state = StepState::Running;
    set(index, result);
    QElapsedTimer timer;
    timer.start();
    // Once sent it is seen to its end: the stop token only keeps it from being sent.
    const Result<Answer> answer = co_await m_backend->execute(step.operation, m_stop.get_token());
    if (!answer && answer.error().kind == Error::Kind::OutcomeUnknown) {
        const StepResult settled = co_await settle(step.operation, answer.error());
        result.state = settled.state;
        result.error = settled.error;
    } else if (!answer) {
        result.state = answer.error().kind == Error::Kind::Cancelled ? StepState::Skipped : StepState::Failed;
        result.error = answer.error();
    } else if (answer->code != 0) {
        const Error none; // by name: GCC 12 destroys temporaries of an awaited call twice
        const StepResult shown = co_await settle(step.operation, none);
        if (shown.state == StepState::Done) { // whatever it answered, what it shows counts
            result.state = StepState::Done;
        } else {
            result.state = StepState::Refused;
            result.code = answer->code;
            result.explanation = explain(answered(step, *answer), m_now);
            if (answer->code == failedCode && !answer->detail.isEmpty()) // "Failed" says less than the server does
                result.explanation.reason = Session::tr("%1 refused: %2 (%3)")
                                                    .arg(serverText(m_now, step.server), answer->detail)
                                                    .arg(answer->code);
        }
        result.error.detail = answer->detail;
    } else {
        assignId(step.operation, answer->createdId, *m_backend->ids());
        result.state = StepState::Done;
    }
    result.milliseconds = timer.elapsed();
    if (result.state == StepState::Done)
        m_now.add(step.operation);
    co_return result;
}

Task<StepResult> PlanRun::settle(Operation operation, Error error)
{
    StepResult result;
    result.error = error;
    result.state = StepState::Unknown;
    const TargetBackend::Sink ignore = [](const SnapshotPtr &) {};
    const Result<SnapshotPtr> read = co_await m_backend->load(ignore, {});
    if (!read)
        co_return result;
    const Inventory shown(*read);
    const int made = findCreated(operation, m_now, shown, *m_backend->ids());
    if (made > 1)
        co_return result;
    if (made == 1 || isAchieved(operation, shown)) {
        result.state = StepState::Done;
        result.error = {};
    } else {
        result.state = StepState::Failed;
        result.error.kind = Error::Kind::Transport; // known by now: it was not made
        result.error.what = Session::tr("%1 The server was read since: the change was not made.").arg(error.what);
        result.error.remedy = Session::tr("Apply it again.");
    }
    co_return result;
}

Task<OnFailure> PlanRun::askWhatNext(int index)
{
    if (m_onFailure != OnFailure::Ask || isGone() || m_stop.stop_requested())
        co_return m_onFailure == OnFailure::Ask ? OnFailure::Stop : m_onFailure;
    m_chosen.close();
    emit m_session->stepFailed(index, m_outcome.results[index]);
    co_await Gate(m_chosen);
    co_return m_choice;
}

Task<bool> PlanRun::rollBack(int last)
{
    bool all = true;
    for (int i = last - 1; i >= 0; --i) {
        if (m_outcome.results[i].state != StepState::Done)
            continue;
        bool undone = true;
        for (const Operation &operation : m_plan.steps[i].inverse.operations) {
            const Result<Answer> answer = co_await m_backend->execute(operation, {});
            bool done = answer && answer->code == 0;
            if (answer ? answer->code != 0 : answer.error().kind == Error::Kind::OutcomeUnknown) {
                const Error lost = answer ? Error() : answer.error();
                const StepResult settled = co_await settle(operation, lost);
                done = settled.state == StepState::Done;
            }
            if (answer)
                assignId(operation, answer->createdId, *m_backend->ids());
            if (done)
                m_now.add(operation);
            undone = undone && done;
        }
        all = all && undone;
        if (undone) {
            StepResult result = m_outcome.results[i];
            result.state = StepState::RolledBack;
            set(i, result);
        }
    }
    co_return all;
}

void PlanRun::compare()
{
    if (isGone() || !m_session->m_error.what.isEmpty())
        return;
    const Inventory shown(m_session->base());
    m_outcome.verified = true;
    for (int i = 0; i < m_plan.steps.size(); ++i) {
        // A later step may have taken back what this one did: only what should be so at the end is compared.
        if (m_outcome.results[i].state == StepState::Done && isAchieved(m_plan.steps[i].operation, m_now)
            && !isAchieved(m_plan.steps[i].operation, shown)) {
            m_outcome.verified = false;
            m_outcome.differences.append(Session::tr("The server does not show it: %1").arg(m_plan.steps[i].text));
        }
    }
}

void PlanRun::set(int index, const StepResult &result)
{
    m_outcome.results[index] = result;
    if (isGone())
        return;
    emit m_session->stepChanged(index, result);
    if (isGone())
        return;
    Activity::Outcome outcome = Activity::Outcome::Info;
    switch (result.state) {
    case StepState::Done:
        outcome = Activity::Outcome::Done;
        break;
    case StepState::Refused:
        outcome = Activity::Outcome::Refused;
        break;
    case StepState::Failed:
        outcome = Activity::Outcome::Failed;
        break;
    case StepState::Unknown:
        outcome = Activity::Outcome::Unknown;
        break;
    case StepState::RolledBack:
        break;
    default:
        return;
    }
    const QString what = result.state == StepState::RolledBack
            ? Session::tr("Rolled back: %1").arg(m_plan.steps[index].text)
            : m_plan.steps[index].text;
    QStringList detail{result.explanation.reason, result.explanation.remedy, result.error.text(), result.error.detail};
    detail.removeAll(QString());
    m_session->log(outcome, what, result.milliseconds, detail.join(QLatin1Char('\n')));
}

} // namespace portalbind
