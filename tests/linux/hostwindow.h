// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/mainwindow.h"

#include <QTemporaryDir>

namespace portalbind {

class InventoryView;

/// The real main window, and what a person does in it.
class HostWindow
{
public:
    explicit HostWindow(Services services);
    virtual ~HostWindow();

    /// Opens \a url and waits until it is shown; false when it did not come.
    bool open(const QString &url);
    [[nodiscard]] Session *session() const { return window->workspace().current(); }
    [[nodiscard]] const Inventory &inventory() const { return session()->inventory(); }
    [[nodiscard]] PortalHandle portal(const char *address) const;
    [[nodiscard]] EndpointHandle tpg(const QString &iqn, int tag) const;
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
    /// Waits for the end.
    bool applyPlan(int milliseconds = 10'000) const;
    /// Pictures of the window, light and dark, in the folder PORTALBIND_PICTURES if there is one. QT_SCALE_FACTOR=2
    /// makes them twice the size.
    void picture(const char *name) const;

    QTemporaryDir folder;
    std::unique_ptr<MainWindow> window;
};

} // namespace portalbind
