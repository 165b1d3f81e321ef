// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>

#include <memory>
#include <vector>

class QSqlDatabase;

namespace peer {

/// What one server of a workbook holds, read at one moment. References are positions in the vectors, -1 for none.
struct Inventory
{
    qint64 server = 0; ///< row id
    QByteArray name;
    QByteArray dialect;
    bool bind = true;
    bool unbind = true;
    bool createEndpoint = true;
    bool chooseTag = true;
    bool createNode = true;
    bool enableEndpoint = true;

    struct Node
    {
        qint64 id;
        int role; ///< 0 unknown, 2 initiator, 3 target, 4 both
        QByteArray name;
        QByteArray alias;
    };
    struct Endpoint
    {
        qint64 id;
        int node;
        int role;
        bool perServer; ///< the switch for all targets
        bool enabled;
        quint64 tag;
    };
    struct Portal
    {
        qint64 id;
        bool tcp;
        bool present;
        QByteArray ip;
        int port;
        int address; ///< in addresses; -1 when no interface carries it
        int nic; ///< in nics
    };
    struct Group
    {
        qint64 id;
        QByteArray name;
    };
    struct Session
    {
        qint64 id;
        int endpoint;
        int portal;
        QByteArray initiator;
        QByteArray source;
    };
    struct Pair
    {
        int from; ///< endpoint, group or NIC
        int to; ///< portal; of a NIC an address
    };
    std::vector<Node> nodes;
    std::vector<Endpoint> endpoints; ///< without the ones for all targets
    std::vector<Portal> portals;
    std::vector<Group> groups; ///< without derived ones
    std::vector<Session> sessions;
    std::vector<Pair> bindings;
    std::vector<Pair> members;
    std::vector<QByteArray> addresses; ///< every address that exists, once
    std::vector<QByteArray> nics;
    std::vector<Pair> addressesOfNics;
    std::vector<bool> listening; ///< by portal: whether the switch for all targets is on
    int switchForAll = -1; ///< row id of the endpoint for all targets; -1 without one
};

/// \a server: its name; empty for the first one. nullptr with \a error set when it is not there or cannot be read.
/// \a everyAddress: also of portals whose address is gone.
std::shared_ptr<const Inventory> readInventory(QSqlDatabase &database, const QString &server, bool everyAddress,
                                               QString *error);

} // namespace peer
