// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/reader.h"

#include "backends/cim/associationsbyends.h"
#include "backends/cim/pool.h"
#include "backends/cim/serversof.h"
#include "backends/cim/together.h"

#include <QCoreApplication>
#include <QElapsedTimer>

#include <algorithm>
#include <atomic>

namespace portalbind::cim {
namespace {

using Sink = std::function<void(SnapshotPtr)>;

QString tr(const char *text)
{
    return QCoreApplication::translate("CimBackend", text);
}

/// Makes growing snapshots out of an intake, in the parser thread that brought an answer.
class Growth
{
public:
    Growth(std::weak_ptr<Sink> sink, JoinContext context)
        : m_sink(std::move(sink))
        , m_context(std::move(context))
    {
        m_since.start();
    }

    /// Before, servers and what they can do are not known yet.
    void begin() { m_begun = true; }

    void grown(const Intake &intake)
    {
        if (!m_begun || m_busy.exchange(true))
            return;
        if (m_since.elapsed() < m_pause) {
            m_busy = false;
            return;
        }
        QElapsedTimer cost;
        cost.start();
        auto soFar = intake.locked(
                [this](const Tables &tables, const Paths &) { return join(tables, m_context, false, nullptr); });
        // All that is there is joined anew each time: the pauses grow with what it costs.
        m_pause = std::max<qint64>(shortestPause, 20 * cost.elapsed());
        m_since.start();
        m_busy = false;
        QMetaObject::invokeMethod(QCoreApplication::instance(), [sink = m_sink, soFar = std::move(soFar)] {
            if (const auto alive = sink.lock())
                (*alive)(soFar);
        });
    }

private:
    static constexpr qint64 shortestPause = 300; // milliseconds

    std::weak_ptr<Sink> m_sink; // of whoever still waits
    JoinContext m_context;
    std::atomic<bool> m_begun{false};
    std::atomic<bool> m_busy{false}; // whoever set it has the two below
    qint64 m_pause = 0; // the first rows at once
    QElapsedTimer m_since;
};

/// A load at work. Lives in the GUI thread; the coroutines below share it.
struct Load
{
    std::shared_ptr<CimConnection> connection;
    ServerForm form;
    std::shared_ptr<Intake> intake = std::make_shared<Intake>();
    std::shared_ptr<Growth> growth;
    std::stop_source stop; ///< of the enumerations: a failed one ends the others
    std::optional<Error> failed;
    QStringList notes;
    std::vector<std::pair<Source, Error>> notEnumerated; ///< associations to be read by their ends
    int preparing = 0; ///< enumerations still to end before snapshots may grow
    bool groupsRead = true, portsOfNodesRead = true;

    [[nodiscard]] Family familyOf(Source source) const
    {
        return isNative(source) ? Family::WindowsNative : form.family;
    }
    [[nodiscard]] QString namespaceOf(Source source) const
    {
        return isNative(source) ? nativeNamespace() : form.smisNamespace;
    }
};

/// Without which nothing true can be shown.
bool isNeeded(Source source)
{
    switch (source) {
    case Source::Node:
    case Source::Endpoint:
    case Source::Tcp:
    case Source::Ip:
    case Source::BindsTo:
    case Source::WtPortal:
    case Source::WtHost:
        return true;
    default:
        return false;
    }
}

/// Known before the first rows are shown: whose they are and what can be done with them.
bool isPreparation(Source source)
{
    return source == Source::System || source == Source::Service || source == Source::ServiceCapabilities
            || source == Source::WtGeneral;
}

/// What could not be read, and what that means for the rest.
void readingFailed(Load &load, Source source, const Error &error)
{
    if (source == Source::Collection || source == Source::Member)
        load.groupsRead = false;
    if (source == Source::NodeOfPort)
        load.portsOfNodesRead = false;
    const bool isMissing = error.kind == Error::Kind::NoSuchObject;
    const bool isRefused = error.kind == Error::Kind::Server || error.kind == Error::Kind::Rights;
    if (isMissing ? source != Source::Endpoint && source != Source::WtPortal : isRefused && !isNeeded(source)) {
        if (isRefused)
            load.notes.append(tr("%1 could not be read: %2").arg(classOf(source, load.familyOf(source)), error.what));
        return;
    }
    if (!load.failed)
        load.failed = error;
    load.stop.request_stop();
}

Task<bool> enumerateOne(std::shared_ptr<Load> load, Source source)
{
    const auto what = query(source, load->familyOf(source), load->namespaceOf(source));
    const Result<> done = co_await load->connection->enumerate(what, load->intake->handler(source),
                                                               load->stop.get_token());
    if (!done && done.error().kind == Error::Kind::Server && canReadByEnds(source))
        load->notEnumerated.emplace_back(source, done.error());
    else if (!done)
        readingFailed(*load, source, done.error());
    if (isPreparation(source) && --load->preparing == 0)
        load->growth->begin();
    co_return bool(done);
}

std::vector<Source> smisSources()
{
    return {Source::System,     Source::Service,  Source::ServiceCapabilities,
            Source::Tcp,        Source::BindsTo,  Source::Ip,
            Source::Node,       Source::Endpoint, Source::NodeOfPort,
            Source::Collection, Source::Member,   Source::HostedCollection,
            Source::SystemPart, Source::Session,  Source::Connection,
            Source::PipeEnd,    Source::PipePart, Source::Nic,
            Source::NicOfPoint};
}

Task<bool> enumerateAll(std::shared_ptr<Load> load, std::vector<Source> sources)
{
    std::vector<Together::Start> starts;
    for (const bool preparing : {true, false}) {
        for (const Source source : sources) {
            if (isPreparation(source) != preparing)
                continue;
            if (load->namespaceOf(source).isEmpty() || classOf(source, load->familyOf(source)).isEmpty()) {
                if (source == Source::Collection)
                    load->groupsRead = false;
                continue;
            }
            load->preparing += preparing ? 1 : 0;
            starts.emplace_back([load, source] { return enumerateOne(load, source); });
        }
    }
    // After a failure the rest is started only to be turned down at once.
    std::function<int()> limit = [load] { return load->failed ? 1 : load->connection->operationLimit(); };
    Together all(std::move(starts), std::move(limit));
    co_await all;
    co_return !load->failed;
}

/// What only some servers make necessary.
std::vector<Source> lateSources(const Intake &intake)
{
    return intake.locked([](const Tables &tables, const Paths &) {
        std::vector<Source> late;
        if (tables.serviceCapabilities.rows.size() > 1)
            late.push_back(Source::CapabilitiesOf);
        if (tables.services.rows.size() > 1 && ServersOf(tables).hasStrays())
            late.push_back(Source::HostedPoint);
        return late;
    });
}

/// What some servers do not enumerate.
Task<bool> askByEnds(std::shared_ptr<Load> load)
{
    const auto sources = std::exchange(load->notEnumerated, {});
    for (const auto &[source, why] : sources) {
        const Result<> done = co_await readByEnds(load->connection, load->intake, source, load->form.family,
                                                  load->stop.get_token());
        if (!done) // the first reason is the better one, unless the connection is at fault
            readingFailed(*load, source, done.error().kind == Error::Kind::Server ? why : done.error());
    }
    co_return !load->failed;
}

struct StopToo
{
    std::stop_source source;
    void operator()() const { source.request_stop(); }
};

} // namespace

Task<Result<Reading>> readServer(std::shared_ptr<CimConnection> connection, ServerForm form, JoinContext context,
                                 std::function<void(SnapshotPtr)> sink, std::stop_token stop)
{
    const auto load = std::make_shared<Load>();
    load->connection = std::move(connection);
    load->form = std::move(form);
    context.isWindows = load->form.family == Family::WindowsSmis;
    context.hasNative = load->form.native;
    context.groupsRead = !load->form.smisNamespace.isEmpty() && !context.isWindows;
    const auto waiting = std::make_shared<Sink>(std::move(sink));
    load->growth = std::make_shared<Growth>(waiting, context);
    load->intake->setLimits({}, [enumerations = load->stop]() mutable { enumerations.request_stop(); });
    load->intake->setGrown([growth = load->growth, intake = load->intake.get()] { growth->grown(*intake); });
    const std::stop_callback<StopToo> chained(stop, StopToo{load->stop});

    std::vector<Source> sources = smisSources();
    if (load->form.native)
        sources.insert(sources.end(), {Source::WtGeneral, Source::WtPortal, Source::WtHost, Source::WtSession});
    bool all = co_await enumerateAll(load, std::move(sources));
    if (all)
        all = co_await askByEnds(load);
    if (all) {
        std::function<std::vector<Source>()> choose = [intake = load->intake] { return lateSources(*intake); };
        std::vector<Source> late = co_await runOnPool<std::vector<Source>>(std::move(choose));
        if (!late.empty())
            all = co_await enumerateAll(load, std::move(late));
    }
    if (stop.stop_requested())
        co_return failure(Error::Kind::Cancelled, tr("Cancelled."));
    if (const QString excess = load->intake->excess(context.host); !excess.isEmpty())
        co_return failure(Error::Kind::Server, excess, {},
                          tr("A server with so much is more than can be held here; look at what it lists."));
    if (!all)
        co_return tl::unexpected<Error>(*load->failed);

    context.groupsRead = load->groupsRead;
    context.portsOfNodesRead = load->portsOfNodesRead;
    const auto catalogue = std::make_shared<Catalogue>();
    catalogue->notes = load->form.notes + load->notes;
    std::function<SnapshotPtr()> work = [load, context, catalogue] {
        return load->intake->locked(
                [&](const Tables &tables, const Paths &) { return join(tables, context, true, catalogue.get()); });
    };
    Reading reading;
    reading.snapshot = co_await runOnPool<SnapshotPtr>(std::move(work));
    reading.catalogue = catalogue;
    reading.paths = std::make_shared<const Paths>(load->intake->takePaths());
    if (stop.stop_requested())
        co_return failure(Error::Kind::Cancelled, tr("Cancelled."));
    co_return reading;
}

} // namespace portalbind::cim
