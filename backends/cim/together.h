// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/task.h"

#include <QCoreApplication>

#include <coroutine>
#include <functional>
#include <memory>
#include <vector>

namespace portalbind::cim {

/// Awaitable: runs tasks side by side, in their order, no more at a time than a limit that is asked before each start.
/// Goes on from the event loop when all have ended. GUI thread. Make it a variable and await that: GCC 12 destroys what
/// a closure holds twice when it is made within the awaited expression.
class Together
{
public:
    using Start = std::function<Task<bool>()>;

    Together(std::vector<Start> starts, std::function<int()> limit)
        : m_state(std::make_shared<State>(State{std::move(starts), std::move(limit), 0, 0, {}}))
    {
    }

    [[nodiscard]] bool await_ready() const { return m_state->starts.empty(); }
    void await_suspend(std::coroutine_handle<> waiter)
    {
        const auto state = m_state; // this may be gone when the last task ends at once
        state->waiter = waiter;
        pump(state);
    }
    void await_resume() const { }

private:
    struct State
    {
        std::vector<Start> starts;
        std::function<int()> limit;
        size_t next = 0;
        int running = 0;
        std::coroutine_handle<> waiter;
    };

    static void pump(const std::shared_ptr<State> &state)
    {
        while (state->next < state->starts.size() && (state->running == 0 || state->running < state->limit())) {
            ++state->running;
            const size_t mine = state->next++;
            spawn<bool>(state->starts[mine](), [state](bool) {
                --state->running;
                if (state->running == 0 && state->next == state->starts.size())
                    QMetaObject::invokeMethod(
                            QCoreApplication::instance(), [state] { state->waiter.resume(); }, Qt::QueuedConnection);
                else
                    pump(state);
            });
        }
    }

    std::shared_ptr<State> m_state;
};

} // namespace portalbind::cim
