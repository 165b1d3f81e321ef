// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helperlaunch.h"

#include "backends/lio/liotext.h"

#include <QCoreApplication>
#include <QFileInfo>

#ifdef Q_OS_UNIX
#include <unistd.h>
#endif

namespace portalbind::lio {
namespace {

using namespace std::chrono_literals;

constexpr auto typing = 300'000ms; // a password, or a confirmation on another device

Launch overSsh(const HostUrl &url, const LaunchSituation &situation)
{
    Launch launch;
    launch.way = Launch::Way::Ssh;
    launch.program = QStringLiteral("ssh");
    launch.host = url.title();
    launch.user = url.user;
    launch.patience = situation.canAsk ? typing : 40'000ms;
    launch.arguments << QStringLiteral("-T") << QStringLiteral("-o") << QStringLiteral("ConnectTimeout=15")
                     << QStringLiteral("-o") << QStringLiteral("ServerAliveInterval=10") << QStringLiteral("-o")
                     << QStringLiteral("ServerAliveCountMax=3") << QStringLiteral("-o")
                     << QStringLiteral("ClearAllForwardings=yes");
    // Without a terminal ssh can ask only through the desktop's own program; then it asks nothing at all.
    if (!situation.canAsk)
        launch.arguments << QStringLiteral("-o") << QStringLiteral("BatchMode=yes");
    if (url.port != 0)
        launch.arguments << QStringLiteral("-p") << QString::number(url.port);
    if (!url.user.isEmpty())
        launch.arguments << QStringLiteral("-l") << url.user;
    launch.arguments << QStringLiteral("--") << url.host;
    const bool isRoot = url.user == QLatin1String("root");
    if (!isRoot)
        launch.arguments << QStringLiteral("sudo") << QStringLiteral("-n");
    launch.arguments << QLatin1String(installedHelper);
    return launch;
}

} // namespace

LaunchSituation LaunchSituation::now()
{
    LaunchSituation situation;
#ifdef Q_OS_UNIX
    situation.isRoot = ::geteuid() == 0;
#endif
    const QFileInfo own(QCoreApplication::applicationDirPath() + QStringLiteral("/portalbind-lio-helper"));
    if (own.isExecutable())
        situation.ownHelper = own.absoluteFilePath();
    situation.isInstalled = QFileInfo(QLatin1String(installedHelper)).isExecutable();
    situation.given = qEnvironmentVariable("PORTALBIND_LIO_HELPER");
    situation.canAsk = !qEnvironmentVariableIsEmpty("SSH_ASKPASS")
            && (!qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY"));
    return situation;
}

Result<Launch> launchFor(const HostUrl &url, const LaunchSituation &situation)
{
    if (!url.isLocal())
        return overSsh(url, situation);
    Launch launch;
    launch.host = url.title();
    if (!situation.given.isEmpty()) {
        launch.program = situation.given;
        return launch;
    }
    if (situation.isRoot && (!situation.ownHelper.isEmpty() || situation.isInstalled)) {
        launch.program = situation.ownHelper.isEmpty() ? QString::fromLatin1(installedHelper) : situation.ownHelper;
        return launch;
    }
    // pkexec asks with the words of the policy only for the path that is written there.
    if (situation.isInstalled) {
        launch.way = Launch::Way::Pkexec;
        launch.program = QStringLiteral("pkexec");
        launch.arguments << QLatin1String(installedHelper);
        launch.patience = typing;
        return launch;
    }
    return failure(Error::Kind::Server,
                   Text::tr("The helper that reads the kernel's target is not installed on this host."),
                   QString::fromLatin1(installedHelper), Text::tr("Install Portalbind's package, or run as root."));
}

} // namespace portalbind::lio
