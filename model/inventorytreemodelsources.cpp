// SPDX-License-Identifier: Apache-2.0
#include "model/inventorytreemodel.h"

namespace portalbind {

namespace {

QString troubleText(Error::Kind kind)
{
    switch (kind) {
    case Error::Kind::Cancelled:
        return InventoryTreeModel::tr("cancelled");
    case Error::Kind::SignIn:
        return InventoryTreeModel::tr("sign-in");
    case Error::Kind::Rights:
        return InventoryTreeModel::tr("no rights");
    case Error::Kind::Timeout:
        return InventoryTreeModel::tr("timed out");
    case Error::Kind::Transport:
        return InventoryTreeModel::tr("no connection");
    case Error::Kind::Certificate:
        return InventoryTreeModel::tr("certificate");
    case Error::Kind::NoService:
        return InventoryTreeModel::tr("no service");
    case Error::Kind::Server:
        return InventoryTreeModel::tr("the server's answer");
    default:
        return {}; // files and names: the sentence in the banner tells more than a word
    }
}

SourceState sourceState(const Session &session)
{
    SourceState state;
    switch (session.state()) {
    case Session::State::Idle:
    case Session::State::Loading:
        state.freshness = Freshness::Loading;
        break;
    case Session::State::Live:
        state.freshness = Freshness::Live;
        break;
    case Session::State::Refreshing:
        state.freshness = Freshness::Refreshing;
        break;
    case Session::State::Applying:
        state.freshness = Freshness::Applying;
        break;
    case Session::State::Stale:
        state.freshness = Freshness::Stale;
        break;
    case Session::State::Failed:
        state.freshness = Freshness::Failed;
        break;
    }
    state.readAt = session.readAt();
    if (state.freshness == Freshness::Stale || state.freshness == Freshness::Failed)
        state.problem = session.error().what;
    if (!state.problem.isEmpty())
        state.trouble = troubleText(session.error().kind);
    state.isRemote = !session.backend()->url().host().isEmpty();
    return state;
}

QList<Operation> conflictsOf(const Session &session)
{
    QList<Operation> operations;
    for (const PendingChange &change : session.pending())
        if (change.isConflict())
            operations.append(change.operation);
    return operations;
}

bool isStale(Freshness freshness)
{
    return freshness == Freshness::Stale || freshness == Freshness::Failed;
}

} // namespace

TreeSource *InventoryTreeModel::find(SourceKey key, quint16 *number) const
{
    for (size_t i = 0; i < m_sources.size(); ++i) {
        if (!m_sources[i] || m_sources[i]->key != key)
            continue;
        if (number)
            *number = quint16(i);
        return m_sources[i].get();
    }
    return nullptr;
}

quint16 InventoryTreeModel::addSource(std::unique_ptr<TreeSource> source)
{
    const auto free = std::find(m_sources.begin(), m_sources.end(), nullptr);
    const auto number = quint16(free - m_sources.begin());
    if (free == m_sources.end())
        m_sources.push_back(std::move(source));
    else
        *free = std::move(source);
    return number;
}

void InventoryTreeModel::addServers(SourceKey key, const Inventory &inventory, const QString &title)
{
    if (find(key))
        return;
    auto source = std::make_unique<TreeSource>();
    source->key = key;
    source->title = title;
    source->shown = TreeInventory(inventory);
    const quint16 number = addSource(std::move(source));
    TouchedRows rows;
    for (const TreeMember &member : rootMembers(*m_sources[number], number))
        rows[{}].insert(member);
    if (!m_filtered)
        applyTouched(number, rows, {});
    if (!m_query.isEmpty())
        startSearch();
}

void InventoryTreeModel::update(SourceKey key, const Inventory &inventory, const InventoryDiff &diff)
{
    quint16 number = 0;
    TreeSource *const source = find(key, &number);
    if (!source)
        return;
    const TreeInventory before = source->shown;
    TreeInventory after(inventory);
    const std::function<bool(const TreeHolder &)> isOpen = [&](const TreeHolder &holder) {
        bool known = false;
        const quint32 item = resolve(number, holder, &known);
        return known && m_store.hasBranch(item);
    };
    TouchedRows touched = touchedRows(diff, before, after, number, isOpen);
    if (!source->title.isEmpty())
        touched[{}].insert({0, number, RowKind::Connection});
    carryCounts(before, after, touched);
    if (openEmptied(number, touched, after))
        touched = touchedRows(diff, before, after, number, isOpen);
    source->shown = std::move(after);
    if (m_filtered)
        applyFiltered(number, touched, before);
    else
        applyTouched(number, touched, before);
    for (const ServerHandle h : diff.servers.changed) // the words of all its rows are others
        if (before.has(h) && source->shown.has(h) && before.server(h).dialect != source->shown.server(h).dialect)
            emitAll(source->itemOf(RowKind::Server, h.value));
    if (!m_query.isEmpty())
        startSearch();
}

void InventoryTreeModel::remove(SourceKey key)
{
    quint16 number = 0;
    TreeSource *const source = find(key, &number);
    if (!source)
        return;
    if (source->session)
        source->session->disconnect(this);
    TouchedRows rows;
    for (const TreeMember &member : rootMembers(*source, number))
        rows[{}].insert(member);
    const TreeInventory before = source->shown;
    source->shown = TreeInventory();
    source->title.clear();
    applyTouched(number, rows, before);
    m_sources[number].reset();
    if (!m_query.isEmpty())
        startSearch();
}

const Inventory *InventoryTreeModel::inventory(SourceKey key) const
{
    const TreeSource *source = find(key);
    return source ? &source->shown.inventory() : nullptr;
}

void InventoryTreeModel::setState(SourceKey key, const SourceState &state)
{
    quint16 number = 0;
    TreeSource *const source = find(key, &number);
    if (!source || source->state == state)
        return;
    const bool fades = isStale(source->state.freshness) != isStale(state.freshness);
    const bool isOther = source->state.freshness != state.freshness;
    source->state = state;
    if (m_store.hasBranch(0)) {
        for (const quint32 range : leavesOf(0)) {
            for (const quint32 item : m_store.branch(range).items) {
                if (m_store.item(item).source != number)
                    continue;
                if (fades)
                    emitAll(item);
                else
                    emit dataChanged(indexFor(item), indexFor(item, treeColumnCount - 1));
            }
        }
    }
    if (state.readAt.isValid() && !m_ages.isActive())
        m_ages.start();
    if (isOther)
        emit freshnessChanged(key);
}

void InventoryTreeModel::setConflicts(SourceKey key, const QList<Operation> &operations)
{
    quint16 number = 0;
    TreeSource *const source = find(key, &number);
    if (!source || (operations.isEmpty() && !source->conflicts))
        return;
    const std::shared_ptr<const Conflicts> old = source->conflicts;
    source->conflicts = operations.isEmpty() ? nullptr : std::make_shared<const Conflicts>(operations);
    TouchedRows rows;
    const TreeInventory &shown = source->shown;
    const auto touch = [&](const TreeHolder &holder, RowKind kind, quint32 handle) {
        rows[holder].insert({handle, number, kind});
    };
    const auto object = [&](auto handle, RowKind kind) {
        if (shown.has(handle))
            touch(shown.holderOf(handle), kind, handle.value);
    };
    for (const Conflicts *conflicts : {old.get(), source->conflicts.get()}) {
        if (!conflicts)
            continue;
        for (const Binding &b : conflicts->bindings())
            touch({RowKind::Endpoint, b.endpoint.value}, RowKind::Binding, b.portal.value);
        for (const Membership &m : conflicts->memberships())
            touch({RowKind::Group, m.group.value}, RowKind::Portal, m.portal.value);
        for (const TreeHolder &o : conflicts->objects()) {
            if (o.kind == RowKind::Group)
                object(GroupHandle{o.handle}, o.kind);
            else if (o.kind == RowKind::Node)
                object(NodeHandle{o.handle}, o.kind);
            else if (o.kind == RowKind::Endpoint)
                object(EndpointHandle{o.handle}, o.kind);
            else if (const PortalHandle h{o.handle}; shown.has(h)) {
                for (const GroupHandle g : shown.groupsOf(h))
                    touch({RowKind::Group, g.value}, RowKind::Portal, h.value);
                touch({RowKind::LoosePortals, shown.serverOf(h).value}, RowKind::Portal, h.value);
            }
        }
    }
    if (m_filtered)
        applyFiltered(number, rows, shown);
    else
        applyTouched(number, rows, shown);
    if (!m_query.isEmpty())
        startSearch();
}

void InventoryTreeModel::addSession(Session *session)
{
    const SourceKey key = sourceKey(session);
    if (find(key))
        return;
    addServers(key, session->inventory(), session->title());
    find(key)->session = session;
    connect(session, &Session::inventoryChanged, this,
            [this, session, key](const InventoryDiff &diff) { update(key, session->inventory(), diff); });
    connect(session, &Session::stateChanged, this, [this, session] { sessionStateChanged(session); });
    connect(session, &Session::pendingChanged, this, [this, session] { sessionPendingChanged(session); });
    connect(session, &QObject::destroyed, this, [this, key] { remove(key); });
    sessionStateChanged(session);
    sessionPendingChanged(session);
}

void InventoryTreeModel::removeSession(Session *session)
{
    remove(sourceKey(session));
}

void InventoryTreeModel::sessionStateChanged(Session *session)
{
    setState(sourceKey(session), sourceState(*session));
}

void InventoryTreeModel::sessionPendingChanged(Session *session)
{
    setConflicts(sourceKey(session), conflictsOf(*session));
}

void InventoryTreeModel::setFilter(const SearchQuery &query)
{
    if (query == m_query)
        return;
    m_query = query;
    if (!query.isEmpty()) {
        startSearch();
        return;
    }
    m_search.cancel();
    if (!m_filtered)
        return;
    beginResetModel();
    m_filtered = false;
    m_appliedQuery = {};
    m_matchCount = m_shownMatchCount = 0;
    for (const auto &source : m_sources)
        if (source)
            source->hits.reset();
    clearRows();
    endResetModel();
    emit filterApplied();
}

void InventoryTreeModel::startSearch()
{
    std::vector<SearchRunner::Part> parts;
    for (size_t i = 0; i < m_sources.size(); ++i)
        if (m_sources[i])
            parts.push_back({quint16(i), m_sources[i]->shown, m_sources[i]->conflicts});
    m_search.start(m_query, std::move(parts), m_sections);
}

void InventoryTreeModel::searchFinished(const SearchQuery &query, const std::vector<SearchRunner::Found> &found)
{
    const bool isRefresh = m_filtered && query == m_appliedQuery;
    if (!isRefresh)
        beginResetModel();
    m_filtered = true;
    m_appliedQuery = query;
    m_matchCount = m_shownMatchCount = 0;
    for (const SearchRunner::Found &part : found) {
        if (TreeSource *source = m_sources[part.source].get())
            source->hits = part.hits;
        m_matchCount += part.hits->total();
        m_shownMatchCount += part.hits->shown();
    }
    if (isRefresh) {
        for (const SearchRunner::Found &part : found)
            if (const TreeSource *source = m_sources[part.source].get())
                applyFiltered(part.source, {}, source->shown);
    } else {
        clearRows();
        endResetModel();
    }
    emit filterApplied();
}

void InventoryTreeModel::emitAll(quint32 item)
{
    if (item == 0)
        return;
    emit dataChanged(indexFor(item), indexFor(item, treeColumnCount - 1));
    if (!m_store.hasBranch(item) || m_store.branch(item).items.empty())
        return;
    const std::vector<quint32> children = m_store.branch(item).items;
    emit dataChanged(indexFor(children.front()), indexFor(children.back(), treeColumnCount - 1));
    for (const quint32 child : children)
        if (m_store.hasBranch(child))
            emitAll(child);
}

void InventoryTreeModel::emitServers(TreeColumn first, TreeColumn last)
{
    if (!m_store.hasBranch(0))
        return;
    for (const quint32 leaf : leavesOf(0)) {
        const std::vector<quint32> &items = m_store.branch(leaf).items;
        if (!items.empty())
            emit dataChanged(indexFor(items.front(), int(first)), indexFor(items.back(), int(last)));
    }
}

} // namespace portalbind
