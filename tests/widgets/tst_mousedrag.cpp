// SPDX-License-Identifier: Apache-2.0
#include "tests/widgets/windowfixture.h"
#include "widgets/inventorypane.h"

#include <QSignalSpy>
#include <QTest>
#include <QTimer>
#include <QWindow>

using namespace portalbind;

/// A drag by the mouse through the window system itself: press, QDrag::exec(), moves, release. Off screen there is
/// none; test_mousedrag.sh runs this under a virtual X server.
class TestMouseDrag : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        if (QGuiApplication::platformName() == QLatin1String("offscreen"))
            QSKIP("There is no drag off screen; test_mousedrag.sh runs this on an X server.");
    }
    void portalOntoEndpoint();
    void refusedOne();

private:
    /// Drags row \a from onto row \a to; what the status bar said before the button was released.
    QString drag(WindowFixture &f, const QModelIndex &from, const QModelIndex &to);
};

QString TestMouseDrag::drag(WindowFixture &f, const QModelIndex &from, const QModelIndex &to)
{
    QWindow *window = f.window->windowHandle();
    const auto inWindow = [&](InventoryView *view, const QModelIndex &row) {
        view->scrollTo(row);
        return view->viewport()->mapTo(f.window.get(), view->visualRect(row).center());
    };
    const QPoint start = inWindow(f.portals(), from);
    const QPoint end = inWindow(f.targets(), to);
    QString sentence;
    // The drag runs its own event loop within one of these steps: each has a timer of its own.
    constexpr int steps = 12;
    constexpr int pause = 30; // milliseconds
    bool released = false;
    for (int step = 1; step <= steps; ++step) {
        QTimer::singleShot(pause * step, f.window.get(),
                           [=] { QTest::mouseMove(window, start + (end - start) * step / steps); });
    }
    QTimer::singleShot(pause * (steps + 5), f.window.get(), [&] {
        sentence = f.window->sentence();
        released = true;
        QTest::mouseRelease(window, Qt::LeftButton, Qt::NoModifier, end);
    });
    QTest::mousePress(window, Qt::LeftButton, Qt::NoModifier, start);
    const bool ended = QTest::qWaitFor([&] { return released && !f.window->dragState().isActive(); });
    return ended ? sentence : QStringLiteral("the drag did not end");
}

void TestMouseDrag::portalOntoEndpoint()
{
    WindowFixture f;
    QVERIFY(f.open());
    QVERIFY(QTest::qWaitForWindowExposed(f.window.get()));
    const QModelIndex portal = f.portalRow(QStringLiteral("10.0.1.6"));
    f.select(f.portals(), {portal});
    f.select(f.targets(), {f.endpointRow(QStringLiteral("mail"), 1)});
    const QString sentence = drag(f, portal, f.endpointRow(QStringLiteral("mail"), 1));
    QVERIFY2(sentence.startsWith(QLatin1String("Bind 10.0.1.6:3260 to ")), qPrintable(sentence));
    QTRY_COMPARE(f.pending().size(), 1);
    QVERIFY(f.bindingRow(QStringLiteral("mail"), 1, QStringLiteral("10.0.1.6")).isValid());
    QVERIFY(f.portalRow(QStringLiteral("10.0.1.6")).isValid());
}

void TestMouseDrag::refusedOne()
{
    WindowFixture f;
    QVERIFY(f.open());
    QVERIFY(QTest::qWaitForWindowExposed(f.window.get()));
    const QModelIndex portal = f.portalRow(QStringLiteral("10.0.1.9"));
    f.select(f.portals(), {portal});
    f.select(f.targets(), {f.endpointRow(QStringLiteral("mail"), 1)});
    const QString sentence = drag(f, portal, f.endpointRow(QStringLiteral("mail"), 1));
    QVERIFY2(sentence.endsWith(QLatin1String("(4097)")), qPrintable(sentence));
    QVERIFY(f.pending().isEmpty());
    QCOMPARE(f.window->sentence(), sentence); // the reason stays after the button is up
}

QTEST_MAIN(TestMouseDrag)
#include "tst_mousedrag.moc"
