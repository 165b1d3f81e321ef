// SPDX-License-Identifier: Apache-2.0
// A kernel target that is not there yet, or not for everybody: what the helper says then.
#include "tests/kernel/guestkernel.h"
#include "tests/kernel/helperprocess.h"

#include <QTest>

#include <cerrno>
#include <memory>

using Json = HelperProcess::Json;

namespace {

const std::string disk1 = "iqn.2026-11.org.example:disk1";
const std::string tpg = guest::fabric.toStdString() + disk1 + "/tpgt_1";

} // namespace

class tst_KernelStates : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase() { QVERIFY(guest::isGuest()); }
    void init();
    void cleanup();
    void hello();
    void withoutFabric();
    void withoutRights();
    void withoutConfigfs();
    void readOnly();
    void anotherNetworkNamespace();

private:
    std::unique_ptr<HelperProcess> m_helper;
};

void tst_KernelStates::init()
{
    m_helper = std::make_unique<HelperProcess>();
    m_helper->ok("make-target", {{"target", disk1}});
    m_helper->ok("make-tpg", {{"target", disk1}, {"tpg", 1}});
}

void tst_KernelStates::cleanup()
{
    m_helper.reset();
    guest::clear();
}

/// As after a boot: the module is there, and nobody has made a target. The watch sees it come.
void tst_KernelStates::withoutFabric()
{
    guest::clear();
    SAME(guest::remove("/sys/kernel/config/target/iscsi"), 0);
    SAME(m_helper->ok("hello")["state"], "no-iscsi");
    SAME(m_helper->ok("hello")["writable"], true);
    SAME(m_helper->ok("read")["targets"], Json::array());
    SAME(m_helper->why("make-tpg", {{"target", disk1}}), "no-target");
    HelperProcess watcher;
    watcher.ok("watch");
    SAME(m_helper->ok("make-target", {{"target", disk1}})["already"], false);
    const Json event = watcher.line();
    QVERIFY2(event.dump().find("\"lio\"") != std::string::npos, event.dump().c_str());
    SAME(m_helper->ok("hello")["state"], "ready");
    // What came with it is watched too.
    while (!watcher.isSilent(500)) { }
    m_helper->ok("make-tpg", {{"target", disk1}, {"tpg", 1}});
    SAME(watcher.line()["what"], Json::array({"targets"}));
}

void tst_KernelStates::hello()
{
    const Json hello = m_helper->ok("hello", {{"protocol", 1}});
    SAME(hello["state"], "ready");
    SAME(hello["writable"], true);
    QVERIFY(hello["lio"].get<std::string>().find("iSCSI Target") != std::string::npos);
    SAME(m_helper->why("hello", {{"protocol", 2}}), std::string("protocol"));
}

void tst_KernelStates::withoutRights()
{
    const std::string lines = R"({"id":1,"do":"hello"}
{"id":2,"do":"make-portal","target":")"
            + disk1 + R"(","tpg":1,"portal":"127.0.0.1:3260"}
{"id":3,"do":"make-tpg","target":")"
            + disk1 + R"("}
)";
    QProcess process;
    process.start(QStringLiteral("setpriv"),
                  {QStringLiteral("--reuid=65534"), QStringLiteral("--regid=65534"), QStringLiteral("--clear-groups"),
                   HelperProcess::program()});
    process.write(QByteArray::fromStdString(lines));
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished());
    const QList<QByteArray> answers = process.readAllStandardOutput().split('\n');
    SAME(answers.size(), 4);
    QVERIFY2(answers[0].contains("\"writable\":false"), answers[0].constData());
    QVERIFY2(answers[1].contains("\"why\":\"rights\"") && answers[1].contains("\"errno\":13"), answers[1].constData());
    QVERIFY2(answers[2].contains("\"why\":\"rights\""), answers[2].constData());
}

void tst_KernelStates::withoutConfigfs()
{
    const auto answerIn = [](const char *mount) {
        const QString script = QLatin1String(mount) + QStringLiteral(" && printf '{\"id\":1,\"do\":\"read\"}\\n' | ")
                + HelperProcess::program();
        return guest::run(QStringLiteral("unshare"),
                          {QStringLiteral("-m"), QStringLiteral("sh"), QStringLiteral("-c"), script})
                .output;
    };
    QByteArray answer = answerIn("mount -t tmpfs none /sys/kernel/config");
    QVERIFY2(answer.contains("\"why\":\"no-lio\""), answer.constData());
    answer = answerIn("mount --bind /sys/kernel/config/target/core /sys/kernel/config"); // a configfs without `target`
    QVERIFY2(answer.contains("\"why\":\"no-module\""), answer.constData());
}

void tst_KernelStates::readOnly()
{
    const QString script =
            QStringLiteral(
                    "mount --bind /sys/kernel/config /sys/kernel/config && mount -o remount,bind,ro /sys/kernel/config "
                    "&& "
                    "printf '{\"id\":1,\"do\":\"make-tpg\",\"target\":\"%1\"}\\n{\"id\":2,\"do\":\"hello\"}\\n' | %2")
                    .arg(QString::fromStdString(disk1), HelperProcess::program());
    const auto outcome = guest::run(QStringLiteral("unshare"),
                                    {QStringLiteral("-m"), QStringLiteral("sh"), QStringLiteral("-c"), script});
    QVERIFY2(outcome.output.contains("\"why\":\"read-only\""), outcome.output.constData());
    QVERIFY2(outcome.output.contains("\"writable\":false"), outcome.output.constData());
}

/// A listener lives in the network namespace of whoever made it; its directory is seen by all.
void tst_KernelStates::anotherNetworkNamespace()
{
    const std::string folder = tpg + "/np/127.0.0.1:3260";
    const auto made = guest::run(QStringLiteral("unshare"),
                                 {QStringLiteral("-n"), QStringLiteral("mkdir"), QString::fromStdString(folder)});
    SAME(made.status, 0);
    const Json seen = m_helper->ok("read")["targets"][0]["tpgs"][0]["portals"][0];
    SAME(seen["dir"], "127.0.0.1:3260");
    SAME(seen["listening"], false);
    SAME(m_helper->ok("remove-portal", {{"target", disk1}, {"tpg", 1}, {"portal", "127.0.0.1:3260"}})["was"], true);
}

QTEST_GUILESS_MAIN(tst_KernelStates)

#include "tst_kernelstates.moc"
