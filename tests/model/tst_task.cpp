// SPDX-License-Identifier: Apache-2.0
#include "model/task.h"
#include "model/worker.h"

#include <QSemaphore>
#include <QSignalSpy>
#include <QTest>

using namespace portalbind;

namespace {

/// Holds a job in the worker's thread until the test lets it go on.
struct Gate
{
    QSemaphore entered;
    QSemaphore leave;
    void pass()
    {
        entered.release();
        leave.acquire();
    }
};

/// Counts how many of these are alive: a frame that is never destroyed keeps its locals.
struct Counted
{
    static inline std::atomic<int> alive{0};
    Counted() { ++alive; }
    Counted(const Counted &) { ++alive; }
    ~Counted() { --alive; }
};

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

Task<Result<int>> read(Worker *worker, std::stop_token stop, std::function<Result<int>(std::stop_token)> job)
{
    const Counted local;
    const Result<int> result = co_await worker->run<int>(stop, std::move(job));
    co_return result;
}

Task<Result<int>> readTwice(Worker *worker, std::stop_token stop, std::function<Result<int>(std::stop_token)> job)
{
    const Result<int> first = co_await read(worker, stop, job);
    if (!first)
        co_return first;
    const Result<int> second = co_await read(worker, stop, job);
    if (!second)
        co_return second;
    co_return *first + *second;
}

Task<Result<QThread *>> threadAfter(Worker *worker)
{
    const Result<QThread *> inside = co_await worker->run<QThread *>(
            {}, [](const std::stop_token &) { return Result<QThread *>(QThread::currentThread()); });
    if (!inside || *inside == QThread::currentThread())
        co_return failure(Error::Kind::Server, QStringLiteral("ran in the awaiting thread"));
    co_return QThread::currentThread();
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
    void jobRunsElsewhereAndResumesHere();
    void jobsKeepTheirOrder();
    void cancelResumesAtOnce();
    void cancelBeforeStart();
    void lateResultIsDropped();
    void queuedJobOfACancelledCallNeverRuns();
    void cancelAfterTheEndChangesNothing();
    void jobSeesTheStopRequest();
    void nestedCancel();
    void errorPassesThrough();
    void manyRacingCancels();
    void destroyedWhileJobsAreQueued();
    void destroyedWaitsForTheRunningJob();
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

void TestTask::jobRunsElsewhereAndResumesHere()
{
    Worker worker(QStringLiteral("test"));
    std::optional<Result<QThread *>> got;
    spawn<Result<QThread *>>(threadAfter(&worker), [&](const Result<QThread *> &value) { got = value; });
    QVERIFY(!got); // never in the same turn: the caller's state is settled first
    QTRY_VERIFY(got.has_value());
    QVERIFY2(*got, *got ? "" : qPrintable(got->error().what));
    QCOMPARE(**got, QThread::currentThread());
}

void TestTask::jobsKeepTheirOrder()
{
    Worker worker(QStringLiteral("test"));
    QList<int> ran, resumed;
    for (int i = 0; i < 50; ++i) {
        spawn<Result<int>>(read(&worker, {},
                                [&ran, i](const std::stop_token &) -> Result<int> {
                                    ran.append(i);
                                    return i;
                                }),
                           [&resumed](const Result<int> &value) { resumed.append(value.value_or(-1)); });
    }
    QTRY_COMPARE(resumed.size(), 50);
    QCOMPARE(ran, resumed);
    for (int i = 0; i < 50; ++i)
        QCOMPARE(ran[i], i);
    QCOMPARE(Counted::alive.load(), 0);
}

void TestTask::cancelResumesAtOnce()
{
    Worker worker(QStringLiteral("test"));
    Gate gate;
    std::stop_source stop;
    std::optional<Result<int>> got;
    spawn<Result<int>>(read(&worker, stop.get_token(),
                            [&gate](const std::stop_token &) -> Result<int> {
                                gate.pass();
                                return 1;
                            }),
                       [&](const Result<int> &value) { got = value; });
    gate.entered.acquire();
    stop.request_stop();
    QVERIFY(!got); // through the event loop, not inside request_stop()
    QTRY_VERIFY(got.has_value()); // while the job still blocks
    QVERIFY(!*got);
    QCOMPARE(got->error().kind, Error::Kind::Cancelled);
    QCOMPARE(Counted::alive.load(), 0);
    gate.leave.release();
}

void TestTask::cancelBeforeStart()
{
    Worker worker(QStringLiteral("test"));
    std::stop_source stop;
    stop.request_stop();
    std::atomic<bool> ran{false};
    std::optional<Result<int>> got;
    spawn<Result<int>>(read(&worker, stop.get_token(),
                            [&ran](const std::stop_token &) -> Result<int> {
                                ran = true;
                                return 1;
                            }),
                       [&](const Result<int> &value) { got = value; });
    QTRY_VERIFY(got.has_value());
    QVERIFY(!*got);
    QCOMPARE(got->error().kind, Error::Kind::Cancelled);
    QVERIFY(!ran);
}

void TestTask::lateResultIsDropped()
{
    Worker worker(QStringLiteral("test"));
    Gate gate;
    std::stop_source stop;
    int resumed = 0;
    spawn<Result<int>>(read(&worker, stop.get_token(),
                            [&gate](const std::stop_token &) -> Result<int> {
                                gate.pass();
                                return 1;
                            }),
                       [&](const Result<int> &) { ++resumed; });
    gate.entered.acquire();
    stop.request_stop();
    QTRY_COMPARE(resumed, 1);
    gate.leave.release();
    // A job behind it shows that the late one has ended and that what it sent, if anything, was delivered.
    bool behind = false;
    spawn<Result<int>>(read(&worker, {}, [](const std::stop_token &) -> Result<int> { return 2; }),
                       [&](const Result<int> &) { behind = true; });
    QTRY_VERIFY(behind);
    QCOMPARE(resumed, 1);
    QCOMPARE(Counted::alive.load(), 0);
}

void TestTask::queuedJobOfACancelledCallNeverRuns()
{
    Worker worker(QStringLiteral("test"));
    Gate gate;
    worker.post([&gate] { gate.pass(); });
    gate.entered.acquire();

    std::stop_source stop;
    std::atomic<bool> ran{false};
    std::optional<Result<int>> got;
    spawn<Result<int>>(read(&worker, stop.get_token(),
                            [&ran](const std::stop_token &) -> Result<int> {
                                ran = true;
                                return 1;
                            }),
                       [&](const Result<int> &value) { got = value; });
    stop.request_stop();
    QTRY_VERIFY(got.has_value());
    gate.leave.release();
    bool behind = false;
    spawn<Result<int>>(read(&worker, {}, [](const std::stop_token &) -> Result<int> { return 2; }),
                       [&](const Result<int> &) { behind = true; });
    QTRY_VERIFY(behind);
    QVERIFY(!ran);
}

void TestTask::cancelAfterTheEndChangesNothing()
{
    Worker worker(QStringLiteral("test"));
    std::stop_source stop;
    int resumed = 0;
    Result<int> got = 0;
    spawn<Result<int>>(read(&worker, stop.get_token(), [](const std::stop_token &) -> Result<int> { return 5; }),
                       [&](Result<int> value) {
                           got = std::move(value);
                           ++resumed;
                       });
    QTRY_COMPARE(resumed, 1);
    stop.request_stop();
    bool behind = false;
    spawn<Result<int>>(read(&worker, {}, [](const std::stop_token &) -> Result<int> { return 2; }),
                       [&](const Result<int> &) { behind = true; });
    QTRY_VERIFY(behind);
    QCOMPARE(resumed, 1);
    QVERIFY(got);
    QCOMPARE(*got, 5);
}

void TestTask::jobSeesTheStopRequest()
{
    Worker worker(QStringLiteral("test"));
    Gate gate;
    std::stop_source stop;
    std::atomic<bool> seen{false};
    bool resumed = false;
    spawn<Result<int>>(read(&worker, stop.get_token(),
                            [&](const std::stop_token &token) -> Result<int> {
                                gate.pass();
                                seen = token.stop_requested();
                                return 1;
                            }),
                       [&](const Result<int> &) { resumed = true; });
    gate.entered.acquire();
    stop.request_stop();
    gate.leave.release();
    QTRY_VERIFY(resumed);
    QTRY_VERIFY(seen);
}

void TestTask::nestedCancel()
{
    Worker worker(QStringLiteral("test"));
    Gate gate;
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

void TestTask::manyRacingCancels()
{
    // The stop request and the result meet at every distance; each call ends once, whichever wins.
    Worker worker(QStringLiteral("test"));
    int ended = 0, cancelled = 0;
    constexpr int rounds = 500;
    for (int i = 0; i < rounds; ++i) {
        std::stop_source stop;
        QSemaphore started;
        spawn<Result<int>>(read(&worker, stop.get_token(),
                                [&started](const std::stop_token &) -> Result<int> {
                                    started.release();
                                    return 1;
                                }),
                           [&](const Result<int> &value) {
                               ++ended;
                               cancelled += value ? 0 : 1;
                           });
        started.acquire();
        for (int spin = 0; spin < i % 50; ++spin)
            std::atomic_signal_fence(std::memory_order_seq_cst);
        stop.request_stop();
        QTRY_COMPARE(ended, i + 1);
    }
    QVERIFY(cancelled <= rounds);
    QCOMPARE(Counted::alive.load(), 0);
}

void TestTask::destroyedWhileJobsAreQueued()
{
    std::atomic<int> ran{0};
    std::atomic<QThread *> thread{nullptr};
    Gate gate;
    int cancelled = 0;
    auto worker = std::make_unique<Worker>(QStringLiteral("test"));
    worker->post([&] {
        thread = QThread::currentThread();
        gate.pass();
    });
    gate.entered.acquire();
    for (int i = 0; i < 20; ++i) {
        worker->post([&ran] { ++ran; });
        spawn<Result<int>>(
                read(worker.get(), {},
                     [&ran](const std::stop_token &) -> Result<int> {
                         ++ran;
                         return 1;
                     }),
                [&](Result<int> value) { cancelled += !value && value.error().kind == Error::Kind::Cancelled; });
    }
    // The running job ends only once the destructor waits for it.
    QThread *const release = QThread::create([&] {
        while (!thread.load()->isInterruptionRequested())
            QThread::yieldCurrentThread();
        gate.leave.release();
    });
    release->start();
    worker.reset();
    release->wait();
    delete release;
    QCOMPARE(ran.load(), 0);
    QTRY_COMPARE(cancelled, 20);
    QCOMPARE(Counted::alive.load(), 0);
}

void TestTask::destroyedWaitsForTheRunningJob()
{
    std::atomic<bool> ended{false};
    Gate gate;
    auto worker = std::make_unique<Worker>(QStringLiteral("test"));
    worker->post([&] {
        gate.pass();
        ended = true;
    });
    gate.entered.acquire();
    gate.leave.release();
    worker.reset();
    QVERIFY(ended);
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
