// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/wsman/dialect.h"

#include "tests/peers/wsman/element.h"

#include <algorithm>

namespace peer {

namespace {

/// 20261122080910.123456+000 as xs:dateTime.
QByteArray xmlDateTime(const QByteArray &cim)
{
    return cim.left(4) + '-' + cim.mid(4, 2) + '-' + cim.mid(6, 2) + 'T' + cim.mid(8, 2) + ':' + cim.mid(10, 2) + ':'
            + cim.mid(12, 9) + 'Z';
}

} // namespace

QByteArray namespaceName(Space space)
{
    switch (space) {
    case Space::Target:
        return "root/cimv2/storage/iscsitarget";
    case Space::Interop:
        return "root/interop";
    case Space::Wmi:
        return "root/wmi";
    }
    Q_UNREACHABLE();
}

std::optional<Space> spaceOfName(const QString &name)
{
    for (const Space space : {Space::Target, Space::Interop, Space::Wmi}) {
        if (name.compare(QString::fromUtf8(namespaceName(space)), Qt::CaseInsensitive) == 0)
            return space;
    }
    return {};
}

QByteArray escaped(const QByteArray &text)
{
    QByteArray result;
    result.reserve(text.size());
    for (const char c : text) {
        switch (c) {
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '&':
            result += "&amp;";
            break;
        case '"':
            result += "&quot;";
            break;
        case '\r':
            result += "&#13;";
            break;
        default:
            result += c;
            break;
        }
    }
    return result;
}

void Writing::text(QString value)
{
    if (m_dialect.openwsman() && m_dialect.losesText) {
        if (value.contains(u'<') || value.contains(u'>') || value.contains(u'&'))
            return;
        const auto foreign = std::find_if(value.cbegin(), value.cend(), [](QChar c) { return c.unicode() > 0x7e; });
        if (foreign != value.cend())
            value = value.left(foreign - value.cbegin()).trimmed();
    }
    if (m_dialect.windows()) {
        for (QChar &c : value) {
            if (c.unicode() < 0x20) // MS-WSMV: control characters become question marks
                c = u'?';
        }
    }
    out += escaped(value.toUtf8());
}

QByteArray Writing::uriOf(const CimClass &type, Space space) const
{
    if (m_dialect.windows() && !m_dmtf)
        return wmiClasses + namespaceName(space) + '/' + type.name;
    return dmtfClasses + type.name;
}

QByteArray Writing::begin(const QByteArray &name, const QByteArray &uri, const QByteArray &typeName)
{
    if (m_dialect.openwsman()) {
        auto known = std::find_if(m_prefixes.begin(), m_prefixes.end(),
                                  [&](const auto &each) { return each.second == uri; });
        if (known == m_prefixes.end()) {
            m_prefixes.emplace_back("n" + QByteArray::number(qulonglong(m_prefixes.size()) + 1), uri);
            known = std::prev(m_prefixes.end());
        }
        out += '<' + known->first + ':' + name + '>';
        return known->first;
    }
    out += "<p:" + name + " xmlns:p=\"" + uri + '"';
    if (m_dialect.windows()) {
        out += " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
               "xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\"";
        if (!typeName.isEmpty())
            out += " xsi:type=\"p:" + typeName + "_Type\" xml:lang=\"en-US\"";
    }
    out += '>';
    return "p";
}

const Writing::Layout &Writing::layout(const CimClass *type)
{
    auto &known = m_layouts[type];
    if (known)
        return *known;
    known = std::make_shared<Layout>();
    for (size_t i = 0; i < type->properties.size(); ++i) {
        known->order.push_back(i);
        known->position.insert(type->properties[i].name, i);
    }
    if (!m_dialect.omi()) {
        std::sort(known->order.begin(), known->order.end(), [type](size_t left, size_t right) {
            return type->properties[left].name < type->properties[right].name;
        });
    }
    return *known;
}

void Writing::instance(const Instance &instance, const CimClass *shownAs, Space space, const QList<QByteArray> &only)
{
    const QByteArray prefix = begin(shownAs->name, uriOf(*shownAs, space), shownAs->name);
    const Layout &order = layout(shownAs);
    std::vector<const Value *> values(shownAs->properties.size());
    for (const Value &each : instance.values) {
        const auto position = order.position.constFind(each.property);
        if (position != order.position.constEnd())
            values[*position] = &each;
    }
    for (const size_t i : order.order) {
        const CimClass::Property &property = shownAs->properties[i];
        if (!only.isEmpty() && std::none_of(only.begin(), only.end(), [&](const QByteArray &name) {
                return name.compare(property.name, Qt::CaseInsensitive) == 0;
            }))
            continue;
        if (values[i]) {
            value(prefix, property, *values[i]);
        } else if (m_dialect.openwsman() && property.name == "EnabledDefault") {
            out += '<' + prefix + ":EnabledDefault>2</" + prefix
                    + ":EnabledDefault>"; // sfcb fills in what the schema says
        } else if (m_dialect.openwsman() && property.name == "TransitioningToState") {
            out += '<' + prefix + ":TransitioningToState>12</" + prefix + ":TransitioningToState>";
        } else if (!m_dialect.openwsman() || !property.array) {
            out += '<' + prefix + ':' + property.name + " xsi:nil=\"true\"/>";
        }
    }
    out += "</" + prefix + ':' + shownAs->name + '>';
}

void Writing::value(const QByteArray &prefix, const CimClass::Property &property, const Value &value)
{
    const qsizetype start = out.size();
    out += '<' + prefix + ':' + property.name + '>';
    const qsizetype content = out.size();
    if (value.form == Value::Form::Reference) {
        referenceContent(value.path, true);
    } else if (value.form == Value::Form::DateTime) {
        if (m_dialect.windows())
            out += "<cim:Datetime>" + xmlDateTime(value.text) + "</cim:Datetime>";
        else
            out += m_dialect.omi() ? xmlDateTime(value.text) : value.text;
    } else if (property.type == "boolean" && m_dialect.omi()) {
        out += value.text.toUpper();
    } else {
        text(QString::fromUtf8(value.text));
    }
    if (out.size() == content && m_dialect.openwsman()) {
        out.truncate(start);
        out += '<' + prefix + ':' + property.name + "/>";
    } else {
        out += "</" + prefix + ':' + property.name + '>';
    }
}

void Writing::endpointReference(const Path &path)
{
    open(addressing(), "EndpointReference");
    referenceContent(path, false);
    close(addressing(), "EndpointReference");
}

void Writing::referenceContent(const Path &path, bool inProperty)
{
    const QByteArray a = addressing();
    const QByteArray w = wsman();
    const QByteArray opening = '<' + w + ":Selector Name=\"";
    const QByteArray closing = "</" + w + ":Selector>";
    const QByteArray space = m_dialect.windows() && !m_dmtf
            ? QByteArray()
            : opening + "__cimnamespace\">" + namespaceName(path.space) + closing;
    out += '<' + a + ":Address>" + anonymous + "</" + a + ":Address><" + a + ":ReferenceParameters><" + w
            + ":ResourceURI>" + uriOf(*path.type, path.space) + "</" + w + ":ResourceURI><" + w + ":SelectorSet>";
    const bool spaceLast = m_dialect.openwsman() && inProperty;
    if (!spaceLast)
        out += space;
    const QByteArray *last = nullptr;
    for (const auto &[key, name] : path.keys) {
        if (spaceLast && key == "Name" && path.keys.size() == 4) { // the order in which sfcb keeps keys
            last = &name;
            continue;
        }
        out += opening + key + "\">" + escaped(name) + closing;
    }
    if (last)
        out += opening + "Name\">" + escaped(*last) + closing;
    for (size_t i = 0; i < path.ends.size(); ++i) {
        out += opening + path.roles[i] + "\">";
        if (m_dialect.omi())
            referenceContent(path.ends[i], true); // without the wrapper that OMI itself asks for (recording 24)
        else if (m_dialect.openwsman())
            open("wsa", "EndpointReference"), referenceContent(path.ends[i], true), close("wsa", "EndpointReference");
        else
            endpointReference(path.ends[i]);
        out += closing;
    }
    if (spaceLast)
        out += space;
    out += "</" + w + ":SelectorSet></" + a + ":ReferenceParameters>";
}

void Writing::methodResult(const CimClass &type, Space space, const QByteArray &method, quint16 code,
                           const QByteArray &parameter, const std::optional<Path> &reference)
{
    // OMI's wrapper is called after the method, in a namespace of the method (recording 67).
    const QByteArray name = m_dialect.omi() ? method : method + "_OUTPUT";
    const QByteArray uri = m_dialect.omi() ? dmtfClasses + method : uriOf(type, space);
    const QByteArray prefix = begin(name, uri, m_dialect.windows() ? name : QByteArray());
    const auto writeReference = [&] {
        if (!reference)
            return;
        out += '<' + prefix + ':' + parameter + '>';
        referenceContent(*reference, true);
        out += "</" + prefix + ':' + parameter + '>';
    };
    if (!m_dialect.openwsman())
        writeReference();
    out += '<' + prefix + ":ReturnValue>" + QByteArray::number(code) + "</" + prefix + ":ReturnValue>";
    if (m_dialect.openwsman())
        writeReference();
    out += "</" + prefix + ':' + name + '>';
}

} // namespace peer
