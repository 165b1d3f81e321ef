// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <QUrl>

namespace portalbind {

/// The address of a remote server in its parts, as docs/connecting.md describes them:
/// `wsmans://user@host[:port][/path]?auth=negotiate|kerberos|ntlm|basic&namespace=…`, and `wsman:` for plain HTTP with
/// encrypted messages. It never holds a secret.
struct ServerUrl
{
    enum class SignIn : quint8 {
        Negotiate, ///< Kerberos where a ticket can be had, else NTLM
        Kerberos,
        Ntlm,
        Basic, ///< over TLS only
    };

    bool tls = true;
    QString user; ///< `user`, `user@REALM` or `DOMAIN\user`; may be empty
    QString host; ///< lower case, IPv6 without brackets
    quint16 port = 5986;
    QString path = QStringLiteral("/wsman"); ///< of the service
    SignIn signIn = SignIn::Negotiate;
    QString nameSpace; ///< empty: it is found

    friend bool operator==(const ServerUrl &, const ServerUrl &) = default;

    [[nodiscard]] static quint16 usualPort(bool tls) { return tls ? 5986 : 5985; }
    /// Whether the scheme of \a text is one of these.
    [[nodiscard]] static bool hasScheme(const QString &text);
    /// Error: BadInput, whose `where` names the part. A password is refused, and is not repeated in the error.
    [[nodiscard]] static Result<ServerUrl> parse(const QString &text);
    /// Whether the parts go together. Errors as of parse().
    [[nodiscard]] Result<> check() const;

    /// Parts that are as usual are left out, so that equal servers have equal URLs.
    [[nodiscard]] QUrl toUrl() const;
    [[nodiscard]] QString address() const; ///< `host:port`: the key of a pin
    [[nodiscard]] QString title() const; ///< host, and the port where it is not the usual one
    [[nodiscard]] QString account() const; ///< `user@host:port`: the key of a secret
    /// Whether the way of sign-in cannot do without a password: with Kerberos a ticket may be there.
    [[nodiscard]] bool needsSecret() const;
};

/// `negotiate`, `kerberos`, `ntlm`, `basic`.
[[nodiscard]] QString signInWord(ServerUrl::SignIn signIn);

} // namespace portalbind
