// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/completion.h"
#include "model/task.h"

#include <deque>
#include <memory>
#include <stop_token>

namespace portalbind::wsman {

/// Lets so many in at once; the others wait in the order in which they came. For coroutines of the I/O thread.
class WaitingLine
{
public:
    explicit WaitingLine(int places)
        : m_free(places)
    {
    }
    /// True when it is our turn: leave() has to follow. False when \a stop was requested before.
    [[nodiscard]] Task<bool> enter(std::stop_token stop);
    void leave();

private:
    int m_free;
    std::deque<std::shared_ptr<Completion<bool>>> m_waiting;
};

} // namespace portalbind::wsman
