// SPDX-License-Identifier: Apache-2.0
#include "widgets/changesmodel.h"

#include "widgets/harmtext.h"
#include "widgets/icons.h"

namespace portalbind {

ChangesModel::ChangesModel(Workspace &workspace, QObject *parent)
    : QAbstractTableModel(parent)
    , m_workspace(workspace)
{
    const auto renew = [this] {
        beginResetModel();
        endResetModel();
    };
    connect(&workspace, &Workspace::pendingChanged, this, renew);
    connect(&workspace, &Workspace::closed, this, renew);
}

int ChangesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : m_workspace.pendingCount();
}

int ChangesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

ChangesModel::Entry ChangesModel::entry(int row) const
{
    qsizetype position = row;
    for (Session *session : m_workspace.sessions()) {
        if (position < session->pending().size())
            return {session, position};
        position -= session->pending().size();
    }
    return {};
}

QString ChangesModel::iconName(const PendingChange &change) const
{
    if (change.isConflict())
        return QStringLiteral("conflict");
    if (std::holds_alternative<Bind>(change.operation))
        return QStringLiteral("will-bind");
    if (std::holds_alternative<Unbind>(change.operation))
        return QStringLiteral("will-unbind");
    return QStringLiteral("pending");
}

QVariant ChangesModel::data(const QModelIndex &index, int role) const
{
    const Entry at = entry(index.row());
    if (!at.session)
        return {};
    const PendingChange &change = at.session->pending().at(at.position);
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
        return index.column() == Change ? changeText(*at.session, at.position)
                                        : harmText(change, at.session->inventory());
    case Qt::DecorationRole:
        return index.column() == Change ? icon(iconName(change)) : QVariant();
    case Qt::AccessibleTextRole:
        return tr("%1, %2").arg(changeText(*at.session, at.position), harmText(change, at.session->inventory()));
    default:
        return {};
    }
}

QVariant ChangesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == Change ? tr("Change") : tr("Effect");
}

} // namespace portalbind
