// SPDX-License-Identifier: Apache-2.0
#include "model/handle.h"

#include <algorithm>
#include <mutex>
#include <string_view>
#include <unordered_map>

namespace portalbind {
namespace {
// Blocks never move, so that the views of the look-up table stay valid. They grow: most connections are small.
constexpr size_t firstBlockBytes = size_t(1) << 10;
constexpr size_t blockBytes = size_t(1) << 20;
} // namespace

struct IdTable::Column
{
    std::vector<std::string_view> ids{std::string_view()}; // by handle value
    std::unordered_map<std::string_view, quint32> values;
    std::vector<std::unique_ptr<char[]>> blocks;
    size_t size = 0; // of the last block
    size_t used = 0;

    std::string_view keep(std::string_view id)
    {
        if (id.size() > blockBytes / 4) { // a block of its own, slipped in before the one being filled
            auto own = std::make_unique_for_overwrite<char[]>(id.size());
            id.copy(own.get(), id.size());
            const std::string_view kept(own.get(), id.size());
            blocks.insert(blocks.empty() ? blocks.end() : blocks.end() - 1, std::move(own));
            return kept;
        }
        if (used + id.size() > size) {
            size = std::clamp(std::max(2 * size, 4 * id.size()), firstBlockBytes, blockBytes);
            blocks.push_back(std::make_unique_for_overwrite<char[]>(size));
            used = 0;
        }
        char *const at = blocks.back().get() + used;
        id.copy(at, id.size());
        used += id.size();
        return {at, id.size()};
    }
};

IdTable::IdTable()
    : m_columns(std::make_unique<Column[]>(kindCount))
{
}
IdTable::~IdTable() = default;

quint32 IdTable::internValue(Kind kind, QByteArrayView id)
{
    const std::string_view key(id.data(), size_t(id.size()));
    Column &column = m_columns[size_t(kind)];
    {
        std::shared_lock lock(m_mutex);
        if (const auto found = column.values.find(key); found != column.values.end())
            return found->second;
    }
    std::unique_lock lock(m_mutex);
    if (const auto found = column.values.find(key); found != column.values.end())
        return found->second;
    const auto value = quint32(column.ids.size());
    const std::string_view kept = column.keep(key);
    column.ids.push_back(kept);
    column.values.emplace(kept, value);
    return value;
}

quint32 IdTable::findValue(Kind kind, QByteArrayView id) const
{
    std::shared_lock lock(m_mutex);
    const Column &column = m_columns[size_t(kind)];
    const auto found = column.values.find(std::string_view(id.data(), size_t(id.size())));
    return found == column.values.end() ? 0 : found->second;
}

QByteArray IdTable::idOf(Kind kind, quint32 value) const
{
    std::shared_lock lock(m_mutex);
    const Column &column = m_columns[size_t(kind)];
    if (value >= column.ids.size())
        return {};
    return {column.ids[value].data(), qsizetype(column.ids[value].size())};
}

quint32 IdTable::provisionalValue(Kind kind)
{
    std::unique_lock lock(m_mutex);
    Column &column = m_columns[size_t(kind)];
    column.ids.emplace_back();
    return quint32(column.ids.size() - 1);
}

bool IdTable::assignValue(Kind kind, quint32 value, QByteArrayView id)
{
    std::unique_lock lock(m_mutex);
    Column &column = m_columns[size_t(kind)];
    const std::string_view key(id.data(), size_t(id.size()));
    if (value == 0 || value >= column.ids.size())
        return false;
    if (const auto found = column.values.find(key); found != column.values.end())
        return found->second == value;
    if (!column.ids[value].empty())
        column.values.erase(column.ids[value]);
    const std::string_view kept = column.keep(key);
    column.ids[value] = kept;
    column.values.emplace(kept, value);
    return true;
}

void IdTable::releaseValue(Kind kind, quint32 value)
{
    std::unique_lock lock(m_mutex);
    Column &column = m_columns[size_t(kind)];
    if (value >= column.ids.size() || column.ids[value].empty())
        return;
    column.values.erase(column.ids[value]);
    column.ids[value] = {};
}

quint32 IdTable::count(Kind kind) const
{
    std::shared_lock lock(m_mutex);
    return quint32(m_columns[size_t(kind)].ids.size() - 1);
}

} // namespace portalbind
