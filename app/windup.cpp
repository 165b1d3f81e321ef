// SPDX-License-Identifier: Apache-2.0
#include "app/windup.h"

#include "model/task.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QTimer>

namespace portalbind {

void windUp(std::chrono::milliseconds patience)
{
    if (spawnedTasks() == 0)
        return;
    const QDeadlineTimer deadline(patience);
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, &look, [&deadline] {
        if (spawnedTasks() == 0 || deadline.hasExpired())
            QCoreApplication::quit();
    });
    look.start(std::chrono::milliseconds(1));
    QCoreApplication::exec();
}

} // namespace portalbind
