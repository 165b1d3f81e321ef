// SPDX-License-Identifier: Apache-2.0
#include "widgets/workspace.h"

namespace portalbind {

Workspace::Workspace(QObject *parent)
    : QObject(parent)
{
}

Workspace::~Workspace() = default;

Session *Workspace::open(std::unique_ptr<TargetBackend> backend)
{
    Session *session = m_sessions.emplace_back(std::make_unique<Session>(std::move(backend))).get();
    m_undo.addStack(session->undoStack());
    connect(session, &Session::stateChanged, this, [this, session] { emit stateChanged(session); });
    connect(session, &Session::inventoryChanged, this, [this, session] { emit inventoryChanged(session); });
    connect(session, &Session::pendingChanged, this, [this, session] { emit pendingChanged(session); });
    connect(session, &Session::activity, this, &Workspace::activity);
    emit opened(session);
    setCurrent(session);
    session->refresh();
    return session;
}

void Workspace::close(Session *session)
{
    const auto found = std::find_if(m_sessions.begin(), m_sessions.end(),
                                    [session](const auto &owned) { return owned.get() == session; });
    if (found == m_sessions.end())
        return;
    emit aboutToClose(session);
    std::unique_ptr<Session> leaving = std::move(*found);
    m_sessions.erase(found);
    if (m_current == session)
        setCurrent(m_sessions.empty() ? nullptr : m_sessions.back().get());
    leaving->disconnect(this);
    m_undo.removeStack(leaving->undoStack());
    leaving.reset();
    emit closed();
}

QList<Session *> Workspace::sessions() const
{
    QList<Session *> all;
    for (const auto &session : m_sessions)
        all.append(session.get());
    return all;
}

Session *Workspace::find(const QUrl &url) const
{
    for (const auto &session : m_sessions) {
        if (session->backend()->url() == url)
            return session.get();
    }
    return nullptr;
}

void Workspace::setCurrent(Session *session)
{
    m_undo.setActiveStack(session ? session->undoStack() : nullptr);
    if (m_current == session)
        return;
    m_current = session;
    emit currentChanged(session);
}

int Workspace::pendingCount() const
{
    int count = 0;
    for (const auto &session : m_sessions)
        count += int(session->pending().size());
    return count;
}

bool Workspace::isApplying() const
{
    return std::any_of(m_sessions.begin(), m_sessions.end(),
                       [](const auto &session) { return session->state() == Session::State::Applying; });
}

void Workspace::holdRefresh(bool hold)
{
    for (const auto &session : m_sessions)
        session->holdRefresh(hold);
}

} // namespace portalbind
