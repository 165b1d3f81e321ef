// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <QDateTime>
#include <QFrame>
#include <QTimer>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace portalbind {

/// What can be done about a failure besides trying again and reading its details.
struct BannerOffers
{
    bool signIn = false;
    QString certificate; ///< both fingerprints, when another one than the trusted is shown: said loudly
    QString server; ///< what the server calls itself; may be empty
};

/// A failure of one connection, said in its pane and never in a modal box: what, why, what now, how old is what is
/// shown; raw detail on demand.
class Banner : public QFrame
{
    Q_OBJECT
public:
    explicit Banner(QWidget *parent = nullptr);

    void show(const QString &connection, const Error &error, const QDateTime &readAt, const BannerOffers &offers = {});
    [[nodiscard]] QString text() const; ///< with both fingerprints, where they are shown
    [[nodiscard]] QString details() const;

signals:
    void retry();
    void signIn();
    void certificate();

protected:
    void changeEvent(QEvent *event) override;

private:
    void setDetailsShown(bool shown);
    void drawIcon();
    void sayAge();

    QString m_what; ///< without the age
    QDateTime m_readAt;
    QString m_iconName;
    QTimer m_ages;
    QLabel *m_icon;
    QLabel *m_text;
    QLabel *m_fingerprints;
    QPushButton *m_retry;
    QPushButton *m_signIn;
    QPushButton *m_certificate;
    QPushButton *m_details;
    QPushButton *m_copy;
    QPlainTextEdit *m_raw;
};

/// `12 s ago`, `4 min ago`, `3 h ago`, `2 days ago`.
[[nodiscard]] QString age(const QDateTime &since, const QDateTime &now);

} // namespace portalbind
