// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/completion.h"

#include <QTimer>

namespace portalbind::wsman {

Task<bool> pause(std::chrono::milliseconds time, std::stop_token stop)
{
    const Completion<bool> done;
    const OnStop hook(stop, [done] { done.finish(false); });
    QTimer timer;
    timer.setSingleShot(true);
    timer.setTimerType(Qt::PreciseTimer); // a server that asks to be left alone for a second means no less
    QObject::connect(&timer, &QTimer::timeout, &timer, [done] { done.finish(true); });
    timer.start(time);
    co_return co_await done;
}

} // namespace portalbind::wsman
