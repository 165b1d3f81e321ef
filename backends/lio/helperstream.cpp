// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helperstream.h"

#include "backends/lio/hoststatereader.h"
#include "backends/lio/linkthread.h"
#include "backends/lio/liotext.h"

#include <QPointer>
#include <QThreadPool>

#include <unistd.h>

namespace portalbind::lio {
namespace {

using namespace std::chrono_literals;

constexpr qsizetype parsedAtOnce = 4096; // bytes; what is longer is parsed elsewhere
constexpr qsizetype errorsKept = 16384; // bytes
constexpr auto patienceWithEnding = 1500ms;
// A helper tells at most ten a second; those of a connection that stood still come all at once.
constexpr int mostEventsASecond = 5000;

Error lostAnswer(const Error &why)
{
    Error error = why;
    error.kind = Error::Kind::OutcomeUnknown;
    error.what = Text::tr("The change was sent, and no answer came: %1").arg(why.what);
    error.remedy = Text::tr("Refresh to see what holds.");
    return error;
}

} // namespace

HelperStream::HelperStream(Launch launch)
    : m_launch(std::move(launch))
{
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        const auto seconds = (m_phase == Phase::Starting ? m_launch.patience : m_current->request.deadline) / 1s;
        breakOff(Error{Error::Kind::Timeout,
                       Text::tr("%1 did not answer within %n s.", nullptr, int(seconds)).arg(m_launch.host),
                       m_launch.host,
                       Text::tr("Try again."),
                       {}});
    });
    m_unwanted.setInterval(200);
    connect(&m_unwanted, &QTimer::timeout, this, &HelperStream::dropIfUnwanted);
}

void HelperStream::send(Call call)
{
    if (m_phase == Phase::Ended) {
        call.done(failure(Error::Kind::Cancelled, Text::tr("Cancelled.")));
        return;
    }
    m_waiting.push_back(std::move(call));
    if (m_phase == Phase::Idle)
        start();
    next();
}

void HelperStream::start()
{
    m_phase = Phase::Starting;
    ++m_generation;
    m_input.clear();
    m_searched = 0;
    m_isParsing = false;
    m_hadAnswered = false;
    m_eventsFrom.invalidate();
    m_errors.clear();
    m_greeting.reset();
    m_process = new QProcess(this);
    LinkThread::instance().enter();
    if (m_launch.way == Launch::Way::Ssh) {
        // The reasons that sudo gives are looked for in English; Debian's ssh hands the language on.
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C"));
        environment.remove(QStringLiteral("LANGUAGE"));
        m_process->setProcessEnvironment(environment);
    }
    connect(m_process, &QProcess::started, this, &HelperStream::started);
    connect(m_process, &QProcess::readyReadStandardOutput, this, &HelperStream::take);
    connect(m_process, &QProcess::readyReadStandardError, this,
            [this] { m_errors = (m_errors + m_process->readAllStandardError()).right(errorsKept); });
    connect(m_process, &QProcess::finished, this, &HelperStream::processEnded);
    connect(m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            processEnded();
    });
    m_deadline.start(m_launch.patience);
    m_unwanted.start();
    // In a session of its own: a key that the terminal turns into a signal ends neither a step nor the connection, and
    // who is asked for a write gets to know what came of it. pkexec may have to ask at that terminal.
    if (m_launch.way != Launch::Way::Pkexec)
        m_process->setChildProcessModifier([] { ::setsid(); });
    m_process->start(m_launch.program, m_launch.arguments);
}

void HelperStream::started()
{
    HelperRequest hello;
    hello.verb = QStringLiteral("hello");
    hello.fields.insert(QStringLiteral("protocol"), 1);
    hello.deadline = m_launch.patience;
    write({hello, {}, [this](const Result<HelperAnswer> &answer) { greeted(answer); }});
}

void HelperStream::greeted(const Result<HelperAnswer> &answer)
{
    if (!answer && m_phase != Phase::Starting)
        return; // broken off: all have been told
    Result<Greeting> greeting = tl::unexpected<Error>(answer ? Error() : answer.error());
    if (answer)
        greeting = readGreeting(answer->body);
    if (!greeting) {
        breakOff(greeting.error());
        return;
    }
    m_greeting = std::make_shared<const Greeting>(*std::move(greeting));
    m_phase = Phase::Ready;
    m_unwanted.stop();
    HelperRequest watch;
    watch.verb = QStringLiteral("watch");
    m_waiting.push_front({watch, {}, [](const Result<HelperAnswer> &) {}}); // without it people refresh by hand
    next();
}

void HelperStream::next()
{
    while (m_phase == Phase::Ready && !m_current && !m_waiting.empty()) {
        Call call = std::move(m_waiting.front());
        m_waiting.pop_front();
        if (call.stop.stop_requested())
            call.done(failure(Error::Kind::Cancelled, Text::tr("Cancelled.")));
        else
            write(std::move(call));
    }
}

void HelperStream::write(Call call)
{
    m_currentId = ++m_lastId;
    m_process->write(call.request.line(m_currentId));
    m_deadline.start(call.request.deadline);
    m_current = std::move(call);
}

void HelperStream::take()
{
    if (!m_process)
        return;
    m_input += m_process->readAllStandardOutput();
    while (m_process && !m_isParsing) {
        const qsizetype end = m_input.indexOf('\n', m_searched);
        if (end < 0) {
            m_searched = m_input.size();
            break;
        }
        const QByteArray line = m_input.left(end);
        m_input.remove(0, end + 1);
        m_searched = 0;
        takeLine(line);
    }
    // One answer that is taken apart, and one more, is all that a helper has to say at a time.
    if (m_process && m_input.size() > 2 * longestLine())
        breakOffEndless();
}

qsizetype HelperStream::longestLine() const
{
    const bool isWhole = m_current && m_current->request.verb == QLatin1String("read");
    return isWhole ? longestAnswer : longestShortAnswer;
}

void HelperStream::breakOffEndless()
{
    breakOff(Error{Error::Kind::Server,
                   Text::tr("%1 sends without an end.").arg(m_launch.host),
                   m_launch.host,
                   Text::tr("Something else may print into the connection."),
                   {}});
}

void HelperStream::takeLine(const QByteArray &line)
{
    if (line.size() <= parsedAtOnce) {
        parsed(m_generation, readHelperLine(line));
        return;
    }
    if (line.size() > longestLine()) {
        breakOffEndless();
        return;
    }
    m_isParsing = true;
    // It has answered, if this is the answer; for one that says something else the rest of its time goes on.
    const int left = m_deadline.isActive() ? m_deadline.remainingTime() : -1;
    m_deadline.stop();
    const QPointer<HelperStream> self(this);
    const auto parse = [self, line, left, asked = m_currentId, generation = m_generation] {
        const auto read = std::make_shared<Result<HelperLine>>(readHelperLine(line));
        LinkThread::instance().post([self, left, asked, generation, read] {
            if (!self)
                return;
            if (generation == self->m_generation)
                self->m_isParsing = false;
            self->parsed(generation, *read);
            if (left >= 0 && generation == self->m_generation && self->m_current && self->m_currentId == asked)
                self->m_deadline.start(left);
            self->take();
        });
    };
    LinkThread::parsers().start(parse);
}

void HelperStream::parsed(quint64 generation, const Result<HelperLine> &line)
{
    if (generation != m_generation || !m_process)
        return; // of a helper that is lost
    if (!line)
        breakOff(line.error());
    else if (line->kind == HelperLine::Kind::Event && !line->id)
        told(line->changed);
    else
        answered(*line);
}

void HelperStream::told(const QStringList &what)
{
    if (!m_eventsFrom.isValid() || m_eventsFrom.hasExpired(1000)) {
        m_eventsFrom.start();
        m_events = 0;
    }
    if (++m_events > mostEventsASecond) {
        breakOffEndless();
        return;
    }
    if (!what.isEmpty())
        emit changed(what);
}

void HelperStream::answered(const HelperLine &line)
{
    if (!m_current || line.id != m_currentId) {
        // Not ours, or the request was not even read: what it answers to cannot be told.
        breakOff(line.kind == HelperLine::Kind::Failed ? errorOfFailure(line.body)
                                                       : Error{Error::Kind::Server,
                                                               Text::tr("The helper answers what it was not asked."),
                                                               m_launch.host,
                                                               Text::tr("Try again."),
                                                               {}});
        return;
    }
    m_hadAnswered = true;
    m_deadline.stop();
    const Call call = std::move(*m_current);
    m_current.reset();
    if (line.kind == HelperLine::Kind::Failed)
        call.done(tl::unexpected<Error>(errorOfFailure(line.body)));
    else
        call.done(HelperAnswer{line.kind == HelperLine::Kind::Refused, line.body, m_greeting});
    next();
}

void HelperStream::processEnded()
{
    HelperExit exit;
    exit.didStart = m_process->error() != QProcess::FailedToStart;
    exit.crashed = m_process->exitStatus() == QProcess::CrashExit;
    exit.code = m_process->exitCode();
    exit.hadAnswered = m_hadAnswered;
    exit.errors = (m_errors + m_process->readAllStandardError()).right(errorsKept);
    breakOff(errorOf(exit, m_launch));
}

void HelperStream::dropIfUnwanted()
{
    if (m_phase != Phase::Starting)
        return;
    const bool isWanted = std::any_of(m_waiting.begin(), m_waiting.end(),
                                      [](const Call &call) { return !call.stop.stop_requested(); });
    if (!isWanted)
        breakOff(Error{Error::Kind::Cancelled, Text::tr("Cancelled."), {}, {}, {}});
}

void HelperStream::breakOff(const Error &error)
{
    const bool wasQuiet = m_phase == Phase::Ready && !m_current && m_waiting.empty();
    leaveProcess();
    m_phase = m_phase == Phase::Ended ? Phase::Ended : Phase::Idle;
    m_deadline.stop();
    m_unwanted.stop();
    std::optional<Call> current = std::exchange(m_current, std::nullopt);
    std::deque<Call> waiting = std::exchange(m_waiting, {});
    if (current)
        current->done(tl::unexpected<Error>(current->request.writes ? lostAnswer(error) : error));
    for (const Call &call : waiting)
        call.done(tl::unexpected<Error>(error));
    if (wasQuiet)
        emit lost();
}

void HelperStream::leaveProcess()
{
    QProcess *const process = std::exchange(m_process, nullptr);
    if (!process)
        return;
    ++m_generation;
    process->disconnect(this);
    process->setParent(nullptr);
    const auto gone = [process] {
        LinkThread::instance().leave();
        process->deleteLater();
    };
    if (process->state() == QProcess::NotRunning) {
        gone();
        return;
    }
    // The end of its input ends a helper after the step that it is at. One under pkexec cannot be killed by us: then
    // its object stays behind, for its destructor would wait for it.
    connect(process, &QProcess::finished, process, gone);
    process->closeWriteChannel();
    QTimer::singleShot(patienceWithEnding, process, [process] {
        if (process->state() != QProcess::NotRunning)
            process->kill();
    });
}

void HelperStream::end()
{
    m_phase = Phase::Ended;
    breakOff(Error{Error::Kind::Cancelled, Text::tr("Cancelled."), {}, {}, {}});
    deleteLater();
}

} // namespace portalbind::lio
