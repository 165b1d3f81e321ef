// SPDX-License-Identifier: Apache-2.0
#include "app/oneshot.h"
#include "app/windup.h"
#include "model/task.h"

#include <QElapsedTimer>
#include <QTest>
#include <QTimer>

using namespace portalbind;

namespace {

Task<bool> waiting(Oneshot<bool> done)
{
    co_return co_await done;
}

} // namespace

class TestWindUp : public QObject
{
    Q_OBJECT
private slots:
    void nothingToDo();
    void endsWhatWasCancelled();
    void hasAnEnd();
};

void TestWindUp::nothingToDo()
{
    QCOMPARE(spawnedTasks(), 0);
    bool ran = false;
    QTimer::singleShot(0, this, [&] { ran = true; });
    windUp();
    QVERIFY(!ran); // not even a turn of the event loop
    QTRY_VERIFY(ran);
}

void TestWindUp::endsWhatWasCancelled()
{
    const Oneshot<bool> done;
    bool ended = false;
    spawn<bool>(waiting(done), [&](bool value) { ended = value; });
    QCOMPARE(spawnedTasks(), 1);
    QTimer::singleShot(30, this, [&] { done.finish(true); }); // as an I/O thread would
    windUp();
    QVERIFY(ended);
    QCOMPARE(spawnedTasks(), 0);
}

void TestWindUp::hasAnEnd()
{
    const Oneshot<bool> done;
    spawn<bool>(waiting(done), [](bool) {});
    QElapsedTimer since;
    since.start();
    windUp(std::chrono::milliseconds(50));
    QVERIFY(since.elapsed() >= 50);
    QCOMPARE(spawnedTasks(), 1); // somebody who cannot be stopped
    done.finish(true);
    QTRY_COMPARE(spawnedTasks(), 0);
}

QTEST_GUILESS_MAIN(TestWindUp)
#include "tst_windup.moc"
