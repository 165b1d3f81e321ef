// SPDX-License-Identifier: Apache-2.0
#include "bothways.h"

#include "pairing.h"

#include "model/rules.h"
#include "tests/model/randominventory.h"
#include "tests/model/site.h"

namespace portalbind {

namespace {

QString text(const Verdict &verdict)
{
    return QStringLiteral("%1 %2 %3").arg(toString(verdict.decision)).arg(verdict.code).arg(reasonName(verdict.reason));
}

/// Whether nothing but its answer tells that the server does not do this.
bool onlyAskingTells(Method method, const Capabilities &can)
{
    return (method == Method::Bind && can.bind == Support::No)
            || (method == Method::Unbind && can.unbind == Support::No);
}

/// Whether both ways name what it makes; else a server chooses the name, and each another.
bool namesWhatItMakes(const Operation &operation)
{
    return !std::holds_alternative<CreateNode>(operation);
}

} // namespace

QString BothWays::compareVerdicts(const Verdict &direct, const Verdict &through, const Capabilities &wanted)
{
    if (direct.decision == through.decision && direct.code == through.code && direct.reason == through.reason
        && direct.method == through.method && direct.changesNothing == through.changesNothing
        && direct.sessions == through.sessions && direct.lastPortal == through.lastPortal)
        return {};
    if (onlyAskingTells(direct.method, wanted) && direct.reason == Reason::NotSupported)
        return {};
    if (direct.reason == Reason::SupportUnknown && through.isAllowed())
        return {}; // has been seen to work
    const bool learnt = through.decision == Decision::ServerDecides
            && (through.reason == Reason::SupportUnknown || through.reason == Reason::NoGroups);
    if (learnt && !(direct.isRefused() && wanted.groups != GroupSource::None))
        return {};
    return QStringLiteral("verdicts differ: directly %1, through the server %2").arg(text(direct), text(through));
}

QString BothWays::start(Way &way, const Snapshot &wanted)
{
    const auto shown = way.fixture.make(wanted, way.handles);
    if (!shown)
        return shown.error().text() + u'\n' + shown.error().detail;
    way.shown = *shown;
    return {};
}

/// Does it; \a foretold: nothing else changed since it was read, so that the model can tell what comes of it.
QString BothWays::act(Way &way, const Operation &operation, bool foretold)
{
    way.operation = operation;
    way.verdict = canDo(Inventory(way.shown), operation);
    const auto answer = way.fixture.execute(operation);
    if (!answer)
        return answer.error().text() + u'\n' + answer.error().detail;
    way.answer = *answer;
    // CIM ids are names: what is made under the name of something deleted has the handle of that, not the staged one.
    if (way.fixture.ids()->find<EndpointHandle>(answer->createdId)
        || way.fixture.ids()->find<NodeHandle>(answer->createdId))
        foretold = false;
    if (answer->code == 0)
        adopt(operation, answer->createdId, *way.fixture.ids());
    const auto after = way.fixture.load();
    if (!after)
        return after.error().text();
    QString wrong = foretold ? compareAfter(way.shown, operation, *answer, *after, true) : QString();
    way.shown = *after;
    return wrong;
}

QString BothWays::actBoth(Way &direct, Way &through, const Operation &wanted, const Capabilities &can, bool foretold)
{
    if (const QString wrong = act(direct, translated(wanted, direct.handles, *m_direct.ids()), foretold);
        !wrong.isEmpty())
        return QStringLiteral("directly: ") + wrong;
    if (const QString wrong = act(through, translated(wanted, through.handles, *m_through.ids()), foretold);
        !wrong.isEmpty())
        return QStringLiteral("through the server: ") + wrong;
    // What was never shown cannot be asked about, and what is so already is not asked for.
    const bool notAsked = onlyAskingTells(direct.answer.method, can) && direct.answer.code == 1
            && (through.answer.code == 4096 || through.answer.code == 5 || through.answer.code == 0);
    if (direct.answer.method != through.answer.method || (direct.answer.code != through.answer.code && !notAsked))
        return QStringLiteral("answers differ: directly %1, through the server %2 (%3)")
                .arg(direct.answer.code)
                .arg(through.answer.code)
                .arg(through.answer.detail);
    if (QString wrong = compareVerdicts(direct.verdict, through.verdict, can); !wrong.isEmpty())
        return wrong;
    return namesWhatItMakes(wanted) ? difference(content(direct.shown), content(through.shown)) : QString();
}

QString BothWays::run(const Case &one, std::optional<Answer> *answer)
{
    Site site(one.site);
    const SnapshotPtr wanted = cimView(*site.inventory().base(), m_through.as());
    const Operation operation = site.operation(one.operation);
    if (!wanted || !isCimOperation(operation, *wanted))
        return {};
    Way direct{m_direct, {}}, through{m_through, {}};
    for (Way *way : {&direct, &through}) {
        if (QString wrong = start(*way, *wanted); !wrong.isEmpty())
            return wrong;
    }
    if (const QString wrong = difference(content(direct.shown), content(through.shown)); !wrong.isEmpty())
        return QStringLiteral("at first: ") + wrong;
    if (!one.elsewhere.isEmpty()) {
        const Operation other = site.operation(one.elsewhere);
        for (Way *way : {&direct, &through}) {
            const auto done = way->fixture.elsewhere(translated(other, way->handles, *way->fixture.ids()));
            if (!done || done->code != 0)
                return QStringLiteral("elsewhere: ") + (done ? QString::number(done->code) : done.error().text());
        }
    }
    QString wrong = actBoth(direct, through, operation, wanted->server(0).capabilities, one.elsewhere.isEmpty());
    if (answer)
        *answer = through.answer;
    return wrong;
}

RandomRun BothWays::runRandom(quint64 seed, int operations)
{
    constexpr int operationsOnOne = 40;
    RandomRun run;
    RandomInventory random(seed,
                           RandomShape{.servers = 1,
                                       .nodesPerServer = 3,
                                       .endpointsPerNode = 3,
                                       .portalsPerServer = 7,
                                       .groupsPerServer = 3,
                                       .sessions = 3});
    while (run.operations < operations && run.wrong.isEmpty()) {
        const SnapshotPtr wanted = cimView(*random.snapshot(), m_through.as());
        if (!wanted)
            continue;
        Way direct{m_direct, {}}, through{m_through, {}};
        for (Way *way : {&direct, &through}) {
            if (run.wrong.isEmpty())
                run.wrong = start(*way, *wanted);
        }
        if (run.wrong.isEmpty())
            run.wrong = difference(content(direct.shown), content(through.shown));
        const Capabilities can = wanted->server(0).capabilities;
        for (int i = 0; i < operationsOnOne && run.wrong.isEmpty(); ++i) {
            Operation operation = random.operation(Inventory(direct.shown));
            if (random.chance(5))
                operation = astray(operation, random, *m_direct.ids());
            auto handles = paired(*direct.shown, *through.shown);
            auto own = paired(*direct.shown, *direct.shown);
            if (!handles || !own)
                break; // a random name was taken
            direct.handles = *std::move(own);
            through.handles = *std::move(handles);
            if (std::holds_alternative<Move>(operation) || !isCimOperation(operation, *direct.shown))
                continue;
            const QString words = describe(operation, Inventory(direct.shown));
            run.wrong = actBoth(direct, through, operation, can, true);
            ++run.operations;
            ++run.answers[{through.answer.method, through.answer.code}];
            if (!run.wrong.isEmpty())
                run.wrong += QStringLiteral("\n  operation %1: %2").arg(run.operations).arg(words);
            if (!namesWhatItMakes(operation) && through.answer.code == 0)
                break; // from here on the names differ
        }
    }
    return run;
}

} // namespace portalbind
