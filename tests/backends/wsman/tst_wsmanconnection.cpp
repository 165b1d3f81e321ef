// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/wsmanconnection.h"
#include "tests/backends/wsman/await.h"
#include "tests/backends/wsman/composing.h"
#include "tests/backends/wsman/connecting.h"
#include "tests/backends/wsman/scriptedserver.h"

#include <QSemaphore>
#include <QTest>

using namespace portalbind;
using namespace portalbind::wsman;
using Request = ScriptedServer::Request;
using Answer = ScriptedServer::Answer;

class TestWsmanConnection : public QObject
{
    Q_OBJECT
private slots:
    void identifiesBothServers_data();
    void identifiesBothServers();
    void enumeratesRecordings_data();
    void enumeratesRecordings();
    void pullsToTheEnd();
    void stopsWhereNoProgressIs();
    void bounds_data();
    void bounds();
    void asksAhead();
    void guessesAreChecked();
    void gets();
    void getNotFound();
    void smallerBatches();
    void learnsTheStyle();
    void referencesAreCheckedAndOnce();
    void referencesFallBack();
};

void TestWsmanConnection::identifiesBothServers_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("text");
    QTest::newRow("omi") << QStringLiteral("omi/01-identify.response.xml")
                         << QStringLiteral("Open Management Infrastructure 1.0.8-6");
    QTest::newRow("openwsman") << QStringLiteral("openwsman/01-identify.response.xml")
                               << QStringLiteral("Openwsman Project 2.8");
}

void TestWsmanConnection::identifiesBothServers()
{
    QFETCH(QString, file);
    QFETCH(QString, text);
    ScriptedServer server([&](const Request &r) { return Answer{ScriptedServer::recorded(r, recording(file))}; },
                          QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto identity = await(connection.identify({}));
    QVERIFY2(identity && *identity, qPrintable(errorOf(identity).text()));
    QCOMPARE(connection.serverText(), text);
    QCOMPARE(server.requests().front().header("Authorization"), "Basic " + QByteArray("maria:p:w").toBase64());
    QVERIFY(server.requests().front().head.startsWith("POST /wsman HTTP/1.1\r\n"));
    QCOMPARE(server.requests().front().header("Content-Type"), QByteArray("application/soap+xml;charset=UTF-8"));
    QVERIFY(server.requests().front().body.contains("Identify"));
}

void TestWsmanConnection::enumeratesRecordings_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("first");
    for (const char *const who : {"omi", "openwsman"}) {
        const QString folder = QString::fromLatin1(who);
        QTest::newRow(who) << folder + QLatin1String("/17-enum-opt-objepr-3.response.xml")
                           << QStringLiteral("tcp-000000");
    }
}

void TestWsmanConnection::enumeratesRecordings()
{
    QFETCH(QString, file);
    QFETCH(QString, first);
    // The recording is the first answer of three; what follows is an empty end.
    ScriptedServer server(
            [&](const Request &r) {
                return Answer{r.body.contains("Pull>") ? ScriptedServer::soap(r, page("PullResponse", {}, {}))
                                                       : ScriptedServer::recorded(r, recording(file))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    QStringList names, keys;
    std::vector<std::string> classes;
    bool plain = true;
    const auto done = await(connection.enumerate(
            all("CIM_TCPProtocolEndpoint", {"Name", "PortNumber", "Description"}),
            [&](const cim::InstanceBatch &batch) {
                for (size_t i = 0; i < batch.size(); ++i) {
                    names << QString::fromUtf8(batch.text(i, 0).data(), qsizetype(batch.text(i, 0).size()));
                    keys << QString::fromStdString(batch.pathKey(i));
                    classes.emplace_back(batch.className(i));
                    plain = plain && batch.hasPlainPath(i) && batch.path(i)->key() == batch.pathKey(i)
                            && batch.text(i, 1) == "3260" && !batch.text(i, 2).data();
                }
            },
            {}));
    QVERIFY2(done && *done, qPrintable(errorOf(done).text()));
    QCOMPARE(names.size(), 3);
    QCOMPARE(names.front(), first);
    QCOMPARE(classes.front(), std::string("CIM_TCPProtocolEndpoint"));
    QVERIFY(plain);
    QCOMPARE(keys.front(),
             QStringLiteral("cim_tcpprotocolendpoint.creationclassname=\"CIM_TCPProtocolEndpoint\",name=\"tcp-000000\","
                            "systemcreationclassname=\"CIM_ComputerSystem\",systemname=\"rig-host\""));
    QVERIFY(server.requests().front().body.contains("EnumerateObjectAndEPR"));
}

void TestWsmanConnection::pullsToTheEnd()
{
    ScriptedServer server(
            [](const Request &r) {
                const int n = r.number;
                return Answer{ScriptedServer::soap(r,
                                                   page(n == 0 ? "EnumerateResponse" : "PullResponse", items(n * 2, 2),
                                                        n < 3 ? "ctx" + QByteArray::number(n) : QByteArray()))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    Names names;
    const auto done = await(connection.enumerate(all("CIM_X"), names.handler(), {}));
    QVERIFY2(done && *done, qPrintable(errorOf(done).text()));
    QCOMPARE(names.seen.size(), 8);
    QCOMPARE(names.seen.back(), QStringLiteral("n7"));
    QCOMPARE(server.connections(), 1);
    for (int i = 1; i < 4; ++i)
        QCOMPARE(server.requests()[i].element("EnumerationContext"), "ctx" + QByteArray::number(i - 1));
    for (const QByteArray name : {"To", "ResourceURI"})
        QCOMPARE(server.requests()[3].element(name), server.requests()[0].element(name));
    QVERIFY(server.requests()[3].element("MessageID") != server.requests()[0].element("MessageID"));
}

void TestWsmanConnection::stopsWhereNoProgressIs()
{
    ScriptedServer server(
            [](const Request &r) {
                if (r.body.contains("Release>"))
                    return Answer{ScriptedServer::soap(r, {})};
                return Answer{ScriptedServer::soap(
                        r, page(r.number == 0 ? "EnumerateResponse" : "PullResponse", {}, "same"))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto done = await(connection.enumerate(all("CIM_X"), [](const cim::InstanceBatch &) {}, {}));
    QCOMPARE(errorOf(done).kind, Error::Kind::Server);
    QVERIFY(errorOf(done).what.contains(QLatin1String("incomplete")));
    QTRY_VERIFY(server.requests().back().body.contains("Release>"));
    QVERIFY(server.requests().size() <= 5); // three that were empty, one on its way meanwhile, Release
}

void TestWsmanConnection::bounds_data()
{
    QTest::addColumn<int>("which");
    QTest::newRow("instances") << 0;
    QTest::newRow("bytes") << 1;
    QTest::newRow("time") << 2;
}

void TestWsmanConnection::bounds()
{
    // There is always more, and never an end.
    QFETCH(int, which);
    ScriptedServer server(
            [](const Request &r) {
                if (r.body.contains("Release>"))
                    return Answer{ScriptedServer::soap(r, {})};
                return Answer{ScriptedServer::soap(r,
                                                   page(r.number == 0 ? "EnumerateResponse" : "PullResponse",
                                                        items(r.number, 1), "ctx" + QByteArray::number(r.number)))};
            },
            QStringLiteral("self-signed"));
    ServerProfile profile = profileFor(server.serverPort());
    if (which == 0)
        profile.limits.instances = 5;
    else if (which == 1)
        profile.limits.bytes = 5000;
    else
        profile.deadlines.enumeration = std::chrono::milliseconds(50);
    WsmanConnection connection(profile, trusting());
    const auto done = await(connection.enumerate(all("CIM_X"), [](const cim::InstanceBatch &) {}, {}));
    QCOMPARE(errorOf(done).kind, Error::Kind::Server);
    QVERIFY(errorOf(done).what.contains(QLatin1String("incomplete")));
    QTRY_VERIFY(server.requests().back().body.contains("Release>"));
    if (which < 2)
        QVERIFY(server.requests().size() < 20);
}

void TestWsmanConnection::asksAhead()
{
    // The server gets the next Pull while an answer is handled here; two in a row are never open.
    QSemaphore leave;
    ScriptedServer server(
            [](const Request &r) {
                const int n = r.number;
                return Answer{ScriptedServer::soap(r,
                                                   page(n == 0 ? "EnumerateResponse" : "PullResponse", items(n, 1),
                                                        n < 5 ? "ctx" + QByteArray::number(n) : QByteArray()))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    Names names;
    std::optional<Result<>> done;
    const cim::CimConnection::BatchHandler collect = names.handler();
    spawn<Result<>>(connection.enumerate(all("CIM_X"),
                                         [&](const cim::InstanceBatch &batch) {
                                             leave.acquire();
                                             collect(batch);
                                         },
                                         {}),
                    [&](const Result<> &result) { done = result; });
    QTRY_COMPARE(server.requests().size(), 3);
    QVERIFY(names.seen.isEmpty());
    leave.release(6);
    QTRY_VERIFY(done.has_value());
    QVERIFY2(*done, qPrintable(done->has_value() ? QString() : done->error().text()));
    QCOMPARE(names.seen,
             (QStringList{QStringLiteral("n0"), QStringLiteral("n1"), QStringLiteral("n2"), QStringLiteral("n3"),
                          QStringLiteral("n4"), QStringLiteral("n5")}));
    QCOMPARE(server.requests().size(), 6);
    QCOMPARE(server.connections(), 1);
    for (int i = 1; i < 6; ++i)
        QCOMPARE(server.requests()[i].element("EnumerationContext"), "ctx" + QByteArray::number(i - 1));
}

void TestWsmanConnection::guessesAreChecked()
{
    // What looks like a context to a quick eye is the property of an instance.
    ScriptedServer server(
            [](const Request &r) {
                if (r.body.contains("Release>"))
                    return Answer{ScriptedServer::soap(r, {})};
                const QByteArray instance =
                        "<c:CIM_X xmlns:c=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_X\">"
                        "<c:EnumerationContext>fake</c:EnumerationContext></c:CIM_X>";
                return Answer{ScriptedServer::soap(
                        r,
                        "<n:EnumerateResponse><w:Items>" + instance
                                + "</w:Items><n:EnumerationContext>true</n:EnumerationContext></n:EnumerateResponse>")};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    Names names;
    const auto done = await(connection.enumerate(all("CIM_X", {"EnumerationContext"}), names.handler(), {}));
    QCOMPARE(errorOf(done).kind, Error::Kind::Server);
    QVERIFY(names.seen.isEmpty());
}

void TestWsmanConnection::gets()
{
    ScriptedServer server(
            [](const Request &r) {
                return Answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto got = await(connection.get(portalPath(), {}));
    QVERIFY2(got && *got, qPrintable(errorOf(got).text()));
    QCOMPARE((*got)->property(u"portnumber").text(), QStringLiteral("3260"));
    QVERIFY((*got)->property(u"Caption").isNull());
    const Request request = server.requests().front();
    QVERIFY(request.body.contains(
            "<wsman:Selector Name=\"__cimnamespace\">root/cimv2/storage/iscsitarget</wsman:Selector>"));
    QVERIFY(request.body.contains("<wsman:Selector Name=\"Name\">tcp-000001</wsman:Selector>"));
}

void TestWsmanConnection::getNotFound()
{
    for (const QString &who : {QStringLiteral("omi"), QStringLiteral("openwsman")}) {
        ScriptedServer server(
                [&](const Request &r) {
                    return Answer{ScriptedServer::recorded(
                            r, recording(who + QLatin1String("/61-get-notfound.response.xml")), 500)};
                },
                QStringLiteral("self-signed"));
        WsmanConnection connection(profileFor(server.serverPort()), trusting());
        const auto got = await(connection.get(portalPath(), {}));
        QCOMPARE(errorOf(got).kind, Error::Kind::NoSuchObject);
        QVERIFY(!errorOf(got).detail.isEmpty());
        QCOMPARE(server.requests().size(), 1);
    }
}

void TestWsmanConnection::smallerBatches()
{
    // openwsman: the answer does not fit, and the enumeration is gone as well.
    ScriptedServer server(
            [](const Request &r) {
                const int batch = r.element("MaxElements").toInt();
                if (batch > 20)
                    return Answer{ScriptedServer::soap(r, fault("EncodingLimit"), 400)};
                return Answer{ScriptedServer::soap(r, page("EnumerateResponse", items(0, 2), {}))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    Names names;
    const auto done = await(connection.enumerate(all("CIM_X"), names.handler(), {}));
    QVERIFY2(done && *done, qPrintable(errorOf(done).text()));
    QCOMPARE(names.seen.size(), 2);
}

void TestWsmanConnection::learnsTheStyle()
{
    ScriptedServer server(
            [](const Request &r) {
                if (r.body.contains("Identify")) {
                    return Answer{ScriptedServer::soap(
                            r,
                            "<d:IdentifyResponse "
                            "xmlns:d=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\">"
                            "<d:ProductVendor>Microsoft Corporation</d:ProductVendor><d:ProductVersion>OS: 10.0 Stack: "
                            "3.0</d:ProductVersion>"
                            "</d:IdentifyResponse>")};
                }
                return Answer{ScriptedServer::soap(r, page("EnumerateResponse", {}, {}))};
            },
            QStringLiteral("self-signed"));
    ServerProfile profile = profileFor(server.serverPort());
    profile.uriStyle = UriStyle::Automatic;
    WsmanConnection connection(profile, trusting());
    int done = 0;
    for (int i = 0; i < 4; ++i) {
        spawn<Result<>>(connection.enumerate(all("MSISCSITARGET_BindsTo"), [](const cim::InstanceBatch &) {}, {}),
                        [&](const Result<> &result) { done += result ? 1 : 0; });
    }
    QTRY_COMPARE(done, 4);
    const auto requests = server.requests();
    QCOMPARE(requests.size(), 5); // asked once
    QCOMPARE(requests[4].element("ResourceURI"),
             QByteArray("http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/storage/iscsitarget/"
                        "MSISCSITARGET_BindsTo"));
    QVERIFY(!requests[4].body.contains("__cimnamespace"));
    QVERIFY(server.connections() <= 2);
    QVERIFY(connection.serverText().startsWith(QLatin1String("Microsoft")));
}

void TestWsmanConnection::referencesAreCheckedAndOnce()
{
    // OMI gives each association twice, openwsman gives everything when it drops the filter.
    ScriptedServer server(
            [&](const Request &r) {
                return Answer{
                        r.body.contains("Pull>")
                                ? ScriptedServer::soap(r, page("PullResponse", {}, {}))
                                : ScriptedServer::recorded(
                                        r, recording(QStringLiteral("omi/43-assoc-references-objepr.response.xml")))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    cim::ObjectPath endpoint = portalPath();
    endpoint.className = QStringLiteral("CIM_iSCSIProtocolEndpoint");
    endpoint.keys[0].second = cim::Value::of(QStringLiteral("CIM_iSCSIProtocolEndpoint"));
    endpoint.keys[1].second = cim::Value::of(QStringLiteral("iqn.2026-11.example.rig:target-000000,t,0x0001"));
    const auto found = await(
            connection.references(endpoint, QStringLiteral("CIM_BindsTo"), QStringLiteral("Dependent"), {}));
    QVERIFY2(found && *found, qPrintable(errorOf(found).text()));
    QCOMPARE((*found)->size(), size_t(2));
    for (const cim::Instance &one : **found)
        QCOMPARE(one.property(u"Dependent").reference()->key(), endpoint.key());
    const QByteArray filter = server.requests().front().body;
    const qsizetype from = filter.indexOf("</wsmb:Object>");
    QVERIFY(filter.mid(from).count("<wsmb:") >= 3); // four elements with the object
    const auto none = await(
            connection.references(portalPath(), QStringLiteral("CIM_BindsTo"), QStringLiteral("Dependent"), {}));
    QVERIFY(none && *none && (*none)->empty());
}

void TestWsmanConnection::referencesFallBack()
{
    ScriptedServer server(
            [&](const Request &r) {
                if (r.body.contains("Filter"))
                    return Answer{ScriptedServer::soap(r, fault("CannotProcessFilter"), 500)};
                return Answer{ScriptedServer::soap(r, page("EnumerateResponse", {}, {}))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto found = await(
            connection.references(portalPath(), QStringLiteral("CIM_BindsTo"), QStringLiteral("Dependent"), {}));
    QVERIFY2(found && *found, qPrintable(errorOf(found).text()));
    QCOMPARE(server.requests().size(), 2);
    QVERIFY(server.requests().back().element("ResourceURI").endsWith("/CIM_BindsTo"));
}

QTEST_GUILESS_MAIN(TestWsmanConnection)
#include "tst_wsmanconnection.moc"
