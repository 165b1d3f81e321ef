// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helperlaunch.h"

namespace portalbind::lio {

/// The URL of this host's own target, where its kernel has one and a helper could read it. Looks at a few files: not
/// for the GUI thread. \a root is put in front of every path, for tests; \a release is that of the kernel that runs.
/// Error: Server, why not and what to do.
[[nodiscard]] Result<QString> thisHost(const LaunchSituation &situation, const QString &root = {},
                                       const QString &release = {});

} // namespace portalbind::lio
