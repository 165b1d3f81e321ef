// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/snapshot.h"

#include <vector>

namespace portalbind {

/// What a snapshot file says, before any of it is believed: objects refer to each other by position, so that nothing
/// reaches an id table before all is known to be right.
struct SnapshotDocument
{
    struct OneServer
    {
        QByteArray id;
        Server value;
    };
    struct OneNode
    {
        QByteArray id;
        qsizetype server;
        Node value;
    };
    struct OneEndpoint
    {
        QByteArray id;
        qsizetype server, node; /* -1: none */
        Endpoint value;
    };
    struct OnePortal
    {
        QByteArray id;
        qsizetype server;
        Portal value;
    };
    struct OneGroup
    {
        QByteArray id;
        qsizetype server;
        Group value;
    };
    struct OneSession
    {
        QByteArray id;
        qsizetype endpoint, portal; /* -1: none */
        LoginSession value;
    };
    struct Edge
    {
        qsizetype from, portal;
    };

    QDateTime takenAt;
    bool complete = true;
    std::vector<OneServer> servers;
    std::vector<OneNode> nodes;
    std::vector<OneEndpoint> endpoints;
    std::vector<OnePortal> portals;
    std::vector<OneGroup> groups;
    std::vector<OneSession> sessions;
    std::vector<Edge> bindings, memberships;

    /// A snapshot of it, with handles from \a ids.
    [[nodiscard]] SnapshotPtr build(std::shared_ptr<IdTable> ids) const;
};

} // namespace portalbind
