// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/channelbinding.h"
#include "backends/wsman/wsmanconnection.h"
#include "tests/backends/wsman/await.h"
#include "tests/backends/wsman/composing.h"
#include "tests/backends/wsman/connecting.h"
#include "tests/backends/wsman/gssacceptor.h"
#include "tests/backends/wsman/scriptedserver.h"

#include <QRegularExpression>
#include <QSslCertificate>
#include <QTemporaryDir>
#include <QTest>

#include <map>

using namespace portalbind;
using namespace portalbind::wsman;
using Request = ScriptedServer::Request;
using Answer = ScriptedServer::Answer;

namespace {

/// A service that demands Negotiate, as WinRM does: one context per connection, messages encrypted over plain HTTP.
class NegotiatingService
{
public:
    enum class Fault { None, Clear, Tampered, WrongLength, ClosesAfterSignIn, Forgets, Status };

    Fault fault = Fault::None;
    int status = 0; ///< of Fault::Status: in clear, after the request was carried out
    QByteArray binding; ///< demanded of the client over TLS
    QByteArray dashes = "--";
    int signIns = 0, refused = 0;
    QList<QByteArray> plain; ///< what was asked, decrypted

    Answer operator()(const Request &r)
    {
        GssAcceptor &acceptor = m_acceptors[r.connection];
        const QByteArray authorization = r.header("Authorization");
        if (!authorization.isEmpty())
            return signIn(acceptor, r, authorization);
        if (!acceptor.isComplete() || fault == Fault::Forgets)
            return {ScriptedServer::http(401, {}, {}, "WWW-Authenticate: Negotiate\r\n")};
        return binding.isEmpty() ? sealed(acceptor, r) : open(r);
    }

private:
    Answer signIn(GssAcceptor &acceptor, const Request &r, const QByteArray &authorization)
    {
        if (!authorization.startsWith("Negotiate ") || !r.body.isEmpty())
            return {ScriptedServer::http(400, {}, {})};
        const QByteArray token = acceptor.step(QByteArray::fromBase64(authorization.mid(10)), binding);
        if (acceptor.failed()) {
            ++refused;
            return {ScriptedServer::http(401, {}, {},
                                         "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: Basic realm=\"x\"\r\n")};
        }
        const QByteArray field = token.isEmpty() ? QByteArray()
                                                 : "WWW-Authenticate: Negotiate " + token.toBase64() + "\r\n";
        if (!acceptor.isComplete())
            return {ScriptedServer::http(401, {}, {}, field + "WWW-Authenticate: Basic realm=\"a, b\"\r\n")};
        ++signIns;
        return {ScriptedServer::http(200, {}, {},
                                     field + (fault == Fault::ClosesAfterSignIn ? "Connection: close\r\n" : ""))};
    }

    Answer open(const Request &r)
    {
        plain << r.body;
        return {ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
    }

    Answer sealed(GssAcceptor &acceptor, const Request &r)
    {
        Request inner = r;
        inner.body = acceptor.open(r.body);
        if (inner.body.isEmpty() || r.header("Content-Type") != GssAcceptor::contentType())
            return {ScriptedServer::http(400, {}, {})};
        plain << inner.body;
        const QByteArray whole = ScriptedServer::recorded(inner, recording(QStringLiteral("omi/58-get.response.xml")));
        if (fault == Fault::Clear)
            return {whole};
        if (fault == Fault::Status)
            return {ScriptedServer::http(status, "<html>no</html>", "text/html", "WWW-Authenticate: Negotiate\r\n")};
        QByteArray body = acceptor.seal(whole.mid(whole.indexOf("\r\n\r\n") + 4), dashes);
        if (fault == Fault::Tampered)
            body[body.size() / 2] = char(body[body.size() / 2] ^ 1);
        if (fault == Fault::WrongLength)
            body.replace(";Length=", ";Length=9");
        return {ScriptedServer::http(200, body, GssAcceptor::contentType())};
    }

    std::map<int, GssAcceptor> m_acceptors;
};

cim::ObjectPath anything()
{
    cim::ObjectPath path;
    path.nameSpace = QStringLiteral("root/x");
    path.className = QStringLiteral("CIM_X");
    path.keys = {{QStringLiteral("Name"), cim::Value::of(QStringLiteral("secret-name"))}};
    return path;
}

ServerProfile ntlmProfile(quint16 port, bool tls)
{
    ServerProfile profile = profileFor(port);
    profile.tls = tls;
    profile.signIn = SignIn::Ntlm;
    profile.user = QStringLiteral("RIG\\maria");
    profile.password = Secret(QStringLiteral("Passw0rd"));
    return profile;
}

} // namespace

class TestNtlm : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void encryptsOverHttp();
    void toleratesBlanksAfterDashes();
    void refusesAnswers_data();
    void refusesAnswers();
    void bindsToTheCertificate();
    void refusesAnotherBinding();
    void wrongPasswordIsTriedOnce();
    void forgottenContext();
    void statusInClear_data();
    void statusInClear();
    void refusedOverTls();
    void closingServer();
    void basicIsNoWayOut();
    void oneContextPerConnection();
    void cancelledInTheMiddle();

private:
    QTemporaryDir m_dir;
};

void TestNtlm::initTestCase()
{
    QFile users(m_dir.filePath(QStringLiteral("users")));
    QVERIFY(users.open(QIODevice::WriteOnly));
    users.write("RIG:maria:Passw0rd\n");
    users.close();
    qputenv("NTLM_USER_FILE", users.fileName().toUtf8());
    if (!GssAcceptor::hasNtlm())
        QFAIL("the GSSAPI mechanism gss-ntlmssp is missing (Debian: gss-ntlmssp)");
}

void TestNtlm::encryptsOverHttp()
{
    NegotiatingService service;
    ScriptedServer server([&](const Request &r) { return service(r); });
    WsmanConnection connection(ntlmProfile(server.serverPort(), false));
    for (int i = 0; i < 3; ++i) {
        const auto got = await(connection.get(anything(), {}));
        QVERIFY2(got && *got, qPrintable(errorOf(got).text() + errorOf(got).detail));
        QCOMPARE((*got)->property(u"PortNumber").text(), QStringLiteral("3260"));
    }
    QCOMPARE(service.signIns, 1);
    QCOMPARE(server.connections(), 1);
    QCOMPARE(service.plain.size(), 3);
    QVERIFY(service.plain.front().contains("secret-name"));
    for (const Request &request : server.requests()) {
        QVERIFY(!request.body.contains("secret-name"));
        QVERIFY(!request.body.contains("Envelope"));
        QVERIFY(request.header("Authorization").isEmpty() || request.body.isEmpty());
    }
}

void TestNtlm::toleratesBlanksAfterDashes()
{
    NegotiatingService service;
    service.dashes = "-- ";
    ScriptedServer server([&](const Request &r) { return service(r); });
    WsmanConnection connection(ntlmProfile(server.serverPort(), false));
    const auto got = await(connection.get(anything(), {}));
    QVERIFY2(got && *got, qPrintable(errorOf(got).text()));
}

void TestNtlm::refusesAnswers_data()
{
    QTest::addColumn<int>("fault");
    QTest::newRow("in clear") << int(NegotiatingService::Fault::Clear);
    QTest::newRow("tampered with") << int(NegotiatingService::Fault::Tampered);
    QTest::newRow("of another length") << int(NegotiatingService::Fault::WrongLength);
}

void TestNtlm::refusesAnswers()
{
    QFETCH(int, fault);
    NegotiatingService service;
    service.fault = NegotiatingService::Fault(fault);
    ScriptedServer server([&](const Request &r) { return service(r); });
    WsmanConnection connection(ntlmProfile(server.serverPort(), false));
    const auto got = await(connection.get(anything(), {}));
    QCOMPARE(errorOf(got).kind, Error::Kind::Transport);
    QCOMPARE(service.plain.size(), 1); // not asked again, and never in clear
    const auto written = await(connection.invoke(anything(), QStringLiteral("Do"), {}));
    QCOMPARE(errorOf(written).kind, Error::Kind::OutcomeUnknown);
    QCOMPARE(service.plain.size(), 2);
}

void TestNtlm::bindsToTheCertificate()
{
    NegotiatingService service;
    service.binding = endPointBinding(QSslCertificate(recording(QStringLiteral("tls/self-signed.pem"))).toDer());
    ScriptedServer server([&](const Request &r) { return service(r); }, QStringLiteral("self-signed"));
    WsmanConnection connection(ntlmProfile(server.serverPort(), true), trusting());
    const auto got = await(connection.get(anything(), {}));
    QVERIFY2(got && *got, qPrintable(errorOf(got).text() + errorOf(got).detail));
    QCOMPARE(service.signIns, 1);
    for (const Request &request : server.requests())
        QVERIFY(request.header("Authorization").isEmpty() || request.body.isEmpty());
}

void TestNtlm::refusesAnotherBinding()
{
    // Somebody who passes the sign-in on to the real server, over another TLS connection.
    NegotiatingService service;
    service.binding = endPointBinding(QSslCertificate(recording(QStringLiteral("tls/other.pem"))).toDer());
    ScriptedServer server([&](const Request &r) { return service(r); }, QStringLiteral("self-signed"));
    WsmanConnection connection(ntlmProfile(server.serverPort(), true), trusting());
    const auto got = await(connection.get(anything(), {}));
    QCOMPARE(errorOf(got).kind, Error::Kind::SignIn);
    QCOMPARE(service.signIns, 0);
}

void TestNtlm::wrongPasswordIsTriedOnce()
{
    NegotiatingService service;
    ScriptedServer server([&](const Request &r) { return service(r); });
    ServerProfile profile = ntlmProfile(server.serverPort(), false);
    profile.password = Secret(QStringLiteral("wrong-word"));
    WsmanConnection connection(profile);
    int refused = 0;
    for (int i = 0; i < 4; ++i) {
        spawn<Result<cim::Instance>>(connection.get(anything(), {}), [&](const Result<cim::Instance> &got) {
            refused += !got && got.error().kind == Error::Kind::SignIn
                            && !got.error().text().contains(QLatin1String("wrong-word"))
                    ? 1
                    : 0;
        });
    }
    QTRY_COMPARE(refused, 4);
    QCOMPARE(service.refused, 1);
}

void TestNtlm::forgottenContext()
{
    NegotiatingService service;
    service.fault = NegotiatingService::Fault::Forgets;
    ScriptedServer server([&](const Request &r) { return service(r); });
    WsmanConnection connection(ntlmProfile(server.serverPort(), false));
    // The sign-in was good: it is made once more, and no password is doubted.
    const auto got = await(connection.get(anything(), {}));
    QCOMPARE(errorOf(got).kind, Error::Kind::Transport);
    QCOMPARE(service.signIns, 2);
    const auto written = await(connection.invoke(anything(), QStringLiteral("Do"), {}));
    QCOMPARE(errorOf(written).kind, Error::Kind::OutcomeUnknown); // in clear it may be anybody's word
    QCOMPARE(service.signIns, 3);
    service.fault = NegotiatingService::Fault::None;
    const auto again = await(connection.get(anything(), {}));
    QVERIFY2(again && *again, qPrintable(errorOf(again).text()));
}

void TestNtlm::statusInClear_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<int>("reads"); // how often a read is tried
    for (const auto &[status, reads] : {std::pair(401, 2), std::pair(429, 4), std::pair(502, 4), std::pair(503, 4),
                                        std::pair(504, 4), std::pair(302, 1), std::pair(403, 1), std::pair(404, 1),
                                        std::pair(408, 1), std::pair(413, 1), std::pair(500, 1), std::pair(501, 1)})
        QTest::addRow("%d", status) << status << reads;
}

void TestNtlm::statusInClear()
{
    // The service carries it out, and somebody on the way says something else: nothing is known of a write.
    QFETCH(int, status);
    QFETCH(int, reads);
    NegotiatingService service;
    service.fault = NegotiatingService::Fault::Status;
    service.status = status;
    ScriptedServer server([&](const Request &r) { return service(r); });
    WsmanConnection connection(ntlmProfile(server.serverPort(), false));
    const auto written = await(connection.invoke(anything(), QStringLiteral("Do"), {}));
    QCOMPARE(errorOf(written).kind, Error::Kind::OutcomeUnknown);
    QVERIFY(!errorOf(written).text().contains(QLatin1String("password")));
    QCOMPARE(service.plain.size(), 1);
    const auto got = await(connection.get(anything(), {}));
    QCOMPARE(errorOf(got).kind, Error::Kind::Transport);
    QCOMPARE(service.plain.size(), 1 + reads);
    service.fault = NegotiatingService::Fault::None;
    const auto again = await(connection.get(anything(), {}));
    QVERIFY2(again && *again, qPrintable(errorOf(again).text()));
}

void TestNtlm::refusedOverTls()
{
    // As on a sealed connection: a context that was there is lost, whatever the password is.
    NegotiatingService service;
    service.binding = endPointBinding(QSslCertificate(recording(QStringLiteral("tls/self-signed.pem"))).toDer());
    service.fault = NegotiatingService::Fault::Forgets;
    ScriptedServer server([&](const Request &r) { return service(r); }, QStringLiteral("self-signed"));
    WsmanConnection connection(ntlmProfile(server.serverPort(), true), trusting());
    const auto got = await(connection.get(anything(), {}));
    QCOMPARE(errorOf(got).kind, Error::Kind::Transport);
    QCOMPARE(service.signIns, 2);
}

void TestNtlm::closingServer()
{
    NegotiatingService service;
    service.fault = NegotiatingService::Fault::ClosesAfterSignIn;
    ScriptedServer server([&](const Request &r) { return service(r); });
    WsmanConnection connection(ntlmProfile(server.serverPort(), false));
    const auto got = await(connection.get(anything(), {}));
    QCOMPARE(errorOf(got).kind, Error::Kind::Transport);
    QVERIFY(service.plain.isEmpty());
}

void TestNtlm::basicIsNoWayOut()
{
    ScriptedServer server([](const Request &) {
        return Answer{ScriptedServer::http(401, {}, {}, "WWW-Authenticate: Basic realm=\"x\"\r\n")};
    });
    WsmanConnection connection(ntlmProfile(server.serverPort(), false));
    const auto got = await(connection.get(anything(), {}));
    QCOMPARE(errorOf(got).kind, Error::Kind::SignIn);
    QVERIFY(errorOf(got).remedy.contains(QLatin1String("Basic"))); // what is offered is told, not used
    for (const Request &request : server.requests())
        QVERIFY(!request.header("Authorization").startsWith("Basic"));
    QCOMPARE(server.requests().size(), 1);
}

void TestNtlm::oneContextPerConnection()
{
    NegotiatingService service;
    ScriptedServer server([&](const Request &r) { return service(r); });
    WsmanConnection connection(ntlmProfile(server.serverPort(), false));
    int good = 0;
    for (int i = 0; i < 12; ++i)
        spawn<Result<cim::Instance>>(connection.get(anything(), {}),
                                     [&](const Result<cim::Instance> &got) { good += got ? 1 : 0; });
    QTRY_COMPARE(good, 12);
    QVERIFY(server.connections() <= 2);
    QCOMPARE(service.signIns, server.connections());
}

void TestNtlm::cancelledInTheMiddle()
{
    ScriptedServer server(
            [](const Request &) {
                Answer answer;
                answer.silent = true;
                return answer;
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(ntlmProfile(server.serverPort(), true), trusting());
    // No refusal of a password: the next call tries again.
    for (int attempt = 1; attempt <= 2; ++attempt) {
        std::stop_source stop;
        std::optional<Result<cim::Instance>> got;
        spawn<Result<cim::Instance>>(connection.get(anything(), stop.get_token()),
                                     [&](auto result) { got = std::move(result); });
        QTRY_COMPARE(server.requests().size(), attempt);
        QVERIFY(server.requests().back().body.isEmpty()); // nothing of ours goes along
        stop.request_stop();
        QTRY_VERIFY(got.has_value());
        QCOMPARE(got->error().kind, Error::Kind::Cancelled);
        QTRY_COMPARE(server.open(), 0);
    }
}

QTEST_GUILESS_MAIN(TestNtlm)
#include "tst_ntlm.moc"
