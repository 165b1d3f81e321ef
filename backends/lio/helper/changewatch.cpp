// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/changewatch.h"

#include "backends/lio/helper/configfstree.h"
#include "backends/lio/helper/directoryname.h"
#include "backends/lio/helper/hostmarks.h"
#include "backends/lio/helper/hostnetwork.h"
#include "backends/lio/helper/readfaults.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace portalbind::kernel {

namespace {

constexpr std::uint32_t entryChanges = IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM;
constexpr const char *sessions = "fabric_statistics/iscsi_instance/sessions"; // of a target
constexpr std::uint32_t alwaysGiven = IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK;

} // namespace

ChangeWatch::ChangeWatch(const Places &places)
    : m_places(places)
    , m_notify(inotify_init1(IN_CLOEXEC | IN_NONBLOCK))
    , m_netlink(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE))
    , m_look(Clock::now() + connectionPace)
{
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
    if (!m_netlink.isOpen()
        || bind(m_netlink.number(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        m_complete = false;
    if (!m_notify.isOpen())
        m_complete = false;
    addTree();
    if (const SaveFile file = findSaveFile(m_places); !file.folder.empty())
        add(file.folder, Place::Save);
    addPools();
    m_connections = connectionsNow();
}

void ChangeWatch::add(const std::string &path, Place place)
{
    std::uint32_t mask = alwaysGiven | entryChanges;
    if (place == Place::Tpg) // a write to enable
        mask |= IN_MODIFY;
    if (place == Place::Save || place == Place::Pools)
        mask |= IN_CLOSE_WRITE;
    const int watch = inotify_add_watch(m_notify.number(), path.c_str(), mask);
    if (watch >= 0)
        m_watched[watch] = {place, path};
    else if (errno != ENOENT && errno != ENOTDIR)
        m_complete = false;
}

void ChangeWatch::addTree()
{
    add(m_places.configfs, Place::Core);
    add(m_places.configfs + "/target", Place::Core);
    const std::string fabric = m_places.configfs + "/target/iscsi";
    add(fabric, Place::Fabric);
    const ReadFaults faults;
    const ConfigfsTree tree(m_places);
    for (const std::string &target : tree.targets().value_or(std::vector<std::string>()))
        addTarget(std::string(fabric).append(1, '/').append(target));
    m_complete = m_complete && !faults.first();
}

void ChangeWatch::addTarget(const std::string &path)
{
    add(path, Place::Target);
    const ConfigfsTree tree(m_places);
    const Descriptor folder = tree.openTarget(path.substr(path.rfind('/') + 1));
    for (const auto &[tag, directory] : tree.tpgs(folder.number()))
        addTpg(std::string(path).append(1, '/').append(directory));
}

void ChangeWatch::addTpg(const std::string &path)
{
    add(path, Place::Tpg);
    add(path + "/np", Place::Leaf);
    add(path + "/lun", Place::Leaf);
    add(path + "/acls", Place::Acls);
    const Descriptor acls = openAbsolute(path + "/acls", O_RDONLY | O_DIRECTORY);
    for (const std::string &name : listFolders(acls.number()).value_or(std::vector<std::string>()))
        add(std::string(path).append("/acls/").append(name), Place::Leaf); // its mapped LUNs
}

void ChangeWatch::addPools()
{
    add(m_places.state.substr(0, m_places.state.rfind('/')), Place::AbovePools);
    add(m_places.state, Place::Pools);
}

void ChangeWatch::note(unsigned kinds)
{
    if (m_pending == 0 && kinds != 0)
        m_tell = Clock::now() + mergeTime;
    m_pending |= kinds;
    m_portsKnown = m_portsKnown && (kinds & Targets) == 0;
}

void ChangeWatch::notified(int watch, unsigned mask, const std::string &name)
{
    if ((mask & IN_Q_OVERFLOW) != 0) { // some were lost: look at everything again
        addTree();
        return note(Targets | Saved | Pools);
    }
    const auto found = m_watched.find(watch);
    if (found == m_watched.end())
        return;
    const Watched watched = found->second;
    if ((mask & IN_IGNORED) != 0) {
        m_watched.erase(found);
        return;
    }
    if ((mask & (IN_CREATE | IN_MOVED_TO)) != 0)
        created(watched, name);
    switch (watched.place) {
    case Place::Core:
        note(name == "target" || name == "iscsi" ? unsigned(Lio) | Targets : 0U);
        break;
    case Place::Tpg:
        note(name == "enable" ? Targets : 0U);
        break;
    case Place::Save:
        note(name == "saveconfig.json" ? Saved : 0U);
        break;
    case Place::Pools:
        note(name == "portal-pools.json" ? Pools : 0U);
        break;
    case Place::AbovePools:
        break;
    default:
        note(Targets);
        break;
    }
}

/// Watches what is new.
void ChangeWatch::created(const Watched &watched, const std::string &name)
{
    const std::string path = watched.path + '/' + name;
    if (watched.place == Place::Core && (name == "target" || name == "iscsi"))
        addTree();
    else if (watched.place == Place::Fabric)
        addTarget(path);
    else if (watched.place == Place::Target && readTpgName(name))
        addTpg(path);
    else if (watched.place == Place::Acls)
        add(path, Place::Leaf);
    else if (watched.place == Place::AbovePools && path == m_places.state) {
        add(path, Place::Pools);
        note(Pools); // the file may have been there before the watch was
    }
}

void ChangeWatch::takeNotifications()
{
    alignas(inotify_event) std::array<char, std::size_t(64) * 1024> buffer{};
    while (true) {
        const ssize_t length = read(m_notify.number(), buffer.data(), buffer.size());
        if (length <= 0)
            return;
        for (std::size_t at = 0; at < static_cast<std::size_t>(length);) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            const char *name = buffer.data() + at + sizeof event;
            notified(event.wd, event.mask, std::string(name, strnlen(name, event.len)));
            at += sizeof event + event.len;
        }
    }
}

void ChangeWatch::takeNetlink()
{
    std::array<char, std::size_t(64) * 1024> buffer{};
    while (true) {
        const ssize_t length = recv(m_netlink.number(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        // ENOBUFS: some were lost. No other messages were asked for.
        if (length < 0 ? errno != ENOBUFS : length == 0)
            return;
        note(Addresses);
    }
}

/// The kernel keeps a session for a while after its last connection, and nothing tells of its end either.
std::string ChangeWatch::sessionCounts() const
{
    const ConfigfsTree tree(m_places);
    std::string all;
    for (const std::string &target : tree.targets().value_or(std::vector<std::string>())) {
        const Descriptor folder = tree.openTarget(target);
        if (folder.isOpen())
            all.append(target).append(1, ' ').append(readTrimmed(folder.number(), sessions)).append(1, '\n');
    }
    return all;
}

std::string ChangeWatch::connectionsNow()
{
    if (!m_portsKnown) {
        m_ports.clear();
        const auto bound = ConfigfsTree(m_places).boundPortals();
        m_portsKnown = bound.has_value();
        for (const BoundPortal &portal : bound.value_or(std::vector<BoundPortal>()))
            m_ports.insert(portal.address.port);
    }
    std::string all = sessionCounts();
    if (m_ports.empty())
        return all;
    const auto sockets = readTcpSockets(m_places,
                                        [this](const SocketAddress &local) { return m_ports.count(local.port) != 0; });
    if (sockets) {
        for (const EstablishedConnection &connection : sockets->connections)
            all += connection.local.text() + ' ' + connection.peer.text() + '\n';
    }
    return all;
}

ChangeWatch::Clock::time_point ChangeWatch::nextTime() const
{
    return std::min(m_tell, m_look);
}

unsigned ChangeWatch::due(Clock::time_point now)
{
    if (now >= m_look) {
        std::string connections = connectionsNow();
        if (connections != m_connections)
            note(Connections);
        m_connections = std::move(connections);
        m_look = Clock::now() + connectionPace;
    }
    if (m_pending == 0 || now < m_tell)
        return 0;
    m_tell = Clock::time_point::max();
    return std::exchange(m_pending, 0U);
}

std::vector<std::string> ChangeWatch::words(unsigned kinds)
{
    std::vector<std::string> all;
    for (const auto &[kind, word] : {std::pair(Targets, "targets"),
                                     {Addresses, "addresses"},
                                     {Connections, "connections"},
                                     {Saved, "saved"},
                                     {Pools, "pools"},
                                     {Lio, "lio"}}) {
        if ((kinds & kind) != 0)
            all.emplace_back(word);
    }
    return all;
}

} // namespace portalbind::kernel
