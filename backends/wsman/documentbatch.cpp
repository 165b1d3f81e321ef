// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/documentbatch.h"

#include "backends/wsman/soapnames.h"
#include "backends/wsman/valuedecoder.h"
#include "backends/wsman/xmlnames.h"

namespace portalbind::wsman {
namespace {

bool isItem(pugi::xml_node node, const RootPrefixes &known)
{
    return isElement(node, names::wsman, "Item", &known) || isElement(node, names::enumeration, "Item", &known);
}

} // namespace

PropertyTable::PropertyTable(const std::vector<std::string> &wanted)
    : m_names(wanted)
{
    for (size_t i = 0; i < m_names.size(); ++i)
        m_buckets[bucket(m_names[i].c_str())].push_back(quint16(i));
}

/// By the first letters: how long a name is would have to be found out.
size_t PropertyTable::bucket(const char *name)
{
    size_t hash = 0;
    for (int i = 0; i < 6 && name[i] != '\0'; ++i)
        hash = hash * 5 + size_t(asciiLower(name[i]));
    return hash % buckets;
}

int PropertyTable::find(const char *name) const
{
    for (const quint16 i : m_buckets[bucket(name)]) {
        if (sameCimName(m_names[i], name))
            return i;
    }
    return -1;
}

DocumentBatch::DocumentBatch(std::shared_ptr<const SoapDocument> document, pugi::xml_node items,
                             const PropertyTable &wanted, const Naming &naming, const std::string &onlyClass)
    : m_document(std::move(document))
    , m_wanted(wanted)
    , m_naming(naming)
    , m_builders(wanted.size() + 1)
{
    const RootPrefixes &known = m_document->prefixes();
    for (pugi::xml_node item = firstElement(items); item; item = nextElement(item)) {
        ++m_items;
        if (!isItem(item, known)) {
            add(item, {}, onlyClass);
            continue;
        }
        pugi::xml_node object, reference;
        for (pugi::xml_node part = firstElement(item); part; part = nextElement(part)) {
            if (isElement(part, names::addressing, "EndpointReference", &known))
                reference = part;
            else
                object = part;
        }
        if (object)
            add(object, reference, onlyClass);
    }
}

void DocumentBatch::add(pugi::xml_node object, pugi::xml_node reference, const std::string &onlyClass)
{
    if (!onlyClass.empty() && !sameCimName(localName(object), onlyClass))
        return;
    m_rows.push_back({object, reference});
    if (m_wanted.size() == 0)
        return;
    const size_t first = m_cells.size();
    m_cells.resize(first + m_wanted.size());
    const PropertyScope scope(object);
    size_t missing = m_wanted.size();
    for (pugi::xml_node property = object.first_child(); property && missing > 0; property = property.next_sibling()) {
        const int i = m_wanted.find(scope.localName(property));
        if (i >= 0 && !m_cells[first + size_t(i)] && scope.contains(property)) {
            m_cells[first + size_t(i)] = property;
            --missing;
        }
    }
}

pugi::xml_node DocumentBatch::cell(size_t instance, size_t property) const
{
    return m_cells[instance * m_wanted.size() + property];
}

std::string_view DocumentBatch::className(size_t instance) const
{
    return localName(m_rows[instance].object);
}

std::string_view DocumentBatch::text(size_t instance, size_t property) const
{
    return valueText(cell(instance, property));
}

std::optional<cim::ObjectPath> DocumentBatch::reference(size_t instance, size_t property) const
{
    const EndpointReference reference = referenceIn(cell(instance, property));
    return reference.isValid() ? std::optional(reference.path()) : std::nullopt;
}

std::string DocumentBatch::referenceKey(size_t instance, size_t property) const
{
    return referenceIn(cell(instance, property)).key(m_builders[property]);
}

const EndpointReference &DocumentBatch::pathOf(size_t instance) const
{
    if (!m_path || m_pathRow != instance) {
        m_path = referenceIn(m_rows[instance].reference);
        m_pathRow = instance;
    }
    return *m_path;
}

std::optional<cim::ObjectPath> DocumentBatch::path(size_t instance) const
{
    const EndpointReference &reference = pathOf(instance);
    return reference.isValid() ? std::optional(reference.path()) : std::nullopt;
}

std::string DocumentBatch::pathKey(size_t instance) const
{
    return pathOf(instance).key(m_builders.back());
}

bool DocumentBatch::hasPlainPath(size_t instance) const
{
    return pathOf(instance).isPlain(m_naming, &m_plain);
}

std::vector<cim::Instance> DocumentBatch::embedded(size_t instance, size_t property) const
{
    std::vector<cim::Instance> all;
    const pugi::xml_node first = cell(instance, property);
    const PropertyScope scope(m_rows[instance].object);
    for (pugi::xml_node node = first; node; node = nextElement(node)) {
        if (!sameCimName(localName(node), localName(first)) || !scope.contains(node))
            continue;
        const cim::Value value = decodeValue(node);
        if (const auto *one = std::get_if<std::shared_ptr<const cim::Instance>>(&value.data))
            all.push_back(**one);
    }
    return all;
}

cim::Instance DocumentBatch::instance(size_t instance) const
{
    cim::Instance whole = decodeInstance(m_rows[instance].object);
    whole.path = path(instance);
    return whole;
}

} // namespace portalbind::wsman
