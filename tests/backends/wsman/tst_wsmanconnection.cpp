// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/wsmanconnection.h"
#include "tests/backends/wsman/await.h"
#include "tests/backends/wsman/connecting.h"
#include "tests/backends/wsman/scriptedserver.h"

#include <QElapsedTimer>
#include <QSemaphore>
#include <QTest>

#include <algorithm>

using namespace portalbind;
using namespace portalbind::wsman;
using Request = ScriptedServer::Request;
using Answer = ScriptedServer::Answer;

namespace {

const QString rig = QStringLiteral("root/cimv2/storage/iscsitarget");
const QByteArray noItems = "<w:Items/><w:EndOfSequence/>";

Error errorOf(const auto &result)
{
    return !result ? Error{Error::Kind::BadInput, QStringLiteral("no result in time"), {}, {}, {}}
            : *result ? Error{Error::Kind::BadInput, QStringLiteral("success"), {}, {}, {}} : result->error();
}

cim::CimConnection::Enumeration all(const char *name, std::vector<std::string> properties = {"Name"})
{
    return {rig, QString::fromLatin1(name), std::move(properties), true, true};
}

cim::ObjectPath portalPath()
{
    cim::ObjectPath path;
    path.nameSpace = rig;
    path.className = QStringLiteral("CIM_TCPProtocolEndpoint");
    path.keys = {{QStringLiteral("CreationClassName"), cim::Value::of(QStringLiteral("CIM_TCPProtocolEndpoint"))},
                 {QStringLiteral("Name"), cim::Value::of(QStringLiteral("tcp-000001"))},
                 {QStringLiteral("SystemCreationClassName"), cim::Value::of(QStringLiteral("CIM_ComputerSystem"))},
                 {QStringLiteral("SystemName"), cim::Value::of(QStringLiteral("rig-host"))}};
    return path;
}

QByteArray page(const char *kind, const QByteArray &items, const QByteArray &context)
{
    const QByteArray name = kind;
    return "<n:" + name + ">" + (context.isEmpty() ? "<w:EndOfSequence/>" : "<n:EnumerationContext>" + context + "</n:EnumerationContext>")
            + "<w:Items>" + items + "</w:Items></n:" + name + ">";
}

QByteArray items(int from, int count)
{
    QByteArray xml;
    for (int i = from; i < from + count; ++i) {
        xml += "<w:Item><c:CIM_X xmlns:c=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_X\"><c:Name>n"
                + QByteArray::number(i) + "</c:Name></c:CIM_X></w:Item>";
    }
    return xml;
}

QByteArray fault(const QByteArray &subcode)
{
    return "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:" + subcode
            + "</s:Value></s:Subcode></s:Code><s:Reason><s:Text>no</s:Text></s:Reason></s:Fault>";
}

struct Names
{
    QStringList seen;
    cim::CimConnection::BatchHandler handler()
    {
        return [this](const cim::InstanceBatch &batch) {
            for (size_t i = 0; i < batch.size(); ++i) {
                const auto text = batch.text(i, 0);
                seen << QString::fromUtf8(text.data(), qsizetype(text.size()));
            }
        };
    }
};

} // namespace

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
    void gets();
    void getNotFound();
    void invokes_data();
    void invokes();
    void unsupportedMethodIsAnAnswer();
    void lostWriteIsUnknown_data();
    void lostWriteIsUnknown();
    void refusedWriteIsCertain();
    void removesWithWrappedReferences();
    void modifiesOnlyWhatChanged();
    void referencesAreCheckedAndOnce();
    void referencesFallBack();
    void readsAreRepeated_data();
    void readsAreRepeated();
    void lostPullIsNotRepeated();
    void quotaLowersTheLimit();
    void smallerBatches();
    void answerToAnotherMessage();
    void wrongPasswordIsTriedOnce();
    void basicOverHttpIsRefused();
    void redirectIsAnError();
    void learnsTheStyle();
    void cancelReleases();
    void cancelInHandler();
    void cancelledCallsResumeAtOnce_data();
    void cancelledCallsResumeAtOnce();
    void destroyedWhileReading();
};

void TestWsmanConnection::identifiesBothServers_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("text");
    QTest::newRow("omi") << QStringLiteral("omi/01-identify.response.xml") << QStringLiteral("Open Management Infrastructure 1.0.8-6");
    QTest::newRow("openwsman") << QStringLiteral("openwsman/01-identify.response.xml") << QStringLiteral("Openwsman Project 2.8");
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
    QVERIFY(server.requests().front().body.contains("Identify"));
}

void TestWsmanConnection::enumeratesRecordings_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("first");
    for (const char *const who : {"omi", "openwsman"}) {
        const QString folder = QString::fromLatin1(who);
        QTest::newRow(who) << folder + QLatin1String("/17-enum-opt-objepr-3.response.xml") << QStringLiteral("tcp-000000");
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
                return Answer{ScriptedServer::soap(r, page(n == 0 ? "EnumerateResponse" : "PullResponse", items(n * 2, 2),
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
                return Answer{ScriptedServer::soap(r, page(r.number == 0 ? "EnumerateResponse" : "PullResponse", {}, "same"))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto done = await(connection.enumerate(all("CIM_X"), [](const cim::InstanceBatch &) { }, {}));
    QCOMPARE(errorOf(done).kind, Error::Kind::Server);
    QVERIFY(errorOf(done).what.contains(QLatin1String("incomplete")));
    QTRY_COMPARE(server.requests().size(), 4);
    QVERIFY(server.requests().back().body.contains("Release>"));
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
    QVERIFY(request.body.contains("<wsman:Selector Name=\"__cimnamespace\">root/cimv2/storage/iscsitarget</wsman:Selector>"));
    QVERIFY(request.body.contains("<wsman:Selector Name=\"Name\">tcp-000001</wsman:Selector>"));
}

void TestWsmanConnection::getNotFound()
{
    for (const QString &who : {QStringLiteral("omi"), QStringLiteral("openwsman")}) {
        ScriptedServer server(
                [&](const Request &r) {
                    return Answer{ScriptedServer::recorded(r, recording(who + QLatin1String("/61-get-notfound.response.xml")), 500)};
                },
                QStringLiteral("self-signed"));
        WsmanConnection connection(profileFor(server.serverPort()), trusting());
        const auto got = await(connection.get(portalPath(), {}));
        QCOMPARE(errorOf(got).kind, Error::Kind::NoSuchObject);
        QVERIFY(!errorOf(got).detail.isEmpty());
        QCOMPARE(server.requests().size(), 1);
    }
}

void TestWsmanConnection::invokes_data()
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

void TestWsmanConnection::invokes()
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
                             {QStringLiteral("Portals"), {cim::Value::List{cim::Value::of(portalPath()), cim::Value::of(portalPath())}}}};
    const auto answer = await(connection.invoke(service, QStringLiteral("BindiSCSIProtocolEndPoint"), in));
    QVERIFY2(answer && *answer, qPrintable(errorOf(answer).text()));
    QCOMPARE((*answer)->returnValue, std::optional<quint32>(value));
    const QByteArray body = server.requests().front().body;
    QCOMPARE(server.requests().front().element("Action"),
             QByteArray("http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_iSCSIConfigurationService/BindiSCSIProtocolEndPoint"));
    QCOMPARE(body.count(":Portals><wsa:Address>"), 2); // the content of an EPR, without the element around it
    QCOMPARE(body.count(":iSCSIPort><wsa:Address>"), 1);
    QVERIFY(!body.contains("Nothing"));
    QVERIFY(!body.contains("OperationID"));
}

void TestWsmanConnection::unsupportedMethodIsAnAnswer()
{
    ScriptedServer server(
            [](const Request &r) {
                return Answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/82-invoke-notsupported-method.response.xml")), 500)};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto answer = await(connection.invoke(portalPath(), QStringLiteral("StartService"), {}));
    QVERIFY2(answer && *answer, qPrintable(errorOf(answer).text()));
    QCOMPARE((*answer)->returnValue, std::optional<quint32>(1));
    QVERIFY((*answer)->text.contains(QLatin1String("not supported")));
}

void TestWsmanConnection::lostWriteIsUnknown_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("close");
    QTest::newRow("closed") << QByteArray() << true;
    QTest::newRow("silence") << QByteArray() << false;
    QTest::newRow("cut off") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<s:En") << true;
    QTest::newRow("garbage") << QByteArray("SSH-2.0-OpenSSH_9.2\r\n") << true;
    QTest::newRow("broken XML") << ScriptedServer::http(200, "<s:Envelope") << false;
    QTest::newRow("HTTP 500") << ScriptedServer::http(500, "<html>no</html>", "text/html") << false;
    QTest::newRow("too big") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n") << false;
}

void TestWsmanConnection::lostWriteIsUnknown()
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

void TestWsmanConnection::refusedWriteIsCertain()
{
    // Refused before the service had it: nothing is unknown, and nothing is sent again.
    for (const int status : {400, 413, 503}) {
        ScriptedServer server([&](const Request &) { return Answer{ScriptedServer::http(status, {}, {})}; },
                              QStringLiteral("self-signed"));
        WsmanConnection connection(profileFor(server.serverPort()), trusting());
        const auto answer = await(connection.invoke(portalPath(), QStringLiteral("Do"), {}));
        QCOMPARE(errorOf(answer).kind, Error::Kind::Server);
        QCOMPARE(server.requests().size(), 1);
    }
    ScriptedServer none([](const Request &) { return Answer{}; });
    const quint16 port = none.serverPort();
    none.close();
    WsmanConnection connection(profileFor(port), trusting());
    const auto answer = await(connection.invoke(portalPath(), QStringLiteral("Do"), {}));
    QCOMPARE(errorOf(answer).kind, Error::Kind::Transport);
}

void TestWsmanConnection::removesWithWrappedReferences()
{
    for (const QString &who : {QStringLiteral("omi"), QStringLiteral("openwsman")}) {
        ScriptedServer server(
                [&](const Request &r) {
                    if (r.element("Action").endsWith("Delete")) {
                        const bool again = r.body.contains("ip-000001");
                        return Answer{ScriptedServer::recorded(
                                r, recording(who + QLatin1String(again ? "/76-delete-bindsto-again.response.xml" : "/75-delete-bindsto.response.xml")),
                                again ? 500 : 200)};
                    }
                    return Answer{r.body.contains("Pull>") ? ScriptedServer::soap(r, page("PullResponse", {}, {}))
                                                           : ScriptedServer::recorded(r, recording(who + QLatin1String("/25-enum-opt-bindsto-objepr-2.response.xml")))};
                },
                QStringLiteral("self-signed"));
        WsmanConnection connection(profileFor(server.serverPort()), trusting());
        std::vector<cim::ObjectPath> paths;
        std::vector<std::string> keys;
        const auto done = await(connection.enumerate(
                all("CIM_BindsTo", {"Antecedent", "Dependent"}),
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

void TestWsmanConnection::modifiesOnlyWhatChanged()
{
    const QByteArray portal = "<p:WT_Portal xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/wmi/WT_Portal\">"
                              "<p:Address>10.0.0.5</p:Address><p:Listen>false</p:Listen><p:Note i:nil=\"true\"/>"
                              "<p:Since><c:Datetime xmlns:c=\"http://schemas.dmtf.org/wbem/wscim/1/common\">2026-01-02T03:04:05Z</c:Datetime></p:Since>"
                              "<p:Port>3260</p:Port></p:WT_Portal>";
    ScriptedServer server([&](const Request &r) { return Answer{ScriptedServer::soap(r, portal)}; }, QStringLiteral("self-signed"));
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
    QCOMPARE(request.element("ResourceURI"), QByteArray("http://schemas.microsoft.com/wbem/wsman/1/wmi/root/wmi/WT_Portal"));
    QVERIFY(!request.body.contains("__cimnamespace"));
    QCOMPARE(request.element("Listen"), QByteArray("true"));
    QCOMPARE(request.element("Datetime"), QByteArray("2026-01-02T03:04:05Z")); // its wrapper is kept
    QVERIFY(!request.body.contains("Note"));
}

void TestWsmanConnection::referencesAreCheckedAndOnce()
{
    // OMI gives each association twice, openwsman gives everything when it drops the filter.
    ScriptedServer server(
            [&](const Request &r) {
                return Answer{r.body.contains("Pull>") ? ScriptedServer::soap(r, page("PullResponse", {}, {}))
                                                       : ScriptedServer::recorded(r, recording(QStringLiteral("omi/43-assoc-references-objepr.response.xml")))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    cim::ObjectPath endpoint = portalPath();
    endpoint.className = QStringLiteral("CIM_iSCSIProtocolEndpoint");
    endpoint.keys[0].second = cim::Value::of(QStringLiteral("CIM_iSCSIProtocolEndpoint"));
    endpoint.keys[1].second = cim::Value::of(QStringLiteral("iqn.2026-11.example.rig:target-000000,t,0x0001"));
    const auto found = await(connection.references(endpoint, QStringLiteral("CIM_BindsTo"), QStringLiteral("Dependent"), {}));
    QVERIFY2(found && *found, qPrintable(errorOf(found).text()));
    QCOMPARE((*found)->size(), size_t(2));
    for (const cim::Instance &one : **found)
        QCOMPARE(one.property(u"Dependent").reference()->key(), endpoint.key());
    const QByteArray filter = server.requests().front().body;
    const qsizetype from = filter.indexOf("</wsmb:Object>");
    QVERIFY(filter.mid(from).count("<wsmb:") >= 3); // four elements with the object
    const auto none = await(connection.references(portalPath(), QStringLiteral("CIM_BindsTo"), QStringLiteral("Dependent"), {}));
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
    const auto found = await(connection.references(portalPath(), QStringLiteral("CIM_BindsTo"), QStringLiteral("Dependent"), {}));
    QVERIFY2(found && *found, qPrintable(errorOf(found).text()));
    QCOMPARE(server.requests().size(), 2);
    QVERIFY(server.requests().back().element("ResourceURI").endsWith("/CIM_BindsTo"));
}

void TestWsmanConnection::readsAreRepeated_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("close");
    QTest::newRow("503") << ScriptedServer::http(503, "<html><b>Busy</b></html>", "text/html") << false;
    QTest::newRow("429") << ScriptedServer::http(429, {}, {}, "Retry-After: 0\r\n") << false;
    QTest::newRow("closed") << QByteArray() << true;
    QTest::newRow("cut off") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<s:En") << true;
}

void TestWsmanConnection::readsAreRepeated()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, close);
    ScriptedServer server(
            [&](const Request &r) {
                if (r.number < 2)
                    return Answer{bytes, close};
                return Answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto got = await(connection.get(portalPath(), {}));
    QVERIFY2(got && *got, qPrintable(errorOf(got).text()));
    QCOMPARE(server.requests().size(), 3);
    QVERIFY(server.requests()[0].element("MessageID") != server.requests()[1].element("MessageID"));
    server.setHandler([&](const Request &) { return Answer{bytes, close}; });
    const auto failed = await(connection.get(portalPath(), {}));
    QVERIFY(failed && !*failed);
    QCOMPARE(server.requests().size(), 3 + 4); // bounded
}

void TestWsmanConnection::lostPullIsNotRepeated()
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
    const auto done = await(connection.enumerate(all("CIM_X"), [](const cim::InstanceBatch &) { }, {}));
    QCOMPARE(errorOf(done).kind, Error::Kind::Transport);
    QTRY_COMPARE(server.requests().size(), 3); // Enumerate, Pull, Release
    QVERIFY(server.requests().back().body.contains("Release>"));
}

void TestWsmanConnection::quotaLowersTheLimit()
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

void TestWsmanConnection::answerToAnotherMessage()
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

void TestWsmanConnection::wrongPasswordIsTriedOnce()
{
    ScriptedServer server(
            [](const Request &) {
                return Answer{ScriptedServer::http(401, {}, {}, "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: Basic realm=\"W,S\"\r\n")};
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

void TestWsmanConnection::basicOverHttpIsRefused()
{
    ScriptedServer server([](const Request &r) { return Answer{ScriptedServer::soap(r, {})}; });
    ServerProfile profile = profileFor(server.serverPort());
    profile.tls = false;
    WsmanConnection connection(profile, trusting());
    const auto got = await(connection.get(portalPath(), {}));
    QCOMPARE(errorOf(got).kind, Error::Kind::BadInput);
    QCOMPARE(server.requests().size(), 0);
}

void TestWsmanConnection::redirectIsAnError()
{
    ScriptedServer server([](const Request &) { return Answer{ScriptedServer::http(302, {}, {}, "Location: http://127.0.0.1:1/\r\n")}; },
                          QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto got = await(connection.get(portalPath(), {}));
    QCOMPARE(errorOf(got).kind, Error::Kind::Server);
    QCOMPARE(server.requests().size(), 1);
}

void TestWsmanConnection::learnsTheStyle()
{
    ScriptedServer server(
            [](const Request &r) {
                if (r.body.contains("Identify")) {
                    return Answer{ScriptedServer::soap(
                            r, "<d:IdentifyResponse xmlns:d=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\">"
                               "<d:ProductVendor>Microsoft Corporation</d:ProductVendor><d:ProductVersion>OS: 10.0 Stack: 3.0</d:ProductVersion>"
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
        spawn<Result<>>(connection.enumerate(all("MSISCSITARGET_BindsTo"), [](const cim::InstanceBatch &) { }, {}),
                        [&](Result<> result) { done += result ? 1 : 0; });
    }
    QTRY_COMPARE(done, 4);
    const auto requests = server.requests();
    QCOMPARE(requests.size(), 5); // asked once
    QCOMPARE(requests[4].element("ResourceURI"),
             QByteArray("http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/storage/iscsitarget/MSISCSITARGET_BindsTo"));
    QVERIFY(!requests[4].body.contains("__cimnamespace"));
    QVERIFY(server.connections() <= 2);
    QVERIFY(connection.serverText().startsWith(QLatin1String("Microsoft")));
}

void TestWsmanConnection::cancelReleases()
{
    ScriptedServer server(
            [](const Request &r) {
                if (r.body.contains("Release>"))
                    return Answer{ScriptedServer::soap(r, {})};
                if (r.element("Action").endsWith("Get"))
                    return Answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
                if (r.body.contains("Pull>")) {
                    Answer answer;
                    answer.silent = true;
                    return answer;
                }
                return Answer{ScriptedServer::soap(r, page("EnumerateResponse", items(0, 1), "open-one"))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    std::stop_source stop;
    std::optional<Result<>> got;
    spawn<Result<>>(connection.enumerate(all("CIM_X"), [](const cim::InstanceBatch &) { }, stop.get_token()),
                    [&](Result<> result) { got = result; });
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

void TestWsmanConnection::cancelInHandler()
{
    // A handler that runs when the call is cancelled is waited for; none runs afterwards.
    ScriptedServer server(
            [](const Request &r) {
                return Answer{r.body.contains("Release>") ? ScriptedServer::soap(r, {})
                                                          : ScriptedServer::soap(r, page(r.number == 0 ? "EnumerateResponse" : "PullResponse", items(0, 1), "more"))};
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    std::stop_source stop;
    std::atomic<int> inside{0}, runs{0};
    QSemaphore entered, leave;
    std::optional<Result<>> got;
    spawn<Result<>>(connection.enumerate(all("CIM_X"),
                                         [&](const cim::InstanceBatch &) {
                                             ++inside;
                                             ++runs;
                                             entered.release();
                                             leave.acquire();
                                             --inside;
                                         },
                                         stop.get_token()),
                    [&](Result<> result) { got = result; });
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

void TestWsmanConnection::cancelledCallsResumeAtOnce_data()
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

void TestWsmanConnection::cancelledCallsResumeAtOnce()
{
    QFETCH(int, phase);
    ScriptedServer server(
            [phase](const Request &) {
                Answer answer;
                answer.silent = phase == 2 || phase == 5;
                answer.bytes = phase == 4 ? ScriptedServer::http(503, {}, {}, "Retry-After: 20\r\n")
                                          : QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<");
                return answer;
            },
            QStringLiteral("self-signed"));
    ConnectionHooks hooks = trusting();
    static Completion<bool> never; // a person who does not answer
    bool asked = false;
    struct Ask
    {
        static Task<CertificateAnswer> wait(Completion<bool> forever)
        {
            co_await forever;
            co_return CertificateAnswer::Once;
        }
    };
    if (phase == 0) {
        hooks.ask = [&asked](const CertificateQuestion &) {
            asked = true;
            return Ask::wait(never);
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
    if (phase == 6)
        stop.request_stop();
    spawn<Result<cim::Instance>>(connection.get(portalPath(), stop.get_token()), [&](auto result) { first = std::move(result); });
    if (phase == 5)
        spawn<Result<cim::Instance>>(connection.get(portalPath(), stop.get_token()), [&](auto result) { second = std::move(result); });
    if (phase == 0)
        QTRY_VERIFY(asked);
    else if (phase == 1)
        QTRY_COMPARE(server.connections(), 1);
    else if (phase != 6)
        QTRY_COMPARE(server.requests().size(), 1);
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
    QVERIFY(server.requests().size() <= 1);
    if (phase == 0)
        never.finish(true);
}

void TestWsmanConnection::destroyedWhileReading()
{
    ScriptedServer server(
            [](const Request &) {
                Answer answer;
                answer.silent = true;
                return answer;
            },
            QStringLiteral("self-signed"));
    auto connection = std::make_unique<WsmanConnection>(profileFor(server.serverPort()), trusting());
    std::optional<Result<cim::Instance>> got;
    spawn<Result<cim::Instance>>(connection->get(portalPath(), {}), [&](auto result) { got = std::move(result); });
    QTRY_COMPARE(server.requests().size(), 1);
    connection.reset();
    QTRY_VERIFY(got.has_value());
    QCOMPARE(got->error().kind, Error::Kind::Cancelled);
    QTRY_COMPARE(server.open(), 0);
}

QTEST_GUILESS_MAIN(TestWsmanConnection)
#include "tst_wsmanconnection.moc"
