// SPDX-License-Identifier: Apache-2.0
#include "app/gui/display.h"

#include <QCoreApplication>
#include <QStringList>

#include <cstdio>
#include <cstdlib>

namespace portalbind {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Display", text);
}

QString useTheOther()
{
    return tr("On a host without one use portalbindctl.");
}

#if defined(Q_OS_UNIX) && !defined(Q_OS_MACOS)
bool names(const char *variable)
{
    return !qEnvironmentVariableIsEmpty(variable);
}

/// `xcb`, `wayland-egl`, `offscreen`, `vnc:size=800x600`, …
bool isPossible(const QString &platform)
{
    if (platform.startsWith(QLatin1String("xcb")))
        return names("DISPLAY");
    if (platform.startsWith(QLatin1String("wayland")))
        return names("WAYLAND_DISPLAY") || names("WAYLAND_SOCKET");
    return true;
}
#endif

} // namespace

QString whyNoDisplay()
{
#if defined(Q_OS_UNIX) && !defined(Q_OS_MACOS)
    const QString asked = qEnvironmentVariable("QT_QPA_PLATFORM");
    if (asked.isEmpty()) {
        if (names("DISPLAY") || names("WAYLAND_DISPLAY") || names("WAYLAND_SOCKET"))
            return {};
        return tr("There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set.") + u' ' + useTheOther();
    }
    const QStringList platforms = asked.split(u';'); // the first that works is taken
    for (const QString &platform : platforms) {
        if (isPossible(platform))
            return {};
    }
    return tr("There is no display for the platform %1 that QT_QPA_PLATFORM asks for.").arg(asked) + u' '
            + useTheOther();
#else
    return {};
#endif
}

void endWithoutDisplay()
{
    qInstallMessageHandler([](QtMsgType type, const QMessageLogContext &, const QString &message) {
        if (type != QtFatalMsg) {
            std::fprintf(stderr, "%s\n", qPrintable(message));
            return;
        }
        std::fprintf(stderr, "portalbind: %s\n",
                     qPrintable(tr("The display cannot be reached.") + u' ' + useTheOther()));
        std::_Exit(1);
    });
}

} // namespace portalbind
