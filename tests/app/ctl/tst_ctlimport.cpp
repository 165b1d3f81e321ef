// SPDX-License-Identifier: Apache-2.0

// What comes in: snapshots, and what targetcli saved.

#include "ctlrunner.h"

#include <QJsonArray>
#include <QTest>

using namespace portalbind;
using Ran = CtlRunner::Ran;

class TestCtlImport : public QObject
{
    Q_OBJECT
private slots:
    void init() { m_ctl.emplace(); }

    void importSaveconfig();
    void importSnapshotRoundTrip();
    void importRefused_data();
    void importRefused();
    void importTellsWhatItLeftOut();
    void importIntoNewWorkbook();
    void serverOptionRenamesTheOnlyOne();
    void serverOptionNeedsOne();
    void serverOptionThatCannotBe_data();
    void serverOptionThatCannotBe();
    void alteredSnapshot_data();
    void alteredSnapshot();

private:
    std::optional<CtlRunner> m_ctl;
};

void TestCtlImport::importSaveconfig()
{
    const QString file = m_ctl->write("saveconfig.json",
                                      R"({"fabric_modules": [], "storage_objects": [{"name": "secret"}], "targets": [
        {"fabric": "iscsi", "wwn": "iqn.2026-11.com.example:one", "tpgs": [
            {"tag": 1, "enable": true, "portals": [{"ip_address": "10.9.0.1", "port": 3260}, {"ip_address": "[2001:db8::9]", "port": 3260}]},
            {"tag": 2, "enable": false, "portals": []}]}]})");
    const QByteArray before = m_ctl->contents();
    const Ran dry = m_ctl->ctl({QStringLiteral("import"), file, QStringLiteral("--dry-run"), QStringLiteral("--json")});
    QCOMPARE(dry.code, 0);
    QCOMPARE(keysOf(dry.json()), words("command counts dryRun format notes servers"));
    QCOMPARE(dry.json()[QLatin1String("format")].toString(), QStringLiteral("saveconfig"));
    QCOMPARE(m_ctl->contents(), before);
    const Ran ran = m_ctl->ctl({QStringLiteral("import"), file, QStringLiteral("--server"), QStringLiteral("lio-1"),
                                QStringLiteral("--json")});
    QCOMPARE(ran.code, 0);
    QCOMPARE(ran.json()[QLatin1String("servers")].toArray(), QJsonArray{QStringLiteral("lio-1")});
    QCOMPARE(ran.json()[QLatin1String("counts")].toObject()[QLatin1String("bindings")].toInt(), 2);
    QCOMPARE(
            m_ctl->ctl("show lio-1/iqn.2026-11.com.example:one,2 --json").json()[QLatin1String("enabled")].toBool(true),
            false);
    QVERIFY(m_ctl->ctl("list bindings").out.contains("lio-1/[2001:db8::9]:3260"));
}

void TestCtlImport::importSnapshotRoundTrip()
{
    const QString snapshot = m_ctl->path("snapshot.json");
    QCOMPARE(m_ctl->ctl({QStringLiteral("report"), QStringLiteral("--format"), QStringLiteral("json"),
                         QStringLiteral("--output"), snapshot})
                     .code,
             0);
    const QByteArray before = m_ctl->contents();
    const QString copy = m_ctl->path("copy.pbw");
    QCOMPARE(m_ctl->run({QStringLiteral("workbook"), QStringLiteral("new"), copy}).code, 0);
    QCOMPARE(m_ctl->run({QStringLiteral("import"), snapshot, QStringLiteral("--connect"), copy}).code, 0);
    m_ctl->connectTo(copy);
    QCOMPARE(m_ctl->contents(), before);
}

void TestCtlImport::importRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("empty") << QByteArray() << QByteArray("line 1, column 1");
    QTest::newRow("cut off early") << QByteArray("[\n [[") << QByteArray("line 2, column");
    QTest::newRow("other JSON") << QByteArray("{\"a\": 1}") << QByteArray("neither");
    QTest::newRow("no JSON") << QByteArray("\x89PNG\r\n") << QByteArray("line 1, column 2");
    QTest::newRow("truncated") << QByteArray("{\"format\": \"portalbind-snapshot\",\n \"version\": 1,")
                               << QByteArray(":2:");
    QTest::newRow("newer") << QByteArray("{\"format\": \"portalbind-snapshot\", \"version\": 9}")
                           << QByteArray("/version");
    QTest::newRow("deep") << "{\"format\": \"portalbind-snapshot\", \"x\": " + QByteArray(500'000, '[')
                          << QByteArray("bad.json:1:");
    QTest::newRow("dangling") << QByteArray(
            R"({"format": "portalbind-snapshot", "version": 1, "takenAt": "2026-01-01T00:00:00Z",
        "complete": true, "servers": [{"id": "s", "name": "s", "host": "", "dialect": "lio", "capabilities": {"bind": "yes",
        "unbind": "yes", "addressRule": "target", "groupRule": "target", "groups": "none", "editPortals": true,
        "createEndpoint": true, "chooseTag": true, "createNode": true, "chooseNodeName": true, "initiatorNodes": true,
        "enableEndpoint": true}, "portals": [], "groups": [{"id": "g", "name": "g", "derived": false, "portals": ["p"]}],
        "nodes": [], "endpoints": [], "sessions": []}]})")
                              << QByteArray("/servers/0/groups/0/portals/0");
    QTest::newRow("bad address") << QByteArray(
            R"({"targets": [{"fabric": "iscsi", "wwn": "iqn.2026-11.com.example:a", "tpgs": [
        {"tag": 1, "portals": [{"ip_address": "10.0.0.999", "port": 3260}]}]}]})")
                                 << QByteArray("/targets/0/tpgs/0/portals/0/ip_address");
}

void TestCtlImport::importRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, says);
    const QString file = m_ctl->write("bad.json", bytes);
    const QByteArray before = m_ctl->contents();
    const Ran ran = m_ctl->ctl({QStringLiteral("import"), file, QStringLiteral("--json")});
    QCOMPARE(ran.code, 5);
    QVERIFY2(ran.err.contains(says), ran.err.constData());
    QCOMPARE(ran.json()[QLatin1String("error")].toObject()[QLatin1String("kind")].toString(),
             QStringLiteral("bad-input"));
    QVERIFY(ran.json()[QLatin1String("error")].toObject()[QLatin1String("where")].toString().startsWith(file));
    QCOMPARE(m_ctl->contents(), before);
    QCOMPARE(m_ctl->ctl({QStringLiteral("import"), m_ctl->path("missing.json")}).code, 5);
    QCOMPARE(m_ctl->ctl({QStringLiteral("import"), m_ctl->path("")}).code, 5);
}

void TestCtlImport::importTellsWhatItLeftOut()
{
    const QString file = m_ctl->write("saveconfig.json", R"({"targets": [
        {"fabric": "qla2xxx", "wwn": "naa.21000024ff31\u001b4c4c", "tpgs": []},
        {"fabric": "iscsi", "wwn": "iqn.2026-11.com.example:t", "tpgs": [
            {"tag": 1, "portals": [{"ip_address": "10.0.1.5"}, {"ip_address": "10.0.1.5", "port": 3260}]},
            {"tag": 2, "portals": [{"ip_address": "10.0.1.5"}]},
            {"tag": 2, "portals": [{"ip_address": "10.0.1.6"}]}]},
        {"fabric": "iscsi", "wwn": "IQN.2026-11.com.example:T", "tpgs": []}]})");
    const QStringList import{QStringLiteral("import"), file};
    for (const char *dry : {"--dry-run", "--json"}) {
        const Ran ran = m_ctl->ctl(import + QStringList{QString::fromLatin1(dry)});
        QCOMPARE(ran.code, 0);
        QVERIFY(!ran.err.contains('\x1b'));
        for (const char *says :
             {"Left out: the target naa.21000024ff31", "of the fabric qla2xxx (/targets/0)",
              "10.0.1.5:3260 stands in portal group 1 of iqn.2026-11.com.example:t once more (/targets/1/tpgs/0)",
              "portal 10.0.1.5:3260 stands in portal groups 1 and 2", "portal group 2 of",
              "once more (/targets/1/tpgs/2)",
              "the target iqn.2026-11.com.example:t stands in the file once more (/targets/2)", "portal groups 0",
              "sessions 0"})
            QVERIFY2(ran.err.contains(says), ran.err.constData());
        if (QByteArray(dry) == "--json")
            QCOMPARE(ran.json()[QLatin1String("notes")].toArray().size(), 5);
    }
    const Ran quiet = m_ctl->ctl({QStringLiteral("import"), m_ctl->snapshot(), QStringLiteral("--json")});
    QCOMPARE(quiet.code, 0);
    QCOMPARE(quiet.json()[QLatin1String("notes")], QJsonValue(QJsonArray()));
}

void TestCtlImport::importIntoNewWorkbook()
{
    const QString file = m_ctl->snapshot();
    const QByteArray before = m_ctl->contents();
    QVERIFY(m_ctl->connectToNew("a site.pbw"));
    QCOMPARE(m_ctl->serverNames(), QStringList{QStringLiteral("a site")});
    // Nothing was put on it: it gives way.
    QCOMPARE(m_ctl->ctl({QStringLiteral("import"), file}).code, 0);
    QCOMPARE(m_ctl->contents(), before);

    QVERIFY(m_ctl->connectToNew("used.pbw"));
    QCOMPARE(m_ctl->ctl("group create x").code, 0);
    QCOMPARE(m_ctl->ctl({QStringLiteral("import"), file}).code, 0);
    QCOMPARE(m_ctl->serverNames(),
             (QStringList{QStringLiteral("san-a"), QStringLiteral("san-b"), QStringLiteral("used")}));
}

void TestCtlImport::serverOptionRenamesTheOnlyOne()
{
    QVERIFY(m_ctl->connectToNew("one.pbw"));
    const QString one = m_ctl->snapshot();
    const Ran ran = m_ctl->ctl({QStringLiteral("import"), one, QStringLiteral("--server"), QStringLiteral("lab"),
                                QStringLiteral("--json")});
    QCOMPARE(ran.code, 0);
    QCOMPARE(ran.json()[QLatin1String("servers")].toArray(), QJsonArray{QStringLiteral("lab")});
    QVERIFY(m_ctl->serverNames().contains(QStringLiteral("lab")));
}

void TestCtlImport::serverOptionNeedsOne()
{
    const QString two = m_ctl->snapshot();
    const QByteArray before = m_ctl->contents();
    const Ran ran = m_ctl->ctl({QStringLiteral("import"), two, QStringLiteral("--server"), QStringLiteral("lab")});
    QCOMPARE(ran.code, 2);
    QVERIFY2(ran.err.contains("holds 2"), ran.err.constData());
    QCOMPARE(m_ctl->contents(), before);
}

void TestCtlImport::serverOptionThatCannotBe_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("newline") << QStringLiteral("a\nb");
    QTest::newRow("escape") << QStringLiteral("a\x1b[31mb");
    QTest::newRow("blank") << QStringLiteral("  ");
    QTest::newRow("long") << QString(100'000, u'x');
}

void TestCtlImport::serverOptionThatCannotBe()
{
    QFETCH(QString, name);
    const QString file = m_ctl->write("saveconfig.json", R"({"targets": []})");
    const QByteArray before = m_ctl->contents();
    QCOMPARE(m_ctl->ctl({QStringLiteral("import"), file, QStringLiteral("--server"), name}).code, 2);
    QCOMPARE(m_ctl->contents(), before);
}

void TestCtlImport::alteredSnapshot_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<QByteArray>("place");
    QTest::newRow("a key twice") << QByteArray("\n}\n") << QByteArray(",\n  \"servers\": []\n}\n")
                                 << QByteArray("snapshot.json:/servers");
    QTest::newRow("no address") << QByteArray("\"10.0.1.6:3260\"") << QByteArray("null, \"port\": 3260")
                                << QByteArray("/servers/0/portals/");
    QTest::newRow("initiator") << QByteArray("iqn.1993-08.org.debian:01:mail-1") << QByteArray("mail-1")
                               << QByteArray("/servers/0/sessions/");
    QTest::newRow("multicast") << QByteArray("10.0.1.6:3260") << QByteArray("224.0.0.1:3260")
                               << QByteArray("/servers/0/portals/");
}

void TestCtlImport::alteredSnapshot()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(QByteArray, place);
    QByteArray json = CtlRunner::read(m_ctl->snapshot());
    const qsizetype at = json.lastIndexOf(from);
    QVERIFY(at > 0);
    json.replace(at, from.size(), to);
    const QString file = m_ctl->write("snapshot.json", json);
    const QByteArray before = m_ctl->contents();
    const Ran ran = m_ctl->ctl({QStringLiteral("import"), file});
    QCOMPARE(ran.code, 5);
    QVERIFY2(ran.err.contains(place), ran.err.constData());
    QCOMPARE(m_ctl->contents(), before);
}

QTEST_GUILESS_MAIN(TestCtlImport)
#include "tst_ctlimport.moc"
