// SPDX-License-Identifier: Apache-2.0
#include "tests/app/gui/remotewindow.h"

#include "app/gui/windowservices.h"
#include "model/task.h"
#include "tests/backends/wsman/await.h"
#include "tests/peers/rigworkbook.h"
#include "widgets/banner.h"
#include "widgets/inventorypane.h"

#include <QCryptographicHash>
#include <QDragEnterEvent>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QSslCertificate>
#include <QTest>

namespace portalbind {

namespace {

QModelIndex rowOf(const InventoryTreeModel &tree, const Session *session, RowKind kind, quint32 handle,
                  const QModelIndex &under = {})
{
    for (int row = 0; row < tree.rowCount(under); ++row) {
        const QModelIndex index = tree.index(row, 0, under);
        const TreeKey key = tree.keyOf(index);
        if (tree.session(index) == session && key.kind == kind && (handle == 0 || key.handle == handle))
            return index;
        if (const QModelIndex below = rowOf(tree, session, kind, handle, index); below.isValid())
            return below;
    }
    return {};
}

} // namespace

RemoteWindow::RemoteWindow(const Certificates &certificates, const QString &pinFile)
    : pins(std::make_shared<CertificatePins>(folder.filePath(pinFile)))
    , m_certificates(certificates)
{
    window = std::make_unique<MainWindow>(windowServices(pins),
                                          std::make_unique<Settings>(folder.filePath(QStringLiteral("settings.ini"))));
    openings = window->findChild<Openings *>();
    window->resize(1360, 860);
    window->show();
}

RemoteWindow::~RemoteWindow()
{
    window.reset();
    QVERIFY(QTest::qWaitFor([] { return spawnedTasks() == 0; })); // all that it cancelled ends
}

QString RemoteWindow::workbook(int portals)
{
    QString path = folder.filePath(QStringLiteral("rig%1.pbw").arg(++m_workbooks));
    if (!writeRigWorkbook(path, portals))
        qFatal("no workbook");
    return path;
}

QStringList RemoteWindow::basic(const QString &certificate) const
{
    const QString users = folder.filePath(QStringLiteral("users"));
    QFile file(users);
    if (!file.open(QIODevice::WriteOnly) || file.write((u':' + user + u':' + password + u'\n').toUtf8()) < 0)
        qFatal("no users");
    return QStringList{QStringLiteral("--auth"), QStringLiteral("Basic"), QStringLiteral("--users"), users}
    + m_certificates.arguments(certificate);
}

WsmanPeer &RemoteWindow::serve(const QString &certificate, const QStringList &more)
{
    WsmanPeer &peer = *m_peers.emplace_back(
            std::make_unique<WsmanPeer>(workbook(), QStringLiteral("openwsman"), basic(certificate) + more));
    if (!peer.isRunning())
        qFatal("%s", qPrintable(peer.error()));
    return peer;
}

QByteArray RemoteWindow::sha256(const QString &certificate) const
{
    return QSslCertificate::fromPath(m_certificates.certificate(certificate))
            .value(0)
            .digest(QCryptographicHash::Sha256);
}

QString RemoteWindow::url(quint16 port)
{
    return QStringLiteral("wsmans://%1@127.0.0.1:%2?auth=basic").arg(user).arg(port);
}

ConnectionRequest RemoteWindow::request(quint16 port, const QString &secret) const
{
    return {ServerUrl::parse(url(port)).value(), Secret(secret), false};
}

void RemoteWindow::pin(quint16 port, const QString &certificate)
{
    const auto kept = await(pins->keep(address(port), sha256(certificate)));
    QVERIFY(kept && *kept);
}

std::optional<QByteArray> RemoteWindow::pinOf(quint16 port) const
{
    const auto found = await(pins->find(address(port)));
    return found && *found ? **found : std::optional<QByteArray>("no answer");
}

Session *RemoteWindow::open(const ConnectionRequest &request) const
{
    openings->openServer(request);
    return window->workspace().current();
}

Session *RemoteWindow::openLive(quint16 port)
{
    pin(port);
    Session *session = open(request(port));
    return QTest::qWaitFor([session] { return session->state() == Session::State::Live; }, 30'000) ? session : nullptr;
}

Banner *RemoteWindow::banner(const Session *session) const
{
    for (Banner *each : window->portalsPane()->findChildren<Banner *>()) {
        const bool isOf = each->text().startsWith(session->title())
                || each->text().contains(QStringLiteral("Reading ") + session->title());
        if (!each->isHidden() && isOf)
            return each;
    }
    return nullptr;
}

QString RemoteWindow::stateText(const Session *session) const
{
    const InventoryTreeModel *tree = window->portalsPane()->view()->tree();
    for (int row = 0; row < tree->rowCount(); ++row) {
        if (tree->session(tree->index(row, 0)) == session)
            return tree->index(row, int(TreeColumn::State)).data().toString();
    }
    return {};
}

bool RemoteWindow::drag(Session *session, PortalHandle portal, EndpointHandle endpoint) const
{
    InventoryView *from = window->portalsPane()->view();
    InventoryView *to = window->targetsPane()->view();
    const QModelIndex row = rowOf(*from->tree(), session, RowKind::Portal, portal.value);
    const QModelIndex on = rowOf(*to->tree(), session, RowKind::Endpoint, endpoint.value);
    if (!row.isValid() || !on.isValid())
        return false;
    for (QModelIndex above = row.parent(); above.isValid(); above = above.parent())
        from->expand(above);
    for (QModelIndex above = on.parent(); above.isValid(); above = above.parent())
        to->expand(above);
    from->setFocus();
    from->setCurrentIndex(row);
    to->scrollTo(on);
    DragState &state = window->dragState();
    const RowSelection selection = from->selection();
    const std::unique_ptr<QMimeData> data(state.begin(selection.session, selection.dragItems()));
    const QPoint at = to->visualRect(on).center();
    constexpr Qt::DropActions actions = Qt::CopyAction | Qt::MoveAction;
    QDragEnterEvent enter(at, actions, data.get(), Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(to->viewport(), &enter);
    QDragMoveEvent move(at, actions, data.get(), Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(to->viewport(), &move);
    bool accepted = enter.isAccepted() && move.isAccepted();
    if (accepted) {
        QDropEvent drop(at, actions, data.get(), Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(to->viewport(), &drop);
        accepted = drop.isAccepted();
    }
    state.end();
    return accepted;
}

QPushButton *shownButton(const QWidget *in, const char *name)
{
    auto *button = in ? in->findChild<QPushButton *>(QLatin1String(name)) : nullptr;
    return button && button->isVisible() ? button : nullptr;
}

} // namespace portalbind
