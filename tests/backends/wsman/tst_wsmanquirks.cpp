// SPDX-License-Identifier: Apache-2.0

// What servers do that the specifications do not say, as recorded from openwsman and OMI or, for Windows, composed
// after what is published of it.

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

namespace {

const QString tls = QStringLiteral("self-signed");

Answer releasedOr(const Request &r, const Answer &other)
{
    return r.body.contains("Release>") ? Answer{ScriptedServer::soap(r, {})} : other;
}

int releases(const ScriptedServer &server)
{
    const auto all = server.requests();
    return int(std::count_if(all.begin(), all.end(), [](const Request &r) { return r.body.contains("Release>"); }));
}

} // namespace

class TestWsmanQuirks : public QObject
{
    Q_OBJECT
private slots:
    void closesAfterEachAnswer();
    void faultWithStatus200();
    void failureWithoutABody();
    void refusalOfAPassword();
    void emptyItemsBeforeTheEnd();
    void lostContextIsNoMissingClass_data();
    void lostContextIsNoMissingClass();
    void limitFaultDropsTheEnumeration();
    void damagedInTheMiddle();
    void emptyClasses_data();
    void emptyClasses();
    void faultWithoutRelatesTo();
    void references_data();
    void references();
    void texts_data();
    void texts();
    void addressOfAReferenceIsOnlyData();
    void twoReturnValues();
};

void TestWsmanQuirks::closesAfterEachAnswer()
{
    // openwsman: `Connection: Close` on every answer, "(null)" for a reason.
    ScriptedServer server(
            [](const Request &r) {
                const QByteArray xml = ScriptedServer::soap(r,
                                                            page(r.number == 0 ? "EnumerateResponse" : "PullResponse",
                                                                 items(r.number, 1), r.number < 3 ? "ctx" : ""));
                const QByteArray body = xml.mid(xml.indexOf("\r\n\r\n") + 4);
                return Answer{"HTTP/1.1 200 (null)\r\nServer: openwsman/2.8\r\nContent-Type: "
                              "application/soap+xml;charset=UTF-8\r\n"
                              "Content-Length: "
                                      + QByteArray::number(body.size()) + "\r\nConnection: Close\r\n\r\n" + body,
                              true};
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    Names names;
    const auto done = await(connection.enumerate(all("CIM_X"), names.handler(), {}));
    QVERIFY2(done && *done, qPrintable(errorOf(done).text()));
    QCOMPARE(names.seen,
             (QStringList{QStringLiteral("n0"), QStringLiteral("n1"), QStringLiteral("n2"), QStringLiteral("n3")}));
    QCOMPARE(server.connections(), 4);
    QCOMPARE(server.requests().size(), 4);
    QTRY_COMPARE(server.open(), 0);
}

void TestWsmanQuirks::faultWithStatus200()
{
    ScriptedServer server(
            [](const Request &r) {
                return ScriptedServer::replayed(r, QStringLiteral("openwsman/98-fault-mustunderstand"));
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto got = await(connection.get(portalPath(), {}));
    QCOMPARE(errorOf(got).kind, Error::Kind::Server);
    QVERIFY(errorOf(got).what.contains(QLatin1String("mustUnderstand")));
    const auto done = await(connection.remove(portalPath()));
    QVERIFY(done && *done);
    QCOMPARE((*done)->status, quint16(4)); // refused, however friendly its status
}

void TestWsmanQuirks::failureWithoutABody()
{
    // OMI, asked for something without an Action: 500, a SOAP content type, and nothing in it.
    ScriptedServer server(
            [](const Request &r) { return ScriptedServer::replayed(r, QStringLiteral("omi/91-fault-no-action")); },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto got = await(connection.get(portalPath(), {}));
    QCOMPARE(errorOf(got).kind, Error::Kind::NoService);
    QVERIFY(errorOf(got).detail.contains(QLatin1String("500")));
    QCOMPARE(server.requests().size(), 1);
    WsmanConnection another(profileFor(server.serverPort()), trusting()); // that one sends its password no more
    const auto done = await(another.remove(portalPath()));
    QCOMPARE(errorOf(done).kind, Error::Kind::OutcomeUnknown);
    QCOMPARE(server.requests().size(), 2);
}

void TestWsmanQuirks::refusalOfAPassword()
{
    ScriptedServer server(
            [](const Request &r) { return ScriptedServer::replayed(r, QStringLiteral("omi/03-identify-badauth")); },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto identity = await(connection.identify({}));
    QCOMPARE(errorOf(identity).kind, Error::Kind::SignIn);
    QVERIFY(errorOf(identity).detail.contains(QLatin1String("Basic, Negotiate, Kerberos")));
    QVERIFY(!server.requests().front().header("Authorization").isEmpty()); // OMI never asks for it
}

void TestWsmanQuirks::emptyItemsBeforeTheEnd()
{
    ScriptedServer server(
            [](const Request &r) {
                if (r.number == 0)
                    return ScriptedServer::replayed(r, QStringLiteral("openwsman/125-enum-opt-poly-none-empty"));
                if (r.number == 1)
                    return ScriptedServer::replayed(r, QStringLiteral("openwsman/126-pull-poly-none-empty"));
                return Answer{ScriptedServer::soap(r, page("PullResponse", items(0, 1), {}))};
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    Names names;
    const auto done = await(connection.enumerate(all("CIM_X"), names.handler(), {}));
    QVERIFY2(done && *done, qPrintable(errorOf(done).text()));
    QCOMPARE(names.seen.size(), 1);
    QCOMPARE(server.requests()[1].element("EnumerationContext"), QByteArray("914514a5-60d9-10d9-80b5-01000000fc02"));
    QCOMPARE(server.requests().size(), 3);
}

void TestWsmanQuirks::lostContextIsNoMissingClass_data()
{
    QTest::addColumn<QString>("name");
    for (const char *const name : {"omi/08-pull-after-release", "omi/88-fault-invalid-context",
                                   "openwsman/08-pull-after-release", "openwsman/88-fault-invalid-context"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TestWsmanQuirks::lostContextIsNoMissingClass()
{
    // OMI's fault is that of an object that is not there: a reader would pass over the class without a word.
    QFETCH(QString, name);
    ScriptedServer server(
            [&](const Request &r) {
                if (r.number == 0)
                    return Answer{ScriptedServer::soap(r, page("EnumerateResponse", items(0, 1), "ctx"))};
                return releasedOr(r, ScriptedServer::replayed(r, name));
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto done = await(connection.enumerate(all("CIM_X"), [](const cim::InstanceBatch &) {}, {}));
    QCOMPARE(errorOf(done).kind, Error::Kind::Server);
    QVERIFY(errorOf(done).what.contains(QLatin1String("dropped")));
    QTest::qWait(30);
    QCOMPARE(releases(server), 0); // there is nothing to give back
}

void TestWsmanQuirks::limitFaultDropsTheEnumeration()
{
    // openwsman: an answer that does not fit ends the enumeration, and asking for less comes too late.
    ScriptedServer server(
            [](const Request &r) {
                if (r.number == 0)
                    return Answer{ScriptedServer::soap(r, page("EnumerateResponse", items(0, 1), "ctx"))};
                if (r.number == 1)
                    return ScriptedServer::replayed(r, QStringLiteral("openwsman/119-pull-mesabsent-max100"));
                return releasedOr(
                        r, ScriptedServer::replayed(r, QStringLiteral("openwsman/120-pull-after-limit-fault-max2")));
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto done = await(connection.enumerate(all("CIM_X"), [](const cim::InstanceBatch &) {}, {}));
    QCOMPARE(errorOf(done).kind, Error::Kind::Server);
    QVERIFY(errorOf(done).what.contains(QLatin1String("dropped")));
    const auto requests = server.requests();
    QCOMPARE(requests.size(), 3);
    QVERIFY(requests[2].element("MaxElements").toInt() < requests[1].element("MaxElements").toInt());
    QCOMPARE(requests[2].element("EnumerationContext"), QByteArray("ctx"));
}

void TestWsmanQuirks::damagedInTheMiddle()
{
    // What can still be seen of a broken answer is the context that Windows wants back: the newest.
    ScriptedServer server(
            [](const Request &r) {
                if (r.number == 0)
                    return Answer{ScriptedServer::soap(r, page("EnumerateResponse", items(0, 1), "ctx0"))};
                QByteArray broken = page("PullResponse", items(1, 1), "ctx1");
                broken.replace("</c:Name>", "</c:Mane>");
                return releasedOr(r, {ScriptedServer::soap(r, broken)});
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    Names names;
    const auto done = await(connection.enumerate(all("CIM_X"), names.handler(), {}));
    QCOMPARE(errorOf(done).kind, Error::Kind::Server);
    QCOMPARE(names.seen, QStringList{QStringLiteral("n0")});
    QTRY_COMPARE(releases(server), 1);
    QCOMPARE(server.requests().back().element("EnumerationContext"), QByteArray("ctx1"));
}

void TestWsmanQuirks::emptyClasses_data()
{
    QTest::addColumn<QString>("name");
    for (const char *const name : {"omi/122-enum-opt-empty-assoc", "openwsman/122-enum-opt-empty-assoc"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TestWsmanQuirks::emptyClasses()
{
    QFETCH(QString, name);
    ScriptedServer server([&](const Request &r) { return ScriptedServer::replayed(r, name); }, tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    Names names;
    const auto done = await(connection.enumerate(all("CIM_X"), names.handler(), {}));
    QVERIFY2(done && *done, qPrintable(errorOf(done).text()));
    QVERIFY(names.seen.isEmpty());
    QTest::qWait(30);
    QCOMPARE(server.requests().size(), 1); // no Pull, and no Release of what has ended
}

void TestWsmanQuirks::faultWithoutRelatesTo()
{
    // Windows 2012: no RelatesTo, a subcode that says nothing, and what matters in an MSFT_WmiError.
    ScriptedServer server(
            [](const Request &) {
                return Answer{ScriptedServer::http(
                        500,
                        "<s:Envelope "
                        "xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header/><s:Body><s:Fault><s:Code>"
                        "<s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:InternalError</s:Value></s:Subcode></"
                        "s:Code>"
                        "<s:Reason><s:Text>No.</s:Text></s:Reason><s:Detail><p:MSFT_WmiError "
                        "xmlns:p=\"http://schemas.dmtf.org/"
                        "wbem/wscim/1/cim-schema/2/MSFT_WmiError\"><p:CIMStatusCode>2</"
                        "p:CIMStatusCode><p:Message>Access is denied."
                        "</p:Message></p:MSFT_WmiError></s:Detail></s:Fault></s:Body></s:Envelope>")};
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto got = await(connection.get(portalPath(), {}));
    QCOMPARE(errorOf(got).kind, Error::Kind::Rights);
    QVERIFY(errorOf(got).what.contains(QLatin1String("Access is denied.")));
}

void TestWsmanQuirks::references_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("count");
    const auto row = [](const char *name, int count) { QTest::newRow(name) << QString::fromLatin1(name) << count; };
    row("omi/43-assoc-references-objepr", 2); // each twice
    row("omi/55-assoc-references-4children-objepr", 2);
    row("omi/46-assoc-unknown-object", 0); // no fault
    row("openwsman/55-assoc-references-4children-objepr", 2);
    row("openwsman/56-assoc-references-3children-classuri-SILENTLY-UNFILTERED",
        0); // all of the class, none of them ours
}

void TestWsmanQuirks::references()
{
    QFETCH(QString, name);
    QFETCH(int, count);
    ScriptedServer server(
            [&](const Request &r) {
                return r.number == 0 ? ScriptedServer::replayed(r, name)
                                     : Answer{ScriptedServer::soap(r, page("PullResponse", {}, {}))};
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    cim::ObjectPath endpoint = portalPath();
    endpoint.className = QStringLiteral("CIM_iSCSIProtocolEndpoint");
    endpoint.keys[0].second = cim::Value::of(QStringLiteral("CIM_iSCSIProtocolEndpoint"));
    endpoint.keys[1].second = cim::Value::of(QStringLiteral("iqn.2026-11.example.rig:target-000000,t,0x0001"));
    const auto found = await(
            connection.references(endpoint, QStringLiteral("CIM_BindsTo"), QStringLiteral("Dependent"), {}));
    QVERIFY2(found && *found, qPrintable(errorOf(found).text()));
    QCOMPARE(int((*found)->size()), count);
    // openwsman takes this URI for all classes, and no other; it drops a filter of three elements.
    const Request request = server.requests().front();
    QCOMPARE(request.element("ResourceURI"), QByteArray("http://schemas.dmtf.org/wbem/wscim/1/*"));
    const QByteArray filter = request.body.mid(request.body.indexOf("</wsmb:Object>"));
    QCOMPARE(filter.count("<wsmb:"), 3);
}

void TestWsmanQuirks::texts_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("property");
    QTest::addColumn<QString>("first");
    QTest::addColumn<QString>("second");
    QTest::newRow("OMI") << QStringLiteral("omi/18-enum-opt-all-controllers-utf8") << QByteArray("elementname")
                         << QStringLiteral("Target 0 <A & B>") << QStringLiteral("Target 1 \u00fc\u20ac");
    // openwsman or what is below it loses the text, and nothing else.
    QTest::newRow("openwsman") << QStringLiteral("openwsman/18-enum-opt-all-controllers-utf8")
                               << QByteArray("elementname") << QString() << QStringLiteral("Target 1");
    QTest::newRow("openwsman, keys") << QStringLiteral("openwsman/18-enum-opt-all-controllers-utf8")
                                     << QByteArray("DeviceID")
                                     << QStringLiteral("iqn.2026-11.example.rig:target-000000")
                                     << QStringLiteral("iqn.2026-11.example.rig:target-000001");
}

void TestWsmanQuirks::texts()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, property);
    QFETCH(QString, first);
    QFETCH(QString, second);
    ScriptedServer server(
            [&](const Request &r) {
                return r.number == 0 ? ScriptedServer::replayed(r, name)
                                     : releasedOr(r, {ScriptedServer::soap(r, page("PullResponse", {}, {}))});
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    Names names;
    const auto done = await(
            connection.enumerate(all("CIM_SCSIProtocolController", {property.toStdString()}), names.handler(), {}));
    QVERIFY2(done && *done, qPrintable(errorOf(done).text()));
    QVERIFY(names.seen.size() >= 2);
    QCOMPARE(names.seen[0], first);
    QCOMPARE(names.seen[1], second);
}

void TestWsmanQuirks::addressOfAReferenceIsOnlyData()
{
    // A server could send the console anywhere by the address of a reference.
    ScriptedServer other([](const Request &r) { return Answer{ScriptedServer::soap(r, {})}; });
    ScriptedServer server([](const Request &r) { return Answer{ScriptedServer::soap(r, {})}; }, tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    cim::ObjectPath path = portalPath();
    path.verbatim = "<a:EndpointReference xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
                    " xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><a:Address>http://127.0.0.1:"
            + QByteArray::number(other.serverPort())
            + "/wsman</a:Address><a:ReferenceParameters><w:ResourceURI>http://schemas.dmtf.org/wbem/wscim/1/cim-schema/"
              "2/CIM_X</w:ResourceURI>"
              "<w:SelectorSet><w:Selector "
              "Name=\"Name\">a</w:Selector></w:SelectorSet></a:ReferenceParameters></a:EndpointReference>";
    const auto done = await(connection.remove(path));
    QVERIFY2(done && *done, qPrintable(errorOf(done).text()));
    QCOMPARE(server.requests().size(), 1);
    QCOMPARE(server.requests().front().element("To"),
             "https://127.0.0.1:" + QByteArray::number(server.serverPort()) + "/wsman");
    QCOMPARE(other.connections(), 0);
}

void TestWsmanQuirks::twoReturnValues()
{
    // Never the last of them, never the first: nobody knows what was done.
    ScriptedServer server(
            [](const Request &r) {
                return Answer{ScriptedServer::soap(r,
                                                   "<d:Do_OUTPUT "
                                                   "xmlns:d=\"u\"><d:ReturnValue>1</d:ReturnValue><d:ReturnValue>0</"
                                                   "d:ReturnValue></d:Do_OUTPUT>")};
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto done = await(connection.invoke(portalPath(), QStringLiteral("Do"), {}));
    QCOMPARE(errorOf(done).kind, Error::Kind::OutcomeUnknown);
}

QTEST_GUILESS_MAIN(TestWsmanQuirks)
#include "tst_wsmanquirks.moc"
