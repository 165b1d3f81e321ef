// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/actionstate.h"

#include <QObject>

#include <array>

class QAction;
class QMainWindow;

namespace portalbind {

/// The actions themselves: text, icon, key, and a tip that says what they do or why they cannot be done now.
class Actions : public QObject
{
    Q_OBJECT
public:
    explicit Actions(QWidget *window);

    [[nodiscard]] QAction *operator[](ActionId id) const { return m_actions[size_t(id)]; }
    /// Judges all actions anew.
    void update(const ActionContext &context);

signals:
    void triggered(portalbind::ActionId id);

private:
    std::array<QAction *, size_t(actionCount)> m_actions{};
    std::array<QString, size_t(actionCount)> m_tips;
    std::array<QString, size_t(actionCount)> m_texts;
};

} // namespace portalbind
