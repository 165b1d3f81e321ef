// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helperlaunch.h"

namespace portalbind::lio {

/// How the process of a helper ended, or did not begin.
struct HelperExit
{
    bool didStart = true;
    bool crashed = false;
    int code = 0;
    bool hadAnswered = false; ///< at least once: ssh, sudo and pkexec were content
    QByteArray errors; ///< the end of its standard error
};

/// Why the helper of \a launch is not there (any more): what ssh, sudo, pkexec or a shell say on standard error and by
/// their exit codes, in words. Kinds: SignIn, Rights, Transport, Server. Pure.
[[nodiscard]] Error errorOf(const HelperExit &exit, const Launch &launch);

} // namespace portalbind::lio
