// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/changes.h"
#include "app/ctl/exitcode.h"
#include "app/ctl/filejobs.h"
#include "app/ctl/output.h"
#include "model/session.h"
#include "model/worker.h"

#include <QObject>

#include <memory>

namespace portalbind {

/// One call of portalbindctl, from the connection to the exit code, under the event loop of the program. It goes the
/// way of the window: the same session, the same rules, the same plan.
class Execution : public QObject
{
    Q_OBJECT
public:
    explicit Execution(Request request);
    ~Execution() override;

    void start();
    /// Ctrl-C: reading and writing files stops; of a plan no further step is sent.
    void cancel();
    /// Ended by cancel() before anything was changed.
    [[nodiscard]] bool isCancelled() const { return m_cancelled; }

signals:
    void finished(int exitCode);

private:
    void connectToServer();
    void advance();
    void work();
    void judgeOneBinding(const Inventory &inventory);
    void change(const Inventory &inventory);
    /// Decides whether what is done is kept for the next start; false when it was asked for and cannot be.
    bool settleSaving(const Inventory &inventory);
    void refuse(const Judgement &judgement);
    void planWithoutApplying(const Inventory &inventory);
    void showPlan(const Plan &plan);
    void tellPaths(const Plan &plan);
    void nothingToDo(const Judgement &judgement);
    void checkPlan();
    void stepChanged(int step, const StepResult &result);
    void planFinished(const PlanOutcome &outcome);
    void runJob(std::function<Result<JobResult>(std::stop_token)> job);
    void jobDone(const Result<JobResult> &result);
    void fail(const Error &error, bool isArgument = false);
    void finish(ExitCode code);

    Request m_request;
    Output m_out;
    Worker m_worker;
    std::unique_ptr<Session> m_session;
    std::stop_source m_stop;
    enum class Phase { Idle, Reading, Staged, Applying, Finished } m_phase = Phase::Idle;
    bool m_cancelRequested = false;
    bool m_cancelled = false;
    QList<Operation> m_operations;
    bool m_saves = false;
    Judgement m_overtaken; // the server changed between the reads, and would be changed against its rules now
};

} // namespace portalbind
