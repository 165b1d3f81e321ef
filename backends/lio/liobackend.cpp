// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/liobackend.h"

#include "backends/lio/changerequests.h"
#include "backends/lio/helperlink.h"
#include "backends/lio/hostids.h"
#include "backends/lio/hostsnapshot.h"
#include "backends/lio/hoststatereader.h"
#include "backends/lio/liotext.h"
#include "model/rules.h"
#include "model/worker.h"

#include <algorithm>

namespace portalbind {

using namespace lio;

namespace {

constexpr int newsMilliseconds = 100; // several changes at once make one read
constexpr int firstRetry = 15'000, longestRetry = 300'000; // milliseconds
constexpr int lasting = 60'000; // milliseconds; a helper that ends before is not started anew at once

HelperRequest readRequest()
{
    HelperRequest read;
    read.verb = QStringLiteral("read");
    read.deadline = std::chrono::minutes(1);
    return read;
}

Error unknownOutcome(const Error &why)
{
    Error error = why;
    error.kind = Error::Kind::OutcomeUnknown;
    return error;
}

} // namespace

/// What outlives the backend while a coroutine is under way. Lives in the GUI thread.
class LioBackend::Core
{
public:
    Core(HostUrl host, Launcher launch, std::shared_ptr<IdTable> table, LioBackend *owner)
        : url(std::move(host))
        , launcher(std::move(launch))
        , ids(std::move(table))
        , backend(owner)
        , worker(std::make_shared<Worker>(QStringLiteral("lio")))
    {
    }

    /// The link, started if need be. The coroutine that uses it keeps it.
    [[nodiscard]] static Task<Result<std::shared_ptr<HelperLink>>> connected(std::shared_ptr<Core> core)
    {
        if (core->link)
            co_return core->link;
        std::function<Result<Launch>(std::stop_token)> job = [launch = core->launcher](const std::stop_token &) {
            return launch();
        };
        const Result<Launch> launch = co_await core->worker->run<Launch>({}, std::move(job));
        if (!launch)
            co_return tl::unexpected<Error>(launch.error());
        if (!core->link) { // another coroutine may have been quicker
            core->way = launch->way;
            core->link = std::make_shared<HelperLink>(*launch);
            if (core->backend) {
                connect(core->link.get(), &HelperLink::changed, core->backend, &LioBackend::heard);
                connect(core->link.get(), &HelperLink::lost, core->backend, &LioBackend::linkLost);
            }
        }
        co_return core->link;
    }

    [[nodiscard]] static Task<Result<HelperAnswer>> ask(std::shared_ptr<Core> core, HelperRequest request,
                                                        std::stop_token stop)
    {
        const Result<std::shared_ptr<HelperLink>> link = co_await connected(core);
        if (!link)
            co_return tl::unexpected<Error>(link.error());
        const std::shared_ptr<HelperLink> &held = *link;
        Result<HelperAnswer> answer = co_await held->call(std::move(request), std::move(stop));
        co_return answer;
    }

    [[nodiscard]] static Task<Result<Answer>> change(std::shared_ptr<Core> core, Operation operation,
                                                     std::stop_token stop);
    [[nodiscard]] static Task<Result<Answer>> makeEndpoint(std::shared_ptr<Core> core, CreateEndpoint operation,
                                                           std::stop_token stop);
    /// The helper ended and was not asked for anything; it is started again in \a seconds, 0: when a person wants it.
    [[nodiscard]] Error endedError(int seconds) const;
    void remember(PortalHandle portal);
    void forget(PortalHandle portal);

    const HostUrl url;
    const Launcher launcher;
    const std::shared_ptr<IdTable> ids;
    const QPointer<LioBackend> backend;
    const std::shared_ptr<Worker> worker; // parses; no job runs when the last of its keepers goes
    std::shared_ptr<HelperLink> link;
    Launch::Way way = Launch::Way::Direct;
    SnapshotPtr shown;
    QList<PortalAddress> remembered; ///< unbound over this connection: shown, so that it can be taken back
    bool wasLost =
            false; ///< the helper ended by itself, and it is not started anew before a while, or a person, says so
};

Error LioBackend::Core::endedError(int seconds) const
{
    if (seconds == 0)
        return {Error::Kind::Transport,
                Text::tr("The helper ended; it is started again when you want it."),
                url.title(),
                Text::tr("Retry: you may be asked for the right to do so."),
                {}};
    return {Error::Kind::Transport,
            Text::tr("The helper ended soon after it was started."),
            url.title(),
            Text::tr("It is started again in %n s, or now with Retry.", nullptr, seconds),
            {}};
}

void LioBackend::Core::remember(PortalHandle portal)
{
    const Snapshot::Row row = shown ? shown->row(portal) : Snapshot::none;
    if (row == Snapshot::none)
        return;
    const PortalAddress address = shown->portalAddress(row);
    if (!address.ip.isNull() && !remembered.contains(address))
        remembered.append(address);
}

void LioBackend::Core::forget(PortalHandle portal)
{
    const QByteArray id = ids->id(portal);
    remembered.removeIf([&](const PortalAddress &address) { return portalId(address) == id; });
}

LioBackend::LioBackend(const HostUrl &url, Launcher launcher)
    : TargetBackend(url.toUrl())
    , m_title(url.title())
{
    if (!launcher)
        launcher = [url] { return launchFor(url, LaunchSituation::now()); };
    m_core = std::make_shared<Core>(url, std::move(launcher), ids(), this);
    m_news.setSingleShot(true);
    connect(&m_news, &QTimer::timeout, this, &LioBackend::tell);
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &TargetBackend::changed);
}

LioBackend::~LioBackend() = default;

void LioBackend::setVisible(bool visible)
{
    m_isVisible = visible;
    if (!visible)
        m_retry.stop();
    else if (m_isRetryDue && !m_retry.isActive())
        m_retry.start(retryDelay());
}

void LioBackend::heard()
{
    // A host that changes all the time is read no more than half of the time.
    if (!m_news.isActive())
        m_news.start(int(std::clamp<qint64>(m_lastRead, newsMilliseconds, 10'000)));
}

/// What is heard during a read is told when that went well: where it fails, for the helper is lost, one that tells much
/// would be started over and over.
void LioBackend::tell()
{
    m_isNewsDue = m_loads > 0;
    if (!m_isNewsDue)
        emit changed();
}

void LioBackend::linkLost()
{
    // One that ends again and again is not started again and again: over SSH each start is a login.
    const bool hasLasted = m_good.isValid() && m_good.hasExpired(lasting);
    if (hasLasted)
        m_retries = 0;
    m_good.invalidate();
    m_news.stop();
    m_isNewsDue = false;
    m_endedSoon = !hasLasted && m_core->way != Launch::Way::Pkexec;
    m_core->wasLost = m_endedSoon || m_core->way == Launch::Way::Pkexec;
    emit changed();
}

int LioBackend::retryDelay() const
{
    return std::min(firstRetry << std::min(m_retries, 8), longestRetry);
}

void LioBackend::retryLater()
{
    m_isRetryDue = true;
    if (m_isVisible)
        m_retry.start(retryDelay());
    ++m_retries;
}

void LioBackend::loaded(const Result<SnapshotPtr> &result, const QStringList &notes, qint64 milliseconds)
{
    m_lastRead = milliseconds;
    m_retry.stop();
    m_isRetryDue = false;
    --m_loads;
    const bool isNewsDue = std::exchange(m_isNewsDue, false);
    if (!result) {
        const bool mayPass = result.error().kind == Error::Kind::Transport
                || result.error().kind == Error::Kind::Timeout;
        if (mayPass && m_good.isValid() && m_good.hasExpired(lasting))
            m_retries = 0;
        if (mayPass)
            m_good.invalidate();
        m_news.stop();
        if (mayPass && !m_core->url.isLocal())
            retryLater();
        return;
    }
    if (!m_good.isValid() && !m_core->wasLost)
        m_good.start();
    if (isNewsDue)
        heard();
    if (notes != m_notes) {
        m_notes = notes;
        emit notesChanged();
    }
}

void LioBackend::startedAgainLater()
{
    --m_loads;
    if (std::exchange(m_endedSoon, false))
        retryLater();
}

Task<Result<SnapshotPtr>> LioBackend::load(Sink, std::stop_token stop)
{
    ++m_loads;
    return loadWith(m_core, this, std::move(stop)); // one answer brings everything: nothing grows
}

Task<Result<SnapshotPtr>> LioBackend::loadWith(std::shared_ptr<Core> core, QPointer<LioBackend> self,
                                               std::stop_token stop)
{
    QElapsedTimer timer;
    timer.start();
    if (std::exchange(core->wasLost, false)) {
        const bool isSoon = self && self->m_endedSoon;
        const Error ended = core->endedError(isSoon ? self->retryDelay() / 1000 : 0);
        if (self)
            self->startedAgainLater();
        co_return tl::unexpected<Error>(ended);
    }
    HelperRequest read = readRequest(); // by name: GCC 12 destroys temporaries of an awaited call twice
    const Result<HelperAnswer> answer = co_await Core::ask(core, read, stop);
    Result<SnapshotPtr> result = tl::unexpected<Error>(answer ? Error() : answer.error());
    QStringList notes;
    if (answer) {
        const QString host = core->url.title();
        const QString address = core->url.isLocal() ? QString() : host;
        std::function<Result<HostView>(std::stop_token)> job =
                [host, address, given = *answer, remembered = core->remembered,
                 table = core->ids](const std::stop_token &) -> Result<HostView> {
            if (given.isRefused) // nothing is there to be refused
                return failure(Error::Kind::Server, Text::tr("The helper refuses to read."), {},
                               Text::tr("Install the same version of Portalbind on both hosts."),
                               refusalText(given.body));
            const Result<HostState> state = readHostState(given.body);
            if (!state)
                return tl::unexpected<Error>(state.error());
            return showHost(*state, *given.greeting, host, address, remembered, table);
        };
        // To its end: a worker that is still at it must not be waited for.
        const Result<HostView> view = co_await core->worker->run<HostView>({}, std::move(job));
        if (view) {
            core->shown = view->snapshot;
            notes = view->notes;
            result = view->snapshot;
        } else {
            result = tl::unexpected<Error>(view.error());
        }
        if (stop.stop_requested())
            result = failure(Error::Kind::Cancelled, Text::tr("Cancelled."));
    }
    if (self)
        self->loaded(result, notes, timer.elapsed());
    co_return result;
}

Task<Result<Answer>> LioBackend::execute(Operation operation, std::stop_token stop)
{
    return executeWith(m_core, std::move(operation), std::move(stop));
}

Task<Result<Answer>> LioBackend::executeWith(std::shared_ptr<Core> core, Operation operation, std::stop_token stop)
{
    if (const auto *creation = std::get_if<CreateEndpoint>(&operation)) {
        Result<Answer> made = co_await Core::makeEndpoint(core, *creation, stop);
        co_return made;
    }
    Result<Answer> done = co_await Core::change(core, operation, stop);
    if (!done || done->code != 0)
        co_return done;
    if (const auto *unbind = std::get_if<Unbind>(&operation))
        core->remember(unbind->portal);
    else if (const auto *deletion = std::get_if<DeletePortal>(&operation))
        core->forget(deletion->portal);
    co_return done;
}

Task<Result<Answer>> LioBackend::Core::change(std::shared_ptr<Core> core, Operation operation, std::stop_token stop)
{
    const Change change = changeOf(operation, core->shown.get(), *core->ids);
    if (change.refusal)
        co_return *change.refusal;
    std::optional<Answer> first;
    for (const HelperRequest &request : change.requests) {
        const std::stop_token beforeTheFirst = first ? std::stop_token() : stop;
        const Result<HelperAnswer> answer = co_await ask(core, request, beforeTheFirst);
        if (!answer && first)
            co_return tl::unexpected<Error>(unknownOutcome(answer.error())); // part of it is done
        if (!answer)
            co_return tl::unexpected<Error>(answer.error());
        if (!first)
            first = answerTo(operation, request, *answer, *core->ids);
        if (first->code != 0)
            break;
    }
    co_return *first;
}

/// One TPG with its portals, as a server does it: all of it or nothing. Plans take these steps one by one; this is for
/// whoever does not.
Task<Result<Answer>> LioBackend::Core::makeEndpoint(std::shared_ptr<Core> core, CreateEndpoint operation,
                                                    std::stop_token stop)
{
    const Operation bare = operation;
    Result<Answer> made = co_await change(core, bare, stop);
    if (!made || made->code != 0)
        co_return made;
    QList<HelperRequest> back{removalOf(made->createdId)};
    const QList<Completion> more = completionOf(operation, made->createdId, *core->ids);
    for (const Completion &step : more) {
        const Result<HelperAnswer> done = co_await ask(core, step.request, {});
        if (!done)
            co_return tl::unexpected<Error>(unknownOutcome(done.error()));
        if (!done->isRefused) {
            if (step.back)
                back.prepend(*step.back);
            continue;
        }
        for (const HelperRequest &undo : std::as_const(back)) {
            const Result<HelperAnswer> undone = co_await ask(core, undo, {});
            if (!undone || undone->isRefused) {
                const Error half{Error::Kind::OutcomeUnknown,
                                 Text::tr("The TPG was made, not all that belongs to it, and it could not be removed."),
                                 {},
                                 Text::tr("Refresh to see what holds."),
                                 refusalText(done->body)};
                co_return tl::unexpected<Error>(half);
            }
        }
        co_return answerTo(Operation(operation), step.request, *done, *core->ids);
    }
    co_return made;
}

} // namespace portalbind
