// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/iothread.h"

#include <QCoreApplication>
#include <QThreadPool>

#include <algorithm>

namespace portalbind::wsman {
namespace {

IoThread *s_thread = nullptr;

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
    m_thread.quit();
    m_thread.wait();
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
