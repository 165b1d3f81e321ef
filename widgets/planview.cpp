// SPDX-License-Identifier: Apache-2.0
#include "widgets/planview.h"

#include "model/wording.h"
#include "widgets/icons.h"
#include "widgets/plancommands.h"
#include "widgets/planharm.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTreeView>
#include <QtConcurrentRun>

namespace portalbind {

namespace {

constexpr qsizetype mostServersNamed = 3;

QPushButton *button(const QString &text, const QString &iconName, QWidget *parent)
{
    auto *made = new QPushButton(text, parent);
    if (!iconName.isEmpty())
        made->setIcon(icon(iconName));
    return made;
}

QList<PlanModel::Part> worked(QList<PlanModel::Part> parts, const QList<QList<Operation>> &operations,
                              const QList<QUrl> &urls, std::optional<bool> saves)
{
    for (qsizetype i = 0; i < parts.size(); ++i) {
        parts[i].saving = savingOf(parts.at(i).inventory, operations.at(i));
        parts[i].saves = parts.at(i).saving.isPossible && saves.value_or(parts.at(i).saving.isUsual);
        parts[i].plan = makePlan(parts.at(i).inventory, operations.at(i), parts.at(i).saves);
        // What the plan deletes is known before it, what it creates after it.
        QList<Operation> creations;
        for (const Operation &operation : operations.at(i)) {
            if (isCreation(operation))
                creations.append(operation);
        }
        parts[i].inventory = parts.at(i).inventory.with(std::span(creations.constData(), size_t(creations.size())));
        parts[i].commands = planCommands(parts.at(i).plan, parts.at(i).inventory, urls.at(i));
    }
    return parts;
}

/// The servers that a plan changes, by name; the connection when they are many or none.
QString serverNames(const PlanModel::Part &part)
{
    QStringList names;
    for (const Step &step : part.plan.steps) {
        const QString name = serverText(part.inventory, step.server);
        if (!names.contains(name))
            names += name;
        if (names.size() > mostServersNamed)
            break;
    }
    return names.isEmpty() || names.size() > mostServersNamed ? part.session->title() : names.join(QLatin1String(", "));
}

} // namespace

PlanView::PlanView(QWidget *parent)
    : QWidget(parent)
    , m_model(new PlanModel(this))
    , m_steps(new QTreeView(this))
    , m_headline(new QLabel(this))
    , m_commands(new QPlainTextEdit(this))
    , m_harm(new PlanHarm(this))
    , m_save(new QCheckBox(tr("Save for reboot"), this))
    , m_showCommands(button(tr("Show as commands"), {}, this))
    , m_back(button(tr("Back to the changes"), {}, this))
    , m_cancel(button(tr("Stop after this step"), QStringLiteral("discard"), this))
    , m_apply(button({}, QStringLiteral("apply"), this))
    , m_undo(button(tr("Undo"), QStringLiteral("undo"), this))
    , m_choices(new QWidget(this))
    , m_failure(new QLabel(m_choices))
    , m_rollBack(button(tr("Roll back"), QStringLiteral("undo"), m_choices))
{
    makeSteps();
    makeChoices();
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_showCommands);
    buttons->addWidget(m_save);
    buttons->addStretch();
    buttons->addWidget(m_back);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_undo);
    buttons->addWidget(m_apply);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(6, 4, 6, 6);
    all->addWidget(m_headline);
    all->addWidget(m_steps, 1);
    all->addWidget(m_commands, 1);
    all->addWidget(m_harm);
    all->addWidget(m_choices);
    all->addLayout(buttons);

    connect(m_save, &QCheckBox::clicked, this, [this](bool saves) { prepare(saves); });
    connect(m_harm, &PlanHarm::settled, this, [this] {
        updateButtons();
        m_apply->setFocus();
    });
    connect(m_showCommands, &QPushButton::toggled, this, &PlanView::showCommands);
    connect(m_back, &QPushButton::clicked, this, [this] {
        abandon();
        emit back();
    });
    connect(m_apply, &QPushButton::clicked, this, &PlanView::apply);
    connect(m_undo, &QPushButton::clicked, this, &PlanView::undoApplied);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        for (Session *session : std::as_const(m_running))
            session->cancel();
    });
    connect(&m_preparing, &QFutureWatcherBase::finished, this, [this] { show(m_preparing.result()); });
    updateButtons();
}

void PlanView::makeSteps()
{
    m_headline->setObjectName(QStringLiteral("planHeadline"));
    m_headline->setTextFormat(Qt::PlainText);
    m_headline->setWordWrap(true);
    m_apply->setObjectName(QStringLiteral("applyPlan"));
    m_back->setObjectName(QStringLiteral("leavePlan"));
    m_steps->setObjectName(QStringLiteral("planSteps"));
    m_steps->setModel(m_model);
    m_steps->setUniformRowHeights(true);
    m_steps->setRootIsDecorated(false);
    m_steps->setAlternatingRowColors(true);
    m_steps->setAccessibleName(tr("Steps of the plan"));
    constexpr int leastLines = 6; // a move that is saved, under its header, whatever stands below
    m_steps->setMinimumHeight(fontMetrics().lineSpacing() * leastLines);
    m_steps->header()->setStretchLastSection(false);
    m_steps->header()->setSectionResizeMode(PlanModel::What, QHeaderView::Stretch);
    m_steps->setColumnWidth(PlanModel::Number, fontMetrics().averageCharWidth() * 7);
    m_steps->setColumnWidth(PlanModel::HarmColumn, fontMetrics().averageCharWidth() * 38);
    m_steps->setColumnWidth(PlanModel::DecisionColumn, fontMetrics().averageCharWidth() * 18);
    m_steps->setColumnWidth(PlanModel::State, fontMetrics().averageCharWidth() * 22);
    m_commands->setReadOnly(true);
    m_commands->setTabChangesFocus(true);
    m_commands->setAccessibleName(tr("The plan as commands of portalbindctl"));
    m_commands->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_commands->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_commands->hide();
    m_save->setObjectName(QStringLiteral("planSave"));
    m_showCommands->setCheckable(true);
    m_showCommands->setToolTip(tr("What does the same from a shell or a script"));
    m_cancel->setToolTip(tr("The step that runs is waited for; no other one is sent"));
    m_undo->setToolTip(tr("Collects the changes that take this back; nothing is sent before you apply them"));
}

void PlanView::makeChoices()
{
    m_failure->setWordWrap(true);
    m_failure->setTextFormat(Qt::PlainText);
    auto *stop = button(tr("Stop"), QStringLiteral("discard"), m_choices);
    auto *goOn = button(tr("Go on"), QStringLiteral("apply"), m_choices);
    stop->setObjectName(QStringLiteral("failureStop"));
    goOn->setObjectName(QStringLiteral("failureGoOn"));
    m_rollBack->setObjectName(QStringLiteral("failureRollBack"));
    stop->setToolTip(tr("Send no more steps; what is done stays done"));
    goOn->setToolTip(tr("Leave this step out and send the next one"));
    m_rollBack->setToolTip(tr("Take back what is done already"));
    auto *choices = new QHBoxLayout(m_choices);
    choices->setContentsMargins(0, 0, 0, 0);
    choices->addWidget(m_failure, 1);
    choices->addWidget(stop);
    choices->addWidget(goOn);
    choices->addWidget(m_rollBack);
    m_choices->setAccessibleName(tr("A step failed: what now?"));
    connect(stop, &QPushButton::clicked, this, [this] { resolve(OnFailure::Stop); });
    connect(goOn, &QPushButton::clicked, this, [this] { resolve(OnFailure::Continue); });
    connect(m_rollBack, &QPushButton::clicked, this, [this] { resolve(OnFailure::RollBack); });
}

PlanView::~PlanView()
{
    m_preparing.disconnect(this);
    m_preparing.waitForFinished();
}

QString PlanView::headline() const
{
    return m_headline->text();
}

void PlanView::preview(const QList<Session *> &sessions)
{
    m_sessions = sessions;
    prepare(std::nullopt);
}

void PlanView::prepare(std::optional<bool> saves)
{
    QList<PlanModel::Part> parts;
    QList<QList<Operation>> operations;
    QList<QUrl> urls;
    for (Session *session : std::as_const(m_sessions)) {
        if (session->pending().isEmpty())
            continue;
        parts.append({session, {}, Inventory(session->base()), {}, {}});
        operations.append(session->pendingOperations());
        urls.append(session->backend()->url());
    }
    m_stage = Stage::Preparing;
    m_finished.clear();
    m_endLines.clear();
    m_model->setParts({});
    m_headline->setText(tr("Working out the plan…"));
    updateButtons();
    m_preparing.setFuture(QtConcurrent::run(worked, std::move(parts), std::move(operations), std::move(urls), saves));
}

void PlanView::show(const QList<PlanModel::Part> &parts)
{
    if (m_stage != Stage::Preparing)
        return;
    m_stage = Stage::Preview;
    m_model->setParts(parts);
    m_harm->show(parts);
    showSaving(parts);
    const int steps = m_model->stepCount();
    QStringList titles;
    for (const PlanModel::Part &part : parts)
        titles += serverNames(part);
    m_headline->setText(
            steps == 0 ? tr("The pending changes cancel each other out: there is nothing to send.")
                       : tr("%n step(s) on %1, in this order", nullptr, steps).arg(titles.join(QLatin1String(", "))));
    showCommands(m_showCommands->isChecked());
    updateButtons();
    if (std::exchange(m_applyWhenReady, false))
        apply();
    else if (m_apply->isEnabled())
        m_apply->setFocus();
}

void PlanView::applyWhenReady()
{
    m_applyWhenReady = m_stage == Stage::Preparing;
}

void PlanView::abandon()
{
    if (!isPreview())
        return;
    m_stage = Stage::Finished;
    m_applyWhenReady = false;
    updateButtons();
}

void PlanView::apply()
{
    if (m_stage != Stage::Preview || m_model->stepCount() == 0 || !m_harm->isSettled())
        return;
    m_stage = Stage::Running;
    m_headline->setText(tr("Reading the server once more before anything is sent…"));
    for (const PlanModel::Part &part : m_model->parts())
        m_running.insert(part.session);
    const QSet<Session *> sessions = m_running;
    updateButtons();
    for (Session *session : sessions) {
        watch(session);
        begin(session);
    }
}

void PlanView::begin(Session *session)
{
    if (!m_running.contains(session)) // closed while it was waited for
        return;
    if (session->isBusy()) { // it is being read just now
        connect(
                session, &Session::stateChanged, this, [this, session] { begin(session); },
                Qt::ConnectionType(Qt::QueuedConnection | Qt::SingleShotConnection));
        return;
    }
    bool saves = false;
    for (const PlanModel::Part &part : m_model->parts())
        saves = saves || (part.session == session && part.saves);
    session->apply(OnFailure::Ask, saves);
    if (session->state() != Session::State::Applying)
        finished(session, {}); // nothing is pending any more
}

void PlanView::watch(Session *session)
{
    session->disconnect(this);
    connect(session, &Session::applyStarted, this, [this, session](const Plan &plan) { started(session, plan); });
    connect(session, &Session::stepChanged, this, [this, session](int step, const StepResult &result) {
        m_model->setResult(session, step, result);
        m_steps->scrollTo(m_model->stepIndex(session, step));
    });
    connect(session, &Session::stepFailed, this,
            [this, session](int step, const StepResult &result) { stepFailed(session, step, result); });
    connect(session, &Session::applyFinished, this,
            [this, session](const PlanOutcome &outcome) { finished(session, outcome); });
}

void PlanView::started(Session *session, const Plan &plan)
{
    m_model->setPlan(session, plan);
    m_headline->setText(tr("Applying %n step(s)…", nullptr, m_model->stepCount()));
}

void PlanView::stepFailed(Session *session, int step, const StepResult &result)
{
    m_model->setResult(session, step, result);
    const QModelIndex at = m_model->stepIndex(session, step);
    m_steps->setFirstColumnSpanned(0, at, true);
    m_steps->expand(at);
    m_steps->setCurrentIndex(at);
    m_asking.append(session);
    m_failure->setText(tr("Step %1 on %2 %3. %4")
                               .arg(QString::number(at.row() + 1), session->title(), stateText(result.state),
                                    failureText(result)));
    updateButtons();
    m_choices->findChild<QPushButton *>(QStringLiteral("failureStop"))->setFocus();
}

void PlanView::resolve(OnFailure choice)
{
    const QList<Session *> asking = std::exchange(m_asking, {});
    updateButtons();
    for (Session *session : asking)
        session->resolveFailure(choice);
}

void PlanView::finished(Session *session, const PlanOutcome &outcome)
{
    if (!m_running.remove(session))
        return;
    m_asking.removeAll(session);
    m_model->setOutcome(session, outcome);
    QString server = session->title();
    for (const PlanModel::Part &part : m_model->parts()) {
        if (part.session == session)
            server = serverNames(part);
    }
    for (int step = 0; step < outcome.results.size(); ++step) {
        const QModelIndex at = m_model->stepIndex(session, step);
        if (m_model->rowCount(at) > 0) {
            m_steps->setFirstColumnSpanned(0, at, true);
            m_steps->expand(at);
        }
    }
    const int all = int(outcome.results.size());
    QString line;
    if (all == 0)
        line = tr("Nothing was sent to %1. %2").arg(server, session->error().what);
    else if (outcome.isAllDone() && outcome.verified)
        line = tr("%1 of %2 done and seen on %3");
    else if (outcome.isAllDone())
        line = tr("%1 of %2 done on %3, but not all of it was seen there afterwards");
    else if (outcome.hasUnknown())
        line = tr("%1 of %2 done on %3; of some it is not known. Refresh to see what holds");
    else
        line = tr("%1 of %2 done on %3; the rest stays among the pending changes");
    if (all > 0)
        line = line.arg(outcome.doneCount()).arg(all).arg(server);
    if (!outcome.differences.isEmpty())
        line += QLatin1String(". ") + outcome.differences.join(QLatin1String("; "));
    m_endLines += line;
    if (outcome.doneCount() > 0)
        m_finished.append(session);
    if (m_running.isEmpty()) {
        m_stage = Stage::Finished;
        m_headline->setText(m_endLines.join(QLatin1Char('\n')));
        emit told(m_endLines.join(QLatin1String("; ")));
    }
    updateButtons();
    if (m_stage == Stage::Finished)
        m_back->setFocus();
}

void PlanView::undoApplied()
{
    for (Session *session : std::exchange(m_finished, {})) {
        if (session->undoStack()->canUndo())
            session->undoStack()->undo();
    }
    emit back();
}

void PlanView::showSaving(const QList<PlanModel::Part> &parts)
{
    bool isPossible = false;
    bool saves = false;
    QStringList tips;
    for (const PlanModel::Part &part : parts) {
        isPossible = isPossible || part.saving.isPossible;
        saves = saves || part.saves;
        for (const ServerHandle server : part.inventory.servers()) {
            const SavedState saved = part.inventory.server(server).saved;
            if (part.inventory.capabilities(server).savesForReboot)
                tips += saved.whyNot.isEmpty()
                        ? tr("Keeps what this plan touches, and nothing else, in %1 of %2. %3")
                                  .arg(saved.path, part.inventory.server(server).name, saved.warning)
                                  .trimmed()
                        : saved.whyNot;
        }
    }
    m_save->setVisible(isPossible);
    m_save->setChecked(saves);
    m_save->setToolTip(tips.join(QLatin1Char('\n')));
}

void PlanView::forget(Session *session)
{
    session->disconnect(this);
    m_sessions.removeAll(session);
    m_running.remove(session);
    m_asking.removeAll(session);
    m_finished.removeAll(session);
    if (m_stage == Stage::Preparing) {
        abandon();
        emit back();
    }
    m_model->forget(session);
    if (m_stage == Stage::Running && m_running.isEmpty())
        m_stage = Stage::Finished;
    updateButtons();
}

void PlanView::showCommands(bool shown)
{
    if (shown) {
        QStringList lines;
        for (const PlanModel::Part &part : m_model->parts())
            lines += part.commands;
        m_commands->setPlainText(lines.join(QLatin1Char('\n')));
    }
    m_commands->setVisible(shown);
    m_steps->setVisible(!shown);
}

void PlanView::updateButtons()
{
    const int steps = m_model->stepCount();
    m_apply->setVisible(m_stage == Stage::Preview || m_stage == Stage::Preparing);
    m_apply->setEnabled(m_stage == Stage::Preview && steps > 0 && m_harm->isSettled());
    m_apply->setToolTip(m_harm->isSettled() ? QString() : tr("Type the name of the target that is cut off first"));
    m_save->setEnabled(m_stage == Stage::Preview);
    m_apply->setText(steps > 0 ? tr("Apply %n change(s)", nullptr, steps) : tr("Apply"));
    m_back->setVisible(m_stage != Stage::Running);
    m_cancel->setVisible(m_stage == Stage::Running && m_asking.isEmpty());
    m_undo->setVisible(m_stage == Stage::Finished && !m_finished.isEmpty());
    m_choices->setVisible(!m_asking.isEmpty());
    bool anyDone = false;
    for (const PlanModel::Part &part : m_model->parts()) {
        for (const StepResult &result : part.results)
            anyDone = anyDone || result.state == StepState::Done;
    }
    m_rollBack->setEnabled(anyDone);
}

} // namespace portalbind
