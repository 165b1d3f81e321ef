// SPDX-License-Identifier: Apache-2.0
#include "tests/backends/lio/fakehelper.h"

#include <QProcess>
#include <QTest>

using namespace portalbind;

/// portalbindctl and a host that changes, or is lost, all the time: it reads once and says what it read.
class TestRestlessHost : public QObject
{
    Q_OBJECT
private slots:
    void list_data();
    void list();
};

void TestRestlessHost::list_data()
{
    QTest::addColumn<QString>("what");
    for (const char *what : {"leave", "twice", "flood"})
        QTest::newRow(what) << QString::fromLatin1(what);
}

void TestRestlessHost::list()
{
    QFETCH(QString, what);
    FakeHelper helper;
    helper.setFaults(QList<FakeHelper::Fault>(100, {QStringLiteral("read"), what, {}}));
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString &one : helper.programEnvironment())
        environment.insert(one.section(u'=', 0, 0), one.section(u'=', 1));
    process.setProcessEnvironment(environment);
    process.start(qEnvironmentVariable("PORTALBIND_BIN") + QStringLiteral("/portalbindctl"),
                  {QStringLiteral("--connect"), QStringLiteral("lio:"), QStringLiteral("list")});
    QVERIFY(process.waitForFinished(20'000));
    const QByteArray errors = process.readAllStandardError();
    QVERIFY2(process.exitCode() == 0, errors.constData());
    QVERIFY(process.readAllStandardOutput().contains("10.0.1.5:3260"));
    QCOMPARE(helper.starts(), 1);
}

int main(int count, char **arguments)
{
    if (FakeHelper::isWanted()) {
        QCoreApplication player(count, arguments);
        return FakeHelper::run();
    }
    QCoreApplication application(count, arguments);
    TestRestlessHost test;
    return QTest::qExec(&test, count, arguments);
}

#include "tst_restlesshost.moc"
