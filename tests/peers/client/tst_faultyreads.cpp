// SPDX-License-Identifier: Apache-2.0
// A session reads a server over a network that breaks at every place: what it shows afterwards must be true, and the
// thread of the window must never stand still.
#include "tests/peers/client/clientrig.h"
#include "tests/peers/client/stallalarm.h"

#include <QMetaEnum>
#include <QTest>

using namespace portalbind;

namespace {

using Kind = Error::Kind;

constexpr int patience = 40'000; // ms; deadlines of the client itself are a tenth of it

enum class Peer { Windows, Openwsman };
enum class When { First, Later }; ///< the first read, or one when something is shown already
enum class End { Works, Fails };

struct Fault
{
    const char *name;
    Peer peer;
    When when;
    const char *order; ///< for the proxy
    End end;
    Kind kind = Kind::Transport;
    const char *layer = ""; ///< that the error has to name
};

// Answers 1 and 2 of a first read sign in, 3 is Identify's. Of a later read every answer is one to Enumerate or Pull.
constexpr Fault brokenAnswers[] = {
        {"close before the sign-in", Peer::Windows, When::First, "on 1 close", End::Works},
        {"reset within the challenge", Peer::Windows, When::First, "on 1 reset at line 5", End::Works},
        {"close after the challenge", Peer::Windows, When::First, "on 1 close at end", End::Works},
        {"close within the headers of the sign-in", Peer::Windows, When::First, "on 2 close at headers 10", End::Fails,
         Kind::Transport, "HTTP"}, // it had the password: not tried again
        {"close after the sign-in", Peer::Windows, When::First, "on 2 close at end", End::Works},
        {"reset before Identify", Peer::Windows, When::First, "on 3 reset", End::Works},
        {"reset within Identify", Peer::Windows, When::First, "on 3 reset at body 40", End::Works},
        {"every sign-in closed", Peer::Windows, When::First, "on 0 close", End::Fails, Kind::Transport, "HTTP"},
        {"every sign-in reset in its line", Peer::Windows, When::First, "on 0 reset at line 5", End::Fails,
         Kind::Transport, "HTTP"},
        {"every sign-in cut in its headers", Peer::Windows, When::First, "on 0 close at headers 10", End::Fails,
         Kind::Transport, "HTTP"},
        {"sign-in unanswered", Peer::Windows, When::First, "on 1 stall", End::Fails, Kind::Timeout, "sign-in"},
        {"sign-in stops in its headers", Peer::Windows, When::First, "on 2 stall at headers 5", End::Fails,
         Kind::Timeout, ""},
        {"Identify unanswered", Peer::Windows, When::First, "on 3 stall", End::Fails, Kind::Timeout, "HTTP"},
        {"Identify stops in its body", Peer::Windows, When::First, "on 3 stall at body 30", End::Fails, Kind::Timeout,
         "HTTP"},
        {"noise instead of a sign-in", Peer::Windows, When::First, "on 0 garbage 64 at line 0", End::Fails,
         Kind::Transport, "HTTP"},

        {"one reset before an answer", Peer::Windows, When::Later, "on 1 reset", End::Works},
        {"one reset in the status line", Peer::Windows, When::Later, "on 1 reset at line 5", End::Works},
        {"one close in the headers", Peer::Windows, When::Later, "on 1 close at headers 10", End::Works},
        {"one reset in a body", Peer::Windows, When::Later, "on 1 reset at body 100", End::Works},
        {"one close in a body", Peer::Windows, When::Later, "on 1 close at body 100", End::Works},
        {"one close between messages", Peer::Windows, When::Later, "on 3 close at end", End::Works},
        {"each reset before an answer", Peer::Windows, When::Later, "on 0 reset", End::Fails, Kind::Transport, "HTTP"},
        {"each close in the status line", Peer::Windows, When::Later, "on 0 close at line 5", End::Fails,
         Kind::Transport, "HTTP"},
        {"each reset in the headers", Peer::Windows, When::Later, "on 0 reset at headers 10", End::Fails,
         Kind::Transport, "HTTP"},
        {"each close in a body", Peer::Windows, When::Later, "on 0 close at body 100", End::Fails, Kind::Transport,
         "HTTP"},
        {"no answer", Peer::Windows, When::Later, "on 1 stall", End::Fails, Kind::Timeout, "HTTP"},
        {"stops in the status line", Peer::Windows, When::Later, "on 1 stall at line 5", End::Fails, Kind::Timeout,
         "HTTP"},
        {"stops in the headers", Peer::Windows, When::Later, "on 1 stall at headers 10", End::Fails, Kind::Timeout,
         "HTTP"},
        {"stops in a body", Peer::Windows, When::Later, "on 1 stall at body 100", End::Fails, Kind::Timeout, "HTTP"},
        {"stops between messages", Peer::Windows, When::Later, "on 5 stall at end", End::Fails, Kind::Timeout, "HTTP"},
        {"drips", Peer::Windows, When::Later, "on 0 drip 60 at body 0", End::Fails, Kind::Timeout, "HTTP"},
        {"drips in the headers", Peer::Windows, When::Later, "on 0 drip 60 at line 0", End::Fails, Kind::Timeout,
         "HTTP"},
        {"noise before the status line", Peer::Windows, When::Later, "on 0 garbage 64 at line 0", End::Fails,
         Kind::Transport, "HTTP"},
        {"noise in the headers", Peer::Windows, When::Later, "on 0 garbage 64 at headers 0", End::Fails,
         Kind::Transport, "HTTP"},
        {"noise in a sealed body", Peer::Windows, When::Later, "on 0 garbage 64 at body 300", End::Fails,
         Kind::Transport, "encryption"},
        {"one answer twice", Peer::Windows, When::Later, "on 1 duplicate", End::Works},
        {"every answer twice", Peer::Windows, When::Later, "on 0 duplicate", End::Fails, Kind::Transport, "sign-in"},
        {"longer than it is", Peer::Windows, When::Later, "on 0 length 7", End::Fails, Kind::Timeout, "HTTP"},
        {"shorter than it is", Peer::Windows, When::Later, "on 0 length -7", End::Fails, Kind::Transport, "encryption"},
};

constexpr Fault brokenRequests[] = {
        {"one request reset in its line", Peer::Windows, When::Later, "on 1 request reset at line 4", End::Works},
        {"one request closed in its headers", Peer::Windows, When::Later, "on 1 request close at headers 20",
         End::Works},
        {"one request reset in its body", Peer::Windows, When::Later, "on 1 request reset at body 30", End::Works},
        {"one request closed after its end", Peer::Windows, When::Later, "on 1 request close at end", End::Works},
        {"one request twice", Peer::Windows, When::Later, "on 1 request duplicate", End::Works},
        {"each request closed in its line", Peer::Windows, When::Later, "on 0 request close at line 4", End::Fails,
         Kind::Transport, "HTTP"},
        {"each request reset in its headers", Peer::Windows, When::Later, "on 0 request reset at headers 20",
         End::Fails, Kind::Transport, "HTTP"},
        {"each request closed in its body", Peer::Windows, When::Later, "on 0 request close at body 30", End::Fails,
         Kind::Transport, "HTTP"},
        {"each request reset after its end", Peer::Windows, When::Later, "on 0 request reset at end", End::Fails,
         Kind::Transport, "HTTP"},
        {"a request stops in its body", Peer::Windows, When::Later, "on 1 request stall at body 30", End::Fails,
         Kind::Timeout, "HTTP"},
        {"a request stops after its end", Peer::Windows, When::Later, "on 1 request stall at end", End::Fails,
         Kind::Timeout, "HTTP"},
        {"the first request stops", Peer::Windows, When::First, "on 1 request stall at line 4", End::Fails,
         Kind::Timeout, "sign-in"},
};

// This server closes after each answer: every request connects anew.
constexpr Fault brokenConnections[] = {
        {"refused at first", Peer::Openwsman, When::First, "refuse", End::Fails, Kind::Transport, "TCP"},
        {"refused later", Peer::Openwsman, When::Later, "refuse", End::Fails, Kind::Transport, "TCP"},
        {"never connected at first", Peer::Openwsman, When::First, "backlog", End::Fails, Kind::Timeout, "TCP"},
        {"never connected later", Peer::Openwsman, When::Later, "backlog", End::Fails, Kind::Timeout, "TCP"},
        {"accepted and silent at first", Peer::Openwsman, When::First, "silence", End::Fails, Kind::Timeout, "TLS"},
        {"accepted and silent later", Peer::Openwsman, When::Later, "silence", End::Fails, Kind::Timeout, "TLS"},
        {"closed in the handshake", Peer::Openwsman, When::First, "on 0 close at byte 50", End::Fails, Kind::Transport,
         "TLS"},
        {"reset in the handshake", Peer::Openwsman, When::Later, "on 0 reset at byte 50", End::Fails, Kind::Transport,
         "TLS"},
        {"stops in the handshake", Peer::Openwsman, When::Later, "on 0 stall at byte 50", End::Fails, Kind::Timeout,
         "TLS"},
        {"noise in the handshake", Peer::Openwsman, When::First, "on 0 garbage 100 at byte 50", End::Fails,
         Kind::Transport, "TLS"},
        {"one handshake closed", Peer::Openwsman, When::Later, "on 2 close at byte 50", End::Works},
        {"closed in an answer", Peer::Openwsman, When::Later, "on 0 close at byte 2500", End::Fails, Kind::Transport,
         "HTTP"},
        {"stops in an answer", Peer::Openwsman, When::Later, "on 0 stall at byte 2500", End::Fails, Kind::Timeout,
         "HTTP"},
        {"drips through TLS", Peer::Openwsman, When::Later, "on 0 drip 20 at byte 2200", End::Fails, Kind::Timeout,
         "HTTP"},
        {"noise in an answer", Peer::Openwsman, When::Later, "on 0 garbage 100 at byte 2500", End::Fails,
         Kind::Transport, ""},
};

/// One fault on its way through.
struct Case
{
    const Fault *fault = nullptr;
    std::unique_ptr<ClientRig> rig;
};

QString stateName(Session::State state)
{
    return QString::fromLatin1(QMetaEnum::fromType<Session::State>().valueToKey(int(state)));
}

/// What is not as it has to be after the faulty read; empty when all is.
QString wrongAfter(const Case &each, const QStringList &truth)
{
    Session &session = each.rig->session();
    const Error &error = session.error();
    QString is = stateName(session.state()) + QLatin1String(": ") + error.text() + QLatin1Char('\n') + error.detail;
    const bool later = each.fault->when == When::Later;
    if (each.fault->end == End::Works)
        return session.state() == Session::State::Live && each.rig->bound() == truth ? QString() : is;
    if (session.state() != (later ? Session::State::Stale : Session::State::Failed))
        return is;
    if (error.kind != each.fault->kind || !error.where.contains(QLatin1String(each.fault->layer)))
        return is;
    if (error.where.isEmpty() || error.remedy.isEmpty())
        return QStringLiteral("no place or no remedy: ") + is;
    if (later && each.rig->bound() != truth)
        return QStringLiteral("what was shown has gone");
    if (!later && session.base() && session.base()->isComplete())
        return QStringLiteral("something is shown as if it were whole");
    return {};
}

} // namespace

class TestFaultyReads : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void answers() { run(brokenAnswers); }
    void requests() { run(brokenRequests); }
    void connections() { run(brokenConnections); }

private:
    void run(std::span<const Fault> faults);
    void runTogether(std::span<Case> cases, QStringList *wrong);
    bool settle(std::span<Case> cases);

    Certificates m_certificates{{QStringLiteral("self-signed")}};
    std::shared_ptr<RigServer> m_windows, m_openwsman;
};

void TestFaultyReads::initTestCase()
{
    QVERIFY2(m_certificates.error().isEmpty(), qPrintable(m_certificates.error()));
    const QStringList pulls{QStringLiteral("--trickle"), QStringLiteral("5")};
    m_windows = std::make_shared<RigServer>(RigServer::Settings{QStringLiteral("windows"), Way::Sealed, 16, pulls});
    m_openwsman = std::make_shared<RigServer>(
            RigServer::Settings{QStringLiteral("openwsman"), Way::Secured, 16,
                                pulls + m_certificates.arguments(QStringLiteral("self-signed"))});
    QVERIFY2(m_windows->error().isEmpty(), qPrintable(m_windows->error()));
    QVERIFY2(m_openwsman->error().isEmpty(), qPrintable(m_openwsman->error()));
}

bool TestFaultyReads::settle(std::span<Case> cases)
{
    return runUntil(
            [cases] {
                return std::none_of(cases.begin(), cases.end(),
                                    [](const Case &each) { return each.rig->session().isBusy(); });
            },
            patience);
}

void TestFaultyReads::run(std::span<const Fault> faults)
{
    constexpr size_t together = 15; // as many as two processors feed without missing the deadlines
    QStringList wrong;
    for (size_t first = 0; first < faults.size(); first += together) {
        std::vector<Case> cases;
        for (const Fault &fault : faults.subspan(first, std::min(together, faults.size() - first)))
            cases.push_back(
                    {&fault, std::make_unique<ClientRig>(fault.peer == Peer::Windows ? m_windows : m_openwsman)});
        runTogether(cases, &wrong);
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QLatin1Char('\n'))));
}

void TestFaultyReads::runTogether(std::span<Case> cases, QStringList *wrong)
{
    const auto tell = [wrong](const Case &each, const QString &what) {
        if (!what.isEmpty())
            wrong->append(QStringLiteral("%1 (%2): %3")
                                  .arg(QLatin1String(each.fault->name), QLatin1String(each.fault->order), what));
    };
    for (Case &each : cases) {
        tell(each, each.rig->error());
        if (each.fault->when == When::Later)
            each.rig->session().refresh();
    }
    if (!settle(cases))
        wrong->append(QStringLiteral("the first read does not end"));
    for (Case &each : cases) {
        if (each.fault->when == When::Later && each.rig->session().state() != Session::State::Live)
            tell(each, QStringLiteral("not read at first: ") + each.rig->session().error().text());
        if (each.rig->proxy().command(each.fault->order) != "ok")
            tell(each, QStringLiteral("the proxy does not know this"));
    }

    StallAlarm alarm;
    alarm.begin();
    for (Case &each : cases)
        each.rig->session().refresh();
    const bool ended = settle(cases);
    alarm.end();
    if (!ended)
        wrong->append(QStringLiteral("a read does not end"));
    if (!alarm.isCalm())
        wrong->append(QStringLiteral("the thread of the window stood still: ") + alarm.text());
    qInfo("%d faults at once: %s", int(cases.size()), qPrintable(alarm.text()));
    const QStringList truth = m_windows->bound();
    for (const Case &each : cases)
        tell(each, wrongAfter(each, truth));

    // The network is well again: so is what is shown.
    for (Case &each : cases) {
        each.rig->proxy().command("pass");
        if (each.rig->session().state() == Session::State::Failed)
            each.rig->reconnect(); // as a person does: the password may have been sent, and nobody knows what of it
        each.rig->session().refresh();
    }
    if (!settle(cases))
        wrong->append(QStringLiteral("the read afterwards does not end"));
    for (const Case &each : cases) {
        if (each.rig->session().state() != Session::State::Live || each.rig->bound() != truth)
            tell(each, QStringLiteral("not well afterwards: ") + each.rig->session().error().text());
    }
}

QTEST_MAIN(TestFaultyReads)
#include "tst_faultyreads.moc"
