// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/peerprocess.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

namespace {

constexpr int patience = 10000; // ms
constexpr int moment = 300; // ms in which nothing may come
constexpr char request[] = "POST /wsman HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nask!";
constexpr char answer[] = "HTTP/1.1 200 OK\r\nServer: y\r\nContent-Length: 10\r\n\r\n0123456789";
constexpr int lineLength = 17; // of the answer, with its CRLF
constexpr int headLength = 50;

/// A server that gives the answer above to each request.
class Echo : public QTcpServer
{
public:
    Echo()
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *const socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                m_received += socket->readAll();
                for (; m_received.startsWith(request); m_received.remove(0, qsizetype(sizeof request) - 1)) {
                    ++m_requests;
                    socket->write(answer);
                }
            });
        });
    }
    [[nodiscard]] int requests() const { return m_requests; }

private:
    QByteArray m_received;
    int m_requests = 0;
};

} // namespace

class TestFaultProxy : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_echo = std::make_unique<Echo>();
        m_proxy = std::make_unique<PeerProcess>(
                QStringLiteral("faultproxy"),
                QStringList{QStringLiteral("--to"), QString::number(m_echo->serverPort())});
        QVERIFY2(m_proxy->isRunning(), qPrintable(m_proxy->error()));
    }

    void passes()
    {
        QTcpSocket client;
        open(client);
        for (int i = 0; i < 3; ++i) {
            client.write(request);
            QTRY_COMPARE(client.bytesAvailable(), qint64(sizeof answer) - 1);
            QCOMPARE(client.readAll(), QByteArray(answer));
        }
        const QJsonObject counts = QJsonDocument::fromJson(m_proxy->command("count")).object();
        QCOMPARE(counts.value(QLatin1String("connections")).toInt(), 1);
        QCOMPARE(counts.value(QLatin1String("requests")).toInt(), 3);
        QCOMPARE(counts.value(QLatin1String("forwarded")).toInt(), 3);
        QCOMPARE(counts.value(QLatin1String("answers")).toInt(), 3);
        QCOMPARE(counts.value(QLatin1String("open")).toInt(), 1);
    }

    void cuts_data()
    {
        QTest::addColumn<QByteArray>("order");
        QTest::addColumn<int>("received"); // bytes of the second answer
        QTest::addColumn<bool>("ends");
        QTest::addColumn<int>("error"); // of the socket when it ends
        const int closed = QAbstractSocket::RemoteHostClosedError;
        const int whole = int(sizeof answer) - 1;
        QTest::newRow("close before") << QByteArray("on 2 close") << 0 << true << closed;
        QTest::newRow("close in the status line") << QByteArray("on 2 close at line 5") << 5 << true << closed;
        QTest::newRow("close in the headers")
                << QByteArray("on 2 close at headers 3") << lineLength + 3 << true << closed;
        QTest::newRow("close in the body") << QByteArray("on 2 close at body 4") << headLength + 4 << true << closed;
        QTest::newRow("close after") << QByteArray("on 2 close at end") << whole << true << closed;
        QTest::newRow("reset in the body") << QByteArray("on 2 reset at body 1") << headLength + 1 << true << closed;
        QTest::newRow("reset at a byte") << QByteArray("on 2 reset at byte 33") << 33 << true << closed;
        QTest::newRow("stall in the headers") << QByteArray("on 2 stall at headers 0") << lineLength << false << -1;
    }
    void cuts()
    {
        QFETCH(QByteArray, order);
        QFETCH(int, received);
        QFETCH(bool, ends);
        QFETCH(int, error);
        QCOMPARE(m_proxy->command(order), QByteArray("ok"));
        QTcpSocket client;
        open(client);
        client.write(request);
        QTRY_COMPARE(client.bytesAvailable(), qint64(sizeof answer) - 1);
        QCOMPARE(client.readAll(), QByteArray(answer));
        client.write(request);
        if (ends) {
            QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
            QCOMPARE(int(client.error()), error);
        } else {
            QTRY_COMPARE(client.bytesAvailable(), qint64(received));
            QTest::qWait(moment);
            QCOMPARE(client.state(), QAbstractSocket::ConnectedState);
        }
        QCOMPARE(client.readAll(), QByteArray(answer).left(received));
        QCOMPARE(m_echo->requests(), 2);
    }

    void requestThatDoesNotArrive()
    {
        QCOMPARE(m_proxy->command("on 1 request close at byte 10"), QByteArray("ok"));
        QTcpSocket client;
        open(client);
        client.write(request);
        QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
        QCOMPARE(m_echo->requests(), 0);
        const QJsonObject counts = QJsonDocument::fromJson(m_proxy->command("count")).object();
        QCOMPARE(counts.value(QLatin1String("requests")).toInt(), 1);
        QCOMPARE(counts.value(QLatin1String("forwarded")).toInt(), 0);
    }

    void requestThatArrivesUnanswered()
    {
        QCOMPARE(m_proxy->command("on 1 request stall at end"), QByteArray("ok"));
        QTcpSocket client;
        open(client);
        client.write(request);
        QTRY_COMPARE(m_echo->requests(), 1);
        QTest::qWait(moment);
        QCOMPARE(client.bytesAvailable(), 0);
        QCOMPARE(client.state(), QAbstractSocket::ConnectedState);
    }

    void drips()
    {
        QCOMPARE(m_proxy->command("on 1 drip 30 at body 0"), QByteArray("ok"));
        QTcpSocket client;
        open(client);
        QSignalSpy pieces(&client, &QTcpSocket::readyRead);
        QElapsedTimer timer;
        timer.start();
        client.write(request);
        QTRY_COMPARE(client.bytesAvailable(), qint64(sizeof answer) - 1);
        // Ten bytes, 30 ms apart. A busy machine sees some of them together, but never earlier.
        QVERIFY2(timer.elapsed() >= 270, qPrintable(QString::number(timer.elapsed())));
        QVERIFY2(pieces.count() > 1, qPrintable(QString::number(pieces.count())));
        QCOMPARE(client.readAll(), QByteArray(answer));
    }

    void altersAnswers_data()
    {
        QTest::addColumn<QByteArray>("order");
        QTest::addColumn<int>("size");
        QTest::addColumn<QByteArray>("holds");
        const int whole = int(sizeof answer) - 1;
        QTest::newRow("duplicate") << QByteArray("on 1 duplicate") << 2 * whole
                                   << QByteArray("0123456789HTTP/1.1 200 OK");
        QTest::newRow("garbage") << QByteArray("on 1 garbage 20 at headers 0") << whole + 20 << QByteArray("Server: y");
        QTest::newRow("too long") << QByteArray("on 1 length 5") << whole << QByteArray("Content-Length: 15\r\n");
        QTest::newRow("too short") << QByteArray("on 1 length -3") << whole - 1 << QByteArray("Content-Length: 7\r\n");
    }
    void altersAnswers()
    {
        QFETCH(QByteArray, order);
        QFETCH(int, size);
        QFETCH(QByteArray, holds);
        QCOMPARE(m_proxy->command(order), QByteArray("ok"));
        QTcpSocket client;
        open(client);
        client.write(request);
        QTRY_COMPARE(client.bytesAvailable(), qint64(size));
        const QByteArray received = client.readAll();
        QVERIFY2(received.contains(holds), received.constData());
        QVERIFY(received != answer);
    }

    void refuses()
    {
        QCOMPARE(m_proxy->command("refuse"), QByteArray("ok"));
        QTcpSocket client;
        client.connectToHost(QStringLiteral("127.0.0.1"), m_proxy->port());
        QTRY_COMPARE(client.error(), QAbstractSocket::ConnectionRefusedError);
        QCOMPARE(m_proxy->command("pass"), QByteArray("ok")); // on the same port again
        open(client);
    }

    void acceptsAndIsSilent()
    {
        QCOMPARE(m_proxy->command("silence"), QByteArray("ok"));
        QTcpSocket client;
        open(client);
        client.write(request);
        QTest::qWait(moment);
        QCOMPARE(client.bytesAvailable(), 0);
        QCOMPARE(client.state(), QAbstractSocket::ConnectedState);
        QCOMPARE(m_echo->requests(), 0);
    }

    void neverAnswersTheConnect()
    {
        QCOMPARE(m_proxy->command("backlog"), QByteArray("ok"));
        QTcpSocket client;
        client.connectToHost(QStringLiteral("127.0.0.1"), m_proxy->port());
        QTest::qWait(moment);
        QCOMPARE(client.state(), QAbstractSocket::ConnectingState);
    }

    void saysWhatItDoesNotUnderstand()
    {
        for (const char *const order : {"on", "on 1", "on x reset", "on 1 explode", "on 1 drip", "on 1 reset at",
                                        "on 1 reset at moon 3", "on 1 reset at body x", "on 1 reset at body 3 4", ""})
            QVERIFY2(m_proxy->command(order).startsWith("error"), order);
    }

    void endsWithItsInput()
    {
        m_proxy->stop();
        QTcpSocket client;
        client.connectToHost(QStringLiteral("127.0.0.1"), m_proxy->port());
        QTRY_COMPARE(client.error(), QAbstractSocket::ConnectionRefusedError);
    }

private:
    void open(QTcpSocket &client)
    {
        client.connectToHost(QStringLiteral("127.0.0.1"), m_proxy->port());
        QTRY_COMPARE_WITH_TIMEOUT(client.state(), QAbstractSocket::ConnectedState, patience);
    }

    std::unique_ptr<Echo> m_echo;
    std::unique_ptr<PeerProcess> m_proxy;
};

QTEST_GUILESS_MAIN(TestFaultProxy)
#include "tst_faultproxy.moc"
