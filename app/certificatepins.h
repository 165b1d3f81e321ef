// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"
#include "model/task.h"
#include "model/worker.h"

#include <QByteArray>

#include <functional>
#include <memory>
#include <optional>

class QSettings;

namespace portalbind {

/// The certificates that a person decided to trust: SHA-256 of the DER per `host:port`, in `certificates.ini` beside
/// the settings, for both programs. No secret. The file is read and written in a thread of its own, one after another
/// in the order of the calls.
class CertificatePins
{
public:
    /// The person's own.
    CertificatePins();
    /// Those in \a file, for tests.
    explicit CertificatePins(const QString &file);

    /// Nothing: none is kept for \a address. One that cannot be read fits no certificate. Error: File.
    [[nodiscard]] Task<Result<std::optional<QByteArray>>> find(const QString &address) const;
    /// Error: File, when it will not be known the next time.
    [[nodiscard]] Task<Result<>> keep(const QString &address, const QByteArray &sha256);

    /// `AB:CD:…`, or the same without colons, in either case, as 32 bytes. Error: BadInput.
    [[nodiscard]] static Result<QByteArray> parse(const QString &fingerprint);
    [[nodiscard]] static QString text(const QByteArray &sha256); ///< `AB:CD:…`

private:
    using Open = std::function<std::unique_ptr<QSettings>()>; ///< in the thread; reads the file
    using Found = Result<std::optional<QByteArray>>;
    static Task<Found> findIn(std::shared_ptr<Worker> worker, Open open, QString address);
    static Task<Result<>> keepIn(std::shared_ptr<Worker> worker, Open open, QString address, QByteArray sha256);

    Open m_open;
    std::shared_ptr<Worker> m_worker;
};

} // namespace portalbind
