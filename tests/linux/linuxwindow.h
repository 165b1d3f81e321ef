// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/backends/lio/fakehelper.h"
#include "widgets/mainwindow.h"

#include <QTemporaryDir>

class QAbstractButton;

namespace portalbind {

class InventoryView;

/// The real main window over the stand-in for the helper.
class LinuxWindow
{
public:
    /// \a whyNotThisHost: what the start page says; empty: this host can be opened, and is the stand-in's.
    explicit LinuxWindow(const QString &whyNotThisHost = {});
    ~LinuxWindow();

    /// Opens the stand-in's host and waits until it is shown; false when it did not come.
    bool open();
    [[nodiscard]] Session *session() const { return window->workspace().current(); }
    [[nodiscard]] const Inventory &inventory() const { return session()->inventory(); }
    [[nodiscard]] PortalHandle portal(const char *address) const;
    [[nodiscard]] EndpointHandle tpg(const char *target, int tag) const;
    /// The row of an object in a pane; \a parent: of what it hangs on, when it has several.
    [[nodiscard]] QModelIndex row(InventoryView *view, RowKind kind, quint32 handle, quint32 parent = 0) const;
    [[nodiscard]] InventoryView *portals() const;
    [[nodiscard]] InventoryView *targets() const;
    void select(InventoryView *view, const QModelIndex &row) const;
    /// Drags \a what onto \a onto by the events that QDrag would bring; what the window said, and whether it took it.
    struct Dragged
    {
        bool accepted = false;
        QString sentence;
    };
    Dragged drag(PortalHandle what, EndpointHandle onto, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const;
    [[nodiscard]] QAction *action(ActionId id) const { return window->actions()[id]; }
    template <class T>
    [[nodiscard]] T *find(const char *name) const
    {
        return window->findChild<T *>(QString::fromLatin1(name));
    }
    /// Ctrl+Return, and the plan is worked out.
    bool showPlan() const;
    /// The plan's steps in words.
    [[nodiscard]] QStringList steps() const;
    bool applyPlan() const; ///< waits for the end
    /// A picture of the window, in the folder PORTALBIND_PICTURES if there is one.
    void picture(const char *name) const;

    FakeHelper helper;
    QTemporaryDir folder;
    std::unique_ptr<MainWindow> window;
};

} // namespace portalbind
