// SPDX-License-Identifier: Apache-2.0

// Habits of servers that no other test shows; docs/testing-peers.md lists them all.
#include "backends/wsman/wsmanconnection.h"
#include "tests/backends/wsman/await.h"
#include "tests/backends/wsman/composing.h"
#include "tests/backends/wsman/connecting.h"
#include "tests/backends/wsman/scriptedserver.h"
#include "tests/testdata.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QRegularExpression>
#include <QTest>
#include <QThread>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

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
    void otherLanguages();
    void headersOfAnswers_data();
    void headersOfAnswers();
    void faultsOfAnyStatus();
    void patience();
    void acknowledgesAtOnce();
    void tableNamesTests();
};

namespace {

const QString tls = QStringLiteral("self-signed");

Answer answered(const Request &r, const QByteArray &body, int status = 200)
{
    return {ScriptedServer::soap(r, body, status)};
}

/// Whether the kernel acknowledges at once what comes over this process's connection to \a port.
bool acknowledgesAtOnceFrom(quint16 port)
{
    for (int descriptor = 3; descriptor < 256; ++descriptor) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        if (::getpeername(descriptor, reinterpret_cast<sockaddr *>(&peer), &size) != 0 || ntohs(peer.sin_port) != port)
            continue;
        int on = 0;
        size = sizeof on;
        return ::getsockopt(descriptor, IPPROTO_TCP, TCP_QUICKACK, &on, &size) == 0 && on != 0;
    }
    return false;
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

void TestServerHabits::headersOfAnswers_data()
{
    QTest::addColumn<QByteArray>("headers"); // besides RelatesTo
    const QByteArray method = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_TCPProtocolEndpoint/Do";
    const QByteArray action = "<a:Action>" + method + "Response</a:Action>";
    QTest::newRow("none") << QByteArray();
    QTest::newRow("the request's Action") << "<a:Action>" + method + "</a:Action>";
    QTest::newRow("two Actions") << action + action;
    QTest::newRow("an Action of something else") << QByteArray("<a:Action>urn:else</a:Action>");
    QTest::newRow("a MessageID of zeros")
            << action + "<a:MessageID>uuid:00000000-0000-0000-0000-000000000000</a:MessageID>";
    QTest::newRow("an unknown one") << action
                    + "<u:Sequence xmlns:u=\"urn:u\" s:mustUnderstand=\"false\">1</u:Sequence>";
}

void TestServerHabits::headersOfAnswers()
{
    // RelatesTo says whose answer it is; of the others nothing is expected.
    QFETCH(QByteArray, headers);
    ScriptedServer server(
            [&](const Request &r) {
                Answer answer = answered(r, "<Do_OUTPUT><ReturnValue>0</ReturnValue></Do_OUTPUT>");
                const QByteArray xml = answer.bytes.mid(answer.bytes.indexOf("\r\n\r\n") + 4);
                answer.bytes = ScriptedServer::http(200,
                                                    QByteArray(xml).replace("</s:Header>", headers + "</s:Header>"));
                return answer;
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto said = await(connection.invoke(portalPath(), QStringLiteral("Do"), {}));
    QVERIFY2(said && *said, qPrintable(errorOf(said).text()));
    QCOMPARE((*said)->returnValue, std::optional<quint32>(0));
}

void TestServerHabits::faultsOfAnyStatus()
{
    // openwsman gives each kind of fault a status of its own; what counts is the fault.
    int status = 0;
    ScriptedServer server(
            [&](const Request &r) {
                if (r.number == 0)
                    return Answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
                return answered(r, fault("InvalidSelectors"), status);
            },
            tls);
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto proven = await(connection.get(portalPath(), {}));
    QVERIFY2(proven && *proven, qPrintable(errorOf(proven).text()));
    for (const int each : {200, 400, 500, 501, 503}) {
        status = each;
        const qsizetype before = server.requests().size();
        const auto got = await(connection.get(portalPath(), {}));
        QVERIFY2(errorOf(got).kind == Error::Kind::NoSuchObject,
                 qPrintable(QString::number(status) + errorOf(got).text()));
        QCOMPARE(server.requests().size(), before + 1); // 503, too, is an answer and no reason to ask again
    }
}

void TestServerHabits::patience()
{
    // openwsman needs 16 s for the first byte of 100,000 portals, half as much again when somebody else asks, too. The
    // server is told how long it may take, and is waited for as long and a little longer.
    const ServerProfile profile;
    QVERIFY(profile.deadlines.operation >= std::chrono::seconds(30));
    QVERIFY(profile.deadlines.firstByte > profile.deadlines.operation);
    ScriptedServer server([](const Request &r) { return answered(r, page("EnumerateResponse", {}, {})); }, tls);
    ServerProfile shorter = profileFor(server.serverPort());
    shorter.deadlines.operation = std::chrono::seconds(47);
    WsmanConnection connection(shorter, trusting());
    QVERIFY(await(connection.enumerate(all("CIM_X"), [](const cim::InstanceBatch &) {}, {})));
    QCOMPARE(server.requests().front().element("OperationTimeout"), QByteArray("PT47S"));
}

void TestServerHabits::acknowledgesAtOnce()
{
    // OMI writes head and body apart, and its kernel holds the body back until the head is acknowledged: 44 ms when the
    // client takes its time. The client's kernel forgets with each request that it was told not to.
    int prompt = 0;
    quint16 port = 0;
    ScriptedServer server(
            [&](const Request &r) {
                QDeadlineTimer deadline(2000);
                while (!acknowledgesAtOnceFrom(port) && !deadline.hasExpired())
                    QThread::yieldCurrentThread(); // the client's thread is about to say so
                prompt += acknowledgesAtOnceFrom(port) ? 1 : 0;
                return Answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
            },
            tls);
    port = server.serverPort();
    WsmanConnection connection(profileFor(port), trusting());
    for (int i = 0; i < 8; ++i) {
        const auto got = await(connection.get(portalPath(), {}));
        QVERIFY2(got && *got, qPrintable(errorOf(got).text()));
    }
    QCOMPARE(prompt, 8);
}

void TestServerHabits::tableNamesTests()
{
    const auto contents = [](const QString &path) {
        QFile file(testData(QStringLiteral("../../") + path));
        return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
    };
    const QString page = contents(QStringLiteral("docs/testing-peers.md"));
    const QString table = page.mid(page.indexOf(QLatin1String("## Habits of servers")));
    const QRegularExpression word(QStringLiteral("([\\w/]*)/(tst_\\w+)|`(\\w+)`|\\[([^\\]]+)\\]"));
    QStringList missing;
    int named = 0;
    for (const QString &line : table.split(u'\n')) {
        QString file;
        for (auto all = word.globalMatch(line.section(u'|', 2, 2)); all.hasNext();) {
            const QRegularExpressionMatch match = all.next();
            if (!match.captured(2).isEmpty()) {
                const QString area = match.captured(1);
                file = contents(
                        (area.startsWith(QLatin1String("tests/")) ? area : QLatin1String("tests/backends/") + area)
                        + u'/' + match.captured(2) + QLatin1String(".cpp"));
            }
            QString sought = QLatin1String("QTEST_"); // it is a test
            if (!match.captured(3).isEmpty())
                sought = QLatin1String("::") + match.captured(3) + QLatin1String("()");
            else if (!match.captured(4).isEmpty())
                sought = match.captured(4).remove(u'…');
            ++named;
            if (!file.contains(sought))
                missing << match.captured();
        }
    }
    QVERIFY2(missing.isEmpty(), qPrintable(missing.join(u'\n')));
    QVERIFY(named > 100);
}

QTEST_GUILESS_MAIN(TestServerHabits)
#include "tst_serverhabits.moc"
