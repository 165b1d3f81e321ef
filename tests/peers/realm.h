// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/peers/peerprocess.h"

#include <QTcpServer>
#include <QUdpSocket>

/// A Kerberos realm on loopback (kdc.sh), with a ticket for operator@PORTALBIND.TEST. It ends with this object.
class Realm
{
public:
    /// \a encryptionTypes: the only ones, as in krb5.conf; empty for what the library prefers.
    explicit Realm(const QString &encryptionTypes = {});

    [[nodiscard]] bool isRunning() const { return m_process->isRunning(); }
    [[nodiscard]] QString error() const { return m_process->error(); }
    /// Has this process, and what it starts, use the realm: sets KRB5_CONFIG and KRB5CCNAME.
    void enter() const;
    [[nodiscard]] QString keytab() const { return m_folder.filePath(QStringLiteral("service.keytab")); }
    [[nodiscard]] QString password() const; ///< of operator
    [[nodiscard]] QString folder() const { return m_folder.path(); }
    /// Ends the KDC: whoever has a ticket for a service keeps it, nobody gets a new one.
    void stop() { m_process->stop(); }

private:
    QTemporaryDir m_folder;
    std::unique_ptr<PeerProcess> m_process;
};

/// A KDC that takes what is sent to it, over UDP and TCP, and never says a word.
class SilentKdc
{
public:
    /// Has the ticket of \a like, so that a client gets as far as asking for one of a service.
    explicit SilentKdc(const Realm &like);

    [[nodiscard]] bool isRunning() const { return m_process && m_process->isRunning(); }
    [[nodiscard]] QString error() const
    {
        return m_process ? m_process->error() : m_tcp.errorString() + m_udp.errorString();
    }
    void enter() const; ///< as Realm::enter()

private:
    QTemporaryDir m_folder;
    QTcpServer m_tcp;
    QUdpSocket m_udp;
    std::unique_ptr<PeerProcess> m_process;
};

/// Makes certificates (certificates.sh); names as listed there.
class Certificates
{
public:
    explicit Certificates(const QStringList &names);
    [[nodiscard]] QString error() const { return m_error; } ///< empty when all were made
    [[nodiscard]] QString certificate(const QString &name) const
    {
        return m_folder.filePath(name + QStringLiteral(".pem"));
    }
    [[nodiscard]] QString key(const QString &name) const { return m_folder.filePath(name + QStringLiteral(".key")); }
    /// The arguments that make a wsmanpeer speak TLS with it.
    [[nodiscard]] QStringList arguments(const QString &name) const;

private:
    QTemporaryDir m_folder;
    QString m_error;
};
