// SPDX-License-Identifier: Apache-2.0
#include "treemirror.h"

#include <algorithm>

namespace portalbind {

namespace {

QString lineOf(const QModelIndex &index)
{
    const auto key = index.data(InventoryTreeModel::KeyRole).value<TreeKey>();
    QStringList parts{QString::number(int(key.kind))};
    // Two trees may part their ranges in different places and name them by different rows.
    parts += key.kind == RowKind::Range ? QString() : QString::number(key.handle);
    parts += QStringLiteral("%1/%2").arg(int(key.parentKind)).arg(key.parent);
    for (int column = 0; column < treeColumnCount; ++column)
        parts += index.siblingAtColumn(column).data().toString();
    for (const int role : {int(InventoryTreeModel::IconNameRole), int(InventoryTreeModel::MarkRole),
                           int(InventoryTreeModel::ConflictRole), int(InventoryTreeModel::StaleRole)})
        parts += index.data(role).toString();
    parts += QString::number(int(index.flags()));
    return parts.join(QLatin1Char('|'));
}

} // namespace

QStringList treeLines(const InventoryTreeModel &model, const QModelIndex &parent, int depth)
{
    QStringList lines;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        lines += QString(qsizetype(2) * depth, QLatin1Char(' ')) + lineOf(index) + QLatin1Char('|')
                + index.data(Qt::ToolTipRole).toString() + QLatin1Char('|')
                + index.data(Qt::AccessibleTextRole).toString() + QLatin1Char('|')
                + index.data(InventoryTreeModel::IdentityRole).toString();
        lines += treeLines(model, index, depth + 1);
    }
    return lines;
}

QStringList treeNames(const QAbstractItemModel &model, const QModelIndex &parent, int depth)
{
    QStringList names;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        names += QString(qsizetype(2) * depth, QLatin1Char(' ')) + index.data().toString();
        names += treeNames(model, index, depth + 1);
    }
    return names;
}

TreeMirror::TreeMirror(InventoryTreeModel &model, bool whole)
    : m_model(model)
    , m_whole(whole)
{
    m_root.expanded = true;
    readChildren(m_root, {});
    connect(&model, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex &parent, int first, int last) {
        ++m_counts.inserted;
        m_counts.rowsInserted += last - first + 1;
        Row *row = rowOf(parent);
        if (!row || !row->expanded)
            return;
        check(first <= last && size_t(first) <= row->children.size(), "rowsInserted");
        for (int i = first; i <= last; ++i)
            row->children.insert(row->children.begin() + i, read(m_model.index(i, 0, parent)));
    });
    connect(&model, &QAbstractItemModel::rowsRemoved, this, [this](const QModelIndex &parent, int first, int last) {
        ++m_counts.removed;
        m_counts.rowsRemoved += last - first + 1;
        Row *row = rowOf(parent);
        if (!row || !row->expanded)
            return;
        check(first <= last && size_t(last) < row->children.size(), "rowsRemoved");
        row->children.erase(row->children.begin() + first, row->children.begin() + last + 1);
    });
    connect(&model, &QAbstractItemModel::rowsAboutToBeMoved, this,
            [this](const QModelIndex &from, int first, int last, const QModelIndex &to, int at) {
                ++m_counts.moved;
                m_counts.rowsMoved += last - first + 1;
                Row *source = rowOf(from);
                Row *target = rowOf(to);
                std::vector<std::unique_ptr<Row>> rows;
                if (source && source->expanded) {
                    check(first <= last && size_t(last) < source->children.size(), "rowsMoved from");
                    std::move(source->children.begin() + first, source->children.begin() + last + 1,
                              std::back_inserter(rows));
                    source->children.erase(source->children.begin() + first, source->children.begin() + last + 1);
                } else {
                    for (int i = first; i <= last; ++i)
                        rows.push_back(read(m_model.index(i, 0, from)));
                }
                if (!target || !target->expanded)
                    return;
                const int place = source == target && at > first ? at - int(rows.size()) : at;
                check(size_t(place) <= target->children.size(), "rowsMoved to");
                target->children.insert(target->children.begin() + place, std::move_iterator(rows.begin()),
                                        std::move_iterator(rows.end()));
            });
    connect(&model, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex &first, const QModelIndex &last) {
        ++m_counts.changed;
        m_counts.rowsChanged += last.row() - first.row() + 1;
        Row *row = rowOf(first.parent());
        if (!row || !row->expanded)
            return;
        check(first.parent() == last.parent() && size_t(last.row()) < row->children.size(), "dataChanged");
        for (int i = first.row(); i <= last.row(); ++i)
            row->children[size_t(i)]->line = lineOf(m_model.index(i, 0, first.parent()));
    });
    const auto readAll = [this] {
        ++m_counts.resets;
        m_root.children.clear();
        readChildren(m_root, {});
    };
    connect(&model, &QAbstractItemModel::modelReset, this, readAll);
    connect(&model, &QAbstractItemModel::layoutChanged, this, readAll);
}

void TreeMirror::check(bool possible, const char *what)
{
    if (!possible)
        m_faults += QLatin1String(what);
}

TreeMirror::Row *TreeMirror::rowOf(const QModelIndex &index)
{
    if (!index.isValid())
        return &m_root;
    Row *above = rowOf(index.parent());
    if (!above || !above->expanded || size_t(index.row()) >= above->children.size())
        return nullptr;
    return above->children[size_t(index.row())].get();
}

std::unique_ptr<TreeMirror::Row> TreeMirror::read(const QModelIndex &index) const
{
    auto row = std::make_unique<Row>();
    row->line = lineOf(index);
    row->expanded = m_whole;
    (void)m_model.hasChildren(index); // as a view does to draw the branch
    if (m_whole)
        readChildren(*row, index);
    return row;
}

void TreeMirror::readChildren(Row &row, const QModelIndex &index) const
{
    for (int i = 0; i < m_model.rowCount(index); ++i)
        row.children.push_back(read(m_model.index(i, 0, index)));
}

void TreeMirror::expand(const QModelIndex &index)
{
    Row *row = rowOf(index);
    if (!row || row->expanded)
        return;
    row->expanded = true;
    readChildren(*row, index);
}

QString TreeMirror::difference() const
{
    QStringList out = m_faults;
    compare(m_root, {}, {}, out);
    return out.join(QLatin1Char('\n'));
}

void TreeMirror::compare(const Row &row, const QModelIndex &index, const QString &path, QStringList &out) const
{
    if (!row.expanded)
        return;
    const int count = m_model.rowCount(index);
    if (size_t(count) != row.children.size()) {
        out += QStringLiteral("%1: %2 rows told, %3 there").arg(path).arg(row.children.size()).arg(count);
        return;
    }
    for (int i = 0; i < count; ++i) {
        const QModelIndex child = m_model.index(i, 0, index);
        const QString line = lineOf(child);
        const Row &known = *row.children[size_t(i)];
        if (known.line != line)
            out += QStringLiteral("%1/%2: told %3\n is %4").arg(path).arg(i).arg(known.line, line);
        compare(known, child, path + QLatin1Char('/') + QString::number(i), out);
    }
}

} // namespace portalbind
