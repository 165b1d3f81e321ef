// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/console.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <utility>

namespace portalbind::kernel {

namespace {

/// A pipe that poll(2) calls writable takes this much without blocking.
constexpr std::size_t pipePiece = PIPE_BUF;
constexpr std::size_t readPiece = std::size_t(64) * 1024;

Descriptor blockSignals()
{
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN); // the write fails
    // A step that is cut off in its middle leaves what only a restart frees: nothing interrupts one but what nobody can
    // put off, and what the program's own faults raise.
    sigset_t all{};
    sigfillset(&all);
    for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGSYS, SIGTRAP, SIGABRT})
        sigdelset(&all, number);
    sigprocmask(SIG_BLOCK, &all, nullptr);
    sigset_t signals{};
    sigemptyset(&signals);
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGXCPU})
        sigaddset(&signals, number);
    return Descriptor(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

int millisecondsUntil(ChangeWatch::Clock::time_point time)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(time - ChangeWatch::Clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

} // namespace

LineReader::Event LineReader::next(std::string &line)
{
    while (true) {
        const auto feed = m_buffer.find('\n', m_searched);
        const std::size_t length = feed == std::string::npos ? m_buffer.size() : feed + 1;
        const bool whole = feed != std::string::npos;
        const bool tooLong = length > longestRequest;
        const bool isAnswered = std::exchange(m_skipping, (m_skipping || tooLong) && !whole);
        if (whole && !tooLong && !isAnswered)
            line.assign(m_buffer, 0, feed);
        if (whole || tooLong || isAnswered)
            m_buffer.erase(0, length);
        m_searched = whole ? 0 : m_buffer.size();
        if (tooLong && !isAnswered)
            return Event::TooLong;
        if (!whole)
            return Event::None;
        if (!isAnswered)
            return Event::Line;
    }
}

Console::Console(Service &service, int input, int output)
    : m_service(service)
    , m_input(input)
    , m_output(output)
    , m_signals(blockSignals())
{
}

int Console::serve()
{
    Step step = Step::GoOn;
    while (step == Step::GoOn)
        step = waitForAnything();
    return step == Step::Broken ? 1 : 0;
}

Console::Step Console::waitForAnything()
{
    ChangeWatch *watch = m_service.watch();
    std::array<pollfd, 4> waits = {{{m_signals.number(), POLLIN, 0},
                                    {m_input, POLLIN, 0},
                                    {watch != nullptr ? watch->notifyDescriptor() : -1, POLLIN, 0},
                                    {watch != nullptr ? watch->netlinkDescriptor() : -1, POLLIN, 0}}};
    const int patience = watch != nullptr ? millisecondsUntil(watch->nextTime()) : -1;
    if (poll(waits.data(), waits.size(), patience) < 0 && errno != EINTR)
        return Step::Broken;
    if (waits[0].revents != 0)
        return Step::End;
    if (watch != nullptr && waits[2].revents != 0)
        watch->takeNotifications();
    if (watch != nullptr && waits[3].revents != 0)
        watch->takeNetlink();
    if (const Step told = tellChanges(); told != Step::GoOn)
        return told;
    return waits[1].revents != 0 ? readInput() : Step::GoOn;
}

Console::Step Console::readInput()
{
    std::array<char, readPiece> piece{};
    const ssize_t got = read(m_input, piece.data(), piece.size());
    if (got < 0)
        return errno == EINTR || errno == EAGAIN ? Step::GoOn : Step::Broken;
    if (got == 0)
        return Step::End; // a line without its end is no request
    m_lines.add({piece.data(), static_cast<std::size_t>(got)});
    return answerLines();
}

Console::Step Console::answerLines()
{
    std::string line;
    while (true) {
        const LineReader::Event event = m_lines.next(line);
        if (event == LineReader::Event::None)
            return Step::GoOn;
        const std::string answer = event == LineReader::Event::Line
                ? m_service.answer(line)
                : failedLine(std::nullopt, {"protocol", "a line is longer than 1 MiB", 0, false});
        if (const Step written = write(answer); written != Step::GoOn)
            return written;
        pollfd signal{m_signals.number(), POLLIN, 0};
        if (poll(&signal, 1, 0) > 0)
            return Step::End;
    }
}

Console::Step Console::tellChanges()
{
    ChangeWatch *watch = m_service.watch();
    const unsigned kinds = watch != nullptr ? watch->due(ChangeWatch::Clock::now()) : 0;
    if (kinds == 0)
        return Step::GoOn;
    return write(Json{{"event", "changed"}, {"what", ChangeWatch::words(kinds)}}.dump() + '\n');
}

Console::Step Console::write(std::string_view text)
{
    while (!text.empty()) {
        std::array<pollfd, 2> waits = {{{m_signals.number(), POLLIN, 0}, {m_output, POLLOUT, 0}}};
        if (poll(waits.data(), waits.size(), -1) < 0) {
            if (errno == EINTR)
                continue;
            return Step::Broken;
        }
        if (waits[0].revents != 0)
            return Step::End;
        const ssize_t put = ::write(m_output, text.data(), std::min(text.size(), pipePiece));
        if (put < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (put < 0)
            return Step::Broken;
        text.remove_prefix(static_cast<std::size_t>(put));
    }
    return Step::GoOn;
}

} // namespace portalbind::kernel
