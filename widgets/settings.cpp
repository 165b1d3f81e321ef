// SPDX-License-Identifier: Apache-2.0
#include "widgets/settings.h"

namespace portalbind {

namespace {

constexpr int mostRecent = 10;

QString themeKey()
{
    return QStringLiteral("view/theme");
}
QString singleTreeKey()
{
    return QStringLiteral("view/singleTree");
}
QString applyAtOnceKey()
{
    return QStringLiteral("changes/applyAtOnce");
}
QString recentKey()
{
    return QStringLiteral("connections/recent");
}
QString lastOpenKey()
{
    return QStringLiteral("connections/lastOpen");
}
QString reportFolderKey()
{
    return QStringLiteral("report/folder");
}

QString themeWord(Settings::Theme theme)
{
    switch (theme) {
    case Settings::Theme::Light:
        return QStringLiteral("light");
    case Settings::Theme::Dark:
        return QStringLiteral("dark");
    case Settings::Theme::System:
        break;
    }
    return QStringLiteral("system");
}

} // namespace

Settings::Settings()
    : m_store(std::make_unique<QSettings>(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("portalbind"),
                                          QStringLiteral("portalbind")))
{
}

Settings::Settings(const QString &file)
    : m_store(std::make_unique<QSettings>(file, QSettings::IniFormat))
{
}

Settings::Theme Settings::theme() const
{
    const QString word = m_store->value(themeKey()).toString();
    if (word == themeWord(Theme::Light))
        return Theme::Light;
    return word == themeWord(Theme::Dark) ? Theme::Dark : Theme::System;
}

void Settings::setTheme(Theme theme)
{
    m_store->setValue(themeKey(), themeWord(theme));
}

bool Settings::singleTree() const
{
    return m_store->value(singleTreeKey(), false).toBool();
}
void Settings::setSingleTree(bool single)
{
    m_store->setValue(singleTreeKey(), single);
}

bool Settings::applyAtOnce() const
{
    return m_store->value(applyAtOnceKey(), false).toBool();
}
void Settings::setApplyAtOnce(bool atOnce)
{
    m_store->setValue(applyAtOnceKey(), atOnce);
}

QString Settings::layoutKey(const char *part) const
{
    return QStringLiteral("layout%1/%2").arg(layoutVersion).arg(QLatin1String(part));
}

QByteArray Settings::geometry() const
{
    return m_store->value(layoutKey("geometry")).toByteArray();
}
QByteArray Settings::layout() const
{
    return m_store->value(layoutKey("docks")).toByteArray();
}
QByteArray Settings::panes() const
{
    return m_store->value(layoutKey("panes")).toByteArray();
}

void Settings::setLayout(const QByteArray &geometry, const QByteArray &layout, const QByteArray &panes)
{
    m_store->setValue(layoutKey("geometry"), geometry);
    m_store->setValue(layoutKey("docks"), layout);
    m_store->setValue(layoutKey("panes"), panes);
}

void Settings::forgetLayout()
{
    for (const char *part : {"geometry", "docks", "panes"})
        m_store->remove(layoutKey(part));
}

QStringList Settings::recent() const
{
    return m_store->value(recentKey()).toStringList();
}

void Settings::addRecent(const QString &url)
{
    QStringList all = recent();
    all.removeAll(url);
    all.prepend(url);
    m_store->setValue(recentKey(), QStringList(all.mid(0, mostRecent)));
}

QStringList Settings::lastOpen() const
{
    return m_store->value(lastOpenKey()).toStringList();
}
void Settings::setLastOpen(const QStringList &addresses)
{
    m_store->setValue(lastOpenKey(), addresses);
}

QString Settings::reportFolder() const
{
    return m_store->value(reportFolderKey()).toString();
}
void Settings::setReportFolder(const QString &folder)
{
    m_store->setValue(reportFolderKey(), folder);
}

} // namespace portalbind
