// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QCryptographicHash>

namespace portalbind::wsman {

/// The hash of `tls-server-end-point` (RFC 5929 section 4.1) for a certificate in DER: that of its signature, but
/// SHA-256 where that is MD5 or SHA-1, and where it is not known.
[[nodiscard]] QCryptographicHash::Algorithm endPointHash(const QByteArray &der);

/// Application data of the channel binding of a TLS connection to the owner of this certificate.
[[nodiscard]] QByteArray endPointBinding(const QByteArray &der);

} // namespace portalbind::wsman
