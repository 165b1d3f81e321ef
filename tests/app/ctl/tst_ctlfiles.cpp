// SPDX-License-Identifier: Apache-2.0

// Files that come in and go out: workbooks, snapshots, what targetcli saved.

#include "ctlrunner.h"

#include <QJsonArray>
#include <QTest>

using namespace portalbind;

class tst_CtlFiles : public QObject
{
    Q_OBJECT
private slots:
    void init() { m_ctl.emplace(); }

    void importTellsWhatItLeftOut();
    void importIntoNewWorkbook();
    void serverOptionRenamesTheOnlyOne();
    void serverOptionNeedsOne();
    void serverOptionThatCannotBe_data();
    void serverOptionThatCannotBe();
    void importRefused_data();
    void importRefused();
    void multicastPortal_data();
    void multicastPortal();
    void foreignTrigger();
    void impossibleValue();
    void noServerAtAll();
    void sameSumWhileNothingChanges();

private:
    QString snapshot()
    {
        const QString path = m_ctl->path("snapshot.json");
        const auto ran = m_ctl->ctl({QStringLiteral("report"), QStringLiteral("--format"), QStringLiteral("json"),
                                     QStringLiteral("-o"), path});
        return ran.code == 0 ? path : QString();
    }
    /// Makes another workbook and connects to it.
    bool toNewWorkbook(const char *name)
    {
        const QString path = m_ctl->path(name);
        m_ctl->connectTo(path);
        return m_ctl->run({QStringLiteral("workbook"), QStringLiteral("new"), path}).code == 0;
    }
    QStringList serverNames()
    {
        QStringList names;
        for (const QJsonValue item : m_ctl->ctl("list servers --json").json()[QLatin1String("items")].toArray())
            names += item.toObject()[QLatin1String("name")].toString();
        return names;
    }
    std::optional<CtlRunner> m_ctl;
};

void tst_CtlFiles::importTellsWhatItLeftOut()
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
        const auto ran = m_ctl->ctl(import + QStringList{QString::fromLatin1(dry)});
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
    const auto quiet = m_ctl->ctl({QStringLiteral("import"), snapshot(), QStringLiteral("--json")});
    QCOMPARE(quiet.code, 0);
    QCOMPARE(quiet.json()[QLatin1String("notes")], QJsonValue(QJsonArray()));
}

void tst_CtlFiles::importIntoNewWorkbook()
{
    const QString file = snapshot();
    const QByteArray before = m_ctl->contents();
    QVERIFY(toNewWorkbook("a site.pbw"));
    QCOMPARE(serverNames(), QStringList{QStringLiteral("a site")});
    // Nothing was put on it: it gives way.
    QCOMPARE(m_ctl->ctl({QStringLiteral("import"), file}).code, 0);
    QCOMPARE(m_ctl->contents(), before);

    QVERIFY(toNewWorkbook("used.pbw"));
    QCOMPARE(m_ctl->ctl("group create x").code, 0);
    QCOMPARE(m_ctl->ctl({QStringLiteral("import"), file}).code, 0);
    QCOMPARE(serverNames(), (QStringList{QStringLiteral("san-a"), QStringLiteral("san-b"), QStringLiteral("used")}));
}

void tst_CtlFiles::serverOptionRenamesTheOnlyOne()
{
    QVERIFY(toNewWorkbook("one.pbw"));
    const QString one = snapshot();
    const auto ran = m_ctl->ctl({QStringLiteral("import"), one, QStringLiteral("--server"), QStringLiteral("lab"),
                                 QStringLiteral("--json")});
    QCOMPARE(ran.code, 0);
    QCOMPARE(ran.json()[QLatin1String("servers")].toArray(), QJsonArray{QStringLiteral("lab")});
    QVERIFY(serverNames().contains(QStringLiteral("lab")));
}

void tst_CtlFiles::serverOptionNeedsOne()
{
    const QString two = snapshot();
    const QByteArray before = m_ctl->contents();
    const auto ran = m_ctl->ctl({QStringLiteral("import"), two, QStringLiteral("--server"), QStringLiteral("lab")});
    QCOMPARE(ran.code, 2);
    QVERIFY2(ran.err.contains("holds 2"), ran.err.constData());
    QCOMPARE(m_ctl->contents(), before);
}

void tst_CtlFiles::serverOptionThatCannotBe_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("newline") << QStringLiteral("a\nb");
    QTest::newRow("escape") << QStringLiteral("a\x1b[31mb");
    QTest::newRow("blank") << QStringLiteral("  ");
    QTest::newRow("long") << QString(100'000, u'x');
}

void tst_CtlFiles::serverOptionThatCannotBe()
{
    QFETCH(QString, name);
    const QString file = m_ctl->write("saveconfig.json", R"({"targets": []})");
    const QByteArray before = m_ctl->contents();
    QCOMPARE(m_ctl->ctl({QStringLiteral("import"), file, QStringLiteral("--server"), name}).code, 2);
    QCOMPARE(m_ctl->contents(), before);
}

void tst_CtlFiles::importRefused_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<QByteArray>("place");
    QTest::newRow("a key twice") << QByteArray("\n}\n") << QByteArray(",\n  \"servers\": []\n}\n")
                                 << QByteArray("snapshot.json:/servers");
    QTest::newRow("multicast") << QByteArray("10.0.1.6:3260") << QByteArray("224.0.0.1:3260")
                               << QByteArray("/servers/0/portals/");
}

void tst_CtlFiles::importRefused()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(QByteArray, place);
    QByteArray json = CtlRunner::read(snapshot());
    const qsizetype at = json.lastIndexOf(from);
    QVERIFY(at > 0);
    json.replace(at, from.size(), to);
    const QString file = m_ctl->write("snapshot.json", json);
    const QByteArray before = m_ctl->contents();
    const auto ran = m_ctl->ctl({QStringLiteral("import"), file});
    QCOMPARE(ran.code, 5);
    QVERIFY2(ran.err.contains(place), ran.err.constData());
    QCOMPARE(m_ctl->contents(), before);
}

void tst_CtlFiles::multicastPortal_data()
{
    QTest::addColumn<QString>("address");
    for (const char *address : {"224.0.0.1:3260", "255.255.255.255:3260", "[ff02::1]:3260", "224.0.0.1"})
        QTest::newRow(address) << QString::fromLatin1(address);
}

void tst_CtlFiles::multicastPortal()
{
    QFETCH(QString, address);
    const auto ran = m_ctl->ctl({QStringLiteral("portal"), QStringLiteral("create"), address,
                                 QStringLiteral("--server"), QStringLiteral("san-a"), QStringLiteral("--json")});
    QCOMPARE(ran.code, 3);
    QCOMPARE(ran.json()[QLatin1String("code")].toInt(), 5);
    QVERIFY(ran.json()[QLatin1String("remedy")].toString().contains(QLatin1String("multicast")));
}

void tst_CtlFiles::foreignTrigger()
{
    // It would take another binding away with every one that is made.
    QVERIFY(m_ctl->sql({QStringLiteral("CREATE TRIGGER t AFTER INSERT ON binding BEGIN"
                                       " DELETE FROM binding WHERE endpoint <> NEW.endpoint; END")}));
    for (const char *arguments : {"list", "bind 10.0.1.6:3260 iqn.2026-11.com.example:mail,1", "report --format csv"}) {
        const auto ran = m_ctl->ctl(arguments);
        QCOMPARE(ran.code, 5);
        QVERIFY2(ran.err.contains("trigger t"), ran.err.constData());
    }
}

void tst_CtlFiles::impossibleValue()
{
    QVERIFY(m_ctl->sql({QStringLiteral("PRAGMA ignore_check_constraints = ON"),
                        QStringLiteral("UPDATE portal SET port = 99999 WHERE id = 3")}));
    const auto ran = m_ctl->ctl("list portals --json");
    QCOMPARE(ran.code, 5);
    QCOMPARE(ran.errorKind(), QStringLiteral("bad-input"));
    QVERIFY2(ran.err.contains("portal 3"), ran.err.constData());
}

void tst_CtlFiles::noServerAtAll()
{
    QVERIFY(toNewWorkbook("none.pbw"));
    QVERIFY(m_ctl->sql({QStringLiteral("DELETE FROM server")}));
    const auto ran = m_ctl->ctl("group create x");
    QCOMPARE(ran.code, 4);
    QVERIFY2(ran.err.contains("workbook new"), ran.err.constData());
    const auto nothing = m_ctl->ctl({QStringLiteral("import"), snapshot()});
    QCOMPARE(nothing.code, 0);
    QVERIFY2(nothing.err.contains("Imported nothing: servers 0"), nothing.err.constData());
}

void tst_CtlFiles::sameSumWhileNothingChanges()
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

QTEST_GUILESS_MAIN(tst_CtlFiles)
#include "tst_ctlfiles.moc"
