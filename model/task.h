// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional> // first: Qt 6.4's moc cannot read <concepts> when <coroutine> is the first to bring it in

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace portalbind {

/// A lazy coroutine: nothing runs until it is awaited or spawned. It is resumed in the thread that awaits it.
/// A frame is never destroyed while suspended: whoever awaits keeps it until it has finished, and cancelling resumes
/// it with Error::Kind::Cancelled. No capturing lambda may be a coroutine (its captures die before the frame does).
template <class T>
class [[nodiscard]] Task
{
public:
    struct promise_type
    {
        std::optional<T> value;
        std::coroutine_handle<> waiter;

        Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        auto final_suspend() noexcept
        {
            struct ResumeWaiter
            {
                bool await_ready() noexcept { return false; }
                std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept
                {
                    const auto next = self.promise().waiter;
                    return next ? next : std::coroutine_handle<>(std::noop_coroutine());
                }
                void await_resume() noexcept { }
            };
            return ResumeWaiter{};
        }
        template <class U>
        void return_value(U &&result)
        {
            value.emplace(std::forward<U>(result));
        }
        void unhandled_exception() noexcept { std::terminate(); }
    };

    Task(Task &&other) noexcept
        : m_frame(std::exchange(other.m_frame, nullptr))
    {
    }
    Task &operator=(Task &&other) noexcept
    {
        std::swap(m_frame, other.m_frame);
        return *this;
    }
    Task(const Task &) = delete;
    Task &operator=(const Task &) = delete;
    ~Task()
    {
        if (m_frame)
            m_frame.destroy();
    }

    auto operator co_await() &&noexcept
    {
        struct Awaiter
        {
            std::coroutine_handle<promise_type> frame;
            bool await_ready() noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept
            {
                frame.promise().waiter = waiter;
                return frame;
            }
            T await_resume() { return std::move(*frame.promise().value); }
        };
        return Awaiter{m_frame};
    }

private:
    explicit Task(std::coroutine_handle<promise_type> frame)
        : m_frame(frame)
    {
    }
    std::coroutine_handle<promise_type> m_frame;
};

namespace detail {
inline thread_local int spawnedTasks = 0;

struct Detached
{
    struct promise_type
    {
        promise_type() { ++spawnedTasks; }
        ~promise_type() { --spawnedTasks; }
        promise_type(const promise_type &) = delete;
        promise_type &operator=(const promise_type &) = delete;
        Detached get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() { }
        void unhandled_exception() noexcept { std::terminate(); }
    };
};

template <class T>
Detached runDetached(Task<T> task, std::function<void(T)> done)
{
    done(co_await std::move(task));
}
} // namespace detail

/// Starts \a task now; \a done gets its value in this thread. The frame lives until then.
template <class T>
void spawn(Task<T> task, std::function<void(T)> done)
{
    detail::runDetached<T>(std::move(task), std::move(done));
}

/// Tasks that were spawned in this thread and have not ended. Whoever ends the thread's event loop waits until there
/// are none: a frame that nobody resumes any more keeps all that it holds.
[[nodiscard]] inline int spawnedTasks()
{
    return detail::spawnedTasks;
}

} // namespace portalbind
