// SPDX-License-Identifier: Apache-2.0
#include "widgets/filethreads.h"

#include <QCoreApplication>
#include <QThreadPool>

namespace portalbind {

QThreadPool &fileThreads()
{
    constexpr int mostAtOnce = 8; // of which most wait
    constexpr int patience = 2'000; // milliseconds
    // Never destroyed: that would wait for a disk that may never answer.
    static QThreadPool *const threads = [] {
        auto *const made = new QThreadPool;
        made->setMaxThreadCount(mostAtOnce);
        return made;
    }();
    static const bool waits = [] {
        qAddPostRoutine([] { threads->waitForDone(patience); });
        return true;
    }();
    Q_UNUSED(waits)
    return *threads;
}

} // namespace portalbind
