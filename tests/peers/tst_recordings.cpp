// SPDX-License-Identifier: Apache-2.0
// Every request that was recorded from a real server goes to the peer that plays it; the answers must be of one shape.
#include "tests/peers/answershape.h"
#include "tests/peers/peerprocess.h"
#include "tests/peers/rigworkbook.h"
#include "tests/testdata.h"

#include <QDir>
#include <QFile>
#include <QHash>
#include <QRegularExpression>
#include <QTcpSocket>
#include <QTest>

#include <algorithm>
#include <map>

namespace {

constexpr int patience = 10000; // ms
constexpr int silence = 300; // ms without an answer that count as none; recorded were 4 s

struct Exception
{
    const char *server;
    int number;
    const char *reason;
};

// Where the peer answers otherwise. Each is checked to differ still.
constexpr Exception exceptions[] = {
        {"openwsman", 114, "the peer gives whole instances: no client of ours asks for a fragment"},
        {"omi", 10, "OMI had streamed 2 of the 97 instances so far; the peer has all at once, and ends there"},
        {"omi", 50, "OMI had not heard yet that its provider was done; the peer knows it"},
        {"omi", 56, "as 50"},
        {"omi", 119, "as 10"},
        {"omi", 120, "goes on with what 119 left, which is nothing here"},
};

struct Message
{
    QByteArray head;
    QByteArray body;
    [[nodiscard]] int status() const { return head.split(' ').value(1).toInt(); }
};

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QByteArray contextOf(const QByteArray &body)
{
    static const QRegularExpression context(QStringLiteral("<wsen:EnumerationContext>([^<]+)<"));
    return context.match(QString::fromLatin1(body)).captured(1).toLatin1();
}

const Exception *exceptionOf(const QString &server, int number)
{
    for (const Exception &each : exceptions) {
        if (server == QLatin1String(each.server) && number == each.number)
            return &each;
    }
    return nullptr;
}

} // namespace

class TestRecordings : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        for (const QString &server : {QStringLiteral("openwsman"), QStringLiteral("omi")}) {
            const QString workbook = m_folder.filePath(server);
            QVERIFY(writeRigWorkbook(workbook));
            m_peers[server] = std::make_unique<WsmanPeer>(workbook, server, arguments(server));
            QVERIFY2(m_peers[server]->isRunning(), qPrintable(m_peers[server]->error()));
        }
    }

    void replay_data()
    {
        QTest::addColumn<QString>("server");
        QTest::addColumn<int>("number");
        QTest::addColumn<QString>("path");
        for (const QString &server : {QStringLiteral("openwsman"), QStringLiteral("omi")}) {
            const QDir folder(testData(QStringLiteral("wsman/") + server));
            QStringList names = folder.entryList({QStringLiteral("*.request.xml")});
            const auto numberOf = [](const QString &name) { return name.section(QLatin1Char('-'), 0, 0).toInt(); };
            // In the order of the recording: later requests go on with contexts and bindings of earlier ones.
            std::sort(names.begin(), names.end(),
                      [&](const QString &left, const QString &right) { return numberOf(left) < numberOf(right); });
            QVERIFY2(names.size() == 139, qPrintable(folder.path()));
            for (const QString &name : std::as_const(names)) {
                const QString stem = name.chopped(qsizetype(qstrlen(".request.xml")));
                QTest::newRow(qPrintable(server + QLatin1Char(' ') + stem))
                        << server << numberOf(name) << folder.filePath(stem);
            }
        }
    }
    void replay()
    {
        QFETCH(QString, server);
        QFETCH(int, number);
        QFETCH(QString, path);
        QByteArray request = contents(path + QStringLiteral(".request.xml"));
        for (auto it = m_contexts.begin(); it != m_contexts.end(); ++it)
            request.replace("Context>" + it.key() + '<', "Context>" + it.value() + '<');
        const Message recorded{contents(path + QStringLiteral(".response.http")),
                               contents(path + QStringLiteral(".response.xml"))};
        const Message played = send(server, contents(path + QStringLiteral(".request.http")), request);
        const QByteArray context = contextOf(recorded.body);
        if (!context.isEmpty() && !contextOf(played.body).isEmpty())
            m_contexts.insert(context, contextOf(played.body));

        QString difference;
        if (played.status() != recorded.status())
            difference = QStringLiteral("status %1 instead of %2").arg(played.status()).arg(recorded.status());
        else if (played.body.isEmpty() != recorded.body.isEmpty())
            difference = played.body.isEmpty() ? QStringLiteral("no body") : QStringLiteral("a body");
        else if (played.body != recorded.body)
            difference = shapeOf(played.body).differenceFrom(shapeOf(recorded.body));
        if (const Exception *const exception = exceptionOf(server, number))
            QVERIFY2(!difference.isEmpty(), exception->reason);
        else
            QVERIFY2(difference.isEmpty(), qPrintable(difference));
    }

private:
    QStringList arguments(const QString &server) const
    {
        QFile users(m_folder.filePath(QStringLiteral("users")));
        if (!users.open(QIODevice::WriteOnly) || users.write("RIG:rig:rigpass\n") < 0)
            return {};
        // The recorded servers had neither systems nor hosting associations, OMI no root/interop either.
        QString without = QStringLiteral(
                "CIM_ComputerSystem,CIM_HostedAccessPoint,CIM_HostedCollection,CIM_HostedService,"
                "CIM_SystemDevice");
        const bool omi = server == QLatin1String("omi");
        if (omi)
            without += QStringLiteral(",CIM_RegisteredProfile,CIM_ElementConformsToProfile");
        return {QStringLiteral("--naming"),
                QStringLiteral("numbered"),
                QStringLiteral("--lossy-text"),
                QStringLiteral("--auth"),
                omi ? QStringLiteral("Basic,Negotiate,Kerberos") : QStringLiteral("Basic"),
                QStringLiteral("--users"),
                users.fileName(),
                QStringLiteral("--methods"),
                QStringLiteral("BindiSCSIProtocolEndPoint"),
                QStringLiteral("--rebind-code"),
                QStringLiteral("4"),
                QStringLiteral("--without"),
                without};
    }

    Message send(const QString &server, const QByteArray &recordedHead, const QByteArray &body)
    {
        QByteArray head;
        for (const QByteArray &line : recordedHead.split('\n')) {
            if (!line.trimmed().isEmpty() && !line.toLower().startsWith("content-length"))
                head += line.trimmed() + "\r\n";
        }
        QTcpSocket socket;
        socket.connectToHost(QStringLiteral("127.0.0.1"), m_peers[server]->port());
        if (!socket.waitForConnected(patience))
            return {};
        socket.write(head + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
        const bool signedIn = recordedHead.contains("Authorization");
        Message message;
        QByteArray all;
        while (socket.waitForReadyRead(signedIn ? patience : silence)) {
            all += socket.readAll();
            const qsizetype end = all.indexOf("\r\n\r\n");
            if (end < 0)
                continue;
            message = {all.left(end), all.mid(end + 4)};
            const qsizetype field = message.head.indexOf("Content-Length: ") + 16;
            if (message.body.size() >= message.head.mid(field).split('\r').front().toLongLong())
                break;
        }
        return message;
    }

    QTemporaryDir m_folder;
    std::map<QString, std::unique_ptr<WsmanPeer>> m_peers;
    QHash<QByteArray, QByteArray> m_contexts; // recorded → ours
};

QTEST_GUILESS_MAIN(TestRecordings)
#include "tst_recordings.moc"
