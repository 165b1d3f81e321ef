// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/wsman/element.h"

#include <QXmlStreamReader>

namespace peer {

namespace {

constexpr int deepest = 64;

std::unique_ptr<Element> read(QXmlStreamReader &reader)
{
    auto element = std::make_unique<Element>();
    element->space = reader.namespaceUri().toString();
    element->name = reader.name().toString();
    for (const QXmlStreamAttribute &attribute : reader.attributes())
        element->attributes.push_back(
                {attribute.namespaceUri().toString(), attribute.name().toString(), attribute.value().toString()});
    return element;
}

} // namespace

bool Element::is(const char *ns, const char *local) const
{
    return name == QLatin1String(local) && space == QLatin1String(ns);
}

const Element *Element::child(const char *ns, const char *local) const
{
    for (const auto &each : children) {
        if (each->is(ns, local))
            return each.get();
    }
    return nullptr;
}

QString Element::attribute(const char *local) const
{
    for (const Attribute &each : attributes) {
        if (each.name == QLatin1String(local))
            return each.value;
    }
    return {};
}

bool Element::mustUnderstand() const
{
    const QString value = attribute("mustUnderstand");
    return value == QLatin1String("true") || value == QLatin1String("1");
}

std::unique_ptr<Element> parseXml(const QByteArray &xml)
{
    QXmlStreamReader reader(xml);
    std::unique_ptr<Element> root;
    std::vector<Element *> open;
    while (!reader.atEnd()) {
        switch (reader.readNext()) {
        case QXmlStreamReader::DTD:
        case QXmlStreamReader::EntityReference:
            return nullptr;
        case QXmlStreamReader::StartElement: {
            if (open.size() >= deepest)
                return nullptr;
            auto element = read(reader);
            Element *const raw = element.get();
            if (open.empty())
                root = std::move(element);
            else
                open.back()->children.push_back(std::move(element));
            open.push_back(raw);
            break;
        }
        case QXmlStreamReader::EndElement:
            open.pop_back();
            break;
        case QXmlStreamReader::Characters:
            if (!open.empty())
                open.back()->text += reader.text();
            break;
        default:
            break;
        }
    }
    return reader.hasError() ? nullptr : std::move(root);
}

} // namespace peer
