// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/directoryname.h"
#include "backends/lio/helper/iscsiname.h"
#include "backends/lio/helper/kernelrules.h"
#include "backends/lio/helper/sessioninfo.h"

#include <QTest>

using namespace portalbind::kernel;

namespace {

SocketAddress at(const char *text)
{
    return parseSocketAddress(text).value_or(SocketAddress());
}

BoundPortal bound(const char *target, int tag, const char *address)
{
    const std::string tpg = "tpgt_" + std::to_string(tag);
    return {target, tpg, std::uint16_t(tag), address, at(address)};
}

Listener listener(const char *address, const char *process = "", int pid = 0)
{
    return {at(address), 1, process, pid};
}

/// A host with 10.0.0.5, 10.0.0.6, ::1, and fe80::1 on eth0.
Scene scene(std::vector<BoundPortal> portals, std::vector<Listener> others = {})
{
    Scene all;
    for (BoundPortal &portal : portals) {
        Listener own{portal.address, 2, {}, 0};
        own.address.ip.scope.clear();
        all.listeners.push_back(own);
    }
    all.bound = std::move(portals);
    for (Listener &other : others)
        all.listeners.push_back(std::move(other));
    for (const char *ip : {"10.0.0.5", "10.0.0.6", "::1", "fe80::1%eth0"})
        all.addresses.push_back({*parseNetworkAddress(ip), 24, "eth0", true});
    all.addresses.push_back({*parseNetworkAddress("127.0.0.1"), 8, "lo", true});
    all.interfaces = {"lo", "eth0", "eth1"};
    return all;
}

std::string verdict(const Scene &now, const char *address, Stance stance = Stance::Policy)
{
    const Judgement judgement = judgePortal(now, "a", "tpgt_1", at(address), stance);
    if (judgement.already)
        return "already";
    if (!judgement.obstacle)
        return "ok";
    return std::string(reasonWord(judgement.obstacle->reason))
            + (judgement.obstacle->by.empty() ? "" : ": " + judgement.obstacle->by);
}

} // namespace

class tst_KernelRules : public QObject
{
    Q_OBJECT
private slots:
    void strictAddresses_data();
    void strictAddresses();
    void laxNames();
    void collisions_data();
    void collisions();
    void verdicts();
    void ghosts();
    void foreignProcesses();
    void goneFirst();
    void names_data();
    void names();
    void sessionInfo();
};

void tst_KernelRules::strictAddresses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("canonical"); // empty: refused
    const auto row = [](const char *text, const char *canonical) {
        QTest::newRow(text) << QByteArray(text) << QByteArray(canonical);
    };
    row("10.0.0.5:3260", "10.0.0.5:3260");
    row("10.0.0.5:0", "10.0.0.5:0");
    row("10.0.0.5:65535", "10.0.0.5:65535");
    row("10.0.0.5:65536", "");
    row("10.0.0.5:03260", "");
    row("10.0.0.05:3260", "");
    row("10.0.0.5:", "");
    row("10.0.0.5", "");
    row(":3260", "");
    row("10.0.0.5:+1", "");
    row("10.0.0.5:0x10", "");
    row("10.0.5:3260", "");
    row("[10.0.0.5]:3260", "");
    row("[2001:DB8:0:0::5]:3260", "[2001:db8::5]:3260");
    row("2001:db8::5:3260", "");
    row("[::ffff:10.0.0.5]:1", "[::ffff:10.0.0.5]:1");
    row("[fe80::1%eth0]:1", "[fe80::1%eth0]:1");
    row("[fe80::1%]:1", "");
    row("[fe80::1%a/b]:1", "");
    row("[fe80::1%0123456789abcdef]:1", "");
    row("[2001:db8::1%eth0]:1", "");
    row("[]:1", "");
}

void tst_KernelRules::strictAddresses()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, canonical);
    const auto address = parseSocketAddress(text.toStdString());
    QCOMPARE(address.has_value(), !canonical.isEmpty());
    if (address) {
        QCOMPARE(QByteArray::fromStdString(address->text()), canonical);
        QVERIFY(readPortalName(address->text()) == address); // the kernel reads the same
    }
    QVERIFY(!parseSocketAddress(std::string("10.0.0.5\0:3260", 14)));
    QVERIFY(!parseSocketAddress(std::string("10.0.0.5:3260\0", 14)));
}

/// The kernel guest checks the whole table against the kernel; here is what a machine without one can tell.
void tst_KernelRules::laxNames()
{
    QVERIFY(readPortalName("x[::1]y:0xCBC") == at("[::1]:3260"));
    QVERIFY(readPortalName("127.0.0.01:03260") == at("127.0.0.1:1712"));
    QVERIFY(readPortalName("[1:2:3:4:5:6:1.2.3.4]:1") == at("[1:2:3:4:5:6:102:304]:1"));
    QVERIFY(!readPortalName(std::string(62, '1')));
    QCOMPARE(readPortalName("[fe80::1%2]:1")->ip.scope, std::string("2"));
    QCOMPARE(readTpgName("tpgt_010").value_or(0), std::uint16_t(8));
    QVERIFY(!readTpgName("fabric_statistics"));
}

void tst_KernelRules::collisions_data()
{
    QTest::addColumn<QByteArray>("asked");
    QTest::addColumn<QByteArray>("existing");
    QTest::addColumn<bool>("match");
    QTest::addColumn<bool>("collide");
    const auto row = [](const char *asked, const char *existing, bool match, bool collide) {
        QTest::addRow("%s at %s", asked, existing) << QByteArray(asked) << QByteArray(existing) << match << collide;
    };
    row("10.0.0.5:1", "10.0.0.5:1", true, true);
    row("10.0.0.5:1", "10.0.0.5:2", false, false);
    row("10.0.0.5:1", "10.0.0.6:1", false, false);
    row("10.0.0.5:1", "0.0.0.0:1", false, true);
    row("0.0.0.0:1", "10.0.0.5:1", false, true);
    row("0.0.0.0:1", "[::1]:1", true, false);
    row("[::1]:1", "0.0.0.0:1", false, false);
    row("[::]:1", "10.0.0.5:1", true, true);
    row("10.0.0.5:1", "[::]:1", false, true);
    row("[::]:1", "[::1]:1", false, true);
    row("[::1]:1", "[::]:1", false, true);
    row("[::ffff:10.0.0.5]:1", "10.0.0.5:1", false, true);
    row("[::ffff:10.0.0.5]:1", "[::1]:1", false, false);
    row("[fe80::1%eth0]:1", "[fe80::1%eth1]:1", true, false);
}

void tst_KernelRules::collisions()
{
    QFETCH(QByteArray, asked);
    QFETCH(QByteArray, existing);
    QFETCH(bool, match);
    QFETCH(bool, collide);
    QCOMPARE(kernelMatches(at(asked), at(existing)), match);
    QCOMPARE(bindsCollide(at(asked), at(existing)), collide);
    QCOMPARE(bindsCollide(at(existing), at(asked)), collide);
}

void tst_KernelRules::verdicts()
{
    QCOMPARE(verdict(scene({}), "10.0.0.5:3260"), std::string("ok"));
    QCOMPARE(verdict(scene({}), "127.0.0.9:3260"), std::string("ok"));
    QCOMPARE(verdict(scene({}), "10.0.0.9:3260"), std::string("not-on-host"));
    QCOMPARE(verdict(scene({}), "10.0.0.9:3260", Stance::BeyondPolicy), std::string("ok"));
    QCOMPARE(verdict(scene({}), "0.0.0.0:3260"), std::string("wildcard"));
    QCOMPARE(verdict(scene({}), "[::ffff:10.0.0.5]:3260"), std::string("mapped"));
    QCOMPARE(verdict(scene({}), "239.0.0.1:1"), std::string("multicast"));
    QCOMPARE(verdict(scene({}), "239.0.0.1:1", Stance::BeyondPolicy), std::string("ok"));
    QCOMPARE(verdict(scene({}), "[ff02::1]:1", Stance::BeyondPolicy), std::string("multicast"));
    QCOMPARE(verdict(scene({}), "10.0.0.5:0"), std::string("port-zero"));
    QCOMPARE(verdict(scene({}), "[fe80::1]:1"), std::string("no-scope"));
    QCOMPARE(verdict(scene({}), "[fe80::1%eth9]:1", Stance::BeyondPolicy), std::string("no-scope"));
    QCOMPARE(verdict(scene({}), "[fe80::1%eth0]:1"), std::string("ok"));
    QCOMPARE(verdict(scene({}), "[fe80::1%eth1]:1"), std::string("not-on-host"));

    const Scene one = scene({bound("a", 1, "10.0.0.5:1"), bound("a", 2, "10.0.0.6:1"), bound("b", 1, "[::1]:1"),
                             bound("b", 7, "0.0.0.0:2")});
    QCOMPARE(verdict(one, "10.0.0.5:1"), std::string("already"));
    QCOMPARE(verdict(one, "10.0.0.6:1"), std::string("in-use-same-target: TPG 2"));
    QCOMPARE(verdict(one, "[::1]:1"), std::string("ok")); // shared with b
    QCOMPARE(verdict(one, "10.0.0.5:2"), std::string("wildcard-in-the-way: b, TPG 7: 0.0.0.0:2"));
    QCOMPARE(verdict(one, "0.0.0.0:2", Stance::BeyondPolicy), std::string("ok"));
    QCOMPARE(verdict(one, "[::]:1", Stance::BeyondPolicy), std::string("wildcard-match: TPG 1"));
    QCOMPARE(verdict(one, "0.0.0.0:1", Stance::BeyondPolicy), std::string("wildcard-match: b, TPG 1: [::1]:1"));
    // Already there comes before whatever else the target has.
    const Scene both = scene({bound("a", 2, "[::1]:1"), bound("a", 1, "0.0.0.0:1")});
    QCOMPARE(verdict(both, "0.0.0.0:1"), std::string("already"));
}

void tst_KernelRules::ghosts()
{
    // b has a ghost: a wildcard without a socket, behind [::1]:1, whose own directory is gone.
    Scene now = scene({});
    now.bound = {bound("b", 1, "0.0.0.0:1")};
    now.listeners = {listener("[::1]:1")};
    QCOMPARE(verdict(now, "[::1]:1"), std::string("ok")); // the kernel shares it
    QCOMPARE(verdict(now, "0.0.0.0:1", Stance::BeyondPolicy), std::string("wildcard-match: b, TPG 1: 0.0.0.0:1"));
    QCOMPARE(verdict(now, "[::]:1", Stance::BeyondPolicy), std::string("wildcard-match: b, TPG 1: 0.0.0.0:1"));
    // The same target's ghost stands for it, which only the refusal shows.
    now.bound = {bound("a", 2, "0.0.0.0:1")};
    QCOMPARE(verdict(now, "[::1]:1", Stance::AfterRefusal), std::string("wildcard-match: TPG 2"));
}

void tst_KernelRules::foreignProcesses()
{
    QCOMPARE(verdict(scene({}, {listener("10.0.0.5:1", "nginx", 71)}), "10.0.0.5:1"),
             std::string("port-taken: nginx (71)"));
    QCOMPARE(verdict(scene({}, {listener("0.0.0.0:1", "nginx", 71)}), "10.0.0.5:1"),
             std::string("port-taken: nginx (71)"));
    QCOMPARE(verdict(scene({}, {listener("10.0.0.6:1", "nginx", 71)}), "10.0.0.5:1"), std::string("ok"));
    // An IPv6 wildcard may or may not take IPv4.
    const Scene six = scene({}, {listener("[::]:1", "nginx", 71)});
    QCOMPARE(verdict(six, "10.0.0.5:1"), std::string("ok"));
    QCOMPARE(verdict(six, "10.0.0.5:1", Stance::AfterRefusal), std::string("port-taken: nginx (71)"));
    QCOMPARE(verdict(six, "[::1]:1"), std::string("port-taken: nginx (71)"));
}

void tst_KernelRules::goneFirst()
{
    const Scene now = scene({bound("a", 1, "0.0.0.0:1"), bound("b", 1, "0.0.0.0:1")});
    std::vector<BoundPortal> gone = {now.bound[0]};
    QCOMPARE(without(now, gone).listeners.size(), std::size_t(2)); // b's is still there
    QCOMPARE(verdict(without(now, gone), "10.0.0.5:1"), std::string("wildcard-in-the-way: b, TPG 1: 0.0.0.0:1"));
    gone.push_back(now.bound[1]);
    QCOMPARE(without(now, gone).listeners.size(), std::size_t(0));
    QCOMPARE(verdict(without(now, gone), "10.0.0.5:1"), std::string("ok"));
}

void tst_KernelRules::names_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<bool>("good");
    const auto row = [](const char *name, bool good) { QTest::newRow(name) << QByteArray(name) << good; };
    row("iqn.2026-11.org.example", true);
    row("iqn.2026-11.org.example:disk.1-a:b", true);
    row("eui.0123456789abcdef", true);
    row("naa.0123456789abcdef0123456789abcdef", true);
    row("naa.0123456789abcde", false);
    row("iqn.2026-00.org.example:x", false);
    row("iqn.2026-1.org.example:x", false);
    row("iqn.2026-11.org.example:", false);
    row("iqn.2026-11.-org.example:x", false);
    row("iqn.2026-11.org.example:X", false);
    row("iqn.2026-11.org.example:a_b", false);
    row("iqn.2026-11.:x", false);
    row("iqn.", false);
    row("", false);
}

void tst_KernelRules::names()
{
    QFETCH(QByteArray, name);
    QFETCH(bool, good);
    QCOMPARE(iscsiNameFault(name.toStdString()).empty(), good);
    QVERIFY(sameIscsiName("IQN.a", "iqn.A") && !sameIscsiName("iqn.a", "iqn.ab"));
    QVERIFY(!iscsiNameFault("iqn.2026-11.org.example:" + std::string(200, 'a')).empty());
}

/// As a 6.1 kernel printed it for an open-iscsi initiator.
void tst_KernelRules::sessionInfo()
{
    const auto session = readSessionInfo(R"(InitiatorName: iqn.2026-11.org.example:initiator
InitiatorAlias: guest
LIO Session ID: 2   ISID: 0x00 02 3d 00 00 02  TSIH: 2  SessionType: Normal
Session State: TARG_SESS_STATE_LOGGED_IN
---------------------[iSCSI Session Values]-----------------------
  CmdSN/WR  :  CmdSN/WC  :  ExpCmdSN  :  MaxCmdSN  :     ITT    :     TTT
 0x00000040   0x00000040   0x00000004   0x00000043   0x00000004   0x00000004
----------------------[iSCSI Connections]-------------------------
CID: 0  Connection State: TARG_CONN_STATE_LOGGED_IN
   Address 127.0.0.1 TCP  StatSN: 0xb52ea03e
CID: 1  Connection State: TARG_CONN_STATE_IN_LOGOUT
   Address [2001:db8::9] TCP  StatSN: 0xb52ea03e
)");
    QVERIFY(session);
    QCOMPARE(session->sid, 2U);
    QCOMPARE(session->isid, std::string("0x00023d000002"));
    QCOMPARE(session->type, std::string("Normal"));
    QCOMPARE(session->state, std::string("LOGGED_IN"));
    QCOMPARE(session->connections.size(), std::size_t(2));
    QCOMPARE(session->connections[0].peer, std::string("127.0.0.1"));
    QCOMPARE(session->connections[1].peer, std::string("2001:db8::9"));
    QCOMPARE(session->connections[1].state, std::string("IN_LOGOUT"));
    QVERIFY(!readSessionInfo("No active iSCSI Session for Initiator Endpoint: iqn.2026-11.org.example:initiator\n"));
    QVERIFY(readDynamicSessions(std::string_view("iqn.b\n\0iqn.a\n\0", 14))
            == (std::vector<std::string>{"iqn.a", "iqn.b"}));
}

QTEST_GUILESS_MAIN(tst_KernelRules)

#include "tst_kernelrules.moc"
