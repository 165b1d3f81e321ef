// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/envelope.h"
#include "tests/backends/wsman/composing.h"
#include "tests/backends/wsman/connecting.h"

#include <QRegularExpression>
#include <QTest>

using namespace portalbind;
using namespace portalbind::wsman;

namespace {

const QString rig = QStringLiteral("root/cimv2/storage/iscsitarget");

/// Names of the elements straight inside Header or Body.
QStringList childrenOf(const QByteArray &xml, const char *parent)
{
    pugi::xml_document document;
    if (!document.load_buffer(xml.constData(), size_t(xml.size())))
        return {};
    QStringList names;
    for (const pugi::xml_node child : document.first_child().child(parent).children())
        names << QString::fromUtf8(child.name());
    return names;
}

Envelope good(const Result<Envelope> &envelope)
{
    if (!envelope)
        qFatal("%s", qPrintable(envelope.error().text()));
    return *envelope;
}

} // namespace

class TestEnvelope : public QObject
{
    Q_OBJECT
private slots:
    void headers();
    void whatMustBeUnderstood();
    void pullRepeatsTheTarget();
    void enumerates();
    void namesOfServers_data();
    void namesOfServers();
    void refuses_data();
    void refuses();
    void carriageReturnsArrive();

private:
    const ServerProfile m_profile = profileFor(5986);
    const EnvelopeWriter m_dmtf{m_profile, {UriStyle::Dmtf, {}}};
};

void TestEnvelope::headers()
{
    // OMI's parser reads them as they come: what names the class goes before what names the object.
    const Target target = *Target::ofObject(portalPath(), {UriStyle::Dmtf, {}});
    const Envelope envelope = good(m_dmtf.get(target));
    QCOMPARE(childrenOf(envelope.xml, "s:Header"),
             (QStringList{QStringLiteral("wsa:To"), QStringLiteral("wsman:ResourceURI"), QStringLiteral("wsa:ReplyTo"),
                          QStringLiteral("wsa:Action"), QStringLiteral("wsman:MaxEnvelopeSize"),
                          QStringLiteral("wsa:MessageID"), QStringLiteral("wsman:Locale"),
                          QStringLiteral("p:DataLocale"), QStringLiteral("wsman:SelectorSet"),
                          QStringLiteral("wsman:OperationTimeout")}));
    QVERIFY(!envelope.xml.startsWith("\xef\xbb\xbf"));
    QVERIFY(envelope.xml.contains("<wsa:To>https://127.0.0.1:5986/wsman</wsa:To>"));
    QVERIFY(envelope.xml.contains("<wsman:OperationTimeout>PT60S</wsman:OperationTimeout>"));
    QVERIFY(m_profile.limits.envelope >= 8192); // less is an EncodingLimit everywhere
    // These switch Windows to answers in several messages.
    QVERIFY(!envelope.xml.contains("OperationID") && !envelope.xml.contains("SequenceId"));
    QVERIFY(envelope.xml.contains(QByteArray::fromStdString(envelope.messageId)));
    QVERIFY(good(m_dmtf.get(target)).messageId != envelope.messageId); // openwsman refuses one that it has seen
}

void TestEnvelope::whatMustBeUnderstood()
{
    const QByteArray xml = good(m_dmtf.get(Target::ofClass(rig, QStringLiteral("CIM_X"), {UriStyle::Dmtf, {}}))).xml;
    QRegularExpressionMatchIterator all = QRegularExpression(QStringLiteral("<([\\w:]+)[^>]*mustUnderstand=\"(\\w+)\""))
                                                  .globalMatch(QString::fromUtf8(xml));
    int seen = 0;
    while (all.hasNext()) {
        const QRegularExpressionMatch match = all.next();
        const bool locale = match.captured(1).endsWith(QLatin1String("Locale"));
        QCOMPARE(match.captured(2), locale ? QStringLiteral("false") : QStringLiteral("true")); // OMI knows no "1"
        ++seen;
    }
    QCOMPARE(seen, 6);
}

void TestEnvelope::pullRepeatsTheTarget()
{
    // Windows and openwsman compare them.
    const Target target = Target::ofClass(rig, QStringLiteral("CIM_X"), {UriStyle::Dmtf, {}});
    const auto comparable = [](const QByteArray &xml) {
        const qsizetype action = xml.indexOf("<wsa:Action"), id = xml.indexOf("</wsa:MessageID>");
        return xml.left(action) + xml.mid(id, xml.indexOf("<s:Body>") - id);
    };
    const QByteArray first = good(m_dmtf.enumerate(target, true, 7)).xml;
    const QByteArray pull = good(m_dmtf.pull(target, "a&b", 7)).xml;
    QCOMPARE(comparable(pull), comparable(first));
    QCOMPARE(comparable(good(m_dmtf.release(target, "a&b")).xml), comparable(first));
    QVERIFY(pull.contains("<wsen:Pull><wsen:EnumerationContext>a&amp;b</wsen:EnumerationContext>"
                          "<wsen:MaxElements>7</wsen:MaxElements></wsen:Pull>"));
}

void TestEnvelope::enumerates()
{
    // Without MaxElements openwsman and OMI give one instance at a time; here it is of another namespace than in Pull.
    const Target target = Target::ofClass(rig, QStringLiteral("CIM_X"), {UriStyle::Dmtf, {}});
    QVERIFY(good(m_dmtf.enumerate(target, true, 7))
                    .xml.contains(
                            "<wsen:Enumerate><wsman:OptimizeEnumeration/><wsman:MaxElements>7</wsman:MaxElements>"
                            "<wsman:EnumerationMode>EnumerateObjectAndEPR</wsman:EnumerationMode></wsen:Enumerate>"));
    QVERIFY(!good(m_dmtf.enumerate(target, false, 7)).xml.contains("EnumerationMode"));
}

void TestEnvelope::namesOfServers_data()
{
    QTest::addColumn<int>("style");
    QTest::addColumn<QString>("className");
    QTest::addColumn<QByteArray>("uri");
    QTest::addColumn<bool>("selector");
    QTest::newRow("DMTF") << int(UriStyle::Dmtf) << QStringLiteral("CIM_X")
                          << QByteArray("http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_X") << true;
    QTest::newRow("a vendor's") << int(UriStyle::Dmtf) << QStringLiteral("OMC_X")
                                << QByteArray("http://schema.omc-project.org/wbem/wscim/1/cim-schema/2/OMC_X") << true;
    QTest::newRow("Windows") << int(UriStyle::Wmi) << QStringLiteral("MSISCSITARGET_BindsTo")
                             << QByteArray("http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/storage/"
                                           "iscsitarget/MSISCSITARGET_BindsTo")
                             << false;
}

void TestEnvelope::namesOfServers()
{
    QFETCH(int, style);
    QFETCH(QString, className);
    QFETCH(QByteArray, uri);
    QFETCH(bool, selector);
    const Naming naming{
            UriStyle(style),
            {{QStringLiteral("OMC"), QStringLiteral("http://schema.omc-project.org/wbem/wscim/1/cim-schema/2/")}}};
    const EnvelopeWriter writer(m_profile, naming);
    const QByteArray xml = good(writer.enumerate(Target::ofClass(rig, className, naming), true, 1)).xml;
    QVERIFY(xml.contains(">" + uri + "</wsman:ResourceURI>"));
    QCOMPARE(xml.contains("<wsman:Selector Name=\"__cimnamespace\">root/cimv2/storage/iscsitarget</wsman:Selector>"),
             selector);
}

void TestEnvelope::refuses_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("parameter");
    QTest::addColumn<QString>("value");
    const QString one = QStringLiteral("A");
    QTest::newRow("elements in a method's name") << QStringLiteral("Do><x") << one << one;
    QTest::newRow("no method") << QString() << one << one;
    QTest::newRow("blank in a name") << one << QStringLiteral("a b") << one;
    QTest::newRow("digit first") << one << QStringLiteral("1a") << one;
    QTest::newRow("control character") << one << one << QString(QChar(1));
    QTest::newRow("half a surrogate pair") << one << one << QString(QChar(0xd800));
    QTest::newRow("no character") << one << one << QString(QChar(0xffff));
    QTest::newRow("NUL") << one << one << QStringLiteral("a") + QChar(0);
}

void TestEnvelope::refuses()
{
    QFETCH(QString, method);
    QFETCH(QString, parameter);
    QFETCH(QString, value);
    const Target target = Target::ofClass(rig, QStringLiteral("CIM_X"), {UriStyle::Dmtf, {}});
    const auto envelope = m_dmtf.invoke(target, method, {{parameter, cim::Value::of(value)}});
    QVERIFY(!envelope);
    QCOMPARE(envelope.error().kind, Error::Kind::BadInput);
}

void TestEnvelope::carriageReturnsArrive()
{
    const Target target = Target::ofClass(rig, QStringLiteral("CIM_X"), {UriStyle::Dmtf, {}});
    const QString text = QStringLiteral("a\rb <&> \u20ac");
    const QByteArray xml =
            good(m_dmtf.invoke(target, QStringLiteral("Do"), {{QStringLiteral("P"), cim::Value::of(text)}})).xml;
    pugi::xml_document document;
    QVERIFY(document.load_buffer(xml.constData(), size_t(xml.size())));
    const pugi::xml_node parameter = document.first_child().child("s:Body").first_child().first_child();
    QCOMPARE(QString::fromUtf8(parameter.child_value()), text);
}

QTEST_GUILESS_MAIN(TestEnvelope)
#include "tst_envelope.moc"
