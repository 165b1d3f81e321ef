// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/iothread.h"

#include "backends/wsman/farewell.h"

#include <QCoreApplication>
#include <QThreadPool>
#include <QTimer>

#include <algorithm>

namespace portalbind::wsman {
namespace {

IoThread *s_thread = nullptr;
const std::shared_ptr<void> s_farewells = std::make_shared<int>();

} // namespace

IoThread &IoThread::instance()
{
    // First used where connections are made, in the GUI thread.
    if (!s_thread) {
        s_thread = new IoThread;
        qAddPostRoutine(end);
    }
    return *s_thread;
}

IoThread::IoThread()
{
    m_thread.setObjectName(QStringLiteral("portalbind-io"));
    m_inbox.moveToThread(&m_thread);
    m_thread.start();
}

IoThread::~IoThread()
{
    parsers().waitForDone();
    // What was cancelled winds up in a few turns of the event loop, and its server is told in a few milliseconds.
    constexpr int turns = 20, patience = 2000, step = 10;
    std::function<void(int, int)> quitAfter = [&](int more, int milliseconds) {
        post([&, more, milliseconds] {
            if (more > 0)
                quitAfter(more - 1, milliseconds);
            else if (milliseconds > 0 && s_farewells.use_count() > 1)
                QTimer::singleShot(step, &m_inbox, [&, milliseconds] { quitAfter(turns, milliseconds - step); });
            else
                m_thread.quit();
        });
    };
    quitAfter(turns, patience);
    m_thread.wait();
}

std::shared_ptr<void> farewell()
{
    return s_farewells;
}

void IoThread::end()
{
    delete s_thread;
    s_thread = nullptr;
}

void IoThread::post(std::function<void()> job)
{
    QMetaObject::invokeMethod(&m_inbox, std::move(job), Qt::QueuedConnection);
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
