// SPDX-License-Identifier: Apache-2.0
#include "model/session.h"

#include "model/planrun.h"
#include "model/settling.h"

#include <QUndoCommand>

#include <algorithm>

namespace portalbind {
namespace {

QList<Operation> operationsOf(const QList<PendingChange> &changes)
{
    QList<Operation> all;
    all.reserve(changes.size());
    for (const PendingChange &change : changes)
        all.append(change.operation);
    return all;
}

} // namespace

/// The only kind of edit on the stack: one list of pending changes instead of another.
class Session::PendingEdit : public QUndoCommand
{
public:
    PendingEdit(Session *session, QList<PendingChange> before, QList<PendingChange> after, const QString &text)
        : QUndoCommand(text)
        , m_session(session)
        , m_before(std::move(before))
        , m_after(std::move(after))
    {
    }
    void undo() override { m_session->setPending(m_before); }
    void redo() override { m_session->setPending(m_after); }

private:
    Session *m_session;
    QList<PendingChange> m_before;
    QList<PendingChange> m_after;
};

Session::Session(std::shared_ptr<TargetBackend> backend, QObject *parent)
    : QObject(parent)
    , m_backend(std::move(backend))
    , m_differ(std::make_shared<Worker>(QStringLiteral("diff")))
{
    connect(m_backend.get(), &TargetBackend::changed, this, &Session::refresh);
}

Session::~Session()
{
    m_stop.request_stop();
    m_released.open();
    if (m_run)
        m_run->stop();
}

QDateTime Session::readAt() const
{
    return base() ? base()->takenAt() : QDateTime();
}

void Session::refresh()
{
    if (isBusy()) {
        m_refreshWanted = true;
        return;
    }
    startRead();
}

void Session::startRead()
{
    m_refreshWanted = false;
    m_stop = std::stop_source();
    const bool first = !base() || !base()->isComplete();
    setState(first ? State::Loading : State::Refreshing);
    const QPointer<Session> self(this);
    auto grow = [self, first](const SnapshotPtr &part) {
        // Once something whole is shown, half of something newer would only flicker.
        if (self && first && self->m_state == State::Loading)
            spawn<bool>(adopt(self, part), [](bool) {});
    };
    spawn<Result<SnapshotPtr>>(m_backend->load(grow, m_stop.get_token()),
                               [self, keep = m_backend](const Result<SnapshotPtr> &result) {
                                   if (self)
                                       self->readDone(result);
                               });
}

void Session::readDone(const Result<SnapshotPtr> &result)
{
    if (!result) {
        m_error = result.error();
        const bool cancelled = m_error.kind == Error::Kind::Cancelled;
        if (!cancelled)
            log(Activity::Outcome::Failed, tr("Reading %1 failed: %2").arg(title(), m_error.what), -1, m_error.text());
        const bool shown = base() && base()->isComplete();
        setState(shown ? (cancelled ? State::Live : State::Stale) : State::Failed);
        if (m_refreshWanted)
            startRead();
        return;
    }
    const QPointer<Session> self(this);
    spawn<bool>(adopt(self, *result), [self](bool alive) {
        if (!alive)
            return;
        self->m_error = {};
        self->setState(State::Live);
        if (self->m_refreshWanted)
            self->startRead();
    });
}

Task<bool> Session::adopt(QPointer<Session> self, SnapshotPtr snapshot)
{
    const std::shared_ptr<Worker> differ = self->m_differ;
    for (;;) {
        co_await Gate(self->m_released);
        if (!self)
            co_return false;
        if (self->base() == snapshot || (self->base() && self->base()->isComplete() && !snapshot->isComplete()))
            co_return true; // a growing one that came late
        const quint64 version = self->m_version;
        const Inventory before = self->m_inventory;
        const Inventory after = Inventory(snapshot).with(self->pendingOperations());
        std::function<Result<InventoryDiff>(std::stop_token)> work =
                [before, after](const std::stop_token &) -> Result<InventoryDiff> { return diff(before, after); };
        const Result<InventoryDiff> difference = co_await differ->run<InventoryDiff>({}, work);
        if (!self)
            co_return false;
        if (self->m_version != version || !self->m_released.isOpen())
            continue; // a person staged something, or took hold of it, meanwhile
        self->show(after, *difference);
        const auto changes = self->judged(Inventory(snapshot), self->m_pending);
        if (!changes.isEmpty()) {
            self->m_pending = changes;
            emit self->pendingChanged();
        }
        co_return true;
    }
}

void Session::cancel()
{
    m_stop.request_stop();
    if (m_run)
        m_run->stop();
}

void Session::holdRefresh(bool hold)
{
    if (hold)
        m_released.close();
    else
        m_released.open();
}

QList<Operation> Session::pendingOperations() const
{
    return operationsOf(m_pending);
}

Session::Staging Session::judgeInOrder(const QList<Operation> &operations, bool overridePolicy) const
{
    Staging staging;
    staging.verdict.changesNothing = true;
    Inventory now = m_inventory;
    for (const Operation &operation : operations) {
        const Verdict v = canDo(now, operation);
        const bool overridden = overridePolicy && v.canOverride();
        if ((v.isRefused() && !overridden) || v.reason == Reason::NotLoaded)
            return {v, {}};
        const quint32 sessions = staging.verdict.sessions + v.sessions;
        if (staging.verdict.changesNothing || (staging.verdict.isAllowed() && !v.isAllowed()))
            staging.verdict = v;
        staging.verdict.sessions = sessions;
        if (!v.changesNothing) {
            staging.changes.append({0, operation, v, overridden});
            now.add(operation);
        }
    }
    return staging;
}

Verdict Session::judge(const QList<Operation> &operations) const
{
    return judgeInOrder(operations, false).verdict;
}

Verdict Session::stage(const QList<Operation> &operations, const QString &text, bool overridePolicy)
{
    Staging staging = judgeInOrder(operations, overridePolicy);
    if (!staging.changes.isEmpty() && m_state != State::Applying) {
        for (PendingChange &change : staging.changes)
            change.id = m_nextChangeId++;
        m_undo.push(new PendingEdit(this, m_pending, m_pending + staging.changes, text));
    }
    return staging.verdict;
}

void Session::unstage(quint32 id)
{
    QList<PendingChange> after;
    QList<Operation> gone;
    QString text;
    for (const PendingChange &change : std::as_const(m_pending)) {
        const bool needsGone = std::any_of(gone.begin(), gone.end(), [&](const Operation &earlier) {
            return dependsOn(change.operation, earlier);
        });
        if (change.id == id)
            text = tr("Remove “%1”").arg(describe(change.operation, m_inventory));
        if (change.id == id || needsGone)
            gone.append(change.operation);
        else
            after.append(change);
    }
    if (!gone.isEmpty() && m_state != State::Applying)
        m_undo.push(new PendingEdit(this, m_pending, after, text));
}

void Session::discard()
{
    if (!m_pending.isEmpty() && m_state != State::Applying)
        m_undo.push(new PendingEdit(this, m_pending, {}, tr("Discard %n change(s)", nullptr, int(m_pending.size()))));
}

QList<PendingChange> Session::judged(const Inventory &base, QList<PendingChange> changes) const
{
    if (!base.isComplete())
        return changes;
    Inventory now = base;
    for (PendingChange &change : changes) {
        change.verdict = canDo(now, change.operation);
        if (!change.isConflict())
            now.add(change.operation);
    }
    return changes;
}

void Session::setPending(QList<PendingChange> pending)
{
    const Inventory bare(base());
    m_pending = judged(bare, std::move(pending));
    const Inventory next = bare.with(pendingOperations());
    show(next, diff(m_inventory, next)); // same base: costs only what is pending
    emit pendingChanged();
}

void Session::show(Inventory next, const InventoryDiff &difference)
{
    m_inventory = std::move(next);
    ++m_version;
    if (!difference.isEmpty())
        emit inventoryChanged(difference);
}

void Session::setState(State state)
{
    if (m_state == state)
        return;
    m_state = state;
    emit stateChanged();
}

void Session::apply(OnFailure onFailure, bool saveForReboot)
{
    if (isBusy() || m_pending.isEmpty())
        return;
    setState(State::Applying);
    m_run = std::make_shared<PlanRun>(this, m_backend, onFailure, saveForReboot);
    const QPointer<Session> self(this);
    spawn<PlanOutcome>(PlanRun::run(m_run), [self, run = m_run](const PlanOutcome &outcome) {
        if (self)
            self->planDone(*run, outcome);
    });
}

void Session::resolveFailure(OnFailure choice)
{
    if (m_run)
        m_run->resolve(choice);
}

void Session::planDone(const PlanRun &run, const PlanOutcome &outcome)
{
    const Plan &plan = run.plan();
    const auto isDone = [&](const Operation &operation) {
        for (qsizetype i = 0; i < plan.steps.size(); ++i) {
            if (plan.steps[i].operation == operation)
                return outcome.results[i].state == StepState::Done;
        }
        return false;
    };
    // What the server shows now is no longer pending; the rest stays.
    QList<PendingChange> rest;
    Inventory now(base());
    const bool all = outcome.isAllDone();
    for (PendingChange change : std::as_const(m_pending)) {
        if (run.includes(change.id) && (all || isAchieved(change.operation, now)))
            continue;
        const auto *move = std::get_if<Move>(&change.operation);
        if (move && isDone(Unbind{move->from, move->portal})) // half of it is done
            change.operation = Bind{move->to, move->portal};
        rest.append(change);
        now.add(change.operation);
    }
    QList<PendingChange> back = rest;
    for (qsizetype i = plan.steps.size() - 1; i >= 0; --i) {
        if (outcome.results[i].state != StepState::Done)
            continue;
        for (const Operation &operation : plan.steps[i].inverse.operations)
            back.append({m_nextChangeId++, operation, {}, true});
    }
    m_undo.clear();
    setPending(rest);
    if (const int done = outcome.doneCount())
        m_undo.push(new PendingEdit(this, back, rest, tr("Applied %n change(s)", nullptr, done)));
    m_run.reset();
    const bool stale = m_error.kind != Error::Kind::Cancelled && !m_error.what.isEmpty();
    setState(stale ? State::Stale : State::Live);
    emit applyFinished(outcome);
    if (m_refreshWanted)
        startRead();
}

void Session::log(Activity::Outcome outcome, const QString &what, qint64 milliseconds, const QString &detail)
{
    emit activity({QDateTime::currentDateTimeUtc(), title(), what, outcome, milliseconds, detail});
}

} // namespace portalbind
