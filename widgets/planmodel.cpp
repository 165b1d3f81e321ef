// SPDX-License-Identifier: Apache-2.0
#include "widgets/planmodel.h"

#include "model/refusal.h"
#include "widgets/harmtext.h"
#include "widgets/icons.h"

#include <QLocale>

namespace portalbind {

namespace {

constexpr quintptr stepLevel = 0; // internal id of a step; a child has that of its step + 1

QString stateIcon(StepState state)
{
    switch (state) {
    case StepState::Waiting:
        return QStringLiteral("pending");
    case StepState::Running:
        return QStringLiteral("running");
    case StepState::Done:
        return QStringLiteral("success");
    case StepState::Refused:
    case StepState::Failed:
        return QStringLiteral("failed");
    case StepState::Unknown:
        return QStringLiteral("help");
    case StepState::Skipped:
        return QStringLiteral("discard");
    case StepState::RolledBack:
        return QStringLiteral("undo");
    }
    return {};
}

} // namespace

QString stateText(StepState state)
{
    switch (state) {
    case StepState::Waiting:
        return PlanModel::tr("waiting");
    case StepState::Running:
        return PlanModel::tr("running");
    case StepState::Done:
        return PlanModel::tr("done");
    case StepState::Refused:
        return PlanModel::tr("refused");
    case StepState::Failed:
        return PlanModel::tr("failed");
    case StepState::Unknown:
        return PlanModel::tr("unknown");
    case StepState::Skipped:
        return PlanModel::tr("not sent");
    case StepState::RolledBack:
        return PlanModel::tr("rolled back");
    }
    return {};
}

QString failureText(const StepResult &result)
{
    if (!result.explanation.reason.isEmpty())
        return refusalText(result.explanation);
    return refusalText({result.error.what, result.error.remedy});
}

void PlanModel::setParts(QList<Part> parts)
{
    beginResetModel();
    m_parts = std::move(parts);
    for (Part &part : m_parts)
        part.results.resize(part.plan.steps.size());
    endResetModel();
}

void PlanModel::setPlan(Session *session, const Plan &plan)
{
    for (Part &part : m_parts) {
        if (part.session != session)
            continue;
        beginResetModel();
        part.plan = plan;
        part.results = QList<StepResult>(plan.steps.size());
        endResetModel();
    }
}

bool PlanModel::hasExplanation(const StepResult &result)
{
    const bool wrong = result.state == StepState::Refused || result.state == StepState::Failed
            || result.state == StepState::Unknown;
    return wrong && !failureText(result).isEmpty();
}

void PlanModel::setResult(Session *session, int step, const StepResult &result)
{
    int row = 0;
    for (Part &part : m_parts) {
        if (part.session != session || step >= part.results.size()) {
            row += int(part.plan.steps.size());
            continue;
        }
        const QModelIndex at = index(row + step, 0);
        const bool had = hasExplanation(part.results.at(step));
        const bool has = hasExplanation(result);
        if (has == had) {
            part.results[step] = result;
        } else if (has) {
            beginInsertRows(at, 0, 0);
            part.results[step] = result;
            endInsertRows();
        } else {
            beginRemoveRows(at, 0, 0);
            part.results[step] = result;
            endRemoveRows();
        }
        emit dataChanged(at, at.siblingAtColumn(ColumnCount - 1));
        return;
    }
}

void PlanModel::setOutcome(Session *session, const PlanOutcome &outcome)
{
    for (int step = 0; step < outcome.results.size(); ++step)
        setResult(session, step, outcome.results.at(step));
}

void PlanModel::forget(Session *session)
{
    beginResetModel();
    m_parts.removeIf([session](const Part &part) { return part.session == session; });
    endResetModel();
}

int PlanModel::stepCount() const
{
    int count = 0;
    for (const Part &part : m_parts)
        count += int(part.plan.steps.size());
    return count;
}

PlanModel::Place PlanModel::place(int row) const
{
    for (const Part &part : m_parts) {
        if (row < part.plan.steps.size())
            return {&part, row};
        row -= int(part.plan.steps.size());
    }
    return {};
}

QModelIndex PlanModel::stepIndex(Session *session, int step) const
{
    int row = 0;
    for (const Part &part : m_parts) {
        if (part.session == session)
            return index(row + step, 0);
        row += int(part.plan.steps.size());
    }
    return {};
}

QModelIndex PlanModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? quintptr(parent.row()) + 1 : stepLevel);
}

QModelIndex PlanModel::parent(const QModelIndex &child) const
{
    if (!child.isValid() || child.internalId() == stepLevel)
        return {};
    return createIndex(int(child.internalId() - 1), 0, stepLevel);
}

int PlanModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return stepCount();
    if (parent.internalId() != stepLevel || parent.column() != 0)
        return 0;
    const Place at = place(parent.row());
    return at.part && hasExplanation(at.part->results.at(at.step)) ? 1 : 0;
}

int PlanModel::columnCount(const QModelIndex &) const
{
    return ColumnCount;
}

QString PlanModel::text(const Place &at, int row, int column) const
{
    const Step &step = at.part->plan.steps.at(at.step);
    const StepResult &result = at.part->results.at(at.step);
    switch (column) {
    case Number:
        return QLocale().toString(row + 1);
    case What:
        return step.text;
    case HarmColumn:
        return harmText(step, at.part->inventory);
    case DecisionColumn:
        return decisionText(step.verdict, at.part->inventory);
    case State:
        return result.state == StepState::Done
                ? tr("%1, %2 ms").arg(stateText(result.state), QLocale().toString(result.milliseconds))
                : stateText(result.state);
    default:
        return {};
    }
}

QVariant PlanModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const bool isChild = index.internalId() != stepLevel;
    const int row = isChild ? int(index.internalId() - 1) : index.row();
    const Place at = place(row);
    if (!at.part)
        return {};
    const StepResult &result = at.part->results.at(at.step);
    if (isChild) {
        const bool spoken = role == Qt::DisplayRole || role == Qt::ToolTipRole || role == Qt::AccessibleTextRole;
        return spoken && index.column() == 0 ? failureText(result) : QVariant();
    }
    switch (role) {
    case Qt::DisplayRole:
        return text(at, row, index.column());
    case Qt::ToolTipRole:
        if (index.column() == HarmColumn) {
            const QString detail = harmDetail(at.part->plan.steps.at(at.step).harm, at.part->inventory);
            return detail.isEmpty() ? text(at, row, HarmColumn) : detail;
        }
        return text(at, row, index.column());
    case Qt::DecorationRole:
        return index.column() == State ? icon(stateIcon(result.state)) : QVariant();
    case Qt::TextAlignmentRole:
        return index.column() == Number ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case Qt::AccessibleTextRole:
        return tr("Step %1: %2, %3, %4")
                .arg(text(at, row, Number), text(at, row, What), text(at, row, HarmColumn), text(at, row, State));
    default:
        return {};
    }
}

QVariant PlanModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Number:
        return tr("No.");
    case What:
        return tr("Step");
    case HarmColumn:
        return tr("May hurt");
    case DecisionColumn:
        return tr("Verdict");
    case State:
        return tr("State");
    default:
        return {};
    }
}

} // namespace portalbind
