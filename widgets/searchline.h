// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;
class QToolButton;

namespace portalbind {

/// What the search line asks for: words, and chips that narrow further.
struct SearchTerms
{
    QString text;
    bool unbound = false; ///< portals that serve nothing, endpoints that nothing serves
    bool inConflict = false;
    bool changed = false;
    [[nodiscard]] bool isEmpty() const { return text.isEmpty() && !unbound && !inConflict && !changed; }
    friend bool operator==(const SearchTerms &, const SearchTerms &) = default;
};

/// The search line with its chips and the number of matches. Searching itself is the models' work.
class SearchLine : public QWidget
{
    Q_OBJECT
public:
    explicit SearchLine(QWidget *parent = nullptr);

    [[nodiscard]] SearchTerms terms() const;
    void clear();
    void focus();
    /// -1: nothing is searched for. \a capped: there are more than that.
    void setMatches(int count, bool capped);

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
