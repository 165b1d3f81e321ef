// SPDX-License-Identifier: Apache-2.0
#include "tests/widgets/windowfixture.h"

#include "model/snapshotbuilder.h"
#include "model/task.h"
#include "widgets/inventorypane.h"

#include <QDragEnterEvent>
#include <QLabel>
#include <QMimeData>
#include <QTest>

namespace portalbind {

namespace {

IpAddress ip(const QString &text)
{
    return IpAddress::parse(text).value();
}

} // namespace

WindowFixture::WindowFixture(int portalsMore)
    : m_portalsMore(portalsMore)
{
    Services services;
    services.open = [this](const QString &) -> Result<std::unique_ptr<TargetBackend>> {
        auto made = std::make_unique<MemoryBackend>();
        made->adopt(*content());
        backend = made.get();
        return std::unique_ptr<TargetBackend>(std::move(made));
    };
    window = std::make_unique<MainWindow>(std::move(services),
                                          std::make_unique<Settings>(folder.filePath(QStringLiteral("settings.ini"))));
    window->resize(1300, 900);
    window->show();
}

WindowFixture::~WindowFixture()
{
    window.reset();
    QVERIFY(QTest::qWaitFor([] { return spawnedTasks() == 0; })); // all that it cancelled ends
}

SnapshotPtr WindowFixture::content() const
{
    SnapshotBuilder builder(std::make_shared<IdTable>());
    Server san;
    san.name = QStringLiteral("san");
    Capabilities &can = san.capabilities;
    can.groups = GroupSource::Editable;
    can.editPortals = can.createEndpoint = can.chooseTag = can.createNode = can.chooseNodeName = true;
    can.enableEndpoint = true;
    const ServerHandle server = builder.addServer("san", san);
    const auto group = [&](const char *name) {
        return builder.addGroup(name, {server, QString::fromLatin1(name), false});
    };
    const auto portal = [&](const QString &address, bool present = true) {
        Portal value;
        value.server = server;
        value.address = {ip(address), 3260};
        value.addressPresent = present;
        return builder.addPortal(address.toLatin1(), value);
    };
    const GroupHandle a = group("A");
    const GroupHandle b = group("B");
    QList<PortalHandle> inA;
    for (const char *address : {"10.0.1.5", "10.0.1.6", "10.0.1.7"})
        inA += portal(QLatin1String(address));
    for (const PortalHandle each : std::as_const(inA))
        builder.join(a, each);
    builder.join(a, portal(QStringLiteral("10.0.1.9"), false));
    builder.join(b, portal(QStringLiteral("10.0.2.5")));
    builder.join(b, portal(QStringLiteral("10.0.2.6")));
    const auto node = [&](const char *name) {
        return builder.addNode(
                name, {server, Role::Target, QStringLiteral("iqn.2026-11.com.example:") + QLatin1String(name), {}});
    };
    const auto endpoint = [&](NodeHandle of, const char *id, quint64 tag) {
        Endpoint value;
        value.server = server;
        value.node = of;
        value.tag = tag;
        return builder.addEndpoint(id, value);
    };
    const NodeHandle mail = node("mail");
    const NodeHandle db = node("db");
    const EndpointHandle mail1 = endpoint(mail, "mail1", 1);
    endpoint(mail, "mail2", 2);
    const EndpointHandle db1 = endpoint(db, "db1", 1);
    builder.bind(mail1, inA.at(0));
    builder.bind(db1, inA.at(2));
    for (const char *initiator : {"iqn.2026-11.com.example:host1", "iqn.2026-11.com.example:host2"})
        builder.addSession(initiator, {mail1, inA.at(0), QLatin1String(initiator), {}});
    for (int i = 0; i < m_portalsMore; ++i)
        builder.join(b, portal(QStringLiteral("10.9.%1.%2").arg(i / 250).arg(i % 250 + 1)));
    return builder.build();
}

bool WindowFixture::open()
{
    window->open(QStringLiteral("memory:"));
    return QTest::qWaitFor([this] { return session() && session()->state() == Session::State::Live; })
            && QTest::qWaitFor([this] { // a small tree unfolds by itself
                   const QModelIndex row = endpointRow(QStringLiteral("mail"), 1);
                   return row.isValid() && targets()->isExpanded(row);
               });
}

InventoryView *WindowFixture::portals() const
{
    return window->portalsPane()->view();
}
InventoryView *WindowFixture::targets() const
{
    return window->targetsPane()->view();
}

PortalHandle WindowFixture::portal(const QString &address) const
{
    for (const PortalHandle h : inventory().portals()) {
        if (inventory().portal(h).address.ip == ip(address))
            return h;
    }
    return {};
}

EndpointHandle WindowFixture::endpoint(const QString &node, quint64 tag) const
{
    for (const EndpointHandle h : inventory().endpoints()) {
        const Endpoint value = inventory().endpoint(h);
        if (value.tag == tag && inventory().node(value.node).name.endsWith(QLatin1Char(':') + node))
            return h;
    }
    return {};
}

GroupHandle WindowFixture::group(const QString &name) const
{
    for (const GroupHandle h : inventory().groups()) {
        if (inventory().group(h).name == name)
            return h;
    }
    return {};
}

QModelIndex WindowFixture::rowOf(InventoryView *view, RowKind kind, quint32 handle, quint32 parent)
{
    const InventoryTreeModel &tree = *view->tree();
    const std::function<QModelIndex(const QModelIndex &)> find = [&](const QModelIndex &under) -> QModelIndex {
        for (int row = 0; row < tree.rowCount(under); ++row) {
            const QModelIndex index = tree.index(row, 0, under);
            const TreeKey key = tree.keyOf(index);
            if (key.kind == kind && key.handle == handle && (parent == 0 || key.parent == parent))
                return index;
            if (const QModelIndex below = find(index); below.isValid())
                return below;
        }
        return {};
    };
    return find({});
}

QModelIndex WindowFixture::portalRow(const QString &address)
{
    return rowOf(portals(), RowKind::Portal, portal(address).value);
}

QModelIndex WindowFixture::groupRow(const QString &name)
{
    return rowOf(portals(), RowKind::Group, group(name).value);
}

QModelIndex WindowFixture::endpointRow(const QString &node, quint64 tag)
{
    return rowOf(targets(), RowKind::Endpoint, endpoint(node, tag).value);
}

QModelIndex WindowFixture::bindingRow(const QString &node, quint64 tag, const QString &address)
{
    return rowOf(targets(), RowKind::Binding, portal(address).value, endpoint(node, tag).value);
}

void WindowFixture::select(InventoryView *view, const QList<QModelIndex> &rows)
{
    view->setFocus();
    for (const QModelIndex &row : rows) {
        for (QModelIndex above = row.parent(); above.isValid(); above = above.parent())
            view->expand(above);
    }
    view->setCurrentIndex(rows.first());
    for (const QModelIndex &row : rows)
        view->selectionModel()->select(row, QItemSelectionModel::Select | QItemSelectionModel::Rows);
    QTest::qWait(1); // actions are judged in the next turn of the event loop
}

void WindowFixture::key(InventoryView *view, Qt::Key key, Qt::KeyboardModifiers modifiers)
{
    view->setFocus();
    QTest::keyClick(view, key, modifiers);
}

WindowFixture::Dragged WindowFixture::drag(InventoryView *from, const QList<QModelIndex> &rows, QWidget *to,
                                           const QPoint &at, Qt::KeyboardModifiers modifiers, bool drop)
{
    select(from, rows);
    DragState &state = window->dragState();
    const RowSelection selection = from->selection();
    const std::unique_ptr<QMimeData> data(state.begin(selection.session, selection.dragItems()));
    constexpr Qt::DropActions actions = Qt::CopyAction | Qt::MoveAction;
    Dragged dragged;
    QDragEnterEvent enter(at, actions, data.get(), Qt::LeftButton, modifiers);
    QCoreApplication::sendEvent(to, &enter);
    QDragMoveEvent move(at, actions, data.get(), Qt::LeftButton, modifiers);
    QCoreApplication::sendEvent(to, &move);
    dragged.accepted = enter.isAccepted() && move.isAccepted();
    dragged.action = move.dropAction();
    dragged.sentence = window->sentence();
    if (const auto *tip = window->findChild<QLabel *>(QStringLiteral("dropTip")); tip && tip->isVisible())
        dragged.tip = tip->text();
    if (!drop)
        return dragged; // the caller ends it
    if (dragged.accepted) { // otherwise no platform would bring a drop
        QDropEvent let(at, actions, data.get(), Qt::LeftButton, modifiers);
        QCoreApplication::sendEvent(to, &let);
        dragged.accepted = let.isAccepted();
    } else {
        QDragLeaveEvent leave;
        QCoreApplication::sendEvent(to, &leave);
    }
    state.end();
    return dragged;
}

WindowFixture::Dragged WindowFixture::drag(InventoryView *from, const QList<QModelIndex> &rows, InventoryView *to,
                                           const QModelIndex &on, Qt::KeyboardModifiers modifiers, bool drop)
{
    select(from, rows); // it may unfold rows above the one that is dropped on
    for (QModelIndex above = on.parent(); above.isValid(); above = above.parent())
        to->expand(above);
    to->scrollTo(on);
    return drag(from, rows, to->viewport(), to->visualRect(on).center(), modifiers, drop);
}

} // namespace portalbind
