// SPDX-License-Identifier: Apache-2.0

// Habits of servers that no other test shows; docs/testing-peers.md lists them all.
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

class TestServerHabits : public QObject
{
    Q_OBJECT
private slots:
    void passwordGoesUnasked();
    void nothingThatChangesTheProtocol();
    void filterHasFourParts();
    void resultsByAnyName_data();
    void resultsByAnyName();
    void arraysOfOne();
    void namesInOtherLetters();
    void roleNotInstalled();
    void otherLanguages();
};

namespace {

const QString tls = QStringLiteral("self-signed");

Answer answered(const Request &r, const QByteArray &body, int status = 200)
{
    return {ScriptedServer::soap(r, body, status)};
}

} // namespace

void TestServerHabits::passwordGoesUnasked()
{
    // OMI never answers a request without an Authorization: there is no 401 to wait for.
    ScriptedServer server(
            [](const Request &r) {
                Answer answer = answered(r, page("EnumerateResponse", {}, {}));
                answer.silent = r.header("Authorization").isEmpty();
                return answer;
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto done = await(connection.enumerate(all("CIM_X"), [](const cim::InstanceBatch &) {}, {}));
    QVERIFY2(done && *done, qPrintable(errorOf(done).text()));
    QCOMPARE(server.requests().size(), 1);
}

void TestServerHabits::nothingThatChangesTheProtocol()
{
    // OperationID makes Windows answer in several messages, OptionSet is obeyed there even when it may be ignored;
    // openwsman answers 411 to chunks; nobody is to compress, and 100-continue is waited for by none.
    ScriptedServer server(
            [](const Request &r) {
                if (r.body.contains("Enumerate>"))
                    return answered(r, page("EnumerateResponse", items(0, 1), r.number == 0 ? "ctx" : ""));
                if (r.body.contains("Pull>"))
                    return answered(r, page("PullResponse", items(1, 1), {}));
                return answered(r, "<x:R/>");
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    QVERIFY(await(connection.enumerate(all("CIM_X"), [](const cim::InstanceBatch &) {}, {})));
    QVERIFY(await(connection.invoke(portalPath(), QStringLiteral("Do"), {})));
    QVERIFY(await(connection.remove(portalPath())));
    QCOMPARE(server.requests().size(), 4);
    for (const Request &request : server.requests()) {
        for (const char *header : {"OperationID", "SequenceId", "OptionSet", "CompressionType"})
            QVERIFY2(!request.body.contains(header), header);
        QCOMPARE(request.header("Content-Length").toLongLong(), request.body.size());
        QVERIFY(request.header("Transfer-Encoding").isEmpty() && request.header("Expect").isEmpty());
        QCOMPARE(request.header("Accept-Encoding"), QByteArray("identity"));
        QCOMPARE(request.header("Content-Type"), QByteArray("application/soap+xml;charset=UTF-8"));
        QVERIFY(request.body.contains("http://schemas.xmlsoap.org/ws/2004/08/addressing"));
        QVERIFY(!request.body.contains("http://www.w3.org/2005/08/addressing"));
    }
}

void TestServerHabits::filterHasFourParts()
{
    // openwsman 2.8 drops an association filter of fewer, and gives the whole class.
    ScriptedServer server([](const Request &r) { return answered(r, page("EnumerateResponse", {}, {})); }, tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    for (const char *role : {"", "Dependent"}) {
        const auto found = await(
                connection.references(portalPath(), QStringLiteral("CIM_BindsTo"), QString::fromLatin1(role), {}));
        QVERIFY2(found && *found, qPrintable(errorOf(found).text()));
        pugi::xml_document request;
        QVERIFY(request.load_string(server.requests().back().body.constData()));
        const pugi::xml_node filter = request.select_node("//*[local-name()='AssociationInstances']").node();
        QVERIFY(filter);
        int parts = 0;
        for (pugi::xml_node part = filter.first_child(); part; part = part.next_sibling())
            parts += part.type() == pugi::node_element ? 1 : 0;
        QVERIFY2(parts >= 4, server.requests().back().body.constData());
    }
}

void TestServerHabits::resultsByAnyName_data()
{
    QTest::addColumn<QByteArray>("output");
    const char *const value = "<d:ReturnValue>7</d:ReturnValue>";
    for (const char *name : {"Do_OUTPUT", "Do", "CIM_X_OUTPUT", "anything"})
        QTest::newRow(name) << QByteArray("<d:") + name + " xmlns:d=\"http://u/CIM_X\">" + value + "</d:" + name + ">";
    QTest::newRow("in the method's namespace")
            << QByteArray("<d:Do xmlns:d=\"http://u/CIM_X/Do\"><d:ReturnValue>7</d:ReturnValue></d:Do>");
    QTest::newRow("without a namespace") << QByteArray("<Do_OUTPUT><ReturnValue>7</ReturnValue></Do_OUTPUT>");
    QTest::newRow("in other letters") << QByteArray(
            "<d:Do xmlns:d=\"http://u/CIM_X\"><d:returnvalue> 7 </d:returnvalue></d:Do>");
}

void TestServerHabits::resultsByAnyName()
{
    QFETCH(QByteArray, output);
    ScriptedServer server([&](const Request &r) { return answered(r, output); }, tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto said = await(connection.invoke(portalPath(), QStringLiteral("Do"), {}));
    QVERIFY2(said && *said, qPrintable(errorOf(said).text()));
    QCOMPARE((*said)->returnValue, std::optional<quint32>(7));
}

void TestServerHabits::arraysOfOne()
{
    // openwsman: an array of one element is written as a scalar, one of none is left out; names come sorted.
    ScriptedServer server(
            [](const Request &r) {
                const QByteArray schema = " xmlns:c=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_X\"";
                return answered(r,
                                page("EnumerateResponse",
                                     "<w:Item><c:CIM_X" + schema
                                             + "><c:Name>none</c:Name></c:CIM_X></w:Item><w:Item><c:CIM_X" + schema
                                             + "><c:Codes>1</c:Codes><c:Name>one</c:Name></c:CIM_X></w:Item>"
                                               "<w:Item><c:CIM_X"
                                             + schema
                                             + "><c:Name>two</c:Name><c:Codes>1</c:Codes><c:Codes>2</c:Codes>"
                                               "</c:CIM_X></w:Item>",
                                     {}));
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    QStringList seen;
    const auto done = await(connection.enumerate(
            all("CIM_X", {"Name", "Codes"}),
            [&](const cim::InstanceBatch &batch) {
                for (size_t i = 0; i < batch.size(); ++i) {
                    const std::string_view code = batch.text(i, 1);
                    seen << QString::fromUtf8(batch.text(i, 0).data())
                                    + (code.data() ? QLatin1Char('=') + QString::fromUtf8(code.data()) : QString());
                }
            },
            {}));
    QVERIFY2(done && *done, qPrintable(errorOf(done).text()));
    QCOMPARE(seen, (QStringList{QStringLiteral("none"), QStringLiteral("one=1"), QStringLiteral("two=1")}));
}

void TestServerHabits::namesInOtherLetters()
{
    // The resource URI of an endpoint reference may be in other letters than the request's: the same object, and its
    // name is echoed as it came.
    const auto item = [](const QByteArray &className, const QByteArray &space) {
        return "<w:Item><c:CIM_X xmlns:c=\"http://u/CIM_X\"><c:Name>n</c:Name></c:CIM_X><a:EndpointReference>"
               "<a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>"
               "<a:ReferenceParameters><w:ResourceURI>http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
                + className + "</w:ResourceURI><w:SelectorSet><w:Selector Name=\"__cimnamespace\">" + space
                + "</w:Selector><w:Selector Name=\"NAME\">n</w:Selector></w:SelectorSet></a:ReferenceParameters>"
                  "</a:EndpointReference></w:Item>";
    };
    ScriptedServer server(
            [&](const Request &r) {
                return answered(
                        r, page("EnumerateResponse", item("CIM_X", "root/cimv2") + item("cim_x", "ROOT/CIMV2"), {}));
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    std::vector<std::string> keys;
    QByteArray second;
    const auto done = await(connection.enumerate(all("CIM_X"),
                                                 [&](const cim::InstanceBatch &batch) {
                                                     for (size_t i = 0; i < batch.size(); ++i)
                                                         keys.push_back(batch.pathKey(i));
                                                     second = batch.path(1)->verbatim;
                                                 },
                                                 {}));
    QVERIFY2(done && *done, qPrintable(errorOf(done).text()));
    QCOMPARE(keys.size(), size_t(2));
    QCOMPARE(keys[0], keys[1]);
    QVERIFY2(second.contains("/cim_x<") && second.contains("ROOT/CIMV2"), second.constData());
}

void TestServerHabits::roleNotInstalled()
{
    // Windows without the role has neither WT_Portal nor the SMI-S classes.
    ScriptedServer server(
            [](const Request &r) {
                if (r.body.contains("Identify"))
                    return Answer{
                            ScriptedServer::recorded(r, recording(QStringLiteral("omi/01-identify.response.xml")))};
                if (r.body.contains("Win32_OperatingSystem"))
                    return answered(r, page("EnumerateResponse", items(0, 1), {}));
                return answered(r, fault("DestinationUnreachable").replace("w:", "a:"), 500);
            },
            tls);
    ServerProfile profile = profileFor(server.serverPort());
    profile.uriStyle = UriStyle::Automatic;
    const auto connection = std::make_shared<WsmanConnection>(profile, trusting());
    const Error error = errorOf(await(cim::discover(connection, {}, QStringLiteral("fs01"), {})));
    QVERIFY2(error.what.contains(QLatin1String("without an iSCSI target")), qPrintable(error.text()));
    QVERIFY2(error.remedy.contains(QLatin1String("Install-WindowsFeature FS-iSCSITarget-Server")),
             qPrintable(error.text()));
}

void TestServerHabits::otherLanguages()
{
    // Windows may answer in the language of the server, whatever was asked for.
    const QByteArray chinese = "\xe6\x8b\x92\xe7\xbb\x9d\xe8\xae\xbf\xe9\x97\xae\xe3\x80\x82"; // access denied
    ScriptedServer server(
            [&](const Request &r) {
                return answered(
                        r,
                        "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:AccessDenied</s:Value>"
                        "</s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"zh-CN\">"
                                + chinese + "</s:Text></s:Reason></s:Fault>",
                        500);
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto got = await(connection.get(portalPath(), {}));
    QCOMPARE(errorOf(got).kind, Error::Kind::Rights); // by the code
    QVERIFY(errorOf(got).what.contains(QString::fromUtf8(chinese)));
    QVERIFY(server.requests().front().body.contains("xml:lang=\"en-US\""));
}

QTEST_GUILESS_MAIN(TestServerHabits)
#include "tst_serverhabits.moc"
