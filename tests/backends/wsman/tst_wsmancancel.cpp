// SPDX-License-Identifier: Apache-2.0

// Cancelling: nothing is kept waiting by what was given up, and nothing of it is kept.

#include "backends/wsman/wsmanconnection.h"
#include "tests/backends/wsman/await.h"
#include "tests/backends/wsman/composing.h"
#include "tests/backends/wsman/connecting.h"
#include "tests/backends/wsman/fullbacklog.h"
#include "tests/backends/wsman/scriptedserver.h"

#include <QElapsedTimer>
#include <QSemaphore>
#include <QTest>

#include <algorithm>

using namespace portalbind;
using namespace portalbind::wsman;
using namespace std::chrono_literals;
using Request = ScriptedServer::Request;
using Answer = ScriptedServer::Answer;
using Got = std::optional<Result<cim::Instance>>;

namespace {

const QString tls = QStringLiteral("self-signed");

Answer silence()
{
    Answer answer;
    answer.silent = true;
    return answer;
}

Answer portal(const Request &r)
{
    return {ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
}

void start(WsmanConnection &connection, std::stop_token stop, Got *got)
{
    spawn<Result<cim::Instance>>(connection.get(portalPath(), std::move(stop)),
                                 [got](auto result) { *got = std::move(result); });
}

} // namespace

class TestWsmanCancel : public QObject
{
    Q_OBJECT
private slots:
    void whileConnecting();
    void releaseKeepsNobodyWaiting();
    void releaseOfASilentServerEnds();
    void betweenPulls();
    void everyMoment();
    void cancelReleases();
    void cancelInHandler();
    void destroyedWhileReading();
};

void TestWsmanCancel::whileConnecting()
{
#ifdef Q_OS_LINUX
    const FullBacklog server;
    WsmanConnection connection(profileFor(server.port()), trusting());
    std::stop_source stop;
    // One connects, the others wait for the end of its sign-in or for a place.
    std::array<Got, 4> got;
    for (Got &one : got)
        start(connection, stop.get_token(), &one);
    QTest::qWait(50);
    QElapsedTimer clock;
    clock.start();
    stop.request_stop();
    for (Got &one : got) {
        QTRY_VERIFY(one.has_value());
        QCOMPARE(one->error().kind, Error::Kind::Cancelled);
    }
    QVERIFY(clock.elapsed() < 1000);
#else
    QSKIP("needs a backlog that fills");
#endif
}

void TestWsmanCancel::releaseKeepsNobodyWaiting()
{
    // The server does not answer the Release; with one connection allowed, a read goes on all the same.
    ScriptedServer server(
            [](const Request &r) {
                if (r.body.contains("Release>") || r.body.contains("Pull>"))
                    return silence();
                return r.element("Action").endsWith("Get")
                        ? portal(r)
                        : Answer{ScriptedServer::soap(r, page("EnumerateResponse", items(0, 1), "ctx"))};
            },
            tls);
    ServerProfile profile = profileFor(server.serverPort());
    profile.limits.connections = 1;
    profile.deadlines.release = 30s;
    WsmanConnection connection(profile, trusting());
    std::stop_source stop;
    std::optional<Result<>> ended;
    spawn<Result<>>(connection.enumerate(
                            all("CIM_X"), [](const cim::InstanceBatch &) {}, stop.get_token()),
                    [&](const Result<> &result) { ended = result; });
    QTRY_COMPARE(server.requests().size(), 2);
    stop.request_stop();
    QTRY_VERIFY(ended.has_value());
    QTRY_VERIFY(server.requests().back().body.contains("Release>"));
    const auto got = await(connection.get(portalPath(), {}), 5000);
    QVERIFY2(got && *got, qPrintable(errorOf(got).text()));
}

void TestWsmanCancel::releaseOfASilentServerEnds()
{
    ScriptedServer server(
            [](const Request &r) {
                return r.number == 0 ? Answer{ScriptedServer::soap(r, page("EnumerateResponse", items(0, 1), "ctx"))}
                                     : silence();
            },
            tls);
    ServerProfile profile = profileFor(server.serverPort());
    profile.deadlines.release = 200ms;
    WsmanConnection connection(profile, trusting());
    std::stop_source stop;
    std::optional<Result<>> ended;
    spawn<Result<>>(connection.enumerate(
                            all("CIM_X"), [](const cim::InstanceBatch &) {}, stop.get_token()),
                    [&](const Result<> &result) { ended = result; });
    QTRY_COMPARE(server.requests().size(), 2);
    stop.request_stop();
    QTRY_COMPARE(server.requests().size(), 3);
    QCOMPARE(server.requests().back().element("EnumerationContext"), QByteArray("ctx"));
    QElapsedTimer clock;
    clock.start();
    QTRY_COMPARE(server.open(), 0); // neither the Pull nor the Release keeps a socket
    QVERIFY(clock.elapsed() < 2000);
}

void TestWsmanCancel::betweenPulls()
{
    // Held up in a handler: two answers lie there, and no third is asked for.
    ScriptedServer server(
            [](const Request &r) {
                if (r.body.contains("Release>"))
                    return Answer{ScriptedServer::soap(r, {})};
                return Answer{ScriptedServer::soap(r,
                                                   page(r.number == 0 ? "EnumerateResponse" : "PullResponse",
                                                        items(r.number, 1), "ctx" + QByteArray::number(r.number)))};
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    std::stop_source stop;
    QSemaphore entered, leave;
    std::optional<Result<>> ended;
    spawn<Result<>>(connection.enumerate(
                            all("CIM_X"),
                            [&](const cim::InstanceBatch &) {
                                entered.release();
                                leave.acquire();
                            },
                            stop.get_token()),
                    [&](const Result<> &result) { ended = result; });
    QTRY_COMPARE(entered.available(), 1);
    QTRY_COMPARE(server.requests().size(), 3);
    QTest::qWait(50);
    QCOMPARE(server.requests().size(), 3); // memory is bounded
    stop.request_stop();
    leave.release(100);
    QTRY_VERIFY(ended.has_value());
    QCOMPARE(ended->error().kind, Error::Kind::Cancelled);
    QTRY_VERIFY(server.requests().back().body.contains("Release>"));
    QCOMPARE(server.requests().back().element("EnumerationContext"), QByteArray("ctx2")); // the newest
}

void TestWsmanCancel::everyMoment()
{
    // Wherever it hits: the call ends as cancelled or whole, what was opened is given back once, the next read is
    // served.
    ScriptedServer server(
            [](const Request &r) {
                if (r.body.contains("Release>"))
                    return Answer{ScriptedServer::soap(r, {})};
                if (r.element("Action").endsWith("Get"))
                    return portal(r);
                const QByteArray context = r.element("EnumerationContext");
                const int turn = context.isEmpty() ? 0 : context.split('-').back().toInt() + 1;
                const QByteArray name = context.isEmpty() ? QByteArray::number(r.number) : context.split('-').front();
                Answer answer{
                        ScriptedServer::soap(r,
                                             page(turn == 0 ? "EnumerateResponse" : "PullResponse", items(turn, 1),
                                                  turn < 3 ? name + '-' + QByteArray::number(turn) : QByteArray()))};
                answer.piece = 150;
                return answer;
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    for (int moment = 0; moment < 40; ++moment) {
        const qsizetype before = server.requests().size();
        std::stop_source stop;
        std::optional<Result<>> ended;
        spawn<Result<>>(connection.enumerate(
                                all("CIM_X"), [](const cim::InstanceBatch &) {}, stop.get_token()),
                        [&](const Result<> &result) { ended = result; });
        QTest::qWait(moment);
        stop.request_stop();
        QTRY_VERIFY(ended.has_value());
        QVERIFY(*ended || ended->error().kind == Error::Kind::Cancelled);
        const auto got = await(connection.get(portalPath(), {}), 5000);
        QVERIFY2(got && *got, qPrintable(errorOf(got).text()));
        QTRY_VERIFY(server.open() <= 2);
        const QList<Request> ours = server.requests().mid(before);
        QVERIFY(std::count_if(ours.begin(), ours.end(), [](const Request &r) { return r.body.contains("Release>"); })
                <= 1);
    }
}

void TestWsmanCancel::cancelReleases()
{
    ScriptedServer server(
            [](const Request &r) {
                if (r.body.contains("Release>"))
                    return Answer{ScriptedServer::soap(r, {})};
                if (r.element("Action").endsWith("Get"))
                    return Answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
                if (r.body.contains("Pull>"))
                    return silence();
                return Answer{ScriptedServer::soap(r, page("EnumerateResponse", items(0, 1), "open-one"))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    std::stop_source stop;
    std::optional<Result<>> got;
    spawn<Result<>>(connection.enumerate(
                            all("CIM_X"), [](const cim::InstanceBatch &) {}, stop.get_token()),
                    [&](const Result<> &result) { got = result; });
    QTRY_COMPARE(server.requests().size(), 2);
    stop.request_stop();
    QVERIFY(!got); // through the event loop
    QTRY_VERIFY(got.has_value());
    QCOMPARE(got->error().kind, Error::Kind::Cancelled);
    const auto next = await(connection.get(portalPath(), {}));
    QVERIFY2(next && *next, qPrintable(errorOf(next).text()));
    const auto released = [&] {
        const auto all = server.requests();
        return std::count_if(all.begin(), all.end(), [](const Request &r) {
            return r.body.contains("Release>") && r.element("EnumerationContext") == "open-one";
        });
    };
    QTRY_COMPARE(released(), 1);
    QVERIFY(server.open() <= 2);
}

void TestWsmanCancel::cancelInHandler()
{
    // A handler that runs when the call is cancelled is waited for; none runs afterwards.
    ScriptedServer server(
            [](const Request &r) {
                return Answer{r.body.contains("Release>")
                                      ? ScriptedServer::soap(r, {})
                                      : ScriptedServer::soap(r,
                                                             page(r.number == 0 ? "EnumerateResponse" : "PullResponse",
                                                                  items(0, 1), "more"))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    std::stop_source stop;
    std::atomic<int> inside{0}, runs{0};
    QSemaphore entered, leave;
    std::optional<Result<>> got;
    spawn<Result<>>(connection.enumerate(
                            all("CIM_X"),
                            [&](const cim::InstanceBatch &) {
                                ++inside;
                                ++runs;
                                entered.release();
                                leave.acquire();
                                --inside;
                            },
                            stop.get_token()),
                    [&](const Result<> &result) { got = result; });
    QTRY_COMPARE(entered.available(), 1);
    stop.request_stop();
    QTest::qWait(20);
    QVERIFY(!got.has_value());
    leave.release();
    QTRY_VERIFY(got.has_value());
    QCOMPARE(inside.load(), 0);
    const int then = runs;
    QTest::qWait(50);
    QCOMPARE(runs.load(), then);
    QCOMPARE(then, 1);
}

void TestWsmanCancel::destroyedWhileReading()
{
    ScriptedServer server([](const Request &) { return silence(); }, tls);
    auto connection = std::make_unique<WsmanConnection>(profileFor(server.serverPort()), trusting());
    std::optional<Result<cim::Instance>> got;
    spawn<Result<cim::Instance>>(connection->get(portalPath(), {}), [&](auto result) { got = std::move(result); });
    QTRY_COMPARE(server.requests().size(), 1);
    connection.reset();
    QTRY_VERIFY(got.has_value());
    QCOMPARE(got->error().kind, Error::Kind::Cancelled);
    QTRY_COMPARE(server.open(), 0);
}

QTEST_GUILESS_MAIN(TestWsmanCancel)
#include "tst_wsmancancel.moc"
