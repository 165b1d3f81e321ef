// SPDX-License-Identifier: Apache-2.0
// saveconfig.json, with the real rtslib: what it writes is patched, and what was patched it restores.
#include "tests/kernel/guestkernel.h"
#include "tests/kernel/helperprocess.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTest>

#include <memory>

using Json = HelperProcess::Json;

namespace {

const std::string disk1 = "iqn.2026-11.org.example:disk1";
const std::string fresh = "iqn.2026-11.org.example:fresh";
const QString folder = QStringLiteral("/etc/rtslib-fb-target/");
const QString saved = folder + QStringLiteral("saveconfig.json");

std::string tpgPath(const std::string &target, int tag)
{
    return guest::fabric.toStdString() + target + "/tpgt_" + std::to_string(tag);
}

Json fileContent(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? Json::parse(file.readAll().toStdString(), nullptr, false) : Json();
}

/// Lists as sets: rtslib writes them in the order in which the kernel lists directories, which turns round each time.
Json sorted(Json value)
{
    if (value.is_object()) {
        std::map<std::string, Json> members;
        for (const auto &[key, member] : value.items())
            members[key] = sorted(member);
        Json result = Json::object();
        for (const auto &[key, member] : members)
            result[key] = member;
        return result;
    }
    if (value.is_array()) {
        std::vector<std::string> texts;
        for (const Json &member : value)
            texts.push_back(sorted(member).dump());
        std::sort(texts.begin(), texts.end());
        return texts;
    }
    return value;
}

void targetctl(const QStringList &arguments)
{
    const guest::Outcome outcome = guest::run(QStringLiteral("/usr/bin/python3"),
                                              QStringList{QStringLiteral("/usr/bin/targetctl")} + arguments);
    QVERIFY2(outcome.status == 0 && outcome.output.trimmed().isEmpty(), outcome.output.constData());
}

} // namespace

class tst_KernelSave : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();
    void nothingToDo();
    void patchIsWhatRtslibWouldSave();
    void restored();
    void backups();
    void lockedByAnother();
    void refusals_data();
    void refusals();
    void owned();
    void symbolicLinks();

private:
    /// The file, but for what rtslib itself writes differently each time.
    std::unique_ptr<HelperProcess> m_helper;
};

void tst_KernelSave::initTestCase()
{
    QVERIFY(guest::isGuest());
    // What rtslib would do itself, were there no backstores yet.
    QVERIFY(QDir().mkpath(folder));
    SAME(guest::write("/sys/kernel/config/target/dbroot", "/etc/rtslib-fb-target"), 0);
}

/// A target as an administrator would have made it, with a LUN, an ACL and a CHAP password, and saved.
void tst_KernelSave::init()
{
    QVERIFY(QDir().mkpath(folder + QStringLiteral("backup")));
    m_helper = std::make_unique<HelperProcess>();
    m_helper->ok("make-target", {{"target", disk1}});
    m_helper->ok("make-tpg", {{"target", disk1}, {"tpg", 1}});
    m_helper->ok("make-portal", {{"target", disk1}, {"tpg", 1}, {"portal", "127.0.0.1:3260"}});
    guest::addLun(tpgPath(disk1, 1), "disk1");
    const std::string acl = tpgPath(disk1, 1) + "/acls/iqn.2026-11.org.example:initiator";
    SAME(guest::make(acl) | guest::make(acl + "/lun_0"), 0);
    QVERIFY(QFile::link(QString::fromStdString(tpgPath(disk1, 1) + "/lun/lun_0"),
                        QString::fromStdString(acl + "/lun_0/lun")));
    SAME(guest::write(acl + "/auth/userid", "someone") | guest::write(acl + "/auth/password", "not-for-anybody"), 0);
    targetctl({QStringLiteral("save")});
    QVERIFY(QFile::exists(saved));
}

void tst_KernelSave::cleanup()
{
    m_helper.reset();
    guest::clear();
    QDir(QStringLiteral("/etc/rtslib-fb-target")).removeRecursively();
}

void tst_KernelSave::nothingToDo()
{
    const QByteArray before = [] {
        QFile file(saved);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }();
    const Json done = m_helper->ok("save", {{"objects", {{{"target", disk1}}, {{"target", disk1}, {"tpg", 1}}}}});
    QVERIFY(done["changed"].empty());
    QFile file(saved);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), before);
    const Json read = m_helper->ok("read");
    SAME(read["saved"]["manager"], "targetcli");
    SAME(read["saved"]["error"], "");
    SAME(read["saved"]["targets"][0]["tpgs"][0]["portals"][0]["port"], 3260);
    QVERIFY(read.dump().find("not-for-anybody") == std::string::npos);
    QVERIFY(read.dump().find("someone") == std::string::npos);
    SAME(read["targets"][0]["tpgs"][0]["acls"][0]["chap"], true);
}

/// After a plan the patched file says what rtslib itself would have saved.
void tst_KernelSave::patchIsWhatRtslibWouldSave()
{
    m_helper->ok("make-portal", {{"target", disk1}, {"tpg", 1}, {"portal", "[::1]:3261"}});
    m_helper->ok("remove-portal", {{"target", disk1}, {"tpg", 1}, {"portal", "127.0.0.1:3260"}});
    m_helper->ok("enable-tpg", {{"target", disk1}, {"tpg", 1}, {"enabled", true}});
    m_helper->ok("make-target", {{"target", fresh}});
    m_helper->ok("make-tpg", {{"target", fresh}, {"tpg", 4}});
    m_helper->ok("make-portal", {{"target", fresh}, {"tpg", 4}, {"portal", "127.0.0.1:3262"}});
    const Json objects = {{{"target", fresh}, {"tpg", 4}, {"portal", "127.0.0.1:3262"}}, // whatever the order
                          {{"target", disk1}, {"tpg", 1}, {"portal", "[::1]:3261"}},
                          {{"target", disk1}, {"tpg", 1}, {"portal", "127.0.0.1:3260"}},
                          {{"target", disk1}, {"tpg", 1}},
                          {{"target", fresh}, {"tpg", 4}},
                          {{"target", fresh}}};
    const Json done = m_helper->ok("save", {{"objects", objects}});
    QVERIFY(!done["changed"].empty());
    const QFileInfo info(saved);
    QCOMPARE(int(info.permissions() & 0x0fff) & 0x0077, 0); // readable by its owner alone
    const Json patched = fileContent(saved);
    targetctl({QStringLiteral("save"), QStringLiteral("/run/other.json")});
    SAME(sorted(patched), sorted(fileContent(QStringLiteral("/run/other.json"))));
    QVERIFY(patched.dump().find("not-for-anybody") != std::string::npos); // it stays where it was

    // And back again.
    m_helper->ok("remove-portal", {{"target", fresh}, {"tpg", 4}, {"portal", "127.0.0.1:3262"}});
    m_helper->ok("remove-tpg", {{"target", fresh}, {"tpg", 4}});
    m_helper->ok("remove-target", {{"target", fresh}});
    m_helper->ok("save", {{"objects", objects}});
    targetctl({QStringLiteral("save"), QStringLiteral("/run/other.json")});
    SAME(sorted(fileContent(saved)), sorted(fileContent(QStringLiteral("/run/other.json"))));
}

void tst_KernelSave::restored()
{
    m_helper->ok("make-tpg", {{"target", disk1}, {"tpg", 7}});
    m_helper->ok("make-portal",
                 {{"target", disk1}, {"tpg", 7}, {"portal", "[2001:db8::7]:3267"}, {"beyondPolicy", true}});
    m_helper->ok("enable-tpg", {{"target", disk1}, {"tpg", 7}, {"enabled", true}});
    m_helper->ok(
            "save",
            {{"objects",
              {{{"target", disk1}, {"tpg", 7}}, {{"target", disk1}, {"tpg", 7}, {"portal", "[2001:db8::7]:3267"}}}}});
    const Json before = m_helper->ok("read");
    targetctl({QStringLiteral("clear")});
    QVERIFY(m_helper->ok("read")["targets"].empty());
    targetctl({QStringLiteral("restore")});
    const Json after = m_helper->ok("read");
    SAME(after["targets"], before["targets"]);
    SAME(after["saved"], before["saved"]);
    QVERIFY(guest::listening().count("[2001:db8::7]:3267") == 1);
}

void tst_KernelSave::backups()
{
    const QDir backups(folder + QStringLiteral("backup"));
    for (int i = 0; i < 12; ++i) {
        // Older ones, as targetcli leaves them.
        QFile old(backups.filePath(
                QStringLiteral("saveconfig-20250101-00:00:%1-json.gz").arg(i, 2, 10, QLatin1Char('0'))));
        QVERIFY(old.open(QIODevice::WriteOnly));
    }
    QFile::copy(saved, QStringLiteral("/run/before.json"));
    m_helper->ok("make-portal", {{"target", disk1}, {"tpg", 1}, {"portal", "127.0.0.1:3270"}});
    const Json objects = {{{"target", disk1}, {"tpg", 1}, {"portal", "127.0.0.1:3270"}}};
    const Json done = m_helper->ok("save", {{"objects", objects}});
    const QStringList names = backups.entryList(QDir::Files, QDir::Name);
    QCOMPARE(names.size(), 10);
    QVERIFY(done["backup"].get<std::string>().find(names.last().toStdString()) != std::string::npos);
    const auto unpacked = guest::run(
            QStringLiteral("sh"),
            {QStringLiteral("-c"),
             QStringLiteral("zcat '%1' | cmp - /run/before.json").arg(backups.filePath(names.last()))});
    QVERIFY2(unpacked.status == 0, unpacked.output.constData());
}

void tst_KernelSave::lockedByAnother()
{
    QProcess other;
    other.start(QStringLiteral("flock"),
                {QStringLiteral("/run/targetcli.lock"), QStringLiteral("sh"), QStringLiteral("-c"),
                 QStringLiteral("echo held; read x")});
    QVERIFY(other.waitForReadyRead());
    m_helper->ok("make-portal", {{"target", disk1}, {"tpg", 1}, {"portal", "127.0.0.1:3271"}});
    const Json objects = {{{"target", disk1}, {"tpg", 1}, {"portal", "127.0.0.1:3271"}}};
    const Json answer = m_helper->ask("save", {{"objects", objects}});
    SAME(answer["refused"]["why"], "locked");
    QVERIFY2(answer["refused"]["by"].get<std::string>().find("flock (") == 0, answer.dump().c_str());
    other.closeWriteChannel();
    QVERIFY(other.waitForFinished());
    m_helper->ok("save", {{"objects", objects}});
}

void tst_KernelSave::refusals_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QByteArray>("place");
    QTest::newRow("truncated") << QByteArray(R"({"targets":[{"fabric":"iscsi","wwn":"iqn)") << QByteArray("byte");
    QTest::newRow("empty") << QByteArray() << QByteArray("byte 1");
    QTest::newRow("a list") << QByteArray("[]") << QByteArray("");
    QTest::newRow("target twice") << QByteArray(
            R"({"targets":[{"fabric":"iscsi","wwn":"a"},{"fabric":"iscsi","wwn":"a"}]})")
                                  << QByteArray("targets[1].wwn");
    QTest::newRow("key twice") << QByteArray(R"({"targets":[],"targets":[]})") << QByteArray("targets");
    QTest::newRow("foreign") << QByteArray(R"({"targets":{"a":1}})") << QByteArray("targets");
    QTest::newRow("number") << QByteArray(
            R"({"storage_objects":[{"size":123456789012345678901234567890}],"targets":[]})")
                            << QByteArray("storage_objects[0].size");
}

void tst_KernelSave::refusals()
{
    QFETCH(QByteArray, content);
    QFETCH(QByteArray, place);
    QFile file(saved);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(content);
    file.close();
    m_helper->ok("make-portal", {{"target", disk1}, {"tpg", 1}, {"portal", "127.0.0.1:3272"}});
    const Json answer = m_helper->ask("save",
                                      {{"objects", {{{"target", disk1}, {"tpg", 1}, {"portal", "127.0.0.1:3272"}}}}});
    SAME(answer["refused"]["why"], "unreadable");
    QVERIFY2(answer["refused"]["place"].get<std::string>().find(place.toStdString()) != std::string::npos,
             answer.dump().c_str());
    QVERIFY(!m_helper->ok("read")["saved"]["error"].get<std::string>().empty());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), content);
}

void tst_KernelSave::owned()
{
    const Json save = {{"objects", {{{"target", disk1}}}}};
    QVERIFY(QDir().mkpath(QStringLiteral("/var/lib/pacemaker/cib")));
    QFile cib(QStringLiteral("/var/lib/pacemaker/cib/cib.xml"));
    QVERIFY(cib.open(QIODevice::WriteOnly));
    cib.write(
            R"(<cib><configuration><resources><group><primitive id="t" class="ocf" provider="heartbeat" type="iSCSITarget">
        <instance_attributes id="a"><nvpair id="b" name="iqn" value=")"
            + QByteArray::fromStdString(disk1) + R"("/></instance_attributes></primitive>
        <primitive id="i" type="IPaddr2"><instance_attributes id="c"><nvpair id="d" name="ip" value="192.0.2.77"/></instance_attributes></primitive>
        </group></resources></configuration></cib>)");
    cib.close();
    const Json answer = m_helper->ask("save", save);
    SAME(answer["refused"]["why"], "owned");
    SAME(answer["refused"]["by"], "pacemaker");
    const Json read = m_helper->ok("read");
    SAME(read["targets"][0]["owner"], "pacemaker");
    SAME(read["roaming"], Json::parse(R"([{"ip":"192.0.2.77","by":"pacemaker"}])"));
    QVERIFY(cib.remove());
    SAME(m_helper->why("save", save), std::string("ok"));
}

/// Whoever may write in a folder on the way leads the helper nowhere else.
void tst_KernelSave::symbolicLinks()
{
    m_helper->ok("make-portal", {{"target", disk1}, {"tpg", 1}, {"portal", "127.0.0.1:3273"}});
    const Json save = {{"objects", {{{"target", disk1}, {"tpg", 1}, {"portal", "127.0.0.1:3273"}}}}};
    QFile victim(QStringLiteral("/run/victim"));
    QVERIFY(victim.open(QIODevice::WriteOnly));
    victim.write("{\"targets\":[]}");
    victim.close();
    const auto isUntouched = [&victim] {
        const bool open = victim.open(QIODevice::ReadOnly);
        const QByteArray content = victim.readAll();
        victim.close();
        return open && content == "{\"targets\":[]}";
    };

    QVERIFY(QFile::rename(saved, QStringLiteral("/run/kept.json")));
    QVERIFY(QFile::link(victim.fileName(), saved));
    SAME(m_helper->why("save", save), std::string("unreadable"));
    QVERIFY(isUntouched());
    QVERIFY(QFile::remove(saved));
    QVERIFY(QFile::copy(QStringLiteral("/run/kept.json"), saved));

    // The new file's own name, taken: it is removed, not written through.
    QVERIFY(QFile::link(victim.fileName(), saved + QStringLiteral(".portalbind")));
    QVERIFY(QDir(folder + QStringLiteral("backup")).removeRecursively());
    QVERIFY(QFile::link(QStringLiteral("/run"), folder + QStringLiteral("backup")));
    SAME(m_helper->why("save", save), std::string("io")); // the folder of backups leads elsewhere
    QVERIFY(QFile::remove(folder + QStringLiteral("backup")));
    SAME(m_helper->why("save", save), std::string("ok"));
    QVERIFY(isUntouched());

    // The folder itself.
    QVERIFY(QFile::rename(QStringLiteral("/etc/rtslib-fb-target"), QStringLiteral("/etc/elsewhere")));
    QVERIFY(QFile::link(QStringLiteral("/etc/elsewhere"), QStringLiteral("/etc/rtslib-fb-target")));
    SAME(m_helper->why("save", save), std::string("unreadable"));
    QVERIFY(QFile::remove(QStringLiteral("/etc/rtslib-fb-target")));
    QVERIFY(QFile::rename(QStringLiteral("/etc/elsewhere"), QStringLiteral("/etc/rtslib-fb-target")));
}

QTEST_GUILESS_MAIN(tst_KernelSave)

#include "tst_kernelsave.moc"
