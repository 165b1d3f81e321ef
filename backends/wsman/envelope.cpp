// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/envelope.h"

#include "backends/wsman/soapnames.h"
#include "backends/wsman/valuedecoder.h"
#include "backends/wsman/xmlnames.h"

#include <QCoreApplication>
#include <QUuid>

#include <algorithm>

namespace portalbind::wsman {
namespace {

constexpr int maxNesting = 16;

void declare(QXmlStreamWriter &writer)
{
    writer.writeNamespace(qt(names::soap), QStringLiteral("s"));
    writer.writeNamespace(qt(names::addressing), QStringLiteral("wsa"));
    writer.writeNamespace(qt(names::wsman), QStringLiteral("wsman"));
    writer.writeNamespace(qt(names::enumeration), QStringLiteral("wsen"));
    writer.writeNamespace(qt(names::binding), QStringLiteral("wsmb"));
    writer.writeNamespace(qt(names::microsoft), QStringLiteral("p"));
    writer.writeNamespace(qt(names::schemaInstance), QStringLiteral("xsi"));
}

void writeUnderstood(QXmlStreamWriter &writer, std::string_view space, const QString &name, const QString &text)
{
    writer.writeStartElement(qt(space), name);
    writer.writeAttribute(qt(names::soap), QStringLiteral("mustUnderstand"), QStringLiteral("true"));
    writer.writeCharacters(text);
    writer.writeEndElement();
}

void writeLocale(QXmlStreamWriter &writer, std::string_view space, const QString &name)
{
    // Never mustUnderstand="true": Windows answers that with a fault.
    writer.writeStartElement(qt(space), name);
    writer.writeAttribute(qt(names::xml), QStringLiteral("lang"), QStringLiteral("en-US"));
    writer.writeAttribute(qt(names::soap), QStringLiteral("mustUnderstand"), QStringLiteral("false"));
    writer.writeEndElement();
}

/// Names of properties, parameters and methods come from a schema; anything else is not written.
bool isName(const QString &name)
{
    if (name.isEmpty() || name.front().isDigit())
        return false;
    return std::all_of(name.begin(), name.end(),
                       [](QChar c) { return c == QLatin1Char('_') || (c.unicode() < 128 && c.isLetterOrNumber()); });
}

/// An element as it came, with names resolved; of its attributes those that name selectors.
bool copyElement(QXmlStreamWriter &writer, pugi::xml_node node, int depth)
{
    if (depth > maxNesting)
        return false;
    bool good = true;
    writer.writeStartElement(qt(namespaceOf(node)), qt(localName(node)));
    for (pugi::xml_attribute a = node.first_attribute(); a; a = a.next_attribute()) {
        if (std::string_view(a.name()) == "Name")
            writer.writeAttribute(QStringLiteral("Name"), qt(a.value()));
    }
    if (firstElement(node)) {
        for (pugi::xml_node child = firstElement(node); child; child = nextElement(child))
            good = copyElement(writer, child, depth + 1) && good;
    } else {
        good = writeText(writer, qt(textOf(node)));
    }
    writer.writeEndElement();
    return good;
}

std::function<bool(QXmlStreamWriter &)> namespaceSelector(const QString &nameSpace, const Naming &naming)
{
    if (!naming.needsNamespaceSelector())
        return {};
    return [nameSpace](QXmlStreamWriter &writer) {
        writer.writeStartElement(qt(names::wsman), QStringLiteral("Selector"));
        writer.writeAttribute(QStringLiteral("Name"), qt(names::namespaceSelector));
        const bool good = writeText(writer, nameSpace);
        writer.writeEndElement();
        return good;
    };
}

} // namespace

Target Target::ofClass(const QString &nameSpace, const QString &className, const Naming &naming)
{
    return {naming.classUri(nameSpace, className), namespaceSelector(nameSpace, naming)};
}

Target Target::ofAllClasses(const QString &nameSpace, const Naming &naming)
{
    return {naming.allClassesUri(nameSpace), namespaceSelector(nameSpace, naming)};
}

Result<Target> Target::ofObject(const cim::ObjectPath &path, const Naming &naming)
{
    auto writer = ReferenceWriter::of(path, naming);
    if (!writer)
        return tl::unexpected(writer.error());
    const QString uri = writer->resourceUri();
    return Target{uri, [reference = std::move(*writer)](QXmlStreamWriter &to) { return reference.writeSelectors(to); }};
}

Envelope EnvelopeWriter::identify()
{
    Envelope envelope;
    QXmlStreamWriter writer(&envelope.xml);
    writer.writeNamespace(qt(names::soap), QStringLiteral("s"));
    writer.writeNamespace(qt(names::identity), QStringLiteral("wsmid"));
    writer.writeStartElement(qt(names::soap), QStringLiteral("Envelope"));
    writer.writeEmptyElement(qt(names::soap), QStringLiteral("Header"));
    writer.writeStartElement(qt(names::soap), QStringLiteral("Body"));
    writer.writeEmptyElement(qt(names::identity), QStringLiteral("Identify"));
    writer.writeEndElement();
    writer.writeEndElement();
    return envelope;
}

void EnvelopeWriter::writeHeader(QXmlStreamWriter &writer, const Target &target, const QString &action,
                                 const QString &messageId, bool *good) const
{
    writer.writeStartElement(qt(names::soap), QStringLiteral("Header"));
    writer.writeTextElement(qt(names::addressing), QStringLiteral("To"), m_profile.url());
    writeUnderstood(writer, names::wsman, QStringLiteral("ResourceURI"), target.resourceUri);
    writer.writeStartElement(qt(names::addressing), QStringLiteral("ReplyTo"));
    writeUnderstood(writer, names::addressing, QStringLiteral("Address"), qt(names::anonymous));
    writer.writeEndElement();
    writeUnderstood(writer, names::addressing, QStringLiteral("Action"), action);
    writeUnderstood(writer, names::wsman, QStringLiteral("MaxEnvelopeSize"),
                    QString::number(m_profile.limits.envelope));
    writer.writeTextElement(qt(names::addressing), QStringLiteral("MessageID"), messageId);
    writeLocale(writer, names::wsman, QStringLiteral("Locale"));
    writeLocale(writer, names::microsoft, QStringLiteral("DataLocale"));
    if (target.selectors) {
        writer.writeStartElement(qt(names::wsman), QStringLiteral("SelectorSet"));
        *good = target.selectors(writer) && *good;
        writer.writeEndElement();
    }
    writer.writeTextElement(qt(names::wsman), QStringLiteral("OperationTimeout"),
                            QStringLiteral("PT%1S").arg(m_profile.deadlines.operation.count()));
    writer.writeEndElement();
}

Result<Envelope> EnvelopeWriter::write(const Target &target, const QString &action, const Body &body) const
{
    Envelope envelope;
    // A fresh one for each message: openwsman refuses one it has seen.
    const QString messageId = QLatin1String("uuid:") + QUuid::createUuid().toString(QUuid::WithoutBraces).toUpper();
    envelope.messageId = messageId.toStdString();
    QXmlStreamWriter writer(&envelope.xml);
    declare(writer);
    bool good = true;
    writer.writeStartElement(qt(names::soap), QStringLiteral("Envelope"));
    writeHeader(writer, target, action, messageId, &good);
    writer.writeStartElement(qt(names::soap), QStringLiteral("Body"));
    if (body)
        good = body(writer) && good;
    writer.writeEndElement();
    writer.writeEndElement();
    if (!good || writer.hasError()) {
        return failure(
                Error::Kind::BadInput,
                QCoreApplication::translate("wsman", "A name or value has characters that cannot be sent to a server."),
                m_profile.address(), QCoreApplication::translate("wsman", "Type it again."));
    }
    return envelope;
}

Result<Envelope> EnvelopeWriter::get(const Target &target) const
{
    return write(target, qt(names::get), {});
}

Result<Envelope> EnvelopeWriter::remove(const Target &target) const
{
    return write(target, qt(names::remove), {});
}

Result<Envelope> EnvelopeWriter::put(const Target &target, pugi::xml_node current, const cim::Instance &changed) const
{
    const QString space = qt(namespaceOf(current));
    return write(target, qt(names::put), [&](QXmlStreamWriter &writer) {
        if (!isName(changed.className))
            return false;
        writer.writeStartElement(space, changed.className);
        bool good = true;
        const auto change = [&](std::string_view name) {
            return std::find_if(changed.properties.begin(), changed.properties.end(),
                                [&](const auto &one) { return sameCimName(one.first.toStdString(), name); });
        };
        const PropertyScope scope(current);
        QStringList written;
        for (pugi::xml_node p = firstElement(current); p; p = nextElement(p)) {
            if (!scope.contains(p))
                continue;
            const auto other = change(localName(p));
            const QString name = qt(localName(p));
            if (other == changed.properties.end()) {
                good = (isNil(p) || copyElement(writer, p, 0)) && good;
            } else if (!written.contains(name)) { // the first of an array stands for all
                written << name;
                good = writeValue(writer, space, name, other->second, 0) && good;
            }
        }
        for (const auto &[name, value] : changed.properties) {
            if (!written.contains(name, Qt::CaseInsensitive))
                good = writeValue(writer, space, name, value, 0) && good;
        }
        writer.writeEndElement();
        return good;
    });
}

Result<Envelope> EnvelopeWriter::invoke(const Target &target, const QString &method, const cim::Parameters &in) const
{
    return write(target, target.resourceUri + QLatin1Char('/') + method, [&](QXmlStreamWriter &writer) {
        if (!isName(method))
            return false;
        writer.writeStartElement(target.resourceUri, method + QLatin1String("_INPUT"));
        bool good = true;
        for (const auto &[name, value] : in)
            good = writeValue(writer, target.resourceUri, name, value, 0) && good;
        writer.writeEndElement();
        return good;
    });
}

/// NULL is left out: that is understood everywhere.
bool EnvelopeWriter::writeValue(QXmlStreamWriter &writer, const QString &space, const QString &name,
                                const cim::Value &value, int depth) const
{
    if (value.isNull())
        return true;
    if (!isName(name) || depth > maxNesting)
        return false;
    if (const auto *list = std::get_if<cim::Value::List>(&value.data)) {
        return std::all_of(list->begin(), list->end(),
                           [&](const cim::Value &one) { return writeValue(writer, space, name, one, depth + 1); });
    }
    writer.writeStartElement(space, name);
    bool good = true;
    if (const auto *text = std::get_if<QString>(&value.data)) {
        good = writeText(writer, *text);
    } else if (const auto *path = std::get_if<std::shared_ptr<const cim::ObjectPath>>(&value.data)) {
        // The content of an EPR alone: with wsa:EndpointReference around it, it arrives as NULL.
        const auto reference = ReferenceWriter::of(**path, m_naming);
        good = reference && reference->writeContent(writer);
    } else if (const auto *instance = std::get_if<std::shared_ptr<const cim::Instance>>(&value.data)) {
        for (const auto &[inner, one] : (*instance)->properties)
            good = writeValue(writer, space, inner, one, depth + 1) && good;
    }
    writer.writeEndElement();
    return good;
}

bool EnvelopeWriter::writeFilter(QXmlStreamWriter &writer, const AssociationQuery &query) const
{
    writer.writeStartElement(qt(names::wsman), QStringLiteral("Filter"));
    writer.writeAttribute(QStringLiteral("Dialect"), qt(names::associationFilter));
    writer.writeStartElement(qt(names::binding), QStringLiteral("AssociationInstances"));
    writer.writeStartElement(qt(names::binding), QStringLiteral("Object"));
    const bool good = query.object.writeContent(writer);
    writer.writeEndElement();
    writer.writeTextElement(qt(names::binding), QStringLiteral("ResultClassName"), query.associationClass);
    int elements = 2;
    if (!query.role.isEmpty()) {
        writer.writeTextElement(qt(names::binding), QStringLiteral("Role"), query.role);
        ++elements;
    }
    for (; query.padded && elements < 4; ++elements)
        writer.writeEmptyElement(qt(names::binding), QStringLiteral("IncludeResultProperty"));
    writer.writeEndElement();
    writer.writeEndElement();
    return good;
}

Result<Envelope> EnvelopeWriter::enumerate(const Target &target, bool paths, int batch,
                                           const AssociationQuery *query) const
{
    return write(target, qt(names::enumerate), [&](QXmlStreamWriter &writer) {
        writer.writeStartElement(qt(names::enumeration), QStringLiteral("Enumerate"));
        bool good = true;
        writer.writeEmptyElement(qt(names::wsman), QStringLiteral("OptimizeEnumeration"));
        writer.writeTextElement(qt(names::wsman), QStringLiteral("MaxElements"), QString::number(batch));
        if (paths)
            writer.writeTextElement(qt(names::wsman), QStringLiteral("EnumerationMode"),
                                    QStringLiteral("EnumerateObjectAndEPR"));
        if (query)
            good = writeFilter(writer, *query);
        writer.writeEndElement();
        return good;
    });
}

Result<Envelope> EnvelopeWriter::pull(const Target &target, const std::string &context, int batch) const
{
    return write(target, qt(names::pull), [&](QXmlStreamWriter &writer) {
        writer.writeStartElement(qt(names::enumeration), QStringLiteral("Pull"));
        writer.writeStartElement(qt(names::enumeration), QStringLiteral("EnumerationContext"));
        const bool good = writeText(writer, QString::fromStdString(context));
        writer.writeEndElement();
        writer.writeTextElement(qt(names::enumeration), QStringLiteral("MaxElements"), QString::number(batch));
        writer.writeEndElement();
        return good;
    });
}

Result<Envelope> EnvelopeWriter::release(const Target &target, const std::string &context) const
{
    return write(target, qt(names::release), [&](QXmlStreamWriter &writer) {
        writer.writeStartElement(qt(names::enumeration), QStringLiteral("Release"));
        writer.writeStartElement(qt(names::enumeration), QStringLiteral("EnumerationContext"));
        const bool good = writeText(writer, QString::fromStdString(context));
        writer.writeEndElement();
        writer.writeEndElement();
        return good;
    });
}

} // namespace portalbind::wsman
