// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventorytreemodel.h"

#include <QStringList>

#include <memory>

namespace portalbind {

/// The rows below \a parent, one a line, indented: kind, key and what each column and role says.
[[nodiscard]] QStringList treeLines(const InventoryTreeModel &model, const QModelIndex &parent = {}, int depth = 0);
/// The names of the first column only, indented by two blanks a level.
[[nodiscard]] QStringList treeNames(const QAbstractItemModel &model, const QModelIndex &parent = {}, int depth = 0);

/// A copy of a tree that is kept up by the model's signals alone: it shows what a view that believes them would show.
class TreeMirror : public QObject
{
public:
    /// \a whole: every row is asked for at once; otherwise only the rows at the top, and what expand() asks for.
    TreeMirror(InventoryTreeModel &model, bool whole);

    /// What a view shows that believed the signals. Empty when it is the same as the model itself.
    [[nodiscard]] QString difference() const;
    void expand(const QModelIndex &index);

    /// Since reset(): signals of each sort, and rows that they named.
    struct Counts
    {
        int inserted = 0, removed = 0, moved = 0, changed = 0;
        int rowsInserted = 0, rowsRemoved = 0, rowsMoved = 0, rowsChanged = 0;
        int resets = 0;
        [[nodiscard]] int rows() const { return rowsInserted + rowsRemoved + rowsMoved + rowsChanged; }
    };
    [[nodiscard]] const Counts &counts() const { return m_counts; }
    void resetCounts() { m_counts = {}; }
    [[nodiscard]] const QStringList &faults() const { return m_faults; } ///< signals whose range was impossible

private:
    struct Row
    {
        QString line;
        bool expanded = false;
        std::vector<std::unique_ptr<Row>> children;
    };
    Row *rowOf(const QModelIndex &index);
    std::unique_ptr<Row> read(const QModelIndex &index) const;
    void readChildren(Row &row, const QModelIndex &index) const;
    void compare(const Row &row, const QModelIndex &index, const QString &path, QStringList &out) const;
    void check(bool possible, const char *what);

    InventoryTreeModel &m_model;
    bool m_whole;
    Row m_root;
    Counts m_counts;
    QStringList m_faults;
};

} // namespace portalbind
