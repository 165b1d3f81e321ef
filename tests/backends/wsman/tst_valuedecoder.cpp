// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/endpointreference.h"
#include "backends/wsman/valuedecoder.h"
#include "tests/backends/wsman/soapfragments.h"

#include <QTest>

using namespace portalbind;
using namespace portalbind::wsman;

namespace {

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

class TestValueDecoder : public QObject
{
    Q_OBJECT
private slots:
    void values();
    void namespaceIsNoKey();
    void dates();
    void otherNamespacesAreNoProperties();
    void windowsNames();
    void embeddedInstances();
};

void TestValueDecoder::values()
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

void TestValueDecoder::namespaceIsNoKey()
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

void TestValueDecoder::dates()
{
    for (const char *const name : {"Datetime", "Interval", "Date", "Time", "CIM_DateTime"})
        QCOMPARE(valueOf("<x:P><c:" + std::string(name) + ">t</c:" + name + "></x:P>").text(), QStringLiteral("t"));
    QCOMPARE(valueOf("<x:P><CIM_DateTime>20261122080910.123456+000</CIM_DateTime></x:P>").text(),
             QStringLiteral("20261122080910.123456+000"));
    QVERIFY(valueOf("<x:P><x:Time>t</x:Time></x:P>").text().isEmpty()); // a property of an embedded instance
}

void TestValueDecoder::otherNamespacesAreNoProperties()
{
    QVERIFY(valueOf("<c:P>a</c:P>").isNull());
    QCOMPARE(valueOf("<c:P>a</c:P><x:P>b</x:P>").text(), QStringLiteral("b"));
    QCOMPARE(valueOf("<y:P xmlns:y=\"u\">b</y:P>").text(), QStringLiteral("b"));
    QVERIFY(valueOf("<x:P xmlns:x=\"other\">b</x:P>").isNull());
}

void TestValueDecoder::windowsNames()
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

void TestValueDecoder::embeddedInstances()
{
    const cim::Value list = valueOf("<x:P xmlns:p1=\"v\" i:type=\"p1:WT_Connection_Type\"><p1:CID>1</p1:CID></x:P>"
                                    "<x:P xmlns:p1=\"v\" i:type=\"p1:WT_Connection_Type\"><p1:CID>2</p1:CID></x:P>");
    const auto &all = std::get<cim::Value::List>(list.data);
    QCOMPARE(all.size(), size_t(2));
    const auto second = std::get<std::shared_ptr<const cim::Instance>>(all[1].data);
    QCOMPARE(second->className, QStringLiteral("WT_Connection"));
    QCOMPARE(second->property(u"CID").text(), QStringLiteral("2"));
}

QTEST_GUILESS_MAIN(TestValueDecoder)
#include "tst_valuedecoder.moc"
