// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/fieldcheck.h"

#include "model/operation.h"
#include "model/session.h"

#include <QDialog>
#include <QList>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace portalbind {

/// A small form that tells under each field what is wrong with it, and judges the whole by the rules while one types.
/// What it makes is staged as one change; nothing is asked afterwards.
class FormDialog : public QDialog
{
    Q_OBJECT
public:
    /// The operations that the form means now; asked only when all fields are in order.
    using Make = std::function<QList<Operation>()>;

    FormDialog(Session *session, const QString &title, const QString &deed, QWidget *parent);

    QLineEdit *addField(const QString &label, const QString &name, const QString &text, FieldCheck check,
                        const QString &hint = {});
    QComboBox *addChoice(const QString &label, const QString &name);
    QCheckBox *addOption(const QString &text, const QString &name);
    void addNote(const QString &text); ///< a sentence of its own
    void setMake(Make make);
    /// What is said while Make gives nothing.
    void setNeeded(const QString &sentence);
    /// Looks at everything again.
    void review();
    [[nodiscard]] QString objection() const; ///< what stands in the way; empty when nothing does

signals:
    void made(portalbind::Session *session, const QList<portalbind::Operation> &operations);

private:
    struct Field
    {
        QLineEdit *line = nullptr;
        QLabel *message = nullptr;
        FieldCheck check;
        bool touched = false;
    };
    void finish();

    Session *m_session;
    QFormLayout *m_form;
    QLabel *m_verdict;
    QPushButton *m_ok;
    QList<Field> m_fields;
    Make m_make;
    QString m_needed;
};

/// The forms of the window. Each closes and deletes itself.
[[nodiscard]] FormDialog *newPortalForm(Session *session, ServerHandle server, QWidget *parent);
[[nodiscard]] FormDialog *newGroupForm(Session *session, ServerHandle server, QWidget *parent);
[[nodiscard]] FormDialog *renameGroupForm(Session *session, GroupHandle group, QWidget *parent);
[[nodiscard]] FormDialog *newEndpointForm(Session *session, NodeHandle node, QWidget *parent);
/// A pool of the portals of a derived group.
[[nodiscard]] FormDialog *adoptGroupForm(Session *session, GroupHandle group, QWidget *parent);
[[nodiscard]] FormDialog *replaceWildcardForm(Session *session, PortalHandle wildcard, QWidget *parent);
/// The address of an offered portal whose usual port somebody else has, on another port.
[[nodiscard]] FormDialog *otherPortForm(Session *session, PortalHandle portal, EndpointHandle endpoint,
                                        QWidget *parent);
[[nodiscard]] FormDialog *newNodeForm(Session *session, ServerHandle server, QWidget *parent);

} // namespace portalbind
