// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/iscsiname.h"

#include <algorithm>

namespace portalbind::kernel {

namespace {

constexpr std::size_t longestName = 223; // bytes, RFC 7143 4.2.7.1

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isLetterOrDigit(char c)
{
    return (c >= 'a' && c <= 'z') || isDigit(c);
}

bool areHexDigits(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return isDigit(c) || (c >= 'a' && c <= 'f'); });
}

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// `2026-11`: a year, and a month from 01 to 12.
bool isDate(std::string_view text)
{
    if (text.size() != 7 || text[4] != '-')
        return false;
    for (const std::size_t i : {0U, 1U, 2U, 3U, 5U, 6U}) {
        if (!isDigit(text[i]))
            return false;
    }
    const int month = (text[5] - '0') * 10 + (text[6] - '0');
    return month >= 1 && month <= 12;
}

/// Labels of letters, digits and inner hyphens, at most 63 bytes each (RFC 1123).
bool isDomain(std::string_view text)
{
    while (true) {
        const auto dot = text.find('.');
        const std::string_view label = text.substr(0, dot);
        const bool fits = !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-'
                && std::all_of(label.begin(), label.end(), [](char c) { return isLetterOrDigit(c) || c == '-'; });
        if (!fits)
            return false;
        if (dot == std::string_view::npos)
            return true;
        text = text.substr(dot + 1);
    }
}

std::string iqnFault(std::string_view rest)
{
    const auto dot = rest.find('.');
    if (dot == std::string_view::npos || !isDate(rest.substr(0, dot)))
        return "iqn. is not followed by a year and a month like 2026-11";
    rest = rest.substr(dot + 1);
    const auto colon = rest.find(':');
    if (!isDomain(rest.substr(0, colon)))
        return "the date is not followed by a reversed domain name";
    if (colon != std::string_view::npos && colon + 1 == rest.size())
        return "nothing follows the colon";
    return {};
}

} // namespace

std::string iscsiNameFault(std::string_view name)
{
    if (name.size() > longestName)
        return "longer than 223 bytes";
    const auto isAllowed = [](char c) { return isLetterOrDigit(c) || c == '-' || c == '.' || c == ':'; };
    if (!std::all_of(name.begin(), name.end(), isAllowed))
        return "only lower case letters, digits, hyphens, dots and colons are allowed";
    const std::string_view kind = name.substr(0, 4);
    const std::string_view rest = name.substr(std::min<std::size_t>(name.size(), 4));
    if (kind == "iqn.")
        return iqnFault(rest);
    if (kind == "eui.")
        return rest.size() == 16 && areHexDigits(rest) ? "" : "eui. is not followed by 16 hexadecimal digits";
    if (kind == "naa.")
        return (rest.size() == 16 || rest.size() == 32) && areHexDigits(rest)
                ? ""
                : "naa. is not followed by 16 or 32 hexadecimal digits";
    return "does not begin with iqn., eui. or naa.";
}

bool sameIscsiName(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

} // namespace portalbind::kernel
