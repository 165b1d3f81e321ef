// SPDX-License-Identifier: Apache-2.0
#include "tests/widgets/windowfixture.h"
#include "widgets/filelook.h"
#include "widgets/filethreads.h"
#include "widgets/reportdialog.h"

#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSemaphore>
#include <QSignalSpy>
#include <QTest>
#include <QThreadPool>

namespace portalbind {

namespace {

/// Holds every thread for files, as a file server that does not answer does.
class StuckDisk
{
public:
    StuckDisk()
    {
        const int threads = fileThreads().maxThreadCount();
        for (int i = 0; i < threads; ++i)
            fileThreads().start([answer = m_answer] { answer->acquire(); });
    }
    ~StuckDisk() { m_answer->release(fileThreads().maxThreadCount()); }
    StuckDisk(const StuckDisk &) = delete;
    StuckDisk &operator=(const StuckDisk &) = delete;

private:
    std::shared_ptr<QSemaphore> m_answer = std::make_shared<QSemaphore>();
};

} // namespace

class TestReportDialog : public WindowTest
{
    Q_OBJECT
private slots:
    void saysWhatIsAtThePath_data();
    void saysWhatIsAtThePath();
    void onlyTheLastPathCounts();
    void doesNotWaitForTheDisk();
    void writesWhatIsTyped();

private:
    ReportDialog *open();
};

ReportDialog *TestReportDialog::open()
{
    auto *dialog = new ReportDialog(m_fixture->window->workspace(), m_fixture->folder.path(), m_fixture->window.get());
    dialog->show();
    return dialog;
}

void TestReportDialog::saysWhatIsAtThePath_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("message");
    QTest::addColumn<bool>("canWrite");
    const QString plain = QStringLiteral(
            "What the server shows is reported; changes that are not applied are listed apart.");
    QTest::newRow("new") << "/new.html" << plain << true;
    QTest::newRow("there") << "/there.html"
                           << "The file exists and will be replaced." << true;
    QTest::newRow("folder") << ""
                            << "This is a folder. Type the name of a file in it." << false;
    QTest::newRow("no folder") << "/none/new.html"
                               << "There is no folder %1/none." << false;
}

void TestReportDialog::saysWhatIsAtThePath()
{
    QFETCH(QString, path);
    QFETCH(QString, message);
    QFETCH(bool, canWrite);
    const QString folder = m_fixture->folder.path();
    QFile there(folder + QLatin1String("/there.html"));
    QVERIFY(there.open(QIODevice::WriteOnly));
    ReportDialog *const dialog = open();
    dialog->findChild<QLineEdit *>(QStringLiteral("reportFile"))->setText(folder + path);
    const auto *label = dialog->findChild<QLabel *>(QStringLiteral("reportMessage"));
    QTRY_COMPARE(label->text(), message.contains(QLatin1Char('%')) ? message.arg(folder) : message);
    QCOMPARE(dialog->findChild<QPushButton *>(QStringLiteral("writeReport"))->isEnabled(), canWrite);
    dialog->findChild<QLineEdit *>(QStringLiteral("reportFile"))->clear();
    QCOMPARE(label->text(), QStringLiteral("Type the name of the file to write."));
}

void TestReportDialog::onlyTheLastPathCounts()
{
    FileLook look;
    QSignalSpy seen(&look, &FileLook::seen);
    const QString folder = m_fixture->folder.path();
    {
        const StuckDisk disk;
        QVERIFY(!look.at(folder + QLatin1String("/a")));
        QVERIFY(!look.at(folder + QLatin1String("/ab")));
        QVERIFY(!look.at(folder));
    }
    QTRY_COMPARE(seen.size(), 1);
    const FileLook::Seen *const last = look.at(folder);
    QVERIFY(last && last->isFolder && last->exists);
    QVERIFY(!look.at(folder + QLatin1String("/a")));
    QTRY_COMPARE(seen.size(), 2);
}

void TestReportDialog::doesNotWaitForTheDisk()
{
    const StuckDisk disk;
    ReportDialog *const dialog = open();
    QPushButton *const write = dialog->findChild<QPushButton *>(QStringLiteral("writeReport"));
    dialog->findChild<QLineEdit *>(QStringLiteral("reportFile"))->setText(QStringLiteral("/nowhere/at/all"));
    QVERIFY(write->isEnabled()); // nothing is known against it
    write->click();
    QVERIFY(!write->isEnabled());
    delete dialog; // which would hang here, were what is written waited for
}

void TestReportDialog::writesWhatIsTyped()
{
    ReportDialog *const dialog = open();
    QSignalSpy written(dialog, &ReportDialog::written);
    const QString path = m_fixture->folder.filePath(QStringLiteral("site.html"));
    dialog->findChild<QLineEdit *>(QStringLiteral("reportFile"))->setText(path);
    dialog->findChild<QPushButton *>(QStringLiteral("writeReport"))->click();
    QTRY_COMPARE(written.size(), 1);
    QCOMPARE(written.first().first().toString(), path);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll().contains("10.0.1.5"));
}

} // namespace portalbind

QTEST_MAIN(portalbind::TestReportDialog)
#include "tst_reportdialog.moc"
