// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/soapdocument.h"

#include "backends/wsman/soapnames.h"
#include "backends/wsman/xmlnames.h"

#include <QByteArrayView>

namespace portalbind::wsman {
namespace {

// Texts lie in the element itself, which saves a node for each. Blanks are text where there is nothing else: a key may
// be one. A document type is parsed so that it can be refused.
constexpr unsigned parseOptions = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol
        | pugi::parse_wconv_attribute | pugi::parse_embed_pcdata | pugi::parse_ws_pcdata_single | pugi::parse_doctype;

QString text(const char *latin1)
{
    return QString::fromLatin1(latin1);
}

/// XML 1.0 has no control characters but these, and pugixml lets them pass.
bool hasForbiddenBytes(const std::string &bytes)
{
    unsigned found = 0;
    for (const char c : bytes)
        found |= unsigned(static_cast<unsigned char>(c) < 0x20) & unsigned(c != '\t') & unsigned(c != '\n')
                & unsigned(c != '\r');
    return found != 0;
}

bool looksLikeUtf16(const std::string &bytes)
{
    if (bytes.size() < 4)
        return false;
    const auto at = [&](size_t i) { return static_cast<unsigned char>(bytes[i]); };
    return (at(0) == 0xff && at(1) == 0xfe) || (at(0) == 0xfe && at(1) == 0xff) || (at(0) == '<' && at(1) == 0)
            || (at(0) == 0 && at(1) == '<');
}

/// Text in several pieces (CDATA, text around a comment) becomes one, so that views of it can be given out.
void joinText(pugi::xml_node element)
{
    int pieces = 0;
    for (pugi::xml_node child = element.first_child(); child; child = child.next_sibling()) {
        if (child.type() == pugi::node_element)
            return;
        pieces += child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata ? 1 : 0;
    }
    const bool embedded = element.text() && element.text().data() == element;
    if (pieces + (embedded ? 1 : 0) < 2)
        return;
    std::string all = embedded ? element.text().get() : "";
    for (pugi::xml_node child = element.first_child(); child; child = child.next_sibling())
        all += child.value();
    element.text().set(all.c_str());
}

/// Every look for a namespace goes through those of an element and of what surrounds it.
bool hasTooManyAttributes(pugi::xml_node element, int limit)
{
    int count = 0;
    for (pugi::xml_attribute a = element.first_attribute(); a; a = a.next_attribute())
        ++count;
    return count > limit;
}

} // namespace

tl::expected<std::shared_ptr<const SoapDocument>, QString> SoapDocument::parse(std::string bytes, const Limits &limits)
{
    const std::shared_ptr<SoapDocument> document(new SoapDocument);
    document->m_bytes = std::move(bytes);
    if (auto wrong = document->load(limits))
        return tl::unexpected(*wrong);
    return document;
}

std::optional<QString> SoapDocument::load(const Limits &limits)
{
    pugi::xml_parse_result result;
    if (looksLikeUtf16(m_bytes)) {
        result = m_document.load_buffer(m_bytes.data(), m_bytes.size(), parseOptions);
    } else {
        if (!QByteArrayView(m_bytes).isValidUtf8())
            return text("the text is not UTF-8");
        if (hasForbiddenBytes(m_bytes))
            return text("the text has control characters");
        result = m_document.load_buffer_inplace(m_bytes.data(), m_bytes.size(), parseOptions, pugi::encoding_utf8);
    }
    if (!result)
        return text("byte %1: %2").arg(result.offset).arg(text(result.description()));
    if (auto wrong = walk(limits))
        return wrong;
    return readEnvelope();
}

/// Depth and number of elements; done without recursion, for the depth is what has to be found out.
std::optional<QString> SoapDocument::walk(const Limits &limits)
{
    int depth = 0, elements = 0;
    pugi::xml_node node = m_document.first_child();
    while (node) {
        if (node.type() == pugi::node_doctype)
            return text("a document type is not allowed");
        if (++elements > limits.elements)
            return text("too many elements");
        if (node.first_attribute()) {
            if (hasTooManyAttributes(node, limits.attributes))
                return text("an element has too many attributes");
            m_prefixes.see(node, depth == 0);
        }
        if (const pugi::xml_node child = node.first_child()) {
            if (++depth >= limits.depth)
                return text("the elements are nested too deep");
            if (child.type() != pugi::node_element || child.next_sibling().type() != pugi::node_element)
                joinText(node);
            node = child;
            continue;
        }
        pugi::xml_node next = node.next_sibling();
        while (!next && depth > 0) {
            node = node.parent();
            --depth;
            next = node.next_sibling();
        }
        node = next;
    }
    return {};
}

std::optional<QString> SoapDocument::readEnvelope()
{
    const pugi::xml_node envelope = firstElement(m_document.root());
    if (!envelope || nextElement(envelope))
        return text("there is not exactly one root element");
    if (isElement(envelope, names::soap11, "Envelope"))
        return text("the service speaks SOAP 1.1, not WS-Management");
    if (!isElement(envelope, names::soap, "Envelope"))
        return text("the root element is no SOAP envelope");
    const pugi::xml_node header = childElement(envelope, names::soap, "Header");
    const pugi::xml_node body = childElement(envelope, names::soap, "Body");
    if (!body || nextElement(body, names::soap, "Body") || nextElement(header, names::soap, "Header"))
        return text("the envelope has not exactly one body, and at most one header");
    const pugi::xml_node relates = childElement(header, names::addressing, "RelatesTo");
    if (nextElement(relates, names::addressing, "RelatesTo"))
        return text("RelatesTo is there twice");
    m_relatesTo = trimmedXml(textOf(relates));
    m_content = firstElement(body);
    m_fault = isElement(m_content, names::soap, "Fault");
    return {};
}

} // namespace portalbind::wsman
