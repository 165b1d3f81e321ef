// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/xmlnames.h"

#include "backends/wsman/soapnames.h"

#include <cstring>

namespace portalbind::wsman {
namespace {

struct Split
{
    std::string_view prefix;
    const char *local;
};

Split split(const char *name)
{
    const char *const colon = std::strchr(name, ':');
    if (!colon)
        return {{}, name};
    return {{name, size_t(colon - name)}, colon + 1};
}

/// Without asking how long the text is.
bool equals(const char *text, std::string_view wanted)
{
    return std::strncmp(text, wanted.data(), wanted.size()) == 0 && text[wanted.size()] == '\0';
}

} // namespace

std::string_view localName(pugi::xml_node node)
{
    return split(node.name()).local;
}

bool hasLocalName(pugi::xml_node node, std::string_view local)
{
    return node.type() == pugi::node_element && equals(split(node.name()).local, local);
}

void RootPrefixes::see(pugi::xml_attribute attribute, bool isRoot)
{
    const std::string_view name = attribute.name();
    if (name.substr(0, 5) != "xmlns" || (name.size() > 5 && name[5] != ':'))
        return;
    const std::string_view prefix = name.size() > 5 ? name.substr(6) : std::string_view();
    bool isNew = true;
    for (Binding &binding : m_bindings) {
        if (binding.prefix == prefix)
            isNew = binding.once = false;
    }
    if (isRoot && isNew)
        m_bindings.push_back({prefix, attribute.value(), true});
}

std::optional<std::string_view> RootPrefixes::find(std::string_view prefix) const
{
    for (const Binding &binding : m_bindings) {
        if (binding.prefix == prefix)
            return binding.once ? std::optional(binding.space) : std::nullopt;
    }
    return {};
}

std::string_view namespaceOfPrefix(pugi::xml_node node, std::string_view prefix)
{
    if (prefix == "xml")
        return names::xml;
    for (; node; node = node.parent()) {
        for (pugi::xml_attribute a = node.first_attribute(); a; a = a.next_attribute()) {
            const char *const name = a.name();
            if (std::strncmp(name, "xmlns", 5) != 0)
                continue;
            if (prefix.empty() ? name[5] == '\0' : name[5] == ':' && prefix == name + 6)
                return a.value();
        }
    }
    return {};
}

std::string_view namespaceOf(pugi::xml_node node)
{
    return namespaceOfPrefix(node, split(node.name()).prefix);
}

bool isElement(pugi::xml_node node, std::string_view space, std::string_view local, const RootPrefixes *known)
{
    if (node.type() != pugi::node_element)
        return false;
    const Split name = split(node.name());
    if (!equals(name.local, local))
        return false;
    if (const auto bound = known ? known->find(name.prefix) : std::nullopt)
        return *bound == space;
    return namespaceOfPrefix(node, name.prefix) == space;
}

pugi::xml_node childElement(pugi::xml_node parent, std::string_view space, std::string_view local)
{
    pugi::xml_node child = parent.first_child();
    while (child && !isElement(child, space, local))
        child = child.next_sibling();
    return child;
}

pugi::xml_node nextElement(pugi::xml_node node, std::string_view space, std::string_view local)
{
    do {
        node = node.next_sibling();
    } while (node && !isElement(node, space, local));
    return node;
}

pugi::xml_node firstElement(pugi::xml_node parent)
{
    pugi::xml_node child = parent.first_child();
    while (child && child.type() != pugi::node_element)
        child = child.next_sibling();
    return child;
}

pugi::xml_node nextElement(pugi::xml_node node)
{
    do {
        node = node.next_sibling();
    } while (node && node.type() != pugi::node_element);
    return node;
}

std::string_view textOf(pugi::xml_node node)
{
    return node.child_value();
}

bool isNil(pugi::xml_node node)
{
    for (pugi::xml_attribute a = node.first_attribute(); a; a = a.next_attribute()) {
        if (equals(split(a.name()).local, "nil")) {
            const std::string_view value = trimmedXml(a.value());
            return value == "true" || value == "1" || value == "TRUE";
        }
    }
    return false;
}

bool sameCimName(std::string_view a, std::string_view b)
{
    if (a.size() != b.size())
        return false;
    for (size_t i = 0; i < a.size(); ++i) {
        if (a[i] != b[i] && asciiLower(a[i]) != asciiLower(b[i]))
            return false;
    }
    return true;
}

std::string_view trimmedXml(std::string_view text)
{
    const auto isBlank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && isBlank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isBlank(text.back()))
        text.remove_suffix(1);
    return text;
}

} // namespace portalbind::wsman
