// SPDX-License-Identifier: Apache-2.0
// The peer's side of signing in, met by an initiator that is written here on GSSAPI alone: what a client is tested
// against must itself be right.
#include "tests/peers/realm.h"
#include "tests/peers/rigworkbook.h"

#include <QCryptographicHash>
#include <QFile>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTest>

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>

#include <array>

namespace {

constexpr int patience = 10000; // ms
constexpr char identify[] = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
                            "xmlns:wsmid=\"http://schemas.dmtf.org/wbem/wsman/"
                            "identity/1/wsmanidentity.xsd\"><s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>";

struct Reply
{
    int status = 0;
    QByteArray head;
    QByteArray body;
    [[nodiscard]] QByteArray field(const QByteArray &name) const
    {
        for (const QByteArray &line : head.split('\n')) {
            if (line.toLower().startsWith(name.toLower() + ':'))
                return line.mid(name.size() + 1).trimmed();
        }
        return {};
    }
};

/// One connection, requests one after another.
class Client
{
public:
    bool open(quint16 port, bool tls)
    {
        if (tls) {
            m_socket.setPeerVerifyMode(QSslSocket::VerifyNone);
            m_socket.connectToHostEncrypted(QStringLiteral("127.0.0.1"), port);
            return m_socket.waitForEncrypted(patience);
        }
        m_socket.connectToHost(QStringLiteral("127.0.0.1"), port);
        return m_socket.waitForConnected(patience);
    }
    Reply post(const QByteArray &body, const QByteArray &authorization = {},
               const QByteArray &type = "application/soap+xml;charset=UTF-8")
    {
        m_socket.write("POST /wsman HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type
                       + "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n"
                       + (authorization.isEmpty() ? QByteArray() : "Authorization: " + authorization + "\r\n") + "\r\n"
                       + body);
        QByteArray all;
        Reply reply;
        while (true) {
            const qsizetype end = all.indexOf("\r\n\r\n");
            if (end >= 0) {
                reply.head = all.left(end);
                reply.body = all.mid(end + 4);
                if (reply.body.size() >= reply.field("Content-Length").toLongLong())
                    break;
            }
            if (!m_socket.waitForReadyRead(patience))
                return {};
            all += m_socket.readAll();
        }
        reply.status = reply.head.split(' ').value(1).toInt();
        return reply;
    }
    [[nodiscard]] QByteArray certificate() const { return m_socket.peerCertificate().toDer(); }

private:
    QSslSocket m_socket;
};

std::array<unsigned char, 6> spnego{0x2b, 0x06, 0x01, 0x05, 0x05, 0x02};
std::array<unsigned char, 9> kerberos{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02};
std::array<unsigned char, 10> ntlm{0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a};

template <size_t size>
gss_OID_desc oid(std::array<unsigned char, size> &bytes)
{
    return {OM_uint32(size), bytes.data()};
}

gss_buffer_desc given(const QByteArray &bytes)
{
    return {size_t(bytes.size()), const_cast<char *>(bytes.constData())};
}

QByteArray taken(gss_buffer_desc *buffer)
{
    const QByteArray bytes(static_cast<const char *>(buffer->value), qsizetype(buffer->length));
    OM_uint32 minor = 0;
    gss_release_buffer(&minor, buffer);
    return bytes;
}

/// The initiator's side of a context.
class Initiator
{
public:
    /// \a bare: NTLM without SPNEGO around it, as some clients send it under Negotiate.
    Initiator(QByteArray scheme, bool useNtlm, const QString &user = {}, const QString &password = {},
              bool bare = false)
        : m_scheme(std::move(scheme))
        , m_ntlm(useNtlm)
        , m_bare(bare)
    {
        OM_uint32 minor = 0;
        if (!password.isEmpty()) {
            gss_OID_desc inner = useNtlm ? oid(ntlm) : oid(kerberos);
            gss_OID_set_desc negotiated{1, &inner};
            gss_OID_desc mechanism = bare ? inner : oid(spnego);
            gss_OID_set_desc mechanisms{1, &mechanism};
            const QByteArray name = user.toUtf8();
            const QByteArray secret = password.toUtf8();
            gss_buffer_desc nameBuffer = given(name);
            gss_buffer_desc secretBuffer = given(secret);
            gss_name_t parsed = GSS_C_NO_NAME;
            gss_import_name(&minor, &nameBuffer, GSS_C_NT_USER_NAME, &parsed);
            gss_acquire_cred_with_password(&minor, parsed, &secretBuffer, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE,
                                           &m_credential, nullptr, nullptr);
            gss_release_name(&minor, &parsed);
            if (!bare)
                gss_set_neg_mechs(&minor, m_credential, &negotiated);
        }
        const QByteArray service = "HTTP@localhost";
        gss_buffer_desc serviceBuffer = given(service);
        gss_import_name(&minor, &serviceBuffer, GSS_C_NT_HOSTBASED_SERVICE, &m_service);
    }
    ~Initiator()
    {
        OM_uint32 minor = 0;
        gss_delete_sec_context(&minor, &m_context, GSS_C_NO_BUFFER);
        gss_release_cred(&minor, &m_credential);
        gss_release_name(&minor, &m_service);
    }
    Initiator(const Initiator &) = delete;
    Initiator &operator=(const Initiator &) = delete;

    /// Signs in with empty bodies; the last reply.
    Reply signIn(Client &client, const QByteArray &binding = {})
    {
        QByteArray token;
        Reply reply;
        for (int leg = 0; leg < 4; ++leg) {
            const QByteArray mine = step(token, binding);
            if (m_failed)
                return reply;
            if (mine.isEmpty() && m_done)
                return reply;
            reply = client.post({}, m_scheme + ' ' + mine.toBase64());
            const QByteArray challenge = reply.field("WWW-Authenticate");
            token = challenge.startsWith(m_scheme + ' ') ? QByteArray::fromBase64(challenge.mid(m_scheme.size() + 1))
                                                         : QByteArray();
            if (token.isEmpty())
                return reply;
            if (m_done)
                return reply;
        }
        return reply;
    }

    [[nodiscard]] QByteArray protocol() const
    {
        return m_scheme == "Kerberos" ? "application/HTTP-Kerberos-session-encrypted"
                                      : "application/HTTP-SPNEGO-session-encrypted";
    }
    [[nodiscard]] QByteArray type() const
    {
        return "multipart/encrypted;protocol=\"" + protocol() + "\";boundary=\"Encrypted Boundary\"";
    }
    QByteArray seal(const QByteArray &plain)
    {
        OM_uint32 minor = 0;
        int confidential = 0;
        QByteArray header, data;
        if (m_ntlm) {
            gss_buffer_desc input = given(plain);
            gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
            gss_wrap(&minor, m_context, 1, GSS_C_QOP_DEFAULT, &input, &confidential, &output);
            const QByteArray all = taken(&output);
            header = all.left(16);
            data = all.mid(16);
        } else {
            data = plain;
            std::array<gss_iov_buffer_desc, 3> parts{};
            parts[0].type = GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE;
            parts[1].type = GSS_IOV_BUFFER_TYPE_DATA;
            parts[1].buffer = {size_t(data.size()), data.data()};
            parts[2].type = GSS_IOV_BUFFER_TYPE_PADDING | GSS_IOV_BUFFER_FLAG_ALLOCATE;
            gss_wrap_iov(&minor, m_context, 1, GSS_C_QOP_DEFAULT, &confidential, parts.data(), 3);
            header = QByteArray(static_cast<const char *>(parts[0].buffer.value), qsizetype(parts[0].buffer.length));
            gss_release_iov_buffer(&minor, parts.data(), 3);
        }
        m_headerLength = header.size();
        QByteArray length(4, '\0');
        length[0] = char(header.size());
        return "--Encrypted Boundary\r\n\tContent-Type: " + protocol()
                + "\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length="
                + QByteArray::number(plain.size())
                + "\r\n--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n" + length + header + data
                + "--Encrypted Boundary--\r\n";
    }
    /// The plain text of an answer whose every other byte is as it has to be.
    QByteArray unseal(const QByteArray &body)
    {
        const QByteArray first = "--Encrypted Boundary\r\n\tContent-Type: " + protocol()
                + "\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=";
        if (!body.startsWith(first) || !body.endsWith("--Encrypted Boundary--\r\n"))
            return "framing";
        const QByteArray second = "\r\n--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n";
        const qsizetype middle = body.indexOf(second, first.size());
        const qint64 length = body.mid(first.size(), middle - first.size()).toLongLong();
        QByteArray sealed = body.mid(middle + second.size());
        sealed.chop(qsizetype(qstrlen("--Encrypted Boundary--\r\n")));
        const qsizetype header = quint8(sealed[0]);
        OM_uint32 minor = 0;
        int confidential = 0;
        QByteArray plain;
        if (m_ntlm) {
            const QByteArray token = sealed.mid(4);
            gss_buffer_desc input = given(token);
            gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
            if (GSS_ERROR(gss_unwrap(&minor, m_context, &input, &output, &confidential, nullptr)))
                return "unwrap";
            plain = taken(&output);
        } else {
            QByteArray head = sealed.mid(4, header);
            plain = sealed.mid(4 + header);
            std::array<gss_iov_buffer_desc, 3> parts{};
            parts[0].type = GSS_IOV_BUFFER_TYPE_HEADER;
            parts[0].buffer = {size_t(head.size()), head.data()};
            parts[1].type = GSS_IOV_BUFFER_TYPE_DATA;
            parts[1].buffer = {size_t(plain.size()), plain.data()};
            parts[2].type = GSS_IOV_BUFFER_TYPE_DATA;
            if (GSS_ERROR(gss_unwrap_iov(&minor, m_context, &confidential, nullptr, parts.data(), 3)))
                return "unwrap";
        }
        return confidential && plain.size() == length ? plain : "length";
    }
    [[nodiscard]] qsizetype headerLength() const { return m_headerLength; } ///< of what was sealed last

private:
    QByteArray step(const QByteArray &token, const QByteArray &binding)
    {
        gss_OID_desc mechanism = m_scheme == "Kerberos" ? oid(kerberos) : (m_bare ? oid(ntlm) : oid(spnego));
        gss_channel_bindings_struct bindings{};
        bindings.application_data = given(binding);
        gss_buffer_desc input = given(token);
        gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
        OM_uint32 minor = 0;
        const OM_uint32 major = gss_init_sec_context(
                &minor, m_credential, &m_context, m_service, &mechanism,
                GSS_C_MUTUAL_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG, 0,
                binding.isEmpty() ? GSS_C_NO_CHANNEL_BINDINGS : &bindings, &input, nullptr, &output, nullptr, nullptr);
        m_failed = GSS_ERROR(major);
        m_done = major == GSS_S_COMPLETE;
        return taken(&output);
    }

    QByteArray m_scheme;
    bool m_ntlm;
    bool m_bare;
    gss_ctx_id_t m_context = GSS_C_NO_CONTEXT;
    gss_cred_id_t m_credential = GSS_C_NO_CREDENTIAL;
    gss_name_t m_service = GSS_C_NO_NAME;
    bool m_done = false;
    bool m_failed = false;
    qsizetype m_headerLength = 0;
};

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
        Client client;
        QVERIFY(client.open(peer.port(), false));
        const Reply challenged = client.post(identify);
        QCOMPARE(challenged.status, 401);
        QCOMPARE(challenged.field("WWW-Authenticate"), QByteArray("Basic realm=\"OPENWSMAN\""));
        Client wrong;
        QVERIFY(wrong.open(peer.port(), false));
        QCOMPARE(wrong.post(identify, "Basic " + QByteArray("maria:Portals").toBase64()).status, 401);
        Client right;
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
        Client client;
        QVERIFY(client.open(peer.port(), false));
        Initiator initiator(scheme, useNtlm, QStringLiteral("RIG\\operator"),
                            useNtlm ? QStringLiteral("Portals-1") : QString(),
                            QByteArray(QTest::currentDataTag()).startsWith("bare"));
        QVERIFY2(initiator.signIn(client).status == 200, qPrintable(reason(peer)));

        // Twice, so that sequence numbers matter; no Authorization: the context belongs to the connection.
        for (int round = 0; round < 2; ++round) {
            const Reply reply = client.post(initiator.seal(identify), {}, initiator.type());
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
        Client client;
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
        Client client;
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
        Client client;
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
        return log.isEmpty() ? QStringLiteral("nothing arrived") : log.constLast().value(QLatin1String("error")).toString();
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
