// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/gate.h"
#include "model/targetbackend.h"
#include "model/worker.h"

#include <deque>
#include <map>
#include <set>

namespace portalbind {

/// A server in memory that does what it is told, by ids of its own, and fails where a test says so. It judges nothing
/// but whether the objects exist; every answer comes through the event loop.
class MemoryBackend : public TargetBackend
{
    Q_OBJECT
public:
    /// What the next execution does instead of succeeding.
    struct Fault
    {
        enum Kind {
            None,
            Refuse, ///< answers `code`, nothing done
            NotSent, ///< Transport: nothing reached the server
            LostBefore, ///< OutcomeUnknown: nothing was done
            LostAfter, ///< OutcomeUnknown: it was done
        } kind = None;
        quint16 code = 4;
    };

    MemoryBackend();

    /// Takes over what \a snapshot shows, by ids.
    void adopt(const Snapshot &snapshot);

    [[nodiscard]] QString title() const override { return QStringLiteral("memory"); }
    [[nodiscard]] Task<Result<SnapshotPtr>> load(Sink sink, std::stop_token stop) override;
    [[nodiscard]] Task<Result<Answer>> execute(Operation operation, std::stop_token stop) override;

    /// What the server holds, as a snapshot of this connection.
    [[nodiscard]] SnapshotPtr snapshot(bool complete = true) const;
    /// Changes the server behind the session's back.
    void change(const Operation &operation) { (void)done(operation); }

    std::deque<Fault> faults; ///< one an execution, in order
    std::deque<Error> loadErrors; ///< one a load, in order
    Gate loading{true}; ///< closed: loads wait, after their first part
    Gate executing{true}; ///< closed: executions wait before they are sent
    Gate answering{true}; ///< closed: answers wait after the server has done it
    bool growing = false; ///< loads publish an incomplete part first
    bool portalsByAddress = false; ///< a new portal's id is its address, as in configfs: made again it has its old one
    QList<Operation> sent; ///< every operation that reached the server, refused ones included
    int executions = 0; ///< calls of execute(), whatever came of them
    int loads = 0;

private:
    using Id = QByteArray;
    Answer done(const Operation &operation);
    template <class H>
    [[nodiscard]] Id idOf(H handle) const
    {
        return ids()->id(handle);
    }
    void remove(const std::map<Id, Endpoint>::iterator &endpoint);
    Id newId() { return QByteArray("made/") + QByteArray::number(++m_made); }

    Worker m_worker{QStringLiteral("memory")};
    std::map<Id, Server> m_servers;
    std::map<Id, Node> m_nodes;
    std::map<Id, Endpoint> m_endpoints;
    std::map<Id, Portal> m_portals;
    std::map<Id, Group> m_groups;
    std::map<Id, LoginSession> m_sessions;
    std::set<std::pair<Id, Id>> m_bindings; ///< endpoint, portal
    std::set<std::pair<Id, Id>> m_members; ///< group, portal
    int m_made = 0;
};

} // namespace portalbind
