// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ctlrunner.h"

#include "tests/peers/peerprocess.h"
#include "tests/peers/realm.h"

#include <QProcess>

#include <memory>

namespace portalbind {

/// Drives the real program against a real server in a process of its own, which plays a workbook.
class RemoteRunner
{
public:
    using Ran = CtlRunner::Ran;

    static inline const QString user = QStringLiteral("maria");
    static inline const QByteArray password = "correct horse";

    /// \a certificates are those that servers may show.
    explicit RemoteRunner(const Certificates &certificates);

    /// Starts a server that answers as \a as does, in place of the one before; false when it does not run.
    [[nodiscard]] bool serve(const QStringList &arguments, const QString &as = QStringLiteral("openwsman"));
    /// What makes a server take the user by Basic, over TLS with that certificate.
    [[nodiscard]] QStringList basic(const QString &certificate = QStringLiteral("self-signed")) const;
    [[nodiscard]] WsmanPeer &peer() const { return *m_peer; }
    [[nodiscard]] QString url(const QString &query = QStringLiteral("?auth=basic")) const;
    /// SHA-256, as the program writes it.
    [[nodiscard]] QString fingerprint(const QString &certificate = QStringLiteral("self-signed")) const;
    /// The certificate becomes the one that is known of the server.
    void keepPin(const QString &certificate);

    /// As given, away from any terminal. The password must not be printed, whatever happens.
    [[nodiscard]] Ran run(const QStringList &arguments, const QByteArray &input = {}) const;
    /// On the server, with its fingerprint and the file of the password.
    [[nodiscard]] Ran ctl(const QStringList &arguments, const QString &query = QStringLiteral("?auth=basic")) const;
    /// The same, split at blanks.
    [[nodiscard]] Ran ctl(const char *arguments) const { return ctl(words(arguments)); }
    /// With settings of its own and no keyring.
    [[nodiscard]] QProcessEnvironment environment() const;

    [[nodiscard]] QString workbook() const { return path("rig.pbw"); }
    [[nodiscard]] QString path(const char *name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    /// The path of a new file that holds \a bytes.
    [[nodiscard]] QString write(const char *name, const QByteArray &bytes, QFile::Permissions permissions) const;

    QString passwordFile; ///< that ctl() names

private:
    const Certificates &m_certificates;
    QTemporaryDir m_folder;
    QString m_users;
    std::unique_ptr<WsmanPeer> m_peer;
};

} // namespace portalbind
