// SPDX-License-Identifier: Apache-2.0
#include "tests/widgets/windowfixture.h"
#include "widgets/activitypanel.h"
#include "widgets/bindcandidates.h"
#include "widgets/bindpicker.h"
#include "widgets/changespanel.h"
#include "widgets/planmodel.h"
#include "widgets/planview.h"

#include <QApplication>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>
#include <QThreadPool>

using namespace portalbind;

class TestWindow : public WindowTest
{
    Q_OBJECT
private slots:
    void mainJobByKeyboardAlone();
    void deleteUnbindsBindingsOnly();
    void cutAndPasteMoves();
    void copyAndPasteShares();
    void bindToListsWhatFitsFirst();
    void undoAndRedo();
    void removeAndDiscard();
    void applyShowsThePlanAndTheEnd();
    void applyWaitsForARead();
    void failedStepAsksInPlace();
    void applyAtOnce();
    void applyAtOnceEndsWithItsCommand();
    void leftPlanIsNotApplied();
    void showAsCommands();
};

void TestWindow::mainJobByKeyboardAlone()
{
    WindowFixture &f = *m_fixture;
    QApplication::setActiveWindow(f.window.get());
    // Find the portal by typing its name into the tree, bind it by the picker, apply by Ctrl+Return and Return.
    f.select(f.portals(), {f.portalRow(portal6)});
    f.key(f.portals(), Qt::Key_B, Qt::ControlModifier);
    auto *picker = f.window->findChild<BindPicker *>();
    QVERIFY(picker);
    auto *filter = picker->findChild<QLineEdit *>(QStringLiteral("bindFilter"));
    QTest::keyClicks(filter, QStringLiteral("mail 1"));
    QTRY_VERIFY(!picker->candidates()->isBusy());
    QTest::keyClick(filter, Qt::Key_Return);
    QTRY_COMPARE(f.session()->pending().size(), 1);
    QVERIFY((f.pending() == QList<Operation>{(Bind{f.endpoint(mail, 1), f.portal(portal6)})}));
    QTRY_VERIFY(action(ActionId::Apply)->isEnabled());
    QApplication::setActiveWindow(f.window.get()); // off screen nobody hands it back when the picker closes
    f.key(f.portals(), Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(f.window->changes()->isPlanShown());
    QTRY_VERIFY(button("applyPlan")->isEnabled());
    QVERIFY(button("applyPlan")->hasFocus() || !f.window->isActiveWindow());
    QTest::keyClick(button("applyPlan"), Qt::Key_Space);
    QTRY_COMPARE(f.window->changes()->plan()->headline(), QStringLiteral("1 of 1 done and seen on san"));
    QVERIFY(f.pending().isEmpty());
    QVERIFY(f.inventory().binds(f.endpoint(mail, 1), f.portal(portal6)));
    QCOMPARE(f.backend->sent.size(), 1);
    QVERIFY(f.window->activity()->model()->rowCount() > 0);
}

void TestWindow::deleteUnbindsBindingsOnly()
{
    WindowFixture &f = *m_fixture;
    f.select(f.portals(), {f.portalRow(portal5)});
    QVERIFY(!action(ActionId::Unbind)->isEnabled());
    f.key(f.portals(), Qt::Key_Delete);
    QVERIFY(f.pending().isEmpty());
    f.select(f.targets(), {f.bindingRow(mail, 1, portal5)});
    QVERIFY(action(ActionId::Unbind)->isEnabled());
    f.key(f.targets(), Qt::Key_Delete);
    QVERIFY((f.pending() == QList<Operation>{(Unbind{f.endpoint(mail, 1), f.portal(portal5)})}));
}

void TestWindow::cutAndPasteMoves()
{
    WindowFixture &f = *m_fixture;
    f.select(f.targets(), {f.bindingRow(mail, 1, portal5)});
    f.key(f.targets(), Qt::Key_X, Qt::ControlModifier);
    f.select(f.targets(), {f.endpointRow(db, 1)});
    f.key(f.targets(), Qt::Key_V, Qt::ControlModifier);
    QVERIFY((f.pending() == QList<Operation>{(Move{f.portal(portal5), f.endpoint(mail, 1), f.endpoint(db, 1)})}));
    QTRY_VERIFY(!action(ActionId::Paste)->isEnabled());
}

void TestWindow::copyAndPasteShares()
{
    WindowFixture &f = *m_fixture;
    f.select(f.targets(), {f.bindingRow(mail, 1, portal5)});
    f.key(f.targets(), Qt::Key_C, Qt::ControlModifier);
    f.select(f.targets(), {f.endpointRow(db, 1)});
    f.key(f.targets(), Qt::Key_V, Qt::ControlModifier);
    QVERIFY((f.pending() == QList<Operation>{(Bind{f.endpoint(db, 1), f.portal(portal5)})}));
    // What is refused says why and stages nothing more.
    f.select(f.portals(), {f.portalRow(QStringLiteral("10.0.1.9"))});
    f.key(f.portals(), Qt::Key_C, Qt::ControlModifier);
    f.select(f.targets(), {f.endpointRow(mail, 1)});
    f.key(f.targets(), Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(f.pending().size(), 1);
    QVERIFY(f.window->sentence().endsWith(QLatin1String("(4097)")));
}

void TestWindow::bindToListsWhatFitsFirst()
{
    WindowFixture &f = *m_fixture;
    f.select(f.targets(), {f.endpointRow(mail, 1)});
    action(ActionId::BindTo)->trigger();
    auto *picker = f.window->findChild<BindPicker *>();
    QVERIFY(picker);
    BindCandidates *candidates = picker->candidates();
    QTRY_VERIFY(!candidates->isBusy());
    QCOMPARE(candidates->rowCount(), 6);
    QCOMPARE(candidates->fitCount(), 2); // 10.0.1.6 and .7; the rest is bound, gone or of the other group
    for (int row = 0; row < candidates->rowCount(); ++row) {
        const QModelIndex index = candidates->index(row, 0);
        QCOMPARE(index.data(BindCandidates::FitsRole).toBool(), row < 2);
        QVERIFY(!index.data(BindCandidates::SentenceRole).toString().isEmpty());
    }
    picker->findChild<QListView *>(QStringLiteral("bindCandidates"))->setCurrentIndex(candidates->index(5, 0));
    QTest::keyClick(picker->findChild<QLineEdit *>(QStringLiteral("bindFilter")), Qt::Key_Return);
    QVERIFY(f.pending().isEmpty()); // what does not fit cannot be chosen
    picker->findChild<QLineEdit *>(QStringLiteral("bindFilter"))->setText(QStringLiteral("10.0.2"));
    QTRY_VERIFY(!candidates->isBusy());
    QCOMPARE(candidates->rowCount(), 2);
    QCOMPARE(candidates->fitCount(), 0);
}

void TestWindow::undoAndRedo()
{
    WindowFixture &f = *m_fixture;
    f.drag(f.portals(), {f.portalRow(portal6)}, f.targets(), f.endpointRow(mail, 1));
    QCOMPARE(f.pending().size(), 1);
    QTRY_VERIFY(action(ActionId::Undo)->isEnabled());
    f.key(f.targets(), Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(f.pending().isEmpty());
    QVERIFY(!f.bindingRow(mail, 1, portal6).isValid());
    QTRY_VERIFY(action(ActionId::Redo)->isEnabled());
    f.key(f.targets(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(f.pending().size(), 1);
    QVERIFY(f.bindingRow(mail, 1, portal6).isValid());
}

void TestWindow::removeAndDiscard()
{
    WindowFixture &f = *m_fixture;
    f.drag(f.portals(), {f.portalRow(portal6)}, f.targets(), f.endpointRow(mail, 1));
    f.drag(f.portals(), {f.portalRow(QStringLiteral("10.0.2.5"))}, f.targets(), f.endpointRow(mail, 2));
    auto *list = f.window->findChild<QAbstractItemView *>(QStringLiteral("changes"));
    QCOMPARE(list->model()->rowCount(), 2);
    QVERIFY(!button("removeChange")->isEnabled());
    list->setCurrentIndex(list->model()->index(0, 0));
    QTest::keyClick(list, Qt::Key_Delete);
    QCOMPARE(f.pending().size(), 1);
    QVERIFY(std::get<Bind>(f.pending().first()).endpoint == f.endpoint(mail, 2));
    QTRY_VERIFY(action(ActionId::Discard)->isEnabled());
    action(ActionId::Discard)->trigger();
    QVERIFY(f.pending().isEmpty());
    f.session()->undoStack()->undo();
    QCOMPARE(f.pending().size(), 1);
}

void TestWindow::applyShowsThePlanAndTheEnd()
{
    WindowFixture &f = *m_fixture;
    f.drag(f.targets(), {f.bindingRow(mail, 1, portal5)}, f.targets(), f.endpointRow(mail, 2));
    QTRY_VERIFY(action(ActionId::Apply)->isEnabled());
    action(ActionId::Apply)->trigger();
    QTRY_VERIFY(button("applyPlan")->isEnabled());
    auto *steps = f.window->findChild<QAbstractItemView *>(QStringLiteral("planSteps"));
    QCOMPARE(steps->model()->rowCount(), 2); // a move is an unbind, then a bind
    QVERIFY(steps->model()->index(0, PlanModel::What).data().toString().startsWith(QLatin1String("Unbind ")));
    QVERIFY(steps->model()->index(0, PlanModel::HarmColumn).data().toString().contains(QLatin1String("2 session")));
    QVERIFY(button("applyPlan")->text().contains(QLatin1Char('2')));
    button("applyPlan")->click();
    QTRY_COMPARE(f.window->changes()->plan()->headline(), QStringLiteral("2 of 2 done and seen on san"));
    // Undo is offered there and stages the inverse; nothing is sent by it.
    const int sent = int(f.backend->sent.size());
    QPushButton *undo = nullptr;
    for (QPushButton *each : f.window->changes()->plan()->findChildren<QPushButton *>()) {
        if (each->text() == QLatin1String("Undo"))
            undo = each;
    }
    QVERIFY(undo && undo->isVisible());
    undo->click();
    QVERIFY(!f.pending().isEmpty());
    QVERIFY(f.inventory().binds(f.endpoint(mail, 1), f.portal(portal5)));
    QCOMPARE(int(f.backend->sent.size()), sent);
}

void TestWindow::applyWaitsForARead()
{
    WindowFixture &f = *m_fixture;
    f.drag(f.portals(), {f.portalRow(portal6)}, f.targets(), f.endpointRow(mail, 1));
    QTRY_VERIFY(action(ActionId::Apply)->isEnabled());
    action(ActionId::Apply)->trigger();
    QTRY_VERIFY(button("applyPlan")->isEnabled());
    f.backend->loading.close();
    f.session()->refresh();
    button("applyPlan")->click();
    QTest::qWait(50);
    QVERIFY(f.backend->sent.isEmpty());
    f.backend->loading.open();
    QTRY_COMPARE(f.window->changes()->plan()->headline(), QStringLiteral("1 of 1 done and seen on san"));
    QCOMPARE(f.backend->sent.size(), 1);
}

void TestWindow::failedStepAsksInPlace()
{
    WindowFixture &f = *m_fixture;
    f.drag(f.portals(), {f.portalRow(portal6)}, f.targets(), f.endpointRow(mail, 1));
    f.drag(f.portals(), {f.portalRow(QStringLiteral("10.0.2.5"))}, f.targets(), f.endpointRow(mail, 2));
    f.backend->faults.push_back({});
    f.backend->faults.push_back({MemoryBackend::Fault::Refuse, 4});
    QTRY_VERIFY(action(ActionId::Apply)->isEnabled());
    action(ActionId::Apply)->trigger();
    QTRY_VERIFY(button("applyPlan")->isEnabled());
    button("applyPlan")->click();
    QTRY_VERIFY(button("failureRollBack")->isVisible());
    auto *steps = f.window->findChild<QAbstractItemView *>(QStringLiteral("planSteps"));
    QCOMPARE(steps->model()->rowCount(steps->model()->index(1, 0)), 1);
    QVERIFY(!steps->model()->index(0, 0, steps->model()->index(1, 0)).data().toString().isEmpty());
    QVERIFY(button("failureRollBack")->isEnabled());
    button("failureRollBack")->click();
    QTRY_VERIFY(!f.window->changes()->plan()->isRunning());
    QVERIFY(!f.session()->base()->portalsBoundBy(f.session()->base()->row(f.endpoint(mail, 1))).empty());
    QVERIFY(!Inventory(f.session()->base()).binds(f.endpoint(mail, 1), f.portal(portal6)));
    QVERIFY(!f.window->changes()->plan()->headline().contains(QLatin1String("2 of 2")));
}

void TestWindow::applyAtOnce()
{
    WindowFixture &f = *m_fixture;
    action(ActionId::ApplyAtOnce)->trigger();
    QVERIFY(f.window->settings().applyAtOnce());
    f.drag(f.portals(), {f.portalRow(portal6)}, f.targets(), f.endpointRow(mail, 1));
    QTRY_COMPARE(f.backend->sent.size(), 1);
    QTRY_COMPARE(f.window->changes()->plan()->headline(), QStringLiteral("1 of 1 done and seen on san"));
}

void TestWindow::applyAtOnceEndsWithItsCommand()
{
    WindowFixture &f = *m_fixture;
    f.drag(f.portals(), {f.portalRow(portal6)}, f.targets(), f.endpointRow(mail, 1));
    action(ActionId::ApplyAtOnce)->trigger();
    f.select(f.targets(), {f.bindingRow(mail, 1, portal6)});
    f.key(f.targets(), Qt::Key_Delete); // cancels what is pending: there is nothing to apply
    QTRY_VERIFY(f.session()->plan().isEmpty());
    action(ActionId::ApplyAtOnce)->trigger();
    QVERIFY(!f.window->settings().applyAtOnce());
    f.drag(f.portals(), {f.portalRow(portal6)}, f.targets(), f.endpointRow(mail, 1));
    QTRY_VERIFY(action(ActionId::Apply)->isEnabled());
    action(ActionId::Apply)->trigger();
    QTRY_VERIFY(button("applyPlan")->isEnabled());
    QVERIFY(f.backend->sent.isEmpty());
}

void TestWindow::leftPlanIsNotApplied()
{
    WindowFixture &f = *m_fixture;
    action(ActionId::ApplyAtOnce)->trigger();
    f.drag(f.portals(), {f.portalRow(portal6)}, f.targets(), f.endpointRow(mail, 1));
    QVERIFY(f.window->changes()->isPlanShown());
    button("leavePlan")->click(); // while it is still being worked out
    QVERIFY(!f.window->changes()->isPlanShown());
    QThreadPool::globalInstance()->waitForDone();
    bool isShown = false; // after all that its end queued
    QMetaObject::invokeMethod(
            f.window.get(), [&] { isShown = true; }, Qt::QueuedConnection);
    QTRY_VERIFY(isShown);
    QVERIFY(!f.window->changes()->plan()->isRunning());
    QVERIFY(f.backend->sent.isEmpty());
    QCOMPARE(f.pending().size(), 1);
}

void TestWindow::showAsCommands()
{
    WindowFixture &f = *m_fixture;
    f.drag(f.portals(), {f.portalRow(portal6)}, f.targets(), f.endpointRow(mail, 1));
    QTRY_VERIFY(action(ActionId::Apply)->isEnabled());
    action(ActionId::Apply)->trigger();
    QTRY_VERIFY(button("applyPlan")->isEnabled());
    for (QPushButton *each : f.window->changes()->plan()->findChildren<QPushButton *>()) {
        if (each->isCheckable())
            each->click();
    }
    const auto *text = f.window->changes()->plan()->findChild<QPlainTextEdit *>();
    QVERIFY(text->isVisible());
    QVERIFY2(text->toPlainText().startsWith(QLatin1String("portalbindctl "))
                     && text->toPlainText().contains(
                             QLatin1String(" bind 10.0.1.6:3260 iqn.2026-11.com.example:mail,t,0x0001")),
             qPrintable(text->toPlainText()));
}

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
