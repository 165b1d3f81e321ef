// SPDX-License-Identifier: Apache-2.0

// What the window needs of the disk while connecting: it never waits for it, and says when it fails.
#include "tests/app/gui/remotewindow.h"
#include "tests/peers/rigworkbook.h"
#include "widgets/certificatedialog.h"
#include "widgets/connectdialog.h"

#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>

using namespace portalbind;

class TestPinsAndFiles : public QObject
{
    Q_OBJECT
private slots:
    void pinCannotBeWritten();
    void replacementCannotBeWritten();
    void fileCalledLikeAServer();
    void enterBeforeTheFileIsKnown();

private:
    const Certificates m_certificates{{QStringLiteral("self-signed"), QStringLiteral("other")}};
};

namespace {

/// Puts a file where the folder of the pins would have to be.
void blockPins(const RemoteWindow &window)
{
    QFile file(window.folder.filePath(QStringLiteral("blocked")));
    QVERIFY(file.open(QIODevice::WriteOnly));
}

/// Works in another folder while it lives.
class WorkingIn
{
public:
    explicit WorkingIn(const QString &folder)
        : m_before(QDir::currentPath())
    {
        QDir::setCurrent(folder);
    }
    ~WorkingIn() { QDir::setCurrent(m_before); }
    WorkingIn(const WorkingIn &) = delete;
    WorkingIn &operator=(const WorkingIn &) = delete;

private:
    QString m_before;
};

} // namespace

void TestPinsAndFiles::pinCannotBeWritten()
{
    RemoteWindow f(m_certificates, QStringLiteral("blocked/certificates.ini"));
    blockPins(f);
    const WsmanPeer &peer = f.serve();
    Session *session = f.open(f.request(peer.port()));
    QTRY_VERIFY(f.dialog<CertificateDialog>());
    shownButton(f.dialog<CertificateDialog>(), "certificateTrust")->click();
    QTRY_VERIFY2(f.window->sentence().contains(QLatin1String("is not kept")), qPrintable(f.window->sentence()));
    QVERIFY(f.window->sentence().contains(QLatin1String("certificates.ini")));
    QTRY_COMPARE_WITH_TIMEOUT(session->state(), Session::State::Live, 30'000); // for this time it is trusted
}

void TestPinsAndFiles::replacementCannotBeWritten()
{
    RemoteWindow f(m_certificates);
    const WsmanPeer &peer = f.serve(QStringLiteral("other"));
    f.pin(peer.port(), QStringLiteral("self-signed"));
    Session *session = f.open(f.request(peer.port()));
    QTRY_COMPARE(session->state(), Session::State::Failed);
    QTRY_VERIFY(f.banner(session));
    // From now on nothing can be written there: a folder stands in the place of the file.
    const QString file = f.folder.filePath(QStringLiteral("certificates.ini"));
    QVERIFY(QFile::remove(file) && QDir().mkpath(file + QStringLiteral("/x")));
    auto *certificate = f.window->findChild<QPushButton *>(QStringLiteral("bannerCertificate"));
    QVERIFY(certificate);
    certificate->click();
    shownButton(f.dialog<CertificateDialog>(), "certificateTrust")->click();
    QTRY_VERIFY2(f.window->sentence().contains(QLatin1String("is not kept")), qPrintable(f.window->sentence()));
    QCOMPARE(session->state(), Session::State::Failed);
    QVERIFY(peer.log().isEmpty());
}

void TestPinsAndFiles::fileCalledLikeAServer()
{
    RemoteWindow f(m_certificates);
    const WorkingIn folder(f.folder.path());
    QVERIFY(writeRigWorkbook(f.folder.filePath(QStringLiteral("san-a")), 16));
    f.action(ActionId::Connect)->trigger();
    auto *dialog = f.dialog<ConnectDialog>();
    auto *line = dialog->findChild<QComboBox *>(QStringLiteral("connectAddress"))->lineEdit();
    auto *message = dialog->findChild<QLabel *>(QStringLiteral("connectMessage"));
    QTest::keyClicks(line, QStringLiteral("san-a"));
    QTRY_VERIFY2(message->text().startsWith(QLatin1String("Opens")), qPrintable(message->text()));
    shownButton(dialog, "connectOk")->click();
    QTRY_VERIFY(f.window->workspace().current());
    QCOMPARE(f.window->workspace().current()->backend()->url().scheme(), QStringLiteral("workbook"));
    QTRY_COMPARE(f.window->workspace().current()->state(), Session::State::Live);
}

void TestPinsAndFiles::enterBeforeTheFileIsKnown()
{
    RemoteWindow f(m_certificates);
    const WorkingIn folder(f.folder.path());
    QVERIFY(writeRigWorkbook(f.folder.filePath(QStringLiteral("san-b")), 16));
    f.action(ActionId::Connect)->trigger();
    auto *dialog = f.dialog<ConnectDialog>();
    auto *line = dialog->findChild<QComboBox *>(QStringLiteral("connectAddress"))->lineEdit();
    line->setText(QStringLiteral("san-b")); // and no turn of the event loop
    shownButton(dialog, "connectOk")->click();
    QVERIFY(!f.window->workspace().current());
    QTRY_VERIFY(f.window->workspace().current());
    QCOMPARE(f.window->workspace().current()->backend()->url().scheme(), QStringLiteral("workbook"));
    QTRY_VERIFY(!f.dialog<ConnectDialog>());
    QTRY_COMPARE(f.window->workspace().current()->state(), Session::State::Live);
}

QTEST_MAIN(TestPinsAndFiles)
#include "tst_pinsandfiles.moc"
