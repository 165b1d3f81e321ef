// SPDX-License-Identifier: Apache-2.0
#include "model/searchwords.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace portalbind {

namespace {

constexpr qsizetype mostWords = 64; // one bit each; nobody types more

/// Writes `10.0.1.5:3260` as PortalAddress::toString() does, without allocating.
size_t writeIPv4(const PortalAddress &address, char *to, char *end)
{
    char *at = to;
    for (size_t i = 12; i < 16; ++i) {
        if (i > 12)
            *at++ = '.';
        at = std::to_chars(at, end, address.ip.bytes()[i]).ptr;
    }
    if (address.port != 0) {
        *at++ = ':';
        at = std::to_chars(at, end, address.port).ptr;
    }
    return size_t(at - to);
}

} // namespace

SearchWords::SearchWords(const QString &text)
    : m_words(text.simplified().toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts).mid(0, mostWords))
{
    for (qsizetype i = 0; i < m_words.size(); ++i) {
        const QString &word = m_words[i];
        const bool isAscii = std::all_of(word.begin(), word.end(), [](QChar c) { return c.unicode() < 0x80; });
        m_latin.push_back(isAscii ? word.toStdString() : std::string());
        const quint64 bit = quint64(1) << i;
        m_all |= bit;
        for (size_t state = 0; state < m_states.size(); ++state)
            for (const bool ipv6 : {false, true})
                if (stateText(PortalState(state), ipv6).contains(word, Qt::CaseInsensitive))
                    m_states[state][ipv6] |= bit;
    }
}

bool SearchWords::matchAll(const QStringList &fields) const
{
    return std::all_of(m_words.begin(), m_words.end(), [&](const QString &word) {
        return std::any_of(fields.begin(), fields.end(),
                           [&](const QString &field) { return field.contains(word, Qt::CaseInsensitive); });
    });
}

bool SearchWords::matchPortal(const PortalAddress &address, PortalState state) const
{
    const bool ipv6 = address.ip.family() == IpAddress::Family::IPv6;
    const quint64 found = m_states[size_t(state)][ipv6];
    if (found == m_all)
        return true;
    char buffer[64];
    std::string canonical;
    std::string_view text;
    if (address.ip.family() == IpAddress::Family::IPv4) {
        text = {buffer, writeIPv4(address, buffer, buffer + sizeof buffer)};
    } else {
        canonical = address.toString().toLower().toStdString();
        text = canonical;
    }
    for (size_t i = 0; i < m_latin.size(); ++i) {
        const bool inState = (found >> i) & 1;
        if (!inState && (m_latin[i].empty() || text.find(m_latin[i]) == std::string_view::npos))
            return false;
    }
    return true;
}

} // namespace portalbind
