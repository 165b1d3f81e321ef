// SPDX-License-Identifier: Apache-2.0
#include "workerjobs.h"

#include <QTest>

using namespace portalbind;

namespace {

Task<int> number(int value)
{
    co_return value;
}

Task<int> sumTo(int n)
{
    if (n == 0)
        co_return 0;
    co_return n + co_await sumTo(n - 1);
}

Task<int> loop(int n)
{
    int sum = 0;
    for (int i = 0; i < n; ++i)
        sum += co_await number(1);
    co_return sum;
}

Task<int> mark(bool *started)
{
    *started = true;
    co_return 1;
}

Task<std::unique_ptr<int>> moveOnly()
{
    co_return std::make_unique<int>(7);
}

} // namespace

class TestTask : public QObject
{
    Q_OBJECT
private slots:
    void init() { Counted::alive = 0; }
    void lazy();
    void droppedUnstarted();
    void moves();
    void deepChain();
    void longLoop();
    void nestedCancel();
    void errorPassesThrough();
    void spawnedFromTheContinuation();
};

void TestTask::lazy()
{
    bool started = false;
    auto task = mark(&started);
    QVERIFY(!started);
    int got = 0;
    spawn<int>(std::move(task), [&](int value) { got = value; });
    QVERIFY(started);
    QCOMPARE(got, 1);
}

void TestTask::droppedUnstarted()
{
    bool started = false;
    {
        const auto task = mark(&started);
    }
    QVERIFY(!started);
}

void TestTask::moves()
{
    std::unique_ptr<int> got;
    spawn<std::unique_ptr<int>>(moveOnly(), [&](std::unique_ptr<int> value) { got = std::move(value); });
    QVERIFY(got);
    QCOMPARE(*got, 7);

    auto one = number(1);
    auto two = number(2);
    one = std::move(two);
    int sum = 0;
    spawn<int>(std::move(one), [&](int value) { sum += value; });
    QCOMPARE(sum, 2);
}

void TestTask::deepChain()
{
    int got = 0;
    spawn<int>(sumTo(1000), [&](int value) { got = value; });
    QCOMPARE(got, 500500);
}

void TestTask::longLoop()
{
    int got = 0;
    spawn<int>(loop(10'000), [&](int value) { got = value; });
    QCOMPARE(got, 10'000);
}

void TestTask::nestedCancel()
{
    Worker worker(QStringLiteral("test"));
    Held gate;
    std::stop_source stop;
    std::atomic<int> ran{0};
    std::optional<Result<int>> got;
    spawn<Result<int>>(readTwice(&worker, stop.get_token(),
                                 [&](const std::stop_token &) -> Result<int> {
                                     if (++ran == 2)
                                         gate.pass();
                                     return 1;
                                 }),
                       [&](const Result<int> &value) { got = value; });
    // The second job is reached only when this thread resumes the first awaiter.
    QTRY_COMPARE(gate.entered.available(), 1);
    QVERIFY(!got);
    stop.request_stop();
    QTRY_VERIFY(got.has_value());
    QVERIFY(!*got);
    QCOMPARE(got->error().kind, Error::Kind::Cancelled);
    QCOMPARE(Counted::alive.load(), 0);
    gate.leave.release();
}

void TestTask::errorPassesThrough()
{
    Worker worker(QStringLiteral("test"));
    std::optional<Result<int>> got;
    spawn<Result<int>>(readTwice(&worker, {},
                                 [](const std::stop_token &) -> Result<int> {
                                     return failure(Error::Kind::File, QStringLiteral("It broke."),
                                                    QStringLiteral("a.db"));
                                 }),
                       [&](const Result<int> &value) { got = value; });
    QTRY_VERIFY(got.has_value());
    QVERIFY(!*got);
    QCOMPARE(got->error().kind, Error::Kind::File);
    QCOMPARE(got->error().where, QStringLiteral("a.db"));
}

void TestTask::spawnedFromTheContinuation()
{
    // What a session does: read, and when that is done, read again, out of the continuation of the first.
    Worker worker(QStringLiteral("test"));
    int rounds = 0;
    std::function<void()> again = [&] {
        spawn<Result<int>>(read(&worker, {}, [](const std::stop_token &) -> Result<int> { return 1; }),
                           [&](const Result<int> &) {
                               if (++rounds < 100)
                                   again();
                           });
    };
    again();
    QTRY_COMPARE(rounds, 100);
    QCOMPARE(Counted::alive.load(), 0);
}

QTEST_GUILESS_MAIN(TestTask)
#include "tst_task.moc"
