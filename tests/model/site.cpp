// SPDX-License-Identifier: Apache-2.0
#include "site.h"

#include "model/snapshotbuilder.h"

#include <QSet>

namespace portalbind {
namespace {

/// One statement: words, options (`key=value` or single words), and what follows the colon.
struct Statement
{
    QStringList words;
    QStringList after;

    explicit Statement(const QString &text)
    {
        const qsizetype colon = text.indexOf(QLatin1String(": "));
        const bool bare = colon < 0 && text.trimmed().endsWith(QLatin1Char(':'));
        words = (colon < 0 ? (bare ? text.trimmed().chopped(1) : text) : text.left(colon))
                        .simplified()
                        .split(QLatin1Char(' '), Qt::SkipEmptyParts);
        if (colon >= 0)
            after = text.mid(colon + 1).simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    }
    [[nodiscard]] QString at(int i) const { return words.value(i); }
    [[nodiscard]] bool has(const char *word) const { return words.contains(QLatin1String(word)); }
    [[nodiscard]] QString option(const char *key) const
    {
        const QString start = QLatin1String(key) + QLatin1Char('=');
        for (const QString &word : words) {
            if (word.startsWith(start))
                return word.mid(start.size());
        }
        return {};
    }
    [[nodiscard]] Role role() const
    {
        return has("initiator")  ? Role::Initiator
                : has("both")    ? Role::Both
                : has("unknown") ? Role::Unknown
                                 : Role::Target;
    }
};

Support supportOf(const QString &word)
{
    return word == QLatin1String("no")         ? Support::No
            : word == QLatin1String("unknown") ? Support::Unknown
                                               : Support::Yes;
}

Enforcement enforcementOf(const QString &word)
{
    return word == QLatin1String("policy")    ? Enforcement::Policy
            : word == QLatin1String("nobody") ? Enforcement::Nobody
                                              : Enforcement::Target;
}

Capabilities capabilitiesOf(const Statement &s)
{
    Capabilities can;
    can.bind = supportOf(s.option("bind"));
    can.unbind = supportOf(s.option("unbind"));
    can.addressRule = enforcementOf(s.option("address"));
    can.groupRule = enforcementOf(s.option("group"));
    const QString groups = s.option("groups");
    can.groups = groups == QLatin1String("none")  ? GroupSource::None
            : groups == QLatin1String("readonly") ? GroupSource::ReadOnly
                                                  : GroupSource::Editable;
    can.editPortals = !s.has("no-portals");
    can.createEndpoint = !s.has("no-endpoints");
    can.chooseTag = !s.has("no-tags");
    can.createNode = !s.has("no-nodes");
    can.chooseNodeName = !s.has("no-names");
    can.initiatorNodes = !s.has("no-initiators");
    can.enableEndpoint = !s.has("no-enable");
    can.bindsBesideSwitch = s.has("beside-switch");
    can.exclusivePorts = s.has("exclusive");
    can.bareEndpoints = s.has("bare");
    can.savesForReboot = s.has("saves");
    return can;
}

PortalAddress addressOf(const QString &text)
{
    return PortalAddress::parse(text).value_or(PortalAddress());
}

QString nodeName(const QString &name)
{
    return QStringLiteral("iqn.2026-11.com.example:") + name.toLower();
}

} // namespace

/// Builds the snapshot of a site.
class SiteReader
{
public:
    explicit SiteReader(std::shared_ptr<IdTable> ids)
        : m_builder(std::move(ids))
    {
    }

    void read(const Statement &s)
    {
        const QString kind = s.at(0);
        if (kind == QLatin1String("server"))
            server(s);
        else if (kind == QLatin1String("loading"))
            m_complete = false;
        else if (kind == QLatin1String("node"))
            node(s);
        else if (kind == QLatin1String("endpoint"))
            endpoint(s);
        else if (kind == QLatin1String("portal"))
            portal(s);
        else if (kind == QLatin1String("group"))
            group(s);
        else if (kind == QLatin1String("access"))
            access(s);
        else if (kind == QLatin1String("session"))
            session(s);
        else
            qFatal("no such statement in a site: %s", qPrintable(s.words.join(QLatin1Char(' '))));
    }
    [[nodiscard]] SnapshotPtr build()
    {
        server();
        return m_builder.build(m_complete, QDateTime::fromSecsSinceEpoch(1'795'341'600, Qt::UTC));
    }

private:
    void server(const Statement &s)
    {
        Server value{s.at(1), {}, s.has("linux") ? Dialect::Lio : Dialect::Workbook, capabilitiesOf(s)};
        value.saved.whyNot = s.option("unsavable");
        m_server = m_builder.addServer(s.at(1).toUtf8(), value);
    }
    ServerHandle server()
    {
        if (!m_server)
            read(Statement(QStringLiteral("server san")));
        return m_server;
    }
    NodeHandle node(const Statement &s)
    {
        m_nodes.insert(s.at(1));
        return m_builder.addNode(s.at(1).toUtf8(), Node{server(), s.role(), nodeName(s.at(1)), s.option("alias")});
    }
    void endpoint(const Statement &s)
    {
        NodeHandle parent;
        if (s.at(2) != QLatin1String("-")) {
            parent = m_nodes.contains(s.at(2))
                    ? m_builder.nodeHandleOf(s.at(2))
                    : node(Statement(QLatin1String("node ") + s.at(2)
                                     + (s.has("initiator") ? QLatin1String(" initiator") : QLatin1String())));
        }
        Endpoint value{server(),           parent,
                       s.role(),           s.has("switch") ? BindingScope::Server : BindingScope::Endpoint,
                       !s.has("disabled"), ++m_tag};
        if (!s.option("tag").isEmpty())
            value.tag = s.option("tag").toULongLong();
        const auto made = m_builder.addEndpoint(s.at(1).toUtf8(), value);
        for (const QString &name : s.after)
            m_builder.bind(made, portalNamed(name));
    }
    PortalHandle portal(const Statement &s)
    {
        m_portals.insert(s.at(1));
        Portal value;
        value.server = server();
        value.kind = s.has("ip") ? PortalKind::Ip : PortalKind::Tcp;
        value.addressPresent = !s.has("gone");
        value.takenBy = s.option("taken");
        value.isOffered = s.has("offered");
        const QString at = s.option("at");
        const QString number = QString::number(++m_address);
        value.address = addressOf(
                !at.isEmpty() ? at : QLatin1String("10.0.0.") + number + QLatin1String(s.has("ip") ? "" : ":3260"));
        return m_builder.addPortal(s.at(1).toUtf8(), value);
    }
    PortalHandle portalNamed(const QString &name)
    {
        return m_portals.contains(name) ? m_builder.portalHandleOf(name)
                                        : portal(Statement(QLatin1String("portal ") + name));
    }
    void group(const Statement &s)
    {
        const auto made = m_builder.addGroup(s.at(1).toUtf8(), Group{server(), s.at(1), s.has("derived")});
        for (const QString &name : s.after)
            m_builder.join(made, portalNamed(name));
    }
    static QList<EndpointAccess::Lun> numbers(const QString &text)
    {
        QList<EndpointAccess::Lun> all;
        for (const QString &number : text.split(QLatin1Char('/'), Qt::SkipEmptyParts))
            all.append(EndpointAccess::Lun{number.toUInt(), {}});
        return all;
    }
    void access(const Statement &s)
    {
        EndpointAccess value;
        value.anyInitiator = s.has("any");
        value.luns = numbers(s.option("luns"));
        if (const QString odd = s.option("odd"); !odd.isEmpty())
            value.bindings.append({portalNamed(odd), {.iser = true, .offload = false}, true});
        for (const QString &initiator : s.after)
            value.initiators.append({QLatin1String("iqn.1993-08.org.debian:01:") + initiator.section(u'=', 0, 0),
                                     numbers(initiator.section(u'=', 1))});
        m_builder.setAccess(m_builder.endpointHandleOf(s.at(1)), value);
    }
    void session(const Statement &s)
    {
        const bool attributed = s.at(2) != QLatin1String("-");
        m_builder.addSession(
                "session" + QByteArray::number(++m_sessions),
                LoginSession{m_builder.endpointHandleOf(s.at(1)), attributed ? portalNamed(s.at(2)) : PortalHandle(),
                             QLatin1String("iqn.1993-08.org.debian:01:")
                                     + (s.option("by").isEmpty() ? QStringLiteral("host") : s.option("by")),
                             QStringLiteral("10.9.9.9")});
    }

    /// The builder, with the handles of objects that were added under a name.
    class Builder : public SnapshotBuilder
    {
    public:
        explicit Builder(std::shared_ptr<IdTable> ids)
            : SnapshotBuilder(ids)
            , m_table(std::move(ids))
        {
        }
        NodeHandle nodeHandleOf(const QString &name) { return m_table->intern<NodeHandle>(name.toUtf8()); }
        PortalHandle portalHandleOf(const QString &name) { return m_table->intern<PortalHandle>(name.toUtf8()); }
        EndpointHandle endpointHandleOf(const QString &name) { return m_table->intern<EndpointHandle>(name.toUtf8()); }

    private:
        std::shared_ptr<IdTable> m_table;
    };

    Builder m_builder;
    ServerHandle m_server;
    QSet<QString> m_nodes, m_portals;
    quint64 m_tag = 0;
    int m_address = 0;
    int m_sessions = 0;
    bool m_complete = true;
};

Site::Site(const QString &text, std::shared_ptr<IdTable> ids)
    : m_ids(std::move(ids))
{
    const QStringList parts = text.split(QLatin1Char('|'));
    SiteReader reader(m_ids);
    for (const QString &statement : parts[0].split(QLatin1Char(';'), Qt::SkipEmptyParts)) {
        if (!statement.trimmed().isEmpty())
            reader.read(Statement(statement));
    }
    m_inventory = Inventory(reader.build());
    if (parts.size() > 1) {
        const QList<Operation> pending = operations(parts[1]);
        m_inventory = m_inventory.with(std::span<const Operation>(pending.constData(), size_t(pending.size())));
    }
}

template <class H>
H Site::handle(const QString &name)
{
    if (name == QLatin1String("null"))
        return {};
    const auto &staged = m_staged[size_t(H::kind)];
    if (const auto at = staged.find(name); at != staged.end())
        return H{*at};
    return m_ids->intern<H>(name.toUtf8());
}

template <class H>
QString Site::name(H handle) const
{
    return handle ? m_staged[size_t(H::kind)].key(handle.value, QString::fromUtf8(m_ids->id(handle))) : QString();
}

template PortalHandle Site::handle(const QString &);
template EndpointHandle Site::handle(const QString &);
template NodeHandle Site::handle(const QString &);
template GroupHandle Site::handle(const QString &);
template ServerHandle Site::handle(const QString &);
template QString Site::name(PortalHandle) const;
template QString Site::name(EndpointHandle) const;
template QString Site::name(NodeHandle) const;
template QString Site::name(GroupHandle) const;
template QString Site::name(ServerHandle) const;

QList<Operation> Site::operations(const QString &text)
{
    QList<Operation> all;
    for (const QString &one : text.split(QLatin1Char(','), Qt::SkipEmptyParts))
        all.append(operation(one.trimmed()));
    return all;
}

Operation Site::operation(const QString &text)
{
    const Statement s(text);
    const QString verb = s.at(0);
    const auto portal = [&](int i) { return handle<PortalHandle>(s.at(i)); };
    const auto endpoint = [&](int i) { return handle<EndpointHandle>(s.at(i)); };
    const auto group = [&](int i) { return handle<GroupHandle>(s.at(i)); };
    const auto node = [&](int i) { return handle<NodeHandle>(s.at(i)); };
    const auto server = [&] {
        return handle<ServerHandle>(s.option("on").isEmpty() ? QStringLiteral("san") : s.option("on"));
    };
    const auto stage = [&](auto none) {
        using H = decltype(none);
        if (s.at(1) == QLatin1String("null"))
            return H{};
        const auto known = m_ids->find<H>(s.at(1).toUtf8());
        if (known && m_inventory.base() && m_inventory.base()->row(known) != Snapshot::none)
            return known; // brought back, as an inverse does
        const auto made = m_ids->makeProvisional<H>();
        m_staged[size_t(H::kind)].insert(s.at(1), made.value);
        return made;
    };
    if (verb == QLatin1String("bind"))
        return Bind{endpoint(2), portal(1)};
    if (verb == QLatin1String("unbind"))
        return Unbind{endpoint(2), portal(1)};
    if (verb == QLatin1String("move"))
        return Move{portal(1), endpoint(2), endpoint(3)};
    if (verb == QLatin1String("join"))
        return JoinGroup{group(2), portal(1)};
    if (verb == QLatin1String("leave"))
        return LeaveGroup{group(2), portal(1)};
    if (verb == QLatin1String("delete-portal"))
        return DeletePortal{portal(1)};
    if (verb == QLatin1String("delete-group"))
        return DeleteGroup{group(1)};
    if (verb == QLatin1String("delete-endpoint"))
        return DeleteEndpoint{endpoint(1)};
    if (verb == QLatin1String("delete-node"))
        return DeleteNode{node(1)};
    if (verb == QLatin1String("rename-group"))
        return RenameGroup{group(1), s.at(2)};
    if (verb == QLatin1String("save")) {
        SaveForReboot save{handle<ServerHandle>(s.at(1)), {}, {}, {}};
        for (const QString &name : s.after)
            save.endpoints.append(handle<EndpointHandle>(name));
        return save;
    }
    if (verb == QLatin1String("enable") || verb == QLatin1String("disable"))
        return SetEndpointEnabled{endpoint(1), verb == QLatin1String("enable")};
    if (verb == QLatin1String("create-portal")) {
        const auto made = stage(PortalHandle());
        return CreatePortal{made,
                            Portal{server(),
                                   s.has("ip") ? PortalKind::Ip : PortalKind::Tcp,
                                   addressOf(s.option("at")),
                                   !s.has("gone"),
                                   {}}};
    }
    if (verb == QLatin1String("create-group")) {
        const auto made = stage(GroupHandle());
        const bool named = text.contains(QLatin1String("named="));
        return CreateGroup{made, Group{server(), named ? s.option("named") : s.at(1), false}};
    }
    if (verb == QLatin1String("create-node")) {
        const auto made = stage(NodeHandle());
        return CreateNode{made, Node{server(), s.role(), s.option("named"), s.option("alias")}};
    }
    if (verb == QLatin1String("create-endpoint")) {
        const auto made = stage(EndpointHandle());
        const NodeHandle parent = node(2);
        const ServerHandle of = m_inventory.has(parent) ? m_inventory.node(parent).server : server();
        CreateEndpoint create{made, Endpoint{of, parent, s.role(), BindingScope::Endpoint, true, 0}, false, {}};
        if (!s.option("tag").isEmpty()) {
            create.chooseTag = true;
            create.value.tag = s.option("tag").toULongLong();
        }
        for (const QString &name : s.after)
            create.portals.append(handle<PortalHandle>(name));
        return create;
    }
    qFatal("no such operation: %s", qPrintable(text));
    return Bind{};
}

QString Site::words(const Verdict &v) const
{
    QString text;
    if (v.decision == Decision::Allowed)
        text = v.changesNothing ? QStringLiteral("nothing") : QStringLiteral("allowed");
    else if (v.decision == Decision::ServerDecides)
        text = QStringLiteral("server");
    else
        text = (v.origin == Origin::Policy ? QStringLiteral("policy ") : QStringLiteral("refused "))
                + QString::number(v.code);
    if (v.reason != Reason::None)
        text += QLatin1Char(' ') + reasonName(v.reason);
    const auto detail = [&](const char *key, const QString &value) {
        if (!value.isEmpty())
            text += QLatin1Char(' ') + QLatin1String(key) + QLatin1Char('=') + value;
    };
    detail("other", name(v.other));
    detail("portal", name(v.otherPortal));
    detail("group", v.method == Method::Bind || v.method == Method::CreateEndpoint ? name(v.group) : QString());
    detail("otherGroup", name(v.otherGroup));
    if (v.sessions > 0)
        detail("sessions", QString::number(v.sessions));
    if (v.lastPortal)
        text += QLatin1String(" last");
    return text;
}

QString reasonName(Reason reason)
{
    static const char *const names[] = {"None",           "Already",          "NotLoaded",         "NotSupported",
                                        "WrongScope",     "Malformed",        "NoSuchEndpoint",    "NoSuchPortal",
                                        "NoSuchNode",     "NoSuchGroup",      "NoSuchServer",      "OtherServer",
                                        "NotBound",       "NotAMember",       "NeedsPortal",       "NeedsAddress",
                                        "RoleUnknown",    "AddressGone",      "InUseInTarget",     "OtherGroup",
                                        "NoGroups",       "NoneGrouped",      "SupportUnknown",    "LosesCommonGroup",
                                        "ReadOnly",       "RoleNotSupported", "TagInUse",          "TagNotSelectable",
                                        "TagOutOfRange",  "NameInUse",        "NameNotSelectable", "BadName",
                                        "SessionsActive", "StillBound",       "PortTaken",         "NotEmpty",
                                        "Wildcard",       "CannotSave",       "NothingThere",      "ServerAnswered"};
    static_assert(std::size(names) == size_t(Reason::ServerAnswered) + 1);
    return QLatin1String(names[size_t(reason)]);
}

} // namespace portalbind
