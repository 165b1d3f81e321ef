// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

namespace portalbind {

/// Whether the desktop wants dark windows. Qt 6.4 cannot say it: the XDG desktop portal is asked over D-Bus (interface
/// org.freedesktop.portal.Settings, key org.freedesktop.appearance color-scheme), without waiting, and followed.
class DesktopAppearance : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    /// Asks and listens; the answer, if there is one, comes as a signal.
    static DesktopAppearance *watch(QObject *parent);

signals:
    void darkWanted(bool dark);
};

} // namespace portalbind
