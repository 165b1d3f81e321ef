// SPDX-License-Identifier: Apache-2.0
#include "widgets/inventorypane.h"

#include "widgets/banner.h"
#include "widgets/certificatedialog.h"
#include "widgets/notebar.h"
#include "widgets/remoteservices.h"
#include "widgets/savedbar.h"
#include "widgets/unbindzone.h"

#include <QEvent>
#include <QLabel>
#include <QVBoxLayout>

namespace portalbind {

InventoryPane::InventoryPane(Workspace &workspace, DragState &drag, const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_title(new QLabel(this))
    , m_banners(new QVBoxLayout)
    , m_view(new InventoryView(drag, this))
    , m_empty(new QLabel(m_view->viewport()))
    , m_unbind(new UnbindZone(drag, this))
{
    QFont bold = m_title->font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_title->setContentsMargins(6, 4, 6, 2);
    setTitle(title);
    m_empty->setObjectName(QStringLiteral("emptyText"));
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setForegroundRole(QPalette::Text);
    m_empty->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_view->viewport()->installEventFilter(this);
    m_view->setFrameShape(QFrame::NoFrame);

    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_title);
    all->addLayout(m_banners);
    all->addWidget(m_view, 1);
    all->addWidget(m_unbind);

    for (Session *session : workspace.sessions())
        watch(session);
    connect(&workspace, &Workspace::opened, this, &InventoryPane::watch);
    connect(&workspace, &Workspace::aboutToClose, this, [this](Session *session) {
        m_view->tree()->removeSession(session);
        session->backend()->disconnect(this); // a read that goes on keeps it alive
        delete m_bannerOf.take(session);
        delete m_notesOf.take(session);
        delete m_savedOf.take(session);
        updateEmpty();
    });
    connect(&workspace, &Workspace::stateChanged, this, &InventoryPane::updateBanner);
    connect(&workspace, &Workspace::stateChanged, this,
            &InventoryPane::updateEmpty); // known to be empty only when live
    connect(&workspace, &Workspace::inventoryChanged, this, &InventoryPane::updateSaved);
    connect(m_view, &InventoryView::dropped, this, &InventoryPane::dropped);
    connect(m_unbind, &UnbindZone::dropped, this, &InventoryPane::dropped);
    const InventoryTreeModel *tree = m_view->tree();
    connect(tree, &QAbstractItemModel::modelReset, this, &InventoryPane::updateEmpty);
    connect(tree, &QAbstractItemModel::rowsInserted, this, &InventoryPane::updateEmpty);
    connect(tree, &QAbstractItemModel::rowsRemoved, this, &InventoryPane::updateEmpty);
    connect(tree, &InventoryTreeModel::filterApplied, this, &InventoryPane::updateEmpty);
    updateEmpty();
}

void InventoryPane::watch(Session *session)
{
    m_view->tree()->addSession(session);
    connect(session->backend(), &TargetBackend::notesChanged, this, [this, session] { updateNotes(session); });
    updateNotes(session);
}

QString InventoryPane::title() const
{
    return m_title->text();
}

void InventoryPane::setTitle(const QString &title)
{
    m_title->setText(title);
    m_view->setAccessibleName(title);
    m_title->setBuddy(m_view);
}

void InventoryPane::setSections(TreeSections sections)
{
    m_view->setSections(sections);
    // Side by side there is little room, and names tell addresses and tags already; the header's menu shows them.
    const bool isSingle = sections == TreeSections::All;
    m_view->setColumnHidden(int(TreeColumn::Address), !isSingle);
    m_view->setColumnHidden(int(TreeColumn::Tag), !isSingle);
    updateEmpty();
}

void InventoryPane::setUnbindZone(bool here)
{
    m_unbind->setOffered(here);
}

void InventoryPane::setBanners(bool here)
{
    m_offersBanners = here;
    for (Session *session : m_workspace.sessions()) {
        updateBanner(session);
        updateNotes(session);
        updateSaved(session);
    }
}

void InventoryPane::updateBanner(Session *session)
{
    const bool troubled = session->state() == Session::State::Stale || session->state() == Session::State::Failed;
    Banner *banner = m_bannerOf.value(session);
    if (!troubled || !m_offersBanners) {
        if (banner)
            banner->hide();
        return;
    }
    if (!banner) {
        banner = new Banner(this);
        m_bannerOf.insert(session, banner);
        m_banners->addWidget(banner);
        connect(banner, &Banner::retry, this, [this, session] { emit retryWanted(session); });
        connect(banner, &Banner::signIn, this, [this, session] { emit signInWanted(session); });
        connect(banner, &Banner::certificate, this, [this, session] { emit certificateWanted(session); });
    }
    BannerOffers offers;
    if (m_remote && m_remote->server && m_remote->server(*session->backend())) {
        offers.signIn = session->error().kind == Error::Kind::SignIn;
        if (const auto facts = m_remote->changedCertificate(*session->backend()))
            offers.certificate = tr("Trusted:\n%1\nShown now:\n%2")
                                         .arg(fingerprintLines(facts->pinned).join(QLatin1Char('\n')),
                                              fingerprintLines(facts->sha256).join(QLatin1Char('\n')));
        offers.server = m_remote->serverText(*session->backend());
    }
    banner->show(session->title(), session->error(), session->readAt(), offers);
}

void InventoryPane::updateNotes(Session *session)
{
    const QStringList notes = m_offersBanners ? session->backend()->notes() : QStringList();
    NoteBar *bar = m_notesOf.value(session);
    if (!bar && notes.isEmpty())
        return;
    if (!bar) {
        bar = new NoteBar(this);
        m_notesOf.insert(session, bar);
        m_banners->addWidget(bar);
    }
    bar->setNotes(session->title(), notes);
}

void InventoryPane::updateSaved(Session *session)
{
    // One Linux host is one connection; of several servers in a workbook none keeps anything elsewhere.
    SavedState saved;
    QString name;
    for (const ServerHandle server : session->inventory().servers()) {
        const Server value = session->inventory().server(server);
        if (m_offersBanners && saved.differences.isEmpty() && !value.saved.differences.isEmpty()) {
            saved = value.saved;
            name = value.name;
        }
    }
    SavedBar *bar = m_savedOf.value(session);
    if (!bar && saved.differences.isEmpty())
        return;
    if (!bar) {
        bar = new SavedBar(this);
        m_savedOf.insert(session, bar);
        m_banners->addWidget(bar);
        connect(bar, &SavedBar::saveWanted, this, [this, session] { emit saveWanted(session); });
    }
    bar->setSaved(name, saved);
}

QString InventoryPane::emptyText() const
{
    return m_empty->isHidden() ? QString() : m_empty->text();
}

void InventoryPane::updateEmpty()
{
    const InventoryTreeModel *tree = m_view->tree();
    QString text;
    if (tree->rowCount() == 0) {
        if (tree->isFiltered())
            text = tr("Nothing matches the search. Press Esc in the search line to see everything again.");
        else if (m_workspace.sessions().isEmpty())
            text = tr("Nothing is open.");
    } else if (!tree->isFiltered() && !tree->hasChildren(tree->index(0, 0)) && tree->rowCount() == 1) {
        const Session *session = tree->session(tree->index(0, 0));
        if (session && session->state() == Session::State::Live) {
            text = tree->sections() == TreeSections::Targets
                    ? tr("No target here yet. Make one with Server ▸ New target…, or import a configuration.")
                    : tr("No portal here yet. Make one with Server ▸ New portal…, or import a configuration.");
        }
    }
    m_empty->setText(text);
    m_empty->setVisible(!text.isEmpty());
    m_empty->setGeometry(m_view->viewport()->rect().adjusted(24, 48, -24, -24));
}

bool InventoryPane::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize)
        m_empty->setGeometry(m_view->viewport()->rect().adjusted(24, 48, -24, -24));
    return QWidget::eventFilter(watched, event);
}

} // namespace portalbind
