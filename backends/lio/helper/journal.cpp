// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/journal.h"

#include "backends/lio/helper/boundedjson.h"
#include "backends/lio/helper/files.h"

#include <fcntl.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace portalbind::kernel {

namespace {

/// A user number that pkexec or sudo has set; "" if there is none, or it is no number.
std::string numberFrom(const char *variable)
{
    const char *value = std::getenv(variable);
    const std::string text = value == nullptr ? "" : value;
    return text.size() <= 10 && text.find_first_not_of("0123456789") == std::string::npos ? text : std::string();
}

} // namespace

std::string whoAsks()
{
    std::string who;
    if (const std::string uid = numberFrom("PKEXEC_UID"); !uid.empty())
        who = "uid " + uid + " by pkexec";
    else if (const std::string sudoUid = numberFrom("SUDO_UID"); !sudoUid.empty())
        who = "uid " + sudoUid + " by sudo";
    else
        who = "uid " + std::to_string(getuid());
    // The number of the session's first sign-in, which no later change of user alters. 4294967295: none.
    const Descriptor process = openAbsolute("/proc/" + std::to_string(getpid()), O_RDONLY | O_DIRECTORY);
    const std::string login = process.isOpen() ? readTrimmed(process.number(), "loginuid") : std::string();
    if (!login.empty() && login != "4294967295")
        who += ", login uid " + login;
    return who;
}

std::vector<std::string> requestTexts(const Json &request)
{
    constexpr std::size_t roomForList = 2000; // bytes, besides the longest names there are
    Json plain = Json::object();
    std::string list; // a request has one at most
    for (const auto &[key, value] : request.items()) {
        if (value.is_array())
            list = key;
        else if (key != "id" && key != "do")
            plain[key] = value;
    }
    if (list.empty())
        return {compactText(plain)};
    std::vector<std::string> texts;
    std::size_t room = roomForList;
    Json part = plain;
    part[list] = Json::array();
    for (const Json &element : request[list]) {
        const std::size_t length = compactText(element).size();
        if (length > room && !part[list].empty()) {
            texts.push_back(compactText(part));
            part[list] = Json::array();
            room = roomForList;
        }
        room -= std::min(length, room);
        part[list].push_back(element);
    }
    texts.push_back(compactText(part));
    return texts;
}

Journal::Journal(bool toStandardError)
    : m_who(whoAsks())
    , m_toStandardError(toStandardError)
{
    openlog("portalbind-lio-helper", LOG_PID | LOG_NDELAY, LOG_AUTHPRIV);
}

Journal::~Journal()
{
    closelog();
}

void Journal::write(const std::string &line) const
{
    const std::string whole = m_who + ": " + printable(line, longestLine);
    syslog(LOG_NOTICE, "%s", whole.c_str());
    if (m_toStandardError) {
        [[maybe_unused]] const bool written = writeAll(STDERR_FILENO, whole + '\n'); // nobody there: the log has it
    }
}

} // namespace portalbind::kernel
