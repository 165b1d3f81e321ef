// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/soapdocument.h"

#include "backends/wsman/soapnames.h"
#include "backends/wsman/xmlnames.h"

#include <QByteArrayView>
#include <QStringDecoder>

#include <charconv>

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

/// XML 1.0, production 2. pugixml lets all others pass.
bool isXmlCharacter(quint32 c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xd800) || (c > 0xdfff && c < 0xfffe)
            || (c > 0xffff && c < 0x110000);
}

/// What may be in a text, found in one go through it: three sums of bytes, of which a processor makes 16 at a time.
struct Bytes
{
    bool controls = false; ///< or line breaks and tabulators
    bool references = false;
    bool beyondAscii = false;
};

Bytes bytesIn(const std::string &text)
{
    using Byte = unsigned char;
    Byte least = 0xff, references = 0, all = 0;
    for (const char c : text) {
        const auto byte = static_cast<Byte>(c);
        least = byte < least ? byte : least;
        references |= Byte(byte == '&');
        all |= byte;
    }
    return {least < 0x20, references != 0, all >= 0x80};
}

/// Those that XML does not have.
bool hasControls(const std::string &text)
{
    using Byte = unsigned char;
    Byte found = 0;
    for (const char c : text) {
        const auto byte = static_cast<Byte>(c);
        found |= Byte(Byte(byte < 0x20) & Byte(byte != '\t') & Byte(byte != '\n') & Byte(byte != '\r'));
    }
    return found != 0;
}

/// U+FFFE and U+FFFF.
bool hasNonCharacters(const std::string &utf8)
{
    return utf8.find("\xef\xbf\xbe") != std::string::npos || utf8.find("\xef\xbf\xbf") != std::string::npos;
}

/// `&#0;` would cut off a text, `&#27;` and half a surrogate would be in it. In a CDATA section they are harmless, and
/// nobody writes them there.
bool hasForbiddenReferences(const std::string &bytes)
{
    constexpr size_t longest = 16;
    for (size_t at = bytes.find("&#"); at != std::string::npos; at = bytes.find("&#", at + 2)) {
        const bool isHex = bytes.compare(at + 2, 1, "x") == 0;
        const char *const first = bytes.data() + at + (isHex ? 3 : 2);
        const char *const last = bytes.data() + std::min(bytes.size(), at + longest);
        quint32 character = 0;
        const auto [end, error] = std::from_chars(first, std::max(first, last), character, isHex ? 16 : 10);
        if (error != std::errc() || end >= last || *end != ';' || !isXmlCharacter(character))
            return true;
    }
    return false;
}

bool looksLikeUtf16(const std::string &bytes)
{
    if (bytes.size() < 4)
        return false;
    const auto at = [&](size_t i) { return static_cast<unsigned char>(bytes[i]); };
    return (at(0) == 0xff && at(1) == 0xfe) || (at(0) == 0xfe && at(1) == 0xff) || (at(0) == '<' && at(1) == 0)
            || (at(0) == 0 && at(1) == '<');
}

bool fromUtf16(std::string &bytes)
{
    const bool isBig = bytes[0] == 0 || static_cast<unsigned char>(bytes[0]) == 0xfe;
    QStringDecoder decoder(isBig ? QStringConverter::Utf16BE : QStringConverter::Utf16LE);
    const QString text = decoder(QByteArrayView(bytes));
    if (decoder.hasError() || !text.isValidUtf16() || bytes.size() % 2 != 0)
        return false;
    bytes = text.toStdString();
    return true;
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

/// Bounds a document, and sees its prefixes. Not recursive, for the depth is what has to be found out.
class Walker : public pugi::xml_tree_walker
{
public:
    static constexpr const char *tooLong = "a text is too long";

    Walker(const Limits &limits, const std::string &bytes, RootPrefixes *prefixes)
        : m_limits(limits)
        , m_end(bytes.data() + bytes.size())
        , m_before(bytes.data())
        , m_prefixes(prefixes)
    {
    }
    bool for_each(pugi::xml_node &node) override
    {
        switch (node.type()) {
        case pugi::node_element:
            return bound(node);
        case pugi::node_doctype:
            return fail("a document type is not allowed");
        default:
            if (!node.previous_sibling())
                joinText(node.parent());
            return ++m_nodes <= m_limits.elements || fail("too many elements");
        }
    }
    [[nodiscard]] const char *wrong() const { return m_wrong; }
    [[nodiscard]] bool lastTextFits() const { return size_t(m_end - m_before) <= m_limits.text; }

private:
    bool fail(const char *why)
    {
        m_wrong = why;
        return false;
    }
    bool bound(pugi::xml_node element)
    {
        if (++m_nodes > m_limits.elements)
            return fail("too many elements");
        if (depth() >= m_limits.depth)
            return fail("the elements are nested too deep");
        // Names lie in the text in their order: between two of them are the texts.
        const char *const name = element.name();
        if (size_t(name - m_before) > m_limits.text)
            return fail(tooLong);
        m_before = name;
        // Every look for a namespace goes through those of an element and of what surrounds it.
        int attributes = 0;
        for (pugi::xml_attribute a = element.first_attribute(); a; a = a.next_attribute()) {
            if (++attributes > m_limits.attributes)
                return fail("an element has too many attributes");
            if (a.name()[0] == 'x')
                m_prefixes->see(a, depth() == 0);
        }
        return true;
    }

    const Limits &m_limits;
    const char *const m_end;
    const char *m_before;
    RootPrefixes *m_prefixes;
    int m_nodes = 0;
    const char *m_wrong = "";
};

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
    if (looksLikeUtf16(m_bytes) && !fromUtf16(m_bytes))
        return text("the text is not UTF-16");
    const Bytes bytes = bytesIn(m_bytes);
    if (bytes.beyondAscii && !QByteArrayView(m_bytes).isValidUtf8())
        return text("the text is not UTF-8");
    if ((bytes.controls && hasControls(m_bytes)) || (bytes.references && hasForbiddenReferences(m_bytes))
        || (bytes.beyondAscii && hasNonCharacters(m_bytes)))
        return text("the text has control characters");
    const pugi::xml_parse_result result = m_document.load_buffer_inplace(m_bytes.data(), m_bytes.size(), parseOptions,
                                                                         pugi::encoding_utf8);
    if (!result)
        return text("byte %1: %2").arg(result.offset).arg(text(result.description()));
    if (auto wrong = walk(limits))
        return wrong;
    return readEnvelope();
}

std::optional<QString> SoapDocument::walk(const Limits &limits)
{
    Walker walker(limits, m_bytes, &m_prefixes);
    if (!m_document.traverse(walker))
        return text(walker.wrong());
    return walker.lastTextFits() ? std::nullopt : std::optional(text(Walker::tooLong));
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
