// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/hoststate.h"

#include <QByteArray>

/// Ids of the objects of a host: paths in configfs, and what the console keeps beside it.
namespace portalbind::lio {

inline constexpr const char *serverId = "host";

/// The directory's name. One that is no UTF-8 cannot be named to the helper; its id begins with a slash, which no
/// directory has.
[[nodiscard]] QByteArray nodeId(const HostTarget &target, qsizetype index);
/// `IQN/tpgt_1`
[[nodiscard]] QByteArray endpointId(const QByteArray &node, const HostTpg &tpg, qsizetype index);
/// `10.0.0.5:3260`; of one that the console cannot name the directory itself, behind `dir:`.
[[nodiscard]] QByteArray portalId(const PortalAddress &address);
[[nodiscard]] QByteArray portalId(const HostPortal &portal);
/// `pool:UUID`
[[nodiscard]] QByteArray poolId(const QString &uuid);
/// A group that only shows what was found together, after its first portal.
[[nodiscard]] QByteArray foundId(const QByteArray &firstPortal);

/// What a request calls an object with that id; empty when it cannot be named.
[[nodiscard]] QString targetOfId(const QByteArray &nodeOrEndpoint);
[[nodiscard]] QString tpgOfId(const QByteArray &endpoint);
[[nodiscard]] QString poolOfId(const QByteArray &group);
/// `portal` with its address, or `dir` with the directory.
struct PortalName
{
    QString key, value;
};
[[nodiscard]] PortalName portalOfId(const QByteArray &portal);

} // namespace portalbind::lio
