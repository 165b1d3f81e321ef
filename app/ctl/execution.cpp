// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/execution.h"

#include "app/backends.h"
#include "app/ctl/commandline.h"
#include "app/ctl/listing.h"
#include "app/ctl/planobject.h"
#include "app/ctl/remoteaccess.h"
#include "app/ctl/verdicttext.h"
#include "model/rules.h"
#include "model/showntext.h"

namespace portalbind {
namespace {

Task<Result<JobResult>> inBackground(Worker *worker, std::function<Result<JobResult>(std::stop_token)> job)
{
    // The job itself obeys a stop request, so that it is never left behind half done.
    co_return co_await worker->run<JobResult>({}, std::move(job));
}

/// The object that an operation makes, where \a inventory shows it.
struct Created
{
    const Inventory &inventory;

    std::optional<AnyHandle> operator()(const CreatePortal &o) const { return found(o.portal); }
    std::optional<AnyHandle> operator()(const CreateGroup &o) const { return found(o.group); }
    std::optional<AnyHandle> operator()(const CreateNode &o) const { return found(o.node); }
    std::optional<AnyHandle> operator()(const CreateEndpoint &o) const { return found(o.endpoint); }
    template <class Other>
    std::optional<AnyHandle> operator()(const Other &) const
    {
        return std::nullopt;
    }

private:
    template <class H>
    std::optional<AnyHandle> found(H h) const
    {
        return inventory.has(h) ? std::optional<AnyHandle>(h) : std::nullopt;
    }
};

QStringList createdNames(const QList<Operation> &operations, const Inventory &inventory)
{
    QList<AnyHandle> handles;
    for (const Operation &operation : operations) {
        if (const auto created = std::visit(Created{inventory}, operation))
            handles += *created;
    }
    if (handles.isEmpty())
        return {};
    const ObjectNames names(inventory);
    QStringList all;
    for (const AnyHandle &h : handles)
        all += names.nameOf(h);
    return all;
}

} // namespace

Execution::Execution(Request request)
    : m_request(std::move(request))
    , m_out(m_request.json)
    , m_worker(QStringLiteral("files"))
{
    m_request.connect = typedAddress(m_request.connect);
}

Execution::~Execution()
{
    m_stop.request_stop();
}

void Execution::start()
{
    const Request &request = m_request;
    const std::stop_token stop = m_stop.get_token();
    switch (request.command) {
    case Command::Completion: {
        const QString script = QString::fromStdString(completionScript(request.kind.toStdString()));
        if (request.json)
            m_out.json({{QStringLiteral("shell"), request.kind}, {QStringLiteral("script"), script}});
        else
            m_out.text(script);
        return finish(ExitCode::Done);
    }
    case Command::WorkbookNew:
        return runJob([request, stop](const std::stop_token &) { return makeWorkbook(request, stop); });
    case Command::Import: {
        const auto url = backendUrl(request.connect);
        if (!url)
            return fail(url.error(), true);
        if (workbookPath(*url).isEmpty())
            return fail(Error{Error::Kind::BadInput,
                              tr("Files can be imported into workbooks only."),
                              url->toString(),
                              tr("Connect to a workbook: --connect workbook:PATH."),
                              {}},
                        true);
        return runJob([request, url = *url, stop](const std::stop_token &) {
            return importIntoWorkbook(request, url, stop);
        });
    }
    default:
        connectToServer();
    }
}

void Execution::connectToServer()
{
    if (m_request.connect.isEmpty())
        return fail(Error{Error::Kind::BadInput,
                          tr("No server is named."),
                          {},
                          tr("Say which: --connect wsmans://USER@HOST or --connect workbook:PATH."),
                          {}},
                    true);
    const auto remote = remoteSources(m_request);
    if (!remote)
        return fail(remote.error(), true);
    auto backend = openBackend(m_request.connect, *remote);
    if (!backend)
        return fail(backend.error(), true);
    m_session = std::make_unique<Session>(std::move(*backend));
    // One read, and what is done after it: a server that changes, or is lost, over and over would keep it reading.
    disconnect(m_session->backend(), &TargetBackend::changed, m_session.get(), nullptr);
    // Queued: what is done next may be a read or an apply, and the session is in the middle of one.
    connect(m_session.get(), &Session::stateChanged, this, &Execution::advance, Qt::QueuedConnection);
    connect(m_session.get(), &Session::applyStarted, this, &Execution::checkPlan);
    connect(m_session.get(), &Session::stepChanged, this, &Execution::stepChanged);
    connect(m_session.get(), &Session::applyFinished, this, &Execution::planFinished);
    m_phase = Phase::Reading;
    m_session->refresh();
}

void Execution::advance()
{
    if (m_session->isBusy())
        return;
    if (m_phase == Phase::Reading) {
        if (m_session->state() == Session::State::Live)
            work();
        else
            fail(m_session->error());
    } else if (m_phase == Phase::Staged) {
        m_phase = Phase::Applying;
        m_session->apply(OnFailure::Stop, m_saves);
    }
}

void Execution::work()
{
    const Inventory inventory(m_session->base());
    switch (m_request.command) {
    case Command::List:
        listObjects(m_request, inventory, m_out);
        return finish(ExitCode::Done);
    case Command::Show: {
        const auto shown = showObject(m_request, inventory, m_out);
        return shown ? finish(ExitCode::Done) : fail(shown.error(), true);
    }
    case Command::CanBind:
        return judgeOneBinding(inventory);
    case Command::Report: {
        m_phase = Phase::Idle;
        const ReportSource source{m_session->title(),
                                  m_session->backend()->url().toDisplayString(),
                                  QStringLiteral("Portalbind " PORTALBIND_VERSION),
                                  QDateTime::currentDateTimeUtc(),
                                  {}};
        return runJob([request = m_request, inventory, source, out = &m_out.device(), stop = m_stop.get_token()](
                              const std::stop_token &) { return makeReport(request, inventory, source, *out, stop); });
    }
    default:
        return change(inventory);
    }
}

void Execution::judgeOneBinding(const Inventory &inventory)
{
    const auto operations = operationsFor(m_request, ObjectNames(inventory), m_session->ids());
    if (!operations)
        return fail(operations.error(), true);
    const Verdict verdict = canDo(inventory, operations->value(0));
    if (m_request.json)
        m_out.json(verdictObject(verdict, inventory));
    else
        m_out.text(verdictText(verdict, inventory) + u'\n');
    finish(verdict.isRefused() ? ExitCode::Refused : ExitCode::Done);
}

void Execution::change(const Inventory &inventory)
{
    const auto operations = operationsFor(m_request, ObjectNames(inventory), m_session->ids());
    if (!operations)
        return fail(operations.error(), true);
    m_operations = *operations;
    const Judgement judgement = judgeUnattended(inventory, m_operations, m_request.force);
    if (judgement.isRefused)
        return refuse(judgement);
    if (!settleSaving(inventory))
        return;
    if (m_request.dryRun)
        return planWithoutApplying(inventory);
    m_session->stage(m_operations, m_request.name, m_request.force);
    if (m_session->plan().isEmpty())
        return nothingToDo(judgement);
    m_phase = Phase::Staged;
    advance();
}

bool Execution::settleSaving(const Inventory &inventory)
{
    const Saving saving = savingOf(inventory, m_operations);
    m_saves = saving.isPossible && m_request.save.value_or(saving.isUsual);
    if (m_saves || !m_request.save.value_or(false))
        return true;
    Judgement refusal;
    refusal.isRefused = true;
    refusal.before = inventory;
    SaveForReboot save;
    save.server = serverOf(m_operations.value(0), inventory.with(m_operations));
    Verdict verdict = canSave(inventory, save);
    if (!verdict.isRefused())
        return true; // there is nothing in it that could be kept
    refusal.verdicts += verdict;
    refuse(refusal);
    return false;
}

void Execution::planWithoutApplying(const Inventory &inventory)
{
    m_phase = Phase::Idle;
    const Plan plan = makePlan(inventory, m_operations, m_saves);
    const QUrl url = m_session->backend()->url();
    // What could be planned and not be done is no use to anybody: the answer is that of the real call.
    spawn<Result<JobResult>>(inBackground(&m_worker, [url](const std::stop_token &) { return checkWritable(url); }),
                             [this, plan](const Result<JobResult> &writable) {
                                 if (!writable && !plan.isEmpty())
                                     return fail(writable.error());
                                 showPlan(plan);
                             });
}

void Execution::refuse(const Judgement &judgement)
{
    const Verdict &verdict = judgement.verdicts.last();
    if (m_request.json)
        m_out.json(verdictObject(verdict, judgement.before));
    m_out.message(QLatin1String("portalbindctl: ") + verdictText(verdict, judgement.before));
    if (m_operations.size() > 1)
        m_out.message(tr("Nothing was changed."));
    finish(ExitCode::Refused);
}

void Execution::nothingToDo(const Judgement &judgement)
{
    const Inventory inventory(m_session->base());
    if (m_request.json)
        m_out.json(planObject(m_request, {}, nullptr, inventory, {}));
    for (const Verdict &verdict : judgement.verdicts)
        m_out.message(verdictText(verdict, inventory));
    m_out.message(tr("There is nothing to change."));
    finish(ExitCode::Done);
}

void Execution::showPlan(const Plan &plan)
{
    const Inventory inventory(m_session->base());
    if (m_request.json)
        m_out.json(planObject(m_request, plan, nullptr, inventory, {}));
    else if (plan.isEmpty())
        m_out.message(tr("There is nothing to change."));
    for (const Step &step : plan.steps) {
        if (!m_request.json)
            m_out.text(shownString(stepLine(step, StepState::Waiting).chopped(1)) + u'\n');
        for (const QString &line : harmLines(step, plan, inventory))
            m_out.message(line);
        if (!step.inverse.lossy.isEmpty())
            m_out.message(tr("Cannot be undone wholly: %1").arg(step.inverse.lossy));
    }
    tellPaths(plan);
    finish(ExitCode::Done);
}

void Execution::tellPaths(const Plan &plan)
{
    const Inventory after = Inventory(m_session->base()).with(m_operations);
    for (const PathHarm &harm : plan.paths)
        m_out.message(pathHarmText(harm, after));
}

void Execution::checkPlan()
{
    // The server was read once more. What changed meanwhile may turn all into a refusal, and nothing is sent by halves.
    const Inventory inventory(m_session->base());
    m_overtaken = judgeUnattended(inventory, m_operations, m_request.force);
    if (m_overtaken.isRefused)
        m_session->cancel();
}

void Execution::stepChanged(int step, const StepResult &result)
{
    if (result.state == StepState::Running || result.state == StepState::Waiting || m_overtaken.isRefused)
        return;
    const Plan &plan = m_session->runningPlan();
    if (!m_request.json)
        m_out.text(shownString(stepLine(plan.steps[step], result.state).chopped(1)) + u'\n');
    if (const QString trouble = stepTrouble(plan.steps[step], result); !trouble.isEmpty())
        m_out.message(QLatin1String("portalbindctl: ") + trouble);
    if (result.state == StepState::Done || result.state == StepState::Unknown) {
        for (const QString &line : harmLines(plan.steps[step], plan, Inventory(m_session->base())))
            m_out.message(line);
    }
}

void Execution::planFinished(const PlanOutcome &outcome)
{
    if (m_overtaken.isRefused)
        return refuse(m_overtaken);
    const Plan &plan = m_session->runningPlan();
    const bool untouched = outcome.doneCount() == 0 && !outcome.hasUnknown();
    if (untouched && m_cancelRequested) {
        m_cancelled = true;
        return fail(Error{Error::Kind::Cancelled, tr("Cancelled. Nothing was changed."), {}, {}, {}});
    }
    const Error &readError = m_session->error();
    const bool wasTried = std::any_of(outcome.results.begin(), outcome.results.end(),
                                      [](const StepResult &r) { return r.state != StepState::Skipped; });
    if (!wasTried && !readError.what.isEmpty())
        return fail(readError);

    const Inventory inventory(m_session->base());
    tellPaths(plan);
    const QStringList created = createdNames(plan.operations(), inventory);
    if (m_request.json)
        m_out.json(planObject(m_request, plan, &outcome, inventory, created));
    for (const QString &name : created)
        m_out.message(tr("Created %1.").arg(name));
    for (const QString &difference : outcome.differences)
        m_out.message(tr("Differs from what was wanted: %1").arg(difference));
    if (!outcome.verified && outcome.differences.isEmpty())
        m_out.message(
                tr("The server could not be read afterwards: what it shows is not known. %1").arg(readError.what));
    if (!outcome.isAllDone())
        m_out.message(tr("%1 of %2 changes were done.").arg(outcome.doneCount()).arg(outcome.results.size()));
    finish(exitCodeOf(outcome));
}

void Execution::runJob(std::function<Result<JobResult>(std::stop_token)> job)
{
    spawn<Result<JobResult>>(inBackground(&m_worker, std::move(job)),
                             [this](const Result<JobResult> &result) { jobDone(result); });
}

void Execution::jobDone(const Result<JobResult> &result)
{
    if (!result) // some options show to be wrong only when the file is read
        return fail(result.error(), result.error().where.startsWith(QLatin1String("--")));
    if (m_request.json)
        m_out.json(result->object);
    if (!result->text.isEmpty())
        m_out.message(result->text);
    finish(ExitCode::Done);
}

void Execution::cancel()
{
    m_cancelRequested = true;
    m_stop.request_stop();
    if (m_session)
        m_session->cancel();
}

void Execution::fail(const Error &error, bool isArgument)
{
    if (m_out.device().isClosed())
        return finish(ExitCode::Done); // nobody reads any more
    m_cancelled = m_cancelled || error.kind == Error::Kind::Cancelled;
    if (m_session)
        m_out.error(withCertificate(error, *m_session->backend()), certificateObject(error, *m_session->backend()));
    else
        m_out.error(error);
    finish(exitCodeOf(error, isArgument));
}

void Execution::finish(ExitCode code)
{
    if (m_phase == Phase::Finished)
        return;
    m_phase = Phase::Finished;
    // What was changed stays so although nobody could be told of it.
    if (!m_out.finish() && code == ExitCode::Done)
        code = m_session && !m_session->runningPlan().isEmpty() ? ExitCode::Unsettled : ExitCode::Failed;
    emit finished(int(code));
}

} // namespace portalbind
