// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/failure.h"

#include <string>
#include <vector>

namespace portalbind::kernel {

/// The system's log. Facility authpriv: what is done with root's rights on behalf of a person stands beside what sudo
/// and pkexec write, and only administrators may read it (host names, addresses and IQNs of initiators are in it).
class Journal
{
public:
    /// \a toStandardError: there too.
    explicit Journal(bool toStandardError);
    Journal(const Journal &) = delete;
    Journal &operator=(const Journal &) = delete;
    ~Journal();

    /// One line; what is not printable in it is escaped, and it is cut at longestLine.
    void write(const std::string &line) const;

    static constexpr std::size_t longestLine = 4000; ///< bytes; journald and rsyslog take 8,192

private:
    std::string m_who;
    bool m_toStandardError;
};

/// \a request as it is told in the log: compact, without `id` and `do`, in as many texts as its lists need (objects,
/// portals), so that none of them is cut.
[[nodiscard]] std::vector<std::string> requestTexts(const Json &request);

/// Who stands behind this process: `uid 1000 by pkexec, login uid 1000`.
[[nodiscard]] std::string whoAsks();

} // namespace portalbind::kernel
