// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/iothread.h"
#include "model/task.h"

#include <QThreadPool>

#include <chrono>
#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

namespace portalbind::wsman {

/// A value that comes once, from any thread; one coroutine of the I/O thread waits for it. Copies share it. The first
/// value counts. The waiter goes on from the event loop, never inside finish().
template <class T>
class Completion
{
public:
    Completion()
        : m_shared(std::make_shared<Shared>())
    {
    }

    void finish(T value) const
    {
        const auto boxed = std::make_shared<T>(std::move(value)); // std::function wants what can be copied
        IoThread::instance().post([shared = m_shared, boxed] {
            if (shared->value)
                return;
            shared->value.emplace(std::move(*boxed));
            if (const auto waiter = std::exchange(shared->waiter, {}))
                waiter.resume();
        });
    }
    [[nodiscard]] bool isFinished() const { return m_shared->value.has_value(); } ///< in the I/O thread

    [[nodiscard]] bool await_ready() const { return m_shared->value.has_value(); }
    void await_suspend(std::coroutine_handle<> waiter) const { m_shared->waiter = waiter; }
    T await_resume() const { return std::move(*m_shared->value); }

private:
    struct Shared
    {
        std::optional<T> value;
        std::coroutine_handle<> waiter;
    };
    std::shared_ptr<Shared> m_shared;
};

/// Runs \a work in the I/O thread, soon, if \a stop is requested while this lives.
class OnStop
{
public:
    OnStop(std::stop_token stop, std::function<void()> work)
        : m_callback(std::move(stop), Post{std::move(work)})
    {
    }

private:
    struct Post
    {
        std::function<void()> work;
        void operator()() { IoThread::instance().post(std::move(work)); }
    };
    std::stop_callback<Post> m_callback;
};

/// Runs \a work in a parser thread; await the result.
template <class T>
[[nodiscard]] Completion<T> onParser(std::function<T()> work)
{
    Completion<T> done;
    IoThread::parsers().start([done, work = std::move(work)] { done.finish(work()); });
    return done;
}

/// Waits; true when the time passed, false when \a stop was requested before.
[[nodiscard]] Task<bool> pause(std::chrono::milliseconds time, std::stop_token stop);

} // namespace portalbind::wsman
