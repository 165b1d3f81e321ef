// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/planmodel.h"

#include <QFutureWatcher>
#include <QSet>
#include <QWidget>

class QCheckBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTreeView;

namespace portalbind {

class PlanHarm;

/// The plan before, while and after it is applied: numbered steps, what each may hurt, and one button that names the
/// deed. A failed step opens in place and asks whether to stop, to go on or to roll back.
class PlanView : public QWidget
{
    Q_OBJECT
public:
    explicit PlanView(QWidget *parent = nullptr);
    ~PlanView() override;

    /// Works out the plans of \a sessions (off the GUI thread) and shows them.
    void preview(const QList<Session *> &sessions);
    /// Sends what is shown.
    void apply();
    /// Sends the plan that is being worked out as soon as it is there; nothing when none is.
    void applyWhenReady();
    /// Forgets a plan that is not applied yet; what runs or has ended stays shown.
    void abandon();
    [[nodiscard]] bool isRunning() const { return !m_running.isEmpty(); }
    /// Shown, and neither running nor ended.
    [[nodiscard]] bool isPreview() const { return m_stage == Stage::Preparing || m_stage == Stage::Preview; }
    void forget(Session *session);
    [[nodiscard]] QString headline() const;

signals:
    void back(); ///< to the list of pending changes
    void told(const QString &sentence); ///< how it ended

private:
    void prepare(std::optional<bool> saves);
    void makeSteps();
    void makeChoices();
    void show(const QList<PlanModel::Part> &parts);
    void showSaving(const QList<PlanModel::Part> &parts);
    void begin(Session *session);
    void watch(Session *session);
    void started(Session *session, const Plan &plan);
    void stepFailed(Session *session, int step, const StepResult &result);
    void resolve(OnFailure choice);
    void finished(Session *session, const PlanOutcome &outcome);
    void showCommands(bool shown);
    void undoApplied();
    void updateButtons();

    enum class Stage : quint8 { Preparing, Preview, Running, Finished };
    Stage m_stage = Stage::Finished;
    bool m_applyWhenReady = false;
    PlanModel *m_model;
    QTreeView *m_steps;
    QLabel *m_headline;
    QPlainTextEdit *m_commands;
    PlanHarm *m_harm;
    QCheckBox *m_save;
    QPushButton *m_showCommands;
    QPushButton *m_back;
    QPushButton *m_cancel;
    QPushButton *m_apply;
    QPushButton *m_undo;
    QWidget *m_choices;
    QLabel *m_failure;
    QPushButton *m_rollBack;
    QFutureWatcher<QList<PlanModel::Part>> m_preparing;
    QList<Session *> m_sessions; // that are previewed
    QSet<Session *> m_running;
    QList<Session *> m_finished;
    QList<Session *> m_asking;
    QStringList m_endLines;
};

} // namespace portalbind
