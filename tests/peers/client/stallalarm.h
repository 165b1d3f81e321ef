// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <functional>

/// Watches the event loop of the thread it lives in: what one turn of it costs, and whether it ever stood still. Time
/// that the thread spent waiting for a processor does not count: other programs are not what is tested.
class StallAlarm : public QObject
{
public:
    StallAlarm();

    void begin(); ///< forgets what was seen and watches
    void end(); ///< watches no longer
    /// Whether the loop turned all the time, never still for 500 ms, and no turn cost so much that a person would
    /// notice.
    [[nodiscard]] bool isCalm() const { return m_longestStall < 500.0 && m_longestTurn < 50.0; }
    [[nodiscard]] double longestStall() const { return m_longestStall; } ///< milliseconds
    [[nodiscard]] double longestTurn() const { return m_longestTurn; } ///< CPU milliseconds of this thread in one turn
    [[nodiscard]] QString text() const; ///< both, for a failed check

private:
    void tick();

    QTimer m_clock;
    QElapsedTimer m_since; // the last tick
    double m_waited = 0; // for a processor, at the last tick
    double m_turnBegan = -1; // CPU milliseconds; negative: not within a turn
    double m_longestStall = 0;
    double m_longestTurn = 0;
};

/// Runs the event loop, and nothing but it, until \a reached gives true (asked every 5 ms); false after \a ms without.
bool runUntil(const std::function<bool()> &reached, int ms);
