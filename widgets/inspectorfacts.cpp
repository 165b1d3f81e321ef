// SPDX-License-Identifier: Apache-2.0
#include "widgets/inspectorfacts.h"

#include "model/snapshotwords.h"
#include "model/treerow.h"
#include "model/wording.h"

#include <QLocale>
#include <QSet>

namespace portalbind {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Inspector)
};

QString number(qsizetype n)
{
    return QLocale().toString(n);
}

QString yesNo(bool yes)
{
    return yes ? Words::tr("yes") : Words::tr("no");
}

class Writer
{
public:
    Writer(const Session &session, const TreeKey &row)
        : m_session(session)
        , m_inventory(session.inventory())
        , m_tree(session.inventory())
        , m_row(row)
    {
    }

    Facts write()
    {
        const TreeRow row(m_tree, {m_row.parentKind, m_row.parent}, m_row.kind, m_row.handle);
        if (m_row.kind == RowKind::Connection || !row.exists()) {
            m_facts.title = m_session.title();
            add(Words::tr("Address"), m_session.backend()->url().toString(QUrl::RemovePassword), true);
            return m_facts;
        }
        m_facts.title = row.name();
        raw(QStringLiteral("identity"), row.identity());
        switch (m_row.kind) {
        case RowKind::Server:
            server(ServerHandle{m_row.handle});
            break;
        case RowKind::Node:
            node(NodeHandle{m_row.handle});
            break;
        case RowKind::Endpoint:
            endpoint(EndpointHandle{m_row.handle});
            break;
        case RowKind::Group:
            group(GroupHandle{m_row.handle});
            break;
        case RowKind::Portal:
            portal(PortalHandle{m_row.handle}, row);
            break;
        case RowKind::Binding:
            binding(EndpointHandle{m_row.parent}, PortalHandle{m_row.handle}, row);
            break;
        default:
            add(Words::tr("Contents"), row.usedBy());
            break;
        }
        return m_facts;
    }

private:
    void add(const QString &label, const QString &value, bool fixed = false)
    {
        if (!value.isEmpty())
            m_facts.facts.append({label, value, fixed});
    }
    void raw(const QString &key, const QString &value)
    {
        m_facts.raw += key + QLatin1String(" = ") + value + QLatin1Char('\n');
    }
    template <class H>
    void rawId(const QString &key, H handle)
    {
        const QByteArray id = m_session.backend()->ids()->id(handle);
        raw(key, id.isEmpty() ? Words::tr("(not on the server yet)") : QString::fromUtf8(id));
    }
    template <class T>
    void relate(const QString &title, const QList<T> &handles)
    {
        m_facts.relatedTitle = title;
        m_facts.related.reserve(handles.size());
        for (const T handle : handles)
            m_facts.related.append(Related(handle));
    }
    template <class H>
    bool isLeaving(H handle)
    {
        if (m_inventory.has(handle))
            return false;
        add(Words::tr("State"), Words::tr("will be deleted"));
        return true;
    }

    void server(ServerHandle h)
    {
        rawId(QStringLiteral("id"), h);
        if (isLeaving(h))
            return;
        const Server value = m_inventory.server(h);
        const Capabilities &can = value.capabilities;
        add(Words::tr("Name"), value.name);
        add(Words::tr("Host"), value.host, true);
        add(Words::tr("Connection"), m_session.backend()->url().toString(QUrl::RemovePassword), true);
        add(Words::tr("Read at"), QLocale().toString(m_session.readAt().toLocalTime(), QLocale::ShortFormat));
        add(Words::tr("Portals"), number(m_inventory.portalsOf(h).size()));
        add(Words::tr("Portal groups"), number(m_inventory.groupsOf(h).size()));
        add(Words::tr("Targets and initiators"), number(m_inventory.nodesOf(h).size()));
        add(Words::tr("Owned by"), value.owner);
        if (can.savesForReboot)
            add(Words::tr("After a reboot"),
                value.saved.differences.isEmpty()
                        ? Words::tr("as now")
                        : Words::tr("%n thing(s) otherwise", nullptr, int(value.saved.differences.size())));
        raw(QStringLiteral("dialect"), schemaWord(value.dialect));
        raw(QStringLiteral("bind"), schemaWord(can.bind));
        raw(QStringLiteral("unbind"), schemaWord(can.unbind));
        raw(QStringLiteral("addressRule"), schemaWord(can.addressRule));
        raw(QStringLiteral("groupRule"), schemaWord(can.groupRule));
        raw(QStringLiteral("groups"), schemaWord(can.groups));
        for (const auto &[word, flag] : capabilityFlags)
            raw(QLatin1String(word), yesNo(can.*flag));
        relate(Words::tr("Targets and initiators"), m_inventory.nodesOf(h));
    }

    void node(NodeHandle h)
    {
        rawId(QStringLiteral("id"), h);
        if (isLeaving(h))
            return;
        const Node value = m_inventory.node(h);
        add(Words::tr("iSCSI name"), value.name, true);
        add(Words::tr("Alias"), value.alias);
        add(Words::tr("Server"), serverText(m_inventory, value.server));
        const QList<EndpointHandle> endpoints = m_inventory.endpointsOf(h);
        qsizetype sessions = 0;
        for (const EndpointHandle endpoint : endpoints)
            sessions += m_inventory.sessionCount(endpoint);
        add(Words::tr("Sessions"), number(sessions));
        raw(QStringLiteral("role"), schemaWord(value.role));
        relate(Words::tr("%n endpoint(s)", nullptr, int(endpoints.size())), endpoints);
    }

    /// "2 on eth0, eth1", and a word when one failure would take all of them.
    QString paths(const QList<PortalHandle> &portals)
    {
        QStringList nics;
        for (const PortalHandle portal : portals) {
            const QString nic = m_inventory.portal(portal).nic;
            if (!nic.isEmpty() && !nics.contains(nic))
                nics += nic;
        }
        if (portals.isEmpty())
            return Words::tr("none: nothing can connect");
        if (nics.isEmpty())
            return number(portals.size());
        if (nics.size() == 1 && portals.size() > 1)
            return Words::tr("%1, all on %2").arg(number(portals.size()), nics.first());
        return Words::tr("%1 on %2").arg(number(portals.size()), nics.join(QLatin1String(", ")));
    }

    void endpoint(EndpointHandle h)
    {
        rawId(QStringLiteral("id"), h);
        if (isLeaving(h))
            return;
        const Endpoint value = m_inventory.endpoint(h);
        m_facts.title = endpointText(m_inventory, h);
        if (value.node && m_inventory.has(value.node)) {
            const Node owner = m_inventory.node(value.node);
            add(value.role == Role::Initiator ? Words::tr("Initiator") : Words::tr("Target"), owner.name, true);
            add(Words::tr("Identity"), endpointName(owner, value), true);
        }
        add(Words::tr("Server"), serverText(m_inventory, value.server));
        add(Words::tr("Tag"), TreeRow(m_tree, {m_row.parentKind, m_row.parent}, RowKind::Endpoint, h.value).tag(),
            true);
        add(Words::tr("State"), value.enabled ? Words::tr("enabled") : Words::tr("disabled"));
        QStringList groups;
        std::vector<GroupHandle> scratch;
        for (const GroupHandle group : m_inventory.common(h, scratch).groups)
            groups += groupText(m_inventory, group);
        add(Words::tr("Portal group"), groups.join(QLatin1String(", ")));
        const QList<PortalHandle> portals = m_inventory.portalsBoundBy(h);
        add(Words::tr("Paths"), paths(portals));
        access(h);
        QSet<QString> initiators;
        const QList<SessionHandle> sessions = m_inventory.sessionsOf(h);
        for (const SessionHandle session : sessions)
            initiators.insert(m_inventory.session(session).initiator);
        add(Words::tr("Sessions"), number(sessions.size()));
        add(Words::tr("Initiators"), number(initiators.size()));
        raw(QStringLiteral("role"), schemaWord(value.role));
        raw(QStringLiteral("scope"), schemaWord(value.scope));
        relate(Words::tr("Served from %n portal(s)", nullptr, int(portals.size())), portals);
        for (const SessionHandle session : sessions)
            m_facts.related.append(session);
    }

    /// Who may log in, and to what, where the server tells it.
    void access(EndpointHandle h)
    {
        const EndpointAccess *access = m_inventory.access(h);
        if (!access)
            return;
        add(Words::tr("LUNs"), number(access->luns.size()));
        add(Words::tr("May log in"),
            access->anyInitiator ? Words::tr("every initiator")
                    : access->initiators.isEmpty()
                    ? Words::tr("nobody: there is no ACL")
                    : Words::tr("%n initiator(s) with an ACL", nullptr, int(access->initiators.size())));
        add(Words::tr("Authentication"), access->authentication ? Words::tr("CHAP") : Words::tr("none"));
        if (!access->advertised)
            add(Words::tr("Discovery"), Words::tr("shown only to initiators with an ACL"));
        for (const EndpointAccess::Initiator &one : access->initiators)
            raw(QStringLiteral("acl"), one.name);
    }

    void group(GroupHandle h)
    {
        rawId(QStringLiteral("id"), h);
        if (isLeaving(h))
            return;
        const Group value = m_inventory.group(h);
        add(Words::tr("Server"), serverText(m_inventory, value.server));
        if (value.derived)
            add(Words::tr("Kind"), Words::tr("as found: a reason to show portals together, never to refuse"));
        const QList<PortalHandle> portals = m_inventory.portalsOf(h);
        raw(QStringLiteral("derived"), yesNo(value.derived));
        relate(Words::tr("%n portal(s)", nullptr, int(portals.size())), portals);
    }

    void portalFacts(PortalHandle h)
    {
        const Portal value = m_inventory.portal(h);
        add(Words::tr("Address"), value.address.ip.toString(), true);
        if (value.kind == PortalKind::Tcp)
            add(Words::tr("Port"), QString::number(value.address.port), true);
        add(Words::tr("Interface"), value.nic, true);
        add(Words::tr("Server"), serverText(m_inventory, value.server));
        QStringList groups;
        for (const GroupHandle group : m_inventory.groupsOf(h))
            groups += groupText(m_inventory, group);
        add(Words::tr("Portal groups"), groups.isEmpty() ? Words::tr("none") : groups.join(QLatin1String(", ")));
        add(Words::tr("Port in use by"), value.takenBy);
        add(Words::tr("Address moved by"), value.movedBy);
        raw(QStringLiteral("kind"), schemaWord(value.kind));
        raw(QStringLiteral("addressPresent"), yesNo(value.addressPresent));
    }

    void portal(PortalHandle h, const TreeRow &row)
    {
        rawId(QStringLiteral("id"), h);
        if (isLeaving(h))
            return;
        portalFacts(h);
        add(Words::tr("State"), row.state());
        const QList<EndpointHandle> endpoints = m_inventory.endpointsBinding(h);
        relate(endpoints.isEmpty() ? Words::tr("Serves nothing")
                                   : Words::tr("Serves %n endpoint(s)", nullptr, int(endpoints.size())),
               endpoints);
    }

    void binding(EndpointHandle endpoint, PortalHandle h, const TreeRow &row)
    {
        rawId(QStringLiteral("portal"), h);
        rawId(QStringLiteral("endpoint"), endpoint);
        if (isLeaving(h) || isLeaving(endpoint))
            return;
        m_facts.title = Words::tr("%1 at %2").arg(portalText(m_inventory, h), endpointText(m_inventory, endpoint));
        portalFacts(h);
        add(Words::tr("State"), row.state());
        const Transport transport = m_inventory.transport({endpoint, h});
        if (!transport.isUsual())
            add(Words::tr("Transport"), transport.iser ? Words::tr("iSER") : Words::tr("the card's own iSCSI engine"));
        const QList<SessionHandle> sessions = m_inventory.sessionsOver(endpoint, h);
        const qsizetype others = m_inventory.endpointsBinding(h).size() - (m_inventory.binds(endpoint, h) ? 1 : 0);
        add(Words::tr("Also serves"), others > 0 ? Words::tr("%n other endpoint(s)", nullptr, int(others)) : QString());
        relate(sessions.isEmpty() ? Words::tr("No session runs over it")
                                  : Words::tr("%n session(s) over it", nullptr, int(sessions.size())),
               sessions);
    }

    const Session &m_session;
    const Inventory &m_inventory;
    TreeInventory m_tree;
    TreeKey m_row;
    Facts m_facts;
};

} // namespace

Facts factsOf(const Session &session, const TreeKey &row)
{
    return Writer(session, row).write();
}

Fact relatedFact(const Inventory &inventory, const Related &related)
{
    if (const auto *endpoint = std::get_if<EndpointHandle>(&related)) {
        if (!inventory.has(*endpoint))
            return {};
        const NodeHandle node = inventory.endpoint(*endpoint).node;
        return {endpointInNodeText(inventory, *endpoint),
                node && inventory.has(node) ? inventory.node(node).name
                                            : serverText(inventory, inventory.endpoint(*endpoint).server),
                true};
    }
    if (const auto *portal = std::get_if<PortalHandle>(&related)) {
        if (!inventory.has(*portal))
            return {};
        const Portal value = inventory.portal(*portal);
        return {Words::tr("Portal"),
                value.nic.isEmpty() ? value.address.toString()
                                    : Words::tr("%1 on %2").arg(value.address.toString(), value.nic),
                true};
    }
    if (const auto *node = std::get_if<NodeHandle>(&related)) {
        if (!inventory.has(*node))
            return {};
        const Node value = inventory.node(*node);
        return {value.role == Role::Initiator ? Words::tr("Initiator") : Words::tr("Target"), value.name, true};
    }
    const LoginSession session = inventory.session(std::get<SessionHandle>(related));
    return {Words::tr("Session"),
            session.from.isEmpty() ? session.initiator : Words::tr("%1 from %2").arg(session.initiator, session.from),
            true};
}

} // namespace portalbind
