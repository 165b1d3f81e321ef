// SPDX-License-Identifier: Apache-2.0
// The whole window over lio+ssh: to the kernel's target, by a real sshd whose connections break.
#include "app/gui/windowservices.h"
#include "tests/kernel/guestkernel.h"
#include "tests/linux/hostwindow.h"
#include "widgets/changespanel.h"
#include "widgets/planview.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QPushButton>
#include <QTest>

using namespace portalbind;

namespace {

const std::string disk1 = "iqn.2026-11.org.example:disk1";
const std::string tpgPath = guest::fabric.toStdString() + disk1 + "/tpgt_1";
constexpr int patience = 60'000; // milliseconds

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

/// The files that ssh and sshd read, and no others; the helper where its package puts it.
const char *const setUp = R"sh(set -e
mkdir -p /run/home/.ssh /run/sshd /etc/ssh /usr/libexec/portalbind
sed -i 's,^\(root:[^:]*:0:0:[^:]*\):[^:]*:[^:]*$,\1:/run/home:/bin/sh,' /etc/passwd
echo 'sshd:x:7011:65534::/run/sshd:/usr/sbin/nologin' >>/etc/passwd
echo 'root:*:19000:0:99999:7:::' >/etc/shadow
: >/etc/ssh/ssh_config
cp "$PORTALBIND_BIN/portalbind-lio-helper" /usr/libexec/portalbind/
for name in host person; do ssh-keygen -q -t ed25519 -N '' -f /run/$name; done
printf '%s\n' 'Port 2222' 'ListenAddress 127.0.0.1' 'HostKey /run/host' 'AuthorizedKeysFile /run/person.pub' \
    'StrictModes no' 'UsePAM no' 'PasswordAuthentication no' 'PidFile none' >/run/sshd_config
printf '%s\n' 'IdentityFile /run/person' 'IdentitiesOnly yes' >/run/home/.ssh/config
echo "[127.0.0.1]:2222 $(cut -d' ' -f1,2 /run/host.pub)" >/run/home/.ssh/known_hosts
chmod 700 /run/home/.ssh)sh";

} // namespace

class tst_KernelFar : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();
    void dropsReachTheKernel();
    void brokenConnectionComesBack();
    void noServerAnyMore();

private:
    bool startServer();
    void stopServer();
    /// The server's processes for its connections.
    [[nodiscard]] QStringList connections() const;
    void breakConnections() const;

    QProcess m_server;
};

void tst_KernelFar::initTestCase()
{
    QVERIFY(guest::isGuest());
    const auto made = guest::run(text("sh"), {text("-c"), text(setUp)});
    QVERIFY2(made.status == 0, made.output.constData());
    guest::addAddress(text("192.0.2.10/24"));
    guest::addAddress(text("192.0.2.11/24"));
}

void tst_KernelFar::init()
{
    QCOMPARE(guest::make(guest::fabric.toStdString() + disk1) | guest::make(tpgPath), 0);
    QVERIFY(startServer());
}

void tst_KernelFar::cleanup()
{
    stopServer();
    guest::clear();
}

bool tst_KernelFar::startServer()
{
    m_server.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_server.start(text("/usr/sbin/sshd"), {text("-D"), text("-f"), text("/run/sshd_config")});
    return m_server.waitForStarted()
            && QTest::qWaitFor([] { return guest::listening().count("127.0.0.1:2222") == 1; }, patience);
}

void tst_KernelFar::stopServer()
{
    breakConnections();
    m_server.kill();
    m_server.waitForFinished();
}

QStringList tst_KernelFar::connections() const
{
    const auto listed = guest::run(text("pgrep"), {text("-P"), QString::number(m_server.processId())});
    return QString::fromLatin1(listed.output).split(u'\n', Qt::SkipEmptyParts);
}

void tst_KernelFar::breakConnections() const
{
    for (const QString &process : connections())
        guest::run(text("kill"), {text("-KILL"), process});
}

void tst_KernelFar::dropsReachTheKernel()
{
    HostWindow w(windowServices());
    QVERIFY2(w.open(text("lio+ssh://root@127.0.0.1:2222")), qPrintable(w.session()->error().text()));
    QCOMPARE(connections().size(), 1); // one connection, whatever is asked
    QVERIFY(w.drag(w.portal("192.0.2.10:3260"), w.tpg(QString::fromStdString(disk1), 1)).accepted);
    QVERIFY(w.showPlan());
    QVERIFY(w.applyPlan(patience));
    QVERIFY(guest::listening().count("192.0.2.10:3260") == 1);
    QCOMPARE(connections().size(), 1);
    // What others do there shows here.
    QCOMPARE(guest::make(tpgPath + "/np/192.0.2.11:3277"), 0);
    QTRY_VERIFY_WITH_TIMEOUT(
            w.portal("192.0.2.11:3277")
                    && w.row(w.targets(), RowKind::Binding, w.portal("192.0.2.11:3277").value).isValid(),
            patience);
    w.picture("far-live");
}

/// Quietly, and with what happened meanwhile.
void tst_KernelFar::brokenConnectionComesBack()
{
    HostWindow w(windowServices());
    QVERIFY2(w.open(text("lio+ssh://root@127.0.0.1:2222")), qPrintable(w.session()->error().text()));
    const QStringList before = connections();
    QCOMPARE(before.size(), 1);
    QCOMPARE(guest::make(tpgPath + "/np/192.0.2.11:3278"), 0);
    breakConnections();
    QTRY_VERIFY_WITH_TIMEOUT(
            w.portal("192.0.2.11:3278")
                    && w.row(w.targets(), RowKind::Binding, w.portal("192.0.2.11:3278").value).isValid(),
            patience);
    QTRY_VERIFY_WITH_TIMEOUT(w.session()->state() == Session::State::Live, patience);
    QTRY_COMPARE_WITH_TIMEOUT(connections().size(), 1, patience);
    QVERIFY(connections() != before);
}

/// What was shown stays, as of then, with the reason; a drop there stays pending.
void tst_KernelFar::noServerAnyMore()
{
    HostWindow w(windowServices());
    QVERIFY2(w.open(text("lio+ssh://root@127.0.0.1:2222")), qPrintable(w.session()->error().text()));
    QVERIFY(w.drag(w.portal("192.0.2.10:3260"), w.tpg(QString::fromStdString(disk1), 1)).accepted);
    stopServer();
    QTRY_VERIFY_WITH_TIMEOUT(w.session()->state() == Session::State::Stale, patience);
    // A connection that ended so soon after it was made is not made anew at once.
    const QString gone = text("No SSH server answers at 127.0.0.1:2222");
    QTRY_VERIFY2_WITH_TIMEOUT(w.session()->error().text().contains(gone), qPrintable(w.session()->error().text()),
                              patience);
    QCOMPARE(w.session()->pending().size(), 1);
    QVERIFY(w.row(w.targets(), RowKind::Endpoint, w.tpg(QString::fromStdString(disk1), 1).value).isValid());
    w.picture("far-gone");
    // Back again: what was pending is applied.
    QVERIFY(startServer());
    w.action(ActionId::Refresh)->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(w.session()->state() == Session::State::Live, patience);
    QVERIFY(w.showPlan());
    QVERIFY(w.applyPlan(patience));
    QVERIFY(guest::listening().count("192.0.2.10:3260") == 1);
}

QTEST_MAIN(tst_KernelFar)

#include "tst_kernelfar.moc"
