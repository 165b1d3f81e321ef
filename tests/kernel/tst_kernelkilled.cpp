// SPDX-License-Identifier: Apache-2.0
// The program is killed between two steps of a plan: what is done stands, nothing is half made, and the next start
// shows all of it. The helper goes on to the end of its input, as it does when a console vanishes.
#include "tests/kernel/guestkernel.h"
#include "tests/kernel/helperprocess.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace {

const QString target = QStringLiteral("iqn.2026-11.org.example:disk1");

QString tpgPath(int tag)
{
    return guest::fabric + target + QStringLiteral("/tpgt_%1").arg(tag);
}

/// `IQN,t,0x0001 ADDRESS` of every directory of a portal.
QStringList inConfigfs()
{
    QStringList all;
    for (const std::string &tpg : guest::names((guest::fabric + target).toStdString())) {
        if (!tpg.starts_with("tpgt_"))
            continue;
        const QString tag = QString::fromStdString(tpg).section(u'_', 1);
        for (const std::string &portal : guest::names(tpgPath(tag.toInt()).toStdString() + "/np"))
            all += QStringLiteral("%1,t,0x%2 %3")
                           .arg(target, tag.rightJustified(4, u'0'), QString::fromStdString(portal));
    }
    all.sort();
    return all;
}

} // namespace

class tst_KernelKilled : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup() { guest::clear(); }
    void betweenSteps_data();
    void betweenSteps();

private:
    /// portalbindctl over `lio:`, with \a helper in place of the real one. Its exit status; -1 when it was killed.
    int ctl(const QStringList &arguments, const QString &helper, QByteArray *output = nullptr) const;
    /// A stand-in that hands \a requests on and kills who asks one more.
    [[nodiscard]] QString killerAfter(int requests) const;
    /// What the next start shows, in the words of inConfigfs().
    [[nodiscard]] QStringList shownAtNextStart() const;

    QTemporaryDir m_folder;
};

void tst_KernelKilled::initTestCase()
{
    QVERIFY(guest::isGuest());
    QVERIFY(QDir().mkpath(QStringLiteral("/etc/rtslib-fb-target")));
}

void tst_KernelKilled::init()
{
    QFile saved(QStringLiteral("/etc/rtslib-fb-target/saveconfig.json"));
    QVERIFY(saved.open(QIODevice::WriteOnly));
    saved.write(R"({"fabric_modules":[],"storage_objects":[],"targets":[]})");
    saved.close();
    QCOMPARE(guest::make((guest::fabric + target).toStdString()), 0);
    for (int tag : {1, 2})
        QCOMPARE(guest::make(tpgPath(tag).toStdString()), 0);
    for (const char *portal : {"127.0.0.1:3260", "127.0.0.2:3260"})
        QCOMPARE(guest::make(tpgPath(1).toStdString() + "/np/" + portal), 0);
}

QString tst_KernelKilled::killerAfter(int requests) const
{
    const QString path = m_folder.filePath(QStringLiteral("killer"));
    QFile::remove(path);
    QFile script(path);
    if (!script.open(QIODevice::WriteOnly))
        return {};
    script.write("#!/bin/bash\nleft=" + QByteArray::number(requests)
                 + "\nwhile IFS= read -r line; do\n"
                   "    if [ $left -eq 0 ]; then kill -KILL $PPID; exit; fi\n"
                   "    left=$((left - 1))\n"
                   "    printf '%s\\n' \"$line\"\n"
                   "done | '"
                 + HelperProcess::program().toUtf8() + "'\n");
    script.close();
    script.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return path;
}

int tst_KernelKilled::ctl(const QStringList &arguments, const QString &helper, QByteArray *output) const
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("PORTALBIND_LIO_HELPER"), helper);
    environment.insert(QStringLiteral("HOME"), m_folder.path());
    process.setProcessEnvironment(environment);
    process.start(qEnvironmentVariable("PORTALBIND_BIN") + QStringLiteral("/portalbindctl"),
                  QStringList{QStringLiteral("--connect"), QStringLiteral("lio:")} + arguments);
    if (!process.waitForFinished(60'000))
        return -2;
    if (output)
        *output = process.readAllStandardOutput() + process.readAllStandardError();
    return process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
}

QStringList tst_KernelKilled::shownAtNextStart() const
{
    QByteArray output;
    if (ctl({QStringLiteral("--json"), QStringLiteral("list"), QStringLiteral("bindings")}, HelperProcess::program(),
            &output)
        != 0)
        return {QString::fromUtf8(output)};
    QStringList all;
    const QJsonObject answer = QJsonDocument::fromJson(output).object();
    for (const QJsonValue one : answer.value(QLatin1String("items")).toArray()) {
        const QJsonObject binding = one.toObject();
        all += binding.value(QLatin1String("endpoint")).toString().section(u'/', -1) + u' '
                + binding.value(QLatin1String("portal")).toString().section(u'/', -1);
    }
    all.sort();
    return all;
}

void tst_KernelKilled::betweenSteps_data()
{
    QTest::addColumn<QString>("command");
    const QString name = target;
    QTest::newRow("move and save") << QStringLiteral("move 127.0.0.1:3260 %1,1 %1,2 --force --save").arg(name);
    QTest::newRow("bind several") << QStringLiteral("bind 127.0.0.3:3260 127.0.0.4:3260 127.0.0.5:3260 %1,2 --force "
                                                    "--save")
                                             .arg(name);
    QTest::newRow("new endpoint") << QStringLiteral("endpoint create %1 --tag 5 --no-save").arg(name);
}

void tst_KernelKilled::betweenSteps()
{
    QFETCH(const QString, command);
    QByteArray output;
    if (command.startsWith(QLatin1String("bind"))) { // portals that can be named
        HelperProcess helper;
        helper.ok("candidate-keep", {{"portals", {"127.0.0.3:3260", "127.0.0.4:3260", "127.0.0.5:3260"}}});
    }
    int killed = 0;
    std::set<QStringList> states;
    for (int requests = 1;; ++requests) {
        QVERIFY2(requests < 40, "the plan does not end");
        cleanup();
        init();
        const int status = ctl(command.split(u' '), killerAfter(requests), &output);
        // Nobody else is at it any more: the helper has ended.
        QTRY_VERIFY_WITH_TIMEOUT(
                guest::run(QStringLiteral("pidof"), {QStringLiteral("portalbind-lio-helper")}).status != 0, 20'000);
        const QStringList kernel = inConfigfs();
        states.insert(kernel);
        QCOMPARE(shownAtNextStart(), kernel);
        // Each portal there is listens, and nothing else does.
        std::set<std::string> sockets;
        for (const QString &portal : kernel)
            sockets.insert(portal.section(u' ', 1).toStdString());
        QCOMPARE(guest::listening(), sockets);
        {
            HelperProcess helper;
            const auto read = helper.ok("read");
            SAME(read["saved"]["error"], "");
            SAME(read["pools"]["error"], "");
            for (const auto &tpg : read["targets"][0]["tpgs"]) {
                for (const auto &portal : tpg["portals"])
                    SAME(portal["listening"], true);
            }
        }
        QVERIFY(!QFile::exists(QStringLiteral("/etc/rtslib-fb-target/saveconfig.json.portalbind")));
        if (status == 0)
            break;
        QVERIFY2(status == -1, (QByteArray::number(status) + ": " + output).constData());
        ++killed;
    }
    QVERIFY2(killed >= 3, QByteArray::number(killed).constData());
    if (!command.startsWith(QLatin1String("endpoint")))
        QVERIFY2(states.size() >= 3, QByteArray::number(int(states.size())).constData());
}

QTEST_GUILESS_MAIN(tst_KernelKilled)

#include "tst_kernelkilled.moc"
