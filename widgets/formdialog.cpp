// SPDX-License-Identifier: Apache-2.0
#include "widgets/formdialog.h"

#include "model/refusal.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace portalbind {

FormDialog::FormDialog(Session *session, const QString &title, const QString &deed, QWidget *parent)
    : QDialog(parent)
    , m_session(session)
    , m_form(new QFormLayout)
    , m_verdict(new QLabel(this))
{
    setWindowTitle(title);
    setWindowModality(Qt::WindowModal);
    setAttribute(Qt::WA_DeleteOnClose);
    m_verdict->setObjectName(QStringLiteral("formVerdict"));
    m_verdict->setWordWrap(true);
    m_verdict->setMinimumHeight(m_verdict->fontMetrics().lineSpacing() * 2);
    m_verdict->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_ok = buttons->addButton(deed, QDialogButtonBox::AcceptRole);
    m_ok->setDefault(true);
    auto *all = new QVBoxLayout(this);
    all->addLayout(m_form);
    all->addWidget(m_verdict);
    all->addStretch();
    all->addWidget(buttons);
    setMinimumWidth(fontMetrics().averageCharWidth() * 64);
    connect(buttons, &QDialogButtonBox::accepted, this, &FormDialog::finish);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(session, &QObject::destroyed, this, &QDialog::reject);
    connect(session, &Session::inventoryChanged, this, &FormDialog::review);
}

QLineEdit *FormDialog::addField(const QString &label, const QString &name, const QString &text, FieldCheck check,
                                const QString &hint)
{
    auto *line = new QLineEdit(text, this);
    line->setObjectName(name);
    line->setPlaceholderText(hint);
    line->setAccessibleName(QString(label).remove(QLatin1Char('&')));
    auto *message = new QLabel(this);
    message->setObjectName(name + QLatin1String("Message"));
    message->setWordWrap(true);
    message->setTextFormat(Qt::PlainText);
    message->hide();
    auto *column = new QVBoxLayout;
    column->setSpacing(2);
    column->addWidget(line);
    column->addWidget(message);
    m_form->addRow(label, column);
    if (auto *buddy = qobject_cast<QLabel *>(m_form->labelForField(column)))
        buddy->setBuddy(line);
    const qsizetype i = m_fields.size();
    m_fields.append({line, message, std::move(check), !text.isEmpty()});
    connect(line, &QLineEdit::textChanged, this, [this, i] {
        m_fields[i].touched = true;
        review();
    });
    return line;
}

QComboBox *FormDialog::addChoice(const QString &label, const QString &name)
{
    auto *choice = new QComboBox(this);
    choice->setObjectName(name);
    choice->setAccessibleName(QString(label).remove(QLatin1Char('&')));
    m_form->addRow(label, choice);
    connect(choice, &QComboBox::currentIndexChanged, this, &FormDialog::review);
    return choice;
}

QCheckBox *FormDialog::addOption(const QString &text, const QString &name)
{
    auto *option = new QCheckBox(text, this);
    option->setObjectName(name);
    m_form->addRow(QString(), option);
    connect(option, &QCheckBox::toggled, this, &FormDialog::review);
    return option;
}

void FormDialog::addNote(const QString &text)
{
    auto *note = new QLabel(text, this);
    note->setTextFormat(Qt::PlainText);
    note->setWordWrap(true);
    m_form->addRow(note);
}

void FormDialog::setNeeded(const QString &sentence)
{
    m_needed = sentence;
    review();
}

void FormDialog::setMake(Make make)
{
    m_make = std::move(make);
    review();
}

QString FormDialog::objection() const
{
    for (const Field &field : m_fields) {
        if (!field.line->isEnabled())
            continue;
        if (QString wrong = field.check(field.line->text()); !wrong.isEmpty())
            return wrong;
    }
    if (!m_make)
        return tr("Not ready");
    const QList<Operation> operations = m_make();
    if (operations.isEmpty())
        return m_needed;
    const Verdict verdict = m_session->judge(operations);
    return verdict.isRefused() ? refusalText(verdict, m_session->inventory()) : QString();
}

void FormDialog::review()
{
    if (!m_make)
        return;
    bool fieldsAreFine = true;
    for (const Field &field : std::as_const(m_fields)) {
        const QString wrong = field.line->isEnabled() ? field.check(field.line->text()) : QString();
        fieldsAreFine = fieldsAreFine && wrong.isEmpty();
        // An untouched field is not scolded; the button stays disabled all the same.
        field.message->setText(wrong);
        field.message->setVisible(field.touched && !wrong.isEmpty());
    }
    const QString wrong = objection();
    m_ok->setEnabled(wrong.isEmpty());
    m_ok->setToolTip(wrong);
    m_verdict->setText(
            fieldsAreFine ? (wrong.isEmpty() ? tr("It is staged with the other changes and sent when you apply them.")
                                             : wrong)
                          : QString());
}

void FormDialog::finish()
{
    if (!objection().isEmpty())
        return;
    emit made(m_session, m_make());
    accept();
}

} // namespace portalbind
