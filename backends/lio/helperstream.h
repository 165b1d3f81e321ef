// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helperexit.h"
#include "backends/lio/helperline.h"
#include "backends/lio/hoststate.h"

#include <QElapsedTimer>
#include <QObject>
#include <QProcess>
#include <QTimer>

#include <deque>
#include <functional>
#include <memory>
#include <stop_token>

namespace portalbind::lio {

/// What the helper answered to one request: that it was done, or that nothing was changed because a rule or the kernel
/// says no.
struct HelperAnswer
{
    bool isRefused = false;
    QJsonObject body;
    std::shared_ptr<const Greeting> greeting; ///< of the helper that answered
};

/// One conversation with a helper: its process is started when there is something to ask, greeted, asked one thing at a
/// time, and started anew for the next request after it is lost. Lives in the link thread, which alone uses it.
class HelperStream : public QObject
{
    Q_OBJECT
public:
    struct Call
    {
        HelperRequest request;
        std::stop_token stop; ///< keeps it from being sent
        std::function<void(Result<HelperAnswer>)> done; ///< called once, in this thread
    };

    explicit HelperStream(Launch launch);

    /// Errors: those of errorOf() and errorOfFailure(), Timeout; Cancelled when \a call was not sent before its stop. A
    /// write whose answer did not come is OutcomeUnknown. Nothing is sent twice.
    void send(Call call);
    /// Ends the conversation and deletes this when the process has ended.
    void end();

signals:
    void changed(const QStringList &what);
    void lost(); ///< without having been asked anything

private:
    enum class Phase : quint8 { Idle, Starting, Ready, Ended };

    void start();
    void started();
    void greeted(const Result<HelperAnswer> &answer);
    void next();
    void write(Call call);
    void take();
    /// Bytes that a line may have now: what is awaited may be the whole host, or only what came of a change.
    [[nodiscard]] qsizetype longestLine() const;
    void breakOffEndless();
    void takeLine(const QByteArray &line);
    void parsed(quint64 generation, const Result<HelperLine> &line);
    void told(const QStringList &what);
    void answered(const HelperLine &line);
    void processEnded();
    void dropIfUnwanted();
    /// The conversation is over: who waits is told \a error, or that the outcome is unknown.
    void breakOff(const Error &error);
    void leaveProcess();

    Launch m_launch;
    QProcess *m_process = nullptr;
    Phase m_phase = Phase::Idle;
    quint64 m_generation = 0; // of the process
    qint64 m_lastId = 0;
    qint64 m_currentId = 0;
    std::optional<Call> m_current;
    std::deque<Call> m_waiting;
    QByteArray m_input;
    qsizetype m_searched = 0; // of m_input, without a line end
    bool m_isParsing = false;
    bool m_hadAnswered = false;
    int m_events = 0; // since m_eventsFrom began
    QElapsedTimer m_eventsFrom;
    QByteArray m_errors;
    std::shared_ptr<const Greeting> m_greeting;
    QTimer m_deadline{this};
    QTimer m_unwanted{this}; // looks whether anybody still waits for a helper that is being started
};

} // namespace portalbind::lio
