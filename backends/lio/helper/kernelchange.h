// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/configfstree.h"
#include "backends/lio/helper/hostnetwork.h"
#include "backends/lio/helper/kernellog.h"
#include "backends/lio/helper/kernelrules.h"
#include "backends/lio/helper/request.h"
#include "backends/lio/helper/saveconfig.h"

namespace portalbind::kernel {

using Undone = tl::expected<Refusal, Failure>;
using Done = tl::expected<Json, Undone>; ///< what `ok` holds

/// Makes, checks and removes portals, TPGs and targets: one mkdir, rmdir or write each, with what has to be looked at
/// before and after it. docs/lio-helper.md tells what each returns.
class KernelChange
{
public:
    KernelChange(const Places &places, SocketOwners &owners);

    [[nodiscard]] Done checkPortal(const Request &request) const;
    [[nodiscard]] Done makePortal(const Request &request);
    [[nodiscard]] Done removePortal(const Request &request);
    [[nodiscard]] Done makeTpg(const Request &request);
    [[nodiscard]] Done removeTpg(const Request &request);
    [[nodiscard]] Done enableTpg(const Request &request);
    [[nodiscard]] Done makeTarget(const Request &request);
    [[nodiscard]] Done removeTarget(const Request &request);

    /// The state that the kernel has of an object which a plan touched, for the file that is restored at boot.
    [[nodiscard]] Result<SaveObject> saveObject(const ObjectName &name) const;

    /// Portals that could stand in the way of one on \a port, listeners there with their processes, addresses.
    [[nodiscard]] Result<Scene> scene(std::uint16_t port) const;

private:
    struct FoundTpg
    {
        Descriptor directory;
        std::string name;
        std::uint16_t tag = 0;
    };

    [[nodiscard]] tl::expected<FoundTpg, Undone> findTpg(const std::string &target, const TpgName &name) const;
    [[nodiscard]] tl::expected<Descriptor, Undone> findTarget(const std::string &target) const;
    [[nodiscard]] Result<SaveObject> lookUp(const ObjectName &name) const; ///< see ReadFaults
    [[nodiscard]] Done bind(const FoundTpg &tpg, const Request &request);
    [[nodiscard]] Done refuseBind(const FoundTpg &tpg, const Request &request, int error);
    [[nodiscard]] Done kernelRefusal(int error, const std::string &what);

    ConfigfsTree m_tree;
    Places m_places;
    SocketOwners &m_owners;
    KernelLog m_log;
};

} // namespace portalbind::kernel
