// SPDX-License-Identifier: Apache-2.0
#include "connected.h"
#include "randominventory.h"
#include "randomrun.h"

using namespace portalbind;

using State = Session::State;
using Fault = MemoryBackend::Fault;

class TestSessionRandom : public QObject
{
    Q_OBJECT
private slots:
    void randomApplies();
    void applyUndoApply();
};

void TestSessionRandom::randomApplies()
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

void TestSessionRandom::applyUndoApply()
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

QTEST_GUILESS_MAIN(TestSessionRandom)
#include "tst_sessionrandom.moc"
