// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/settings.h"

#include <QObject>
#include <QPalette>

namespace portalbind {

/// Light or dark: as the person set it, or as the desktop wants it. Fusion style everywhere: it follows the palette.
class Theme : public QObject
{
    Q_OBJECT
public:
    explicit Theme(QObject *parent = nullptr);

    void set(Settings::Theme theme);

    [[nodiscard]] static QPalette darkPalette();
    [[nodiscard]] static QPalette lightPalette();

signals:
    void changed();

private:
    void apply();

    Settings::Theme m_theme = Settings::Theme::System;
    bool m_desktopDark = false;
    bool m_dark = false;
};

} // namespace portalbind
