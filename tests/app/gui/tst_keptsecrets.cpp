// SPDX-License-Identifier: Apache-2.0

// Run by tests/app/test_secrets.sh with an unlocked keyring of its own; skips without.
#include "app/keyring.h"
#include "tests/app/gui/remotewindow.h"
#include "widgets/signindialog.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>

using namespace portalbind;

class TestKeptSecrets : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        if (qEnvironmentVariable("PORTALBIND_KEYRING") != QLatin1String("unlocked"))
            QSKIP("needs a keyring of its own: tests/app/test_secrets.sh");
    }
    void keptOnceProven();
    void usedByTheCommandLine();

private:
    std::optional<Secret> kept(const ServerUrl &server);
    const Certificates m_certificates{{QStringLiteral("self-signed")}};
};

std::optional<Secret> TestKeptSecrets::kept(const ServerUrl &server)
{
    const auto result = std::make_shared<std::optional<Result<std::optional<Secret>>>>();
    spawn<Result<std::optional<Secret>>>(Keyring::read(server.account(), {}),
                                         [result](const auto &value) { result->emplace(value); });
    if (!QTest::qWaitFor([result] { return result->has_value(); }, 30'000) || !**result)
        qFatal("the keyring does not answer");
    return ***result;
}

void TestKeptSecrets::keptOnceProven()
{
    RemoteWindow f(m_certificates);
    const WsmanPeer &peer = f.serve();
    f.pin(peer.port());
    ConnectionRequest request = f.request(peer.port(), QStringLiteral("battery staple"));
    request.keep = true;
    Session *session = f.open(request);
    QTRY_VERIFY_WITH_TIMEOUT(f.dialog<SignInDialog>(), 30'000);
    QVERIFY(!kept(request.server)); // a wrong one is not kept

    auto *dialog = f.dialog<SignInDialog>();
    auto *keep = dialog->findChild<QCheckBox *>(QStringLiteral("keepSecret"));
    QTRY_VERIFY(keep->isEnabled());
    QVERIFY(!keep->isChecked());
    keep->click();
    QTest::keyClicks(dialog->findChild<QLineEdit *>(QStringLiteral("signInPassword")), RemoteWindow::password);
    shownButton(dialog, "signInOk")->click();
    QTRY_COMPARE_WITH_TIMEOUT(session->state(), Session::State::Live, 30'000);
    QTRY_VERIFY(f.window->sentence().contains(QLatin1String("in the keyring")));
    QCOMPARE(kept(request.server).value().text(), RemoteWindow::password);

    // The next window opens the server without a question.
    f.openings->close(session);
    f.window->reopen(RemoteWindow::url(peer.port()));
    session = f.window->workspace().current();
    QTRY_COMPARE_WITH_TIMEOUT(session->state(), Session::State::Live, 30'000);
    QVERIFY(!f.dialog<SignInDialog>());
}

void TestKeptSecrets::usedByTheCommandLine()
{
    RemoteWindow f(m_certificates);
    const WsmanPeer &peer = f.serve();
    f.pin(peer.port());
    ConnectionRequest request = f.request(peer.port());
    request.keep = true;
    Session *session = f.open(request);
    QTRY_COMPARE_WITH_TIMEOUT(session->state(), Session::State::Live, 30'000);
    QTRY_VERIFY(kept(request.server).has_value());
    QProcess ctl;
    ctl.start(QCoreApplication::applicationDirPath() + QStringLiteral("/portalbindctl"),
              {QStringLiteral("--connect"), RemoteWindow::url(peer.port()), QStringLiteral("--pin"),
               fingerprintText(f.sha256(QStringLiteral("self-signed"))), QStringLiteral("list"),
               QStringLiteral("servers")});
    QVERIFY(ctl.waitForFinished(60'000));
    QVERIFY2(ctl.exitCode() == 0, ctl.readAllStandardError());
}

QTEST_MAIN(TestKeptSecrets)
#include "tst_keptsecrets.moc"
