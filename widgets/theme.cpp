// SPDX-License-Identifier: Apache-2.0
#include "widgets/theme.h"

#include "widgets/desktopappearance.h"

#include <QApplication>
#include <QStyle>
#include <QStyleFactory>

namespace portalbind {

namespace {

struct Tones
{
    QColor window, base, alternate, button, text, dim, highlight, highlightedText, link, light, mid, dark;
};

QPalette palette(const Tones &tones)
{
    QPalette p;
    const auto all = [&p](QPalette::ColorRole role, const QColor &colour) { p.setColor(QPalette::All, role, colour); };
    all(QPalette::Window, tones.window);
    all(QPalette::WindowText, tones.text);
    all(QPalette::Base, tones.base);
    all(QPalette::AlternateBase, tones.alternate);
    all(QPalette::Text, tones.text);
    all(QPalette::Button, tones.button);
    all(QPalette::ButtonText, tones.text);
    all(QPalette::BrightText, tones.highlightedText);
    all(QPalette::ToolTipBase, tones.alternate);
    all(QPalette::ToolTipText, tones.text);
    all(QPalette::PlaceholderText, tones.dim);
    all(QPalette::Highlight, tones.highlight);
    all(QPalette::HighlightedText, tones.highlightedText);
    all(QPalette::Link, tones.link);
    all(QPalette::LinkVisited, tones.link);
    all(QPalette::Light, tones.light);
    all(QPalette::Midlight, tones.light);
    all(QPalette::Mid, tones.mid);
    all(QPalette::Dark, tones.dark);
    all(QPalette::Shadow, tones.dark);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, tones.dim);
    return p;
}

} // namespace

Theme::Theme(QObject *parent)
    : QObject(parent)
{
    connect(DesktopAppearance::watch(this), &DesktopAppearance::darkWanted, this, [this](bool dark) {
        m_desktopDark = dark;
        if (m_theme == Settings::Theme::System && dark != m_dark)
            apply();
    });
}

// Contrast of text on base, window and highlight is 4.5:1 at least, of dim text on base as well (WCAG 2.1, 1.4.3).
QPalette Theme::lightPalette()
{
    return palette({.window = QColor(0xf3f4f6),
                    .base = QColor(0xffffff),
                    .alternate = QColor(0xf0f2f5),
                    .button = QColor(0xf3f4f6),
                    .text = QColor(0x1c2128),
                    .dim = QColor(0x5f6773),
                    .highlight = QColor(0x1a5fb4),
                    .highlightedText = QColor(0xffffff),
                    .link = QColor(0x1a5fb4),
                    .light = QColor(0xffffff),
                    .mid = QColor(0xb8bec7),
                    .dark = QColor(0x8a929e)});
}

QPalette Theme::darkPalette()
{
    return palette({.window = QColor(0x22262c),
                    .base = QColor(0x1a1d22),
                    .alternate = QColor(0x262b32),
                    .button = QColor(0x2c3138),
                    .text = QColor(0xe6e9ee),
                    .dim = QColor(0x98a1ae),
                    .highlight = QColor(0x2a6cc4),
                    .highlightedText = QColor(0xffffff),
                    .link = QColor(0x78aeed),
                    .light = QColor(0x3a4049),
                    .mid = QColor(0x3f4650),
                    .dark = QColor(0x121417)});
}

void Theme::set(Settings::Theme theme)
{
    m_theme = theme;
    apply();
}

void Theme::apply()
{
    m_dark = m_theme == Settings::Theme::Dark || (m_theme == Settings::Theme::System && m_desktopDark);
    if (QApplication::style()->name() != QLatin1String("fusion"))
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setPalette(m_dark ? darkPalette() : lightPalette());
    emit changed();
}

} // namespace portalbind
