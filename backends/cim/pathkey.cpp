// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/pathkey.h"

#include <algorithm>
#include <tuple>

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
    const auto isSpecial = [](char c) { return c == '\\' || c == '"'; };
    if (std::none_of(value.begin(), value.end(), isSpecial)) {
        to += value;
        return;
    }
    for (const char c : value) {
        if (isSpecial(c))
            to += '\\';
        to += c;
    }
}

/// The end of a value that begins at \a at with `"` or `(`: the place after its closing `"` or `)`; npos when it has
/// none.
size_t endOfValue(std::string_view key, size_t at)
{
    bool quoted = false;
    int depth = 0;
    for (; at < key.size(); ++at) {
        if (key[at] == '\\')
            ++at;
        else if (key[at] == '"')
            quoted = !quoted;
        else if (!quoted && (key[at] == '(' || key[at] == ')'))
            depth += key[at] == '(' ? 1 : -1;
        if (!quoted && depth <= 0)
            return depth < 0 ? std::string_view::npos : std::min(at + 1, key.size());
    }
    return std::string_view::npos;
}

/// The first bare \a c from \a at on; npos when there is none.
size_t findBare(std::string_view key, char c, size_t at)
{
    for (; at < key.size(); ++at) {
        if (key[at] == '\\')
            ++at;
        else if (key[at] == c)
            return at;
    }
    return std::string_view::npos;
}

std::string unescaped(std::string_view text)
{
    std::string plain;
    plain.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size())
            ++i;
        plain += text[i];
    }
    return plain;
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

bool KeyBuilder::hasShape() const
{
    return m_shape.className == m_class
            && std::equal(m_parts.begin(), m_parts.end(), m_shape.names.begin(), m_shape.names.end(),
                          [](const Part &part, const std::string &name) { return part.name == name; });
}

void KeyBuilder::learnShape()
{
    m_shape = {};
    m_shape.className = m_class;
    appendName(m_shape.canonicalClass, m_class);
    for (size_t i = 0; i < m_parts.size(); ++i) {
        m_shape.names.emplace_back(m_parts[i].name);
        m_shape.order.push_back(i);
    }
    // Equal names cannot be in a path; if a server sends them, values decide.
    std::sort(m_shape.order.begin(), m_shape.order.end(), [this](size_t a, size_t b) {
        const int order = compareNames(m_parts[a].name, m_parts[b].name);
        return order < 0
                || (order == 0
                    && std::tie(m_parts[a].value, m_parts[a].reference)
                            < std::tie(m_parts[b].value, m_parts[b].reference));
    });
    for (const size_t part : m_shape.order)
        appendName(m_shape.canonicalNames.emplace_back(), m_parts[part].name);
}

std::string KeyBuilder::take()
{
    const bool known = hasShape();
    if (!known)
        learnShape();
    size_t size = m_shape.canonicalClass.size();
    for (const Part &part : m_parts)
        size += part.name.size() + part.value.size() + 4;
    std::string key;
    key.reserve(size);
    key += m_shape.canonicalClass;
    char separator = '.';
    for (size_t i = 0; i < m_parts.size(); ++i) {
        const Part &part = m_parts[m_shape.order[i]];
        key += separator;
        separator = ',';
        key += m_shape.canonicalNames[i];
        key += part.reference ? "=(" : "=\"";
        if (part.reference)
            key += part.value;
        else
            appendValue(key, part.value);
        key += part.reference ? ')' : '"';
    }
    const auto &names = m_shape.canonicalNames;
    if (!known && std::adjacent_find(names.begin(), names.end()) != names.end())
        m_shape = {}; // its order depends on the values
    begin({});
    return key;
}

std::string_view classOfKey(std::string_view key)
{
    return key.substr(0, findBare(key, '.', 0));
}

bool classEndsWith(std::string_view key, std::string_view lowerCaseName)
{
    const std::string_view name = classOfKey(key);
    return name.size() >= lowerCaseName.size() && name.substr(name.size() - lowerCaseName.size()) == lowerCaseName;
}

std::optional<KeyParts> parseKey(std::string_view key)
{
    KeyParts parsed;
    parsed.className = unescaped(classOfKey(key));
    size_t at = classOfKey(key).size();
    for (char separator = '.'; at < key.size(); separator = ',') {
        const size_t equals = findBare(key, '=', at + 1);
        if (key[at] != separator || equals == std::string_view::npos || equals + 1 >= key.size())
            return std::nullopt;
        const size_t value = equals + 1;
        const size_t end = endOfValue(key, value);
        if ((key[value] != '"' && key[value] != '(') || end == std::string_view::npos)
            return std::nullopt;
        const bool reference = key[value] == '(';
        const std::string_view inner = key.substr(value + 1, end - value - 2);
        parsed.parts.push_back({unescaped(key.substr(at + 1, equals - at - 1)),
                                reference ? std::string(inner) : unescaped(inner), reference});
        at = end;
    }
    return parsed;
}

std::string_view systemOfKey(std::string_view key)
{
    constexpr std::string_view name = ",systemname=\"";
    const size_t at = key.rfind(name);
    if (at == std::string_view::npos)
        return {};
    const size_t begin = at + name.size();
    return key.substr(begin, findBare(key, '"', begin) - begin);
}

std::string unescapedValue(std::string_view value)
{
    return unescaped(value);
}

std::string valueInKey(std::string_view key, std::string_view lowerCaseName)
{
    if (auto parsed = parseKey(key)) {
        for (KeyPart &part : parsed->parts) {
            if (part.name == lowerCaseName && !part.reference)
                return std::move(part.value);
        }
    }
    return {};
}

std::string looseKey(std::string_view key)
{
    auto parsed = parseKey(key);
    if (!parsed)
        return std::string(key);
    const bool told = std::any_of(parsed->parts.begin(), parsed->parts.end(), [](const KeyPart &part) {
        return compareNames(part.name, "creationclassname") == 0;
    });
    KeyBuilder builder;
    builder.begin(told ? std::string_view() : std::string_view(parsed->className));
    for (KeyPart &part : parsed->parts) {
        if (part.reference) {
            builder.addReference(part.name, part.value);
            continue;
        }
        if (compareNames(part.name, "systemname") == 0)
            std::transform(part.value.begin(), part.value.end(), part.value.begin(), lower);
        builder.add(part.name, part.value); // a view: the parts live until take()
    }
    return builder.take();
}

} // namespace portalbind::cim
