// SPDX-License-Identifier: Apache-2.0
#include "model/searchwords.h"

#include <algorithm>
#include <string_view>

namespace portalbind {

namespace {

constexpr qsizetype mostWords = 64; // one bit each; nobody types more

/// A text of a few characters, made without allocating.
class ShortText
{
public:
    void append(char c)
    {
        if (m_size < m_text.size())
            m_text[m_size++] = c;
    }
    void append(quint32 number)
    {
        if (number >= 10)
            append(number / 10);
        append(char('0' + number % 10));
    }
    [[nodiscard]] std::string_view view() const { return {m_text.data(), m_size}; }

private:
    std::array<char, 24> m_text; // 255.255.255.255:65535
    size_t m_size = 0;
};

/// `10.0.1.5:3260`, as PortalAddress::toString() has it.
ShortText textOfIPv4(const PortalAddress &address)
{
    ShortText text;
    for (size_t i = 12; i < 16; ++i) {
        if (i > 12)
            text.append('.');
        text.append(quint32(address.ip.bytes()[i]));
    }
    if (address.port != 0) {
        text.append(':');
        text.append(quint32(address.port));
    }
    return text;
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
    const bool ipv4 = address.ip.family() == IpAddress::Family::IPv4;
    const ShortText brief = ipv4 ? textOfIPv4(address) : ShortText();
    const std::string canonical = ipv4 ? std::string() : address.toString().toLower().toStdString();
    const std::string_view text = ipv4 ? brief.view() : std::string_view(canonical);
    for (size_t i = 0; i < m_latin.size(); ++i) {
        const bool inState = (found >> i) & 1;
        if (!inState && (m_latin[i].empty() || text.find(m_latin[i]) == std::string_view::npos))
            return false;
    }
    return true;
}

} // namespace portalbind
