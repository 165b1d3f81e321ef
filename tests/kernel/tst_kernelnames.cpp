// SPDX-License-Identifier: Apache-2.0
// How the kernel reads the names of directories, held against how the program says it does.
#include "backends/lio/helper/directoryname.h"
#include "tests/kernel/guestkernel.h"

#include <QTest>

#include <cerrno>
#include <random>

using namespace portalbind::kernel;

class tst_KernelNames : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase() { guest::clear(); }
    void portal_data();
    void portal();
    void mutatedPortals();
    void tpg_data();
    void tpg();
    void targets();

private:
    void compare(const std::string &name);

    std::string m_target = guest::fabric.toStdString() + "iqn.2026-11.org.example:names";
    std::string m_np = m_target + "/tpgt_1/np/";
    int m_accepted = 0;
    int m_refused = 0;
};

void tst_KernelNames::initTestCase()
{
    QVERIFY(guest::isGuest());
    QCOMPARE(guest::make(m_target), 0);
    QCOMPARE(guest::make(m_target + "/tpgt_1"), 0);
    guest::addAddress(QStringLiteral("fe80::1234/64"));
}

void tst_KernelNames::portal_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("listens"); // empty: refused

    const auto row = [](const char *name, const char *listens) {
        QTest::newRow(name) << QByteArray(name) << QByteArray(listens);
    };
    row("127.0.0.1:3260", "127.0.0.1:3260");
    row("127.0.0.1:03260", "127.0.0.1:1712");
    row("127.0.0.1:0xCBC", "127.0.0.1:3260");
    row("127.0.0.1:0Xcbc", "127.0.0.1:3260");
    row("127.0.0.1:+3260", "127.0.0.1:3260");
    row("127.0.0.1:3260\n", "127.0.0.1:3260");
    row("127.0.0.1:09", "");
    row("127.0.0.1:-1", "");
    row("127.0.0.1:65535", "127.0.0.1:65535");
    row("127.0.0.1:65536", "");
    row("127.0.0.1:abc", "");
    row("127.0.0.1:", "");
    row("127.0.0.1: 3260", "");
    row("127.0.0.1", "");
    row("127.0.0.01:3260", "127.0.0.1:3260");
    row("127.000.0.1:3260", "127.0.0.1:3260");
    row("127.0.0.010:3260", "127.0.0.10:3260");
    row("0127.0.0.1:3260", "127.0.0.1:3260");
    row("127.1:3260", "");
    row("127.0.0.1.:3260", "");
    row("300.1.1.1:1", "");
    row("localhost:1", "");
    row(" 127.0.0.1:3260", "");
    row("127.0.0.1\nx:3260", "127.0.0.1:3260");
    row("[127.0.0.1]:3260", "127.0.0.1:3260");
    row("[127.0.0.1:zz]:3260", "127.0.0.1:3260");
    row("0.0.0.0:3260", "0.0.0.0:3260");
    row("::1:3260", "");
    row("[::1]:3260", "[::1]:3260");
    row("[::1:3260", "");
    row("[::1]3260", "");
    row("x[::1]y:3260", "[::1]:3260");
    row("[0:0:0:0:0:0:0:1]:3260", "[::1]:3260");
    row("[0000000:0::00001]:3260", "[::1]:3260");
    row("[::00000000000000000000000000000000000000000001]:1", "[::1]:1");
    row("[2001:DB8::10]:3260", "[2001:db8::10]:3260");
    row("[2001:db8:0:0:0:0:0:1:2]:3260", "");
    row("[2001:db8::1::2]:3260", "");
    row("[1:2:3:4:5:6:7::]:3260", "[1:2:3:4:5:6:7:0]:3260");
    row("[::2:3:4:5:6:7:8]:3260", "[0:2:3:4:5:6:7:8]:3260");
    row("[1:2:3:4:5:6:7:]:3260", "");
    row("[:1]:3260", "");
    row("[:::]:3260", "");
    row("[12345::]:3260", "");
    row("[::]:3260", "[::]:3260");
    row("[::ffff:127.0.0.1]:3260", "[::ffff:127.0.0.1]:3260");
    row("[::ffff:127.0.0.01]:3260", "[::ffff:127.0.0.1]:3260");
    row("[::127.0.0.1:9]:3260", "[::127.0.0.1]:3260");
    row("[1:2:3:4:5:6:1.2.3.4]:3260", "[1:2:3:4:5:6:102:304]:3260");
    row("[1:2:3:4:5:1.2.3.4]:3260", "");
    row("[::1%lo]:3260", "[::1]:3260"); // no link-local address: the scope is not looked at
    row("[::1%nothing]:3260", "[::1]:3260");
    row("[fe80::1234]:3260", "");
    row("[fe80::1234%dummy0]:3260", "[fe80::1234]:3260");
    row("[fe80::1234%nothing]:3260", "");
    row("239.1.2.3:3260", "239.1.2.3:3260");
    row("255.255.255.255:3260", "255.255.255.255:3260");
    row("192.0.2.99:3260", "192.0.2.99:3260");
}

/// What the kernel did with \a name and what the program reads from it.
void tst_KernelNames::compare(const std::string &name)
{
    const auto read = readPortalName(name);
    const int error = guest::make(m_np + name);
    const std::set<std::string> listening = error == 0 ? guest::listening() : std::set<std::string>();
    if (error == 0)
        QCOMPARE(guest::remove(m_np + name), 0);
    QVERIFY2(error == 0 || error == EINVAL, name.c_str());
    ++(error == 0 ? m_accepted : m_refused);
    const bool boundLinkLocal = read && read->ip.isLinkLocal()
            && read->ip.scope != "dummy0"; // read, and refused by bind()
    QVERIFY2((error == 0) == (read.has_value() && !boundLinkLocal), (name + ": " + strerror(error)).c_str());
    if (error != 0 || read->port == 0)
        return;
    SocketAddress bare = *read;
    bare.ip.scope.clear();
    std::string all;
    bool found = false;
    for (const std::string &text : listening) {
        all += text + ' ';
        found = found || parseSocketAddress(text) == bare;
    }
    QVERIFY2(found, (name + " is read as " + bare.text() + ", and these listen: " + all).c_str());
}

void tst_KernelNames::portal()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, listens);
    const auto read = readPortalName(name.toStdString());
    const auto expected = parseSocketAddress(listens.toStdString());
    if (expected && !expected->ip.isLinkLocal())
        QCOMPARE(read, expected);
    compare(name.toStdString());
    if (!QTest::currentTestFailed() && listens.isEmpty() && !name.startsWith("[fe80"))
        QVERIFY(!read);
}

/// Names that differ a little from good ones: whatever the kernel does with them, the program reads it the same way.
void tst_KernelNames::mutatedPortals()
{
    const std::vector<std::string> good = {"127.0.0.1:3260",         "[2001:db8::10]:3260", "[::ffff:127.0.0.1]:0x10",
                                           "[1:2:3:4:5:6:7:8]:0177", "[::]:3261",           "[fe80::1234%dummy0]:3262",
                                           "[0:0:1::127.0.0.1]:99",  "[127.0.0.1]:3260"};
    const std::string letters = "0123456789abcdefxX:.[]%+ g\n";
    std::mt19937 random(qEnvironmentVariable("PORTALBIND_SEED", QStringLiteral("1")).toUInt());
    for (int i = 0; i < 600; ++i) {
        std::string name = good[random() % good.size()];
        for (unsigned change = random() % 4; change > 0; --change) {
            const std::size_t at = random() % (name.size() + 1);
            const char letter = letters[random() % letters.size()];
            switch (random() % 3) {
            case 0:
                name.insert(at, 1, letter);
                break;
            case 1:
                name.erase(at, 1);
                break;
            default:
                if (at < name.size())
                    name[at] = letter;
            }
        }
        if (name.empty() || name == "." || name == "..")
            continue;
        compare(name);
        if (QTest::currentTestFailed())
            return;
    }
    qInfo("%d names accepted, %d refused", m_accepted, m_refused);
    QVERIFY(m_accepted > 50);
    QVERIFY(m_refused > 50);
}

void tst_KernelNames::tpg_data()
{
    QTest::addColumn<QByteArray>("name");
    for (const char *name :
         {"tpgt_0", "tpgt_2", "tpgt_65535", "tpgt_65536", "tpgt_01", "tpgt_010", "tpgt_0x10", "tpgt_", "tpgt_a",
          "tpgt_1 ", "tpgt_+7", "tpgt_-1", "tpgt", "TPGT_9", "xtpgt_11", "tpgt_tpgt_3", "tpgt_08"})
        QTest::newRow(name) << QByteArray(name);
}

void tst_KernelNames::tpg()
{
    QFETCH(QByteArray, name);
    const std::string path = m_target + '/' + name.toStdString();
    const int error = guest::make(path);
    if (error == 0)
        QCOMPARE(guest::remove(path), 0);
    QCOMPARE(error, readTpgName(name.toStdString()) ? 0 : EINVAL);
}

/// Facts that the program builds on: the kernel checks no names, and minds letter case.
void tst_KernelNames::targets()
{
    const std::string root = guest::fabric.toStdString();
    for (const std::string name : {"foo", "IQN.2026-11.ORG.EXAMPLE:NAMES", "a b,c", "line\nfeed", "\xff\xfe"}) {
        QCOMPARE(guest::make(root + name), 0);
        QCOMPARE(guest::remove(root + name), 0);
    }
    const std::string longest = "iqn." + std::string(longestTargetName - 4, 'a');
    QCOMPARE(guest::make(root + longest), 0);
    QCOMPARE(guest::make(root + longest + 'a'), EINVAL);
    QCOMPARE(guest::remove(root + longest), 0);
}

QTEST_GUILESS_MAIN(tst_KernelNames)

#include "tst_kernelnames.moc"
