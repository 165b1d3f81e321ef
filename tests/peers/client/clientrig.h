// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/cimbackend.h"
#include "backends/wsman/wsmanconnection.h"
#include "model/session.h"
#include "tests/peers/realm.h"

/// The rig's one user, for Basic and for NTLM.
struct RigUser
{
    static QString name() { return QStringLiteral("RIG\\operator"); }
    static QString password() { return QStringLiteral("Portals-1"); }
    /// Writes the users file of a peer; its path, empty when it cannot be written.
    static QString file(const QTemporaryDir &folder);
};

/// Deadlines that a test can wait for, and that a busy machine keeps nevertheless when nothing is wrong.
[[nodiscard]] portalbind::wsman::Deadlines shortDeadlines();

/// Hooks that take any certificate, once.
[[nodiscard]] portalbind::wsman::ConnectionHooks trusting();

/// What an inventory shows as bound, `endpoint portal` a line, sorted.
[[nodiscard]] QStringList boundLines(const portalbind::Inventory &inventory);

/// The way a connection goes through the proxy.
enum class Way {
    Sealed, ///< plain HTTP, NTLM, messages encrypted: the proxy knows each message
    Secured, ///< TLS, Basic: the proxy knows connections and bytes
};

/// A workbook served by a peer: what several rigs may share as long as they only read.
class RigServer
{
public:
    struct Settings
    {
        QString as = QStringLiteral("windows");
        Way way = Way::Sealed;
        int portals = 32;
        QStringList arguments; ///< more of them for the peer; for Way::Secured Certificates::arguments()
    };
    explicit RigServer(const Settings &settings);

    [[nodiscard]] QString error() const { return m_peer->error(); } ///< empty when it runs
    [[nodiscard]] Way way() const { return m_way; }
    WsmanPeer &peer() { return *m_peer; }
    /// What the workbook holds now: the truth that a session has to show.
    [[nodiscard]] QStringList bound() const;

private:
    QTemporaryDir m_folder;
    Way m_way;
    std::unique_ptr<WsmanPeer> m_peer;
};

/// A server, the network before it in another process, and a session over both: the real client from the sockets up to
/// what a window shows.
class ClientRig
{
public:
    explicit ClientRig(std::shared_ptr<RigServer> server,
                       const portalbind::wsman::Deadlines &deadlines = shortDeadlines(), int connections = 2);

    [[nodiscard]] QString error() const { return m_proxy->error(); } ///< empty when it runs
    RigServer &server() { return *m_server; }
    PeerProcess &proxy() { return *m_proxy; }
    /// A number of the proxy's `count`.
    [[nodiscard]] int proxyCount(const char *what);
    portalbind::Session &session() { return *m_session; }
    /// Forgets the session and makes another: the connections go with it.
    void newSession();
    /// With new connections from the next read on.
    void reconnect() { m_backend->setConnection(m_connect); }

    [[nodiscard]] QStringList bound() const
    {
        return boundLines(portalbind::Inventory(m_session->base()));
    } ///< as shown
    [[nodiscard]] portalbind::EndpointHandle endpoint(int target, int tag) const;
    [[nodiscard]] portalbind::PortalHandle portal(int number) const;

private:
    std::shared_ptr<RigServer> m_server;
    portalbind::wsman::Deadlines m_deadlines;
    int m_connections;
    std::unique_ptr<PeerProcess> m_proxy;
    std::shared_ptr<portalbind::CimBackend> m_backend;
    portalbind::CimBackend::ConnectionFactory m_connect;
    std::unique_ptr<portalbind::Session> m_session;
};
