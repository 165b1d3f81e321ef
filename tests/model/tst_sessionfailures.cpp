// SPDX-License-Identifier: Apache-2.0

// What becomes of a plan when a step fails, or when nobody knows whether it was done.

#include "connected.h"

using namespace portalbind;

using State = Session::State;
using Fault = MemoryBackend::Fault;

namespace {

const QList<StepState> doneDone{StepState::Done, StepState::Done};

} // namespace

class TestSessionFailures : public QObject
{
    Q_OBJECT
private slots:
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
};

void TestSessionFailures::stopOnFailure()
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

void TestSessionFailures::continueOnFailure()
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

void TestSessionFailures::continueWithoutWhatIsMissing()
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

void TestSessionFailures::rollBack()
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

void TestSessionFailures::ask_data()
{
    QTest::addColumn<int>("choice");
    QTest::addColumn<int>("executions");
    QTest::addColumn<int>("bound");
    QTest::newRow("stop") << int(OnFailure::Stop) << 2 << 1;
    QTest::newRow("continue") << int(OnFailure::Continue) << 3 << 2;
    QTest::newRow("roll back") << int(OnFailure::RollBack) << 3 << 0;
}

void TestSessionFailures::ask()
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

void TestSessionFailures::notSent()
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

void TestSessionFailures::unknownButDone()
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

void TestSessionFailures::unknownAndNotDone()
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

void TestSessionFailures::unknownForGood()
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

void TestSessionFailures::unknownCreation()
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

void TestSessionFailures::unknownCreationNotDone()
{
    // One like it was there before: that is not the one.
    CONNECT(c, "node T; endpoint E T tag=9:");
    c.stage("create-endpoint F T");
    c.backend->faults = {{Fault::LostBefore}};
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->results[0].state == StepState::Failed);
    QCOMPARE(c.session->pending().size(), 1);
}

void TestSessionFailures::halfAMove()
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

QTEST_GUILESS_MAIN(TestSessionFailures)
#include "tst_sessionfailures.moc"
