// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/hostnetwork.h"

#include "backends/lio/helper/directoryname.h"
#include "backends/lio/helper/files.h"

#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

namespace portalbind::kernel {

namespace {

std::optional<NetworkAddress> addressOf(const sockaddr *address)
{
    NetworkAddress ip;
    if (address != nullptr && address->sa_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, address, sizeof in);
        std::memcpy(ip.bytes.data(), &in.sin_addr, 4);
        return ip;
    }
    if (address != nullptr && address->sa_family == AF_INET6) {
        sockaddr_in6 in{};
        std::memcpy(&in, address, sizeof in);
        ip.family = Family::IPv6;
        std::memcpy(ip.bytes.data(), &in.sin6_addr, 16);
        return ip;
    }
    return std::nullopt;
}

int prefixLength(const sockaddr *mask)
{
    const auto ip = addressOf(mask);
    int bits = 0;
    for (const std::uint8_t byte : ip.value_or(NetworkAddress()).bytes)
        bits += std::popcount(byte);
    return bits;
}

/// Words of \a line between blanks.
std::vector<std::string_view> wordsOf(std::string_view line)
{
    std::vector<std::string_view> words;
    while (true) {
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        if (line.empty())
            return words;
        const auto blank = line.find(' ');
        words.push_back(line.substr(0, blank));
        line.remove_prefix(std::min(blank, line.size()));
    }
}

std::optional<std::uint32_t> hexadecimal(std::string_view text)
{
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// `0100007F:0CBC`: words of 32 bits in the byte order of this machine, then the port.
std::optional<SocketAddress> socketAddress(std::string_view text, Family family)
{
    const std::size_t length = family == Family::IPv4 ? 8 : 32;
    if (text.size() != length + 5 || text[length] != ':')
        return std::nullopt;
    SocketAddress address;
    address.ip.family = family;
    for (std::size_t i = 0; i < length; i += 8) {
        const auto word = hexadecimal(text.substr(i, 8));
        if (!word)
            return std::nullopt;
        std::memcpy(address.ip.bytes.data() + i / 2, &*word, 4);
    }
    const auto port = hexadecimal(text.substr(length + 1));
    if (!port)
        return std::nullopt;
    address.port = static_cast<std::uint16_t>(*port);
    return address;
}

} // namespace

std::string HostInterfaces::scopeName(const std::string &scope) const
{
    const auto named = std::find_if(names.begin(), names.end(),
                                    [&scope](const auto &entry) { return entry.second == scope; });
    if (named != names.end())
        return scope;
    const auto index = readKernelNumber(scope, 0xffffffff);
    const auto numbered = index ? names.find(*index) : names.end();
    return numbered == names.end() ? scope : numbered->second;
}

Result<HostInterfaces> readHostInterfaces()
{
    HostInterfaces found;
    const std::unique_ptr<struct if_nameindex, decltype(&if_freenameindex)> names(if_nameindex(), &if_freenameindex);
    if (!names)
        return failed(errno, "the network interfaces cannot be listed");
    for (const struct if_nameindex *entry = names.get(); entry->if_index != 0; ++entry)
        found.names.emplace(entry->if_index, entry->if_name);

    ifaddrs *list = nullptr;
    if (getifaddrs(&list) != 0)
        return failed(errno, "the addresses of this host cannot be listed");
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, &freeifaddrs);
    for (const ifaddrs *entry = list; entry != nullptr; entry = entry->ifa_next) {
        auto ip = addressOf(entry->ifa_addr);
        if (!ip)
            continue;
        HostAddress address;
        address.interface = entry->ifa_name;
        if (ip->isLinkLocal())
            ip->scope = address.interface;
        address.ip = *ip;
        address.prefix = prefixLength(entry->ifa_netmask);
        address.up = (entry->ifa_flags & IFF_UP) != 0 && (entry->ifa_flags & IFF_RUNNING) != 0;
        found.addresses.push_back(std::move(address));
    }
    std::sort(found.addresses.begin(), found.addresses.end(), [](const HostAddress &a, const HostAddress &b) {
        return a.ip != b.ip ? a.ip < b.ip : a.interface < b.interface;
    });
    return found;
}

void parseTcpLines(std::string_view text, Family family, const std::function<bool(const SocketAddress &)> &wanted,
                   std::size_t mostConnections, TcpSockets &sockets)
{
    constexpr std::string_view established = "01"; // include/net/tcp_states.h
    constexpr std::string_view listening = "0A";
    while (!text.empty()) {
        const auto feed = text.find('\n');
        const std::string_view line = text.substr(0, feed);
        text = feed == std::string_view::npos ? std::string_view() : text.substr(feed + 1);
        const auto words = wordsOf(line);
        if (words.size() < 10 || (words[3] != established && words[3] != listening))
            continue;
        const auto local = socketAddress(words[1], family);
        if (!local)
            continue;
        if (words[3] == listening) {
            std::uint64_t inode = 0;
            std::from_chars(words[9].data(), words[9].data() + words[9].size(), inode);
            sockets.listeners.push_back({*local, inode, {}, 0});
            continue;
        }
        // An IPv4 connection to an IPv6 wildcard is listed in the mapped form.
        const SocketAddress own{local->ip.unmapped(), local->port};
        const auto peer = socketAddress(words[2], family);
        if (!peer || !wanted || !wanted(own))
            continue;
        if (sockets.connections.size() == mostConnections)
            sockets.truncated = true;
        else
            sockets.connections.push_back({own, {peer->ip.unmapped(), peer->port}});
    }
}

Result<TcpSockets> readTcpSockets(const Places &places, const std::function<bool(const SocketAddress &)> &wanted,
                                  std::size_t mostConnections)
{
    const std::string folder = places.net.empty() ? places.proc + '/' + std::to_string(getpid()) + "/net" : places.net;
    constexpr std::size_t mostBytes = std::size_t(1) << 30;
    TcpSockets sockets;
    for (const Family family : {Family::IPv4, Family::IPv6}) {
        const std::string path = folder + (family == Family::IPv4 ? "/tcp" : "/tcp6");
        const Descriptor file = openAbsolute(path, O_RDONLY);
        if (!file.isOpen() && errno == ENOENT && family == Family::IPv6)
            continue; // a kernel without IPv6
        const auto text = file.isOpen() ? readAll(file.number(), mostBytes) : std::nullopt;
        if (!text)
            return failed(errno, path + " cannot be read");
        parseTcpLines(*text, family, wanted, mostConnections, sockets);
    }
    const auto byAddress = [](const auto &a, const auto &b) { return a.address < b.address; };
    std::stable_sort(sockets.listeners.begin(), sockets.listeners.end(), byAddress);
    std::sort(sockets.connections.begin(), sockets.connections.end(),
              [](const auto &a, const auto &b) { return a.local != b.local ? a.local < b.local : a.peer < b.peer; });
    return sockets;
}

bool SocketOwners::stillHolds(std::uint64_t inode, const Owner &owner) const
{
    if (owner.pid == 0)
        return false; // a process may have got it since
    const Descriptor folder = openAbsolute(m_proc + '/' + std::to_string(owner.pid) + "/fd", O_RDONLY | O_DIRECTORY);
    return folder.isOpen() && readLink(folder.number(), owner.descriptor) == "socket:[" + std::to_string(inode) + ']';
}

void SocketOwners::lookThrough(const std::vector<std::uint64_t> &inodes)
{
    std::map<std::string, std::uint64_t> links;
    for (const std::uint64_t inode : inodes)
        links.emplace("socket:[" + std::to_string(inode) + ']', inode);
    const Descriptor proc = openAbsolute(m_proc, O_RDONLY | O_DIRECTORY);
    for (const std::string &entry : listDirectory(proc.number()).value_or(std::vector<std::string>())) {
        if (links.empty())
            return;
        if (entry.find_first_not_of("0123456789") != std::string::npos)
            continue;
        const Descriptor folder = openChild(proc.number(), entry + "/fd", O_RDONLY | O_DIRECTORY);
        for (const std::string &descriptor : listDirectory(folder.number()).value_or(std::vector<std::string>())) {
            const auto link = readLink(folder.number(), descriptor);
            const auto found = link ? links.find(*link) : links.end();
            if (found == links.end())
                continue;
            const std::string name = printable(readTrimmed(proc.number(), entry + "/comm"));
            m_owners[found->second] = {name.empty() ? "?" : name, std::atoi(entry.c_str()), descriptor};
            links.erase(found);
        }
    }
}

void SocketOwners::name(std::vector<Listener> &listeners)
{
    std::vector<std::uint64_t> unknown;
    std::map<std::uint64_t, Owner> known;
    for (const Listener &listener : listeners) {
        const auto owner = m_owners.find(listener.inode);
        if (owner != m_owners.end() && stillHolds(listener.inode, owner->second))
            known.insert(*owner);
        else if (listener.inode != 0)
            unknown.push_back(listener.inode);
    }
    m_owners = std::move(known);
    if (!unknown.empty())
        lookThrough(unknown);
    for (Listener &listener : listeners) {
        const auto owner = m_owners.find(listener.inode);
        if (owner != m_owners.end()) {
            listener.process = owner->second.process;
            listener.pid = owner->second.pid;
        }
    }
}

} // namespace portalbind::kernel
