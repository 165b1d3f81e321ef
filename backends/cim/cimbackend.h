// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/cimconnection.h"
#include "model/targetbackend.h"

#include <QPointer>
#include <QStringList>
#include <QTimer>

namespace portalbind {

namespace cim {
struct Knowledge;
}

/// Servers that speak the CIM iSCSI model, over any CimConnection: SMI-S, Windows SMI-S, Windows' own WT_* classes. What
/// the server shows decides which. The path of the URL, when there is one, names the namespace:
/// `wsmans://user@host[:port][/namespace]`. Watched by polling: no provider promises indications.
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

    /// Whether somebody looks: changed() comes every 10 to 30 s then, and sooner after a write.
    void setVisible(bool visible);
    /// What the last load found and a snapshot cannot hold, in whole sentences: clusters, switched-off management,
    /// classes that could not be read.
    [[nodiscard]] const QStringList &notes() const { return m_notes; }
    /// What the server says it is; empty before the first load.
    [[nodiscard]] QString serverText() const;
    /// Pauses between looks at the server after a write until it shows the change, in milliseconds.
    void setPatience(std::vector<int> milliseconds);

signals:
    void notesChanged();

private:
    class Busy;
    static Task<Result<SnapshotPtr>> loadWith(std::shared_ptr<cim::Knowledge> knowledge, QPointer<CimBackend> self,
                                              ConnectionFactory connect, Sink sink, std::stop_token stop);
    static Task<Result<Answer>> executeWith(std::shared_ptr<cim::Knowledge> knowledge, QPointer<CimBackend> self,
                                            Operation operation, std::stop_token stop);
    void loaded(const QStringList &notes, qint64 milliseconds);
    void wrote();
    void schedule();

    ConnectionFactory m_connect;
    std::shared_ptr<cim::Knowledge> m_knowledge; // coroutines that are under way keep it as well
    QStringList m_notes;
    QTimer m_poll{this};
    bool m_visible = true;
    bool m_everLoaded = false;
    int m_busy = 0; // loads and writes under way
    int m_eager = 0; // polls left that come sooner, after a write
    qint64 m_loadMilliseconds = 0; // of the last load
};

} // namespace portalbind
