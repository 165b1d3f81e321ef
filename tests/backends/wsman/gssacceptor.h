// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>

#include <memory>

/// The server's side of one security context, on GSSAPI. Shares no code with the client. NTLM takes its users from the
/// file that NTLM_USER_FILE names.
class GssAcceptor
{
public:
    static bool hasNtlm(); ///< whether the mechanism is installed
    GssAcceptor();
    ~GssAcceptor();

    /// Takes a token and gives the next; \a binding is the application data of the channel binding it demands.
    QByteArray step(const QByteArray &token, const QByteArray &binding = {});
    [[nodiscard]] bool isComplete() const;
    [[nodiscard]] bool failed() const;

    /// The plain text of an encrypted body; empty when it is not one, or damaged.
    QByteArray open(const QByteArray &body);
    /// An encrypted body, and its Content-Type. \a dashes are those before a boundary.
    QByteArray seal(const QByteArray &plain, const QByteArray &dashes = "--");
    static QByteArray contentType();

private:
    struct Private;
    std::unique_ptr<Private> d;
};
