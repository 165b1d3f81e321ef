// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/retryafter.h"
#include "backends/wsman/wsmanconnection.h"
#include "tests/backends/wsman/await.h"
#include "tests/backends/wsman/composing.h"
#include "tests/backends/wsman/connecting.h"
#include "tests/backends/wsman/scriptedserver.h"

#include <QElapsedTimer>
#include <QTest>

using namespace portalbind;
using namespace portalbind::wsman;
using Request = ScriptedServer::Request;
using Answer = ScriptedServer::Answer;

namespace {

const QDateTime now(QDate(2026, 11, 22), QTime(13, 0), Qt::UTC);

} // namespace

class TestRetryAfter : public QObject
{
    Q_OBJECT
private slots:
    void dates_data();
    void dates();
    void waits_data();
    void waits();
    void retryAfterIsKept_data();
    void retryAfterIsKept();
};

void TestRetryAfter::dates_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QDateTime>("date");
    const QDateTime rfc(QDate(1994, 11, 6), QTime(8, 49, 37), Qt::UTC);
    QTest::newRow("RFC 9110") << QByteArray("Sun, 06 Nov 1994 08:49:37 GMT") << rfc;
    QTest::newRow("RFC 850") << QByteArray("Sunday, 06-Nov-94 08:49:37 GMT") << rfc;
    QTest::newRow("RFC 850, this century") << QByteArray("Sunday, 22-Nov-26 13:00:00 GMT") << now;
    QTest::newRow("asctime") << QByteArray("Sun Nov  6 08:49:37 1994") << rfc;
    QTest::newRow("another zone") << QByteArray("Sun, 06 Nov 1994 08:49:37 CET") << QDateTime();
    QTest::newRow("no such day") << QByteArray("Sun, 31 Feb 1994 08:49:37 GMT") << QDateTime();
    QTest::newRow("words") << QByteArray("tomorrow") << QDateTime();
    QTest::newRow("nothing") << QByteArray() << QDateTime();
}

void TestRetryAfter::dates()
{
    QFETCH(QByteArray, text);
    QFETCH(QDateTime, date);
    const QDateTime read = httpDate({text.constData(), size_t(text.size())}, now);
    QCOMPARE(read.isValid(), date.isValid());
    if (date.isValid())
        QCOMPARE(read, date);
}

void TestRetryAfter::waits_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("date");
    QTest::addColumn<qint64>("ms");
    const auto row = [](const char *value, const char *date, qint64 ms) {
        QTest::addRow("%s, %s", value, date) << QByteArray(value) << QByteArray(date) << ms;
    };
    row("", "", 0);
    row("0", "", 0);
    row("7", "", 7000);
    row("120", "", 120'000);
    row("-5", "", 0);
    row("1.5", "", 0);
    row("99999999999999999999999", "", 86'400'000);
    row("soon", "", 0);
    row("Sun, 22 Nov 2026 13:00:05 GMT", "", 5000);
    row("Sun, 22 Nov 2026 12:59:00 GMT", "", 0); // has passed
    row("Sun, 22 Nov 2026 09:00:05 GMT", "Sun, 22 Nov 2026 09:00:00 GMT", 5000); // by the server's own clock
    row("Sun, 22 Nov 2026 13:00:05 GMT", "rubbish", 5000);
    row("Fri, 22 Nov 2030 13:00:05 GMT", "", 86'400'000);
}

void TestRetryAfter::waits()
{
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, date);
    QFETCH(qint64, ms);
    HttpResponse response;
    if (!date.isEmpty())
        response.fields.emplace_back("Date", date.toStdString());
    response.fields.emplace_back("retry-after", value.toStdString());
    QCOMPARE(retryAfter(response, now).count(), ms);
}

void TestRetryAfter::retryAfterIsKept_data()
{
    QTest::addColumn<QByteArray>("fields");
    QTest::addColumn<int>("requests");
    QTest::newRow("seconds") << QByteArray("Retry-After: 1\r\n") << 2;
    QTest::newRow("a date") << QByteArray(
            "Date: Sun, 22 Nov 2026 13:00:00 GMT\r\nRetry-After: Sun, 22 Nov 2026 13:00:01 GMT\r\n")
                            << 2;
    QTest::newRow("longer than anybody waits") << QByteArray("Retry-After: 120\r\n") << 1;
}

void TestRetryAfter::retryAfterIsKept()
{
    QFETCH(QByteArray, fields);
    QFETCH(int, requests);
    ScriptedServer server(
            [&](const Request &r) {
                if (r.number == 1)
                    return Answer{ScriptedServer::http(503, {}, {}, fields)};
                return Answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto proven = await(connection.get(portalPath(), {}));
    QVERIFY2(proven && *proven, qPrintable(errorOf(proven).text()));
    QElapsedTimer clock;
    clock.start();
    const auto got = await(connection.get(portalPath(), {}));
    QVERIFY(got);
    QCOMPARE(got->has_value(), requests == 2);
    QCOMPARE(server.requests().size(), 1 + requests);
    QVERIFY(requests == 1 || clock.elapsed() >= 1000);
}

QTEST_GUILESS_MAIN(TestRetryAfter)
#include "tst_retryafter.moc"
