// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>

#include <string_view>

#include <tl/expected.hpp>

namespace portalbind::wsman {

/// One encrypted message, as GSSAPI makes it.
struct SealedMessage
{
    QByteArray header; ///< the security header: Kerberos 60 bytes or more, NTLM the 16 bytes of its signature
    QByteArray data; ///< ciphertext with its padding
    qsizetype plainLength = 0; ///< of the plaintext, its padding included
};

/// What an encrypted body holds: views into it.
struct EncryptedBody
{
    std::string_view header, data;
    quint64 plainLength = 0; ///< as its OriginalContent says
};

/// `application/HTTP-SPNEGO-session-encrypted`, or that of the HTTP scheme Kerberos.
[[nodiscard]] QByteArray sealingProtocol(bool kerberosScheme);

/// MS-WSMV 2.2.9.1: the value of Content-Type, and the body, byte for byte.
[[nodiscard]] QByteArray encryptedContentType(const QByteArray &protocol);
[[nodiscard]] QByteArray writeEncryptedBody(const QByteArray &protocol, const SealedMessage &message);

/// Whether a Content-Type announces an encrypted body.
[[nodiscard]] bool isEncryptedType(std::string_view contentType);

/// Takes an encrypted body apart. Boundary lines with a blank after their dashes and part headers without a TAB are
/// taken too; anything in the ciphertext may look like a boundary. The error is a part of a sentence, for
/// Error::detail.
[[nodiscard]] tl::expected<EncryptedBody, QString> readEncryptedBody(std::string_view contentType,
                                                                     std::string_view body);

} // namespace portalbind::wsman
