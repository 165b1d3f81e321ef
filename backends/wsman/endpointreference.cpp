// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/endpointreference.h"

#include "backends/wsman/referencewriter.h"
#include "backends/wsman/soapnames.h"
#include "backends/wsman/xmlnames.h"

#include <deque>
#include <list>

namespace portalbind::wsman {
namespace {

constexpr int maxNesting = 8; // an association of associations has 2

template <class Handle>
void forEachSelector(pugi::xml_node set, Handle handle)
{
    for (pugi::xml_node s = set.first_child(); s; s = s.next_sibling()) {
        if (hasLocalName(s, "Selector"))
            handle(std::string_view(s.attribute("Name").value()), s);
    }
}

} // namespace

QString Naming::classUri(const QString &nameSpace, const QString &className) const
{
    if (style == UriStyle::Wmi)
        return qt(names::wmiClasses) + nameSpace + QLatin1Char('/') + className;
    const QString prefix = className.section(QLatin1Char('_'), 0, 0);
    return vendorUris.value(prefix, qt(names::dmtfClasses)) + className;
}

QString Naming::allClassesUri(const QString &nameSpace) const
{
    if (style == UriStyle::Wmi)
        return qt(names::wmiClasses) + nameSpace + QLatin1String("/*");
    return qt(names::dmtfAll);
}

EndpointReference::EndpointReference(pugi::xml_node node, const RootPrefixes *known)
    : m_known(known)
{
    pugi::xml_node child = firstElement(node);
    if (isElement(child, names::addressing, "EndpointReference", known)) {
        node = child;
        child = firstElement(node);
    }
    for (; child; child = nextElement(child)) {
        // Drafts before 2004/08 called them properties.
        if (!isElement(child, names::addressing, "ReferenceParameters", known)
            && !isElement(child, names::addressing, "ReferenceProperties", known))
            continue;
        for (pugi::xml_node inner = firstElement(child); inner; inner = nextElement(inner)) {
            if (isElement(inner, names::wsman, "ResourceURI", known))
                m_uri = trimmedXml(textOf(inner));
            else if (isElement(inner, names::wsman, "SelectorSet", known))
                m_selectors = inner;
            else
                m_extras = true;
        }
    }
    if (!m_uri.empty())
        m_content = node;
}

std::string_view EndpointReference::className() const
{
    const size_t slash = m_uri.rfind('/');
    return slash == std::string_view::npos ? m_uri : m_uri.substr(slash + 1);
}

std::string_view EndpointReference::nameSpace() const
{
    std::string_view found;
    forEachSelector(m_selectors, [&](std::string_view name, pugi::xml_node s) {
        if (sameCimName(name, names::namespaceSelector))
            found = textOf(s);
    });
    const size_t slash = m_uri.rfind('/');
    if (found.empty() && m_uri.size() > names::wmiClasses.size() && slash >= names::wmiClasses.size()
        && sameCimName(m_uri.substr(0, names::wmiClasses.size()), names::wmiClasses))
        found = m_uri.substr(names::wmiClasses.size(), slash - names::wmiClasses.size());
    return found;
}

std::string EndpointReference::key() const
{
    thread_local cim::KeyBuilder builder; // keeps its memory
    return keyAt(0, builder);
}

std::string EndpointReference::keyAt(int depth, cim::KeyBuilder &builder) const
{
    if (!isValid() || depth > maxNesting)
        return {};
    thread_local std::deque<cim::KeyBuilder> inner(maxNesting + 1);
    std::list<std::string> nested;
    builder.begin(className());
    forEachSelector(m_selectors, [&](std::string_view name, pugi::xml_node s) {
        if (sameCimName(name, names::namespaceSelector)) // no key, whatever is in it
            return;
        if (firstElement(s)) {
            nested.push_back(EndpointReference(s, m_known).keyAt(depth + 1, inner[size_t(depth)]));
            builder.addReference(name, nested.back());
        } else {
            builder.add(name, textOf(s));
        }
    });
    return builder.take();
}

cim::ObjectPath EndpointReference::path() const
{
    cim::ObjectPath path = pathAt(0);
    path.verbatim = referenceXml(m_content);
    return path;
}

cim::ObjectPath EndpointReference::pathAt(int depth) const
{
    cim::ObjectPath path;
    if (!isValid() || depth > maxNesting)
        return path;
    path.nameSpace = qt(nameSpace());
    path.className = qt(className());
    forEachSelector(m_selectors, [&](std::string_view name, pugi::xml_node s) {
        if (sameCimName(name, names::namespaceSelector))
            return;
        if (firstElement(s))
            path.keys.emplace_back(qt(name), cim::Value::of(EndpointReference(s).pathAt(depth + 1)));
        else
            path.keys.emplace_back(qt(name), cim::Value::of(qt(textOf(s))));
    });
    return path;
}

bool EndpointReference::isPlainAt(int depth, const Naming &naming, PlainName *last) const
{
    if (!isValid() || m_extras || depth > maxNesting)
        return false;
    const pugi::xml_node first = firstElement(m_content);
    const pugi::xml_node address = isElement(first, names::addressing, "Address", m_known)
            ? first
            : childElement(m_content, names::addressing, "Address");
    if (address && trimmedXml(textOf(address)) != names::anonymous)
        return false;
    int namespaces = 0;
    bool plain = true;
    forEachSelector(m_selectors, [&](std::string_view name, pugi::xml_node s) {
        if (sameCimName(name, names::namespaceSelector))
            ++namespaces;
        else if (firstElement(s))
            plain = plain && EndpointReference(s, m_known).isPlainAt(depth + 1, naming, last);
    });
    if (!plain || namespaces != (naming.needsNamespaceSelector() ? 1 : 0))
        return false;
    const std::string_view space = nameSpace();
    if (last->uri == m_uri && last->nameSpace == space)
        return true;
    if (naming.classUri(qt(space), qt(className())) != qt(m_uri))
        return false;
    last->uri = m_uri;
    last->nameSpace = space;
    return true;
}

} // namespace portalbind::wsman
