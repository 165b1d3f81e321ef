// SPDX-License-Identifier: Apache-2.0
#include "widgets/signindialog.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>

namespace portalbind {

QLineEdit *passwordLine(const QString &name, QWidget *parent)
{
    auto *line = new QLineEdit(parent);
    line->setObjectName(name);
    line->setEchoMode(QLineEdit::Password);
    line->setInputMethodHints(Qt::ImhHiddenText | Qt::ImhSensitiveData | Qt::ImhNoPredictiveText
                              | Qt::ImhNoAutoUppercase);
    line->setContextMenuPolicy(Qt::NoContextMenu);
    return line;
}

QCheckBox *keepBox(const RemoteServices &services, const ServerUrl &server, QWidget *parent)
{
    auto *box = new QCheckBox(SignInDialog::tr("&Keep it in the keyring of the desktop"), parent);
    box->setObjectName(QStringLiteral("keepSecret"));
    box->setEnabled(false);
    if (!services.isKept)
        return box;
    spawn<Result<bool>>(services.isKept(server), [box = QPointer(box)](const Result<bool> &kept) {
        if (!box)
            return;
        box->setEnabled(kept.has_value());
        if (kept) {
            box->setChecked(box->isChecked() || *kept);
            return;
        }
        box->setText(SignInDialog::tr("No keyring here: the password is asked for each time"));
        box->setToolTip(kept.error().text() + QLatin1Char('\n') + kept.error().detail);
    });
    return box;
}

SignInDialog::SignInDialog(const RemoteServices &services, const ServerUrl &server, const QString &why, QWidget *parent)
    : FittingDialog(parent)
    , m_server(server)
    , m_user(new QLineEdit(server.user, this))
    , m_password(passwordLine(QStringLiteral("signInPassword"), this))
    , m_keep(keepBox(services, server, this))
{
    setObjectName(QStringLiteral("signInDialog"));
    setWindowTitle(tr("Sign in to %1").arg(server.title()));
    setWindowModality(Qt::WindowModal);
    setAttribute(Qt::WA_DeleteOnClose);
    m_user->setObjectName(QStringLiteral("signInUser"));
    m_user->setReadOnly(!server.user.isEmpty()); // another user is another address
    m_user->setPlaceholderText(tr("user, user@REALM or DOMAIN\\user"));
    auto *reason = new QLabel(why, this);
    reason->setObjectName(QStringLiteral("signInReason"));
    reason->setTextFormat(Qt::PlainText);
    reason->setWordWrap(true);
    auto *form = new QFormLayout;
    form->addRow(tr("&User"), m_user);
    form->addRow(tr("&Password"), m_password);
    form->addRow(QString(), m_keep);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_ok = buttons->addButton(tr("Sign in"), QDialogButtonBox::AcceptRole);
    m_ok->setObjectName(QStringLiteral("signInOk"));
    m_ok->setDefault(true);
    auto *all = new QVBoxLayout(this);
    all->addWidget(reason);
    all->addLayout(form);
    all->addStretch();
    all->addWidget(buttons);
    setMinimumWidth(fontMetrics().averageCharWidth() * 76);
    connect(m_user, &QLineEdit::textChanged, this, &SignInDialog::review);
    connect(m_password, &QLineEdit::textChanged, this, &SignInDialog::review);
    connect(buttons, &QDialogButtonBox::accepted, this, &SignInDialog::finish);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    (server.user.isEmpty() ? m_user : m_password)->setFocus();
    review();
}

void SignInDialog::review()
{
    m_ok->setEnabled(!m_user->text().trimmed().isEmpty() && !m_password->text().isEmpty());
}

void SignInDialog::finish()
{
    if (!m_ok->isEnabled())
        return;
    ConnectionRequest request{m_server, Secret(m_password->text()), m_keep->isChecked()};
    request.server.user = m_user->text().trimmed();
    m_password->setText({}); // forgets what could be undone as well
    emit chosen(request);
    accept();
}

} // namespace portalbind
