// SPDX-License-Identifier: Apache-2.0
#include "hostwindow.h"

#include "widgets/changespanel.h"
#include "widgets/inventorypane.h"
#include "widgets/planview.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QMimeData>
#include <QPushButton>
#include <QTest>
#include <QTreeView>

namespace portalbind {

HostWindow::HostWindow(Services services)
    : window(std::make_unique<MainWindow>(std::move(services),
                                          std::make_unique<Settings>(folder.filePath(QStringLiteral("settings.ini")))))
{
    window->resize(1360, 900);
    window->show();
}

HostWindow::~HostWindow() = default;

bool HostWindow::open(const QString &url)
{
    window->open(url);
    return QTest::qWaitFor([this] { return session() && session()->state() == Session::State::Live; }, 20'000)
            && QTest::qWaitFor([this] {
                   return inventory().endpoints().isEmpty()
                           || row(targets(), RowKind::Endpoint, inventory().endpoints().first().value).isValid();
               });
}

PortalHandle HostWindow::portal(const char *address) const
{
    return session()->ids().find<PortalHandle>(QByteArrayView(address));
}

EndpointHandle HostWindow::tpg(const QString &iqn, int tag) const
{
    return session()->ids().find<EndpointHandle>(iqn.toUtf8() + "/tpgt_" + QByteArray::number(tag));
}

InventoryView *HostWindow::portals() const
{
    return window->portalsPane()->view();
}
InventoryView *HostWindow::targets() const
{
    return window->targetsPane()->view();
}

QModelIndex HostWindow::row(InventoryView *view, RowKind kind, quint32 handle, quint32 parent) const
{
    const InventoryTreeModel &tree = *view->tree();
    const std::function<QModelIndex(const QModelIndex &)> find = [&](const QModelIndex &under) -> QModelIndex {
        for (int i = 0; i < tree.rowCount(under); ++i) {
            const QModelIndex index = tree.index(i, 0, under);
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

void HostWindow::select(InventoryView *view, const QModelIndex &row) const
{
    view->setFocus();
    for (QModelIndex above = row.parent(); above.isValid(); above = above.parent())
        view->expand(above);
    view->setCurrentIndex(row);
    QTest::qWait(1); // actions are judged in the next turn of the event loop
}

HostWindow::Dragged HostWindow::drag(PortalHandle what, EndpointHandle onto, Qt::KeyboardModifiers modifiers) const
{
    const QModelIndex from = row(portals(), RowKind::Portal, what.value);
    const QModelIndex to = row(targets(), RowKind::Endpoint, onto.value);
    select(portals(), from);
    for (QModelIndex above = to.parent(); above.isValid(); above = above.parent())
        targets()->expand(above);
    targets()->scrollTo(to);
    DragState &state = window->dragState();
    const RowSelection selection = portals()->selection();
    const std::unique_ptr<QMimeData> data(state.begin(selection.session, selection.dragItems()));
    constexpr Qt::DropActions actions = Qt::CopyAction | Qt::MoveAction;
    const QPoint at = targets()->visualRect(to).center();
    QWidget *viewport = targets()->viewport();
    QDragEnterEvent enter(at, actions, data.get(), Qt::LeftButton, modifiers);
    QCoreApplication::sendEvent(viewport, &enter);
    QDragMoveEvent move(at, actions, data.get(), Qt::LeftButton, modifiers);
    QCoreApplication::sendEvent(viewport, &move);
    Dragged dragged{enter.isAccepted() && move.isAccepted(), window->sentence()};
    if (dragged.accepted) { // otherwise no platform would bring a drop
        QDropEvent drop(at, actions, data.get(), Qt::LeftButton, modifiers);
        QCoreApplication::sendEvent(viewport, &drop);
        dragged.accepted = drop.isAccepted();
    }
    state.end();
    return dragged;
}

bool HostWindow::showPlan() const
{
    const auto isReady = [this] { return find<QPushButton>("applyPlan")->isVisible() && !steps().isEmpty(); };
    QTest::qWait(1);
    action(ActionId::Apply)->trigger();
    return QTest::qWaitFor(isReady) && QTest::qWaitFor([this] { return window->changes()->plan()->isPreview(); });
}

QStringList HostWindow::steps() const
{
    QStringList all;
    const QAbstractItemModel *model = find<QTreeView>("planSteps")->model();
    for (int i = 0; i < model->rowCount(); ++i)
        all += model->index(i, PlanModel::What).data().toString();
    return all;
}

bool HostWindow::applyPlan(int milliseconds) const
{
    auto *apply = find<QPushButton>("applyPlan");
    if (!QTest::qWaitFor([apply] { return apply->isEnabled(); }))
        return false;
    apply->click();
    PlanView *plan = window->changes()->plan();
    return QTest::qWaitFor([plan] { return !plan->isRunning(); }, milliseconds);
}

void HostWindow::picture(const char *name) const
{
    const QString where = qEnvironmentVariable("PORTALBIND_PICTURES");
    if (where.isEmpty())
        return;
    for (const auto &[theme, suffix] :
         {std::pair(Settings::Theme::Dark, "-dark.png"), {Settings::Theme::Light, ".png"}}) {
        window->setTheme(theme);
        QTest::qWait(50);
        window->grab().save(QDir(where).filePath(QLatin1String(name) + QLatin1String(suffix)));
    }
}

} // namespace portalbind
