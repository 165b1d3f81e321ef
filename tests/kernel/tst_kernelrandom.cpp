// SPDX-License-Identifier: Apache-2.0
// 10,000 portals made and removed at random. After each step a model of the kernel that is written here once more,
// configfs, and the listening sockets agree; and what the program foretold is what happened.
#include "backends/lio/helper/directoryname.h"
#include "backends/lio/helper/kernelchange.h"
#include "tests/kernel/guestkernel.h"

#include <QElapsedTimer>
#include <QTest>

#include <cerrno>
#include <map>
#include <random>

using namespace portalbind::kernel;

namespace {

/// The spellings, and what each of them is: worked out by hand, not by the program's reader.
struct Spelling
{
    const char *name;
    const char *ip; ///< canonical
    int port;
};

constexpr Spelling spellings[] = {
        {"127.0.0.1:3260", "127.0.0.1", 3260},
        {"127.0.0.01:3260", "127.0.0.1", 3260},
        {"127.0.0.1:0xCBC", "127.0.0.1", 3260},
        {"127.0.0.1:06274", "127.0.0.1", 3260},
        {"127.0.0.2:3260", "127.0.0.2", 3260},
        {"192.0.2.99:3260", "192.0.2.99", 3260},
        {"0.0.0.0:3260", "0.0.0.0", 3260},
        {"[::1]:3260", "::1", 3260},
        {"x[::1]y:3260", "::1", 3260},
        {"[0:0:0:0:0:0:0:1]:3260", "::1", 3260},
        {"[2001:DB8::10]:3260", "2001:db8::10", 3260},
        {"[::]:3260", "::", 3260},
        {"[::ffff:127.0.0.1]:3260", "::ffff:127.0.0.1", 3260},
        {"127.0.0.1:3261", "127.0.0.1", 3261},
        {"[::1]:3261", "::1", 3261},
        {"0.0.0.0:3261", "0.0.0.0", 3261},
        {"[::]:3261", "::", 3261},
};

struct Address
{
    std::string ip;
    int port = 0;
    [[nodiscard]] bool isIPv4() const { return ip.find(':') == std::string::npos; }
    [[nodiscard]] bool isAny() const { return ip == "0.0.0.0" || ip == "::"; }
    [[nodiscard]] std::string text() const { return (isIPv4() ? ip : '[' + ip + ']') + ':' + std::to_string(port); }
    /// The IPv4 address that the socket has, `::` for one that takes both.
    [[nodiscard]] std::string inner() const { return ip == "::ffff:127.0.0.1" ? "127.0.0.1" : ip; }
    friend bool operator==(const Address &a, const Address &b) { return a.ip == b.ip && a.port == b.port; }
};

/// The kernel's portal code: a list of listeners with counts of users.
class Model
{
public:
    struct Listener
    {
        Address address;
        int users = 0;
    };
    struct Portal
    {
        int target = 0;
        int tpg = 0;
        std::string name;
        Address address;
        Listener *listener = nullptr;
    };

    int make(int target, int tpg, const Spelling &spelling)
    {
        for (const Portal &portal : portals) {
            if (portal.target == target && portal.tpg == tpg && portal.name == spelling.name)
                return EEXIST;
        }
        const Address asked{spelling.ip, spelling.port};
        for (const Portal &portal : portals) {
            if (portal.target == target && isTakenFor(asked, portal.listener->address))
                return EINVAL;
        }
        for (auto &listener : listeners) {
            if (isTakenFor(asked, listener->address)) {
                ++listener->users;
                portals.push_back({target, tpg, spelling.name, asked, listener.get()});
                return 0;
            }
        }
        for (const auto &listener : listeners) {
            if (collide(asked, listener->address))
                return EINVAL;
        }
        listeners.push_back(std::make_unique<Listener>(Listener{asked, 1}));
        portals.push_back({target, tpg, spelling.name, asked, listeners.back().get()});
        return 0;
    }

    int remove(int target, int tpg, const std::string &name)
    {
        for (auto portal = portals.begin(); portal != portals.end(); ++portal) {
            if (portal->target != target || portal->tpg != tpg || portal->name != name)
                continue;
            Listener *listener = portal->listener;
            portals.erase(portal);
            if (--listener->users == 0)
                std::erase_if(listeners, [listener](const auto &other) { return other.get() == listener; });
            return 0;
        }
        return ENOENT;
    }

    /// Whether the target has a portal of another address that hangs on the listener at \a address.
    [[nodiscard]] bool hasGhostFor(int target, const Address &address) const
    {
        return std::any_of(portals.begin(), portals.end(), [&](const Portal &portal) {
            return portal.target == target && portal.listener->address == address && !(portal.address == address);
        });
    }

    [[nodiscard]] std::string text() const
    {
        std::string all;
        for (const Portal &portal : portals)
            all += "; " + std::to_string(portal.target) + '/' + std::to_string(portal.tpg) + ' ' + portal.name + " on "
                    + portal.listener->address.text();
        return all;
    }

    std::vector<Portal> portals;
    std::vector<std::unique_ptr<Listener>> listeners; ///< oldest first

private:
    static bool isTakenFor(const Address &asked, const Address &existing)
    {
        return asked.port == existing.port
                && (asked.isIPv4() == existing.isIPv4() ? asked.ip == existing.ip : asked.isAny());
    }

    static bool collide(const Address &a, const Address &b)
    {
        if (a.port != b.port)
            return false;
        const std::string one = a.inner();
        const std::string other = b.inner();
        if (one == "::" || other == "::" || one == other)
            return true;
        const bool four = one.find(':') == std::string::npos && other.find(':') == std::string::npos;
        return four && (one == "0.0.0.0" || other == "0.0.0.0");
    }
};

} // namespace

class tst_KernelRandom : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase() { guest::clear(); }
    void agree();

private:
    void makeOne(int target, int tpg, const Spelling &spelling);
    void compare();
    [[nodiscard]] std::string targetName(int target) const
    {
        return "iqn.2026-11.org.example:t" + std::to_string(target);
    }
    [[nodiscard]] std::string np(int target, int tpg) const
    {
        return guest::fabric.toStdString() + targetName(target) + "/tpgt_" + std::to_string(tpg) + "/np";
    }

    Model m_model;
    Places m_places;
    SocketOwners m_owners{"/proc"};
    KernelChange m_change{m_places, m_owners};
    std::map<std::string, int> m_outcomes;
};

void tst_KernelRandom::initTestCase()
{
    QVERIFY(guest::isGuest());
    for (int target = 1; target <= 3; ++target) {
        QCOMPARE(guest::make(guest::fabric.toStdString() + targetName(target)), 0);
        for (int tpg = 1; tpg <= 2; ++tpg)
            QCOMPARE(guest::make(guest::fabric.toStdString() + targetName(target) + "/tpgt_" + std::to_string(tpg)), 0);
    }
}

void tst_KernelRandom::makeOne(int target, int tpg, const Spelling &spelling)
{
    const auto read = readPortalName(spelling.name);
    QVERIFY(read);
    QCOMPARE(read->ip.text() + ' ' + std::to_string(read->port),
             std::string(spelling.ip) + ' ' + std::to_string(spelling.port));
    const auto scene = m_change.scene(read->port);
    QVERIFY(scene);
    const Judgement before = judgePortal(*scene, targetName(target), "tpgt_" + std::to_string(tpg), *read,
                                         Stance::BeyondPolicy);

    const int expected = m_model.make(target, tpg, spelling);
    const int error = guest::make(np(target, tpg) + '/' + spelling.name);
    QVERIFY2(error == expected,
             (std::string(spelling.name) + ": " + strerror(error) + ", foretold: " + strerror(expected)).c_str());

    const bool ghost = error == 0 && !(m_model.portals.back().listener->address == m_model.portals.back().address);
    const std::string foretold = before.already ? "already"
            : before.obstacle                   ? reasonWord(before.obstacle->reason)
                                                : "ok";
    ++m_outcomes[foretold];
    if (error == EEXIST || (before.already && error == EINVAL)) // another spelling in the same TPG
        QVERIFY2(foretold == "already",
                 (foretold + " for " + spelling.name + " in " + std::to_string(target) + m_model.text()).c_str());
    else if (ghost)
        QVERIFY2(foretold == "wildcard-match" || foretold == "ok", // ok: behind a listener without a directory
                 (foretold + " for " + spelling.name + " in " + std::to_string(target) + m_model.text()).c_str());
    else if (error == 0)
        QVERIFY2(foretold == "ok",
                 (foretold + " for " + spelling.name + " in " + std::to_string(target) + m_model.text()).c_str());
    else if (m_model.hasGhostFor(target, {spelling.ip, spelling.port}))
        ++m_outcomes["refused for a ghost"]; // which listener that hangs on cannot be seen beforehand
    else
        QVERIFY2(before.obstacle, (std::string(spelling.name) + " was to be refused").c_str());
    m_outcomes["ghost not foreseen"] += ghost && foretold == "ok" ? 1 : 0;

    if (error == EINVAL && !before.already) {
        const Judgement after = judgePortal(*scene, targetName(target), "tpgt_" + std::to_string(tpg), *read,
                                            Stance::AfterRefusal);
        QVERIFY(after.obstacle);
    }
}

void tst_KernelRandom::compare()
{
    std::map<std::string, std::set<std::string>> directories;
    for (int target = 1; target <= 3; ++target) {
        for (int tpg = 1; tpg <= 2; ++tpg)
            directories[np(target, tpg)];
    }
    for (const Model::Portal &portal : m_model.portals)
        directories[np(portal.target, portal.tpg)].insert(portal.name);
    for (const auto &[folder, names] : directories)
        QVERIFY2(guest::names(folder) == names, folder.c_str());

    std::set<std::string> listening;
    for (const auto &listener : m_model.listeners)
        listening.insert(listener->address.text());
    std::set<std::string> there;
    const auto sockets = readTcpSockets(m_places, {});
    QVERIFY(sockets);
    for (const Listener &listener : sockets->listeners)
        there.insert(listener.address.text());
    QCOMPARE(QString::fromStdString([&] {
                 std::string all;
                 for (const auto &one : there)
                     all += one + ' ';
                 return all;
             }()),
             QString::fromStdString([&] {
                 std::string all;
                 for (const auto &one : listening)
                     all += one + ' ';
                 return all;
             }()));
}

void tst_KernelRandom::agree()
{
    const int steps = qEnvironmentVariableIntValue("PORTALBIND_LONG") == 1 ? 40'000 : 10'000;
    const unsigned seed = qEnvironmentVariable("PORTALBIND_SEED", QStringLiteral("1")).toUInt();
    std::mt19937 random(seed);
    QElapsedTimer timer;
    timer.start();
    for (int step = 0; step < steps; ++step) {
        // Mostly few portals: then the first in an empty place is as likely as one among many.
        const bool remove = !m_model.portals.empty() && random() % 100 < (m_model.portals.size() > 6 ? 70U : 40U);
        if (remove) {
            const Model::Portal portal = m_model.portals[random() % m_model.portals.size()];
            QCOMPARE(m_model.remove(portal.target, portal.tpg, portal.name), 0);
            QCOMPARE(guest::remove(np(portal.target, portal.tpg) + '/' + portal.name), 0);
        } else {
            makeOne(1 + int(random() % 3), 1 + int(random() % 2), spellings[random() % std::size(spellings)]);
        }
        if (!QTest::currentTestFailed())
            compare();
        if (QTest::currentTestFailed()) {
            qWarning("step %d of seed %u", step, seed);
            return;
        }
    }
    for (const auto &[outcome, count] : m_outcomes)
        qInfo("%5d %s", count, outcome.c_str());
    qInfo("%d steps in %lld ms", steps, static_cast<long long>(timer.elapsed()));
    for (const char *outcome : {"ok", "already", "in-use-same-target", "wildcard-match", "wildcard-in-the-way"})
        QVERIFY2(m_outcomes[outcome] >= steps / 200, outcome);
}

QTEST_GUILESS_MAIN(tst_KernelRandom)

#include "tst_kernelrandom.moc"
