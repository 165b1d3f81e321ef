// SPDX-License-Identifier: Apache-2.0
#include "model/entities.h"
#include "model/iscsiname.h"

#include <QTest>

using namespace portalbind;

class TestIscsiName : public QObject
{
    Q_OBJECT
private slots:
    void names_data();
    void names();
    void refused_data();
    void refused();
    void lengthIsCountedInBytes();
    void shortNames_data();
    void shortNames();
    void endpointNames_data();
    void endpointNames();
    void refusedEndpointNames_data();
    void refusedEndpointNames();
    void writtenAndReadBack();
    void nameOfAnEndpoint();
};

void TestIscsiName::names_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("normalised");
    const auto row = [](const char *text, const char *normalised = nullptr) {
        QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(normalised ? normalised : text);
    };
    // RFC 7143 4.2.7.4: the examples given there, with and without the part after the colon.
    row("iqn.2001-04.com.example:storage:diskarrays-sn-a8675309");
    row("iqn.2001-04.com.example");
    row("iqn.2001-04.com.example:storage.tape1.sys1.xyz");
    row("iqn.1987-05.com.cisco:00.b2f4");
    row("iqn.2000-09.com.fujitsu:storage-system.eternus-dxl:0123456789");
    row("iqn.1992-04.com.emc:cx.apm00123907237.a8");
    row("iqn.2026-12.org.example-site:a");
    // RFC 3722: names are compared in lower case.
    row("IQN.2001-04.COM.Example:Storage", "iqn.2001-04.com.example:storage");
    row("iqn.2001-04.com.example:\xc3\x84pfel", "iqn.2001-04.com.example:\xc3\xa4pfel"); // Ä
    // NFKC: the full-width letter becomes a plain one.
    row("iqn.2001-04.com.example:\xef\xbd\x81", "iqn.2001-04.com.example:a");
    row("eui.02004567A425678D", "eui.02004567a425678d");
    row("eui.0123456789abcdef");
    row("naa.52004567BA64678D", "naa.52004567ba64678d");
    row("naa.62004567ba64678d0123456789abcdef");
}

void TestIscsiName::names()
{
    QFETCH(QString, text);
    const auto name = parseIscsiName(text);
    QVERIFY2(name, name ? "" : qPrintable(name.error().text()));
    QTEST(*name, "normalised");
    const auto again = parseIscsiName(*name);
    QVERIFY(again);
    QCOMPARE(*again, *name);
}

void TestIscsiName::refused_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"",
                             "iqn",
                             "iqn.",
                             "iqn.2001",
                             "iqn.2001-04",
                             "iqn.2001-04.",
                             "iqn.2001-13.com.example",
                             "iqn.2001-00.com.example",
                             "iqn.201-04.com.example",
                             "iqn.20011-04.com.example",
                             "iqn.2001-4.com.example",
                             "iqn.2001-04com.example",
                             "iqn.2001_04.com.example",
                             "iqn.2001-04.:x",
                             "iqn.2001-04..com",
                             "iqn.2001-04.com.example.:x",
                             "iqn.2001-04.com.-example",
                             "iqn.2001-04.com.example-:x",
                             "iqn.2001-04.com.exa_mple",
                             "iqn.2001-04.com.example:a b",
                             "iqn.2001-04.com.example:a,b",
                             "iqn.2001-04.com.example:a/b",
                             "iqn.2001-04.com.example:a\tb",
                             "iqn.2001-04.com.example:a\nb",
                             "iqn.2001-04.com.example:a_b",
                             "iqn.2001-04.com.example:a;b",
                             "iqn.2001-04.com.example:'",
                             " iqn.2001-04.com.example",
                             "iqn.2001-04.com.example ",
                             "eui.",
                             "eui.02004567A425678",
                             "eui.02004567A425678DD",
                             "eui.02004567A425678G",
                             "naa.52004567BA64678",
                             "naa.52004567BA64678D0",
                             "naa.62004567ba64678d0123456789abcdeg",
                             "nqn.2014-08.org.example:a",
                             "com.example:a",
                             "\x7f"})
        QTest::newRow(text) << QString::fromLatin1(text);
    QTest::newRow("NUL") << QString::fromLatin1("iqn.2001-04.com.example:a\0b", 27);
    QTest::newRow("ideographic full stop") << QString::fromUtf8("iqn.2001-04.com.example:a\xe3\x80\x82");
    QTest::newRow("right-to-left override") << QString::fromUtf8("iqn.2001-04.com.example:a\xe2\x80\xae");
    QTest::newRow("no-break space") << QString::fromUtf8("iqn.2001-04.com.example:a\xc2\xa0");
    QTest::newRow("Arabic digits in the date") << QString::fromUtf8("iqn.٢٠٠١-04.com.example:a");
    QTest::newRow("lone surrogate") << QStringLiteral("iqn.2001-04.com.example:") + QChar(0xd800);
}

void TestIscsiName::refused()
{
    QFETCH(QString, text);
    const auto name = parseIscsiName(text);
    QVERIFY2(!name, name ? qPrintable(*name) : "");
    QCOMPARE(name.error().kind, Error::Kind::BadInput);
    QVERIFY(!name.error().what.isEmpty());
}

void TestIscsiName::lengthIsCountedInBytes()
{
    // RFC 7143 4.2.7.1: 223 bytes of UTF-8.
    const QString stem = QStringLiteral("iqn.2001-04.com.example:");
    QVERIFY(parseIscsiName(stem + QString(223 - stem.size(), QLatin1Char('a'))));
    QVERIFY(!parseIscsiName(stem + QString(224 - stem.size(), QLatin1Char('a'))));
    const int room = (223 - int(stem.size())) / 2;
    QVERIFY(parseIscsiName(stem + QString(room, QChar(0xe4))));
    QVERIFY(!parseIscsiName(stem + QString(room + 1, QChar(0xe4))));
    QVERIFY(!parseIscsiName(QString(1'000'000, QLatin1Char('a'))));
}

void TestIscsiName::shortNames_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("shortened");
    QTest::newRow("after the colon") << QStringLiteral("iqn.2026-11.com.example:mail") << QStringLiteral("…:mail");
    // All that the naming authority chose itself: the ends of two such parts may be equal.
    QTest::newRow("two colons") << QStringLiteral("iqn.2026-11.com.example:a:b") << QStringLiteral("…:a:b");
}

void TestIscsiName::shortNames()
{
    QFETCH(QString, name);
    QTEST(shortIscsiName(name), "shortened");
    // Without a colon nothing tells the name apart but the whole of it.
    QCOMPARE(shortIscsiName(QStringLiteral("eui.0123456789abcdef")), QStringLiteral("eui.0123456789abcdef"));
    QVERIFY(shortIscsiName(QString()).isEmpty());
    QVERIFY(!shortIscsiName(QStringLiteral("iqn.2026-11.com.example:")).isEmpty());
}

void TestIscsiName::endpointNames_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("node");
    QTest::addColumn<int>("role"); // -1 not told, 0 target, 1 initiator
    QTest::addColumn<quint64>("tag");
    const auto row = [](const char *text, const char *node, int role, quint64 tag) {
        QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(node) << role << tag;
    };
    row("iqn.1992-04.com.emc:cx.a8,t,0x0001", "iqn.1992-04.com.emc:cx.a8", 0, 1);
    row("iqn.2000-09.com.fujitsu:0123456789,t,0x0009", "iqn.2000-09.com.fujitsu:0123456789", 0, 9);
    row("iqn.2026-11.com.example:a,t,0xFFFF", "iqn.2026-11.com.example:a", 0, 0xffff);
    row("iqn.2026-11.com.example:a,t,0x1", "iqn.2026-11.com.example:a", 0, 1);
    row("iqn.2026-11.com.example:a,i,0x00023d000001", "iqn.2026-11.com.example:a", 1, 0x00023d000001);
    row("iqn.2026-11.com.example:a,i,0xffffffffffff", "iqn.2026-11.com.example:a", 1, 0xffffffffffffULL);
    row("iqn.2026-11.com.example:a,1", "iqn.2026-11.com.example:a", -1, 1);
    row("iqn.2026-11.com.example:a,65535", "iqn.2026-11.com.example:a", -1, 65535);
    row("iqn.2026-11.com.example:a,0x10", "iqn.2026-11.com.example:a", -1, 16);
    row("iqn.2026-11.com.example:a,10", "iqn.2026-11.com.example:a", -1, 10);
}

void TestIscsiName::endpointNames()
{
    QFETCH(QString, text);
    QFETCH(int, role);
    const auto name = EndpointName::parse(text);
    QVERIFY2(name, name ? "" : qPrintable(name.error().text()));
    QTEST(name->node, "node");
    QTEST(name->tag, "tag");
    QCOMPARE(name->initiator.has_value() ? int(*name->initiator) : -1, role);
}

void TestIscsiName::refusedEndpointNames_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text :
         {"", ",", "iqn.2026-11.com.example:a", "iqn.2026-11.com.example:a,", "iqn.2026-11.com.example:a,t",
          "iqn.2026-11.com.example:a,t,", "iqn.2026-11.com.example:a,t,0x", "iqn.2026-11.com.example:a,t,0x10000",
          "iqn.2026-11.com.example:a,i,0x1000000000000", "iqn.2026-11.com.example:a,x,0x1",
          "iqn.2026-11.com.example:a,t,0x1,0x2", "iqn.2026-11.com.example:a,-1", "iqn.2026-11.com.example:a,+1",
          "iqn.2026-11.com.example:a, 1", "iqn.2026-11.com.example:a,one", "iqn.2026-11.com.example:a,t,0xg",
          "iqn.2026-11.com.example:a,99999999999999999999999", ",t,0x1", ",1"})
        QTest::newRow(text) << QString::fromLatin1(text);
}

void TestIscsiName::refusedEndpointNames()
{
    QFETCH(QString, text);
    const auto name = EndpointName::parse(text);
    QVERIFY2(!name, name ? qPrintable(name->node) : "");
    QCOMPARE(name.error().kind, Error::Kind::BadInput);
}

void TestIscsiName::writtenAndReadBack()
{
    const QString node = QStringLiteral("iqn.2026-11.com.example:mail");
    QCOMPARE(endpointName(node, false, 1), QStringLiteral("iqn.2026-11.com.example:mail,t,0x0001"));
    QCOMPARE(endpointName(node, false, 0xabcd), QStringLiteral("iqn.2026-11.com.example:mail,t,0xabcd"));
    QCOMPARE(endpointName(node, true, 0x00023d000001), QStringLiteral("iqn.2026-11.com.example:mail,i,0x00023d000001"));
    for (const quint64 tag : {quint64(0), quint64(1), quint64(0xff), maximumTargetTag}) {
        const auto name = EndpointName::parse(endpointName(node, false, tag));
        QVERIFY(name);
        QCOMPARE(name->tag, tag);
        QCOMPARE(name->initiator, std::optional<bool>(false));
    }
    for (const quint64 tag : {quint64(0), quint64(1), maximumInitiatorTag}) {
        const auto name = EndpointName::parse(endpointName(node, true, tag));
        QVERIFY(name);
        QCOMPARE(name->tag, tag);
        QCOMPARE(name->initiator, std::optional<bool>(true));
    }
}

void TestIscsiName::nameOfAnEndpoint()
{
    Node node;
    node.name = QStringLiteral("iqn.2026-11.com.example:mail");
    Endpoint endpoint;
    endpoint.tag = 2;
    QCOMPARE(endpointName(node, endpoint), QStringLiteral("iqn.2026-11.com.example:mail,t,0x0002"));
    endpoint.role = Role::Initiator;
    QCOMPARE(endpointName(node, endpoint), QStringLiteral("iqn.2026-11.com.example:mail,i,0x000000000002"));
}

QTEST_GUILESS_MAIN(TestIscsiName)
#include "tst_iscsiname.moc"
