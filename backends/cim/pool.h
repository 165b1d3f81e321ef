// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/worker.h"

#include <QThreadPool>
#include <QTimer>

namespace portalbind::cim {

/// The bounded pool that joins run on, shared by all connections.
[[nodiscard]] QThreadPool &joinPool();

/// Awaitable: as Worker::run(), on joinPool().
template <class R>
[[nodiscard]] auto runOnPool(std::function<R()> job)
{
    struct Awaiter
    {
        std::function<R()> job;
        std::shared_ptr<std::optional<R>> result = std::make_shared<std::optional<R>>();

        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> waiter)
        {
            joinPool().start([job = std::move(job), result = result, waiter]() mutable {
                result->emplace(job());
                job = nullptr; // what it holds is not to die here
                QMetaObject::invokeMethod(
                        QCoreApplication::instance(), [waiter] { waiter.resume(); }, Qt::QueuedConnection);
            });
        }
        R await_resume() { return std::move(**result); }
    };
    return Awaiter{std::move(job)};
}

/// Awaitable: goes on from the event loop after \a milliseconds.
struct Pause
{
    int milliseconds;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) const
    {
        QTimer::singleShot(milliseconds, QCoreApplication::instance(), [waiter] { waiter.resume(); });
    }
    void await_resume() const noexcept { }
};

} // namespace portalbind::cim
