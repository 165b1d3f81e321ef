// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <QUrl>

namespace portalbind::lio {

/// Where a kernel target is: `lio:` is this host, `lio+ssh://[user@]host[:port]` another one, reached with the system's
/// OpenSSH client. It never holds a secret.
struct HostUrl
{
    QString user; ///< empty: what the configuration of ssh says
    QString host; ///< lower case, IPv6 without brackets, or an alias from the configuration of ssh; empty: this host
    quint16 port = 0; ///< 0: what the configuration of ssh says

    friend bool operator==(const HostUrl &, const HostUrl &) = default;

    [[nodiscard]] bool isLocal() const { return host.isEmpty(); }
    [[nodiscard]] static bool hasScheme(const QString &text);
    /// Error: BadInput, whose `where` names the part. A password is refused, and is not repeated in the error.
    [[nodiscard]] static Result<HostUrl> parse(const QString &text);
    [[nodiscard]] QUrl toUrl() const;
    [[nodiscard]] QString title() const; ///< host, and the port where one is given; of this host its own name
};

} // namespace portalbind::lio
