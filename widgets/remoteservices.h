// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/secret.h"
#include "model/serverurl.h"
#include "model/targetbackend.h"
#include "model/task.h"

#include <QByteArray>
#include <QDateTime>
#include <QStringList>

#include <functional>
#include <memory>
#include <stop_token>

namespace portalbind {

/// A certificate that a person has to judge. Nothing was sent to its server yet.
struct CertificateFacts
{
    QString address; ///< `host:port`
    QString subject, issuer;
    QDateTime from, until;
    QStringList names; ///< DNS names and addresses
    QByteArray sha256; ///< 32 bytes
    QStringList reasons; ///< why it is not trusted, one sentence each
    QByteArray pinned; ///< SHA-256 of the one that was trusted before; empty: none was
};

enum class Trust : quint8 { Refuse, Once, Always };

/// `AB:CD:…`
[[nodiscard]] inline QString fingerprintText(const QByteArray &sha256)
{
    return QString::fromLatin1(sha256.toHex(':').toUpper());
}

/// What a person wants to connect to, and how.
struct ConnectionRequest
{
    ServerUrl server;
    Secret secret; ///< empty: none was typed; a kept one is used
    bool keep = false; ///< the secret, in the keyring
};

/// What has to be right for a connection, in the order in which it is tried.
enum class Layer : quint8 { Name, Tcp, Tls, SignIn, Rights, Provider };
inline constexpr int layerCount = int(Layer::Provider) + 1;

struct LayerOutcome
{
    enum class State : quint8 {
        Waiting, ///< not reached
        Running,
        Passed,
        Failed,
        Skipped, ///< does not apply
    };
    Layer layer = Layer::Name;
    State state = State::Waiting;
    QString text; ///< what was found: one sentence; of a failed one what happened
    QString remedy; ///< of a failed one
    QString detail; ///< raw, of a failed one
};

/// What the window needs done about remote servers. All of it is called in the GUI thread; tasks never block.
struct RemoteServices
{
    /// A backend; nothing is read yet. A typed secret is kept once the server has taken it.
    std::function<std::unique_ptr<TargetBackend>(const ConnectionRequest &)> open;
    /// Goes through the layers and reports each; ends at the first that fails. Error: that one, or Cancelled.
    std::function<Task<Result<>>(ConnectionRequest, std::function<void(LayerOutcome)>, std::stop_token)> test;
    /// Whether a secret for that account is kept. Error: why nothing can be kept here.
    std::function<Task<Result<bool>>(ServerUrl)> isKept;
    std::function<Task<Result<>>(ServerUrl)> forgetSecret;

    /// Where a backend is connected to; none: it is no remote server.
    std::function<std::optional<ServerUrl>(const TargetBackend &)> server;
    /// What the server calls itself; empty before it was asked.
    std::function<QString(const TargetBackend &)> serverText;
    /// Takes another secret (and user, when the address names none) from the next read on.
    std::function<void(TargetBackend &, const ConnectionRequest &)> signIn;
    /// Drops what is connected and what is remembered of refusals, from the next read on.
    std::function<void(TargetBackend &)> reconnect;
    /// The certificate shown in place of the one that was trusted, when that made the last read fail.
    std::function<std::optional<CertificateFacts>(const TargetBackend &)> changedCertificate;
    /// From now on this certificate and no other is that of \a address. Error: File, when that could not be kept.
    std::function<Task<Result<>>(const QString &address, const QByteArray &sha256)> trust;

    /// What connections ask and tell. `owner` is the backend, or null for a test; an answer that is dropped is Refuse.
    struct Window
    {
        std::function<void(const CertificateFacts &, QObject *owner, std::function<void(Trust)>)> askCertificate;
        std::function<void(const QString &sentence)> tell;
    };
    std::function<void(Window)> setWindow;

    explicit operator bool() const { return bool(open); }
};

} // namespace portalbind
