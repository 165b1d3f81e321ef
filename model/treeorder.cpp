// SPDX-License-Identifier: Apache-2.0
#include "model/treeorder.h"

#include "model/treerow.h"

#include <algorithm>

namespace portalbind {

namespace {

void appendFolded(std::string &key, QChar c)
{
    // The base letter of an accented one, so that é stands beside e in every locale.
    const QString parts = c.decomposition();
    const char16_t folded = (parts.isEmpty() ? c : parts.front()).toCaseFolded().unicode();
    if (folded < 0x80) {
        key += char(folded);
        return;
    }
    key += char(0xe0 | (folded >> 12)); // three bytes always: the order is that of the code units
    key += char(0x80 | ((folded >> 6) & 0x3f));
    key += char(0x80 | (folded & 0x3f));
}

bool isDigit(QChar c)
{
    return c >= QLatin1Char('0') && c <= QLatin1Char('9');
}

int rankOf(const TreeInventory &inventory, const TreeMember &member)
{
    switch (member.kind) {
    case RowKind::Connection:
    case RowKind::Group:
        return 1;
    case RowKind::LoosePortals:
        return 2;
    case RowKind::Targets:
        return 3;
    case RowKind::Initiators:
        return 4;
    case RowKind::Node:
        return inventory.holderOf(NodeHandle{member.handle}).kind == RowKind::Targets ? 1 : 2;
    case RowKind::Endpoint: {
        // The switch for all targets stands first, orphans last.
        const EndpointHandle h{member.handle};
        if (inventory.holderOf(h).kind == RowKind::Node)
            return 0;
        return inventory.endpoint(h).scope == BindingScope::Server ? 0 : 3;
    }
    default:
        return 0;
    }
}

std::string addressTail(const PortalAddress &address)
{
    if (address.ip.family() != IpAddress::Family::IPv6)
        return {};
    std::string tail(reinterpret_cast<const char *>(address.ip.bytes().data()), address.ip.bytes().size());
    tail += address.ip.scope().toStdString();
    tail += '\0';
    tail += char(address.port >> 8);
    tail += char(address.port & 0xff);
    return tail;
}

quint64 stateNumber(const TreeInventory &inventory, const TreeHolder &holder, const TreeMember &member)
{
    const TreeRow row(inventory, holder, member.kind, member.handle);
    const auto mark = quint64(row.mark());
    switch (member.kind) {
    case RowKind::Portal:
        return (mark << 8) | quint64(portalState(inventory, PortalHandle{member.handle}));
    case RowKind::Binding: // a pending one is told as that alone, whatever else the portal serves
        return mark != 0 ? mark << 8 : quint64(portalState(inventory, PortalHandle{member.handle}));
    case RowKind::Endpoint:
        return (mark << 8) | (inventory.endpoint(EndpointHandle{member.handle}).enabled ? 0 : 1);
    default:
        return mark << 8;
    }
}

quint64 useNumber(const TreeInventory &inventory, const TreeHolder &holder, const TreeMember &member)
{
    switch (member.kind) {
    case RowKind::Group:
        return quint64(inventory.portalCount(GroupHandle{member.handle}));
    case RowKind::Node:
        return quint64(inventory.endpointCount(NodeHandle{member.handle}));
    case RowKind::Endpoint: {
        const EndpointHandle h{member.handle};
        return (quint64(inventory.portalCount(h)) << 32) | quint64(inventory.sessionCount(h));
    }
    case RowKind::Portal:
        return quint64(inventory.endpointCount(PortalHandle{member.handle}));
    case RowKind::Binding:
        return quint64(inventory.sessionCount(Binding{EndpointHandle{holder.handle}, PortalHandle{member.handle}}));
    default:
        return 0;
    }
}

} // namespace

std::string naturalKey(QStringView text)
{
    std::string key;
    key.reserve(size_t(text.size()) + 8);
    for (qsizetype i = 0; i < text.size();) {
        if (!isDigit(text[i])) {
            appendFolded(key, text[i++]);
            continue;
        }
        while (i + 1 < text.size() && text[i] == QLatin1Char('0') && isDigit(text[i + 1]))
            ++i;
        const qsizetype begin = i;
        while (i < text.size() && isDigit(text[i]))
            ++i;
        // A longer number is a greater one. No name is long enough (223 bytes) for its length to need two bytes.
        key += '0';
        key += char(std::min<qsizetype>(i - begin, 255));
        for (qsizetype d = begin; d < i; ++d)
            key += char(text[d].unicode());
    }
    return key;
}

quint64 addressNumber(const PortalAddress &address)
{
    const auto &bytes = address.ip.bytes();
    quint64 number = 0;
    switch (address.ip.family()) {
    case IpAddress::Family::None:
        return 0;
    case IpAddress::Family::IPv4:
        for (size_t i = 12; i < 16; ++i)
            number = (number << 8) | bytes[i];
        return (quint64(1) << 48) | (number << 16) | address.port;
    case IpAddress::Family::IPv6:
        for (size_t i = 0; i < 8; ++i)
            number = (number << 8) | bytes[i];
        return (quint64(1) << 63) | (number >> 1);
    }
    return 0;
}

TreeOrder::Key TreeOrder::key(const TreeInventory &inventory, const TreeHolder &holder, const TreeMember &member) const
{
    Key key;
    key.member = member;
    const TreeRow row(inventory, holder, member.kind, member.handle);
    if (!row.exists()) // a connection without servers
        return key.rank = 1, key;
    key.rank = rankOf(inventory, member);
    switch (member.kind) {
    case RowKind::Server:
    case RowKind::Group:
    case RowKind::Node:
        key.naturalText = naturalKey(row.name());
        break;
    case RowKind::Endpoint:
        key.naturalNumber = inventory.endpoint(EndpointHandle{member.handle}).tag;
        break;
    case RowKind::Portal:
    case RowKind::Binding: {
        const PortalAddress address = inventory.address(PortalHandle{member.handle});
        key.naturalNumber = addressNumber(address);
        key.naturalText = addressTail(address);
        break;
    }
    default:
        break;
    }
    switch (m_column) {
    case TreeColumn::Address:
        if (member.kind == RowKind::Server)
            key.text = naturalKey(row.address());
        break;
    case TreeColumn::State:
        key.number = stateNumber(inventory, holder, member);
        break;
    case TreeColumn::UsedBy:
        key.number = useNumber(inventory, holder, member);
        break;
    case TreeColumn::Name:
    case TreeColumn::Tag:
        break; // endpoints are ordered by tag as it is
    }
    return key;
}

bool TreeOrder::less(const Key &a, const Key &b) const
{
    if (a.rank != b.rank)
        return a.rank < b.rank;
    const Key &first = m_direction == Qt::AscendingOrder ? a : b;
    const Key &second = m_direction == Qt::AscendingOrder ? b : a;
    if (first.number != second.number)
        return first.number < second.number;
    if (const int order = first.text.compare(second.text); order != 0)
        return order < 0;
    if (first.naturalNumber != second.naturalNumber)
        return first.naturalNumber < second.naturalNumber;
    if (const int order = first.naturalText.compare(second.naturalText); order != 0)
        return order < 0;
    return first.member < second.member;
}

void TreeOrder::sort(const Inventories &inventories, const TreeHolder &holder, std::vector<TreeMember> &members) const
{
    if (members.empty())
        return;
    if (holder.kind == RowKind::Group || holder.kind == RowKind::LoosePortals || holder.kind == RowKind::Node
        || holder.kind == RowKind::Endpoint)
        return sortByNumber(inventories(members.front().source), holder, members);
    std::vector<Key> keys;
    keys.reserve(members.size());
    for (const TreeMember &member : members)
        keys.push_back(key(inventories(member.source), holder, member));
    std::vector<quint32> order(keys.size());
    for (size_t i = 0; i < order.size(); ++i)
        order[i] = quint32(i);
    std::sort(order.begin(), order.end(), [&](quint32 a, quint32 b) { return less(keys[a], keys[b]); });
    for (size_t i = 0; i < order.size(); ++i)
        members[i] = keys[order[i]].member;
}

// A portal's IPv4 address is one number, an endpoint's tag another: a million are sorted without making a key for each.
void TreeOrder::sortByNumber(const TreeInventory &inventory, const TreeHolder &holder,
                             std::vector<TreeMember> &members) const
{
    struct Entry
    {
        quint64 number;
        quint64 natural;
        TreeMember member;
    };
    const bool plain = m_column != TreeColumn::State && m_column != TreeColumn::UsedBy;
    std::vector<Entry> entries;
    entries.reserve(members.size());
    for (const TreeMember &member : members) {
        const quint64 number = plain            ? 0
                : m_column == TreeColumn::State ? stateNumber(inventory, holder, member)
                                                : useNumber(inventory, holder, member);
        const quint64 natural = member.kind == RowKind::Endpoint
                ? inventory.endpoint(EndpointHandle{member.handle}).tag
                : addressNumber(inventory.address(PortalHandle{member.handle}));
        entries.push_back({number, natural, member});
    }
    const bool ascending = m_direction == Qt::AscendingOrder;
    std::sort(entries.begin(), entries.end(), [&](const Entry &a, const Entry &b) {
        const Entry &first = ascending ? a : b;
        const Entry &second = ascending ? b : a;
        if (first.number != second.number)
            return first.number < second.number;
        if (first.natural != second.natural)
            return first.natural < second.natural;
        if (first.natural >> 63) // IPv6: there is more of it
            return less(key(inventory, holder, a.member), key(inventory, holder, b.member));
        return first.member < second.member;
    });
    for (size_t i = 0; i < entries.size(); ++i)
        members[i] = entries[i].member;
}

} // namespace portalbind
