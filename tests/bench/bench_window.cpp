// SPDX-License-Identifier: Apache-2.0
// How long the window's thread is kept by single events: the real window on a workbook of 64 portals × 4,000 targets
// (256,000 bindings), every job that a person does there. Each row: the longest event of a phase in CPU time of that
// thread, how many took longer than a frame, and which it was; beside it one repaint of the whole window. All of it
// three times, the best round counts: what a machine does on the side comes once, what the program does comes always.
#include "app/gui/windowservices.h"
#include "backends/workbook/import.h"
#include "model/snapshotbuilder.h"
#include "widgets/changespanel.h"
#include "widgets/inventorypane.h"
#include "widgets/inventoryview.h"
#include "widgets/mainwindow.h"
#include "widgets/planview.h"
#include "widgets/searchline.h"

#include <QApplication>
#include <QDragEnterEvent>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QMetaEnum>
#include <QMimeData>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTextStream>

#include <ctime>

namespace portalbind {
namespace {

constexpr double frame = 16; // milliseconds
constexpr int patience = 120'000; // milliseconds of a phase

double threadMilliseconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

/// Takes the time of every event that the loop delivers; events within events belong to the outer one.
class TimedApplication : public QApplication
{
public:
    using QApplication::QApplication;

    struct Longest
    {
        double milliseconds = 0;
        QString what;
        int overFrame = 0, events = 0;
    };
    Longest take() { return std::exchange(m_longest, {}); }

    bool notify(QObject *receiver, QEvent *event) override
    {
        if (m_depth > 0)
            return QApplication::notify(receiver, event);
        const QEvent::Type type = event->type();
        const QString name = QLatin1String(receiver->metaObject()->className()) + QLatin1Char(' ')
                + receiver->objectName();
        ++m_depth;
        const double begin = threadMilliseconds();
        const bool taken = QApplication::notify(receiver, event);
        const double spent = threadMilliseconds() - begin;
        --m_depth;
        ++m_longest.events;
        m_longest.overFrame += spent > frame;
        if (spent > m_longest.milliseconds) {
            m_longest.milliseconds = spent;
            m_longest.what = QStringLiteral("%1 → %2").arg(
                    QLatin1String(QMetaEnum::fromType<QEvent::Type>().valueToKey(type)), name);
        }
        return taken;
    }

private:
    int m_depth = 0;
    Longest m_longest;
};

SnapshotPtr wideSite()
{
    SnapshotBuilder builder(std::make_shared<IdTable>());
    Server san;
    san.name = QStringLiteral("san-a");
    san.dialect = Dialect::Workbook;
    san.capabilities.groups = GroupSource::Editable;
    const ServerHandle server = builder.addServer("san-a", san);
    const GroupHandle group = builder.addGroup("fabric-A", {server, QStringLiteral("fabric-A"), false});
    QList<PortalHandle> bound;
    for (int i = 0; i < 128; ++i) {
        Portal portal;
        portal.server = server;
        portal.address = {IpAddress::parse(QStringLiteral("10.0.%1.%2").arg(i / 64).arg(i % 64 + 1)).value(), 3260};
        const PortalHandle made = builder.addPortal("p" + QByteArray::number(i), portal);
        builder.join(group, made);
        if (i < 64)
            bound += made;
    }
    for (int i = 0; i < 4000; ++i) {
        const NodeHandle node = builder.addNode(
                "n" + QByteArray::number(i),
                {server, Role::Target, QStringLiteral("iqn.2026-11.com.example:disk%1").arg(i), {}});
        Endpoint endpoint;
        endpoint.server = server;
        endpoint.node = node;
        endpoint.tag = 1;
        const EndpointHandle made = builder.addEndpoint("e" + QByteArray::number(i), endpoint);
        for (const PortalHandle portal : std::as_const(bound))
            builder.bind(made, portal);
    }
    return builder.build();
}

/// One thing done by an event of its own, and how to see that all of its consequences have come.
struct Phase
{
    QString name;
    std::function<void()> act;
    std::function<bool()> done;
};

class Scene
{
public:
    explicit Scene(const QString &folder)
        : m_file(folder + QLatin1String("/wide.pbw"))
        , m_window(windowServices(), std::make_unique<Settings>(folder + QLatin1String("/settings.ini")))
    {
        if (const Result<> made = createWorkbook(m_file, *wideSite()); !made)
            qFatal("%s", qPrintable(made.error().text()));
        m_window.resize(1360, 860);
        m_window.show();
    }

    QList<Phase> phases();

private:
    [[nodiscard]] Session *session() { return m_window.workspace().current(); }
    [[nodiscard]] bool isLive() { return session() && session()->state() == Session::State::Live; }
    [[nodiscard]] InventoryView *portals() const { return m_window.portalsPane()->view(); }
    [[nodiscard]] InventoryView *targets() const { return m_window.targetsPane()->view(); }
    [[nodiscard]] QModelIndex rowOf(InventoryView *view, RowKind kind, quint32 handle) const
    {
        const InventoryTreeModel &tree = *view->tree();
        std::function<QModelIndex(const QModelIndex &)> find = [&](const QModelIndex &under) -> QModelIndex {
            for (int row = 0; row < tree.rowCount(under); ++row) {
                const QModelIndex index = tree.index(row, 0, under);
                const TreeKey key = tree.keyOf(index);
                if (key.kind == kind && (handle == 0 || key.handle == handle))
                    return index;
                if (key.kind == RowKind::Endpoint)
                    continue;
                if (const QModelIndex below = find(index); below.isValid())
                    return below;
            }
            return {};
        };
        return find({});
    }
    void send(QEvent &event) { QCoreApplication::sendEvent(targets()->viewport(), &event); }
    void beginDrag(int count);
    void hover(int which);
    void drop();
    void type(const QString &text);
    [[nodiscard]] Phase wait(const QString &name, std::function<void()> act)
    {
        return {name, std::move(act), [this] { return isLive(); }};
    }

    QString m_file;
    MainWindow m_window;
    QModelIndex m_on;
    std::unique_ptr<QMimeData> m_data;
};

void Scene::beginDrag(int count)
{
    InventoryView *view = portals();
    const QModelIndex first = rowOf(view, RowKind::Portal, 65); // the first that is bound nowhere
    view->setFocus();
    view->setCurrentIndex(first);
    view->selectionModel()->select(QItemSelection(first, first.siblingAtRow(first.row() + count - 1)),
                                   QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    m_data.reset(m_window.dragState().begin(session(), view->selection().dragItems()));
    hover(0);
}

void Scene::hover(int which)
{
    const QModelIndex target = rowOf(targets(), RowKind::Node, 0).siblingAtRow(which);
    targets()->expand(target);
    m_on = targets()->model()->index(0, 0, target);
    targets()->scrollTo(m_on);
    const QPoint at = targets()->visualRect(m_on).center();
    QDragEnterEvent enter(at, Qt::CopyAction | Qt::MoveAction, m_data.get(), Qt::LeftButton, Qt::NoModifier);
    send(enter);
    QDragMoveEvent move(at, Qt::CopyAction | Qt::MoveAction, m_data.get(), Qt::LeftButton, Qt::NoModifier);
    send(move);
}

void Scene::drop()
{
    QDropEvent let(targets()->visualRect(m_on).center(), Qt::CopyAction | Qt::MoveAction, m_data.get(), Qt::LeftButton,
                   Qt::NoModifier);
    send(let);
    m_window.dragState().end();
}

void Scene::type(const QString &text)
{
    m_window.search()->findChild<QLineEdit *>()->setText(text);
}

QList<Phase> Scene::phases()
{
    const auto searched = [this] { return !targets()->tree()->isSearching() && targets()->tree()->isFiltered(); };
    const auto now = [] { return true; };
    const auto trigger = [this](ActionId id) { return [this, id] { m_window.actions()[id]->trigger(); }; };
    return {
            {QStringLiteral("repaint (baseline)"), [this] { m_window.repaint(); }, now},
            wait(QStringLiteral("load"), [this] { m_window.open(QLatin1String("workbook:") + m_file); }),
            wait(QStringLiteral("refresh"), [this] { session()->refresh(); }),
            {QStringLiteral("open a target"),
             [this] {
                 const QModelIndex node = rowOf(targets(), RowKind::Node, 0);
                 targets()->expand(node);
                 targets()->expand(targets()->model()->index(0, 0, node));
             },
             now},
            {QStringLiteral("select a portal of 4,000 endpoints"),
             [this] { portals()->setCurrentIndex(rowOf(portals(), RowKind::Portal, 1)); }, now},
            {QStringLiteral("open a portal of 4,000 endpoints"),
             [this] { portals()->expand(rowOf(portals(), RowKind::Portal, 1)); }, now},
            {QStringLiteral("sort"), [this] { targets()->sortByColumn(0, Qt::DescendingOrder); }, now},
            {QStringLiteral("search: many"), [this] { type(QStringLiteral("10.0.0.1")); }, searched},
            {QStringLiteral("search: one letter"), [this] { type(QStringLiteral("1")); }, searched},
            {QStringLiteral("search: few"), [this] { type(QStringLiteral("disk39")); }, searched},
            {QStringLiteral("search: end"), [this] { type({}); }, [this] { return !targets()->tree()->isFiltered(); }},
            {QStringLiteral("drag 64 portals"), [this] { beginDrag(64); }, now},
            {QStringLiteral("hover over another endpoint"), [this] { hover(1); }, now},
            {QStringLiteral("hover far away"), [this] { hover(3999); }, now},
            {QStringLiteral("drop 64 portals"), [this] { drop(); },
             [this] { return session()->pending().size() == 64; }},
            {QStringLiteral("undo"), trigger(ActionId::Undo), [this] { return session()->pending().isEmpty(); }},
            {QStringLiteral("redo"), trigger(ActionId::Redo), [this] { return session()->pending().size() == 64; }},
            {QStringLiteral("plan"), trigger(ActionId::Apply), [this] { return m_window.changes()->isPlanShown(); }},
            {QStringLiteral("apply 64 changes"),
             [this] { m_window.changes()->plan()->findChild<QPushButton *>(QStringLiteral("applyPlan"))->click(); },
             [this] { return isLive() && session()->pending().isEmpty(); }},
            {QStringLiteral("delete a target's bindings: stage 64"),
             [this] {
                 QList<Operation> all;
                 const EndpointHandle first = session()->inventory().endpoints().first();
                 for (const PortalHandle portal : session()->inventory().portalsBoundBy(first))
                     all += Unbind{first, portal};
                 session()->stage(all, QStringLiteral("Unbind all"));
             },
             [this] { return !session()->pending().isEmpty(); }},
            wait(QStringLiteral("refresh with 64 pending"), [this] { session()->refresh(); }),
            {QStringLiteral("discard"), trigger(ActionId::Discard), [this] { return session()->pending().isEmpty(); }},
            {QStringLiteral("close"), [this] { m_window.workspace().close(session()); }, now},
    };
}

/// Runs the phases one after another; a phase ends when it is done and the loop has had nothing to do for a while.
class Run : public QObject
{
public:
    struct Result
    {
        QString phase;
        TimedApplication::Longest longest;
        bool ended = true;
    };

    Run(TimedApplication &application, QList<Phase> phases)
        : m_application(application)
        , m_phases(std::move(phases))
    {
        setObjectName(QStringLiteral("act"));
        m_tick.setInterval(100);
        connect(&m_tick, &QTimer::timeout, this, &Run::look);
        m_tick.start();
        next();
    }
    [[nodiscard]] const QList<Result> &results() const { return m_results; }

private:
    void next()
    {
        if (m_phases.isEmpty()) {
            QCoreApplication::quit();
            return;
        }
        m_quiet = 0;
        m_clock.start();
        QMetaObject::invokeMethod(
                this, [this] { m_phases.first().act(); }, Qt::QueuedConnection);
    }
    void look()
    {
        const bool late = m_clock.elapsed() > patience;
        m_quiet = m_phases.first().done() ? m_quiet + 1 : 0;
        if (m_quiet < 5 && !late)
            return;
        m_results.append({m_phases.first().name, m_application.take(), !late});
        m_phases.removeFirst();
        next();
    }

    TimedApplication &m_application;
    QList<Phase> m_phases;
    QList<Result> m_results;
    QTimer m_tick;
    QElapsedTimer m_clock;
    int m_quiet = 0;
};

void print(const QList<Run::Result> &best)
{
    for (const auto &[phase, longest, ended] : best)
        QTextStream(stdout) << QStringLiteral("%1 %2 ms %3 over a frame of %4   %5%6\n")
                                       .arg(phase, -40)
                                       .arg(longest.milliseconds, 8, 'f', 1)
                                       .arg(longest.overFrame, 4)
                                       .arg(longest.events, 6)
                                       .arg(longest.what, ended ? QString() : QStringLiteral("  DID NOT END"));
}

} // namespace
} // namespace portalbind

int main(int argc, char **argv)
{
    using namespace portalbind;
    constexpr int rounds = 3;
    TimedApplication application(argc, argv);
    QList<Run::Result> best;
    for (int round = 0; round < rounds; ++round) {
        const QTemporaryDir folder;
        Scene scene(folder.path());
        const Run run(application, scene.phases());
        QApplication::exec();
        if (best.isEmpty())
            best = run.results();
        for (qsizetype i = 0; i < best.size(); ++i) {
            if (run.results().at(i).longest.milliseconds < best.at(i).longest.milliseconds)
                best[i] = run.results().at(i);
        }
    }
    print(best);
}
