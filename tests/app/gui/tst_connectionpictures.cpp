// SPDX-License-Identifier: Apache-2.0

// Pictures of what a person sees while connecting, to be looked at: PORTALBIND_PICTURES names the folder.
// QT_SCALE_FACTOR=2 makes them twice the size. Each is also checked for text that has no room.
#include "tests/app/gui/remotewindow.h"
#include "widgets/banner.h"
#include "widgets/certificatedialog.h"
#include "widgets/connectdialog.h"
#include "widgets/connectiontest.h"
#include "widgets/signindialog.h"

#include <QAbstractButton>
#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>

using namespace portalbind;

class TestConnectionPictures : public QObject
{
    Q_OBJECT
private slots:
    void everything_data();
    void everything();

private:
    void grab(QWidget *widget, const char *name);
    void connectDialog(quint16 port);
    void testStates(WsmanPeer &peer);
    void servers(const WsmanPeer &peer);

    const Certificates m_certificates{
            {QStringLiteral("self-signed"), QStringLiteral("other"), QStringLiteral("expired")}};
    std::unique_ptr<RemoteWindow> m_fixture;
    QString m_suffix;
};

void TestConnectionPictures::grab(QWidget *widget, const char *name)
{
    QTest::qWait(30); // layouts and delayed updates
    for (const QLabel *label : widget->findChildren<QLabel *>()) {
        if (!label->isVisible() || label->text().isEmpty())
            continue;
        const int needed = label->wordWrap() ? label->heightForWidth(label->width()) : label->sizeHint().height();
        QVERIFY2(label->height() >= needed, qPrintable(QString::fromLatin1(name) + u' ' + label->text()));
    }
    for (const QAbstractButton *button : widget->findChildren<QAbstractButton *>()) {
        const bool hasText = button->isVisible() && !button->text().isEmpty() && !button->inherits("QToolButton");
        QVERIFY2(!hasText || button->width() >= button->sizeHint().width(),
                 qPrintable(QString::fromLatin1(name) + u' ' + button->text()));
    }
    const QString folder = qEnvironmentVariable("PORTALBIND_PICTURES");
    if (!folder.isEmpty())
        QVERIFY(widget->grab().save(folder + u'/' + QString::fromLatin1(name) + m_suffix + QStringLiteral(".png")));
}

void TestConnectionPictures::everything_data()
{
    QTest::addColumn<int>("theme");
    QTest::newRow("light") << int(Settings::Theme::Light);
    QTest::newRow("dark") << int(Settings::Theme::Dark);
}

void TestConnectionPictures::everything()
{
    QFETCH(int, theme);
    m_suffix = QLatin1Char('-') + QString::fromLatin1(QTest::currentDataTag());
    m_fixture = std::make_unique<RemoteWindow>(m_certificates);
    m_fixture->window->setTheme(Settings::Theme(theme));
    WsmanPeer peer(m_fixture->workbook(), QStringLiteral("windows"), m_fixture->basic(QStringLiteral("self-signed")));
    QVERIFY(peer.isRunning());
    connectDialog(peer.port());
    testStates(peer);
    servers(peer);
    m_fixture.reset();
}

void TestConnectionPictures::connectDialog(quint16 port)
{
    RemoteWindow &f = *m_fixture;
    f.action(ActionId::Connect)->trigger();
    auto *dialog = f.dialog<ConnectDialog>();
    grab(dialog, "connect-empty");
    dialog->setAddress(QStringLiteral("wsman://joe:x@san-a"));
    grab(dialog, "connect-refused");
    dialog->setAddress(QStringLiteral("workbook:site.pbw"));
    grab(dialog, "connect-workbook");
    dialog->setAddress(QStringLiteral("san-a.example.com"));
    grab(dialog, "connect-server");
    dialog->setAddress(RemoteWindow::url(port));
    dialog->findChild<QLineEdit *>(QStringLiteral("connectPassword"))->setText(RemoteWindow::password);
    shownButton(dialog, "testConnection")->click();
    QTRY_VERIFY_WITH_TIMEOUT(f.dialog<CertificateDialog>(), 30'000);
    grab(dialog, "connect-testing");
    grab(f.dialog<CertificateDialog>(), "certificate");
    f.dialog<CertificateDialog>()->reject();
    QTRY_VERIFY(!dialog->findChild<ConnectionTest *>()->isRunning());
    grab(dialog, "connect-tls-failed");
}

void TestConnectionPictures::testStates(WsmanPeer &peer)
{
    RemoteWindow &f = *m_fixture;
    f.pin(peer.port());
    auto *dialog = f.dialog<ConnectDialog>();
    auto *test = dialog->findChild<ConnectionTest *>();
    const auto run = [&](const char *name) {
        shownButton(dialog, "testConnection")->click();
        QTRY_VERIFY_WITH_TIMEOUT(!test->isRunning(), 30'000);
        grab(dialog, name);
    };
    run("connect-passed");
    QCOMPARE(peer.command("fault Enumerate 0 AccessDenied"), QByteArray("ok"));
    run("connect-rights-failed");
    QCOMPARE(peer.command("clear"), QByteArray("ok"));
    dialog->findChild<QLineEdit *>(QStringLiteral("connectPassword"))->setText(QStringLiteral("wrong"));
    run("connect-signin-failed");
    dialog->reject();
}

void TestConnectionPictures::servers(const WsmanPeer &peer)
{
    RemoteWindow &f = *m_fixture;
    const WsmanPeer &changed = f.serve(QStringLiteral("other"));
    const WsmanPeer &expired = f.serve(QStringLiteral("expired"));
    const WsmanPeer &second = f.serve();
    PeerProcess silent(QStringLiteral("faultproxy"),
                       {QStringLiteral("--opaque"), QStringLiteral("--to"), QStringLiteral("1")});
    PeerProcess fragile(QStringLiteral("faultproxy"),
                        {QStringLiteral("--opaque"), QStringLiteral("--to"), QString::number(second.port())});
    QCOMPARE(silent.command("silence"), QByteArray("ok"));
    QVERIFY(f.openLive(peer.port()));
    Session *stale = f.openLive(fragile.port());
    QVERIFY(stale);
    Session *wrong = f.open(f.request(second.port(), QStringLiteral("wrong")));
    f.pin(second.port());
    f.open(f.request(silent.port()));
    QTRY_VERIFY_WITH_TIMEOUT(f.dialog<SignInDialog>() || f.dialog<CertificateDialog>(), 30'000);
    if (auto *question = f.dialog<CertificateDialog>())
        shownButton(question, "certificateOnce")->click();
    QTRY_VERIFY_WITH_TIMEOUT(f.dialog<SignInDialog>(), 30'000);
    grab(f.dialog<SignInDialog>(), "sign-in");
    f.dialog<SignInDialog>()->reject();
    QCOMPARE(fragile.command("refuse"), QByteArray("ok"));
    f.window->workspace().setCurrent(stale);
    QTRY_VERIFY(f.action(ActionId::Reconnect)->isEnabled());
    f.action(ActionId::Reconnect)->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(stale->state(), Session::State::Stale, 30'000);
    grab(f.window.get(), "window-several");
    shownButton(f.banner(stale), "bannerDetails")->click();
    grab(f.window.get(), "window-details");
    f.openings->close(wrong);
    f.openings->close(stale);
    f.pin(changed.port());
    Session *other = f.open(f.request(changed.port()));
    QTRY_VERIFY_WITH_TIMEOUT(f.banner(other), 30'000);
    grab(f.window.get(), "window-changed-certificate");
    shownButton(f.banner(other), "bannerCertificate")->click();
    grab(f.dialog<CertificateDialog>(), "certificate-changed");
    f.dialog<CertificateDialog>()->reject();
    QTRY_VERIFY(!f.dialog<CertificateDialog>());
    f.open(f.request(expired.port()));
    QTRY_VERIFY_WITH_TIMEOUT(f.dialog<CertificateDialog>(), 30'000);
    grab(f.dialog<CertificateDialog>(), "certificate-expired");
}

QTEST_MAIN(TestConnectionPictures)
#include "tst_connectionpictures.moc"
