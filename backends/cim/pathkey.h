// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace portalbind::cim {

/// Writes canonical keys of object paths from views, without making an ObjectPath: the same object gives the same key
/// however the server wrote its path. Form: `class.key="value",key="value",ref=(class.key="value")`, with class and key
/// names in ASCII lower case, keys sorted by name, values as they are with `"` and `\` escaped by `\`. Host and
/// namespace are no part of it: a key called `__cimnamespace` (a selector, not a key) is passed over. One builder may
/// be used again and again: it keeps its memory.
class KeyBuilder
{
public:
    /// Starts a key. What was not taken is dropped. \a className and the arguments of add() must stay valid until
    /// take().
    void begin(std::string_view className);
    void add(std::string_view name, std::string_view value);
    /// A key that is a reference; \a key is the canonical key of the object it refers to.
    void addReference(std::string_view name, std::string_view key);
    [[nodiscard]] std::string take();

private:
    struct Part
    {
        std::string_view name, value;
        bool reference;
    };
    /// How the last key was put together. Answers hold one class after another, with keys in one order.
    struct Shape
    {
        std::string className, canonicalClass;
        std::vector<std::string> names; ///< as given
        std::vector<std::string> canonicalNames; ///< by place in the key
        std::vector<size_t> order; ///< which of the given stands at each place
    };
    [[nodiscard]] bool hasShape() const;
    void learnShape();

    std::string_view m_class;
    std::vector<Part> m_parts;
    Shape m_shape;
};

/// The class of a canonical key, in lower case and escaped as in the key.
[[nodiscard]] std::string_view classOfKey(std::string_view key);

/// Whether the class of a canonical key ends with \a lowerCaseName: `_tcpprotocolendpoint` fits that of the schema and
/// those that vendors derive from it, as `msiscsitarget_tcpprotocolendpoint`. Names, not a class model.
[[nodiscard]] bool classEndsWith(std::string_view key, std::string_view lowerCaseName);

/// A canonical key taken apart, unescaped. The value of a reference is a canonical key itself.
struct KeyPart
{
    std::string name, value;
    bool reference = false;
};
struct KeyParts
{
    std::string className;
    std::vector<KeyPart> parts;
};
/// Nothing when \a key has not the form that KeyBuilder writes.
[[nodiscard]] std::optional<KeyParts> parseKey(std::string_view key);

/// The value of the key property SystemName as it stands in the key, escaped; empty when there is none. Fast.
[[nodiscard]] std::string_view systemOfKey(std::string_view key);
[[nodiscard]] std::string unescapedValue(std::string_view value);
/// The value of the key property \a lowerCaseName, unescaped; empty when there is none.
[[nodiscard]] std::string valueInKey(std::string_view key, std::string_view lowerCaseName);

/// For a second try where servers name one object in two ways: without the class where CreationClassName tells it, and
/// with SystemName in lower case. Several keys may have the same loose key.
[[nodiscard]] std::string looseKey(std::string_view key);

} // namespace portalbind::cim
