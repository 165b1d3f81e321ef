// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QHash>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>

namespace peer {

/// Who may sign in, and how.
struct SignInSettings
{
    QStringList schemes; ///< Negotiate, Kerberos, Basic in the order offered; empty: nobody has to sign in
    QHash<QString, QString> passwords; ///< by user name, for Basic
    QStringList mechanisms; ///< of Negotiate: kerberos, ntlm; empty: both
    enum class Binding { None, Relaxed, Strict } binding = Binding::Relaxed; ///< channel bindings over TLS
    QByteArray certificate; ///< DER of the server's; empty without TLS
    bool allowUnencrypted = false; ///< clear bodies over plain HTTP after Negotiate

    /// Reads lines DOMAIN:USER:PASSWORD, the form of NTLM_USER_FILE.
    bool readUsers(const QString &path);
};

/// The value of a tls-server-end-point channel binding (RFC 5929) for that certificate.
[[nodiscard]] QByteArray endPointBinding(const QByteArray &certificate);

/// The state of signing in on one connection, and the sealing of messages that follows from it.
class SignIn
{
public:
    explicit SignIn(const SignInSettings &settings);
    ~SignIn();
    SignIn(const SignIn &) = delete;
    SignIn &operator=(const SignIn &) = delete;

    enum class State { Refused, Continue, Accepted };
    struct Outcome
    {
        State state = State::Refused;
        QByteArray challenge; ///< value of a WWW-Authenticate header; empty without one
        QString error; ///< of GSSAPI, for the log
    };
    /// \a authorization: the value of the header; empty when there was none.
    Outcome check(const QByteArray &authorization);

    [[nodiscard]] bool isDone() const { return m_done; } ///< by a context that lasts as long as the connection
    [[nodiscard]] bool canSeal() const { return m_done && m_context != nullptr; }
    [[nodiscard]] QString user() const { return m_user; }
    [[nodiscard]] QString mechanism() const { return m_mechanism; } ///< basic, kerberos, ntlm
    [[nodiscard]] bool isBound() const { return m_bound; } ///< the client proved the channel
    [[nodiscard]] QByteArray scheme() const { return m_scheme; }

    /// Takes a multipart/encrypted body apart; empty with \a error set when it is not exactly as MS-WSMV 2.2.9.1 wants
    /// it.
    [[nodiscard]] std::optional<QByteArray> unseal(const QByteArray &contentType, const QByteArray &body,
                                                   QString *error);
    /// The multipart/encrypted body around \a plain, and its content type.
    [[nodiscard]] std::optional<QByteArray> seal(const QByteArray &plain, QByteArray *contentType);

private:
    struct Context;
    Outcome checkBasic(const QByteArray &token);
    Outcome step(const QByteArray &scheme, const QByteArray &token);
    void finish(unsigned flags);
    [[nodiscard]] std::optional<QByteArray> decrypt(const QByteArray &header, const QByteArray &data, QString *error);

    const SignInSettings &m_settings;
    std::unique_ptr<Context> m_context;
    bool m_done = false;
    bool m_bound = false;
    QString m_user;
    QString m_mechanism;
    QByteArray m_scheme;
};

} // namespace peer
