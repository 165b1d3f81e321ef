// SPDX-License-Identifier: Apache-2.0
#include "widgets/desktopappearance.h"

#ifdef PORTALBIND_DBUS
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#endif

namespace portalbind {

#ifdef PORTALBIND_DBUS
namespace {

QString portalService()
{
    return QStringLiteral("org.freedesktop.portal.Desktop");
}
QString portalPath()
{
    return QStringLiteral("/org/freedesktop/portal/desktop");
}
QString portalInterface()
{
    return QStringLiteral("org.freedesktop.portal.Settings");
}
QString appearance()
{
    return QStringLiteral("org.freedesktop.appearance");
}
QString colourScheme()
{
    return QStringLiteral("color-scheme");
}

class DesktopPortal final : public DesktopAppearance
{
    Q_OBJECT
public:
    explicit DesktopPortal(QObject *parent)
        : DesktopAppearance(parent)
    {
        QDBusConnection bus = QDBusConnection::sessionBus();
        if (!bus.isConnected())
            return;
        bus.connect(portalService(), portalPath(), portalInterface(), QStringLiteral("SettingChanged"), this,
                    SLOT(settingChanged(QString, QString, QDBusVariant)));
        QDBusMessage read = QDBusMessage::createMethodCall(portalService(), portalPath(), portalInterface(),
                                                           QStringLiteral("Read"));
        read << appearance() << colourScheme();
        auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(read), this);
        connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher *call) {
            call->deleteLater();
            const QDBusPendingReply<QDBusVariant> reply = *call;
            if (!reply.isError())
                tell(reply.value());
        });
    }

private slots:
    void settingChanged(const QString &space, const QString &key, const QDBusVariant &value)
    {
        if (space == appearance() && key == colourScheme())
            tell(value);
    }

private:
    void tell(const QDBusVariant &answer)
    {
        QVariant value = answer.variant();
        if (value.canConvert<QDBusVariant>()) // Read() of version 1 wraps its value twice
            value = value.value<QDBusVariant>().variant();
        emit darkWanted(value.toUInt() == 1); // 0 no preference, 1 dark, 2 light
    }
};

} // namespace
#endif

DesktopAppearance *DesktopAppearance::watch(QObject *parent)
{
#ifdef PORTALBIND_DBUS
    return new DesktopPortal(parent);
#else
    return new DesktopAppearance(parent);
#endif
}

} // namespace portalbind

#ifdef PORTALBIND_DBUS
#include "desktopappearance.moc"
#endif
