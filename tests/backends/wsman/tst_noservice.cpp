// SPDX-License-Identifier: Apache-2.0

// What answers at the port, but is no WS-Management service, or none that serves just now: said at the first question.
#include "backends/cim/discovery.h"
#include "backends/wsman/wsmanconnection.h"
#include "tests/backends/wsman/await.h"
#include "tests/backends/wsman/composing.h"
#include "tests/backends/wsman/connecting.h"
#include "tests/backends/wsman/scriptedserver.h"

#include <QTest>

using namespace portalbind;
using namespace portalbind::wsman;
using Request = ScriptedServer::Request;
using Answer = ScriptedServer::Answer;

class TestNoService : public QObject
{
    Q_OBJECT
private slots:
    void atOnce_data();
    void atOnce();
    void afterIdentify_data();
    void afterIdentify();
    void deniedOnWindows();
    void roleNotInstalled();

private:
    static std::optional<Result<cim::ServerForm>> discovered(quint16 port);
};

std::optional<Result<cim::ServerForm>> TestNoService::discovered(quint16 port)
{
    ServerProfile profile = profileFor(port);
    profile.uriStyle = UriStyle::Automatic;
    const auto connection = std::make_shared<WsmanConnection>(profile, trusting());
    return await(cim::discover(connection, {}, QStringLiteral("san-a"), {}));
}

void TestNoService::atOnce_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("words"); // of what happened
    QTest::addColumn<QString>("layer");
    const auto row = [](const char *name, const QByteArray &bytes, Error::Kind kind, const char *words,
                        const char *layer) {
        QTest::newRow(name) << bytes << int(kind) << QString::fromLatin1(words) << QString::fromLatin1(layer);
    };
    const auto html = [](int status) { return ScriptedServer::http(status, "<h1>nope</h1>", "text/html"); };
    row("redirect", ScriptedServer::http(307, {}, {}, "Location: http://127.0.0.1:1/wsman\r\n"), Error::Kind::NoService,
        "points elsewhere", "HTTP");
    row("wrong path", html(404), Error::Kind::NoService, "no WS-Management service at this path", "HTTP");
    row("busy", ScriptedServer::http(503, {}, {}), Error::Kind::NoService, "too busy", "HTTP");
    row("too often", ScriptedServer::http(429, {}, {}), Error::Kind::NoService, "too busy", "HTTP");
    row("forbidden", html(403), Error::Kind::Rights, "forbids", "HTTP");
    row("a page", html(200), Error::Kind::NoService, "no WS-Management message", "HTTP");
    row("plain text", ScriptedServer::http(200, "\x1b]0;pwn\x07hello", "text/plain"), Error::Kind::NoService,
        "no WS-Management message", "HTTP");
    row("something else", "SSH-2.0-OpenSSH_9.2\r\n", Error::Kind::Transport, "no complete HTTP", "HTTP");
    row("compressed",
        ScriptedServer::http(200, QByteArray::fromHex("1f8b0800000000000003"), "application/soap+xml",
                             "Content-Encoding: gzip\r\n"),
        Error::Kind::Server, "not one of WS-Management", "message");
    row("document type", ScriptedServer::http(200, "<!DOCTYPE a [<!ENTITY a \"a\">]><a/>"), Error::Kind::Server,
        "not one of WS-Management", "message");
    row("too deep", ScriptedServer::http(200, QByteArray("<a>").repeated(100) + QByteArray("</a>").repeated(100)),
        Error::Kind::Server, "not one of WS-Management", "message");
    row("SOAP 1.1",
        ScriptedServer::http(200,
                             "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body/>"
                             "</s:Envelope>"),
        Error::Kind::Server, "not one of WS-Management", "message");
    row("a fault that nobody knows",
        ScriptedServer::http(500,
                             "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><s:Fault>"
                             "<s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text>Mail box full"
                             "</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>"),
        Error::Kind::Server, "Mail box full", "Identify");
}

void TestNoService::atOnce()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, kind);
    QFETCH(QString, words);
    QFETCH(QString, layer);
    ScriptedServer server([&](const Request &) { return Answer{bytes, true}; }, QStringLiteral("self-signed"));
    const Error error = errorOf(discovered(server.serverPort()));
    QCOMPARE(int(error.kind), kind);
    QVERIFY2(error.what.contains(words) && error.where.contains(layer), qPrintable(error.text()));
    QVERIFY(!error.remedy.isEmpty());
    QCOMPARE(server.requests().size(), 1);
}

void TestNoService::afterIdentify_data()
{
    QTest::addColumn<QByteArray>("answer"); // to all but Identify
    QTest::addColumn<int>("status");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("words");
    QTest::addColumn<int>("requests"); // at most
    const auto row = [](const char *name, const QByteArray &answer, int status, Error::Kind kind, const char *words,
                        int requests) {
        QTest::newRow(name) << answer << status << int(kind) << QString::fromLatin1(words) << requests;
    };
    row("busy", {}, 503, Error::Kind::NoService, "too busy", 5);
    row("stopping", fault("EndpointUnavailable").replace("w:", "a:"), 500, Error::Kind::NoService, "starting", 5);
    row("quota", fault("QuotaLimit"), 500, Error::Kind::NoService, "no more operations", 5);
    row("404", {}, 404, Error::Kind::NoService, "HTTP 404", 2);
    row("forbidden", {}, 403, Error::Kind::Rights, "forbids", 6);
    row("denied", fault("AccessDenied"), 500, Error::Kind::Rights, "may not do this", 6);
    row("failing", fault("InternalError"), 500, Error::Kind::Server, "reported a failure", 6);
    row("no such namespace", fault("DestinationUnreachable").replace("w:", "a:"), 500, Error::Kind::Server,
        "shows no iSCSI target", 40); // a service, and all of its namespaces are looked into
}

void TestNoService::afterIdentify()
{
    QFETCH(QByteArray, answer);
    QFETCH(int, status);
    QFETCH(int, kind);
    QFETCH(QString, words);
    QFETCH(int, requests);
    ScriptedServer server(
            [&](const Request &r) {
                if (r.body.contains("Identify"))
                    return Answer{
                            ScriptedServer::recorded(r, recording(QStringLiteral("omi/01-identify.response.xml")))};
                return Answer{answer.isEmpty() ? ScriptedServer::http(status, {}, {})
                                               : ScriptedServer::soap(r, answer, status)};
            },
            QStringLiteral("self-signed"));
    const Error error = errorOf(discovered(server.serverPort()));
    QVERIFY2(int(error.kind) == kind && error.what.contains(words), qPrintable(error.text()));
    QVERIFY2(server.requests().size() <= requests, qPrintable(QString::number(server.requests().size())));
}

void TestNoService::deniedOnWindows()
{
    // Who may look at Windows itself, and not at its target, meets its remote management switched off.
    ScriptedServer server(
            [&](const Request &r) {
                if (r.body.contains("Identify"))
                    return Answer{
                            ScriptedServer::recorded(r, recording(QStringLiteral("omi/01-identify.response.xml")))};
                if (r.body.contains("Win32_OperatingSystem"))
                    return Answer{ScriptedServer::soap(r, page("EnumerateResponse", items(0, 1), {}))};
                return Answer{ScriptedServer::soap(r, fault("AccessDenied"), 500)};
            },
            QStringLiteral("self-signed"));
    const Error error = errorOf(discovered(server.serverPort()));
    QCOMPARE(error.kind, Error::Kind::Rights);
    QVERIFY2(error.remedy.contains(QLatin1String("DisableRemoteManagement")), qPrintable(error.text()));
    QVERIFY2(server.requests().size() <= 6, qPrintable(QString::number(server.requests().size())));
}

void TestNoService::roleNotInstalled()
{
    // Windows without the role has neither WT_Portal nor the SMI-S classes.
    ScriptedServer server(
            [](const Request &r) {
                if (r.body.contains("Identify"))
                    return Answer{
                            ScriptedServer::recorded(r, recording(QStringLiteral("omi/01-identify.response.xml")))};
                if (r.body.contains("Win32_OperatingSystem"))
                    return Answer{ScriptedServer::soap(r, page("EnumerateResponse", items(0, 1), {}))};
                return Answer{ScriptedServer::soap(r, fault("DestinationUnreachable").replace("w:", "a:"), 500)};
            },
            QStringLiteral("self-signed"));
    const Error error = errorOf(discovered(server.serverPort()));
    QVERIFY2(error.what.contains(QLatin1String("without an iSCSI target")), qPrintable(error.text()));
    QVERIFY2(error.remedy.contains(QLatin1String("Install-WindowsFeature FS-iSCSITarget-Server")),
             qPrintable(error.text()));
}

QTEST_GUILESS_MAIN(TestNoService)
#include "tst_noservice.moc"
