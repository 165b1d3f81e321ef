// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/cimvalue.h"

#include <pugixml.hpp>

#include <string_view>

namespace portalbind::wsman {

/// Tells the properties of an instance from other elements in it: they are in its own namespace (a Put may be answered
/// with a `cim:Location` among them). An instance without a namespace takes all.
class PropertyScope
{
public:
    explicit PropertyScope(pugi::xml_node instance);
    [[nodiscard]] bool contains(pugi::xml_node property) const;
    [[nodiscard]] const char *localName(pugi::xml_node property) const; ///< of whatever is in the instance

private:
    std::string_view m_prefix;
    pugi::xml_node m_instance;
};

/// Text of a property or parameter; a date without the element that wraps it. Without data when it is NULL, or no text.
[[nodiscard]] std::string_view valueText(pugi::xml_node node);

/// One value (DSP0230): null, text, a reference or an embedded instance, told apart by what is inside.
[[nodiscard]] cim::Value decodeValue(pugi::xml_node node, int depth = 0);

/// All properties in their order; those that are repeated become lists.
[[nodiscard]] cim::Instance decodeInstance(pugi::xml_node node, int depth = 0);

/// The same for the output of a method, whatever the namespaces of its parameters are.
[[nodiscard]] cim::Parameters decodeParameters(pugi::xml_node node);

} // namespace portalbind::wsman
