// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/console.h"
#include "backends/lio/helper/request.h"

#include <QTest>

using namespace portalbind::kernel;

class tst_HelperRequests : public QObject
{
    Q_OBJECT
private slots:
    void good();
    void bad_data();
    void bad();
    void limits();
    void lines();
};

void tst_HelperRequests::good()
{
    const auto make = parseRequest(
            R"({"id":7,"do":"make-portal","target":"iqn.x","tpg":"tpgt_01","portal":"[2001:DB8::5]:3260","iser":true})");
    QVERIFY(make);
    QCOMPARE(*make->id, 7);
    QVERIFY(make->verb == Verb::MakePortal && make->iser && !make->offload && !make->beyondPolicy);
    QCOMPARE(std::get<std::string>(make->tpg), std::string("tpgt_01"));
    QCOMPARE(make->portal->text(), std::string("[2001:db8::5]:3260"));
    const auto save = parseRequest(
            R"({"id":0,"do":"save","objects":[{"target":"a"},{"target":"a","tpg":65535,"portal":"10.0.0.1:1"}]})");
    QVERIFY(save && save->objects.size() == 2);
    QCOMPARE(std::get<std::uint16_t>(save->objects[1].tpg), std::uint16_t(65535));
    QVERIFY(parseRequest(R"({"id":9007199254740992,"do":"read"})"));
    QVERIFY(parseRequest(R"({"id":1,"do":"remove-portal","target":"a","tpg":1,"dir":"x[::1]y:0xCBC"})"));
}

void tst_HelperRequests::bad_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<int>("id"); // -1: none is to be found
    const auto row = [](const char *name, const QByteArray &line, int id) { QTest::newRow(name) << line << id; };
    row("nothing", "", -1);
    row("not JSON", "{", -1);
    row("not an object", "[1]", -1);
    row("two values", R"({"id":1,"do":"read"}{})", -1);
    row("byte order mark", "\xef\xbb\xbf{\"id\":1,\"do\":\"read\"}", -1);
    row("not UTF-8", "{\"id\":1,\"do\":\"\xff\"}", -1);
    row("NUL in the line", QByteArray("{\"id\":1,\"do\":\"read\"}\0", 21), -1);
    row("no id", R"({"do":"read"})", -1);
    row("negative id", R"({"id":-1,"do":"read"})", -1);
    row("broken id", R"({"id":1.5,"do":"read"})", -1);
    row("large id", R"({"id":9007199254740993,"do":"read"})", -1);
    row("huge id", R"({"id":99999999999999999999999,"do":"read"})", -1);
    row("key twice", R"({"id":1,"id":1,"do":"read"})", -1);
    row("no verb", R"({"id":1})", 1);
    row("unknown verb", R"({"id":1,"do":"Read"})", 1);
    row("unknown key", R"({"id":1,"do":"read","path":"/etc/shadow"})", 1);
    row("key of another verb", R"({"id":1,"do":"make-tpg","target":"a","enabled":true})", 1);
    row("key missing", R"({"id":1,"do":"enable-tpg","target":"a","tpg":1})", 1);
    row("truth as number", R"({"id":1,"do":"enable-tpg","target":"a","tpg":1,"enabled":1})", 1);
    row("dots", R"({"id":1,"do":"make-tpg","target":".."})", 1);
    row("slash", R"({"id":1,"do":"make-tpg","target":"a/../../b"})", 1);
    row("NUL in a name", R"({"id":1,"do":"make-tpg","target":"a\u0000b"})", 1);
    row("empty name", R"({"id":1,"do":"make-tpg","target":""})", 1);
    row("long name", R"({"id":1,"do":"make-tpg","target":")" + QByteArray(224, 'a') + R"("})", 1);
    row("folder of a TPG", R"({"id":1,"do":"remove-tpg","target":"a","tpg":"param"})", 1);
    row("path as TPG", R"({"id":1,"do":"remove-tpg","target":"a","tpg":"../tpgt_1"})", 1);
    row("tag too large", R"({"id":1,"do":"remove-tpg","target":"a","tpg":65536})", 1);
    row("tag negative", R"({"id":1,"do":"remove-tpg","target":"a","tpg":-1})", 1);
    row("new TPG by name", R"({"id":1,"do":"make-tpg","target":"a","tpg":"tpgt_01"})", 1);
    row("portal as a path", R"({"id":1,"do":"make-portal","target":"a","tpg":1,"portal":"../x:1"})", 1);
    row("portal and dir",
        R"({"id":1,"do":"remove-portal","target":"a","tpg":1,"portal":"10.0.0.1:1","dir":"10.0.0.1:1"})", 1);
    row("neither portal nor dir", R"({"id":1,"do":"remove-portal","target":"a","tpg":1})", 1);
    row("dir is a path", R"({"id":1,"do":"remove-portal","target":"a","tpg":1,"dir":"../../x"})", 1);
    row("objects no list", R"({"id":1,"do":"save","objects":{}})", 1);
    row("object unknown key", R"({"id":1,"do":"save","objects":[{"target":"a","file":"x"}]})", 1);
    row("object without tag", R"({"id":1,"do":"save","objects":[{"target":"a","portal":"10.0.0.1:1"}]})", 1);
    row("object by name", R"({"id":1,"do":"save","objects":[{"target":"a","tpg":"tpgt_1"}]})", 1);
    row("pool no UUID", R"({"id":1,"do":"pool-remove","pool":"../x"})", 1);
    row("portals no addresses", R"({"id":1,"do":"candidate-keep","portals":["x"]})", 1);
    row("another protocol", R"({"id":1,"do":"hello","protocol":2})", 1);
}

void tst_HelperRequests::bad()
{
    QFETCH(QByteArray, line);
    QFETCH(int, id);
    const auto request = parseRequest(line.toStdString());
    QVERIFY(!request);
    QCOMPARE(int(request.error().id.value_or(-1)), id);
    QVERIFY(!request.error().text.empty());
    QVERIFY(isUtf8(request.error().text));
}

void tst_HelperRequests::limits()
{
    const auto nested = [](int depth) {
        return std::string(R"({"id":1,"do":)") + std::string(std::size_t(depth), '[')
                + std::string(std::size_t(depth), ']') + '}';
    };
    QCOMPARE(parseRequest(nested(7)).error().text, std::string("do is missing, or no verb that this program knows"));
    QCOMPARE(parseRequest(nested(8)).error().text, std::string("do[0][0][0][0][0][0][0]: nested too deeply"));
    QVERIFY(!parseRequest(std::string(900'000, '['))); // and no stack is used up
    std::string many = R"({"id":1,"do":"candidate-keep","portals":[)";
    for (int i = 0; i < 50'000; ++i)
        many += "1,";
    QVERIFY(parseRequest(many + "1]}").error().text.find("too many values") != std::string::npos);
    std::string objects = R"({"id":1,"do":"save","objects":[)";
    for (int i = 0; i < 20'000; ++i)
        objects += R"({"target":"a"},)";
    QVERIFY(parseRequest(objects.substr(0, objects.size() - 1) + "]}").has_value());
    QVERIFY(!parseRequest(objects + R"({"target":"a"}]})"));
}

/// Cut anywhere, the same lines come out; a long one is told once and holds no memory.
void tst_HelperRequests::lines()
{
    const std::string longLine(longestRequest, 'x');
    const std::string all = "a\n\n" + longLine + "\nb\n" + longLine.substr(1) + "\n" + longLine + longLine + "\nlast";
    for (const std::size_t piece : {std::size_t(1'000), std::size_t(70'001), all.size()}) {
        LineReader reader;
        std::string seen;
        for (std::size_t at = 0; at < all.size(); at += piece) {
            reader.add(std::string_view(all).substr(at, piece));
            std::string line;
            for (auto event = reader.next(line); event != LineReader::Event::None; event = reader.next(line))
                seen += (event == LineReader::Event::TooLong ? "!" : line.size() > 10 ? "ok" : line) + std::string("|");
            QVERIFY(reader.held() <= longestRequest + piece);
        }
        QCOMPARE(seen, std::string("a||!|b|ok|!|"));
        QCOMPARE(reader.held(), std::size_t(4));
    }
}

QTEST_GUILESS_MAIN(tst_HelperRequests)

#include "tst_helperrequests.moc"
