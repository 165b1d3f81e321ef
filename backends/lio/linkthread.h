// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QThread>

#include <functional>

class QThreadPool;

namespace portalbind::lio {

/// The one thread in which the conversations with all helpers live. Made on first use, in the GUI thread; ends with the
/// application, which waits two seconds at most for helpers to end.
class LinkThread
{
public:
    static LinkThread &instance();

    /// Runs \a job in the thread, after what was posted before.
    void post(std::function<void()> job);
    [[nodiscard]] QObject *context() { return &m_inbox; } ///< lives in the thread
    /// Where answers are parsed: few threads, shared by all connections.
    [[nodiscard]] static QThreadPool &parsers();
    /// A helper that runs, as long as it does. In the thread.
    void enter() { ++m_guests; }
    void leave() { --m_guests; }

    LinkThread(const LinkThread &) = delete;
    LinkThread &operator=(const LinkThread &) = delete;

private:
    LinkThread();
    ~LinkThread();
    static void end();

    QThread m_thread;
    QObject m_inbox;
    int m_guests = 0;
};

} // namespace portalbind::lio
