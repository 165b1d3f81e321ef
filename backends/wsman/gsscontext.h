// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/encryptedbody.h"
#include "backends/wsman/serverprofile.h"
#include "model/error.h"

#include <QByteArray>

#include <memory>

namespace portalbind::wsman {

/// Who we are, for GSSAPI. All calls of this and of GssContext may block (a silent KDC: 27 s) and belong into a worker.
class GssCredential
{
public:
    /// Errors: SignIn, with what GSSAPI says as detail.
    [[nodiscard]] static Result<std::shared_ptr<GssCredential>> acquire(const ServerProfile &profile);
    ~GssCredential();
    GssCredential(const GssCredential &) = delete;
    GssCredential &operator=(const GssCredential &) = delete;

private:
    friend class GssContext;
    GssCredential();
    struct Handles;
    std::unique_ptr<Handles> d;
};

/// One security context with a server: it belongs to one TCP connection, from its first token to its last message.
class GssContext
{
public:
    /// \a binding is the application data of the channel binding; empty over plain HTTP.
    GssContext(std::shared_ptr<GssCredential> credential, const ServerProfile &profile, QByteArray binding);
    ~GssContext();
    GssContext(const GssContext &) = delete;
    GssContext &operator=(const GssContext &) = delete;

    /// Takes the server's token (empty at first) and gives ours (may be empty at the end).
    [[nodiscard]] Result<QByteArray> step(const QByteArray &token);
    [[nodiscard]] bool isComplete() const;
    /// Once complete: whether the context is as good as was demanded: the mechanism allowed, the server proven
    /// (Kerberos), messages confidential and whole where \a sealing needs it.
    [[nodiscard]] Result<> verify(bool sealing) const;
    [[nodiscard]] QString mechanism() const; ///< `Kerberos` or `NTLM`, once complete

    [[nodiscard]] Result<SealedMessage> wrap(const QByteArray &plain);
    /// Padding and trailing NULs are gone from the result.
    [[nodiscard]] Result<std::string> unwrap(const EncryptedBody &body);

private:
    struct Handles;
    std::unique_ptr<Handles> d;
};

} // namespace portalbind::wsman
