// SPDX-License-Identifier: Apache-2.0
#include "widgets/serverform.h"

#include "widgets/signindialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QSpinBox>

namespace portalbind {

QString signInName(ServerUrl::SignIn signIn)
{
    switch (signIn) {
    case ServerUrl::SignIn::Negotiate:
        return ServerForm::tr("Negotiate: Kerberos, else NTLM");
    case ServerUrl::SignIn::Kerberos:
        return ServerForm::tr("Kerberos alone");
    case ServerUrl::SignIn::Ntlm:
        return ServerForm::tr("NTLM");
    case ServerUrl::SignIn::Basic:
        return ServerForm::tr("Basic: user and password");
    }
    return {};
}

ServerForm::ServerForm(const RemoteServices &services, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
    , m_scheme(new QComboBox(this))
    , m_port(new QSpinBox(this))
    , m_signIn(new QComboBox(this))
    , m_user(new QLineEdit(this))
    , m_password(passwordLine(QStringLiteral("connectPassword"), this))
    , m_keep(keepBox(services, {}, this))
    , m_namespace(new QLineEdit(this))
    , m_hint(new QLabel(this))
    , m_path(ServerUrl().path)
{
    m_scheme->setObjectName(QStringLiteral("connectScheme"));
    m_scheme->addItem(tr("HTTPS"), true);
    m_scheme->addItem(tr("HTTP, messages encrypted by the sign-in"), false);
    m_port->setObjectName(QStringLiteral("connectPort"));
    m_port->setRange(1, 65535);
    m_port->setValue(ServerUrl::usualPort(true));
    m_port->setGroupSeparatorShown(false);
    m_signIn->setObjectName(QStringLiteral("connectSignIn"));
    for (const auto each :
         {ServerUrl::SignIn::Negotiate, ServerUrl::SignIn::Kerberos, ServerUrl::SignIn::Ntlm, ServerUrl::SignIn::Basic})
        m_signIn->addItem(signInName(each), int(each));
    m_user->setObjectName(QStringLiteral("connectUser"));
    m_namespace->setObjectName(QStringLiteral("connectNamespace"));
    m_namespace->setPlaceholderText(tr("found by itself"));
    m_hint->setObjectName(QStringLiteral("connectHint"));
    m_hint->setWordWrap(true);
    m_hint->setTextFormat(Qt::PlainText);
    m_hint->hide();

    auto *way = new QHBoxLayout;
    way->addWidget(m_scheme, 1);
    auto *port = new QLabel(tr("P&ort"), this);
    port->setBuddy(m_port);
    way->addWidget(port);
    way->addWidget(m_port);
    auto *form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->addRow(tr("&Over"), way);
    if (auto *label = qobject_cast<QLabel *>(form->labelForField(way)))
        label->setBuddy(m_scheme);
    form->addRow(tr("&Sign-in"), m_signIn);
    form->addRow(tr("&User"), m_user);
    form->addRow(tr("&Password"), m_password);
    form->addRow(QString(), m_keep);
    form->addRow(QString(), m_hint);
    form->addRow(tr("&Namespace"), m_namespace);

    connect(m_scheme, &QComboBox::currentIndexChanged, this, &ServerForm::schemeChanged);
    connect(m_signIn, &QComboBox::currentIndexChanged, this, &ServerForm::signInChanged);
    connect(m_port, &QSpinBox::valueChanged, this, &ServerForm::changed);
    for (QLineEdit *line : {m_user, m_password, m_namespace})
        connect(line, &QLineEdit::textChanged, this, &ServerForm::changed);
    connect(m_user, &QLineEdit::textChanged, this, &ServerForm::signInChanged);
    signInChanged();
}

void ServerForm::schemeChanged()
{
    const bool tls = m_scheme->currentData().toBool();
    if (m_port->value() == ServerUrl::usualPort(!tls))
        m_port->setValue(ServerUrl::usualPort(tls));
    emit changed();
}

void ServerForm::signInChanged()
{
    const auto signIn = ServerUrl::SignIn(m_signIn->currentData().toInt());
    const bool canDoWithout = signIn == ServerUrl::SignIn::Negotiate || signIn == ServerUrl::SignIn::Kerberos;
    m_user->setPlaceholderText(canDoWithout ? tr("empty: you, with your Kerberos ticket")
                                            : tr("user, or DOMAIN\\user"));
    m_password->setEnabled(!m_user->text().trimmed().isEmpty());
    m_password->setPlaceholderText(!m_password->isEnabled()                        ? tr("with a user only")
                                           : signIn == ServerUrl::SignIn::Kerberos ? tr("empty: your Kerberos ticket")
                                                                                   : QString());
    if (!m_password->isEnabled())
        m_password->setText({});
    emit changed();
}

ServerUrl ServerForm::server(const QString &host) const
{
    ServerUrl server;
    server.tls = m_scheme->currentData().toBool();
    server.host = host.toLower();
    server.port = quint16(m_port->value());
    server.path = m_path;
    server.signIn = ServerUrl::SignIn(m_signIn->currentData().toInt());
    server.user = m_user->text().trimmed();
    server.nameSpace = m_namespace->text().trimmed();
    return server;
}

void ServerForm::setServer(const ServerUrl &server)
{
    m_scheme->setCurrentIndex(m_scheme->findData(server.tls));
    m_port->setValue(server.port);
    m_path = server.path;
    m_signIn->setCurrentIndex(m_signIn->findData(int(server.signIn)));
    if (m_user->text() != server.user)
        m_password->setText({}); // that of somebody else
    m_user->setText(server.user);
    m_namespace->setText(server.nameSpace);
}

void ServerForm::setPort(quint16 port)
{
    m_port->setValue(port);
}

ConnectionRequest ServerForm::request(const QString &host) const
{
    return {server(host), Secret(m_password->text()), m_keep->isChecked()};
}

int ServerForm::labelWidth() const
{
    int width = 0;
    const auto *form = qobject_cast<const QFormLayout *>(layout());
    for (int row = 0; form && row < form->rowCount(); ++row) {
        if (const QLayoutItem *label = form->itemAt(row, QFormLayout::LabelRole))
            width = std::max(width, label->sizeHint().width());
    }
    return width;
}

void ServerForm::forgetPassword()
{
    m_password->setText({}); // forgets what could be undone as well
}

void ServerForm::lookForSecret(const QString &host)
{
    const ServerUrl wanted = server(host);
    const QString account = wanted.user.isEmpty() || host.isEmpty() ? QString() : wanted.account();
    if (account == m_lookedFor || !m_services.isKept)
        return;
    m_lookedFor = account;
    m_hint->hide();
    if (account.isEmpty())
        return;
    spawn<Result<bool>>(m_services.isKept(wanted), [self = QPointer(this), account](const Result<bool> &kept) {
        if (!self || self->m_lookedFor != account || !kept || !*kept)
            return;
        self->m_hint->setText(tr("The keyring has a password of %1; leave the field empty to use it.").arg(account));
        self->m_hint->show();
    });
}

} // namespace portalbind
