// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/httpchannel.h"
#include "tests/backends/wsman/await.h"
#include "tests/backends/wsman/connecting.h"
#include "tests/backends/wsman/fullbacklog.h"
#include "tests/backends/wsman/scriptedserver.h"

#include <QSemaphore>
#include <QTest>
#include <QTimer>

using namespace portalbind;
using namespace portalbind::wsman;
using namespace std::chrono_literals;
using Request = ScriptedServer::Request;
using Answer = ScriptedServer::Answer;
using Exchange = tl::expected<HttpResponse, HttpFailure>;

namespace {

/// Made and destroyed in the I/O thread, as sockets have to be.
Task<std::shared_ptr<HttpChannel>> make(ServerProfile profile)
{
    co_return std::shared_ptr<HttpChannel>(new HttpChannel(profile), [](HttpChannel *channel) {
        IoThread::instance().post([channel] { delete channel; });
    });
}

std::shared_ptr<HttpChannel> channelTo(const ServerProfile &profile)
{
    std::function<Task<std::shared_ptr<HttpChannel>>()> start = [profile] { return make(profile); };
    return *awaitInIo<std::shared_ptr<HttpChannel>>(start);
}

Result<> open(const std::shared_ptr<HttpChannel> &channel, const std::stop_token &stop = {})
{
    std::function<Task<Result<>>()> start = [channel, stop] { return channel->open(stop); };
    return awaitInIo<Result<>>(start).value_or(failure(Error::Kind::BadInput, QStringLiteral("no end")));
}

Exchange post(const std::shared_ptr<HttpChannel> &channel, std::chrono::milliseconds firstByte = 3s,
              const std::stop_token &stop = {})
{
    std::function<Task<Exchange>()> start = [channel, firstByte, stop] {
        return channel->post(HttpRequest{"text/xml", {}, "<x/>"}, firstByte, stop);
    };
    auto got = awaitInIo<Exchange>(start);
    return got ? std::move(*got)
               : tl::unexpected(HttpFailure{Error{Error::Kind::BadInput, QStringLiteral("no end"), {}, {}, {}}});
}

bool usable(const std::shared_ptr<HttpChannel> &channel)
{
    bool value = false;
    QSemaphore done;
    IoThread::instance().post([&] {
        value = channel->isUsable();
        done.release();
    });
    done.acquire();
    return value;
}

ServerProfile plain(quint16 port)
{
    ServerProfile profile = profileFor(port);
    profile.tls = false;
    return profile;
}

const QByteArray hello = ScriptedServer::http(200, "hello");

} // namespace

class TestHttpChannel : public QObject
{
    Q_OBJECT
private slots:
    void request();
    void keepsAndReuses();
    void closedByServerAfterwards();
    void dripping();
    void everyByteOfATruncatedAnswer();
    void twoAnswersAtOnce();
    void unaskedBytes();
    void closeDelimited();
    void refusedConnection();
    void neverAccepted();
    void silentTls();
    void offersNewTlsOnly();
    void notTls();
    void tlsTellsErrors();
    void noFirstByte();
    void stall();
    void wholeAnswer();
    void reset();
    void cancelledBeforeSending();
    void idleBound();
};

void TestHttpChannel::request()
{
    ScriptedServer server([](const Request &) { return Answer{hello}; });
    const auto channel = channelTo(plain(server.serverPort()));
    QVERIFY(open(channel));
    const Exchange got = post(channel);
    QVERIFY(got);
    QCOMPARE(got->body, std::string("hello"));
    const QByteArray head = server.requests().front().head;
    QVERIFY(head.startsWith("POST /wsman HTTP/1.1\r\nHost: 127.0.0.1:" + QByteArray::number(server.serverPort())
                            + "\r\n"));
    QVERIFY(head.contains("\r\nContent-Length: 4\r\n"));
    QVERIFY(head.contains("\r\nAccept-Encoding: identity\r\n"));
    QVERIFY(!head.contains("Expect"));
    QVERIFY(!head.contains("Transfer-Encoding"));
    QVERIFY(!head.contains("Authorization"));
}

void TestHttpChannel::keepsAndReuses()
{
    ScriptedServer server([](const Request &) { return Answer{hello}; });
    const auto channel = channelTo(plain(server.serverPort()));
    QVERIFY(open(channel));
    for (int i = 0; i < 5; ++i) {
        QVERIFY(post(channel));
        QVERIFY(usable(channel));
    }
    QCOMPARE(server.connections(), 1);
    server.setHandler(
            [](const Request &) { return Answer{ScriptedServer::http(200, "x", {}, "Connection: close\r\n")}; });
    QVERIFY(post(channel));
    QVERIFY(!usable(channel));
    QTRY_COMPARE(server.open(), 0);
}

void TestHttpChannel::closedByServerAfterwards()
{
    ScriptedServer server([](const Request &) { return Answer{hello}; });
    const auto channel = channelTo(plain(server.serverPort()));
    QVERIFY(open(channel));
    QVERIFY(post(channel));
    server.closeAll();
    QTRY_VERIFY(!usable(channel));
    const Exchange got = post(channel);
    QVERIFY(!got);
    QVERIFY(!got.error().mayHaveLeft); // so even a write may go over another connection
    QVERIFY(got.error().transient);
    QCOMPARE(server.requests().size(), 1);
}

void TestHttpChannel::dripping()
{
    ScriptedServer server([](const Request &) { return Answer{"HTTP/1.1 100 Continue\r\n\r\n" + hello, false, 1}; });
    const auto channel = channelTo(plain(server.serverPort()));
    QVERIFY(open(channel));
    for (int i = 0; i < 3; ++i) {
        const Exchange got = post(channel);
        QVERIFY(got);
        QCOMPARE(got->body, std::string("hello"));
    }
}

void TestHttpChannel::everyByteOfATruncatedAnswer()
{
    for (qsizetype length = 0; length < hello.size(); ++length) {
        ScriptedServer server([length](const Request &) { return Answer{hello.left(length), true}; });
        const auto channel = channelTo(plain(server.serverPort()));
        QVERIFY(open(channel));
        const Exchange got = post(channel);
        QVERIFY2(!got, qPrintable(QString::number(length)));
        QVERIFY(got.error().mayHaveLeft);
        QCOMPARE(got.error().error.kind, Error::Kind::Transport);
        QVERIFY(!usable(channel));
    }
}

void TestHttpChannel::twoAnswersAtOnce()
{
    ScriptedServer server([](const Request &) { return Answer{hello + hello}; });
    const auto channel = channelTo(plain(server.serverPort()));
    QVERIFY(open(channel));
    const Exchange got = post(channel);
    QVERIFY(got); // the answer is the first; the next request must not get the second
    QVERIFY(!usable(channel));
    const Exchange next = post(channel);
    QVERIFY(!next);
    QVERIFY(!next.error().mayHaveLeft);
}

void TestHttpChannel::unaskedBytes()
{
    ScriptedServer server([](const Request &) { return Answer{hello}; });
    const auto channel = channelTo(plain(server.serverPort()));
    QVERIFY(open(channel));
    QVERIFY(post(channel));
    QVERIFY(usable(channel));
    server.write(hello);
    QTRY_VERIFY(!usable(channel));
    QCOMPARE(server.requests().size(), 1);
}

void TestHttpChannel::closeDelimited()
{
    ScriptedServer server([](const Request &) {
        return Answer{"HTTP/1.1 200 (null)\r\nContent-Type: text/xml\r\n\r\nhello", true, 3};
    });
    const auto channel = channelTo(plain(server.serverPort()));
    QVERIFY(open(channel));
    const Exchange got = post(channel);
    QVERIFY(got);
    QCOMPARE(got->body, std::string("hello"));
    QVERIFY(!usable(channel));
}

void TestHttpChannel::refusedConnection()
{
    quint16 port = 0;
    {
        const ScriptedServer server([](const Request &) { return Answer{}; });
        port = server.serverPort();
    }
    const Result<> opened = open(channelTo(plain(port)));
    QVERIFY(!opened);
    QCOMPARE(opened.error().kind, Error::Kind::Transport);
    QVERIFY(opened.error().what.contains(QLatin1String("refused")));
}

void TestHttpChannel::neverAccepted()
{
#ifdef Q_OS_LINUX
    const FullBacklog server;
    ServerProfile profile = plain(server.port());
    profile.deadlines.connect = 200ms;
    const auto channel = channelTo(profile);
    const Result<> opened = open(channel);
    QVERIFY(!opened);
    QCOMPARE(opened.error().kind, Error::Kind::Timeout);
    // Cancelled in the same place.
    profile.deadlines.connect = 30s;
    const auto other = channelTo(profile);
    std::stop_source stop;
    QTimer::singleShot(50, this, [&] { stop.request_stop(); });
    QElapsedTimer clock;
    clock.start();
    const Result<> cancelled = open(other, stop.get_token());
    QVERIFY(!cancelled);
    QCOMPARE(cancelled.error().kind, Error::Kind::Cancelled);
    QVERIFY(clock.elapsed() < 3000);
#else
    QSKIP("needs a backlog that fills");
#endif
}

void TestHttpChannel::silentTls()
{
    ScriptedServer server([](const Request &) { return Answer{}; }, QStringLiteral("self-signed"));
    server.beSilentInTls();
    ServerProfile profile = profileFor(server.serverPort());
    profile.deadlines.tls = 100ms;
    const Result<> opened = open(channelTo(profile));
    QVERIFY(!opened);
    QCOMPARE(opened.error().kind, Error::Kind::Timeout);
    QVERIFY(opened.error().where.contains(QLatin1String("TLS")));
}

void TestHttpChannel::offersNewTlsOnly()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QByteArray offer;
    connect(&server, &QTcpServer::newConnection, &server, [&] {
        QTcpSocket *const socket = server.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [&offer, socket] { offer += socket->readAll(); });
    });
    ServerProfile profile = profileFor(server.serverPort());
    profile.deadlines.tls = 500ms;
    QVERIFY(!open(channelTo(profile)));
    // Extension 43, five bytes: the versions 3.4 and 3.3, which are TLS 1.3 and 1.2 (RFC 8446, 4.2.1).
    QVERIFY2(offer.contains(QByteArray::fromHex("002b00050403040303")), offer.toHex().constData());
}

void TestHttpChannel::notTls()
{
    ScriptedServer server([](const Request &) { return Answer{}; });
    ServerProfile profile = profileFor(server.serverPort());
    QTimer answer;
    connect(&answer, &QTimer::timeout, this, [&] { server.write("HTTP/1.1 400 Bad Request\r\n\r\n"); });
    answer.start(20);
    const Result<> opened = open(channelTo(profile));
    QVERIFY(!opened);
    QCOMPARE(opened.error().kind, Error::Kind::Transport);
    QVERIFY(opened.error().where.contains(QLatin1String("TLS")));
    QVERIFY(server.requests().isEmpty());
}

void TestHttpChannel::tlsTellsErrors()
{
    ScriptedServer server([](const Request &) { return Answer{hello}; }, QStringLiteral("other"));
    const auto channel = channelTo(profileFor(server.serverPort()));
    QVERIFY(open(channel));
    QTest::qWait(50);
    QVERIFY(server.requests().isEmpty()); // nothing by itself
    QList<QSslError::SslError> errors;
    for (const QSslError &error : channel->tlsErrors())
        errors << error.error();
    QVERIFY(errors.contains(QSslError::SelfSignedCertificate));
    QVERIFY(errors.contains(QSslError::HostNameMismatch));
}

void TestHttpChannel::noFirstByte()
{
    ScriptedServer server([](const Request &) {
        Answer answer;
        answer.silent = true;
        return answer;
    });
    const auto channel = channelTo(plain(server.serverPort()));
    QVERIFY(open(channel));
    const Exchange got = post(channel, 100ms);
    QVERIFY(!got);
    QCOMPARE(got.error().error.kind, Error::Kind::Timeout);
    QVERIFY(got.error().mayHaveLeft);
    QTRY_COMPARE(server.open(), 0);
}

void TestHttpChannel::stall()
{
    ScriptedServer server([](const Request &) { return Answer{hello.left(hello.size() - 2)}; });
    ServerProfile profile = plain(server.serverPort());
    profile.deadlines.stall = 100ms;
    const auto channel = channelTo(profile);
    QVERIFY(open(channel));
    const Exchange got = post(channel);
    QVERIFY(!got);
    QCOMPARE(got.error().error.kind, Error::Kind::Timeout);
    QTRY_COMPARE(server.open(), 0);
}

void TestHttpChannel::wholeAnswer()
{
    // A byte now and then would never end.
    ScriptedServer server([](const Request &) {
        return Answer{ScriptedServer::http(200, QByteArray(100'000, 'a')), false, 1};
    });
    ServerProfile profile = plain(server.serverPort());
    profile.deadlines.answer = 200ms;
    const auto channel = channelTo(profile);
    QVERIFY(open(channel));
    const Exchange got = post(channel, 150ms);
    QVERIFY(!got);
    QCOMPARE(got.error().error.kind, Error::Kind::Timeout);
    QVERIFY(got.error().error.what.contains(QLatin1String("too long")));
}

void TestHttpChannel::reset()
{
    ScriptedServer server([](const Request &) {
        Answer answer;
        answer.reset = true;
        return answer;
    });
    const auto channel = channelTo(plain(server.serverPort()));
    QVERIFY(open(channel));
    const Exchange got = post(channel);
    QVERIFY(!got);
    QVERIFY(got.error().mayHaveLeft);
    QVERIFY(got.error().transient);
}

void TestHttpChannel::cancelledBeforeSending()
{
    ScriptedServer server([](const Request &) { return Answer{hello}; });
    const auto channel = channelTo(plain(server.serverPort()));
    QVERIFY(open(channel));
    std::stop_source stop;
    stop.request_stop();
    const Exchange got = post(channel, 3s, stop.get_token());
    QVERIFY(!got);
    QCOMPARE(got.error().error.kind, Error::Kind::Cancelled);
    QVERIFY(!got.error().mayHaveLeft);
    QVERIFY(server.requests().isEmpty());
}

void TestHttpChannel::idleBound()
{
    ScriptedServer server([](const Request &) { return Answer{hello}; });
    ServerProfile profile = plain(server.serverPort());
    QVERIFY(profile.deadlines.idle < 60s);
    profile.deadlines.idle = 100ms;
    const auto channel = channelTo(profile);
    QVERIFY(open(channel));
    QVERIFY(post(channel));
    QVERIFY(usable(channel));
    QTRY_VERIFY(!usable(channel));
}

QTEST_GUILESS_MAIN(TestHttpChannel)
#include "tst_httpchannel.moc"
