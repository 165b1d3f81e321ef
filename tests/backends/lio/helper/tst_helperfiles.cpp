// SPDX-License-Identifier: Apache-2.0
// Files that the helper writes: what stays of them, with whose rights, and what is said when that fails.
#include "backends/lio/helper/files.h"
#include "backends/lio/helper/journal.h"
#include "backends/lio/helper/saveconfigfile.h"
#include "backends/lio/helper/service.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace {

bool folderSyncFails = false;

} // namespace

/// In place of the C library's: a disk that fails after the rename.
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the declaration's is reserved
extern "C" int fsync(int descriptor)
{
    struct stat status
    {
    };
    if (folderSyncFails && fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
        errno = EIO;
        return -1;
    }
    static const auto real = reinterpret_cast<int (*)(int)>(dlsym(RTLD_NEXT, "fsync"));
    return real(descriptor);
}

using namespace portalbind::kernel;

class tst_HelperFiles : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup() { folderSyncFails = false; }
    void unsyncedFolder();
    void backupsOfOthers_data();
    void backupsOfOthers();
    void twoSavesInOneSecond();
    void unfinishedBackups();
    void modes();
    void folderIsALink();
    void filesAreNamed();
    void causes_data();
    void causes();
    void printableText_data();
    void printableText();
    void journalHoldsAll();

private:
    [[nodiscard]] QString at(const char *path) const { return m_dir->filePath(QString::fromLatin1(path)); }
    void write(const char *path, const QByteArray &content) const
    {
        QFile file(at(path));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
    }
    [[nodiscard]] Json ask(const QByteArray &request) const
    {
        Service service(m_places, m_journal);
        return Json::parse(service.answer(request.toStdString()));
    }
    /// The file holds a target, \a number tells one of them from the other, and the kernel has none: it is removed.
    [[nodiscard]] Json save(int number) const
    {
        const QByteArray target = "iqn.2026-11.org.example:t" + QByteArray::number(number);
        write("etc/saveconfig.json",
              R"({"fabric_modules":[],"storage_objects":[],"targets":[{"fabric":"iscsi","wwn":")" + target
                      + R"(","parameters":{},"tpgs":[]}]})");
        return ask(R"({"id":1,"do":"save","objects":[{"target":")" + target + R"("}]})");
    }
    [[nodiscard]] QStringList backups() const { return QDir(at("etc/backup")).entryList(QDir::Files, QDir::Name); }
    [[nodiscard]] static unsigned mode(const QString &path)
    {
        struct stat status
        {
        };
        return lstat(QFile::encodeName(path).constData(), &status) == 0 ? status.st_mode : 0;
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    Places m_places;
    const Journal m_journal{false};
};

void tst_HelperFiles::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    const std::string root = QFileInfo(m_dir->path()).canonicalFilePath().toStdString();
    m_places = {};
    m_places.configfs = root + "/config";
    m_places.kernelLog = root + "/kmsg";
    m_places.saves = {{root + "/etc", "target.service"}};
    m_places.lockFolder = root + "/run";
    m_places.unitFolders = {root + "/systemd"};
    m_places.pacemaker = root + "/cib.xml";
    m_places.keepalived = root + "/keepalived.conf";
    m_places.cephGateway = root + "/iscsi-gateway.cfg";
    m_places.state = root + "/state";
    for (const char *folder : {"config/target/iscsi", "etc/backup", "run", "systemd"})
        QVERIFY(QDir(m_dir->path()).mkpath(QLatin1String(folder)));
}

/// The new file is there: nobody is told that nothing was changed.
void tst_HelperFiles::unsyncedFolder()
{
    QVERIFY(save(1).contains("ok")); // its backup is the one that the next save would make
    folderSyncFails = true;
    const Json pool = ask(R"({"id":1,"do":"pool-make","name":"a"})");
    QVERIFY2(pool.contains("failed") && pool["failed"]["outcome"] == "unknown", pool.dump().c_str());
    QVERIFY(QFile::exists(at("state/portal-pools.json")));
    const Json saved = save(1);
    QVERIFY2(saved.contains("failed") && saved["failed"]["outcome"] == "unknown", saved.dump().c_str());
    QCOMPARE(saved["failed"]["why"].get<std::string>(), std::string("io"));
}

void tst_HelperFiles::backupsOfOthers_data()
{
    QTest::addColumn<QByteArray>("settings");
    QTest::addColumn<int>("kept");
    QTest::newRow("no file") << QByteArray() << 10;
    QTest::newRow("more") << QByteArray("# none\nmax_backup_files = 100\n") << 41;
    QTest::newRow("a few more") << QByteArray("max_backup_files=20") << 20;
    QTest::newRow("less, which targetcli does not take") << QByteArray("max_backup_files = 3\n") << 10;
    QTest::newRow("nonsense") << QByteArray("max_backup_files = many\nmax_backup_files_x = 90\n") << 10;
}

void tst_HelperFiles::backupsOfOthers()
{
    QFETCH(QByteArray, settings);
    if (!settings.isEmpty())
        write("etc/targetcli.conf", settings);
    for (int i = 0; i < 40; ++i)
        write(("etc/backup/saveconfig-202501" + QByteArray::number(10 + i) + "-00:00:00-json.gz").constData(), "x");
    QVERIFY(save(1).contains("ok"));
    QTEST(int(backups().size()), "kept");
}

void tst_HelperFiles::twoSavesInOneSecond()
{
    for (int i = 0; i < 6; ++i)
        QVERIFY(save(i).contains("ok"));
    QCOMPARE(backups().size(), 6); // whatever the time was
    QFile last(at("etc/backup/") + backups().last());
    QVERIFY(last.open(QIODevice::ReadOnly));
    QVERIFY(gunzipped(last.readAll().toStdString(), 100'000).find(":t5") != std::string::npos);
}

void tst_HelperFiles::unfinishedBackups()
{
    write("etc/backup/saveconfig-20990101-00:00:00-json.gz.portalbind", "half");
    write("etc/backup/notes.portalbind", "somebody's");
    QVERIFY(save(1).contains("ok"));
    QCOMPARE(backups().size(), 2);
    QVERIFY(backups().contains(QStringLiteral("notes.portalbind")));
}

void tst_HelperFiles::modes()
{
    QVERIFY(save(1).contains("ok"));
    QCOMPARE(mode(at("run/targetcli.lock")) & 07777U, 0600U); // nobody else holds it
    QVERIFY(ask(R"({"id":1,"do":"pool-make","name":"a"})").contains("ok"));
    QVERIFY(QFile::link(QStringLiteral("/etc/hostname"), at("state/portal-pools.json.1")));
    QVERIFY(ask(R"({"id":1,"do":"pool-make","name":"b"})").contains("ok"));
    QVERIFY(S_ISREG(mode(at("state/portal-pools.json.1"))));
    QCOMPARE(mode(at("state/portal-pools.json.1")) & 07777U, 0644U);
}

void tst_HelperFiles::folderIsALink()
{
    QVERIFY(QDir().rename(at("etc"), at("real")));
    QVERIFY(QFile::link(at("real"), at("etc")));
    const Json answer = save(1);
    QVERIFY2(answer.contains("refused") && answer["refused"]["why"] == "unreadable", answer.dump().c_str());
    QCOMPARE(answer["refused"]["text"].get<std::string>(), std::string("is a symbolic link"));
}

void tst_HelperFiles::filesAreNamed()
{
    write("etc/saveconfig.json", "");
    QVERIFY(QDir(m_dir->path()).mkpath(QStringLiteral("state")));
    write("state/portal-pools.json", "{\"schema\":1,");
    const Json read = ask(R"({"id":1,"do":"read"})")["ok"];
    for (const auto &[part, path] : {std::pair("saved", "etc/saveconfig.json"), {"pools", "state/portal-pools.json"}}) {
        const std::string error = read[part]["error"].get<std::string>();
        QVERIFY2(error.find(path) != std::string::npos && error.find("byte") != std::string::npos, error.c_str());
    }
}

void tst_HelperFiles::causes_data()
{
    QTest::addColumn<int>("error");
    QTest::addColumn<QByteArray>("ofKernel");
    QTest::newRow("read-only") << EROFS << QByteArray("read-only");
    QTest::newRow("immutable") << EPERM << QByteArray("rights");
    QTest::newRow("SELinux") << EACCES << QByteArray("rights");
    QTest::newRow("full") << ENOSPC << QByteArray("io");
}

/// A read-only /etc is no read-only configfs, and what root may not do is not mended by being root.
void tst_HelperFiles::causes()
{
    QFETCH(int, error);
    QTEST(QByteArray::fromStdString(systemFailure(error, "x").why), "ofKernel");
    const Failure failure = fileFailure(error, "/etc/x cannot be written");
    const bool isRoot = geteuid() == 0;
    QCOMPARE(QByteArray::fromStdString(failure.why),
             !isRoot && (error == EPERM || error == EACCES) ? QByteArray("rights") : QByteArray("io"));
    QCOMPARE(failure.error, error);
    QVERIFY(failure.text.find("/etc/x") != std::string::npos);
}

void tst_HelperFiles::printableText_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("shown");
    QTest::newRow("plain") << QByteArray("nginx: ä€") << QByteArray("nginx: ä€");
    QTest::newRow("escape") << QByteArray("\x1b[31m") << QByteArray("\\x1b[31m");
    QTest::newRow("turns") << QByteArray("a\xe2\x80\xae") << QByteArray("a\\xe2\\x80\\xae");
    QTest::newRow("isolate") << QByteArray("\xe2\x81\xa7") << QByteArray("\\xe2\\x81\\xa7");
    QTest::newRow("line separator") << QByteArray("\xe2\x80\xa8") << QByteArray("\\xe2\\x80\\xa8");
    QTest::newRow("C1") << QByteArray("\xc2\x9b") << QByteArray("\\xc2\\x9b");
    QTest::newRow("a dash") << QByteArray("\xe2\x80\x93") << QByteArray("\xe2\x80\x93");
}

void tst_HelperFiles::printableText()
{
    QFETCH(QByteArray, text);
    QTEST(QByteArray::fromStdString(printable(text.toStdString())), "shown");
}

/// No name of a request is cut off, whatever else is in it.
void tst_HelperFiles::journalHoldsAll()
{
    const std::string target = "iqn.2026-11.org.example:" + std::string(190, 'x');
    const auto one = requestTexts(Json::parse(std::string(R"({"id":1,    )") + std::string(400, ' ')
                                              + R"("do":"make-tpg","target":")" + target + R"(","tpg":3})"));
    QCOMPARE(one.size(), std::size_t(1));
    QCOMPARE(one[0], R"({"target":")" + target + R"(","tpg":3})");
    Json save = {{"id", 1}, {"do", "save"}, {"objects", Json::array()}};
    for (int i = 0; i < 100; ++i)
        save["objects"].push_back({{"target", target}, {"tpg", i}});
    const auto many = requestTexts(save);
    QVERIFY(many.size() > 5 && many.size() < 30);
    std::string all;
    for (const std::string &text : many) {
        QVERIFY(text.size() + 300 < Journal::longestLine);
        QCOMPARE(printable(text, Journal::longestLine), printable(text, 100'000));
        QVERIFY(Json::accept(text));
        all += text;
    }
    for (int i = 0; i < 100; ++i)
        QVERIFY(all.find("\"tpg\":" + std::to_string(i) + '}') != std::string::npos);
    QCOMPARE(requestTexts(Json{{"do", "save"}, {"objects", Json::array()}}).size(), std::size_t(1));
}

QTEST_GUILESS_MAIN(tst_HelperFiles)

#include "tst_helperfiles.moc"
