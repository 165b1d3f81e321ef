// SPDX-License-Identifier: Apache-2.0
#include "connected.h"

#include <QSignalSpy>

using namespace portalbind;

using State = Session::State;
using Fault = MemoryBackend::Fault;

namespace {

const QList<StepState> doneDone{StepState::Done, StepState::Done};

} // namespace

class TestSessionApply : public QObject
{
    Q_OBJECT
private slots:
    void applyAll();
    void applyNothing();
    void applySeesDriftFirst();
    void applyLeavesConflicts();
    void cancelApply();
    void cancelWhileAsking();
    void noStagingWhileApplying();
    void createdObjectsKeepTheirHandles();
    void madeAgainUnderItsOldId();
    void undoAfterApplyStagesTheInverse();
    void deletedAndBroughtBack();
    void overriddenPolicyIsSent();
    void activityTellsEachStep();
    void destroyedWhileApplying();
};

void TestSessionApply::applyAll()
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

void TestSessionApply::applyNothing()
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

void TestSessionApply::applySeesDriftFirst()
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

void TestSessionApply::applyLeavesConflicts()
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

void TestSessionApply::cancelApply()
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

void TestSessionApply::cancelWhileAsking()
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

void TestSessionApply::noStagingWhileApplying()
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

void TestSessionApply::createdObjectsKeepTheirHandles()
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

void TestSessionApply::madeAgainUnderItsOldId()
{
    CONNECT(c, "portal p; endpoint E T:");
    c.backend->portalsByAddress = true;
    c.stage("create-portal n at=10.9.9.9:3260");
    APPLY(c, OnFailure::Stop);
    const auto first = c.site.handle<PortalHandle>(QStringLiteral("n"));
    QCOMPARE(c.session->ids().id(first), QByteArray("np/10.9.9.9:3260"));
    c.stage("delete-portal n");
    APPLY(c, OnFailure::Stop);
    QVERIFY(!c.session->inventory().has(first));

    c.stage("create-portal m at=10.9.9.9:3260");
    c.stage("bind m E");
    const QString wanted = c.shown();
    const auto second = c.site.handle<PortalHandle>(QStringLiteral("m"));
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone() && c.outcome->verified);
    QCOMPARE(c.session->ids().id(second), QByteArray("np/10.9.9.9:3260"));
    QVERIFY(c.session->ids().id(first).isEmpty());
    QVERIFY(!c.session->inventory().has(first));
    QVERIFY(c.session->base()->row(second) != Snapshot::none);
    QCOMPARE(c.shown(), wanted);
    QCOMPARE(c.shown(), c.onServer());
    c.session->undoStack()->undo();
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone() && c.outcome->verified);
    QVERIFY(!c.session->inventory().has(second));
}

void TestSessionApply::undoAfterApplyStagesTheInverse()
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

void TestSessionApply::deletedAndBroughtBack()
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

void TestSessionApply::overriddenPolicyIsSent()
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

void TestSessionApply::activityTellsEachStep()
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

void TestSessionApply::destroyedWhileApplying()
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

QTEST_GUILESS_MAIN(TestSessionApply)
#include "tst_sessionapply.moc"
