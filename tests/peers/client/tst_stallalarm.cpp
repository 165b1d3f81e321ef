// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/client/stallalarm.h"

#include <QTest>
#include <QThread>

#include <ctime>

class TestStallAlarm : public QObject
{
    Q_OBJECT

private slots:
    void calm()
    {
        StallAlarm alarm;
        alarm.begin();
        QVERIFY(!runUntil([] { return false; }, 200));
        alarm.end();
        QVERIFY2(alarm.isCalm(), qPrintable(alarm.text()));
        QVERIFY(alarm.longestStall() > 0);
    }

    /// A thread that waits for something, as for a server: it costs nothing, and nothing moves.
    void blocked()
    {
        StallAlarm alarm;
        alarm.begin();
        QTimer::singleShot(20, this, [] { QThread::msleep(600); });
        QVERIFY(!runUntil([] { return false; }, 700));
        alarm.end();
        QVERIFY2(alarm.longestStall() >= 500 && alarm.longestTurn() < 50, qPrintable(alarm.text()));
        QVERIFY(!alarm.isCalm());
    }

    /// A thread that has too much to do at once.
    void busy()
    {
        StallAlarm alarm;
        alarm.begin();
        bool done = false;
        QTimer::singleShot(20, this, [&done] {
            timespec now{};
            ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
            const double begin = double(now.tv_sec) + double(now.tv_nsec) / 1e9;
            while (double(now.tv_sec) + double(now.tv_nsec) / 1e9 < begin + 0.1)
                ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
            done = true;
        });
        QVERIFY(runUntil([&done] { return done; }, 5000));
        QVERIFY(!runUntil([] { return false; }, 20)); // a turn ends with the next one
        alarm.end();
        QVERIFY2(alarm.longestTurn() >= 100, qPrintable(alarm.text()));
        QVERIFY(!alarm.isCalm());
    }
};

QTEST_GUILESS_MAIN(TestStallAlarm)
#include "tst_stallalarm.moc"
