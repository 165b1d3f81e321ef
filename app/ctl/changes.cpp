// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/changes.h"

#include "model/iscsiname.h"
#include "model/rules.h"
#include "model/saving.h"

#include <QCoreApplication>

#include <algorithm>

namespace portalbind {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Changes", text);
}

using Operations = Result<QList<Operation>>;

class Builder
{
public:
    Builder(const Request &request, const ObjectNames &names, IdTable &ids)
        : m_request(request)
        , m_names(names)
        , m_ids(ids)
    {
    }

    [[nodiscard]] Operations build();

private:
    [[nodiscard]] Operations bindings();
    [[nodiscard]] Operations move();
    [[nodiscard]] Operations createPortal();
    [[nodiscard]] Operations createGroup();
    [[nodiscard]] Operations renameGroup();
    [[nodiscard]] Operations createNode();
    [[nodiscard]] Operations createEndpoint();
    [[nodiscard]] Operations save();
    template <class MemberOperation>
    [[nodiscard]] Operations memberships();
    /// An operation for each object named.
    template <class H, class Make>
    [[nodiscard]] Operations each(Make make);
    template <class H>
    [[nodiscard]] Result<QList<H>> find(const QStringList &names) const;

    [[nodiscard]] Result<std::pair<ServerHandle, qsizetype>> serverBefore(const QString &name) const;
    /// The server that something new belongs to, from --server or `SERVER/` before its name; \a name loses the latter.
    [[nodiscard]] Result<ServerHandle> serverFor(QString &name) const;

    const Request &m_request;
    const ObjectNames &m_names;
    IdTable &m_ids;
};

template <class H>
Result<QList<H>> Builder::find(const QStringList &names) const
{
    QList<H> handles;
    for (const QString &name : names) {
        const auto h = m_names.find<H>(name);
        if (!h)
            return tl::unexpected(h.error());
        if (!handles.contains(*h)) // named twice, it is done once
            handles += *h;
    }
    return handles;
}

template <class H, class Make>
Operations Builder::each(Make make)
{
    const auto handles = find<H>(m_request.objects);
    if (!handles)
        return tl::unexpected(handles.error());
    QList<Operation> operations;
    for (const H h : *handles)
        operations += make(h);
    return operations;
}

Operations Builder::bindings()
{
    const auto endpoint = m_names.find<EndpointHandle>(m_request.objects.last());
    if (!endpoint)
        return tl::unexpected(endpoint.error());
    const auto portals = find<PortalHandle>(m_request.objects.mid(0, m_request.objects.size() - 1));
    if (!portals)
        return tl::unexpected(portals.error());
    QList<Operation> operations;
    for (const PortalHandle portal : *portals) {
        if (m_request.command == Command::Unbind)
            operations += Unbind{*endpoint, portal};
        else
            operations += Bind{*endpoint, portal};
    }
    return operations;
}

Operations Builder::move()
{
    const auto portal = m_names.find<PortalHandle>(m_request.objects.value(0));
    if (!portal)
        return tl::unexpected(portal.error());
    const auto endpoints = find<EndpointHandle>(m_request.objects.mid(1));
    if (!endpoints)
        return tl::unexpected(endpoints.error());
    return QList<Operation>{Move{*portal, endpoints->value(0), endpoints->value(1)}};
}

/// The server whose name stands in front of \a name, and how long that name is; null when there is no slash in it.
Result<std::pair<ServerHandle, qsizetype>> Builder::serverBefore(const QString &name) const
{
    std::pair<ServerHandle, qsizetype> found;
    std::optional<Error> missing;
    // Names of servers and groups may hold a slash: every one may be the one that ends the server's name.
    for (qsizetype slash = name.indexOf(u'/', 1); slash > 0; slash = name.indexOf(u'/', slash + 1)) {
        const auto server = m_names.find<ServerHandle>(name.left(slash));
        if (!server && server.error().kind == Error::Kind::Ambiguous)
            return tl::unexpected(server.error());
        if (server && found.first)
            return failure(Error::Kind::Ambiguous, tr("“%1” begins with the names of several servers.").arg(name), {},
                           tr("Say which with --server."),
                           m_names.nameOf(found.first) + u'\n' + m_names.nameOf(*server));
        if (server)
            found = {*server, slash};
        else if (!missing)
            missing = server.error();
    }
    if (!found.first && missing)
        return tl::unexpected(*missing);
    return found;
}

Result<ServerHandle> Builder::serverFor(QString &name) const
{
    const auto before = serverBefore(name);
    if (!m_request.server.isEmpty()) {
        auto server = m_names.find<ServerHandle>(m_request.server);
        if (!server || !before || !before->first)
            return server; // a slash in the name ends no server's name
        if (before->first != *server)
            return failure(Error::Kind::BadInput,
                           tr("“%1” is to be made on %2, and --server says %3.")
                                   .arg(name, m_names.nameOf(before->first), m_names.nameOf(*server)),
                           {}, tr("Leave one of them out."));
        name = name.mid(before->second + 1);
        return server;
    }
    if (!before)
        return tl::unexpected(before.error());
    if (before->first) {
        name = name.mid(before->second + 1);
        return before->first;
    }
    const auto servers = m_names.inventory().servers();
    if (servers.size() == 1)
        return servers.front();
    QStringList all;
    for (const ServerHandle h : servers)
        all += m_names.nameOf(h);
    if (all.isEmpty())
        return failure(Error::Kind::NoSuchObject, tr("There is no server to make “%1” on.").arg(name), {},
                       tr("Import one, or make a workbook with one: portalbindctl workbook new FILE."));
    return failure(Error::Kind::Ambiguous, tr("“%1” could be made on several servers.").arg(name), {},
                   tr("Say which with --server, or put SERVER/ in front."), all.join(u'\n'));
}

Operations Builder::createPortal()
{
    QString name = m_request.objects.value(0);
    const auto server = serverFor(name);
    if (!server)
        return tl::unexpected(server.error());
    const auto address = PortalAddress::parse(name);
    if (!address)
        return tl::unexpected(address.error());
    Portal portal;
    portal.server = *server;
    portal.kind = address->port ? PortalKind::Tcp : PortalKind::Ip;
    portal.address = *address;
    portal.nic = m_request.interface;
    return QList<Operation>{CreatePortal{m_ids.makeProvisional<PortalHandle>(), portal}};
}

Operations Builder::createGroup()
{
    QString name = m_request.objects.value(0);
    const auto server = serverFor(name);
    if (!server)
        return tl::unexpected(server.error());
    return QList<Operation>{CreateGroup{m_ids.makeProvisional<GroupHandle>(), Group{*server, name, false}}};
}

Operations Builder::renameGroup()
{
    const auto group = m_names.find<GroupHandle>(m_request.objects.value(0));
    if (!group)
        return tl::unexpected(group.error());
    const QString name = m_request.objects.value(1);
    // Taken by its letters it would be a name that begins like that of a server, which nobody could tell from one.
    if (const auto before = serverBefore(name); before && before->first) {
        const ServerHandle own = m_names.inventory().group(*group).server;
        const QString server = m_names.nameOf(own);
        if (before->first != own)
            return failure(Error::Kind::BadInput,
                           tr("“%1” names another server; a portal group stays on %2.").arg(name, server), {},
                           tr("Write the new name alone."));
        return failure(Error::Kind::BadInput,
                       tr("“%1” repeats the name of the server %2; a new name stands alone.").arg(name, server), {},
                       tr("Write: portalbindctl group rename %1 %2")
                               .arg(m_names.nameOf(*group), name.mid(before->second + 1)));
    }
    return QList<Operation>{RenameGroup{*group, name}};
}

template <class MemberOperation>
Operations Builder::memberships()
{
    const auto group = m_names.find<GroupHandle>(m_request.objects.value(0));
    if (!group)
        return tl::unexpected(group.error());
    const auto portals = find<PortalHandle>(m_request.objects.mid(1));
    if (!portals)
        return tl::unexpected(portals.error());
    QList<Operation> operations;
    for (const PortalHandle portal : *portals)
        operations += MemberOperation{*group, portal};
    return operations;
}

Operations Builder::createNode()
{
    QString name = m_request.objects.value(0);
    const auto server = serverFor(name);
    if (!server)
        return tl::unexpected(server.error());
    Node node;
    node.server = *server;
    node.role = m_request.initiator ? Role::Initiator : Role::Target;
    if (!name.isEmpty()) { // else the server chooses
        const auto normal = parseIscsiName(name); // upper case means the same (RFC 7143 4.2.7.2)
        if (!normal)
            return tl::unexpected(normal.error());
        node.name = *normal;
    }
    node.alias = m_request.alias;
    return QList<Operation>{CreateNode{m_ids.makeProvisional<NodeHandle>(), node}};
}

Operations Builder::createEndpoint()
{
    const auto node = m_names.find<NodeHandle>(m_request.objects.value(0));
    if (!node)
        return tl::unexpected(node.error());
    const auto portals = find<PortalHandle>(m_request.objects.mid(1));
    if (!portals)
        return tl::unexpected(portals.error());
    const Node of = m_names.inventory().node(*node);
    CreateEndpoint operation;
    operation.endpoint = m_ids.makeProvisional<EndpointHandle>();
    operation.value.server = of.server;
    operation.value.node = *node;
    operation.value.role = of.role == Role::Initiator ? Role::Initiator : Role::Target;
    // Where nobody can log in to a new one yet it stays as the server makes it.
    const Inventory &inventory = m_names.inventory();
    operation.value.enabled = !(inventory.has(of.server) && inventory.capabilities(of.server).bareEndpoints);
    operation.portals = *portals;
    if (!m_request.tag.isEmpty()) {
        const bool hex = m_request.tag.startsWith(QLatin1String("0x"), Qt::CaseInsensitive);
        bool ok = false;
        operation.chooseTag = true;
        operation.value.tag = m_request.tag.toULongLong(&ok, hex ? 16 : 10);
        if (!ok)
            return failure(Error::Kind::BadInput, tr("“%1” is not a tag.").arg(m_request.tag), {},
                           tr("Give a decimal number, or a hex one that begins with 0x."));
        const bool isTarget = operation.value.role == Role::Target;
        if (operation.value.tag > (isTarget ? maximumTargetTag : maximumInitiatorTag))
            return failure(Error::Kind::BadInput, tr("The tag %1 is out of range.").arg(m_request.tag), {},
                           isTarget ? tr("A target's tag goes up to 65535.")
                                    : tr("An initiator's tag has 48 bits: it goes up to 0xffffffffffff."));
    }
    return QList<Operation>{operation};
}

/// All that differs, on one server or on all.
Operations Builder::save()
{
    QList<ServerHandle> servers = m_names.inventory().servers();
    if (!m_request.server.isEmpty()) {
        const auto server = m_names.find<ServerHandle>(m_request.server);
        if (!server)
            return tl::unexpected(server.error());
        servers = {*server};
    }
    QList<Operation> operations;
    for (const ServerHandle server : servers) {
        const SaveForReboot all = saveAll(m_names.inventory(), server);
        if (!all.isEmpty() || !canSave(m_names.inventory(), all).isAllowed())
            operations += all;
    }
    return operations;
}

Operations Builder::build()
{
    switch (m_request.command) {
    case Command::CanBind:
    case Command::Bind:
    case Command::Unbind:
        return bindings();
    case Command::Move:
        return move();
    case Command::PortalCreate:
        return createPortal();
    case Command::PortalDelete:
        return each<PortalHandle>([](PortalHandle h) { return DeletePortal{h}; });
    case Command::GroupCreate:
        return createGroup();
    case Command::GroupDelete:
        return each<GroupHandle>([](GroupHandle h) { return DeleteGroup{h}; });
    case Command::GroupRename:
        return renameGroup();
    case Command::GroupAdd:
        return memberships<JoinGroup>();
    case Command::GroupRemove:
        return memberships<LeaveGroup>();
    case Command::EndpointCreate:
        return createEndpoint();
    case Command::EndpointDelete:
        return each<EndpointHandle>([](EndpointHandle h) { return DeleteEndpoint{h}; });
    case Command::EndpointEnable:
        return each<EndpointHandle>([](EndpointHandle h) { return SetEndpointEnabled{h, true}; });
    case Command::EndpointDisable:
        return each<EndpointHandle>([](EndpointHandle h) { return SetEndpointEnabled{h, false}; });
    case Command::NodeCreate:
        return createNode();
    case Command::NodeDelete:
        return each<NodeHandle>([](NodeHandle h) { return DeleteNode{h}; });
    case Command::Save:
        return save();
    case Command::List:
    case Command::Show:
    case Command::Import:
    case Command::Report:
    case Command::WorkbookNew:
    case Command::Completion:
        break;
    }
    return QList<Operation>();
}

} // namespace

bool isChange(Command command)
{
    return command >= Command::Bind && command <= Command::Save;
}

Operations operationsFor(const Request &request, const ObjectNames &names, IdTable &ids)
{
    return Builder(request, names, ids).build();
}

bool Judgement::changesNothing() const
{
    return std::all_of(verdicts.begin(), verdicts.end(), [](const Verdict &v) { return v.changesNothing; });
}

Judgement judgeUnattended(const Inventory &inventory, const QList<Operation> &operations, bool force)
{
    Judgement result;
    Inventory now = inventory;
    for (const Operation &operation : operations) {
        const Verdict verdict = unattended(canDo(now, operation));
        result.verdicts += verdict;
        result.before = now;
        if (verdict.isRefused() && !(force && verdict.canOverride())) {
            result.isRefused = true;
            break;
        }
        if (!verdict.changesNothing)
            now = now.with(operation);
    }
    return result;
}

} // namespace portalbind
