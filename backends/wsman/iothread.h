// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

#include <functional>
#include <future>
#include <thread>

class QEventLoop;
class QThreadPool;

namespace portalbind::wsman {

/// The one thread in which the sockets of all connections live, and the coroutines that use them. Made on first use;
/// ends with the application.
class IoThread
{
public:
    static IoThread &instance();

    /// Lives in the thread; may be the parent or context of what does.
    [[nodiscard]] QObject *context() { return m_inbox; }
    /// Runs \a job in the thread, after what was posted before. Never at once, not even when called in the thread.
    void post(std::function<void()> job);
    [[nodiscard]] bool isCurrent() const { return std::this_thread::get_id() == m_thread.get_id(); }

    /// Where answers are parsed: few threads, shared by all connections.
    [[nodiscard]] static QThreadPool &parsers();

    IoThread(const IoThread &) = delete;
    IoThread &operator=(const IoThread &) = delete;

private:
    IoThread();
    ~IoThread() = default;
    void run(std::promise<void> ready);
    void stop();

    QObject *m_inbox = nullptr;
    QEventLoop *m_loop = nullptr; ///< of the thread
    std::thread m_thread; ///< no QThread, whose wait() returns before the thread has left what libraries keep of it
};

} // namespace portalbind::wsman
