// SPDX-License-Identifier: Apache-2.0
#include "widgets/openings.h"

#include "widgets/connectdialog.h"

#include <QFileDialog>
#include <QMenu>
#include <QMessageBox>
#include <QPointer>
#include <QPushButton>

namespace portalbind {

namespace {

QString workbookFilter()
{
    return Openings::tr("Workbooks (*.pbw);;All files (*)");
}

/// An address that opens the same again. Paths stand as they are, as a person would type them.
QString addressOf(const QUrl &url)
{
    return url.host().isEmpty() ? url.scheme() + QLatin1Char(':') + url.path(QUrl::FullyDecoded)
                                : url.toString(QUrl::RemovePassword);
}

} // namespace

Openings::Openings(Workspace &workspace, Services services, Settings &settings, QWidget *window)
    : QObject(window)
    , m_workspace(workspace)
    , m_services(std::move(services))
    , m_settings(settings)
    , m_window(window)
    , m_whyNotThisHost(m_services.thisHost ? tr("Looking for it…") : tr("This program knows no target of a host."))
{
}

void Openings::openTyped(const QString &text)
{
    if (!m_services.address) {
        open(text);
        return;
    }
    spawn<QString>(m_services.address(text), [self = QPointer(this)](const QString &url) {
        if (self)
            self->open(url);
    });
}

void Openings::open(const QString &url)
{
    Result<std::unique_ptr<TargetBackend>> backend = m_services.open(url);
    if (!backend)
        emit told(backend.error().what + QLatin1Char(' ') + backend.error().remedy);
    else if (Session *session = openBackend(std::move(*backend)))
        emit openedByHand(session);
}

void Openings::reopen(const QString &url)
{
    Result<std::unique_ptr<TargetBackend>> backend = m_services.open(url);
    if (backend)
        openBackend(std::move(*backend));
    else
        emit told(backend.error().what + QLatin1Char(' ') + backend.error().remedy);
}

void Openings::openServer(const ConnectionRequest &request)
{
    if (Session *known = m_workspace.find(request.server.toUrl()); known && !request.secret.isEmpty())
        m_services.remote.signIn(*known->backend(), request); // another password for what is open
    if (Session *session = openBackend(m_services.remote.open(request)))
        emit openedByHand(session);
}

Session *Openings::openBackend(std::unique_ptr<TargetBackend> backend)
{
    if (Session *known = m_workspace.find(backend->url())) {
        m_workspace.setCurrent(known);
        known->refresh();
        emit told(tr("%1 is open already").arg(known->title()));
        return known;
    }
    m_settings.addRecent(addressOf(backend->url()));
    return m_workspace.open(std::move(backend));
}

void Openings::opened(Result<QString> url, const QString &whatFailed)
{
    if (url)
        open(*url);
    else if (url.error().kind != Error::Kind::Cancelled)
        emit told(tr("%1: %2").arg(whatFailed, url.error().text().replace(QLatin1Char('\n'), QLatin1Char(' '))));
}

void Openings::askAddress()
{
    auto *dialog = new ConnectDialog(m_services, m_settings.recent(), m_window);
    connect(dialog, &ConnectDialog::chosen, this, &Openings::open);
    connect(dialog, &ConnectDialog::chosenServer, this, &Openings::openServer);
    dialog->show();
}

void Openings::askWorkbook()
{
    auto *dialog = new QFileDialog(m_window, tr("Open workbook"), {}, workbookFilter());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this](const QString &path) { open(QLatin1String("workbook:") + path); });
    dialog->open();
}

void Openings::askNewWorkbook()
{
    auto *dialog = new QFileDialog(m_window, tr("New workbook"), {}, workbookFilter());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("pbw"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        spawn<Result<QString>>(m_services.newWorkbook(path), [self = QPointer(this)](Result<QString> url) {
            if (self)
                self->opened(std::move(url), tr("The workbook was not made"));
        });
    });
    dialog->open();
}

void Openings::askImport()
{
    auto *source = new QFileDialog(m_window, tr("Import"), {},
                                   tr("targetcli configurations and snapshots (*.json);;All files (*)"));
    source->setAttribute(Qt::WA_DeleteOnClose);
    source->setFileMode(QFileDialog::ExistingFile);
    connect(source, &QFileDialog::fileSelected, this, [this](const QString &from) {
        auto *target = new QFileDialog(m_window, tr("Import into the new workbook"), {}, workbookFilter());
        target->setAttribute(Qt::WA_DeleteOnClose);
        target->setAcceptMode(QFileDialog::AcceptSave);
        target->setDefaultSuffix(QStringLiteral("pbw"));
        connect(target, &QFileDialog::fileSelected, this, [this, from](const QString &path) {
            spawn<Result<QString>>(m_services.import(from, path), [self = QPointer(this)](Result<QString> url) {
                if (self)
                    self->opened(std::move(url), tr("Nothing was imported"));
            });
        });
        target->open();
    });
    source->open();
}

void Openings::openSample()
{
    spawn<Result<QString>>(m_services.sample(), [self = QPointer(this)](Result<QString> url) {
        if (self)
            self->opened(std::move(url), tr("The sample workbook was not opened"));
    });
}

void Openings::lookForThisHost()
{
    if (!m_services.thisHost)
        return;
    spawn<Result<QString>>(m_services.thisHost(), [self = QPointer(this)](const Result<QString> &url) {
        if (!self)
            return;
        self->m_thisHost = url.value_or(QString());
        self->m_whyNotThisHost = url ? QString() : url.error().what + QLatin1Char(' ') + url.error().remedy;
        emit self->thisHostKnown();
    });
}

void Openings::openThisHost()
{
    if (!m_thisHost.isEmpty())
        open(m_thisHost);
}

QString Openings::whyNotThisHost() const
{
    return m_whyNotThisHost;
}

void Openings::close(Session *session)
{
    if (!session || session->state() == Session::State::Applying)
        return;
    if (session->pending().isEmpty()) {
        m_workspace.close(session);
        return;
    }
    auto *question = new QMessageBox(
            QMessageBox::Warning, tr("Close %1").arg(session->title()),
            tr("%n change(s) of %1 are not applied and would be lost.", nullptr, int(session->pending().size()))
                    .arg(session->title()),
            QMessageBox::NoButton, m_window);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setWindowModality(Qt::WindowModal);
    QPushButton *keep = question->addButton(tr("Keep open"), QMessageBox::RejectRole);
    QPushButton *lose = question->addButton(tr("Close and lose the changes"), QMessageBox::DestructiveRole);
    question->setDefaultButton(keep);
    question->setEscapeButton(keep);
    connect(lose, &QPushButton::clicked, this, [this, session = QPointer(session)] {
        if (session)
            m_workspace.close(session);
    });
    question->show();
}

QStringList Openings::openAddresses() const
{
    QStringList addresses;
    for (const Session *session : m_workspace.sessions())
        addresses += addressOf(session->backend()->url());
    return addresses;
}

void Openings::fillRecent(QMenu *menu)
{
    menu->clear();
    const QStringList recent = m_settings.recent();
    for (const QString &url : recent)
        connect(menu->addAction(url), &QAction::triggered, this, [this, url] { open(url); });
    if (recent.isEmpty())
        menu->addAction(tr("Nothing was opened yet"))->setEnabled(false);
}

} // namespace portalbind
