// SPDX-License-Identifier: Apache-2.0
#include "model/inventorytreemodel.h"

#include <QtEndian>

namespace portalbind {

namespace {

void appendNumber(QByteArray &key, quint64 number)
{
    const quint64 ordered = qToBigEndian(number);
    key.append(reinterpret_cast<const char *>(&ordered), sizeof ordered);
}

QByteArray sortBytes(const TreeOrder::Key &key)
{
    QByteArray bytes(1, char(key.rank));
    appendNumber(bytes, key.number);
    bytes.append(key.text.data(), qsizetype(key.text.size())).append('\0');
    appendNumber(bytes, key.naturalNumber);
    bytes.append(key.naturalText.data(), qsizetype(key.naturalText.size()));
    return bytes;
}

bool isAddressCell(RowKind kind, TreeColumn column)
{
    if (column == TreeColumn::Address)
        return true;
    return column == TreeColumn::Name && (kind == RowKind::Portal || kind == RowKind::Binding);
}

} // namespace

TreeRow InventoryTreeModel::row(quint32 item) const
{
    const TreeItem &at = m_store.item(item);
    return TreeRow(shown(at.source), holderAbove(item), at.kind, at.handle);
}

QString InventoryTreeModel::freshnessText(const SourceState &state) const
{
    QString age;
    if (state.readAt.isValid()) {
        constexpr qint64 minute = 60, hour = 3600, day = 86'400;
        const qint64 seconds = std::max<qint64>(state.readAt.secsTo(QDateTime::currentDateTimeUtc()), 0);
        age = seconds < minute      ? tr("%L1 s").arg(seconds)
                : seconds < hour    ? tr("%L1 min").arg(seconds / minute)
                : seconds < 2 * day ? tr("%L1 h").arg(seconds / hour)
                                    : tr("%L1 days").arg(seconds / day);
    }
    switch (state.freshness) {
    case Freshness::Unknown:
        return {};
    case Freshness::Loading:
        return state.isRemote && age.isEmpty() ? tr("connecting…") : tr("reading…");
    case Freshness::Live:
        return age.isEmpty() ? tr("live") : tr("live · %1 ago").arg(age);
    case Freshness::Refreshing:
        return tr("reading again…");
    case Freshness::Applying:
        return tr("applying…");
    case Freshness::Stale:
        if (state.trouble.isEmpty() || age.isEmpty())
            return age.isEmpty() ? tr("stale") : tr("stale · %1").arg(age);
        return tr("stale · %1, %2").arg(age, state.trouble);
    case Freshness::Failed:
        if (state.trouble == tr("cancelled"))
            return state.trouble;
        return state.trouble.isEmpty() ? tr("could not be read") : tr("failed: %1").arg(state.trouble);
    }
    return {};
}

QString InventoryTreeModel::stateOf(quint32 item) const
{
    const TreeItem &at = m_store.item(item);
    const TreeSource &source = *m_sources[at.source];
    if (at.kind == RowKind::Server)
        return freshnessText(source.state);
    QString state = row(item).state();
    if (!source.conflicts || !source.conflicts->contains(holderAbove(item), at.kind, at.handle))
        return state;
    return state.isEmpty() ? tr("in conflict") : tr("%1, in conflict").arg(state);
}

QVariant InventoryTreeModel::displayData(quint32 item, int column) const
{
    switch (TreeColumn(column)) {
    case TreeColumn::Name:
        return row(item).name();
    case TreeColumn::Address:
        return row(item).address();
    case TreeColumn::Tag:
        return row(item).tag();
    case TreeColumn::State:
        return stateOf(item);
    case TreeColumn::UsedBy:
        return row(item).usedBy();
    }
    return {};
}

quint64 InventoryTreeModel::leafCount(quint32 range) const
{
    return m_store.hasBranch(range) ? m_store.branch(range).size() : 0;
}

namespace {

/// The first and the last name of a range. What iSCSI names have in common up to their last colon is left out: only the
/// ends tell them apart, and both have to be seen.
QString rangeName(const QString &first, const QString &last)
{
    qsizetype common = 0;
    while (common < first.size() && common < last.size() && first[common] == last[common])
        ++common;
    const qsizetype colon = QStringView(first).first(common).lastIndexOf(u':');
    if (colon < 0)
        return InventoryTreeModel::tr("%1 – %2").arg(first, last);
    return InventoryTreeModel::tr("…%1 – …%2").arg(first.mid(colon), last.mid(colon));
}

} // namespace

QVariant InventoryTreeModel::rangeData(quint32 item, int column, int role) const
{
    const auto nameOf = [&](size_t position) {
        const TreeMember member = memberAt(item, position);
        return TreeRow(shown(member.source), holderAbove(item), member.kind, member.handle).name();
    };
    const quint64 count = leafCount(item);
    const auto label = [&] { return count == 0 ? QString() : tr("%1 – %2").arg(nameOf(0), nameOf(count - 1)); };
    const RowKind kind = count == 0 ? RowKind::None : memberAt(item, 0).kind;
    const auto countText = [&] {
        return kind == RowKind::Portal || kind == RowKind::Binding ? portalCountText(int(count))
                                                                   : tr("%L1 rows").arg(count);
    };
    switch (role) {
    case Qt::DisplayRole:
        if (TreeColumn(column) == TreeColumn::Name && kind == RowKind::Node)
            return rangeName(nameOf(0), nameOf(count - 1));
        return TreeColumn(column) == TreeColumn::Name      ? label()
                : TreeColumn(column) == TreeColumn::UsedBy ? countText()
                                                           : QVariant();
    case Qt::ToolTipRole:
        return tr("%1\n%2").arg(label(), countText());
    case Qt::AccessibleTextRole:
        return tr("%1, %2").arg(label(), countText());
    case IdentityRole:
        return label();
    case IconNameRole:
        return column == 0 ? QStringLiteral("range") : QString();
    case MonospaceRole:
        return column == 0 && (kind == RowKind::Portal || kind == RowKind::Binding);
    default:
        return {};
    }
}

QVariant InventoryTreeModel::connectionData(const TreeSource &source, int column, int role) const
{
    switch (role) {
    case Qt::DisplayRole:
        return TreeColumn(column) == TreeColumn::Name     ? source.title
                : TreeColumn(column) == TreeColumn::State ? freshnessText(source.state)
                                                          : QVariant();
    case Qt::ToolTipRole:
        return source.state.problem.isEmpty() ? source.title : tr("%1\n%2").arg(source.title, source.state.problem);
    case Qt::AccessibleTextRole:
        return tr("Connection %1, %2").arg(source.title, freshnessText(source.state));
    case IdentityRole:
        return source.title;
    case IconNameRole:
        return column == 0 ? QStringLiteral("server") : QString();
    default:
        return {};
    }
}

QVariant InventoryTreeModel::data(const QModelIndex &index, int role) const
{
    const quint32 item = itemAt(index);
    if (item == 0)
        return {};
    if (QVariant place = placeData(item, index.column(), role); place.isValid())
        return place;
    const TreeItem &at = m_store.item(item);
    if (role == KeyRole)
        return QVariant::fromValue(keyOf(index));
    if (at.kind == RowKind::Range)
        return rangeData(item, index.column(), role);
    if (at.kind == RowKind::Connection)
        return connectionData(*m_sources[at.source], index.column(), role);
    return objectData(item, index.column(), role);
}

QVariant InventoryTreeModel::placeData(quint32 item, int column, int role) const
{
    const TreeItem &at = m_store.item(item);
    const TreeSource &source = *m_sources[at.source];
    switch (role) {
    case KindRole:
        return int(at.kind);
    case HandleRole:
        return at.handle;
    case HolderKindRole:
        return int(holderAbove(item).kind);
    case HolderHandleRole:
        return holderAbove(item).handle;
    case SourceRole:
        return qulonglong(source.key);
    case FreshnessRole:
        return int(source.state.freshness);
    case StaleRole:
        return source.state.freshness == Freshness::Stale || source.state.freshness == Freshness::Failed;
    case Qt::TextAlignmentRole: {
        const bool isNumber = column == int(TreeColumn::Tag) || column == int(TreeColumn::UsedBy);
        return int((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    default:
        return {};
    }
}

QVariant InventoryTreeModel::objectData(quint32 item, int column, int role) const
{
    const TreeItem &at = m_store.item(item);
    const TreeSource &source = *m_sources[at.source];
    const auto isInConflict = [&] {
        return source.conflicts && source.conflicts->contains(holderAbove(item), at.kind, at.handle);
    };
    switch (role) {
    case Qt::DisplayRole:
        return displayData(item, column);
    case Qt::ToolTipRole: {
        const QString tip = row(item).tip();
        return at.kind == RowKind::Server && !source.state.problem.isEmpty()
                ? tip + QLatin1Char('\n') + source.state.problem
                : tip;
    }
    case Qt::AccessibleTextRole: {
        const QString spoken = row(item).spoken();
        if (at.kind == RowKind::Server && source.state.freshness != Freshness::Unknown)
            return tr("%1, %2").arg(spoken, freshnessText(source.state));
        return isInConflict() ? tr("%1, in conflict").arg(spoken) : spoken;
    }
    case IconNameRole:
        return column == 0 ? row(item).iconName() : QString();
    case MarkRole:
        return int(row(item).mark());
    case ConflictRole:
        return isInConflict();
    case MonospaceRole:
        return isAddressCell(at.kind, TreeColumn(column));
    case ElideMiddleRole:
        return column == 0 && at.kind == RowKind::Node;
    case IdentityRole:
        return row(item).identity();
    case SortKeyRole: {
        const TreeOrder order{TreeColumn(column)};
        return sortBytes(order.key(source.shown, holderAbove(item), at.member()));
    }
    default:
        return {};
    }
}

QVariant InventoryTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= treeColumnCount)
        return {};
    const auto column = TreeColumn(section);
    if (role == Qt::TextAlignmentRole) {
        const bool isNumber = column == TreeColumn::Tag || column == TreeColumn::UsedBy;
        return int((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case TreeColumn::Name:
        return tr("Name");
    case TreeColumn::Address:
        return tr("Address");
    case TreeColumn::Tag:
        return tr("Tag");
    case TreeColumn::State:
        return tr("State");
    case TreeColumn::UsedBy:
        return tr("Used by");
    }
    return {};
}

Qt::ItemFlags InventoryTreeModel::flags(const QModelIndex &index) const
{
    const quint32 item = itemAt(index);
    if (item == 0)
        return Qt::NoItemFlags;
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    switch (m_store.item(item).kind) {
    case RowKind::Portal:
    case RowKind::Binding:
        flags |= Qt::ItemNeverHasChildren;
        if (row(item).mark() != TreeMark::Removed)
            flags |= Qt::ItemIsDragEnabled;
        break;
    case RowKind::Connection:
        flags |= Qt::ItemNeverHasChildren;
        break;
    case RowKind::Group:
        flags |= Qt::ItemIsDragEnabled | Qt::ItemIsDropEnabled;
        break;
    case RowKind::Endpoint:
        flags |= Qt::ItemIsDropEnabled;
        break;
    default:
        break;
    }
    return flags;
}

} // namespace portalbind
