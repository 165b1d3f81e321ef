// SPDX-License-Identifier: Apache-2.0
#include "widgets/connectionquestions.h"

#include "widgets/certificatedialog.h"
#include "widgets/connectdialog.h"
#include "widgets/signindialog.h"

namespace portalbind {

ConnectionQuestions::ConnectionQuestions(Workspace &workspace, const RemoteServices &services, QWidget *window)
    : QObject(window)
    , m_workspace(workspace)
    , m_services(services)
    , m_window(window)
{
    connect(&workspace, &Workspace::stateChanged, this, &ConnectionQuestions::stateChanged);
    connect(&workspace, &Workspace::aboutToClose, this, [this](Session *session) { m_expected.remove(session); });
    if (!services.setWindow)
        return;
    const QPointer<ConnectionQuestions> self(this);
    RemoteServices::Window hooks;
    hooks.askCertificate = [self](const CertificateFacts &facts, QObject *owner,
                                  const std::function<void(Trust)> &answer) {
        if (self)
            self->askCertificate(facts, owner, answer);
    };
    hooks.tell = [self](const QString &sentence) {
        if (self)
            emit self->told(sentence);
    };
    services.setWindow(std::move(hooks));
}

void ConnectionQuestions::askCertificate(const CertificateFacts &facts, QObject *owner,
                                         const std::function<void(Trust)> &answer)
{
    // A test asks out of the connect dialog, which stays in front of the window.
    QWidget *const connecting = owner ? nullptr : m_window->findChild<ConnectDialog *>();
    auto *dialog = new CertificateDialog(facts, connecting ? connecting : m_window);
    connect(dialog, &CertificateDialog::answered, this, [answer](Trust trust) { answer(trust); });
    if (owner) {
        connect(owner, &QObject::destroyed, dialog, &QObject::deleteLater);
        m_open.append({QPointer<QObject>(owner), QPointer<CertificateDialog>(dialog)});
    }
    dialog->show();
}

void ConnectionQuestions::stateChanged(Session *session)
{
    if (session->isBusy())
        return;
    // Read to its end, or cancelled: nobody waits for an answer any more.
    for (auto at = m_open.begin(); at != m_open.end();) {
        if (at->first != session->backend() && at->first && at->second) {
            ++at;
            continue;
        }
        if (at->second)
            at->second->deleteLater();
        at = m_open.erase(at);
    }
    const bool isExpected = m_expected.remove(session);
    if (isExpected && session->state() == Session::State::Failed && session->error().kind == Error::Kind::SignIn)
        askSignIn(session);
}

void ConnectionQuestions::askWhenNeeded(Session *session)
{
    if (m_services.server && m_services.server(*session->backend()))
        m_expected.insert(session);
}

void ConnectionQuestions::askSignIn(Session *session)
{
    const auto server = m_services.server ? m_services.server(*session->backend()) : std::nullopt;
    if (!server)
        return;
    const bool isTrouble = session->state() == Session::State::Failed || session->state() == Session::State::Stale;
    const QString why = isTrouble ? session->error().what : tr("Sign in to %1 anew.").arg(server->title());
    auto *dialog = new SignInDialog(m_services, *server, why, m_window);
    connect(session, &QObject::destroyed, dialog, &QObject::deleteLater);
    connect(dialog, &SignInDialog::chosen, this,
            [this, session = QPointer(session)](const ConnectionRequest &request) { signIn(session, request); });
    dialog->show();
}

void ConnectionQuestions::signIn(Session *session, const ConnectionRequest &request)
{
    if (!session)
        return;
    m_services.signIn(*session->backend(), request);
    session->cancel();
    session->refresh();
}

void ConnectionQuestions::askChangedCertificate(Session *session)
{
    const auto facts = m_services.changedCertificate ? m_services.changedCertificate(*session->backend())
                                                     : std::nullopt;
    if (!facts)
        return;
    auto *dialog = new CertificateDialog(*facts, m_window);
    connect(session, &QObject::destroyed, dialog, &QObject::deleteLater);
    connect(dialog, &CertificateDialog::answered, this, [this, session = QPointer(session), facts](Trust trust) {
        if (trust == Trust::Always && session)
            replaceCertificate(session, *facts);
    });
    dialog->show();
}

void ConnectionQuestions::replaceCertificate(Session *replaced, const CertificateFacts &facts)
{
    const QPointer<ConnectionQuestions> self(this);
    spawn<Result<>>(m_services.trust(facts.address, facts.sha256),
                    [self, session = QPointer(replaced), address = facts.address](const Result<> &kept) {
                        if (!self)
                            return;
                        emit self->told(kept ? tr("The certificate of %1 was replaced").arg(address)
                                             : kept.error().what + QLatin1Char(' ') + kept.error().remedy);
                        if (kept && session)
                            self->reconnect(session);
                    });
}

void ConnectionQuestions::reconnect(Session *session)
{
    if (session->state() == Session::State::Applying)
        return;
    if (m_services.reconnect)
        m_services.reconnect(*session->backend());
    session->cancel();
    session->refresh();
}

} // namespace portalbind
