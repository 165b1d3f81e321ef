// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/cimconnection.h"
#include "backends/cim/pollpace.h"
#include "model/targetbackend.h"

#include <QElapsedTimer>
#include <QPointer>
#include <QTimer>

namespace portalbind {

namespace cim {
struct Knowledge;
}

/// Servers that speak the CIM iSCSI model, over any CimConnection: SMI-S, Windows SMI-S, Windows' own WT_* classes.
/// What the server shows decides which. The URL may name the namespace:
/// `wsmans://user@host[:port][/path][?namespace=NAME]`; everything else in it is the connection's. Watched by polling:
/// no provider promises indications.
///
/// A server behind WS-Management, from a wsman::ServerProfile (backends/wsman/serverprofile.h) and the hooks that ask a
/// person about its certificate (backends/wsman/link.h):
///
///     auto backend = std::make_shared<CimBackend>(url, [profile, hooks]() -> std::unique_ptr<cim::CimConnection> {
///         return std::make_unique<wsman::WsmanConnection>(profile, hooks);
///     });
///     Session session(backend);
///     session.refresh();             // connects
///     backend->setVisible(visible);  // all there is to say about polling
///
/// The profile, with the password in it, lives as long as the closure does. A password that was refused is not tried
/// again: give setConnection() a closure with another one, then refresh.
class CimBackend : public TargetBackend
{
    Q_OBJECT
public:
    /// Called once, before the first load; may give null, which is told as an error of Kind::Transport.
    using ConnectionFactory = std::function<std::unique_ptr<cim::CimConnection>()>;

    CimBackend(const QUrl &url, ConnectionFactory factory);
    ~CimBackend() override;

    /// The namespace that \a url names; empty when it is to be found.
    [[nodiscard]] static QString namespaceOf(const QUrl &url);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] Task<Result<SnapshotPtr>> load(Sink sink, std::stop_token stop) override;
    [[nodiscard]] Task<Result<Answer>> execute(Operation operation, std::stop_token stop) override;

    /// changed() comes at the pace of cim::PollPace while somebody looks.
    void setVisible(bool visible) override;
    /// Clusters, switched-off management, classes that could not be read.
    [[nodiscard]] QStringList notes() const override { return m_notes; }
    /// Another way to the same server, from the next load on; what goes on over the old one ends there.
    void setConnection(ConnectionFactory factory);
    /// What the server says it is; empty before the first load.
    [[nodiscard]] QString serverText() const;
    /// Pauses between looks at the server after a write until it shows the change, in milliseconds.
    void setPatience(std::vector<int> milliseconds);

private:
    static Task<Result<SnapshotPtr>> loadWith(std::shared_ptr<cim::Knowledge> knowledge, QPointer<CimBackend> self,
                                              ConnectionFactory connect, Sink sink, std::stop_token stop);
    static Task<Result<Answer>> executeWith(std::shared_ptr<cim::Knowledge> knowledge, QPointer<CimBackend> self,
                                            Operation operation, std::stop_token stop);
    void started();
    void setNotes(const QStringList &notes);
    void schedule();

    ConnectionFactory m_connect;
    std::shared_ptr<cim::Knowledge> m_knowledge; // coroutines that are under way keep theirs
    QStringList m_notes;
    QElapsedTimer m_clock;
    cim::PollPace m_pace;
    QTimer m_poll{this};
};

} // namespace portalbind
