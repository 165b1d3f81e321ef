// SPDX-License-Identifier: Apache-2.0
// The real client signs in to the peer: Kerberos out of a real KDC, NTLM, Basic; sealed messages as they are on the
// wire; channel binding against somebody in the middle.
#include "tests/backends/wsman/await.h"
#include "tests/peers/client/relay.h"
#include "tests/peers/client/signinrig.h"

#include <QTest>

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

cim::ObjectPath service()
{
    cim::ObjectPath path;
    path.nameSpace = QStringLiteral("root/cimv2/storage/iscsitarget");
    path.className = QStringLiteral("MSISCSITARGET_iSCSIConfigurationService");
    path.keys = {{QStringLiteral("Name"), cim::Value::of(QStringLiteral("MSiSCSITargetProv"))}};
    return path;
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
    void serviceThatNobodyKnows();

private:
    SignInRig m_rig;
    Certificates m_certificates{{QStringLiteral("self-signed"), QStringLiteral("other"),
                                 QStringLiteral("signed-sha384"), QStringLiteral("signed-pss"),
                                 QStringLiteral("signed-ec")}};
};

void TestClientSignIn::initTestCase()
{
    QVERIFY2(m_certificates.error().isEmpty(), qPrintable(m_certificates.error()));
    QVERIFY2(m_rig.error().isEmpty(), qPrintable(m_rig.error()));
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
    const Realm &kdc = m_rig.realm(encryptionTypes);
    const auto peer = m_rig.windows({QStringLiteral("--keytab"), kdc.keytab()});
    Relay relay(peer->port());
    ServerProfile wanted = SignInRig::profile(relay.serverPort(), false, SignIn(signIn));
    wanted.kerberosScheme = scheme;
    m_rig.sign(&wanted, as);
    WsmanConnection connection(wanted);
    QCOMPARE(readPortals(connection), rigPortals);
    QCOMPARE(readPortals(connection), rigPortals);

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
    const Realm &kdc = m_rig.realm();
    const auto peer = m_rig.windows(QStringList{QStringLiteral("--keytab"), kdc.keytab(),
                                                QStringLiteral("--channel-binding"), QStringLiteral("strict")}
                                    + m_certificates.arguments(certificate));
    ServerProfile wanted = SignInRig::profile(peer->port(), true, SignIn(signIn));
    wanted.kerberosScheme = wanted.signIn == SignIn::Kerberos;
    m_rig.sign(&wanted, as);
    WsmanConnection connection(wanted, trusting());
    QCOMPARE(readPortals(connection), rigPortals);
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
    const Realm &kdc = m_rig.realm();
    const auto peer = m_rig.windows(
            QStringList{QStringLiteral("--keytab"), kdc.keytab(), QStringLiteral("--channel-binding"), level}
            + m_certificates.arguments(QStringLiteral("self-signed")));
    Relay relay(peer->port());
    QVERIFY(relay.impersonate(m_certificates.certificate(QStringLiteral("other")),
                              m_certificates.key(QStringLiteral("other"))));
    ServerProfile wanted = SignInRig::profile(relay.serverPort(), true, SignIn(signIn));
    m_rig.sign(&wanted, as);
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
        const Realm &kdc = m_rig.realm();
        const auto peer = m_rig.windows({QStringLiteral("--keytab"), kdc.keytab()});
        ServerProfile wanted = SignInRig::profile(peer->port(), false, withNtlm ? SignIn::Ntlm : SignIn::Kerberos);
        m_rig.sign(&wanted, withNtlm ? QStringLiteral("account") : QStringLiteral("ticket"));
        wanted.uriStyle = UriStyle::Wmi;
        WsmanConnection connection(wanted);
        QCOMPARE(readPortals(connection), rigPortals);
        QCOMPARE(peer->command("clear-text Identify 1"), QByteArray("ok"));
        const auto got = await(connection.identify({}));
        QCOMPARE(errorIn(got).kind, Error::Kind::Transport);
        QVERIFY2(errorIn(got).what.contains(QLatin1String("without encryption")), qPrintable(errorIn(got).what));
        QCOMPARE(peer->command("clear-text Invoke 1"), QByteArray("ok"));
        const auto written = await(connection.invoke(service(), QStringLiteral("BindiSCSIProtocolEndPoint"), {}));
        QCOMPARE(errorIn(written).kind, Error::Kind::OutcomeUnknown);
        QCOMPARE(peer->count(QStringLiteral("Invoke:BindiSCSIProtocolEndPoint")), 1);
        QCOMPARE(readPortals(connection), rigPortals); // over a new connection, sealed again
    }
}

void TestClientSignIn::allowedWaysAlone()
{
    const Realm &kdc = m_rig.realm();
    // Kerberos was asked for: a server, or somebody between, that knows only NTLM gets none.
    const auto withoutKerberos = m_rig.windows({QStringLiteral("--mechanisms"), QStringLiteral("ntlm")});
    ServerProfile wanted = SignInRig::profile(withoutKerberos->port(), false, SignIn::Kerberos);
    WsmanConnection strict(wanted);
    QCOMPARE(errorIn(await(strict.identify({}))).kind, Error::Kind::SignIn);
    QCOMPARE(withoutKerberos->count(QStringLiteral("Identify")), 0);

    // Only Basic is offered: the password stays here, whatever was chosen.
    WsmanPeer basic(m_rig.workbook(), QStringLiteral("windows"),
                    {QStringLiteral("--auth"), QStringLiteral("Basic"), QStringLiteral("--users"), m_rig.users()});
    for (const SignIn signIn : {SignIn::Negotiate, SignIn::Ntlm, SignIn::Basic}) {
        wanted = SignInRig::profile(basic.port(), false, signIn);
        m_rig.sign(&wanted, QStringLiteral("account"));
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
    const Realm &kdc = m_rig.realm();
    const auto peer = m_rig.windows({QStringLiteral("--keytab"), kdc.keytab()});
    ServerProfile wanted = SignInRig::profile(peer->port(), false, SignIn::Ntlm);
    m_rig.sign(&wanted, QStringLiteral("account"));
    wanted.password = Secret(QStringLiteral("not-it"));
    WsmanConnection connection(wanted);
    const Error first = errorIn(await(connection.identify({})));
    QCOMPARE(first.kind, Error::Kind::SignIn);
    const int attempts = peer->count(QStringLiteral("SignIn"));
    QCOMPARE(errorIn(await(connection.identify({}))).kind, Error::Kind::SignIn);
    QCOMPARE(peer->count(QStringLiteral("SignIn")), attempts); // an account gets locked after a few
    QVERIFY(!(first.text() + first.detail).contains(QLatin1String("not-it")));
}

void TestClientSignIn::serviceThatNobodyKnows()
{
    // An address or alias in place of the name: the most common mistake. Told alike, however Kerberos is wrapped.
    const Realm &kdc = m_rig.realm();
    const auto peer = m_rig.windows({QStringLiteral("--keytab"), kdc.keytab()});
    for (const bool scheme : {true, false}) {
        ServerProfile wanted = SignInRig::profile(peer->port(), false, SignIn::Kerberos);
        wanted.kerberosScheme = scheme;
        wanted.serviceHost = QStringLiteral("alias.example");
        WsmanConnection connection(wanted);
        const Error error = errorIn(await(connection.identify({}), 20'000));
        QCOMPARE(error.kind, Error::Kind::SignIn);
        QVERIFY2(error.what.contains(QLatin1String("HTTP/alias.example")), qPrintable(error.text() + error.detail));
    }
    QCOMPARE(peer->command("count bytes"), QByteArray("0"));
}

QTEST_MAIN(TestClientSignIn)
#include "tst_clientsignin.moc"
