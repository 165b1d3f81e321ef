// SPDX-License-Identifier: Apache-2.0
#include "tests/kernel/guestkernel.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace guest {

namespace {

const std::string core = "/sys/kernel/config/target/core/";

void clearTpg(const std::string &tpg)
{
    for (const std::string &acl : names(tpg + "/acls")) {
        for (const std::string &lun : names(tpg + "/acls/" + acl)) {
            const std::string folder = tpg + "/acls/" + acl + '/' + lun;
            for (const auto &entry : std::filesystem::directory_iterator(folder)) {
                if (entry.is_symlink())
                    unlink(entry.path().c_str());
            }
            rmdir(folder.c_str());
        }
        rmdir((tpg + "/acls/" + acl).c_str());
    }
    for (const std::string &portal : names(tpg + "/np"))
        rmdir((tpg + "/np/" + portal).c_str());
    for (const std::string &lun : names(tpg + "/lun")) {
        const std::string folder = tpg + "/lun/" + lun;
        for (const auto &entry : std::filesystem::directory_iterator(folder)) {
            if (entry.is_symlink())
                unlink(entry.path().c_str());
        }
        rmdir(folder.c_str());
    }
    rmdir(tpg.c_str());
}

} // namespace

bool isGuest()
{
    return qEnvironmentVariable("PORTALBIND_GUEST") == QLatin1String("1");
}

int make(const std::string &path)
{
    return mkdir(path.c_str(), 0755) == 0 ? 0 : errno;
}

int remove(const std::string &path)
{
    return rmdir(path.c_str()) == 0 ? 0 : errno;
}

int write(const std::string &path, const std::string &text)
{
    const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return errno;
    const int error = ::write(file, text.data(), text.size()) < 0 ? errno : 0;
    close(file);
    return error;
}

std::string read(const std::string &path)
{
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

std::set<std::string> names(const std::string &path)
{
    std::set<std::string> all;
    std::error_code error;
    for (const auto &entry : std::filesystem::directory_iterator(path, error)) {
        if (entry.is_directory() && !entry.is_symlink())
            all.insert(entry.path().filename().string());
    }
    return all;
}

void clear()
{
    const std::string root = fabric.toStdString();
    for (const std::string &target : names(root)) {
        if (target == "discovery_auth")
            continue;
        for (const std::string &tpg : names(root + target)) {
            if (tpg.find("tpgt_") != std::string::npos)
                clearTpg(root + target + '/' + tpg);
        }
        QCOMPARE(remove(root + target), 0);
    }
    for (const std::string &adapter : names(core)) {
        if (adapter == "alua")
            continue;
        for (const std::string &store : names(core + adapter))
            rmdir((core + adapter + '/' + store).c_str());
        rmdir((core + adapter).c_str());
    }
}

std::set<std::string> listening()
{
    const Outcome listed = run(QStringLiteral("ss"), {QStringLiteral("-Hltn")});
    std::set<std::string> all;
    for (const QByteArray &line : listed.output.split('\n')) {
        const QList<QByteArray> words = line.simplified().split(' ');
        if (words.size() < 4)
            continue;
        // `*` is an IPv6 wildcard for both families; `[fe80::1]%eth0:1` names the interface of the socket.
        const QString address = QString::fromLatin1(words.at(3));
        all.insert(QString(address)
                           .replace(QLatin1String("*:"), QLatin1String("[::]:"))
                           .remove(QRegularExpression(QStringLiteral("%[^:]*")))
                           .toStdString());
    }
    return all;
}

Outcome run(const QString &program, const QStringList &arguments, int milliseconds)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    Outcome outcome;
    if (process.waitForFinished(milliseconds) && process.exitStatus() == QProcess::NormalExit)
        outcome.status = process.exitCode();
    outcome.output = process.readAll() + (process.error() == QProcess::FailedToStart ? "cannot be started" : "");
    return outcome;
}

void addAddress(const QString &address)
{
    run(QStringLiteral("ip"),
        {QStringLiteral("link"), QStringLiteral("add"), QStringLiteral("dummy0"), QStringLiteral("type"),
         QStringLiteral("dummy")});
    run(QStringLiteral("ip"),
        {QStringLiteral("link"), QStringLiteral("set"), QStringLiteral("dummy0"), QStringLiteral("up")});
    const Outcome added = run(QStringLiteral("ip"),
                              {QStringLiteral("addr"), QStringLiteral("add"), address, QStringLiteral("dev"),
                               QStringLiteral("dummy0"), QStringLiteral("nodad")});
    QVERIFY2(added.status == 0 || added.output.contains("exists"), added.output.constData());
}

void addLun(const std::string &tpg, const std::string &name)
{
    const std::string file = "/run/" + name + ".img";
    QFile image(QString::fromStdString(file));
    QVERIFY(image.open(QIODevice::WriteOnly));
    QVERIFY(image.resize(4 * 1024 * 1024));
    const std::string store = core + "fileio_0/" + name;
    const int adapter = make(core + "fileio_0");
    QVERIFY(adapter == 0 || adapter == EEXIST);
    QCOMPARE(make(store), 0);
    QCOMPARE(write(store + "/control", "fd_dev_name=" + file + ",fd_dev_size=4194304"), 0);
    QCOMPARE(write(store + "/enable", "1"), 0);
    QCOMPARE(make(tpg + "/lun/lun_0"), 0);
    QCOMPARE(symlink(store.c_str(), (tpg + "/lun/lun_0/store").c_str()), 0);
}

void addAcl(const std::string &tpg, const std::string &initiator)
{
    const std::string acl = tpg + "/acls/" + initiator;
    QCOMPARE(make(acl) | make(acl + "/lun_0"), 0);
    QCOMPARE(symlink((tpg + "/lun/lun_0").c_str(), (acl + "/lun_0/lun").c_str()), 0);
}

} // namespace guest
