// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/rigworkbook.h"

#include "backends/workbook/import.h"
#include "model/snapshotbuilder.h"

#include <QFile>
#include <QHostAddress>

#include <vector>

using namespace portalbind;

namespace {

constexpr int groupSize = 8;
constexpr int targetSize = 16;
constexpr int addressless = 7; // of each sixteen

Server rigHost()
{
    Server server;
    server.name = QStringLiteral("rig-host");
    server.dialect = Dialect::Smis;
    server.capabilities.groups = GroupSource::Editable;
    server.capabilities.editPortals = true;
    server.capabilities.createEndpoint = true;
    server.capabilities.chooseTag = true;
    server.capabilities.createNode = true;
    server.capabilities.chooseNodeName = true;
    server.capabilities.initiatorNodes = true;
    server.capabilities.enableEndpoint = true;
    return server;
}

QString aliasOf(int target)
{
    if (target == 0)
        return QStringLiteral("Target 0 <A & B>");
    if (target == 1)
        return QStringLiteral("Target 1 ") + QChar(0xfc) + QChar(0x20ac);
    return QStringLiteral("Target %1").arg(target);
}

QByteArray id(const char *kind, int number)
{
    return kind + QByteArray::number(number);
}

std::vector<PortalHandle> addPortals(SnapshotBuilder &builder, ServerHandle server, int count)
{
    std::vector<PortalHandle> portals;
    GroupHandle group;
    for (int i = 0; i < count; ++i) {
        Portal portal;
        portal.server = server;
        portal.address = PortalAddress{IpAddress(QHostAddress(quint32(10 << 24 | i))), 3260};
        portal.addressPresent = i % targetSize != addressless;
        portals.push_back(builder.addPortal(id("portal", i), portal));
        if (i % groupSize == 0)
            group = builder.addGroup(id("group", i),
                                     Group{server, QStringLiteral("Portal group %1").arg(i / groupSize), false});
        builder.join(group, portals.back());
    }
    return portals;
}

void addTarget(SnapshotBuilder &builder, ServerHandle server, int number, const std::vector<PortalHandle> &portals)
{
    const QString name = QStringLiteral("iqn.2026-11.example.rig:target-%1").arg(number, 6, 10, QLatin1Char('0'));
    const NodeHandle node = builder.addNode(id("node", number), Node{server, Role::Target, name, aliasOf(number)});
    const auto portal = [&](int offset) { return portals[size_t(targetSize) * size_t(number) + size_t(offset)]; };
    for (const int tag : {1, 2}) {
        Endpoint endpoint;
        endpoint.server = server;
        endpoint.node = node;
        endpoint.tag = quint64(tag);
        const EndpointHandle made = builder.addEndpoint(id("endpoint", 2 * number + tag), endpoint);
        if (tag == 2) {
            builder.bind(made, portal(8));
        } else {
            builder.bind(made, portal(0));
            builder.bind(made, portal(1));
        }
    }
}

} // namespace

bool writeRigWorkbook(const QString &path, int portals)
{
    // Through the program's own import, so that the layout of a workbook is known in one place.
    SnapshotBuilder builder(std::make_shared<IdTable>());
    const ServerHandle server = builder.addServer("server", rigHost());
    const std::vector<PortalHandle> handles = addPortals(builder, server, portals);
    for (int t = 0; t < portals / targetSize; ++t)
        addTarget(builder, server, t, handles);
    for (const char *const suffix : {"", "-wal", "-shm", "-journal"})
        QFile::remove(path + QLatin1String(suffix));
    return createWorkbook(path, *builder.build()).has_value();
}
