// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/networkaddress.h"
#include "backends/lio/helper/sessioninfo.h"

#include <optional>
#include <string>
#include <vector>

namespace portalbind::kernel {

/// tpgt_N/lun/lun_INDEX
struct Lun
{
    unsigned index = 0;
    std::string backstore; ///< `fileio_0/disk1`: the folders below target/core
};

/// acls/INITIATOR/lun_INDEX
struct MappedLun
{
    unsigned index = 0; ///< what the initiator sees
    std::optional<unsigned> lun; ///< of the TPG; empty: not linked
    bool writeProtect = false;
};

struct Acl
{
    std::string initiator; ///< directory name
    int authentication = -1; ///< attrib/authentication: -1 as the TPG, 0, 1
    bool chap = false; ///< a user name is set
    bool mutualChap = false;
    std::vector<MappedLun> luns; ///< by index
    std::optional<SessionInfo> session;
};

struct NetworkPortal
{
    std::string directory; ///< verbatim
    std::optional<SocketAddress> address; ///< empty: this program cannot read the name
    bool iser = false;
    bool offload = false; ///< cxgbit
};

struct Tpg
{
    std::string directory; ///< verbatim
    std::uint16_t tag = 0;
    bool enabled = false;
    std::string alias; ///< param/TargetAlias
    bool authentication = false;
    bool chap = false;
    bool mutualChap = false;
    bool generateAcls = false;
    bool demoDiscovery = false;
    bool demoWriteProtect = false;
    std::vector<Lun> luns; ///< by index
    std::vector<Acl> acls; ///< by initiator
    std::vector<std::string> dynamicSessions;
    std::vector<NetworkPortal> portals; ///< by address, then by name
};

struct Target
{
    std::string name; ///< directory name
    std::vector<Tpg> tpgs; ///< by tag, then by name
};

} // namespace portalbind::kernel
