// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/documentbatch.h"
#include "backends/wsman/enumeration.h"
#include "backends/wsman/referencewriter.h"
#include "backends/wsman/xmlnames.h"

#include <QRandomGenerator>
#include <QTest>

using namespace portalbind;
using namespace portalbind::wsman;

namespace {

const QString wsa = QStringLiteral("http://schemas.xmlsoap.org/ws/2004/08/addressing");

QString randomText(QRandomGenerator &random)
{
    static const QString alphabet = QStringLiteral("aZ09-._:;,/=\"'\\()<>&%# \t\n\r") + QChar(0xfc) + QChar(0x20ac)
            + QChar(0x202e);
    QString text;
    for (int n = int(random.bounded(12)); n > 0; --n)
        text += alphabet[random.bounded(int(alphabet.size()))];
    return text;
}

cim::ObjectPath randomPath(QRandomGenerator &random, int depth = 0)
{
    cim::ObjectPath path;
    path.nameSpace = random.bounded(2) ? QStringLiteral("root/cimv2") : QStringLiteral("root/x/y");
    path.className = QStringLiteral("CIM_Thing%1").arg(random.bounded(9));
    const int keys = int(random.bounded(1, 5));
    for (int i = 0; i < keys; ++i) {
        const QString name =
                QStringLiteral("%1Key%2").arg(random.bounded(2) ? QLatin1String("a") : QLatin1String("Z")).arg(i);
        path.keys.emplace_back(name,
                               depth < 2 && random.bounded(4) == 0 ? cim::Value::of(randomPath(random, depth + 1))
                                                                   : cim::Value::of(randomText(random)));
    }
    return path;
}

/// The path as a server would send it in an answer to Enumerate, as the instance's own and as a property of it.
std::string answerWith(const ReferenceWriter &reference)
{
    QByteArray xml;
    QXmlStreamWriter writer(&xml);
    writer.writeNamespace(wsa, QStringLiteral("ad"));
    writer.writeStartElement(wsa, QStringLiteral("EndpointReference"));
    const bool good = reference.writeContent(writer);
    writer.writeEndElement();
    QByteArray bare;
    QXmlStreamWriter inner(&bare);
    inner.writeStartElement(QStringLiteral("urn:c"), QStringLiteral("Ref"));
    const bool innerGood = reference.writeContent(inner);
    inner.writeEndElement();
    if (!good || !innerGood || writer.hasError() || inner.hasError())
        qFatal("not written");
    return "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
           "xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\""
           " xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><s:Body><n:PullResponse><w:Items><w:Item><C "
           "xmlns=\"urn:c\">"
            + bare.toStdString() + "</C>" + xml.toStdString()
            + "</w:Item></w:Items><n:EndOfSequence/></n:PullResponse></s:Body></s:Envelope>";
}

} // namespace

class TestRandomReferences : public QObject
{
    Q_OBJECT
private slots:
    void keysAgree_data();
    void keysAgree();
    void unwritable();
};

void TestRandomReferences::keysAgree_data()
{
    QTest::addColumn<int>("style");
    QTest::newRow("DMTF") << int(UriStyle::Dmtf);
    QTest::newRow("WMI") << int(UriStyle::Wmi);
}

void TestRandomReferences::keysAgree()
{
    QFETCH(int, style);
    const Naming naming{UriStyle(style), {}};
    const PropertyTable table({"Ref"});
    QRandomGenerator random(20'261'122);
    const int rounds = qEnvironmentVariableIntValue("PORTALBIND_LONG") ? 100'000 : 2'000;
    for (int i = 0; i < rounds; ++i) {
        const cim::ObjectPath path = randomPath(random);
        const auto writer = ReferenceWriter::of(path, naming);
        QVERIFY(writer);
        const auto document = SoapDocument::parse(answerWith(*writer), Limits{});
        QVERIFY2(document, document ? "" : qPrintable(document.error()));
        const auto page = readPage(**document);
        QVERIFY(page);
        const DocumentBatch batch(*document, page->items, table, naming, {});
        QCOMPARE(batch.size(), size_t(1));
        QCOMPARE(batch.pathKey(0), path.key());
        QCOMPARE(batch.referenceKey(0, 0), path.key());
        QVERIFY(batch.hasPlainPath(0));
        cim::ObjectPath read = *batch.path(0);
        QCOMPARE(read.key(), path.key());
        QCOMPARE(read.nameSpace, path.nameSpace);
        QCOMPARE(batch.reference(0, 0)->key(), path.key());
        // Echoing the server's own form, and composing it again, both say the same.
        const auto echo = ReferenceWriter::of(read, naming);
        QVERIFY(echo);
        QCOMPARE(answerWith(*echo), answerWith(*writer));
        read.verbatim.clear();
        QCOMPARE(answerWith(*ReferenceWriter::of(read, naming)), answerWith(*writer));
    }
}

void TestRandomReferences::unwritable()
{
    // What XML cannot carry is an error; QXmlStreamWriter would drop it without a word.
    for (const QString &text :
         {QString(QChar(1)), QString(QChar(0xd800)), QString(QChar(0xffff)), QStringLiteral("a") + QChar(0)}) {
        cim::ObjectPath path;
        path.className = QStringLiteral("CIM_A");
        path.keys = {{QStringLiteral("K"), cim::Value::of(text)}};
        const auto writer = ReferenceWriter::of(path, Naming{});
        QVERIFY(writer);
        QByteArray xml;
        QXmlStreamWriter to(&xml);
        to.writeStartElement(QStringLiteral("x"));
        QVERIFY(!writer->writeContent(to));
    }
    cim::ObjectPath broken;
    broken.verbatim = "<not";
    QVERIFY(!ReferenceWriter::of(broken, Naming{}));
    broken.verbatim = "<a><b/></a>";
    QVERIFY(!ReferenceWriter::of(broken, Naming{}));
}

QTEST_GUILESS_MAIN(TestRandomReferences)
#include "tst_randomreferences.moc"
