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

/// A server whose answers are too big, and who drops the enumeration when it says so (openwsman).
class TestSmallerBatches : public QObject
{
    Q_OBJECT
private slots:
    void downToOne();
    void hasAnEnd();
    void tooManyRefer();
};

namespace {

QByteArray lost()
{
    return fault("InvalidEnumerationContext").replace("w:Invalid", "n:Invalid");
}

class Dropping
{
public:
    explicit Dropping(int fits)
        : m_fits(fits)
    {
    }
    Answer operator()(const Request &r)
    {
        if (r.body.contains("Release>"))
            return {ScriptedServer::soap(r, {})};
        if (!r.body.contains("Pull>")) {
            ++begun;
            m_isOpen = true;
            return {ScriptedServer::soap(r, page("EnumerateResponse", {}, "ctx" + QByteArray::number(begun)))};
        }
        if (!std::exchange(m_isOpen, false))
            return {ScriptedServer::soap(r, lost(), 500)};
        if (r.element("MaxElements").toInt() > m_fits)
            return {ScriptedServer::soap(r, fault("EncodingLimit"), 500)};
        return {ScriptedServer::soap(r, page("PullResponse", items(0, 1), {}))};
    }
    int begun = 0;

private:
    int m_fits;
    bool m_isOpen = false;
};

} // namespace

void TestSmallerBatches::downToOne()
{
    Dropping script(1);
    ScriptedServer server([&](const Request &r) { return script(r); }, QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    Names names;
    const auto done = await(connection.enumerate(all("CIM_X"), names.handler(), {}));
    QVERIFY2(done && *done, qPrintable(errorOf(done).text() + errorOf(done).detail));
    QCOMPARE(names.seen, QStringList{QStringLiteral("n0")});
    QCOMPARE(script.begun, 4); // by 1000, 125, 15 and 1: more empty answers in a row than are believed of others
}

void TestSmallerBatches::hasAnEnd()
{
    Dropping script(0);
    ScriptedServer server([&](const Request &r) { return script(r); }, QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const auto done = await(connection.enumerate(all("CIM_X"), [](const cim::InstanceBatch &) {}, {}));
    QCOMPARE(errorOf(done).kind, Error::Kind::Server);
    QVERIFY2(server.requests().size() < 20, qPrintable(QString::number(server.requests().size())));
}

void TestSmallerBatches::tooManyRefer()
{
    // Associations of one object, without an end that anybody would wait for.
    const cim::ObjectPath portal = portalPath();
    const auto reference = [](const QByteArray &name) {
        return "<a:Address>x</a:Address><a:ReferenceParameters><w:ResourceURI>http://schemas.dmtf.org/wbem/wscim/1/"
               "cim-schema/2/CIM_TCPProtocolEndpoint</w:ResourceURI><w:SelectorSet>"
               "<w:Selector Name=\"CreationClassName\">CIM_TCPProtocolEndpoint</w:Selector>"
               "<w:Selector Name=\"Name\">"
                + name
                + "</w:Selector><w:Selector Name=\"SystemCreationClassName\">CIM_ComputerSystem</w:Selector>"
                  "<w:Selector Name=\"SystemName\">rig-host</w:Selector></w:SelectorSet></a:ReferenceParameters>";
    };
    ScriptedServer server(
            [&](const Request &r) {
                QByteArray all;
                for (int i = 0; i < 10; ++i)
                    all += "<w:Item><c:CIM_BindsTo xmlns:c=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
                           "CIM_BindsTo\"><c:Antecedent>"
                            + reference("tcp-000001") + "</c:Antecedent><c:Dependent>"
                            + reference("e" + QByteArray::number(i)) + "</c:Dependent></c:CIM_BindsTo></w:Item>";
                return Answer{ScriptedServer::soap(r, page("EnumerateResponse", all, {}))};
            },
            QStringLiteral("self-signed"));
    for (const size_t most : {size_t(10), size_t(9)}) {
        ServerProfile profile = profileFor(server.serverPort());
        profile.limits.referring = most;
        WsmanConnection connection(profile, trusting());
        const auto got = await(
                connection.references(portal, QStringLiteral("CIM_BindsTo"), QStringLiteral("Antecedent"), {}));
        QVERIFY(got);
        QCOMPARE(got->has_value(), most == 10);
        if (*got)
            QCOMPARE((*got)->size(), size_t(10));
        else
            QVERIFY2(got->error().what.contains(QLatin1String("incomplete")), qPrintable(got->error().text()));
    }
}

QTEST_GUILESS_MAIN(TestSmallerBatches)
#include "tst_smallerbatches.moc"
