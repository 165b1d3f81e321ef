// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/iothread.h"
#include "model/error.h"
#include "model/task.h"

#include <QCoreApplication>

#include <coroutine>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

namespace portalbind::wsman {

/// One call from the thread of the caller into the I/O thread and back. A stop request resumes the caller at once, with
/// Cancelled, while the work winds up by itself; a callback that is running then is waited for, and none runs after it.
template <class R>
class CallState : public std::enable_shared_from_this<CallState<R>>
{
public:
    /// \a value is a Result, or an error for one.
    template <class Value>
    void settle(Value &&value)
    {
        const std::lock_guard lock(m_mutex);
        if (m_result)
            return;
        m_result.emplace(std::forward<Value>(value));
        if (!m_inCallback)
            resumeLater();
    }
    /// Before a callback of the caller: false when it must not run any more.
    [[nodiscard]] bool enter()
    {
        const std::lock_guard lock(m_mutex);
        m_inCallback = !m_result;
        return m_inCallback;
    }
    void leave()
    {
        const std::lock_guard lock(m_mutex);
        m_inCallback = false;
        if (m_result)
            resumeLater();
    }

private:
    template <class>
    friend class IoCall;
    struct Cancel
    {
        std::weak_ptr<CallState> call;
        void operator()() const
        {
            if (const auto alive = call.lock())
                alive->settle(failure(Error::Kind::Cancelled, QCoreApplication::translate("wsman", "Cancelled.")));
        }
    };

    void resumeLater()
    {
        QMetaObject::invokeMethod(
                m_home,
                [self = this->shared_from_this()] {
                    self->m_onStop.reset();
                    self->m_home->deleteLater();
                    self->m_waiter.resume();
                },
                Qt::QueuedConnection);
    }

    std::mutex m_mutex;
    bool m_inCallback = false;
    std::optional<Result<R>> m_result;
    std::coroutine_handle<> m_waiter;
    QObject *m_home = nullptr; // in the caller's thread
    std::optional<std::stop_callback<Cancel>> m_onStop;
};

/// Awaitable: starts a task in the I/O thread and gives its result in the caller's, which needs an event loop. \a stop
/// cancels; a call without a token runs to its end.
template <class R>
class IoCall
{
public:
    using Start = std::function<Task<Result<R>>(std::shared_ptr<CallState<R>>)>;
    IoCall(std::stop_token stop, Start start)
        : m_stop(std::move(stop))
        , m_start(std::move(start))
    {
    }

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter)
    {
        // The frame that owns this awaiter may end as soon as the call is posted.
        const auto state = m_state;
        state->m_waiter = waiter;
        state->m_home = new QObject;
        Start start = std::move(m_start);
        state->m_onStop.emplace(std::move(m_stop), typename CallState<R>::Cancel{state});
        IoThread::instance().post([state, start = std::move(start)] {
            spawn<Result<R>>(start(state), [state](Result<R> value) { state->settle(std::move(value)); });
        });
    }
    Result<R> await_resume() { return std::move(*m_state->m_result); }

private:
    std::stop_token m_stop;
    Start m_start;
    std::shared_ptr<CallState<R>> m_state = std::make_shared<CallState<R>>();
};

} // namespace portalbind::wsman
