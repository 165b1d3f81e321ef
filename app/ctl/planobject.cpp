// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/planobject.h"

#include "app/ctl/exitcode.h"
#include "app/ctl/verdicttext.h"
#include "model/inventory.h"
#include "model/sessionloss.h"
#include "model/wording.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <algorithm>

namespace portalbind {
namespace {

QString key(const char *name)
{
    return QString::fromLatin1(name);
}

QString tr(const char *text)
{
    return QCoreApplication::translate("PlanObject", text);
}

QJsonObject stepObject(const Step &step, const StepResult *result, const Inventory &before)
{
    const bool isAnswer = result && result->code != 0;
    const bool isSilent = result && (result->state == StepState::Failed || result->state == StepState::Unknown);
    const quint16 code = isAnswer ? result->code : step.verdict.code;
    const bool wasSent = result && result->state != StepState::Waiting && result->state != StepState::Skipped;
    const bool hasReason = result && !result->explanation.reason.isEmpty();
    Explanation words = hasReason ? result->explanation : explain(step.verdict, before);
    if (result && !hasReason && !result->error.what.isEmpty())
        words = {result->error.what, result->error.remedy};
    words.remedy = remedyOnCommandLine(words.remedy);
    QJsonObject object{{key("text"), step.text},
                       {key("server"), before.has(step.server) ? before.server(step.server).name : QString()},
                       {key("state"), stepWord(result ? result->state : StepState::Waiting)},
                       {key("decision"), toString(isAnswer ? Decision::Refused : step.verdict.decision)},
                       {key("origin"), toString(step.verdict.origin)},
                       {key("code"), isSilent ? QJsonValue() : QJsonValue(code)}, // nothing was answered
                       {key("symbol"), isSilent ? QString() : codeSymbol(step.verdict.method, code)},
                       {key("reason"), words.reason},
                       {key("remedy"), words.remedy},
                       {key("sessions"), step.harm.sessions.size()},
                       {key("possibleSessions"), step.harm.possibly.size()},
                       {key("lastPortal"), step.harm.lastPortal}};
    object.insert(key("milliseconds"), wasSent ? QJsonValue(result->milliseconds) : QJsonValue());
    return object;
}

QJsonObject pathObject(const PathHarm &harm, const Inventory &inventory)
{
    return {{key("initiator"), harm.initiator},
            {key("target"), inventory.has(harm.node) ? inventory.node(harm.node).name : QString()},
            {key("before"), harm.before},
            {key("after"), harm.after},
            {key("loggedIn"), harm.isLoggedIn},
            {key("mustDiscover"), harm.mustDiscover()},
            {key("lacksAcl"), harm.lacksAcl},
            {key("otherLuns"), harm.findsOtherLuns}};
}

QString stateText(StepState state)
{
    switch (state) {
    case StepState::Waiting:
        return tr("planned");
    case StepState::Running:
        return tr("running");
    case StepState::Done:
        return tr("done");
    case StepState::Refused:
        return tr("refused");
    case StepState::Failed:
        return tr("failed");
    case StepState::Unknown:
        return tr("unknown");
    case StepState::Skipped:
        return tr("not sent");
    case StepState::RolledBack:
        return tr("rolled back");
    }
    return {};
}

} // namespace

QJsonObject planObject(const Request &request, const Plan &plan, const PlanOutcome *outcome, const Inventory &before,
                       const QStringList &created)
{
    QJsonArray steps;
    Inventory now = before;
    for (qsizetype i = 0; i < plan.steps.size(); ++i) {
        steps.append(stepObject(plan.steps[i], outcome ? &outcome->results[i] : nullptr, now));
        now = now.with(plan.steps[i].operation);
    }
    QJsonArray paths;
    for (const PathHarm &harm : plan.paths)
        paths.append(pathObject(harm, now));
    return {{key("command"), request.name},
            {key("dryRun"), request.dryRun},
            {key("forced"), request.force},
            {key("done"), outcome ? outcome->doneCount() : 0},
            {key("verified"), outcome && outcome->verified},
            {key("differences"), QJsonArray::fromStringList(outcome ? outcome->differences : QStringList())},
            {key("created"), QJsonArray::fromStringList(created)},
            {key("paths"), paths},
            {key("steps"), steps}};
}

QString stepLine(const Step &step, StepState state)
{
    return QStringLiteral("%1  %2\n").arg(stateText(state).leftJustified(8), step.text);
}

QStringList harmLines(const Step &step, const Plan &plan, const Inventory &inventory)
{
    QStringList lines;
    const bool stay = sessionsOutlive(step.operation, inventory);
    if (!step.harm.sessions.isEmpty())
        lines += (stay ? tr("Sessions that stay until the next reconnect: %1")
                       : tr("Sessions that have to reconnect: %1"))
                         .arg(step.harm.sessions.size());
    if (!step.harm.possibly.isEmpty())
        lines += (stay ? tr("Sessions that possibly stay only until the next reconnect: %1")
                       : tr("Sessions that possibly have to reconnect: %1"))
                         .arg(step.harm.possibly.size());
    const auto *unbind = std::get_if<Unbind>(&step.operation);
    if (!step.harm.lastPortal || !unbind)
        return lines;
    const auto takesMore = [&](const Step &other) {
        const auto *later = std::get_if<Unbind>(&other.operation);
        return later && later->endpoint == unbind->endpoint;
    };
    const auto last = std::find_if(plan.steps.rbegin(), plan.steps.rend(), takesMore);
    if (last != plan.steps.rend() && last->operation == step.operation)
        lines += tr("Left without a portal: %1").arg(endpointText(inventory, unbind->endpoint));
    return lines;
}

QString stepTrouble(const Step &step, const StepResult &result)
{
    if (result.state == StepState::Done || result.state == StepState::Skipped)
        return {};
    QString text = QStringLiteral("%1: %2").arg(step.text, stateText(result.state));
    if (!result.explanation.reason.isEmpty())
        text += QLatin1String("\n  ") + result.explanation.reason;
    if (!result.explanation.remedy.isEmpty())
        text += QLatin1String("\n  ") + remedyOnCommandLine(result.explanation.remedy);
    if (!result.error.what.isEmpty()) {
        Error error = result.error;
        error.remedy = remedyOnCommandLine(error.remedy);
        text += QLatin1String("\n  ") + error.text();
    }
    return text;
}

} // namespace portalbind
