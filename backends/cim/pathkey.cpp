// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/pathkey.h"

#include <algorithm>

namespace portalbind::cim {
namespace {

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
}

int compareNames(std::string_view a, std::string_view b)
{
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        const auto x = static_cast<unsigned char>(lower(a[i]));
        const auto y = static_cast<unsigned char>(lower(b[i]));
        if (x != y)
            return x < y ? -1 : 1;
    }
    return a.size() == b.size() ? 0 : a.size() < b.size() ? -1 : 1;
}

// What a name may not hold if the form is to be read in one way only. No class or key of a schema has any of these.
void appendName(std::string &to, std::string_view name)
{
    for (const char c : name) {
        if (std::string_view("\\.,=\"()").find(c) != std::string_view::npos)
            to += '\\';
        to += lower(c);
    }
}

void appendValue(std::string &to, std::string_view value)
{
    if (value.find_first_of("\\\"") == std::string_view::npos) {
        to += value;
        return;
    }
    for (const char c : value) {
        if (c == '\\' || c == '"')
            to += '\\';
        to += c;
    }
}

} // namespace

void KeyBuilder::begin(std::string_view className)
{
    m_class = className;
    m_parts.clear();
}

void KeyBuilder::add(std::string_view name, std::string_view value)
{
    if (compareNames(name, "__cimnamespace") != 0)
        m_parts.push_back({name, value, false});
}

void KeyBuilder::addReference(std::string_view name, std::string_view key)
{
    m_parts.push_back({name, key, true});
}

std::string KeyBuilder::take()
{
    // Equal names cannot be in a path; if a server sends them, values decide.
    std::sort(m_parts.begin(), m_parts.end(), [](const Part &a, const Part &b) {
        const int order = compareNames(a.name, b.name);
        return order < 0 || (order == 0 && a.value < b.value);
    });
    size_t size = m_class.size();
    for (const Part &part : m_parts)
        size += part.name.size() + part.value.size() + 4;
    std::string key;
    key.reserve(size);
    appendName(key, m_class);
    char separator = '.';
    for (const Part &part : m_parts) {
        key += separator;
        separator = ',';
        appendName(key, part.name);
        key += part.reference ? "=(" : "=\"";
        if (part.reference)
            key += part.value;
        else
            appendValue(key, part.value);
        key += part.reference ? ')' : '"';
    }
    begin({});
    return key;
}

std::string_view classOfKey(std::string_view key)
{
    size_t end = 0;
    while (end < key.size() && key[end] != '.')
        end += key[end] == '\\' ? 2 : 1;
    return key.substr(0, std::min(end, key.size()));
}

bool classEndsWith(std::string_view key, std::string_view lowerCaseName)
{
    const std::string_view name = classOfKey(key);
    return name.size() >= lowerCaseName.size() && name.substr(name.size() - lowerCaseName.size()) == lowerCaseName;
}

std::string looseKey(std::string_view key)
{
    constexpr std::string_view creation = "creationclassname=\"";
    constexpr std::string_view system = "systemname=\"";
    const size_t begin = classOfKey(key).size();
    std::string loose;
    bool told = false;
    size_t at = begin;
    while (at < key.size()) {
        const size_t name = at + 1; // after `.` or `,`
        size_t value = std::min(key.find('=', name), key.size());
        const bool isSystem = key.substr(name, system.size()) == system;
        told = told || key.substr(name, creation.size()) == creation;
        // To the end of the value: a string ends at a bare quote, a reference at its own closing bracket.
        bool quoted = false;
        int depth = 0;
        for (++value; value < key.size(); ++value) {
            if (key[value] == '\\')
                ++value;
            else if (key[value] == '"')
                quoted = !quoted;
            else if (!quoted && (key[value] == '(' || key[value] == ')'))
                depth += key[value] == '(' ? 1 : -1;
            if (!quoted && depth == 0)
                break;
        }
        const size_t end = std::min(value + 1, key.size());
        const size_t from = loose.size();
        loose += key.substr(at, end - at);
        if (isSystem)
            std::transform(loose.begin() + std::ptrdiff_t(from), loose.end(),
                           loose.begin() + std::ptrdiff_t(from), lower);
        at = end;
    }
    return told ? loose : std::string(key.substr(0, begin)) + loose;
}

} // namespace portalbind::cim
