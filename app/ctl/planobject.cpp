// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/planobject.h"

#include "app/ctl/exitcode.h"
#include "model/inventory.h"

#include <QCoreApplication>
#include <QJsonArray>

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
    const quint16 code = isAnswer ? result->code : step.verdict.code;
    const bool hasReason = result && !result->explanation.reason.isEmpty();
    Explanation words = hasReason ? result->explanation : explain(step.verdict, before);
    if (result && !hasReason && !result->error.what.isEmpty())
        words = {result->error.what, result->error.remedy};
    QJsonObject object{{key("text"), step.text},
                       {key("server"), before.has(step.server) ? before.server(step.server).name : QString()},
                       {key("state"), stepWord(result ? result->state : StepState::Waiting)},
                       {key("decision"), toString(step.verdict.decision)},
                       {key("origin"), toString(step.verdict.origin)},
                       {key("code"), code},
                       {key("symbol"), codeSymbol(step.verdict.method, code)},
                       {key("reason"), words.reason},
                       {key("remedy"), words.remedy},
                       {key("sessions"), step.harm.sessions.size()},
                       {key("possibleSessions"), step.harm.possibly.size()},
                       {key("lastPortal"), step.harm.lastPortal}};
    object.insert(key("milliseconds"), result ? QJsonValue(result->milliseconds) : QJsonValue());
    return object;
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
    return {{key("command"), request.name},
            {key("dryRun"), request.dryRun},
            {key("forced"), request.force},
            {key("done"), outcome ? outcome->doneCount() : 0},
            {key("verified"), outcome && outcome->verified},
            {key("differences"), QJsonArray::fromStringList(outcome ? outcome->differences : QStringList())},
            {key("created"), QJsonArray::fromStringList(created)},
            {key("steps"), steps}};
}

QString stepLine(const Step &step, StepState state)
{
    return QStringLiteral("%1  %2\n").arg(stateText(state).leftJustified(8), step.text);
}

QString stepTrouble(const Step &step, const StepResult &result)
{
    if (result.state == StepState::Done || result.state == StepState::Skipped)
        return {};
    QString text = QStringLiteral("%1: %2").arg(step.text, stateText(result.state));
    if (!result.explanation.reason.isEmpty())
        text += QLatin1String("\n  ") + result.explanation.reason;
    if (!result.explanation.remedy.isEmpty())
        text += QLatin1String("\n  ") + result.explanation.remedy;
    if (!result.error.what.isEmpty())
        text += QLatin1String("\n  ") + result.error.text();
    return text;
}

} // namespace portalbind
