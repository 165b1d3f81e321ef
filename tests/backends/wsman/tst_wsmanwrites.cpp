// SPDX-License-Identifier: Apache-2.0
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

class TestWsmanWrites : public QObject
{
    Q_OBJECT
private slots:
    void invokes_data();
    void invokes();
    void unsupportedMethodIsAnAnswer();
    void lostWriteIsUnknown_data();
    void lostWriteIsUnknown();
    void faults_data();
    void faults();
    void refusedWriteIsCertain();
    void removesWithWrappedReferences();
    void modifiesOnlyWhatChanged();
};

void TestWsmanWrites::invokes_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<quint32>("value");
    for (const char *const who : {"omi", "openwsman"}) {
        const QString folder = QString::fromLatin1(who);
        QTest::addRow("%s 0", who) << folder + QLatin1String("/67-invoke-bind-success.response.xml") << 0U;
        QTest::addRow("%s 4099", who) << folder + QLatin1String("/72-invoke-bind-4099.response.xml") << 4099U;
        QTest::addRow("%s 4", who) << folder + QLatin1String("/73-invoke-bind-already-bound.response.xml") << 4U;
    }
}

void TestWsmanWrites::invokes()
{
    QFETCH(QString, file);
    QFETCH(quint32, value);
    ScriptedServer server([&](const Request &r) { return Answer{ScriptedServer::recorded(r, recording(file))}; },
                          QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    cim::ObjectPath service = portalPath();
    service.className = QStringLiteral("CIM_iSCSIConfigurationService");
    const cim::Parameters in{{QStringLiteral("iSCSIPort"), cim::Value::of(portalPath())},
                             {QStringLiteral("Nothing"), {}},
                             {QStringLiteral("Portals"),
                              {cim::Value::List{cim::Value::of(portalPath()), cim::Value::of(portalPath())}}}};
    const auto answer = await(connection.invoke(service, QStringLiteral("BindiSCSIProtocolEndPoint"), in));
    QVERIFY2(answer && *answer, qPrintable(errorOf(answer).text()));
    QCOMPARE((*answer)->returnValue, std::optional<quint32>(value));
    const QByteArray body = server.requests().front().body;
    QCOMPARE(server.requests().front().element("Action"),
             QByteArray("http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_iSCSIConfigurationService/"
                        "BindiSCSIProtocolEndPoint"));
    QCOMPARE(body.count(":Portals><wsa:Address>"), 2); // the content of an EPR, without the element around it
    QCOMPARE(body.count(":iSCSIPort><wsa:Address>"), 1);
    QVERIFY(!body.contains("Nothing"));
    QVERIFY(!body.contains("OperationID"));
}

void TestWsmanWrites::unsupportedMethodIsAnAnswer()
{
    ScriptedServer server(
            [](const Request &r) {
                return Answer{ScriptedServer::recorded(
                        r, recording(QStringLiteral("omi/82-invoke-notsupported-method.response.xml")), 500)};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto answer = await(connection.invoke(portalPath(), QStringLiteral("StartService"), {}));
    QVERIFY2(answer && *answer, qPrintable(errorOf(answer).text()));
    QCOMPARE((*answer)->returnValue, std::optional<quint32>(1));
    QVERIFY((*answer)->text.contains(QLatin1String("not supported")));
}

void TestWsmanWrites::lostWriteIsUnknown_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("close");
    QTest::newRow("closed") << QByteArray() << true;
    QTest::newRow("silence") << QByteArray() << false;
    QTest::newRow("cut off") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<s:En") << true;
    QTest::newRow("garbage") << QByteArray("SSH-2.0-OpenSSH_9.2\r\n") << true;
    QTest::newRow("broken XML") << ScriptedServer::http(200, "<s:Envelope") << false;
    for (const int status : {302, 307, 400, 408, 409, 429, 500, 502, 503, 504}) // a proxy, in place of the answer
        QTest::addRow("HTTP %d", status) << ScriptedServer::http(status, "<html>no</html>", "text/html") << false;
    QTest::newRow("too big") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n") << false;
}

void TestWsmanWrites::lostWriteIsUnknown()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, close);
    ScriptedServer server([&](const Request &) { return Answer{bytes, close}; }, QStringLiteral("self-signed"));
    ServerProfile profile = profileFor(server.serverPort());
    profile.deadlines.firstByte = std::chrono::milliseconds(300);
    WsmanConnection connection(profile, trusting());
    const auto answer = await(connection.invoke(portalPath(), QStringLiteral("Do"), {}));
    QCOMPARE(errorOf(answer).kind, Error::Kind::OutcomeUnknown);
    QCOMPARE(server.requests().size(), 1); // never twice
}

void TestWsmanWrites::faults_data()
{
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QByteArray>("subcode");
    QTest::addColumn<int>("kind");
    const int unknown = int(Error::Kind::OutcomeUnknown);
    QTest::newRow("openwsman has no word for it") << QByteArray("Receiver") << QByteArray() << unknown;
    QTest::newRow("nor blames anybody") << QByteArray("Sender") << QByteArray() << unknown;
    QTest::newRow("failed inside") << QByteArray("Receiver") << QByteArray("InternalError") << unknown;
    QTest::newRow("Windows, too") << QByteArray("Sender") << QByteArray("InternalError") << unknown;
    QTest::newRow("unknown of the receiver") << QByteArray("Receiver") << QByteArray("NewFault") << unknown;
    QTest::newRow("out of time") << QByteArray("Receiver") << QByteArray("TimedOut") << unknown;
    QTest::newRow("stopping") << QByteArray("Receiver") << QByteArray("EndpointUnavailable") << unknown;
    QTest::newRow("big answer") << QByteArray("Sender") << QByteArray("EncodingLimit") << unknown;
    QTest::newRow("unknown of the sender")
            << QByteArray("Sender") << QByteArray("NewFault") << int(Error::Kind::Server);
    QTest::newRow("denied") << QByteArray("Sender") << QByteArray("AccessDenied") << int(Error::Kind::Rights);
    QTest::newRow("gone") << QByteArray("Sender") << QByteArray("DestinationUnreachable")
                          << int(Error::Kind::NoSuchObject);
    QTest::newRow("quota") << QByteArray("Sender") << QByteArray("QuotaLimit") << int(Error::Kind::NoService);
}

void TestWsmanWrites::faults()
{
    QFETCH(QByteArray, code);
    QFETCH(QByteArray, subcode);
    QFETCH(int, kind);
    const QByteArray inner = subcode.isEmpty() ? QByteArray()
                                               : "<s:Subcode><s:Value>w:" + subcode + "</s:Value></s:Subcode>";
    const QByteArray body = "<s:Fault><s:Code><s:Value>s:" + code + "</s:Value>" + inner
            + "</s:Code><s:Reason><s:Text xml:lang=\"en\">No.</s:Text></s:Reason></s:Fault>";
    ScriptedServer server([&](const Request &r) { return Answer{ScriptedServer::soap(r, body, 500)}; },
                          QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto answer = await(connection.invoke(portalPath(), QStringLiteral("Do"), {}));
    QCOMPARE(int(errorOf(answer).kind), kind);
    QCOMPARE(server.requests().size(), 1);
    if (kind == int(Error::Kind::OutcomeUnknown)) {
        const auto removed = await(connection.remove(portalPath()));
        QCOMPARE(int(errorOf(removed).kind), kind);
        QCOMPARE(server.requests().size(), 2);
    }
}

void TestWsmanWrites::refusedWriteIsCertain()
{
    // Refused before the service had it: nothing is unknown, and nothing is sent again.
    for (const int status : {401, 403, 404, 405, 411, 413, 415}) {
        ScriptedServer server([&](const Request &) { return Answer{ScriptedServer::http(status, {}, {})}; },
                              QStringLiteral("self-signed"));
        WsmanConnection connection(profileFor(server.serverPort()), trusting());
        const auto answer = await(connection.invoke(portalPath(), QStringLiteral("Do"), {}));
        const Error::Kind kind = errorOf(answer).kind;
        QVERIFY2(kind == Error::Kind::Server || kind == Error::Kind::NoService || kind == Error::Kind::Rights
                         || kind == Error::Kind::SignIn,
                 qPrintable(QString::number(status) + errorOf(answer).text()));
        QCOMPARE(server.requests().size(), 1);
    }
    ScriptedServer none([](const Request &) { return Answer{}; });
    const quint16 port = none.serverPort();
    none.close();
    WsmanConnection connection(profileFor(port), trusting());
    const auto answer = await(connection.invoke(portalPath(), QStringLiteral("Do"), {}));
    QCOMPARE(errorOf(answer).kind, Error::Kind::Transport);
}

void TestWsmanWrites::removesWithWrappedReferences()
{
    for (const QString &who : {QStringLiteral("omi"), QStringLiteral("openwsman")}) {
        ScriptedServer server(
                [&](const Request &r) {
                    if (r.element("Action").endsWith("Delete")) {
                        const bool again = r.body.contains("ip-000001");
                        return Answer{ScriptedServer::recorded(
                                r,
                                recording(who
                                          + QLatin1String(again ? "/76-delete-bindsto-again.response.xml"
                                                                : "/75-delete-bindsto.response.xml")),
                                again ? 500 : 200)};
                    }
                    return Answer{
                            r.body.contains("Pull>")
                                    ? ScriptedServer::soap(r, page("PullResponse", {}, {}))
                                    : ScriptedServer::recorded(
                                            r,
                                            recording(who
                                                      + QLatin1String("/25-enum-opt-bindsto-objepr-2.response.xml")))};
                },
                QStringLiteral("self-signed"));
        WsmanConnection connection(profileFor(server.serverPort()), trusting());
        std::vector<cim::ObjectPath> paths;
        std::vector<std::string> keys;
        const auto done = await(connection.enumerate(all("CIM_BindsTo", {"Antecedent", "Dependent"}),
                                                     [&](const cim::InstanceBatch &batch) {
                                                         for (size_t i = 0; i < batch.size(); ++i) {
                                                             paths.push_back(*batch.path(i));
                                                             keys.push_back(batch.referenceKey(i, 0));
                                                         }
                                                     },
                                                     {}));
        QVERIFY2(done && *done, qPrintable(errorOf(done).text()));
        QCOMPARE(paths.size(), size_t(2));
        QCOMPARE(keys[0], paths[0].keys.size() == 2 ? paths[0].keys[0].second.reference()->key() : std::string());
        for (size_t i = 0; i < 2; ++i) {
            const auto gone = await(connection.remove(paths[i]));
            QVERIFY2(gone && *gone, qPrintable(errorOf(gone).text()));
            QCOMPARE((*gone)->status, quint16(i == 0 ? 0 : 6));
            const Request request = server.requests().back();
            QCOMPARE(request.body.count("<wsa:EndpointReference>"), 2);
            QVERIFY(request.body.indexOf("ResourceURI") < request.body.indexOf("SelectorSet"));
            // The same without the server's own words.
            cim::ObjectPath composed = paths[i];
            composed.verbatim.clear();
            QCOMPARE(composed.key(), paths[i].key());
            const auto again = await(connection.remove(composed));
            QVERIFY(again && *again);
            QByteArray a = request.body, b = server.requests().back().body;
            a.replace(request.element("MessageID"), "");
            b.replace(server.requests().back().element("MessageID"), "");
            a.replace("<wsman:Selector Name=\"__cimnamespace\">root/cimv2/storage/iscsitarget</wsman:Selector>", "");
            b.replace("<wsman:Selector Name=\"__cimnamespace\">root/cimv2/storage/iscsitarget</wsman:Selector>", "");
            QCOMPARE(b, a);
        }
    }
}

void TestWsmanWrites::modifiesOnlyWhatChanged()
{
    const QByteArray portal =
            "<p:WT_Portal xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/wmi/WT_Portal\">"
            "<p:Address>10.0.0.5</p:Address><p:Listen>false</p:Listen><p:Note i:nil=\"true\"/>"
            "<p:Since><c:Datetime "
            "xmlns:c=\"http://schemas.dmtf.org/wbem/wscim/1/common\">2026-01-02T03:04:05Z</c:Datetime></p:Since>"
            "<p:Port>3260</p:Port></p:WT_Portal>";
    ScriptedServer server([&](const Request &r) { return Answer{ScriptedServer::soap(r, portal)}; },
                          QStringLiteral("self-signed"));
    ServerProfile profile = profileFor(server.serverPort());
    profile.uriStyle = UriStyle::Wmi;
    WsmanConnection connection(profile, trusting());
    cim::ObjectPath path;
    path.nameSpace = QStringLiteral("root/wmi");
    path.className = QStringLiteral("WT_Portal");
    path.keys = {{QStringLiteral("Address"), cim::Value::of(QStringLiteral("10.0.0.5"))}};
    auto got = await(connection.get(path, {}));
    QVERIFY2(got && *got, qPrintable(errorOf(got).text()));
    QCOMPARE((*got)->property(u"Since").text(), QStringLiteral("2026-01-02T03:04:05Z"));
    (*got)->set(QStringLiteral("Listen"), cim::Value::of(QStringLiteral("true")));
    const auto put = await(connection.modify(**got));
    QVERIFY2(put && *put, qPrintable(errorOf(put).text()));
    QCOMPARE((*put)->status, quint16(0));
    const Request request = server.requests().back();
    QVERIFY(request.element("Action").endsWith("/Put"));
    QCOMPARE(request.element("ResourceURI"),
             QByteArray("http://schemas.microsoft.com/wbem/wsman/1/wmi/root/wmi/WT_Portal"));
    QVERIFY(!request.body.contains("__cimnamespace"));
    QCOMPARE(request.element("Listen"), QByteArray("true"));
    QCOMPARE(request.element("Datetime"), QByteArray("2026-01-02T03:04:05Z")); // its wrapper is kept
    QVERIFY(!request.body.contains("Note"));
}

QTEST_GUILESS_MAIN(TestWsmanWrites)
#include "tst_wsmanwrites.moc"
