// SPDX-License-Identifier: Apache-2.0

// A password that a server was given and never spoke of: a refusal may look like that, and accounts get locked.
#include "backends/wsman/wsmanconnection.h"
#include "tests/backends/wsman/await.h"
#include "tests/backends/wsman/composing.h"
#include "tests/backends/wsman/connecting.h"
#include "tests/backends/wsman/gssacceptor.h"
#include "tests/backends/wsman/scriptedserver.h"

#include <QTemporaryDir>
#include <QTest>

#include <map>

using namespace portalbind;
using namespace portalbind::wsman;
using Request = ScriptedServer::Request;
using Answer = ScriptedServer::Answer;

class TestSignInOnce : public QObject
{
    Q_OBJECT
private slots:
    void basic_data();
    void basic();
    void othersConnectMeanwhile();
    void cancelledIsNoAnswer();
    void ntlm();
    void passwordGoesWithTheConnection();

private:
    QTemporaryDir m_dir;
};

namespace {

/// Six reads at once and one later; how many of them failed, and the last error.
struct Reads
{
    int failed = 0;
    QList<Error> errors;

    explicit Reads(WsmanConnection &connection)
    {
        int ended = 0;
        for (int i = 0; i < 6; ++i) {
            spawn<Result<cim::Instance>>(connection.get(portalPath(), {}), [&](Result<cim::Instance> got) {
                ++ended;
                if (!got)
                    errors << got.error();
            });
        }
        (void)QTest::qWaitFor([&] { return ended == 6; }, 10'000);
        errors << errorOf(await(connection.get(portalPath(), {})));
        failed = int(std::count_if(errors.begin(), errors.end(),
                                   [](const Error &error) { return error.kind != Error::Kind::BadInput; }));
    }
};

} // namespace

void TestSignInOnce::basic_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("reset");
    QTest::addColumn<int>("kind");
    const auto row = [](const char *name, const QByteArray &bytes, Error::Kind kind, bool reset = false) {
        QTest::newRow(name) << bytes << reset << int(kind);
    };
    row("reset", {}, Error::Kind::Transport, true);
    row("closed", {}, Error::Kind::Transport);
    row("cut off", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<s:En", Error::Kind::Transport);
    row("401 that cannot be read",
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"\x1b[31m\"\r\nContent-Length: 0\r\n\r\n",
        Error::Kind::Transport);
    row("401 of two lengths", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n",
        Error::Kind::Transport);
    row("503", ScriptedServer::http(503, {}, {}, "Retry-After: 0\r\n"), Error::Kind::NoService);
    row("429", ScriptedServer::http(429, {}, {}), Error::Kind::NoService);
    row("a page", ScriptedServer::http(200, "<html>Sign in here</html>", "text/html"), Error::Kind::NoService);
}

void TestSignInOnce::basic()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, reset);
    QFETCH(int, kind);
    ScriptedServer server(
            [&](const Request &) {
                Answer answer{bytes, true};
                answer.reset = reset;
                return answer;
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    const Reads reads(connection);
    QCOMPARE(reads.failed, 7);
    for (const Error &error : reads.errors) {
        QCOMPARE(int(error.kind), kind);
        QVERIFY2(error.remedy.contains(QLatin1String("sent once")), qPrintable(error.text()));
        QVERIFY(!error.text().contains(QLatin1String("p:w")));
    }
    QCOMPARE(server.requests().size(), 1);
    QVERIFY(server.requests()[0].header("Authorization").startsWith("Basic "));
}

void TestSignInOnce::othersConnectMeanwhile()
{
    // While the server has not spoken of the password, a second connection is made ready; nothing goes over it.
    ScriptedServer server(
            [](const Request &r) {
                Answer answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
                answer.silent = r.number == 0;
                return answer;
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    std::stop_source stop;
    int ended = 0;
    for (int i = 0; i < 2; ++i) {
        spawn<Result<cim::Instance>>(connection.get(portalPath(), stop.get_token()),
                                     [&](const Result<cim::Instance> &) { ++ended; });
    }
    QTRY_COMPARE(server.connections(), 2);
    QCOMPARE(ended, 0);
    QCOMPARE(server.requests().size(), 1);
    stop.request_stop();
    QTRY_COMPARE(ended, 2);
    QCOMPARE(server.requests().size(), 1);
}

void TestSignInOnce::cancelledIsNoAnswer()
{
    // A person who stops it and tries again has said so.
    ScriptedServer server(
            [](const Request &r) {
                Answer answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
                answer.silent = r.number == 0;
                return answer;
            },
            QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()), trusting());
    std::stop_source stop;
    std::optional<Result<cim::Instance>> stopped;
    spawn<Result<cim::Instance>>(connection.get(portalPath(), stop.get_token()),
                                 [&](auto result) { stopped = std::move(result); });
    QTRY_COMPARE(server.requests().size(), 1);
    stop.request_stop();
    QTRY_VERIFY(stopped.has_value());
    QCOMPARE(stopped->error().kind, Error::Kind::Cancelled);
    const auto got = await(connection.get(portalPath(), {}));
    QVERIFY2(got && *got, qPrintable(errorOf(got).text()));
}

void TestSignInOnce::ntlm()
{
    QFile users(m_dir.filePath(QStringLiteral("users")));
    QVERIFY(users.open(QIODevice::WriteOnly));
    users.write("RIG:maria:Passw0rd\n");
    users.close();
    qputenv("NTLM_USER_FILE", users.fileName().toUtf8());
    if (!GssAcceptor::hasNtlm())
        QFAIL("the GSSAPI mechanism gss-ntlmssp is missing (Debian: gss-ntlmssp)");
    std::map<int, GssAcceptor> acceptors;
    std::map<int, int> messages;
    int proofs = 0;
    ScriptedServer server([&](const Request &r) {
        Answer answer;
        if (++messages[r.connection] > 1) { // the one that the password was needed for
            ++proofs;
            answer.reset = true;
            return answer;
        }
        const QByteArray token = acceptors[r.connection].step(
                QByteArray::fromBase64(r.header("Authorization").mid(10)));
        answer.bytes = ScriptedServer::http(401, {}, {}, "WWW-Authenticate: Negotiate " + token.toBase64() + "\r\n");
        return answer;
    });
    ServerProfile profile = profileFor(server.serverPort());
    profile.tls = false;
    profile.signIn = SignIn::Ntlm;
    profile.user = QStringLiteral("RIG\\maria");
    profile.password = Secret(QStringLiteral("Passw0rd"));
    WsmanConnection connection(profile);
    const Reads reads(connection);
    QCOMPARE(reads.failed, 7);
    QCOMPARE(proofs, 1);
    QVERIFY2(reads.errors.back().remedy.contains(QLatin1String("sent once")), qPrintable(reads.errors.back().text()));
}

void TestSignInOnce::passwordGoesWithTheConnection()
{
    ScriptedServer server(
            [](const Request &r) {
                return Answer{ScriptedServer::recorded(r, recording(QStringLiteral("omi/58-get.response.xml")))};
            },
            QStringLiteral("self-signed"));
    const Secret secret(QStringLiteral("typed by %1").arg(QStringLiteral("maria")));
    ServerProfile profile = profileFor(server.serverPort());
    profile.password = secret;
    auto connection = std::make_unique<WsmanConnection>(profile, trusting());
    profile.password = Secret();
    const auto got = await(connection->get(portalPath(), {}));
    QVERIFY2(got && *got, qPrintable(errorOf(got).text()));
    QVERIFY(!secret.isLast());
    connection.reset();
    QTRY_VERIFY(secret.isLast()); // and with the last copy the text is overwritten
}

QTEST_GUILESS_MAIN(TestSignInOnce)
#include "tst_signinonce.moc"
