// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/task.h"

#include <QCoreApplication>

#include <coroutine>
#include <memory>
#include <optional>
#include <stop_token>

namespace portalbind {

/// A value that comes once, from a person or from a job of a library; one coroutine of the GUI thread waits for it.
/// Copies share it, and the first value counts. The waiter goes on from the event loop, never inside finish(). When all
/// copies but the waiter's are gone it would wait for ever: FinishingOneshot sees to that.
template <class T>
class Oneshot
{
public:
    /// In the GUI thread.
    void finish(T value) const
    {
        if (m_shared->value)
            return;
        m_shared->value.emplace(std::move(value));
        if (const auto waiter = std::exchange(m_shared->waiter, {}))
            QMetaObject::invokeMethod(
                    QCoreApplication::instance(), [waiter] { waiter.resume(); }, Qt::QueuedConnection);
    }

    [[nodiscard]] bool await_ready() const { return m_shared->value.has_value(); }
    void await_suspend(std::coroutine_handle<> waiter) const { m_shared->waiter = waiter; }
    T await_resume() const { return std::move(*m_shared->value); }

private:
    struct Shared
    {
        std::optional<T> value;
        std::coroutine_handle<> waiter;
    };
    std::shared_ptr<Shared> m_shared = std::make_shared<Shared>();
};

/// The finishing end of a Oneshot: gives \a otherwise when the last copy goes without a value.
template <class T>
class FinishingOneshot
{
public:
    FinishingOneshot(Oneshot<T> oneshot, T otherwise)
        : m_end(std::make_shared<End>(std::move(oneshot), std::move(otherwise)))
    {
    }
    void operator()(T value) const { m_end->oneshot.finish(std::move(value)); }

private:
    struct End
    {
        Oneshot<T> oneshot;
        T otherwise;
        End(Oneshot<T> to, T value)
            : oneshot(std::move(to))
            , otherwise(std::move(value))
        {
        }
        End(const End &) = delete;
        End &operator=(const End &) = delete;
        ~End() { oneshot.finish(std::move(otherwise)); }
    };
    std::shared_ptr<End> m_end;
};

/// Gives \a value to a Oneshot when a stop is requested, from whatever thread.
template <class T>
class FinishOnStop
{
public:
    FinishOnStop(std::stop_token stop, Oneshot<T> oneshot, T value)
        : m_callback(std::move(stop), Post{std::move(oneshot), std::move(value)})
    {
    }

private:
    struct Post
    {
        Oneshot<T> oneshot;
        T value;
        void operator()()
        {
            QMetaObject::invokeMethod(
                    QCoreApplication::instance(), [to = oneshot, with = value] { to.finish(with); },
                    Qt::QueuedConnection);
        }
    };
    std::stop_callback<Post> m_callback;
};

} // namespace portalbind
