// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtGlobal>

#include <memory>
#include <string_view>
#include <vector>

namespace portalbind::cim {

/// Numbers for canonical keys: one for each that was seen, counted from 0, in the order of first sight. Joins compare
/// numbers. Not safe for several threads.
class KeyTable
{
public:
    static constexpr quint32 none = ~quint32(0);

    KeyTable();
    [[nodiscard]] quint32 number(std::string_view key); ///< made on first sight
    [[nodiscard]] quint32 find(std::string_view key) const; ///< or none
    [[nodiscard]] std::string_view key(quint32 number) const { return m_keys[number]; }
    [[nodiscard]] quint32 size() const { return quint32(m_keys.size()); }
    [[nodiscard]] size_t bytes() const { return m_bytes; } ///< of all keys

private:
    [[nodiscard]] size_t slotOf(std::string_view key, quint32 hash) const;
    void grow();
    std::string_view keep(std::string_view key);

    struct Slot
    {
        quint32 number = none;
        quint32 hash = 0;
    };
    std::vector<Slot> m_slots; // a power of two, at most half full
    std::vector<std::string_view> m_keys;
    std::vector<std::unique_ptr<char[]>> m_blocks; // never move
    size_t m_used = 0, m_free = 0; // bytes of the last block
    size_t m_bytes = 0;
};

} // namespace portalbind::cim
