// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/thishost.h"

#include "backends/lio/liotext.h"

#include <QDir>
#include <QSysInfo>

namespace portalbind::lio {
namespace {

tl::unexpected<Error> no(const QString &what, const QString &remedy)
{
    return failure(Error::Kind::Server, what, {}, remedy);
}

} // namespace

Result<QString> thisHost(const LaunchSituation &situation, const QString &root, const QString &release)
{
    if (QSysInfo::kernelType() != QLatin1String("linux"))
        return no(Text::tr("Only Linux has a kernel target of this kind."),
                  Text::tr("Connect to another host: lio+ssh://user@host."));
    const auto exists = [&](const QString &path) { return QFileInfo::exists(root + path); };
    const QString config = QStringLiteral("/sys/kernel/config");
    if (!exists(config + QStringLiteral("/target"))) {
        if (exists(QStringLiteral("/sys/module/target_core_mod")))
            return no(
                    Text::tr("The kernel's target is loaded, and its configuration is not mounted at %1.").arg(config),
                    Text::tr("Mount it: mount -t configfs none %1.").arg(config));
        const QDir modules(root + QStringLiteral("/lib/modules/")
                           + (release.isEmpty() ? QSysInfo::kernelVersion() : release)
                           + QStringLiteral("/kernel/drivers/target"));
        if (!modules.entryList({QStringLiteral("target_core_mod.ko*")}).isEmpty())
            return no(Text::tr("The kernel's target is not loaded on this host."),
                      Text::tr("Load it: modprobe iscsi_target_mod. targetcli's service does so at boot."));
        return no(Text::tr("This host's kernel has no iSCSI target."),
                  Text::tr("Connect to another host: lio+ssh://user@host."));
    }
    const Result<Launch> launch = launchFor(HostUrl(), situation);
    if (!launch)
        return tl::unexpected<Error>(launch.error());
    return HostUrl().toUrl().toString();
}

} // namespace portalbind::lio
