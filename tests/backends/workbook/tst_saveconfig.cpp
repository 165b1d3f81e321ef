// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/saveconfig.h"

#include "backends/workbook/import.h"
#include "stepplan.h"
#include "tests/testdata.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace portalbind;

namespace {

Result<SnapshotPtr> parsed(const QByteArray &json, SaveconfigNotes *notes = nullptr)
{
    return parseSaveconfig(json, std::make_shared<IdTable>(), QStringLiteral("host"), notes);
}

/// `IQN/TAG enabled: PORTAL PORTAL`, sorted.
QStringList bindings(const Snapshot &s)
{
    QStringList lines;
    for (const auto &row : s.endpointRows()) {
        QStringList portals;
        for (const PortalHandle portal : s.portalsBoundBy(s.row(row.handle)))
            portals += s.portal(s.row(portal)).address.toString();
        portals.sort();
        lines += QStringLiteral("%1/%2 %3: %4")
                         .arg(s.node(s.row(row.node)).name)
                         .arg(s.endpoint(s.row(row.handle)).tag)
                         .arg(QLatin1String(row.enabled ? "on" : "off"), portals.join(QLatin1Char(' ')));
    }
    lines.sort();
    return lines;
}

/// One target around \a tpgs.
QByteArray around(const QByteArray &tpgs)
{
    return QByteArray(R"({"targets": [{"fabric": "iscsi", "wwn": "iqn.2026-11.com.example:t", "tpgs": )") + tpgs
            + "}]}";
}

} // namespace

class TestSaveconfig : public QObject
{
    Q_OBJECT

private slots:
    void realFile()
    {
        QFile file(testData(QStringLiteral("saveconfig.json")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        SaveconfigNotes notes;
        const auto read = parsed(file.readAll(), &notes);
        QVERIFY2(read.has_value(), read ? "" : qPrintable(read.error().text()));
        const Snapshot &s = **read;
        // Each of the 4 TPGs lists 3 network portals: 12 in the words of targetcli, 12 bindings here. Three addresses
        // are listed by two TPGs each, so the server has 9 portals.
        QCOMPARE(notes.portalEntries, 12);
        QCOMPARE(s.bindingCount(), size_t(12));
        QCOMPARE(s.portalRows().size(), size_t(9));
        QCOMPARE(s.endpointRows().size(), size_t(4));
        QCOMPARE(s.nodes().size(), size_t(2));
        QCOMPARE(notes.repeated, 0);
        QCOMPARE(
                bindings(s),
                (QStringList{QStringLiteral("iqn.2026-11.org.example:target1/1 on: 127.0.0.1:3260 192.0.2.10:3260 "
                                            "[2001:db8::10]:3260"),
                             QStringLiteral(
                                     "iqn.2026-11.org.example:target1/2 on: 127.0.0.1:3261 192.0.2.11:3260 [::1]:3260"),
                             QStringLiteral(
                                     "iqn.2026-11.org.example:target2/1 on: 127.0.0.1:3260 192.0.2.11:3260 [::1]:3260"),
                             QStringLiteral("iqn.2026-11.org.example:target2/2 off: 127.0.0.1:3262 192.0.2.10:3262 "
                                            "[2001:db8::10]:3262")}));
        QCOMPARE(s.server(0).dialect, Dialect::Lio);
        QCOMPARE(s.server(0).name, QStringLiteral("host"));

        // And it comes out of a workbook as it went in.
        const QTemporaryDir folder(scratchTemplate());
        const QString path = folder.filePath(QStringLiteral("site.portalbind"));
        QVERIFY(createWorkbook(path, s));
        QCOMPARE(bindings(**Workbook(path).read(std::make_shared<IdTable>())), bindings(s));
    }

    void accepted_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("shows");
        const QString t = QStringLiteral("iqn.2026-11.com.example:t/");
        QTest::newRow("no targets") << QByteArray(R"({"targets": []})") << QString();
        QTest::newRow("no portal groups") << around("[]") << QString();
        QTest::newRow("null lists") << around("null") << QString();
        QTest::newRow("portals null") << around(R"([{"tag": 1, "portals": null}])") << t + QStringLiteral("1 on: ");
        QTest::newRow("enable missing") << around(R"([{"tag": 1, "portals": []}])") << t + QStringLiteral("1 on: ");
        QTest::newRow("enable null") << around(R"([{"tag": 1, "enable": null}])") << t + QStringLiteral("1 on: ");
        QTest::newRow("enable as a number") << around(R"([{"tag": 1, "enable": 0}])") << t + QStringLiteral("1 off: ");
        QTest::newRow("enable as a text") << around(R"([{"tag": 1, "enable": "1"}])") << t + QStringLiteral("1 on: ");
        QTest::newRow("numbers as texts")
                << around(R"([{"tag": "7", "portals": [{"ip_address": "10.0.1.5", "port": "3261"}]}])")
                << t + QStringLiteral("7 on: 10.0.1.5:3261");
        QTest::newRow("usual port") << around(R"([{"tag": 1, "portals": [{"ip_address": "10.0.1.5"}]}])")
                                    << t + QStringLiteral("1 on: 10.0.1.5:3260");
        QTest::newRow("port null") << around(R"([{"tag": 1, "portals": [{"port": null, "ip_address": "10.0.1.5"}]}])")
                                   << t + QStringLiteral("1 on: 10.0.1.5:3260");
        QTest::newRow("IPv6 with and without brackets") << around(
                R"([{"tag": 1, "portals": [{"ip_address": "[2001:DB8::5]"}, {"ip_address": "2001:db8:0::6"}]}])")
                                                        << t
                        + QStringLiteral("1 on: [2001:db8::5]:3260 [2001:db8::6]:3260");
        QTest::newRow("wildcards") << around(
                R"([{"tag": 1, "portals": [{"ip_address": "0.0.0.0"}, {"ip_address": "[::0]", "port": 3261}]}])")
                                   << t + QStringLiteral("1 on: 0.0.0.0:3260 [::]:3261");
        QTest::newRow("unknown keys everywhere") << QByteArray(
                R"({"x": {"y": [1, 2.5e3, -0, true, null, "ä"]}, "targets": [{"z": [], "fabric": "iscsi",)"
                R"( "wwn": "iqn.2026-11.com.example:t", "tpgs": [{"q": {}, "tag": 1, "portals": [{"iser": true,)"
                R"( "ip_address": "10.0.1.5", "w": [[[]]]}]}]}], "storage_objects": []})")
                                                 << t + QStringLiteral("1 on: 10.0.1.5:3260");
        QTest::newRow("escapes, and a byte order mark") << QByteArray("\xEF\xBB\xBF")
                        + around(R"([{"\u0074ag": 1, "portals": [{"ip_address": "\u0031\u0030.0.1.5"}]}])")
                                                        << t + QStringLiteral("1 on: 10.0.1.5:3260");
        QTest::newRow("fabric behind the portal groups") << QByteArray(
                R"({"targets": [{"tpgs": [{"tag": 1}], "wwn": "iqn.2026-11.com.example:t", "fabric": "iscsi"}]})")
                                                         << t + QStringLiteral("1 on: ");
        QTest::newRow("one portal in two portal groups of a target, as found") << around(
                R"([{"tag": 1, "portals": [{"ip_address": "10.0.1.5"}]}, {"tag": 2, "portals": [{"ip_address": "10.0.1.5"}]}])")
                                                                               << t
                        + QStringLiteral("1 on: 10.0.1.5:3260|") + t + QStringLiteral("2 on: 10.0.1.5:3260");
    }

    void accepted()
    {
        QFETCH(const QByteArray, json);
        QFETCH(const QString, shows);
        const auto read = parsed(json);
        QVERIFY2(read.has_value(), read ? "" : qPrintable(read.error().text()));
        QCOMPARE(bindings(**read).join(QLatin1Char('|')), shows);
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("where");
        QTest::newRow("empty") << QByteArray() << QStringLiteral("1:1");
        QTest::newRow("no JSON") << QByteArray("fabric = iscsi") << QStringLiteral("1:1");
        QTest::newRow("an array") << QByteArray("[]") << QStringLiteral("/");
        QTest::newRow("another kind of file") << QByteArray(R"({"servers": []})") << QStringLiteral("/");
        QTest::newRow("cut off") << QByteArray("{\n  \"targets\": [\n    {\"fab") << QStringLiteral("3:10");
        QTest::newRow("comma missing") << QByteArray("{\"a\": 1\n\"b\": 2}") << QStringLiteral("2:1");
        QTest::newRow("comma too many") << QByteArray("{\"targets\": [],}") << QStringLiteral("1:16");
        QTest::newRow("bad escape") << QByteArray(R"({"t\x": 1})") << QStringLiteral("1:5");
        QTest::newRow("half an escape") << QByteArray(R"({"t\u12": 1})") << QStringLiteral("1:5");
        QTest::newRow("bad number") << QByteArray(R"({"x": 01, "targets": []})") << QStringLiteral("1:9");
        QTest::newRow("column counts characters") << QByteArray("{\"äöü\": !}") << QStringLiteral("1:9");
        QTest::newRow("something behind the end") << QByteArray("{\"targets\": []} {}") << QStringLiteral("1:17");
        QTest::newRow("deeply nested") << QByteArray("{\"x\": ") + QByteArray(100'000, '[') << QStringLiteral("1:70");
        QTest::newRow("targets is no list") << QByteArray(R"({"targets": {}})") << QStringLiteral("/targets");
        QTest::newRow("target is no object") << QByteArray(R"({"targets": [7]})") << QStringLiteral("/targets/0");
        QTest::newRow("no fabric") << QByteArray(R"({"targets": [{"wwn": "iqn.2026-11.com.example:t"}]})")
                                   << QStringLiteral("/targets/0");
        QTest::newRow("no name") << QByteArray(R"({"targets": [{"fabric": "iscsi"}]})") << QStringLiteral("/targets/0");
        QTest::newRow("bad name") << QByteArray(R"({"targets": [{"fabric": "iscsi", "wwn": "mail"}]})")
                                  << QStringLiteral("/targets/0/wwn");
        QTest::newRow("name is null") << QByteArray(R"({"targets": [{"fabric": "iscsi", "wwn": null}]})")
                                      << QStringLiteral("/targets/0/wwn");
        QTest::newRow("no tag") << around(R"([{"tag": 1}, {"portals": []}])") << QStringLiteral("/targets/0/tpgs/1");
        QTest::newRow("tag too large") << around(R"([{"tag": 65536}])") << QStringLiteral("/targets/0/tpgs/0/tag");
        QTest::newRow("tag is a fraction") << around(R"([{"tag": 1.5}])") << QStringLiteral("/targets/0/tpgs/0/tag");
        QTest::newRow("tag is a word") << around(R"([{"tag": "one"}])") << QStringLiteral("/targets/0/tpgs/0/tag");
        QTest::newRow("tag beyond all numbers")
                << around(R"([{"tag": 99999999999999999999999}])") << QStringLiteral("/targets/0/tpgs/0/tag");
        QTest::newRow("enable is a word")
                << around(R"([{"tag": 1, "enable": "maybe"}])") << QStringLiteral("/targets/0/tpgs/0/enable");
        QTest::newRow("no address") << around(R"([{"tag": 1, "portals": [{"port": 3260}]}])")
                                    << QStringLiteral("/targets/0/tpgs/0/portals/0");
        QTest::newRow("bad address") << around(R"([{"tag": 1, "portals": [{"ip_address": "10.0.1"}]}])")
                                     << QStringLiteral("/targets/0/tpgs/0/portals/0/ip_address");
        for (const char *address : {"224.0.0.1", "239.1.2.3", "255.255.255.255", "ff02::1", "[FF0E::5]"})
            QTest::newRow(address) << around(R"([{"tag": 1, "portals": [{"ip_address": ")" + QByteArray(address)
                                             + R"("}]}])")
                                   << QStringLiteral("/targets/0/tpgs/0/portals/0/ip_address");
        QTest::newRow("a key twice") << QByteArray(R"({"targets": [], "x": 1, "targets": []})")
                                     << QStringLiteral("/targets");
        QTest::newRow("a key twice, further in")
                << around(R"([{"tag": 1, "t\u0061g": 2}])") << QStringLiteral("/targets/0/tpgs/0/tag");
        QTest::newRow("port 0") << around(R"([{"tag": 1, "portals": [{"ip_address": "10.0.1.5", "port": 0}]}])")
                                << QStringLiteral("/targets/0/tpgs/0/portals/0/port");
        QTest::newRow("port too large") << around(
                R"([{"tag": 1, "portals": [{"ip_address": "10.0.1.5", "port": 65536}]}])")
                                        << QStringLiteral("/targets/0/tpgs/0/portals/0/port");
    }

    void refused()
    {
        QFETCH(const QByteArray, json);
        QFETCH(const QString, where);
        const auto read = parsed(json);
        QVERIFY(!read);
        QCOMPARE(read.error().kind, Error::Kind::BadInput);
        QVERIFY(!read.error().what.isEmpty());
        QCOMPARE(read.error().where, where);
    }

    void repeatedAndForeign()
    {
        SaveconfigNotes notes;
        const auto read = parsed(R"({"targets": [
            {"fabric": "vhost", "wwn": "naa.5001405", "tpgs": [{"luns": []}]},
            {"fabric": "loopback", "wwn": "naa.5001406", "tpgs": [{"tag": 1}]},
            {"fabric": "iscsi", "wwn": "iqn.2026-11.com.example:t", "tpgs": [
                {"tag": 1, "portals": [{"ip_address": "10.0.1.5"}, {"ip_address": "10.0.1.5", "port": 3260}]},
                {"tag": 1, "portals": [{"ip_address": "10.0.1.6"}]}]},
            {"fabric": "iscsi", "wwn": "IQN.2026-11.com.example:T", "tpgs": [{"tag": 2, "portals": []}]}]})",
                                 &notes);
        QVERIFY2(read.has_value(), read ? "" : qPrintable(read.error().text()));
        QCOMPARE(notes.otherFabrics, 2);
        QCOMPARE(notes.portalEntries, 3);
        QCOMPARE(notes.repeated, 3); // a portal, a portal group, a target
        QCOMPARE(bindings(**read),
                 (QStringList{QStringLiteral("iqn.2026-11.com.example:t/1 on: 10.0.1.5:3260 10.0.1.6:3260"),
                              QStringLiteral("iqn.2026-11.com.example:t/2 on: ")}));
    }

    void secretsAreNotRead()
    {
        const auto ids = std::make_shared<IdTable>();
        const auto read = parseSaveconfig(
                R"({"targets": [{"fabric": "iscsi", "wwn": "iqn.2026-11.com.example:t", "chap_password": "hunter2",
                "tpgs": [{"tag": 1, "chap_userid": "hunter2", "node_acls": [{"chap_password": "hunter2"}],
                "attributes": {"chap_mutual_password": "hunter2"}, "portals": [{"ip_address": "10.0.1.5"}]}]}]})",
                ids, QStringLiteral("host"));
        QVERIFY(read);
        const QTemporaryDir folder(scratchTemplate());
        const QString path = folder.filePath(QStringLiteral("site.portalbind"));
        QVERIFY(createWorkbook(path, **read));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(!file.readAll().contains("hunter2"));
        QCOMPARE(ids->count(Kind::Portal), quint32(1));
        // Not even in what is said about a file that is wrong further on.
        const auto wrong = parsed(R"({"targets": [{"chap_password": "hunter2" "x"}]})");
        QVERIFY(!wrong);
        QVERIFY(!wrong.error().text().contains(QStringLiteral("hunter2"))
                && !wrong.error().detail.contains(QStringLiteral("hunter2")));
    }

    void large()
    {
        // 100 MB of what is stepped over costs a walk, no memory.
        QByteArray json(R"({"storage_objects": [)");
        json.reserve(101 << 20);
        while (json.size() < (100 << 20))
            json += R"({"attributes": {"block_size": 512, "alua": [1, 2, 3]}, "name": "disk", "wwn": "e198b209-751a-49a3"},)";
        json += R"({}], "targets": []})";
        QVERIFY(parsed(json));
        json.chop(5);
        QVERIFY(!parsed(json));
    }
};

QTEST_GUILESS_MAIN(TestSaveconfig)
#include "tst_saveconfig.moc"
