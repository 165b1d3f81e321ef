// SPDX-License-Identifier: Apache-2.0
// The peer's side of signing in, met by an initiator that is written on GSSAPI alone.
#include "tests/peers/initiator.h"
#include "tests/peers/realm.h"
#include "tests/peers/rigworkbook.h"

#include <QCryptographicHash>
#include <QFile>
#include <QTest>

namespace {

constexpr char identify[] = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
                            "xmlns:wsmid=\"http://schemas.dmtf.org/wbem/wsman/"
                            "identity/1/wsmanidentity.xsd\"><s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>";

} // namespace

class TestSignIn : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QVERIFY(writeRigWorkbook(workbook(), 16));
        QFile users(m_folder.filePath(QStringLiteral("users")));
        QVERIFY(users.open(QIODevice::WriteOnly));
        users.write("RIG:operator:Portals-1\nRIG:maria:Portals:1\n"); // a colon: only Basic can, gss-ntlmssp cuts there
        users.close();
        QVERIFY2(m_certificates.error().isEmpty(), qPrintable(m_certificates.error()));
    }

    void basic()
    {
        const WsmanPeer peer(workbook(), QStringLiteral("openwsman"),
                             with({QStringLiteral("--auth"), QStringLiteral("Basic")}));
        QVERIFY2(peer.isRunning(), qPrintable(peer.error()));
        HttpClient client;
        QVERIFY(client.open(peer.port(), false));
        const HttpReply challenged = client.post(identify);
        QCOMPARE(challenged.status, 401);
        QCOMPARE(challenged.field("WWW-Authenticate"), QByteArray("Basic realm=\"OPENWSMAN\""));
        HttpClient wrong;
        QVERIFY(wrong.open(peer.port(), false));
        QCOMPARE(wrong.post(identify, "Basic " + QByteArray("maria:Portals").toBase64()).status, 401);
        HttpClient right;
        QVERIFY(right.open(peer.port(), false));
        QCOMPARE(right.post(identify, "Basic " + QByteArray("maria:Portals:1").toBase64()).status, 200);
        QCOMPARE(peer.log().constLast().value(QLatin1String("user")).toString(), QStringLiteral("maria"));
    }

    void sealed_data()
    {
        QTest::addColumn<QByteArray>("scheme");
        QTest::addColumn<bool>("useNtlm");
        QTest::addColumn<QString>("encryptionTypes");
        QTest::addColumn<int>("header"); // bytes of the security header, as measured against Windows' layout
        QTest::newRow("Kerberos in Negotiate, aes256-sha1")
                << QByteArray("Negotiate") << false << QStringLiteral("aes256-cts-hmac-sha1-96") << 60;
        QTest::newRow("Kerberos by itself, aes256-sha2")
                << QByteArray("Kerberos") << false << QStringLiteral("aes256-cts-hmac-sha384-192") << 72;
        QTest::newRow("Kerberos in Negotiate, aes128-sha2")
                << QByteArray("Negotiate") << false << QStringLiteral("aes128-cts-hmac-sha256-128") << 64;
        QTest::newRow("NTLM in Negotiate") << QByteArray("Negotiate") << true << QString() << 16;
        QTest::newRow("bare NTLM in Negotiate") << QByteArray("Negotiate") << true << QString() << 16;
    }
    void sealed()
    {
        QFETCH(QByteArray, scheme);
        QFETCH(bool, useNtlm);
        QFETCH(QString, encryptionTypes);
        QFETCH(int, header);
        const Realm realm(encryptionTypes);
        QVERIFY2(realm.isRunning(), qPrintable(realm.error()));
        realm.enter();
        WsmanPeer peer(workbook(), QStringLiteral("windows"),
                       with({QStringLiteral("--auth"), QStringLiteral("Negotiate,Kerberos"), QStringLiteral("--keytab"),
                             realm.keytab()}));
        QVERIFY2(peer.isRunning(), qPrintable(peer.error()));
        HttpClient client;
        QVERIFY(client.open(peer.port(), false));
        Initiator initiator(scheme, useNtlm, QStringLiteral("RIG\\operator"),
                            useNtlm ? QStringLiteral("Portals-1") : QString(),
                            QByteArray(QTest::currentDataTag()).startsWith("bare"));
        QVERIFY2(initiator.signIn(client).status == 200, qPrintable(reason(peer)));

        // Twice, so that sequence numbers matter; no Authorization: the context belongs to the connection.
        for (int round = 0; round < 2; ++round) {
            const HttpReply reply = client.post(initiator.seal(identify), {}, initiator.type());
            QCOMPARE(reply.status, 200);
            QCOMPARE(initiator.headerLength(), header);
            QCOMPARE(reply.field("Content-Type"), initiator.type());
            const QByteArray plain = initiator.unseal(reply.body);
            QVERIFY2(plain.contains("IdentifyResponse"), plain.constData());
        }
        const QJsonObject last = peer.log().constLast();
        QCOMPARE(last.value(QLatin1String("mechanism")).toString(),
                 useNtlm ? QStringLiteral("ntlm") : QStringLiteral("kerberos"));
        QVERIFY(last.value(QLatin1String("sealed")).toBool());
        QVERIFY(last.value(QLatin1String("user")).toString().contains(QLatin1String("operator")));

        QCOMPARE(client.post(identify).status, 500); // clear text on a connection that has to be sealed
        QCOMPARE(peer.count(QStringLiteral("Identify")), 2);
    }

    void damagedSealIsRefused()
    {
        const WsmanPeer peer(workbook(), QStringLiteral("windows"),
                             with({QStringLiteral("--auth"), QStringLiteral("Negotiate")}));
        QVERIFY2(peer.isRunning(), qPrintable(peer.error()));
        Initiator initiator("Negotiate", true, QStringLiteral("RIG\\operator"), QStringLiteral("Portals-1"));
        HttpClient client;
        QVERIFY(client.open(peer.port(), false));
        QVERIFY2(initiator.signIn(client).status == 200, qPrintable(reason(peer)));
        QByteArray body = initiator.seal(identify);
        body[body.size() - 40] = char(body[body.size() - 40] ^ 1);
        QCOMPARE(client.post(body, {}, initiator.type()).status, 400);
        QCOMPARE(peer.count(QStringLiteral("Unreadable")), 1);
    }

    void wrongPassword()
    {
        const WsmanPeer peer(workbook(), QStringLiteral("windows"),
                             with({QStringLiteral("--auth"), QStringLiteral("Negotiate")}));
        QVERIFY2(peer.isRunning(), qPrintable(peer.error()));
        Initiator initiator("Negotiate", true, QStringLiteral("RIG\\operator"), QStringLiteral("Portals-2"));
        HttpClient client;
        QVERIFY(client.open(peer.port(), false));
        QCOMPARE(initiator.signIn(client).status, 401);
        QCOMPARE(client.post(identify).status, 401);
    }

    void channelBinding_data()
    {
        QTest::addColumn<QString>("level");
        QTest::addColumn<QString>("certificate");
        QTest::addColumn<bool>("useNtlm");
        QTest::addColumn<QString>("sent"); // right, wrong or none
        QTest::addColumn<int>("status");
        for (const bool useNtlm : {false, true}) {
            const QByteArray mechanism = useNtlm ? "NTLM " : "Kerberos ";
            const auto row = [&](const char *level, const char *certificate, const char *sent, int status) {
                QTest::newRow((mechanism + level + ' ' + certificate + ' ' + sent).constData())
                        << QString::fromUtf8(level) << QString::fromUtf8(certificate) << useNtlm
                        << QString::fromUtf8(sent) << status;
            };
            row("strict", "self-signed", "right", 200);
            row("strict", "self-signed", "wrong", 401);
            row("strict", "self-signed", "none", 401);
            row("relaxed", "self-signed", "none", 200);
            row("relaxed", "self-signed", "wrong", 401);
            row("strict", "signed-sha384", "right", 200);
            row("none", "self-signed", "wrong", 200);
        }
    }
    void channelBinding()
    {
        QFETCH(QString, level);
        QFETCH(QString, certificate);
        QFETCH(bool, useNtlm);
        QFETCH(QString, sent);
        QFETCH(int, status);
        if (!m_realm)
            m_realm = std::make_unique<Realm>();
        m_realm->enter();
        const WsmanPeer peer(
                workbook(), QStringLiteral("windows"),
                with(QStringList{QStringLiteral("--auth"), QStringLiteral("Negotiate"), QStringLiteral("--keytab"),
                                 m_realm->keytab(), QStringLiteral("--channel-binding"), level}
                     + m_certificates.arguments(certificate)));
        QVERIFY2(peer.isRunning(), qPrintable(peer.error()));
        HttpClient client;
        QVERIFY(client.open(peer.port(), true));
        const auto hash = certificate == QLatin1String("signed-sha384") ? QCryptographicHash::Sha384
                                                                        : QCryptographicHash::Sha256;
        QByteArray binding = "tls-server-end-point:" + QCryptographicHash::hash(client.certificate(), hash);
        if (sent == QLatin1String("wrong"))
            binding.back() = char(binding.back() ^ 1);
        else if (sent == QLatin1String("none"))
            binding.clear();
        Initiator initiator("Negotiate", useNtlm, QStringLiteral("RIG\\operator"),
                            useNtlm ? QStringLiteral("Portals-1") : QString());
        const int got = initiator.signIn(client, binding).status;
        QVERIFY2(got == status, qPrintable(QStringLiteral("%1: %2").arg(got).arg(reason(peer))));
        if (status == 200)
            QCOMPARE(client.post(identify).status, 200); // over TLS a clear body will do
    }

private:
    /// What the peer said of the sign-in that ended last.
    static QString reason(const WsmanPeer &peer)
    {
        const QList<QJsonObject> log = peer.log();
        return log.isEmpty() ? QStringLiteral("nothing arrived")
                             : log.constLast().value(QLatin1String("error")).toString();
    }
    QString workbook() const { return m_folder.filePath(QStringLiteral("rig.portalbind")); }
    QStringList with(const QStringList &arguments) const
    {
        return arguments + QStringList{QStringLiteral("--users"), m_folder.filePath(QStringLiteral("users"))};
    }

    QTemporaryDir m_folder;
    Certificates m_certificates{{QStringLiteral("self-signed"), QStringLiteral("signed-sha384")}};
    std::unique_ptr<Realm> m_realm;
};

QTEST_GUILESS_MAIN(TestSignIn)
#include "tst_signin.moc"
