// SPDX-License-Identifier: Apache-2.0
// The real client signs in to the peer: Kerberos out of a real KDC, NTLM, Basic; sealed messages as they are on the
// wire; channel binding against somebody in the middle.
#include "tests/backends/wsman/await.h"
#include "tests/peers/client/clientrig.h"
#include "tests/peers/client/relay.h"
#include "tests/peers/client/stallalarm.h"
#include "tests/peers/rigworkbook.h"

#include <QTest>

#include <atomic>
#include <map>

using namespace portalbind;
using namespace portalbind::wsman;

namespace {

/// The sealed part of a body as section 2.2.9.1 of MS-WSMV lays it out.
struct Sealed
{
    qint64 length = -1; ///< as announced
    QByteArray header, data;

    /// Every byte that such a body has for these parts.
    [[nodiscard]] QByteArray body(const QByteArray &protocol) const
    {
        QByteArray size(4, '\0');
        size[0] = char(header.size());
        return "--Encrypted Boundary\r\n\tContent-Type: " + protocol
                + "\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=" + QByteArray::number(length)
                + "\r\n--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n" + size + header + data
                + "--Encrypted Boundary--\r\n";
    }
    static Sealed of(const QByteArray &body)
    {
        Sealed sealed;
        const qsizetype length = body.indexOf("Length=") + 7;
        sealed.length = body.mid(length, body.indexOf("\r\n", length) - length).toLongLong();
        const QByteArray octets = "\tContent-Type: application/octet-stream\r\n";
        const qsizetype begin = body.indexOf(octets) + octets.size();
        const qsizetype headerSize = quint8(body.mid(begin, 1).front());
        const qsizetype end = body.size() - qsizetype(qstrlen("--Encrypted Boundary--\r\n"));
        sealed.header = body.mid(begin + 4, headerSize);
        sealed.data = body.mid(begin + 4 + headerSize, end - begin - 4 - headerSize);
        return sealed;
    }
};

cim::CimConnection::Enumeration portals()
{
    cim::CimConnection::Enumeration what;
    what.nameSpace = QStringLiteral("root/cimv2/storage/iscsitarget");
    what.className = QStringLiteral("MSISCSITARGET_TCPProtocolEndpoint");
    what.properties = {"Name"};
    return what;
}

cim::ObjectPath service()
{
    cim::ObjectPath path;
    path.nameSpace = QStringLiteral("root/cimv2/storage/iscsitarget");
    path.className = QStringLiteral("MSISCSITARGET_iSCSIConfigurationService");
    path.keys = {{QStringLiteral("Name"), cim::Value::of(QStringLiteral("MSiSCSITargetProv"))}};
    return path;
}

template <class T>
Error errorIn(const std::optional<Result<T>> &result)
{
    if (!result)
        return Error{Error::Kind::Timeout, QStringLiteral("no result at all"), {}, {}, {}};
    return *result ? Error{Error::Kind::Server, QStringLiteral("it worked"), {}, {}, {}} : result->error();
}

/// How many portals a connection reads; -1 after an error, which is told.
int readPortals(WsmanConnection &connection)
{
    const auto count = std::make_shared<std::atomic<int>>(0);
    cim::CimConnection::BatchHandler add = [count](const cim::InstanceBatch &batch) { *count += int(batch.size()); };
    const auto done = await(connection.enumerate(portals(), std::move(add), {}), 30'000);
    if (done && *done)
        return *count;
    qWarning("%s", qPrintable(errorIn(done).text() + QLatin1Char('\n') + errorIn(done).detail));
    return -1;
}

} // namespace

class TestClientSignIn : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void sealed_data();
    void sealed();
    void securedAndBound_data();
    void securedAndBound();
    void somebodyInTheMiddle_data();
    void somebodyInTheMiddle();
    void clearAnswersAreRefused();
    void allowedWaysAlone();
    void wrongPasswordIsTriedOnce();
    void deadKdc_data();
    void deadKdc();
    void cancelledAtADeadKdc();

private:
    Realm &realm(const QString &encryptionTypes = {});
    /// A Windows peer that offers Negotiate and Kerberos with both mechanisms.
    std::unique_ptr<WsmanPeer> windows(const QStringList &more = {});
    static ServerProfile profile(quint16 port, bool tls, SignIn signIn);
    void sign(ServerProfile *profile, const QString &as);

    QTemporaryDir m_folder;
    QString m_users;
    std::map<QString, std::unique_ptr<Realm>> m_realms;
    Certificates m_certificates{{QStringLiteral("self-signed"), QStringLiteral("other"),
                                 QStringLiteral("signed-sha384"), QStringLiteral("signed-pss"),
                                 QStringLiteral("signed-ec")}};
};

void TestClientSignIn::initTestCase()
{
    QVERIFY2(m_certificates.error().isEmpty(), qPrintable(m_certificates.error()));
    QVERIFY(writeRigWorkbook(m_folder.filePath(QStringLiteral("rig.portalbind")), 32));
    m_users = RigUser::file(m_folder);
    QVERIFY(!m_users.isEmpty());
}

Realm &TestClientSignIn::realm(const QString &encryptionTypes)
{
    auto &made = m_realms[encryptionTypes];
    if (!made)
        made = std::make_unique<Realm>(encryptionTypes);
    if (!made->isRunning())
        qFatal("%s", qPrintable(made->error()));
    made->enter();
    return *made;
}

std::unique_ptr<WsmanPeer> TestClientSignIn::windows(const QStringList &more)
{
    auto peer = std::make_unique<WsmanPeer>(m_folder.filePath(QStringLiteral("rig.portalbind")),
                                            QStringLiteral("windows"),
                                            QStringList{QStringLiteral("--auth"), QStringLiteral("Negotiate,Kerberos"),
                                                        QStringLiteral("--users"), m_users}
                                                    + more);
    if (!peer->isRunning())
        qFatal("%s", qPrintable(peer->error()));
    return peer;
}

ServerProfile TestClientSignIn::profile(quint16 port, bool tls, SignIn signIn)
{
    ServerProfile made;
    made.host = QStringLiteral("localhost");
    made.port = port;
    made.tls = tls;
    made.signIn = signIn;
    made.deadlines = shortDeadlines();
    made.deadlines.signIn = std::chrono::seconds(20); // a KDC of this machine, which may be busy
    made.limits.connections = 1;
    return made;
}

/// \a as: ticket, password (both of the realm's operator) or account (the peer's own, which no KDC knows).
void TestClientSignIn::sign(ServerProfile *profile, const QString &as)
{
    if (as == QLatin1String("account")) {
        profile->user = RigUser::name();
        profile->password = RigUser::password();
    } else if (as == QLatin1String("password")) {
        profile->user = QStringLiteral("operator@PORTALBIND.TEST");
        profile->password = realm().password();
    }
}

void TestClientSignIn::sealed_data()
{
    QTest::addColumn<int>("signIn");
    QTest::addColumn<bool>("scheme"); // Kerberos instead of Negotiate
    QTest::addColumn<QString>("as");
    QTest::addColumn<QString>("encryptionTypes");
    QTest::addColumn<QString>("mechanism");
    QTest::addColumn<int>("header"); // bytes of the security header, as measured against Windows' layout
    const auto row = [](const char *name, SignIn signIn, const char *as, const char *types, const char *mechanism,
                        int header, bool scheme = false) {
        QTest::newRow(name) << int(signIn) << scheme << QString::fromUtf8(as) << QString::fromUtf8(types)
                            << QString::fromUtf8(mechanism) << header;
    };
    row("Negotiate with a ticket", SignIn::Negotiate, "ticket", "aes256-cts-hmac-sha1-96", "kerberos", 60);
    row("Negotiate with a password of the realm", SignIn::Negotiate, "password", "", "kerberos", 60);
    row("Negotiate, aes128-sha1", SignIn::Negotiate, "ticket", "aes128-cts-hmac-sha1-96", "kerberos", 60);
    row("Negotiate, aes256-sha2", SignIn::Negotiate, "ticket", "aes256-cts-hmac-sha384-192", "kerberos", 72);
    row("Negotiate, aes128-sha2", SignIn::Negotiate, "ticket", "aes128-cts-hmac-sha256-128", "kerberos", 64);
    row("Kerberos alone, in SPNEGO", SignIn::Kerberos, "ticket", "", "kerberos", 60);
    row("scheme Kerberos", SignIn::Kerberos, "ticket", "", "kerberos", 60, true);
    row("scheme Kerberos, password", SignIn::Kerberos, "password", "", "kerberos", 60, true);
    row("NTLM", SignIn::Ntlm, "account", "", "ntlm", 16);
    row("Negotiate that no KDC knows", SignIn::Negotiate, "account", "", "ntlm", 16);
}

void TestClientSignIn::sealed()
{
    QFETCH(int, signIn);
    QFETCH(bool, scheme);
    QFETCH(QString, as);
    QFETCH(QString, encryptionTypes);
    QFETCH(QString, mechanism);
    QFETCH(int, header);
    const Realm &kdc = realm(encryptionTypes);
    const auto peer = windows({QStringLiteral("--keytab"), kdc.keytab()});
    Relay relay(peer->port());
    ServerProfile wanted = profile(relay.serverPort(), false, SignIn(signIn));
    wanted.kerberosScheme = scheme;
    sign(&wanted, as);
    WsmanConnection connection(wanted);
    QCOMPARE(readPortals(connection), 32);
    QCOMPARE(readPortals(connection), 32);

    const QJsonObject last = peer->log().constLast();
    QCOMPARE(last.value(QLatin1String("mechanism")).toString(), mechanism);
    QVERIFY(last.value(QLatin1String("user")).toString().contains(QLatin1String("operator")));
    QCOMPARE(peer->count(QStringLiteral("Unreadable")), 0);
    QCOMPARE(peer->count(QStringLiteral("ClearText")), 0);

    const QByteArray protocol = scheme ? "application/HTTP-Kerberos-session-encrypted"
                                       : "application/HTTP-SPNEGO-session-encrypted";
    const QByteArray type = "multipart/encrypted;protocol=\"" + protocol + "\";boundary=\"Encrypted Boundary\"";
    int sealedMessages = 0;
    for (const QByteArray &stream : {relay.up(), relay.down()}) {
        QVERIFY(!stream.contains("Envelope"));
        QVERIFY(!stream.contains("TCPProtocolEndpoint"));
        for (const WireMessage &message : Relay::messages(stream)) {
            if (message.body.isEmpty()) // of the handshake
                continue;
            QVERIFY(!message.fields.contains("authorization"));
            QCOMPARE(message.fields.value("content-type"), type);
            const Sealed parts = Sealed::of(message.body);
            QCOMPARE(message.body, parts.body(protocol));
            QCOMPARE(parts.header.size(), header);
            QCOMPARE(parts.data.size(), parts.length); // AES and NTLM pad nothing
            ++sealedMessages;
        }
    }
    QVERIFY2(sealedMessages >= 6, qPrintable(QString::number(sealedMessages)));
}

void TestClientSignIn::securedAndBound_data()
{
    QTest::addColumn<int>("signIn");
    QTest::addColumn<QString>("as");
    QTest::addColumn<QString>("certificate");
    for (const char *certificate : {"self-signed", "signed-sha384", "signed-pss", "signed-ec"}) {
        QTest::addRow("Kerberos, %s", certificate)
                << int(SignIn::Negotiate) << QStringLiteral("ticket") << QString::fromUtf8(certificate);
        QTest::addRow("NTLM, %s", certificate)
                << int(SignIn::Ntlm) << QStringLiteral("account") << QString::fromUtf8(certificate);
    }
    QTest::newRow("scheme Kerberos") << int(SignIn::Kerberos) << QStringLiteral("ticket")
                                     << QStringLiteral("self-signed");
    QTest::newRow("NTLM in SPNEGO") << int(SignIn::Negotiate) << QStringLiteral("account")
                                    << QStringLiteral("self-signed");
}

void TestClientSignIn::securedAndBound()
{
    QFETCH(int, signIn);
    QFETCH(QString, as);
    QFETCH(QString, certificate);
    const Realm &kdc = realm();
    const auto peer = windows(QStringList{QStringLiteral("--keytab"), kdc.keytab(), QStringLiteral("--channel-binding"),
                                          QStringLiteral("strict")}
                              + m_certificates.arguments(certificate));
    ServerProfile wanted = profile(peer->port(), true, SignIn(signIn));
    wanted.kerberosScheme = wanted.signIn == SignIn::Kerberos;
    sign(&wanted, as);
    WsmanConnection connection(wanted, trusting());
    QCOMPARE(readPortals(connection), 32);
    const QJsonObject last = peer->log().constLast();
    QVERIFY(last.value(QLatin1String("bound")).toBool()); // strict lets nobody in without; but say it
    QVERIFY(!last.value(QLatin1String("sealed")).toBool());
    QCOMPARE(last.value(QLatin1String("mechanism")).toString(),
             as == QLatin1String("account") ? QStringLiteral("ntlm") : QStringLiteral("kerberos"));
}

void TestClientSignIn::somebodyInTheMiddle_data()
{
    QTest::addColumn<int>("signIn");
    QTest::addColumn<QString>("as");
    QTest::addColumn<QString>("level");
    QTest::addColumn<bool>("getsThrough");
    for (const bool withNtlm : {false, true}) {
        const char *const name = withNtlm ? "NTLM" : "Kerberos";
        const int signIn = int(withNtlm ? SignIn::Ntlm : SignIn::Negotiate);
        const QString as = withNtlm ? QStringLiteral("account") : QStringLiteral("ticket");
        QTest::addRow("%s, strict", name) << signIn << as << QStringLiteral("strict") << false;
        QTest::addRow("%s, relaxed", name) << signIn << as << QStringLiteral("relaxed") << false;
        // What keeps the other rows out is the binding and nothing else.
        QTest::addRow("%s, a server that does not look", name) << signIn << as << QStringLiteral("none") << true;
    }
}

void TestClientSignIn::somebodyInTheMiddle()
{
    QFETCH(int, signIn);
    QFETCH(QString, as);
    QFETCH(QString, level);
    QFETCH(bool, getsThrough);
    const Realm &kdc = realm();
    const auto peer = windows(
            QStringList{QStringLiteral("--keytab"), kdc.keytab(), QStringLiteral("--channel-binding"), level}
            + m_certificates.arguments(QStringLiteral("self-signed")));
    Relay relay(peer->port());
    QVERIFY(relay.impersonate(m_certificates.certificate(QStringLiteral("other")),
                              m_certificates.key(QStringLiteral("other"))));
    ServerProfile wanted = profile(relay.serverPort(), true, SignIn(signIn));
    sign(&wanted, as);
    WsmanConnection connection(wanted, trusting()); // a person took the wrong certificate for the right one
    const auto got = await(connection.identify({}), 30'000);
    QVERIFY(got);
    QVERIFY2(got->has_value() == getsThrough, qPrintable(errorIn(got).text()));
    if (!getsThrough)
        QCOMPARE(got->error().kind, Error::Kind::SignIn);
    QCOMPARE(peer->count(QStringLiteral("Identify")), getsThrough ? 1 : 0);
}

void TestClientSignIn::clearAnswersAreRefused()
{
    for (const bool withNtlm : {false, true}) {
        const Realm &kdc = realm();
        const auto peer = windows({QStringLiteral("--keytab"), kdc.keytab()});
        ServerProfile wanted = profile(peer->port(), false, withNtlm ? SignIn::Ntlm : SignIn::Kerberos);
        sign(&wanted, withNtlm ? QStringLiteral("account") : QStringLiteral("ticket"));
        wanted.uriStyle = UriStyle::Wmi;
        WsmanConnection connection(wanted);
        QCOMPARE(readPortals(connection), 32);
        QCOMPARE(peer->command("clear-text Identify 1"), QByteArray("ok"));
        const auto got = await(connection.identify({}));
        QCOMPARE(errorIn(got).kind, Error::Kind::Transport);
        QVERIFY2(errorIn(got).what.contains(QLatin1String("without encryption")), qPrintable(errorIn(got).what));
        QCOMPARE(peer->command("clear-text Invoke 1"), QByteArray("ok"));
        const auto written = await(connection.invoke(service(), QStringLiteral("BindiSCSIProtocolEndPoint"), {}));
        QCOMPARE(errorIn(written).kind, Error::Kind::OutcomeUnknown);
        QCOMPARE(peer->count(QStringLiteral("Invoke:BindiSCSIProtocolEndPoint")), 1);
        QCOMPARE(readPortals(connection), 32); // over a new connection, sealed again
    }
}

void TestClientSignIn::allowedWaysAlone()
{
    const Realm &kdc = realm();
    // Kerberos was asked for: a server, or somebody between, that knows only NTLM gets none.
    const auto withoutKerberos = windows({QStringLiteral("--mechanisms"), QStringLiteral("ntlm")});
    ServerProfile wanted = profile(withoutKerberos->port(), false, SignIn::Kerberos);
    WsmanConnection strict(wanted);
    QCOMPARE(errorIn(await(strict.identify({}))).kind, Error::Kind::SignIn);
    QCOMPARE(withoutKerberos->count(QStringLiteral("Identify")), 0);

    // Only Basic is offered: the password stays here, whatever was chosen.
    WsmanPeer basic(m_folder.filePath(QStringLiteral("rig.portalbind")), QStringLiteral("windows"),
                    {QStringLiteral("--auth"), QStringLiteral("Basic"), QStringLiteral("--users"), m_users});
    for (const SignIn signIn : {SignIn::Negotiate, SignIn::Ntlm, SignIn::Basic}) {
        wanted = profile(basic.port(), false, signIn);
        sign(&wanted, QStringLiteral("account"));
        WsmanConnection connection(wanted);
        const Error error = errorIn(await(connection.identify({}), 20'000));
        QCOMPARE(error.kind, signIn == SignIn::Basic ? Error::Kind::BadInput : Error::Kind::SignIn);
    }
    for (const QJsonObject &line : basic.log())
        QVERIFY(line.value(QLatin1String("authorization")).toString() != QLatin1String("Basic"));
    QCOMPARE(basic.count(QStringLiteral("Identify")), 0);
    Q_UNUSED(kdc)
}

void TestClientSignIn::wrongPasswordIsTriedOnce()
{
    const Realm &kdc = realm();
    const auto peer = windows({QStringLiteral("--keytab"), kdc.keytab()});
    ServerProfile wanted = profile(peer->port(), false, SignIn::Ntlm);
    sign(&wanted, QStringLiteral("account"));
    wanted.password = QStringLiteral("not-it");
    WsmanConnection connection(wanted);
    const Error first = errorIn(await(connection.identify({})));
    QCOMPARE(first.kind, Error::Kind::SignIn);
    const int attempts = peer->count(QStringLiteral("SignIn"));
    QCOMPARE(errorIn(await(connection.identify({}))).kind, Error::Kind::SignIn);
    QCOMPARE(peer->count(QStringLiteral("SignIn")), attempts); // an account gets locked after a few
    QVERIFY(!(first.text() + first.detail).contains(QLatin1String("not-it")));
}

void TestClientSignIn::deadKdc_data()
{
    QTest::addColumn<int>("signIn");
    QTest::addColumn<QString>("as");
    QTest::newRow("ticket cache") << int(SignIn::Kerberos) << QStringLiteral("ticket");
    QTest::newRow("ticket cache, Negotiate") << int(SignIn::Negotiate) << QStringLiteral("ticket");
    QTest::newRow("password") << int(SignIn::Kerberos) << QStringLiteral("password");
}

void TestClientSignIn::deadKdc()
{
    QFETCH(int, signIn);
    QFETCH(QString, as);
    Realm &kdc = realm();
    const auto peer = windows({QStringLiteral("--keytab"), kdc.keytab()});
    ServerProfile wanted = profile(peer->port(), false, SignIn(signIn));
    sign(&wanted, as);
    wanted.deadlines.signIn = std::chrono::milliseconds(1200);
    WsmanConnection connection(wanted);

    const SilentKdc silent(kdc);
    QVERIFY2(silent.isRunning(), qPrintable(silent.error()));
    silent.enter();
    StallAlarm alarm;
    alarm.begin();
    QElapsedTimer clock;
    clock.start();
    std::optional<Error> error;
    spawn<Result<Identity>>(connection.identify({}), [&error](const Result<Identity> &got) {
        error = got ? Error{Error::Kind::Server, QStringLiteral("it worked"), {}, {}, {}} : got.error();
    });
    QVERIFY(runUntil([&error] { return error.has_value(); }, 20'000));
    alarm.end();
    QVERIFY2(clock.elapsed() < 5000, qPrintable(QString::number(clock.elapsed()))); // the library itself waits for 27 s
    QVERIFY2(error->kind == Error::Kind::Timeout, qPrintable(error->text() + QLatin1Char('\n') + error->detail));
    QVERIFY2(error->where.contains(QLatin1String("sign-in")), qPrintable(error->where));
    QVERIFY2(alarm.isCalm(), qPrintable(alarm.text()));
    QCOMPARE(peer->command("count bytes"), QByteArray("0"));

    // Others are not held up, and this one is not either once the KDC is back, though a call still hangs in the
    // library.
    kdc.enter();
    clock.start();
    QCOMPARE(readPortals(connection), 32);
    QVERIFY2(clock.elapsed() < 10'000, qPrintable(QString::number(clock.elapsed())));
}

void TestClientSignIn::cancelledAtADeadKdc()
{
    Realm &kdc = realm();
    const auto peer = windows({QStringLiteral("--keytab"), kdc.keytab()});
    ServerProfile wanted = profile(peer->port(), false, SignIn::Kerberos);
    wanted.deadlines.signIn = std::chrono::minutes(1);
    WsmanConnection connection(wanted);
    const SilentKdc silent(kdc);
    QVERIFY2(silent.isRunning(), qPrintable(silent.error()));
    silent.enter();
    std::optional<Error::Kind> kind;
    std::stop_source stop;
    spawn<Result<Identity>>(connection.identify(stop.get_token()), [&kind](const Result<Identity> &got) {
        kind = got ? Error::Kind::Server : got.error().kind;
    });
    QVERIFY(!runUntil([&kind] { return kind.has_value(); }, 500)); // it hangs in the library by now
    StallAlarm alarm;
    alarm.begin();
    QElapsedTimer clock;
    clock.start();
    stop.request_stop();
    QVERIFY(runUntil([&kind] { return kind.has_value(); }, 20'000));
    QVERIFY2(clock.elapsed() < 1000, qPrintable(QString::number(clock.elapsed())));
    alarm.end();
    QVERIFY2(alarm.isCalm(), qPrintable(alarm.text()));
    QCOMPARE(*kind, Error::Kind::Cancelled);
    QCOMPARE(peer->command("count bytes"), QByteArray("0"));

    kdc.enter();
    clock.start();
    QCOMPARE(readPortals(connection), 32);
    QVERIFY2(clock.elapsed() < 10'000, qPrintable(QString::number(clock.elapsed())));
}

QTEST_MAIN(TestClientSignIn)
#include "tst_clientsignin.moc"
