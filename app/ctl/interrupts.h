// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class QSocketNotifier;

namespace portalbind {

/// Ctrl-C and the requests of the system to end, as a signal of the event loop. The first one is announced; the next
/// one ends the program as if nobody caught it. One object at a time.
class Interrupts : public QObject
{
    Q_OBJECT
public:
    explicit Interrupts(QObject *parent = nullptr);
    ~Interrupts() override;

    [[nodiscard]] int received() const { return m_received; } ///< number of the signal; 0: none
    /// Ends the program the way the signal would have: whoever started it sees that it was interrupted.
    static void endBy(int signal);

signals:
    void interrupted();

private:
    void take();

    int m_received = 0;
    QSocketNotifier *m_notifier = nullptr;
};

} // namespace portalbind
