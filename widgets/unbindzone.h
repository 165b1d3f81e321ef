// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/dragstate.h"

#include <QFrame>

class QLabel;

namespace portalbind {

/// The strip that appears while bindings are dragged: dropping them here unbinds them.
class UnbindZone : public QFrame
{
    Q_OBJECT
public:
    explicit UnbindZone(DragState &drag, QWidget *parent = nullptr);
    /// Whether it appears at all.
    void setOffered(bool offered) { m_offered = offered; }

signals:
    void dropped(portalbind::Session *session, const portalbind::DropIntent &intent);

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragMoveEvent(QDragMoveEvent *event) override;
    void dragLeaveEvent(QDragLeaveEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void setHovered(bool hovered);
    DragState &m_drag;
    bool m_offered = true;
    QLabel *m_icon;
    QLabel *m_text;
};

} // namespace portalbind
