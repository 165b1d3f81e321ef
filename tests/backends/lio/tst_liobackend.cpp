// SPDX-License-Identifier: Apache-2.0
#include "fakehelper.h"

#include "backends/lio/liobackend.h"
#include "model/session.h"
#include "model/wording.h"

#include <QGuiApplication>
#include <QSignalSpy>
#include <QTest>

#include <unistd.h>

using namespace portalbind;
using State = Session::State;
using Fault = FakeHelper::Fault;

namespace {

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

/// A session over the stand-in.
struct Connected
{
    FakeHelper helper;
    std::shared_ptr<LioBackend> backend;
    std::unique_ptr<Session> session;
    std::optional<PlanOutcome> outcome;

    explicit Connected(lio::Launch (*changed)(lio::Launch) = nullptr)
    {
        lio::Launch launch = helper.launch();
        if (changed)
            launch = changed(launch);
        backend = std::make_shared<LioBackend>(lio::HostUrl(), [launch] { return launch; });
        session = std::make_unique<Session>(backend);
        QObject::connect(session.get(), &Session::applyFinished, session.get(),
                         [this](const PlanOutcome &o) { outcome = o; });
    }
    [[nodiscard]] const Inventory &inventory() const { return session->inventory(); }
    [[nodiscard]] PortalHandle portal(const char *address) const
    {
        return backend->ids()->find<PortalHandle>(QByteArrayView(address));
    }
    [[nodiscard]] EndpointHandle tpg(const char *target, int tag) const
    {
        return backend->ids()->find<EndpointHandle>(QByteArray("iqn.2026-11.com.example:") + target + "/tpgt_"
                                                    + QByteArray::number(tag));
    }
    [[nodiscard]] NodeHandle target(const char *name) const
    {
        return backend->ids()->find<NodeHandle>(QByteArray("iqn.2026-11.com.example:") + name);
    }
    [[nodiscard]] QList<StepState> states() const
    {
        QList<StepState> all;
        for (const StepResult &result : outcome->results)
            all += result.state;
        return all;
    }
    [[nodiscard]] int sent(const char *verb) const { return int(helper.verbs().count(QString::fromLatin1(verb))); }
};

} // namespace

// NOLINTBEGIN(bugprone-macro-parentheses): c is the name of what is declared
#define READ(c) \
    c.session->refresh(); \
    QTRY_COMPARE(c.session->state(), State::Live)
#define APPLY(c, how) \
    c.outcome.reset(); \
    c.session->apply(how); \
    QTRY_VERIFY(c.outcome.has_value())
// NOLINTEND(bugprone-macro-parentheses)

class TestLioBackend : public QObject
{
    Q_OBJECT
private slots:
    void reads();
    void bindsAndReadsBack();
    void theSocketOfAnotherTargetIsShared();
    void movesWithItsTransport();
    void createsAndDeletes();
    void groupsArePools();
    void candidates();
    void undoBringsBackWhatWouldBeGone();
    void policyIsToldToTheHelper();
    void saves();
    void refusals_data();
    void refusals();
    void changesOfOthersShow();
    void lostStreams_data();
    void lostStreams();
    void aWriteIsNeverSentTwice_data();
    void aWriteIsNeverSentTwice();
    void rollsBack();
    void nonsense_data();
    void nonsense();
    void aHelperThatHangs();
    void refusedRead();
    void longAnswers();
    void reconnectsAfterALoss();
    void endsAgainAndAgain_data();
    void endsAgainAndAgain();
    void eventsWithoutAnEnd();
    void changesDuringARead();
    void cancelWhileReading();
    void cancelWhileStarting();
    void whatTheMachineLacks_data();
    void whatTheMachineLacks();
    void startIsAskedForAgain();
    void outOfReachOfTheTerminal();
    void noHelper();
    void closingEndsTheHelper();
};

void TestLioBackend::reads()
{
    Connected c;
    READ(c);
    const Inventory &i = c.inventory();
    QCOMPARE(i.servers().size(), 1);
    QCOMPARE(i.server(i.servers().first()).name, text("san1"));
    QCOMPARE(i.server(i.servers().first()).dialect, Dialect::Lio);
    QVERIFY(i.binds(c.tpg("mail", 1), c.portal("10.0.1.5:3260")));
    QCOMPARE(endpointText(i, c.tpg("mail", 1)), text("TPG 1 of …:mail"));
    QVERIFY(i.has(c.portal("10.0.1.6:3260"))); // offered
    QVERIFY(!i.has(c.portal("127.0.0.1:3260"))); // loopback is not
    QCOMPARE(c.helper.verbs(), (QStringList{text("hello"), text("watch"), text("read")}));
}

void TestLioBackend::bindsAndReadsBack()
{
    Connected c;
    READ(c);
    QVERIFY(c.session->stage({Bind{c.tpg("mail", 2), c.portal("10.0.1.6:3260")}}, text("bind")).isAllowed());
    APPLY(c, OnFailure::Stop);
    QCOMPARE(c.states(), QList<StepState>{StepState::Done});
    QVERIFY(c.outcome->verified);
    QVERIFY(Inventory(c.session->base()).binds(c.tpg("mail", 2), c.portal("10.0.1.6:3260")));
    QCOMPARE(c.sent("make-portal"), 1);
    const QJsonObject request = c.helper.requests().at(c.helper.verbs().indexOf(text("make-portal")));
    QCOMPARE(request.value(text("target")).toString(), text("iqn.2026-11.com.example:mail"));
    QCOMPARE(request.value(text("tpg")).toString(), text("tpgt_2"));
    QCOMPARE(request.value(text("portal")).toString(), text("10.0.1.6:3260"));
    QCOMPARE(request.value(text("beyondPolicy")).toBool(true), false);
}

void TestLioBackend::theSocketOfAnotherTargetIsShared()
{
    Connected c;
    READ(c);
    QVERIFY(c.session->stage({Bind{c.tpg("db", 1), c.portal("10.0.1.5:3260")}}, text("share")).isAllowed());
    // 4098 is the kernel's, and known before anything is sent.
    const Verdict no = c.session->judge({Bind{c.tpg("mail", 2), c.portal("10.0.1.5:3260")}});
    QCOMPARE(no.code, 4098);
    QVERIFY(!no.canOverride());
    APPLY(c, OnFailure::Stop);
    QCOMPARE(c.states(), QList<StepState>{StepState::Done});
}

void TestLioBackend::movesWithItsTransport()
{
    Connected c;
    QJsonObject host = FakeHelper::site();
    host.insert(text("targets"),
                QJsonArray{hostTarget(text("mail"),
                                      {hostTpg(1, {hostPortal(text("10.0.1.5"), 3260, true)}), hostTpg(2, {})})});
    c.helper.setHost(host);
    READ(c);
    const PortalHandle portal = c.portal("10.0.1.5:3260");
    QVERIFY(c.session->stage({Move{portal, c.tpg("mail", 1), c.tpg("mail", 2)}}, text("move")).isAllowed());
    APPLY(c, OnFailure::Stop);
    QCOMPARE(c.states(), (QList<StepState>{StepState::Done, StepState::Done}));
    QVERIFY(c.session->base()->transport({c.tpg("mail", 2), portal}).iser);
}

void TestLioBackend::createsAndDeletes()
{
    Connected c;
    READ(c);
    const ServerHandle server = c.inventory().servers().first();
    Node node;
    node.server = server;
    node.name = text("iqn.2026-11.com.example:new");
    const NodeHandle made = c.session->ids().makeProvisional<NodeHandle>();
    const EndpointHandle endpoint = c.session->ids().makeProvisional<EndpointHandle>();
    CreateEndpoint creation{endpoint, {}, true, {c.portal("10.0.1.6:3260")}};
    creation.value.server = server;
    creation.value.node = made;
    creation.value.tag = 7;
    QVERIFY(c.session->stage({CreateNode{made, node}, creation}, text("create")).isAllowed());
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone() && c.outcome->verified);
    QCOMPARE(c.helper.verbs().filter(text("make-")).join(u' '), text("make-target make-tpg make-portal"));
    QCOMPARE(c.sent("enable-tpg"), 1);
    QVERIFY(c.inventory().binds(endpoint, c.portal("10.0.1.6:3260")));
    QCOMPARE(c.session->ids().id(endpoint), QByteArray("iqn.2026-11.com.example:new/tpgt_7"));
    QVERIFY(c.inventory().endpoint(endpoint).enabled);
    // And away with it, one by one.
    QVERIFY(c.session->judge({DeleteNode{made}}).reason == Reason::NotEmpty);
    const QList<Operation> away{Unbind{endpoint, c.portal("10.0.1.6:3260")}, DeleteEndpoint{endpoint},
                                DeleteNode{made}};
    QVERIFY(c.session->stage(away, text("delete")).isAllowed());
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone());
    QVERIFY(!c.inventory().has(made));
}

void TestLioBackend::groupsArePools()
{
    Connected c;
    READ(c);
    const ServerHandle server = c.inventory().servers().first();
    // What is bound and in no pool shows as found, and refuses nothing.
    QCOMPARE(c.inventory().groups().size(), 2);
    for (const GroupHandle group : c.inventory().groups())
        QVERIFY(c.inventory().group(group).derived);
    const GroupHandle pool = c.session->ids().makeProvisional<GroupHandle>();
    QVERIFY(c.session
                    ->stage({CreateGroup{pool, {server, text("fabric-A"), false}},
                             JoinGroup{pool, c.portal("10.0.1.5:3260")}},
                            text("pool"))
                    .isAllowed());
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone() && c.outcome->verified);
    QVERIFY(c.inventory().isMember(pool, c.portal("10.0.1.5:3260")));
    QCOMPARE(c.inventory().groups().size(), 2); // the pool, and the other one as found
    // Another portal at that TPG is against policy, not against the kernel.
    const Verdict no = c.session->judge({Bind{c.tpg("mail", 1), c.portal("10.0.2.5:3260")}});
    QCOMPARE(no.code, 4099);
    QVERIFY(no.canOverride());
    // Taking the only one out leaves the TPG without a pool: policy again, and a person may.
    QVERIFY(c.session
                    ->stage({RenameGroup{pool, text("fabric-B")}, LeaveGroup{pool, c.portal("10.0.1.5:3260")}},
                            text("more"), true)
                    .canOverride());
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone());
    QVERIFY(c.session->stage({DeleteGroup{pool}}, text("away")).isAllowed());
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone());
    const QByteArray id = c.session->ids().id(pool);
    // Undone it comes back as what it was.
    c.session->undoStack()->undo();
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone());
    QVERIFY(c.inventory().has(pool));
    QCOMPARE(c.session->ids().id(pool), id);
}

void TestLioBackend::candidates()
{
    Connected c;
    READ(c);
    Portal portal;
    portal.server = c.inventory().servers().first();
    portal.address = PortalAddress::parse(u"10.0.2.5:3261").value();
    const PortalHandle made = c.session->ids().makeProvisional<PortalHandle>();
    QVERIFY(c.session->stage({CreatePortal{made, portal}, Bind{c.tpg("db", 1), made}}, text("keep")).isAllowed());
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone() && c.outcome->verified);
    QCOMPARE(c.session->ids().id(made), QByteArray("10.0.2.5:3261"));
    QVERIFY(c.session->stage({Unbind{c.tpg("db", 1), made}, DeletePortal{made}}, text("drop")).isAllowed());
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone() && c.outcome->verified);
    QVERIFY(!c.inventory().has(made));
    // One that is offered because the address is there cannot be deleted.
    QCOMPARE(c.session->judge({DeletePortal{c.portal("10.0.2.5:3260")}}).reason, Reason::NothingThere);
}

void TestLioBackend::undoBringsBackWhatWouldBeGone()
{
    Connected c;
    QJsonObject host = FakeHelper::site();
    host.insert(text("targets"),
                QJsonArray{hostTarget(text("mail"), {hostTpg(1, {hostPortal(text("10.9.9.9"), 3265)})})});
    c.helper.setHost(host);
    READ(c);
    const PortalHandle portal = c.portal("10.9.9.9:3265");
    QVERIFY(!c.inventory().portal(portal).addressPresent);
    QVERIFY(c.session->stage({Unbind{c.tpg("mail", 1), portal}}, text("unbind")).isAllowed());
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone());
    QVERIFY(c.inventory().has(portal)); // nothing on the host knows it any more
    c.session->undoStack()->undo();
    QCOMPARE(c.session->pending().size(), 1);
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone()); // against policy, for it was so
    QVERIFY(c.inventory().binds(c.tpg("mail", 1), portal));
}

void TestLioBackend::policyIsToldToTheHelper()
{
    Connected c;
    QJsonObject host = FakeHelper::site();
    QJsonObject pools = host.value(text("pools")).toObject();
    pools.insert(text("candidates"), QJsonArray{text("10.9.9.9:3260")});
    host.insert(text("pools"), pools);
    c.helper.setHost(host);
    READ(c);
    const QList<Operation> bind{Bind{c.tpg("mail", 2), c.portal("10.9.9.9:3260")}};
    const Verdict no = c.session->stage(bind, text("bind"));
    QCOMPARE(no.code, 4097);
    QVERIFY(no.canOverride());
    QVERIFY(c.session->pending().isEmpty());
    c.session->stage(bind, text("bind"), true);
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone());
    QVERIFY(c.helper.requests().at(c.helper.verbs().indexOf(text("make-portal"))).value(text("beyondPolicy")).toBool());
}

void TestLioBackend::saves()
{
    Connected c;
    READ(c);
    const ServerHandle server = c.inventory().servers().first();
    const SavedState &saved = c.inventory().server(server).saved;
    QVERIFY(saved.isUsual && saved.whyNot.isEmpty() && saved.warning.isEmpty());
    QVERIFY(saved.differences.isEmpty());
    QVERIFY(c.session->stage({Bind{c.tpg("mail", 2), c.portal("10.0.1.6:3260")}}, text("bind")).isAllowed());
    APPLY(c, OnFailure::Stop);
    const auto differences = c.inventory().server(server).saved.differences;
    QCOMPARE(differences.size(), 1);
    QCOMPARE(differences.first().text, text("10.0.1.6:3260 at TPG 2 of iqn.2026-11.com.example:mail is not saved"));
    // What differs is saved as a change of its own, or with the next one.
    SaveForReboot save{server, {}, {}, {{differences.first().endpoint, differences.first().portal}}};
    QVERIFY(c.session->stage({save}, text("save")).isAllowed());
    APPLY(c, OnFailure::Stop);
    QVERIFY(c.outcome->isAllDone() && c.outcome->verified);
    QVERIFY(c.inventory().server(server).saved.differences.isEmpty());
    QVERIFY(c.session->stage({SetEndpointEnabled{c.tpg("mail", 2), false}}, text("off")).isAllowed());
    c.outcome.reset();
    c.session->apply(OnFailure::Stop, true);
    QTRY_VERIFY(c.outcome.has_value());
    QCOMPARE(c.states(), (QList<StepState>{StepState::Done, StepState::Done}));
    QVERIFY(c.inventory().server(server).saved.differences.isEmpty());
    const QJsonArray objects =
            c.helper.requests().at(c.helper.verbs().lastIndexOf(text("save"))).value(text("objects")).toArray();
    QCOMPARE(objects.size(), 1);
    QCOMPARE(objects.first().toObject().value(text("tpg")).toInt(), 2); // by tag: the file has no directories
}

void TestLioBackend::refusals_data()
{
    QTest::addColumn<QString>("why");
    QTest::addColumn<QJsonObject>("more");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("said");
    const auto row = [](const char *why, const QJsonObject &more, int code, const char *said) {
        QTest::newRow(why) << QString::fromLatin1(why) << more << code << QString::fromLatin1(said);
    };
    row("no-tpg", {}, 4096, "no longer exists");
    row("in-use-same-target", {{text("by"), text("TPG 1")}}, 4098, "already serves");
    row("not-on-host", {}, 4097, "on no interface");
    row("port-taken", {{text("by"), text("nginx (71)")}}, 4, "port in use by nginx (71)");
    row("wildcard-in-the-way", {{text("by"), text("iqn.a, TPG 1: 0.0.0.0:3260")}}, 4, "0.0.0.0:3260 is in the way");
    row("wildcard-match", {{text("target"), text("iqn.2026-11.com.example:mail")}}, 4098, "already serves");
    row("kernel", {{text("errno"), 22}, {text("text"), text("kernel_bind() failed: -98")}}, 4, "kernel_bind() failed");
    row("something new", {}, 4, "something new");
}

void TestLioBackend::refusals()
{
    QFETCH(QString, why);
    QFETCH(QJsonObject, more);
    QFETCH(int, code);
    QFETCH(QString, said);
    Connected c;
    more.insert(text("why"), why);
    c.helper.setFaults({{text("make-portal"), text("refuse"), more}});
    READ(c);
    QVERIFY(c.session->stage({Bind{c.tpg("mail", 2), c.portal("10.0.1.6:3260")}}, text("bind")).isAllowed());
    APPLY(c, OnFailure::Stop);
    QCOMPARE(c.states(), QList<StepState>{StepState::Refused});
    QCOMPARE(int(c.outcome->results.first().code), code);
    const QString reason = c.outcome->results.first().explanation.reason;
    QVERIFY2(reason.contains(said) && reason.endsWith(QStringLiteral("(%1)").arg(code)), qPrintable(reason));
    QCOMPARE(c.sent("make-portal"), 1);
}

void TestLioBackend::changesOfOthersShow()
{
    Connected c;
    READ(c);
    QSignalSpy changes(c.session.get(), &Session::inventoryChanged);
    QJsonObject host = FakeHelper::site();
    host.insert(text("targets"),
                QJsonArray{hostTarget(text("mail"),
                                      {hostTpg(1, {hostPortal(text("10.0.1.5"), 3260)}),
                                       hostTpg(2, {hostPortal(text("10.0.1.6"), 3260)})}),
                           hostTarget(text("db"), {hostTpg(1, {hostPortal(text("10.0.1.7"), 3260)})})});
    c.helper.setHost(host);
    c.helper.poke();
    QTRY_VERIFY_WITH_TIMEOUT(c.inventory().binds(c.tpg("mail", 2), c.portal("10.0.1.6:3260")), 1000);
    // One binding more and what hangs on it, no new rows for what was there.
    const auto diff = changes.first().first().value<InventoryDiff>();
    QCOMPARE(diff.bound.size(), size_t(1));
    QVERIFY(diff.nodes.added.empty() && diff.endpoints.added.empty() && diff.portals.added.empty());
}

void TestLioBackend::lostStreams_data()
{
    QTest::addColumn<QString>("verb");
    QTest::addColumn<QString>("what");
    QTest::newRow("read, before") << text("read") << text("die-before");
    QTest::newRow("read, after") << text("read") << text("die-after");
    QTest::newRow("hello") << text("hello") << text("die-before");
    QTest::newRow("watch") << text("watch") << text("die-before");
}

void TestLioBackend::lostStreams()
{
    QFETCH(QString, verb);
    QFETCH(QString, what);
    Connected c;
    c.helper.setFaults({{verb, what, {}}});
    c.session->refresh();
    QTRY_COMPARE(c.session->state(), State::Failed);
    QVERIFY(!c.session->error().what.isEmpty() && !c.session->error().remedy.isEmpty());
    READ(c);
    QCOMPARE(c.helper.starts(), 2);
}

void TestLioBackend::aWriteIsNeverSentTwice_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<bool>("wasDone");
    QTest::newRow("lost before it was done") << text("die-before") << false;
    QTest::newRow("lost after it was done") << text("die-after") << true;
    QTest::newRow("garbage in place of the answer") << text("garbage") << true;
    QTest::newRow("the answer to something else") << text("wrong-id") << true;
}

void TestLioBackend::aWriteIsNeverSentTwice()
{
    QFETCH(QString, what);
    QFETCH(bool, wasDone);
    Connected c;
    c.helper.setFaults({{text("make-portal"), what, {}}});
    READ(c);
    QVERIFY(c.session->stage({Bind{c.tpg("mail", 2), c.portal("10.0.1.6:3260")}}, text("bind")).isAllowed());
    APPLY(c, OnFailure::Stop);
    // Settled by reading over a new connection.
    QCOMPARE(c.states(), QList<StepState>{wasDone ? StepState::Done : StepState::Failed});
    QCOMPARE(c.sent("make-portal"), 1);
    QCOMPARE(c.helper.starts(), 2);
    QCOMPARE(c.inventory().binds(c.tpg("mail", 2), c.portal("10.0.1.6:3260")), true); // shown, or still pending
    QCOMPARE(c.session->pending().size(), wasDone ? 0 : 1);
}

void TestLioBackend::rollsBack()
{
    // The port is taken in the middle of a move: the portal goes back to where it was, with its transport.
    Connected c;
    QJsonObject host = FakeHelper::site();
    host.insert(text("targets"),
                QJsonArray{hostTarget(text("mail"),
                                      {hostTpg(1, {hostPortal(text("10.0.1.5"), 3260, true)}), hostTpg(2, {})})});
    c.helper.setHost(host);
    c.helper.setFaults({{text("make-portal"), text("refuse"), {{text("why"), text("port-taken")}}}});
    READ(c);
    const PortalHandle portal = c.portal("10.0.1.5:3260");
    QVERIFY(c.session->stage({Move{portal, c.tpg("mail", 1), c.tpg("mail", 2)}}, text("move")).isAllowed());
    APPLY(c, OnFailure::RollBack);
    QCOMPARE(c.states(), (QList<StepState>{StepState::RolledBack, StepState::Refused}));
    const Inventory now(c.session->base());
    QVERIFY(now.binds(c.tpg("mail", 1), portal) && !now.binds(c.tpg("mail", 2), portal));
    QVERIFY(now.transport({c.tpg("mail", 1), portal}).iser);
}

void TestLioBackend::nonsense_data()
{
    QTest::addColumn<QString>("verb");
    QTest::addColumn<QString>("what");
    QTest::newRow("a login script talks") << text("hello") << text("garbage");
    QTest::newRow("an answer to nothing") << text("read") << text("wrong-id");
    QTest::newRow("two answers") << text("read") << text("twice");
    QTest::newRow("no end") << text("read") << text("huge");
}

void TestLioBackend::nonsense()
{
    QFETCH(QString, verb);
    QFETCH(QString, what);
    Connected c;
    c.helper.setFaults({{verb, what, {}}});
    c.session->refresh();
    if (what == text("twice")) { // the read itself was good; what follows it breaks the conversation
        QTRY_COMPARE(c.session->state(), State::Stale);
        QCOMPARE(c.helper.starts(), 1);
        READ(c);
        return;
    }
    QTRY_COMPARE_WITH_TIMEOUT(c.session->state(), State::Failed, 20'000);
    QCOMPARE(c.session->error().kind, Error::Kind::Server);
    if (what == text("garbage"))
        QVERIFY(c.session->error().detail.contains(text("Last login")));
    READ(c);
}

void TestLioBackend::aHelperThatHangs()
{
    Connected c([](lio::Launch launch) {
        launch.patience = std::chrono::milliseconds(300);
        return launch;
    });
    c.helper.setFaults({{text("hello"), text("hang"), {}}});
    c.session->refresh();
    QTRY_COMPARE(c.session->state(), State::Failed);
    QCOMPARE(c.session->error().kind, Error::Kind::Timeout);
    // Also after something long that is no answer.
    c.helper.setFaults({{text("hello"), text("talk"), {}}});
    c.session->refresh();
    QTRY_COMPARE(c.session->state(), State::Failed);
    QCOMPARE(c.session->error().kind, Error::Kind::Timeout);
}

void TestLioBackend::refusedRead()
{
    Connected c;
    c.helper.setFaults({{text("read"), text("refuse"), {{text("why"), text("kernel")}}}});
    c.session->refresh();
    QTRY_COMPARE(c.session->state(), State::Failed);
    QCOMPARE(c.session->error().kind, Error::Kind::Server);
    // An answer to something else is no empty host.
    const QJsonObject site = FakeHelper::site();
    for (const char *key : {"state", "targets"}) {
        QJsonObject host = site;
        host.remove(QLatin1String(key));
        c.helper.setHost(host);
        c.session->refresh();
        QTRY_COMPARE(c.session->state(), State::Failed);
        QVERIFY2(c.session->error().detail.contains(QLatin1String(key)), qPrintable(c.session->error().detail));
    }
    c.helper.setHost(site);
    READ(c);
}

/// Only the whole host may be long.
void TestLioBackend::longAnswers()
{
    Connected c;
    READ(c);
    c.helper.setFaults({{text("make-portal"), text("long"), {}}});
    QVERIFY(c.session->stage({Bind{c.tpg("mail", 2), c.portal("10.0.1.6:3260")}}, text("bind")).isAllowed());
    APPLY(c, OnFailure::Stop);
    QCOMPARE(c.helper.starts(), 2); // broken off, and settled by reading anew
    c.helper.setFaults({{text("read"), text("long"), {}}});
    READ(c);
    QCOMPARE(c.helper.starts(), 2);
}

void TestLioBackend::reconnectsAfterALoss()
{
    // Without anything having been asked: the window is told, and a new helper answers.
    Connected c;
    READ(c);
    c.helper.setFaults({{text("read"), text("die-after"), {}}});
    c.helper.poke();
    QTRY_COMPARE(c.session->state(), State::Stale);
    QVERIFY(c.session->base()->isComplete()); // what was shown stays
    READ(c);
}

void TestLioBackend::endsAgainAndAgain_data()
{
    QTest::addColumn<QString>("what");
    QTest::newRow("it leaves") << text("leave");
    QTest::newRow("two answers") << text("twice");
}

/// Over SSH each start is a login: it is not started at once, and each time later.
void TestLioBackend::endsAgainAndAgain()
{
    QFETCH(QString, what);
    Connected c;
    c.helper.setFaults(QList<Fault>(20, {text("read"), what, {}}));
    c.session->refresh();
    QTRY_COMPARE(c.session->state(), State::Stale);
    QTest::qWait(1000);
    QCOMPARE(c.helper.starts(), 1);
    QCOMPARE(c.session->state(), State::Stale);
    QVERIFY2(c.session->error().remedy.contains(text("15 s")), qPrintable(c.session->error().text()));
    c.session->refresh(); // a person wants it now
    QTRY_COMPARE(c.helper.starts(), 2);
    QTRY_COMPARE(c.session->state(), State::Stale);
    QVERIFY2(c.session->error().remedy.contains(text("30 s")), qPrintable(c.session->error().text()));
    c.helper.setFaults({});
    READ(c);
    QTest::qWait(300);
    QCOMPARE(c.helper.starts(), 3);
}

/// Not believed for long, and not started again by what it said.
void TestLioBackend::eventsWithoutAnEnd()
{
    Connected c;
    c.helper.setFaults(QList<Fault>(20, {text("read"), text("flood"), {}}));
    c.session->refresh();
    QTRY_COMPARE(c.session->state(), State::Stale);
    QTest::qWait(1500);
    QCOMPARE(c.helper.starts(), 1);
    QCOMPARE(c.session->state(), State::Stale);
    c.helper.setFaults({});
    READ(c);
}

/// What was heard during a read is read after it.
void TestLioBackend::changesDuringARead()
{
    Connected c;
    READ(c);
    const int before = c.sent("read");
    for (int i = 0; i < 3; ++i) {
        c.helper.poke();
        QTRY_VERIFY(c.sent("read") > before + i);
        QTRY_COMPARE(c.session->state(), State::Live);
    }
}

void TestLioBackend::cancelWhileReading()
{
    Connected c;
    c.helper.setFaults({{text("read"), text("hang"), {}}});
    c.session->refresh();
    QTRY_COMPARE(c.sent("read"), 1);
    c.session->cancel();
    QTRY_COMPARE(c.session->state(), State::Failed);
    QCOMPARE(c.session->error().kind, Error::Kind::Cancelled);
}

void TestLioBackend::cancelWhileStarting()
{
    Connected c;
    c.helper.setFaults({{text("hello"), text("hang"), {}}});
    c.session->refresh();
    QTRY_COMPARE(c.sent("hello"), 1);
    c.session->cancel();
    QTRY_COMPARE(c.session->state(), State::Failed);
    QCOMPARE(c.session->error().kind, Error::Kind::Cancelled);
    QTest::qWait(400); // the helper that nobody wants any more is let go
    READ(c);
    QCOMPARE(c.helper.starts(), 2);
}

void TestLioBackend::whatTheMachineLacks_data()
{
    QTest::addColumn<QString>("why");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("remedy");
    QTest::newRow("rights") << text("rights") << int(Error::Kind::Rights) << text("root");
    QTest::newRow("no LIO") << text("no-lio") << int(Error::Kind::Server) << text("mount -t configfs");
    QTest::newRow("no module") << text("no-module") << int(Error::Kind::Server) << text("modprobe");
    QTest::newRow("read-only") << text("read-only") << int(Error::Kind::Server) << text("host itself");
    QTest::newRow("anything") << text("io") << int(Error::Kind::Server) << text("journal");
}

void TestLioBackend::whatTheMachineLacks()
{
    QFETCH(QString, why);
    QFETCH(int, kind);
    QFETCH(QString, remedy);
    Connected c;
    c.helper.setFaults({{text("read"), text("fail"), {{text("why"), why}, {text("text"), text("as it is")}}}});
    c.session->refresh();
    QTRY_COMPARE(c.session->state(), State::Failed);
    QCOMPARE(int(c.session->error().kind), kind);
    QVERIFY2(c.session->error().remedy.contains(remedy), qPrintable(c.session->error().remedy));
    QCOMPARE(c.session->error().detail, text("as it is"));
    READ(c); // over the same helper
    QCOMPARE(c.helper.starts(), 1);
}

void TestLioBackend::startIsAskedForAgain()
{
    // Under pkexec a new start asks a person: it does not pop up by itself.
    Connected c([](lio::Launch launch) {
        launch.way = lio::Launch::Way::Pkexec;
        return launch;
    });
    READ(c);
    c.helper.setFaults({{text("watch"), text("die-before"), {}}}); // not met: the helper is killed below
    QCOMPARE(c.helper.starts(), 1);
    c.helper.setFaults({{text("read"), text("twice"), {}}});
    c.session->refresh();
    QTRY_COMPARE(c.session->state(), State::Stale);
    QCOMPARE(c.helper.starts(), 1);
    READ(c);
    QCOMPARE(c.helper.starts(), 2);
}

/// A key at the terminal is no signal for a helper, or for the ssh that leads to one; pkexec may have to ask there.
void TestLioBackend::outOfReachOfTheTerminal()
{
    Connected c;
    READ(c);
    QVERIFY(c.helper.session() > 0 && c.helper.session() != ::getsid(0));
    Connected asks([](lio::Launch launch) {
        launch.way = lio::Launch::Way::Pkexec;
        return launch;
    });
    READ(asks);
    QCOMPARE(asks.helper.session(), int(::getsid(0)));
}

void TestLioBackend::noHelper()
{
    lio::Launch launch{lio::Launch::Way::Direct, text("/nowhere/portalbind-lio-helper"), {}, text("san1"), {},
                       std::chrono::seconds(30)};
    Session session(std::make_shared<LioBackend>(lio::HostUrl(), [launch] { return launch; }));
    session.refresh();
    QTRY_COMPARE(session.state(), State::Failed);
    QVERIFY(session.error().what.contains(text("could not be started")));
    Session without(std::make_shared<LioBackend>(
            lio::HostUrl(), [] { return lio::launchFor(lio::HostUrl(), lio::LaunchSituation()); }));
    without.refresh();
    QTRY_COMPARE(without.state(), State::Failed);
    QVERIFY(without.error().remedy.contains(text("Install")));
}

void TestLioBackend::closingEndsTheHelper()
{
    QPointer<LioBackend> backend;
    {
        Connected c;
        READ(c);
        backend = c.backend.get();
    }
    QVERIFY(!backend);
    // Its input ends, and so does it: were it left, the folder that it reads would be gone under it.
    QTest::qWait(200);
}

int main(int argc, char **argv)
{
    if (FakeHelper::isWanted())
        return FakeHelper::run();
    QGuiApplication app(argc, argv);
    TestLioBackend test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_liobackend.moc"
