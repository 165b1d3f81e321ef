// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/completion.h"
#include "model/task.h"

#include <QTest>

#include <functional>
#include <memory>
#include <optional>

/// What a task gives, awaited with the event loop running. None when it takes longer than \a ms.
template <class T>
std::optional<T> await(portalbind::Task<T> task, int ms = 10'000)
{
    const auto value = std::make_shared<std::optional<T>>();
    portalbind::spawn<T>(std::move(task), [value](T result) { value->emplace(std::move(result)); });
    (void)QTest::qWaitFor([&] { return value->has_value(); }, ms);
    return std::move(*value);
}

/// The same for a task of the I/O thread, which \a start makes there.
template <class T>
std::optional<T> awaitInIo(std::function<portalbind::Task<T>()> start, int ms = 10'000)
{
    struct Box
    {
        std::mutex mutex;
        std::optional<T> value;
    };
    const auto box = std::make_shared<Box>();
    portalbind::wsman::IoThread::instance().post([box, start] {
        portalbind::spawn<T>(start(), [box](T result) {
            const std::lock_guard lock(box->mutex);
            box->value.emplace(std::move(result));
        });
    });
    (void)QTest::qWaitFor(
            [&] {
                const std::lock_guard lock(box->mutex);
                return box->value.has_value();
            },
            ms);
    const std::lock_guard lock(box->mutex);
    return std::move(box->value);
}
