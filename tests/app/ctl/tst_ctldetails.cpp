// SPDX-License-Identifier: Apache-2.0
#include "tests/app/ctl/ctlrunner.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QThread>

#include <atomic>

using namespace portalbind;

/// What a remedy asks a person to report is printed: the words of the server or the library.
class TestCtlDetails : public QObject
{
    Q_OBJECT
private slots:
    void detailOfARemoteError();
    void noneOfALocalOne();
};

namespace {

/// Says the same to whoever connects, in a thread of its own: the test waits for the program meanwhile.
class Talker : public QThread
{
public:
    Talker() { start(); }
    ~Talker() override
    {
        quit();
        wait();
    }
    [[nodiscard]] quint16 port() const { return m_port; }

private:
    void run() override
    {
        QTcpServer server;
        QObject::connect(&server, &QTcpServer::newConnection, &server, [&server] {
            QTcpSocket *const socket = server.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket] {
                socket->write("SSH-2.0-OpenSSH_9.2\r\n");
                socket->disconnectFromHost();
            });
        });
        server.listen(QHostAddress::LocalHost);
        m_port = server.serverPort();
        exec();
    }
    std::atomic<quint16> m_port{0};
};

} // namespace

void TestCtlDetails::detailOfARemoteError()
{
    const Talker server;
    QTRY_VERIFY(server.port() != 0);
    CtlRunner program;
    program.connectTo(QStringLiteral("wsmans://maria@127.0.0.1:%1?auth=basic").arg(server.port()));
    const QString password = program.write("password", "secret\n");
    QVERIFY(QFile::setPermissions(password, QFile::ReadOwner | QFile::WriteOwner));
    const auto ran = program.ctl(
            {QStringLiteral("list"), QStringLiteral("--json"), QStringLiteral("--password-file"), password});
    QCOMPARE(ran.code, 5);
    const QJsonObject error = ran.json().value(QLatin1String("error")).toObject();
    const QString detail = error.value(QLatin1String("detail")).toString();
    QVERIFY2(!detail.isEmpty(), ran.out.constData());
    QVERIFY2(ran.err.contains("\n  Details: " + detail.section(u'\n', 0, 0).toUtf8()), ran.err.constData());
}

void TestCtlDetails::noneOfALocalOne()
{
    const CtlRunner program;
    const auto ran = program.ctl("show no-such-thing --json");
    QCOMPARE(ran.code, 4);
    QVERIFY(!ran.err.contains("Details"));
    QCOMPARE(ran.json().value(QLatin1String("error")).toObject().value(QLatin1String("detail")).toString(), QString());
}

QTEST_GUILESS_MAIN(TestCtlDetails)
#include "tst_ctldetails.moc"
