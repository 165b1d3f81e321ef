// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/rowselection.h"

#include <QObject>
#include <QPointer>

class QWidget;

namespace portalbind {

class FormDialog;

/// Does what actions, drops, pastes, pickers and forms ask for: everything ends in Session::stage(). Nothing is asked.
class Commands : public QObject
{
    Q_OBJECT
public:
    Commands(Workspace &workspace, QWidget *window);

    /// Stages what a drop (or paste, or pick) means. It is judged once more by the session.
    void carryOut(Session *session, const DropIntent &intent);
    void stage(Session *session, const QList<Operation> &operations, const QString &text, bool overridePolicy = false);

    void cut(const RowSelection &selection);
    void copy(const RowSelection &selection);
    void paste(const RowSelection &selection);
    [[nodiscard]] Session *clipboardSession() const { return m_clipboardSession; }
    /// \a identities: whole names of the selected rows.
    void copyIdentity(const QStringList &identities);

    void bindTo(const RowSelection &selection);
    void unbind(const RowSelection &selection);
    void enable(const RowSelection &selection, bool enabled);
    void leaveGroups(const RowSelection &selection);
    void remove(const RowSelection &selection);
    void rename(const RowSelection &selection);
    void createPortal(const RowSelection &selection);
    void createGroup(const RowSelection &selection);
    void createEndpoint(const RowSelection &selection);
    void createNode(const RowSelection &selection);
    void adoptGroup(const RowSelection &selection);
    void replaceWildcard(const RowSelection &selection);
    /// Stages that all that differs is kept for the next start.
    void saveForReboot(Session *session);

signals:
    /// For the status bar: what was done, or why not.
    void told(const QString &sentence);
    void staged(portalbind::Session *session);
    void clipboardChanged();

private:
    void take(const RowSelection &selection, bool cut);
    void show(FormDialog *form);

    Workspace &m_workspace;
    QWidget *m_window;
    QPointer<Session> m_clipboardSession;
    QList<DragItem> m_clipboard;
    bool m_isCut = false;
};

} // namespace portalbind
