// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QSettings>
#include <QString>
#include <QStringList>

#include <memory>

namespace portalbind {

/// What the window remembers between starts: one table of typed values. Written at once, kept by QSettings.
class Settings
{
public:
    enum class Theme : quint8 { System, Light, Dark };

    /// The person's own settings.
    Settings();
    /// The settings in \a file, for tests and demonstrations.
    explicit Settings(const QString &file);

    [[nodiscard]] Theme theme() const;
    void setTheme(Theme theme);

    [[nodiscard]] bool singleTree() const;
    void setSingleTree(bool single);

    [[nodiscard]] bool applyAtOnce() const;
    void setApplyAtOnce(bool atOnce);

    /// Geometry and docks of this version's layout; empty when there are none, or only those of another layout.
    [[nodiscard]] QByteArray geometry() const;
    [[nodiscard]] QByteArray layout() const;
    [[nodiscard]] QByteArray panes() const;
    void setLayout(const QByteArray &geometry, const QByteArray &layout, const QByteArray &panes);
    void forgetLayout();

    /// Newest first, ten at most. URLs without secrets.
    [[nodiscard]] QStringList recent() const;
    void addRecent(const QString &url);

    /// What was open when the window was closed last.
    [[nodiscard]] QStringList lastOpen() const;
    void setLastOpen(const QStringList &addresses);

    [[nodiscard]] QString reportFolder() const;
    void setReportFolder(const QString &folder);

    /// Raised when docks, tool bars or their names change: an older layout is then not restored.
    static constexpr int layoutVersion = 1;

private:
    [[nodiscard]] QString layoutKey(const char *part) const;
    std::unique_ptr<QSettings> m_store;
};

} // namespace portalbind
