// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QThread>

#include <functional>

class QThreadPool;

namespace portalbind::wsman {

/// The one thread in which the sockets of all connections live, and the coroutines that use them. Made on first use;
/// ends with the application.
class IoThread
{
public:
    static IoThread &instance();

    /// Lives in the thread; may be the parent or context of what does.
    [[nodiscard]] QObject *context() { return &m_inbox; }
    /// Runs \a job in the thread, after what was posted before. Never at once, not even when called in the thread.
    void post(std::function<void()> job);
    [[nodiscard]] bool isCurrent() const { return QThread::currentThread() == &m_thread; }

    /// Where answers are parsed: few threads, shared by all connections.
    [[nodiscard]] static QThreadPool &parsers();

    IoThread(const IoThread &) = delete;
    IoThread &operator=(const IoThread &) = delete;

private:
    IoThread();
    ~IoThread();
    static void end();

    QThread m_thread;
    QObject m_inbox;
};

} // namespace portalbind::wsman
