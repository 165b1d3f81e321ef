// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/linkthread.h"

#include <QCoreApplication>
#include <QThreadPool>
#include <QTimer>

namespace portalbind::lio {
namespace {

LinkThread *s_thread = nullptr;

} // namespace

LinkThread &LinkThread::instance()
{
    if (!s_thread) {
        s_thread = new LinkThread;
        qAddPostRoutine(end);
    }
    return *s_thread;
}

LinkThread::LinkThread()
{
    m_thread.setObjectName(QStringLiteral("portalbind-lio"));
    m_inbox.moveToThread(&m_thread);
    m_thread.start();
}

LinkThread::~LinkThread()
{
    parsers().waitForDone();
    constexpr int patience = 2000, step = 10; // milliseconds
    std::function<void(int)> quitAfter = [&](int milliseconds) {
        if (m_guests == 0 || milliseconds <= 0)
            m_thread.quit();
        else
            QTimer::singleShot(step, &m_inbox, [&, milliseconds] { quitAfter(milliseconds - step); });
    };
    // What ended with its owner is posted already; one turn of the loop lets it say good-bye.
    post([&] { quitAfter(patience); });
    m_thread.wait();
}

void LinkThread::end()
{
    delete s_thread;
    s_thread = nullptr;
}

void LinkThread::post(std::function<void()> job)
{
    QMetaObject::invokeMethod(&m_inbox, std::move(job), Qt::QueuedConnection);
}

QThreadPool &LinkThread::parsers()
{
    static QThreadPool *const pool = [] {
        auto *const made = new QThreadPool; // outlives everything that may still post to it
        made->setObjectName(QStringLiteral("portalbind-lio-parsers"));
        made->setMaxThreadCount(2);
        return made;
    }();
    return *pool;
}

} // namespace portalbind::lio
