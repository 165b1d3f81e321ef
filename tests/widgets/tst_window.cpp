// SPDX-License-Identifier: Apache-2.0
#include "tests/widgets/windowfixture.h"
#include "widgets/activitypanel.h"
#include "widgets/bindcandidates.h"
#include "widgets/bindpicker.h"
#include "widgets/changespanel.h"
#include "widgets/findingspanel.h"
#include "widgets/inspector.h"
#include "widgets/inventorypane.h"
#include "widgets/planmodel.h"
#include "widgets/planview.h"
#include "widgets/searchline.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

using namespace portalbind;

class WindowTest : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_fixture = std::make_unique<WindowFixture>();
        QVERIFY(m_fixture->open());
    }
    void cleanup() { m_fixture.reset(); }

    void mainJobByKeyboardAlone();
    void deleteUnbindsBindingsOnly();
    void cutAndPasteMoves();
    void copyAndPasteShares();
    void bindToListsWhatFitsFirst();
    void undoAndRedo();
    void removeAndDiscard();
    void applyShowsThePlanAndTheEnd();
    void failedStepAsksInPlace();
    void applyAtOnce();
    void showAsCommands();
    void disabledActionsSayWhy();
    void everyActionIsInAMenu();
    void searchKeepsAncestorsAndEscClears();
    void refreshKeepsSelectionAndExpansion();
    void troubleIsSaidInABanner();
    void emptyStates();
    void inspectorFollowsTheSelection();
    void findingsShowTheirObject();
    void everythingHasAName();
    void f6GoesRound();
    void singleTree();
    void newPortalForm();
    void copyIdentity();

private:
    QAction *action(ActionId id) { return m_fixture->window->actions()[id]; }
    QPushButton *button(const char *name)
    {
        return m_fixture->window->findChild<QPushButton *>(QLatin1String(name));
    }
    const QString portal5 = QStringLiteral("10.0.1.5");
    const QString portal6 = QStringLiteral("10.0.1.6");
    const QString mail = QStringLiteral("mail");
    const QString db = QStringLiteral("db");
    std::unique_ptr<WindowFixture> m_fixture;
};

void WindowTest::mainJobByKeyboardAlone()
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

void WindowTest::deleteUnbindsBindingsOnly()
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

void WindowTest::cutAndPasteMoves()
{
    WindowFixture &f = *m_fixture;
    f.select(f.targets(), {f.bindingRow(mail, 1, portal5)});
    f.key(f.targets(), Qt::Key_X, Qt::ControlModifier);
    f.select(f.targets(), {f.endpointRow(db, 1)});
    f.key(f.targets(), Qt::Key_V, Qt::ControlModifier);
    QVERIFY((f.pending() == QList<Operation>{(Move{f.portal(portal5), f.endpoint(mail, 1), f.endpoint(db, 1)})}));
    QTRY_VERIFY(!action(ActionId::Paste)->isEnabled());
}

void WindowTest::copyAndPasteShares()
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

void WindowTest::bindToListsWhatFitsFirst()
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

void WindowTest::undoAndRedo()
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

void WindowTest::removeAndDiscard()
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

void WindowTest::applyShowsThePlanAndTheEnd()
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

void WindowTest::failedStepAsksInPlace()
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

void WindowTest::applyAtOnce()
{
    WindowFixture &f = *m_fixture;
    action(ActionId::ApplyAtOnce)->trigger();
    QVERIFY(f.window->settings().applyAtOnce());
    f.drag(f.portals(), {f.portalRow(portal6)}, f.targets(), f.endpointRow(mail, 1));
    QTRY_COMPARE(f.backend->sent.size(), 1);
    QTRY_COMPARE(f.window->changes()->plan()->headline(), QStringLiteral("1 of 1 done and seen on san"));
}

void WindowTest::showAsCommands()
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

void WindowTest::disabledActionsSayWhy()
{
    WindowFixture &f = *m_fixture;
    const auto check = [&] {
        for (int i = 0; i < actionCount; ++i) {
            const QAction *each = action(ActionId(i));
            QVERIFY2(!each->toolTip().isEmpty() && each->toolTip() == each->statusTip(), qPrintable(each->objectName()));
            QCOMPARE(each->isEnabled(), !each->toolTip().contains(QLatin1String(": not now. ")));
        }
    };
    check();
    f.select(f.portals(), {f.portalRow(portal6)});
    check();
    QVERIFY(action(ActionId::Unbind)->toolTip().contains(QLatin1String("under an endpoint")));
    QVERIFY(action(ActionId::BindTo)->isEnabled());
    f.select(f.targets(), {f.endpointRow(mail, 1)});
    check();
    QVERIFY(!action(ActionId::Enable)->isEnabled()); // it is enabled already
    QVERIFY(action(ActionId::Disable)->isEnabled());
    f.window->workspace().close(f.session());
    QTRY_VERIFY(!action(ActionId::Refresh)->isEnabled());
    check();
}

void WindowTest::everyActionIsInAMenu()
{
    QSet<QAction *> inMenus;
    const std::function<void(QMenu *)> collect = [&](QMenu *menu) {
        for (QAction *each : menu->actions()) {
            inMenus.insert(each);
            if (each->menu())
                collect(each->menu());
        }
    };
    for (QAction *top : m_fixture->window->menuBar()->actions())
        collect(top->menu());
    QHash<QKeySequence, QString> keys;
    for (int i = 0; i < actionCount; ++i) {
        QAction *each = action(ActionId(i));
        QVERIFY2(inMenus.contains(each), qPrintable(each->objectName()));
        if (each->shortcut().isEmpty())
            continue;
        QVERIFY2(!keys.contains(each->shortcut()), qPrintable(each->objectName()));
        keys.insert(each->shortcut(), each->objectName());
    }
    const std::pair<const char *, const char *> promised[]
            = {{"Ctrl+N", "connect"}, {"F5", "refresh"},  {"Ctrl+W", "closeConnection"}, {"Ctrl+F", "search"},
               {"Ctrl+B", "bindTo"},  {"Del", "unbind"},  {"Ctrl+X", "cut"},             {"Ctrl+C", "copy"},
               {"Ctrl+V", "paste"},   {"Ctrl+Z", "undo"}, {"Ctrl+Shift+Z", "redo"},      {"Ctrl+Return", "apply"},
               {"F6", "nextPane"},    {"F2", "rename"},   {"Shift+F6", "previousPane"},  {"Ctrl+R", "report"},
               {"Ctrl+Shift+C", "copyIdentity"}};
    for (const auto &[key, name] : promised)
        QCOMPARE(keys.value(QKeySequence::fromString(QLatin1String(key), QKeySequence::PortableText)), QLatin1String(name));
}

void WindowTest::searchKeepsAncestorsAndEscClears()
{
    WindowFixture &f = *m_fixture;
    f.select(f.portals(), {f.portalRow(portal6)});
    action(ActionId::Search)->trigger();
    auto *line = f.window->findChild<QLineEdit *>(QStringLiteral("search"));
    QTest::keyClicks(line, QStringLiteral("10.0.2.5"));
    QTRY_VERIFY(f.portals()->tree()->isFiltered() && !f.portals()->tree()->isSearching());
    QVERIFY(f.portalRow(QStringLiteral("10.0.2.5")).isValid());
    QVERIFY(f.groupRow(QStringLiteral("B")).isValid());
    QVERIFY(!f.portalRow(portal6).isValid());
    QTRY_VERIFY(f.window->findChild<QLabel *>(QStringLiteral("matches"))->text().contains(QLatin1Char('1')));
    QTest::keyClicks(line, QStringLiteral("xyz"));
    QTRY_VERIFY(!f.window->portalsPane()->emptyText().isEmpty());
    QTest::keyClick(line, Qt::Key_Escape);
    QTRY_VERIFY(!f.portals()->tree()->isFiltered());
    QVERIFY(line->text().isEmpty());
    QTRY_VERIFY(f.portalRow(portal6).isValid());
    QVERIFY(f.portals()->isExpanded(f.groupRow(QStringLiteral("A"))));
    QVERIFY(f.window->portalsPane()->emptyText().isEmpty());
}

void WindowTest::refreshKeepsSelectionAndExpansion()
{
    WindowFixture &f = *m_fixture;
    f.select(f.portals(), {f.portalRow(portal6)});
    f.portals()->collapse(f.groupRow(QStringLiteral("B")));
    f.backend->change(Bind{f.endpoint(mail, 2), f.portal(QStringLiteral("10.0.2.5"))});
    action(ActionId::Refresh)->trigger();
    QTRY_VERIFY(f.inventory().binds(f.endpoint(mail, 2), f.portal(QStringLiteral("10.0.2.5"))));
    QCOMPARE(f.portals()->currentIndex().siblingAtColumn(0), f.portalRow(portal6));
    QVERIFY(f.portals()->selectionModel()->isRowSelected(f.portalRow(portal6).row(), f.portalRow(portal6).parent()));
    QVERIFY(!f.portals()->isExpanded(f.groupRow(QStringLiteral("B"))));
    QVERIFY(f.portals()->isExpanded(f.groupRow(QStringLiteral("A"))));
}

void WindowTest::troubleIsSaidInABanner()
{
    WindowFixture &f = *m_fixture;
    Error error;
    error.kind = Error::Kind::Timeout;
    error.what = QStringLiteral("The server did not answer.");
    error.remedy = QStringLiteral("Look at the cable.");
    error.detail = QStringLiteral("raw words");
    f.backend->loadErrors.push_back(error);
    action(ActionId::Refresh)->trigger();
    QTRY_COMPARE(f.session()->state(), Session::State::Stale);
    auto *banner = f.window->portalsPane()->findChild<QFrame *>(QString(), Qt::FindDirectChildrenOnly);
    QList<QPushButton *> retries;
    for (QPushButton *each : f.window->portalsPane()->findChildren<QPushButton *>()) {
        if (each->isVisible() && each->text() == QLatin1String("Retry"))
            retries += each;
    }
    QVERIFY(banner);
    QCOMPARE(retries.size(), 1);
    bool said = false;
    for (const QLabel *label : f.window->portalsPane()->findChildren<QLabel *>())
        said = said || (label->isVisible() && label->text().contains(error.what) && label->text().contains(error.remedy));
    QVERIFY(said);
    QVERIFY(f.portalRow(portal6).isValid()); // the last known state stays
    QVERIFY(f.portalRow(portal6).data(InventoryTreeModel::StaleRole).toBool());
    retries.first()->click();
    QTRY_COMPARE(f.session()->state(), Session::State::Live);
    QVERIFY(!retries.first()->isVisible());
}

void WindowTest::emptyStates()
{
    WindowFixture &f = *m_fixture;
    auto *sample = button("card-openSample");
    QVERIFY(sample && !sample->isVisible());
    f.window->workspace().close(f.session());
    QTRY_VERIFY(sample->isVisible());
    auto *host = button("card-thisHost");
    QVERIFY(host->isVisible() && !host->isEnabled() && !host->toolTip().isEmpty());
    QVERIFY(button("card-connect")->isEnabled());
}

void WindowTest::inspectorFollowsTheSelection()
{
    WindowFixture &f = *m_fixture;
    f.select(f.targets(), {f.endpointRow(mail, 1)});
    QTRY_VERIFY2(f.window->inspector()->title().contains(QLatin1String("mail")), qPrintable(f.window->inspector()->title()));
    f.window->inspector()->setCurrentIndex(1);
    QTRY_VERIFY(!f.window->inspector()->candidates()->isBusy());
    QCOMPARE(f.window->inspector()->candidates()->fitCount(), 2);
    f.select(f.portals(), {f.portalRow(portal5)});
    QTRY_COMPARE(f.window->inspector()->title(), QStringLiteral("10.0.1.5:3260"));
}

void WindowTest::findingsShowTheirObject()
{
    WindowFixture &f = *m_fixture;
    QTRY_COMPARE(f.window->findings()->count(), 2); // an address that is gone, an endpoint without a portal
    auto *list = f.window->findChild<QListView *>(QStringLiteral("findings"));
    QVERIFY(list->model()->index(0, 0).data().toString().contains(QLatin1String("nothing can connect")));
    emit list->activated(list->model()->index(0, 0));
    QCOMPARE(f.targets()->currentIndex().siblingAtColumn(0), f.endpointRow(mail, 2));
    emit list->activated(list->model()->index(1, 0));
    QCOMPARE(f.portals()->currentIndex().siblingAtColumn(0), f.portalRow(QStringLiteral("10.0.1.9")));
}

void WindowTest::everythingHasAName()
{
    WindowFixture &f = *m_fixture;
    for (const QAbstractItemView *view : f.window->findChildren<QAbstractItemView *>()) {
        if (qobject_cast<const QHeaderView *>(view) || !view->isVisible())
            continue;
        QVERIFY2(!view->accessibleName().isEmpty(), qPrintable(view->objectName()));
    }
    for (const QLineEdit *line : f.window->findChildren<QLineEdit *>())
        QVERIFY2(!line->accessibleName().isEmpty() || !line->isVisible(), qPrintable(line->objectName()));
    for (const QModelIndex &row : {f.portalRow(portal5), f.groupRow(QStringLiteral("A")), f.endpointRow(mail, 1),
                                   f.bindingRow(mail, 1, portal5)}) {
        const QString spoken = row.data(Qt::AccessibleTextRole).toString();
        QVERIFY2(spoken.size() > row.data().toString().size(), qPrintable(spoken));
    }
}

void WindowTest::f6GoesRound()
{
    WindowFixture &f = *m_fixture;
    QApplication::setActiveWindow(f.window.get());
    f.portals()->setFocus();
    QVERIFY(f.portals()->hasFocus());
    action(ActionId::NextPane)->trigger();
    QVERIFY(f.targets()->hasFocus());
    action(ActionId::PreviousPane)->trigger();
    QVERIFY(f.portals()->hasFocus());
    int steps = 0;
    do {
        action(ActionId::NextPane)->trigger();
        QVERIFY(QApplication::focusWidget());
        ++steps;
    } while (!f.portals()->hasFocus() && steps < 20);
    QVERIFY(steps >= 4 && steps < 20);
}

void WindowTest::singleTree()
{
    WindowFixture &f = *m_fixture;
    action(ActionId::SingleTree)->trigger();
    QVERIFY(!f.window->targetsPane()->isVisible());
    QTRY_VERIFY(f.portals()->tree()->sections() == TreeSections::All);
    action(ActionId::SingleTree)->trigger();
    QVERIFY(f.window->targetsPane()->isVisible());
}

void WindowTest::newPortalForm()
{
    WindowFixture &f = *m_fixture;
    f.select(f.portals(), {f.groupRow(QStringLiteral("A"))});
    action(ActionId::CreatePortal)->trigger();
    auto *address = f.window->findChild<QLineEdit *>(QStringLiteral("portalAddress"));
    auto *message = f.window->findChild<QLabel *>(QStringLiteral("portalAddressMessage"));
    auto *verdict = f.window->findChild<QLabel *>(QStringLiteral("formVerdict"));
    QVERIFY(address && message);
    QTest::keyClicks(address, QStringLiteral("10.0.1.256"));
    QVERIFY(message->isVisible() && !message->text().isEmpty());
    QTest::keyClick(address, Qt::Key_Return);
    QVERIFY(f.pending().isEmpty());
    address->setText(portal5); // there is one with this address
    QVERIFY(!message->isVisible());
    QVERIFY2(verdict->text().contains(QLatin1String("(4097)")), qPrintable(verdict->text()));
    address->setText(QStringLiteral("2001:db8::77"));
    QTest::keyClick(address, Qt::Key_Return);
    QCOMPARE(f.pending().size(), 1);
    QVERIFY(std::holds_alternative<CreatePortal>(f.pending().first()));
    QVERIFY(f.portal(QStringLiteral("2001:db8::77")));
}

void WindowTest::copyIdentity()
{
    WindowFixture &f = *m_fixture;
    f.select(f.targets(), {f.endpointRow(mail, 2)});
    f.key(f.targets(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("iqn.2026-11.com.example:mail,t,0x0002"));
}

QTEST_MAIN(WindowTest)
#include "tst_window.moc"
