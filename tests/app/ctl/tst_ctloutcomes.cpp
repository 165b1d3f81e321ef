// SPDX-License-Identifier: Apache-2.0

// What becomes of a call when the server refuses, breaks off or cannot be reached, and when a person interrupts it.

#include "ctlrunner.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

#include <csignal>

using namespace portalbind;
using Ran = CtlRunner::Ran;

namespace {

const QString mail = QStringLiteral("iqn.2026-11.com.example:mail");

} // namespace

class TestCtlOutcomes : public QObject
{
    Q_OBJECT
private slots:
    void init() { m_ctl.emplace(); }

    void connectFails_data();
    void connectFails();
    void serverRefuses();
    void refusedButDone();
    void doneButNotShown();
    void serverUnreachable();
    void partlyApplied();
    void outcomeUnknown();
    void settledByReading();
    void interruptedRead();
    void interruptedPlan();

private:
    std::optional<CtlRunner> m_ctl;
};

void TestCtlOutcomes::connectFails_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<int>("code");
    QTest::newRow("unknown scheme") << QStringLiteral("ftp://host/") << 2;
    QTest::newRow("no such file, bare") << QStringLiteral("/no/such/file") << 2;
    QTest::newRow("nothing") << QStringLiteral("workbook:") << 2;
    QTest::newRow("no such file") << QStringLiteral("workbook:/no/such/file") << 5;
    QTest::newRow("a folder") << QStringLiteral("workbook:/") << 5;
    QTest::newRow("no workbook") << QStringLiteral("workbook:/etc/passwd") << 5;
}

void TestCtlOutcomes::connectFails()
{
    QFETCH(QString, url);
    QFETCH(int, code);
    const Ran ran = m_ctl->run({QStringLiteral("list"), QStringLiteral("--connect"), url, QStringLiteral("--json")});
    QCOMPARE(ran.code, code);
    QVERIFY(!ran.err.isEmpty());
    QVERIFY(ran.json().contains(QLatin1String("error")));
    QCOMPARE(m_ctl->run({QStringLiteral("list")}).code, 2);
}

static QByteArray bindFault(const char *answer)
{
    return QByteArray(R"({"faults": [{"method": "bind", "answer": )") + answer + "}]}";
}

void TestCtlOutcomes::serverRefuses()
{
    const QStringList bind = {QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"), mail + QStringLiteral(",1"),
                              QStringLiteral("--json")};
    const QByteArray before = m_ctl->contents();
    const Ran ran = m_ctl->under(bindFault("4099"), bind);
    QCOMPARE(ran.code, 3);
    const QJsonObject step = ran.json()[QLatin1String("steps")].toArray().first().toObject();
    QCOMPARE(step[QLatin1String("state")].toString(), QStringLiteral("refused"));
    QCOMPARE(step[QLatin1String("code")].toInt(), 4099);
    QCOMPARE(step[QLatin1String("decision")].toString(), QStringLiteral("refused"));
    QVERIFY(step[QLatin1String("reason")].toString().contains(QLatin1String("another portal group")));
    QCOMPARE(m_ctl->contents(), before);
}

void TestCtlOutcomes::refusedButDone()
{
    // What the server shows counts, whatever it answered.
    const Ran ran = m_ctl->under(R"({"faults": [{"method": "bind", "answer": 4099, "applied": true}]})",
                                 {QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"), mail + QStringLiteral(",1"),
                                  QStringLiteral("--json")});
    QCOMPARE(ran.code, 0);
    QCOMPARE(ran.json()[QLatin1String("done")].toInt(), 1);
}

void TestCtlOutcomes::doneButNotShown()
{
    const Ran ran = m_ctl->under(
            R"({"faults": [{"method": "bind", "answer": 0, "applied": false}]})",
            {QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"), mail + QStringLiteral(",1")});
    QCOMPARE(ran.code, 1);
    QVERIFY2(!ran.err.contains("could not be read"), ran.err.constData());
    QVERIFY2(ran.err.contains("does not show it"), ran.err.constData());
}

void TestCtlOutcomes::serverUnreachable()
{
    QCOMPARE(m_ctl->under(R"({"faults": [{"method": "load", "answer": "disconnect"}]})", words("list")).code, 5);
    const QByteArray before = m_ctl->contents();
    const Ran ran = m_ctl->under(
            bindFault("\"disconnect\""),
            {QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"), mail + QStringLiteral(",1")});
    QCOMPARE(ran.code, 5);
    QCOMPARE(m_ctl->contents(), before);
}

void TestCtlOutcomes::partlyApplied()
{
    const Ran ran = m_ctl->under(R"({"faults": [{"method": "bind", "nth": 2, "answer": 4}]})",
                                 {QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"),
                                  QStringLiteral("[2001:db8:0:1::6]:3260"), mail + QStringLiteral(",1"),
                                  QStringLiteral("--json")});
    QCOMPARE(ran.code, 7);
    QCOMPARE(ran.json()[QLatin1String("done")].toInt(), 1);
    QVERIFY(m_ctl->ctl("list bindings").out.contains("10.0.1.6:3260"));
}

void TestCtlOutcomes::outcomeUnknown()
{
    // The server did it, the answer was lost, and it cannot be read any more.
    const Ran ran = m_ctl->under(
            R"({"faults": [{"method": "bind", "answer": "disconnect", "applied": true, "failingLoads": 100}]})",
            {QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"), mail + QStringLiteral(",1"),
             QStringLiteral("--json")});
    QCOMPARE(ran.code, 7);
    QCOMPARE(ran.json()[QLatin1String("steps")].toArray().first().toObject()[QLatin1String("state")].toString(),
             QStringLiteral("unknown"));
}

void TestCtlOutcomes::settledByReading()
{
    const Ran ran = m_ctl->under(
            R"({"faults": [{"method": "bind", "answer": "timeout", "applied": true}]})",
            {QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"), mail + QStringLiteral(",1")});
    QCOMPARE(ran.code, 0);
    QVERIFY(ran.out.startsWith("done "));
    const Ran lost = m_ctl->under(R"({"faults": [{"method": "bind", "answer": "timeout"}]})",
                                  {QStringLiteral("bind"), QStringLiteral("[2001:db8:0:1::6]:3260"),
                                   mail + QStringLiteral(",1"), QStringLiteral("--json")});
    QCOMPARE(lost.code, 5);
    const QJsonObject step = lost.json()[QLatin1String("steps")].toArray().first().toObject();
    QVERIFY(step[QLatin1String("code")].isNull());
    QVERIFY(step[QLatin1String("reason")].toString().contains(QLatin1String("was not made")));
}

void TestCtlOutcomes::interruptedRead()
{
    QProcess process;
    const QString url = m_ctl->url() + QStringLiteral("?scenario=")
            + m_ctl->write("slow.json", R"({"delays": {"load": 60000}})");
    process.start(CtlRunner::program(), {QStringLiteral("list"), QStringLiteral("--connect"), url});
    QVERIFY(process.waitForStarted());
    QTest::qWait(300);
    ::kill(pid_t(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(10'000));
    // As if nobody had caught it: a shell sees an interrupted program.
    QVERIFY(process.exitStatus() == QProcess::CrashExit && process.exitCode() == SIGINT);
    QVERIFY(process.readAllStandardOutput().isEmpty());
}

void TestCtlOutcomes::interruptedPlan()
{
    QProcess process;
    const QString url = m_ctl->url() + QStringLiteral("?scenario=")
            + m_ctl->write("slow.json", R"({"delays": {"bind": 1500}})");
    process.start(CtlRunner::program(),
                  {QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"), QStringLiteral("[2001:db8:0:1::6]:3260"),
                   mail + QStringLiteral(",1"), QStringLiteral("--connect"), url});
    QVERIFY(process.waitForStarted());
    QTest::qWait(700);
    ::kill(pid_t(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(20'000));
    const QByteArray bindings = m_ctl->ctl("list bindings").out;
    const int done = int(bindings.contains("10.0.1.6:3260")) + int(bindings.contains("[2001:db8:0:1::6]:3260"));
    QVERIFY(done < 2); // the second one was not sent
    if (done == 1)
        QCOMPARE(process.exitCode(), 7);
    else
        QVERIFY(process.exitStatus() == QProcess::CrashExit && process.exitCode() == SIGINT);
}

QTEST_GUILESS_MAIN(TestCtlOutcomes)
#include "tst_ctloutcomes.moc"
