// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/search.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QToolButton;

namespace portalbind {

/// The search line with its chips and the number of matches. Searching itself is the models' work.
class SearchLine : public QWidget
{
    Q_OBJECT
public:
    explicit SearchLine(QWidget *parent = nullptr);

    [[nodiscard]] SearchQuery terms() const;
    void clear();
    void focus();
    /// \a found rows match, \a shown of them are listed.
    void setMatches(quint64 found, quint64 shown);
    void hideMatches();

signals:
    void termsChanged();
    void left(); ///< Esc in an empty line: the person wants back to the tree

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QToolButton *addChip(const QString &text, const QString &iconName, const QString &tip);

    QLineEdit *m_line;
    QLabel *m_count;
    QToolButton *m_unbound;
    QToolButton *m_conflict;
    QToolButton *m_changed;
};

} // namespace portalbind
