// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/wsmanconnection.h"
#include "tests/backends/wsman/await.h"
#include "tests/backends/wsman/connecting.h"
#include "tests/backends/wsman/person.h"
#include "tests/backends/wsman/scriptedserver.h"

#include <QCryptographicHash>
#include <QSslCertificate>
#include <QTest>

using namespace portalbind;
using namespace portalbind::wsman;
using Request = ScriptedServer::Request;
using Answer = ScriptedServer::Answer;

namespace {

Answer identity(const Request &r)
{
    return {ScriptedServer::recorded(r, recording(QStringLiteral("omi/01-identify.response.xml")))};
}

QByteArray digest(const char *name)
{
    const QSslCertificate certificate(recording(QStringLiteral("tls/%1.pem").arg(QLatin1String(name))));
    return QCryptographicHash::hash(certificate.toDer(), QCryptographicHash::Sha256);
}

} // namespace

class TestCertificates : public QObject
{
    Q_OBJECT
private slots:
    void askedOnceWithAllThatMatters();
    void nothingIsSentBeforeTheAnswer();
    void refusal();
    void nobodyToAsk();
    void pinnedIsNotAskedAgain();
    void changedPinIsRefused();
    void onceIsNotKept();
    void serverGoneWhileAsked();
    void stages();
};

void TestCertificates::askedOnceWithAllThatMatters()
{
    ScriptedServer server(identity, QStringLiteral("other"));
    Person person;
    WsmanConnection connection(profileFor(server.serverPort()), person.hooks());
    int good = 0;
    for (int i = 0; i < 4; ++i)
        spawn<Result<Identity>>(connection.identify({}), [&](const Result<Identity> &got) { good += got ? 1 : 0; });
    QTRY_COMPARE(good, 4);
    QCOMPARE(person.asked.size(), 1);
    const CertificateQuestion question = person.asked.front();
    QCOMPARE(question.host, QStringLiteral("127.0.0.1"));
    QCOMPARE(question.port, server.serverPort());
    QCOMPARE(question.subject, QStringLiteral("other.example"));
    QCOMPARE(question.issuer, QStringLiteral("other.example"));
    QCOMPARE(question.names, QStringList{QStringLiteral("other.example")});
    QCOMPARE(question.sha256, digest("other"));
    QCOMPARE(question.fingerprint().size(), 32 * 3 - 1);
    QCOMPARE(question.reasons.size(), 2); // signed by itself, made for another name
    QVERIFY(question.until > QDateTime::currentDateTime());
    QCOMPARE(person.pins.value(QStringLiteral("127.0.0.1:%1").arg(server.serverPort())), digest("other"));
}

void TestCertificates::nothingIsSentBeforeTheAnswer()
{
    ScriptedServer server(identity, QStringLiteral("self-signed"));
    Person person;
    int sent = -1;
    person.whileAsked = [&] { sent = int(server.requests().size()); };
    WsmanConnection connection(profileFor(server.serverPort()), person.hooks());
    const auto got = await(connection.identify({}));
    QVERIFY(got && *got);
    QCOMPARE(sent, 0);
}

void TestCertificates::refusal()
{
    ScriptedServer server(identity, QStringLiteral("self-signed"));
    Person person;
    person.says = CertificateAnswer::Refuse;
    WsmanConnection connection(profileFor(server.serverPort()), person.hooks());
    const auto got = await(connection.identify({}));
    QVERIFY(got && !*got);
    QCOMPARE(got->error().kind, Error::Kind::Certificate);
    QVERIFY(server.requests().isEmpty());
    QVERIFY(person.pins.isEmpty());
}

void TestCertificates::nobodyToAsk()
{
    ScriptedServer server(identity, QStringLiteral("self-signed"));
    WsmanConnection connection(profileFor(server.serverPort()));
    const auto got = await(connection.identify({}));
    QVERIFY(got && !*got);
    QVERIFY(got->error().what.contains(QLatin1String("not trusted")));
    QVERIFY(server.requests().isEmpty());
}

void TestCertificates::pinnedIsNotAskedAgain()
{
    ScriptedServer server(identity, QStringLiteral("self-signed"));
    Person person;
    for (int i = 0; i < 3; ++i) {
        WsmanConnection connection(profileFor(server.serverPort()), person.hooks());
        const auto got = await(connection.identify({}));
        QVERIFY(got && *got);
    }
    QCOMPARE(person.asked.size(), 1);
}

void TestCertificates::changedPinIsRefused()
{
    ScriptedServer server(identity, QStringLiteral("self-signed"));
    Person person;
    person.pins.insert(QStringLiteral("127.0.0.1:%1").arg(server.serverPort()), digest("other"));
    WsmanConnection connection(profileFor(server.serverPort()), person.hooks());
    const auto got = await(connection.identify({}));
    QVERIFY(got && !*got);
    QVERIFY(got->error().what.contains(QLatin1String("another certificate")));
    QVERIFY(got->error().detail.contains(QString::fromLatin1(digest("other").toHex(':').toUpper())));
    QVERIFY(got->error().detail.contains(QString::fromLatin1(digest("self-signed").toHex(':').toUpper())));
    QVERIFY(person.asked.isEmpty()); // loud, and no question that one may click away
    QVERIFY(server.requests().isEmpty());
    // While the connection lives, too.
    Person other;
    WsmanConnection living(profileFor(server.serverPort()), other.hooks());
    const auto first = await(living.identify({}));
    QVERIFY(first && *first);
    server.closeAll();
    server.useCertificate(QStringLiteral("other"));
    const auto second = await(living.identify({}));
    QVERIFY(second && !*second);
    QVERIFY(second->error().what.contains(QLatin1String("another certificate")));
    QCOMPARE(other.asked.size(), 1);
}

void TestCertificates::onceIsNotKept()
{
    ScriptedServer server(identity, QStringLiteral("self-signed"));
    Person person;
    person.says = CertificateAnswer::Once;
    for (int i = 0; i < 2; ++i) {
        WsmanConnection connection(profileFor(server.serverPort()), person.hooks());
        for (int j = 0; j < 2; ++j) {
            const auto got = await(connection.identify({}));
            QVERIFY(got && *got);
            server.closeAll();
        }
    }
    QCOMPARE(person.asked.size(), 2); // once for each connection
    QVERIFY(person.pins.isEmpty());
}

void TestCertificates::serverGoneWhileAsked()
{
    // A person takes minutes; the server closes the connection in the meantime.
    ScriptedServer server(identity, QStringLiteral("self-signed"));
    Person person;
    person.whileAsked = [&] { server.closeAll(); };
    WsmanConnection connection(profileFor(server.serverPort()), person.hooks());
    const auto got = await(connection.identify({}));
    QVERIFY(got && *got);
    QCOMPARE(person.asked.size(), 1);
}

void TestCertificates::stages()
{
    ScriptedServer server(identity, QStringLiteral("self-signed"));
    Person person;
    QList<int> stages;
    ConnectionHooks hooks = person.hooks();
    hooks.stage = [&](Stage stage) { stages << int(stage); };
    WsmanConnection connection(profileFor(server.serverPort()), hooks);
    const auto got = await(connection.identify({}));
    QVERIFY(got && *got);
    QTRY_COMPARE(
            stages,
            (QList<int>{int(Stage::Connecting), int(Stage::Connected), int(Stage::Secured), int(Stage::Answered)}));
}

QTEST_GUILESS_MAIN(TestCertificates)
#include "tst_certificates.moc"
