// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/remoteservices.h"
#include "widgets/workspace.h"

#include <QObject>
#include <QPointer>
#include <QSet>

namespace portalbind {

class CertificateDialog;

/// What connections ask of a person, in dialogs that wait for nobody: certificates, passwords, changed certificates. A
/// question whose connection gave up meanwhile goes away.
class ConnectionQuestions : public QObject
{
    Q_OBJECT
public:
    ConnectionQuestions(Workspace &workspace, const RemoteServices &services, QWidget *window);

    /// Asks for the password of \a session's server.
    void askSignIn(Session *session);
    /// Asks for it as soon as \a session turns out to need one: a person opened it just now.
    void askWhenNeeded(Session *session);
    /// Shows the certificate that took the place of the trusted one, and lets a person replace it.
    void askChangedCertificate(Session *session);
    /// New connections to the server, then a read.
    void reconnect(Session *session);

signals:
    void told(const QString &sentence);

private:
    void askCertificate(const CertificateFacts &facts, QObject *owner, const std::function<void(Trust)> &answer);
    void stateChanged(Session *session);
    void signIn(Session *session, const ConnectionRequest &request);
    void replaceCertificate(Session *replaced, const CertificateFacts &facts);

    Workspace &m_workspace;
    const RemoteServices &m_services;
    QWidget *m_window;
    QList<std::pair<QPointer<QObject>, QPointer<CertificateDialog>>> m_open; // by backend
    QSet<Session *> m_expected;
};

} // namespace portalbind
