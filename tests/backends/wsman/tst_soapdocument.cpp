// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/endpointreference.h"
#include "backends/wsman/enumeration.h"
#include "backends/wsman/soapdocument.h"
#include "backends/wsman/soapnames.h"
#include "backends/wsman/valuedecoder.h"
#include "backends/wsman/xmlnames.h"
#include "tests/backends/wsman/scriptedserver.h"
#include "tests/testdata.h"

#include <QDir>
#include <QElapsedTimer>
#include <QTest>

using namespace portalbind;
using namespace portalbind::wsman;

namespace {

std::string envelope(const std::string &body, const std::string &header = {})
{
    return "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
           "xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
           " xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\" "
           "xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\""
           " xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" "
           "xmlns:c=\"http://schemas.dmtf.org/wbem/wscim/1/common\">"
           "<s:Header>"
            + header + "</s:Header><s:Body>" + body + "</s:Body></s:Envelope>";
}

auto parse(const std::string &bytes)
{
    return SoapDocument::parse(bytes, Limits{});
}

std::string anyPage(const std::string &parts)
{
    return envelope("<n:PullResponse>" + parts + "</n:PullResponse>");
}

cim::Value valueOf(const std::string &property)
{
    static std::vector<std::shared_ptr<const SoapDocument>> kept;
    const auto document = parse(envelope("<x:C xmlns:x=\"u\">" + property + "</x:C>"));
    if (!document)
        qFatal("%s", qPrintable(document.error()));
    kept.push_back(*document);
    return decodeInstance((*document)->content()).property(u"P");
}

} // namespace

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
    void pages_data();
    void pages();
    void guesses_data();
    void guesses();
    void guessesOfRecordings();
    void values();
    void namespaceIsNoKey();
    void dates();
    void otherNamespacesAreNoProperties();
    void windowsNames();
    void embeddedInstances();
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
    QElapsedTimer clock;
    clock.start();
    QCOMPARE(decodeInstance((*document)->content()).properties.size(), size_t(100'000));
    QVERIFY2(clock.elapsed() < 3000, "quadratic");
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

void TestSoapDocument::pages_data()
{
    QTest::addColumn<std::string>("parts");
    QTest::addColumn<bool>("good");
    QTest::addColumn<bool>("end");
    QTest::addColumn<std::string>("context");
    const auto row = [](const char *name, const char *parts, bool good, bool end, const char *context) {
        QTest::newRow(name) << std::string(parts) << good << end << std::string(context);
    };
    row("goes on", "<n:EnumerationContext>c</n:EnumerationContext><n:Items/>", true, false, "c");
    row("openwsman's order", "<w:Items/><n:EnumerationContext>c</n:EnumerationContext>", true, false, "c");
    row("Windows' end: an empty context", "<n:EnumerationContext/><w:Items/><w:EndOfSequence/>", true, true, "");
    row("OMI's end: a context all the same",
        "<n:EnumerationContext>c</n:EnumerationContext><w:Items/><w:EndOfSequence/>", true, true, "c");
    row("AMT's end: none, the other namespace", "<n:Items/><n:EndOfSequence/>", true, true, "");
    row("context in the other namespace", "<w:EnumerationContext> c </w:EnumerationContext>", true, false, "c");
    row("neither end nor context", "<n:Items/>", false, false, "");
    row("empty context, no end", "<n:EnumerationContext/><n:Items/>", false, false, "");
    row("two contexts", "<n:EnumerationContext>c</n:EnumerationContext><n:EnumerationContext>d</n:EnumerationContext>",
        false, false, "");
    row("two Items", "<n:Items/><w:Items/><n:EndOfSequence/>", false, false, "");
    row("two ends", "<n:EndOfSequence/><w:EndOfSequence/>", false, false, "");
    row("an end in a foreign namespace", "<x:EndOfSequence xmlns:x=\"u\"/>", false, false, "");
}

void TestSoapDocument::pages()
{
    QFETCH(std::string, parts);
    QFETCH(bool, good);
    QFETCH(bool, end);
    QFETCH(std::string, context);
    const auto document = parse(anyPage(parts));
    QVERIFY(document);
    const auto page = readPage(**document);
    QCOMPARE(page.has_value(), good);
    if (good) {
        QCOMPARE(page->end, end);
        QCOMPARE(page->context, context);
    }
    QVERIFY(!readPage(**parse(envelope("<n:Other><w:EndOfSequence/></n:Other>"))));
}

void TestSoapDocument::guesses_data()
{
    QTest::addColumn<std::string>("bytes");
    QTest::addColumn<std::string>("context");
    const std::string far(10'000, ' ');
    const auto row = [](const char *name, const std::string &parts, const char *context) {
        QTest::newRow(name) << anyPage(parts) << std::string(context);
    };
    row("at the beginning", "<n:EnumerationContext>c-1</n:EnumerationContext><n:Items>" + far + "</n:Items>", "c-1");
    row("at the end", "<n:Items>" + far + "</n:Items><n:EnumerationContext>c-1</n:EnumerationContext>", "c-1");
    row("blanks around", "<n:EnumerationContext>\n c \n</n:EnumerationContext>", "c");
    row("with attributes", "<n:EnumerationContext a:b=\"c\">d</n:EnumerationContext>", "d");
    row("the end is there",
        "<n:EnumerationContext>c</n:EnumerationContext><n:Items>" + far + "</n:Items><n:EndOfSequence/>", "");
    row("none", "<n:Items/>", "");
    row("empty", "<n:EnumerationContext></n:EnumerationContext>", "");
    row("empty element", "<n:EnumerationContext/><n:Items>a</n:Items>", "");
    row("CDATA", "<n:EnumerationContext><![CDATA[c]]></n:EnumerationContext>", "");
    row("character reference", "<n:EnumerationContext>a&amp;b</n:EnumerationContext>", "");
    row("blanks inside", "<n:EnumerationContext>a b</n:EnumerationContext>", "");
    row("in the middle", "<n:Items>" + far + "<n:EnumerationContext>c</n:EnumerationContext>" + far + "</n:Items>", "");
    row("too long", "<n:EnumerationContext>" + std::string(2000, 'c') + "</n:EnumerationContext>", "");
    QTest::newRow("nothing") << std::string() << std::string();
    QTest::newRow("cut off") << std::string("<n:EnumerationContext>c") << std::string();
    QTest::newRow("its name alone") << std::string("EnumerationContext>c<") << std::string();
}

void TestSoapDocument::guesses()
{
    QFETCH(std::string, bytes);
    QFETCH(std::string, context);
    QCOMPARE(guessContext(bytes), context);
}

void TestSoapDocument::guessesOfRecordings()
{
    // Wherever there is a context to go on with, it is found, and it is the right one.
    int found = 0;
    for (const char *const folder : {"omi", "openwsman"}) {
        const QDir dir(testData(QStringLiteral("wsman/") + QLatin1String(folder)));
        for (const QString &name : dir.entryList({QStringLiteral("*.response.xml")}, QDir::Files)) {
            const std::string bytes = recording(QLatin1String(folder) + QLatin1Char('/') + name).toStdString();
            const auto document = parse(bytes);
            if (!document)
                continue;
            const auto page = readPage(**document);
            const bool isUtf16 = bytes.find('\0') != std::string::npos; // which is not looked into
            const std::string context = page && !page->end && !isUtf16 ? page->context : std::string();
            QVERIFY2(guessContext(bytes) == context, qPrintable(name));
            found += page && !page->end ? 1 : 0;
        }
    }
    QVERIFY(found > 30);
}

void TestSoapDocument::values()
{
    QCOMPARE(valueOf("<x:P>a</x:P>").text(), QStringLiteral("a"));
    QVERIFY(valueOf("<x:P i:nil=\"true\"/>").isNull());
    QVERIFY(valueOf("<x:P i:nil=\"1\">x</x:P>").isNull());
    QVERIFY(valueOf("<x:P xmlns:i=\"http://www.w3.org/2001/XMLSchema\" i:nil=\"true\"/>")
                    .isNull()); // OMI's wrong namespace
    QVERIFY(valueOf("<x:Q>a</x:Q>").isNull());
    QVERIFY(!valueOf("<x:P/>").isNull());
    QCOMPARE(valueOf("<x:P/>").text(), QString());
    const cim::Value list = valueOf("<x:P>1</x:P><x:P>2</x:P><x:P>3</x:P>");
    QCOMPARE(std::get<cim::Value::List>(list.data).size(), size_t(3));
    QCOMPARE(std::get<cim::Value::List>(list.data)[2].text(), QStringLiteral("3"));
    const std::string parts =
            "<a:Address>x</a:Address><a:ReferenceParameters><w:ResourceURI>http://u/CIM_A</w:ResourceURI>"
            "<w:SelectorSet><w:Selector Name=\"K\"> v </w:Selector></w:SelectorSet></a:ReferenceParameters>";
    std::string old = parts;
    for (size_t at = old.find("ReferenceParameters"); at != std::string::npos; at = old.find("ReferenceParameters"))
        old.replace(at, 19, "ReferenceProperties");
    for (const std::string &form : {parts, "<a:EndpointReference>" + parts + "</a:EndpointReference>", old}) {
        const cim::Value value = valueOf("<x:P>" + form + "</x:P>");
        QVERIFY(value.reference());
        QCOMPARE(value.reference()->key(), std::string("cim_a.k=\" v \""));
    }
}

void TestSoapDocument::namespaceIsNoKey()
{
    for (const char *const inside : {"root/x", "root/x<a:EndpointReference/>",
                                     "<a:EndpointReference><a:Address>x</a:Address></a:EndpointReference>"}) {
        const cim::Value value = valueOf(
                "<x:P><a:Address>x</a:Address><a:ReferenceParameters><w:ResourceURI>http://u/CIM_A</w:ResourceURI>"
                "<w:SelectorSet><w:Selector Name=\"__CimNamespace\">"
                + std::string(inside)
                + "</w:Selector><w:Selector Name=\"K\">v</w:Selector></w:SelectorSet></a:ReferenceParameters></x:P>");
        QVERIFY(value.reference());
        QCOMPARE(value.reference()->key(), std::string("cim_a.k=\"v\""));
        QVERIFY2(value.reference()->verbatim.isEmpty() == (std::string_view(inside) != "root/x"),
                 value.reference()->verbatim.constData());
    }
}

void TestSoapDocument::dates()
{
    for (const char *const name : {"Datetime", "Interval", "Date", "Time", "CIM_DateTime"})
        QCOMPARE(valueOf("<x:P><c:" + std::string(name) + ">t</c:" + name + "></x:P>").text(), QStringLiteral("t"));
    QCOMPARE(valueOf("<x:P><CIM_DateTime>20261122080910.123456+000</CIM_DateTime></x:P>").text(),
             QStringLiteral("20261122080910.123456+000"));
    QVERIFY(valueOf("<x:P><x:Time>t</x:Time></x:P>").text().isEmpty()); // a property of an embedded instance
}

void TestSoapDocument::otherNamespacesAreNoProperties()
{
    QVERIFY(valueOf("<c:P>a</c:P>").isNull());
    QCOMPARE(valueOf("<c:P>a</c:P><x:P>b</x:P>").text(), QStringLiteral("b"));
    QCOMPARE(valueOf("<y:P xmlns:y=\"u\">b</y:P>").text(), QStringLiteral("b"));
    QVERIFY(valueOf("<x:P xmlns:x=\"other\">b</x:P>").isNull());
}

void TestSoapDocument::windowsNames()
{
    // The namespace stands in the URI, in any letters.
    const cim::Value value = valueOf(
            "<x:P><a:Address>x</a:Address><a:ReferenceParameters><w:ResourceURI>"
            "HTTP://Schemas.Microsoft.com/WBEM/wsman/1/WMI/ROOT/Wmi/WT_Portal</w:ResourceURI><w:SelectorSet>"
            "<w:Selector Name=\"Address\">10.0.0.5</w:Selector></w:SelectorSet></a:ReferenceParameters></x:P>");
    QVERIFY(value.reference());
    QCOMPARE(value.reference()->nameSpace, QStringLiteral("ROOT/Wmi"));
    QCOMPARE(value.reference()->className, QStringLiteral("WT_Portal"));
    QCOMPARE(value.reference()->key(), std::string("wt_portal.address=\"10.0.0.5\""));
}

void TestSoapDocument::embeddedInstances()
{
    const cim::Value list = valueOf("<x:P xmlns:p1=\"v\" i:type=\"p1:WT_Connection_Type\"><p1:CID>1</p1:CID></x:P>"
                                    "<x:P xmlns:p1=\"v\" i:type=\"p1:WT_Connection_Type\"><p1:CID>2</p1:CID></x:P>");
    const auto &all = std::get<cim::Value::List>(list.data);
    QCOMPARE(all.size(), size_t(2));
    const auto second = std::get<std::shared_ptr<const cim::Instance>>(all[1].data);
    QCOMPARE(second->className, QStringLiteral("WT_Connection"));
    QCOMPARE(second->property(u"CID").text(), QStringLiteral("2"));
}

QTEST_GUILESS_MAIN(TestSoapDocument)
#include "tst_soapdocument.moc"
