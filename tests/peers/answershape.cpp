// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/answershape.h"

#include <QXmlStreamReader>

#include <algorithm>

namespace {

struct Node
{
    QString name;
    QStringList lines;
};

void note(const QString &name, const QString &text, AnswerShape *shape)
{
    if (name.endsWith(QLatin1String("/addressing}Action")))
        shape->action = text;
    else if (name == QLatin1String("{http://www.w3.org/2003/05/soap-envelope}Value")
             || name == QLatin1String("{http://www.w3.org/2003/05/soap-envelope}Text")
             || name.endsWith(QLatin1String("}FaultDetail")))
        shape->fault.append(text);
    else if (name.endsWith(QLatin1String("}ReturnValue")))
        shape->returnValue = text;
}

Node read(QXmlStreamReader &reader, int depth, AnswerShape *shape)
{
    const QString indent(depth, QLatin1Char(' '));
    Node node{QStringLiteral("{%1}%2").arg(reader.namespaceUri(), reader.name()), {}};
    QStringList attributes;
    for (const QXmlStreamAttribute &attribute : reader.attributes())
        attributes.append(QStringLiteral("{%1}%2").arg(attribute.namespaceUri(), attribute.name()));
    attributes.sort();
    node.lines.append(indent + node.name + QLatin1Char(' ') + attributes.join(QLatin1Char(' ')));
    QString text;
    QList<Node> children;
    while (!reader.atEnd()) {
        const auto token = reader.readNext();
        if (token == QXmlStreamReader::EndElement)
            break;
        if (token == QXmlStreamReader::Characters)
            text += reader.text();
        else if (token == QXmlStreamReader::StartElement)
            children.append(read(reader, depth + 1, shape));
    }
    const auto sameLines = [](const Node &left, const Node &right) { return left.lines == right.lines; };
    if (node.name.endsWith(QLatin1String("}Items"))) {
        std::sort(children.begin(), children.end(),
                  [](const Node &left, const Node &right) { return left.lines < right.lines; });
    }
    children.erase(std::unique(children.begin(), children.end(), sameLines), children.end());
    for (const Node &child : std::as_const(children))
        node.lines += child.lines;
    note(node.name, text, shape);
    return node;
}

} // namespace

AnswerShape shapeOf(const QByteArray &xml)
{
    AnswerShape shape;
    QXmlStreamReader reader(xml);
    if (reader.readNextStartElement())
        shape.elements = read(reader, 0, &shape).lines;
    shape.isXml = !reader.hasError() && !shape.elements.isEmpty();
    return shape;
}

QString AnswerShape::differenceFrom(const AnswerShape &other) const
{
    if (isXml != other.isXml)
        return isXml ? QStringLiteral("XML instead of none") : QStringLiteral("no XML");
    if (action != other.action)
        return QStringLiteral("action %1 instead of %2").arg(action, other.action);
    if (fault != other.fault)
        return QStringLiteral("fault %1 instead of %2").arg(fault.join(u'|'), other.fault.join(u'|'));
    if (returnValue != other.returnValue)
        return QStringLiteral("return value %1 instead of %2").arg(returnValue, other.returnValue);
    for (qsizetype i = 0; i < qMax(elements.size(), other.elements.size()); ++i) {
        if (elements.value(i) != other.elements.value(i))
            return QStringLiteral("element %1: %2 instead of %3")
                    .arg(i)
                    .arg(elements.value(i), other.elements.value(i));
    }
    return {};
}
