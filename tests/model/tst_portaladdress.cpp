// SPDX-License-Identifier: Apache-2.0
#include "model/address.h"

#include <QTest>

using namespace portalbind;

namespace {

PortalAddress portal(const char *text)
{
    return PortalAddress::parse(QString::fromLatin1(text)).value_or(PortalAddress());
}

} // namespace

class TestPortalAddress : public QObject
{
    Q_OBJECT
private slots:
    void portals_data();
    void portals();
    void refusedPortals_data();
    void refusedPortals();
    void refusalNamesTheText();
    void portalOrder();
};

void TestPortalAddress::portals_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("canonical");
    QTest::addColumn<int>("port");
    const auto row = [](const char *text, const char *canonical, int port) {
        QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(canonical) << port;
    };
    row("10.0.1.5:3260", "10.0.1.5:3260", 3260);
    row("10.0.1.5:1", "10.0.1.5:1", 1);
    row("10.0.1.5:65535", "10.0.1.5:65535", 65535);
    row("0.0.0.0:3260", "0.0.0.0:3260", 3260);
    row("10.0.1.5", "10.0.1.5", 0);
    row("[2001:DB8:0::5]:3260", "[2001:db8::5]:3260", 3260);
    row("[::]:3260", "[::]:3260", 3260);
    row("[fe80::5%eth0]:860", "[fe80::5%eth0]:860", 860);
    row("[2001:db8::5]", "2001:db8::5", 0);
    row("2001:db8::5", "2001:db8::5", 0);
}

void TestPortalAddress::portals()
{
    QFETCH(QString, text);
    QFETCH(QString, canonical);
    const auto address = PortalAddress::parse(text);
    QVERIFY2(address, address ? "" : qPrintable(address.error().text()));
    QTEST(int(address->port), "port");
    QCOMPARE(address->toString(), canonical);
    const auto again = PortalAddress::parse(canonical);
    QVERIFY(again);
    QVERIFY(*again == *address);
}

void TestPortalAddress::refusedPortals_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"",
                             ":3260",
                             "10.0.1.5:",
                             "10.0.1.5:0",
                             "10.0.1.5:00",
                             "10.0.1.5:65536",
                             "10.0.1.5:99999999999999999999",
                             "10.0.1.5:-1",
                             "10.0.1.5:+3260",
                             "10.0.1.5: 3260",
                             "10.0.1.5 :3260",
                             "10.0.1.5:3260 ",
                             "10.0.1.5:0xcbc",
                             "10.0.1.5:3,260",
                             "10.0.1.5:3260:1",
                             "10.0.1.5:03260",
                             "10.0.1.5:iscsi",
                             "[2001:db8::5]:",
                             "[2001:db8::5]:0",
                             "[2001:db8::5]3260",
                             "[2001:db8::5]:65536",
                             "[2001:db8::5:3260",
                             "2001:db8::5]:3260",
                             "[10.0.1.5]:3260]",
                             "[::ffff:10.0.1.5]:3260",
                             "010.0.1.5:3260",
                             "host:3260",
                             "[]:3260"})
        QTest::newRow(text) << QString::fromLatin1(text);
    QTest::newRow("full-width digits in the port") << QString::fromUtf8("10.0.1.5:３２６０");
}

void TestPortalAddress::refusedPortals()
{
    QFETCH(QString, text);
    const auto address = PortalAddress::parse(text);
    QVERIFY2(!address, address ? qPrintable(address->toString()) : "");
    QCOMPARE(address.error().kind, Error::Kind::BadInput);
}

void TestPortalAddress::refusalNamesTheText()
{
    // A person who imports a thousand portals must be told which one, and what about it.
    const auto address = PortalAddress::parse(QStringLiteral("10.0.1.5:65536"));
    QVERIFY(!address);
    QVERIFY2(address.error().text().contains(QLatin1String("65536")), qPrintable(address.error().text()));
    const auto mapped = IpAddress::parse(QStringLiteral("::ffff:10.0.1.5"));
    QVERIFY(!mapped);
    QVERIFY2(mapped.error().text().contains(QLatin1String("::ffff:10.0.1.5")), qPrintable(mapped.error().text()));
    const auto octal = IpAddress::parse(QStringLiteral("010.0.0.1"));
    QVERIFY(!octal);
    QVERIFY2(octal.error().text().contains(QLatin1String("010")), qPrintable(octal.error().text()));
}

void TestPortalAddress::portalOrder()
{
    QVERIFY(portal("10.0.1.5:3260") < portal("10.0.1.10:860"));
    QVERIFY(portal("10.0.1.5:860") < portal("10.0.1.5:3260"));
    QVERIFY(portal("10.0.1.5") < portal("10.0.1.5:860"));
    QVERIFY(portal("255.0.0.0:3260") < portal("[::]:1"));
    QVERIFY(portal("10.0.1.5:3260") != portal("10.0.1.5:3261"));
    QVERIFY(portal("[2001:db8::5]:3260") == portal("[2001:DB8:0::5]:3260"));
}

QTEST_GUILESS_MAIN(TestPortalAddress)
#include "tst_portaladdress.moc"
