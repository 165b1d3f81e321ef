// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/wsmanconnection.h"
#include "model/gate.h"
#include "tests/backends/wsman/await.h"
#include "tests/backends/wsman/composing.h"
#include "tests/backends/wsman/connecting.h"
#include "tests/backends/wsman/scriptedserver.h"

#include <QElapsedTimer>
#include <QTest>
#include <QTimer>

using namespace portalbind;
using namespace portalbind::wsman;
using Request = ScriptedServer::Request;
using Answer = ScriptedServer::Answer;

class TestWsmanTroubles : public QObject
{
    Q_OBJECT
private slots:
    void readsAreRepeated_data();
    void readsAreRepeated();
    void connectingIsRepeated();
    void twoConnections();
    void lostPullIsNotRepeated();
    void closedAfterTls();
    void quotaLowersTheLimit();
    void answerToAnotherMessage();
    void wrongPasswordIsTriedOnce();
    void deniedIsNoWrongPassword();
    void changedPassword();
    void basicOverHttpIsRefused();
    void redirectIsAnError();
    void cancelledCallsResumeAtOnce_data();
    void cancelledCallsResumeAtOnce();
};

void TestWsmanTroubles::readsAreRepeated_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("close");
    QTest::newRow("503") << ScriptedServer::http(503, "<html><b>Busy</b></html>", "text/html") << false;
    QTest::newRow("429") << ScriptedServer::http(429, {}, {}, "Retry-After: 0\r\n") << false;
    QTest::newRow("closed") << QByteArray() << true;
    QTest::newRow("cut off") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<s:En") << true;
}

void TestWsmanTroubles::readsAreRepeated()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, close);
    ScriptedServer server(
            [&](const Request &r) {
                if (r.number == 1 || r.number == 2)
                    return Answer{bytes, close};
                return Answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    for (int i = 0; i < 2; ++i) { // the first proves the password
        const auto got = await(connection.get(portalPath(), {}));
        QVERIFY2(got && *got, qPrintable(errorOf(got).text()));
    }
    QCOMPARE(server.requests().size(), 4);
    QVERIFY(server.requests()[1].element("MessageID") != server.requests()[2].element("MessageID"));
    server.setHandler([&](const Request &) { return Answer{bytes, close}; });
    const auto failed = await(connection.get(portalPath(), {}));
    QVERIFY(failed && !*failed);
    QCOMPARE(server.requests().size(), 4 + 4); // bounded
}

void TestWsmanTroubles::connectingIsRepeated()
{
    // Refused, as while a service starts.
    ScriptedServer server(
            [](const Request &r) {
                return Answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
            },
            QStringLiteral("self-signed"));
    const quint16 port = server.serverPort();
    server.close();
    ServerProfile profile = profileFor(port);
    profile.deadlines.backoff = std::chrono::milliseconds(500);
    WsmanConnection connection(profile, trusting());
    QTimer::singleShot(200, &server, [&] { QVERIFY(server.listen(QHostAddress::LocalHost, port)); });
    const auto got = await(connection.get(portalPath(), {}));
    QVERIFY2(got && *got, qPrintable(errorOf(got).text()));
    QCOMPARE(server.requests().size(), 1);
}

void TestWsmanTroubles::twoConnections()
{
    ScriptedServer server(
            [](const Request &r) {
                return Answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    int got = 0;
    for (int i = 0; i < 10; ++i) {
        spawn<Result<cim::Instance>>(connection.get(portalPath(), {}),
                                     [&](const Result<cim::Instance> &result) { got += result ? 1 : 0; });
    }
    QTRY_COMPARE(got, 10);
    QCOMPARE(server.connections(), 2); // whatever there is to do
}

void TestWsmanTroubles::lostPullIsNotRepeated()
{
    // The server has moved on: what was in the lost answer would be missing.
    ScriptedServer server(
            [](const Request &r) {
                if (r.body.contains("Release>"))
                    return Answer{ScriptedServer::soap(r, {})};
                if (r.number == 0)
                    return Answer{ScriptedServer::soap(r, page("EnumerateResponse", items(0, 1), "ctx"))};
                return Answer{{}, true};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto done = await(connection.enumerate(all("CIM_X"), [](const cim::InstanceBatch &) {}, {}));
    QCOMPARE(errorOf(done).kind, Error::Kind::Transport);
    QTRY_COMPARE(server.requests().size(), 3); // Enumerate, Pull, Release
    QVERIFY(server.requests().back().body.contains("Release>"));
}

void TestWsmanTroubles::closedAfterTls()
{
    // Before the first request or right behind it: neither may hold up what comes after.
    ScriptedServer server(
            [](const Request &r) {
                return Answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto proven = await(connection.get(portalPath(), {}));
    QVERIFY2(proven && *proven, qPrintable(errorOf(proven).text()));
    server.closeAll();
    server.closeFirst(1 + 3);
    int got = 0, ended = 0;
    for (int i = 0; i < 6; ++i) {
        spawn<Result<cim::Instance>>(connection.get(portalPath(), {}), [&](const Result<cim::Instance> &result) {
            got += result ? 1 : 0;
            ++ended;
        });
    }
    QTRY_COMPARE(ended, 6);
    QCOMPARE(got, 6);
    QVERIFY(server.connections() <= 1 + 3 + 2);
}

void TestWsmanTroubles::quotaLowersTheLimit()
{
    ScriptedServer server(
            [](const Request &r) {
                if (r.number == 0)
                    return Answer{ScriptedServer::soap(r, fault("QuotaLimit"), 500)};
                return Answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    QCOMPARE(connection.operationLimit(), 4);
    const auto got = await(connection.get(portalPath(), {}));
    QVERIFY(got && *got);
    QCOMPARE(connection.operationLimit(), 2);
}

void TestWsmanTroubles::answerToAnotherMessage()
{
    ScriptedServer server(
            [](const Request &r) {
                QByteArray answer = ScriptedServer::soap(r, "<x:Thing/>");
                return Answer{answer.replace(r.element("MessageID"), "uuid:00000000-0000-0000-0000-000000000000")};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto got = await(connection.get(portalPath(), {}));
    QCOMPARE(errorOf(got).kind, Error::Kind::Server);
    QVERIFY(errorOf(got).detail.contains(QLatin1String("another message")));
    const auto done = await(connection.invoke(portalPath(), QStringLiteral("Do"), {}));
    QCOMPARE(errorOf(done).kind, Error::Kind::OutcomeUnknown);
}

void TestWsmanTroubles::wrongPasswordIsTriedOnce()
{
    ScriptedServer server(
            [](const Request &) {
                return Answer{ScriptedServer::http(
                        401, {}, {}, "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: Basic realm=\"W,S\"\r\n")};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    int refused = 0;
    for (int i = 0; i < 6; ++i) {
        spawn<Result<cim::Instance>>(connection.get(portalPath(), {}), [&](Result<cim::Instance> got) {
            refused += !got && got.error().kind == Error::Kind::SignIn ? 1 : 0;
        });
    }
    QTRY_COMPARE(refused, 6);
    const auto later = await(connection.get(portalPath(), {}));
    QCOMPARE(errorOf(later).kind, Error::Kind::SignIn);
    QCOMPARE(server.requests().size(), 1); // an account is not locked by us
    QVERIFY(!errorOf(later).text().contains(QLatin1String("p:w")));
}

void TestWsmanTroubles::deniedIsNoWrongPassword()
{
    // openwsman says "not this object" with HTTP 401: the password that it took before is good all the same.
    int denied = 0;
    ScriptedServer server(
            [&](const Request &r) {
                if (denied-- > 0)
                    return Answer{ScriptedServer::soap(r, fault("AccessDenied"), 401)};
                return Answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto first = await(connection.get(portalPath(), {}));
    QVERIFY2(first && *first, qPrintable(errorOf(first).text()));
    denied = 3;
    for (int i = 0; i < 2; ++i) {
        const auto read = await(connection.get(portalPath(), {}));
        QCOMPARE(errorOf(read).kind, Error::Kind::Rights);
    }
    const auto written = await(connection.invoke(portalPath(), QStringLiteral("Do"), {}));
    QCOMPARE(errorOf(written).kind, Error::Kind::Rights);
    const auto later = await(connection.get(portalPath(), {}));
    QVERIFY2(later && *later, qPrintable(errorOf(later).text()));
    QCOMPARE(server.requests().size(), 5);
}

void TestWsmanTroubles::changedPassword()
{
    // One refusal without a word may be about that request alone; a second one in a row is about the password.
    bool good = true;
    ScriptedServer server(
            [&](const Request &r) {
                if (!good)
                    return Answer{ScriptedServer::http(401, {}, {}, "WWW-Authenticate: Basic realm=\"x\"\r\n")};
                return Answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    for (int i = 0; i < 2; ++i) {
        good = true;
        const auto taken = await(connection.get(portalPath(), {}));
        QVERIFY2(taken && *taken, qPrintable(errorOf(taken).text()));
        good = false;
        const auto refused = await(connection.get(portalPath(), {}));
        QCOMPARE(errorOf(refused).kind, Error::Kind::Rights);
    }
    for (int i = 0; i < 3; ++i) {
        const auto refused = await(connection.get(portalPath(), {}));
        QCOMPARE(errorOf(refused).kind, Error::Kind::SignIn);
    }
    QCOMPARE(server.requests().size(), 5); // and then the password is tried no more
}

void TestWsmanTroubles::basicOverHttpIsRefused()
{
    ScriptedServer server([](const Request &r) { return Answer{ScriptedServer::soap(r, {})}; });
    ServerProfile profile = profileFor(server.serverPort());
    profile.tls = false;
    WsmanConnection connection(profile, trusting());
    const auto got = await(connection.get(portalPath(), {}));
    QCOMPARE(errorOf(got).kind, Error::Kind::BadInput);
    QCOMPARE(server.requests().size(), 0);
}

void TestWsmanTroubles::redirectIsAnError()
{
    ScriptedServer server(
            [](const Request &) {
                return Answer{ScriptedServer::http(302, {}, {}, "Location: http://127.0.0.1:1/\r\n")};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto got = await(connection.get(portalPath(), {}));
    QCOMPARE(errorOf(got).kind, Error::Kind::NoService);
    QCOMPARE(server.requests().size(), 1);
}

void TestWsmanTroubles::cancelledCallsResumeAtOnce_data()
{
    QTest::addColumn<int>("phase");
    QTest::newRow("certificate") << 0;
    QTest::newRow("TLS") << 1;
    QTest::newRow("first byte") << 2;
    QTest::newRow("body") << 3;
    QTest::newRow("backoff") << 4;
    QTest::newRow("in line") << 5;
    QTest::newRow("before") << 6;
}

void TestWsmanTroubles::cancelledCallsResumeAtOnce()
{
    QFETCH(int, phase);
    ScriptedServer server(
            [phase](const Request &r) {
                if (phase == 4 && r.number == 0) // proves the password: else nothing is tried again
                    return Answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
                Answer answer;
                answer.silent = phase == 2 || phase == 5;
                answer.bytes = phase == 4 ? ScriptedServer::http(503, {}, {}, "Retry-After: 20\r\n")
                                          : QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<");
                return answer;
            },
            QStringLiteral("self-signed"));
    ConnectionHooks hooks = trusting();
    Gate answered(false); // a person who does not answer for now
    bool asked = false;
    struct Ask
    {
        static Task<CertificateAnswer> wait(Gate gate)
        {
            co_await gate;
            co_return CertificateAnswer::Once;
        }
    };
    if (phase == 0) {
        hooks.ask = [&asked, answered](const CertificateQuestion &) {
            asked = true;
            return Ask::wait(answered);
        };
    }
    if (phase == 1)
        server.beSilentInTls();
    ServerProfile profile = profileFor(server.serverPort());
    if (phase == 5)
        profile.limits.connections = 1;
    WsmanConnection connection(profile, hooks);
    std::stop_source stop;
    std::optional<Result<cim::Instance>> first, second;
    if (phase == 4)
        QVERIFY(await(connection.get(portalPath(), {})));
    if (phase == 6)
        stop.request_stop();
    spawn<Result<cim::Instance>>(connection.get(portalPath(), stop.get_token()),
                                 [&](auto result) { first = std::move(result); });
    if (phase == 5)
        spawn<Result<cim::Instance>>(connection.get(portalPath(), stop.get_token()),
                                     [&](auto result) { second = std::move(result); });
    if (phase == 0)
        QTRY_VERIFY(asked);
    else if (phase == 1)
        QTRY_COMPARE(server.connections(), 1);
    else if (phase != 6)
        QTRY_COMPARE(server.requests().size(), phase == 4 ? 2 : 1);
    if (phase == 3 || phase == 4)
        QTest::qWait(30);
    QElapsedTimer clock;
    clock.start();
    stop.request_stop();
    QTRY_VERIFY(first.has_value());
    QVERIFY(clock.elapsed() < 500);
    QCOMPARE(first->error().kind, Error::Kind::Cancelled);
    if (phase == 5) {
        QTRY_VERIFY(second.has_value());
        QCOMPARE(second->error().kind, Error::Kind::Cancelled);
    }
    if (phase != 4)
        QTRY_COMPARE(server.open(), 0); // the socket is free at once
    QVERIFY(server.requests().size() <= (phase == 4 ? 2 : 1));
    answered.open();
    QTest::qWait(10); // lets the question end
}

QTEST_GUILESS_MAIN(TestWsmanTroubles)
#include "tst_wsmantroubles.moc"
