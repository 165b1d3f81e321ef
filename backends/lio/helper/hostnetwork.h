// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/failure.h"
#include "backends/lio/helper/kernelrules.h"
#include "backends/lio/helper/places.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace portalbind::kernel {

/// The interfaces of this network namespace and what addresses they have.
struct HostInterfaces
{
    std::vector<HostAddress> addresses; ///< sorted by address
    std::map<unsigned, std::string> names; ///< by index

    /// The interface that the kernel means by \a scope: a name, else an index of any base. As it is where there is
    /// none.
    [[nodiscard]] std::string scopeName(const std::string &scope) const;
};

/// From getifaddrs(3) and if_nameindex(3).
[[nodiscard]] Result<HostInterfaces> readHostInterfaces();

struct EstablishedConnection
{
    SocketAddress local;
    SocketAddress peer;
};

struct TcpSockets
{
    std::vector<Listener> listeners; ///< without processes
    std::vector<EstablishedConnection> connections;
    bool truncated = false; ///< there are more connections
};

/// From the files tcp and tcp6 in \a places.net, or in /proc of this process. Established connections only where \a
/// wanted says so for the local end, at most \a mostConnections.
[[nodiscard]] Result<TcpSockets> readTcpSockets(const Places &places,
                                                const std::function<bool(const SocketAddress &)> &wanted,
                                                std::size_t mostConnections = 100'000);

/// Adds to the lines of one file: the content of /proc/net/tcp or tcp6.
void parseTcpLines(std::string_view text, Family family, const std::function<bool(const SocketAddress &)> &wanted,
                   std::size_t mostConnections, TcpSockets &sockets);

/// Who has listening sockets open. Looking through /proc is dear, so what is known is kept as long as it still holds.
class SocketOwners
{
public:
    explicit SocketOwners(std::string proc)
        : m_proc(std::move(proc))
    {
    }

    /// Fills in process and pid of each; empty where no process has it open or may be looked at. See ReadFaults.
    void name(std::vector<Listener> &listeners);

private:
    struct Owner
    {
        std::string process;
        int pid = 0;
        std::string descriptor; ///< in /proc/PID/fd
    };

    [[nodiscard]] bool stillHolds(std::uint64_t inode, const Owner &owner) const;
    void lookThrough(const std::vector<std::uint64_t> &inodes);

    std::string m_proc;
    std::map<std::uint64_t, Owner> m_owners; ///< by inode; without a pid: nobody
};

} // namespace portalbind::kernel
