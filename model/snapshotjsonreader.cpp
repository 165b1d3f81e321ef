// SPDX-License-Identifier: Apache-2.0
#include "model/snapshotjson.h"

#include "model/iscsiname.h"
#include "model/jsonkeys.h"
#include "model/jsonmembers.h"
#include "model/snapshotdocument.h"
#include "model/snapshotwords.h"

#include <QCoreApplication>
#include <QHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>

#include <algorithm>

namespace portalbind {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("SnapshotJson", text);
}

class Reader : private JsonMembers
{
public:
    explicit Reader(MissingAddresses missing)
        : JsonMembers(tr("docs/snapshot-schema.md describes what a snapshot holds."))
        , m_missingAddresses(missing)
    {
    }
    [[nodiscard]] Result<SnapshotDocument> read(const QByteArray &json);

private:
    bool readRoot(const QJsonObject &root);
    bool readServer(const QJsonObject &object, const JsonPlace &place);
    bool readCapabilities(const QJsonObject &object, const JsonPlace &place, Capabilities &to);
    bool readPortal(const QJsonObject &object, const JsonPlace &place, qsizetype server);
    bool readAddress(const QJsonObject &object, const JsonPlace &place, Portal &portal);
    bool readGroup(const QJsonObject &object, const JsonPlace &place, qsizetype server);
    bool readNode(const QJsonObject &object, const JsonPlace &place, qsizetype server);
    bool readEndpoint(const QJsonObject &object, const JsonPlace &place, qsizetype server, qsizetype node);
    bool readTag(const QJsonObject &object, const JsonPlace &place, Endpoint &endpoint);
    bool readSession(const QJsonObject &object, const JsonPlace &place, qsizetype server);
    bool readPortalList(const QJsonObject &object, const JsonPlace &place, qsizetype server, qsizetype from,
                        std::vector<SnapshotDocument::Edge> &to);

    template <class E>
    bool readWord(const QJsonObject &object, const JsonPlace &place, const char *key, E &to);
    bool decodeId(const QJsonValue &value, const JsonPlace &place, QByteArray &to);
    bool readId(const QJsonObject &object, const JsonPlace &place, Kind kind, qsizetype index, QByteArray &to);
    /// The position of the object that \a value names, which must be of \a server.
    template <class List>
    bool readReference(const QJsonValue &value, const JsonPlace &place, Kind kind, const List &objects,
                       qsizetype server, qsizetype &to);

    MissingAddresses m_missingAddresses;
    SnapshotDocument m_to;
    QHash<QByteArray, qsizetype> m_ids[kindCount];
};

template <class E>
bool Reader::readWord(const QJsonObject &object, const JsonPlace &place, const char *key, E &to)
{
    const auto meaning = fromSchemaWord<E>(object.value(QLatin1String(key)).toString());
    if (meaning) {
        to = *meaning;
        return true;
    }
    QStringList words;
    for (const auto &known : schemaWords<E>)
        words += QLatin1String(known.first);
    return fail(place / key, tr("One of these words is needed here: %1.").arg(words.join(QStringLiteral(", "))));
}

bool Reader::decodeId(const QJsonValue &value, const JsonPlace &place, QByteArray &to)
{
    if (!value.isString() || value.toString().isEmpty())
        return fail(place, tr("An id is needed here: a text that is not empty."));
    const QString text = value.toString();
    if (!plain(text, place))
        return false;
    to = text.toUtf8();
    const QByteArrayView prefix("base64:");
    if (!to.startsWith(prefix))
        return true;
    const auto decoded = QByteArray::fromBase64Encoding(to.mid(prefix.size()), QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded || decoded.decoded.isEmpty())
        return fail(place, tr("What follows “base64:” is no base64."));
    to = decoded.decoded;
    return true;
}

bool Reader::readId(const QJsonObject &object, const JsonPlace &place, Kind kind, qsizetype index, QByteArray &to)
{
    if (!decodeId(object.value(QLatin1String("id")), place / "id", to))
        return false;
    qsizetype &known = m_ids[size_t(kind)][to];
    if (known)
        return fail(place / "id",
                    tr("Another object of this kind has the id “%1” as well.").arg(QString::fromUtf8(to.left(80))));
    known = index + 1; // 0 is what QHash makes
    return true;
}

template <class List>
bool Reader::readReference(const QJsonValue &value, const JsonPlace &place, Kind kind, const List &objects,
                           qsizetype server, qsizetype &to)
{
    QByteArray id;
    if (!decodeId(value, place, id))
        return false;
    to = m_ids[size_t(kind)].value(id) - 1;
    if (to < 0 || objects[size_t(to)].server != server)
        return fail(place, tr("This server has no object with the id “%1”.").arg(QString::fromUtf8(id.left(80))));
    return true;
}

bool Reader::readRoot(const QJsonObject &root)
{
    const JsonPlace top;
    if (root.value(QLatin1String("format")).toString() != QLatin1String("portalbind-snapshot"))
        return fail(top / "format", tr("This is not a snapshot: its format is not “portalbind-snapshot”."));
    const qint64 version = root.value(QLatin1String("version")).toInteger(-1);
    if (version > snapshotSchemaVersion)
        return fail(top / "version",
                    tr("The snapshot is of version %1; this program reads version %2 at most.")
                            .arg(version)
                            .arg(snapshotSchemaVersion));
    if (version < 1)
        return fail(top / "version", tr("The version is a number from 1."));
    QString taken;
    if (!readText(root, top, "takenAt", taken))
        return false;
    m_to.takenAt = QDateTime::fromString(taken, Qt::ISODateWithMs);
    if (!m_to.takenAt.isValid() || m_to.takenAt.timeSpec() != Qt::UTC)
        return fail(top / "takenAt", tr("A time like 2026-11-22T10:00:00.000Z is needed here."));
    return readFlag(root, top, "complete", m_to.complete)
            && readList(root, top, "servers",
                        [&](const QJsonObject &o, const JsonPlace &p) { return readServer(o, p); });
}

bool Reader::readServer(const QJsonObject &object, const JsonPlace &place)
{
    const auto index = qsizetype(m_to.servers.size());
    SnapshotDocument::OneServer one;
    if (!readId(object, place, Kind::Server, index, one.id) || !readText(object, place, "name", one.value.name)
        || !readText(object, place, "host", one.value.host) || !readWord(object, place, "dialect", one.value.dialect))
        return false;
    const QJsonValue capabilities = object.value(QLatin1String("capabilities"));
    if (!capabilities.isObject())
        return fail(place / "capabilities", needsObject());
    if (!readCapabilities(capabilities.toObject(), place / "capabilities", one.value.capabilities))
        return false;
    m_to.servers.push_back(std::move(one));

    // Portals come first and sessions last: the others refer to them.
    const auto each = [&](auto readOne) {
        return [=, this](const QJsonObject &o, const JsonPlace &p) { return (this->*readOne)(o, p, index); };
    };
    return readList(object, place, "portals", each(&Reader::readPortal))
            && readList(object, place, "groups", each(&Reader::readGroup))
            && readList(object, place, "nodes", each(&Reader::readNode))
            && readList(object, place, "endpoints",
                        [&](const QJsonObject &o, const JsonPlace &p) { return readEndpoint(o, p, index, -1); })
            && readList(object, place, "sessions", each(&Reader::readSession));
}

bool Reader::readCapabilities(const QJsonObject &object, const JsonPlace &place, Capabilities &to)
{
    for (const auto &[name, member] : capabilityFlags) {
        if (!readFlag(object, place, name, to.*member))
            return false;
    }
    return readWord(object, place, "bind", to.bind) && readWord(object, place, "unbind", to.unbind)
            && readWord(object, place, "addressRule", to.addressRule)
            && readWord(object, place, "groupRule", to.groupRule) && readWord(object, place, "groups", to.groups);
}

bool Reader::readPortal(const QJsonObject &object, const JsonPlace &place, qsizetype server)
{
    SnapshotDocument::OnePortal one;
    one.server = server;
    if (!readId(object, place, Kind::Portal, qsizetype(m_to.portals.size()), one.id)
        || !readWord(object, place, "kind", one.value.kind) || !readAddress(object, place, one.value)
        || !readFlag(object, place, "addressPresent", one.value.addressPresent)
        || !readText(object, place, "nic", one.value.nic))
        return false;
    m_to.portals.push_back(std::move(one));
    return true;
}

bool Reader::readAddress(const QJsonObject &object, const JsonPlace &place, Portal &portal)
{
    if (object.value(QLatin1String("address")).isNull()) { // null: the server does not tell it
        if (m_missingAddresses == MissingAddresses::Refused)
            return fail(place / "address", tr("A portal without an address cannot be imported."));
        if (portal.kind == PortalKind::Ip)
            return true;
        const qint64 port = object.value(QLatin1String("port")).toInteger(-1);
        if (port < 0 || port > 65535)
            return fail(place / "port",
                        tr("A port is a number from 1 to 65535, or 0 when the server does not tell it."));
        portal.address.port = quint16(port);
        return true;
    }
    QString text;
    if (!readText(object, place, "address", text))
        return false;
    const auto address = PortalAddress::parse(text);
    if (!address)
        return fail(place / "address", address.error().what);
    if ((portal.kind == PortalKind::Tcp) != (address->port != 0))
        return fail(place / "address",
                    portal.kind == PortalKind::Tcp ? tr("A portal of kind tcp has a port.")
                                                   : tr("A portal of kind ip has no port."));
    if (!address->ip.isForPortals())
        return fail(place / "address", tr("A portal has the address of one host, no multicast or broadcast address."));
    portal.address = *address;
    return true;
}

bool Reader::readPortalList(const QJsonObject &object, const JsonPlace &place, qsizetype server, qsizetype from,
                            std::vector<SnapshotDocument::Edge> &to)
{
    const QJsonValue value = object.value(QLatin1String("portals"));
    const JsonPlace here = place / "portals";
    if (!value.isArray())
        return fail(here, tr("A list of portal ids is needed here."));
    const QJsonArray array = value.toArray();
    QSet<qsizetype> seen;
    seen.reserve(array.size());
    for (qsizetype i = 0; i < array.size(); ++i) {
        qsizetype portal = -1;
        if (!readReference(array.at(i), here / i, Kind::Portal, m_to.portals, server, portal))
            return false;
        if (seen.contains(portal))
            return fail(here / i, tr("This portal is in the list already."));
        seen.insert(portal);
        to.push_back({from, portal});
    }
    return true;
}

bool Reader::readGroup(const QJsonObject &object, const JsonPlace &place, qsizetype server)
{
    const auto index = qsizetype(m_to.groups.size());
    SnapshotDocument::OneGroup one;
    one.server = server;
    if (!readId(object, place, Kind::Group, index, one.id) || !readText(object, place, "name", one.value.name)
        || !readFlag(object, place, "derived", one.value.derived))
        return false;
    m_to.groups.push_back(std::move(one));
    return readPortalList(object, place, server, index, m_to.memberships);
}

bool Reader::readNode(const QJsonObject &object, const JsonPlace &place, qsizetype server)
{
    const auto index = qsizetype(m_to.nodes.size());
    SnapshotDocument::OneNode one;
    one.server = server;
    if (!readId(object, place, Kind::Node, index, one.id) || !readText(object, place, "name", one.value.name)
        || !readText(object, place, "alias", one.value.alias) || !readWord(object, place, "role", one.value.role))
        return false;
    // The name is kept as the server writes it: some show upper case.
    if (const auto name = parseIscsiName(one.value.name); !name)
        return fail(place / "name", name.error().what);
    m_to.nodes.push_back(std::move(one));
    return readList(object, place, "endpoints",
                    [&](const QJsonObject &o, const JsonPlace &p) { return readEndpoint(o, p, server, index); });
}

bool Reader::readEndpoint(const QJsonObject &object, const JsonPlace &place, qsizetype server, qsizetype node)
{
    const auto index = qsizetype(m_to.endpoints.size());
    SnapshotDocument::OneEndpoint one;
    one.server = server;
    one.node = node;
    if (!readId(object, place, Kind::Endpoint, index, one.id) || !readWord(object, place, "role", one.value.role)
        || !readTag(object, place, one.value) || !readFlag(object, place, "enabled", one.value.enabled)
        || !readWord(object, place, "scope", one.value.scope))
        return false;
    if (node >= 0 && object.contains(QLatin1String("name"))) {
        const QString name = endpointName(m_to.nodes[size_t(node)].value, one.value);
        if (object.value(QLatin1String("name")).toString() != name)
            return fail(place / "name",
                        tr("The name does not fit the node, role and tag, which make it %1.").arg(name));
    }
    m_to.endpoints.push_back(std::move(one));
    return readPortalList(object, place, server, index, m_to.bindings);
}

bool Reader::readTag(const QJsonObject &object, const JsonPlace &place, Endpoint &endpoint)
{
    const QJsonValue value = object.value(QLatin1String("tag"));
    bool ok = value.isDouble();
    qint64 tag = value.toInteger(-1);
    const QString text = value.toString();
    if (value.isString() && text.startsWith(QLatin1String("0x")) && text.size() <= 14)
        tag = qint64(QStringView(text).mid(2).toULongLong(&ok, 16));
    const quint64 most = endpoint.role == Role::Target ? maximumTargetTag : maximumInitiatorTag;
    if (!ok || tag < 0 || quint64(tag) > most)
        return fail(place / "tag",
                    endpoint.role == Role::Target
                            ? tr("The tag of a target endpoint is a number from 0 to 65535.")
                            : tr("A tag is a number of 48 bits, or the same in hex like \"0x00023d000001\"."));
    endpoint.tag = quint64(tag);
    return true;
}

bool Reader::readSession(const QJsonObject &object, const JsonPlace &place, qsizetype server)
{
    SnapshotDocument::OneSession one;
    one.portal = -1;
    if (!readId(object, place, Kind::Session, qsizetype(m_to.sessions.size()), one.id)
        || !readReference(object.value(QLatin1String("endpoint")), place / "endpoint", Kind::Endpoint, m_to.endpoints,
                          server, one.endpoint))
        return false;
    const QJsonValue portal = object.value(QLatin1String("portal"));
    if (!portal.isNull() && !readReference(portal, place / "portal", Kind::Portal, m_to.portals, server, one.portal))
        return false;
    if (!readText(object, place, "initiator", one.value.initiator) || !readText(object, place, "from", one.value.from))
        return false;
    if (!one.value.initiator.isEmpty()) { // else the server does not tell it
        if (const auto name = parseIscsiName(one.value.initiator); !name)
            return fail(place / "initiator", name.error().what);
    }
    m_to.sessions.push_back(std::move(one));
    return true;
}

Result<SnapshotDocument> Reader::read(const QByteArray &json)
{
    if (json.size() > maximumSnapshotBytes)
        return failure(Error::Kind::BadInput, tr("The file is bigger than %1 MiB.").arg(maximumSnapshotBytes >> 20));
    QJsonParseError syntax;
    const QJsonDocument document = QJsonDocument::fromJson(json, &syntax);
    if (syntax.error != QJsonParseError::NoError) {
        // The offset is that behind the offending character.
        const QByteArray before = json.left(std::max(syntax.offset - 1, 0));
        const qsizetype lineStart = before.lastIndexOf('\n') + 1;
        return failure(Error::Kind::BadInput, tr("This is no JSON: %1.").arg(syntax.errorString()),
                       QStringLiteral("%1:%2")
                               .arg(before.count('\n') + 1)
                               .arg(QString::fromUtf8(before.mid(lineStart)).size() + 1));
    }
    if (const auto repeated = repeatedJsonKey(json))
        return failure(Error::Kind::BadInput, tr("This key stands twice in its object."), *repeated);
    if (!document.isObject()) {
        fail(JsonPlace(), tr("This is not a snapshot: an object is needed here."));
        return tl::unexpected(error());
    }
    if (!readRoot(document.object()))
        return tl::unexpected(error());
    return std::move(m_to);
}

} // namespace

Result<SnapshotPtr> readSnapshotJson(const QByteArray &json, std::shared_ptr<IdTable> ids, MissingAddresses missing)
{
    auto parsed = Reader(missing).read(json);
    if (!parsed)
        return tl::unexpected(parsed.error());
    return parsed->build(std::move(ids));
}

} // namespace portalbind
