// SPDX-License-Identifier: Apache-2.0
#include "model/address.h"

#include <QTest>

#include <algorithm>
#include <random>

using namespace portalbind;

namespace {

IpAddress ip(const char *text)
{
    return IpAddress::parse(QString::fromLatin1(text)).value_or(IpAddress());
}

} // namespace

class TestAddress : public QObject
{
    Q_OBJECT
private slots:
    void canonicalText_data();
    void canonicalText();
    void forPortals_data();
    void forPortals();
    void whyNot_data();
    void whyNot();
    void refused_data();
    void refused();
    void equalityIsOnParsedValues();
    void order();
    void kinds_data();
    void kinds();
    void subnet_data();
    void subnet();
    void hostAddress();
    void everyAddressReadsBack();
};

void TestAddress::canonicalText_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("canonical");
    const auto row = [](const char *text, const char *canonical) {
        QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(canonical);
    };
    row("10.0.1.5", "10.0.1.5");
    row("0.0.0.0", "0.0.0.0");
    row("255.255.255.255", "255.255.255.255");
    // RFC 5952 4.1: no leading zeros in a group.
    row("2001:0db8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1");
    // 4.2.1: "::" shortens as much as it can.
    row("2001:db8:0:0:0:0:2:1", "2001:db8::2:1");
    row("2001:db8::0:1", "2001:db8::1");
    // 4.2.2: never for a single group.
    row("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1");
    row("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1");
    // 4.2.3: the longest run; the first of equal ones.
    row("2001:0:0:1:0:0:0:1", "2001:0:0:1::1");
    row("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1");
    // 4.3: lower case.
    row("2001:DB8::ABCD", "2001:db8::abcd");
    row("::", "::");
    row("::1", "::1");
    row("fe80::1%eth0", "fe80::1%eth0");
    row("FE80::1%Eth0", "fe80::1%Eth0");
    row("fe80::1%2", "fe80::1%2");
    row("[2001:db8::5]", "2001:db8::5");
    row("[fe80::5%eth1]", "fe80::5%eth1");
    // The last 32 bits may be written as dotted IPv4 (RFC 4291 2.2).
    row("2001:db8::10.0.1.5", "2001:db8::a00:105");
}

void TestAddress::canonicalText()
{
    QFETCH(QString, text);
    QFETCH(QString, canonical);
    const auto address = IpAddress::parse(text);
    QVERIFY2(address, address ? "" : qPrintable(address.error().text()));
    QCOMPARE(address->toString(), canonical);
    const auto again = IpAddress::parse(canonical);
    QVERIFY(again);
    QVERIFY(*again == *address);
}

void TestAddress::forPortals_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("fits");
    for (const char *text : {"10.0.1.5", "0.0.0.0", "::", "127.0.0.1", "::1", "fe80::1%eth0", "223.255.255.255",
                             "240.0.0.1", "255.255.255.254", "2001:db8::ff", "fe00::1", "169.254.0.1"})
        QTest::newRow(text) << QString::fromLatin1(text) << true;
    for (const char *text : {"224.0.0.0", "224.0.0.1", "239.255.255.255", "255.255.255.255", "ff02::1", "ff0e::5"})
        QTest::newRow(text) << QString::fromLatin1(text) << false;
}

void TestAddress::forPortals()
{
    QFETCH(QString, text);
    QFETCH(bool, fits);
    QCOMPARE(IpAddress::parse(text)->isForPortals(), fits);
    QVERIFY(!IpAddress().isForPortals());
}

void TestAddress::whyNot_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("why");
    const auto row = [](const char *text, const char *why) {
        QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(why);
    };
    row("[2001:db8::1%eth0]:3260", "only a link-local address has a scope");
    row("2001:db8::1%eth0", "only a link-local address has a scope");
    row("[::ffff:10.0.1.5]:3260", "not mapped into IPv6");
    row("[10.0.1.5]:3260", "brackets are for IPv6");
    row("fe80::1%eth1:3260", "stands in brackets");
    row("fe80::1%eth1:70000", "only a link-local address has a scope");
    row("10.0.1.300:3260", "the part before the port is no IP address");
    row("san-a:3260", "the part before the port is no IP address");
    row("10.0.1.5:0", "a port is a decimal number from 1 to 65535");
}

void TestAddress::whyNot()
{
    QFETCH(QString, text);
    QFETCH(QString, why);
    const auto address = PortalAddress::parse(text);
    QVERIFY(!address);
    QVERIFY2(address.error().what.contains(why), qPrintable(address.error().what));
}

void TestAddress::refused_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"",
                             " ",
                             "10.0.1",
                             "10.0.1.5.6",
                             "10.0.1.256",
                             "10.0.1.-5",
                             "10.0.1.5 ",
                             " 10.0.1.5",
                             "10..1.5",
                             "10.0.1.",
                             "010.0.0.1",
                             "10.0.0.01",
                             "10.0.0.00",
                             "0x0a.0.0.1",
                             "1",
                             "167772421",
                             "10.0.0.1/24",
                             "10.0.1.5%eth0",
                             "[10.0.1.5",
                             "10.0.1.5]",
                             "10.0.1.a",
                             "::ffff:10.0.1.5",
                             "::ffff:a00:105",
                             "[::ffff:10.0.1.5]",
                             ":",
                             ":::",
                             "1:2:3:4:5:6:7",
                             "1:2:3:4:5:6:7:8:9",
                             "2001:db8::1::2",
                             "2001:db8::12345",
                             "2001:db8::g",
                             "[2001:db8::5",
                             "2001:db8::5]",
                             "[[2001:db8::5]]",
                             "[]",
                             "fe80::1%",
                             "2001:db8::5/64",
                             "host",
                             "1.2.3.4\n"})
        QTest::newRow(text) << QString::fromLatin1(text);
    QTest::newRow("full-width digits") << QString::fromUtf8("１０.0.0.1");
    QTest::newRow("Arabic digits") << QString::fromUtf8("١٠.0.0.1");
    QTest::newRow("NUL inside") << QString::fromLatin1("10.0.0.1\0", 9);
    QTest::newRow("very long") << QString(100'000, QLatin1Char('1'));
}

void TestAddress::refused()
{
    QFETCH(QString, text);
    const auto address = IpAddress::parse(text);
    QVERIFY2(!address, address ? qPrintable(address->toString()) : "");
    QCOMPARE(address.error().kind, Error::Kind::BadInput);
    QVERIFY(!address.error().what.isEmpty());
}

void TestAddress::equalityIsOnParsedValues()
{
    QVERIFY(ip("2001:DB8::0:5") == ip("2001:db8::5"));
    QVERIFY(ip("[2001:db8::5]") == ip("2001:db8:0:0:0:0:0:5"));
    QVERIFY(ip("10.0.1.5") != ip("10.0.1.6"));
    QVERIFY(ip("0.0.0.0") != ip("::"));
    QVERIFY(ip("fe80::1%eth0") != ip("fe80::1%eth1"));
    QVERIFY(ip("fe80::1%eth0") != ip("fe80::1"));
    QVERIFY(IpAddress() != ip("::"));
    QVERIFY(IpAddress() == IpAddress());
    QVERIFY(IpAddress().isNull());
    QVERIFY(IpAddress().toString().isEmpty());
}

void TestAddress::order()
{
    // By number: 9 before 10, however they are spelt; IPv4 before IPv6.
    const std::vector<IpAddress> sorted{ip("0.0.0.0"),     ip("9.255.255.255"), ip("10.0.1.5"),     ip("10.0.1.10"),
                                        ip("10.0.2.1"),    ip("255.0.0.0"),     ip("::"),           ip("::1"),
                                        ip("2001:db8::9"), ip("2001:db8::10"),  ip("fe80::1%eth0"), ip("fe80::1%eth1"),
                                        ip("fe80::2%eth0")};
    auto shuffled = sorted;
    std::mt19937 random(7);
    for (int round = 0; round < 20; ++round) {
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        std::sort(shuffled.begin(), shuffled.end());
        QVERIFY(shuffled == sorted);
    }
    for (size_t a = 0; a < sorted.size(); ++a) {
        for (size_t b = 0; b < sorted.size(); ++b)
            QCOMPARE(sorted[a] < sorted[b], a < b);
    }
}

void TestAddress::kinds_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("ipv6");
    QTest::addColumn<bool>("wildcard");
    QTest::addColumn<bool>("linkLocal");
    QTest::addColumn<bool>("loopback");
    const auto row = [](const char *text, bool ipv6, bool wildcard, bool linkLocal, bool loopback) {
        QTest::newRow(text) << QString::fromLatin1(text) << ipv6 << wildcard << linkLocal << loopback;
    };
    row("10.0.1.5", false, false, false, false);
    row("0.0.0.0", false, true, false, false);
    row("0.0.0.1", false, false, false, false);
    row("::", true, true, false, false);
    row("169.254.0.1", false, false, true, false);
    row("169.253.0.1", false, false, false, false);
    row("fe80::1", true, false, true, false);
    row("febf::1", true, false, true, false);
    row("fec0::1", true, false, false, false);
    row("127.0.0.1", false, false, false, true);
    row("127.200.3.4", false, false, false, true);
    row("128.0.0.1", false, false, false, false);
    row("::1", true, false, false, true);
    row("::2", true, false, false, false);
    row("2001:db8::1", true, false, false, false);
}

void TestAddress::kinds()
{
    QFETCH(QString, text);
    const auto address = IpAddress::parse(text);
    QVERIFY(address);
    QTEST(address->family() == IpAddress::Family::IPv6, "ipv6");
    QTEST(address->isWildcard(), "wildcard");
    QTEST(address->isLinkLocal(), "linkLocal");
    QTEST(address->isLoopback(), "loopback");
    QVERIFY(!IpAddress().isWildcard());
}

void TestAddress::subnet_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("subnet");
    QTest::newRow("IPv4") << QStringLiteral("10.0.1.5") << QStringLiteral("10.0.1.0/24");
    QTest::newRow("last of IPv4") << QStringLiteral("10.0.1.255") << QStringLiteral("10.0.1.0/24");
    QTest::newRow("IPv6") << QStringLiteral("2001:db8:0:1::5") << QStringLiteral("2001:db8:0:1::/64");
    QTest::newRow("IPv6, all bits") << QStringLiteral("2001:db8:0:1:ffff:ffff:ffff:ffff")
                                    << QStringLiteral("2001:db8:0:1::/64");
}

void TestAddress::subnet()
{
    QFETCH(QString, text);
    const auto address = IpAddress::parse(text);
    QVERIFY(address);
    QTEST(address->subnet(), "subnet");
}

void TestAddress::hostAddress()
{
    for (const char *text : {"10.0.1.5", "0.0.0.0", "2001:db8::5", "::", "fe80::1%eth0"}) {
        const IpAddress address = ip(text);
        QVERIFY2(IpAddress(address.toHostAddress()) == address, text);
        QCOMPARE(address.toHostAddress(), QHostAddress(QString::fromLatin1(text)));
    }
    QVERIFY(IpAddress(QHostAddress()).isNull());
    QVERIFY(IpAddress().toHostAddress().isNull());
}

void TestAddress::everyAddressReadsBack()
{
    std::mt19937 random(11);
    for (int i = 0; i < 20'000; ++i) {
        quint8 bytes[16];
        // Mostly zeros and ones, so that runs of every length and place come up.
        for (quint8 &byte : bytes)
            byte = random() % 3 ? 0 : quint8(random() % 4 ? random() % 2 : random());
        const IpAddress v6{QHostAddress(bytes)};
        const IpAddress v4{QHostAddress(quint32(random()))};
        for (const IpAddress &address : {v6, v4}) {
            if (address.toString().startsWith(QLatin1String("::ffff:")))
                continue; // IPv4-mapped: refused by parse()
            const auto again = IpAddress::parse(address.toString());
            QVERIFY2(again, qPrintable(address.toString()));
            QVERIFY2(*again == address, qPrintable(address.toString()));
            QCOMPARE(again->toString(), address.toString());
        }
    }
}

QTEST_GUILESS_MAIN(TestAddress)
#include "tst_address.moc"
