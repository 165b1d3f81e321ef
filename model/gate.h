// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCoreApplication>
#include <QMetaObject>

#include <coroutine>
#include <memory>
#include <vector>

namespace portalbind {

/// Coroutines of the GUI thread wait here while it is closed. Copies share the gate, so that it outlives its owner.
class Gate
{
public:
    explicit Gate(bool open)
        : m_shared(std::make_shared<Shared>(Shared{open, {}}))
    {
    }

    void close() { m_shared->open = false; }
    /// Waiters go on from the event loop.
    void open()
    {
        m_shared->open = true;
        for (const auto waiter : std::exchange(m_shared->waiters, {}))
            QMetaObject::invokeMethod(
                    QCoreApplication::instance(), [waiter] { waiter.resume(); }, Qt::QueuedConnection);
    }
    [[nodiscard]] bool isOpen() const { return m_shared->open; }

    [[nodiscard]] bool await_ready() const { return m_shared->open; }
    void await_suspend(std::coroutine_handle<> waiter) { m_shared->waiters.push_back(waiter); }
    void await_resume() const { }

private:
    struct Shared
    {
        bool open;
        std::vector<std::coroutine_handle<>> waiters;
    };
    std::shared_ptr<Shared> m_shared;
};

} // namespace portalbind
