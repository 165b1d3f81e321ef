// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/hostids.h"

namespace portalbind::lio {
namespace {

constexpr const char *directoryPrefix = "dir:";
constexpr const char *poolPrefix = "pool:";
constexpr const char *foundPrefix = "found:";

QString behind(const QByteArray &id, const char *prefix)
{
    return id.startsWith(prefix) ? QString::fromUtf8(id.mid(qsizetype(qstrlen(prefix)))) : QString();
}

} // namespace

QByteArray nodeId(const HostTarget &target, qsizetype index)
{
    const QByteArray name = target.name.toUtf8();
    return target.isOpaque ? '/' + QByteArray::number(index) + '/' + name : name;
}

QByteArray endpointId(const QByteArray &node, const HostTpg &tpg, qsizetype index)
{
    const QByteArray name = tpg.directory.toUtf8();
    return tpg.isOpaque ? node + "//" + QByteArray::number(index) + name : node + '/' + name;
}

QByteArray portalId(const PortalAddress &address)
{
    return address.toString().toUtf8();
}

QByteArray portalId(const HostPortal &portal)
{
    return portal.place.address ? portalId(*portal.place.address) : directoryPrefix + portal.directory.toUtf8();
}

QByteArray poolId(const QString &uuid)
{
    return poolPrefix + uuid.toUtf8();
}

QByteArray foundId(const QByteArray &firstPortal)
{
    return foundPrefix + firstPortal;
}

QString targetOfId(const QByteArray &nodeOrEndpoint)
{
    if (nodeOrEndpoint.startsWith('/') || nodeOrEndpoint.contains("//"))
        return {};
    const qsizetype slash = nodeOrEndpoint.lastIndexOf('/');
    return QString::fromUtf8(slash < 0 ? nodeOrEndpoint : nodeOrEndpoint.left(slash));
}

QString tpgOfId(const QByteArray &endpoint)
{
    const qsizetype slash = endpoint.lastIndexOf('/');
    return slash < 0 || endpoint.contains("//") ? QString() : QString::fromUtf8(endpoint.mid(slash + 1));
}

QString poolOfId(const QByteArray &group)
{
    return behind(group, poolPrefix);
}

PortalName portalOfId(const QByteArray &portal)
{
    const QString directory = behind(portal, directoryPrefix);
    if (!directory.isEmpty())
        return {QStringLiteral("dir"), directory};
    return {QStringLiteral("portal"), QString::fromUtf8(portal)};
}

} // namespace portalbind::lio
