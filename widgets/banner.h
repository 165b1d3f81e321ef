// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <QDateTime>
#include <QFrame>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace portalbind {

/// A failure of one connection, said in its pane and never in a modal box: what, why, what now, how old is what is
/// shown; raw detail on demand.
class Banner : public QFrame
{
    Q_OBJECT
public:
    explicit Banner(QWidget *parent = nullptr);

    void show(const QString &connection, const Error &error, const QDateTime &readAt);
    [[nodiscard]] QString text() const;

signals:
    void retry();

private:
    void setDetailsShown(bool shown);

    QLabel *m_icon;
    QLabel *m_text;
    QPushButton *m_retry;
    QPushButton *m_details;
    QPushButton *m_copy;
    QPlainTextEdit *m_raw;
};

/// `12 s ago`, `4 min ago`, `3 h ago`, `2 days ago`.
[[nodiscard]] QString age(const QDateTime &since, const QDateTime &now);

} // namespace portalbind
