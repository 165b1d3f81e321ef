// SPDX-License-Identifier: Apache-2.0
#include "model/planrun.h"

#include "model/settling.h"
#include "model/wording.h"

#include <QElapsedTimer>

#include <algorithm>

namespace portalbind {
namespace {

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
        // Whatever it answered, what it shows counts. Of targets that nobody may save it shows no difference.
        if (shown.state == StepState::Done && !std::holds_alternative<SaveForReboot>(step.operation)) {
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
        assignCreatedId(step.operation, answer->createdId, m_now, *m_backend->ids());
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
                assignCreatedId(operation, answer->createdId, m_now, *m_backend->ids());
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
