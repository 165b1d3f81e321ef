// SPDX-License-Identifier: Apache-2.0
// The answer to `read`, from a recorded configfs, a saveconfig.json of targetcli, and files that this test writes.
#include "backends/lio/helper/service.h"
#include "tests/backends/lio/helper/recordedtree.h"
#include "tests/testdata.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace portalbind::kernel;

class tst_HelperRead : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void recorded();
    void noSecretIsTold();
    void restoreUnit_data();
    void restoreUnit();
    void clusters();
    void sockets();
    void states();
    void linksAreNotFollowed();

private:
    void write(const QString &path, const QByteArray &content);
    [[nodiscard]] Json read();

    std::unique_ptr<QTemporaryDir> m_dir;
    Places m_places;
    const Journal m_journal{false};
};

void tst_HelperRead::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    const std::string root = QFileInfo(m_dir->path()).canonicalFilePath().toStdString();
    m_places.configfs = root + "/config";
    m_places.proc = root + "/proc";
    m_places.net = root + "/net";
    m_places.saves = {{root + "/rtslib-fb-target", "rtslib-fb-targetctl.service"},
                      {root + "/target", "target.service"}};
    m_places.lockFolder = root + "/run";
    m_places.unitFolders = {root + "/etc-systemd", root + "/usr-systemd"};
    m_places.pacemaker = root + "/cib.xml";
    m_places.keepalived = root + "/keepalived.conf";
    m_places.cephGateway = root + "/iscsi-gateway.cfg";
    m_places.state = root + "/state";
    QVERIFY(makeRecordedTree(m_dir->filePath(QStringLiteral("config"))));
    // What listens: the recorded portals, by process 71 (which has 127.0.0.1:3299) and by nobody.
    QByteArray tcp =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    int line = 0;
    const auto add = [&](const char *address, const char *state, int inode) {
        tcp += QByteArray::number(line++) + ": " + address + ' '
                + (state == QByteArray("01") ? "0100007F:9CB0" : "00000000:0000") + ' ' + state
                + " 00000000:00000000 00:00000000 00000000     0        0 " + QByteArray::number(inode)
                + " 1 0 100 0 0 10 0\n";
    };
    add("0100007F:0CBC", "0A", 11);
    add("0100007F:0CBD", "0A", 12);
    add("0100007F:0CBE", "0A", 13);
    add("0A0200C0:0CBC", "0A", 14);
    add("0A0200C0:0CBE", "0A", 15);
    add("0B0200C0:0CBC", "0A", 16);
    add("0100007F:0CE3", "0A", 17);
    add("0100007F:0CBC", "01", 18);
    write(QStringLiteral("net/tcp"), tcp);
    QByteArray tcp6 = "  sl  local_address ...\n";
    for (const char *address : {"00000000000000000000000001000000:0CBC", "B80D0120000000000000000010000000:0CBC",
                                "B80D0120000000000000000010000000:0CBE"})
        tcp6 += QByteArray("0: ") + address
                + " 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 20 1\n";
    write(QStringLiteral("net/tcp6"), tcp6);
    write(QStringLiteral("proc/71/comm"), "nc\n");
    QVERIFY(QDir(m_dir->path()).mkpath(QStringLiteral("proc/71/fd")));
    QVERIFY(QFile::link(QStringLiteral("socket:[17]"), m_dir->filePath(QStringLiteral("proc/71/fd/3"))));
    write(QStringLiteral("usr-systemd/rtslib-fb-targetctl.service"), "[Unit]\n");
    write(QStringLiteral("etc-systemd/multi-user.target.wants/rtslib-fb-targetctl.service"), "");
    QVERIFY(QDir(m_dir->path()).mkpath(QStringLiteral("rtslib-fb-target")));
    QVERIFY(QFile::copy(testData(QStringLiteral("saveconfig.json")),
                        m_dir->filePath(QStringLiteral("rtslib-fb-target/saveconfig.json"))));
}

void tst_HelperRead::write(const QString &path, const QByteArray &content)
{
    const QString whole = m_dir->filePath(path);
    QVERIFY(QDir().mkpath(QFileInfo(whole).path()));
    QFile file(whole);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(content), content.size());
}

Json tst_HelperRead::read()
{
    Service service(m_places, m_journal);
    return Json::parse(service.answer(R"({"id":2,"do":"read"})"));
}

/// tests/data/lio/read.json is what consoles are tested with.
void tst_HelperRead::recorded()
{
    QFile file(testData(QStringLiteral("lio/read.json")));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const Json expected = Json::parse(file.readAll().toStdString());
    const Json answer = read();
    QCOMPARE(QString::fromStdString(answer["ok"]["targets"].dump(1)),
             QString::fromStdString(expected["ok"]["targets"].dump(1)));
    Json saved = answer["ok"]["saved"];
    saved["path"] = expected["ok"]["saved"]["path"];
    QCOMPARE(QString::fromStdString(saved.dump(1)), QString::fromStdString(expected["ok"]["saved"].dump(1)));
    for (const char *key : {"listeners", "connections", "state", "roaming"})
        QCOMPARE(QString::fromStdString(answer["ok"][key].dump()), QString::fromStdString(expected["ok"][key].dump()));
    // Addresses are this machine's: their shape.
    for (const Json &address : answer["ok"]["addresses"]) {
        for (const auto &[key, value] : expected["ok"]["addresses"][0].items())
            QCOMPARE(address[key].type_name(), value.type_name());
    }
    for (const auto &[key, value] : expected["ok"].items())
        QVERIFY2(answer["ok"].contains(key), key.c_str());
    for (const auto &[key, value] : answer["ok"].items())
        QVERIFY2(expected["ok"].contains(key), key.c_str());
}

/// Of CHAP only whether a name is set is told.
void tst_HelperRead::noSecretIsTold()
{
    const QString tpg = m_dir->filePath(QStringLiteral("config/target/iscsi/iqn.2026-11.org.example:target1/tpgt_1/"));
    for (const char *name :
         {"auth/password", "auth/password_mutual", "acls/iqn.2026-11.org.example:init/auth/password"}) {
        QFile file(tpg + QLatin1String(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("top-secret\n");
    }
    write(QStringLiteral("config/target/iscsi/iqn.2026-11.org.example:target1/tpgt_1/auth/userid"), "who\n");
    const Json answer = read();
    QVERIFY(answer.dump().find("top-secret") == std::string::npos);
    QVERIFY(answer.dump().find("who") == std::string::npos);
    QCOMPARE(answer["ok"]["targets"][0]["tpgs"][0]["chap"].get<bool>(), true);
    QCOMPARE(answer["ok"]["targets"][0]["tpgs"][1]["chap"].get<bool>(), false);
}

void tst_HelperRead::restoreUnit_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("state");
    QTest::newRow("wanted") << 0 << QByteArray("enabled");
    QTest::newRow("not wanted") << 1 << QByteArray("disabled");
    QTest::newRow("masked") << 2 << QByteArray("masked");
    QTest::newRow("absent") << 3 << QByteArray("absent");
}

void tst_HelperRead::restoreUnit()
{
    QFETCH(int, kind);
    QFETCH(QByteArray, state);
    if (kind >= 1)
        QVERIFY(QFile::remove(
                m_dir->filePath(QStringLiteral("etc-systemd/multi-user.target.wants/rtslib-fb-targetctl.service"))));
    if (kind == 2)
        QVERIFY(QFile::link(QStringLiteral("/dev/null"),
                            m_dir->filePath(QStringLiteral("etc-systemd/rtslib-fb-targetctl.service"))));
    if (kind == 3)
        QVERIFY(QFile::remove(m_dir->filePath(QStringLiteral("usr-systemd/rtslib-fb-targetctl.service"))));
    const Json saved = read()["ok"]["saved"];
    QCOMPARE(QByteArray::fromStdString(saved["restoreUnit"].get<std::string>()), state);
    QCOMPARE(QByteArray::fromStdString(saved["manager"].get<std::string>()),
             QByteArray("targetcli")); // the file is there

    // Another distribution's place, when this one has neither file nor unit.
    QVERIFY(QDir(m_dir->filePath(QStringLiteral("rtslib-fb-target"))).removeRecursively());
    write(QStringLiteral("target/saveconfig.json"), "{}");
    QCOMPARE(QString::fromStdString(read()["ok"]["saved"]["path"].get<std::string>()),
             QString::fromStdString(m_places.saves[1].folder + "/saveconfig.json"));
}

void tst_HelperRead::clusters()
{
    write(QStringLiteral("cib.xml"), R"(<cib><primitive type="iSCSITarget"><instance_attributes>
        <nvpair name="iqn" value="iqn.2026-11.org.example:target2"/></instance_attributes></primitive>
        <primitive type="IPaddr2"><instance_attributes><nvpair name="ip" value="192.0.2.10"/></instance_attributes></primitive></cib>)");
    write(QStringLiteral("keepalived.conf"),
          "vrrp_instance A {\n  virtual_ipaddress {\n    192.0.2.20/24 dev eth0 ! comment 192.0.2.21\n"
          "    2001:db8::20/64\n  }\n  other { 192.0.2.22\n }\n}\n# virtual_ipaddress { 192.0.2.23 }\n");
    const Json ok = read()["ok"];
    QCOMPARE(ok["targets"][0]["owner"].get<std::string>(), std::string());
    QCOMPARE(ok["targets"][1]["owner"].get<std::string>(), std::string("pacemaker"));
    QCOMPARE(ok["roaming"].dump(),
             std::string(R"([{"ip":"192.0.2.10","by":"pacemaker"},{"ip":"192.0.2.20","by":"keepalived"},)"
                         R"({"ip":"2001:db8::20","by":"keepalived"}])"));
    write(QStringLiteral("cib.xml"), "<cib><primitive"); // not XML: no marks, and no failure
    QCOMPARE(read()["ok"]["targets"][1]["owner"].get<std::string>(), std::string());

    write(QStringLiteral("iscsi-gateway.cfg"), "[config]\n");
    QCOMPARE(read()["ok"]["targets"][0]["owner"].get<std::string>(), std::string());
    write(QStringLiteral("usr-systemd/rbd-target-gw.service"), "");
    write(QStringLiteral("etc-systemd/multi-user.target.wants/rbd-target-gw.service"), "");
    QCOMPARE(read()["ok"]["targets"][0]["owner"].get<std::string>(), std::string("ceph-iscsi"));
}

void tst_HelperRead::sockets()
{
    // A process that has a portal's address: what listens there is not the kernel's.
    QVERIFY(QFile::link(QStringLiteral("socket:[11]"), m_dir->filePath(QStringLiteral("proc/71/fd/4"))));
    const Json ok = read()["ok"];
    QCOMPARE(ok["targets"][0]["tpgs"][0]["portals"][0]["listening"].get<bool>(), false);
    QCOMPARE(ok["listeners"].size(), std::size_t(2));

    TcpSockets parsed;
    parseTcpLines("garbage\n0: 0100007F:0CBC\n0: XX00007F:0CBC 00000000:0000 0A 0 0 0 0 0 5\n"
                  "0: 0100007F:0CBC 00000000:0000 0A 0 0 0 0 0 5 0\n0: 0100007F:0CBC 0100007F:9CB0 06 0 0 0 0 0 0 0",
                  Family::IPv4, {}, 10, parsed);
    QCOMPARE(parsed.listeners.size(), std::size_t(1)); // the third has no inode to speak of, and a bad address
    TcpSockets mapped;
    parseTcpLines(
            "0: 0000000000000000FFFF00000100007F:0CBC 0000000000000000FFFF00000200007F:9CB0 01 0 0 0 0 0 0 0\n",
            Family::IPv6, [](const SocketAddress &local) { return local.text() == "127.0.0.1:3260"; }, 10, mapped);
    QCOMPARE(mapped.connections.size(), std::size_t(1));
    QCOMPARE(mapped.connections[0].peer.text(), std::string("127.0.0.2:40112"));
}

void tst_HelperRead::states()
{
    QVERIFY(QDir(m_dir->filePath(QStringLiteral("config/target/iscsi"))).removeRecursively());
    Json answer = read();
    QCOMPARE(answer["ok"]["state"].get<std::string>(), std::string("no-iscsi"));
    QVERIFY(answer["ok"]["targets"].empty());
    QVERIFY(QDir(m_dir->filePath(QStringLiteral("config/target"))).removeRecursively());
    QCOMPARE(read()["failed"]["why"].get<std::string>(), std::string("no-lio")); // no configfs of a kernel's
    QVERIFY(QDir(m_dir->filePath(QStringLiteral("config"))).removeRecursively());
    answer = read();
    QCOMPARE(answer["failed"]["why"].get<std::string>(), std::string("no-lio"));
    Service service(m_places, m_journal);
    QCOMPARE(Json::parse(service.answer(R"({"id":1,"do":"hello"})"))["ok"]["state"].get<std::string>(),
             std::string("no-lio"));
}

/// Folders that are links are not looked into; they cannot be in a real configfs.
void tst_HelperRead::linksAreNotFollowed()
{
    const QString target = m_dir->filePath(QStringLiteral("config/target/iscsi/iqn.2026-11.org.example:target1"));
    QVERIFY(QDir().rename(target + QStringLiteral("/tpgt_1/np"), m_dir->filePath(QStringLiteral("np"))));
    QVERIFY(QFile::link(m_dir->filePath(QStringLiteral("np")), target + QStringLiteral("/tpgt_1/np")));
    QVERIFY(read()["ok"]["targets"][0]["tpgs"][0]["portals"].empty());
    QVERIFY(QDir().rename(target, m_dir->filePath(QStringLiteral("elsewhere"))));
    QVERIFY(QFile::link(m_dir->filePath(QStringLiteral("elsewhere")), target));
    QCOMPARE(read()["ok"]["targets"].size(), std::size_t(1));
    Service service(m_places, m_journal);
    QCOMPARE(Json::parse(service.answer(
                     R"({"id":1,"do":"make-tpg","target":"iqn.2026-11.org.example:target1"})"))["refused"]["why"]
                     .get<std::string>(),
             std::string("no-target"));
}

QTEST_GUILESS_MAIN(tst_HelperRead)

#include "tst_helperread.moc"
