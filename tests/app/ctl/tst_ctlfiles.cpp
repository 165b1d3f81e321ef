// SPDX-License-Identifier: Apache-2.0

// Workbooks as files, and reports.

#include "ctlrunner.h"

#include <QCryptographicHash>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

using namespace portalbind;
using Ran = CtlRunner::Ran;

class TestCtlFiles : public QObject
{
    Q_OBJECT
private slots:
    void init() { m_ctl.emplace(); }

    void workbookNew();
    void sized();
    void report_data();
    void report();
    void reportCannotBeWritten();
    void foreignTrigger();
    void impossibleValue();
    void noServerAtAll();
    void sameSumWhileNothingChanges();

private:
    std::optional<CtlRunner> m_ctl;
};

void TestCtlFiles::workbookNew()
{
    const QString made = m_ctl->path("new book #1?%20.pbw");
    const Ran dry = m_ctl->run({QStringLiteral("workbook"), QStringLiteral("new"), made, QStringLiteral("--dry-run"),
                                QStringLiteral("--json")});
    QCOMPARE(dry.code, 0);
    QVERIFY(!QFile::exists(made));
    const Ran ran = m_ctl->run({QStringLiteral("workbook"), QStringLiteral("new"), made, QStringLiteral("--sample"),
                                QStringLiteral("--json")});
    QCOMPARE(ran.code, 0);
    QCOMPARE(keysOf(ran.json()), words("command dryRun url workbook"));
    QCOMPARE(ran.json()[QLatin1String("workbook")].toString(), made);
    for (const QString &url : {QStringLiteral("workbook:") + made, made})
        QCOMPARE(m_ctl->run({QStringLiteral("list"), QStringLiteral("servers"), QStringLiteral("--connect"), url})
                         .out.count('\n'),
                 3);

    QFile file(made);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray before = file.readAll();
    for (const char *how : {"--sample", "--size=3", "--dry-run"})
        QCOMPARE(m_ctl->run({QStringLiteral("workbook"), QStringLiteral("new"), made, QString::fromLatin1(how)}).code,
                 5);
    file.seek(0);
    QCOMPARE(file.readAll(), before);
    QCOMPARE(m_ctl->run({QStringLiteral("workbook"), QStringLiteral("new"), m_ctl->path("no/such/folder.pbw")}).code,
             5);

    const QString empty = m_ctl->path("empty.pbw");
    QCOMPARE(m_ctl->run({QStringLiteral("workbook"), QStringLiteral("new"), empty}).code, 0);
    // With something to begin with.
    const QJsonArray servers = m_ctl->run({QStringLiteral("list"), QStringLiteral("--json"),
                                           QStringLiteral("--connect"), empty})
                                       .json()[QLatin1String("items")]
                                       .toArray();
    QCOMPARE(servers.size(), 1);
    QCOMPARE(servers.first().toObject()[QLatin1String("name")].toString(), QStringLiteral("empty"));
    QCOMPARE(m_ctl->run({QStringLiteral("portal"), QStringLiteral("create"), QStringLiteral("10.0.0.1:3260"),
                         QStringLiteral("--connect"), empty})
                     .code,
             0);
}

void TestCtlFiles::sized()
{
    const QString made = m_ctl->path("sized.pbw");
    QCOMPARE(m_ctl->run({QStringLiteral("workbook"), QStringLiteral("new"), made, QStringLiteral("--size"),
                         QStringLiteral("500")})
                     .code,
             0);
    const QJsonObject server = m_ctl->run({QStringLiteral("list"), QStringLiteral("--json"),
                                           QStringLiteral("--connect"), made})
                                       .json()[QLatin1String("items")]
                                       .toArray()
                                       .first()
                                       .toObject();
    QCOMPARE(server[QLatin1String("portalCount")].toInt(), 500);
    QVERIFY(server[QLatin1String("bindingCount")].toInt() > 100);
}

void TestCtlFiles::report_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QByteArray>("begins");
    QTest::newRow("html") << QStringLiteral("html") << QByteArray("<!DOCTYPE html>");
    QTest::newRow("csv") << QStringLiteral("csv") << QByteArray("server,server_kind,portal");
    QTest::newRow("json") << QStringLiteral("json") << QByteArray("{\n  \"format\": \"portalbind-snapshot\"");
    QTest::newRow("markdown") << QStringLiteral("markdown") << QByteArray("# iSCSI portals of site.pbw");
}

void TestCtlFiles::report()
{
    QFETCH(QString, format);
    QFETCH(QByteArray, begins);
    const QStringList arguments = {QStringLiteral("report"), QStringLiteral("--format"), format};
    const Ran out = m_ctl->ctl(arguments);
    QCOMPARE(out.code, 0);
    QVERIFY(out.out.startsWith(begins));
    QVERIFY2(out.err.isEmpty(), out.err.constData());
    const QString file = m_ctl->write("report", "what was there before, and longer: " + QByteArray(100'000, 'x'));
    const Ran saved = m_ctl->ctl(arguments + QStringList{QStringLiteral("-o"), file, QStringLiteral("--json")});
    QCOMPARE(saved.code, 0);
    QCOMPARE(keysOf(saved.json()), words("bytes command format output sha256"));
    QVERIFY(saved.err.contains(file.toLocal8Bit()));
    QFile written(file);
    QVERIFY(written.open(QIODevice::ReadOnly));
    const QByteArray bytes = written.readAll();
    QVERIFY(bytes.startsWith(begins));
    QCOMPARE(saved.json()[QLatin1String("bytes")].toInt(), int(bytes.size()));
    const QString sum = saved.json()[QLatin1String("sha256")].toString();
    QByteArrayList lines = bytes.split('\n');
    lines.removeIf([](const QByteArray &line) { return line.startsWith("  \"takenAt\":"); });
    if (format == QLatin1String("json"))
        QCOMPARE(sum,
                 QString::fromLatin1(QCryptographicHash::hash(lines.join('\n'), QCryptographicHash::Sha256).toHex()));
    else if (format != QLatin1String("csv"))
        QVERIFY(bytes.contains(sum.toLatin1()));
    const Ran inside = m_ctl->ctl(arguments + QStringList{QStringLiteral("--json")});
    QCOMPARE(inside.code, 0);
    QCOMPARE(inside.json()[QLatin1String("sha256")].toString(), sum); // nothing changed since
    QVERIFY(inside.json()[QLatin1String("content")].toString().toUtf8().startsWith(begins));
}

void TestCtlFiles::reportCannotBeWritten()
{
    QCOMPARE(m_ctl->ctl({QStringLiteral("report"), QStringLiteral("--format"), QStringLiteral("csv"),
                         QStringLiteral("-o"), m_ctl->path("")})
                     .code,
             5);
    QCOMPARE(m_ctl->ctl({QStringLiteral("report"), QStringLiteral("--format"), QStringLiteral("csv"),
                         QStringLiteral("-o"), m_ctl->path("no/file")})
                     .code,
             5);
}

void TestCtlFiles::foreignTrigger()
{
    // It would take another binding away with every one that is made.
    QVERIFY(m_ctl->sql({QStringLiteral("CREATE TRIGGER t AFTER INSERT ON binding BEGIN"
                                       " DELETE FROM binding WHERE endpoint <> NEW.endpoint; END")}));
    for (const char *arguments : {"list", "bind 10.0.1.6:3260 iqn.2026-11.com.example:mail,1", "report --format csv"}) {
        const Ran ran = m_ctl->ctl(arguments);
        QCOMPARE(ran.code, 5);
        QVERIFY2(ran.err.contains("trigger t"), ran.err.constData());
    }
}

void TestCtlFiles::impossibleValue()
{
    QVERIFY(m_ctl->sql({QStringLiteral("PRAGMA ignore_check_constraints = ON"),
                        QStringLiteral("UPDATE portal SET port = 99999 WHERE id = 3")}));
    const Ran ran = m_ctl->ctl("list portals --json");
    QCOMPARE(ran.code, 5);
    QCOMPARE(ran.errorKind(), QStringLiteral("bad-input"));
    QVERIFY2(ran.err.contains("portal 3"), ran.err.constData());
}

void TestCtlFiles::noServerAtAll()
{
    QVERIFY(m_ctl->connectToNew("none.pbw"));
    QVERIFY(m_ctl->sql({QStringLiteral("DELETE FROM server")}));
    const Ran ran = m_ctl->ctl("group create x");
    QCOMPARE(ran.code, 4);
    QVERIFY2(ran.err.contains("workbook new"), ran.err.constData());
    const Ran nothing = m_ctl->ctl({QStringLiteral("import"), m_ctl->snapshot()});
    QCOMPARE(nothing.code, 0);
    QVERIFY2(nothing.err.contains("Imported nothing: servers 0"), nothing.err.constData());
}

void TestCtlFiles::sameSumWhileNothingChanges()
{
    const auto sum = [&] {
        return m_ctl->ctl("report --format csv --json").json()[QLatin1String("sha256")].toString();
    };
    const QString first = sum();
    QCOMPARE(first.size(), 64);
    QTest::qWait(5); // the time of reading is another
    QCOMPARE(sum(), first);
    QCOMPARE(m_ctl->ctl("bind 10.0.1.6:3260 iqn.2026-11.com.example:mail,1").code, 0);
    QVERIFY(sum() != first);
}

QTEST_GUILESS_MAIN(TestCtlFiles)
#include "tst_ctlfiles.moc"
