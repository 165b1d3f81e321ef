// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/actionstate.h"

class QMainWindow;
class QMenu;
class QToolBar;

namespace portalbind {

class Actions;

/// The menu bar. Menus that others fill are given back.
struct MenuBar
{
    QMenu *recent = nullptr;
    QMenu *panels = nullptr;
};
[[nodiscard]] MenuBar makeMenuBar(QMainWindow *window, const Actions &actions);
[[nodiscard]] QToolBar *makeToolBar(QMainWindow *window, const Actions &actions);
/// What can be done with the selected rows; the caller shows it.
[[nodiscard]] QMenu *makeContextMenu(QWidget *parent, const Actions &actions, const RowSelection &selection);

} // namespace portalbind
