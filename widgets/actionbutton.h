// SPDX-License-Identifier: Apache-2.0
#pragma once

class QAction;
class QPushButton;
class QWidget;

namespace portalbind {

/// A push button that does what \a action does, with its text, icon, tip and state.
[[nodiscard]] QPushButton *actionButton(QAction *action, QWidget *parent);

} // namespace portalbind
