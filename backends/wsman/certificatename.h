// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QSslCertificate>

namespace portalbind::wsman {

/// Whether a certificate has subject alternative names, DNS names or addresses, and none of them is \a host. Its common
/// name does not count then (RFC 9525 section 2), which Qt takes all the same. A wildcard stands for the whole leftmost
/// label (section 6.3).
[[nodiscard]] bool namesOthersOnly(const QSslCertificate &certificate, const QString &host);

} // namespace portalbind::wsman
