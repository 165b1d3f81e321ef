// SPDX-License-Identifier: Apache-2.0
#include "tests/kernel/besideworkbook.h"

#include "model/rules.h"
#include "tests/contract/bothways.h"
#include "tests/contract/pairing.h"
#include "tests/kernel/lioview.h"
#include "tests/model/randominventory.h"
#include "tests/model/site.h"

namespace portalbind {

namespace {

QString text(const Verdict &verdict)
{
    return QStringLiteral("%1 %2 %3").arg(toString(verdict.decision)).arg(verdict.code).arg(reasonName(verdict.reason));
}

/// What an operation asks for that a Linux target has not.
const char *notThere(const Operation &operation, const Verdict &verdict)
{
    if (verdict.reason == Reason::NoSuchPortal)
        return differing::anyPortal;
    if (std::holds_alternative<DeleteNode>(operation) && verdict.reason == Reason::SessionsActive)
        return differing::deleteTarget; // whose endpoints have them
    if (const auto *node = std::get_if<CreateNode>(&operation)) {
        if (node->value.role != Role::Target)
            return differing::initiators;
        return node->value.alias.isEmpty() ? nullptr : differing::alias;
    }
    if (const auto *endpoint = std::get_if<CreateEndpoint>(&operation))
        return endpoint->value.role == Role::Initiator ? differing::initiators : nullptr;
    if (const auto *portal = std::get_if<CreatePortal>(&operation))
        return portal->value.kind == PortalKind::Ip ? differing::initiators : nullptr;
    return nullptr;
}

/// Which difference makes the two answer otherwise; none: they must not.
const char *differenceOf(const Operation &operation, const Verdict &direct, const Verdict &kernel)
{
    if (const char *missing = notThere(operation, kernel))
        return missing;
    if (direct.reason == Reason::AddressGone && direct.isRefused() && kernel.isRefused())
        return differing::addressGone; // by policy, after what the kernel itself refuses
    const bool ofGroups = direct.reason == Reason::OtherGroup || direct.reason == Reason::LosesCommonGroup;
    if (ofGroups && kernel.isRefused() && kernel.origin == Origin::Policy)
        return differing::otherGroup;
    if (direct.reason == Reason::NoneGrouped && kernel.isAllowed())
        return differing::otherGroup; // who does not refuse need not be asked
    const bool ofPorts = kernel.reason == Reason::PortTaken || kernel.reason == Reason::Wildcard;
    if (ofPorts && kernel.isRefused())
        return differing::wildcard;
    if (kernel.reason == Reason::NotEmpty && !direct.isRefused()) {
        if (std::holds_alternative<DeleteEndpoint>(operation))
            return differing::deleteEndpoint;
        if (std::holds_alternative<DeleteNode>(operation))
            return differing::deleteTarget;
    }
    return nullptr;
}

/// The same where nobody foresaw it, because somebody else was quicker: the answers tell.
const char *differenceOf(const Answer &direct, const Answer &kernel)
{
    const auto answers = [&direct, &kernel](Method method, quint16 code) {
        return direct.method == method && direct.code == code && kernel.code == 0;
    };
    if (answers(Method::Bind, 4099) || answers(Method::CreateEndpoint, 4103))
        return differing::otherGroup;
    if (answers(Method::Bind, 4096) || answers(Method::CreateEndpoint, 4100))
        return differing::anyPortal;
    return nullptr;
}

bool same(const Verdict &a, const Verdict &b)
{
    return a.decision == b.decision && a.code == b.code && a.reason == b.reason && a.method == b.method
            && a.origin == b.origin && a.changesNothing == b.changesNothing && a.sessions == b.sessions
            && a.lastPortal == b.lastPortal;
}

/// Whether a server chooses the name of what is made.
bool choosesName(const Operation &operation)
{
    const auto *node = std::get_if<CreateNode>(&operation);
    return node && node->value.name.isEmpty();
}

} // namespace

QStringList listedDifferences(const QString &document)
{
    QStringList names;
    bool isInTable = false;
    for (const QString &line : document.section(QStringLiteral("## Beside a workbook"), 1).split(u'\n')) {
        if (!line.startsWith(u'|')) {
            if (isInTable)
                break;
            continue;
        }
        const QString name = line.section(u'|', 1, 1).trimmed();
        isInTable = true;
        if (!name.isEmpty() && !name.startsWith(QLatin1String("---")))
            names += name;
    }
    return names;
}

QString BesideWorkbook::start(Side &side, const Snapshot &wanted)
{
    const auto shown = side.fixture.make(wanted, side.handles);
    if (!shown)
        return shown.error().text() + u'\n' + shown.error().detail;
    side.shown = *shown;
    return {};
}

QString BesideWorkbook::act(Side &side, const Operation &wanted, bool foretold)
{
    side.operation = translated(wanted, side.handles, *side.fixture.ids());
    side.verdict = canDo(Inventory(side.shown), side.operation);
    const auto answer = side.fixture.execute(side.operation);
    if (!answer)
        return answer.error().text() + u'\n' + answer.error().detail;
    side.answer = *answer;
    // Ids of a host are names: what is made under that of something deleted has its handle, not the staged one.
    if (side.fixture.ids()->find<EndpointHandle>(answer->createdId)
        || side.fixture.ids()->find<NodeHandle>(answer->createdId)
        || side.fixture.ids()->find<PortalHandle>(answer->createdId))
        foretold = false;
    if (answer->code == 0)
        adopt(side.operation, answer->createdId, *side.fixture.ids());
    const auto after = side.fixture.load();
    if (!after)
        return after.error().text();
    QString wrong;
    if (foretold && !(&side.fixture == &m_kernel && notThere(wanted, side.verdict))) {
        wrong = compare(side.verdict, side.answer);
        if (wrong.isEmpty())
            wrong = compareAfter(plainView(side.shown, losesSession(side)), side.operation, side.answer,
                                 plainView(*after, losesSession(side)));
    }
    side.shown = *after;
    return wrong;
}

QString BesideWorkbook::actBoth(Side &direct, Side &kernel, const Operation &wanted, bool foretold, bool &differs)
{
    if (const QString wrong = act(direct, wanted, foretold); !wrong.isEmpty())
        return QStringLiteral("workbook: ") + wrong;
    if (const QString wrong = act(kernel, wanted, foretold); !wrong.isEmpty())
        return QStringLiteral("kernel: ") + wrong;
    differs = direct.answer.code != kernel.answer.code;
    const bool alike = !differs && direct.answer.method == kernel.answer.method && same(direct.verdict, kernel.verdict);
    if (!alike) {
        const char *name = differenceOf(wanted, direct.verdict, kernel.verdict);
        if (!name && !foretold)
            name = differenceOf(direct.answer, kernel.answer);
        if (!name)
            return QStringLiteral("differs, and no listed difference tells why: workbook %1, answer %2; kernel %3, "
                                  "answer %4 %5")
                    .arg(text(direct.verdict))
                    .arg(direct.answer.code)
                    .arg(text(kernel.verdict))
                    .arg(kernel.answer.code)
                    .arg(kernel.answer.detail);
        ++m_met[QString::fromLatin1(name)];
    }
    if (differs || choosesName(wanted))
        return {};
    const bool lost = losesSession(kernel);
    if (lost)
        ++m_met[QString::fromLatin1(differing::lostSession)];
    return difference(content(plainView(direct.shown, lost)), content(plainView(kernel.shown, lost)));
}

bool BesideWorkbook::losesSession(const Side &side)
{
    return std::holds_alternative<Unbind>(side.operation) && side.verdict.sessions > 0;
}

QString BesideWorkbook::run(const ContractCase &one)
{
    return run(ContractRace{one.name, one.site, "", one.operation, one.code});
}

QString BesideWorkbook::run(const ContractRace &one)
{
    Site site(QString::fromUtf8(one.site));
    const LioView view = lioView(*site.inventory().base());
    if (!view.leftOut.isEmpty()) {
        ++m_met[view.leftOut];
        return {};
    }
    const Operation wanted = onGuest(site.operation(QString::fromUtf8(one.operation)));
    Side direct{m_direct, {}}, kernel{m_kernel, {}};
    for (Side *side : {&direct, &kernel}) {
        if (const QString wrong = start(*side, *view.snapshot); !wrong.isEmpty())
            return wrong;
    }
    const QString wrong = difference(content(plainView(direct.shown)), content(plainView(kernel.shown)));
    if (!wrong.isEmpty())
        return QStringLiteral("at first: ") + wrong;
    const bool isAlone = QByteArrayView(one.elsewhere).isEmpty();
    if (!isAlone) {
        const Operation other = site.operation(QString::fromUtf8(one.elsewhere));
        for (Side *side : {&direct, &kernel}) {
            const auto done = side->fixture.elsewhere(translated(other, side->handles, *side->fixture.ids()));
            if (done && done->code == 0)
                continue;
            if (side != &kernel || done || !done.error().text().contains(QLatin1String("not-empty")))
                return QStringLiteral("elsewhere: ") + (done ? QString::number(done->code) : done.error().text());
            const bool ofTarget = std::holds_alternative<DeleteNode>(other);
            ++m_met[QString::fromLatin1(ofTarget ? differing::deleteTarget : differing::deleteEndpoint)];
            return {};
        }
    }
    bool differs = false;
    QString found = actBoth(direct, kernel, wanted, isAlone, differs);
    if (found.isEmpty() && direct.answer.code != one.code)
        found = QStringLiteral("the workbook answered %1 in place of %2").arg(direct.answer.code).arg(one.code);
    return found;
}

RandomRun BesideWorkbook::runRandom(quint64 seed, int operations)
{
    constexpr int operationsOnOne = 40;
    RandomRun run;
    RandomInventory random(seed,
                           RandomShape{.servers = 1,
                                       .nodesPerServer = 3,
                                       .endpointsPerNode = 3,
                                       .portalsPerServer = 7,
                                       .groupsPerServer = 3,
                                       .sessions = 0});
    while (run.operations < operations && run.wrong.isEmpty()) {
        const LioView view = lioView(*random.snapshot());
        if (!view.snapshot)
            continue;
        Side direct{m_direct, {}}, kernel{m_kernel, {}};
        for (Side *side : {&direct, &kernel}) {
            if (run.wrong.isEmpty())
                run.wrong = start(*side, *view.snapshot);
        }
        if (run.wrong.isEmpty())
            run.wrong = difference(content(plainView(direct.shown)), content(plainView(kernel.shown)));
        bool differs = false;
        for (int i = 0; i < operationsOnOne && run.wrong.isEmpty() && !differs; ++i) {
            Operation operation = onGuest(random.operation(Inventory(direct.shown)));
            if (random.chance(5))
                operation = astray(operation, random, *m_direct.ids());
            auto handles = paired(*plainView(direct.shown), *plainView(kernel.shown));
            auto own = paired(*plainView(direct.shown), *plainView(direct.shown));
            if (!handles || !own)
                break; // a random name was taken
            direct.handles = *std::move(own);
            kernel.handles = *std::move(handles);
            LioFixture::tellAbsent(kernel.handles);
            if (std::holds_alternative<Move>(operation))
                continue; // a plan makes two steps of it
            const QString words = describe(operation, Inventory(direct.shown));
            run.wrong = actBoth(direct, kernel, operation, true, differs);
            ++run.operations;
            ++run.answers[{kernel.answer.method, kernel.answer.code}];
            if (!run.wrong.isEmpty())
                run.wrong += QStringLiteral("\n  operation %1: %2").arg(run.operations).arg(words);
            differs = differs || (choosesName(operation) && kernel.answer.code == 0);
        }
    }
    return run;
}

} // namespace portalbind
