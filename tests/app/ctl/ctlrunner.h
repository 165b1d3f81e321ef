// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>
#include <QTemporaryDir>

namespace portalbind {

/// What stands between blanks.
[[nodiscard]] inline QStringList words(const char *text)
{
    return QString::fromUtf8(text).split(u' ');
}

/// Drives the real program on workbooks in a folder of its own, as a script would.
class CtlRunner
{
public:
    struct Ran
    {
        int code = -1; ///< -1: it did not end by itself
        QByteArray out, err;
        [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
        /// The first step of a plan.
        [[nodiscard]] QJsonObject step() const;
        /// The sentence and the word of an `error` object.
        [[nodiscard]] QString errorKind() const;
    };

    /// With a fresh copy of the sample as `site.pbw`, which commands are connected to.
    CtlRunner();

    /// As given, in an environment without a display.
    [[nodiscard]] Ran run(const QStringList &arguments) const;
    /// On the connected workbook.
    [[nodiscard]] Ran ctl(const QStringList &arguments) const;
    /// The same, split at blanks.
    [[nodiscard]] Ran ctl(const char *arguments) const { return ctl(words(arguments)); }
    /// With a scenario for the servers of the workbook.
    [[nodiscard]] Ran under(const QByteArray &scenario, const QStringList &arguments) const;
    /// Everything that the workbook holds, as `list --json` tells it.
    [[nodiscard]] QByteArray contents() const;

    void connectTo(const QString &url) { m_url = url; }
    [[nodiscard]] const QString &url() const { return m_url; }
    [[nodiscard]] QString path(const char *name) const { return m_folder.filePath(QString::fromUtf8(name)); }
    /// The path of a new file that holds \a bytes.
    QString write(const char *name, const QByteArray &bytes) const;
    /// The bytes of a file; empty when there is none.
    [[nodiscard]] static QByteArray read(const QString &path);
    /// SQL run in another process's stead on the connected workbook; true when all went well.
    [[nodiscard]] bool sql(const QStringList &statements) const;
    /// A snapshot of the connected workbook in a new file, whose path it returns.
    [[nodiscard]] QString snapshot() const;
    /// Makes a workbook in a file of that name and connects to it; false when it could not be made.
    [[nodiscard]] bool connectToNew(const char *name);
    /// The names of the connected servers, in the order in which they are listed.
    [[nodiscard]] QStringList serverNames() const;
    [[nodiscard]] static QString program();

private:
    QTemporaryDir m_folder;
    QString m_url;
};

/// Sorted.
[[nodiscard]] inline QStringList keysOf(const QJsonObject &object)
{
    return object.keys();
}

} // namespace portalbind
