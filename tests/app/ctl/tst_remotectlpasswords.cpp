// SPDX-License-Identifier: Apache-2.0

// How the real program comes by a password: from a file, from standard input, at a terminal.

#include "remoterunner.h"

#include <QTest>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

using namespace portalbind;
using Ran = CtlRunner::Ran;

namespace {

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
    void type(const QByteArray &keys) const
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

class TestRemoteCtlPasswords : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init() { m_ctl = std::make_unique<RemoteRunner>(*m_certificates); }
    void cleanup() { m_ctl.reset(); }

    void wrongPassword();
    void passwordFiles_data();
    void passwordFiles();
    void passwordOnInput();
    void passwordAtTheTerminal();
    void interruptedAtTheTerminal();
    void noTerminal();

private:
    std::unique_ptr<Certificates> m_certificates;
    std::unique_ptr<RemoteRunner> m_ctl;
};

void TestRemoteCtlPasswords::initTestCase()
{
    m_certificates = std::make_unique<Certificates>(
            QStringList{QStringLiteral("self-signed"), QStringLiteral("other")});
    QVERIFY2(m_certificates->error().isEmpty(), qPrintable(m_certificates->error()));
}

void TestRemoteCtlPasswords::wrongPassword()
{
    QVERIFY(m_ctl->serve(m_ctl->basic()));
    m_ctl->passwordFile = m_ctl->write("wrong", "battery staple", QFile::ReadOwner);
    const Ran ran = m_ctl->ctl("list");
    QCOMPARE(ran.code, 6);
    QVERIFY2(ran.err.contains("maria"), ran.err);
    int refused = 0;
    for (const QJsonObject &line : m_ctl->peer().log())
        refused += line.value(QLatin1String("status")).toInt() == 401;
    QCOMPARE(refused, 1); // or accounts get locked
}

void TestRemoteCtlPasswords::passwordFiles_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<int>("permissions");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("says");
    const int own = QFile::ReadOwner | QFile::WriteOwner;
    QTest::newRow("with an end of line") << RemoteRunner::password + '\n' << own << 0 << QByteArray();
    QTest::newRow("as Windows writes lines") << RemoteRunner::password + "\r\n" << own << 0 << QByteArray();
    QTest::newRow("readable by the group")
            << RemoteRunner::password << own + int(QFile::ReadGroup) << 5 << QByteArray("read by others");
    QTest::newRow("readable by all") << RemoteRunner::password << own + int(QFile::ReadOther) << 5
                                     << QByteArray("chmod 600");
    QTest::newRow("empty") << QByteArray() << own << 5 << QByteArray("is empty");
    QTest::newRow("empty first line") << '\n' + RemoteRunner::password << own << 5 << QByteArray("is empty");
    QTest::newRow("no UTF-8") << QByteArray("\xff\xfe\n") << own << 5 << QByteArray("not UTF-8");
    QTest::newRow("endless") << QByteArray(10'000, 'x') << own << 5 << QByteArray("too long");
}

void TestRemoteCtlPasswords::passwordFiles()
{
    QFETCH(QByteArray, content);
    QFETCH(int, permissions);
    QFETCH(QByteArray, says);
    QVERIFY(m_ctl->serve(m_ctl->basic()));
    m_ctl->passwordFile = m_ctl->write("secret", content, QFile::Permissions(permissions));
    const Ran ran = m_ctl->ctl("list servers");
    QTEST(ran.code, "code");
    QVERIFY2(ran.err.contains(says), ran.err);
    QCOMPARE(m_ctl->peer().log().isEmpty(), ran.code != 0);
    m_ctl->passwordFile = m_ctl->path("missing");
    QCOMPARE(m_ctl->ctl("list servers").code, 5);
}

void TestRemoteCtlPasswords::passwordOnInput()
{
    QVERIFY(m_ctl->serve(m_ctl->basic()));
    m_ctl->passwordFile = QStringLiteral("-");
    const QStringList arguments{
            QStringLiteral("--connect"),       m_ctl->url(),        QStringLiteral("--pin"), m_ctl->fingerprint(),
            QStringLiteral("--password-file"), QStringLiteral("-"), QStringLiteral("list")};
    QCOMPARE(m_ctl->run(arguments, RemoteRunner::password + '\n').code, 0);
    QCOMPARE(m_ctl->run(arguments, RemoteRunner::password).code, 0);
    const Ran empty = m_ctl->run(arguments);
    QCOMPARE(empty.code, 5);
    QVERIFY2(empty.err.contains("standard input"), empty.err);
}

void TestRemoteCtlPasswords::passwordAtTheTerminal()
{
    QVERIFY(m_ctl->serve(m_ctl->basic()));
    AtTerminal call(CtlRunner::program(), m_ctl->environment(),
                    {QStringLiteral("--connect"), m_ctl->url(), QStringLiteral("--pin"), m_ctl->fingerprint(),
                     QStringLiteral("list"), QStringLiteral("servers")});
    // What is typed ahead is thrown away when the echo goes off: typed when the prompt is there.
    QTRY_VERIFY2_WITH_TIMEOUT(call.screen().contains("Password of maria@127.0.0.1:"), call.screen(), 30'000);
    QVERIFY(!call.echoes());
    call.type(RemoteRunner::password + '\n');
    QTRY_COMPARE_WITH_TIMEOUT(call.process.state(), QProcess::NotRunning, 60'000);
    QCOMPARE(call.process.exitCode(), 0);
    QVERIFY(call.process.readAllStandardOutput().contains("rig"));
    QVERIFY(!call.screen().contains(RemoteRunner::password));
    QVERIFY(call.echoes());
}

void TestRemoteCtlPasswords::interruptedAtTheTerminal()
{
    QVERIFY(m_ctl->serve(m_ctl->basic()));
    AtTerminal call(CtlRunner::program(), m_ctl->environment(),
                    {QStringLiteral("--connect"), m_ctl->url(), QStringLiteral("--pin"), m_ctl->fingerprint(),
                     QStringLiteral("list")});
    QTRY_VERIFY_WITH_TIMEOUT(call.screen().contains("Password of"), 30'000);
    call.type("\003"); // Ctrl-C
    QTRY_COMPARE_WITH_TIMEOUT(call.process.state(), QProcess::NotRunning, 5'000);
    QCOMPARE(call.process.exitStatus(), QProcess::CrashExit); // by the signal
    QVERIFY(call.echoes()); // the shell is not left mute
    QVERIFY(m_ctl->peer().log().isEmpty());
}

void TestRemoteCtlPasswords::noTerminal()
{
    QVERIFY(m_ctl->serve(m_ctl->basic()));
    const Ran ran = m_ctl->run({QStringLiteral("--connect"), m_ctl->url(), QStringLiteral("--pin"),
                                m_ctl->fingerprint(), QStringLiteral("list")});
    QCOMPARE(ran.code, 6);
    QVERIFY2(ran.err.contains("--password-file"), ran.err);
    QVERIFY(m_ctl->peer().log().isEmpty());
}

QTEST_GUILESS_MAIN(TestRemoteCtlPasswords)
#include "tst_remotectlpasswords.moc"
