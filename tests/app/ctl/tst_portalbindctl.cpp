// SPDX-License-Identifier: Apache-2.0

// The program itself, driven as a script would: its help, its usage, completion in shells.

#include "ctlrunner.h"

#include <QJsonObject>
#include <QProcess>
#include <QTest>

using namespace portalbind;
using Ran = CtlRunner::Ran;

class TestPortalbindctl : public QObject
{
    Q_OBJECT
private slots:
    void init() { m_ctl.emplace(); }

    void help();
    void usage_data();
    void usage();
    void completion();

private:
    std::optional<CtlRunner> m_ctl;
};

void TestPortalbindctl::help()
{
    const Ran all = m_ctl->run({QStringLiteral("--help")});
    QCOMPARE(all.code, 0);
    for (const char *command : {"list", "show", "can-bind", "bind", "unbind", "move", "portal", "group", "endpoint",
                                "node", "import", "report", "workbook", "completion"})
        QVERIFY2(all.out.contains(command), command);
    QCOMPARE(m_ctl->run(words("group add --help")).code, 0);
    const Ran version = m_ctl->run({QStringLiteral("--version")});
    QCOMPARE(version.code, 0);
    QVERIFY(version.out.startsWith("portalbindctl "));
    const QJsonObject json = m_ctl->run(words("--version --json")).json();
    QCOMPARE(keysOf(json), words("program version"));
}

void TestPortalbindctl::usage_data()
{
    QTest::addColumn<QString>("arguments");
    for (const char *arguments :
         {"", "nonsense", "list nonsense", "list --nonsense", "bind", "bind 10.0.1.6:3260", "move a b", "portal",
          "portal create", "report", "report --format pdf", "workbook new x --sample --size 5",
          "workbook new x --size 0", "workbook new x --size many", "completion fish", "list servers extra",
          "unbind 10.0.1.5:99999 iqn.2026-11.com.example:mail,1", "show", "import"})
        QTest::newRow(arguments) << QString::fromLatin1(arguments);
}

void TestPortalbindctl::usage()
{
    QFETCH(QString, arguments);
    const Ran ran = m_ctl->ctl(arguments.split(u' ', Qt::SkipEmptyParts));
    QCOMPARE(ran.code, 2);
    QVERIFY(!ran.err.isEmpty());
    QVERIFY(ran.out.isEmpty());
}

void TestPortalbindctl::completion()
{
    for (const char *shell : {"bash", "zsh"}) {
        const Ran ran = m_ctl->run({QStringLiteral("completion"), QString::fromLatin1(shell)});
        QCOMPARE(ran.code, 0);
        for (const char *word : {"can-bind", "'portal create'", "--dry-run", "markdown", "sessions"})
            QVERIFY2(ran.out.contains(word), word);
        const QJsonObject json =
                m_ctl->run({QStringLiteral("completion"), QString::fromLatin1(shell), QStringLiteral("--json")}).json();
        QCOMPARE(json[QLatin1String("script")].toString().toUtf8(), ran.out);
    }
    QProcess bash;
    bash.start(QStringLiteral("bash"),
               {QStringLiteral("-c"),
                QStringLiteral("eval \"$(%1 completion bash)\"; complete() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - "
                               "1)); _portalbindctl; echo \"${COMPREPLY[*]}\"; };"
                               "complete portalbindctl can; complete portalbindctl group re; complete portalbindctl "
                               "report --format c;"
                               "complete portalbindctl --json list p; complete portalbindctl bind --d")
                        .arg(CtlRunner::program())});
    QVERIFY(bash.waitForFinished(20'000));
    QCOMPARE(bash.readAllStandardOutput(), QByteArray("can-bind\nrename remove\ncsv\nportals\n--dry-run\n"));
    QCOMPARE(bash.readAllStandardError(), QByteArray());
}

QTEST_GUILESS_MAIN(TestPortalbindctl)
#include "tst_portalbindctl.moc"
