// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/task.h"
#include "model/worker.h"

#include <QSemaphore>

#include <atomic>

namespace portalbind {

/// Holds a job in the worker's thread until the test lets it go on.
struct Held
{
    QSemaphore entered;
    QSemaphore leave;
    void pass()
    {
        entered.release();
        leave.acquire();
    }
};

/// Counts how many of these are alive: a frame that is never destroyed keeps its locals.
struct Counted
{
    static inline std::atomic<int> alive{0};
    Counted() { ++alive; }
    Counted(const Counted &) { ++alive; }
    ~Counted() { --alive; }
};

/// One job of the worker.
inline Task<Result<int>> read(Worker *worker, std::stop_token stop, std::function<Result<int>(std::stop_token)> job)
{
    const Counted local;
    const Result<int> result = co_await worker->run<int>(stop, std::move(job));
    co_return result;
}

/// Two jobs, the second when the first has given a result; their sum.
inline Task<Result<int>> readTwice(Worker *worker, std::stop_token stop,
                                   std::function<Result<int>(std::stop_token)> job)
{
    const Result<int> first = co_await read(worker, stop, job);
    if (!first)
        co_return first;
    const Result<int> second = co_await read(worker, stop, job);
    if (!second)
        co_return second;
    co_return *first + *second;
}

} // namespace portalbind
