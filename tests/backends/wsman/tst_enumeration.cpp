// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/enumeration.h"
#include "backends/wsman/soapdocument.h"
#include "tests/backends/wsman/scriptedserver.h"
#include "tests/backends/wsman/soapfragments.h"
#include "tests/testdata.h"

#include <QDir>
#include <QTest>

using namespace portalbind;
using namespace portalbind::wsman;

class TestEnumeration : public QObject
{
    Q_OBJECT
private slots:
    void pages_data();
    void pages();
    void guesses_data();
    void guesses();
    void guessesOfRecordings();
};

void TestEnumeration::pages_data()
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

void TestEnumeration::pages()
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

void TestEnumeration::guesses_data()
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

void TestEnumeration::guesses()
{
    QFETCH(std::string, bytes);
    QFETCH(std::string, context);
    QCOMPARE(guessContext(bytes), context);
}

void TestEnumeration::guessesOfRecordings()
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

QTEST_GUILESS_MAIN(TestEnumeration)
#include "tst_enumeration.moc"
