// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/inspectorfacts.h"
#include "widgets/rowselection.h"

#include <QTabWidget>

class QLabel;
class QLineEdit;
class QListView;
class QPlainTextEdit;
class QTreeView;

namespace portalbind {

class BindCandidates;

/// What is known about the current row, what can be bound here and why not, and the raw values.
class Inspector : public QTabWidget
{
    Q_OBJECT
public:
    explicit Inspector(QWidget *parent = nullptr);

    void show(const RowSelection &selection);
    [[nodiscard]] QString title() const;
    [[nodiscard]] BindCandidates *candidates() const { return m_candidates; }

signals:
    /// The person wants to do what row of *What can I bind here?* says.
    void chosen(portalbind::Session *session, const portalbind::DropIntent &intent);

private:
    class FactsModel;
    QWidget *makeOverview();
    QWidget *makeBindable();
    void showBindable();
    void choose(const QModelIndex &index);

    RowSelection m_selection;
    FactsModel *m_facts;
    BindCandidates *m_candidates;
    QLabel *m_title;
    QTreeView *m_overview;
    QLineEdit *m_filter;
    QListView *m_bindable;
    QLabel *m_bindableNote;
    QPlainTextEdit *m_raw;
    bool m_bindableStale = true;
};

} // namespace portalbind
