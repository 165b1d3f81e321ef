// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/session.h"

#include <QAbstractTableModel>
#include <QWidget>

#include <deque>

class QPlainTextEdit;
class QTreeView;

namespace portalbind {

/// The last thousands of things that were done, newest first.
class ActivityModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Time, ServerColumn, What, Outcome, Duration, ColumnCount };
    static constexpr int most = 10'000;

    using QAbstractTableModel::QAbstractTableModel;
    void add(const Activity &entry);
    [[nodiscard]] const Activity &entry(int row) const { return m_entries[size_t(row)]; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::deque<Activity> m_entries;
};

/// What was done, on which server, with what result and how long it took; the raw detail of the selected line below.
class ActivityPanel : public QWidget
{
    Q_OBJECT
public:
    explicit ActivityPanel(QWidget *parent = nullptr);
    void add(const Activity &entry);
    [[nodiscard]] const ActivityModel *model() const { return m_model; }

private:
    void showDetail();
    ActivityModel *m_model;
    QTreeView *m_list;
    QPlainTextEdit *m_detail;
};

} // namespace portalbind
