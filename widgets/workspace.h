// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/session.h"

#include <QUndoGroup>

#include <memory>
#include <vector>

namespace portalbind {

/// The connections that are open, each with its undo stack in one group. Several can apply at once.
class Workspace : public QObject
{
    Q_OBJECT
public:
    explicit Workspace(QObject *parent = nullptr);
    ~Workspace() override;

    /// Takes a backend in, makes it current and starts reading it.
    Session *open(std::unique_ptr<TargetBackend> backend);
    void close(Session *session);
    [[nodiscard]] QList<Session *> sessions() const;
    [[nodiscard]] Session *find(const QUrl &url) const;

    /// The session whose undo stack Undo and Redo act on.
    [[nodiscard]] Session *current() const { return m_current; }
    void setCurrent(Session *session);
    [[nodiscard]] QUndoGroup &undoGroup() { return m_undo; }

    [[nodiscard]] int pendingCount() const;
    [[nodiscard]] bool isApplying() const;

    /// Holds all refreshes back, as long as a drag goes on.
    void holdRefresh(bool hold);

signals:
    void opened(portalbind::Session *session);
    void aboutToClose(portalbind::Session *session);
    void closed();
    void currentChanged(portalbind::Session *session);
    /// Something about a session's state, age or error.
    void stateChanged(portalbind::Session *session);
    void inventoryChanged(portalbind::Session *session);
    void pendingChanged(portalbind::Session *session);
    void activity(const portalbind::Activity &entry);

private:
    std::vector<std::unique_ptr<Session>> m_sessions;
    QUndoGroup m_undo;
    Session *m_current = nullptr;
};

} // namespace portalbind
