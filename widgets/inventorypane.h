// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/inventoryview.h"

#include <QHash>

class QLabel;
class QVBoxLayout;

namespace portalbind {

class Banner;
class NoteBar;
class UnbindZone;
class SavedBar;
struct RemoteServices;

/// A pane: its heading, what is wrong with a connection, the tree, and one sentence when there is nothing to show.
class InventoryPane : public QWidget
{
    Q_OBJECT
public:
    InventoryPane(Workspace &workspace, DragState &drag, const QString &title, QWidget *parent = nullptr);

    [[nodiscard]] InventoryView *view() const { return m_view; }
    [[nodiscard]] QString title() const;
    void setTitle(const QString &title);
    void setSections(TreeSections sections);
    /// Whether the unbind zone appears here.
    void setUnbindZone(bool here);
    /// Whether trouble with a connection is said here: once in the window is enough.
    void setBanners(bool here);
    /// What more can be done about trouble with remote servers.
    void setRemote(const RemoteServices *remote) { m_remote = remote; }
    [[nodiscard]] QString emptyText() const; ///< empty while rows are shown

signals:
    void retryWanted(portalbind::Session *session);
    void signInWanted(portalbind::Session *session);
    void certificateWanted(portalbind::Session *session);
    void saveWanted(portalbind::Session *session); ///< for the server's next start
    void dropped(portalbind::Session *session, const portalbind::DropIntent &intent);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void updateBanner(Session *session);
    void updateNotes(Session *session);
    void updateSaved(Session *session);
    void watch(Session *session);
    void updateEmpty();

    Workspace &m_workspace;
    QLabel *m_title;
    QVBoxLayout *m_banners;
    QHash<Session *, Banner *> m_bannerOf;
    QHash<Session *, NoteBar *> m_notesOf;
    QHash<Session *, SavedBar *> m_savedOf;
    InventoryView *m_view;
    QLabel *m_empty;
    UnbindZone *m_unbind;
    bool m_offersBanners = true;
    const RemoteServices *m_remote = nullptr;
};

} // namespace portalbind
