// SPDX-License-Identifier: Apache-2.0
#include "tests/widgets/windowfixture.h"
#include "widgets/bindcandidates.h"
#include "widgets/findingspanel.h"
#include "widgets/inspector.h"
#include "widgets/inventorypane.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QTest>

using namespace portalbind;

class TestWindowPanes : public WindowTest
{
    Q_OBJECT
private slots:
    void disabledActionsSayWhy();
    void everyActionIsInAMenu();
    void searchKeepsAncestorsAndEscClears();
    void refreshKeepsSelectionAndExpansion();
    void troubleIsSaidInABanner();
    void emptyStates();
    void emptyPanesNameTheMenu();
    void inspectorFollowsTheSelection();
    void findingsShowTheirObject();
    void everythingHasAName();
    void f6GoesRound();
    void singleTree();
    void expandAll();
    void expandTooMuch();
    void newPortalForm();
    void copyIdentity();
};

void TestWindowPanes::disabledActionsSayWhy()
{
    WindowFixture &f = *m_fixture;
    const auto check = [&] {
        for (int i = 0; i < actionCount; ++i) {
            const QAction *each = action(ActionId(i));
            QVERIFY2(!each->toolTip().isEmpty() && each->toolTip() == each->statusTip(),
                     qPrintable(each->objectName()));
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

void TestWindowPanes::everyActionIsInAMenu()
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
    const std::pair<const char *, const char *> promised[] = {{"Ctrl+N", "connect"},
                                                              {"F5", "refresh"},
                                                              {"Ctrl+W", "closeConnection"},
                                                              {"Ctrl+F", "search"},
                                                              {"Ctrl+B", "bindTo"},
                                                              {"Del", "unbind"},
                                                              {"Ctrl+X", "cut"},
                                                              {"Ctrl+C", "copy"},
                                                              {"Ctrl+V", "paste"},
                                                              {"Ctrl+Z", "undo"},
                                                              {"Ctrl+Shift+Z", "redo"},
                                                              {"Ctrl+Return", "apply"},
                                                              {"F6", "nextPane"},
                                                              {"F2", "rename"},
                                                              {"Shift+F6", "previousPane"},
                                                              {"Ctrl+R", "report"},
                                                              {"Ctrl+Shift+C", "copyIdentity"}};
    for (const auto &[key, name] : promised)
        QCOMPARE(keys.value(QKeySequence::fromString(QLatin1String(key), QKeySequence::PortableText)),
                 QLatin1String(name));
}

void TestWindowPanes::searchKeepsAncestorsAndEscClears()
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

void TestWindowPanes::refreshKeepsSelectionAndExpansion()
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

void TestWindowPanes::troubleIsSaidInABanner()
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
        said = said
                || (label->isVisible() && label->text().contains(error.what) && label->text().contains(error.remedy));
    QVERIFY(said);
    QVERIFY(f.portalRow(portal6).isValid()); // the last known state stays
    QVERIFY(f.portalRow(portal6).data(InventoryTreeModel::StaleRole).toBool());
    retries.first()->click();
    QTRY_COMPARE(f.session()->state(), Session::State::Live);
    QVERIFY(!retries.first()->isVisible());
}

void TestWindowPanes::emptyStates()
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

void TestWindowPanes::emptyPanesNameTheMenu()
{
    WindowFixture &f = *m_fixture;
    const Inventory before = f.inventory();
    const ServerHandle server = before.servers().first();
    for (const NodeHandle node : before.nodesOf(server)) {
        for (const EndpointHandle each : before.endpointsOf(node))
            f.backend->change(DeleteEndpoint{each});
        f.backend->change(DeleteNode{node});
    }
    for (const PortalHandle portal : before.portalsOf(server))
        f.backend->change(DeletePortal{portal});
    for (const GroupHandle group : before.groupsOf(server))
        f.backend->change(DeleteGroup{group});
    action(ActionId::Refresh)->trigger();
    const std::pair<InventoryView *, ActionId> panes[] = {{f.targets(), ActionId::CreateNode},
                                                          {f.portals(), ActionId::CreatePortal}};
    for (const auto &[view, id] : panes) {
        const auto *text = view->parentWidget()->findChild<QLabel *>(QStringLiteral("emptyText"));
        QVERIFY(text);
        QTRY_VERIFY(text->isVisible());
        const QStringList words = text->text().split(QLatin1Char(' '));
        const qsizetype arrow = words.indexOf(QStringLiteral("▸"));
        QVERIFY2(arrow > 0, qPrintable(text->text()));
        bool isThere = false;
        for (const QAction *menu : f.window->menuBar()->actions()) {
            if (menu->text().remove(QLatin1Char('&')) == words.at(arrow - 1))
                isThere = menu->menu()->actions().contains(action(id));
        }
        QVERIFY2(isThere, qPrintable(text->text()));
        QVERIFY(text->text().contains(QStringLiteral("▸ ") + action(id)->text().remove(QLatin1Char('&'))));
    }
}

void TestWindowPanes::inspectorFollowsTheSelection()
{
    WindowFixture &f = *m_fixture;
    f.select(f.targets(), {f.endpointRow(mail, 1)});
    QTRY_VERIFY2(f.window->inspector()->title().contains(QLatin1String("mail")),
                 qPrintable(f.window->inspector()->title()));
    f.window->inspector()->setCurrentIndex(1);
    QTRY_VERIFY(!f.window->inspector()->candidates()->isBusy());
    QCOMPARE(f.window->inspector()->candidates()->fitCount(), 2);
    f.select(f.portals(), {f.portalRow(portal5)});
    QTRY_COMPARE(f.window->inspector()->title(), QStringLiteral("10.0.1.5:3260"));
}

void TestWindowPanes::findingsShowTheirObject()
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

void TestWindowPanes::everythingHasAName()
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

void TestWindowPanes::f6GoesRound()
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

void TestWindowPanes::singleTree()
{
    WindowFixture &f = *m_fixture;
    action(ActionId::SingleTree)->trigger();
    QVERIFY(!f.window->targetsPane()->isVisible());
    QTRY_VERIFY(f.portals()->tree()->sections() == TreeSections::All);
    action(ActionId::SingleTree)->trigger();
    QVERIFY(f.window->targetsPane()->isVisible());
}

void TestWindowPanes::expandAll()
{
    WindowFixture &f = *m_fixture;
    action(ActionId::CollapseAll)->trigger();
    const QModelIndex server = f.targets()->model()->index(0, 0);
    const QModelIndex endpoint = f.endpointRow(QStringLiteral("mail"), 1);
    f.targets()->setFocus();
    f.targets()->setCurrentIndex(server);
    action(ActionId::CollapseAll)->trigger();
    QVERIFY(f.targets()->isExpanded(server));
    QVERIFY(!f.targets()->isExpanded(endpoint.parent()));
    f.key(f.targets(), Qt::Key_Asterisk);
    QVERIFY(f.targets()->isExpanded(endpoint));
}

void TestWindowPanes::expandTooMuch()
{
    WindowFixture f(InventoryView::mostOpened);
    QVERIFY(f.open());
    const QModelIndex server = f.portals()->model()->index(0, 0);
    f.portals()->collapseAll();
    f.portals()->setFocus();
    f.portals()->setCurrentIndex(server);
    f.window->actions()[ActionId::ExpandAll]->trigger();
    QVERIFY(f.portals()->isExpanded(server));
    QVERIFY(!f.portals()->isExpanded(f.groupRow(QStringLiteral("B"))));
    QVERIFY(f.window->sentence().contains(QLatin1String("3,000"))
            || f.window->sentence().contains(QLatin1String("3000")));
}

void TestWindowPanes::newPortalForm()
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

void TestWindowPanes::copyIdentity()
{
    WindowFixture &f = *m_fixture;
    f.select(f.targets(), {f.endpointRow(mail, 2)});
    f.key(f.targets(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("iqn.2026-11.com.example:mail,t,0x0002"));
}

QTEST_MAIN(TestWindowPanes)
#include "tst_windowpanes.moc"
