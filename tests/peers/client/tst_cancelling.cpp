// SPDX-License-Identifier: Apache-2.0
// A person cancels a read that hangs, wherever it hangs: the socket is free at once, the server gets back what it
// keeps, and the next read starts at once. All deadlines are far away, so that none of them helps.
#include "tests/peers/client/clientrig.h"
#include "tests/peers/client/stallalarm.h"

#include <QElapsedTimer>
#include <QTest>

using namespace portalbind;

namespace {

constexpr int patience = 20'000; // ms
constexpr qint64 atOnce = 1000; // ms; some 10 on an idle machine, and a deadline is a minute

enum class Peer { Omi, Openwsman };
enum class How { Cancel, Forget }; ///< cancel the read, or close the connection altogether

struct Hang
{
    const char *name;
    Peer peer;
    bool first; ///< the first read, or a later one
    const char *order;
    How how = How::Cancel;
    int unknown = 0; ///< enumerations whose context was in the answer that did not arrive: only the server can end them
};

// OMI keeps an enumeration that is not released for minutes, and lets nobody else begin one. P is a Pull.
constexpr Hang hangs[] = {
        {"sign-in unanswered", Peer::Omi, true, "on 1 stall"},
        {"sign-in stops in its headers", Peer::Omi, true, "on 2 stall at headers 5"},
        {"Identify unanswered", Peer::Omi, true, "on 3 stall"},
        {"Pull unanswered", Peer::Omi, false, "on P stall"},
        {"Pull stops in the status line", Peer::Omi, false, "on P stall at line 5"},
        {"Pull stops in the headers", Peer::Omi, false, "on P stall at headers 5"},
        {"Pull stops in the body", Peer::Omi, false, "on P stall at body 100"},
        {"Pull drips", Peer::Omi, false, "on P drip 500 at body 10"},
        {"hangs between two Pulls", Peer::Omi, false, "on P stall at end"},
        {"Pull does not arrive", Peer::Omi, false, "on P request stall at body 40"},
        {"connection closed on it", Peer::Omi, false, "on P stall at body 100", How::Forget},
        {"never connected", Peer::Openwsman, true, "backlog"},
        {"never connected later", Peer::Openwsman, false, "backlog"},
        {"accepted and silent", Peer::Openwsman, true, "silence"},
        {"accepted and silent later", Peer::Openwsman, false, "silence"},
        {"stops in the handshake", Peer::Openwsman, true, "on 1 stall at byte 50"},
        {"stops in an answer", Peer::Openwsman, false, "on 1 stall at byte 2500", How::Cancel, 1},
        {"closed while connecting", Peer::Openwsman, true, "backlog", How::Forget},
};

struct Case
{
    const Hang *hang = nullptr;
    std::unique_ptr<ClientRig> rig;
};

wsman::Deadlines farAway()
{
    using namespace std::chrono_literals;
    wsman::Deadlines deadlines;
    deadlines.connect = deadlines.tls = deadlines.signIn = deadlines.firstByte = deadlines.stall = deadlines.answer =
            1min;
    return deadlines;
}

std::shared_ptr<RigServer> newServer(Peer peer, const Certificates &certificates)
{
    const QStringList pulls{QStringLiteral("--trickle"), QStringLiteral("3")};
    const bool omi = peer == Peer::Omi;
    RigServer::Settings settings{omi ? QStringLiteral("omi") : QStringLiteral("openwsman"),
                                 omi ? Way::Sealed : Way::Secured, 16, pulls};
    if (!omi)
        settings.arguments += certificates.arguments(QStringLiteral("self-signed"));
    return std::make_shared<RigServer>(settings);
}

} // namespace

class TestCancelling : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void cancel_data();
    void cancel();

private:
    /// Which message of a later read, over one connection, is a Pull in the middle of an enumeration.
    int positionOfPull();

    Certificates m_certificates{{QStringLiteral("self-signed")}};
    int m_pull = 0;
};

int TestCancelling::positionOfPull()
{
    ClientRig rig(newServer(Peer::Omi, m_certificates), farAway(), 1);
    rig.session().refresh();
    if (!runUntil([&rig] { return !rig.session().isBusy(); }, patience))
        return -1;
    const qsizetype before = rig.server().peer().log().size();
    rig.session().refresh();
    if (!runUntil([&rig] { return !rig.session().isBusy(); }, patience))
        return -1;
    const QList<QJsonObject> log = rig.server().peer().log();
    int pulls = 0;
    for (qsizetype i = before; i < log.size(); ++i) {
        const bool middle = log[i].value(QLatin1String("op")).toString() == QLatin1String("Pull")
                && log[i].value(QLatin1String("items")).toInt() == 3;
        if (middle && ++pulls == 4)
            return int(i - before + 1);
    }
    return -1;
}

void TestCancelling::initTestCase()
{
    QVERIFY2(m_certificates.error().isEmpty(), qPrintable(m_certificates.error()));
    m_pull = positionOfPull();
    QVERIFY(m_pull > 0);
}

void TestCancelling::cancel_data()
{
    QTest::addColumn<int>("number");
    for (int i = 0; i < int(std::size(hangs)); ++i)
        QTest::newRow(hangs[i].name) << i;
}

void TestCancelling::cancel()
{
    QFETCH(int, number);
    const Hang &hang = hangs[number];
    // The state that a hang is met in has to be known: one connection, its own server.
    ClientRig rig(newServer(hang.peer, m_certificates), farAway(), 1);
    QVERIFY2(rig.error().isEmpty(), qPrintable(rig.error()));
    const auto idle = [&rig] { return !rig.session().isBusy(); };
    if (!hang.first) {
        rig.session().refresh();
        QVERIFY(runUntil(idle, patience));
        QCOMPARE(rig.session().state(), Session::State::Live);
    }
    const QStringList before = rig.session().base() ? rig.bound() : QStringList();
    QByteArray order = hang.order;
    order.replace("on P", "on " + QByteArray::number(m_pull));
    QCOMPARE(rig.proxy().command(order), QByteArray("ok"));

    rig.session().refresh();
    // It hangs when nothing has moved for a while.
    int moved = -1;
    QElapsedTimer still;
    still.start();
    QVERIFY(runUntil(
            [&] {
                const int now = rig.proxyCount("bytesDown") + rig.proxyCount("bytesUp");
                if (now > moved + 2) { // a drip is no movement
                    still.start();
                    moved = now;
                }
                return still.elapsed() > 300;
            },
            patience));
    QVERIFY(rig.session().isBusy());

    StallAlarm alarm;
    alarm.begin();
    QElapsedTimer clock;
    clock.start();
    if (hang.how == How::Forget)
        rig.newSession();
    else
        rig.session().cancel();
    QVERIFY(runUntil(idle, patience));
    QVERIFY2(clock.elapsed() < atOnce, qPrintable(QString::number(clock.elapsed())));
    alarm.end();
    QVERIFY2(alarm.isCalm(), qPrintable(alarm.text()));
    if (hang.how == How::Cancel) {
        const bool shown = !hang.first;
        QCOMPARE(rig.session().state(), shown ? Session::State::Live : Session::State::Failed);
        QCOMPARE(rig.session().error().kind, Error::Kind::Cancelled);
        if (shown)
            QCOMPARE(rig.bound(), before);
    }

    // The socket that hung is free: what is open then is at most the one that took the Release to the server.
    QVERIFY(runUntil([&rig, &hang] { return rig.proxyCount("open") <= (hang.how == How::Forget ? 0 : 1); }, patience));
    QVERIFY(runUntil([&rig, &hang] { return rig.server().peer().command("count open").toInt() <= hang.unknown; },
                     patience));
    QVERIFY2(clock.elapsed() < 3 * atOnce, qPrintable(QString::number(clock.elapsed())));

    if (hang.peer == Peer::Openwsman)
        QCOMPARE(rig.proxy().command("pass"), QByteArray("ok"));
    clock.start();
    rig.session().refresh();
    QVERIFY(runUntil(idle, patience));
    QVERIFY2(clock.elapsed() < 5 * atOnce, qPrintable(QString::number(clock.elapsed())));
    QCOMPARE(rig.session().state(), Session::State::Live);
    QCOMPARE(rig.bound(), rig.server().bound());
}

QTEST_MAIN(TestCancelling)
#include "tst_cancelling.moc"
