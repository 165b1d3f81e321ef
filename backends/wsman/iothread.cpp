// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/iothread.h"

#include "backends/wsman/farewell.h"
#include "model/task.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QThread>
#include <QThreadPool>
#include <QTimer>

#include <algorithm>

#ifdef Q_OS_LINUX
#include <pthread.h>
#endif

namespace portalbind::wsman {
namespace {

IoThread *s_thread = nullptr;
const std::shared_ptr<void> s_farewells = std::make_shared<int>();

} // namespace

IoThread &IoThread::instance()
{
    // First used where connections are made, in the GUI thread.
    if (!s_thread) {
        s_thread = new IoThread; // never deleted, as its inbox
        qAddPostRoutine([] { s_thread->stop(); });
    }
    return *s_thread;
}

IoThread::IoThread()
{
    std::promise<void> ready;
    const std::future<void> isReady = ready.get_future();
    m_thread = std::thread(&IoThread::run, this, std::move(ready));
    isReady.wait();
}

void IoThread::run(std::promise<void> ready)
{
#ifdef Q_OS_LINUX
    ::pthread_setname_np(::pthread_self(), "portalbind-io");
#endif
    m_inbox = new QObject; // never deleted: what comes late is posted to it all the same, and not read
    QEventLoop loop;
    m_loop = &loop;
    ready.set_value();
    loop.exec();
}

void IoThread::stop()
{
    // What was cancelled winds up in a few turns of the event loop, and its server is told in a few milliseconds.
    constexpr int patience = 2000, step = 5;
    std::function<void(int)> quitAfter = [&](int milliseconds) {
        const bool isDone = spawnedTasks() == 0 && s_farewells.use_count() == 1;
        if (isDone || milliseconds <= 0)
            m_loop->quit();
        else
            QTimer::singleShot(step, m_inbox, [&, milliseconds] { quitAfter(milliseconds - step); });
    };
    post([&] { quitAfter(patience); });
    m_thread.join();
    parsers().waitForDone(); // they may be at what nobody waits for any more
}

std::shared_ptr<void> farewell()
{
    return s_farewells;
}

void IoThread::post(std::function<void()> job)
{
    QMetaObject::invokeMethod(m_inbox, std::move(job), Qt::QueuedConnection);
}

QThreadPool &IoThread::parsers()
{
    static QThreadPool *const pool = [] {
        auto *const made = new QThreadPool; // outlives everything that may still post to it
        made->setObjectName(QStringLiteral("portalbind-parsers"));
        made->setMaxThreadCount(std::clamp(QThread::idealThreadCount(), 2, 4));
        return made;
    }();
    return *pool;
}

} // namespace portalbind::wsman
