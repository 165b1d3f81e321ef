// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/cimtypes.h"
#include "backends/cim/cimvalue.h"
#include "backends/cim/intake.h"
#include "backends/cim/keytable.h"
#include "backends/cim/pathkey.h"

#include <QRandomGenerator>
#include <QtTest>

#include <map>
#include <set>

using namespace portalbind;
using namespace portalbind::cim;

/// Paths, their keys and the text of properties.
class TestCimValue : public QObject
{
    Q_OBJECT
private slots:
    void keys();
    void keysOfReferences();
    void randomKeys();
    void parsedKeys();
    void brokenKeys();
    void looseKeys();
    void partsOfKeys();
    void keyTable();
    void rememberedPaths();
    void lookUps();
    void booleans();
    void numbers();
    void tags_data();
    void tags();
    void dateTimes();
    void addresses();
};

namespace {

ObjectPath path(const char *className, std::vector<std::pair<QString, Value>> keys)
{
    ObjectPath made;
    made.className = QString::fromUtf8(className);
    made.keys = std::move(keys);
    return made;
}

Value text(const char *value)
{
    return Value::of(QString::fromUtf8(value));
}

/// Text of letters that are easily mistaken for the form of a key.
QString awkward(QRandomGenerator &random)
{
    static const QString letters = QStringLiteral("aAbB.,=\"\\()# é€\U0001F600");
    QString made;
    for (quint32 i = random.bounded(6); i > 0; --i)
        made += letters[random.bounded(int(letters.size()))];
    return QString::fromUtf8(made.toUtf8()); // half a surrogate becomes a replacement character
}

QString swappedCase(const QString &name)
{
    QString swapped;
    for (const QChar c : name)
        swapped += c.unicode() > 127 ? c : c.isUpper() ? c.toLower() : c.toUpper();
    return swapped;
}

ObjectPath randomPath(QRandomGenerator &random, int depth)
{
    ObjectPath made;
    made.className = QStringLiteral("C") + awkward(random);
    std::set<QString> names; // one name in two cases cannot be in a path
    for (quint32 i = random.bounded(4); i > 0; --i) {
        const QString name = QStringLiteral("k") + awkward(random);
        if (!names.insert(name.toLower()).second)
            continue;
        if (depth > 0 && random.bounded(3) == 0)
            made.keys.emplace_back(name, Value::of(randomPath(random, depth - 1)));
        else
            made.keys.emplace_back(name, Value::of(awkward(random)));
    }
    return made;
}

/// The same object, written differently.
ObjectPath respelt(ObjectPath made, QRandomGenerator &random)
{
    made.nameSpace = QStringLiteral("root/somewhere");
    made.verbatim = "<epr/>";
    made.className = swappedCase(made.className);
    for (auto &[name, value] : made.keys) {
        name = swappedCase(name);
        if (const ObjectPath *inner = value.reference())
            value = Value::of(respelt(*inner, random));
    }
    std::shuffle(made.keys.begin(), made.keys.end(), random);
    return made;
}

/// What a path means, in a form of its own: for comparing with keys.
QStringList meaning(const ObjectPath &of)
{
    std::map<QString, QStringList> parts;
    for (const auto &[name, value] : of.keys) {
        QString low;
        for (const QChar c : name)
            low += c.unicode() > 127 ? c : c.toLower();
        parts[low] = value.reference() ? QStringList{QStringLiteral("ref")} + meaning(*value.reference())
                                       : QStringList{QStringLiteral("text"), value.text()};
    }
    QString className;
    for (const QChar c : of.className)
        className += c.unicode() > 127 ? c : c.toLower();
    QStringList all{className, QString::number(parts.size())};
    for (const auto &[name, value] : parts)
        all += QStringList{name, QString::number(value.size())} + value;
    return all;
}

} // namespace

void TestCimValue::keys()
{
    const std::string wanted = "cim_tcpprotocolendpoint.creationclassname=\"CIM_TCPProtocolEndpoint\",name=\"T 1\"";
    const auto one = path("CIM_TCPProtocolEndpoint",
                          {{QStringLiteral("Name"), text("T 1")},
                           {QStringLiteral("CreationClassName"), text("CIM_TCPProtocolEndpoint")}});
    QCOMPARE(one.key(), wanted);
    KeyBuilder builder;
    builder.begin("cim_TCPprotocolEndpoint");
    builder.add("__cimnamespace", "root/cimv2"); // a selector, not a key
    builder.add("CREATIONCLASSNAME", "CIM_TCPProtocolEndpoint");
    builder.add("name", "T 1");
    QCOMPARE(builder.take(), wanted);
    // Values are told apart by case; names are not.
    builder.begin("c");
    builder.add("name", "t 1");
    const std::string low = builder.take();
    builder.begin("C");
    builder.add("NAME", "T 1");
    QVERIFY(builder.take() != low);
    builder.begin("WT_General");
    QCOMPARE(builder.take(), std::string("wt_general"));
    QCOMPARE(path("c", {{QStringLiteral("n"), Value()}}).key(), std::string("c.n=\"\""));
    QCOMPARE(path("c", {{QStringLiteral("n"), text("a\"b\\c")}}).key(), std::string(R"(c.n="a\"b\\c")"));
}

void TestCimValue::keysOfReferences()
{
    const auto inner = path("A", {{QStringLiteral("Name"), text("x")}});
    const auto outer = path(
            "CIM_BindsTo",
            {{QStringLiteral("Dependent"), Value::of(inner)}, {QStringLiteral("Antecedent"), text("x")}});
    QCOMPARE(outer.key(), std::string("cim_bindsto.antecedent=\"x\",dependent=(a.name=\"x\")"));
    // Text that looks like a reference is none.
    const auto tricky = path(
            "CIM_BindsTo",
            {{QStringLiteral("Dependent"), text("(a.name=\"x\")")}, {QStringLiteral("Antecedent"), text("x")}});
    QVERIFY(tricky.key() != outer.key());
}

void TestCimValue::randomKeys()
{
    QRandomGenerator random(20261122);
    std::map<std::string, QStringList> seen;
    std::map<QStringList, std::string> keys;
    for (int i = 0; i < 20'000; ++i) {
        const ObjectPath one = randomPath(random, 2);
        const std::string key = one.key();
        QCOMPARE(respelt(one, random).key(), key);
        // One key, one meaning; one meaning, one key.
        const auto [at, isNew] = seen.try_emplace(key, meaning(one));
        QCOMPARE(at->second, meaning(one));
        const auto [same, isFirst] = keys.try_emplace(meaning(one), key);
        QCOMPARE(same->second, key);
    }
    QVERIFY(seen.size() > 1000);
    QVERIFY(seen.size() < 20'000); // some were met twice
}

void TestCimValue::parsedKeys()
{
    QRandomGenerator random(7);
    for (int i = 0; i < 20'000; ++i) {
        const std::string key = randomPath(random, 2).key();
        const auto parsed = parseKey(key);
        QVERIFY2(parsed, key.c_str());
        KeyBuilder builder;
        builder.begin(parsed->className);
        for (const KeyPart &part : parsed->parts) {
            if (part.reference)
                builder.addReference(part.name, part.value);
            else
                builder.add(part.name, part.value);
        }
        QCOMPARE(builder.take(), key);
    }
}

void TestCimValue::brokenKeys()
{
    for (const char *broken :
         {"c.", "c.n", "c.n=", "c.n=x", "c.n=\"x", "c.n=(x", "c.n=\"x\"n=\"y\"", "c.n=\"x\",", "c.n=)", "c.n=\"x\\"}) {
        QVERIFY2(!parseKey(broken), broken);
        QCOMPARE(looseKey(broken), std::string(broken));
    }
    QVERIFY(parseKey(""));
}

void TestCimValue::looseKeys()
{
    const std::string strict = "cim_x.creationclassname=\"V_X\",name=\"A\",systemname=\"Host\"";
    QCOMPARE(looseKey(strict), looseKey("v_x.creationclassname=\"V_X\",name=\"A\",systemname=\"HOST\""));
    QVERIFY(looseKey(strict) != looseKey("cim_x.creationclassname=\"V_X\",name=\"a\",systemname=\"Host\""));
    QVERIFY(looseKey(strict) != looseKey("cim_x.creationclassname=\"V_Y\",name=\"A\",systemname=\"Host\""));
    // A server may send any key twice, also this one.
    QCOMPARE(looseKey("x.systemname=\"A_long_name_of_a_system\",systemname=\"Host\""),
             std::string("x.systemname=\"a_long_name_of_a_system\",systemname=\"host\""));
    // Where nothing else tells the class it counts.
    QVERIFY(looseKey("a.instanceid=\"1\"") != looseKey("b.instanceid=\"1\""));
}

void TestCimValue::partsOfKeys()
{
    const std::string key = R"(cim_x.name="a\"b",systemname="s\\1")";
    QCOMPARE(classOfKey(key), std::string_view("cim_x"));
    QCOMPARE(valueInKey(key, "name"), std::string("a\"b"));
    QCOMPARE(valueInKey(key, "nothing"), std::string());
    QCOMPARE(std::string(systemOfKey(key)), std::string(R"(s\\1)"));
    QCOMPARE(unescapedValue(systemOfKey(key)), std::string(R"(s\1)"));
    QVERIFY(classEndsWith(key, "_x"));
    QVERIFY(!classEndsWith(key, "cim_x.name"));
    QVERIFY(systemOfKey("c.name=\"x\"").empty());
}

void TestCimValue::keyTable()
{
    KeyTable table;
    QCOMPARE(table.find("x"), KeyTable::none);
    QRandomGenerator random(1);
    std::vector<std::string> keys;
    keys.reserve(50'001);
    for (int i = 0; i < 50'000; ++i)
        keys.push_back("key " + std::to_string(i) + std::string(random.bounded(100u), 'x'));
    keys.emplace_back(1'000'000, 'y'); // larger than a block
    keys.emplace_back();
    for (size_t i = 0; i < keys.size(); ++i)
        QCOMPARE(table.number(keys[i]), quint32(i));
    for (size_t i = 0; i < keys.size(); ++i) {
        QCOMPARE(table.number(keys[i]), quint32(i));
        QCOMPARE(table.find(keys[i]), quint32(i));
        QVERIFY(table.key(quint32(i)) == keys[i]);
    }
    QCOMPARE(table.size(), quint32(keys.size()));
}

void TestCimValue::rememberedPaths()
{
    ObjectPath model = path("Acme_TCP",
                            {{QStringLiteral("SystemName"), text("s")}, {QStringLiteral("Name"), text("one")}});
    model.nameSpace = QStringLiteral("root/acme");
    model.verbatim = "<one/>";
    ObjectPath other = model;
    other.keys[1].second = text("t\"wo");
    Paths paths;
    QVERIFY(!paths.path(model.key()));
    paths.keepModel(model.key(), model);
    const auto made = paths.path(other.key());
    QVERIFY(made);
    QCOMPARE(made->nameSpace, QStringLiteral("root/acme"));
    QCOMPARE(made->className, QStringLiteral("Acme_TCP"));
    QCOMPARE(made->keys[0].first, QStringLiteral("SystemName"));
    QCOMPARE(made->keys[1].second.text(), QStringLiteral("t\"wo"));
    QVERIFY(made->verbatim.isEmpty()); // that of another object would be wrong
    QCOMPARE(made->key(), other.key());
    // Other keys than the model's cannot be made of it.
    QVERIFY(!paths.path("acme_tcp.name=\"x\""));
    QVERIFY(!paths.path("acme_tcp.name=\"x\",other=\"y\""));
    QVERIFY(!paths.path("acme_ip.name=\"x\",systemname=\"s\""));
    other.verbatim = "<two/>";
    paths.keepWhole(other.key(), other);
    QCOMPARE(paths.path(other.key())->verbatim, QByteArray("<two/>"));
}

void TestCimValue::lookUps()
{
    Instance instance;
    instance.set(QStringLiteral("Listen"), text("TRUE"));
    instance.set(QStringLiteral("Status"), Value{Value::List{text("2"), text("5")}});
    instance.set(QStringLiteral("Empty"), Value{Value::List{}});
    QCOMPARE(instance.property(u"LISTEN").text(), QStringLiteral("TRUE"));
    QCOMPARE(instance.property(u"status").text(), QStringLiteral("2"));
    QVERIFY(instance.property(u"Empty").text().isEmpty());
    QVERIFY(!instance.property(u"Empty").first());
    QVERIFY(instance.property(u"nothing").isNull());
    instance.set(QStringLiteral("listen"), text("FALSE"));
    QCOMPARE(instance.properties.size(), size_t(3));
    QCOMPARE(instance.properties[0].first, QStringLiteral("Listen")); // the server's spelling stays
    QCOMPARE(instance.property(u"Listen").text(), QStringLiteral("FALSE"));
    MethodAnswer answer;
    answer.out.emplace_back(QStringLiteral("iSCSIPort"), Value::of(path("c", {})));
    QVERIFY(answer.parameter(u"ISCSIPORT").reference());
    QVERIFY(!answer.parameter(u"Job").reference());
    QVERIFY(answer.parameter(u"iSCSIPort").text().isEmpty());
}

void TestCimValue::booleans()
{
    for (const char *yes : {"true", "TRUE", "True", "1", " true\n"})
        QCOMPARE(toBoolean(yes), std::optional(true));
    for (const char *no : {"false", "FALSE", "0"})
        QCOMPARE(toBoolean(no), std::optional(false));
    for (const char *neither : {"", "yes", "2", "truex"})
        QVERIFY(!toBoolean(neither));
    QVERIFY(!toBoolean({}));
}

void TestCimValue::numbers()
{
    QCOMPARE(toUnsigned("18446744073709551615"), std::optional(~quint64(0)));
    QVERIFY(!toUnsigned("18446744073709551616"));
    QCOMPARE(toUnsigned(" 3260 "), std::optional(quint64(3260)));
    QCOMPARE(toUnsigned("0x10"), std::optional(quint64(16)));
    for (const char *none : {"", "-1", "1.0", "0x", "12a", "+1"})
        QVERIFY2(!toUnsigned(none), none);
    QCOMPARE(toRole("2"), Role::Initiator);
    QCOMPARE(toRole("3"), Role::Target);
    QCOMPARE(toRole("4"), Role::Both);
    for (const char *unknown : {"", "0", "1", "5", "Target"})
        QCOMPARE(toRole(unknown), Role::Unknown);
}

void TestCimValue::tags_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<qint64>("tag"); // -1: none
    QTest::addColumn<QByteArray>("node");
    QTest::addColumn<int>("role"); // -1: not told
    QTest::newRow("schema") << QByteArray("iqn.2026-11.x:a,t,0x0001") << qint64(1) << QByteArray("iqn.2026-11.x:a")
                            << 3;
    QTest::newRow("ISID") << QByteArray("iqn.x:h,i,0x00023d000001") << qint64(0x23d000001) << QByteArray("iqn.x:h")
                          << 2;
    QTest::newRow("capital") << QByteArray("iqn.x:h,T,0X1F") << qint64(31) << QByteArray("iqn.x:h") << 3;
    QTest::newRow("first comma missing") << QByteArray("iqn.x:at,0x0010") << qint64(16) << QByteArray("iqn.x:a") << 3;
    QTest::newRow("short") << QByteArray("iqn.x:target,12") << qint64(12) << QByteArray("iqn.x:target") << -1;
    QTest::newRow("16 digits") << QByteArray("iqn.x:a,t,0x0000000000000002") << qint64(2) << QByteArray("iqn.x:a") << 3;
    QTest::newRow("without 0x") << QByteArray("iqn.x:a,t,0010") << qint64(16) << QByteArray("iqn.x:a") << 3;
    QTest::newRow("no tag") << QByteArray("iqn.x:a") << qint64(-1) << QByteArray("iqn.x:a") << -1;
    QTest::newRow("no number") << QByteArray("iqn.x:a,t,zz") << qint64(-1) << QByteArray("iqn.x:a") << 3;
    QTest::newRow("nothing") << QByteArray("") << qint64(-1) << QByteArray("") << -1;
    QTest::newRow("comma") << QByteArray(",") << qint64(-1) << QByteArray("") << -1;
}

void TestCimValue::tags()
{
    QFETCH(QByteArray, name);
    QFETCH(qint64, tag);
    QFETCH(QByteArray, node);
    QFETCH(int, role);
    const std::string_view text_(name.data(), size_t(name.size()));
    QCOMPARE(qint64(tagOfName(text_).value_or(~quint64(0))), tag);
    QCOMPARE(std::string(nodeOfName(text_)), node.toStdString());
    QCOMPARE(roleOfName(text_) ? int(*roleOfName(text_)) : -1, role);
    QCOMPARE(toTag("000000000001"), std::optional(quint64(1)));
    QCOMPARE(toTag("0x00023D000001"), std::optional(quint64(0x23d000001)));
    QVERIFY(!toTag("\"000000000001"));
    QVERIFY(!toTag("10000000000000000"));
}

void TestCimValue::dateTimes()
{
    const QDateTime wanted(QDate(2026, 11, 22), QTime(8, 9, 10, 123), Qt::UTC);
    QCOMPARE(toDateTime("20261122080910.123456+000"), std::optional(wanted));
    QCOMPARE(toDateTime("20261122090910.123456+060"), std::optional(wanted));
    QCOMPARE(toDateTime("20261122023910.123456-330"), std::optional(wanted));
    QCOMPARE(toDateTime("2026-11-22T08:09:10.123456Z"), std::optional(wanted));
    for (const char *none : {"", "00000001132312.000000:000", "20261122080910.******+000", "20261322080910.123456+000",
                             "2026-11-22Tx", "20261122080910.123456+00"})
        QVERIFY2(!toDateTime(none), none);
}

void TestCimValue::addresses()
{
    QCOMPARE(toAddress("2001:0DB8:0000:0000:0000:0000:0000:0005")->toString(), QStringLiteral("2001:db8::5"));
    QCOMPARE(toAddress(" 10.0.0.1 ")->toString(), QStringLiteral("10.0.0.1"));
    QVERIFY(!toAddress("0000:0000:0000:0000:0000:0000:0a10:29d5"));
    QVERIFY(toAddress("::")->isWildcard());
    QVERIFY(toAddress("::1")->isLoopback());
    for (const char *none : {"", "not set", "10.0.0", "::ffff:10.0.0.1"})
        QVERIFY2(!toAddress(none), none);
    QVERIFY(!toAddress({}));
}

QTEST_MAIN(TestCimValue)
#include "tst_cimvalue.moc"
