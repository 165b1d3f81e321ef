// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/pollpace.h"

#include <algorithm>

namespace portalbind::cim {
namespace {

// Milliseconds.
constexpr qint64 shortestPause = 10'000, longestPause = 30'000, eagerPause = 3'000;
constexpr int eagerTimes = 3;
constexpr int mostDoublings = 4; // of the longest pause: 8 min

} // namespace

void PollPace::loaded(qint64 now, qint64 took)
{
    --m_underWay;
    m_everLoaded = true;
    m_refused = false;
    m_failures = 0;
    m_took = took;
    m_since = now;
}

void PollPace::failed(qint64 now, Error::Kind kind)
{
    --m_underWay;
    m_since = now;
    if (kind == Error::Kind::Cancelled)
        return; // by a person: says nothing of the server
    ++m_failures;
    m_refused = kind == Error::Kind::SignIn || kind == Error::Kind::Rights;
}

void PollPace::wrote(qint64 now)
{
    --m_underWay;
    m_eager = eagerTimes;
    m_since = now;
}

void PollPace::told(qint64 now)
{
    m_eager = std::max(0, m_eager - 1);
    m_since = now;
}

qint64 PollPace::pause() const
{
    if (m_failures > 0)
        return longestPause << std::min(m_failures - 1, mostDoublings);
    const qint64 calm = std::clamp(10 * m_took, shortestPause, longestPause);
    return std::max(m_eager > 0 ? eagerPause : calm, 2 * m_took);
}

std::optional<qint64> PollPace::due() const
{
    if (!m_visible || !m_everLoaded || m_refused || m_underWay > 0)
        return std::nullopt;
    return m_since + pause();
}

} // namespace portalbind::cim
