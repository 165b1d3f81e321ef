// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pugixml.hpp>

#include <QString>

#include <optional>
#include <string_view>
#include <vector>

namespace portalbind::wsman {

// Names in a parsed message are compared by namespace and local name; pugixml knows only what is written.

/// Prefixes that the root element of a document binds and nothing inside binds anew: what they mean need not be looked
/// for upwards through the attributes of all that is around an element.
class RootPrefixes
{
public:
    /// Has to see every attribute of the document that begins with an x, those of the root first.
    void see(pugi::xml_attribute attribute, bool isRoot);
    [[nodiscard]] std::optional<std::string_view> find(std::string_view prefix) const;

private:
    struct Binding
    {
        std::string_view prefix, space;
        bool once;
    };
    std::vector<Binding> m_bindings;
};

[[nodiscard]] std::string_view localName(pugi::xml_node node);
[[nodiscard]] bool hasLocalName(pugi::xml_node node, std::string_view local); ///< an element that is called so
/// The namespace that the prefix of this element is bound to here; empty for none and for an unbound prefix.
[[nodiscard]] std::string_view namespaceOf(pugi::xml_node node);
/// The namespace that a prefix is bound to inside \a node: for QNames in text.
[[nodiscard]] std::string_view namespaceOfPrefix(pugi::xml_node node, std::string_view prefix);
[[nodiscard]] bool isElement(pugi::xml_node node, std::string_view space, std::string_view local,
                             const RootPrefixes *known = nullptr);
/// The first child element of this name, and the next one after it; null nodes when there is none.
[[nodiscard]] pugi::xml_node childElement(pugi::xml_node parent, std::string_view space, std::string_view local);
[[nodiscard]] pugi::xml_node nextElement(pugi::xml_node node, std::string_view space, std::string_view local);
[[nodiscard]] pugi::xml_node firstElement(pugi::xml_node parent);
[[nodiscard]] pugi::xml_node nextElement(pugi::xml_node node);
/// All text of the element; never without data.
[[nodiscard]] std::string_view textOf(pugi::xml_node node);
/// Whether it says `xsi:nil`: by the local name, since servers get the prefix wrong.
[[nodiscard]] bool isNil(pugi::xml_node node);
/// Text of a message, which is UTF-8.
[[nodiscard]] inline QString qt(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}
[[nodiscard]] inline char asciiLower(char c)
{
    return c >= 'A' && c <= 'Z' ? char(c + 32) : c;
}
/// CIM names are compared without regard to the case of ASCII letters.
[[nodiscard]] bool sameCimName(std::string_view a, std::string_view b);
[[nodiscard]] std::string_view trimmedXml(std::string_view text);

} // namespace portalbind::wsman
