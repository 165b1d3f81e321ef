// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/listing.h"

#include "app/ctl/texttable.h"
#include "model/showntext.h"

#include <QCoreApplication>
#include <QJsonArray>

namespace portalbind {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Listing", text);
}

QString value(const QJsonObject &object, const char *key)
{
    const QJsonValue v = object.value(QLatin1String(key));
    if (v.isArray()) {
        QStringList parts;
        for (const QJsonValue part : v.toArray())
            parts += part.toString();
        return parts.join(QLatin1String(", "));
    }
    if (v.isBool())
        return v.toBool() ? tr("yes") : tr("no");
    return v.isNull() ? QStringLiteral("-") : v.toVariant().toString();
}

struct Column
{
    const char *heading;
    const char *key;
    bool isNumber = false;
};

/// One kind of objects: its columns, and its objects in order.
template <class List, class ObjectOf>
void writeList(const char *kind, std::initializer_list<Column> columns, const List &handles, ObjectOf objectOf,
               Output &out)
{
    if (out.isJson()) {
        QJsonArray items;
        for (const auto &h : handles)
            items.append(objectOf(h));
        out.json({{QStringLiteral("kind"), QString::fromLatin1(kind)}, {QStringLiteral("items"), items}});
        return;
    }
    QStringList headings;
    for (const Column &column : columns)
        headings += (column.isNumber ? QStringLiteral(">") : QString()) + tr(column.heading);
    TextTable table(headings);
    for (const auto &h : handles) {
        const QJsonObject object = objectOf(h);
        QStringList cells;
        for (const Column &column : columns)
            cells += value(object, column.key);
        table.add(cells);
    }
    table.write([&](const QString &line) { out.text(line); });
}

template <class H, class Of>
QList<H> everywhere(const ObjectView &view, Of of)
{
    QList<H> all;
    for (const ServerHandle server : view.order().servers())
        all += of(server);
    return all;
}

class Tree
{
public:
    Tree(const ObjectView &view, Output &out)
        : m_view(view)
        , m_inventory(view.inventory())
        , m_out(out)
    {
    }

    void write()
    {
        for (const ServerHandle h : m_view.order().servers())
            writeServer(h);
    }

private:
    void line(int depth, const QString &text)
    {
        m_out.text(QString(qsizetype(depth) * 2, u' ') + shownString(text) + u'\n');
    }
    QString portal(PortalHandle h) const { return m_inventory.portal(h).address.toString(); }

    void writeServer(ServerHandle h)
    {
        const Server server = m_inventory.server(h);
        line(0, server.host.isEmpty() ? server.name : QStringLiteral("%1 (%2)").arg(server.name, server.host));
        const auto groups = m_view.order().groupsOf(h);
        QList<PortalHandle> loose;
        for (const PortalHandle p : m_view.order().portalsOf(h)) {
            if (!m_inventory.isGrouped(p))
                loose += p;
        }
        const bool isLinux = server.dialect == Dialect::Lio;
        line(1, isLinux ? tr("Portal pools") : tr("Portal groups"));
        for (const GroupHandle g : groups) {
            line(2, m_inventory.group(g).name);
            writePortals(m_inventory.portalsOf(g));
        }
        if (!loose.isEmpty()) {
            line(2, isLinux ? tr("(in no portal pool)") : tr("(in no portal group)"));
            writePortals(loose);
        }
        line(1, tr("Targets"));
        for (const NodeHandle n : m_view.order().nodesOf(h)) {
            const Node node = m_inventory.node(n);
            line(2, node.role == Role::Initiator ? tr("%1  initiator").arg(node.name) : node.name);
            for (const EndpointHandle e : m_view.order().endpointsOf(n))
                writeEndpoint(e, 3);
        }
        for (const EndpointHandle e : m_view.order().looseEndpointsOf(h))
            writeEndpoint(e, 2);
    }

    void writePortals(const QList<PortalHandle> &portals)
    {
        for (const PortalHandle p : m_view.order().sorted(portals)) {
            const int serves = m_inventory.endpointCount(p);
            QString text = portal(p) + (serves ? QStringLiteral("  ") + tr("serves %1").arg(serves) : QString());
            if (!m_inventory.portal(p).addressPresent)
                text += QStringLiteral("  ") + tr("address is gone");
            line(3, text);
        }
    }

    QString endpointTitle(const Endpoint &endpoint) const
    {
        const bool isLinux = m_inventory.has(endpoint.server)
                && m_inventory.server(endpoint.server).dialect == Dialect::Lio;
        return (isLinux ? tr("TPG %1") : tr("Endpoint %1")).arg(ObjectView::tagText(endpoint));
    }

    void writeEndpoint(EndpointHandle h, int depth)
    {
        const Endpoint endpoint = m_inventory.endpoint(h);
        QString text = endpoint.scope == BindingScope::Server ? tr("All targets on this server")
                                                              : endpointTitle(endpoint);
        if (!endpoint.enabled)
            text += QStringLiteral("  ") + tr("disabled");
        if (const int sessions = m_inventory.sessionCount(h))
            text += QStringLiteral("  ") + tr("sessions: %1").arg(sessions);
        line(depth, text);
        for (const PortalHandle p : m_view.order().sorted(m_inventory.portalsBoundBy(h)))
            line(depth + 1, portal(p));
    }

    const ObjectView &m_view;
    const Inventory &m_inventory;
    Output &m_out;
};

void writeBindings(const ObjectView &view, Output &out)
{
    QList<Binding> bindings;
    for (const ServerHandle server : view.order().servers()) {
        for (const EndpointHandle e : view.order().endpointsOf(server)) {
            for (const PortalHandle p : view.order().sorted(view.inventory().portalsBoundBy(e)))
                bindings += Binding{e, p};
        }
    }
    writeList(
            "bindings",
            {{"PORTAL", "portal"}, {"ENDPOINT", "endpoint"}, {"STATE", "state"}, {"SESSIONS", "sessionCount", true}},
            bindings, [&](const Binding &b) { return view.object(b); }, out);
}

void writeSessions(const ObjectView &view, Output &out)
{
    QList<SessionHandle> sessions;
    for (const ServerHandle server : view.order().servers()) {
        for (const EndpointHandle e : view.order().endpointsOf(server))
            sessions += view.order().sessionsOf(e);
    }
    writeList(
            "sessions", {{"INITIATOR", "initiator"}, {"FROM", "from"}, {"ENDPOINT", "endpoint"}, {"PORTAL", "portal"}},
            sessions, [&](SessionHandle h) { return view.object(h); }, out);
}

} // namespace

void listObjects(const Request &request, const Inventory &inventory, Output &out)
{
    const ObjectView view(inventory);
    const InventoryOrder &order = view.order();
    const auto objectOf = [&](auto h) { return view.object(h); };
    if (request.kind == QLatin1String("nodes")) {
        writeList("nodes",
                  {{"NAME", "name"}, {"ROLE", "role"}, {"ALIAS", "alias"}, {"ENDPOINTS", "endpointCount", true}},
                  everywhere<NodeHandle>(view, [&](ServerHandle h) { return order.nodesOf(h); }), objectOf, out);
    } else if (request.kind == QLatin1String("endpoints")) {
        writeList("endpoints",
                  {{"NAME", "name"},
                   {"ROLE", "role"},
                   {"ENABLED", "enabled"},
                   {"PORTALS", "portalCount", true},
                   {"SESSIONS", "sessionCount", true},
                   {"GROUPS", "groups"}},
                  everywhere<EndpointHandle>(view, [&](ServerHandle h) { return order.endpointsOf(h); }), objectOf,
                  out);
    } else if (request.kind == QLatin1String("portals")) {
        writeList("portals",
                  {{"NAME", "name"},
                   {"STATE", "state"},
                   {"SERVES", "endpointCount", true},
                   {"INTERFACE", "interface"},
                   {"GROUPS", "groups"}},
                  everywhere<PortalHandle>(view, [&](ServerHandle h) { return order.portalsOf(h); }), objectOf, out);
    } else if (request.kind == QLatin1String("groups")) {
        writeList("groups", {{"NAME", "name"}, {"DERIVED", "derived"}, {"PORTALS", "portalCount", true}},
                  everywhere<GroupHandle>(view, [&](ServerHandle h) { return order.groupsOf(h); }), objectOf, out);
    } else if (request.kind == QLatin1String("bindings")) {
        writeBindings(view, out);
    } else if (request.kind == QLatin1String("sessions")) {
        writeSessions(view, out);
    } else if (request.kind == QLatin1String("servers") || out.isJson()) {
        writeList("servers",
                  {{"NAME", "name"},
                   {"HOST", "host"},
                   {"DIALECT", "dialect"},
                   {"NODES", "nodeCount", true},
                   {"ENDPOINTS", "endpointCount", true},
                   {"PORTALS", "portalCount", true},
                   {"GROUPS", "groupCount", true},
                   {"BINDINGS", "bindingCount", true},
                   {"SESSIONS", "sessionCount", true}},
                  order.servers(), objectOf, out);
    } else {
        Tree(view, out).write();
    }
}

namespace {

template <class H>
QJsonArray objects(const ObjectView &view, const QList<H> &handles)
{
    QJsonArray array;
    for (const H h : handles)
        array.append(view.object(h));
    return array;
}

/// The object with what it is related to, by its kind.
struct Details
{
    const ObjectView &view;

    QJsonObject with(const char *kind, QJsonObject object,
                     std::initializer_list<std::pair<const char *, QJsonValue>> more) const
    {
        object.insert(QLatin1String("kind"), QString::fromLatin1(kind));
        for (const auto &[key, related] : more)
            object.insert(QString::fromLatin1(key), related);
        return object;
    }
    template <class H>
    QJsonValue names(const QList<H> &handles) const
    {
        return QJsonArray::fromStringList(view.namesOf(handles));
    }
    QJsonObject operator()(ServerHandle h) const
    {
        return with("server", view.object(h),
                    {{"nodes", names(view.order().nodesOf(h))},
                     {"groups", names(view.order().groupsOf(h))},
                     {"portals", names(view.order().portalsOf(h))}});
    }
    QJsonObject operator()(NodeHandle h) const
    {
        return with("node", view.object(h), {{"endpoints", names(view.order().endpointsOf(h))}});
    }
    QJsonObject operator()(EndpointHandle h) const
    {
        return with("endpoint", view.object(h),
                    {{"portals", names(view.order().sorted(view.inventory().portalsBoundBy(h)))},
                     {"sessions", objects(view, view.order().sessionsOf(h))}});
    }
    QJsonObject operator()(PortalHandle h) const
    {
        QJsonObject object = view.object(h);
        object.insert(QLatin1String("portalKind"), object.value(QLatin1String("kind")));
        return with("portal", object,
                    {{"endpoints", names(view.order().sorted(view.inventory().endpointsBinding(h)))}});
    }
    QJsonObject operator()(GroupHandle h) const
    {
        return with("group", view.object(h), {{"portals", names(view.order().sorted(view.inventory().portalsOf(h)))}});
    }
};

template <class H>
Result<AnyHandle> as(const Result<H> &found)
{
    if (!found)
        return tl::unexpected(found.error());
    return AnyHandle(*found);
}

Result<AnyHandle> findObject(const ObjectNames &names, const QString &name, const QString &kind)
{
    if (kind == QLatin1String("server"))
        return as(names.find<ServerHandle>(name));
    if (kind == QLatin1String("node"))
        return as(names.find<NodeHandle>(name));
    if (kind == QLatin1String("endpoint"))
        return as(names.find<EndpointHandle>(name));
    if (kind == QLatin1String("portal"))
        return as(names.find<PortalHandle>(name));
    if (kind == QLatin1String("group"))
        return as(names.find<GroupHandle>(name));
    return names.findAny(name);
}

/// `key: value` lines; lists have one entry a line, indented.
void writeDetails(const QJsonObject &object, Output &out)
{
    const auto writeValue = [&](const QString &key, const QJsonValue &v) {
        if (!v.isArray()) {
            out.text(shownString(QStringLiteral("%1: %2").arg(key, value(object, key.toLatin1().constData()))) + u'\n');
            return;
        }
        out.text(key + QLatin1String(":\n"));
        for (const QJsonValue entry : v.toArray()) {
            const QJsonObject session = entry.toObject();
            const QString text = entry.isString()
                    ? entry.toString()
                    : tr("%1 from %2 over %3")
                              .arg(value(session, "initiator"), value(session, "from"), value(session, "portal"));
            out.text(QLatin1String("  ") + shownString(text) + u'\n');
        }
    };
    for (const char *first : {"kind", "name"})
        writeValue(QString::fromLatin1(first), object.value(QLatin1String(first)));
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (it.key() != QLatin1String("kind") && it.key() != QLatin1String("name") && !it.value().isArray())
            writeValue(it.key(), it.value());
    }
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (it.value().isArray())
            writeValue(it.key(), it.value());
    }
}

} // namespace

Result<> showObject(const Request &request, const Inventory &inventory, Output &out)
{
    const ObjectView view(inventory);
    const auto found = findObject(view.names(), request.objects.value(0), request.kind);
    if (!found)
        return tl::unexpected(found.error());
    const QJsonObject object = std::visit(Details{view}, *found);
    if (out.isJson())
        out.json(object);
    else
        writeDetails(object, out);
    return {};
}

} // namespace portalbind
