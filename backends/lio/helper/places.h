// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace portalbind::kernel {

/// A folder with a saveconfig.json, and the unit that restores it at boot.
struct SavePlace
{
    std::string folder;
    std::string unit;
};

/// Every path that the helper uses. They are fixed in the program; tests alone set others.
struct Places
{
    std::string configfs = "/sys/kernel/config";
    std::string proc = "/proc";
    std::string net; ///< folder with tcp and tcp6; empty: that of this process
    std::string kernelLog = "/dev/kmsg";
    /// Debian's rtslib, then everybody else's.
    std::vector<SavePlace> saves = {{"/etc/rtslib-fb-target", "rtslib-fb-targetctl.service"},
                                    {"/etc/target", "target.service"}};
    std::string lockFolder = "/run"; ///< of targetcli.lock; /var/run, as targetcli calls it, is a link to it
    std::vector<std::string> unitFolders = {"/etc/systemd/system", "/run/systemd/system",
                                            "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
                                            "/lib/systemd/system"};
    std::string pacemaker = "/var/lib/pacemaker/cib/cib.xml";
    std::string keepalived = "/etc/keepalived/keepalived.conf";
    std::string cephGateway = "/etc/ceph/iscsi-gateway.cfg";
    std::string state = "/var/lib/portalbind"; ///< of the console's own pools
};

} // namespace portalbind::kernel
