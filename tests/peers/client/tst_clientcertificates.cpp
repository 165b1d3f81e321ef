// SPDX-License-Identifier: Apache-2.0
// The real client meets real certificates at the peer, which counts what it is sent before a person has said yes.
#include "backends/wsman/certificatename.h"
#include "tests/backends/wsman/await.h"
#include "tests/peers/client/clientrig.h"
#include "tests/peers/rigworkbook.h"

#include <QCryptographicHash>
#include <QSslConfiguration>
#include <QTest>

using namespace portalbind;
using namespace portalbind::wsman;

namespace {

/// Who is asked about certificates, and where pins are kept.
struct Person
{
    CertificateAnswer says = CertificateAnswer::Pin;
    QList<CertificateQuestion> asked;
    QHash<QString, QByteArray> pins;
    std::function<void()> whileAsked;

    ConnectionHooks hooks()
    {
        ConnectionHooks all;
        all.ask = [this](const CertificateQuestion &question) { return answer(this, question); };
        all.pins.find = [this](const QString &address) { return find(this, address); };
        all.pins.keep = [this](const QString &address, const QByteArray &pin) { pins.insert(address, pin); };
        return all;
    }
    static Task<Result<std::optional<QByteArray>>> find(const Person *self, QString address)
    {
        co_return self->pins.contains(address) ? std::optional(self->pins.value(address)) : std::nullopt;
    }
    static Task<CertificateAnswer> answer(Person *self, CertificateQuestion question)
    {
        self->asked << question;
        if (self->whileAsked)
            self->whileAsked();
        co_return self->says;
    }
};

/// Has this process trust an authority as if the system did, while it lives.
class Trusting
{
public:
    explicit Trusting(const QString &authority)
        : m_before(QSslConfiguration::defaultConfiguration())
    {
        QSslConfiguration with = m_before;
        m_ok = with.addCaCertificates(authority);
        QSslConfiguration::setDefaultConfiguration(with);
    }
    ~Trusting() { QSslConfiguration::setDefaultConfiguration(m_before); }
    Trusting(const Trusting &) = delete;
    Trusting &operator=(const Trusting &) = delete;
    [[nodiscard]] bool isOk() const { return m_ok; }

private:
    QSslConfiguration m_before;
    bool m_ok = false;
};

/// Why it failed; empty when it did not.
QString reason(const std::optional<Result<Identity>> &got)
{
    return !got ? QStringLiteral("no result at all") : *got ? QString() : got->error().text();
}

} // namespace

class TestClientCertificates : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void nobodyTrustsIt_data();
    void nobodyTrustsIt();
    void signedByATrustedAuthority_data();
    void signedByATrustedAuthority();
    void trustedAuthorityButWrong_data();
    void trustedAuthorityButWrong();
    void names_data();
    void names();
    void changedPin();
    void passwordsStayHere();

private:
    std::unique_ptr<WsmanPeer> peerWith(const QString &certificate);
    static ServerProfile profile(quint16 port, const QString &host = QStringLiteral("localhost"));
    QByteArray digest(const QString &name) const;

    QTemporaryDir m_folder;
    QString m_users;
    Certificates m_certificates{QStringList()}; // all
};

void TestClientCertificates::initTestCase()
{
    QVERIFY2(m_certificates.error().isEmpty(), qPrintable(m_certificates.error()));
    QVERIFY(writeRigWorkbook(m_folder.filePath(QStringLiteral("rig.portalbind")), 16));
    m_users = RigUser::file(m_folder);
}

std::unique_ptr<WsmanPeer> TestClientCertificates::peerWith(const QString &certificate)
{
    auto peer = std::make_unique<WsmanPeer>(
            m_folder.filePath(QStringLiteral("rig.portalbind")), QStringLiteral("omi"),
            QStringList{QStringLiteral("--auth"), QStringLiteral("Basic"), QStringLiteral("--users"), m_users}
                    + m_certificates.arguments(certificate));
    if (!peer->isRunning())
        qFatal("%s", qPrintable(peer->error()));
    return peer;
}

ServerProfile TestClientCertificates::profile(quint16 port, const QString &host)
{
    ServerProfile made;
    made.host = host;
    made.port = port;
    made.signIn = SignIn::Basic;
    made.user = QStringLiteral("operator");
    made.password = Secret(RigUser::password());
    made.deadlines = shortDeadlines();
    return made;
}

QByteArray TestClientCertificates::digest(const QString &name) const
{
    QFile file(m_certificates.certificate(name));
    return file.open(QIODevice::ReadOnly)
            ? QCryptographicHash::hash(QSslCertificate(&file).toDer(), QCryptographicHash::Sha256)
            : QByteArray();
}

void TestClientCertificates::nobodyTrustsIt_data()
{
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<int>("reasons"); // why, one sentence each
    QTest::newRow("self-signed") << QStringLiteral("self-signed") << 1;
    QTest::newRow("expired") << QStringLiteral("expired") << 2;
    QTest::newRow("another host's") << QStringLiteral("wrong-name") << 2;
    QTest::newRow("of an authority that nobody knows") << QStringLiteral("signed") << 1;
}

void TestClientCertificates::nobodyTrustsIt()
{
    QFETCH(QString, certificate);
    QFETCH(int, reasons);
    const auto peer = peerWith(certificate);
    Person person;
    QByteArray sent = "nobody asked";
    person.whileAsked = [&] { sent = peer->command("count bytes"); };

    person.says = CertificateAnswer::Refuse;
    {
        WsmanConnection connection(profile(peer->port()), person.hooks());
        const auto got = await(connection.identify({}));
        QVERIFY(got && !*got);
        QCOMPARE(got->error().kind, Error::Kind::Certificate);
        QVERIFY2(got->error().what.contains(QLatin1String("not trusted")), qPrintable(got->error().text()));
    }
    QCOMPARE(sent, QByteArray("0"));
    QCOMPARE(peer->command("count bytes"), QByteArray("0")); // nor after the refusal
    QCOMPARE(person.asked.size(), 1);
    const CertificateQuestion question = person.asked.front();
    QCOMPARE(question.sha256, digest(certificate));
    QVERIFY2(question.reasons.size() >= reasons, qPrintable(question.reasons.join(QLatin1Char('\n'))));
    QVERIFY(!question.subject.isEmpty() && !question.issuer.isEmpty() && !question.names.isEmpty());
    QCOMPARE(question.until < QDateTime::currentDateTimeUtc(), certificate == QLatin1String("expired"));

    person.says = CertificateAnswer::Pin;
    for (int i = 0; i < 2; ++i) { // the second time by its pin, without a question
        WsmanConnection connection(profile(peer->port()), person.hooks());
        const auto got = await(connection.identify({}));
        QVERIFY2(got && *got, qPrintable(reason(got)));
    }
    QCOMPARE(sent, QByteArray("0"));
    QCOMPARE(person.asked.size(), 2);
    QCOMPARE(person.pins.size(), 1);
    QCOMPARE(peer->count(QStringLiteral("Identify")), 2);
}

void TestClientCertificates::signedByATrustedAuthority_data()
{
    QTest::addColumn<QString>("certificate");
    for (const char *name : {"signed", "signed-sha384", "signed-pss", "signed-ec"})
        QTest::newRow(name) << QString::fromUtf8(name);
}

void TestClientCertificates::signedByATrustedAuthority()
{
    QFETCH(QString, certificate);
    const Trusting trusting(m_certificates.certificate(QStringLiteral("ca")));
    QVERIFY(trusting.isOk());
    const auto peer = peerWith(certificate);
    for (const char *host : {"localhost", "127.0.0.1"}) {
        Person person;
        WsmanConnection connection(profile(peer->port(), QString::fromUtf8(host)), person.hooks());
        const auto got = await(connection.identify({}));
        QVERIFY2(got && *got, qPrintable(reason(got)));
        QVERIFY(person.asked.isEmpty());
        QVERIFY(person.pins.isEmpty());
    }
}

void TestClientCertificates::trustedAuthorityButWrong_data()
{
    QTest::addColumn<QString>("certificate");
    QTest::newRow("expired") << QStringLiteral("signed-expired");
    QTest::newRow("another host's") << QStringLiteral("signed-wrong-name");
    QTest::newRow("this host's by its common name alone") << QStringLiteral("signed-common-name");
}

void TestClientCertificates::trustedAuthorityButWrong()
{
    QFETCH(QString, certificate);
    const Trusting trusting(m_certificates.certificate(QStringLiteral("ca"))); // what is left is its date, or its name
    QVERIFY(trusting.isOk());
    const auto peer = peerWith(certificate);
    Person person;
    person.says = CertificateAnswer::Refuse;
    WsmanConnection connection(profile(peer->port()), person.hooks());
    const auto got = await(connection.identify({}));
    QVERIFY(got && !*got);
    QCOMPARE(person.asked.size(), 1);
    QCOMPARE(person.asked.front().reasons.size(), 1);
    QCOMPARE(peer->command("count bytes"), QByteArray("0"));
}

void TestClientCertificates::names_data()
{
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("host");
    QTest::addColumn<bool>("others");
    const auto row = [](const char *certificate, const char *host, bool others) {
        QTest::addRow("%s at %s", certificate, host)
                << QString::fromUtf8(certificate) << QString::fromUtf8(host) << others;
    };
    row("self-signed", "localhost", false);
    row("self-signed", "LocalHost.", false);
    row("self-signed", "127.0.0.1", false);
    row("self-signed", "::1", false);
    row("self-signed", "127.0.0.2", true);
    row("self-signed", "localhost.example", true);
    row("signed-common-name", "localhost", true);
    row("signed-common-name", "elsewhere.example", false);
    row("signed-wildcard", "san-a.rig.example", false);
    row("signed-wildcard", "SAN-A.RIG.EXAMPLE", false);
    row("signed-wildcard", "rig.example", true);
    row("signed-wildcard", "a.b.rig.example", true);
    row("signed-wildcard", "*.rig.example", false);
    row("signed-wildcard", ".rig.example", true);
    row("ca", "anything", false); // no alternative names: Qt judges
}

void TestClientCertificates::names()
{
    QFETCH(QString, certificate);
    QFETCH(QString, host);
    QFETCH(bool, others);
    const auto chain = QSslCertificate::fromPath(m_certificates.certificate(certificate));
    QCOMPARE(chain.size(), 1);
    QCOMPARE(namesOthersOnly(chain.front(), host), others);
}

void TestClientCertificates::changedPin()
{
    // Even one that the system trusts is refused where another was pinned.
    const Trusting trusting(m_certificates.certificate(QStringLiteral("ca")));
    QVERIFY(trusting.isOk());
    for (const char *shown : {"other", "signed"}) {
        const auto peer = peerWith(QString::fromUtf8(shown));
        Person person;
        person.pins.insert(QStringLiteral("localhost:%1").arg(peer->port()), digest(QStringLiteral("self-signed")));
        WsmanConnection connection(profile(peer->port()), person.hooks());
        const auto got = await(connection.identify({}));
        QVERIFY(got && !*got);
        QVERIFY2(got->error().what.contains(QLatin1String("another certificate")), qPrintable(got->error().text()));
        QVERIFY(person.asked.isEmpty());
        QCOMPARE(peer->command("count bytes"), QByteArray("0"));
    }
}

void TestClientCertificates::passwordsStayHere()
{
    // A whole session: nothing of it reaches a server whose certificate is refused, whatever it tries.
    const auto peer = peerWith(QStringLiteral("self-signed"));
    const ServerProfile wanted = profile(peer->port());
    QUrl url;
    url.setHost(wanted.host);
    const auto backend = std::make_shared<CimBackend>(url, [wanted]() -> std::unique_ptr<cim::CimConnection> {
        return std::make_unique<WsmanConnection>(wanted); // nobody to ask
    });
    Session session(backend);
    session.refresh();
    QTRY_VERIFY(!session.isBusy());
    QCOMPARE(session.state(), Session::State::Failed);
    QVERIFY(session.error().what.contains(QLatin1String("not trusted")));
    QCOMPARE(peer->command("count bytes"), QByteArray("0"));
}

QTEST_MAIN(TestClientCertificates)
#include "tst_clientcertificates.moc"
