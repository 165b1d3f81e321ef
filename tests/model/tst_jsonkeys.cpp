// SPDX-License-Identifier: Apache-2.0
#include "model/jsonkeys.h"

#include <QTest>

using namespace portalbind;

class TestJsonKeys : public QObject
{
    Q_OBJECT
private slots:
    void repeated_data();
    void repeated();
};

void TestJsonKeys::repeated_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("place");
    const auto row = [](const char *name, const QByteArray &json, const char *place) {
        QTest::newRow(name) << json << QString::fromUtf8(place);
    };
    row("none", R"({"a": 1, "b": {"a": 2}, "c": [{"a": 1}, {"a": 2}]})", "");
    row("no object", R"(["a", "a", 1])", "");
    row("values that equal keys", R"({"a": "a", "b": "a", "c": ["b", "a"]})", "");
    row("at the top", R"({"a": 1, "a": 1})", "/a");
    row("behind what looks like one", R"({"x": "{\"a\": 1, \"a\": 2}", "y": [], "y": 1})", "/y");
    row("within lists", R"({"s": [{"p": 1}, {"p": [1, {"q": 1, "q": 2}]}]})", "/s/1/p/1/q");
    row("another way to write it", R"({"abc": 1, "\u0061bc": 2})", "/abc");
    row("another way to write it, the other way round", R"({"\u0061bc": 1, "abc": 2})", "/abc");
    row("escaped in the place", R"({"a/b~c": 1, "a/b~c": 2})", "/a~1b~0c");
    row("a quote within", R"({"a\"": 1, "a\"": 2})", "/a\"");
    row("empty", R"({"": 1, "": 2})", "/");
    row("an object after another of the same depth", R"([{"a": 1}, {"a": 1, "b": 2, "b": 3}])", "/1/b");
    QByteArray many("{");
    for (int i = 0; i < 5'000; ++i)
        many += "\"k" + QByteArray::number(i) + "\":0,";
    row("many keys", many + "\"z\":0}", "");
    row("many keys, an early one twice", many + "\"k3\":0}", "/k3");
    row("many keys, a late one twice", many + "\"k4999\":0}", "/k4999");
}

void TestJsonKeys::repeated()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, place);
    const auto found = repeatedJsonKey(json);
    QCOMPARE(found.value_or(QString()), place);
    QCOMPARE(found.has_value(), !place.isEmpty());
}

QTEST_GUILESS_MAIN(TestJsonKeys)
#include "tst_jsonkeys.moc"
