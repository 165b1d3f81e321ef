// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/certificatepins.h"
#include "backends/cim/cimbackend.h"
#include "backends/wsman/link.h"
#include "model/secret.h"
#include "model/serverurl.h"

namespace portalbind {

/// A certificate that was not accepted.
struct RefusedCertificate
{
    wsman::CertificateQuestion shown;
    QByteArray pinned; ///< the one trusted before; empty: there is none
};

/// What connections to remote servers need besides an address. All of it runs in the GUI thread.
struct RemoteSources
{
    using Answer = std::function<void(wsman::CertificateAnswer)>;

    /// The secret for a server, or an empty one when there is none and it \a canDoWithout. An error keeps it from
    /// connecting.
    std::function<Task<Result<Secret>>(ServerUrl server, bool canDoWithout, std::stop_token stop)> secret;
    /// Asks a person about a certificate that the system does not trust. \a owner is the backend that asks, or null.
    /// An answer that never comes is a refusal.
    std::function<void(const wsman::CertificateQuestion &question, QObject *owner, Answer answer)> ask;
    wsman::PinStore pins;
};

using RemoteSourcesPtr = std::shared_ptr<const RemoteSources>;

[[nodiscard]] wsman::ServerProfile profileOf(const ServerUrl &server, const Secret &secret);
/// \a owner: see RemoteSources::ask.
[[nodiscard]] wsman::ConnectionHooks hooksOf(const RemoteSourcesPtr &sources, QObject *owner);

/// Servers behind WS-Management. Before the first read it gets the secret; one that is refused is not tried again until
/// signIn() or reconnect().
class RemoteBackend : public CimBackend
{
    Q_OBJECT
public:
    RemoteBackend(ServerUrl server, RemoteSourcesPtr sources);

    [[nodiscard]] const ServerUrl &server() const { return m_server; }
    [[nodiscard]] QString title() const override { return m_server.title(); }
    [[nodiscard]] Task<Result<SnapshotPtr>> load(Sink sink, std::stop_token stop) override;

    /// From the next load on. \a user: when the address names none.
    void signIn(const QString &user, const Secret &secret);
    /// With new sockets from the next load on, and nothing remembered of refusals.
    void reconnect();
    /// Of the last attempt to connect.
    [[nodiscard]] const std::optional<RefusedCertificate> &refusedCertificate() const { return m_refused; }

signals:
    /// The server took the secret of signIn().
    void signedIn();

private:
    static Task<Result<SnapshotPtr>> loadWith(QPointer<RemoteBackend> self, Sink sink, std::stop_token stop);
    static Task<wsman::CertificateAnswer> askOnce(QPointer<RemoteBackend> self, wsman::CertificateAsk ask,
                                                  wsman::CertificateQuestion question);
    void connectWith(const Secret &secret);
    [[nodiscard]] std::unique_ptr<cim::CimConnection> makeConnection(const Secret &secret);

    ServerUrl m_server; // with the user that was given later
    RemoteSourcesPtr m_sources;
    Secret m_given; // by signIn(); empty: the sources are asked
    bool m_hasGiven = false;
    bool m_isProven = false;
    bool m_isSetUp = false;
    quint32 m_loads = 0; // begun so far
    std::optional<RefusedCertificate> m_refused;
};

} // namespace portalbind
