// SPDX-License-Identifier: Apache-2.0
// The system has no descriptor or no memory to give, at each single open that a request makes: nothing that is there is
// ever taken for gone. The calls of the C library that open files are this program's own here.
#include "backends/lio/helper/readfaults.h"
#include "backends/lio/helper/service.h"
#include "tests/backends/lio/helper/recordedtree.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>

namespace {

int opens = 0; ///< so far
int faultAt = 0; ///< which open fails; 0: none
int faultError = 0;

bool failsNow()
{
    if (faultAt == 0 || ++opens != faultAt)
        return false;
    errno = faultError;
    return true;
}

} // namespace

extern "C" {

int openat(int directory, const char *path, int flags, ...) // NOLINT: the C library's own declaration
{
    mode_t mode = 0;
    if ((flags & (O_CREAT | __O_TMPFILE)) != 0) {
        va_list more;
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    if (failsNow())
        return -1;
    static const auto real = reinterpret_cast<int (*)(int, const char *, int, ...)>(dlsym(RTLD_NEXT, "openat"));
    return real(directory, path, flags, mode);
}

// Callers give fewer arguments than are read here, as the C library itself does.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
__attribute__((no_sanitize("address")))
#endif
#endif
long syscall(long number, ...) // NOLINT: the C library's own declaration
{
    va_list more;
    va_start(more, number);
    long arguments[6]; // NOLINT: as many as any call of the kernel has
    for (long &argument : arguments)
        argument = va_arg(more, long);
    va_end(more);
    if (number == SYS_openat2 && failsNow())
        return -1;
    static const auto real = reinterpret_cast<long (*)(long, ...)>(dlsym(RTLD_NEXT, "syscall"));
    return real(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}
}

using namespace portalbind::kernel;

class tst_ReadFaults : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void meaning_data();
    void meaning();
    void everyOpen_data();
    void everyOpen();
    void unreadableFlags();

private:
    [[nodiscard]] QByteArray content(const QString &path) const;
    [[nodiscard]] QString savedPath() const { return m_dir->filePath(QStringLiteral("etc/saveconfig.json")); }
    [[nodiscard]] QString tpgPath() const
    {
        return m_dir->filePath(QStringLiteral("config/target/iscsi/iqn.2026-11.org.example:target1/tpgt_1"));
    }
    /// The answer of a program that has just started, with the open number \a fault failing.
    [[nodiscard]] Json ask(const QByteArray &request, int fault, int error);

    std::unique_ptr<QTemporaryDir> m_dir;
    Places m_places;
    const Journal m_journal{false};
};

void tst_ReadFaults::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    const std::string root = QFileInfo(m_dir->path()).canonicalFilePath().toStdString();
    m_places = {};
    m_places.configfs = root + "/config";
    m_places.proc = root + "/proc";
    m_places.net = root + "/net";
    m_places.kernelLog = root + "/kmsg";
    m_places.saves = {{root + "/etc", "target.service"}};
    m_places.lockFolder = root + "/run";
    m_places.unitFolders = {root + "/systemd"};
    m_places.pacemaker = root + "/cib.xml";
    m_places.keepalived = root + "/keepalived.conf";
    m_places.cephGateway = root + "/iscsi-gateway.cfg";
    m_places.state = root + "/state";
    QVERIFY(makeRecordedTree(m_dir->filePath(QStringLiteral("config"))));
    for (const char *folder : {"etc", "run", "systemd", "net", "proc/71/fd", "state"})
        QVERIFY(QDir(m_dir->path()).mkpath(QLatin1String(folder)));
    const auto write = [this](const char *path, const QByteArray &text) {
        QFile file(m_dir->filePath(QLatin1String(path)));
        return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
    };
    QVERIFY(write("etc/saveconfig.json", R"({"fabric_modules":[],"storage_objects":[],"targets":[]})"));
    QVERIFY(write("net/tcp",
                  "sl local\n0: 0100007F:0CBC 00000000:0000 0A 0 0 0 0 0 11 1\n"
                  "1: 0100007F:0CE3 00000000:0000 0A 0 0 0 0 0 17 1\n"));
    QVERIFY(write("net/tcp6", "sl local\n"));
    QVERIFY(write("proc/71/comm", "nc\n"));
    QVERIFY(QFile::link(QStringLiteral("socket:[17]"), m_dir->filePath(QStringLiteral("proc/71/fd/3"))));
    QVERIFY(write("cib.xml",
                  R"(<cib><primitive type="iSCSITarget"><instance_attributes>)"
                  R"(<nvpair name="iqn" value="iqn.2026-11.org.example:owned"/>)"
                  R"(</instance_attributes></primitive></cib>)"));
    QVERIFY(write("state/portal-pools.json", R"({"schema":1,"pools":[],"candidates":["192.0.2.1:3260"]})"));
}

QByteArray tst_ReadFaults::content(const QString &path) const
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

Json tst_ReadFaults::ask(const QByteArray &request, int fault, int error)
{
    opens = 0;
    faultError = error;
    faultAt = fault;
    std::string line;
    {
        Service service(m_places, m_journal);
        line = service.answer(request.toStdString());
    }
    faultAt = 0;
    return Json::parse(line);
}

void tst_ReadFaults::meaning_data()
{
    QTest::addColumn<int>("error");
    QTest::addColumn<bool>("gone");
    QTest::addColumn<bool>("fault");
    QTest::newRow("ENOENT") << ENOENT << true << false;
    QTest::newRow("ENOTDIR") << ENOTDIR << true << false;
    QTest::newRow("ELOOP") << ELOOP << true << false;
    QTest::newRow("EACCES") << EACCES << false << false; // shown is what the rights allow
    QTest::newRow("EMFILE") << EMFILE << false << true;
    QTest::newRow("ENFILE") << ENFILE << false << true;
    QTest::newRow("ENOMEM") << ENOMEM << false << true;
    QTest::newRow("EIO") << EIO << false << true;
    QTest::newRow("EINTR") << EINTR << false << true;
}

void tst_ReadFaults::meaning()
{
    QFETCH(int, error);
    QCOMPARE(ReadFaults::meansGone(error), [] {
        QFETCH(bool, gone);
        return gone;
    }());
    const ReadFaults outer;
    {
        const ReadFaults inner;
        ReadFaults::note(error, "a\nplace");
        ReadFaults::note(EIO, "later");
        QTEST(inner.first()->error == error, "fault");
    }
    QTEST(outer.first()->error == error, "fault");
    const ReadFaults later;
    QVERIFY(!later.first());
}

void tst_ReadFaults::everyOpen_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("error");
    const QByteArray target = R"("target":"iqn.2026-11.org.example:target1")";
    const QByteArray portal = target + R"(,"tpg":1,"portal":"127.0.0.1:3260")";
    const QByteArray save = R"({"id":1,"do":"save","objects":[{)" + target + "},{" + target + R"(,"tpg":1},{)" + portal
            + "}]}";
    QTest::newRow("hello") << QByteArray(R"({"id":1,"do":"hello"})") << EMFILE;
    QTest::newRow("read") << QByteArray(R"({"id":1,"do":"read"})") << ENFILE;
    QTest::newRow("save") << save << EMFILE;
    QTest::newRow("save without memory") << save << ENOMEM;
    QTest::newRow("check-portal") << QByteArray(R"({"id":1,"do":"check-portal",)" + target
                                                + R"(,"tpg":2,"portal":"127.0.0.1:3260"})")
                                  << EMFILE;
    QTest::newRow("already there") << QByteArray(R"({"id":1,"do":"make-portal",)" + portal + '}') << EMFILE;
    QTest::newRow("not empty") << QByteArray(R"({"id":1,"do":"remove-tpg",)" + target + R"(,"tpg":1})") << EMFILE;
    QTest::newRow("enabled") << QByteArray(R"({"id":1,"do":"enable-tpg",)" + target + R"(,"tpg":1,"enabled":true})")
                             << ENOMEM;
}

/// The answer is the one without a fault, or says that something could not be read; and the file to boot from is never
/// poorer.
void tst_ReadFaults::everyOpen()
{
    QFETCH(QByteArray, request);
    QFETCH(int, error);
    const bool saves = request.contains("save");
    if (saves)
        QVERIFY(ask(request, 0, 0).contains("ok"));
    const QByteArray good = content(savedPath());
    const Json expected = ask(request, 0, 0);
    QVERIFY(!expected.contains("failed"));
    QVERIFY(good.contains("127.0.0.1") == saves);
    for (int fault = 1;; ++fault) {
        QVERIFY(fault < 5000);
        const Json answer = ask(request, fault, error);
        QCOMPARE(content(savedPath()), good);
        const bool failed = answer.contains("failed");
        const QByteArray place = "open " + QByteArray::number(fault) + ": " + answer.dump().c_str();
        if (failed) {
            QVERIFY2(answer["failed"]["why"] == "io", place.constData());
            QVERIFY2(answer["failed"]["errno"] == error, place.constData());
        } else if (!(saves && answer.contains("refused") && answer["refused"]["why"] == "unreadable")) {
            QCOMPARE(QString::fromStdString(answer.dump()), QString::fromStdString(expected.dump()));
        }
        if (opens < fault) {
            QVERIFY(!failed); // there was no such open
            QVERIFY2(fault > 10, place.constData());
            return;
        }
    }
}

/// Whether it is on cannot be read: that is not "off".
void tst_ReadFaults::unreadableFlags()
{
    const QByteArray save = R"({"id":1,"do":"save","objects":[{"target":"iqn.2026-11.org.example:target1"},)"
                            R"({"target":"iqn.2026-11.org.example:target1","tpg":1}]})";
    QVERIFY(ask(save, 0, 0).contains("ok"));
    const QByteArray good = content(savedPath());
    // A folder in its place: it opens, and read(2) fails.
    QVERIFY(QFile::remove(tpgPath() + QStringLiteral("/enable")));
    QVERIFY(QDir().mkpath(tpgPath() + QStringLiteral("/enable")));
    for (const QByteArray &request : {save, QByteArray(R"({"id":1,"do":"read"})")}) {
        const Json answer = ask(request, 0, 0);
        QVERIFY2(answer.contains("failed"), answer.dump().c_str());
        QCOMPARE(answer["failed"]["errno"].get<int>(), EISDIR);
    }
    QCOMPARE(content(savedPath()), good);
}

QTEST_GUILESS_MAIN(tst_ReadFaults)

#include "tst_readfaults.moc"
