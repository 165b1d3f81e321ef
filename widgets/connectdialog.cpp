// SPDX-License-Identifier: Apache-2.0
#include "widgets/connectdialog.h"

#include "widgets/connectiontest.h"
#include "widgets/icons.h"
#include "widgets/serverform.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHostAddress>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QRegularExpression>

namespace portalbind {

namespace {

/// What can be no name of a host: another kind of address.
bool isOther(const QString &text)
{
    if (text.contains(QLatin1Char('/')) || text.contains(QLatin1Char('\\')) || text.endsWith(QLatin1String(".pbw")))
        return true;
    const qsizetype colon = text.indexOf(QLatin1Char(':'));
    if (colon < 0 || text.startsWith(QLatin1Char('[')) || !QHostAddress(text).isNull())
        return false;
    const QStringView behind = QStringView(text).mid(colon + 1); // `host:5986`, and not `workbook:site`
    return !std::all_of(behind.begin(), behind.end(), [](QChar c) { return c.isDigit(); });
}

} // namespace

ConnectDialog::ConnectDialog(const Services &services, const QStringList &recent, QWidget *parent)
    : FittingDialog(parent)
    , m_services(services)
    , m_address(new QComboBox(this))
    , m_serverPart(new QWidget(this))
    , m_message(new QLabel(this))
{
    setObjectName(QStringLiteral("connectDialog"));
    setWindowTitle(tr("Connect"));
    setWindowModality(Qt::WindowModal);
    setAttribute(Qt::WA_DeleteOnClose);
    m_address->setObjectName(QStringLiteral("connectAddress"));
    m_address->setEditable(true);
    m_address->setInsertPolicy(QComboBox::NoInsert);
    m_address->addItems(recent);
    m_address->setCurrentText({});
    m_address->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_address->lineEdit()->setPlaceholderText(services.remote
                                                      ? tr("server, its URL, lio+ssh://user@host, or a workbook")
                                                      : services.addressExamples.join(tr(" or ")));
    m_address->setAccessibleName(tr("Address of the server or workbook"));
    m_message->setObjectName(QStringLiteral("connectMessage"));
    m_message->setTextFormat(Qt::PlainText);
    m_message->setWordWrap(true);
    m_message->setMinimumHeight(m_message->fontMetrics().lineSpacing() * 2);
    m_message->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    auto *browseButton = new QPushButton(icon(QStringLiteral("workbook")), tr("&Browse…"), this);
    browseButton->setAutoDefault(false);

    auto *line = new QHBoxLayout;
    line->addWidget(m_address, 1);
    line->addWidget(browseButton);
    auto *form = new QFormLayout;
    form->addRow(tr("&Address"), line);
    if (auto *label = qobject_cast<QLabel *>(form->labelForField(line)))
        label->setBuddy(m_address);
    auto *serverLayout = new QVBoxLayout(m_serverPart);
    serverLayout->setContentsMargins(0, 0, 0, 0);
    if (services.remote) {
        m_server = new ServerForm(services.remote, m_serverPart);
        m_test = new ConnectionTest(services.remote, m_serverPart);
        m_test->setRequest([this] { return request(); });
        if (QWidget *label = form->labelForField(line))
            label->setMinimumWidth(m_server->labelWidth());
        serverLayout->addWidget(m_server);
        serverLayout->addWidget(m_test);
        connect(m_server, &ServerForm::changed, this, &ConnectDialog::review);
    }
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_ok = buttons->addButton(tr("&Connect"), QDialogButtonBox::AcceptRole);
    m_ok->setObjectName(QStringLiteral("connectOk"));
    m_ok->setDefault(true);
    auto *all = new QVBoxLayout(this);
    all->addLayout(form);
    all->addWidget(m_serverPart);
    all->addWidget(m_message);
    all->addStretch();
    all->addWidget(buttons);
    setMinimumWidth(fontMetrics().averageCharWidth() * 80);

    connect(m_address, &QComboBox::editTextChanged, this, &ConnectDialog::review);
    connect(m_address, &QComboBox::textActivated, this, &ConnectDialog::setAddress);
    connect(m_address->lineEdit(), &QLineEdit::editingFinished, this, &ConnectDialog::takeApart);
    connect(browseButton, &QPushButton::clicked, this, &ConnectDialog::browse);
    connect(buttons, &QDialogButtonBox::accepted, this, &ConnectDialog::finish);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    review();
}

ConnectDialog::~ConnectDialog()
{
    m_address->lineEdit()->disconnect(this); // it loses the focus when the window goes with the dialog open
}

void ConnectDialog::setAddress(const QString &address)
{
    m_address->setEditText(address);
    takeApart();
}

QString ConnectDialog::host(quint16 *port) const
{
    const QString text = m_address->currentText().trimmed();
    if (!m_server || text.isEmpty())
        return {};
    QString url = text;
    if (!ServerUrl::hasScheme(text)) {
        if (isOther(text) || (m_meant && *m_meant != text))
            return {};
        const bool isBareIpv6 = text.contains(QLatin1Char(':')) && !QHostAddress(text).isNull();
        url = QStringLiteral("wsmans://") + (isBareIpv6 ? QLatin1Char('[') + text + QLatin1Char(']') : text);
    }
    const auto parsed = ServerUrl::parse(url);
    if (!parsed)
        return {};
    if (port)
        *port = text.contains(QRegularExpression(QStringLiteral(":\\d+$"))) && QHostAddress(text).isNull()
                ? parsed->port
                : 0;
    return parsed->host;
}

void ConnectDialog::takeApart()
{
    const QString text = m_address->currentText().trimmed();
    if (!m_server)
        return;
    quint16 port = 0;
    const QString name = host(&port);
    if (name.isEmpty())
        return;
    if (ServerUrl::hasScheme(text)) {
        if (const auto parsed = ServerUrl::parse(text))
            m_server->setServer(*parsed);
    } else if (port != 0) {
        m_server->setPort(port);
    }
    if (name != text)
        m_address->setEditText(name);
    m_server->lookForSecret(name);
}

Result<ConnectionRequest> ConnectDialog::request() const
{
    ConnectionRequest request = m_server->request(host());
    if (const Result<> fits = request.server.check(); !fits)
        return tl::unexpected(fits.error());
    return request;
}

/// A file may be called like a server. The disk may be slow: nobody waits for it here.
void ConnectDialog::lookFor(const QString &text)
{
    if (text == m_lookedFor)
        return;
    m_lookedFor = text;
    m_finishWanted = false;
    if (text.isEmpty() || ServerUrl::hasScheme(text) || !m_services.address) {
        m_meant = text;
        return;
    }
    m_meant.reset();
    spawn<QString>(m_services.address(text), [self = QPointer(this), text](const QString &address) {
        if (!self || self->m_lookedFor != text)
            return;
        self->m_meant = address;
        if (address != text || self->host().isEmpty()) // else all that was said of it holds
            self->review();
        if (self->m_finishWanted)
            self->finish();
    });
}

void ConnectDialog::review()
{
    const QString address = m_address->currentText().trimmed();
    lookFor(address);
    const bool isServer = !host().isEmpty();
    m_serverPart->setVisible(isServer);
    if (m_test) {
        m_test->reset(); // what was found was about something else
        m_test->setAllowed(false);
    }
    m_ok->setEnabled(false);
    if (address.isEmpty())
        m_message->setText(m_server ? tr("Type the name or address of a server, or browse for a workbook file.")
                                    : tr("Type an address, or browse for a workbook file."));
    else if (isServer)
        reviewServer();
    else
        reviewOther(address);
    if (!isServer)
        adjustSize();
}

void ConnectDialog::reviewServer()
{
    // While a whole URL stands there it has the say; its parts go into the fields when the line is left.
    const QString text = m_address->currentText().trimmed();
    Result<ServerUrl> server = ServerUrl::hasScheme(text) ? ServerUrl::parse(text)
                                                          : Result<ServerUrl>(m_server->server(host()));
    if (server) {
        if (const Result<> fits = server->check(); !fits)
            server = tl::unexpected(fits.error());
    }
    m_ok->setEnabled(server.has_value());
    m_test->setAllowed(server.has_value());
    m_message->setText(server ? tr("Connects to %1.").arg(server->toUrl().toDisplayString())
                              : server.error().what + QLatin1Char(' ') + server.error().remedy);
}

void ConnectDialog::reviewOther(const QString &address)
{
    // Making a backend neither reads nor connects; it only understands the address.
    const auto backend = m_services.open(m_meant.value_or(address));
    if (!m_meant && !backend) {
        m_message->setText(tr("Looks for %1…").arg(address));
        return;
    }
    m_ok->setEnabled(backend.has_value());
    m_message->setText(backend ? tr("Opens %1.").arg((*backend)->title())
                               : backend.error().what + QLatin1Char(' ') + backend.error().remedy);
}

void ConnectDialog::browse()
{
    auto *dialog = new QFileDialog(this, tr("Open workbook"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, m_address, &QComboBox::setEditText);
    dialog->open();
}

void ConnectDialog::finish()
{
    if (!m_meant) {
        m_finishWanted = true;
        return;
    }
    takeApart();
    if (!m_ok->isEnabled())
        return;
    if (host().isEmpty()) {
        emit chosen(m_meant.value_or(m_address->currentText().trimmed()));
        accept();
        return;
    }
    const Result<ConnectionRequest> wanted = request();
    if (!wanted)
        return;
    emit chosenServer(*wanted);
    accept();
}

void ConnectDialog::done(int result)
{
    if (m_test)
        m_test->reset();
    if (m_server)
        m_server->forgetPassword();
    FittingDialog::done(result);
}

} // namespace portalbind
