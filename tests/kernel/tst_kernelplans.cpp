// SPDX-License-Identifier: Apache-2.0
// Plans of many steps on the kernel's target: a wildcard gives way to single addresses on all targets at once, or comes
// back to all of them; portal pools leave the kernel alone.
#include "tests/kernel/guestkernel.h"
#include "tests/kernel/kernelstack.h"

#include "model/wildcards.h"

#include <QFile>
#include <QTcpServer>
#include <QTest>

using namespace portalbind;

namespace {

constexpr int patience = 60'000; // ms
constexpr const char *wildcard = "0.0.0.0:3260";
constexpr const char *poolsFile = "/var/lib/portalbind/portal-pools.json";

std::string target(const char *name)
{
    return std::string("iqn.2026-11.org.example:") + name;
}

/// Two targets with one TPG each, enabled, with these portals.
Texts served(const std::set<std::string> &portals)
{
    Texts all;
    for (const char *name : {"mail", "db"}) {
        const std::string tpg = target(name) + "/tpgt_1";
        all.insert({target(name), tpg + " on"});
        for (const std::string &portal : portals)
            all.insert(tpg + '/' + portal);
    }
    return all;
}

/// A session with *Replace wildcard…* staged: from 0.0.0.0:3260 to the two addresses of the interface.
struct Replacement : KernelStack
{
    bool stage()
    {
        if (!QTest::qWaitFor([this] { return isLive(); }, patience))
            return false;
        const auto portal = session->ids().find<PortalHandle>(QByteArrayView(wildcard));
        if (!portal)
            return false;
        const WildcardReplacement replacement(session->inventory(), portal);
        QList<PortalAddress> chosen;
        for (const PortalAddress &address : replacement.addresses()) {
            if (address.toString().startsWith(QLatin1String("192.0.2.")))
                chosen.append(address);
        }
        const Verdict verdict = session->stage(replacement.operations(chosen, session->ids()),
                                               QStringLiteral("Replace wildcard"));
        return chosen.size() == 2 && !verdict.isRefused();
    }
    bool isOver()
    {
        return QTest::qWaitFor([this] { return outcome.has_value() && !session->isBusy(); }, patience);
    }
};

} // namespace

class tst_KernelPlans : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();
    void replacesAWildcard();
    void replacementRollsBack();
    void adoptingTouchesNoKernel();
};

void tst_KernelPlans::initTestCase()
{
    QVERIFY(guest::isGuest());
    guest::addAddress(QStringLiteral("192.0.2.11/24"));
    guest::addAddress(QStringLiteral("192.0.2.12/24"));
}

void tst_KernelPlans::init()
{
    for (const char *name : {"mail", "db"}) {
        const std::string tpg = guest::fabric.toStdString() + target(name) + "/tpgt_1";
        QCOMPARE(guest::make(guest::fabric.toStdString() + target(name)), 0);
        QCOMPARE(guest::make(tpg), 0);
        QCOMPARE(guest::make(tpg + "/np/" + wildcard), 0);
        QCOMPARE(guest::write(tpg + "/enable", "1"), 0);
    }
}

void tst_KernelPlans::cleanup()
{
    guest::clear();
    QFile::remove(QString::fromLatin1(poolsFile));
}

void tst_KernelPlans::replacesAWildcard()
{
    Replacement stack;
    QVERIFY(stack.stage());
    stack.session->apply(OnFailure::Stop);
    QVERIFY(stack.isOver());
    QVERIFY(stack.outcome->isAllDone() && stack.outcome->verified);
    const Texts wanted = served({"192.0.2.11:3260", "192.0.2.12:3260"});
    QVERIFY2(inConfigfs() == wanted, qPrintable(words(inConfigfs())));
    QVERIFY2(stack.shown() == wanted, qPrintable(words(stack.shown())));
    QCOMPARE(guest::listening().count(wildcard), size_t(0));
}

/// Between two steps another program takes the second address. Only in reverse order can all come back: the kernel
/// lets no wildcard listen beside an address.
void tst_KernelPlans::replacementRollsBack()
{
    Replacement stack;
    const Texts before = inConfigfs();
    QCOMPARE(before, served({wildcard}));
    QVERIFY(stack.stage());
    QTcpServer other;
    QList<int> takenBack;
    Texts between;
    connect(stack.session.get(), &Session::stepChanged, this, [&](int step, const StepResult &result) {
        const Operation &operation = stack.session->runningPlan().steps[step].operation;
        if (result.state == StepState::Done && methodOf(operation) == Method::Bind && !other.isListening())
            other.listen(QHostAddress(QStringLiteral("192.0.2.12")), 3260);
        if (result.state == StepState::RolledBack)
            takenBack += step;
    });
    connect(stack.session.get(), &Session::stepFailed, this, [&] {
        between = inConfigfs();
        other.close();
        stack.session->resolveFailure(OnFailure::RollBack);
    });
    stack.session->apply(OnFailure::Ask);
    QVERIFY(stack.isOver());
    QVERIFY2(between != before && !between.empty(), qPrintable(words(between))); // it had come half-way
    QVERIFY2(inConfigfs() == before, qPrintable(words(inConfigfs())));
    stack.session->discard(); // what was rolled back stays pending
    QVERIFY2(stack.shown() == before, qPrintable(words(stack.shown())));
    QCOMPARE(guest::listening().count(wildcard), size_t(1));
    QVERIFY(takenBack.size() >= 3); // both wildcards and one address at least
    QVERIFY(std::is_sorted(takenBack.crbegin(), takenBack.crend()));
}

void tst_KernelPlans::adoptingTouchesNoKernel()
{
    KernelStack stack;
    QVERIFY(QTest::qWaitFor([&] { return stack.isLive(); }, patience));
    const Texts before = inConfigfs();
    const Inventory &inventory = stack.session->inventory();
    const auto portal = stack.session->ids().find<PortalHandle>(QByteArrayView(wildcard));
    QVERIFY(portal && inventory.has(portal));
    const GroupHandle pool = stack.session->ids().makeProvisional<GroupHandle>();
    const QList<Operation> adoption{
            CreateGroup{pool, Group{inventory.servers().first(), QStringLiteral("san-a"), false}},
            JoinGroup{pool, portal}};
    QVERIFY(!stack.session->stage(adoption, QStringLiteral("Adopt")).isRefused());
    QVERIFY(!QFile::exists(QString::fromLatin1(poolsFile)));
    stack.session->apply(OnFailure::Stop);
    QVERIFY(QTest::qWaitFor([&] { return stack.outcome.has_value() && !stack.session->isBusy(); }, patience));
    QVERIFY(stack.outcome->isAllDone() && stack.outcome->verified);
    QVERIFY(QFile::exists(QString::fromLatin1(poolsFile)));
    QVERIFY2(inConfigfs() == before, qPrintable(words(inConfigfs())));
}

QTEST_GUILESS_MAIN(tst_KernelPlans)
#include "tst_kernelplans.moc"
