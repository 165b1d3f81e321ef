// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <QCoreApplication>
#include <QObject>
#include <QThread>

#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace portalbind {

/// One thread for work that blocks (SQL, files, GSSAPI, COM). Jobs run one after another, in the order of run().
class Worker
{
public:
    explicit Worker(const QString &name);
    /// Waits for the job that runs; jobs that did not start yet are dropped, and who awaits them is resumed with
    /// Error::Kind::Cancelled.
    ~Worker();
    Worker(const Worker &) = delete;
    Worker &operator=(const Worker &) = delete;

    /// Runs \a job in the worker's thread without waiting for it. A job that is dropped is destroyed there unrun.
    void post(std::function<void()> job);

    /// Awaitable: `Result<R> r = co_await worker.run<R>(stop, job)`. The awaiting thread needs an event loop. When
    /// \a stop is requested the awaiter resumes at once with Error::Kind::Cancelled and a late result is dropped:
    /// use it for reads. A write that must be seen to its end gets an empty stop token.
    template <class R>
    [[nodiscard]] auto run(std::stop_token stop, std::function<Result<R>(std::stop_token)> job);

private:
    QThread m_thread;
    QObject *m_inbox; // lives in m_thread
};

namespace detail {

template <class R>
struct PendingJob : std::enable_shared_from_this<PendingJob<R>>
{
    struct Stop
    {
        std::weak_ptr<PendingJob> job;
        void operator()() const
        {
            if (const auto alive = job.lock())
                alive->cancel();
        }
    };
    /// Owned by the queued job: when that is destroyed unrun, whoever awaits it goes on all the same.
    struct Promise
    {
        std::shared_ptr<PendingJob> job;
        explicit Promise(std::shared_ptr<PendingJob> pending)
            : job(std::move(pending))
        {
        }
        Promise(const Promise &) = delete;
        Promise &operator=(const Promise &) = delete;
        ~Promise() { job->cancel(); }
    };

    std::atomic<bool> settled{false};
    std::optional<Result<R>> result;
    std::coroutine_handle<> waiter;
    QObject *home = nullptr; // lives in the awaiting thread
    std::optional<std::stop_callback<Stop>> onStop;

    /// Does nothing once there is a result.
    void cancel() { settle(failure(Error::Kind::Cancelled, QCoreApplication::translate("Worker", "Cancelled."))); }
    void settle(Result<R> value)
    {
        if (settled.exchange(true))
            return;
        result.emplace(std::move(value));
        QMetaObject::invokeMethod(
                home,
                [self = this->shared_from_this()] {
                    self->onStop.reset();
                    self->home->deleteLater();
                    self->waiter.resume();
                },
                Qt::QueuedConnection);
    }
};

} // namespace detail

template <class R>
auto Worker::run(std::stop_token stop, std::function<Result<R>(std::stop_token)> job)
{
    struct Awaiter
    {
        Worker *worker;
        std::stop_token stop;
        std::function<Result<R>(std::stop_token)> job;
        std::shared_ptr<detail::PendingJob<R>> pending = std::make_shared<detail::PendingJob<R>>();

        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> waiter)
        {
            // The frame that owns this awaiter may be resumed (and end) as soon as the job is posted.
            const auto state = pending;
            Worker *const thread = worker;
            auto work = std::move(job);
            auto token = stop;
            state->waiter = waiter;
            state->home = new QObject;
            state->onStop.emplace(token, typename detail::PendingJob<R>::Stop{state});
            const auto promise = std::make_shared<typename detail::PendingJob<R>::Promise>(state);
            thread->post([promise, work = std::move(work), token] {
                if (!promise->job->settled.load())
                    promise->job->settle(work(token));
            });
        }
        Result<R> await_resume() { return std::move(*pending->result); }
    };
    return Awaiter{this, std::move(stop), std::move(job)};
}

} // namespace portalbind
