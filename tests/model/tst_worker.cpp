// SPDX-License-Identifier: Apache-2.0
#include "workerjobs.h"

#include <QSemaphore>
#include <QTest>

using namespace portalbind;

namespace {

Task<Result<QThread *>> threadAfter(Worker *worker)
{
    const Result<QThread *> inside = co_await worker->run<QThread *>(
            {}, [](const std::stop_token &) { return Result<QThread *>(QThread::currentThread()); });
    if (!inside || *inside == QThread::currentThread())
        co_return failure(Error::Kind::Server, QStringLiteral("ran in the awaiting thread"));
    co_return QThread::currentThread();
}

} // namespace

class TestWorker : public QObject
{
    Q_OBJECT
private slots:
    void init() { Counted::alive = 0; }
    void jobRunsElsewhereAndResumesHere();
    void jobsKeepTheirOrder();
    void cancelResumesAtOnce();
    void cancelBeforeStart();
    void lateResultIsDropped();
    void queuedJobOfACancelledCallNeverRuns();
    void cancelAfterTheEndChangesNothing();
    void jobSeesTheStopRequest();
    void manyRacingCancels();
    void destroyedWhileJobsAreQueued();
    void destroyedWaitsForTheRunningJob();
};

void TestWorker::jobRunsElsewhereAndResumesHere()
{
    Worker worker(QStringLiteral("test"));
    std::optional<Result<QThread *>> got;
    spawn<Result<QThread *>>(threadAfter(&worker), [&](const Result<QThread *> &value) { got = value; });
    QVERIFY(!got); // never in the same turn: the caller's state is settled first
    QTRY_VERIFY(got.has_value());
    QVERIFY2(*got, *got ? "" : qPrintable(got->error().what));
    QCOMPARE(**got, QThread::currentThread());
}

void TestWorker::jobsKeepTheirOrder()
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

void TestWorker::cancelResumesAtOnce()
{
    Worker worker(QStringLiteral("test"));
    Held gate;
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

void TestWorker::cancelBeforeStart()
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

void TestWorker::lateResultIsDropped()
{
    Worker worker(QStringLiteral("test"));
    Held gate;
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

void TestWorker::queuedJobOfACancelledCallNeverRuns()
{
    Worker worker(QStringLiteral("test"));
    Held gate;
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

void TestWorker::cancelAfterTheEndChangesNothing()
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

void TestWorker::jobSeesTheStopRequest()
{
    Worker worker(QStringLiteral("test"));
    Held gate;
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

void TestWorker::manyRacingCancels()
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

void TestWorker::destroyedWhileJobsAreQueued()
{
    std::atomic<int> ran{0};
    std::atomic<QThread *> thread{nullptr};
    Held gate;
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

void TestWorker::destroyedWaitsForTheRunningJob()
{
    std::atomic<bool> ended{false};
    Held gate;
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

QTEST_GUILESS_MAIN(TestWorker)
#include "tst_worker.moc"
