// SPDX-License-Identifier: Apache-2.0
#include "randominventory.h"
#include "randomrun.h"
#include "reference.h"
#include "site.h"

#include "model/plan.h"

#include <QTest>

using namespace portalbind;

namespace {

Inventory with(const Inventory &inventory, const QList<Operation> &operations)
{
    return inventory.with(std::span<const Operation>(operations.constData(), size_t(operations.size())));
}

QStringList texts(const Plan &plan)
{
    QStringList all;
    for (const Step &step : plan.steps)
        all.append(step.text);
    return all;
}

} // namespace

class TestPlan : public QObject
{
    Q_OBJECT
private slots:
    void netEffect_data();
    void netEffect();
    void order();
    void orderOfThePerson();
    void harm();
    void inversesUndoInOrder();
    void randomOperations();
    void allowedSequencesGiveAllowedSteps();
};

void TestPlan::netEffect_data()
{
    QTest::addColumn<QString>("site");
    QTest::addColumn<QString>("asked");
    QTest::addColumn<QString>("planned");
    const auto row = [](const char *name, const char *site, const char *asked, const char *planned) {
        QTest::newRow(name) << QString::fromLatin1(site) << QString::fromLatin1(asked) << QString::fromLatin1(planned);
    };
    row("nothing", "portal p", "", "");
    row("bind", "portal p; endpoint E T:", "bind p E", "bind p E");
    row("bind p1, bind p2, unbind p1", "group g: p q; endpoint E T:", "bind p E, bind q E, unbind p E", "bind q E");
    row("bind and unbind", "portal p; endpoint E T:", "bind p E, unbind p E", "");
    row("unbind and bind", "endpoint E T: p", "unbind p E, bind p E", "");
    row("bind again", "endpoint E T: p", "bind p E", "");
    row("move is two steps", "endpoint E T: p; endpoint F T:", "move p E F", "unbind p E, bind p F");
    row("there and back", "endpoint E T: p; endpoint F T:", "move p E F, move p F E", "");
    row("round about", "endpoint E T: p; endpoint F T:; endpoint G T:", "move p E F, move p F G",
        "unbind p E, bind p G");
    row("create and delete", "node T", "create-endpoint E T, delete-endpoint E", "");
    row("create, bind, delete", "portal p; node T", "create-endpoint E T, bind p E, delete-endpoint E", "");
    row("rename twice", "group g", "rename-group g h, rename-group g i", "rename-group g i");
    row("rename and back", "group g", "rename-group g h, rename-group g g", "");
    row("join and leave", "group g; portal p", "join p g, leave p g", "");
    row("disable and enable", "endpoint E T:", "disable E, enable E", "");
    row("unbind before deletion of the endpoint", "endpoint E T: p q", "unbind p E, delete-endpoint E",
        "delete-endpoint E");
    row("delete node takes its endpoints", "endpoint E T: p", "delete-endpoint E, delete-node T", "delete-node T");
    row("leave before deletion of the group", "group g: p", "leave p g, delete-group g", "delete-group g");
}

void TestPlan::netEffect()
{
    QFETCH(QString, site);
    QFETCH(QString, asked);
    QFETCH(QString, planned);
    Site s(site);
    const QList<Operation> operations = s.operations(asked);
    const Plan plan = makePlan(s.inventory(), operations);
    QVERIFY2(plan.operations() == s.operations(planned), qPrintable(texts(plan).join(QLatin1String("; "))));
    QCOMPARE(plan.isEmpty(), planned.isEmpty());
    QCOMPARE(Reference(with(s.inventory(), plan.operations())).text(),
             Reference(with(s.inventory(), operations)).text());
    for (const Step &step : plan.steps) {
        QVERIFY(!step.text.isEmpty());
        QVERIFY(step.server == s.handle<ServerHandle>(QStringLiteral("san")));
        QVERIFY(!step.verdict.isRefused());
    }
}

void TestPlan::order()
{
    // Creations and joins first, unbind before bind within a target, leaves and deletions last.
    Site s(QStringLiteral("group g: p q; group old: r; portal x; endpoint E T: p; endpoint F T: q"));
    const QList<Operation> asked = s.operations(QStringLiteral(
            "delete-group old, delete-portal x, unbind q F, bind q E, unbind p E, bind p F, create-group new, "
            "create-portal n at=10.9.9.9:3260, join n new, create-endpoint G T, bind n G"));
    const Plan plan = makePlan(s.inventory(), asked);
    const auto kinds = [&] {
        QStringList words;
        for (const Operation &operation : plan.operations()) {
            static const char *const names[] = {"bind",
                                                "unbind",
                                                "move",
                                                "create-portal",
                                                "delete-portal",
                                                "create-group",
                                                "delete-group",
                                                "rename-group",
                                                "join",
                                                "leave",
                                                "create-node",
                                                "delete-node",
                                                "create-endpoint",
                                                "delete-endpoint",
                                                "enable"};
            words.append(QLatin1String(names[operation.index()]));
        }
        return words;
    }();
    const auto place = [&](const char *kind) { return kinds.indexOf(QLatin1String(kind)); };
    const auto last = [&](const char *kind) { return kinds.lastIndexOf(QLatin1String(kind)); };
    QVERIFY(place("create-group") >= 0 && place("create-portal") >= 0 && place("join") >= 0);
    QVERIFY(last("join") < place("unbind"));
    QVERIFY(last("unbind") < place("bind"));
    QVERIFY(place("create-endpoint") < place("delete-group"));
    QVERIFY(last("bind") < place("delete-portal"));
    for (const Step &step : plan.steps)
        QVERIFY2(!step.verdict.isRefused(), qPrintable(step.text));
}

void TestPlan::orderOfThePerson()
{
    // The usual order would make the new portal while the old one still has its address.
    Site s(QStringLiteral("portal p at=10.0.0.1:3260"));
    const QList<Operation> asked = s.operations(QStringLiteral("delete-portal p, create-portal n at=10.0.0.1:3260"));
    const Plan plan = makePlan(s.inventory(), asked);
    QVERIFY(plan.operations() == asked);
    for (const Step &step : plan.steps)
        QVERIFY2(!step.verdict.isRefused(), qPrintable(step.text));
    // On that way a move of what is no longer bound there stays what it is: nothing.
    Site late(QStringLiteral("portal p at=10.0.0.1:3260; portal q at=10.0.0.2:3260; endpoint E T:; endpoint F T:"));
    const QList<Operation> replaced = late.operations(
            QStringLiteral("delete-portal p, create-portal n at=10.0.0.1:3260, move q E F"));
    QVERIFY(makePlan(late.inventory(), replaced).operations() == replaced.first(2));
    // Two groups swap their names: only the detour that the person took works.
    Site names(QStringLiteral("group g; group h"));
    const QList<Operation> swap = names.operations(
            QStringLiteral("rename-group g x, rename-group h g, rename-group g h"));
    const Plan detour = makePlan(names.inventory(), swap);
    for (const Step &step : detour.steps)
        QVERIFY2(!step.verdict.isRefused(), qPrintable(step.text));
    QCOMPARE(Reference(with(names.inventory(), detour.operations())).text(),
             Reference(with(names.inventory(), swap)).text());
}

void TestPlan::harm()
{
    Site s(QStringLiteral("endpoint E T: p q; endpoint F T: r; session E p; session E p; session E -; session F -"));
    const auto only = [&](const char *text) {
        const Plan plan = makePlan(s.inventory(), s.operations(QString::fromLatin1(text)));
        return plan.steps.size() == 1 ? plan.steps.front().harm : Harm();
    };
    QCOMPARE(only("unbind p E").sessions.size(), 2);
    QCOMPARE(only("unbind p E").possibly.size(), 1);
    QVERIFY(!only("unbind p E").lastPortal);
    QCOMPARE(only("unbind q E").sessions.size(), 0);
    QCOMPARE(only("unbind q E").possibly.size(), 1);
    QVERIFY(only("unbind r F").lastPortal);
    // Nothing is left that the one could run over whose portal is not told.
    QCOMPARE(only("unbind r F").sessions.size(), 1);
    QVERIFY(only("unbind r F").possibly.isEmpty());
    const Plan both = makePlan(s.inventory(), s.operations(QStringLiteral("unbind p E, unbind q E")));
    QCOMPARE(both.steps.size(), 2);
    QCOMPARE(both.steps[0].harm.sessions.size() + both.steps[1].harm.sessions.size(), 3);
    QCOMPARE(both.steps[0].harm.possibly.size(), 1);
    QVERIFY(both.steps[1].harm.possibly.isEmpty());
    QCOMPARE(only("delete-endpoint E").sessions.size(), 3);
    QCOMPARE(only("disable F").sessions.size(), 1);
    QVERIFY(!only("disable F").isHarmless());
    Site quiet(QStringLiteral("portal q; endpoint E T: p"));
    QVERIFY(makePlan(quiet.inventory(), quiet.operations(QStringLiteral("bind q E"))).steps.front().harm.isHarmless());
    // Left without a portal on the way only: no harm at the end.
    const Plan swap = makePlan(quiet.inventory(), quiet.operations(QStringLiteral("unbind p E, bind q E")));
    QCOMPARE(swap.steps.size(), 2);
    QVERIFY(!swap.steps.front().harm.lastPortal);
}

void TestPlan::inversesUndoInOrder()
{
    Site s(QStringLiteral("group g: p q; endpoint E T: p; endpoint F T: q; portal x"));
    const Plan plan = makePlan(
            s.inventory(),
            s.operations(QStringLiteral("move p E F, create-group h, join x h, delete-portal x, disable E")));
    Inventory now = with(s.inventory(), plan.operations());
    for (qsizetype i = plan.steps.size() - 1; i >= 0; --i)
        now = with(now, plan.steps[i].inverse.operations);
    QVERIFY(now.net().isEmpty());
    QCOMPARE(Reference(now).text(), Reference(s.inventory()).text());
}

void TestPlan::randomOperations()
{
    // Whatever is asked, the plan ends where the operations end, moves nothing and sends no step for nothing.
    const quint64 seed = randomSeed();
    RandomInventory random(seed);
    for (int round = 0; round < 800 * runLength(); ++round) {
        const Inventory base(random.snapshot());
        Inventory wanted = base;
        QList<Operation> asked;
        for (size_t n = random.below(14); n > 0; --n) {
            asked.append(random.operation(wanted));
            wanted = wanted.with(asked.back());
        }
        const Plan plan = makePlan(base, asked);
        const QString where = QStringLiteral("PORTALBIND_SEED=%1 round %2\n%3")
                                      .arg(seed)
                                      .arg(round)
                                      .arg(texts(plan).join(QLatin1Char('\n')));
        QVERIFY2(Reference(with(base, plan.operations())).text() == Reference(wanted).text(), qPrintable(where));
        for (const Step &step : plan.steps) {
            QVERIFY2(!std::holds_alternative<Move>(step.operation), qPrintable(where));
            QVERIFY2(!step.text.isEmpty() && !step.text.contains(QLatin1String("%1")), qPrintable(where));
        }
    }
}

void TestPlan::allowedSequencesGiveAllowedSteps()
{
    const quint64 seed = randomSeed();
    RandomInventory random(seed);
    int steps = 0;
    for (int round = 0; round < 800 * runLength(); ++round) {
        const Inventory base(random.snapshot());
        Inventory wanted = base;
        QList<Operation> asked;
        for (int tries = 0; tries < 60 && asked.size() < 8; ++tries) {
            const Operation next = random.operation(wanted);
            const Verdict verdict = canDo(wanted, next);
            if (verdict.isRefused() || verdict.changesNothing)
                continue;
            asked.append(next);
            wanted = wanted.with(next);
        }
        const Plan plan = makePlan(base, asked);
        Inventory now = base;
        for (const Step &step : plan.steps) {
            const Verdict verdict = canDo(now, step.operation);
            QVERIFY2(!verdict.isRefused(),
                     qPrintable(QStringLiteral("PORTALBIND_SEED=%1 round %2: %3: %4\n%5")
                                        .arg(seed)
                                        .arg(round)
                                        .arg(step.text, explain(verdict, now).reason,
                                             texts(plan).join(QLatin1Char('\n')))));
            QVERIFY(verdict == step.verdict);
            now = now.with(step.operation);
            ++steps;
        }
        QVERIFY(Reference(now).text() == Reference(wanted).text());
    }
    QVERIFY(steps > 1000 * runLength());
}

QTEST_GUILESS_MAIN(TestPlan)
#include "tst_plan.moc"
