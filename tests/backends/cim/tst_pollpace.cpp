// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/pollpace.h"

#include <QTest>

using namespace portalbind;
using namespace portalbind::cim;

/// When a server is read again, by a clock that the test moves.
class TestPollPace : public QObject
{
    Q_OBJECT
private slots:
    void calm_data();
    void calm();
    void notBeforeTheFirstRead();
    void notWhileBusy();
    void hidden();
    void soonerAfterAWrite();
    void slowServer();
    void silentServer();
    void refusedSignIn();
    void cancelled();
    void nobodyReads();

private:
    static PollPace read(qint64 now, qint64 took)
    {
        PollPace pace;
        pace.started();
        pace.loaded(now, took);
        return pace;
    }
};

void TestPollPace::calm_data()
{
    QTest::addColumn<qint64>("took");
    QTest::addColumn<qint64>("pause");
    QTest::newRow("quick") << qint64(20) << qint64(10'000);
    QTest::newRow("a second") << qint64(1'000) << qint64(10'000);
    QTest::newRow("two seconds") << qint64(2'000) << qint64(20'000);
    QTest::newRow("five seconds") << qint64(5'000) << qint64(30'000);
    QTest::newRow("a minute") << qint64(60'000) << qint64(120'000);
}

void TestPollPace::calm()
{
    QFETCH(const qint64, took);
    QFETCH(const qint64, pause);
    QCOMPARE(read(500'000, took).due(), std::optional(500'000 + pause));
}

void TestPollPace::notBeforeTheFirstRead()
{
    PollPace pace;
    QVERIFY(!pace.due());
    pace.started();
    QVERIFY(!pace.due());
    pace.failed(10, Error::Kind::Transport); // a person tries again, or not
    QVERIFY(!pace.due());
}

void TestPollPace::notWhileBusy()
{
    PollPace pace = read(1'000, 20);
    pace.started();
    pace.started();
    QVERIFY(!pace.due());
    pace.loaded(2'000, 20);
    QVERIFY(!pace.due());
    pace.wrote(3'000);
    QVERIFY(pace.due());
}

void TestPollPace::hidden()
{
    PollPace pace = read(1'000, 20);
    pace.setVisible(false);
    QVERIFY(!pace.due());
    pace.setVisible(true);
    QCOMPARE(pace.due(), std::optional<qint64>(11'000)); // passed, when it was hidden for long: due at once
}

void TestPollPace::soonerAfterAWrite()
{
    PollPace pace = read(1'000, 20);
    pace.started();
    pace.wrote(2'000);
    qint64 now = 2'000;
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(pace.due(), std::optional(now + 3'000));
        now += 3'000;
        pace.told(now);
        pace.started();
        pace.loaded(now, 20);
    }
    QCOMPARE(pace.due(), std::optional(now + 10'000));
}

void TestPollPace::slowServer()
{
    PollPace pace = read(1'000, 40'000);
    pace.started();
    pace.wrote(2'000);
    QCOMPARE(pace.due(), std::optional<qint64>(82'000)); // not all the time, also after a write
}

void TestPollPace::silentServer()
{
    PollPace pace = read(1'000, 20);
    qint64 now = 100'000;
    for (const qint64 pause : {30'000, 60'000, 120'000, 240'000, 480'000, 480'000}) {
        pace.started();
        pace.failed(now, Error::Kind::Timeout);
        QCOMPARE(pace.due(), std::optional(now + pause));
        now += pause;
    }
    pace.started();
    pace.loaded(now, 20);
    QCOMPARE(pace.due(), std::optional(now + 10'000));
}

void TestPollPace::refusedSignIn()
{
    for (const Error::Kind kind : {Error::Kind::SignIn, Error::Kind::Rights}) {
        PollPace pace = read(1'000, 20);
        pace.started();
        pace.failed(2'000, kind);
        QVERIFY(!pace.due());
        pace.setVisible(false);
        pace.setVisible(true);
        QVERIFY(!pace.due());
        pace.started(); // a person asked
        pace.loaded(3'000, 20);
        QVERIFY(pace.due());
    }
}

void TestPollPace::cancelled()
{
    PollPace pace = read(1'000, 20);
    pace.started();
    pace.failed(5'000, Error::Kind::Cancelled);
    QCOMPARE(pace.due(), std::optional<qint64>(15'000));
}

void TestPollPace::nobodyReads()
{
    PollPace pace = read(1'000, 20);
    pace.told(11'000); // held back by a drag, say
    QCOMPARE(pace.due(), std::optional<qint64>(21'000));
}

QTEST_GUILESS_MAIN(TestPollPace)
#include "tst_pollpace.moc"
