// SPDX-License-Identifier: Apache-2.0
#include "site.h"

#include "model/planrun.h"
#include "model/settling.h"
#include "model/snapshotbuilder.h"

#include <QTest>

using namespace portalbind;

namespace {

/// The steps in the words of a site, as far as these tests need them.
QStringList steps(const Plan &plan, const Site &s)
{
    QStringList all;
    for (const Step &step : plan.steps) {
        const Operation &o = step.operation;
        if (const auto *bind = std::get_if<Bind>(&o))
            all += QStringLiteral("bind %1 %2%3")
                           .arg(s.name(bind->portal), s.name(bind->endpoint),
                                bind->transport.iser ? QStringLiteral(" iser") : QString());
        else if (const auto *unbind = std::get_if<Unbind>(&o))
            all += QStringLiteral("unbind %1 %2").arg(s.name(unbind->portal), s.name(unbind->endpoint));
        else if (const auto *creation = std::get_if<CreateEndpoint>(&o))
            all += QStringLiteral("create %1 %2 %3")
                           .arg(s.name(creation->endpoint))
                           .arg(creation->portals.size())
                           .arg(creation->value.enabled ? QStringLiteral("enabled") : QStringLiteral("disabled"));
        else if (const auto *enable = std::get_if<SetEndpointEnabled>(&o))
            all += (enable->enabled ? QStringLiteral("enable ") : QStringLiteral("disable "))
                    + s.name(enable->endpoint);
        else if (const auto *deletion = std::get_if<DeleteEndpoint>(&o))
            all += QStringLiteral("delete ") + s.name(deletion->endpoint);
        else if (const auto *node = std::get_if<DeleteNode>(&o))
            all += QStringLiteral("delete ") + s.name(node->node);
        else if (const auto *save = std::get_if<SaveForReboot>(&o))
            all += QStringLiteral("save %1 %2 %3")
                           .arg(save->nodes.size())
                           .arg(save->endpoints.size())
                           .arg(save->bindings.size());
        else
            all += QStringLiteral("other");
    }
    return all;
}

int refused(const Plan &plan)
{
    return int(std::count_if(plan.steps.begin(), plan.steps.end(),
                             [](const Step &step) { return step.verdict.isRefused(); }));
}

} // namespace

/// Plans on servers like the Linux kernel's target.
class TestLinuxPlan : public QObject
{
    Q_OBJECT
private slots:
    void order_data();
    void order();
    void saving_data();
    void saving();
    void savingIsExpected();
    void nothingIsSavedWhereItCannotBe();
    void aSavedServerIsAchieved();
    void transportsTravel();
    void inverseBringsTransportBack();
    void paths_data();
    void paths();
};

void TestLinuxPlan::order_data()
{
    QTest::addColumn<QString>("site");
    QTest::addColumn<QString>("asked");
    QTest::addColumn<QString>("planned");
    const auto row = [](const char *name, const char *site, const char *asked, const char *planned) {
        QTest::newRow(name) << QString::fromLatin1(site) << QString::fromLatin1(asked) << QString::fromLatin1(planned);
    };
    row("a new endpoint comes bare", "server san bare; portal p; portal q; node T", "create-endpoint E T: p q",
        "create E 0 disabled, bind p E, bind q E, enable E");
    row("elsewhere it comes whole", "portal p; portal q; node T", "create-endpoint E T: p q", "create E 2 enabled");
    row("an endpoint goes empty", "server san bare; endpoint E T: p q", "unbind p E, unbind q E, delete-endpoint E",
        "unbind p E, unbind q E, delete E");
    row("so does a target", "server san bare; endpoint E T: p; endpoint F T:",
        "unbind p E, delete-endpoint E, delete-endpoint F, delete-node T", "unbind p E, delete E, delete F, delete T");
    // A wildcard that several targets share goes from all of them before the first single address comes: target by
    // target every second step would be refused.
    row("replacing a wildcard is one plan over all targets",
        "server san exclusive; portal w at=0.0.0.0:3260; portal p; portal q; endpoint E T: w; endpoint F U: w",
        "unbind w E, unbind w F, bind p E, bind q E, bind p F, bind q F",
        "unbind w E, unbind w F, bind p E, bind q E, bind p F, bind q F");
}

void TestLinuxPlan::order()
{
    QFETCH(QString, site);
    QFETCH(QString, asked);
    QFETCH(QString, planned);
    Site s(site);
    const Plan plan = makePlan(s.inventory(), s.operations(asked));
    QCOMPARE(steps(plan, s).join(QStringLiteral(", ")), planned);
    QCOMPARE(refused(plan), 0);
}

void TestLinuxPlan::saving_data()
{
    QTest::addColumn<QString>("asked");
    QTest::addColumn<QString>("last");
    const auto row = [](const char *name, const char *asked, const char *last) {
        QTest::newRow(name) << QString::fromLatin1(asked) << QString::fromLatin1(last);
    };
    row("a binding", "bind q E", "save 0 0 1");
    row("a move touches two", "move p E F", "save 0 0 2");
    row("enabling", "disable E", "save 0 1 0");
    row("a new endpoint with its portals", "create-endpoint G T: q", "save 0 1 1");
    row("a new target", "create-node N", "save 1 0 0");
    row("a new endpoint of a new target", "create-node N, create-endpoint G N", "save 1 1 0");
    row("deletions", "unbind p E, delete-endpoint E", "save 0 1 1");
    row("groups are no part of it", "create-group g", "other");
}

void TestLinuxPlan::saving()
{
    QFETCH(QString, asked);
    QFETCH(QString, last);
    Site s(QStringLiteral("server san bare exclusive saves; portal q; endpoint E T: p; endpoint F T:"));
    const QList<Operation> operations = s.operations(asked);
    const Plan without = makePlan(s.inventory(), operations);
    const Plan with = makePlan(s.inventory(), operations, true);
    QCOMPARE(steps(with, s).last(), last);
    const bool saves = last.startsWith(QLatin1String("save"));
    QCOMPARE(with.steps.size(), without.steps.size() + (saves ? 1 : 0));
    QVERIFY(!steps(without, s).join(u' ').contains(QLatin1String("save")));
    QCOMPARE(savingOf(s.inventory(), operations).isPossible, saves);
    if (saves) {
        QVERIFY(with.steps.last().verdict.isAllowed());
        QVERIFY(with.steps.last().harm.isHarmless());
        QVERIFY(with.steps.last().inverse.operations.isEmpty());
        QVERIFY(with.steps.last().text.contains(QLatin1String("san")));
    }
}

void TestLinuxPlan::savingIsExpected()
{
    // A server whose file does not have the target yet: what is bound to it needs it there.
    SnapshotBuilder builder(std::make_shared<IdTable>());
    IdTable &ids = *builder.ids();
    const NodeHandle node = ids.intern<NodeHandle>("T");
    const EndpointHandle endpoint = ids.intern<EndpointHandle>("E");
    Server server;
    server.capabilities.savesForReboot = true;
    server.saved.isUsual = true;
    server.saved.differences = {{SavedDifference::Kind::NotSaved, node, {}, {}, QStringLiteral("not saved")}};
    const ServerHandle san = builder.addServer("san", server);
    builder.addNode("T", {san, Role::Target, QStringLiteral("iqn.2026-11.com.example:t"), {}});
    builder.addEndpoint("E", {san, node, Role::Target, BindingScope::Endpoint, true, 1});
    Portal portal;
    portal.server = san;
    const PortalHandle p = builder.addPortal("p", portal);
    const Inventory inventory(builder.build());
    const QList<Operation> bind{Bind{endpoint, p}};
    const Saving saving = savingOf(inventory, bind);
    QVERIFY(saving.isPossible && saving.isUsual);
    const Plan plan = makePlan(inventory, bind, true);
    QCOMPARE(plan.steps.size(), 2);
    const auto save = std::get<SaveForReboot>(plan.steps.last().operation);
    QCOMPARE(save, (SaveForReboot{san, {node}, {endpoint}, {{endpoint, p}}}));
    QVERIFY(!isAchieved(save, inventory)); // it names what still differs
    QVERIFY(isAchieved(SaveForReboot{san, {}, {endpoint}, {}}, inventory));
}

void TestLinuxPlan::nothingIsSavedWhereItCannotBe()
{
    Site s(QStringLiteral("server san saves unsavable=Pacemaker; portal q; endpoint E T: p"));
    const auto operations = s.operations(QStringLiteral("bind q E"));
    QCOMPARE(steps(makePlan(s.inventory(), operations, true), s), QStringList{QStringLiteral("bind q E")});
    QVERIFY(!savingOf(s.inventory(), operations).isPossible);
    // Asked for by name it is refused with the reason, not left out in silence.
    const Plan asked = makePlan(s.inventory(), s.operations(QStringLiteral("save san: E")));
    QCOMPARE(asked.steps.size(), 1);
    QCOMPARE(asked.steps.first().verdict.reason, Reason::CannotSave);
    QVERIFY(explain(asked.steps.first().verdict, s.inventory()).reason.contains(QLatin1String("Pacemaker")));
}

void TestLinuxPlan::aSavedServerIsAchieved()
{
    Site s(QStringLiteral("server san saves; endpoint E T: p"));
    const auto e = s.handle<EndpointHandle>(QStringLiteral("E"));
    const auto t = s.handle<NodeHandle>(QStringLiteral("T"));
    const auto p = s.handle<PortalHandle>(QStringLiteral("p"));
    using Kind = SavedDifference::Kind;
    const SaveForReboot save{{}, {t}, {}, {{e, p}}};
    QVERIFY(save.names({Kind::NotSaved, t, {}, {}, {}}));
    QVERIFY(!save.names({Kind::NotSaved, t, e, {}, {}}));
    QVERIFY(save.names({Kind::OnlySaved, t, e, p, {}}));
    QVERIFY(!save.isEmpty());
    QVERIFY(SaveForReboot{}.isEmpty());
}

void TestLinuxPlan::transportsTravel()
{
    Site s(QStringLiteral("server san; endpoint E T: p; endpoint F T:; endpoint G U:; access E odd=p"));
    QVERIFY(s.inventory()
                    .transport({s.handle<EndpointHandle>(QStringLiteral("E")),
                                s.handle<PortalHandle>(QStringLiteral("p"))})
                    .iser);
    const auto planned = [&](const char *asked) {
        return steps(makePlan(s.inventory(), s.operations(QString::fromLatin1(asked))), s).join(QStringLiteral(", "));
    };
    QCOMPARE(planned("move p E F"), QStringLiteral("unbind p E, bind p F iser"));
    QCOMPARE(planned("move p E G"), QStringLiteral("unbind p E, bind p G iser"));
    QCOMPARE(planned("bind p G"), QStringLiteral("bind p G")); // shared, not taken along
}

void TestLinuxPlan::inverseBringsTransportBack()
{
    Site s(QStringLiteral("server san; endpoint E T: p; access E odd=p"));
    const auto back = inverse(s.operation(QStringLiteral("unbind p E")), s.inventory()).operations;
    QCOMPARE(back.size(), 1);
    const auto &bind = std::get<Bind>(back.first());
    QVERIFY(bind.transport.iser);
    QVERIFY(bind.beyondPolicy); // what was may be again
    // How it is asked is no part of what it is; the transport is.
    QVERIFY(bind == (Bind{bind.endpoint, bind.portal, bind.transport, false}));
    QVERIFY(!(bind == (Bind{bind.endpoint, bind.portal, {}, true})));
}

void TestLinuxPlan::paths_data()
{
    QTest::addColumn<QString>("site");
    QTest::addColumn<QString>("asked");
    QTest::addColumn<QString>("told");
    const auto row = [](const char *name, const char *site, const char *asked, const char *told) {
        QTest::newRow(name) << QString::fromLatin1(site) << QString::fromLatin1(asked) << QString::fromLatin1(told);
    };
    row("one of two", "endpoint E T: p q; session E p", "unbind p E", "host 2>1 in");
    row("the last one", "endpoint E T: p; session E p", "unbind p E", "host 1>0 in LAST");
    row("nobody is there", "endpoint E T: p", "unbind p E", "");
    row("an ACL without a session", "endpoint E T: p; access E luns=0: host=0", "unbind p E", "host 1>0");
    row("who has no ACL loses nothing",
        "endpoint E T: p; endpoint F T: q; access E luns=0: one=0; access F luns=0: two=0", "unbind p E", "one 1>0");
    row("all may come", "endpoint E T: p q; access E any luns=0; session E p by=one", "unbind p E", "one 2>1 in");
    row("a move to an endpoint that knows it",
        "endpoint E T: p; endpoint F T:; access E luns=0: host=0; access F luns=0: host=0; session E p", "move p E F",
        "host 1>1 in discover F");
    row("to one that does not", "endpoint E T: p; endpoint F T:; access E luns=0: host=0; access F luns=0; session E p",
        "move p E F", "host 1>0 in LAST discover F noacl");
    row("to one with other LUNs",
        "endpoint E T: p; endpoint F T:; access E luns=0: host=0; access F luns=0/1: host=1; session E p", "move p E F",
        "host 1>1 in discover F luns");
    row("to a disabled one", "endpoint E T: p; endpoint F T disabled:; session E p", "move p E F",
        "host 1>0 in LAST discover F");
    row("to a new one, that nobody may use yet",
        "server san bare; endpoint E T: p; access E luns=0: host=0; session E p", "create-endpoint F T, move p E F",
        "host 1>0 in LAST discover F noacl");
    row("a shared portal stays a path", "endpoint E T: p; endpoint F U: p; session E p; session F p", "unbind p E",
        "host 1>0 in LAST");
    row("what is there already is no destination", "endpoint E T: p q; session E p", "unbind p E, bind p E", "");
    row("disabling", "endpoint E T: p; session E p", "disable E", "host 1>0 in LAST");
    row("deleting", "endpoint E T: p; session E p", "delete-endpoint E", "host 1>0 in LAST");
    row("an address that is gone is no path", "portal q gone; endpoint E T: p q; session E p", "unbind p E",
        "host 1>0 in LAST");
    row("last paths come first", "endpoint E T: p q; endpoint F U: r; session E p by=a; session F r by=b",
        "unbind p E, unbind r F", "b 1>0 in LAST; a 2>1 in");
}

void TestLinuxPlan::paths()
{
    QFETCH(QString, site);
    QFETCH(QString, asked);
    QFETCH(QString, told);
    Site s(site);
    QStringList all;
    for (const PathHarm &harm : makePlan(s.inventory(), s.operations(asked)).paths) {
        QString one = QStringLiteral("%1 %2>%3").arg(harm.initiator.section(u':', -1)).arg(harm.before).arg(harm.after);
        if (harm.isLoggedIn)
            one += QLatin1String(" in");
        if (harm.losesLastPath())
            one += QLatin1String(" LAST");
        if (harm.mustDiscover())
            one += QLatin1String(" discover ") + s.name(harm.to);
        if (harm.lacksAcl)
            one += QLatin1String(" noacl");
        if (harm.findsOtherLuns)
            one += QLatin1String(" luns");
        all += one;
    }
    QCOMPARE(all.join(QStringLiteral("; ")), told);
}

QTEST_GUILESS_MAIN(TestLinuxPlan)
#include "tst_linuxplan.moc"
