// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/referencewriter.h"

#include "backends/wsman/soapnames.h"
#include "backends/wsman/xmlnames.h"

#include <QCoreApplication>

namespace portalbind::wsman {
namespace {

constexpr int maxNesting = 8;

bool isXmlText(const QString &text)
{
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        const bool pair = c.isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate();
        if (pair)
            ++i;
        else if (c.isSurrogate() || c.unicode() >= 0xfffe
                 || (c.unicode() < 0x20 && c != QLatin1Char('\t') && c != QLatin1Char('\n') && c != QLatin1Char('\r')))
            return false;
    }
    return true;
}

bool writeElement(QXmlStreamWriter &writer, std::string_view space, const char *name, std::string_view text)
{
    writer.writeStartElement(qt(space), QLatin1String(name));
    const bool good = writeText(writer, qt(text));
    writer.writeEndElement();
    return good;
}

bool writeParts(QXmlStreamWriter &writer, pugi::xml_node content, int depth);

bool writeSelector(QXmlStreamWriter &writer, pugi::xml_node selector, int depth)
{
    const QString name = qt(selector.attribute("Name").value());
    if (!isXmlText(name))
        return false;
    writer.writeStartElement(qt(names::wsman), QStringLiteral("Selector"));
    writer.writeAttribute(QStringLiteral("Name"), name);
    bool good = true;
    if (firstElement(selector)) {
        const EndpointReference inner(selector);
        good = inner.isValid();
        writer.writeStartElement(qt(names::addressing), QStringLiteral("EndpointReference"));
        good = good && writeParts(writer, inner.content(), depth + 1);
        writer.writeEndElement();
    } else {
        good = writeText(writer, qt(textOf(selector)));
    }
    writer.writeEndElement();
    return good;
}

bool writeSelectorsOf(QXmlStreamWriter &writer, pugi::xml_node set, int depth)
{
    bool good = true;
    for (pugi::xml_node s = firstElement(set); s; s = nextElement(s)) {
        if (localName(s) == "Selector")
            good = writeSelector(writer, s, depth) && good;
    }
    return good;
}

/// Reference parameters that WS-Management does not know: echoed with their names and text.
bool writeOther(QXmlStreamWriter &writer, pugi::xml_node node, int depth)
{
    if (depth > maxNesting)
        return false;
    writer.writeStartElement(qt(namespaceOf(node)), qt(localName(node)));
    bool good = true;
    if (firstElement(node)) {
        for (pugi::xml_node child = firstElement(node); child; child = nextElement(child))
            good = writeOther(writer, child, depth + 1) && good;
    } else {
        good = writeText(writer, qt(textOf(node)));
    }
    writer.writeEndElement();
    return good;
}

bool writeParts(QXmlStreamWriter &writer, pugi::xml_node content, int depth)
{
    if (depth > maxNesting)
        return false;
    const pugi::xml_node address = childElement(content, names::addressing, "Address");
    const EndpointReference reference(content);
    bool good = reference.isValid();
    good = writeElement(writer, names::addressing, "Address", address ? trimmedXml(textOf(address)) : names::anonymous)
            && good;
    writer.writeStartElement(qt(names::addressing), QStringLiteral("ReferenceParameters"));
    // OMI reads as it goes: the resource URI has to come before the selectors.
    good = writeElement(writer, names::wsman, "ResourceURI", reference.resourceUri()) && good;
    if (reference.selectors()) {
        writer.writeStartElement(qt(names::wsman), QStringLiteral("SelectorSet"));
        good = writeSelectorsOf(writer, reference.selectors(), depth) && good;
        writer.writeEndElement();
    }
    for (pugi::xml_node part = firstElement(content); part; part = nextElement(part)) {
        if (isElement(part, names::addressing, "Address"))
            continue;
        for (pugi::xml_node inner = firstElement(part); inner; inner = nextElement(inner)) {
            if (!isElement(inner, names::wsman, "ResourceURI") && !isElement(inner, names::wsman, "SelectorSet"))
                good = writeOther(writer, inner, depth + 1) && good;
        }
    }
    writer.writeEndElement();
    return good;
}

bool composeContent(QXmlStreamWriter &writer, const cim::ObjectPath &path, const Naming &naming, int depth);

bool composeSelectors(QXmlStreamWriter &writer, const cim::ObjectPath &path, const Naming &naming, int depth)
{
    bool good = depth <= maxNesting;
    const auto begin = [&writer](const QString &name) {
        writer.writeStartElement(qt(names::wsman), QStringLiteral("Selector"));
        writer.writeAttribute(QStringLiteral("Name"), name);
    };
    if (naming.needsNamespaceSelector() && !path.nameSpace.isEmpty()) {
        begin(qt(names::namespaceSelector));
        good = writeText(writer, path.nameSpace) && good;
        writer.writeEndElement();
    }
    for (const auto &[name, value] : path.keys) {
        good = good && isXmlText(name);
        begin(name);
        if (const cim::ObjectPath *reference = value.reference()) {
            writer.writeStartElement(qt(names::addressing), QStringLiteral("EndpointReference"));
            good = good && composeContent(writer, *reference, naming, depth + 1);
            writer.writeEndElement();
        } else {
            good = writeText(writer, value.text()) && good;
        }
        writer.writeEndElement();
    }
    return good;
}

bool composeContent(QXmlStreamWriter &writer, const cim::ObjectPath &path, const Naming &naming, int depth)
{
    if (!path.verbatim.isEmpty()) {
        const auto own = ReferenceWriter::of(path, naming);
        return own && own->writeContent(writer);
    }
    writer.writeTextElement(qt(names::addressing), QStringLiteral("Address"), qt(names::anonymous));
    writer.writeStartElement(qt(names::addressing), QStringLiteral("ReferenceParameters"));
    writer.writeTextElement(qt(names::wsman), QStringLiteral("ResourceURI"),
                            naming.classUri(path.nameSpace, path.className));
    writer.writeStartElement(qt(names::wsman), QStringLiteral("SelectorSet"));
    const bool good = composeSelectors(writer, path, naming, depth);
    writer.writeEndElement();
    writer.writeEndElement();
    return good;
}

} // namespace

QByteArray referenceXml(pugi::xml_node content)
{
    QByteArray xml;
    QXmlStreamWriter writer(&xml);
    writer.writeNamespace(qt(names::addressing), QStringLiteral("a"));
    writer.writeNamespace(qt(names::wsman), QStringLiteral("w"));
    writer.writeStartElement(qt(names::addressing), QStringLiteral("EndpointReference"));
    const bool good = writeParts(writer, content, 0);
    writer.writeEndElement();
    return good && !writer.hasError() ? xml : QByteArray();
}

bool writeText(QXmlStreamWriter &writer, const QString &text)
{
    if (!isXmlText(text))
        return false;
    qsizetype from = 0;
    for (qsizetype cr = text.indexOf(QLatin1Char('\r')); cr >= 0; cr = text.indexOf(QLatin1Char('\r'), from)) {
        writer.writeCharacters(text.mid(from, cr - from));
        writer.writeEntityReference(QStringLiteral("#13")); // a bare one arrives as a line feed
        from = cr + 1;
    }
    writer.writeCharacters(text.mid(from));
    return true;
}

Result<ReferenceWriter> ReferenceWriter::of(const cim::ObjectPath &path, const Naming &naming)
{
    ReferenceWriter made;
    made.m_path = path;
    made.m_naming = naming;
    if (!path.verbatim.isEmpty()) {
        made.m_verbatim = std::make_shared<pugi::xml_document>();
        const auto parsed = made.m_verbatim->load_buffer(path.verbatim.constData(), size_t(path.verbatim.size()),
                                                         pugi::parse_default | pugi::parse_ws_pcdata_single);
        if (!parsed || !EndpointReference(firstElement(made.m_verbatim->root())).isValid()) {
            return failure(Error::Kind::BadInput,
                           QCoreApplication::translate("wsman",
                                                       "The server's own name of an object of class %1 cannot be read.")
                                   .arg(path.className),
                           {}, QCoreApplication::translate("wsman", "Refresh, then try again."));
        }
    }
    return made;
}

QString ReferenceWriter::resourceUri() const
{
    if (m_verbatim)
        return qt(EndpointReference(firstElement(m_verbatim->root())).resourceUri());
    return m_naming.classUri(m_path.nameSpace, m_path.className);
}

bool ReferenceWriter::writeSelectors(QXmlStreamWriter &writer) const
{
    if (m_verbatim)
        return writeSelectorsOf(writer, EndpointReference(firstElement(m_verbatim->root())).selectors(), 0);
    return composeSelectors(writer, m_path, m_naming, 0);
}

bool ReferenceWriter::writeContent(QXmlStreamWriter &writer) const
{
    if (m_verbatim)
        return writeParts(writer, firstElement(m_verbatim->root()), 0);
    return composeContent(writer, m_path, m_naming, 0);
}

} // namespace portalbind::wsman
