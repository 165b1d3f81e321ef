// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/workbookbackend.h"

#include "backends/workbook/scriptedworkbook.h"
#include "backends/workbook/workbooktext.h"
#include "model/worker.h"

#include <QFileInfo>
#include <QPointer>
#include <QTimer>
#include <QUrlQuery>

#include <atomic>

namespace portalbind {

namespace {

constexpr int pollMilliseconds = 400;

} // namespace

/// What outlives the backend while a coroutine is under way. Made and destroyed in the GUI thread; the workbook is used
/// by the worker only.
class WorkbookBackend::Core
{
public:
    Core(const QString &path, const QString &scenario, WorkbookBackend *backend)
        : m_workbook(path, scenario)
        , m_backend(backend)
        , m_worker(QStringLiteral("workbook"))
    {
        m_worker.post([this] { watch(); });
    }

    /// As a deleter. Nothing may wait for a disk in the GUI thread: the worker closes the file in its own time, and is
    /// joined when there is nothing left that it could wait for. Without an event loop nobody would hear of that.
    static void dispose(Core *core)
    {
        if (core->m_jobs == 0 && QThread::currentThread()->loopLevel() == 0)
            delete core;
        else
            spawn<bool>(end(core), [](bool) {}); // which the end of the program waits for
    }

    /// Something to do with the workbook, in the worker's thread. Whoever awaits it must keep this core.
    template <class R>
    [[nodiscard]] std::function<Result<R>(std::stop_token)>
    job(std::function<Result<R>(ScriptedWorkbook &, const std::stop_token &)> work)
    {
        ++m_jobs;
        auto counted = std::shared_ptr<void>(nullptr, [this](void *) { --m_jobs; });
        // It counts until the work is done, not until the last copy of the job is gone: that may be later.
        return [this, counted, work = std::move(work)](const std::stop_token &stop) mutable {
            const std::shared_ptr<void> held = std::move(counted);
            return work(m_workbook, stop);
        };
    }

    [[nodiscard]] Worker &worker() { return m_worker; }
    [[nodiscard]] QObject *inbox() { return &m_inbox; } ///< lives in the GUI thread

private:
    static Task<bool> end(Core *core)
    {
        std::function<Result<bool>(std::stop_token)> close = [core](const std::stop_token &) {
            core->close();
            return Result<bool>(true);
        };
        const Result<bool> closed = co_await core->m_worker.run<bool>(std::stop_token(), std::move(close));
        delete core;
        co_return closed.has_value();
    }

    // The timer and the connection to the file are made in the worker's thread, and have to go there.
    void watch()
    {
        m_timer = std::make_unique<QTimer>();
        QObject::connect(m_timer.get(), &QTimer::timeout, [this] {
            if (m_workbook.changedByOthers())
                QMetaObject::invokeMethod(&m_inbox, [this] { tell(); });
        });
        QObject::connect(QThread::currentThread(), &QThread::finished, [this] { close(); });
        m_timer->start(pollMilliseconds);
    }
    void close()
    {
        m_timer.reset();
        m_workbook.close();
    }

    void tell()
    {
        if (m_backend)
            emit m_backend->changed();
    }

    std::atomic<int> m_jobs{0}; // posted and not done
    ScriptedWorkbook m_workbook;
    std::unique_ptr<QTimer> m_timer; // used in the worker's thread only
    QPointer<WorkbookBackend> m_backend; // used in the GUI thread only
    QObject m_inbox;
    Worker m_worker; // last: its thread ends before what it uses
};

WorkbookBackend::WorkbookBackend(const QUrl &url)
    : TargetBackend(url)
{
    const QString scenario = QUrlQuery(url).queryItemValue(QStringLiteral("scenario"), QUrl::FullyDecoded);
    m_core = std::shared_ptr<Core>(new Core(pathOf(url), scenario, this), &Core::dispose);
}

WorkbookBackend::~WorkbookBackend() = default;

QUrl WorkbookBackend::urlOf(const QString &path)
{
    QUrl url;
    url.setScheme(QStringLiteral("workbook"));
    url.setPath(QFileInfo(path).absoluteFilePath());
    return url;
}

QString WorkbookBackend::pathOf(const QUrl &url)
{
    QString path = url.path(QUrl::FullyDecoded);
#ifdef Q_OS_WIN
    // workbook:///C:/folder/file
    if (path.size() > 2 && path[0] == u'/' && path[2] == u':')
        path.remove(0, 1);
#endif
    return path.isEmpty() || !url.host().isEmpty() ? QString() : QFileInfo(path).absoluteFilePath();
}

QString WorkbookBackend::title() const
{
    return QFileInfo(pathOf(url())).fileName();
}

Task<Result<SnapshotPtr>> WorkbookBackend::load(Sink sink, std::stop_token stop)
{
    return loadFrom(m_core, url(), ids(), std::move(sink), std::move(stop));
}

Task<Result<Answer>> WorkbookBackend::execute(Operation operation, std::stop_token stop)
{
    return executeOn(m_core, ids(), std::move(operation), std::move(stop));
}

Task<Result<SnapshotPtr>> WorkbookBackend::loadFrom(std::shared_ptr<Core> core, QUrl url, std::shared_ptr<IdTable> ids,
                                                    Sink sink, std::stop_token stop)
{
    if (pathOf(url).isEmpty())
        co_return failure(Error::Kind::BadInput, WorkbookText::tr("The address %1 names no file.").arg(url.toString()),
                          url.toString(), WorkbookText::tr("Write it as workbook:PATH."));
    // Growing snapshots are for whoever still waits; the sink goes with this frame.
    const auto shared = std::make_shared<Sink>(std::move(sink));
    QObject *const inbox = core->inbox();
    const auto progress = [inbox, waiting = std::weak_ptr(shared)](SnapshotPtr soFar) {
        QMetaObject::invokeMethod(inbox, [waiting, soFar = std::move(soFar)] {
            if (const auto alive = waiting.lock())
                (*alive)(soFar);
        });
    };
    Workbook::Progress given;
    if (*shared)
        given = progress;
    auto job = core->job<SnapshotPtr>([ids, given](ScriptedWorkbook &workbook, const std::stop_token &cancelled) {
        return workbook.load(ids, given, cancelled);
    });
    Result<SnapshotPtr> snapshot = co_await core->worker().run<SnapshotPtr>(stop, std::move(job));
    co_return snapshot;
}

Task<Result<Answer>> WorkbookBackend::executeOn(std::shared_ptr<Core> core, std::shared_ptr<IdTable> ids,
                                                Operation operation, std::stop_token stop)
{
    // The job looks at the stop request once, before it starts; from then on the answer is waited for.
    auto job = core->job<Answer>([ids, operation, stop](ScriptedWorkbook &workbook, const std::stop_token &) {
        return workbook.execute(operation, *ids, stop);
    });
    Result<Answer> answer = co_await core->worker().run<Answer>(std::stop_token(), std::move(job));
    co_return answer;
}

} // namespace portalbind
