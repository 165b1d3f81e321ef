// SPDX-License-Identifier: Apache-2.0
// What happens while a console is connected: changes by others, sessions of a real initiator, a killed helper.
#include "tests/kernel/guestkernel.h"
#include "tests/kernel/helperprocess.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTcpSocket>
#include <QTest>

#include <csignal>
#include <memory>
#include <random>

using Json = HelperProcess::Json;

namespace {

const std::string disk1 = "iqn.2026-11.org.example:disk1";
const std::string initiator = "iqn.2026-11.org.example:initiator";

std::string tpgPath(int tag)
{
    return guest::fabric.toStdString() + disk1 + "/tpgt_" + std::to_string(tag);
}

Json portal(int tag, const std::string &address)
{
    return {{"target", disk1}, {"tpg", tag}, {"portal", address}, {"beyondPolicy", true}};
}

guest::Outcome iscsiadm(const char *arguments)
{
    return guest::run(QStringLiteral("iscsiadm"), QString::fromLatin1(arguments).split(QLatin1Char(' ')));
}

} // namespace

class tst_KernelLive : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();
    void changesAreTold_data();
    void changesAreTold();
    void manyAreToldTogether();
    void connectionsAreTold();
    void unwatch();
    void sessions();
    void killed();

private:
    /// Runs \a change; the event that follows, as one text of its kinds; the time in \a milliseconds.
    QByteArray toldOf(const QByteArray &change, qint64 &milliseconds);

    std::unique_ptr<HelperProcess> m_helper;
};

void tst_KernelLive::initTestCase()
{
    QVERIFY(guest::isGuest());
    QVERIFY(QDir().mkpath(QStringLiteral("/etc/rtslib-fb-target")));
    guest::addAddress(QStringLiteral("192.0.2.10/24"));
}

void tst_KernelLive::init()
{
    m_helper = std::make_unique<HelperProcess>();
    m_helper->ok("make-target", {{"target", disk1}});
    for (int tag : {1, 2})
        m_helper->ok("make-tpg", {{"target", disk1}, {"tpg", tag}});
    m_helper->ok("make-portal", portal(1, "127.0.0.1:3260"));
}

void tst_KernelLive::cleanup()
{
    m_helper.reset();
    guest::clear();
}

QByteArray tst_KernelLive::toldOf(const QByteArray &change, qint64 &milliseconds)
{
    const auto outcome = guest::run(QStringLiteral("sh"), {QStringLiteral("-c"), QString::fromUtf8(change)});
    if (outcome.status != 0)
        return "the change failed: " + outcome.output;
    QElapsedTimer timer;
    timer.start();
    const Json event = m_helper->line(5000);
    milliseconds = timer.elapsed();
    return event.is_object() && event.value("event", "") == "changed" ? QByteArray::fromStdString(event["what"].dump())
                                                                      : QByteArray();
}

void tst_KernelLive::changesAreTold_data()
{
    QTest::addColumn<QByteArray>("change");
    QTest::addColumn<QByteArray>("kinds");
    const QByteArray root = guest::fabric.toUtf8();
    const QByteArray target = root + QByteArray::fromStdString(disk1);
    const auto row = [](const char *name, const QByteArray &change, const char *kinds) {
        QTest::newRow(name) << change << QByteArray(kinds);
    };
    row("portal made", "mkdir '" + target + "/tpgt_2/np/127.0.0.1:3265'", R"(["targets"])");
    row("portal removed", "rmdir '" + target + "/tpgt_1/np/127.0.0.1:3260'", R"(["targets"])");
    row("TPG made", "mkdir " + target + "/tpgt_9", R"(["targets"])");
    row("portal in a new TPG",
        "mkdir " + target + "/tpgt_9 && sleep 0.5 && mkdir '" + target + "/tpgt_9/np/127.0.0.1:3266'",
        R"(["targets"])");
    row("target made", "mkdir " + root + "iqn.2026-11.org.example:other", R"(["targets"])");
    row("enabled", "echo 1 >" + target + "/tpgt_1/enable", R"(["targets"])");
    row("ACL made", "mkdir " + target + "/tpgt_1/acls/iqn.2026-11.org.example:x", R"(["targets"])");
    row("LUN mapped",
        "mkdir " + target + "/tpgt_1/acls/iqn.2026-11.org.example:x " + target
                + "/tpgt_1/acls/iqn.2026-11.org.example:x/lun_3",
        R"(["targets"])");
    row("address", "ip addr add 192.0.2.11/24 dev dummy0; sleep 0.3; ip addr del 192.0.2.11/24 dev dummy0",
        R"(["addresses"])");
    row("link", "ip link set dummy0 down; ip link set dummy0 up", R"(["addresses"])");
    row("saved", "echo {} >/etc/rtslib-fb-target/saveconfig.json", R"(["saved"])");
    row("another console",
        "echo '{\"id\":1,\"do\":\"candidate-keep\",\"portals\":[\"10.0.0.1:3260\"]}' | "
                + HelperProcess::program().toUtf8()
                + "; echo '{\"id\":1,\"do\":\"candidate-drop\",\"portals\":[\"10.0.0.1:3260\"]}' | "
                + HelperProcess::program().toUtf8(),
        R"(["pools"])");
}

void tst_KernelLive::changesAreTold()
{
    QFETCH(QByteArray, change);
    QFETCH(QByteArray, kinds);
    SAME(m_helper->ok("watch")["complete"], true);
    qint64 milliseconds = 0;
    QCOMPARE(toldOf(change, milliseconds), kinds);
    // 100 ms are promised; the guest's processor is shared with whatever else runs.
    QVERIFY2(milliseconds < 1000, QByteArray::number(milliseconds).constData());
    while (!m_helper->isSilent(400)) { } // a second part of the change
    // A change that it made itself is told too: another console may be looking.
    m_helper->ok("make-portal", portal(2, "127.0.0.1:3299"));
    SAME(m_helper->line(5000)["what"], Json::array({"targets"}));
}

void tst_KernelLive::manyAreToldTogether()
{
    m_helper->ok("watch");
    for (int port = 4000; port < 4050; ++port)
        QCOMPARE(guest::make(tpgPath(1) + "/np/127.0.0.1:" + std::to_string(port)), 0);
    int events = 0;
    while (!m_helper->isSilent(500))
        ++events;
    QVERIFY2(events >= 1 && events <= 10, QByteArray::number(events).constData());
}

void tst_KernelLive::connectionsAreTold()
{
    m_helper->ok("watch");
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, 3260);
    QVERIFY(socket.waitForConnected());
    SAME(m_helper->line(5000)["what"], Json::array({"connections"}));
    const Json seen = m_helper->ok("read")["connections"];
    SAME(seen,
         Json::parse(R"([{"local":"127.0.0.1:3260","peer":"127.0.0.1:)" + std::to_string(socket.localPort())
                     + R"("}])"));
    socket.abort();
    SAME(m_helper->line(5000)["what"], Json::array({"connections"}));
}

void tst_KernelLive::unwatch()
{
    m_helper->ok("watch");
    m_helper->ok("unwatch");
    QCOMPARE(guest::make(tpgPath(1) + "/np/127.0.0.1:4000"), 0);
    QVERIFY(m_helper->isSilent(600));
}

/// A real initiator, with an ACL and without; its session outlives the portal, and shows until it ends.
void tst_KernelLive::sessions()
{
    guest::addLun(tpgPath(1), "live");
    QCOMPARE(guest::write(tpgPath(1) + "/attrib/authentication", "0")
                     | guest::write(tpgPath(1) + "/attrib/generate_node_acls", "1"),
             0);
    m_helper->ok("enable-tpg", {{"target", disk1}, {"tpg", 1}, {"enabled", true}});
    QVERIFY(QDir().mkpath(QStringLiteral("/etc/iscsi")) && QDir().mkpath(QStringLiteral("/run/lock/iscsi")));
    QFile name(QStringLiteral("/etc/iscsi/initiatorname.iscsi"));
    QVERIFY(name.open(QIODevice::WriteOnly));
    name.write("InitiatorName=" + QByteArray::fromStdString(initiator) + '\n');
    name.close();
    QCOMPARE(guest::run(QStringLiteral("iscsid"), {}).status, 0);
    guest::Outcome outcome;
    QTRY_VERIFY2((outcome = iscsiadm("-m discovery -t st -p 127.0.0.1:3260")).status == 0, outcome.output.constData());
    outcome = iscsiadm("-m node --login");
    QVERIFY2(outcome.status == 0, outcome.output.constData());

    Json tpg = m_helper->ok("read")["targets"][0]["tpgs"][0];
    SAME(tpg["dynamicSessions"], Json::array({initiator}));
    SAME(m_helper->ok("read")["connections"].size(), 1);
    SAME(m_helper->ask("remove-tpg", {{"target", disk1}, {"tpg", 1}})["refused"]["holds"]["sessions"], 1);

    // With an ACL of its own the kernel tells more.
    QVERIFY(iscsiadm("-m node --logout").status == 0);
    QCOMPARE(guest::make(tpgPath(1) + "/acls/" + initiator), 0);
    outcome = iscsiadm("-m node --login");
    QVERIFY2(outcome.status == 0, outcome.output.constData());
    tpg = m_helper->ok("read")["targets"][0]["tpgs"][0];
    QVERIFY(tpg["dynamicSessions"].empty());
    const Json session = tpg["acls"][0]["session"];
    SAME(session["state"], "LOGGED_IN");
    SAME(session["type"], "Normal");
    SAME(session["initiator"], initiator);
    QVERIFY2(session["isid"].get<std::string>().find("0x00023d") == 0, session.dump().c_str());
    SAME(session["connections"], Json::parse(R"([{"cid":0,"state":"LOGGED_IN","peer":"127.0.0.1"}])"));

    // The portal goes, the session stays; the console can see both.
    m_helper->ok("remove-portal", {{"target", disk1}, {"tpg", 1}, {"portal", "127.0.0.1:3260"}});
    tpg = m_helper->ok("read")["targets"][0]["tpgs"][0];
    SAME(tpg["acls"][0]["session"]["state"], "LOGGED_IN");
    QVERIFY(tpg["portals"].empty());
    SAME(m_helper->ask("remove-tpg", {{"target", disk1}, {"tpg", 1}})["refused"]["holds"]["sessions"], 1);
    QVERIFY(iscsiadm("-m node --logout").status == 0);
    QTRY_VERIFY(!m_helper->ok("read")["targets"][0]["tpgs"][0]["acls"][0].contains("session"));
    iscsiadm("-k 0"); // ends iscsid
}

/// SIGKILL at any moment: what the next one reads is whole, and says what the kernel and the files have. The kernel
/// keeps the socket of a portal in whose making the process was killed (docs/lio.md): then the next port is taken.
void tst_KernelLive::killed()
{
    std::set<std::string> kept;
    std::string address = "127.0.0.1:3260";
    std::mt19937 random(qEnvironmentVariable("PORTALBIND_SEED", QStringLiteral("1")).toUInt());
    QFile saved(QStringLiteral("/etc/rtslib-fb-target/saveconfig.json"));
    QVERIFY(saved.open(QIODevice::WriteOnly));
    saved.write(R"({"fabric_modules":[],"storage_objects":[],"targets":[]})");
    saved.close();
    int unfinished = 0;
    for (int i = 0; i < 60; ++i) {
        const Json objects = {{{"target", disk1}},
                              {{"target", disk1}, {"tpg", 1}},
                              {{"target", disk1}, {"tpg", 1}, {"portal", address}}};
        HelperProcess victim;
        QByteArray lines;
        for (int id = 1; id <= 40; ++id) {
            Json request = id % 4 == 0 ? Json{{"do", "save"}, {"objects", objects}}
                    : id % 4 == 3      ? Json{{"do", "candidate-keep"},
                                         {"portals", {"10.0.0." + std::to_string(i) + ":" + std::to_string(id)}}}
                                       : Json(portal(1, address));
            if (id % 4 == 1 || id % 4 == 2)
                request["do"] = id % 4 == 1 ? "remove-portal" : "make-portal";
            if (id % 4 == 1)
                request.erase("beyondPolicy");
            request["id"] = id;
            lines += QByteArray::fromStdString(request.dump()) + '\n';
        }
        victim.write(lines);
        for (unsigned answers = random() % 12; answers > 0; --answers)
            QVERIFY(victim.line().is_object());
        QTest::qWait(int(random() % 8));
        unfinished += victim.process().state() == QProcess::Running ? 1 : 0;
        kill(pid_t(victim.process().processId()), SIGKILL);
        QVERIFY(victim.process().waitForFinished());

        const Json read = m_helper->ok("read");
        SAME(read["saved"]["error"], "");
        SAME(read["pools"]["error"], "");
        const Json &portals = read["targets"][0]["tpgs"][0]["portals"];
        QCOMPARE(portals.size(), guest::names(tpgPath(1) + "/np").size());
        for (const Json &one : portals)
            SAME(one["listening"], true);
        std::set<std::string> listening = guest::listening();
        for (const std::string &lost : kept)
            QCOMPARE(listening.erase(lost), std::size_t(1));
        if (portals.empty() && !listening.empty()) {
            SAME(listening, std::set<std::string>{address});
            SAME(m_helper->why("make-portal", portal(1, address)), "port-taken");
            kept.insert(address);
            address = "127.0.0.1:" + std::to_string(3260 + kept.size());
            continue;
        }
        QCOMPARE(portals.size(), listening.size());
        SAME(m_helper->why("save", {{"objects", objects}}),
             "ok"); // no lock is left, and a temporary file is no obstacle
        QVERIFY(!QFile::exists(saved.fileName() + QStringLiteral(".portalbind")));
    }
    QVERIFY2(unfinished > 30, QByteArray::number(unfinished).constData());
}

QTEST_GUILESS_MAIN(tst_KernelLive)

#include "tst_kernellive.moc"
