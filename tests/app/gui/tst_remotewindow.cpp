// SPDX-License-Identifier: Apache-2.0
#include "tests/app/gui/remotewindow.h"
#include "widgets/banner.h"
#include "widgets/certificatedialog.h"
#include "widgets/changespanel.h"
#include "widgets/connectdialog.h"
#include "widgets/inventorypane.h"
#include "widgets/planview.h"
#include "widgets/signindialog.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDirIterator>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTest>

using namespace portalbind;

class TestRemoteWindow : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase() { QVERIFY2(m_certificates.error().isEmpty(), qPrintable(m_certificates.error())); }
    void init() { m_fixture = std::make_unique<RemoteWindow>(m_certificates); }
    void cleanup();

    void connectsAfterTheQuestion();
    void doNotConnect();
    void questionGoesWithItsConnection();
    void signInWrongThenRight();
    void missingPassword();
    void dragBindApply();
    void changedCertificate();
    void staleThenRetry();
    void oneDeadOfThree();
    void cancelAndReconnect();
    void readOnlyWhileLookedAt();

private:
    const QString selfSigned = QStringLiteral("self-signed");
    const Certificates m_certificates{{QStringLiteral("self-signed"), QStringLiteral("other")}};
    std::unique_ptr<RemoteWindow> m_fixture;
};

void TestRemoteWindow::cleanup()
{
    if (!m_fixture)
        return;
    // Whatever was done: no file of the program has the password in it.
    m_fixture->window->close();
    QDirIterator files(m_fixture->folder.path(), QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.fileName().endsWith(QLatin1String("/users")))
            continue; // the server's
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY2(!file.readAll().contains(RemoteWindow::password.toUtf8()), qPrintable(file.fileName()));
    }
    m_fixture.reset();
}

void TestRemoteWindow::connectsAfterTheQuestion()
{
    RemoteWindow &f = *m_fixture;
    const WsmanPeer &peer = f.serve();
    f.action(ActionId::Connect)->trigger();
    auto *connecting = f.dialog<ConnectDialog>();
    QVERIFY(connecting);
    auto *line = connecting->findChild<QComboBox *>(QStringLiteral("connectAddress"))->lineEdit();
    QTest::keyClicks(line, RemoteWindow::address(peer.port()));
    QTest::keyClick(line, Qt::Key_Tab);
    QFocusEvent leaving(QEvent::FocusOut, Qt::TabFocusReason);
    QApplication::sendEvent(line, &leaving);
    QCOMPARE(line->text(), QStringLiteral("127.0.0.1"));
    QCOMPARE(connecting->findChild<QSpinBox *>(QStringLiteral("connectPort"))->value(), int(peer.port()));
    auto *ways = connecting->findChild<QComboBox *>(QStringLiteral("connectSignIn"));
    ways->setCurrentIndex(ways->count() - 1); // Basic
    QPushButton *ok = shownButton(connecting, "connectOk");
    QVERIFY(!ok->isEnabled()); // nobody is named
    connecting->findChild<QLineEdit *>(QStringLiteral("connectUser"))->setText(RemoteWindow::user);
    QTest::keyClicks(connecting->findChild<QLineEdit *>(QStringLiteral("connectPassword")), RemoteWindow::password);
    QVERIFY(ok->isEnabled());
    ok->click();

    QTRY_VERIFY(f.dialog<CertificateDialog>());
    auto *question = f.dialog<CertificateDialog>();
    Session *session = f.window->workspace().current();
    QCOMPARE(session->state(), Session::State::Loading);
    QCOMPARE(f.stateText(session), QStringLiteral("connecting…"));
    QVERIFY(question->focusWidget() == shownButton(question, "certificateRefuse"));
    QString shown = question->findChild<QLabel *>(QStringLiteral("certificateFingerprint"))->text();
    QCOMPARE(shown.remove(QLatin1Char('\n')).remove(QLatin1Char(':')),
             QString::fromLatin1(f.sha256(selfSigned).toHex().toUpper()));
    QVERIFY(question->findChild<QLabel *>(QStringLiteral("certificateMeaning"))
                    ->text()
                    .contains(QLatin1String("no other")));
    QVERIFY(peer.log().isEmpty()); // nothing was sent before the answer
    shownButton(question, "certificateTrust")->click();

    QTRY_COMPARE_WITH_TIMEOUT(session->state(), Session::State::Live, 30'000);
    QVERIFY(f.stateText(session).startsWith(QLatin1String("live")));
    QCOMPARE(f.pinOf(peer.port()), std::optional(f.sha256(selfSigned)));
    QCOMPARE(f.window->settings().recent(), QStringList{RemoteWindow::url(peer.port())});
    QVERIFY(!f.banner(session));
    // The next time nothing is asked, and what was open is remembered.
    f.window->close();
    QCOMPARE(f.window->settings().lastOpen(), QStringList{RemoteWindow::url(peer.port())});
}

void TestRemoteWindow::doNotConnect()
{
    RemoteWindow &f = *m_fixture;
    const WsmanPeer &peer = f.serve();
    Session *session = f.open(f.request(peer.port()));
    QTRY_VERIFY(f.dialog<CertificateDialog>());
    QTest::keyClick(f.dialog<CertificateDialog>(), Qt::Key_Escape);
    QTRY_COMPARE(session->state(), Session::State::Failed);
    QTRY_VERIFY(f.banner(session));
    QVERIFY(f.banner(session)->text().contains(QLatin1String("not trusted")));
    QVERIFY(peer.log().isEmpty() && !f.pinOf(peer.port()));
    // Retry asks anew; this time only for now.
    shownButton(f.banner(session), "bannerRetry")->click();
    QTRY_VERIFY(f.dialog<CertificateDialog>());
    shownButton(f.dialog<CertificateDialog>(), "certificateOnce")->click();
    QTRY_COMPARE_WITH_TIMEOUT(session->state(), Session::State::Live, 30'000);
    QVERIFY(!f.pinOf(peer.port()));
}

void TestRemoteWindow::questionGoesWithItsConnection()
{
    RemoteWindow &f = *m_fixture;
    Session *session = f.open(f.request(f.serve().port()));
    QTRY_VERIFY(f.dialog<CertificateDialog>());
    session->cancel();
    QTRY_VERIFY(!f.dialog<CertificateDialog>());
    QTRY_COMPARE(session->state(), Session::State::Failed);
    QCOMPARE(f.stateText(session), QStringLiteral("cancelled"));
    session->refresh();
    QTRY_VERIFY(f.dialog<CertificateDialog>());
    f.openings->close(session);
    QTRY_VERIFY(!f.dialog<CertificateDialog>());
}

void TestRemoteWindow::signInWrongThenRight()
{
    RemoteWindow &f = *m_fixture;
    const WsmanPeer &peer = f.serve();
    f.pin(peer.port());
    Session *session = f.open(f.request(peer.port(), QStringLiteral("battery staple")));
    // A person is there and has just opened it: asked at once, without a word about it in a box.
    QTRY_VERIFY_WITH_TIMEOUT(f.dialog<SignInDialog>(), 30'000);
    QCOMPARE(session->state(), Session::State::Failed);
    QVERIFY(f.stateText(session).contains(QLatin1String("sign-in")));
    QTest::keyClick(f.dialog<SignInDialog>(), Qt::Key_Escape);
    QTRY_VERIFY(!f.dialog<SignInDialog>());
    const auto refusals = [&peer] {
        int count = 0;
        for (const QJsonObject &line : peer.log())
            count += line.value(QLatin1String("status")).toInt() == 401;
        return count;
    };
    QCOMPARE(refusals(), 1);
    f.action(ActionId::Refresh)->trigger(); // does not try the wrong one again
    QTRY_COMPARE(session->state(), Session::State::Failed);
    QCOMPARE(refusals(), 1);

    QVERIFY(f.banner(session));
    QPushButton *signIn = shownButton(f.banner(session), "bannerSignIn");
    QVERIFY(signIn);
    signIn->click();
    auto *dialog = f.dialog<SignInDialog>();
    QVERIFY(dialog);
    QVERIFY(dialog->focusWidget() == dialog->findChild<QLineEdit *>(QStringLiteral("signInPassword")));
    QTest::keyClicks(dialog->focusWidget(), RemoteWindow::password);
    QTest::keyClick(dialog->focusWidget(), Qt::Key_Return);
    QTRY_COMPARE_WITH_TIMEOUT(session->state(), Session::State::Live, 30'000);
    QTRY_VERIFY(!f.banner(session));
    QCOMPARE(refusals(), 1);
}

void TestRemoteWindow::missingPassword()
{
    RemoteWindow &f = *m_fixture;
    const WsmanPeer &peer = f.serve();
    f.pin(peer.port());
    // What was open before comes back without a question.
    f.window->reopen(RemoteWindow::url(peer.port()));
    Session *session = f.window->workspace().current();
    QTRY_COMPARE(session->state(), Session::State::Failed);
    QTRY_VERIFY(f.banner(session) && shownButton(f.banner(session), "bannerSignIn"));
    QTest::qWait(50);
    QVERIFY(!f.dialog<SignInDialog>());
    QVERIFY(peer.log().isEmpty());
    // Opened by hand, it asks.
    f.window->open(RemoteWindow::url(peer.port()));
    QCOMPARE(f.window->workspace().sessions().size(), 1);
    QTRY_VERIFY(f.dialog<SignInDialog>());
    QTest::keyClicks(f.dialog<SignInDialog>()->findChild<QLineEdit *>(QStringLiteral("signInPassword")),
                     RemoteWindow::password);
    shownButton(f.dialog<SignInDialog>(), "signInOk")->click();
    QTRY_COMPARE_WITH_TIMEOUT(session->state(), Session::State::Live, 30'000);
}

void TestRemoteWindow::dragBindApply()
{
    RemoteWindow &f = *m_fixture;
    WsmanPeer &peer = f.serve();
    Session *session = f.openLive(peer.port());
    QVERIFY(session);
    // Any pair that the rules allow and that is not bound yet.
    const Inventory inventory = session->inventory();
    PortalHandle portal;
    EndpointHandle endpoint;
    for (const EndpointHandle e : inventory.endpoints()) {
        for (const PortalHandle p : inventory.portals()) {
            const Verdict verdict = session->judge({Bind{e, p}});
            if (verdict.isAllowed() && !verdict.changesNothing && !portal)
                std::tie(portal, endpoint) = std::tie(p, e);
        }
    }
    QVERIFY(portal && endpoint);
    QVERIFY(f.drag(session, portal, endpoint));
    QCOMPARE(session->pending().size(), 1);
    QCOMPARE(peer.count(QStringLiteral("Invoke:BindiSCSIProtocolEndPoint")), 0);
    QTRY_VERIFY(f.action(ActionId::Apply)->isEnabled());
    f.action(ActionId::Apply)->trigger();
    auto *apply = f.window->findChild<QPushButton *>(QStringLiteral("applyPlan"));
    QTRY_VERIFY(apply->isEnabled());
    apply->click();
    QTRY_VERIFY_WITH_TIMEOUT(
            f.window->changes()->plan()->headline().startsWith(QLatin1String("1 of 1 done and seen on ")), 30'000);
    QVERIFY(session->pending().isEmpty());
    QVERIFY(Inventory(session->base()).binds(endpoint, portal));
    QCOMPARE(peer.count(QStringLiteral("Invoke:BindiSCSIProtocolEndPoint")), 1);
}

void TestRemoteWindow::changedCertificate()
{
    RemoteWindow &f = *m_fixture;
    const WsmanPeer &peer = f.serve(QStringLiteral("other"));
    f.pin(peer.port(), selfSigned);
    Session *session = f.open(f.request(peer.port()));
    QTRY_COMPARE(session->state(), Session::State::Failed);
    QTRY_VERIFY(f.banner(session));
    QCOMPARE(f.stateText(session), QStringLiteral("failed: certificate"));
    Banner *banner = f.banner(session);
    const QString before = fingerprintLines(f.sha256(selfSigned)).join(QLatin1Char('\n'));
    const QString now = fingerprintLines(f.sha256(QStringLiteral("other"))).join(QLatin1Char('\n'));
    QVERIFY2(banner->text().contains(before) && banner->text().contains(now), qPrintable(banner->text()));
    QVERIFY(!f.dialog<CertificateDialog>()); // no question: a refusal
    shownButton(banner, "bannerDetails")->click();
    shownButton(banner, "bannerCopy")->click();
    QVERIFY(QApplication::clipboard()->text().contains(fingerprintText(f.sha256(QStringLiteral("other")))));
    shownButton(banner, "bannerRetry")->click(); // no way around it
    QTRY_COMPARE(session->state(), Session::State::Failed);
    QVERIFY(peer.log().isEmpty());

    shownButton(banner, "bannerCertificate")->click();
    auto *dialog = f.dialog<CertificateDialog>();
    QVERIFY(dialog && dialog->findChild<QLabel *>(QStringLiteral("certificatePinned")));
    QVERIFY(dialog->focusWidget() == shownButton(dialog, "certificateRefuse"));
    QVERIFY(!shownButton(dialog, "certificateOnce"));
    dialog->reject();
    QTRY_VERIFY(!f.dialog<CertificateDialog>());
    QCOMPARE(f.pinOf(peer.port()), std::optional(f.sha256(selfSigned)));
    shownButton(banner, "bannerCertificate")->click();
    shownButton(f.dialog<CertificateDialog>(), "certificateTrust")->click();
    QTRY_COMPARE_WITH_TIMEOUT(session->state(), Session::State::Live, 30'000);
    QCOMPARE(f.pinOf(peer.port()), std::optional(f.sha256(QStringLiteral("other"))));
}

void TestRemoteWindow::staleThenRetry()
{
    RemoteWindow &f = *m_fixture;
    const WsmanPeer &peer = f.serve();
    PeerProcess proxy(QStringLiteral("faultproxy"),
                      {QStringLiteral("--opaque"), QStringLiteral("--to"), QString::number(peer.port())});
    QVERIFY2(proxy.isRunning(), qPrintable(proxy.error()));
    Session *session = f.openLive(proxy.port());
    QVERIFY(session);
    const auto bindings = session->base()->bindingCount();
    QVERIFY(bindings > 0);
    QCOMPARE(proxy.command("refuse"), QByteArray("ok"));
    f.action(ActionId::Reconnect)->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(session->state(), Session::State::Stale, 30'000);
    QCOMPARE(session->base()->bindingCount(), bindings); // what was known stays
    QTRY_VERIFY(f.banner(session));
    QVERIFY2(f.banner(session)->text().contains(QLatin1String("refused the connection"))
                     && f.banner(session)->text().contains(QLatin1String("was read ")),
             qPrintable(f.banner(session)->text()));
    QVERIFY(f.stateText(session).startsWith(QLatin1String("stale")));
    QVERIFY(!shownButton(f.banner(session), "bannerSignIn"));
    QCOMPARE(proxy.command("pass"), QByteArray("ok"));
    shownButton(f.banner(session), "bannerRetry")->click();
    QTRY_COMPARE_WITH_TIMEOUT(session->state(), Session::State::Live, 30'000);
    QTRY_VERIFY(!f.banner(session));
}

void TestRemoteWindow::oneDeadOfThree()
{
    RemoteWindow &f = *m_fixture;
    const WsmanPeer &first = f.serve();
    const WsmanPeer &second = f.serve();
    PeerProcess dead(QStringLiteral("faultproxy"),
                     {QStringLiteral("--opaque"), QStringLiteral("--to"), QStringLiteral("1")});
    QVERIFY(dead.isRunning());
    QCOMPARE(dead.command("silence"), QByteArray("ok"));
    f.pin(dead.port());
    Session *silent = f.open(f.request(dead.port()));
    Session *a = f.openLive(first.port());
    Session *b = f.openLive(second.port());
    QVERIFY(a && b);
    QCOMPARE(silent->state(), Session::State::Loading);
    QCOMPARE(f.window->workspace().sessions().size(), 3);
    QCOMPARE(f.stateText(silent), QStringLiteral("connecting…"));
    QVERIFY(f.stateText(a).startsWith(QLatin1String("live")) && f.stateText(b).startsWith(QLatin1String("live")));
    // Closing it ends it, and nothing else.
    f.openings->close(silent);
    QCOMPARE(f.window->workspace().sessions().size(), 2);
    QTest::qWait(20);
    QCOMPARE(a->state(), Session::State::Live);
    QCOMPARE(b->state(), Session::State::Live);
}

void TestRemoteWindow::cancelAndReconnect()
{
    RemoteWindow &f = *m_fixture;
    const WsmanPeer &peer = f.serve();
    PeerProcess proxy(QStringLiteral("faultproxy"),
                      {QStringLiteral("--opaque"), QStringLiteral("--to"), QString::number(peer.port())});
    QCOMPARE(proxy.command("silence"), QByteArray("ok"));
    f.pin(proxy.port());
    Session *session = f.open(f.request(proxy.port()));
    QTRY_VERIFY(f.action(ActionId::CancelRead)->isEnabled());
    f.action(ActionId::CancelRead)->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(session->state(), Session::State::Failed, 2'000);
    QTRY_VERIFY(f.banner(session) && f.banner(session)->text().contains(QLatin1String("cancelled")));
    QTRY_VERIFY(!f.action(ActionId::CancelRead)->isEnabled());
    QCOMPARE(proxy.command("pass"), QByteArray("ok"));
    QTRY_VERIFY(f.action(ActionId::Reconnect)->isEnabled());
    f.action(ActionId::Reconnect)->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(session->state(), Session::State::Live, 30'000);
}

void TestRemoteWindow::readOnlyWhileLookedAt()
{
    RemoteWindow &f = *m_fixture;
    Session *session = f.openLive(f.serve().port());
    QVERIFY(session);
    const auto *poll = session->backend()->findChild<QTimer *>(QStringLiteral("poll"));
    QVERIFY(poll);
    QTRY_VERIFY(poll->isActive());
    f.window->showMinimized();
    QTRY_VERIFY(!poll->isActive());
    f.window->showNormal();
    QTRY_VERIFY(poll->isActive());
    f.window->hide();
    QTRY_VERIFY(!poll->isActive());
}

QTEST_MAIN(TestRemoteWindow)
#include "tst_remotewindow.moc"
