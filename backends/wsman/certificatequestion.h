// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"
#include "model/task.h"

#include <QByteArray>
#include <QDateTime>
#include <QSslCertificate>
#include <QSslError>
#include <QStringList>

#include <functional>
#include <optional>

namespace portalbind::wsman {

/// A certificate that the system does not vouch for, as a person has to judge it. Nothing was sent yet.
struct CertificateQuestion
{
    QString host;
    quint16 port = 0;
    QString subject, issuer; ///< common name, else organisation, else the whole name
    QDateTime from, until;
    QStringList names; ///< subject alternative names: DNS names and addresses
    QByteArray sha256; ///< of the DER, 32 bytes
    QStringList reasons; ///< why it is not trusted, one sentence each
    QByteArray der;

    [[nodiscard]] QString fingerprint() const; ///< `AB:CD:…`
};

enum class CertificateAnswer {
    Refuse,
    Once, ///< for this connection
    Pin, ///< kept: from now on this certificate and no other
};

/// Asks a person; runs in the GUI thread.
using CertificateAsk = std::function<Task<CertificateAnswer>(CertificateQuestion)>;

/// Where pins are kept: SHA-256 of the DER per `host:port`. Both are called in the GUI thread.
struct PinStore
{
    /// Asked once for each connection, before anything is sent. An error refuses the server.
    std::function<Task<Result<std::optional<QByteArray>>>(QString address)> find;
    /// Begins to keep it, and tells the person if that fails.
    std::function<void(const QString &address, const QByteArray &sha256)> keep;
};

/// A store that knows one pin for whatever address.
[[nodiscard]] PinStore onlyPin(const QByteArray &sha256);

[[nodiscard]] QByteArray certificateDigest(const QSslCertificate &certificate);

[[nodiscard]] CertificateQuestion certificateQuestion(const QString &host, quint16 port,
                                                      const QSslCertificate &certificate,
                                                      const QList<QSslError> &errors);

/// The refusal of a certificate that is not the pinned one.
[[nodiscard]] Error pinChanged(const CertificateQuestion &shown, const QByteArray &pinned);
/// The refusal of a certificate that nobody trusts.
[[nodiscard]] Error notTrusted(const CertificateQuestion &shown);

} // namespace portalbind::wsman
