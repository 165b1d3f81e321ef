// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/planmodel.h"

#include <QWidget>

class QLabel;
class QLineEdit;

namespace portalbind {

/// Whom a plan cuts off, beside its steps: a list of the initiators that lose a way to a target. Where somebody who is
/// logged in would lose the last one, the name of the target has to be typed; where nobody is, nothing is asked.
class PlanHarm : public QWidget
{
    Q_OBJECT
public:
    explicit PlanHarm(QWidget *parent = nullptr);

    void show(const QList<PlanModel::Part> &parts);
    /// Nothing is left to type.
    [[nodiscard]] bool isSettled() const { return m_toType.isEmpty(); }
    [[nodiscard]] QString text() const; ///< the list, one a line
    /// The names that still have to be typed, one after another.
    [[nodiscard]] const QStringList &toType() const { return m_toType; }

signals:
    void settled();

private:
    void typed(const QString &text);
    void ask();

    QLabel *m_list;
    QWidget *m_question;
    QLabel *m_asked;
    QLineEdit *m_line;
    QStringList m_toType;
};

} // namespace portalbind
