// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/failure.h"

#include <optional>
#include <string_view>

namespace portalbind::kernel {

/// Keeps the first failure of this thread, while it lives, to look at something that may well be there: no descriptor
/// or memory is left, the disk fails. What was read then is less than what there is, and nothing may be concluded from
/// it: least of all that an object is gone. What is not there, or not for this process to see, is no such failure.
class ReadFaults
{
public:
    ReadFaults();
    ~ReadFaults();
    ReadFaults(const ReadFaults &) = delete;
    ReadFaults &operator=(const ReadFaults &) = delete;

    [[nodiscard]] const std::optional<Failure> &first() const { return m_first; }

    /// Whether \a error (an errno) says that nothing of that name is there: also a link or a file in place of a folder.
    [[nodiscard]] static bool meansGone(int error);
    /// Called where \a what could not be opened, listed or read; errno stays as it is.
    static void note(int error, std::string_view what);
    /// The same, where a refusal by the system is a failure too.
    static void noteStrictly(int error, std::string_view what);

private:
    static void keep(int error, std::string_view what);

    std::optional<Failure> m_first;
    ReadFaults *m_outer;
};

} // namespace portalbind::kernel
