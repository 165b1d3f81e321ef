// SPDX-License-Identifier: Apache-2.0
#include "randominventory.h"
#include "randomrun.h"
#include "reference.h"

#include "model/rules.h"

#include <QTest>

using namespace portalbind;

namespace {

/// How often each answer came, so that a test that never meets a rule does not pass for a good one.
class Tally
{
public:
    void add(const Reference::Answer &answer)
    {
        ++m_all;
        if (answer.decision != Decision::ServerDecides)
            ++m_codes[answer.code];
        ++m_decisions[{answer.decision, answer.origin}];
        m_nothing += answer.changesNothing;
    }
    [[nodiscard]] double percent(quint16 code) const { return percentOf(m_codes, code); }
    [[nodiscard]] double percent(Decision decision, Origin origin) const
    {
        return percentOf(m_decisions, std::pair(decision, origin));
    }
    [[nodiscard]] double percentNothing() const { return 100.0 * m_nothing / m_all; }
    [[nodiscard]] int all() const { return m_all; }
    [[nodiscard]] QString text() const
    {
        QString all = QStringLiteral("%1 cases:").arg(m_all);
        for (const auto &[code, count] : m_codes)
            all += QStringLiteral(" %1: %2 %").arg(code).arg(percent(code), 0, 'f', 1);
        for (const auto &[decision, count] : m_decisions)
            all += QStringLiteral("; %1 by %2: %3 %")
                           .arg(toString(decision.first), toString(decision.second))
                           .arg(percent(decision.first, decision.second), 0, 'f', 1);
        return all + QStringLiteral("; nothing: %1 %").arg(percentNothing(), 0, 'f', 1);
    }

private:
    template <class Key>
    double percentOf(const std::map<Key, int> &counts, const Key &key) const
    {
        const auto at = counts.find(key);
        return at == counts.end() ? 0 : 100.0 * at->second / m_all;
    }
    std::map<quint16, int> m_codes;
    std::map<std::pair<Decision, Origin>, int> m_decisions;
    int m_nothing = 0;
    int m_all = 0;
};

constexpr RandomShape smallShape{2, 4, 3, 12, 3, 2};

/// An inventory with its reference and a way to pick what to ask about.
class Site
{
public:
    Site(RandomInventory &random, Inventory shown)
        : inventory(std::move(shown))
        , reference(inventory)
        , m_random(random)
        , m_endpoints(inventory.endpoints())
        , m_portals(inventory.portals())
        , m_groups(inventory.groups())
        , m_nodes(inventory.nodes())
    {
    }

    EndpointHandle endpoint()
    {
        const size_t die = m_random.below(100);
        if (die < 2 || m_endpoints.isEmpty())
            return die < 1 ? EndpointHandle() : missing<EndpointHandle>();
        return m_endpoints[qsizetype(m_random.below(size_t(m_endpoints.size())))];
    }
    /// A portal to ask about together with \a endpoint; often one for which a rule has something to say.
    PortalHandle portal(EndpointHandle endpoint)
    {
        const size_t die = m_random.below(100);
        if (die < 4 || m_portals.isEmpty())
            return die < 2 ? PortalHandle() : missing<PortalHandle>();
        if (!inventory.has(endpoint) || die < 8)
            return any(m_portals);
        const Endpoint of = inventory.endpoint(endpoint);
        if (die < 16) {
            if (const auto own = inventory.portalsBoundBy(endpoint); !own.isEmpty())
                return any(own);
        }
        if (die < 36 && of.node) {
            const EndpointHandle sibling = any(inventory.endpointsOf(of.node));
            if (const auto theirs = inventory.portalsBoundBy(sibling); !theirs.isEmpty())
                return any(theirs);
        }
        const auto local = inventory.portalsOf(of.server);
        if (local.isEmpty())
            return any(m_portals);
        // A few tries for one on an address that is gone, or in other groups than what is bound.
        const auto bound = inventory.portalsBoundBy(endpoint);
        for (int tries = 4; tries > 0 && die < 70; --tries) {
            const PortalHandle portal = any(local);
            const Portal value = inventory.portal(portal);
            const bool gone = !value.addressPresent && value.kind == PortalKind::Tcp;
            const bool apart = !bound.isEmpty() && !gone
                    && inventory.groupsOf(portal) != inventory.groupsOf(bound.front());
            if (die < 46 ? gone : apart)
                return portal;
        }
        return any(local);
    }
    GroupHandle group() { return m_groups.isEmpty() || m_random.chance(3) ? missing<GroupHandle>() : any(m_groups); }
    CreateEndpoint creation()
    {
        CreateEndpoint made;
        made.endpoint = EndpointHandle{1'000'000};
        made.value.node = m_nodes.isEmpty() || m_random.chance(2) ? missing<NodeHandle>() : any(m_nodes);
        made.value.role = m_random.chance(85) ? Role::Target : m_random.chance(80) ? Role::Initiator : Role::Both;
        if (inventory.has(made.value.node)) {
            made.value.server = inventory.node(made.value.node).server;
            if (m_random.chance(75) && inventory.node(made.value.node).role == Role::Initiator)
                made.value.role = Role::Initiator;
        }
        made.chooseTag = m_random.chance(40);
        made.value.tag = m_random.chance(4) ? 1 << 20 : 1 + m_random.below(9);
        for (size_t n = m_random.below(5); n > 0; --n) {
            const auto local = made.value.server ? inventory.portalsOf(made.value.server) : m_portals;
            const PortalHandle portal = local.isEmpty() || m_random.chance(2) ? missing<PortalHandle>()
                    : m_random.chance(2)                                      ? any(m_portals)
                                                                              : any(local);
            if (!made.portals.contains(portal))
                made.portals.append(portal);
        }
        return made;
    }

    const Inventory inventory;
    const Reference reference;

private:
    template <class List>
    auto any(const List &list) -> typename List::value_type
    {
        return list[qsizetype(m_random.below(size_t(list.size())))];
    }
    template <class H>
    static H missing()
    {
        return H{1'234'567};
    }

    RandomInventory &m_random;
    QList<EndpointHandle> m_endpoints;
    QList<PortalHandle> m_portals;
    QList<GroupHandle> m_groups;
    QList<NodeHandle> m_nodes;
};

} // namespace

class TestRulesReference : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void bindUnbindMove_data();
    void bindUnbindMove();
    void endpointsAndGroups();
    void drops();

private:
    [[nodiscard]] Site site(RandomInventory &random, bool pending) const;
    quint64 m_seed = 0;
};

#define COMPARE(question, fast, slow) \
    do { \
        const Reference::Answer fastAnswer(fast); \
        const Reference::Answer slowAnswer = slow; \
        QVERIFY2(fastAnswer == slowAnswer, \
                 qPrintable(QStringLiteral("PORTALBIND_SEED=%1 round %2, %3: rules say %4, reference says %5\n%6") \
                                    .arg(m_seed) \
                                    .arg(round) \
                                    .arg(QLatin1String(question), fastAnswer.text(), slowAnswer.text(), \
                                         site.reference.text()))); \
    } while (false)

void TestRulesReference::initTestCase()
{
    m_seed = randomSeed();
}

Site TestRulesReference::site(RandomInventory &random, bool pending) const
{
    Inventory inventory(random.snapshot(!random.chance(3)));
    if (pending) {
        for (size_t n = 1 + random.below(8); n > 0; --n) {
            const Operation next = random.operation(inventory);
            // A server's own switch is there or is not; no operation makes or deletes it.
            const auto *deletion = std::get_if<DeleteEndpoint>(&next);
            if (!(deletion && inventory.has(deletion->endpoint)
                  && inventory.endpoint(deletion->endpoint).scope == BindingScope::Server))
                inventory = inventory.with(next);
        }
    }
    return Site(random, inventory);
}

void TestRulesReference::bindUnbindMove_data()
{
    QTest::addColumn<bool>("pending");
    QTest::newRow("bare snapshots") << false;
    QTest::newRow("with pending operations") << true;
}

void TestRulesReference::bindUnbindMove()
{
    QFETCH(bool, pending);
    RandomInventory random(m_seed + pending, smallShape);
    Tally binds, unbinds, moves;
    const int rounds = 12'500 * runLength();
    for (int round = 0; round < rounds; ++round) {
        Site site = this->site(random, pending);
        for (int pair = 0; pair < 8; ++pair) {
            const EndpointHandle endpoint = site.endpoint();
            const PortalHandle portal = site.portal(endpoint);
            const Verdict verdict = canBind(site.inventory, portal, endpoint);
            COMPARE("bind", verdict, site.reference.canBind(portal, endpoint));
            binds.add(Reference::Answer(verdict));
            if (pair > 1)
                continue;
            QVERIFY(!explain(verdict, site.inventory).reason.isEmpty());
            const auto bound = site.inventory.portalsBoundBy(endpoint);
            const PortalHandle leaving = bound.isEmpty() || random.chance(20) ? portal : bound.front();
            const Verdict unbind = canUnbind(site.inventory, leaving, endpoint);
            COMPARE("unbind", unbind, site.reference.canUnbind(leaving, endpoint));
            unbinds.add(Reference::Answer(unbind));
            const EndpointHandle to = site.endpoint();
            const Verdict move = canMove(site.inventory, leaving, endpoint, to);
            COMPARE("move", move, site.reference.canMove(leaving, endpoint, to));
            moves.add(Reference::Answer(move));
        }
    }
    qInfo("bind: %s", qPrintable(binds.text()));
    qInfo("unbind: %s", qPrintable(unbinds.text()));
    qInfo("move: %s", qPrintable(moves.text()));
    QVERIFY(binds.all() >= 100'000);
    for (const quint16 code : {0, 1, 5, 4096, 4097, 4098, 4099})
        QVERIFY2(binds.percent(code) >= 1, qPrintable(QString::number(code)));
    QVERIFY(binds.percent(Decision::Allowed, Origin::Target) >= 1);
    QVERIFY(binds.percent(Decision::Refused, Origin::Target) >= 1);
    QVERIFY(binds.percent(Decision::Refused, Origin::Policy) >= 1);
    QVERIFY(binds.percent(Decision::ServerDecides, Origin::Target) >= 1);
    QVERIFY(binds.percentNothing() >= 1);
    for (const quint16 code : {0, 6, 7})
        QVERIFY2(unbinds.percent(code) >= 1, qPrintable(QString::number(code)));
    for (const quint16 code : {0, 1, 5, 6, 4097, 4098, 4099})
        QVERIFY2(moves.percent(code) >= 0.5, qPrintable(QString::number(code)));
}

void TestRulesReference::endpointsAndGroups()
{
    RandomInventory random(m_seed + 2, smallShape);
    Tally creations, joins, leaves, deletions;
    const int rounds = 12'500 * runLength();
    for (int round = 0; round < rounds; ++round) {
        Site site = this->site(random, round % 2 == 1);
        for (int i = 0; i < 4; ++i) {
            const CreateEndpoint creation = site.creation();
            const Verdict create = canCreateEndpoint(site.inventory, creation);
            COMPARE("create endpoint", create, site.reference.canCreateEndpoint(creation));
            creations.add(Reference::Answer(create));

            const GroupHandle group = site.group();
            const QList<PortalHandle> members = site.inventory.has(group) ? site.inventory.portalsOf(group)
                                                                          : QList<PortalHandle>();
            const PortalHandle portal = !members.isEmpty() && random.chance(60)
                    ? members[qsizetype(random.below(size_t(members.size())))]
                    : site.portal(site.endpoint());
            const Verdict join = canJoinGroup(site.inventory, portal, group);
            COMPARE("join", join, site.reference.canJoinGroup(portal, group));
            joins.add(Reference::Answer(join));
            const Verdict leave = canLeaveGroup(site.inventory, portal, group);
            COMPARE("leave", leave, site.reference.canLeaveGroup(portal, group));
            leaves.add(Reference::Answer(leave));
            const Verdict deletion = canDeleteGroup(site.inventory, group);
            COMPARE("delete group", deletion, site.reference.canDeleteGroup(group));
            deletions.add(Reference::Answer(deletion));
        }
    }
    qInfo("create endpoint: %s", qPrintable(creations.text()));
    qInfo("join: %s", qPrintable(joins.text()));
    qInfo("leave: %s", qPrintable(leaves.text()));
    qInfo("delete group: %s", qPrintable(deletions.text()));
    for (const quint16 code : {0, 1, 5, 4096, 4097, 4098, 4099, 4100, 4101, 4102, 4103})
        QVERIFY2(creations.percent(code) >= 1, qPrintable(QString::number(code)));
    for (const quint16 code : {0, 1, 4096, 4097})
        QVERIFY2(joins.percent(code) >= 1, qPrintable(QString::number(code)));
    for (const quint16 code : {0, 1, 4096, 4097, 4098, 4099})
        QVERIFY2(leaves.percent(code) >= 1, qPrintable(QString::number(code)));
    QVERIFY(leaves.percent(Decision::Refused, Origin::Policy) >= 1);
    for (const quint16 code : {0, 1, 4096, 4099})
        QVERIFY2(deletions.percent(code) >= 1, qPrintable(QString::number(code)));
}

void TestRulesReference::drops()
{
    RandomInventory random(m_seed + 3, smallShape);
    Tally tally;
    const int rounds = 10'000 * runLength();
    for (int round = 0; round < rounds; ++round) {
        Site site = this->site(random, round % 2 == 1);
        const EndpointHandle endpoint = site.endpoint();
        QList<PortalHandle> portals;
        for (size_t n = 1 + random.below(8); n > 0; --n)
            portals.append(site.portal(endpoint));

        const std::vector<Verdict> verdicts = canBindAll(site.inventory, portals, endpoint);
        QCOMPARE(verdicts.size(), size_t(portals.size()));
        const auto slow = site.reference.canBindAll(portals, endpoint);
        Inventory now = site.inventory; // the same, by really doing it
        for (size_t i = 0; i < verdicts.size(); ++i) {
            COMPARE("drop", verdicts[i], slow[i]);
            tally.add(Reference::Answer(verdicts[i]));
            const Verdict alone = canBind(now, portals[qsizetype(i)], endpoint);
            QVERIFY2(alone == verdicts[i],
                     qPrintable(QStringLiteral(
                                        "PORTALBIND_SEED=%1 round %2, portal %3 of the drop: alone %4, in the drop %5")
                                        .arg(m_seed)
                                        .arg(round)
                                        .arg(i)
                                        .arg(explain(alone, now).reason, explain(verdicts[i], now).reason)));
            if (!alone.isRefused() && alone.reason != Reason::NotLoaded)
                now = now.with(Bind{endpoint, portals[qsizetype(i)]});
        }
        // In slices of any size, the verdicts are the same.
        BindAll slices(site.inventory, portals, endpoint);
        while (!slices.judge(int(random.below(4)))) { }
        QVERIFY(slices.verdicts() == verdicts);
    }
    qInfo("drop: %s", qPrintable(tally.text()));
    for (const quint16 code : {0, 1, 5, 4096, 4097, 4098, 4099})
        QVERIFY2(tally.percent(code) >= 1, qPrintable(QString::number(code)));
}

QTEST_GUILESS_MAIN(TestRulesReference)
#include "tst_rulesreference.moc"
