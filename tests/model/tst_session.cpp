// SPDX-License-Identifier: Apache-2.0
#include "connected.h"

#include <QSignalSpy>

using namespace portalbind;

using State = Session::State;

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
    void destroyedWhileReading();
    void destroyedWhileHeld();
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

void TestSession::destroyedWhileHeld()
{
    std::weak_ptr<IdTable> ids;
    {
        CONNECT(c, "portal p; endpoint E T:");
        ids = c.backend->ids();
        c.session->holdRefresh(true);
        c.changeServer("bind p E");
        c.session->refresh();
        QTRY_COMPARE(c.backend->loads, 2);
        CONNECT(other, "portal p");
        c.session.reset();
        QTRY_VERIFY(c.backend.use_count() == 1);
    }
    QTRY_VERIFY(ids.expired()); // what was held back has ended as well
}

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
