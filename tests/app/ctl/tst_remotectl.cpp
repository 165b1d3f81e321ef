// SPDX-License-Identifier: Apache-2.0

// Drives the real program against real servers in processes of their own.

#include "app/certificatepins.h"
#include "tests/backends/wsman/await.h"
#include "tests/peers/peerprocess.h"
#include "tests/peers/realm.h"
#include "tests/peers/rigworkbook.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSslCertificate>
#include <QTest>

#include <cstdlib>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

using namespace portalbind;

namespace {

const QString user = QStringLiteral("maria");
const QByteArray password = "correct horse";

struct Ran
{
    int code = -1;
    QByteArray out, err;
    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
};

/// A call of the program at a terminal of its own.
class AtTerminal
{
public:
    AtTerminal(const QString &program, const QProcessEnvironment &environment, const QStringList &arguments)
        : m_screen(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK))
    {
        if (m_screen < 0 || ::grantpt(m_screen) != 0 || ::unlockpt(m_screen) != 0)
            qFatal("no terminal");
        m_terminal = ::open(::ptsname(m_screen), O_RDWR | O_NOCTTY);
        process.setProcessEnvironment(environment);
        process.setChildProcessModifier([terminal = m_terminal] {
            ::setsid();
            ::ioctl(terminal, TIOCSCTTY, 0);
        });
        process.start(program, arguments);
    }
    AtTerminal(const AtTerminal &) = delete;
    AtTerminal &operator=(const AtTerminal &) = delete;
    ~AtTerminal()
    {
        process.kill();
        process.waitForFinished();
        ::close(m_terminal);
        ::close(m_screen);
    }

    const QByteArray &screen()
    {
        char bytes[512];
        for (ssize_t got = 0; (got = ::read(m_screen, bytes, sizeof bytes)) > 0;)
            m_seen.append(bytes, qsizetype(got));
        return m_seen;
    }
    void type(const QByteArray &keys)
    {
        if (::write(m_screen, keys.constData(), size_t(keys.size())) != ssize_t(keys.size()))
            qFatal("nothing can be typed");
    }
    [[nodiscard]] bool echoes() const
    {
        termios now = {};
        return ::tcgetattr(m_terminal, &now) == 0 && (now.c_lflag & ECHO) != 0;
    }

    QProcess process;

private:
    int m_screen;
    int m_terminal = -1;
    QByteArray m_seen;
};

} // namespace

class TestRemoteCtl : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();

    void reads_data();
    void reads();
    void bindsOnce();
    void unknownCertificate();
    void pinOfTheSettings();
    void changedPin();
    void wrongPassword();
    void passwordFiles_data();
    void passwordFiles();
    void passwordOnInput();
    void passwordAtTheTerminal();
    void interruptedAtTheTerminal();
    void noTerminal();
    void usage_data();
    void usage();
    void rights();
    void unreachable();
    void kerberosTicketEncrypts();
    void namespaceOfTheUrl();

private:
    void serve(const QStringList &arguments, const QString &as = QStringLiteral("openwsman"));
    Ran run(const QStringList &arguments, const QByteArray &input = {});
    QProcessEnvironment environment();
    Ran ctl(const QStringList &arguments, const QString &query = QStringLiteral("?auth=basic"));
    QStringList basic(const QString &certificate = QStringLiteral("self-signed"));
    QString fingerprint(const QString &certificate);
    QString url(const QString &query = QStringLiteral("?auth=basic"));
    QString path(const char *name) { return m_folder->filePath(QString::fromLatin1(name)); }
    QString write(const char *name, const QByteArray &bytes, QFile::Permissions permissions);
    void keepPin(const QString &certificate);

    QString m_program;
    std::unique_ptr<Certificates> m_certificates;
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_workbook, m_users, m_passwordFile;
    std::unique_ptr<WsmanPeer> m_peer;
};

void TestRemoteCtl::initTestCase()
{
    const QString bin = qEnvironmentVariable("PORTALBIND_BIN", QCoreApplication::applicationDirPath());
    m_program = bin + QStringLiteral("/portalbindctl");
    m_certificates = std::make_unique<Certificates>(
            QStringList{QStringLiteral("self-signed"), QStringLiteral("other")});
    QVERIFY2(m_certificates->error().isEmpty(), qPrintable(m_certificates->error()));
}

void TestRemoteCtl::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_workbook = path("rig.pbw");
    QVERIFY(writeRigWorkbook(m_workbook, 32));
    constexpr auto own = QFile::ReadOwner | QFile::WriteOwner;
    m_users = write("users", ':' + user.toUtf8() + ':' + password + '\n', own);
    m_passwordFile = write("password", password + "\nsecond line\n", own);
}

void TestRemoteCtl::cleanup()
{
    m_peer.reset();
    m_folder.reset();
}

QString TestRemoteCtl::write(const char *name, const QByteArray &bytes, QFile::Permissions permissions)
{
    QFile file(path(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.setPermissions(permissions))
        qFatal("%s cannot be written", name);
    return file.fileName();
}

void TestRemoteCtl::serve(const QStringList &arguments, const QString &as)
{
    m_peer = std::make_unique<WsmanPeer>(m_workbook, as, arguments);
    QVERIFY2(m_peer->isRunning(), qPrintable(m_peer->error()));
}

QStringList TestRemoteCtl::basic(const QString &certificate)
{
    return QStringList{QStringLiteral("--auth"), QStringLiteral("Basic"), QStringLiteral("--users"), m_users}
    + m_certificates->arguments(certificate);
}

QString TestRemoteCtl::fingerprint(const QString &certificate)
{
    const auto chain = QSslCertificate::fromPath(m_certificates->certificate(certificate));
    return CertificatePins::text(chain.value(0).digest(QCryptographicHash::Sha256));
}

QString TestRemoteCtl::url(const QString &query)
{
    return QStringLiteral("wsmans://%1@127.0.0.1:%2%3").arg(user).arg(m_peer->port()).arg(query);
}

QProcessEnvironment TestRemoteCtl::environment()
{
    QProcessEnvironment values = QProcessEnvironment::systemEnvironment();
    values.insert(QStringLiteral("XDG_CONFIG_HOME"), path("config"));
    values.insert(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"), QStringLiteral("disabled:"));
    return values;
}

Ran TestRemoteCtl::run(const QStringList &arguments, const QByteArray &input)
{
    QProcess process;
    process.setProcessEnvironment(environment());
    process.setChildProcessModifier([] { ::setsid(); }); // away from the terminal of whoever runs the tests
    process.start(m_program, arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000) || process.exitStatus() != QProcess::NormalExit)
        return {-1, {}, process.errorString().toUtf8()};
    Ran ran{process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
    for (const QByteArray &said : {ran.out, ran.err}) {
        if (said.contains(password))
            qFatal("the password was printed: %s", said.constData());
    }
    return ran;
}

Ran TestRemoteCtl::ctl(const QStringList &arguments, const QString &query)
{
    return run(QStringList{QStringLiteral("--connect"), url(query), QStringLiteral("--pin"),
                           fingerprint(QStringLiteral("self-signed")), QStringLiteral("--password-file"),
                           m_passwordFile}
               + arguments);
}

void TestRemoteCtl::keepPin(const QString &certificate)
{
    QDir().mkpath(path("config/portalbind"));
    CertificatePins pins(path("config/portalbind/certificates.ini"));
    const auto kept = await(pins.keep(QStringLiteral("127.0.0.1:%1").arg(m_peer->port()),
                                      CertificatePins::parse(fingerprint(certificate)).value()));
    QVERIFY(kept && *kept);
}

#define ARGS(text) QStringLiteral(text).split(u' ')

void TestRemoteCtl::reads_data()
{
    QTest::addColumn<QString>("as");
    for (const char *as : {"windows", "openwsman", "omi"})
        QTest::newRow(as) << QString::fromLatin1(as);
}

void TestRemoteCtl::reads()
{
    QFETCH(QString, as);
    serve(basic(), as);
    const Ran remote = ctl(ARGS("list portals --json"));
    QVERIFY2(remote.code == 0, remote.err);
    const Ran direct = run(QStringList{QStringLiteral("--connect"), m_workbook} + ARGS("list portals --json"));
    QCOMPARE(direct.code, 0);
    const QJsonArray items = remote.json().value(QLatin1String("items")).toArray();
    QCOMPARE(items.size(), direct.json().value(QLatin1String("items")).toArray().size());
    QVERIFY(items.size() >= 30);
    QVERIFY(remote.err.isEmpty());
}

void TestRemoteCtl::bindsOnce()
{
    serve(basic());
    const Ran endpoints = ctl(ARGS("list endpoints --json"));
    QVERIFY2(endpoints.code == 0, endpoints.err);
    const Ran bindings = ctl(ARGS("list bindings --json"));
    const QJsonObject bound = bindings.json().value(QLatin1String("items")).toArray().at(0).toObject();
    const QString portal = bound.value(QLatin1String("portal")).toString();
    const QString endpoint = bound.value(QLatin1String("endpoint")).toString();
    const Ran unbound = ctl({QStringLiteral("unbind"), QStringLiteral("--force"), portal, endpoint});
    QVERIFY2(unbound.code == 0, unbound.err);
    QVERIFY(!ctl(ARGS("list bindings --json")).json().value(QLatin1String("items")).toArray().contains(bound));
    const Ran again = ctl({QStringLiteral("bind"), QStringLiteral("--json"), portal, endpoint});
    QVERIFY2(again.code == 0, again.err);
    QCOMPARE(again.json().value(QLatin1String("done")).toInt(), 1);
    QVERIFY(again.json().value(QLatin1String("verified")).toBool());
    QCOMPARE(m_peer->count(QStringLiteral("Invoke:BindiSCSIProtocolEndPoint")), 1);
    // "Show as commands" and people give names back: the binding is there once more.
    QCOMPARE(ctl(ARGS("list bindings --json")).json().value(QLatin1String("items")).toArray().size(),
             bindings.json().value(QLatin1String("items")).toArray().size());
}

void TestRemoteCtl::unknownCertificate()
{
    serve(basic());
    const QStringList arguments{QStringLiteral("--connect"), url(), QStringLiteral("--password-file"), m_passwordFile,
                                QStringLiteral("list")};
    const Ran refused = run(arguments);
    QCOMPARE(refused.code, 5);
    QVERIFY(refused.out.isEmpty());
    for (const QByteArray &part : {fingerprint(QStringLiteral("self-signed")).toLatin1(), QByteArray("localhost"),
                                   QByteArray("valid from"), QByteArray("--pin"), QByteArray("signed by itself")})
        QVERIFY2(refused.err.contains(part), refused.err);
    const Ran json = run(arguments + QStringList{QStringLiteral("--json")});
    QCOMPARE(json.code, 5);
    const QJsonObject error = json.json().value(QLatin1String("error")).toObject();
    const QJsonObject certificate = error.value(QLatin1String("certificate")).toObject();
    QCOMPARE(certificate.value(QLatin1String("sha256")).toString(), fingerprint(QStringLiteral("self-signed")));
    QVERIFY(certificate.value(QLatin1String("pinned")).isNull());
    QVERIFY(certificate.value(QLatin1String("names")).toArray().contains(QStringLiteral("localhost")));
    QVERIFY(m_peer->log().isEmpty()); // nothing was sent
}

void TestRemoteCtl::pinOfTheSettings()
{
    serve(basic());
    keepPin(QStringLiteral("self-signed"));
    const Ran ran = run({QStringLiteral("--connect"), url(), QStringLiteral("--password-file"), m_passwordFile,
                         QStringLiteral("list"), QStringLiteral("servers")});
    QVERIFY2(ran.code == 0, ran.err);
}

void TestRemoteCtl::changedPin()
{
    serve(basic(QStringLiteral("other")));
    keepPin(QStringLiteral("self-signed"));
    const Ran kept = run({QStringLiteral("--connect"), url(), QStringLiteral("--password-file"), m_passwordFile,
                          QStringLiteral("list")});
    const Ran given = ctl(ARGS("list"));
    for (const Ran &ran : {kept, given}) {
        QCOMPARE(ran.code, 5);
        QVERIFY2(ran.err.contains("another certificate"), ran.err);
        QVERIFY(ran.err.contains(fingerprint(QStringLiteral("self-signed")).toLatin1()));
        QVERIFY(ran.err.contains(fingerprint(QStringLiteral("other")).toLatin1()));
    }
    QVERIFY(m_peer->log().isEmpty());
}

void TestRemoteCtl::wrongPassword()
{
    serve(basic());
    m_passwordFile = write("wrong", "battery staple", QFile::ReadOwner);
    const Ran ran = ctl(ARGS("list"));
    QCOMPARE(ran.code, 6);
    QVERIFY2(ran.err.contains("maria"), ran.err);
    int refused = 0;
    for (const QJsonObject &line : m_peer->log())
        refused += line.value(QLatin1String("status")).toInt() == 401;
    QCOMPARE(refused, 1); // or accounts get locked
}

void TestRemoteCtl::passwordFiles_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<int>("permissions");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("says");
    const int own = QFile::ReadOwner | QFile::WriteOwner;
    QTest::newRow("with an end of line") << password + '\n' << own << 0 << QByteArray();
    QTest::newRow("as Windows writes lines") << password + "\r\n" << own << 0 << QByteArray();
    QTest::newRow("readable by the group")
            << password << own + int(QFile::ReadGroup) << 5 << QByteArray("read by others");
    QTest::newRow("readable by all") << password << own + int(QFile::ReadOther) << 5 << QByteArray("chmod 600");
    QTest::newRow("empty") << QByteArray() << own << 5 << QByteArray("is empty");
    QTest::newRow("empty first line") << '\n' + password << own << 5 << QByteArray("is empty");
    QTest::newRow("no UTF-8") << QByteArray("\xff\xfe\n") << own << 5 << QByteArray("not UTF-8");
    QTest::newRow("endless") << QByteArray(10'000, 'x') << own << 5 << QByteArray("too long");
}

void TestRemoteCtl::passwordFiles()
{
    QFETCH(QByteArray, content);
    QFETCH(int, permissions);
    QFETCH(QByteArray, says);
    serve(basic());
    m_passwordFile = write("secret", content, QFile::Permissions(permissions));
    const Ran ran = ctl(ARGS("list servers"));
    QTEST(ran.code, "code");
    QVERIFY2(ran.err.contains(says), ran.err);
    QCOMPARE(m_peer->log().isEmpty(), ran.code != 0);
    m_passwordFile = path("missing");
    QCOMPARE(ctl(ARGS("list servers")).code, 5);
}

void TestRemoteCtl::passwordOnInput()
{
    serve(basic());
    m_passwordFile = QStringLiteral("-");
    const QStringList arguments{QStringLiteral("--connect"),
                                url(),
                                QStringLiteral("--pin"),
                                fingerprint(QStringLiteral("self-signed")),
                                QStringLiteral("--password-file"),
                                QStringLiteral("-"),
                                QStringLiteral("list")};
    QCOMPARE(run(arguments, password + '\n').code, 0);
    QCOMPARE(run(arguments, password).code, 0);
    const Ran empty = run(arguments);
    QCOMPARE(empty.code, 5);
    QVERIFY2(empty.err.contains("standard input"), empty.err);
}

void TestRemoteCtl::passwordAtTheTerminal()
{
    serve(basic());
    AtTerminal call(m_program, environment(),
                    {QStringLiteral("--connect"), url(), QStringLiteral("--pin"),
                     fingerprint(QStringLiteral("self-signed")), QStringLiteral("list"), QStringLiteral("servers")});
    // What is typed ahead is thrown away when the echo goes off: typed when the prompt is there.
    QTRY_VERIFY2_WITH_TIMEOUT(call.screen().contains("Password of maria@127.0.0.1:"), call.screen(), 30'000);
    QVERIFY(!call.echoes());
    call.type(password + '\n');
    QTRY_COMPARE_WITH_TIMEOUT(call.process.state(), QProcess::NotRunning, 60'000);
    QCOMPARE(call.process.exitCode(), 0);
    QVERIFY(call.process.readAllStandardOutput().contains("rig"));
    QVERIFY(!call.screen().contains(password));
    QVERIFY(call.echoes());
}

void TestRemoteCtl::interruptedAtTheTerminal()
{
    serve(basic());
    AtTerminal call(m_program, environment(),
                    {QStringLiteral("--connect"), url(), QStringLiteral("--pin"),
                     fingerprint(QStringLiteral("self-signed")), QStringLiteral("list")});
    QTRY_VERIFY_WITH_TIMEOUT(call.screen().contains("Password of"), 30'000);
    call.type("\003"); // Ctrl-C
    QTRY_COMPARE_WITH_TIMEOUT(call.process.state(), QProcess::NotRunning, 5'000);
    QCOMPARE(call.process.exitStatus(), QProcess::CrashExit); // by the signal
    QVERIFY(call.echoes()); // the shell is not left mute
    QVERIFY(m_peer->log().isEmpty());
}

void TestRemoteCtl::noTerminal()
{
    serve(basic());
    const Ran ran = run({QStringLiteral("--connect"), url(), QStringLiteral("--pin"),
                         fingerprint(QStringLiteral("self-signed")), QStringLiteral("list")});
    QCOMPARE(ran.code, 6);
    QVERIFY2(ran.err.contains("--password-file"), ran.err);
    QVERIFY(m_peer->log().isEmpty());
}

void TestRemoteCtl::usage_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("says");
    const auto row = [](const char *name, const char *arguments, const char *says) {
        QTest::newRow(name) << QString::fromLatin1(arguments).split(u' ') << QByteArray(says);
    };
    row("password in the URL", "--connect wsmans://joe:hunter2@127.0.0.1:1 list", "password in the URL");
    row("Basic in clear", "--connect wsman://joe@127.0.0.1:1?auth=basic list", "plain HTTP");
    row("unknown sign-in", "--connect wsmans://joe@127.0.0.1:1?auth=digest list", "digest");
    row("pin of plain HTTP",
        "--connect wsman://joe@127.0.0.1:1?auth=ntlm --pin "
        "0000000000000000000000000000000000000000000000000000000000000000 list",
        "plain HTTP shows none");
    row("colon in the user", "--connect wsmans://joe%3Ahunter2@127.0.0.1:1?auth=basic list", "colon in the user");
    row("pin too short", "--connect wsmans://joe@127.0.0.1:1 --pin AB:CD list", "fingerprint");
    row("password without a user", "--connect wsmans://127.0.0.1:1 --password-file x list", "no user");
    row("import into a server", "--connect wsmans://joe@127.0.0.1:1 import x.json", "workbooks only");
}

void TestRemoteCtl::usage()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, says);
    const Ran ran = run(arguments);
    QCOMPARE(ran.code, 2);
    QVERIFY2(ran.err.contains(says), ran.err);
    QVERIFY(!ran.err.contains("hunter2"));
}

void TestRemoteCtl::rights()
{
    serve(basic(), QStringLiteral("windows")); // openwsman answers 401 to this as well
    QCOMPARE(m_peer->command("fault Enumerate 0 AccessDenied"), QByteArray("ok"));
    const Ran ran = ctl(ARGS("list"));
    QCOMPARE(ran.code, 6);
    QVERIFY2(ran.err.contains("may not") || ran.err.contains("rights"), ran.err);
}

void TestRemoteCtl::unreachable()
{
    serve(basic());
    const QString where = url();
    m_peer->stop();
    const Ran ran = run({QStringLiteral("--connect"), where, QStringLiteral("--password-file"), m_passwordFile,
                         QStringLiteral("list"), QStringLiteral("--json")});
    QCOMPARE(ran.code, 5);
    QCOMPARE(ran.json().value(QLatin1String("error")).toObject().value(QLatin1String("kind")).toString(),
             QStringLiteral("transport"));
}

void TestRemoteCtl::kerberosTicketEncrypts()
{
    const Realm realm;
    QVERIFY2(realm.isRunning(), qPrintable(realm.error()));
    realm.enter();
    serve({QStringLiteral("--auth"), QStringLiteral("Negotiate,Kerberos"), QStringLiteral("--keytab"), realm.keytab()},
          QStringLiteral("windows"));
    // No user, no password, no TLS: the ticket signs in, and its key encrypts.
    const Ran ran = run({QStringLiteral("--connect"),
                         QStringLiteral("wsman://localhost:%1?auth=kerberos").arg(m_peer->port()),
                         QStringLiteral("list"), QStringLiteral("servers")});
    QVERIFY2(ran.code == 0, ran.err);
    const QList<QJsonObject> log = m_peer->log();
    const auto isEnumerate = [](const QJsonObject &line) {
        return line.value(QLatin1String("op")) == QLatin1String("Enumerate");
    };
    QVERIFY(std::any_of(log.begin(), log.end(), isEnumerate));
    for (const QJsonObject &line : log) {
        if (isEnumerate(line))
            QVERIFY(line.value(QLatin1String("sealed")).toBool());
    }
    qunsetenv("KRB5_CONFIG");
    qunsetenv("KRB5CCNAME");
}

void TestRemoteCtl::namespaceOfTheUrl()
{
    serve(basic());
    const Ran found = ctl(ARGS("list servers"), QStringLiteral("?auth=basic"));
    QVERIFY2(found.code == 0, found.err);
    QString space;
    for (const QJsonObject &line : m_peer->log()) {
        if (line.value(QLatin1String("op")) == QLatin1String("Enumerate"))
            space = line.value(QLatin1String("uri")).toString();
    }
    QVERIFY(!space.isEmpty());
    const Ran wrong = ctl(ARGS("list servers"), QStringLiteral("?auth=basic&namespace=root/nothing"));
    QCOMPARE(wrong.code, 5);
    QVERIFY2(wrong.err.contains("no iSCSI target"), wrong.err);
}

QTEST_GUILESS_MAIN(TestRemoteCtl)
#include "tst_remotectl.moc"
