// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/diff.h"
#include "model/gate.h"
#include "model/plan.h"
#include "model/targetbackend.h"
#include "model/worker.h"

#include <QObject>
#include <QPointer>
#include <QUndoStack>

#include <memory>
#include <stop_token>

namespace portalbind {

/// A pending change: staged, shown, not sent.
struct PendingChange
{
    quint32 id = 0; ///< unique within the session, never reused
    Operation operation;
    Verdict verdict; ///< judged again after every refresh
    bool overridden = false; ///< a person chose to go against a policy
    /// The server changed under it and would refuse it now; it is kept until the person decides.
    [[nodiscard]] bool isConflict() const { return verdict.isRefused() && !(overridden && verdict.canOverride()); }
};

/// One line of the activity panel.
struct Activity
{
    QDateTime at; ///< UTC
    QString server;
    QString what; ///< one sentence
    enum class Outcome : quint8 { Done, Refused, Failed, Unknown, Info } outcome = Outcome::Info;
    qint64 milliseconds = -1; ///< -1: does not apply
    QString detail; ///< reason and raw text
};

class PlanRun;

/// One connection at work: what the server shows, what the person wants changed, and the way from one to the other.
/// Lives in the GUI thread; nothing here waits. Edits of the pending list are commands on undoStack().
class Session : public QObject
{
    Q_OBJECT
public:
    enum class State : quint8 {
        Idle, ///< not read yet
        Loading, ///< first read
        Live,
        Refreshing, ///< read again; what is shown is the last state
        Applying,
        Stale, ///< the last read failed; what is shown is older
        Failed, ///< nothing could be read yet
    };
    Q_ENUM(State)

    explicit Session(std::shared_ptr<TargetBackend> backend, QObject *parent = nullptr);
    ~Session() override;

    [[nodiscard]] TargetBackend *backend() const { return m_backend.get(); }
    [[nodiscard]] QString title() const { return m_backend->title(); }
    [[nodiscard]] IdTable &ids() const { return *m_backend->ids(); }
    [[nodiscard]] QUndoStack *undoStack() { return &m_undo; }

    [[nodiscard]] const Inventory &inventory() const { return m_inventory; } ///< base seen through the pending changes
    [[nodiscard]] const SnapshotPtr &base() const { return m_inventory.base(); } ///< null before the first read
    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] const Error &error() const { return m_error; } ///< of the last read, when Stale or Failed
    [[nodiscard]] QDateTime readAt() const; ///< UTC; of what is shown
    [[nodiscard]] bool isBusy() const
    {
        return m_state == State::Loading || m_state == State::Refreshing || m_state == State::Applying;
    }

    /// Reads the server again; a second call while reading is remembered and done once. Refreshes wait while held.
    void refresh();
    /// Cancels a read, or stops an apply after its current step.
    void cancel();
    /// Holds refreshes back while a drag goes on.
    void holdRefresh(bool hold);

    [[nodiscard]] const QList<PendingChange> &pending() const { return m_pending; }
    /// Whether \a operations, done in order on top of what is pending, are allowed; the first verdict that is not
    /// wins. Staging needs a completely read server.
    [[nodiscard]] Verdict judge(const QList<Operation> &operations) const;
    /// Adds \a operations to the pending changes as one undoable edit called \a text, when judge() allows them (or
    /// leaves them to the server); nothing while a plan is being sent. With \a overridePolicy what only policy refuses
    /// is staged as well. Returns judge().
    Verdict stage(const QList<Operation> &operations, const QString &text, bool overridePolicy = false);
    /// Takes one pending change away, and those that need what it creates. Undoable.
    void unstage(quint32 id);
    /// Takes all pending changes away. Undoable.
    void discard();

    /// The net effect of the pending changes.
    [[nodiscard]] Plan plan() const { return makePlan(Inventory(base()), pendingOperations()); }
    [[nodiscard]] QList<Operation> pendingOperations() const;

    /// Sends the plan: the server is read first and the pending changes are judged on what it shows then; steps are
    /// checked again right before each is sent; afterwards the server is read and compared. What is done leaves the
    /// pending list, the rest stays. Ends with applyFinished(). Does nothing when nothing is pending or when busy.
    /// \a saveForReboot as of makePlan().
    void apply(OnFailure onFailure, bool saveForReboot = false);
    /// Answers stepFailed() of OnFailure::Ask.
    void resolveFailure(OnFailure choice);
    [[nodiscard]] const Plan &runningPlan() const { return m_plan; } ///< of the apply that runs, or ran last

signals:
    void stateChanged();
    /// What is shown has changed; \a diff leads from the old inventory to inventory().
    void inventoryChanged(const portalbind::InventoryDiff &diff);
    void pendingChanged();
    void activity(const portalbind::Activity &entry);
    void applyStarted(const portalbind::Plan &plan);
    void stepChanged(int step, const portalbind::StepResult &result);
    void stepFailed(int step, const portalbind::StepResult &result); ///< OnFailure::Ask: waits for resolveFailure()
    void applyFinished(const portalbind::PlanOutcome &outcome);

private:
    class PendingEdit;
    friend class PendingEdit;
    friend class PlanRun;

    void setState(State state);
    void startRead();
    void readDone(const Result<SnapshotPtr> &result);
    /// Shows \a snapshot instead of the base; the difference is worked out off this thread, and a drag is waited for.
    /// False when the session died meanwhile.
    static Task<bool> adopt(QPointer<Session> self, SnapshotPtr snapshot);
    struct Staging
    {
        Verdict verdict; ///< the first that is not allowed, or of the first change
        QList<PendingChange> changes; ///< what would be staged; empty when refused
    };
    [[nodiscard]] Staging judgeInOrder(const QList<Operation> &operations, bool overridePolicy) const;
    [[nodiscard]] QList<PendingChange> judged(const Inventory &base, QList<PendingChange> changes) const;
    void setPending(QList<PendingChange> pending);
    void show(Inventory next, const InventoryDiff &diff);
    void planDone(const PlanRun &run, const PlanOutcome &outcome);
    void log(Activity::Outcome outcome, const QString &what, qint64 milliseconds = -1, const QString &detail = {});

    std::shared_ptr<TargetBackend> m_backend;
    std::shared_ptr<Worker> m_differ;
    QUndoStack m_undo;
    Inventory m_inventory;
    quint64 m_version = 0; // of m_inventory
    QList<PendingChange> m_pending;
    quint32 m_nextChangeId = 1;
    State m_state = State::Idle;
    Error m_error;
    std::stop_source m_stop;
    Gate m_released{true}; // closed during a drag
    bool m_refreshWanted = false;
    Plan m_plan;
    std::shared_ptr<PlanRun> m_run;
};

} // namespace portalbind

Q_DECLARE_METATYPE(portalbind::InventoryDiff)
