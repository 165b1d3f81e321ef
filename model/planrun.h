// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/gate.h"
#include "model/session.h"

#include <QSet>

namespace portalbind {

/// One apply of a session's pending changes, from the first read to the last. Outlives its session if it must: a step
/// that was sent is waited for, and nothing is sent after it.
class PlanRun
{
public:
    PlanRun(Session *session, std::shared_ptr<TargetBackend> backend, OnFailure onFailure, bool saveForReboot = false);

    /// Ends when all is done, or stopped. \a run keeps itself alive.
    [[nodiscard]] static Task<PlanOutcome> run(std::shared_ptr<PlanRun> run);
    /// No further step is sent.
    void stop();
    void resolve(OnFailure choice);
    [[nodiscard]] const Plan &plan() const { return m_plan; }
    /// Whether a pending change is part of the plan; those in conflict when it was made are not.
    [[nodiscard]] bool includes(quint32 changeId) const { return m_included.contains(changeId); }

private:
    Task<bool> readServer(std::stop_token stop);
    void makePlan();
    Task<StepResult> execute(int index);
    Task<StepResult> settle(Operation operation, Error error);
    Task<OnFailure> askWhatNext(int index);
    Task<bool> rollBack(int last);
    void compare();
    void set(int index, const StepResult &result);
    [[nodiscard]] bool isGone() const { return m_session.isNull(); }

    QPointer<Session> m_session;
    std::shared_ptr<TargetBackend> m_backend;
    OnFailure m_onFailure;
    bool m_saveForReboot;
    std::stop_source m_stop;
    Gate m_chosen{true};
    OnFailure m_choice = OnFailure::Stop;
    Plan m_plan;
    PlanOutcome m_outcome;
    Inventory m_now; // as it should be after the steps that are done
    QSet<quint32> m_included; // ids of the pending changes that the plan is made of
    QList<bool> m_overridden; // a person overrode policy for this step
};

} // namespace portalbind
