// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/valuedecoder.h"

#include "backends/wsman/endpointreference.h"
#include "backends/wsman/soapnames.h"
#include "backends/wsman/xmlnames.h"

#include <QHash>

#include <cstring>

namespace portalbind::wsman {
namespace {

constexpr int maxNesting = 16; // instances in instances

std::string_view prefixOf(pugi::xml_node node)
{
    const char *const name = node.name();
    const char *const colon = std::strchr(name, ':');
    return colon ? std::string_view(name, size_t(colon - name)) : std::string_view();
}

/// `cim:Datetime`, `cim:Interval`, …: what wraps a date (DSP0230 section 8); null when \a node wraps none.
pugi::xml_node wrappedDate(pugi::xml_node node)
{
    const pugi::xml_node child = firstElement(node);
    if (!child || nextElement(child) || firstElement(child))
        return {};
    const std::string_view name = localName(child);
    // OMI takes and gives CIM_DateTime in any namespace; Windows Server 2003 had its own name for it.
    if (name == "CIM_DateTime" || name == "CIM_DateTimeString")
        return child;
    const bool date = name == "Datetime" || name == "Interval" || name == "Date" || name == "Time";
    return date && namespaceOf(child) == names::cimCommon ? child : pugi::xml_node();
}

template <class Accept>
cim::Parameters decodeChildren(pugi::xml_node node, int depth, Accept accept)
{
    cim::Parameters all;
    QHash<QString, qsizetype> places; // an answer may hold a hundred thousand names
    for (pugi::xml_node child = firstElement(node); child; child = nextElement(child)) {
        if (!accept(child))
            continue;
        const QString name = qt(localName(child));
        cim::Value value = decodeValue(child, depth + 1);
        // Elements of an array follow one another on every server; one that returns later counts all the same.
        const auto before = places.constFind(name);
        if (before == places.cend()) {
            places.insert(name, qsizetype(all.size()));
            all.emplace_back(name, std::move(value));
            continue;
        }
        cim::Value &same = all[size_t(*before)].second;
        if (auto *const list = std::get_if<cim::Value::List>(&same.data)) {
            list->push_back(std::move(value));
        } else {
            cim::Value::List both;
            both.push_back(std::exchange(same, {}));
            both.push_back(std::move(value));
            same.data = std::move(both);
        }
    }
    return all;
}

} // namespace

PropertyScope::PropertyScope(pugi::xml_node instance)
    : m_prefix(prefixOf(instance))
    , m_instance(instance)
{
}

const char *PropertyScope::localName(pugi::xml_node property) const
{
    const char *const name = property.name();
    // Nearly all have the prefix of the instance.
    if (!m_prefix.empty() && std::strncmp(name, m_prefix.data(), m_prefix.size()) == 0 && name[m_prefix.size()] == ':')
        return name + m_prefix.size() + 1;
    const char *const colon = std::strchr(name, ':');
    return colon ? colon + 1 : name;
}

bool PropertyScope::contains(pugi::xml_node property) const
{
    if (property.type() != pugi::node_element)
        return false;
    // The usual case: the same prefix, and nothing between that could bind it anew.
    if (prefixOf(property) == m_prefix) {
        bool declares = false;
        for (pugi::xml_attribute a = property.first_attribute(); a; a = a.next_attribute())
            declares = declares || std::strncmp(a.name(), "xmlns", 5) == 0;
        if (!declares)
            return true;
    }
    const std::string_view space = namespaceOf(m_instance);
    return space.empty() || namespaceOf(property) == space;
}

std::string_view valueText(pugi::xml_node node)
{
    if (!node || isNil(node))
        return {};
    if (!firstElement(node))
        return textOf(node);
    const pugi::xml_node date = wrappedDate(node);
    return date ? textOf(date) : std::string_view();
}

cim::Value decodeValue(pugi::xml_node node, int depth)
{
    if (isNil(node) || depth > maxNesting)
        return {};
    if (const std::string_view text = valueText(node); text.data())
        return cim::Value::of(qt(text));
    if (const EndpointReference reference(node); reference.isValid())
        return cim::Value::of(reference.path());
    return cim::Value{std::make_shared<const cim::Instance>(decodeInstance(node, depth + 1))};
}

cim::Instance decodeInstance(pugi::xml_node node, int depth)
{
    cim::Instance instance;
    instance.className = qt(localName(node));
    if (depth > 0) {
        // Embedded: the element is called after the property, the class stands in xsi:type="p1:Class_Type".
        for (pugi::xml_attribute a = node.first_attribute(); a; a = a.next_attribute()) {
            const std::string_view name = a.name();
            if (name != "type" && (name.size() < 5 || name.substr(name.size() - 5) != ":type"))
                continue;
            QString type = qt(a.value()).section(QLatin1Char(':'), -1);
            if (type.endsWith(QLatin1String("_Type")))
                type.chop(5);
            instance.className = type;
        }
        instance.properties = decodeChildren(node, depth, [](pugi::xml_node) { return true; });
        return instance;
    }
    const PropertyScope scope(node);
    instance.properties = decodeChildren(node, depth, [&](pugi::xml_node child) { return scope.contains(child); });
    return instance;
}

cim::Parameters decodeParameters(pugi::xml_node node)
{
    return decodeChildren(node, 0, [](pugi::xml_node) { return true; });
}

} // namespace portalbind::wsman
