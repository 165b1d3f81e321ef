// SPDX-License-Identifier: Apache-2.0
#include "memorybackend.h"
#include "randominventory.h"
#include "randomrun.h"
#include "reference.h"
#include "site.h"

#include "model/session.h"

#include <QPointer>
#include <QSignalSpy>
#include <QTest>

using namespace portalbind;

using State = Session::State;
using Fault = MemoryBackend::Fault;

namespace {

/// A session over a server in memory that shows a site.
struct Connected
{
    std::shared_ptr<MemoryBackend> backend = std::make_shared<MemoryBackend>();
    std::unique_ptr<Session> session = std::make_unique<Session>(backend);
    Site site;
    std::optional<PlanOutcome> outcome;
    QList<int> failedSteps;

    explicit Connected(const char *text)
        : site(QString::fromLatin1(text), backend->ids())
    {
        backend->adopt(*site.inventory().base());
        QObject::connect(session.get(), &Session::applyFinished, session.get(),
                         [this](const PlanOutcome &o) { outcome = o; });
        QObject::connect(session.get(), &Session::stepFailed, session.get(),
                         [this](int step) { failedSteps.append(step); });
        session->refresh();
    }
    Verdict stage(const char *operations, bool overridePolicy = false)
    {
        return session->stage(site.operations(QString::fromLatin1(operations)), QString::fromLatin1(operations),
                              overridePolicy);
    }
    void changeServer(const char *operations)
    {
        for (const Operation &operation : site.operations(QString::fromLatin1(operations)))
            backend->change(operation);
    }
    [[nodiscard]] QString onServer() const { return Reference(Inventory(backend->snapshot())).text(); }
    [[nodiscard]] QString shown() const { return Reference(session->inventory()).text(); }
    [[nodiscard]] QList<StepState> states() const
    {
        QList<StepState> all;
        for (const StepResult &result : outcome->results)
            all.append(result.state);
        return all;
    }
    /// Whether anything was sent more often than \a planned has it.
    [[nodiscard]] bool isSentTwice(const QList<Operation> &planned) const
    {
        return std::any_of(backend->sent.begin(), backend->sent.end(), [&](const Operation &operation) {
            return backend->sent.count(operation) > planned.count(operation);
        });
    }
    [[nodiscard]] bool isSentTwice() const { return isSentTwice(session->runningPlan().operations()); }
};

const QList<StepState> doneDone{StepState::Done, StepState::Done};

} // namespace

#define CONNECT(c, text) \
    Connected c(text); \
    QTRY_COMPARE(c.session->state(), State::Live)

#define APPLY(c, how) \
    c.outcome.reset(); \
    c.session->apply(how); \
    QTRY_VERIFY(c.outcome.has_value())

class TestSession : public QObject
{
    Q_OBJECT
private slots:
    void firstRead();
    void firstReadFails();
    void growingRead();
    void refreshFails();
    void refreshWhileReading();
    void refreshOnHint();
    void cancelRead();
    void holdRefresh();
    void refreshJudgesAgainAndDropsNone();
    void refreshKeepsUndo();

    void applyAll();
    void applyNothing();
    void applySeesDriftFirst();
    void applyLeavesConflicts();
    void stopOnFailure();
    void continueOnFailure();
    void continueWithoutWhatIsMissing();
    void rollBack();
    void ask_data();
    void ask();
    void notSent();
    void unknownButDone();
    void unknownAndNotDone();
    void unknownForGood();
    void unknownCreation();
    void unknownCreationNotDone();
    void halfAMove();
    void cancelApply();
    void cancelWhileAsking();
    void noStagingWhileApplying();
    void createdObjectsKeepTheirHandles();
    void undoAfterApplyStagesTheInverse();
    void deletedAndBroughtBack();
    void overriddenPolicyIsSent();
    void activityTellsEachStep();
    void destroyedWhileReading();
    void destroyedWhileApplying();
    void destroyedWhileHeld();
    void randomApplies();
    void applyUndoApply();
};

void TestSession::firstRead()
{
    Connected c("portal p; endpoint E T: p");
    QSignalSpy states(c.session.get(), &Session::stateChanged);
    QCOMPARE(c.session->state(), State::Loading);
    QVERIFY(!c.session->base());
    QTRY_COMPARE(c.session->state(), State::Live);
    QCOMPARE(states.size(), 1);
    QCOMPARE(c.shown(), c.onServer());
    QCOMPARE(c.session->readAt(), c.session->base()->takenAt());
    QVERIFY(c.session->error().what.isEmpty());
}

void TestSession::firstReadFails()
{
    Connected c("portal p");
    c.backend->loadErrors.push_back(Error{Error::Kind::Transport, QStringLiteral("No route."), {}, {}, {}});
    QTRY_COMPARE(c.session->state(), State::Failed);
    QCOMPARE(c.session->error().what, QStringLiteral("No route."));
    QVERIFY(!c.session->base());
    QVERIFY(c.stage("delete-portal p").reason == Reason::NotLoaded);
    c.session->refresh();
    QTRY_COMPARE(c.session->state(), State::Live);
    QVERIFY(c.session->error().what.isEmpty());
}

void TestSession::growingRead()
{
    Connected c("portal p; endpoint E T:");
    c.backend->growing = true;
    c.backend->loading.close();
    QTRY_VERIFY(c.session->base());
    QCOMPARE(c.session->state(), State::Loading);
    QVERIFY(!c.session->inventory().isComplete());
    QCOMPARE(c.session->inventory().nodes().size(), 1);
    QVERIFY(c.session->inventory().portals().isEmpty());
    QVERIFY(c.stage("bind p E").reason == Reason::NotLoaded);
    QVERIFY(c.session->pending().isEmpty());
    c.backend->loading.open();
    QTRY_COMPARE(c.session->state(), State::Live);
    QVERIFY(c.session->inventory().isComplete());
    QVERIFY(c.stage("bind p E").isAllowed());
    // A later read does not flicker through half a state.
    c.backend->loading.close();
    c.session->refresh();
    QTRY_COMPARE(c.backend->loads, 2);
    QVERIFY(c.session->inventory().isComplete());
    c.backend->loading.open();
    QTRY_COMPARE(c.session->state(), State::Live);
}

void TestSession::refreshFails()
{
    CONNECT(c, "portal p; endpoint E T:");
    c.stage("bind p E");
    const QString before = c.shown();
    c.changeServer("disable E");
    c.backend->loadErrors.push_back(Error{Error::Kind::Timeout, QStringLiteral("Too slow."), {}, {}, {}});
    c.session->refresh();
    QTRY_COMPARE(c.session->state(), State::Stale);
    QCOMPARE(c.shown(), before);
    QCOMPARE(c.session->error().what, QStringLiteral("Too slow."));
    QCOMPARE(c.session->pending().size(), 1);
    c.session->refresh();
    QTRY_COMPARE(c.session->state(), State::Live);
    QVERIFY(c.session->error().what.isEmpty());
    QVERIFY(c.shown() != before);
}

void TestSession::refreshWhileReading()
{
    CONNECT(c, "portal p");
    c.backend->loading.close();
    c.session->refresh();
    QCOMPARE(c.session->state(), State::Refreshing);
    for (int i = 0; i < 5; ++i)
        c.session->refresh();
    QTRY_COMPARE(c.backend->loads, 2);
    c.backend->loading.open();
    QTRY_COMPARE(c.backend->loads, 3);
    QTRY_COMPARE(c.session->state(), State::Live);
    QCOMPARE(c.backend->loads, 3);
}

void TestSession::refreshOnHint()
{
    CONNECT(c, "portal p; endpoint E T:");
    c.changeServer("bind p E");
    emit c.backend->changed();
    QTRY_COMPARE(c.shown(), c.onServer());
    QCOMPARE(c.backend->loads, 2);
}

void TestSession::cancelRead()
{
    CONNECT(c, "portal p; endpoint E T:");
    c.changeServer("bind p E");
    const QString before = c.shown();
    c.backend->loading.close();
    c.session->refresh();
    QTRY_COMPARE(c.backend->loads, 2);
    c.session->cancel();
    c.backend->loading.open();
    QTRY_VERIFY(!c.session->isBusy());
    QCOMPARE(c.session->state(), State::Live); // cancelling is no failure
    QCOMPARE(c.shown(), before);
}

void TestSession::holdRefresh()
{
    CONNECT(c, "portal p; endpoint E T:");
    const QString before = c.shown();
    QSignalSpy changes(c.session.get(), &Session::inventoryChanged);
    c.session->holdRefresh(true);
    c.changeServer("bind p E");
    c.session->refresh();
    QTRY_COMPARE(c.backend->loads, 2);
    // Another connection reads from start to end meanwhile: time enough for this one.
    CONNECT(other, "portal p");
    QCOMPARE(c.shown(), before);
    QCOMPARE(changes.size(), 0);
    c.session->holdRefresh(false);
    QTRY_COMPARE(c.shown(), c.onServer());
    QCOMPARE(changes.size(), 1);
    QTRY_COMPARE(c.session->state(), State::Live);
}

void TestSession::refreshJudgesAgainAndDropsNone()
{
    CONNECT(c, "portal p; portal q; group g: p q; endpoint E T:; endpoint F T:");
    c.stage("bind p E");
    c.stage("bind q E");
    QSignalSpy pendings(c.session.get(), &Session::pendingChanged);
    c.changeServer("bind p F");
    c.session->refresh();
    QTRY_COMPARE(pendings.size(), 1);
    QTRY_COMPARE(c.session->state(), State::Live);
    QCOMPARE(c.session->pending().size(), 2);
    QVERIFY(c.session->pending()[0].isConflict());
    QCOMPARE(c.session->pending()[0].verdict.code, quint16(4098));
    QVERIFY(!c.session->pending()[1].isConflict());
    c.changeServer("unbind p F");
    c.session->refresh();
    QTRY_VERIFY(!c.session->pending()[0].isConflict());
    QCOMPARE(c.session->pending().size(), 2);
    // What is pending on an object that has gone stays, too, as a conflict.
    c.changeServer("delete-portal q");
    c.session->refresh();
    QTRY_VERIFY(c.session->pending()[1].isConflict());
    QCOMPARE(c.session->pending()[1].verdict.reason, Reason::NoSuchPortal);
}

void TestSession::refreshKeepsUndo()
{
    CONNECT(c, "portal p; portal q; group g: p q; endpoint E T:; endpoint F T:");
    c.stage("bind p E");
    c.changeServer("disable F");
    c.session->refresh();
    QTRY_COMPARE(c.session->state(), State::Live);
    QTRY_COMPARE(c.session->inventory().endpoint(c.site.handle<EndpointHandle>(QStringLiteral("F"))).enabled, false);
    QVERIFY(c.session->undoStack()->canUndo());
    c.session->undoStack()->undo();
    QCOMPARE(c.shown(), c.onServer());
    c.session->undoStack()->redo();
    QCOMPARE(c.session->pending().size(), 1);
}

void TestSession::applyAll()
{
    CONNECT(c, "portal p; portal q; group g: p q; endpoint E T:");
    c.stage("bind p E");
    c.stage("bind q E");
    const QString wanted = c.shown();
    QSignalSpy started(c.session.get(), &Session::applyStarted);
    QSignalSpy steps(c.session.get(), &Session::stepChanged);
    APPLY(c, OnFailure::Stop);
    QCOMPARE(started.size(), 1);
    QVERIFY(steps.size() >= 4); // running and done, each
    QCOMPARE(c.states(), doneDone);
    QVERIFY(c.outcome->isAllDone() && c.outcome->verified && c.outcome->differences.isEmpty());
    QVERIFY(!c.outcome->hasUnknown());
    QCOMPARE(c.onServer(), wanted);
    QCOMPARE(c.shown(), wanted);
    QVERIFY(c.session->pending().isEmpty());
    QVERIFY(!c.session->inventory().hasPending());
    QCOMPARE(c.session->state(), State::Live);
    QCOMPARE(c.backend->executions, 2);
    QVERIFY(c.outcome->results[0].startedAt.isValid());
    QCOMPARE(c.session->runningPlan().steps.size(), 2);
}

void TestSession::applyNothing()
{
    CONNECT(c, "portal p; endpoint E T:");
    QSignalSpy finished(c.session.get(), &Session::applyFinished);
    c.session->apply(OnFailure::Stop);
    QCOMPARE(c.session->state(), State::Live);
    // Pending changes that cancel each other out: nothing to send, nothing left over.
    c.stage("bind p E, unbind p E");
    APPLY(c, OnFailure::Stop);
    QCOMPARE(c.backend->executions, 0);
    QVERIFY(c.outcome->results.isEmpty());
    QVERIFY(c.session->pending().isEmpty());
    QCOMPARE(finished.size(), 1);
}

void TestSession::applySeesDriftFirst()
{
    CONNECT(c, "portal p; endpoint E T:; endpoint F T:");
    c.stage("bind p E");
    c.changeServer("bind p F"); // nobody told the session
    APPLY(c, OnFailure::Stop);
    QCOMPARE(c.backend->executions, 0);
    QCOMPARE(c.session->pending().size(), 1);
    QVERIFY(c.session->pending().front().isConflict());
    // Done by someone else: nothing to send, and no longer pending.
    CONNECT(d, "portal p; endpoint E T:");
    d.stage("bind p E");
    d.changeServer("bind p E");
    APPLY(d, OnFailure::Stop);
    QCOMPARE(d.backend->executions, 0);
    QVERIFY(d.session->pending().isEmpty());
}

void TestSession::applyLeavesConflicts()
{
    CONNECT(c, "portal p; portal q; group g: p q; endpoint E T:; endpoint F T:");
    c.stage("bind p E");
    c.stage("bind q E");
    c.changeServer("bind p F");
    APPLY(c, OnFailure::Stop);
    QCOMPARE(c.backend->executions, 1);
    QCOMPARE(c.session->pending().size(), 1);
    QVERIFY(c.session->pending().front().isConflict());
    QVERIFY(Inventory(c.backend->snapshot())
                    .binds(c.site.handle<EndpointHandle>(QStringLiteral("E")),
                           c.site.handle<PortalHandle>(QStringLiteral("q"))));
}

void TestSession::stopOnFailure()
{
    CONNECT(c, "group g: p q r; endpoint E T:");
    c.stage("bind p E");
    c.stage("bind q E");
    c.stage("bind r E");
    c.backend->faults = {{}, {Fault::Refuse, 4}};
    APPLY(c, OnFailure::Stop);
    QCOMPARE(c.states(), (QList<StepState>{StepState::Done, StepState::Refused, StepState::Skipped}));
    QCOMPARE(c.outcome->results[1].code, quint16(4));
    QVERIFY(c.outcome->results[1].explanation.reason.contains(QLatin1String("(4)")));
    QCOMPARE(c.backend->executions, 2);
    QCOMPARE(c.session->pending().size(), 2);
    QCOMPARE(c.outcome->doneCount(), 1);
    QVERIFY(!c.outcome->isAllDone());
    QVERIFY(c.session->inventory().hasPending());
    // What is left can be applied as it stands, and nothing that was done is sent again.
    APPLY(c, OnFailure::Stop);
    QCOMPARE(c.states(), doneDone);
    QCOMPARE(c.backend->sent.size(), 4);
    QCOMPARE(c.shown(), c.onServer());
}

void TestSession::continueOnFailure()
{
    CONNECT(c, "group g: p q r; endpoint E T:");
    c.stage("bind p E");
    c.stage("bind q E");
    c.stage("bind r E");
    c.backend->faults = {{}, {Fault::Refuse, 4}};
    APPLY(c, OnFailure::Continue);
    QCOMPARE(c.states(), (QList<StepState>{StepState::Done, StepState::Refused, StepState::Done}));
    QCOMPARE(c.session->pending().size(), 1);
    QVERIFY(c.failedSteps.isEmpty());
}

void TestSession::continueWithoutWhatIsMissing()
{
    CONNECT(c, "endpoint E T:");
    c.stage("create-portal n at=10.9.9.9:3260");
    c.stage("bind n E");
    c.backend->faults = {{Fault::Refuse, 4}};
    APPLY(c, OnFailure::Continue);
    QCOMPARE(c.outcome->results.size(), 2);
    QVERIFY(c.outcome->results[0].state == StepState::Refused);
    QVERIFY(c.outcome->results[1].state == StepState::Refused || c.outcome->results[1].state == StepState::Skipped);
    QCOMPARE(c.backend->executions, 1); // the second is not even sent
    QCOMPARE(c.session->pending().size(), 2);
}

void TestSession::rollBack()
{
    CONNECT(c, "group g: p q r; portal x; endpoint E T: x; endpoint F T:; group h: x");
    const QString before = c.onServer();
    c.stage("move x E F");
    c.stage("create-portal n at=10.9.9.9:3260");
    c.stage("disable E");
    const qsizetype steps = c.session->plan().steps.size();
    const qsizetype staged = c.session->pending().size();
    for (qsizetype i = 0; i + 1 < steps; ++i)
        c.backend->faults.push_back({});
    c.backend->faults.push_back({Fault::Refuse, 4});
    APPLY(c, OnFailure::RollBack);
    QCOMPARE(c.onServer(), before);
    for (qsizetype i = 0; i + 1 < steps; ++i)
        QVERIFY(c.outcome->results[i].state == StepState::RolledBack);
    QVERIFY(c.outcome->results[steps - 1].state == StepState::Refused);
    QCOMPARE(c.session->pending().size(), staged);
    QCOMPARE(c.outcome->doneCount(), 0);
    // It can be tried again as it stands.
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone());
    QVERIFY(c.session->pending().isEmpty());
    QCOMPARE(c.shown(), c.onServer());
}

void TestSession::ask_data()
{
    QTest::addColumn<int>("choice");
    QTest::addColumn<int>("executions");
    QTest::addColumn<int>("bound");
    QTest::newRow("stop") << int(OnFailure::Stop) << 2 << 1;
    QTest::newRow("continue") << int(OnFailure::Continue) << 3 << 2;
    QTest::newRow("roll back") << int(OnFailure::RollBack) << 3 << 0;
}

void TestSession::ask()
{
    QFETCH(int, choice);
    CONNECT(c, "group g: p q r; endpoint E T:");
    c.stage("bind p E");
    c.stage("bind q E");
    c.stage("bind r E");
    c.backend->faults = {{}, {Fault::Refuse, 4}};
    c.session->apply(OnFailure::Ask);
    QTRY_COMPARE(c.failedSteps, QList<int>{1});
    QCOMPARE(c.session->state(), State::Applying);
    QCOMPARE(c.backend->executions, 2); // waits
    c.session->resolveFailure(OnFailure(choice));
    QTRY_VERIFY(c.outcome.has_value());
    QTEST(c.backend->executions, "executions");
    QTEST(int(c.backend->snapshot()->bindingCount()), "bound");
    QCOMPARE(c.shown().count(QLatin1String("binding")), 3); // done or pending still
}

void TestSession::notSent()
{
    CONNECT(c, "group g: p q; endpoint E T:");
    c.stage("bind p E");
    c.stage("bind q E");
    c.backend->faults = {{Fault::NotSent}};
    APPLY(c, OnFailure::Stop);
    QCOMPARE(c.states(), (QList<StepState>{StepState::Failed, StepState::Skipped}));
    QCOMPARE(c.outcome->results[0].error.kind, Error::Kind::Transport);
    QCOMPARE(c.backend->sent.size(), 0);
    QCOMPARE(c.session->pending().size(), 2);
}

void TestSession::unknownButDone()
{
    CONNECT(c, "group g: p q; endpoint E T:");
    c.stage("bind p E");
    c.stage("bind q E");
    c.backend->faults = {{Fault::LostAfter}};
    APPLY(c, OnFailure::Stop);
    QCOMPARE(c.states(), doneDone); // reading the server settled it
    QCOMPARE(c.backend->sent.size(), 2);
    QVERIFY(!c.isSentTwice());
    QVERIFY(c.session->pending().isEmpty());
}

void TestSession::unknownAndNotDone()
{
    CONNECT(c, "group g: p q; endpoint E T:");
    c.stage("bind p E");
    c.stage("bind q E");
    c.backend->faults = {{Fault::LostBefore}};
    APPLY(c, OnFailure::Stop);
    QCOMPARE(c.states(), (QList<StepState>{StepState::Failed, StepState::Skipped}));
    QVERIFY(!c.isSentTwice());
    QCOMPARE(c.session->pending().size(), 2);
}

void TestSession::unknownForGood()
{
    CONNECT(c, "group g: p q; endpoint E T:");
    c.stage("bind p E");
    c.stage("bind q E");
    c.backend->faults = {{Fault::LostAfter}};
    bool armed = false;
    connect(c.session.get(), &Session::stepChanged, this, [&](int, const StepResult &result) {
        // The first read of the apply is over; the one that should settle the step, and the last one, fail.
        if (result.state == StepState::Running && !std::exchange(armed, true)) {
            for (int i = 0; i < 2; ++i)
                c.backend->loadErrors.push_back(Error{Error::Kind::Timeout, QStringLiteral("Too slow."), {}, {}, {}});
        }
    });
    APPLY(c, OnFailure::Stop);
    QCOMPARE(c.states(), (QList<StepState>{StepState::Unknown, StepState::Skipped}));
    QVERIFY(c.outcome->hasUnknown());
    QVERIFY(!c.outcome->verified);
    QCOMPARE(c.session->state(), State::Stale);
    QCOMPARE(c.session->pending().size(), 2); // nobody knows
    QVERIFY(!c.isSentTwice());
    // Once the server can be read, what it shows is no longer to be sent.
    const QList<Operation> planned = c.session->runningPlan().operations();
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone());
    QVERIFY(!c.isSentTwice(planned));
    QCOMPARE(c.backend->sent.size(), 2);
    QVERIFY(c.session->pending().isEmpty());
}

void TestSession::unknownCreation()
{
    // The answer that would have told the new id is lost; the object is known by what it is.
    CONNECT(c, "node T; portal p; group g: p");
    c.stage("create-portal n at=10.9.9.9:3260");
    c.stage("create-group h, join n h");
    c.stage("create-endpoint E T tag=9 : n");
    c.stage("create-node N named=iqn.2026-11.com.example:n");
    const QString wanted = c.shown();
    const qsizetype steps = c.session->plan().steps.size();
    for (qsizetype i = 0; i < steps; ++i)
        c.backend->faults.push_back({Fault::LostAfter});
    APPLY(c, OnFailure::Stop);
    for (const StepResult &result : c.outcome->results)
        QVERIFY2(result.state == StepState::Done, qPrintable(result.error.text()));
    QVERIFY(!c.isSentTwice());
    QCOMPARE(c.backend->sent.size(), steps);
    QVERIFY(c.session->pending().isEmpty());
    QCOMPARE(c.shown(), c.onServer());
    QCOMPARE(c.shown(), wanted); // the very handles that were staged
}

void TestSession::unknownCreationNotDone()
{
    // One like it was there before: that is not the one.
    CONNECT(c, "node T; endpoint E T tag=9:");
    c.stage("create-endpoint F T");
    c.backend->faults = {{Fault::LostBefore}};
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->results[0].state == StepState::Failed);
    QCOMPARE(c.session->pending().size(), 1);
}

void TestSession::halfAMove()
{
    CONNECT(c, "group g: p q; endpoint E T: p q; endpoint F T:");
    c.stage("move p E F");
    const QString wanted = c.shown();
    c.backend->faults = {{}, {Fault::Refuse, 4}};
    APPLY(c, OnFailure::Stop);
    QCOMPARE(c.states(), (QList<StepState>{StepState::Done, StepState::Refused}));
    // The other half stays pending, and can be sent.
    QCOMPARE(c.shown(), wanted);
    QCOMPARE(c.session->pending().size(), 1);
    QVERIFY(!c.session->pending().front().isConflict());
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone());
    QCOMPARE(c.onServer(), wanted);
    QVERIFY(c.session->pending().isEmpty());
}

void TestSession::cancelApply()
{
    CONNECT(c, "group g: p q r; endpoint E T:");
    c.stage("bind p E");
    c.stage("bind q E");
    c.stage("bind r E");
    c.backend->answering.close();
    c.session->apply(OnFailure::Continue);
    QTRY_COMPARE(c.backend->sent.size(), 1);
    c.session->cancel();
    QVERIFY(!c.outcome.has_value()); // the step that was sent is waited for
    c.backend->answering.open();
    QTRY_VERIFY(c.outcome.has_value());
    QCOMPARE(c.states(), (QList<StepState>{StepState::Done, StepState::Skipped, StepState::Skipped}));
    QCOMPARE(c.backend->executions, 1);
    QCOMPARE(c.session->pending().size(), 2); // what was done is no longer pending
    QCOMPARE(Reference(Inventory(c.session->base())).text(), c.onServer());
    QCOMPARE(c.session->state(), State::Live);
}

void TestSession::cancelWhileAsking()
{
    CONNECT(c, "group g: p q; endpoint E T:");
    c.stage("bind p E");
    c.stage("bind q E");
    c.backend->faults = {{Fault::Refuse, 4}};
    c.session->apply(OnFailure::Ask);
    QTRY_COMPARE(c.failedSteps.size(), 1);
    c.session->cancel();
    QTRY_VERIFY(c.outcome.has_value());
    QCOMPARE(c.states(), (QList<StepState>{StepState::Refused, StepState::Skipped}));
    QCOMPARE(c.backend->executions, 1);
}

void TestSession::noStagingWhileApplying()
{
    CONNECT(c, "group g: p q; endpoint E T:");
    c.stage("bind p E");
    c.backend->executing.close();
    c.session->apply(OnFailure::Stop);
    QTRY_COMPARE(c.backend->executions, 1);
    const QString shown = c.shown();
    c.stage("bind q E");
    c.session->unstage(c.session->pending().front().id);
    c.session->discard();
    c.session->apply(OnFailure::Stop);
    c.session->refresh();
    QCOMPARE(c.session->pending().size(), 1);
    QCOMPARE(c.shown(), shown);
    c.backend->executing.open();
    QTRY_VERIFY(c.outcome.has_value());
    QVERIFY(c.outcome->isAllDone());
    QCOMPARE(c.backend->executions, 1);
    QTRY_COMPARE(c.session->state(), State::Live);
}

void TestSession::createdObjectsKeepTheirHandles()
{
    CONNECT(c, "portal p; group g: p");
    c.stage("create-node N named=iqn.2026-11.com.example:n");
    c.stage("create-endpoint E N tag=3");
    c.stage("create-portal n at=10.9.9.9:3260");
    c.stage("create-group h");
    c.stage("join n h");
    c.stage("bind n E");
    const QString wanted = c.shown();
    const auto portal = c.site.handle<PortalHandle>(QStringLiteral("n"));
    const auto endpoint = c.site.handle<EndpointHandle>(QStringLiteral("E"));
    QVERIFY(c.session->ids().id(portal).isEmpty());
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone() && c.outcome->verified);
    QVERIFY(!c.session->ids().id(portal).isEmpty());
    QVERIFY(c.session->base()->row(portal) != Snapshot::none);
    QVERIFY(c.session->inventory().binds(endpoint, portal));
    QVERIFY(!c.session->inventory().isStaged(portal));
    QCOMPARE(c.shown(), wanted);
    QCOMPARE(c.shown(), c.onServer());
}

void TestSession::undoAfterApplyStagesTheInverse()
{
    CONNECT(c, "group g: p q; endpoint E T: p; endpoint F T:");
    const QString before = c.shown();
    c.stage("move p E F");
    c.stage("create-portal n at=10.9.9.9:3260, join n g");
    const QString wanted = c.shown();
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone());
    QCOMPARE(c.session->undoStack()->count(), 1);
    QVERIFY(c.session->undoStack()->canUndo());
    QVERIFY(!c.session->undoStack()->canRedo());
    const int executions = c.backend->executions;
    c.session->undoStack()->undo();
    QCOMPARE(c.backend->executions, executions); // nothing is sent
    QCOMPARE(c.shown(), before);
    QVERIFY(!c.session->pending().isEmpty());
    for (const PendingChange &change : c.session->pending())
        QVERIFY(!change.isConflict());
    c.session->undoStack()->redo();
    QCOMPARE(c.shown(), wanted);
    QVERIFY(c.session->pending().isEmpty());
    c.session->undoStack()->undo();
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone());
    QCOMPARE(c.onServer(), before);
    QCOMPARE(c.shown(), before);
}

void TestSession::deletedAndBroughtBack()
{
    CONNECT(c, "group g: p q; endpoint E T: q; portal x; group h: x");
    const QString before = c.shown();
    const auto portal = c.site.handle<PortalHandle>(QStringLiteral("x"));
    const QByteArray id = c.session->ids().id(portal);
    c.stage("delete-portal x");
    c.stage("delete-endpoint E");
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone());
    QVERIFY(!c.session->inventory().has(portal));
    c.session->undoStack()->undo();
    QCOMPARE(c.shown(), before);
    APPLY(c, OnFailure::Stop);
    QVERIFY2(c.outcome->isAllDone(), qPrintable(c.outcome->results.front().error.text()));
    QCOMPARE(c.shown(), before); // the same handles, under new ids
    QCOMPARE(c.shown(), c.onServer());
    QVERIFY(c.session->ids().id(portal) != id);
}

void TestSession::overriddenPolicyIsSent()
{
    CONNECT(c, "server san address=policy; portal p gone; endpoint E T:");
    c.stage("bind p E", true);
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone());
    QCOMPARE(c.backend->snapshot()->bindingCount(), size_t(1));
    // Going back and forth over policy needs no new override.
    c.session->undoStack()->undo();
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone());
    c.session->undoStack()->undo();
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone());
    QCOMPARE(c.backend->snapshot()->bindingCount(), size_t(1));
}

void TestSession::activityTellsEachStep()
{
    CONNECT(c, "group g: p q; endpoint E T:");
    c.stage("bind p E");
    c.stage("bind q E");
    c.backend->faults = {{}, {Fault::Refuse, 4}};
    QList<Activity> entries;
    connect(c.session.get(), &Session::activity, this, [&](const Activity &entry) { entries.append(entry); });
    APPLY(c, OnFailure::Stop);
    int done = 0, refused = 0;
    for (const Activity &entry : entries) {
        QVERIFY(!entry.what.isEmpty() && entry.at.isValid());
        done += entry.outcome == Activity::Outcome::Done;
        if (entry.outcome == Activity::Outcome::Refused) {
            ++refused;
            QVERIFY2(entry.detail.contains(QLatin1String("(4)")), qPrintable(entry.detail));
            QVERIFY2(entry.detail.contains(QLatin1String("refused by order of the test")), qPrintable(entry.detail));
        }
    }
    QCOMPARE(done, 1);
    QCOMPARE(refused, 1);
}

void TestSession::destroyedWhileReading()
{
    Connected c("portal p; endpoint E T:");
    c.backend->growing = true;
    c.backend->loading.close();
    QTRY_VERIFY(c.session->base());
    const std::weak_ptr<MemoryBackend> backend = c.backend;
    Gate loading = c.backend->loading;
    c.session.reset();
    c.backend.reset();
    loading.open();
    QTRY_VERIFY(backend.expired()); // the read ended, and nothing holds on to it
}

void TestSession::destroyedWhileApplying()
{
    CONNECT(c, "group g: p q; endpoint E T:");
    c.stage("bind p E");
    c.stage("bind q E");
    c.backend->answering.close();
    c.session->apply(OnFailure::Continue);
    QTRY_COMPARE(c.backend->sent.size(), 1);
    c.session.reset();
    c.backend->answering.open();
    const std::weak_ptr<MemoryBackend> backend = c.backend;
    QTRY_VERIFY(c.backend.use_count() == 1); // the run has let go
    QCOMPARE(c.backend->executions, 1);
    c.backend.reset();
    QVERIFY(backend.expired());
}

void TestSession::destroyedWhileHeld()
{
    CONNECT(c, "portal p; endpoint E T:");
    c.session->holdRefresh(true);
    c.changeServer("bind p E");
    c.session->refresh();
    QTRY_COMPARE(c.backend->loads, 2);
    CONNECT(other, "portal p");
    c.session.reset();
    QTRY_VERIFY(c.backend.use_count() == 1);
}

void TestSession::randomApplies()
{
    const quint64 seed = randomSeed();
    int steps = 0, done = 0;
    for (int round = 0; round < 80 * runLength(); ++round) {
        RandomInventory random(seed + quint64(round), RandomShape{2, 3, 3, 10, 3, 4});
        const QByteArray where = "PORTALBIND_SEED=" + QByteArray::number(seed) + " round " + QByteArray::number(round);
        Connected c("server unused");
        c.backend->adopt(*random.snapshot());
        QTRY_COMPARE(c.session->state(), State::Live);
        for (int tries = 0; tries < 25 && c.session->pending().size() < 8; ++tries)
            c.session->stage({random.operation(c.session->inventory())}, QStringLiteral("edit"), random.chance(50));
        if (c.session->pending().isEmpty())
            continue;
        for (int i = 0; i < 12; ++i) {
            const Fault::Kind kinds[] = {Fault::None,    Fault::None,       Fault::None,     Fault::Refuse,
                                         Fault::NotSent, Fault::LostBefore, Fault::LostAfter};
            c.backend->faults.push_back({random.chance(60) ? Fault::None : kinds[random.below(std::size(kinds))]});
        }
        const OnFailure how = OnFailure(random.below(3));
        const QList<PendingChange> before = c.session->pending();
        APPLY(c, how);
        // Nothing is sent twice; a rollback may bind again what a step unbound.
        QVERIFY2(how == OnFailure::RollBack || !c.isSentTwice(), where.constData());
        QCOMPARE(c.session->state(), State::Live);
        QVERIFY2(Reference(Inventory(c.session->base())).text() == c.onServer(), where.constData());
        QVERIFY2(c.outcome->verified || !c.outcome->differences.isEmpty(), where.constData());
        QVERIFY2(c.outcome->differences.isEmpty(), qPrintable(c.outcome->differences.join(QLatin1Char('\n'))));
        for (const StepResult &result : c.outcome->results) {
            QVERIFY2(result.state != StepState::Waiting && result.state != StepState::Running, where.constData());
            QVERIFY2(result.state != StepState::Unknown, where.constData()); // every read succeeded
            ++steps;
            done += result.state == StepState::Done;
        }
        QVERIFY2(!c.outcome->isAllDone() || c.session->pending().isEmpty(), where.constData());
        QVERIFY2(c.session->pending().size() <= before.size(), where.constData());
    }
    QVERIFY(steps > 100 * runLength());
    QVERIFY(done > 50 * runLength());
}

void TestSession::applyUndoApply()
{
    // Apply, undo, apply: the server is where it was, and so are the handles, as far as inverses are true ones.
    const quint64 seed = randomSeed();
    int applied = 0;
    for (int round = 0; round < 60 * runLength(); ++round) {
        RandomInventory random(seed + quint64(round), RandomShape{1, 3, 3, 10, 3, 0});
        const QByteArray where = "PORTALBIND_SEED=" + QByteArray::number(seed) + " round " + QByteArray::number(round);
        Connected c("server unused");
        c.backend->adopt(*random.snapshot());
        QTRY_COMPARE(c.session->state(), State::Live);
        const QString before = c.onServer();
        for (int tries = 0; tries < 25 && c.session->pending().size() < 6; ++tries) {
            const Operation operation = random.operation(c.session->inventory());
            if (inverse(operation, c.session->inventory()).lossy.isEmpty())
                c.session->stage({operation}, QStringLiteral("edit"));
        }
        if (c.session->pending().isEmpty())
            continue;
        const QString wanted = c.shown();
        APPLY(c, OnFailure::Stop);
        QVERIFY2(c.outcome->isAllDone() && c.onServer() == wanted, where.constData());
        QVERIFY2(c.session->pending().isEmpty(), where.constData());
        if (c.session->undoStack()->count() == 0)
            continue; // all of it cancelled itself out
        c.session->undoStack()->undo();
        QVERIFY2(c.shown() == before, where.constData());
        const bool conflict = std::any_of(c.session->pending().begin(), c.session->pending().end(),
                                          [](const PendingChange &change) { return change.isConflict(); });
        if (conflict)
            continue; // a state that was there before, but that no step of the rules leads back to
        APPLY(c, OnFailure::Stop);
        QVERIFY2(c.outcome->isAllDone(), where.constData());
        QVERIFY2(c.onServer() == before, where.constData());
        ++applied;
    }
    QVERIFY(applied > 15 * runLength());
}

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
