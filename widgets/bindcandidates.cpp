// SPDX-License-Identifier: Apache-2.0
#include "widgets/bindcandidates.h"

#include "model/inventoryorder.h"
#include "model/wording.h"
#include "widgets/icons.h"

#include <QElapsedTimer>
#include <QGuiApplication>
#include <QPalette>

namespace portalbind {

namespace {

constexpr int sliceMilliseconds = 4; // a quarter of a frame
constexpr int mostSorted = 2'000; // sorting more would be felt
constexpr int firstJudged = 256; // of a huge selection: enough to tell whether a candidate takes any

} // namespace

BindCandidates::BindCandidates(QObject *parent)
    : QAbstractListModel(parent)
{
    m_slice.setInterval(0);
    connect(&m_slice, &QTimer::timeout, this, &BindCandidates::workSlice);
}

void BindCandidates::clear()
{
    m_slice.stop();
    beginResetModel();
    m_endpoint = {};
    m_items.clear();
    m_all.clear();
    m_fit.clear();
    m_unfit.clear();
    m_nodesToList.clear();
    m_serversToList.clear();
    m_scanned = 0;
    endResetModel();
}

void BindCandidates::showPortalsFor(const Inventory &inventory, EndpointHandle endpoint)
{
    clear();
    m_inventory = inventory;
    m_endpoint = endpoint;
    if (!inventory.has(endpoint))
        return;
    QList<PortalHandle> portals = inventory.portalsOf(inventory.endpoint(endpoint).server);
    if (portals.size() <= mostSorted)
        portals = InventoryOrder::byAddress(inventory, portals);
    m_all.reserve(size_t(portals.size()));
    for (const PortalHandle portal : portals)
        m_all.push_back({portal.value, Fit::Unknown});
    restart();
}

void BindCandidates::showEndpointsFor(const Inventory &inventory, const QList<DragItem> &items)
{
    clear();
    m_inventory = inventory;
    m_items = takeApart(inventory, items);
    for (const DragItem &item : std::as_const(m_items)) {
        if (!inventory.has(item.portal))
            continue;
        const ServerHandle server = inventory.portal(item.portal).server;
        if (!m_serversToList.contains(server))
            m_serversToList.append(server);
    }
    restart();
}

void BindCandidates::setFilter(const QString &text)
{
    const QStringList words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    if (words == m_words)
        return;
    m_words = words;
    restart();
}

void BindCandidates::restart()
{
    beginResetModel();
    m_fit.clear();
    m_unfit.clear();
    m_scanned = 0;
    endResetModel();
    m_slice.start();
    workSlice();
}

bool BindCandidates::addNextEndpoints()
{
    if (!m_nodesToList.isEmpty()) {
        for (const EndpointHandle endpoint : m_inventory.endpointsOf(m_nodesToList.takeLast()))
            m_all.push_back({endpoint.value, Fit::Unknown});
        return true;
    }
    if (m_serversToList.isEmpty())
        return false;
    const ServerHandle server = m_serversToList.takeFirst();
    m_nodesToList = m_inventory.nodesOf(server);
    if (m_nodesToList.size() <= mostSorted)
        m_nodesToList = InventoryOrder::byName(m_inventory, m_nodesToList);
    std::reverse(m_nodesToList.begin(), m_nodesToList.end());
    for (const EndpointHandle endpoint : m_inventory.looseEndpointsOf(server))
        m_all.push_back({endpoint.value, Fit::Unknown});
    return true;
}

void BindCandidates::workSlice()
{
    QElapsedTimer clock;
    clock.start();
    std::vector<quint32> fit, unfit;
    while (clock.elapsed() < sliceMilliseconds) {
        if (m_scanned == m_all.size()) {
            if (addNextEndpoints())
                continue;
            m_slice.stop();
            break;
        }
        Candidate &candidate = m_all[m_scanned++];
        if (!matches(label(candidate.handle)))
            continue;
        if (candidate.fit == Fit::Unknown)
            candidate.fit = judge(candidate.handle);
        (candidate.fit == Fit::Yes ? fit : unfit).push_back(candidate.handle);
    }
    if (!fit.empty()) {
        beginInsertRows({}, int(m_fit.size()), int(m_fit.size() + fit.size()) - 1);
        m_fit.insert(m_fit.end(), fit.begin(), fit.end());
        endInsertRows();
    }
    if (!unfit.empty()) {
        const int first = int(m_fit.size() + m_unfit.size());
        beginInsertRows({}, first, first + int(unfit.size()) - 1);
        m_unfit.insert(m_unfit.end(), unfit.begin(), unfit.end());
        endInsertRows();
    }
    emit progressed();
}

bool BindCandidates::matches(const QString &label) const
{
    return std::all_of(m_words.begin(), m_words.end(),
                       [&label](const QString &word) { return label.contains(word, Qt::CaseInsensitive); });
}

QString BindCandidates::label(quint32 handle) const
{
    if (m_endpoint) {
        const PortalHandle portal{handle};
        if (!m_inventory.has(portal))
            return {};
        const Portal value = m_inventory.portal(portal);
        QStringList groups;
        for (const GroupHandle group : m_inventory.groupsOf(portal))
            groups += m_inventory.group(group).name;
        return groups.isEmpty() ? value.address.toString()
                                : tr("%1  in %2").arg(value.address.toString(), groups.join(QLatin1String(", ")));
    }
    const EndpointHandle endpoint{handle};
    if (!m_inventory.has(endpoint))
        return {};
    const Endpoint value = m_inventory.endpoint(endpoint);
    if (!value.node || !m_inventory.has(value.node))
        return tr("%1 on %2").arg(endpointInNodeText(m_inventory, endpoint), serverText(m_inventory, value.server));
    return tr("%1 of %2").arg(endpointInNodeText(m_inventory, endpoint), m_inventory.node(value.node).name);
}

DropIntent BindCandidates::judged(quint32 handle, const DropModifiers &modifiers) const
{
    return m_endpoint
            ? dropIntent(m_inventory, {DragItem{PortalHandle{handle}, {}, {}}}, DropPlace::on(m_endpoint), modifiers)
            : dropIntent(m_inventory, m_items, DropPlace::on(EndpointHandle{handle}), modifiers);
}

BindCandidates::Fit BindCandidates::judge(quint32 handle) const
{
    if (m_endpoint)
        return judged(handle, {}).doesSomething() ? Fit::Yes : Fit::No;
    DropJudge judge(m_inventory, m_items, DropPlace::on(EndpointHandle{handle}), {});
    judge.judge(firstJudged);
    return judge.takesSome() ? Fit::Yes : Fit::No;
}

quint32 BindCandidates::at(int row) const
{
    const auto i = size_t(row);
    return i < m_fit.size() ? m_fit[i] : m_unfit[i - m_fit.size()];
}

DropIntent BindCandidates::intent(int row, const DropModifiers &modifiers) const
{
    return judged(at(row), modifiers);
}

int BindCandidates::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_fit.size() + m_unfit.size());
}

Qt::ItemFlags BindCandidates::flags(const QModelIndex &index) const
{
    return index.isValid() ? Qt::ItemIsSelectable | Qt::ItemIsEnabled | Qt::ItemNeverHasChildren : Qt::NoItemFlags;
}

QVariant BindCandidates::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const quint32 handle = at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return label(handle);
    case SentenceRole:
    case Qt::ToolTipRole:
        return judged(handle, {}).sentence;
    case FitsRole:
        return fits(index.row());
    case HasPortalRole:
        return !m_endpoint.isNull();
    case Qt::DecorationRole:
        if (!fits(index.row()))
            return icon(QStringLiteral("lock"));
        return icon(m_endpoint ? QStringLiteral("portal-free") : QStringLiteral("endpoint"));
    case Qt::ForegroundRole:
        return fits(index.row()) ? QVariant()
                                 : QVariant(QGuiApplication::palette().brush(QPalette::Disabled, QPalette::Text));
    case Qt::AccessibleTextRole:
        return tr("%1: %2").arg(label(handle), judged(handle, {}).sentence);
    default:
        return {};
    }
}

} // namespace portalbind
