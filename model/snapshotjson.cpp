// SPDX-License-Identifier: Apache-2.0
#include "model/snapshotjson.h"

#include "model/iscsiname.h"
#include "model/snapshotwords.h"

#include <algorithm>
#include <vector>

namespace portalbind {
namespace {

bool isControl(char16_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/// Whether JSON takes a character as it is, and UTF-8 has one byte for it.
bool isPlain(char16_t c)
{
    return c >= 0x20 && c < 0x7f && c != u'"' && c != u'\\';
}

/// \a text between quotation marks, as readSnapshotJson() takes it back.
QByteArray quoted(QStringView text)
{
    if (std::all_of(text.begin(), text.end(), [](QChar c) { return isPlain(c.unicode()); })) {
        QByteArray plain(text.size() + 2, '"');
        std::transform(text.begin(), text.end(), plain.begin() + 1, [](QChar c) { return char(c.unicode()); });
        return plain;
    }
    QString clean;
    if (std::any_of(text.begin(), text.end(), [](QChar c) { return isControl(c.unicode()); }) || !text.isValidUtf16()) {
        for (qsizetype i = 0; i < text.size(); ++i) {
            const bool pair = text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate();
            if (pair) {
                clean += text[i++];
                clean += text[i];
            } else {
                clean += isControl(text[i].unicode()) || text[i].isSurrogate() ? QChar(QChar::ReplacementCharacter)
                                                                               : text[i];
            }
        }
        text = clean;
    }
    QByteArray utf8 = text.toUtf8();
    if (utf8.contains('\\'))
        utf8.replace('\\', QByteArrayLiteral("\\\\"));
    if (utf8.contains('"'))
        utf8.replace('"', QByteArrayLiteral("\\\""));
    return '"' + utf8 + '"';
}

constexpr const char *base64Prefix = "base64:";

/// An id as text: as it is when it is readable UTF-8, in base64 otherwise.
QByteArray quotedId(const QByteArray &id)
{
    const bool isAscii = std::all_of(id.begin(), id.end(),
                                     [](char c) { return isPlain(static_cast<unsigned char>(c)); });
    if (isAscii && !id.startsWith(base64Prefix))
        return '"' + id + '"';
    const QString text = QString::fromUtf8(id);
    const bool plain = !id.startsWith(base64Prefix) && text.toUtf8() == id
            && std::none_of(text.begin(), text.end(), [](QChar c) { return isControl(c.unicode()); });
    return plain ? quoted(text) : '"' + QByteArray(base64Prefix) + id.toBase64() + '"';
}

class Writer
{
public:
    explicit Writer(const InventoryOrder &order)
        : m_inventory(order.inventory())
        , m_order(order)
    {
    }

    QByteArray write();

private:
    void writeServer(ServerHandle h);
    void writeCapabilities(const Capabilities &capabilities);
    void writePortals(ServerHandle h);
    void writeGroups(ServerHandle h);
    void writeNodes(ServerHandle h);
    void writeEndpoints(const QList<EndpointHandle> &endpoints, const char *indent);
    void writeSessions(ServerHandle h);
    void writePortalIds(const QList<PortalHandle> &portals);

    template <class H>
    QByteArray id(H handle) const;
    /// One object a line: `[`, the objects, `]` at \a indent.
    template <class List, class Write>
    void list(const List &items, const char *indent, Write write);
    void text(const char *key, const QString &value) { m_out += key + quoted(value); }
    void flag(const char *key, bool value) { (m_out += key) += value ? "true" : "false"; }
    template <class E>
    void word(const char *key, E value)
    {
        ((m_out += key) += '"') += schemaWord(value).data();
        m_out += '"';
    }

    const Inventory &m_inventory;
    const InventoryOrder &m_order;
    std::vector<QByteArray> m_portalIds; // by handle value, quoted; those of the server being written
    QList<PortalHandle> m_portals; // of the server being written
    QByteArray m_out;
};

template <class H>
QByteArray Writer::id(H handle) const
{
    static constexpr const char *kinds[kindCount] = {"server", "node", "endpoint", "portal", "group", "session"};
    const SnapshotPtr &base = m_inventory.base();
    const QByteArray own = base ? base->ids()->id(handle) : QByteArray();
    if (!own.isEmpty())
        return quotedId(own);
    // A staged object has no id of the server yet.
    QByteArray made = QByteArrayLiteral("staged-") + kinds[size_t(H::kind)] + '-' + QByteArray::number(handle.value);
    while (base && base->ids()->template find<H>(made))
        made += '+';
    return quotedId(made);
}

template <class List, class Write>
void Writer::list(const List &items, const char *indent, Write write)
{
    m_out += '[';
    bool first = true;
    for (const auto &item : items) {
        ((m_out += first ? "\n" : ",\n") += indent) += "  ";
        first = false;
        write(item);
    }
    if (!first)
        (m_out += '\n') += indent;
    m_out += ']';
}

QByteArray Writer::write()
{
    const SnapshotPtr &base = m_inventory.base();
    m_out.reserve(qsizetype(base ? base->byteSize() * 2 : 1024));
    m_out += "{\n  \"format\": \"portalbind-snapshot\",\n  \"version\": " + QByteArray::number(snapshotSchemaVersion);
    if (base)
        m_out += ",\n  \"takenAt\": \"" + base->takenAt().toUTC().toString(Qt::ISODateWithMs).toLatin1() + '"';
    flag(",\n  \"complete\": ", m_inventory.isComplete());
    m_out += ",\n  \"servers\": ";
    list(m_order.servers(), "  ", [&](ServerHandle h) { writeServer(h); });
    m_out += "\n}\n";
    return std::move(m_out);
}

void Writer::writeServer(ServerHandle h)
{
    const Server server = m_inventory.server(h);
    m_out += "{\n      \"id\": " + id(h);
    text(",\n      \"name\": ", server.name);
    text(",\n      \"host\": ", server.host);
    word(",\n      \"dialect\": ", server.dialect);
    m_out += ",\n      \"capabilities\": ";
    writeCapabilities(server.capabilities);
    m_out += ",\n      \"portals\": ";
    writePortals(h);
    m_out += ",\n      \"groups\": ";
    writeGroups(h);
    m_out += ",\n      \"nodes\": ";
    writeNodes(h);
    m_out += ",\n      \"endpoints\": ";
    writeEndpoints(m_order.looseEndpointsOf(h), "      ");
    m_out += ",\n      \"sessions\": ";
    writeSessions(h);
    m_out += "\n    }";
}

void Writer::writeCapabilities(const Capabilities &capabilities)
{
    word("{\"bind\": ", capabilities.bind);
    word(", \"unbind\": ", capabilities.unbind);
    word(", \"addressRule\": ", capabilities.addressRule);
    word(", \"groupRule\": ", capabilities.groupRule);
    word(", \"groups\": ", capabilities.groups);
    for (const auto &[name, member] : capabilityFlags) {
        (m_out += ", \"") += name;
        flag("\": ", capabilities.*member);
    }
    m_out += '}';
}

void Writer::writePortals(ServerHandle h)
{
    for (const PortalHandle p : m_portals)
        m_portalIds[p.value].clear();
    m_portals = m_order.portalsOf(h);
    list(m_portals, "      ", [&](PortalHandle p) {
        const Portal portal = m_inventory.portal(p);
        if (p.value >= m_portalIds.size())
            m_portalIds.resize(p.value + 1 + p.value / 2);
        m_portalIds[p.value] = id(p);
        m_out += "{\"id\": " + m_portalIds[p.value];
        word(", \"kind\": ", portal.kind);
        if (portal.address.ip.isNull()) {
            m_out += ", \"address\": null";
            if (portal.kind == PortalKind::Tcp)
                m_out += ", \"port\": " + QByteArray::number(portal.address.port);
        } else {
            text(", \"address\": ", portal.address.toString());
        }
        flag(", \"addressPresent\": ", portal.addressPresent);
        text(", \"nic\": ", portal.nic);
        m_out += '}';
    });
}

void Writer::writePortalIds(const QList<PortalHandle> &portals)
{
    m_out += '[';
    const qsizetype start = m_out.size();
    for (const PortalHandle p : m_order.sorted(portals)) {
        if (p.value >= m_portalIds.size() || m_portalIds[p.value].isEmpty())
            continue; // of another server: bindings and memberships never leave theirs
        if (m_out.size() > start)
            m_out += ", ";
        m_out += m_portalIds[p.value];
    }
    m_out += ']';
}

void Writer::writeGroups(ServerHandle h)
{
    list(m_order.groupsOf(h), "      ", [&](GroupHandle g) {
        const Group group = m_inventory.group(g);
        m_out += "{\"id\": " + id(g);
        text(", \"name\": ", group.name);
        flag(", \"derived\": ", group.derived);
        m_out += ", \"portals\": ";
        writePortalIds(m_inventory.portalsOf(g));
        m_out += '}';
    });
}

void Writer::writeNodes(ServerHandle h)
{
    list(m_order.nodesOf(h), "      ", [&](NodeHandle n) {
        const Node node = m_inventory.node(n);
        m_out += "{\"id\": " + id(n);
        text(", \"name\": ", node.name);
        text(", \"alias\": ", node.alias);
        word(", \"role\": ", node.role);
        m_out += ", \"endpoints\": ";
        writeEndpoints(m_order.endpointsOf(n), "        ");
        m_out += '}';
    });
}

void Writer::writeEndpoints(const QList<EndpointHandle> &endpoints, const char *indent)
{
    list(endpoints, indent, [&](EndpointHandle e) {
        const Endpoint endpoint = m_inventory.endpoint(e);
        m_out += "{\"id\": " + id(e);
        if (m_inventory.has(endpoint.node))
            text(", \"name\": ", endpointName(m_inventory.node(endpoint.node), endpoint));
        word(", \"role\": ", endpoint.role);
        // An ISID is told in hex wherever people meet it, a TPGT in decimal.
        if (endpoint.role == Role::Initiator)
            m_out += ", \"tag\": \"0x" + QByteArray::number(endpoint.tag, 16).rightJustified(12, '0') + '"';
        else
            m_out += ", \"tag\": " + QByteArray::number(endpoint.tag);
        flag(", \"enabled\": ", endpoint.enabled);
        word(", \"scope\": ", endpoint.scope);
        m_out += ", \"portals\": ";
        writePortalIds(m_inventory.portalsBoundBy(e));
        m_out += '}';
    });
}

void Writer::writeSessions(ServerHandle h)
{
    QList<SessionHandle> sessions;
    for (const EndpointHandle e : m_order.endpointsOf(h))
        sessions += m_order.sessionsOf(e);
    list(sessions, "      ", [&](SessionHandle s) {
        const LoginSession session = m_inventory.session(s);
        m_out += "{\"id\": " + id(s) + ", \"endpoint\": " + id(session.endpoint)
                + ", \"portal\": " + (m_inventory.has(session.portal) ? id(session.portal) : QByteArrayLiteral("null"));
        text(", \"initiator\": ", session.initiator);
        text(", \"from\": ", session.from);
        m_out += '}';
    });
}

} // namespace

QByteArray writeSnapshotJson(const Inventory &inventory)
{
    return Writer(InventoryOrder(inventory)).write();
}

QByteArray writeSnapshotJson(const InventoryOrder &order)
{
    return Writer(order).write();
}

} // namespace portalbind
