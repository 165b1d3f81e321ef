// SPDX-License-Identifier: Apache-2.0
#include "widgets/connectdialog.h"

#include "widgets/icons.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

namespace portalbind {

ConnectDialog::ConnectDialog(const Services &services, const QStringList &recent, QWidget *parent)
    : QDialog(parent)
    , m_services(services)
    , m_address(new QComboBox(this))
    , m_message(new QLabel(this))
{
    setWindowTitle(tr("Connect"));
    setWindowModality(Qt::WindowModal);
    setAttribute(Qt::WA_DeleteOnClose);
    m_address->setObjectName(QStringLiteral("connectAddress"));
    m_address->setEditable(true);
    m_address->addItems(recent);
    m_address->setCurrentText({});
    m_address->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_address->lineEdit()->setPlaceholderText(services.addressExamples.join(tr(" or ")));
    m_address->setAccessibleName(tr("Address of the server or workbook"));
    m_message->setObjectName(QStringLiteral("connectMessage"));
    m_message->setWordWrap(true);
    m_message->setMinimumHeight(m_message->fontMetrics().lineSpacing() * 2);
    m_message->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    auto *browseButton = new QPushButton(icon(QStringLiteral("workbook")), tr("Browse…"), this);

    auto *line = new QHBoxLayout;
    line->addWidget(m_address, 1);
    line->addWidget(browseButton);
    auto *form = new QFormLayout;
    form->addRow(tr("&Address"), line);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_ok = buttons->addButton(tr("Connect"), QDialogButtonBox::AcceptRole);
    m_ok->setDefault(true);
    auto *all = new QVBoxLayout(this);
    all->addLayout(form);
    all->addWidget(m_message);
    all->addStretch();
    all->addWidget(buttons);
    setMinimumWidth(fontMetrics().averageCharWidth() * 80);

    connect(m_address, &QComboBox::editTextChanged, this, &ConnectDialog::review);
    connect(browseButton, &QPushButton::clicked, this, &ConnectDialog::browse);
    connect(buttons, &QDialogButtonBox::accepted, this, &ConnectDialog::finish);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    review();
}

void ConnectDialog::review()
{
    const QString address = m_address->currentText().trimmed();
    if (address.isEmpty()) {
        m_message->setText(tr("Type an address, or browse for a workbook file."));
        m_ok->setEnabled(false);
        return;
    }
    // Making a backend neither reads nor connects; it only understands the address.
    const auto backend = m_services.open(address);
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
    if (!m_ok->isEnabled())
        return;
    emit chosen(m_address->currentText().trimmed());
    accept();
}

} // namespace portalbind
