// SPDX-License-Identifier: Apache-2.0

// Characters that XML does not have, by whatever way they come, and texts that are too long for anybody.
#include "backends/wsman/referencewriter.h"
#include "backends/wsman/soapdocument.h"
#include "backends/wsman/xmlnames.h"

#include <QTest>

using namespace portalbind;
using namespace portalbind::wsman;

class TestSoapStrict : public QObject
{
    Q_OBJECT
private slots:
    void characters_data();
    void characters();
    void utf16();
    void longTexts_data();
    void longTexts();
    void referenceParts_data();
    void referenceParts();
};

namespace {

std::string envelope(const QByteArray &inside)
{
    return ("<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>" + inside
            + "</s:Body></s:Envelope>")
            .toStdString();
}

} // namespace

void TestSoapStrict::characters_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("means"); // empty: refused
    QTest::newRow("line feed") << QByteArray("a&#10;b") << QByteArray("a\nb");
    QTest::newRow("tab, by hex") << QByteArray("a&#x9;b") << QByteArray("a\tb");
    QTest::newRow("carriage return") << QByteArray("a&#13;b") << QByteArray("a\rb");
    QTest::newRow("euro") << QByteArray("&#x20AC;") << QByteArray("\xe2\x82\xac");
    QTest::newRow("beyond 16 bits") << QByteArray("&#x1F600;") << QByteArray("\xf0\x9f\x98\x80");
    QTest::newRow("ampersand") << QByteArray("A &amp; B") << QByteArray("A & B");
    QTest::newRow("in a CDATA section") << QByteArray("<![CDATA[A & B]]>") << QByteArray("A & B");
    for (const char *bad : {"&#0;",
                            "&#x0;",
                            "&#00;",
                            "&#1;",
                            "&#27;",
                            "&#x1b;",
                            "&#x1B;",
                            "&#8;",
                            "&#11;",
                            "&#xFFFE;",
                            "&#xFFFF;",
                            "&#xD800;",
                            "&#xDFFF;",
                            "&#x110000;",
                            "&#4294967296;",
                            "&#4294967323;",
                            "&#99999999999999999999;",
                            "&#;",
                            "&#x;",
                            "&#-1;",
                            "&#27",
                            "&# 27;",
                            "\x1b",
                            "\xef\xbf\xbe",
                            "\xef\xbf\xbf"})
        QTest::newRow(QByteArray(bad).toPercentEncoding()) << QByteArray(bad) << QByteArray();
}

void TestSoapStrict::characters()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, means);
    for (const QByteArray &inside : {QByteArray("<a>" + text + "</a>"), QByteArray("<a b=\"" + text + "\">x</a>")}) {
        const auto parsed = SoapDocument::parse(envelope(inside), Limits());
        QCOMPARE(bool(parsed), !means.isEmpty() || inside.contains("CDATA"));
        if (parsed && !inside.contains("b=\""))
            QCOMPARE(qt(textOf((*parsed)->content())), QString::fromUtf8(means));
    }
    // At the very end of what came.
    QVERIFY(!SoapDocument::parse(envelope({}) + "&#", Limits()));
}

void TestSoapStrict::utf16()
{
    const auto wide = [](const QByteArray &inside, const char *mark) {
        const QString text = QString::fromStdString(envelope(inside));
        QByteArray bytes(mark);
        bytes += QByteArray(reinterpret_cast<const char *>(text.utf16()), text.size() * 2);
        return bytes.toStdString();
    };
    const auto good = SoapDocument::parse(wide("<a>\xe2\x82\xac</a>", "\xff\xfe"), Limits());
    QVERIFY(good);
    QCOMPARE(qt(textOf((*good)->content())), QString(QChar(0x20ac)));
    QVERIFY(SoapDocument::parse(wide("<a>x</a>", ""), Limits())); // without a byte order mark
    QVERIFY(!SoapDocument::parse(wide("<a>\x1b</a>", "\xff\xfe"), Limits()));
    QVERIFY(!SoapDocument::parse(wide("<a>&#27;</a>", "\xff\xfe"), Limits()));
    std::string half = wide("<a>x</a>", "\xff\xfe");
    half.replace(half.find('x', 100), 2, "\x00\xd8", 2);
    QVERIFY(!SoapDocument::parse(half, Limits()));
    QVERIFY(!SoapDocument::parse(wide("<a>x</a>", "\xff\xfe") + "x", Limits()));
}

void TestSoapStrict::longTexts_data()
{
    QTest::addColumn<QByteArray>("inside");
    QTest::addColumn<bool>("fits");
    const QByteArray longest(Limits().text - 100, 'x'), tooLong(Limits().text + 1, 'x');
    QTest::newRow("text") << "<a>" + longest + "</a>" << true;
    QTest::newRow("longer") << "<a>" + tooLong + "</a>" << false;
    QTest::newRow("longer, before another") << "<a>" + tooLong + "</a><b/>" << false;
    QTest::newRow("attribute") << "<a b=\"" + tooLong + "\"/>" << false;
    QTest::newRow("two that fit") << "<a>" + longest + "</a><a>" + longest + "</a>" << true;
    QTest::newRow("CDATA") << "<a><![CDATA[" + tooLong + "]]></a>" << false;
}

void TestSoapStrict::longTexts()
{
    QFETCH(QByteArray, inside);
    QFETCH(bool, fits);
    const auto parsed = SoapDocument::parse(envelope(inside), Limits());
    QCOMPARE(bool(parsed), fits);
    if (!fits)
        QVERIFY2(parsed.error().contains(QLatin1String("too long")), qPrintable(parsed.error()));
}

void TestSoapStrict::referenceParts_data()
{
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<QByteArray>("uri");
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<bool>("fits");
    QTest::newRow("plain") << QByteArray("http://h/") << QByteArray("http://u/C") << QByteArray("v") << true;
    QTest::newRow("address") << QByteArray("http://h/\x01") << QByteArray("http://u/C") << QByteArray("v") << false;
    QTest::newRow("resource URI") << QByteArray("http://h/")
                                  << QByteArray("http://u/\x1b"
                                                "C")
                                  << QByteArray("v") << false;
    QTest::newRow("key") << QByteArray("http://h/") << QByteArray("http://u/C") << QByteArray("v\x02") << false;
}

void TestSoapStrict::referenceParts()
{
    // As a document that was not checked would hold them: they must not vanish on the way out, and name another object.
    QFETCH(QByteArray, address);
    QFETCH(QByteArray, uri);
    QFETCH(QByteArray, key);
    QFETCH(bool, fits);
    const QByteArray xml = "<a:EndpointReference xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" "
                           "xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><a:Address>"
            + address + "</a:Address><a:ReferenceParameters><w:ResourceURI>" + uri
            + "</w:ResourceURI><w:SelectorSet><w:Selector Name=\"K\">" + key
            + "</w:Selector></w:SelectorSet></a:ReferenceParameters></a:EndpointReference>";
    pugi::xml_document document;
    QVERIFY(document.load_buffer(xml.constData(), size_t(xml.size())));
    QCOMPARE(!referenceXml(document.document_element()).isEmpty(), fits);
}

QTEST_GUILESS_MAIN(TestSoapStrict)
#include "tst_soapstrict.moc"
