// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/networkaddress.h"
#include "backends/lio/helper/places.h"

#include <string>
#include <vector>

namespace portalbind::kernel {

/// Where this distribution keeps what is restored at boot.
struct SaveFile
{
    std::string folder; ///< empty: none of the known folders exists
    std::string path; ///< of saveconfig.json in it; empty likewise
    std::string unit; ///< that restores it
    bool exists = false;
    std::string restoreUnit; ///< `enabled`, `disabled`, `masked`, `absent`

    /// Whether targetcli, or another program with rtslib, keeps this host's configuration there.
    [[nodiscard]] bool isManaged() const { return exists || (restoreUnit != "absent" && !restoreUnit.empty()); }
};

/// The folder with a file in it before one without, the unit that is there before one that is not.
[[nodiscard]] SaveFile findSaveFile(const Places &places);

/// `enabled` (a link in some *.wants or *.requires folder), `disabled`, `masked` (a link to /dev/null) or `absent`.
[[nodiscard]] std::string unitState(const std::vector<std::string> &unitFolders, const std::string &unit);

/// An address that a cluster moves between hosts.
struct RoamingAddress
{
    NetworkAddress ip;
    std::string by; ///< `pacemaker`, `keepalived`
};

/// Who else arranges targets and addresses on this host.
struct Ownership
{
    std::string host; ///< `ceph-iscsi`, which owns all targets, or empty
    std::vector<std::string> pacemakerTargets; ///< IQNs of iSCSITarget resources, sorted
    std::vector<RoamingAddress> roaming; ///< sorted by address

    [[nodiscard]] std::string ownerOf(const std::string &target) const; ///< `ceph-iscsi`, `pacemaker` or empty
    [[nodiscard]] std::string roamingBy(const NetworkAddress &ip) const;
};

[[nodiscard]] Ownership readOwnership(const Places &places);

/// Adds iSCSITarget names and IPaddr2 addresses from a cluster's configuration.
void parsePacemaker(const std::string &xml, Ownership &ownership);
/// Adds the addresses of virtual_ipaddress blocks from keepalived.conf.
void parseKeepalived(std::string_view text, Ownership &ownership);

} // namespace portalbind::kernel
