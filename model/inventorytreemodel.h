// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/diff.h"
#include "model/searchrunner.h"
#include "model/treechanges.h"
#include "model/treeorder.h"
#include "model/treerow.h"
#include "model/treesource.h"
#include "model/treestore.h"

#include <QAbstractItemModel>
#include <QTimer>

#include <functional>

namespace portalbind {

/// The objects that a row stands for; null where it has none. A binding row has both a portal and an endpoint.
struct TreeHandles
{
    SourceKey source = 0;
    RowKind kind = RowKind::None;
    ServerHandle server;
    NodeHandle node;
    EndpointHandle endpoint;
    GroupHandle group;
    PortalHandle portal;
};

/// The inventories of some connections as a tree, for one view: what is shown and in which order is the view's own.
/// Rows are made when they are first asked for, and their texts on demand. Refreshes and pending changes signal only
/// the rows that they touch; what nobody has asked for signals nothing.
class InventoryTreeModel : public QAbstractItemModel
{
    Q_OBJECT
public:
    using Sections = TreeSections;

    enum Role {
        KindRole = Qt::UserRole + 1, ///< int: RowKind
        KeyRole, ///< TreeKey
        HandleRole, ///< uint: of the row's own object
        HolderKindRole, ///< int: RowKind of what it stands under, ranges left out
        HolderHandleRole, ///< uint
        SourceRole, ///< qulonglong: SourceKey
        IconNameRole, ///< QString: an icon of resources/icons, without suffix
        MarkRole, ///< int: TreeMark; Removed is to be struck through
        ConflictRole, ///< bool: a pending change that the server would refuse is about this row
        StaleRole, ///< bool: to be faded
        FreshnessRole, ///< int: Freshness
        MonospaceRole, ///< bool: an address, for the fixed font
        ElideMiddleRole, ///< bool: the ends tell it apart (IQN)
        IdentityRole, ///< QString: the whole name, for copying
        SortKeyRole, ///< QByteArray: orders by the column's natural order when compared as bytes
    };
    Q_ENUM(Role)

    /// More siblings than this are shown in ranges of about rangeSize.
    static constexpr size_t siblingLimit = 5000;
    static constexpr size_t rangeSize = 1000;

    explicit InventoryTreeModel(QObject *parent = nullptr);
    ~InventoryTreeModel() override;

    /// Which part of each server is shown. Resets the model.
    void setSections(Sections sections);
    [[nodiscard]] Sections sections() const { return m_sections; }

    /// Shows a session and follows it until it is removed or deleted. Its key is sourceKey(session).
    void addSession(Session *session);
    void removeSession(Session *session);
    [[nodiscard]] static SourceKey sourceKey(const Session *session) { return SourceKey(session); }
    [[nodiscard]] Session *session(const QModelIndex &index) const; ///< null for values that were given

    // The same with values. \a title is shown while there is no server.
    void addServers(SourceKey key, const Inventory &inventory, const QString &title = {});
    /// \a diff must lead from what is shown to \a inventory.
    void update(SourceKey key, const Inventory &inventory, const InventoryDiff &diff);
    void remove(SourceKey key);
    void setState(SourceKey key, const SourceState &state);
    void setConflicts(SourceKey key, const QList<Operation> &operations);
    [[nodiscard]] const Inventory *inventory(SourceKey key) const; ///< null for an unknown one

    /// Looks for \a query and, once found, shows only what matches, with all above it, and all below a server, group,
    /// target or endpoint that matches itself. Works off this thread; ends with filterApplied(). An empty query shows
    /// everything again, at once. Both reset the model: keep expansion and selection by TreeKey.
    void setFilter(const SearchQuery &query);
    [[nodiscard]] const SearchQuery &filter() const { return m_query; } ///< the last one set
    [[nodiscard]] bool isFiltered() const { return m_filtered; }
    [[nodiscard]] bool isSearching() const { return m_search.isRunning(); }
    [[nodiscard]] quint64 matchCount() const { return m_matchCount; } ///< rows that match
    [[nodiscard]] quint64 shownMatchCount() const { return m_shownMatchCount; } ///< at most searchLimit

    // Rows by identity.
    [[nodiscard]] TreeKey keyOf(const QModelIndex &index) const;
    /// Makes the rows above it when they are not there yet; invalid when the tree does not show it.
    [[nodiscard]] QModelIndex indexOf(const TreeKey &key, int column = 0) const;
    [[nodiscard]] TreeHandles handles(const QModelIndex &index) const;
    [[nodiscard]] TreeMark mark(const QModelIndex &index) const;

    /// How many rows expanding all below \a index would show, or \a most when there are more.
    [[nodiscard]] int expandedRowCount(int most, const QModelIndex &index = {}) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &child) const override;
    using QObject::parent;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] bool hasChildren(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    void sort(int column, Qt::SortOrder direction = Qt::AscendingOrder) override;

signals:
    /// A filter, or the end of one, is in place: restore expansion and selection by key.
    void filterApplied();
    /// The rows of a connection became fresh, stale, …: views repaint.
    void freshnessChanged(portalbind::SourceKey source);

private:
    struct Changes
    {
        std::vector<TreeMember> removed, added, changed;
        [[nodiscard]] bool isEmpty() const { return removed.empty() && added.empty() && changed.empty(); }
    };
    /// Where a row stands among siblings that may be split into ranges.
    struct Spot
    {
        quint32 leaf = 0; ///< the parent row itself, or the range
        size_t position = 0;
        quint32 item = 0; ///< 0 in a range that was not opened
        TreeMember member;
    };
    struct Fence;
    class Surgery;
    friend class Surgery;

    // Structure (inventorytreemodel.cpp)
    [[nodiscard]] quint32 itemAt(const QModelIndex &index) const;
    [[nodiscard]] QModelIndex indexFor(quint32 item, int column = 0) const;
    [[nodiscard]] const TreeInventory &shown(quint16 source) const { return m_sources[source]->shown; }
    [[nodiscard]] TreeOrder::Inventories inventories() const;
    [[nodiscard]] TreeHolder holderOf(quint32 item) const; ///< of the children of \a item
    [[nodiscard]] TreeHolder holderAbove(quint32 item) const; ///< of \a item itself, ranges left out
    [[nodiscard]] bool isLeafRow(quint32 item) const;
    [[nodiscard]] std::vector<TreeMember> childrenOf(quint32 item) const;
    [[nodiscard]] std::vector<TreeMember> rootMembers(const TreeSource &source, quint16 number) const;
    [[nodiscard]] bool isWholeShown(quint32 item) const; ///< it, or a row above it, matches the filter itself
    [[nodiscard]] bool passesFilter(const TreeSource &source, const TreeHolder &holder, const TreeMember &member) const;
    void open(quint32 item) const;
    void fill(quint32 item, std::vector<TreeMember> members) const;
    quint32 makeItem(const TreeMember &member, quint32 parent) const;
    void forgetItem(quint32 item) const;
    void releaseChildren(quint32 item) const;

    // Keys (inventorytreemodelkeys.cpp)
    [[nodiscard]] TreeHolder containerOf(const TreeHolder &holder) const;
    [[nodiscard]] quint32 resolve(quint16 source, const TreeHolder &holder, bool *known = nullptr) const;
    [[nodiscard]] quint32 itemOf(const TreeKey &key) const;
    [[nodiscard]] quint32 childItem(quint32 parent, const TreeMember &member) const;
    [[nodiscard]] quint32 rangeItem(quint32 parent, quint32 anchor) const;
    [[nodiscard]] std::vector<quint32> leavesOf(quint32 item) const;
    [[nodiscard]] TreeMember memberAt(quint32 leaf, size_t position) const;
    [[nodiscard]] std::optional<Spot> locate(quint32 parent, const TreeMember &member,
                                             const TreeOrder::Inventories &before) const;

    // Sources and filter (inventorytreemodelsources.cpp)
    [[nodiscard]] TreeSource *find(SourceKey key, quint16 *number = nullptr) const;
    quint16 addSource(std::unique_ptr<TreeSource> source);
    void sessionStateChanged(Session *session);
    void sessionPendingChanged(Session *session);
    void startSearch();
    void searchFinished(const SearchQuery &query, const std::vector<SearchRunner::Found> &found);
    void emitAll(quint32 item);
    void emitServers(TreeColumn first, TreeColumn last);
    void clearRows();

    // Changes (inventorytreemodelchanges.cpp)
    /// Where sections have no rows of their own, several holders are one row: its children are edited once.
    [[nodiscard]] TouchedRows byContainer(const TouchedRows &touched) const;
    void applyTouched(quint16 source, const TouchedRows &touched, const TreeInventory &before);
    void applyFiltered(quint16 source, const TouchedRows &touched, const TreeInventory &before);
    [[nodiscard]] Changes judge(quint32 item, const std::set<TreeMember> &candidates,
                                const TreeOrder::Inventories &before) const;
    [[nodiscard]] bool isShownUnder(quint32 item, const TreeMember &member) const;
    bool openEmptied(quint16 source, const TouchedRows &touched, const TreeInventory &after);
    void reorder(quint32 item);

    // Rows in words (inventorytreemodeldata.cpp)
    /// What holds of every row: its kind, its place, the state of its connection. Invalid for other roles.
    [[nodiscard]] QVariant placeData(quint32 item, int column, int role) const;
    [[nodiscard]] QVariant objectData(quint32 item, int column, int role) const;
    [[nodiscard]] QVariant rangeData(quint32 item, int column, int role) const;
    [[nodiscard]] QVariant connectionData(const TreeSource &source, int column, int role) const;
    [[nodiscard]] QVariant displayData(quint32 item, int column) const;
    [[nodiscard]] QString freshnessText(const SourceState &state) const;
    [[nodiscard]] QString stateOf(quint32 item) const;
    [[nodiscard]] quint64 leafCount(quint32 range) const;
    [[nodiscard]] TreeRow row(quint32 item) const;
    bool countRows(quint32 item, int &count, int most) const;

    Sections m_sections = Sections::All;
    TreeOrder m_order;
    std::vector<std::unique_ptr<TreeSource>> m_sources; // null: removed; the number is used again
    mutable TreeStore m_store; // rows come to be when they are asked for
    // Counts updates. Children that a view asks for while an update is being signalled are as they are to be already.
    quint32 m_epoch = 0;
    SearchRunner m_search;
    SearchQuery m_query;
    SearchQuery m_appliedQuery;
    bool m_filtered = false;
    quint64 m_matchCount = 0;
    quint64 m_shownMatchCount = 0;
    QTimer m_ages;
};

} // namespace portalbind
