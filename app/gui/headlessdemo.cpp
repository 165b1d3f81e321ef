// SPDX-License-Identifier: Apache-2.0
#include "app/gui/headlessdemo.h"

#include "backends/workbook/sample.h"
#include "widgets/changespanel.h"
#include "widgets/inventorypane.h"
#include "widgets/planview.h"

#include <QDragEnterEvent>
#include <QFile>
#include <QFileInfo>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QTextStream>

namespace portalbind {

namespace {

constexpr int tick = 20; // milliseconds
constexpr qint64 patience = 30'000; // milliseconds for any one step

// What the sample promises (backends/workbook/sample.h).
QString freePortal()
{
    return QStringLiteral("10.0.1.6:3260");
}
QString gonePortal()
{
    return QStringLiteral("10.0.1.9:3260");
}
QString targetEnding()
{
    return QStringLiteral(":mail");
}
constexpr quint64 targetTag = 1;

void say(const QString &line)
{
    QTextStream(stdout) << line << Qt::endl;
}

/// The first row below \a parent that \a fits, depth first.
QModelIndex findRow(const InventoryTreeModel &tree, const QModelIndex &parent,
                    const std::function<bool(const QModelIndex &)> &fits)
{
    for (int row = 0; row < tree.rowCount(parent); ++row) {
        const QModelIndex index = tree.index(row, 0, parent);
        if (fits(index))
            return index;
        if (const QModelIndex below = findRow(tree, index, fits); below.isValid())
            return below;
    }
    return {};
}

} // namespace

HeadlessDemo::HeadlessDemo(MainWindow &window, const QString &folder)
    : m_window(window)
    , m_folder(folder)
{
    m_steps = {{tr("Open the sample workbook"), [this] { return open(); }},
               {tr("Read it"), [this] { return waitForSample(); }},
               {tr("Drag a portal onto an endpoint"), [this] { return bind(); }},
               {tr("Drag a portal whose address is gone"), [this] { return refuse(); }},
               {tr("Picture of the window"), [this] { return photograph(); }},
               {tr("Plan"), [this] { return preview(); }},
               {tr("Apply"), [this] { return apply(); }},
               {tr("Report"), [this] { return askReport(); }},
               {tr("Write it"), [this] { return waitForReport(); }}};
    m_tick.setInterval(tick);
    connect(&m_tick, &QTimer::timeout, this, &HeadlessDemo::next);
}

void HeadlessDemo::start()
{
    m_waited.start();
    m_tick.start();
}

HeadlessDemo::Progress HeadlessDemo::failed(const QString &why)
{
    m_why = why;
    return Progress::Failed;
}

void HeadlessDemo::next()
{
    if (m_step == m_steps.size()) {
        end(0);
        return;
    }
    const Step &step = m_steps.at(m_step);
    Progress progress = step.run();
    if (progress == Progress::Wait && m_waited.elapsed() > patience)
        progress = failed(tr("it did not come to an end in %1 s").arg(patience / 1000));
    if (progress == Progress::Wait)
        return;
    if (progress == Progress::Failed) {
        QTextStream(stderr) << tr("%1: failed: %2").arg(step.name, m_why) << Qt::endl;
        end(1);
        return;
    }
    ++m_step;
    m_waited.restart();
}

void HeadlessDemo::end(int code)
{
    m_tick.stop();
    // Nothing is asked in the end: what was staged and not applied belongs to a failed run.
    for (Session *session : m_window.workspace().sessions())
        m_window.workspace().close(session);
    QCoreApplication::exit(code);
}

HeadlessDemo::Progress HeadlessDemo::open()
{
    if (!m_folder.mkpath(QStringLiteral(".")))
        return failed(tr("the folder %1 cannot be made").arg(m_folder.path()));
    const QString path = m_folder.absoluteFilePath(QStringLiteral("sample.pbw"));
    for (const char *suffix : {"", "-wal", "-shm"})
        QFile::remove(path + QLatin1String(suffix));
    if (const Result<> written = writeSample(path); !written)
        return failed(written.error().text());
    m_window.open(QStringLiteral("workbook:") + path);
    return m_window.workspace().current() ? Progress::Done : failed(m_window.sentence());
}

HeadlessDemo::Progress HeadlessDemo::waitForSample()
{
    const Session *session = m_window.workspace().current();
    if (session->state() == Session::State::Failed)
        return failed(session->error().text());
    return session->inventory().isComplete() && session->state() == Session::State::Live ? Progress::Done
                                                                                         : Progress::Wait;
}

QModelIndex HeadlessDemo::portalRow(const QString &address) const
{
    const InventoryTreeModel &tree = *m_window.portalsPane()->view()->tree();
    return findRow(tree, {}, [&](const QModelIndex &index) {
        return tree.handles(index).kind == RowKind::Portal
                && index.data(InventoryTreeModel::IdentityRole).toString().endsWith(address);
    });
}

QModelIndex HeadlessDemo::endpointRow(const QString &node, quint64 tag) const
{
    const InventoryTreeModel &tree = *m_window.targetsPane()->view()->tree();
    const Inventory &inventory = m_window.workspace().current()->inventory();
    return findRow(tree, {}, [&](const QModelIndex &index) {
        const TreeHandles at = tree.handles(index);
        if (at.kind != RowKind::Endpoint || !inventory.has(at.endpoint))
            return false;
        const Endpoint value = inventory.endpoint(at.endpoint);
        return value.tag == tag && value.node && inventory.node(value.node).name.endsWith(node);
    });
}

bool HeadlessDemo::drag(const QModelIndex &portal, const QModelIndex &endpoint, bool drop)
{
    InventoryView *from = m_window.portalsPane()->view();
    InventoryView *to = m_window.targetsPane()->view();
    from->setCurrentIndex(portal);
    to->scrollTo(endpoint);
    const RowSelection rows = from->selection();
    DragState &state = m_window.dragState();
    // Off screen QDrag::exec() returns at once; the events that it would bring are sent by hand.
    const std::unique_ptr<QMimeData> data(state.begin(rows.session, rows.dragItems()));
    const QPoint at = to->visualRect(endpoint).center();
    constexpr Qt::DropActions actions = Qt::CopyAction | Qt::MoveAction;
    QDragEnterEvent enter(at, actions, data.get(), Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(to->viewport(), &enter);
    QDragMoveEvent move(at, actions, data.get(), Qt::LeftButton, Qt::NoModifier);
    move.setAccepted(enter.isAccepted());
    QCoreApplication::sendEvent(to->viewport(), &move);
    const bool taken = enter.isAccepted() && move.isAccepted();
    if (!drop)
        return taken; // the picture is taken while the drag goes on
    QDropEvent let(at, actions, data.get(), Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(to->viewport(), &let);
    state.end();
    return taken && let.isAccepted();
}

HeadlessDemo::Progress HeadlessDemo::bind()
{
    const QModelIndex portal = portalRow(freePortal());
    const QModelIndex endpoint = endpointRow(targetEnding(), targetTag);
    if (!portal.isValid() || !endpoint.isValid())
        return failed(tr("the sample lacks %1 or its endpoint").arg(freePortal()));
    if (!drag(portal, endpoint, true))
        return failed(tr("the drop was not accepted: %1").arg(m_window.sentence()));
    const QList<PendingChange> &pending = m_window.workspace().current()->pending();
    if (pending.size() != 1 || !std::holds_alternative<Bind>(pending.first().operation))
        return failed(tr("no binding is pending after the drop"));
    say(tr("Dropped: %1").arg(m_window.sentence()));
    return Progress::Done;
}

HeadlessDemo::Progress HeadlessDemo::refuse()
{
    const QModelIndex portal = portalRow(gonePortal());
    const QModelIndex endpoint = endpointRow(targetEnding(), targetTag);
    if (!portal.isValid() || !endpoint.isValid())
        return failed(tr("the sample lacks %1 or its endpoint").arg(gonePortal()));
    if (drag(portal, endpoint, false))
        return failed(tr("%1 would be taken although its address is gone").arg(gonePortal()));
    if (!m_window.sentence().contains(QLatin1String("(4097)")))
        return failed(tr("the reason is missing: %1").arg(m_window.sentence()));
    say(tr("Refused: %1").arg(m_window.sentence()));
    return Progress::Done;
}

HeadlessDemo::Progress HeadlessDemo::photograph()
{
    // Dimming is judged in slices and findings on another thread: give them a few turns of the event loop.
    if (m_waited.elapsed() < 1'000)
        return Progress::Wait;
    const QString file = m_folder.absoluteFilePath(QStringLiteral("window.png"));
    const bool saved = m_window.grab().save(file);
    m_window.dragState().end();
    if (!saved)
        return failed(tr("%1 cannot be written").arg(file));
    say(file);
    return Progress::Done;
}

HeadlessDemo::Progress HeadlessDemo::preview()
{
    const PlanView *plan = m_window.changes()->plan();
    if (!m_window.changes()->isPlanShown()) {
        m_window.actions()[ActionId::Apply]->trigger();
        return Progress::Wait;
    }
    auto *button = plan->findChild<QPushButton *>(QStringLiteral("applyPlan"));
    if (!button->isEnabled())
        return Progress::Wait;
    say(plan->headline());
    button->click();
    return Progress::Done;
}

HeadlessDemo::Progress HeadlessDemo::apply()
{
    const PlanView *plan = m_window.changes()->plan();
    if (plan->isRunning())
        return Progress::Wait;
    say(plan->headline());
    if (!m_window.workspace().current()->pending().isEmpty())
        return failed(plan->headline());
    return Progress::Done;
}

HeadlessDemo::Progress HeadlessDemo::askReport()
{
    m_window.actions()[ActionId::Report]->trigger();
    auto *file = m_window.findChild<QLineEdit *>(QStringLiteral("reportFile"));
    auto *write = m_window.findChild<QPushButton *>(QStringLiteral("writeReport"));
    if (!file || !write)
        return failed(tr("the report dialog did not open"));
    file->setText(m_folder.absoluteFilePath(QStringLiteral("report.html")));
    QFile::remove(file->text());
    write->click();
    return Progress::Done;
}

HeadlessDemo::Progress HeadlessDemo::waitForReport()
{
    const QString file = m_folder.absoluteFilePath(QStringLiteral("report.html"));
    if (m_window.findChild<QLineEdit *>(QStringLiteral("reportFile")))
        return Progress::Wait;
    if (QFileInfo(file).size() == 0)
        return failed(tr("%1 was not written").arg(file));
    say(file);
    return Progress::Done;
}

} // namespace portalbind
