// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/workspace.h"

#include "model/dropintent.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QListView;
class QPushButton;

namespace portalbind {

class BindCandidates;

/// *Bind to…*: type a few letters, choose, Return. What can be bound stands first, the rest is greyed with its reason.
class BindPicker : public QDialog
{
    Q_OBJECT
public:
    /// Picks the endpoint for \a items.
    BindPicker(Session *session, const QList<DragItem> &items, QWidget *parent);
    /// Picks the portal for \a endpoint.
    BindPicker(Session *session, EndpointHandle endpoint, QWidget *parent);

    [[nodiscard]] BindCandidates *candidates() const { return m_candidates; }

signals:
    /// The person chose; \a intent is judged just now.
    void chosen(portalbind::Session *session, const portalbind::DropIntent &intent);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    BindPicker(Session *session, QWidget *parent);
    void selectFirst();
    void tell();
    void choose();

    Session *m_session;
    BindCandidates *m_candidates;
    QLineEdit *m_filter;
    QListView *m_list;
    QLabel *m_sentence;
    QLabel *m_count;
    QPushButton *m_bind;
};

} // namespace portalbind
