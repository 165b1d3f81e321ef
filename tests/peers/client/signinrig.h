// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/peers/client/clientrig.h"

#include <map>

/// Windows peers that offer Negotiate and Kerberos, the realms that belong to them, and who signs in.
class SignInRig
{
public:
    SignInRig();

    [[nodiscard]] QString error() const { return m_error; } ///< empty when all is there
    [[nodiscard]] QString workbook() const { return m_folder.filePath(QStringLiteral("rig.portalbind")); }
    [[nodiscard]] QString users() const { return m_users; }
    /// Makes this process use a realm that has these encryption types alone; it is started when it is needed first.
    Realm &realm(const QString &encryptionTypes = {});
    /// A Windows peer with both mechanisms, over plain HTTP unless \a more has a certificate.
    [[nodiscard]] std::unique_ptr<WsmanPeer> windows(const QStringList &more) const;
    [[nodiscard]] static portalbind::wsman::ServerProfile profile(quint16 port, bool tls,
                                                                  portalbind::wsman::SignIn signIn);
    /// \a as: ticket, password (both of the realm's operator) or account (the peer's own, which no KDC knows).
    void sign(portalbind::wsman::ServerProfile *profile, const QString &as);

private:
    QTemporaryDir m_folder;
    QString m_users;
    QString m_error;
    std::map<QString, std::unique_ptr<Realm>> m_realms;
};

/// How many portals the rig's workbook has.
inline constexpr int rigPortals = 32;

/// How many portals a connection reads; -1 after an error, which is told.
int readPortals(portalbind::wsman::WsmanConnection &connection);

/// The error in what an awaited call gave, or one that says that there is none.
template <class T>
portalbind::Error errorIn(const std::optional<portalbind::Result<T>> &result)
{
    using portalbind::Error;
    if (!result)
        return Error{Error::Kind::Timeout, QStringLiteral("no result at all"), {}, {}, {}};
    return *result ? Error{Error::Kind::Server, QStringLiteral("it worked"), {}, {}, {}} : result->error();
}
