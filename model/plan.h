// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/pathharm.h"
#include "model/rules.h"

#include <QDateTime>

namespace portalbind {

/// What a step may hurt, known before it is sent.
struct Harm
{
    QList<SessionHandle> sessions; ///< surely end: over what is taken away, and all of an endpoint without portals
    QList<SessionHandle> possibly; ///< of the same endpoint, not attributable to a portal, while others are left
    bool lastPortal = false; ///< the endpoint is left without a portal when the plan is done
    [[nodiscard]] bool isHarmless() const { return sessions.isEmpty() && possibly.isEmpty() && !lastPortal; }
};

/// One thing that is sent to one server, once.
struct Step
{
    Operation operation; ///< never a Move
    QString text; ///< the operation in words
    ServerHandle server;
    Verdict verdict; ///< as judged with the steps before it done
    Harm harm;
    Inverse inverse; ///< undoes this step, given those before it
};

/// Ordered steps that turn a snapshot into what is wanted. Per target: unbind before bind; creations and joins first,
/// leaves and deletions last, so that a valid end is reached over states that the server accepts.
struct Plan
{
    QList<Step> steps;
    QList<PathHarm> paths; ///< who loses a way to a target, of the plan as a whole
    [[nodiscard]] bool isEmpty() const { return steps.isEmpty(); }
    /// The steps' operations, in order.
    [[nodiscard]] QList<Operation> operations() const;
};

/// The net effect of \a operations on \a base: bind p1, bind p2, unbind p1 makes one step. Where the usual order would
/// be refused on the way (simulated with the rules), the steps keep the order in which the person asked for them. With
/// \a saveForReboot the last step of each server that keeps what is changed saves what the plan touches there.
[[nodiscard]] Plan makePlan(const Inventory &base, const QList<Operation> &operations, bool saveForReboot = false);
/// Whether a server that \a operations change keeps what is changed for its next start; and whether that is expected
/// there.
struct Saving
{
    bool isPossible = false;
    bool isUsual = false;
};
[[nodiscard]] Saving savingOf(const Inventory &base, const QList<Operation> &operations);

enum class StepState : quint8 {
    Waiting,
    Running,
    Done,
    Refused, ///< the server, or a rule checked just before sending, said no; nothing was changed
    Failed, ///< not sent, or sent and known to have failed
    Unknown, ///< sent, and even reading the server did not settle it
    Skipped, ///< not sent: stopped, or a step that it needs failed
    RolledBack,
};

struct StepResult
{
    StepState state = StepState::Waiting;
    quint16 code = 0; ///< of the step's method
    Explanation explanation; ///< why not; empty when done
    Error error; ///< when Failed or Unknown
    QDateTime startedAt; ///< UTC
    qint64 milliseconds = 0;
};

enum class OnFailure : quint8 { Stop, Continue, RollBack, Ask };

struct PlanOutcome
{
    QList<StepResult> results; ///< one a step
    bool verified = false; ///< the servers were read again and show what the steps promised
    QStringList differences; ///< in words, where they do not
    [[nodiscard]] int doneCount() const;
    [[nodiscard]] bool isAllDone() const { return doneCount() == results.size(); }
    [[nodiscard]] bool hasUnknown() const;
};

} // namespace portalbind
