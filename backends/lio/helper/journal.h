// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

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

    /// One line; what is not printable in it is escaped.
    void write(const std::string &line) const;

private:
    std::string m_who;
    bool m_toStandardError;
};

/// Who stands behind this process: `uid 1000 by pkexec, login uid 1000`.
[[nodiscard]] std::string whoAsks();

} // namespace portalbind::kernel
