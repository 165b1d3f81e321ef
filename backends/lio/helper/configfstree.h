// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/files.h"
#include "backends/lio/helper/inventory.h"
#include "backends/lio/helper/kernelrules.h"
#include "backends/lio/helper/places.h"

#include <optional>
#include <string>
#include <vector>

namespace portalbind::kernel {

/// The kernel's iSCSI target as configfs shows it. Directories are opened by descriptors, links are never followed, and
/// no file that may hold a secret (auth/password) is ever opened. What cannot be looked at, and is not gone, is told to
/// ReadFaults: a caller who concludes anything from what is missing has to ask them.
class ConfigfsTree
{
public:
    enum class State { Ready, NoIscsi, NoModule, NoLio };

    explicit ConfigfsTree(const Places &places);

    [[nodiscard]] State state() const; ///< looked up each time
    [[nodiscard]] static const char *stateWord(State state); ///< of the protocol
    /// Why a request that needs the target fails in this state; none for Ready and NoIscsi.
    [[nodiscard]] static std::optional<Failure> stateFailure(State state);
    [[nodiscard]] bool isWritable() const; ///< with this process's rights
    [[nodiscard]] std::string version() const; ///< lio_version; "" unless Ready

    /// target/iscsi; not open where it is not there (errno).
    [[nodiscard]] Descriptor openFabric() const;
    [[nodiscard]] Descriptor openTarget(const std::string &target) const;
    [[nodiscard]] Descriptor openTpg(const std::string &target, const std::string &directory) const;
    /// Makes target/iscsi, which lets the kernel load iscsi_target_mod; 0 or an errno.
    [[nodiscard]] int makeFabric() const;

    /// Directory names, sorted. Failures: as stateFailure(), io.
    [[nodiscard]] Result<std::vector<std::string>> targets() const;
    /// Directory names of TPGs with their tags, by tag. Empty where the target is not there.
    [[nodiscard]] std::vector<std::pair<std::uint16_t, std::string>> tpgs(int target) const;
    /// Nothing where it is not there any more.
    [[nodiscard]] std::optional<Target> readTarget(const std::string &name) const;
    [[nodiscard]] Tpg readTpg(int directory, std::uint16_t tag, const std::string &name) const;
    [[nodiscard]] static std::vector<NetworkPortal> readPortals(int tpg, bool withFlags);

    /// Every portal of every target, without flags.
    [[nodiscard]] Result<std::vector<BoundPortal>> boundPortals(std::optional<std::uint16_t> port = std::nullopt) const;

    /// How many objects one read may meet.
    static constexpr std::size_t mostObjects = 1'000'000;

private:
    [[nodiscard]] Descriptor openRoot() const;

    Places m_places;
};

} // namespace portalbind::kernel
