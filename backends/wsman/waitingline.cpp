// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/waitingline.h"

#include <algorithm>

namespace portalbind::wsman {

Task<bool> WaitingLine::enter(std::stop_token stop)
{
    if (stop.stop_requested())
        co_return false;
    if (m_free > 0) {
        --m_free;
        co_return true;
    }
    const auto turn = std::make_shared<Completion<bool>>();
    m_waiting.push_back(turn);
    const OnStop hook(stop, [turn] { turn->finish(false); });
    const bool mine = co_await *turn;
    if (mine)
        co_return true;
    // leave() may have given the turn to us after we gave up waiting for it.
    const auto place = std::find(m_waiting.begin(), m_waiting.end(), turn);
    if (place != m_waiting.end())
        m_waiting.erase(place);
    else
        leave();
    co_return false;
}

void WaitingLine::leave()
{
    if (m_waiting.empty()) {
        ++m_free;
        return;
    }
    const auto next = m_waiting.front();
    m_waiting.pop_front();
    next->finish(true);
}

} // namespace portalbind::wsman
