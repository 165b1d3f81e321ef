// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/remoteservices.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace portalbind {

/// How to reach and to sign in to one server: all of a connection but the name of its host.
class ServerForm : public QWidget
{
    Q_OBJECT
public:
    ServerForm(const RemoteServices &services, QWidget *parent);

    /// The fields with \a host in front.
    [[nodiscard]] ServerUrl server(const QString &host) const;
    void setServer(const ServerUrl &server);
    void setPort(quint16 port);
    [[nodiscard]] ConnectionRequest request(const QString &host) const;
    /// Asks the keyring whether it holds the password of the user at \a host, and says so.
    void lookForSecret(const QString &host);
    void forgetPassword();
    /// Of the column of labels, in pixels, so that what stands above lines up with it.
    [[nodiscard]] int labelWidth() const;

signals:
    void changed();

private:
    void schemeChanged();
    void signInChanged();

    const RemoteServices &m_services;
    QComboBox *m_scheme;
    QSpinBox *m_port;
    QComboBox *m_signIn;
    QLineEdit *m_user;
    QLineEdit *m_password;
    QCheckBox *m_keep;
    QLineEdit *m_namespace;
    QLabel *m_hint;
    QString m_path;
    QString m_lookedFor; ///< account
    bool m_hasKeyring = false;
};

/// What each way of sign-in is called.
[[nodiscard]] QString signInName(ServerUrl::SignIn signIn);

} // namespace portalbind
