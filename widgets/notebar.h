// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFrame>
#include <QStringList>

class QLabel;

namespace portalbind {

/// What a connection found beside its rows and that is no trouble: a cluster, management that is switched off. It can
/// be put away; other notes bring it back.
class NoteBar : public QFrame
{
    Q_OBJECT
public:
    explicit NoteBar(QWidget *parent = nullptr);

    void setNotes(const QString &connection, const QStringList &notes);
    [[nodiscard]] QString text() const;

protected:
    void changeEvent(QEvent *event) override;

private:
    void drawIcon();

    QStringList m_notes;
    QLabel *m_icon;
    QLabel *m_text;
};

} // namespace portalbind
