// SPDX-License-Identifier: Apache-2.0
#include "connected.h"
#include "randominventory.h"
#include "randomrun.h"

#include <QSignalSpy>

using namespace portalbind;

namespace {

QString shown(const Session &session)
{
    return Reference(session.inventory()).text();
}

QList<quint32> idsOf(const Session &session)
{
    QList<quint32> ids;
    for (const PendingChange &change : session.pending())
        ids.append(change.id);
    return ids;
}

} // namespace

class TestUndo : public QObject
{
    Q_OBJECT
private slots:
    void stageUndoRedo();
    void severalOperationsAreOneEdit();
    void refusedIsNotStaged();
    void policyCanBeOverridden();
    void whatChangesNothingIsNotStaged();
    void unstageOne();
    void unstageTakesDependantsAlong();
    void unstageOfNothing();
    void discardIsUndoable();
    void theServerHearsNothing();
    void signalsLeadFromStateToState();
    void randomEdits();
};

void TestUndo::stageUndoRedo()
{
    Connected c("portal p; endpoint E T:");
    QTRY_COMPARE(c.session->state(), Session::State::Live);
    const QString base = shown(*c.session);
    QVERIFY(c.stage("bind p E").isAllowed());
    QCOMPARE(c.session->pending().size(), 1);
    QCOMPARE(c.session->undoStack()->undoText(), QStringLiteral("bind p E"));
    const QString staged = shown(*c.session);
    QVERIFY(staged != base);
    c.session->undoStack()->undo();
    QCOMPARE(shown(*c.session), base);
    QVERIFY(c.session->pending().isEmpty());
    QVERIFY(!c.session->inventory().hasPending());
    c.session->undoStack()->redo();
    QCOMPARE(shown(*c.session), staged);
    QCOMPARE(c.session->pending().size(), 1);
}

void TestUndo::severalOperationsAreOneEdit()
{
    Connected c("portal p; portal q; group g: p q; endpoint E T:");
    QTRY_COMPARE(c.session->state(), Session::State::Live);
    QVERIFY(c.stage("bind p E, bind q E, create-group h, join p h").isAllowed());
    QCOMPARE(c.session->pending().size(), 4);
    QCOMPARE(c.session->undoStack()->count(), 1);
    c.session->undoStack()->undo();
    QVERIFY(c.session->pending().isEmpty());
}

void TestUndo::refusedIsNotStaged()
{
    Connected c("endpoint E T:; endpoint F T: p");
    QTRY_COMPARE(c.session->state(), Session::State::Live);
    QCOMPARE(c.stage("bind p E").code, quint16(4098));
    QCOMPARE(c.stage("bind p E", true).code, quint16(4098)); // the target's rule, not a policy
    QVERIFY(c.session->pending().isEmpty());
    QCOMPARE(c.session->undoStack()->count(), 0);
    // All or nothing: the good one before the refused one is not staged either.
    QVERIFY(c.stage("create-portal n at=10.9.9.9:3260, bind p E").isRefused());
    QVERIFY(c.session->pending().isEmpty());
    // In order: what the first does makes the second possible.
    QVERIFY(c.stage("unbind p F, bind p E").isAllowed());
    QCOMPARE(c.session->pending().size(), 2);
}

void TestUndo::policyCanBeOverridden()
{
    Connected c("server san address=policy; portal p gone; endpoint E T:");
    QTRY_COMPARE(c.session->state(), Session::State::Live);
    QVERIFY(c.stage("bind p E").canOverride());
    QVERIFY(c.session->pending().isEmpty());
    QVERIFY(c.stage("bind p E", true).canOverride());
    QCOMPARE(c.session->pending().size(), 1);
    QVERIFY(c.session->pending().front().overridden);
    QVERIFY(!c.session->pending().front().isConflict());
    c.session->undoStack()->undo();
    c.session->undoStack()->redo();
    QVERIFY(c.session->pending().front().overridden);
}

void TestUndo::whatChangesNothingIsNotStaged()
{
    Connected c("endpoint E T: p; portal q; group g: p q");
    QTRY_COMPARE(c.session->state(), Session::State::Live);
    QVERIFY(c.stage("bind p E").changesNothing);
    QVERIFY(c.session->pending().isEmpty());
    QCOMPARE(c.session->undoStack()->count(), 0);
    const Verdict both = c.stage("bind p E, bind q E");
    QVERIFY(both.isAllowed() && !both.changesNothing);
    QCOMPARE(c.session->pending().size(), 1);
}

void TestUndo::unstageOne()
{
    Connected c("portal p; portal q; group g: p q; endpoint E T:");
    QTRY_COMPARE(c.session->state(), Session::State::Live);
    c.stage("bind p E");
    const QString one = shown(*c.session);
    c.stage("bind q E");
    const QString two = shown(*c.session);
    const QList<quint32> ids = idsOf(*c.session);
    c.session->unstage(ids[1]);
    QCOMPARE(shown(*c.session), one);
    QCOMPARE(idsOf(*c.session), QList<quint32>{ids[0]});
    c.session->undoStack()->undo();
    QCOMPARE(shown(*c.session), two);
    QCOMPARE(idsOf(*c.session), ids);
    c.session->unstage(ids[0]);
    QCOMPARE(idsOf(*c.session), QList<quint32>{ids[1]});
}

void TestUndo::unstageTakesDependantsAlong()
{
    Connected c("portal p; endpoint E T:");
    QTRY_COMPARE(c.session->state(), Session::State::Live);
    c.stage("create-group g");
    c.stage("create-portal n at=10.9.9.9:3260, join n g");
    c.stage("bind n E");
    c.stage("join p g");
    c.stage("disable E");
    QCOMPARE(c.session->pending().size(), 6);
    const QString all = shown(*c.session);
    const QList<quint32> ids = idsOf(*c.session);
    c.session->unstage(ids[1]); // the portal: its membership and its binding go, too
    QCOMPARE(idsOf(*c.session), (QList<quint32>{ids[0], ids[4], ids[5]}));
    c.session->undoStack()->undo();
    QCOMPARE(shown(*c.session), all);
    c.session->unstage(ids[0]); // the group: both memberships
    QCOMPARE(idsOf(*c.session), (QList<quint32>{ids[1], ids[3], ids[5]}));
    // A chain: node, endpoint, binding.
    c.stage("create-node N");
    c.stage("create-endpoint X N");
    c.stage("bind p X");
    const qsizetype before = c.session->pending().size();
    c.session->unstage(idsOf(*c.session)[before - 3]);
    QCOMPARE(c.session->pending().size(), before - 3);
}

void TestUndo::unstageOfNothing()
{
    Connected c("portal p; endpoint E T:");
    QTRY_COMPARE(c.session->state(), Session::State::Live);
    c.stage("bind p E");
    c.session->unstage(4711);
    QCOMPARE(c.session->pending().size(), 1);
    QCOMPARE(c.session->undoStack()->count(), 1);
}

void TestUndo::discardIsUndoable()
{
    Connected c("portal p; portal q; group g: p q; endpoint E T:");
    QTRY_COMPARE(c.session->state(), Session::State::Live);
    const QString base = shown(*c.session);
    c.session->discard();
    QCOMPARE(c.session->undoStack()->count(), 0);
    c.stage("bind p E");
    c.stage("bind q E");
    const QString two = shown(*c.session);
    c.session->discard();
    QCOMPARE(shown(*c.session), base);
    c.session->undoStack()->undo();
    QCOMPARE(shown(*c.session), two);
    QCOMPARE(c.session->pending().size(), 2);
}

void TestUndo::theServerHearsNothing()
{
    Connected c("portal p; endpoint E T:");
    QTRY_COMPARE(c.session->state(), Session::State::Live);
    c.stage("bind p E");
    c.session->undoStack()->undo();
    c.session->undoStack()->redo();
    c.session->discard();
    QCoreApplication::sendPostedEvents();
    QCOMPARE(c.backend->executions, 0);
    QCOMPARE(c.backend->loads, 1);
}

void TestUndo::signalsLeadFromStateToState()
{
    Connected c("portal p; endpoint E T:");
    QTRY_COMPARE(c.session->state(), Session::State::Live);
    QList<InventoryDiff> seen;
    connect(c.session.get(), &Session::inventoryChanged, this, [&](const InventoryDiff &d) { seen.append(d); });
    QSignalSpy pendings(c.session.get(), &Session::pendingChanged);
    c.stage("bind p E");
    QCOMPARE(seen.size(), 1);
    QCOMPARE(seen.back().bound.size(), size_t(1));
    QVERIFY(seen.back().portals.isEmpty() && seen.back().endpoints.isEmpty());
    c.session->undoStack()->undo();
    QCOMPARE(seen.size(), 2);
    QCOMPARE(seen.back().unbound.size(), size_t(1));
    QCOMPARE(pendings.size(), 2);
}

void TestUndo::randomEdits()
{
    const quint64 seed = randomSeed();
    int staged = 0;
    for (int round = 0; round < 60 * runLength(); ++round) {
        RandomInventory random(seed + quint64(round));
        const QByteArray where = QByteArrayLiteral("PORTALBIND_SEED=") + QByteArray::number(seed) + " round "
                + QByteArray::number(round);
        const auto backend = std::make_shared<MemoryBackend>();
        backend->adopt(*random.snapshot());
        Session session(backend);
        session.refresh();
        QTRY_COMPARE(session.state(), Session::State::Live);
        const QString base = shown(session);
        QStringList states{base};
        for (int i = 0; i < 30; ++i) {
            const int count = session.undoStack()->count();
            const size_t die = random.below(100);
            if (die < 12 && !session.pending().isEmpty()) {
                const QList<quint32> ids = idsOf(session);
                session.unstage(ids[qsizetype(random.below(size_t(ids.size())))]);
            } else if (die < 15) {
                session.discard();
            } else {
                QList<Operation> operations;
                Inventory now = session.inventory();
                for (size_t n = 1 + random.below(2); n > 0; --n) {
                    operations.append(random.operation(now));
                    now = now.with(operations.back());
                }
                session.stage(operations, QStringLiteral("edit"), random.chance(50));
            }
            if (session.undoStack()->count() > count) {
                states.append(shown(session));
                ++staged;
            }
            // What is shown is the base with what is pending, always.
            const QList<Operation> pending = session.pendingOperations();
            QVERIFY2(shown(session)
                             == Reference(Inventory(session.base())
                                                  .with(std::span<const Operation>(pending.constData(),
                                                                                   size_t(pending.size()))))
                                        .text(),
                     where.constData());
        }
        QCOMPARE(session.undoStack()->count(), states.size() - 1);
        for (qsizetype i = states.size() - 1; i > 0; --i) {
            session.undoStack()->undo();
            QVERIFY2(shown(session) == states[i - 1], where.constData());
        }
        QVERIFY(session.pending().isEmpty());
        QVERIFY(!session.inventory().hasPending());
        for (qsizetype i = 1; i < states.size(); ++i) {
            session.undoStack()->redo();
            QVERIFY2(shown(session) == states[i], where.constData());
        }
        session.undoStack()->setIndex(0);
        QCOMPARE(shown(session), base);
        QCOMPARE(backend->executions, 0);
    }
    QVERIFY(staged > 300 * runLength());
}

QTEST_GUILESS_MAIN(TestUndo)
#include "tst_undo.moc"
