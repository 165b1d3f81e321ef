// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/keytable.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace portalbind::cim {
namespace {

constexpr size_t blockBytes = size_t(1) << 18;

quint32 hashOf(std::string_view key)
{
    const size_t hash = std::hash<std::string_view>()(key);
    return quint32(hash ^ (hash >> 32));
}

} // namespace

KeyTable::KeyTable()
    : m_slots(1024)
{
}

size_t KeyTable::slotOf(std::string_view key, quint32 hash) const
{
    const size_t mask = m_slots.size() - 1;
    size_t at = hash & mask;
    while (m_slots[at].number != none && (m_slots[at].hash != hash || m_keys[m_slots[at].number] != key))
        at = (at + 1) & mask;
    return at;
}

quint32 KeyTable::find(std::string_view key) const
{
    return m_slots[slotOf(key, hashOf(key))].number;
}

quint32 KeyTable::number(std::string_view key)
{
    const quint32 hash = hashOf(key);
    size_t at = slotOf(key, hash);
    if (m_slots[at].number != none)
        return m_slots[at].number;
    if ((m_keys.size() + 1) * 2 > m_slots.size()) {
        grow();
        at = slotOf(key, hash);
    }
    m_slots[at] = {quint32(m_keys.size()), hash};
    m_keys.push_back(keep(key));
    return m_slots[at].number;
}

void KeyTable::grow()
{
    const std::vector<Slot> old = std::exchange(m_slots, std::vector<Slot>(m_slots.size() * 2));
    const size_t mask = m_slots.size() - 1;
    for (const Slot &slot : old) {
        if (slot.number == none)
            continue;
        size_t at = slot.hash & mask;
        while (m_slots[at].number != none)
            at = (at + 1) & mask;
        m_slots[at] = slot;
    }
}

std::string_view KeyTable::keep(std::string_view key)
{
    if (key.size() > m_free || m_blocks.empty()) {
        m_free = std::max(blockBytes, key.size());
        m_blocks.push_back(std::make_unique<char[]>(m_free));
        m_used = 0;
    }
    char *const at = m_blocks.back().get() + m_used;
    key.copy(at, key.size());
    m_used += key.size();
    m_bytes += key.size();
    m_free -= key.size();
    return {at, key.size()};
}

} // namespace portalbind::cim
