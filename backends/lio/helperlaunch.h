// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/hosturl.h"

#include <QStringList>

#include <chrono>

namespace portalbind::lio {

/// How the helper is started.
struct Launch
{
    enum class Way : quint8 {
        Direct, ///< as who we are
        Pkexec, ///< as root, after the desktop asked
        Ssh,
    };
    Way way = Way::Direct;
    QString program;
    QStringList arguments;
    QString host; ///< as errors call it
    QString user; ///< over SSH; empty: not told
    /// Until the first answer. A person may have to type something.
    std::chrono::milliseconds patience{30'000};
};

/// Where the package puts the helper; pkexec's policy and remote hosts know it by this path.
inline constexpr const char *installedHelper = "/usr/libexec/portalbind/portalbind-lio-helper";

/// What decides how it is started, so that tests can decide otherwise.
struct LaunchSituation
{
    bool isRoot = false;
    QString ownHelper; ///< a helper beside this program; empty: none
    bool isInstalled = false; ///< installedHelper is there
    QString given; ///< PORTALBIND_LIO_HELPER: started as it is, for developers and tests
    bool canAsk = false; ///< ssh has a program to ask a person with (SSH_ASKPASS)

    [[nodiscard]] static LaunchSituation now();
};

/// Error: Server, when there is no helper on this host.
[[nodiscard]] Result<Launch> launchFor(const HostUrl &url, const LaunchSituation &situation);

} // namespace portalbind::lio
