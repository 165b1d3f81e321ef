// SPDX-License-Identifier: Apache-2.0
#include "linuxwindow.h"

#include "backends/lio/liobackend.h"

namespace portalbind {

namespace {

Task<Result<QString>> known(QString whyNot)
{
    if (whyNot.isEmpty())
        co_return QStringLiteral("lio:");
    co_return failure(Error::Kind::Server, whyNot);
}

} // namespace

LinuxWindow::LinuxWindow(const QString &whyNotThisHost)
    : HostWindow(services(whyNotThisHost))
{
}

Services LinuxWindow::services(const QString &whyNotThisHost) const
{
    Services services;
    services.open = [this](const QString &) -> Result<std::unique_ptr<TargetBackend>> {
        return std::make_unique<LioBackend>(lio::HostUrl(), [launch = helper.launch()] { return launch; });
    };
    services.thisHost = [whyNotThisHost] { return known(whyNotThisHost); };
    return services;
}

EndpointHandle LinuxWindow::tpg(const char *target, int tag) const
{
    return HostWindow::tpg(QLatin1String("iqn.2026-11.com.example:") + QLatin1String(target), tag);
}

} // namespace portalbind
