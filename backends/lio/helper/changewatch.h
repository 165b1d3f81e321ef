// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/files.h"
#include "backends/lio/helper/places.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace portalbind::kernel {

/// Notices that something has changed: inotify on configfs and on the folders of the two files, rtnetlink for
/// addresses, and a look at the established connections and at how many sessions each target has every two seconds,
/// because nothing tells of those.
class ChangeWatch
{
public:
    enum Kind : unsigned { Targets = 1, Addresses = 2, Connections = 4, Saved = 8, Pools = 16, Lio = 32 };
    using Clock = std::chrono::steady_clock;

    /// Changes that come together are told together, this long after the first.
    static constexpr std::chrono::milliseconds mergeTime{60};
    static constexpr std::chrono::milliseconds connectionPace{2000};

    explicit ChangeWatch(const Places &places);

    /// False: not everything can be watched, for want of inotify watches or of a netlink socket.
    [[nodiscard]] bool isComplete() const { return m_complete; }
    [[nodiscard]] int notifyDescriptor() const { return m_notify.number(); } ///< readable: call takeNotifications()
    [[nodiscard]] int netlinkDescriptor() const { return m_netlink.number(); } ///< readable: call takeNetlink()
    void takeNotifications();
    void takeNetlink();

    /// Somebody is about to read: connections and sessions that come or go from now on are news, even if they were not
    /// there at the last look.
    void beforeRead() { m_connections = connectionsNow(); }
    /// When due() has to be asked next.
    [[nodiscard]] Clock::time_point nextTime() const;
    /// The kinds to be told now, 0 for none.
    [[nodiscard]] unsigned due(Clock::time_point now);
    /// The words of the protocol for \a kinds.
    [[nodiscard]] static std::vector<std::string> words(unsigned kinds);

private:
    enum class Place { Core, Fabric, Target, Tpg, Acls, Leaf, Save, AbovePools, Pools };
    struct Watched
    {
        Place place;
        std::string path;
    };

    void add(const std::string &path, Place place);
    void addTree();
    void addTarget(const std::string &path);
    void addTpg(const std::string &path);
    void addPools();
    void created(const Watched &watched, const std::string &name);
    void note(unsigned kinds);
    void notified(int watch, unsigned mask, const std::string &name);
    [[nodiscard]] std::string connectionsNow();
    [[nodiscard]] std::string sessionCounts() const;

    Places m_places;
    Descriptor m_notify;
    Descriptor m_netlink;
    std::map<int, Watched> m_watched; ///< by watch descriptor
    bool m_complete = true;
    unsigned m_pending = 0;
    Clock::time_point m_tell = Clock::time_point::max();
    Clock::time_point m_look;
    std::set<std::uint16_t> m_ports; ///< of all portals
    bool m_portsKnown = false;
    std::string m_connections; ///< and sessions, as they were at the last look
};

} // namespace portalbind::kernel
