// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/operation.h"
#include "model/snapshot.h"
#include "model/task.h"
#include "model/verdict.h"

#include <QObject>
#include <QStringList>
#include <QUrl>

#include <functional>
#include <memory>
#include <stop_token>

namespace portalbind {

/// What a server said to one step.
struct Answer
{
    Method method = Method::Bind;
    quint16 code = 0; ///< of the method's own table; 0 is success
    QByteArray createdId; ///< id of the object that a creation made; empty otherwise
    QString detail; ///< the server's own text; never a secret
};

/// One connection to one or several servers. Lives in the GUI thread; whatever blocks runs on its own worker.
class TargetBackend : public QObject
{
    Q_OBJECT
public:
    /// Gets growing, incomplete snapshots a few times a second while a load goes on.
    using Sink = std::function<void(SnapshotPtr)>;

    explicit TargetBackend(QUrl url)
        : m_url(std::move(url))
        , m_ids(std::make_shared<IdTable>())
    {
    }

    [[nodiscard]] const QUrl &url() const { return m_url; } ///< as given, without a secret
    [[nodiscard]] virtual QString title() const = 0; ///< for the tree and the log
    [[nodiscard]] const std::shared_ptr<IdTable> &ids() const { return m_ids; } ///< of all snapshots of this connection

    /// Reads everything. Errors: File, Transport, Timeout, SignIn, Rights, Server, Cancelled.
    [[nodiscard]] virtual Task<Result<SnapshotPtr>> load(Sink sink, std::stop_token stop) = 0;

    /// Sends one operation, once, never again; never a Move (a plan splits it). A refusal is an Answer with its code;
    /// an Error tells that nothing was sent (Transport, Timeout, File, Rights, …) or that nobody knows
    /// (OutcomeUnknown). A stop request is obeyed only before the operation is sent.
    [[nodiscard]] virtual Task<Result<Answer>> execute(Operation operation, std::stop_token stop) = 0;

    /// Whether somebody looks at it. Servers that have to be asked whether something changed are asked while it is so;
    /// the pace is the backend's own. True at first.
    virtual void setVisible(bool) { }
    /// What the last load found and a snapshot cannot hold, in whole sentences for a person.
    [[nodiscard]] virtual QStringList notes() const { return {}; }

signals:
    /// Something changed on the server, or may have: a hint to read it again.
    void changed();
    void notesChanged();

private:
    QUrl m_url;
    std::shared_ptr<IdTable> m_ids;
};

} // namespace portalbind
