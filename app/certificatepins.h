// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <QByteArray>
#include <QSettings>

#include <memory>
#include <optional>

namespace portalbind {

/// The certificates that a person decided to trust: SHA-256 of the DER per `host:port`, in `certificates.ini` beside
/// the settings, for both programs. No secret.
class CertificatePins
{
public:
    /// The person's own.
    CertificatePins();
    /// Those in \a file, for tests.
    explicit CertificatePins(const QString &file);

    [[nodiscard]] std::optional<QByteArray> find(const QString &address) const;
    void keep(const QString &address, const QByteArray &sha256);
    void forget(const QString &address);
    [[nodiscard]] QString file() const { return m_store->fileName(); }

    /// `AB:CD:…`, or the same without colons, in either case, as 32 bytes. Error: BadInput.
    [[nodiscard]] static Result<QByteArray> parse(const QString &fingerprint);
    [[nodiscard]] static QString text(const QByteArray &sha256); ///< `AB:CD:…`

private:
    std::unique_ptr<QSettings> m_store;
};

} // namespace portalbind
