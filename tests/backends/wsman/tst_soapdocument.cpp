// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/soapdocument.h"
#include "backends/wsman/valuedecoder.h"
#include "backends/wsman/xmlnames.h"
#include "tests/backends/wsman/scriptedserver.h"
#include "tests/backends/wsman/soapfragments.h"
#include "tests/testdata.h"

#include <QDir>
#include <QTest>

#include <ctime>

using namespace portalbind;
using namespace portalbind::wsman;

class TestSoapDocument : public QObject
{
    Q_OBJECT
private slots:
    void recordings();
    void refused_data();
    void refused();
    void nestingIsBounded();
    void prefixesAreResolved();
    void textIsOnePiece();
    void declarations();
    void manyNamesAreQuick();
    void utf16();
};

void TestSoapDocument::recordings()
{
    int parsed = 0;
    for (const char *const folder : {"omi", "openwsman"}) {
        const QDir dir(testData(QStringLiteral("wsman/") + QLatin1String(folder)));
        for (const QString &name : dir.entryList(QDir::Files)) {
            if (!name.endsWith(QLatin1String(".response.xml")))
                continue;
            const QByteArray bytes = recording(QLatin1String(folder) + QLatin1Char('/') + name);
            if (!bytes.startsWith('<'))
                continue; // an answer without a body, or one of HTTP alone
            const auto document = parse(bytes.toStdString());
            QVERIFY2(document, document ? "" : qPrintable(name + document.error()));
            QVERIFY2((*document)->isFault() == bytes.contains(":Fault>"), qPrintable(name));
            ++parsed;
        }
    }
    QVERIFY(parsed > 50);
}

void TestSoapDocument::refused_data()
{
    QTest::addColumn<std::string>("bytes");
    const std::string good = envelope("<x/>");
    QTest::newRow("nothing") << std::string();
    QTest::newRow("blanks") << std::string("  \n");
    QTest::newRow("no XML") << std::string("Service unavailable");
    QTest::newRow("HTML") << std::string("<html><body>Busy</body></html>");
    QTest::newRow("SOAP 1.1") << std::string(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body/></s:Envelope>");
    QTest::newRow("look-alike") << std::string(
            "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope/\"><s:Body/></s:Envelope>");
    QTest::newRow("unbound prefix") << std::string("<s:Envelope><s:Body/></s:Envelope>");
    QTest::newRow("document type") << "<!DOCTYPE x [<!ENTITY a \"b\">]>" + good;
    QTest::newRow("external document type") << "<!DOCTYPE x SYSTEM \"http://127.0.0.1/x\">" + good;
    QTest::newRow("two roots") << good + good;
    QTest::newRow("two bodies") << std::string(
            "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body/><s:Body/></s:Envelope>");
    QTest::newRow("two headers") << std::string(
            "<s:Envelope "
            "xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header/><s:Header/><s:Body/></s:Envelope>");
    QTest::newRow("no body") << std::string(
            "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header/></s:Envelope>");
    QTest::newRow("two RelatesTo") << envelope("<x/>", "<a:RelatesTo>1</a:RelatesTo><a:RelatesTo>1</a:RelatesTo>");
    QTest::newRow("not closed") << good.substr(0, good.size() - 3);
    QTest::newRow("crossed") << envelope("<x><y></x></y>");
    QTest::newRow("control character") << envelope("<x>\x01</x>");
    QTest::newRow("NUL") << envelope(std::string("<x>a\0b</x>", 10));
    QTest::newRow("not UTF-8") << envelope("<x>\xff\xfe</x>");
    QTest::newRow("overlong UTF-8") << envelope("<x>\xc0\x80</x>");
    std::string many;
    for (int i = 0; i < 200'001; ++i)
        many += "<a/>";
    QTest::newRow("too many elements") << envelope(many);
    std::string attributes;
    for (int i = 0; i < 65; ++i)
        attributes += " a" + std::to_string(i) + "=\"\"";
    QTest::newRow("too many attributes") << envelope("<x" + attributes + "/>");
}

void TestSoapDocument::refused()
{
    QFETCH(std::string, bytes);
    const auto document = parse(bytes);
    QVERIFY(!document);
    QVERIFY(!document.error().isEmpty());
}

void TestSoapDocument::nestingIsBounded()
{
    const auto nested = [](int depth) {
        std::string open, close;
        for (int i = 0; i < depth; ++i) {
            open += "<a>";
            close += "</a>";
        }
        return envelope(open + close);
    };
    QVERIFY(parse(nested(60)));
    QVERIFY(!parse(nested(64)));
    QVERIFY(!parse(nested(500'000)));
}

void TestSoapDocument::prefixesAreResolved()
{
    const auto document = parse("<Envelope xmlns=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:q=\"outer\"><Body>"
                                "<q:Fault xmlns:q=\"inner\"><q:Child/><z xmlns=\"\"/></q:Fault></Body></Envelope>");
    QVERIFY(document);
    const pugi::xml_node content = (*document)->content();
    QCOMPARE(namespaceOf(content), std::string_view("inner"));
    QVERIFY(!(*document)->isFault());
    QVERIFY(isElement(firstElement(content), "inner", "Child"));
    QVERIFY(isElement(nextElement(firstElement(content)), "", "z"));
    QVERIFY(!isElement(firstElement(content), "outer", "Child"));
    QVERIFY(childElement(content, "inner", "Nothing").empty());
}

void TestSoapDocument::textIsOnePiece()
{
    const auto text = [](const std::string &xml) {
        const auto document = parse(envelope(xml));
        return document ? std::string(textOf((*document)->content())) : std::string("refused");
    };
    QCOMPARE(text("<x>a<![CDATA[<b>]]>c</x>"), std::string("a<b>c"));
    QCOMPARE(text("<x>a<!-- no -->c</x>"), std::string("ac"));
    QCOMPARE(text("<x><![CDATA[only]]></x>"), std::string("only"));
    QCOMPARE(text("<x> </x>"), std::string(" ")); // a key may be that
    QCOMPARE(text("<x/>"), std::string());
    QCOMPARE(text("<x>&lt;A &amp; B&gt; &#252;</x>"), std::string("<A & B> \xc3\xbc"));
    QCOMPARE(text("<x>a\r\nb</x>"), std::string("a\nb"));
}

void TestSoapDocument::declarations()
{
    // Intel AMT has blanks around the signs of equality.
    for (const char *const start :
         {"<?xml version=\"1.0\"?>", "<?xml version = \"1.0\" encoding= \"UTF-8\" ?>\r\n", "\xef\xbb\xbf", "\n"})
        QVERIFY2(parse(start + envelope("<x/>")), start);
}

void TestSoapDocument::manyNamesAreQuick()
{
    std::string properties;
    for (int i = 0; i < 100'000; ++i)
        properties += "<x:P" + std::to_string(i) + "/>";
    const auto document = parse(envelope("<x:C xmlns:x=\"u\">" + properties + "</x:C>"));
    QVERIFY(document);
    const std::clock_t begin = std::clock(); // of this process, however busy the machine is
    QCOMPARE(decodeInstance((*document)->content()).properties.size(), size_t(100'000));
    QVERIFY2(std::clock() - begin < 3 * CLOCKS_PER_SEC, "quadratic");
}

void TestSoapDocument::utf16()
{
    const QString text = QString::fromStdString(envelope("<x>\xc3\xbc</x>"));
    std::string bytes("\xff\xfe", 2);
    bytes.append(reinterpret_cast<const char *>(text.utf16()), size_t(text.size()) * 2);
    const auto document = parse(bytes);
    QVERIFY2(document, document ? "" : qPrintable(document.error()));
    QCOMPARE(textOf((*document)->content()), std::string_view("\xc3\xbc"));
}

QTEST_GUILESS_MAIN(TestSoapDocument)
#include "tst_soapdocument.moc"
