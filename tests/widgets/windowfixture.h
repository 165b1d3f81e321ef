// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/model/memorybackend.h"
#include "widgets/mainwindow.h"

#include <QPushButton>
#include <QTemporaryDir>

namespace portalbind {

class InventoryPane;

/// The real main window on a server in memory: targets mail (TPG 1 on 10.0.1.5 with two sessions, TPG 2 empty) and db
/// (TPG 1 on 10.0.1.7); group A with 10.0.1.5 to .7 and .9, whose address is gone; group B with 10.0.2.5 and .6.
class WindowFixture
{
public:
    explicit WindowFixture(int portalsMore = 0);
    ~WindowFixture();

    /// Opens the server and waits until it is shown; false when it did not come.
    bool open();

    [[nodiscard]] Session *session() const { return window->workspace().current(); }
    [[nodiscard]] const Inventory &inventory() const { return session()->inventory(); }
    [[nodiscard]] PortalHandle portal(const QString &address) const;
    [[nodiscard]] EndpointHandle endpoint(const QString &node, quint64 tag) const;
    [[nodiscard]] GroupHandle group(const QString &name) const;

    [[nodiscard]] InventoryView *portals() const;
    [[nodiscard]] InventoryView *targets() const;
    [[nodiscard]] QModelIndex portalRow(const QString &address); ///< in its group
    [[nodiscard]] QModelIndex groupRow(const QString &name);
    [[nodiscard]] QModelIndex endpointRow(const QString &node, quint64 tag);
    [[nodiscard]] QModelIndex bindingRow(const QString &node, quint64 tag, const QString &address);

    /// Selects \a rows of \a from and drags them over \a on: the events that QDrag would bring. What came of it:
    struct Dragged
    {
        bool accepted = false;
        Qt::DropAction action = Qt::IgnoreAction;
        QString sentence;
        QString tip;
    };
    Dragged drag(InventoryView *from, const QList<QModelIndex> &rows, QWidget *to, const QPoint &at,
                 Qt::KeyboardModifiers modifiers = Qt::NoModifier, bool drop = true);
    Dragged drag(InventoryView *from, const QList<QModelIndex> &rows, InventoryView *to, const QModelIndex &on,
                 Qt::KeyboardModifiers modifiers = Qt::NoModifier, bool drop = true);

    void select(InventoryView *view, const QList<QModelIndex> &rows);
    void key(InventoryView *view, Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier);
    /// The pending changes in words.
    [[nodiscard]] QList<Operation> pending() const { return session()->pendingOperations(); }

    QTemporaryDir folder;
    std::unique_ptr<MainWindow> window;
    MemoryBackend *backend = nullptr; ///< of the session; owned by it

private:
    [[nodiscard]] SnapshotPtr content() const;
    [[nodiscard]] QModelIndex rowOf(InventoryView *view, RowKind kind, quint32 handle, quint32 parent = 0);
    int m_portalsMore;
};

/// The base of tests of the window: each test starts with the server shown.
class WindowTest : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup() { m_fixture.reset(); }

protected:
    [[nodiscard]] QAction *action(ActionId id) const { return m_fixture->window->actions()[id]; }
    /// The button of the window called \a name; null when there is none.
    [[nodiscard]] QPushButton *button(const char *name) const;

    static inline const QString portal5 = QStringLiteral("10.0.1.5");
    static inline const QString portal6 = QStringLiteral("10.0.1.6");
    static inline const QString mail = QStringLiteral("mail");
    static inline const QString db = QStringLiteral("db");

    std::unique_ptr<WindowFixture> m_fixture;
};

} // namespace portalbind
