// SPDX-License-Identifier: Apache-2.0
// A session binds and unbinds over a network, and on a server, that breaks around that one request: it must reach the
// server once at most, and what is shown afterwards must be what the server has.
#include "tests/peers/client/clientrig.h"
#include "tests/peers/client/stallalarm.h"

#include <QTest>

#include <map>

using namespace portalbind;

namespace {

constexpr int patience = 60'000; // ms
constexpr char bindOperation[] = "Invoke:BindiSCSIProtocolEndPoint";
constexpr char unbindOperation[] = "Delete";

enum class What { Bind, Unbind };
enum class Where { Network, Server };

struct Fault
{
    const char *name;
    What what;
    Where where;
    const char *order; ///< `on N` of the network means the write; the server's orders name it themselves
    int arrives; ///< how often the server must have met the write
    bool done; ///< whether the server must have it
    StepState end;
};

constexpr Fault faults[] = {
        {"nothing wrong", What::Bind, Where::Network, "", 1, true, StepState::Done},
        {"reset in the request line", What::Bind, Where::Network, "on N request reset at line 4", 0, false,
         StepState::Failed},
        {"close in the request's headers", What::Bind, Where::Network, "on N request close at headers 20", 0, false,
         StepState::Failed},
        {"reset in the request's body", What::Bind, Where::Network, "on N request reset at body 200", 0, false,
         StepState::Failed},
        {"request stops in its body", What::Bind, Where::Network, "on N request stall at body 200", 0, false,
         StepState::Failed},
        {"request arrives, then closed", What::Bind, Where::Network, "on N request stall at end", 1, true,
         StepState::Done},
        {"request twice", What::Bind, Where::Network, "on N request duplicate", 1, true, StepState::Done},
        {"close instead of the answer", What::Bind, Where::Network, "on N close", 1, true, StepState::Done},
        {"reset in the status line", What::Bind, Where::Network, "on N reset at line 5", 1, true, StepState::Done},
        {"close in the headers", What::Bind, Where::Network, "on N close at headers 10", 1, true, StepState::Done},
        {"reset in the body", What::Bind, Where::Network, "on N reset at body 100", 1, true, StepState::Done},
        {"answer stops in its body", What::Bind, Where::Network, "on N stall at body 100", 1, true, StepState::Done},
        {"closed after the answer", What::Bind, Where::Network, "on N close at end", 1, true, StepState::Done},
        {"answer drips", What::Bind, Where::Network, "on N drip 60 at body 0", 1, true, StepState::Done},
        {"answer twice", What::Bind, Where::Network, "on N duplicate", 1, true, StepState::Done},
        {"noise in the answer", What::Bind, Where::Network, "on N garbage 64 at body 300", 1, true, StepState::Done},
        {"noise instead of a status line", What::Bind, Where::Network, "on N garbage 64 at line 0", 1, true,
         StepState::Done},
        {"answer longer than it is", What::Bind, Where::Network, "on N length 9", 1, true, StepState::Done},
        {"answer shorter than it is", What::Bind, Where::Network, "on N length -9", 1, true, StepState::Done},

        {"unbind: request lost", What::Unbind, Where::Network, "on N request close at body 200", 0, false,
         StepState::Failed},
        {"unbind: request arrives, no answer", What::Unbind, Where::Network, "on N request stall at end", 1, true,
         StepState::Done},
        {"unbind: reset in the answer", What::Unbind, Where::Network, "on N reset at headers 5", 1, true,
         StepState::Done},
        {"unbind: answer stops", What::Unbind, Where::Network, "on N stall at line 5", 1, true, StepState::Done},

        {"server dies over it, done", What::Bind, Where::Server, "lose Invoke 1", 1, true, StepState::Done},
        {"server hangs over it", What::Bind, Where::Server, "silence Invoke 1", 1, false, StepState::Failed},
        {"server does it, too late", What::Bind, Where::Server, "delay Invoke 1 6000", 1, true, StepState::Done},
        {"server is busy", What::Bind, Where::Server, "status Invoke 1 503", 1, false, StepState::Failed},
        {"server fails with a page", What::Bind, Where::Server, "status Invoke 1 500", 1, false, StepState::Failed},
        {"server ran out of time", What::Bind, Where::Server, "fault Invoke 1 TimedOut", 1, false, StepState::Failed},
        {"server has a quota", What::Bind, Where::Server, "fault Invoke 1 QuotaLimit", 1, false, StepState::Failed},
        {"server denies it", What::Bind, Where::Server, "fault Invoke 1 AccessDenied", 1, false, StepState::Failed},
        {"server answers in clear", What::Bind, Where::Server, "clear-text Invoke 1", 1, true, StepState::Done},
        {"unbind: server dies over it, done", What::Unbind, Where::Server, "lose Delete 1", 1, true, StepState::Done},
        {"unbind: server hangs over it", What::Unbind, Where::Server, "silence Delete 1", 1, false, StepState::Failed},
};

/// One fault on its way through, on a server of its own.
struct Case
{
    const Fault *fault = nullptr;
    std::unique_ptr<ClientRig> rig;
    std::optional<PlanOutcome> outcome;
};

std::unique_ptr<ClientRig> newRig()
{
    RigServer::Settings settings;
    settings.portals = 16;
    return std::make_unique<ClientRig>(std::make_shared<RigServer>(settings), shortDeadlines(), 1);
}

const char *operationOf(const Fault &fault)
{
    return fault.what == What::Bind ? bindOperation : unbindOperation;
}

/// Endpoint 1 of target 0 binds portals 0 and 1: it shall get 2, or lose 1.
Operation change(ClientRig &rig, What what)
{
    const EndpointHandle endpoint = rig.endpoint(0, 1);
    return what == What::Bind ? Operation(Bind{endpoint, rig.portal(2)}) : Operation(Unbind{endpoint, rig.portal(1)});
}

bool isShown(const QStringList &bound, What what)
{
    const QString line = QStringLiteral("iqn.2026-11.example.rig:target-000000,t,0x0001 10.0.0.%1:3260");
    return what == What::Bind ? bound.contains(line.arg(2)) : !bound.contains(line.arg(1));
}

QString stepName(StepState state)
{
    static const char *const names[] = {"Waiting", "Running", "Done",    "Refused",
                                        "Failed",  "Unknown", "Skipped", "RolledBack"};
    return QString::fromLatin1(names[size_t(state)]);
}

/// What is not as it has to be after the write; empty when all is.
QString wrongAfter(Case &each)
{
    const Fault &fault = *each.fault;
    ClientRig &rig = *each.rig;
    const int arrived = rig.server().peer().count(QString::fromUtf8(operationOf(fault)));
    if (arrived != fault.arrives)
        return QStringLiteral("reached the server %1 times").arg(arrived);
    const QStringList truth = rig.server().bound();
    if (isShown(truth, fault.what) != fault.done)
        return QStringLiteral("the server has it otherwise");
    if (!each.outcome || each.outcome->results.size() != 1)
        return QStringLiteral("no outcome");
    const StepResult &result = each.outcome->results.front();
    if (result.state != fault.end)
        return QStringLiteral("%1: %2\n%3").arg(stepName(result.state), result.error.text(), result.error.detail);
    if (result.state == StepState::Failed && result.error.what.isEmpty())
        return QStringLiteral("failed, and nothing says why");
    if (rig.bound() != truth)
        return QStringLiteral("shown is not what the server has");
    const bool pending = !rig.session().pending().isEmpty();
    if (pending == fault.done)
        return pending ? QStringLiteral("done, but still pending") : QStringLiteral("not done, but no longer pending");
    return rig.session().state() == Session::State::Live ? QString() : rig.session().error().text();
}

} // namespace

class TestFaultyWrites : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void once_data();
    void once();
    void nobodyKnows();

private:
    static bool settle(std::span<Case> cases);
    static void apply(Case &each);
    /// Which message of a connection, from the start of an apply, is the write.
    int positionOf(What what);

    std::map<What, int> m_positions;
};

bool TestFaultyWrites::settle(std::span<Case> cases)
{
    return runUntil(
            [cases] {
                return std::none_of(cases.begin(), cases.end(),
                                    [](const Case &each) { return each.rig->session().isBusy(); });
            },
            patience);
}

void TestFaultyWrites::apply(Case &each)
{
    Session &session = each.rig->session();
    QObject::connect(&session, &Session::applyFinished, &session,
                     [&each](const PlanOutcome &outcome) { each.outcome = outcome; });
    session.stage({change(*each.rig, each.fault->what)}, QStringLiteral("test"));
    session.apply(OnFailure::Stop);
}

int TestFaultyWrites::positionOf(What what)
{
    // Without a fault the messages are the same each time: one connection, one workbook.
    const Fault plain{"", what, Where::Network, "", 1, true, StepState::Done};
    Case each{&plain, newRig(), {}};
    each.rig->session().refresh();
    if (!settle(std::span(&each, 1)))
        return -1;
    const qsizetype before = each.rig->server().peer().log().size();
    apply(each);
    if (!settle(std::span(&each, 1)))
        return -1;
    const QList<QJsonObject> log = each.rig->server().peer().log();
    for (qsizetype i = before; i < log.size(); ++i) {
        if (log[i].value(QLatin1String("op")).toString() == QLatin1String(operationOf(plain)))
            return int(i - before + 1);
    }
    return -1;
}

void TestFaultyWrites::initTestCase()
{
    for (const What what : {What::Bind, What::Unbind}) {
        m_positions[what] = positionOf(what);
        QVERIFY(m_positions[what] > 0);
    }
}

void TestFaultyWrites::once_data()
{
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("last");
    constexpr int together = 9; // as many servers at once
    for (int first = 0; first < int(std::size(faults)); first += together)
        QTest::addRow("%s …", faults[first].name) << first << std::min(first + together, int(std::size(faults)));
}

void TestFaultyWrites::once()
{
    QFETCH(int, first);
    QFETCH(int, last);
    QStringList wrong;
    std::vector<Case> cases;
    for (int i = first; i < last; ++i)
        cases.push_back({&faults[i], newRig(), {}});
    for (Case &each : cases)
        each.rig->session().refresh();
    QVERIFY(settle(cases));
    for (Case &each : cases) {
        QCOMPARE(each.rig->session().state(), Session::State::Live);
        QByteArray order = each.fault->order;
        order.replace("on N", "on " + QByteArray::number(m_positions[each.fault->what]));
        if (each.fault->where == Where::Server)
            QCOMPARE(each.rig->server().peer().command(order), QByteArray("ok"));
        else if (!order.isEmpty())
            QCOMPARE(each.rig->proxy().command(order), QByteArray("ok"));
    }
    StallAlarm alarm;
    alarm.begin();
    for (Case &each : cases)
        apply(each);
    QVERIFY(settle(cases));
    alarm.end();
    QVERIFY2(alarm.isCalm(), qPrintable(alarm.text()));
    qInfo("%d writes at once: %s", int(cases.size()), qPrintable(alarm.text()));
    for (Case &each : cases) {
        if (const QString what = wrongAfter(each); !what.isEmpty())
            wrong.append(QStringLiteral("%1 (%2): %3")
                                 .arg(QLatin1String(each.fault->name), QLatin1String(each.fault->order), what));
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QLatin1Char('\n'))));
}

void TestFaultyWrites::nobodyKnows()
{
    // The request is on its way when the network goes for good: reading cannot settle it either.
    const Fault fault{"", What::Bind, Where::Network, "", 1, true, StepState::Unknown};
    Case each{&fault, newRig(), {}};
    ClientRig &rig = *each.rig;
    rig.session().refresh();
    QVERIFY(settle(std::span(&each, 1)));
    const QStringList before = rig.bound();
    const QByteArray position = QByteArray::number(m_positions[What::Bind]);
    QCOMPARE(rig.proxy().command("on " + position + " request stall at end"), QByteArray("ok"));
    apply(each);
    QVERIFY(runUntil([&rig] { return rig.server().peer().count(QString::fromUtf8(bindOperation)) == 1; }, patience));
    QCOMPARE(rig.proxy().command("refuse"), QByteArray("ok"));
    QVERIFY(settle(std::span(&each, 1)));
    QVERIFY(each.outcome);
    QCOMPARE(each.outcome->results.front().state, StepState::Unknown);
    QVERIFY(each.outcome->hasUnknown());
    QVERIFY(!each.outcome->verified);
    QCOMPARE(each.outcome->results.front().error.kind, Error::Kind::OutcomeUnknown);
    QCOMPARE(rig.session().state(), Session::State::Stale);
    QCOMPARE(rig.bound(), before);
    QVERIFY(!rig.session().pending().isEmpty());

    QCOMPARE(rig.proxy().command("pass"), QByteArray("ok"));
    rig.session().refresh();
    QVERIFY(settle(std::span(&each, 1)));
    QCOMPARE(rig.session().state(), Session::State::Live);
    QCOMPARE(rig.bound(), rig.server().bound());
    QVERIFY(isShown(rig.bound(), What::Bind));
    QVERIFY(rig.session().plan().isEmpty()); // what is pending is so by now: nothing is left to be sent
    QCOMPARE(rig.server().peer().count(QString::fromUtf8(bindOperation)), 1);
}

QTEST_MAIN(TestFaultyWrites)
#include "tst_faultywrites.moc"
