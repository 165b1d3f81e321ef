// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/service.h"

#include <string>

namespace portalbind::kernel {

/// Cuts what arrives into lines. A line that is longer than allowed is reported once and skipped up to its end, so that
/// it takes no more memory than an allowed one.
class LineReader
{
public:
    enum class Event { None, Line, TooLong };

    void add(std::string_view text) { m_buffer += text; }
    /// The next line, without its line feed.
    [[nodiscard]] Event next(std::string &line);
    [[nodiscard]] std::size_t held() const { return m_buffer.size(); } ///< bytes

private:
    std::string m_buffer;
    std::size_t m_searched = 0; ///< up to here there is no line feed
    bool m_skipping = false;
};

/// Serves one console over two descriptors until its end, SIGTERM, SIGINT or SIGHUP, which are blocked and taken
/// between two steps. Returns the exit status: 0, or 1 if the output could not be written.
class Console
{
public:
    Console(Service &service, int input, int output);
    [[nodiscard]] int serve();

private:
    enum class Step { GoOn, End, Broken };

    [[nodiscard]] Step waitForAnything();
    [[nodiscard]] Step readInput();
    [[nodiscard]] Step answerLines();
    [[nodiscard]] Step tellChanges();
    /// All of it, waiting for a slow reader, but not longer than until a signal.
    [[nodiscard]] Step write(std::string_view text);

    Service &m_service;
    int m_input;
    int m_output;
    Descriptor m_signals;
    LineReader m_lines;
};

} // namespace portalbind::kernel
