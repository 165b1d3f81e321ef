// SPDX-License-Identifier: Apache-2.0
#include "stepplan.h"

#include "backends/workbook/import.h"
#include "model/snapshotbuilder.h"

#include <QDir>
#include <QFileInfo>

namespace portalbind {

namespace {

constexpr int portals = 12;

NodeHandle nodeNamed(const Snapshot &snapshot, const QString &name)
{
    for (const NodeHandle node : snapshot.nodes())
        if (snapshot.node(snapshot.row(node)).name == name)
            return node;
    return {};
}

QString nodeName(int round)
{
    return QStringLiteral("iqn.2026-11.com.example:round-%1").arg(round);
}

} // namespace

Result<> StepPlan::prepare(const QString &path)
{
    SnapshotBuilder builder(std::make_shared<IdTable>());
    Server server;
    server.name = QStringLiteral("san");
    Capabilities &can = server.capabilities;
    can.groups = GroupSource::Editable;
    can.createNode = can.chooseNodeName = can.createEndpoint = can.editPortals = true;
    const ServerHandle handle = builder.addServer("san", server);
    for (int i = 0; i < portals; ++i) {
        const auto address = PortalAddress::parse(QStringLiteral("10.0.1.%1:3260").arg(i + 1));
        const PortalHandle portal = builder.addPortal(QByteArray::number(i),
                                                      Portal{handle, PortalKind::Tcp, *address, true, {}});
        builder.join(builder.addGroup("all", Group{handle, QStringLiteral("fabric-A"), false}), portal);
    }
    builder.addGroup("more", Group{handle, QStringLiteral("fabric-B"), false});
    return createWorkbook(path, *builder.build());
}

Operation StepPlan::step(int number, const SnapshotPtr &now)
{
    const int round = number / 4;
    const ServerHandle server = now->servers()[0];
    const auto portal = [&](int i) { return now->portalRows()[size_t(i % portals)].handle; };
    switch (number % 4) {
    case 0:
        return CreateNode{now->ids()->makeProvisional<NodeHandle>(), Node{server, Role::Target, nodeName(round), {}}};
    case 1: {
        CreateEndpoint create;
        create.endpoint = now->ids()->makeProvisional<EndpointHandle>();
        create.value.server = server;
        create.value.node = nodeNamed(*now, nodeName(round));
        create.portals = {portal(round), portal(round + 1), portal(round + 2)};
        return create;
    }
    case 2:
        return round % 2 ? Operation(LeaveGroup{now->groups()[1], portal(round - 1)})
                         : Operation(JoinGroup{now->groups()[1], portal(round)});
    default:
        break;
    }
    // Every third round takes the one before it away: node, endpoint and bindings at once.
    if (round % 3 == 2)
        return DeleteNode{nodeNamed(*now, nodeName(round - 1))};
    return CreateGroup{now->ids()->makeProvisional<GroupHandle>(),
                       Group{server, QStringLiteral("pool-%1").arg(round), false}};
}

QByteArray StepPlan::digest(const Snapshot &snapshot)
{
    const IdTable &ids = *snapshot.ids();
    QByteArrayList lines;
    for (const NodeHandle node : snapshot.nodes())
        lines += ids.id(node) + ' ' + snapshot.node(snapshot.row(node)).name.toUtf8();
    for (const Snapshot::EndpointRow &endpoint : snapshot.endpointRows()) {
        QByteArray line = ids.id(endpoint.handle) + " of " + ids.id(endpoint.node) + " binds";
        for (const PortalHandle portal : snapshot.portalsBoundBy(snapshot.row(endpoint.handle)))
            line += ' ' + ids.id(portal);
        lines += line;
    }
    for (const GroupHandle group : snapshot.groups()) {
        QByteArray line = ids.id(group) + ' ' + snapshot.group(snapshot.row(group)).name.toUtf8() + " holds";
        for (const PortalHandle portal : snapshot.portalsOf(snapshot.row(group)))
            line += ' ' + ids.id(portal);
        lines += line;
    }
    return lines.join('\n');
}

Result<QList<QByteArray>> StepPlan::digests(const QString &path)
{
    if (const Result<> prepared = prepare(path); !prepared)
        return tl::unexpected<Error>(prepared.error());
    Workbook workbook(path);
    const auto ids = std::make_shared<IdTable>();
    QList<QByteArray> all;
    for (int number = 0; number <= length; ++number) {
        const auto now = workbook.read(ids);
        if (!now)
            return tl::unexpected<Error>(now.error());
        all += digest(**now);
        if (number == length)
            break;
        const auto answer = workbook.execute(step(number, *now), *ids);
        if (!answer)
            return tl::unexpected<Error>(answer.error());
        if (answer->code != 0)
            return failure(Error::Kind::Server,
                           QStringLiteral("step %1 was answered %2").arg(number).arg(answer->code));
    }
    return all;
}

PortalHandle portalAt(const Snapshot &snapshot, const char *address)
{
    for (const Snapshot::PortalRow &row : snapshot.portalRows())
        if (snapshot.portal(snapshot.row(row.handle)).address.toString() == QLatin1String(address))
            return row.handle;
    return {};
}

EndpointHandle endpointOf(const Snapshot &snapshot, const char *node, quint64 tag)
{
    for (const Snapshot::EndpointRow &row : snapshot.endpointRows())
        if (row.node && snapshot.node(snapshot.row(row.node)).name.endsWith(QLatin1String(node))
            && snapshot.endpoint(snapshot.row(row.handle)).tag == tag)
            return row.handle;
    return {};
}

QString scratchTemplate()
{
    const QString memory = QStringLiteral("/dev/shm");
    return (QFileInfo(memory).isWritable() ? memory : QDir::tempPath()) + QStringLiteral("/portalbind-XXXXXX");
}

} // namespace portalbind
