// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/client/stallalarm.h"

#include <QAbstractEventDispatcher>
#include <QEventLoop>
#include <QFile>

#include <algorithm>
#include <ctime>

namespace {

constexpr int clockPause = 10; // ms
constexpr int questionPause = 5; // ms

double cpuMilliseconds()
{
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

/// How long this thread was ready to run and did not (proc(5), schedstat), in milliseconds; 0 where the kernel does not
/// say.
double waitedMilliseconds()
{
    QFile file(QStringLiteral("/proc/thread-self/schedstat"));
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toDouble() / 1e6 : 0;
}

} // namespace

StallAlarm::StallAlarm()
{
    m_clock.setTimerType(Qt::PreciseTimer);
    connect(&m_clock, &QTimer::timeout, this, &StallAlarm::tick);
    const auto *const dispatcher = QAbstractEventDispatcher::instance();
    // A turn goes from one wait to the next; what the dispatchers do before and after theirs differs.
    connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, [this] {
        const double now = cpuMilliseconds();
        if (m_turnBegan >= 0 && m_clock.isActive())
            m_longestTurn = std::max(m_longestTurn, now - m_turnBegan);
        m_turnBegan = now;
    });
}

void StallAlarm::begin()
{
    m_longestStall = 0;
    m_longestTurn = 0;
    m_turnBegan = -1;
    m_waited = waitedMilliseconds();
    m_since.start();
    m_clock.start(clockPause);
}

void StallAlarm::end()
{
    tick();
    m_clock.stop();
}

void StallAlarm::tick()
{
    const double waited = waitedMilliseconds();
    const double gap = double(m_since.nsecsElapsed()) / 1e6 - (waited - m_waited);
    m_longestStall = std::max(m_longestStall, gap);
    m_waited = waited;
    m_since.start();
}

QString StallAlarm::text() const
{
    return QStringLiteral("still for %1 ms, %2 ms of CPU in one turn")
            .arg(m_longestStall, 0, 'f', 1)
            .arg(m_longestTurn, 0, 'f', 1);
}

bool runUntil(const std::function<bool()> &reached, int ms)
{
    if (reached())
        return true;
    QEventLoop loop;
    QTimer question, end;
    bool is = false;
    QObject::connect(&question, &QTimer::timeout, &loop, [&] {
        is = reached();
        if (is)
            loop.quit();
    });
    end.setSingleShot(true);
    QObject::connect(&end, &QTimer::timeout, &loop, &QEventLoop::quit);
    question.start(questionPause);
    end.start(ms);
    loop.exec();
    return is || reached();
}
