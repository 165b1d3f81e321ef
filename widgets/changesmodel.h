// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/workspace.h"

#include <QAbstractTableModel>

namespace portalbind {

/// The pending changes of all connections, in the order in which they were asked for.
class ChangesModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Change, Effect, ColumnCount };

    explicit ChangesModel(Workspace &workspace, QObject *parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    struct Entry
    {
        Session *session = nullptr;
        qsizetype position = 0; ///< in Session::pending()
    };
    [[nodiscard]] Entry entry(int row) const;

private:
    [[nodiscard]] QString iconName(const PendingChange &change) const;
    Workspace &m_workspace;
};

} // namespace portalbind
