// SPDX-License-Identifier: Apache-2.0
#include "model/worker.h"

namespace portalbind {

Worker::Worker(const QString &name)
    : m_inbox(new QObject)
{
    m_thread.setObjectName(name);
    m_inbox->moveToThread(&m_thread);
    QObject::connect(&m_thread, &QThread::finished, m_inbox, &QObject::deleteLater);
    m_thread.start();
}

Worker::~Worker()
{
    // quit() alone would let the thread run through all that is queued first.
    m_thread.requestInterruption();
    m_thread.quit();
    m_thread.wait();
}

void Worker::post(std::function<void()> job)
{
    QMetaObject::invokeMethod(
            m_inbox,
            [job = std::move(job)] {
                if (!QThread::currentThread()->isInterruptionRequested())
                    job();
            },
            Qt::QueuedConnection);
}

} // namespace portalbind
