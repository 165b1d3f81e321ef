// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/fittingdialog.h"
#include "widgets/remoteservices.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace portalbind {

/// Asks for the password of one server, and the user when the address names none.
class SignInDialog : public FittingDialog
{
    Q_OBJECT
public:
    /// \a why: what made it necessary.
    SignInDialog(const RemoteServices &services, const ServerUrl &server, const QString &why, QWidget *parent);

signals:
    void chosen(const portalbind::ConnectionRequest &request);

private:
    void review();
    void finish();

    ServerUrl m_server;
    QLineEdit *m_user;
    QLineEdit *m_password;
    QCheckBox *m_keep;
    QPushButton *m_ok;
};

/// A line for a password: what is typed is neither shown, nor proposed, nor undoable.
[[nodiscard]] QLineEdit *passwordLine(const QString &name, QWidget *parent);

/// *Keep it in the keyring*, which asks the keyring whether it is there; unchecked, and says why, when it is not.
[[nodiscard]] QCheckBox *keepBox(const RemoteServices &services, const ServerUrl &server, QWidget *parent);

} // namespace portalbind
