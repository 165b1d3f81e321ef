// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/files.h"

#include <string>

namespace portalbind::kernel {

/// What the kernel has logged since this object was made: the only place where it says why it answers EINVAL.
class KernelLog
{
public:
    /// \a path: /dev/kmsg. Where it may not be read, there is never anything.
    explicit KernelLog(const std::string &path);

    void forget(); ///< what has been logged until now
    /// The lines since the last call of either, `; ` between them; at most 1,000 bytes.
    [[nodiscard]] std::string news();

private:
    Descriptor m_file;
};

/// The message of one record of /dev/kmsg (`6,339,5140900,-;text`); empty if it is none.
[[nodiscard]] std::string kernelMessage(std::string_view record);

} // namespace portalbind::kernel
