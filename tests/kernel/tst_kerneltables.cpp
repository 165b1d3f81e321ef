// SPDX-License-Identifier: Apache-2.0
// What the helper answers, and what the kernel then shows, for each case that the kernel treats apart.
#include "tests/kernel/guestkernel.h"
#include "tests/kernel/helperprocess.h"

#include <QTcpServer>
#include <QTest>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <memory>
#include <random>
#include <thread>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using Json = HelperProcess::Json;

namespace {

const std::string disk1 = "iqn.2026-11.org.example:disk1";
const std::string disk2 = "iqn.2026-11.org.example:disk2";

std::string tpgPath(const std::string &target, int tag)
{
    return guest::fabric.toStdString() + target + "/tpgt_" + std::to_string(tag);
}

Json portal(const std::string &target, int tag, const std::string &address, bool beyondPolicy = false)
{
    Json arguments = {{"target", target}, {"tpg", tag}, {"portal", address}};
    if (beyondPolicy)
        arguments["beyondPolicy"] = true;
    return arguments;
}

} // namespace

class tst_KernelTables : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase() { QVERIFY(guest::isGuest()); }
    void init();
    void cleanup();
    void bindAgain();
    void sibling();
    void sharedWithAnotherTarget();
    void takenByAProcess();
    void wildcards();
    void ghost();
    void linkLocal();
    void policy_data();
    void policy();
    void neverAllowed();
    void addressGoesLater();
    void malformed_data();
    void malformed();
    void flags();
    void laxDirectories();
    void replacementIsForeseen();
    void tpgs();
    void targets();
    void removedMeanwhile();
    void keptByTheKernel(); // leaves a socket behind

private:
    /// The portal of an answer to read.
    Json shown(const std::string &target, int tag, const std::string &directory);

    std::unique_ptr<HelperProcess> m_helper;
};

void tst_KernelTables::init()
{
    m_helper = std::make_unique<HelperProcess>();
    for (const std::string &target : {disk1, disk2}) {
        m_helper->ok("make-target", {{"target", target}});
        for (int tag : {1, 2})
            m_helper->ok("make-tpg", {{"target", target}, {"tpg", tag}});
    }
}

void tst_KernelTables::cleanup()
{
    m_helper.reset();
    guest::clear();
}

Json tst_KernelTables::shown(const std::string &target, int tag, const std::string &directory)
{
    const Json all = m_helper->ok("read");
    for (const Json &one : all["targets"]) {
        for (const Json &tpg : one["tpgs"]) {
            for (const Json &found : tpg["portals"]) {
                if (one["name"] == target && tpg["tag"] == tag && found["dir"] == directory)
                    return found;
            }
        }
    }
    return nullptr;
}

void tst_KernelTables::bindAgain()
{
    const Json first = m_helper->ok("make-portal", portal(disk1, 1, "127.0.0.1:3260"));
    SAME(first["already"], false);
    SAME(first["listening"], true);
    QVERIFY(guest::listening().count("127.0.0.1:3260") == 1);
    const Json second = m_helper->ok("make-portal", portal(disk1, 1, "127.0.0.1:3260"));
    SAME(second["already"], true);
    SAME(m_helper->ok("remove-portal", portal(disk1, 1, "127.0.0.1:3260"))["was"], true);
    SAME(m_helper->ok("remove-portal", portal(disk1, 1, "127.0.0.1:3260"))["was"], false);
    QVERIFY(guest::listening().empty());
}

void tst_KernelTables::sibling()
{
    m_helper->ok("make-portal", portal(disk1, 1, "[2001:DB8:0::10]:3260", true));
    SAME(guest::names(tpgPath(disk1, 1) + "/np"), std::set<std::string>{"[2001:db8::10]:3260"});
    for (const bool enabled : {false, true}) {
        m_helper->ok("enable-tpg", {{"target", disk1}, {"tpg", 1}, {"enabled", enabled}});
        const Json answer = m_helper->ask("make-portal", portal(disk1, 2, "[2001:db8::10]:3260", true));
        SAME(answer["refused"]["why"], "in-use-same-target");
        SAME(answer["refused"]["by"], "TPG 1");
        SAME(answer["refused"]["tpg"], 1);
    }
    SAME(guest::make(tpgPath(disk1, 2) + "/np/[2001:db8::10]:3260"), EINVAL); // the kernel says so too
}

void tst_KernelTables::sharedWithAnotherTarget()
{
    m_helper->ok("make-portal", portal(disk1, 1, "127.0.0.1:3260"));
    m_helper->ok("make-portal", portal(disk2, 2, "127.0.0.1:3260"));
    m_helper->ok("remove-portal", portal(disk1, 1, "127.0.0.1:3260"));
    SAME(guest::listening(), std::set<std::string>{"127.0.0.1:3260"});
    SAME(shown(disk2, 2, "127.0.0.1:3260")["listening"], true);
}

void tst_KernelTables::takenByAProcess()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost, 3299));
    const Json answer = m_helper->ask("make-portal", portal(disk1, 1, "127.0.0.1:3299"));
    SAME(answer["refused"]["why"], "port-taken");
    SAME(answer["refused"]["pid"], getpid());
    SAME(answer["refused"]["by"],
         "tst_kerneltable (" + std::to_string(getpid()) + ")"); // the system keeps 15 letters
    SAME(m_helper->why("make-portal", portal(disk1, 1, "0.0.0.0:3299", true)), std::string("port-taken"));
    QVERIFY(m_helper->ok("read")["listeners"].dump().find("\"port\":3299,\"process\":\"tst_kerneltable\"")
            != std::string::npos);

    // A wildcard for IPv6 alone leaves IPv4 free, one for both does not; the list of sockets does not tell them apart.
    QTcpServer both;
    QVERIFY(both.listen(QHostAddress::Any, 3298));
    SAME(m_helper->why("make-portal", portal(disk1, 1, "127.0.0.1:3298")), std::string("port-taken"));
    QTcpServer six;
    QVERIFY(six.listen(QHostAddress::AnyIPv6, 3297));
    SAME(m_helper->why("make-portal", portal(disk1, 1, "127.0.0.1:3297")), std::string("ok"));
    SAME(m_helper->why("make-portal", portal(disk1, 1, "[::1]:3297")), std::string("port-taken"));
}

void tst_KernelTables::wildcards()
{
    SAME(m_helper->why("make-portal", portal(disk1, 1, "0.0.0.0:3260")), std::string("wildcard"));
    m_helper->ok("make-portal", portal(disk1, 1, "0.0.0.0:3260", true));
    m_helper->ok("make-portal", portal(disk2, 1, "0.0.0.0:3260", true));
    m_helper->ok("remove-portal", portal(disk1, 1, "0.0.0.0:3260"));
    const Json answer = m_helper->ask("make-portal", portal(disk1, 1, "127.0.0.1:3260"));
    SAME(answer["refused"]["why"], "wildcard-in-the-way");
    SAME(answer["refused"]["by"], disk2 + ", TPG 1: 0.0.0.0:3260");
    m_helper->ok("remove-portal", portal(disk2, 1, "0.0.0.0:3260"));
    m_helper->ok("make-portal", portal(disk1, 1, "127.0.0.1:3260"));
    SAME(m_helper->why("make-portal", portal(disk2, 1, "0.0.0.0:3260", true)), std::string("wildcard-in-the-way"));
    // IPv6 for both families.
    SAME(m_helper->why("make-portal", portal(disk2, 1, "[::]:3260", true)), std::string("wildcard-match"));
}

void tst_KernelTables::ghost()
{
    m_helper->ok("make-portal", portal(disk1, 1, "[::1]:3280"));
    const Json answer = m_helper->ask("make-portal", portal(disk2, 1, "0.0.0.0:3280", true));
    SAME(answer["refused"]["why"], "wildcard-match");
    SAME(answer["refused"]["target"], disk1);
    SAME(m_helper->why("make-portal", portal(disk1, 2, "0.0.0.0:3280", true)), std::string("wildcard-match"));

    // Another tool makes it all the same: the kernel accepts it, and nothing listens.
    SAME(guest::make(tpgPath(disk2, 1) + "/np/0.0.0.0:3280"), 0);
    SAME(shown(disk2, 1, "0.0.0.0:3280")["listening"], false);
    SAME(shown(disk1, 1, "[::1]:3280")["listening"], true);
    // Behind it the listener lives on without a directory; a wildcard would hang on that, which only shows afterwards.
    m_helper->ok("remove-portal", portal(disk1, 1, "[::1]:3280"));
    SAME(guest::listening(), std::set<std::string>{"[::1]:3280"});
    SAME(m_helper->ok("remove-portal", {{"target", disk2}, {"tpg", 1}, {"dir", "0.0.0.0:3280"}})["was"], true);
    QVERIFY(guest::listening().empty());
}

void tst_KernelTables::linkLocal()
{
    guest::addAddress(QStringLiteral("fe80::77/64"));
    SAME(m_helper->why("make-portal", portal(disk1, 1, "[fe80::77]:3272")), std::string("no-scope"));
    SAME(m_helper->why("make-portal", portal(disk1, 1, "[fe80::77%none0]:3272")), std::string("no-scope"));
    const Json made = m_helper->ok("make-portal", portal(disk1, 1, "[fe80::77%dummy0]:3272"));
    SAME(made["listening"], true);
    const Json seen = shown(disk1, 1, "[fe80::77%dummy0]:3272");
    SAME(seen["scope"], "dummy0");
    SAME(seen["ip"], "fe80::77");
    // The kernel compares without scopes.
    SAME(m_helper->why("make-portal", portal(disk1, 2, "[fe80::77%lo]:3272", true)), std::string("in-use-same-target"));
    m_helper->ok("remove-portal", portal(disk1, 1, "[fe80::77%dummy0]:3272"));
    // A scope by number, as another tool may write it.
    SAME(guest::make(tpgPath(disk1, 1) + "/np/[fe80::77%1]:3273"), 0);
    SAME(shown(disk1, 1, "[fe80::77%1]:3273")["scope"], "lo");
    m_helper->ok("remove-portal", portal(disk1, 1, "[fe80::77%lo]:3273"));
}

void tst_KernelTables::policy_data()
{
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<QByteArray>("why");
    QTest::addColumn<bool>("listens");
    QTest::newRow("on no interface") << QByteArray("192.0.2.99:3260") << QByteArray("not-on-host") << true;
    QTest::newRow("IPv6 on no interface") << QByteArray("[2001:db8::99]:3260") << QByteArray("not-on-host") << true;
    QTest::newRow("mapped") << QByteArray("[::ffff:127.0.0.1]:3260") << QByteArray("mapped") << true;
    QTest::newRow("multicast") << QByteArray("239.0.0.1:3260") << QByteArray("multicast") << true;
    QTest::newRow("broadcast") << QByteArray("255.255.255.255:3260") << QByteArray("multicast") << true;
    QTest::newRow("port 0") << QByteArray("127.0.0.1:0") << QByteArray("port-zero") << false;
    QTest::newRow("wildcard") << QByteArray("[::]:3260") << QByteArray("wildcard") << true;
}

void tst_KernelTables::policy()
{
    QFETCH(QByteArray, address);
    QFETCH(QByteArray, why);
    QFETCH(bool, listens);
    SAME(m_helper->why("make-portal", portal(disk1, 1, address.toStdString())), why.toStdString());
    QVERIFY(guest::names(tpgPath(disk1, 1) + "/np").empty());
    const Json made = m_helper->ok("make-portal", portal(disk1, 1, address.toStdString(), true));
    SAME(made["listening"], listens);
    SAME(guest::listening().count(address.toStdString()), std::size_t(listens ? 1 : 0));
    SAME(m_helper->ok("remove-portal", portal(disk1, 1, address.toStdString()))["was"], true);
}

/// Not the kernel either.
void tst_KernelTables::neverAllowed()
{
    SAME(m_helper->why("make-portal", portal(disk1, 1, "[ff0e::1]:3260", true)), std::string("multicast"));
    SAME(guest::make(tpgPath(disk1, 1) + "/np/[ff0e::1]:3260"), EINVAL);
}

void tst_KernelTables::addressGoesLater()
{
    guest::addAddress(QStringLiteral("192.0.2.50/24"));
    m_helper->ok("make-portal", portal(disk1, 1, "192.0.2.50:3260"));
    guest::run(QStringLiteral("ip"),
               {QStringLiteral("addr"), QStringLiteral("del"), QStringLiteral("192.0.2.50/24"), QStringLiteral("dev"),
                QStringLiteral("dummy0")});
    SAME(shown(disk1, 1, "192.0.2.50:3260")["listening"], true);
    QVERIFY(m_helper->ok("read")["addresses"].dump().find("192.0.2.50") == std::string::npos);
    SAME(m_helper->why("make-portal", portal(disk2, 1, "192.0.2.50:3260")), std::string("not-on-host"));
}

void tst_KernelTables::malformed_data()
{
    QTest::addColumn<QByteArray>("address");
    for (const char *address :
         {"::1:3260", "300.1.1.1:1", "localhost:1", "127.0.0.1:65536", "127.0.0.1:abc", "127.0.0.1:", "127.0.0.1: 1",
          "127.0.0.1", "127.0.0.1:03260", "127.0.0.01:3260", "x[::1]y:3260", "[127.0.0.1]:3260", "[::1%lo]:3260",
          "127.0.0.1:0xCBC", "../../../etc:1", "127.0.0.1:3260\n", "[fe80::1%../x]:3260", ""})
        QTest::newRow(address) << QByteArray(address);
}

void tst_KernelTables::malformed()
{
    QFETCH(QByteArray, address);
    SAME(m_helper->why("make-portal", portal(disk1, 1, address.toStdString(), true)), std::string("protocol"));
}

/// The guest has no iSER and no cxgbit: what cannot be set is not left behind without it.
void tst_KernelTables::flags()
{
    Json arguments = portal(disk1, 1, "127.0.0.1:3260");
    arguments["iser"] = true;
    const Json answer = m_helper->ask("make-portal", arguments);
    SAME(answer["refused"]["why"], "no-iser");
    QVERIFY(answer["refused"]["text"].get<std::string>().find("ib_isert") != std::string::npos);
    arguments["iser"] = false;
    arguments["offload"] = true;
    SAME(m_helper->why("make-portal", arguments), std::string("no-offload"));
    QVERIFY(guest::names(tpgPath(disk1, 1) + "/np").empty());
    QVERIFY(guest::listening().empty());
}

/// Directories that other tools made, in the kernel's lax spellings.
void tst_KernelTables::laxDirectories()
{
    SAME(guest::make(tpgPath(disk1, 1) + "/np/127.0.0.1:06274"), 0);
    const Json seen = shown(disk1, 1, "127.0.0.1:06274");
    SAME(seen["port"], 3260);
    SAME(seen["listening"], true);
    SAME(m_helper->why("make-portal", portal(disk1, 2, "127.0.0.1:3260")), std::string("in-use-same-target"));
    SAME(m_helper->ok("make-portal", portal(disk1, 1, "127.0.0.1:3260"))["dir"], "127.0.0.1:06274");
    SAME(m_helper->ok("remove-portal", portal(disk1, 1, "127.0.0.1:3260"))["dir"], "127.0.0.1:06274");

    // Two directories with one tag.
    const std::string twin = guest::fabric.toStdString() + disk1 + "/tpgt_01";
    SAME(guest::make(twin), 0);
    SAME(m_helper->why("make-portal", portal(disk1, 1, "127.0.0.1:3260")), std::string("ambiguous"));
    m_helper->ok("make-portal", {{"target", disk1}, {"tpg", "tpgt_01"}, {"portal", "127.0.0.1:3260"}});
    SAME(guest::names(twin + "/np"), std::set<std::string>{"127.0.0.1:3260"});
    SAME(m_helper->ask("make-tpg", {{"target", disk1}, {"tpg", 1}})["refused"]["why"], "tpg-exists");

    // A name that is no text at all.
    SAME(guest::make(guest::fabric.toStdString() + "bad\xff\nname"), 0);
    bool opaque = false;
    const Json all = m_helper->ok("read");
    for (const Json &target : all["targets"])
        opaque = opaque || target.value("opaque", false);
    QVERIFY(opaque);
}

void tst_KernelTables::replacementIsForeseen()
{
    m_helper->ok("make-portal", portal(disk1, 1, "0.0.0.0:3260", true));
    m_helper->ok("make-portal", portal(disk2, 1, "0.0.0.0:3260", true));
    Json check = portal(disk1, 1, "127.0.0.1:3260");
    SAME(m_helper->why("check-portal", check), std::string("wildcard-in-the-way"));
    check["without"] = Json::array({portal(disk1, 1, "0.0.0.0:3260")});
    SAME(m_helper->why("check-portal", check), std::string("wildcard-in-the-way"));
    check["without"].push_back(portal(disk2, 1, "0.0.0.0:3260"));
    SAME(m_helper->ok("check-portal", check)["already"], false);
    SAME(guest::listening(), std::set<std::string>{"0.0.0.0:3260"}); // nothing was done
    // A move within the target.
    Json move = portal(disk1, 2, "0.0.0.0:3260", true);
    SAME(m_helper->why("check-portal", move), std::string("in-use-same-target"));
    move["without"] = Json::array({portal(disk1, 1, "0.0.0.0:3260")});
    SAME(m_helper->why("check-portal", move), std::string("ok"));
}

void tst_KernelTables::tpgs()
{
    SAME(m_helper->ok("make-tpg", {{"target", disk1}})["tag"], 3);
    SAME(m_helper->why("make-tpg", {{"target", disk1}, {"tpg", 3}}), std::string("tpg-exists"));
    SAME(m_helper->ok("make-tpg", {{"target", disk1}, {"tpg", 65535}})["dir"], "tpgt_65535");
    SAME(m_helper->why("make-tpg", {{"target", disk1}, {"tpg", 65536}}), std::string("protocol"));
    SAME(m_helper->why("make-tpg", {{"target", "iqn.2026-11.org.example:none"}}), std::string("no-target"));

    SAME(m_helper->ok("enable-tpg", {{"target", disk1}, {"tpg", 3}, {"enabled", true}})["was"], false);
    SAME(m_helper->ok("enable-tpg", {{"target", disk1}, {"tpg", 3}, {"enabled", true}})["was"], true);
    SAME(guest::read(tpgPath(disk1, 3) + "/enable"), std::string("1\n"));
    m_helper->ok("make-portal", portal(disk1, 3, "127.0.0.1:3260"));
    guest::addLun(tpgPath(disk1, 3), "lun-of-three");
    SAME(guest::make(tpgPath(disk1, 3) + "/acls/iqn.2026-11.org.example:initiator"), 0);
    const Json answer = m_helper->ask("remove-tpg", {{"target", disk1}, {"tpg", 3}});
    SAME(answer["refused"]["why"], "not-empty");
    SAME(answer["refused"]["holds"].dump(), std::string(R"({"portals":1,"luns":1,"acls":1,"sessions":0})"));
    SAME(m_helper->why("remove-target", {{"target", disk1}}), std::string("not-empty"));
    SAME(m_helper->ok("remove-tpg", {{"target", disk1}, {"tpg", 65535}})["was"], true);
    SAME(m_helper->why("remove-tpg", {{"target", disk1}, {"tpg", 65535}}), std::string("no-tpg"));
}

void tst_KernelTables::targets()
{
    SAME(m_helper->ok("make-target", {{"target", disk1}})["already"], true);
    for (const char *name :
         {"foo", "iqn.2026-13.org.example:x", "iqn.2026-11.Org.example:x", "iqn.2026-11.org.example:", "eui.123",
          "iqn.2026-11.org.example:a b", "iqn.2026-11..example", "iqn.2026-11.org.example:\xc3\xa4"})
        SAME(m_helper->why("make-target", {{"target", name}}), std::string("bad-name"));
    for (const char *name : {"..", ".", "a/b", "", "../../core"})
        SAME(m_helper->why("make-target", {{"target", name}}), std::string("protocol"));
    SAME(m_helper->why("remove-target", {{"target", "discovery_auth"}}), std::string("no-target"));
    SAME(m_helper->why("remove-target", {{"target", "lio_version"}}), std::string("no-target"));
    SAME(m_helper->why("remove-tpg", {{"target", disk1}, {"tpg", "param"}}), std::string("protocol"));

    SAME(guest::make(guest::fabric.toStdString() + "IQN.2026-11.org.example:Upper"), 0);
    const Json answer = m_helper->ask("make-target", {{"target", "iqn.2026-11.org.example:upper"}});
    SAME(answer["refused"]["why"], "name-taken");
    SAME(answer["refused"]["by"], "IQN.2026-11.org.example:Upper");
    SAME(m_helper->ok("remove-target", {{"target", "IQN.2026-11.org.example:Upper"}})["was"], true);
    const std::string longest = "iqn.2026-11.org.example:" + std::string(199, 'a');
    SAME(m_helper->ok("make-target", {{"target", longest}})["already"], false);
    SAME(m_helper->why("make-target", {{"target", longest + "a"}}), std::string("protocol"));
}

void tst_KernelTables::removedMeanwhile()
{
    SAME(guest::remove(tpgPath(disk1, 2)), 0);
    SAME(m_helper->why("make-portal", portal(disk1, 2, "127.0.0.1:3260")), std::string("no-tpg"));
    SAME(m_helper->why("remove-portal", portal(disk1, 2, "127.0.0.1:3260")), std::string("no-tpg"));
    SAME(m_helper->why("enable-tpg", {{"target", disk1}, {"tpg", 2}, {"enabled", true}}), std::string("no-tpg"));
}

/// A process that is killed in the making of a portal leaves a socket that no portal and no process has.
void tst_KernelTables::keptByTheKernel()
{
    const std::string address = "127.0.0.1:3399";
    const std::string directory = tpgPath(disk1, 1) + "/np/" + address;
    const auto listens = [] {
        return guest::read("/proc/net/tcp").find(":0D47 00000000:0000 0A") != std::string::npos;
    };
    std::mt19937 random(1);
    for (int i = 0; i < 2000 && !listens(); ++i) {
        const pid_t child = fork();
        while (child == 0) {
            mkdir(directory.c_str(), 0755);
            rmdir(directory.c_str());
        }
        std::this_thread::sleep_for(std::chrono::microseconds(5000 + random() % 5000));
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
        (void)guest::remove(directory); // where it came to be
    }
    SAME(guest::listening(), std::set<std::string>{address});
    const Json answer = m_helper->ask("make-portal", portal(disk2, 2, address));
    SAME(answer["refused"]["why"], "port-taken");
    QVERIFY(!answer["refused"].contains("by"));
    QVERIFY(guest::names(tpgPath(disk2, 2) + "/np").empty());
}

QTEST_GUILESS_MAIN(tst_KernelTables)

#include "tst_kerneltables.moc"
