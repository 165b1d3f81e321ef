// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/address.h"
#include "model/entities.h"

#include <QList>
#include <QStringList>

#include <optional>

/// What the helper tells about a host, field by field (docs/lio-helper.md), checked and not yet interpreted.
namespace portalbind::lio {

/// An address as the kernel reads it, which may be one that the console takes for no portal (IPv4-mapped, multicast,
/// port 0, unreadable).
struct Place
{
    QString ip; ///< canonical; empty: unreadable
    QString scope;
    quint16 port = 0;
    std::optional<PortalAddress> address; ///< when it is one that portals can have

    [[nodiscard]] QString text() const; ///< `10.0.0.5:3260`, `[fe80::1%eth0]:3260`
};

struct HostPortal
{
    QString directory; ///< name of its configfs directory
    Place place;
    bool iser = false;
    bool offload = false;
    bool listening = true;
    bool isOpaque = false; ///< the directory's name is no UTF-8: it cannot be named
};

struct HostAcl
{
    QString initiator;
    struct MappedLun
    {
        quint32 number = 0; ///< as it sees it
        std::optional<quint32> lun; ///< of the TPG; empty: linked to none (yet), as between mkdir and symlink
    };
    QList<MappedLun> luns;
    bool hasSession = false; ///< the newest one is told
    QString sessionInitiator;
    QStringList peers; ///< addresses of its connections
};

struct HostTpg
{
    QString directory;
    quint16 tag = 0;
    bool enabled = false;
    bool isOpaque = false;
    QString alias;
    bool authentication = true;
    bool generateAcls = false;
    bool demoDiscovery = true;
    QList<EndpointAccess::Lun> luns; ///< sorted by number
    QList<HostAcl> acls;
    QStringList dynamicSessions;
    QList<HostPortal> portals;
};

struct HostTarget
{
    QString name;
    QString owner;
    bool isOpaque = false;
    QList<HostTpg> tpgs;
};

struct HostAddress
{
    IpAddress ip;
    QString interface;
    bool up = true;
    QString roaming; ///< what moves it between hosts
};

struct HostListener
{
    IpAddress ip;
    quint16 port = 0;
    QString process; ///< `nginx (71)`; empty: a socket of the kernel's own
};

struct HostConnection
{
    PortalAddress local;
    QString peer; ///< address, canonical
};

struct SavedPortal
{
    Place place;
    bool iser = false;
    bool offload = false;
};
struct SavedTpg
{
    quint16 tag = 0;
    bool enabled = false;
    QList<SavedPortal> portals;
};
struct SavedTarget
{
    QString name;
    QList<SavedTpg> tpgs;
};
/// What saveconfig.json has.
struct SavedConfiguration
{
    QString path; ///< empty: this host has no place for it
    bool exists = false;
    bool hasManager = false; ///< targetcli looks after it
    QString unit;
    QString restoreUnit; ///< `enabled`, `disabled`, `masked`, `absent`
    QString error;
    QList<SavedTarget> targets;
};

struct HostPool
{
    QString id;
    QString name;
    QList<PortalAddress> members;
};
struct HostPools
{
    QString error;
    QList<HostPool> pools;
    QList<PortalAddress> candidates;
};

struct HostState
{
    QString state; ///< `ready`, `no-iscsi`
    QList<HostTarget> targets;
    QList<HostAddress> addresses;
    QList<std::pair<IpAddress, QString>>
            elsewhere; ///< addresses that a cluster moves and that are not here now; by what
    QList<HostListener> listeners;
    QList<HostConnection> connections;
    bool isTruncated = false; ///< there are more connections or listeners
    SavedConfiguration saved;
    HostPools pools;
};

/// What the helper says of itself and of the machine.
struct Greeting
{
    QString version;
    QString host;
    QString kernel;
    QString state; ///< `ready`, `no-iscsi`, `no-module`, `no-lio`
    bool writable = true;
    QString lio; ///< `Datera Inc. iSCSI Target v4.1.0`
    QString owner; ///< of all targets of this host
};

} // namespace portalbind::lio
