// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/entities.h"

#include <QFrame>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace portalbind {

/// A lasting mark that the next start of a server brings something else than what runs now, with the difference as a
/// list on demand. It stays until there is none.
class SavedBar : public QFrame
{
    Q_OBJECT
public:
    explicit SavedBar(QWidget *parent = nullptr);

    void setSaved(const QString &server, const SavedState &saved);
    [[nodiscard]] QString text() const;
    [[nodiscard]] QString list() const; ///< one difference a line

signals:
    void saveWanted();

protected:
    void changeEvent(QEvent *event) override;

private:
    void drawIcon();

    QLabel *m_icon;
    QLabel *m_text;
    QPushButton *m_show;
    QPushButton *m_save;
    QPlainTextEdit *m_list;
};

} // namespace portalbind
