// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/cimtypes.h"

#include <algorithm>
#include <charconv>

namespace portalbind::cim {
namespace {

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
}

std::optional<quint64> number(std::string_view digits, int base)
{
    quint64 value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return value;
}

bool startsHex(std::string_view text)
{
    return text.size() > 2 && text[0] == '0' && lower(text[1]) == 'x';
}

/// What stands after the last comma, and the letter that tells the role.
struct NameEnd
{
    std::string_view tag;
    char letter = 0;
};

NameEnd endOfName(std::string_view name)
{
    name = trimmed(name);
    const size_t comma = name.rfind(',');
    if (comma == std::string_view::npos)
        return {};
    NameEnd end{trimmed(name.substr(comma + 1)), 0};
    const std::string_view before = trimmed(name.substr(0, comma));
    if (before.size() < 2)
        return end;
    const char letter = lower(before.back());
    // Without the first comma of `IQN,t,0x0001` the letter is known by the `0x` after it only.
    const bool set = before[before.size() - 2] == ',' || startsHex(end.tag);
    if (set && (letter == 't' || letter == 'i'))
        end.letter = letter;
    return end;
}

} // namespace

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blank = " \t\r\n";
    const size_t begin = text.find_first_not_of(blank);
    if (begin == std::string_view::npos)
        return text.substr(0, 0);
    return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

bool equalNames(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<bool> toBoolean(std::string_view text)
{
    text = trimmed(text);
    if (text == "1" || equalNames(text, "true"))
        return true;
    if (text == "0" || equalNames(text, "false"))
        return false;
    return std::nullopt;
}

std::optional<quint64> toUnsigned(std::string_view text)
{
    text = trimmed(text);
    return startsHex(text) ? number(text.substr(2), 16) : number(text, 10);
}

std::optional<quint64> toTag(std::string_view text)
{
    text = trimmed(text);
    return number(startsHex(text) ? text.substr(2) : text, 16);
}

std::optional<quint64> tagOfName(std::string_view name)
{
    const NameEnd end = endOfName(name);
    return end.letter ? toTag(end.tag) : toUnsigned(end.tag);
}

std::string_view nodeOfName(std::string_view name)
{
    name = trimmed(name);
    const size_t comma = name.find(',');
    if (comma == std::string_view::npos)
        return name;
    std::string_view node = trimmed(name.substr(0, comma));
    if (comma == name.rfind(',') && endOfName(name).letter)
        node.remove_suffix(1);
    return node;
}

std::optional<Role> roleOfName(std::string_view name)
{
    const char letter = endOfName(name).letter;
    if (!letter)
        return std::nullopt;
    return letter == 't' ? Role::Target : Role::Initiator;
}

Role toRole(std::string_view text)
{
    switch (toUnsigned(text).value_or(0)) {
    case 2:
        return Role::Initiator;
    case 3:
        return Role::Target;
    case 4:
        return Role::Both;
    default:
        return Role::Unknown;
    }
}

std::optional<QDateTime> toDateTime(std::string_view text)
{
    text = trimmed(text);
    if (text.find('T') != std::string_view::npos) {
        const QDateTime time = QDateTime::fromString(toText(text), Qt::ISODateWithMs);
        return time.isValid() ? std::optional(time.toUTC()) : std::nullopt;
    }
    // 20261122080910.123456+000
    if (text.size() != 25 || text[14] != '.' || (text[21] != '+' && text[21] != '-'))
        return std::nullopt;
    const auto part = [&](size_t at, size_t size) { return number(text.substr(at, size), 10); };
    const auto year = part(0, 4), month = part(4, 2), day = part(6, 2), hour = part(8, 2), minute = part(10, 2),
               second = part(12, 2), micro = part(15, 6), offset = part(22, 3);
    if (!year || !month || !day || !hour || !minute || !second || !micro || !offset)
        return std::nullopt;
    const QDate date(static_cast<int>(*year), static_cast<int>(*month), static_cast<int>(*day));
    const QTime time(static_cast<int>(*hour), static_cast<int>(*minute), static_cast<int>(*second),
                     static_cast<int>(*micro / 1000));
    if (!date.isValid() || !time.isValid())
        return std::nullopt;
    const qint64 minutes = text[21] == '-' ? -qint64(*offset) : qint64(*offset);
    return QDateTime(date, time, Qt::UTC).addSecs(-60 * minutes);
}

std::optional<IpAddress> toAddress(std::string_view text)
{
    text = trimmed(text);
    if (text.empty())
        return std::nullopt;
    const auto address = IpAddress::parse(toText(text));
    if (!address)
        return std::nullopt;
    const auto &bytes = address->bytes();
    const bool zeroPrefix = std::all_of(bytes.begin(), bytes.begin() + 12, [](quint8 b) { return b == 0; });
    if (address->family() == IpAddress::Family::IPv6 && zeroPrefix && !address->isWildcard() && !address->isLoopback())
        return std::nullopt;
    return *address;
}

QString toText(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}

} // namespace portalbind::cim
