// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/request.h"
#include "model/plan.h"

#include <QJsonObject>

namespace portalbind {

/// What a command that changes something prints with --json. Without \a outcome it is a plan that was not sent.
[[nodiscard]] QJsonObject planObject(const Request &request, const Plan &plan, const PlanOutcome *outcome,
                                     const Inventory &before, const QStringList &created);
/// One step, in the words of a line: what, and what became of it.
[[nodiscard]] QString stepLine(const Step &step, StepState state);
/// What a step hurts, in words: sessions, and an endpoint that \a plan leaves without a portal (told once, with the
/// step that takes the last).
[[nodiscard]] QStringList harmLines(const Step &step, const Plan &plan, const Inventory &inventory);
/// Why a step was not done; empty when it was.
[[nodiscard]] QString stepTrouble(const Step &step, const StepResult &result);

} // namespace portalbind
