// SPDX-License-Identifier: Apache-2.0

// The connect dialog: what it understands, and its test of a connection layer by layer.
#include "tests/app/gui/remotewindow.h"
#include "widgets/certificatedialog.h"
#include "widgets/connectdialog.h"
#include "widgets/connectiontest.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTest>

using namespace portalbind;
using State = LayerOutcome::State;

class TestConnectionTest : public QObject
{
    Q_OBJECT
private slots:
    void init() { m_fixture = std::make_unique<RemoteWindow>(m_certificates); }
    void cleanup() { m_fixture.reset(); }

    void addresses_data();
    void addresses();
    void recentFillsTheFields();
    void noKeyring();
    void layers_data();
    void layers();
    void refusedCertificate();
    void stopped();
    void changesForgetTheResult();

private:
    ConnectDialog *connectDialog(const QString &address);
    ConnectionTest *test() { return m_fixture->dialog<ConnectDialog>()->findChild<ConnectionTest *>(); }
    QString states();
    const Certificates m_certificates{{QStringLiteral("self-signed")}};
    std::unique_ptr<RemoteWindow> m_fixture;
};

ConnectDialog *TestConnectionTest::connectDialog(const QString &address)
{
    m_fixture->action(ActionId::Connect)->trigger();
    auto *dialog = m_fixture->dialog<ConnectDialog>();
    dialog->setAddress(address);
    return dialog;
}

/// One letter a layer: passed, failed, skipped, running, or - for not reached.
QString TestConnectionTest::states()
{
    QString all;
    for (int i = 0; i < layerCount; ++i)
        all += QStringLiteral("-rpfs").at(int(test()->outcome(Layer(i)).state));
    return all;
}

void TestConnectionTest::addresses_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<bool>("isServer");
    QTest::addColumn<bool>("canConnect");
    QTest::addColumn<QString>("left"); // in the address line
    QTest::addColumn<int>("port");
    const auto row = [](const char *typed, bool isServer, bool canConnect, const char *left = "", int port = 5986) {
        QTest::newRow(typed) << QString::fromLatin1(typed) << isServer << canConnect
                             << QString::fromLatin1(*left ? left : typed) << port;
    };
    row("san-a", true, true);
    row("san-a:443", true, true, "san-a", 443);
    row("10.0.1.5", true, true);
    row("2001:db8::5", true, true);
    row("[2001:db8::5]:443", true, true, "2001:db8::5", 443);
    row("wsmans://joe@san-a:443?auth=basic", true, true, "san-a", 443);
    row("wsman://san-a", true, true, "san-a", 5985);
    row("wsmans://joe:hunter2@san-a", false, false);
    row("wsman://joe@san-a?auth=basic", false, false);
    row("site.pbw", false, false);
    row("/no/such/file", false, false);
    row("workbook:site.pbw", false, true);
    row("ftp://san-a", false, false);
    row("", false, false);
}

void TestConnectionTest::addresses()
{
    QFETCH(QString, typed);
    QFETCH(bool, isServer);
    ConnectDialog *dialog = connectDialog(typed);
    QTEST(dialog->findChild<QComboBox *>(QStringLiteral("connectAddress"))->currentText(), "left");
    auto *port = dialog->findChild<QSpinBox *>(QStringLiteral("connectPort"));
    QCOMPARE(port->isVisible(), isServer);
    if (isServer)
        QTEST(port->value(), "port");
    QTEST(shownButton(dialog, "connectOk")->isEnabled(), "canConnect");
    const QString said = dialog->findChild<QLabel *>(QStringLiteral("connectMessage"))->text();
    QVERIFY(!said.isEmpty() && !said.contains(QLatin1String("hunter2")));
}

void TestConnectionTest::recentFillsTheFields()
{
    const QString url = QStringLiteral("wsmans://joe@san-a:443/mgmt?auth=ntlm&namespace=root/x");
    m_fixture->window->settings().addRecent(url);
    ConnectDialog *dialog = connectDialog({});
    auto *address = dialog->findChild<QComboBox *>(QStringLiteral("connectAddress"));
    QCOMPARE(address->itemText(0), url);
    address->setCurrentIndex(0);
    emit address->textActivated(url); // as the list does when a row is chosen
    QCOMPARE(address->currentText(), QStringLiteral("san-a"));
    QCOMPARE(dialog->findChild<QLineEdit *>(QStringLiteral("connectUser"))->text(), QStringLiteral("joe"));
    QCOMPARE(dialog->findChild<QLineEdit *>(QStringLiteral("connectNamespace"))->text(), QStringLiteral("root/x"));
    QCOMPARE(dialog->findChild<QComboBox *>(QStringLiteral("connectSignIn"))->currentIndex(), 2);
    // The same address comes out again.
    QVERIFY(dialog->findChild<QLabel *>(QStringLiteral("connectMessage"))->text().contains(url));
}

void TestConnectionTest::noKeyring()
{
    // The session bus of a test leads nowhere: it is said, and nothing is promised.
    if (qEnvironmentVariable("DBUS_SESSION_BUS_ADDRESS") != QLatin1String("disabled:"))
        QSKIP("only without a session bus");
    auto *keep = connectDialog(QStringLiteral("san-a"))->findChild<QCheckBox *>(QStringLiteral("keepSecret"));
    QTRY_VERIFY(keep->text().contains(QLatin1String("No keyring here")));
    QVERIFY(!keep->isEnabled() && !keep->isChecked() && !keep->toolTip().isEmpty());
}

void TestConnectionTest::layers_data()
{
    QTest::addColumn<QString>("states");
    QTest::addColumn<QString>("as");
    QTest::addColumn<QByteArray>("command"); // to the server
    QTest::addColumn<QString>("password");
    QTest::addColumn<QString>("nameSpace");
    QTest::addColumn<bool>("isUp");
    const QString right = RemoteWindow::password;
    const QString openwsman = QStringLiteral("openwsman");
    const QString windows = QStringLiteral("windows");
    QTest::newRow("all") << QStringLiteral("pppppp") << openwsman << QByteArray() << right << QString() << true;
    QTest::newRow("all of Windows") << QStringLiteral("pppppp") << windows << QByteArray() << right << QString()
                                    << true;
    QTest::newRow("TCP") << QStringLiteral("pf----") << openwsman << QByteArray() << right << QString() << false;
    QTest::newRow("sign-in") << QStringLiteral("pppf--") << openwsman << QByteArray() << QStringLiteral("wrong")
                             << QString() << true;
    QTest::newRow("no password") << QStringLiteral("pp-f--") << openwsman << QByteArray() << QString() << QString()
                                 << true;
    QTest::newRow("rights") << QStringLiteral("ppppf-") << windows << QByteArray("fault Enumerate 0 AccessDenied")
                            << right << QString() << true;
    QTest::newRow("provider") << QStringLiteral("pppppf") << openwsman << QByteArray() << right
                              << QStringLiteral("root/nothing") << true;
    QTest::newRow("no such service") << QStringLiteral("ppp--f") << openwsman << QByteArray("status * 0 404") << right
                                     << QString() << true;
}

void TestConnectionTest::layers()
{
    QFETCH(QString, as);
    QFETCH(QByteArray, command);
    QFETCH(QString, password);
    QFETCH(QString, nameSpace);
    QFETCH(bool, isUp);
    RemoteWindow &f = *m_fixture;
    WsmanPeer peer(f.workbook(), as, f.basic(QStringLiteral("self-signed")));
    QVERIFY2(peer.isRunning(), qPrintable(peer.error()));
    if (!command.isEmpty())
        QCOMPARE(peer.command(command), QByteArray("ok"));
    f.pin(peer.port());
    ConnectDialog *dialog = connectDialog(RemoteWindow::url(peer.port()));
    dialog->findChild<QLineEdit *>(QStringLiteral("connectPassword"))->setText(password);
    dialog->findChild<QLineEdit *>(QStringLiteral("connectNamespace"))->setText(nameSpace);
    if (!isUp)
        peer.stop();
    QPushButton *button = shownButton(dialog, "testConnection");
    QVERIFY(button && button->isEnabled());
    button->click();
    QVERIFY(test()->isRunning());
    QTRY_VERIFY_WITH_TIMEOUT(!test()->isRunning(), 30'000);
    QTEST(states(), "states");
    for (int i = 0; i < layerCount; ++i) {
        const LayerOutcome outcome = test()->outcome(Layer(i));
        QCOMPARE(outcome.text.isEmpty(), outcome.state == State::Waiting);
        if (outcome.state == State::Failed)
            QVERIFY2(!outcome.remedy.isEmpty(), qPrintable(outcome.text));
    }
    QCOMPARE(peer.count(QStringLiteral("Invoke:BindiSCSIProtocolEndPoint")), 0);
}

void TestConnectionTest::refusedCertificate()
{
    RemoteWindow &f = *m_fixture;
    const WsmanPeer &peer = f.serve();
    ConnectDialog *dialog = connectDialog(RemoteWindow::url(peer.port()));
    dialog->findChild<QLineEdit *>(QStringLiteral("connectPassword"))->setText(RemoteWindow::password);
    shownButton(dialog, "testConnection")->click();
    QTRY_VERIFY(f.dialog<CertificateDialog>());
    QVERIFY(f.dialog<CertificateDialog>()->parent() == dialog); // in front of it
    f.dialog<CertificateDialog>()->reject();
    QTRY_VERIFY(!test()->isRunning());
    QCOMPARE(states(), QStringLiteral("ppf---"));
    QVERIFY(peer.log().isEmpty());
    shownButton(dialog, "testConnection")->click();
    QTRY_VERIFY(f.dialog<CertificateDialog>());
    shownButton(f.dialog<CertificateDialog>(), "certificateTrust")->click();
    QTRY_VERIFY_WITH_TIMEOUT(!test()->isRunning(), 30'000);
    QCOMPARE(states(), QStringLiteral("pppppp"));
}

void TestConnectionTest::stopped()
{
    RemoteWindow &f = *m_fixture;
    PeerProcess silent(QStringLiteral("faultproxy"),
                       {QStringLiteral("--opaque"), QStringLiteral("--to"), QStringLiteral("1")});
    QCOMPARE(silent.command("silence"), QByteArray("ok"));
    ConnectDialog *dialog = connectDialog(RemoteWindow::url(silent.port()));
    dialog->findChild<QLineEdit *>(QStringLiteral("connectPassword"))->setText(RemoteWindow::password);
    QPushButton *button = shownButton(dialog, "testConnection");
    button->click();
    QTRY_COMPARE(states(), QStringLiteral("ppr---"));
    button->click();
    QTRY_VERIFY_WITH_TIMEOUT(!test()->isRunning(), 2'000);
    QCOMPARE(states(), QStringLiteral("pp----"));
    QVERIFY(dialog->findChild<QLabel *>(QStringLiteral("testSummary"))->text().contains(QLatin1String("stopped")));
    // Closing the dialog ends a test as well.
    button->click();
    QTRY_COMPARE(states(), QStringLiteral("ppr---"));
    dialog->reject();
    QTRY_VERIFY(!f.dialog<ConnectDialog>());
}

void TestConnectionTest::changesForgetTheResult()
{
    PeerProcess closed(QStringLiteral("faultproxy"), {QStringLiteral("--to"), QStringLiteral("1")});
    QCOMPARE(closed.command("refuse"), QByteArray("ok"));
    ConnectDialog *dialog = connectDialog(RemoteWindow::url(closed.port()));
    dialog->findChild<QLineEdit *>(QStringLiteral("connectPassword"))->setText(RemoteWindow::password);
    shownButton(dialog, "testConnection")->click();
    QTRY_COMPARE(states(), QStringLiteral("pf----"));
    dialog->findChild<QLineEdit *>(QStringLiteral("connectUser"))->setText(QStringLiteral("joe"));
    QCOMPARE(states(), QStringLiteral("------"));
}

QTEST_MAIN(TestConnectionTest)
#include "tst_connectiontest.moc"
