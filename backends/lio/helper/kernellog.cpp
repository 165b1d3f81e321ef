// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/kernellog.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace portalbind::kernel {

namespace {

constexpr std::size_t longestNews = 1000; // bytes

} // namespace

KernelLog::KernelLog(const std::string &path)
    : m_file(openAbsolute(path, O_RDONLY | O_NONBLOCK))
{
    forget();
}

void KernelLog::forget()
{
    if (m_file.isOpen() && lseek(m_file.number(), 0, SEEK_END) < 0)
        m_file = Descriptor();
}

std::string KernelLog::news()
{
    std::string all;
    std::array<char, 8192> record{};
    while (m_file.isOpen()) {
        const ssize_t length = read(m_file.number(), record.data(), record.size());
        if (length < 0 && (errno == EPIPE || errno == EINTR)) // EPIPE: records were overwritten before they were read
            continue;
        if (length <= 0)
            break;
        const std::string message = kernelMessage({record.data(), static_cast<std::size_t>(length)});
        if (!message.empty() && all.size() + message.size() < longestNews)
            all += (all.empty() ? "" : "; ") + message;
    }
    return all;
}

std::string kernelMessage(std::string_view record)
{
    const auto start = record.find(';');
    if (start == std::string_view::npos)
        return {};
    record = record.substr(start + 1);
    return printable(record.substr(0, record.find('\n')));
}

} // namespace portalbind::kernel
