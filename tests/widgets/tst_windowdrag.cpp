// SPDX-License-Identifier: Apache-2.0
#include "tests/widgets/windowfixture.h"
#include "widgets/inventorypane.h"
#include "widgets/unbindzone.h"

#include <QDragEnterEvent>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>

using namespace portalbind;

class TestWindowDrag : public WindowTest
{
    Q_OBJECT
private slots:
    void portalBinds();
    void manyPortalsBind();
    void groupBinds();
    void refusedDropSaysWhyAndChangesNothing();
    void refusedDropLeavesItsReason();
    void bindingMovesWithinItsTarget();
    void bindingIsSharedWithAnotherTarget();
    void shiftMovesItThere();
    void unbindZoneUnbinds();
    void unbindZoneAppearsForBindingsOnly();
    void portalJoinsAGroup();
    void rowsThatRefuseAreDimmed();
    void refreshWaitsForTheEnd();
    void dragsOfOthersMeanNothing();
    void endpointGoneInMidDrag();
    void mouseStartsADrag();
};

void TestWindowDrag::portalBinds()
{
    WindowFixture &f = *m_fixture;
    const auto dragged = f.drag(f.portals(), {f.portalRow(portal6)}, f.targets(), f.endpointRow(mail, 1));
    QVERIFY(dragged.accepted);
    QCOMPARE(dragged.action, Qt::CopyAction);
    QVERIFY2(dragged.sentence.startsWith(QLatin1String("Bind 10.0.1.6:3260 to ")), qPrintable(dragged.sentence));
    QCOMPARE(dragged.tip, dragged.sentence);
    QVERIFY((f.pending() == QList<Operation>{Bind{f.endpoint(mail, 1), f.portal(portal6)}}));
    const QModelIndex row = f.bindingRow(mail, 1, portal6);
    QVERIFY(row.isValid());
    QCOMPARE(row.data(InventoryTreeModel::MarkRole).toInt(), int(TreeMark::Added));
    QVERIFY(f.backend->sent.isEmpty());
}

void TestWindowDrag::manyPortalsBind()
{
    WindowFixture &f = *m_fixture;
    const auto dragged = f.drag(f.portals(), {f.portalRow(portal6), f.portalRow(QStringLiteral("10.0.2.5"))},
                                f.targets(), f.endpointRow(mail, 1));
    QVERIFY(dragged.accepted);
    QVERIFY2(dragged.sentence.contains(QLatin1String("1 of 2"))
                     && dragged.sentence.contains(QLatin1String("10.0.2.5:3260 belongs to another portal group")),
             qPrintable(dragged.sentence));
    QVERIFY((f.pending() == QList<Operation>{Bind{f.endpoint(mail, 1), f.portal(portal6)}}));
}

void TestWindowDrag::groupBinds()
{
    WindowFixture &f = *m_fixture;
    QVERIFY(f.drag(f.portals(), {f.groupRow(QStringLiteral("B"))}, f.targets(), f.endpointRow(mail, 2)).accepted);
    QCOMPARE(f.inventory().portalsBoundBy(f.endpoint(mail, 2)).size(), 2);
    QCOMPARE(f.session()->undoStack()->count(), 1);
    f.session()->undoStack()->undo();
    QVERIFY(f.pending().isEmpty());
}

void TestWindowDrag::refusedDropSaysWhyAndChangesNothing()
{
    WindowFixture &f = *m_fixture;
    const auto gone = f.drag(f.portals(), {f.portalRow(QStringLiteral("10.0.1.9"))}, f.targets(),
                             f.endpointRow(mail, 1));
    QVERIFY(!gone.accepted);
    QVERIFY2(gone.sentence.endsWith(QLatin1String("(4097)")), qPrintable(gone.sentence));
    QCOMPARE(gone.tip, gone.sentence);
    const auto inUse = f.drag(f.portals(), {f.portalRow(portal5)}, f.targets(), f.endpointRow(mail, 2));
    QVERIFY(!inUse.accepted);
    QVERIFY2(inUse.sentence.contains(QLatin1String("(4098)")), qPrintable(inUse.sentence));
    const auto other = f.drag(f.portals(), {f.portalRow(QStringLiteral("10.0.2.5"))}, f.targets(),
                              f.endpointRow(mail, 1));
    QVERIFY(!other.accepted);
    QVERIFY2(other.sentence.contains(QLatin1String("(4099)")), qPrintable(other.sentence));
    QVERIFY(f.pending().isEmpty());
}

void TestWindowDrag::refusedDropLeavesItsReason()
{
    WindowFixture &f = *m_fixture;
    f.drag(f.portals(), {f.portalRow(QStringLiteral("10.0.1.9"))}, f.targets(), f.endpointRow(mail, 1));
    QVERIFY2(f.window->sentence().endsWith(QLatin1String("(4097)")), qPrintable(f.window->sentence()));
    f.drag(f.portals(), {f.portalRow(portal6)}, f.targets(), f.endpointRow(mail, 1));
    QVERIFY2(f.window->sentence().startsWith(QLatin1String("Pending: Bind ")), qPrintable(f.window->sentence()));
}

void TestWindowDrag::bindingMovesWithinItsTarget()
{
    WindowFixture &f = *m_fixture;
    const auto dragged = f.drag(f.targets(), {f.bindingRow(mail, 1, portal5)}, f.targets(), f.endpointRow(mail, 2));
    QVERIFY2(dragged.accepted, qPrintable(dragged.sentence));
    QCOMPARE(dragged.action, Qt::MoveAction);
    QVERIFY2(dragged.sentence.contains(QLatin1String("2 session")), qPrintable(dragged.sentence));
    QVERIFY((f.pending() == QList<Operation>{(Move{f.portal(portal5), f.endpoint(mail, 1), f.endpoint(mail, 2)})}));
    // The row that leaves stays, struck through, until it is applied: no view removed it.
    QCOMPARE(f.bindingRow(mail, 1, portal5).data(InventoryTreeModel::MarkRole).toInt(), int(TreeMark::Removed));
}

void TestWindowDrag::bindingIsSharedWithAnotherTarget()
{
    WindowFixture &f = *m_fixture;
    const auto dragged = f.drag(f.targets(), {f.bindingRow(mail, 1, portal5)}, f.targets(), f.endpointRow(db, 1));
    QVERIFY(dragged.accepted);
    QCOMPARE(dragged.action, Qt::CopyAction);
    QVERIFY2(dragged.sentence.startsWith(QLatin1String("Also serve ")), qPrintable(dragged.sentence));
    QVERIFY((f.pending() == QList<Operation>{(Bind{f.endpoint(db, 1), f.portal(portal5)})}));
}

void TestWindowDrag::shiftMovesItThere()
{
    WindowFixture &f = *m_fixture;
    const auto dragged = f.drag(f.targets(), {f.bindingRow(mail, 1, portal5)}, f.targets(), f.endpointRow(db, 1),
                                Qt::ShiftModifier);
    QVERIFY(dragged.accepted);
    QCOMPARE(dragged.action, Qt::MoveAction);
    QVERIFY((f.pending() == QList<Operation>{(Move{f.portal(portal5), f.endpoint(mail, 1), f.endpoint(db, 1)})}));
}

void TestWindowDrag::unbindZoneUnbinds()
{
    WindowFixture &f = *m_fixture;
    auto *zone = f.window->targetsPane()->findChild<UnbindZone *>();
    const auto dragged = f.drag(f.targets(), {f.bindingRow(mail, 1, portal5)}, zone, QPoint(10, 5));
    QVERIFY(dragged.accepted);
    QVERIFY2(dragged.sentence.startsWith(QLatin1String("Unbind 10.0.1.5:3260 from ")), qPrintable(dragged.sentence));
    QVERIFY((f.pending() == QList<Operation>{(Unbind{f.endpoint(mail, 1), f.portal(portal5)})}));
}

void TestWindowDrag::unbindZoneAppearsForBindingsOnly()
{
    WindowFixture &f = *m_fixture;
    auto *zone = f.window->targetsPane()->findChild<UnbindZone *>();
    QVERIFY(!zone->isVisible());
    f.drag(f.portals(), {f.portalRow(portal6)}, f.targets(), f.endpointRow(mail, 1), Qt::NoModifier, false);
    QVERIFY(!zone->isVisible());
    f.window->dragState().end();
    f.drag(f.targets(), {f.bindingRow(mail, 1, portal5)}, f.targets(), f.endpointRow(mail, 2), Qt::NoModifier, false);
    QVERIFY(zone->isVisible());
    f.window->dragState().end();
    QVERIFY(!zone->isVisible());
}

void TestWindowDrag::portalJoinsAGroup()
{
    WindowFixture &f = *m_fixture;
    const auto dragged = f.drag(f.portals(), {f.portalRow(portal6)}, f.portals(), f.groupRow(QStringLiteral("B")));
    QVERIFY2(dragged.accepted, qPrintable(dragged.sentence));
    QVERIFY((f.pending() == QList<Operation>{(JoinGroup{f.group(QStringLiteral("B")), f.portal(portal6)})}));
}

void TestWindowDrag::rowsThatRefuseAreDimmed()
{
    WindowFixture &f = *m_fixture;
    DragState &state = f.window->dragState();
    f.drag(f.portals(), {f.portalRow(QStringLiteral("10.0.2.5"))}, f.targets(), f.endpointRow(mail, 2), Qt::NoModifier,
           false);
    const DropPlace refuses = DropPlace::on(f.endpoint(mail, 1));
    const DropPlace takes = DropPlace::on(f.endpoint(mail, 2));
    QTRY_COMPARE(state.takes(f.session(), refuses), DragState::Takes::No);
    QTRY_COMPARE(state.takes(f.session(), takes), DragState::Takes::Yes);
    // What the person sees: the row that refuses is fainter than before.
    const QRect row = f.targets()->visualRect(f.endpointRow(mail, 1));
    const auto darkest = [&] {
        const QImage image = f.targets()->viewport()->grab(row).toImage();
        int least = 255;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                least = qMin(least, qGray(image.pixel(x, y)));
        return least;
    };
    f.window->setTheme(Settings::Theme::Light);
    const int dimmed = darkest();
    state.end();
    QVERIFY2(darkest() < dimmed - 40, qPrintable(QString::number(dimmed)));
}

void TestWindowDrag::refreshWaitsForTheEnd()
{
    WindowFixture &f = *m_fixture;
    const PortalHandle portal = f.portal(QStringLiteral("10.0.2.5"));
    const EndpointHandle endpoint = f.endpoint(mail, 2);
    f.drag(f.portals(), {f.portalRow(portal6)}, f.targets(), f.endpointRow(mail, 1), Qt::NoModifier, false);
    f.backend->change(Bind{endpoint, portal});
    f.session()->refresh();
    QTest::qWait(100);
    QVERIFY(!f.inventory().binds(endpoint, portal)); // what lies under the pointer stays as it is
    f.window->dragState().end();
    QTRY_VERIFY(f.inventory().binds(endpoint, portal));
}

void TestWindowDrag::dragsOfOthersMeanNothing()
{
    WindowFixture &f = *m_fixture;
    QMimeData foreign;
    foreign.setData(DragState::mimeType(), "somebody else's token");
    foreign.setText(QStringLiteral("10.0.1.6:3260"));
    const QPoint at = f.targets()->visualRect(f.endpointRow(mail, 1)).center();
    QDragEnterEvent enter(at, Qt::CopyAction | Qt::MoveAction, &foreign, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(f.targets()->viewport(), &enter);
    QVERIFY(!enter.isAccepted());
    // Qt brings a drop only to a widget that accepted the entry.
    QVERIFY(!f.window->dragState().owns(&foreign));
    QVERIFY(f.pending().isEmpty());
}

void TestWindowDrag::endpointGoneInMidDrag()
{
    WindowFixture &f = *m_fixture;
    f.drag(f.portals(), {f.portalRow(portal6)}, f.targets(), f.endpointRow(mail, 2), Qt::NoModifier, false);
    const EndpointHandle endpoint = f.endpoint(mail, 2);
    // What is pending may change while the button is held down: the drop is judged on what holds then.
    QVERIFY(!f.session()->stage({DeleteEndpoint{endpoint}}, QStringLiteral("delete")).isRefused());
    const DropIntent intent = f.window->dragState().judgeWhole(f.session(), DropPlace::on(endpoint), {});
    QVERIFY(!intent.doesSomething());
    QVERIFY(!intent.sentence.isEmpty());
    f.window->dragState().end();
}

void TestWindowDrag::mouseStartsADrag()
{
    WindowFixture &f = *m_fixture;
    QSignalSpy started(&f.window->dragState(), &DragState::started);
    const QModelIndex row = f.portalRow(portal6);
    f.portals()->scrollTo(row);
    const QPoint at = f.portals()->visualRect(row).center();
    QTest::mousePress(f.portals()->viewport(), Qt::LeftButton, Qt::NoModifier, at);
    QTest::mouseMove(f.portals()->viewport(), at + QPoint(2, 2));
    for (int step = 1; step < 6; ++step) {
        const QPoint to = at + QPoint(10 * step, 4 * step);
        QMouseEvent move(QEvent::MouseMove, to, f.portals()->viewport()->mapToGlobal(to), Qt::NoButton, Qt::LeftButton,
                         Qt::NoModifier);
        QCoreApplication::sendEvent(f.portals()->viewport(), &move);
    }
    QTest::mouseRelease(f.portals()->viewport(), Qt::LeftButton, Qt::NoModifier, at);
    QCOMPARE(started.count(), 1); // off screen QDrag::exec() returns at once
    QVERIFY(!f.window->dragState().isActive());
    QVERIFY(f.portalRow(portal6).isValid());
}

QTEST_MAIN(TestWindowDrag)
#include "tst_windowdrag.moc"
