// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/httpparser.h"

#include <QTest>

#include <ctime>

using namespace portalbind::wsman;
using State = HttpResponseParser::State;

namespace {

const std::string small =
        "HTTP/1.1 200 (null)\r\nContent-Type: text/xml\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 5\r\n\r\nhello";
const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nhel\r\n2\r\nlo\r\n0\r\n"
                            "WWW-Authenticate: Basic\r\nX-Trailer: t\r\n\r\n";
const std::string unlimited = "HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\nhello";

struct Outcome
{
    State state;
    HttpResponse response;
    bool surplus = false;
    QString error;
};

Outcome readAll(const std::string &bytes, size_t piece, bool end, HttpLimits limits = {})
{
    HttpResponseParser parser(limits);
    State state = State::More;
    for (size_t at = 0; at < bytes.size() && state == State::More; at += piece)
        state = parser.feed(bytes.data() + at, std::min(piece, bytes.size() - at));
    if (end && state == State::More)
        state = parser.end();
    Outcome outcome{state, {}, parser.hasSurplus(), parser.error()};
    if (state == State::Complete)
        outcome.response = parser.take();
    return outcome;
}

} // namespace

class TestHttpParser : public QObject
{
    Q_OBJECT
private slots:
    void anyPieces_data();
    void anyPieces();
    void noChunksInAnyPieces();
    void truncatedAnywhere();
    void interimResponses();
    void fieldsByName();
    void keepAlive_data();
    void keepAlive();
    void refused_data();
    void refused();
    void limitsHoldWhileReading();
    void surplus();
    void tinyChunksAreQuick();
};

void TestHttpParser::anyPieces_data()
{
    QTest::addColumn<std::string>("bytes");
    QTest::addColumn<bool>("end");
    QTest::newRow("length") << small << false;
    QTest::newRow("chunks") << chunked << false;
    QTest::newRow("until closed") << unlimited << true;
    QTest::newRow("100 before") << "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + small
                                << false;
}

void TestHttpParser::anyPieces()
{
    QFETCH(std::string, bytes);
    QFETCH(bool, end);
    for (size_t piece = 1; piece <= bytes.size(); ++piece) {
        const Outcome outcome = readAll(bytes, piece, end);
        QCOMPARE(outcome.state, State::Complete);
        QCOMPARE(outcome.response.status, 200);
        QCOMPARE(outcome.response.body, std::string("hello"));
        QVERIFY(!outcome.surplus);
    }
}

void TestHttpParser::noChunksInAnyPieces()
{
    for (const char *const end : {"0\r\n\r\n", "0\r\nX-Trailer: t\r\n\r\n", "00\r\na:\r\n\r\n"}) {
        const std::string bytes = std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") + end;
        for (size_t piece = 1; piece <= bytes.size(); ++piece) {
            const Outcome outcome = readAll(bytes, piece, false);
            QCOMPARE(outcome.state, State::Complete);
            QVERIFY(outcome.response.body.empty() && !outcome.surplus);
        }
    }
}

void TestHttpParser::truncatedAnywhere()
{
    for (const std::string &whole : {small, chunked}) {
        for (size_t length = 0; length < whole.size(); ++length) {
            const Outcome outcome = readAll(whole.substr(0, length), 7, true);
            QCOMPARE(outcome.state, State::Failed);
            QVERIFY(!outcome.error.isEmpty());
        }
    }
}

void TestHttpParser::interimResponses()
{
    std::string many;
    for (int i = 0; i < 20; ++i)
        many += "HTTP/1.1 102 Processing\r\n\r\n";
    QCOMPARE(readAll(many + small, 1000, false).state, State::Failed);
    QCOMPARE(readAll("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" + small, 1000, false).state,
             State::Failed);
    const Outcome outcome = readAll("HTTP/1.1 100 Continue\r\nX-A: 9\r\n\r\n" + small, 1000, false);
    QCOMPARE(outcome.response.values("X-A").size(), size_t(2)); // not those of the interim response
}

void TestHttpParser::fieldsByName()
{
    const Outcome outcome = readAll(small, 1000, false);
    QCOMPARE(outcome.response.values("x-A"), (std::vector<std::string_view>{"1", "2"}));
    QCOMPARE(outcome.response.value("content-TYPE"), std::string_view("text/xml"));
    QVERIFY(outcome.response.value("none").empty());
    // A trailer cannot add a header afterwards.
    const Outcome trailers = readAll(chunked, 1000, false);
    QVERIFY(trailers.response.value("X-Trailer").empty());
    QVERIFY(trailers.response.value("WWW-Authenticate").empty());
}

void TestHttpParser::keepAlive_data()
{
    QTest::addColumn<std::string>("head");
    QTest::addColumn<bool>("keep");
    QTest::newRow("1.1") << std::string("HTTP/1.1 200 OK\r\n") << true;
    QTest::newRow("1.1 close") << std::string("HTTP/1.1 200 OK\r\nConnection: Close\r\n") << false;
    QTest::newRow("1.0") << std::string("HTTP/1.0 200 OK\r\n") << false;
    QTest::newRow("1.0 keep") << std::string("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n") << true;
}

void TestHttpParser::keepAlive()
{
    QFETCH(std::string, head);
    QFETCH(bool, keep);
    const Outcome outcome = readAll(head + "Content-Length: 0\r\n\r\n", 1000, false);
    QCOMPARE(outcome.state, State::Complete);
    QCOMPARE(outcome.response.keepAlive, keep);
}

void TestHttpParser::refused_data()
{
    QTest::addColumn<std::string>("bytes");
    const auto row = [](const char *name, const char *bytes) { QTest::newRow(name) << std::string(bytes); };
    row("another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n");
    row("HTTP/2", "HTTP/2 200\r\n\r\n");
    row("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!");
    row("negative length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello");
    row("length of letters", "HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello");
    row("endless length", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nhello");
    row("length and chunks",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    row("length in a trailer",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n");
    row("bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n");
    row("chunk without end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n");
    QTest::newRow("NUL in a field") << std::string("HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n", 26);
    row("status of letters", "HTTP/1.1 2x0 OK\r\n\r\n");
}

void TestHttpParser::refused()
{
    QFETCH(std::string, bytes);
    for (const size_t piece : {size_t(1), size_t(1000)})
        QCOMPARE(readAll(bytes, piece, true).state, State::Failed);
}

void TestHttpParser::limitsHoldWhileReading()
{
    const HttpLimits limits{200, 5, 100};
    const std::string head = "HTTP/1.1 200 OK\r\n";
    QCOMPARE(readAll(head + std::string(500, 'a'), 10, false, limits).state, State::Failed); // a line without end
    std::string fields;
    for (int i = 0; i < 6; ++i)
        fields += "A: b\r\n";
    QCOMPARE(readAll(head + fields + "\r\n", 10, false, limits).state, State::Failed);
    QCOMPARE(readAll(head + "Content-Length: 101\r\n\r\n", 10, false, limits).state,
             State::Failed); // before a byte of it
    QCOMPARE(readAll(head + "Transfer-Encoding: chunked\r\n\r\n65\r\n", 10, false, limits).state, State::Failed);
    std::string chunks = head + "Transfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 11; ++i)
        chunks += "a\r\n0123456789\r\n";
    QCOMPARE(readAll(chunks, 10, false, limits).state, State::Failed);
    QCOMPARE(readAll(head + "\r\n" + std::string(101, 'a'), 10, false, limits).state, State::Failed); // until closed
    const Outcome fits = readAll(head + "Content-Length: 100\r\n\r\n" + std::string(100, 'a'), 10, false, limits);
    QCOMPARE(fits.state, State::Complete);
    std::string trailer = head + "Transfer-Encoding: chunked\r\n\r\n0\r\n";
    trailer += "T: " + std::string(300, 'a');
    QCOMPARE(readAll(trailer, 10, false, limits).state, State::Failed);
}

void TestHttpParser::surplus()
{
    const Outcome outcome = readAll(small + small, 1000, false);
    QCOMPARE(outcome.state, State::Complete);
    QCOMPARE(outcome.response.body, std::string("hello"));
    QVERIFY(outcome.surplus);
}

void TestHttpParser::tinyChunksAreQuick()
{
    std::string bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 100'000; ++i)
        bytes += "1\r\na\r\n";
    bytes += "0\r\n\r\n";
    const std::clock_t begin = std::clock(); // of this process, however busy the machine is
    const Outcome outcome = readAll(bytes, size_t(64) * 1024, false);
    QCOMPARE(outcome.response.body.size(), size_t(100'000));
    QVERIFY2(std::clock() - begin < 2 * CLOCKS_PER_SEC, "quadratic");
}

QTEST_GUILESS_MAIN(TestHttpParser)
#include "tst_httpparser.moc"
