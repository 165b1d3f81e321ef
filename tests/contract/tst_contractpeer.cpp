// SPDX-License-Identifier: Apache-2.0
#include "bothways.h"
#include "pairing.h"
#include "workbookfixture.h"

#include "backends/workbook/workbookbackend.h"
#include "model/session.h"
#include "tests/backends/cim/shown.h"
#include "tests/model/site.h"

#include <QTest>

#include <map>

using namespace portalbind;

/// The CIM backend over WS-Management against the embedded one, on the same workbooks: whoever looks must not be able
/// to tell them apart by anything but what the CIM model cannot say.
class TestContractPeer : public QObject
{
    Q_OBJECT

private slots:
    void answers_data();
    void answers();
    void changedMeanwhile_data();
    void changedMeanwhile();
    void learntNotSupported();
    void move_data();
    void move();
    void randomOperations_data();
    void randomOperations();

private:
    BothWays &ways(const char *name);
    std::map<QString, std::unique_ptr<BothWays>> m_ways;
};

namespace {

struct Served
{
    const char *name;
    ServedAs as;
};
const Served kinds[]{
        {"openwsman", {"openwsman"}}, {"omi", {"omi"}}, {"windows", {"windows"}}, {"native", {"windows", true}}};

bool hasCimMethod(const char *operation)
{
    const QString word = QString::fromUtf8(operation).section(u' ', 0, 0);
    return !word.endsWith(QLatin1String("-portal")) && !word.endsWith(QLatin1String("-group"))
            && word != QLatin1String("join") && word != QLatin1String("leave");
}

/// A session at work on a backend until its apply ends.
PlanOutcome applied(const std::shared_ptr<TargetBackend> &backend,
                    const std::function<Operation(const Snapshot &)> &wanted, SnapshotPtr *after)
{
    Session session(backend);
    PlanOutcome outcome;
    bool ended = false;
    QObject::connect(&session, &Session::applyFinished, &session, [&](const PlanOutcome &what) {
        outcome = what;
        ended = true;
    });
    session.refresh();
    if (!QTest::qWaitFor([&session] { return session.state() == Session::State::Live; }, 60'000))
        return outcome;
    const Operation operation = wanted(*session.base());
    session.stage({operation}, QStringLiteral("Move"));
    session.apply(OnFailure::RollBack);
    if (QTest::qWaitFor([&ended] { return ended; }, 60'000))
        *after = session.base();
    return outcome;
}

} // namespace

BothWays &TestContractPeer::ways(const char *name)
{
    auto &found = m_ways[QLatin1String(name)];
    for (const Served &kind : kinds) {
        if (!found && qstrcmp(kind.name, name) == 0)
            found = std::make_unique<BothWays>(kind.as);
    }
    return *found;
}

void TestContractPeer::answers_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<size_t>("index");
    for (const Served &kind : kinds) {
        for (size_t i = 0; i < contractCases().size(); ++i) {
            // What CIM has no method for never reaches a server: one kind of them is enough.
            if (&kind == kinds || hasCimMethod(contractCases()[i].operation))
                QTest::addRow("%s: %s", kind.name, contractCases()[i].name) << QString::fromLatin1(kind.name) << i;
        }
    }
}

void TestContractPeer::answers()
{
    QFETCH(const QString, kind);
    QFETCH(const size_t, index);
    const ContractCase &one = contractCases()[index];
    std::optional<Answer> answer;
    const QString wrong = ways(qPrintable(kind))
                                  .run({QString::fromUtf8(one.site), {}, QString::fromUtf8(one.operation)}, &answer);
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
}

void TestContractPeer::changedMeanwhile_data()
{
    QTest::addColumn<QString>("site");
    QTest::addColumn<QString>("elsewhere");
    QTest::addColumn<QString>("operation");
    QTest::addColumn<int>("code");
    for (const ContractRace &one : contractRaces())
        QTest::newRow(one.name) << QString::fromUtf8(one.site) << QString::fromUtf8(one.elsewhere)
                                << QString::fromUtf8(one.operation) << int(one.code);
}

void TestContractPeer::changedMeanwhile()
{
    QFETCH(const QString, site);
    QFETCH(const QString, elsewhere);
    QFETCH(const QString, operation);
    QFETCH(const int, code);
    for (const char *kind : {"openwsman", "omi", "windows"}) {
        // Windows has no groups: none is another.
        const quint16 wanted = code == 4099 && qstrcmp(kind, "windows") == 0 ? 0 : quint16(code);
        std::optional<Answer> answer;
        const QString wrong = ways(kind).run({site, elsewhere, operation}, &answer);
        QVERIFY2(wrong.isEmpty(), qPrintable(QLatin1String(kind) + QStringLiteral(": ") + wrong));
        QVERIFY(answer);
        QCOMPARE(answer->code, wanted);
    }
}

/// No flag tells that binding is not supported: it is asked once, and known from then on.
void TestContractPeer::learntNotSupported()
{
    for (const char *kind : {"openwsman", "windows"}) {
        PeerFixture &peer = ways(kind).through();
        Site site(QStringLiteral("server san bind=no unbind=no; portal p; endpoint E T: q"));
        HandleMap handles;
        const auto shown = peer.make(*cimView(*site.inventory().base(), peer.as()), handles);
        QVERIFY2(shown, shown ? "" : qPrintable(shown.error().text()));
        const auto operation = [&](const char *text) {
            return translated(site.operation(QString::fromUtf8(text)), handles, *peer.ids());
        };
        QVERIFY(!canDo(Inventory(*shown), operation("bind p E")).isRefused());
        const auto bound = peer.execute(operation("bind p E"));
        const auto unbound = peer.execute(operation("unbind q E"));
        QVERIFY(bound && unbound);
        QCOMPARE(bound->code, quint16(1));
        QCOMPARE(unbound->code, quint16(7));
        const auto after = peer.load();
        QVERIFY(after);
        QCOMPARE(canDo(Inventory(*after), operation("bind p E")).code, quint16(1));
        QCOMPARE(canDo(Inventory(*after), operation("unbind q E")).code, quint16(7));
        QCOMPARE(content(*after), content(*shown));
    }
}

void TestContractPeer::move_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("site");
    QTest::addColumn<bool>("done");
    for (const Served &kind : kinds) {
        if (kind.as.native)
            continue; // nothing to move between: there is one switch
        QTest::addRow("%s: within a target", kind.name)
                << QString::fromLatin1(kind.name) << QStringLiteral("group g: p q; endpoint E T: p; endpoint F T: q")
                << true;
        QTest::addRow("%s: to another target", kind.name)
                << QString::fromLatin1(kind.name) << QStringLiteral("endpoint E T: p; endpoint F U:") << true;
        // The server refuses what no rule foresaw; the portal goes back to where it was.
        QTest::addRow("%s: rolled back", kind.name)
                << QString::fromLatin1(kind.name) << QStringLiteral("endpoint E T: p; endpoint F T:") << false;
    }
}

void TestContractPeer::move()
{
    QFETCH(const QString, kind);
    QFETCH(const QString, site);
    QFETCH(const bool, done);
    BothWays &both = ways(qPrintable(kind));
    PeerFixture &peer = both.through();
    Site wanted(site);
    const SnapshotPtr view = cimView(*wanted.inventory().base(), peer.as());
    QVERIFY(view);
    HandleMap direct, through;
    QVERIFY(both.direct().make(*view, direct));
    const auto before = peer.make(*view, through);
    QVERIFY2(before, before ? "" : qPrintable(before.error().text()));
    const auto operationOn = [&](const std::shared_ptr<TargetBackend> &backend) {
        return [&wanted, &view, backend](const Snapshot &shown) {
            return translated(wanted.operation(QStringLiteral("move p E F")), *paired(*view, shown), *backend->ids());
        };
    };
    const int sent = peer.peer().count(QStringLiteral("Invoke:BindiSCSIProtocolEndPoint"));
    const int removed = peer.peer().count(QStringLiteral("Delete"));
    if (!done)
        QCOMPARE(peer.peer().command("fault Invoke:BindiSCSIProtocolEndPoint 1 InternalError"), QByteArray("ok"));
    SnapshotPtr afterDirect, afterThrough;
    const std::shared_ptr<TargetBackend> workbook = std::make_shared<WorkbookBackend>(
            WorkbookBackend::urlOf(both.direct().path()));
    const std::shared_ptr<TargetBackend> server = peer.connect();
    if (done) {
        const PlanOutcome outcome = applied(workbook, operationOn(workbook), &afterDirect);
        QVERIFY(outcome.isAllDone() && outcome.verified);
    }
    const PlanOutcome outcome = applied(server, operationOn(server), &afterThrough);
    peer.peer().command("clear");
    QVERIFY(afterThrough);
    if (done) {
        QVERIFY2(outcome.isAllDone() && outcome.verified, qPrintable(outcome.differences.join(u'\n')));
        QCOMPARE(content(afterThrough), content(afterDirect));
        QCOMPARE(peer.peer().count(QStringLiteral("Invoke:BindiSCSIProtocolEndPoint")), sent + 1);
        QCOMPARE(peer.peer().count(QStringLiteral("Delete")), removed + 1);
    } else {
        QVERIFY(!outcome.isAllDone());
        const auto shown = peer.load(); // over another connection
        QVERIFY(shown);
        QCOMPARE(content(*shown), content(*before));
        QCOMPARE(content(afterThrough), content(*before));
        QCOMPARE(peer.peer().count(QStringLiteral("Invoke:BindiSCSIProtocolEndPoint")), sent + 2);
        QCOMPARE(peer.peer().count(QStringLiteral("Delete")), removed + 1);
    }
}

void TestContractPeer::randomOperations_data()
{
    QTest::addColumn<QString>("kind");
    for (const Served &kind : kinds)
        QTest::newRow(kind.name) << QString::fromLatin1(kind.name);
}

void TestContractPeer::randomOperations()
{
    QFETCH(const QString, kind);
    const quint64 seed = contractSeed();
    const int operations = qEnvironmentVariableIsSet("PORTALBIND_LONG") ? 1'500 : 100;
    qInfo("PORTALBIND_SEED=%llu", seed);
    const RandomRun run = ways(qPrintable(kind)).runRandom(seed, operations);
    QVERIFY2(run.wrong.isEmpty(), qPrintable(run.wrong));
    QCOMPARE_GE(run.operations, operations);
}

QTEST_GUILESS_MAIN(TestContractPeer)
#include "tst_contractpeer.moc"
