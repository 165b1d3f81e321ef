// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTimer>

#include <chrono>
#include <stop_token>

namespace portalbind::wsman {

/// Stops with its parent, or when the time has passed.
class TimedStop
{
public:
    TimedStop(std::stop_token parent, std::chrono::milliseconds time)
        : m_parent(parent)
        , m_forward(std::move(parent), Forward{&m_source})
    {
        m_timer.setSingleShot(true);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { m_source.request_stop(); });
        m_timer.start(time);
    }
    [[nodiscard]] std::stop_token token() const { return m_source.get_token(); }
    [[nodiscard]] bool timedOut() const { return m_source.stop_requested() && !m_parent.stop_requested(); }

private:
    struct Forward
    {
        std::stop_source *source;
        void operator()() const { source->request_stop(); }
    };
    std::stop_source m_source;
    std::stop_token m_parent;
    std::stop_callback<Forward> m_forward;
    QTimer m_timer;
};

} // namespace portalbind::wsman
